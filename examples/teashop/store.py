"""The shop's own SQLite file: its tables, and transactions over them."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SCHEMA = """
create table if not exists goods (
    id text primary key,
    stock integer not null check (stock >= 0)
);
create table if not exists buyer (
    id integer primary key,
    openid text not null unique,
    unionid text not null default '',
    nickname text not null default '',
    phone text not null default '',
    seen_at integer not null
);
create index if not exists buyer_by_unionid on buyer (unionid);
create table if not exists session (
    token_hash text primary key,
    buyer_id integer not null references buyer (id),
    expires_at integer not null
);
create index if not exists session_by_expiry on session (expires_at);
create table if not exists orders (
    id integer primary key,
    out_trade_no text not null unique,
    buyer_id integer references buyer (id),
    request_id text not null,
    asked text not null,
    channel text not null check (channel in ('program', 'counter')),
    state text not null check (state in ('unpaid', 'paid', 'ready', 'collected', 'closed')),
    total integer not null check (total > 0),
    note text not null default '',
    placed_at integer not null,
    expires_at integer not null,
    doubt_at integer not null,
    prepay_id text not null default '',
    code_url text not null default '',
    transaction_id text not null default '',
    paid_at integer,
    ready_at integer,
    closed_at integer
);
create unique index if not exists orders_by_request on orders (ifnull(buyer_id, 0), request_id);
create index if not exists orders_by_buyer on orders (buyer_id, id);
create index if not exists orders_by_state on orders (state, id);
create index if not exists orders_in_doubt on orders (doubt_at) where state = 'unpaid';
create table if not exists line (
    order_id integer not null references orders (id),
    number integer not null,
    goods_id text not null,
    name text not null,
    options text not null,
    unit_price integer not null,
    quantity integer not null check (quantity > 0),
    primary key (order_id, number)
);
create table if not exists refund (
    id integer primary key,
    order_id integer not null references orders (id),
    out_refund_no text not null unique,
    request_id text not null,
    asked text not null,
    amount integer not null check (amount > 0),
    reason text not null,
    state text not null check (state in ('requested', 'processing', 'success', 'closed', 'abnormal', 'refused')),
    refund_id text not null default '',
    trouble text not null default '',
    asked_at integer not null,
    doubt_at integer not null,
    unique (order_id, request_id)
);
create index if not exists refunds_in_doubt on refund (doubt_at) where state = 'processing';
create table if not exists refund_line (
    refund_id integer not null references refund (id),
    order_id integer not null,
    number integer not null,
    quantity integer not null check (quantity > 0),
    primary key (refund_id, number)
);
create index if not exists refund_lines_of_order on refund_line (order_id, number);
create table if not exists fan (
    openid text primary key,
    unionid text not null default '',
    following integer not null,
    seen_at integer not null
);
create index if not exists fan_by_unionid on fan (unionid);
create table if not exists duty_code (
    scene text primary key,
    expires_at integer not null
);
create table if not exists duty (
    openid text primary key,
    since integer not null
);
create table if not exists push (
    key text primary key,
    reply text not null,
    received_at integer not null
);
create index if not exists push_by_time on push (received_at);
create table if not exists task (
    id integer primary key,
    kind text not null,
    subject text not null,
    due_at integer,
    tries integer not null default 0,
    trouble text not null default '',
    unique (kind, subject)
);
create index if not exists task_due on task (due_at) where due_at is not null;
create table if not exists remembered (
    name text primary key,
    value text not null
);
"""


class Store:
    """One file, one connection a thread; writers queue up at `transaction`."""

    def __init__(self, path: str | Path) -> None:
        self._path = str(path)
        self._local = threading.local()
        self._connection().executescript(SCHEMA)

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(self._path, isolation_level=None, timeout=10)
            connection.row_factory = sqlite3.Row
            connection.execute("pragma journal_mode = wal")
            connection.execute("pragma synchronous = full")
            connection.execute("pragma foreign_keys = on")
            self._local.connection = connection
        return connection

    def read(self) -> sqlite3.Connection:
        return self._connection()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        connection = self._connection()
        connection.execute("begin immediate")
        try:
            yield connection
        except BaseException:
            connection.execute("rollback")
            raise
        connection.execute("commit")

    def close(self) -> None:
        """Close this thread's connection."""
        if connection := getattr(self._local, "connection", None):
            connection.close()
            del self._local.connection


def remember(db: sqlite3.Connection, name: str, value: str) -> None:
    db.execute(
        "insert into remembered (name, value) values (?, ?) on conflict (name) do update set value = excluded.value",
        (name, value),
    )


def recall(db: sqlite3.Connection, name: str) -> str:
    row = db.execute("select value from remembered where name = ?", (name,)).fetchone()
    return row["value"] if row else ""
