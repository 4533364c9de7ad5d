"""Tables from frozen rows: one declaration is the typed row and the table it is kept in.

A row is a frozen msgspec struct; `@table` reads its annotations once and prepares what every statement
needs. The SQLAlchemy `Table` is built from the same description by `kernel/schema.py`, for DDL and
migrations only.
"""

import enum
import operator
import types
import typing
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import msgspec

from .frozen import Frozen


class Row(Frozen):
    """Base of every stored row."""


R = TypeVar("R", bound=Row)


class Column(Frozen):
    """One column: `kind` is int, text, bool, bytes, float or json (text holding JSON)."""

    name: str
    kind: str
    nullable: bool
    encode: Callable[[Any], Any] | None
    decode: Callable[[Any], Any] | None


class Table(Frozen):
    """What `@table` learned about a row type."""

    name: str
    row_type: type[Row]
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    unique: tuple[tuple[str, ...], ...]
    index: tuple[tuple[str, ...], ...]
    checks: tuple[str, ...]
    shard: str | None
    select: str  # "select a, b, c from name"
    read: Callable[[Sequence[Any]], Any]  # a driver's tuple → the row
    write: Callable[[Any], tuple[Any, ...]]  # the row → a driver's tuple
    key_of: Callable[[Any], tuple[Any, ...]]  # the row → the values of its key
    column: dict[str, Column]
    remembered: bool  # its rows are read again and again: see kernel/known.py

    def decode(self, column: str, value: Any) -> Any:
        """A driver's value as a row holds it."""
        decode = self.column[column].decode
        return value if decode is None or value is None else decode(value)


TABLES: dict[str, Table] = {}
_BY_TYPE: dict[type, Table] = {}


def table_of(row_type: type[Row]) -> Table:
    """The table of a row type declared with `@table`."""
    return _BY_TYPE[row_type]


def _unwrap(hint: Any) -> tuple[Any, bool]:
    """The bare type behind NewType, Annotated and Optional, and whether it may be None."""
    nullable = False
    while True:
        if isinstance(hint, typing.NewType):
            hint = hint.__supertype__
        elif typing.get_origin(hint) is typing.Annotated:
            hint = typing.get_args(hint)[0]
        elif typing.get_origin(hint) in (typing.Union, types.UnionType):
            members = [member for member in typing.get_args(hint) if member is not type(None)]
            if len(members) != 1:
                return hint, True
            nullable, hint = True, members[0]
        else:
            return hint, nullable


def _column(name: str, hint: Any) -> Column:
    bare, nullable = _unwrap(hint)
    if bare is bool:
        return Column(name, "bool", nullable, None, bool)
    if bare is int:
        return Column(name, "int", nullable, None, None)
    if bare is str:
        return Column(name, "text", nullable, None, None)
    if bare is bytes:
        return Column(name, "bytes", nullable, None, bytes)
    if bare is float:
        return Column(name, "float", nullable, None, None)
    if isinstance(bare, type) and issubclass(bare, enum.Enum):
        by_value = {member.value: member for member in bare}
        kind = "int" if issubclass(bare, int) else "text"
        return Column(name, kind, nullable, operator.attrgetter("_value_"), by_value.__getitem__)
    encoder, decoder = msgspec.json.Encoder(), msgspec.json.Decoder(bare)
    return Column(name, "json", nullable, lambda value: encoder.encode(value).decode(), decoder.decode)


def _reader(row_type: type[Row], columns: Sequence[Column]) -> Callable[[Sequence[Any]], Any]:
    parts: list[str] = []
    names: dict[str, Any] = {"row": row_type}
    for i, column in enumerate(columns):
        if column.decode is None:
            parts.append(f"v[{i}]")
        else:
            names[f"d{i}"] = column.decode
            parts.append(f"d{i}(v[{i}])" + (f" if v[{i}] is not None else None" if column.nullable else ""))
    return typing.cast(Callable[[Sequence[Any]], Any], eval(f"lambda v: row({', '.join(parts)})", names))


def _writer(columns: Sequence[Column]) -> Callable[[Any], tuple[Any, ...]]:
    parts: list[str] = []
    names: dict[str, Any] = {}
    for i, column in enumerate(columns):
        field = f"r.{column.name}"
        if column.encode is None:
            parts.append(field)
        else:
            names[f"e{i}"] = column.encode
            parts.append(f"e{i}({field})" + (f" if {field} is not None else None" if column.nullable else ""))
    return typing.cast(Callable[[Any], tuple[Any, ...]], eval(f"lambda r: ({', '.join(parts)},)", names))


def _as_given(values: tuple[Any, ...]) -> tuple[Any, ...]:
    return values


def encoder(columns: Sequence[Column]) -> Callable[[tuple[Any, ...]], tuple[Any, ...]]:
    """What turns the values of these columns, in this order, into those a driver takes."""
    if not any(column.encode for column in columns):
        return _as_given
    parts: list[str] = []
    names: dict[str, Any] = {}
    for i, column in enumerate(columns):
        if column.encode is None:
            parts.append(f"v[{i}]")
        else:
            names[f"e{i}"] = column.encode
            parts.append(f"e{i}(v[{i}]) if v[{i}] is not None else None")
    made = eval(f"lambda v: ({', '.join(parts)},)", names)
    return typing.cast(Callable[[tuple[Any, ...]], tuple[Any, ...]], made)


def _groups(names: Sequence[str | tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    return tuple((entry,) if isinstance(entry, str) else tuple(entry) for entry in names)


def table(
    name: str,
    *,
    key: str | tuple[str, ...],
    unique: Sequence[str | tuple[str, ...]] = (),
    index: Sequence[str | tuple[str, ...]] = (),
    checks: Sequence[str] = (),
    shard: str | None = None,
    remembered: bool = False,
) -> Callable[[type[R]], type[R]]:
    """Declare the table that keeps a row type.

    `key` is the primary key; each entry of `unique` and `index` names one column or several, in order.
    `checks` are SQL conditions. `shard` names the row's natural owner, which must come first in its key.
    `remembered` rows are kept in memory where one process writes; what they hold is never changed in place.
    """

    def declare(row_type: type[R]) -> type[R]:
        hints = typing.get_type_hints(row_type, include_extras=True)
        columns = tuple(_column(field, hints[field]) for field in row_type.__struct_fields__)
        (key_columns,) = _groups([key])
        if shard is not None and key_columns[0] != shard:
            raise ValueError(f"{name}: the shard {shard} must come first in the key")
        names = {column.name for column in columns}
        for group in (key_columns, *_groups(unique), *_groups(index)):
            if missing := set(group) - names:
                raise ValueError(f"{name} has no column {missing}")
        if name in TABLES:
            raise ValueError(f"table {name} is declared twice")
        TABLES[name] = _BY_TYPE[row_type] = Table(
            name=name,
            row_type=row_type,
            columns=columns,
            key=key_columns,
            unique=_groups(unique),
            index=_groups(index),
            checks=tuple(checks),
            shard=shard,
            select=f"select {', '.join(column.name for column in columns)} from {name}",
            read=_reader(row_type, columns),
            write=_writer(columns),
            key_of=eval(f"lambda r: ({', '.join(f'r.{name}' for name in key_columns)},)"),
            column={column.name: column for column in columns},
            remembered=remembered,
        )
        return row_type

    return declare
