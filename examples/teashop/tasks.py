"""What the shop still owes the outside.

Written in the transaction that caused it, done by the worker, repeated until it works.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

WAITS = (
    2,
    5,
    15,
    60,
    300,
    1800,
    1800,
    3600,
    3600,
    3600,
)  # seconds after each failure; then it is left for a person


@dataclass(frozen=True)
class Task:
    id: int
    kind: str
    subject: str
    tries: int


def put(db: sqlite3.Connection, now: int, kind: str, subject: str) -> None:
    """Owe this once. Asking again while it is owed, or after it was done, changes nothing."""
    db.execute("insert or ignore into task (kind, subject, due_at) values (?, ?, ?)", (kind, subject, now))


def again(db: sqlite3.Connection, now: int, kind: str, subject: str) -> None:
    """Owe this anew, whether or not it was done before."""
    db.execute(
        "insert into task (kind, subject, due_at) values (?, ?, ?)"
        " on conflict (kind, subject) do update set due_at = excluded.due_at, tries = 0, trouble = ''",
        (kind, subject, now),
    )


def due(db: sqlite3.Connection, now: int) -> list[Task]:
    rows = db.execute(
        "select id, kind, subject, tries from task where due_at <= ? order by due_at, id limit 50", (now,)
    )
    return [Task(**row) for row in rows]


def done(db: sqlite3.Connection, task: Task, remark: str = "") -> None:
    db.execute("update task set due_at = null, trouble = ? where id = ?", (remark, task.id))


def failed(db: sqlite3.Connection, now: int, task: Task, trouble: str) -> None:
    wait = WAITS[task.tries] if task.tries < len(WAITS) else None
    db.execute(
        "update task set tries = tries + 1, due_at = ?, trouble = ? where id = ?",
        (None if wait is None else now + wait, trouble[:300], task.id),
    )


def troubles(db: sqlite3.Connection) -> list[dict[str, object]]:
    """What did not work, most recent first: still being tried (`due_at`) or given up on."""
    rows = db.execute(
        "select kind, subject, tries, due_at, trouble from task where trouble <> '' order by id desc limit 100"
    )
    return [dict(row) for row in rows]
