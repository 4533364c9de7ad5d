"""A few facts about the home itself: its mode, its clock. One row each."""

from typing import TypeVar

import msgspec

from .db import Snapshot, Tx
from .rows import Row, table

T = TypeVar("T")


@table("kernel_state", key="name")
class State(Row):
    """A named value, kept as JSON."""

    name: str
    value: str


def read(snapshot: Snapshot, name: str, kind: type[T]) -> T | None:
    """The value under a name, or None when nobody wrote it yet."""
    row = snapshot.find(State, name=name)
    return None if row is None else msgspec.json.decode(row.value, type=kind)


def write(tx: Tx, name: str, value: object) -> None:
    """Keep a value under a name."""
    text = msgspec.json.encode(value).decode()
    row, created = tx.insert_or_find(State(name, text), by=("name",))
    if not created:
        tx.update(row, value=text)
