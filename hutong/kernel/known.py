"""Rows that need not be read again: on SQLite one process writes, so it knows what became of what it read.

Only rows of tables declared `remembered` are kept, by the columns they were asked for, and short lists of them; a
row that is not there is never remembered. Whoever keeps them must hear of every change: the writer makes them
itself, the reader is told (`server/store.py`). On PostgreSQL nothing is kept, because others write too.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from .rows import Table

KEPT = 4096  # rows of one table; all of them are let go when there would be more

Change = tuple[type, tuple[Any, ...] | None]
"""A row type and the key of what changed in it; None when it may be anything."""


class _Kept:
    """The rows of one table, by what they were asked for; what each key was asked for by; and the lists."""

    __slots__ = ("by_key", "lists", "rows")

    def __init__(self) -> None:
        self.rows: dict[tuple[Any, ...], Any] = {}
        self.by_key: dict[tuple[Any, ...], list[tuple[Any, ...]]] = {}
        self.lists: dict[tuple[Any, ...], tuple[Any, ...]] = {}

    def clear(self) -> None:
        self.rows.clear()
        self.by_key.clear()
        self.lists.clear()


class Known:
    """What one connection knows. `changes` gathers what was written through it, for others to hear of."""

    __slots__ = ("_tables", "changes")

    def __init__(self) -> None:
        self._tables: dict[type, _Kept] = {}
        self.changes: list[Change] = []

    def find(self, row_type: type, columns: Mapping[str, Any]) -> Any:
        """The row with these values, or None when it has to be read."""
        kept = self._tables.get(row_type)
        return None if kept is None else kept.rows.get((*columns, *columns.values()))

    def keep(self, table: Table, columns: Mapping[str, Any], row: Any) -> None:
        """Remember a row as it was read by these columns."""
        kept = self._tables.setdefault(table.row_type, _Kept())
        if len(kept.rows) >= KEPT:
            kept.clear()
        key = table.key_of(row)
        asked = kept.by_key.setdefault(key, [])
        for name in ((*columns, *columns.values()), (*table.key, *key)):
            if name not in kept.rows:
                asked.append(name)
            kept.rows[name] = row

    def find_list(self, row_type: type, asked: tuple[Any, ...]) -> tuple[Any, ...] | None:
        """The rows that were found when this was asked, or None when they have to be read."""
        kept = self._tables.get(row_type)
        return None if kept is None else kept.lists.get(asked)

    def keep_list(self, row_type: type, asked: tuple[Any, ...], rows: tuple[Any, ...]) -> None:
        """Remember what was found, until a row of the table is added, changed or removed."""
        kept = self._tables.setdefault(row_type, _Kept())
        if len(kept.lists) >= KEPT:
            kept.lists.clear()
        kept.lists[asked] = rows

    def inserted(self, table: Table, written: tuple[Any, ...]) -> None:
        """Remember a new row as it would be read."""
        row = table.read(written)
        self.changes.append((table.row_type, table.key_of(row)))
        if (kept := self._tables.get(table.row_type)) is not None:
            kept.lists.clear()
        self.keep(table, dict(zip(table.key, table.key_of(row), strict=True)), row)

    def updated(self, table: Table, row: Any, now: Any, changed: Iterable[str]) -> None:
        """`row` was replaced by `now`. What was kept of it in another shape is let go."""
        key = table.key_of(row)
        self.changes.append((table.row_type, key))
        kept = self._tables.get(table.row_type)
        if kept is None:
            return
        kept.lists.clear()
        if key not in kept.by_key:
            return
        columns = set(changed)
        left = []
        for name in kept.by_key[key]:
            if kept.rows[name] is row and columns.isdisjoint(name[: len(name) // 2]):
                kept.rows[name] = now
                left.append(name)
            else:
                del kept.rows[name]
        kept.by_key[key] = left

    def gone(self, row_type: type, key: tuple[Any, ...] | None) -> None:
        """A row was removed, or any of the table was changed."""
        self.changes.append((row_type, key))
        self._forget(row_type, key)

    def hear(self, changes: Iterable[Change]) -> None:
        """Let go of what others changed."""
        for row_type, key in changes:
            self._forget(row_type, key)

    def clear(self) -> None:
        """Let go of everything."""
        self._tables.clear()

    def _forget(self, row_type: type, key: tuple[Any, ...] | None) -> None:
        kept = self._tables.get(row_type)
        if kept is None:
            return
        if key is None:
            kept.clear()
            return
        kept.lists.clear()
        for name in kept.by_key.pop(key, ()):
            del kept.rows[name]
