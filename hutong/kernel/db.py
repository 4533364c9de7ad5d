"""Transactions: `Snapshot` reads, `Tx` also writes, emits and knows the time.

Statements are plain SQL in the dialect SQLite and PostgreSQL share, with `:named` parameters, run straight
on the driver. A list or tuple parameter expands to `(…)`, so `where id in :ids` works on both. Booleans
compare as `muted = true`. Nothing here commits: only the runner in `server/` does.
"""

import functools
import re
import typing
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import apsw
import msgspec

from . import ids
from .blobs import Blobs
from .clock import Clock, Millis, wire_now
from .errors import NOT_FOUND, DomainError
from .frozen import Frozen
from .known import Known
from .rows import TABLES, Row, Table, encoder, table_of
from .settings import Settings
from .vault import Vault

if TYPE_CHECKING:
    from .events import Event, Handled
    from .updates import Update

R = TypeVar("R", bound=Row)
E = TypeVar("E", bound="Event")

SQLITE, POSTGRES = "sqlite", "postgresql"
_NAME = re.compile(r"(?<![:\w]):([a-z_][a-z0-9_]*)")
_WRITTEN = re.compile(r"\s*(?:insert into|update|delete from) ([a-z0-9_]+)")
_LISTS = (list, tuple)
_spelled: dict[str, str] = {}
_made: dict[tuple[Any, ...], "_Statement"] = {}


class Context(Frozen):
    """What every transaction of one process shares."""

    clock: Clock
    ids: ids.Ids
    vault: Vault
    blobs: Blobs  # slow: for `prepare` and for what runs after a transaction
    settings: Settings = Settings()


class _Statement(Frozen):
    """A statement about one table, made once: its text, and how to encode its values where any needs it."""

    sql: str
    table: Table
    read: Callable[[Sequence[Any]], Any]
    values: Callable[[tuple[Any, ...]], tuple[Any, ...]]  # as the driver takes them


def _make(named: tuple[Any, ...], table: Table, sql: str, columns: Sequence[str]) -> _Statement:
    """Write a statement down; its `?` stand for `columns`, in this order."""
    made = _Statement(
        sql if named[0] == SQLITE else sql.replace("?", "%s"),
        table,
        table.read,
        encoder([table.column[column] for column in columns]),
    )
    _made[named] = made
    return made


def _where(columns: Sequence[str]) -> str:
    return " and ".join(f"{column} = ?" for column in columns)


def _for_postgres(sql: str) -> str:
    """The statement with its parameters as psycopg wants them, made once per text."""
    spelled = _spelled.get(sql)
    if spelled is None:
        spelled = _spelled[sql] = _NAME.sub(r"%(\1)s", sql.replace("%", "%%"))
    return spelled


@functools.cache
def _may_change(sql: str) -> tuple[type[Row], ...]:
    """The remembered tables a statement may change: the one it names first, or all when it is no plain write."""
    found = _WRITTEN.match(sql)
    tables = TABLES.values() if found is None else [TABLES[found[1]]] if found[1] in TABLES else []
    return tuple(table.row_type for table in tables if table.remembered)


def _expand(sql: str, params: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Replace each list parameter `:ids` by `(:ids_0, :ids_1, …)`."""
    flat: dict[str, Any] = {}
    for name, value in params.items():
        if isinstance(value, _LISTS):
            slots = ", ".join(f":{name}_{i}" for i in range(len(value))) or "null"
            sql = re.sub(rf"(?<![:\w]):{name}\b", f"({slots})", sql)
            flat.update({f"{name}_{i}": item for i, item in enumerate(value)})
        else:
            flat[name] = value
    return sql, flat


class Snapshot:
    """A consistent view for reading. `connection` is an apsw or psycopg connection.

    `known` has rows that need not be read, as the connection would read them.
    """

    __slots__ = ("connection", "context", "dialect", "known", "now")

    def __init__(self, connection: Any, dialect: str, context: Context, known: Known | None = None) -> None:
        self.connection = connection
        self.dialect = dialect
        self.context = context
        self.known = known
        self.now: Millis = context.clock.now()

    @property
    def vault(self) -> Vault:
        return self.context.vault

    @property
    def blobs(self) -> Blobs:
        return self.context.blobs

    @property
    def settings(self) -> Settings:
        return self.context.settings

    @property
    def wire_now(self) -> Millis:
        """The real clock: for signature windows and rate limits only."""
        return wire_now()

    @property
    def clock_offset(self) -> int:
        """Add this to an absolute time received over a published protocol."""
        return self.context.clock.offset

    def _execute(self, sql: str, params: dict[str, Any]) -> Any:
        for value in params.values():
            if isinstance(value, _LISTS):
                sql, params = _expand(sql, params)
                break
        return self.connection.execute(sql if self.dialect == SQLITE else _for_postgres(sql), params)

    def find(self, row_type: type[R], **columns: Any) -> R | None:
        """The one row with these column values (a key or a unique group), or None."""
        return self._find("find", " limit 1", row_type, columns)

    def _find(self, purpose: str, tail: str, row_type: type[R], columns: dict[str, Any]) -> R | None:
        known = self.known
        if known is not None and (row := known.find(row_type, columns)) is not None:
            return typing.cast(R, row)
        named = (self.dialect, purpose, row_type, *columns)
        made = _made.get(named)
        if made is None:
            table = table_of(row_type)
            made = _make(named, table, f"{table.select} where {_where([*columns])}{tail}", [*columns])
        found = self.connection.execute(made.sql, made.values(tuple(columns.values()))).fetchone()
        if found is None:
            return None
        row = made.read(found)
        if known is not None and made.table.remembered:
            known.keep(made.table, columns, row)
        return typing.cast(R, row)

    def get(self, row_type: type[R], **columns: Any) -> R:
        """Like `find`, but refuses with kernel.not_found."""
        found = self.find(row_type, **columns)
        if found is None:
            raise DomainError(NOT_FOUND, what=row_type.__name__, **columns)
        return found

    def one(self, row_type: type[R], tail: str, **params: Any) -> R | None:
        """The first row of `select … from table <tail>`, or None."""
        table = table_of(row_type)
        found = self._execute(f"{table.select} {tail}", params).fetchone()
        return None if found is None else table.read(found)

    def all(self, row_type: type[R], tail: str, **params: Any) -> list[R]:
        """Every row of `select … from table <tail>`. Give a limit: no list is unbounded."""
        table = table_of(row_type)
        return [table.read(found) for found in self._execute(f"{table.select} {tail}", params).fetchall()]

    def few(self, row_type: type[R], tail: str, **params: Any) -> list[R]:
        """Like `all`, for the few rows that seldom change of a remembered table; `tail` names no other table."""
        if self.known is None:
            return self.all(row_type, tail, **params)
        asked = (tail, *params.values())
        found = self.known.find_list(row_type, asked)
        if found is None:
            found = tuple(self.all(row_type, tail, **params))
            self.known.keep_list(row_type, asked, found)
        return [*found]

    def rows(self, sql: str, **params: Any) -> list[tuple[Any, ...]]:
        """The tuples of a whole select statement."""
        return list(self._execute(sql, params).fetchall())

    def value(self, sql: str, **params: Any) -> Any:
        """The first column of the first row of a whole select statement, or None."""
        found = self._execute(sql, params).fetchone()
        return None if found is None else found[0]


class Tx(Snapshot):
    """One transaction: everything a domain function may do to the world.

    A function may run again from the start, so it changes nothing but through this object.
    """

    __slots__ = ("at_once", "dirty", "events", "handled", "updates", "wakes")

    def __init__(self, connection: Any, dialect: str, context: Context, known: Known | None = None) -> None:
        super().__init__(connection, dialect, context, known)
        self.dirty = False
        self.events: list[tuple[Event, Millis | None]] = []
        self.updates: list[Update] = []
        self.wakes: set[str] = set()  # which workers have something new once this commits
        self.at_once: list[Event] | None = None  # what is handled in this commit; None: by rows of the outbox
        self.handled: list[Handled] = []  # the handlers that ran in this commit

    # ── ids and chance ─────────────────────────────────────────────────────────────────────────────────

    def new_id(self) -> int:
        """A time-ordered 63-bit integer."""
        return self.context.ids.new()

    def new_handle(self, prefix: str = "", length: int = 28) -> str:
        """An unguessable string for strangers: letters and digits, `length` in all."""
        return ids.handle(prefix, length)

    def new_digits(self, length: int) -> str:
        return ids.digits(length)

    def new_hex(self, length: int) -> str:
        return ids.hexes(length)

    # ── writing ────────────────────────────────────────────────────────────────────────────────────────

    def run(self, sql: str, **params: Any) -> int:
        """Run a whole statement that writes; the number of rows it touched."""
        self._writes(sql)
        return self._touched(self._execute(sql, params))

    def _touched(self, cursor: Any) -> int:
        """How many rows the statement that was just run wrote or removed."""
        return int(self.connection.changes() if self.dialect == SQLITE else cursor.rowcount)

    def returning(self, sql: str, **params: Any) -> list[tuple[Any, ...]]:
        """Run a whole statement that writes and returns rows."""
        self._writes(sql)
        return list(self._execute(sql, params).fetchall())

    def _writes(self, sql: str) -> None:
        """A statement of somebody's own is about to change whatever it names first."""
        self.dirty = True
        if self.known is not None:
            for row_type in _may_change(sql):
                self.known.gone(row_type, None)

    def _insert_sql(self, table: Table, conflict: Sequence[str] | None) -> str:
        named = (self.dialect, "insert", table.row_type, *(conflict or ()))
        made = _made.get(named)
        if made is None:
            names = [column.name for column in table.columns]
            sql = f"insert into {table.name} ({', '.join(names)}) values ({', '.join('?' * len(names))})"
            if conflict is not None:
                sql += f" on conflict ({', '.join(conflict)}) do nothing"
            made = _make(named, table, sql, names)
        return made.sql

    def insert(self, row: R) -> R:
        """Write a new row. A key already taken is a broken assumption, not a refusal: see insert_or_find."""
        table = table_of(type(row))
        self.dirty = True
        values = table.write(row)
        self.connection.execute(self._insert_sql(table, None), values)
        if table.remembered and self.known is not None:
            self.known.inserted(table, values)
        return row

    def insert_all(self, rows: Sequence[Row]) -> None:
        """Write new rows of one table."""
        if not rows:
            return
        table = table_of(type(rows[0]))
        self.dirty = True
        statement, values = self._insert_sql(table, None), [table.write(row) for row in rows]
        if table.remembered and self.known is not None:
            self.known.gone(table.row_type, None)
        if self.dialect == SQLITE:
            self.connection.executemany(statement, values)
        else:
            with self.connection.cursor() as cursor:
                cursor.executemany(statement, values)

    def insert_or_find(self, row: R, *, by: Sequence[str]) -> tuple[R, bool]:
        """Write a new row, or return the one that already has the same values in `by` (a unique group).

        The second value says whether it was written. A found row is locked.
        """
        table = table_of(type(row))
        self.dirty = True
        values = table.write(row)
        cursor = self.connection.execute(self._insert_sql(table, tuple(by)), values)
        if self._touched(cursor) == 1:
            if table.remembered and self.known is not None:
                self.known.inserted(table, values)
            return row, True
        existing = self.find_locked(type(row), **{name: getattr(row, name) for name in by})
        if existing is None:
            raise Conflict(f"{table.name}: another unique group than {tuple(by)} is taken")
        return existing, False

    def update(self, row: R, **changes: Any) -> R:
        """Write the changed columns and return the new row. The row must exist."""
        changed = msgspec.structs.replace(row, **changes)
        if not changes:
            return changed
        table = table_of(type(row))
        named = (self.dialect, "update", table.row_type, *changes)
        made = _made.get(named)
        if made is None:
            sql = f"update {table.name} set {', '.join(f'{name} = ?' for name in changes)} where {_where(table.key)}"
            made = _make(named, table, sql, [*changes, *table.key])
        self.dirty = True
        values = made.values((*changes.values(), *table.key_of(row)))
        cursor = self.connection.execute(made.sql, values)
        assert self._touched(cursor) == 1, f"{table.name} {table.key_of(row)} is gone"
        if table.remembered and self.known is not None:
            read = {name: table.decode(name, value) for name, value in zip(changes, values, strict=False)}
            self.known.updated(table, row, msgspec.structs.replace(row, **read), changes)
        return changed

    def delete(self, row: Row) -> bool:
        """Remove a row by its key; False when it was gone already."""
        table = table_of(type(row))
        named = (self.dialect, "delete", table.row_type)
        made = _made.get(named)
        if made is None:
            made = _make(named, table, f"delete from {table.name} where {_where(table.key)}", table.key)
        self.dirty = True
        key = table.key_of(row)
        if table.remembered and self.known is not None:
            self.known.gone(table.row_type, key)
        return bool(self._touched(self.connection.execute(made.sql, made.values(key))))

    def lock(self, row: R) -> R:
        """The row as it is now, held against everybody else until the end. Raises kernel.not_found."""
        table = table_of(type(row))
        key = dict(zip(table.key, table.key_of(row), strict=True))
        found = self.find_locked(type(row), **key)
        if found is None:
            raise DomainError(NOT_FOUND, what=type(row).__name__, **key)
        return found

    def find_locked(self, row_type: type[R], **columns: Any) -> R | None:
        """Like `find`, and the row is held against everybody else until the end."""
        return self._find("lock", "" if self.dialect == SQLITE else " for update", row_type, columns)

    def lock_all(self, row_type: type[R], tail: str, **params: Any) -> list[R]:
        """Every row of `select … <tail>`, held until the end. Order by id, so that nobody waits in a ring."""
        return self.all(row_type, tail if self.dialect == SQLITE else f"{tail} for update", **params)

    # ── announcing ─────────────────────────────────────────────────────────────────────────────────────

    def emit(self, event: "Event", *, at: Millis | None = None) -> None:
        """Announce the event to each of its handlers, once; with `at`, it comes due then."""
        event.enter(self, at)
        self.events.append((event, at))

    def emitted(self, event_type: type[E]) -> list[E]:
        """The events of this type emitted in this transaction, for tests."""
        return [event for event, _ in self.events if isinstance(event, event_type)]


class Conflict(Exception):
    """The transaction met another one's writes and should be run again from the start."""


Work = Callable[[Tx], Any]


STATEMENTS_KEPT = 1024  # prepared, by each connection
BUSY_MS = 10_000


def open_sqlite(path: str, *, read_only: bool = False) -> apsw.Connection:
    """A connection with the settings every home uses: WAL, `synchronous=FULL`.

    One process must not open a file through two copies of SQLite: closing it in one drops the other's locks.
    """
    flags = apsw.SQLITE_OPEN_READONLY if read_only else apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE
    connection = apsw.Connection(path, flags, statementcachesize=STATEMENTS_KEPT)
    connection.set_busy_timeout(BUSY_MS)
    if not read_only:
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = full")
        connection.execute("pragma wal_autocheckpoint = 4000")
    connection.execute("pragma cache_size = -32000")
    connection.execute("pragma temp_store = memory")
    return connection
