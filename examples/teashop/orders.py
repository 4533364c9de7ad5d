"""Orders: asked for, paid once, made, collected; or closed unpaid, and then the goods go back on the shelf."""

from __future__ import annotations

import json
import secrets
import sqlite3
import time
from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from . import duty, refunds, tasks
from .refusals import bad, conflict, missing
from .trades import Line, Trade

MOST_LINES = 20
PAGE = 50
FIRST_DOUBT = 10  # seconds after which an unheard-of payment is asked about
LONGEST_DOUBT = 300


class State(StrEnum):
    UNPAID = "unpaid"
    PAID = "paid"
    READY = "ready"
    COLLECTED = "collected"
    CLOSED = "closed"


def place(
    db: sqlite3.Connection,
    now: int,
    trade: Trade,
    *,
    buyer_id: int | None,
    request_id: str,
    lines: Iterable[dict[str, Any]],
    note: str = "",
) -> sqlite3.Row:
    """Write an order down and take its goods off the shelf.

    The same `request_id` from the same buyer with the same wishes is the same order; with other wishes it is refused.
    """
    lines = list(lines)
    asked = json.dumps([lines, note], sort_keys=True)
    earlier: sqlite3.Row | None = db.execute(
        "select * from orders where ifnull(buyer_id, 0) = ? and request_id = ?", (buyer_id or 0, request_id)
    ).fetchone()
    if earlier:
        if earlier["asked"] != asked:
            raise conflict("REQUEST_ID_USED", "This request_id was used for another order.")
        return earlier
    if not 1 <= len(lines) <= MOST_LINES:
        raise bad(f"An order has from 1 to {MOST_LINES} lines.")
    priced = [
        trade.line(line.get("goods_id"), line.get("options", {}), line.get("quantity")) for line in lines
    ]
    for line in priced:
        taken = db.execute(
            "update goods set stock = stock - :n where id = :id and stock >= :n",
            {"n": line.quantity, "id": line.goods_id},
        )
        if taken.rowcount == 0:
            raise conflict("SOLD_OUT", f"There is not enough left of {line.goods_id}.")
    expires_at = now + trade.unpaid_minutes * 60
    number = f"{trade.prefix}{time.strftime('%Y%m%d', time.gmtime(now))}{secrets.token_hex(5).upper()}"
    db.execute(
        "insert into orders (out_trade_no, buyer_id, request_id, asked, channel, state, total, note,"
        " placed_at, expires_at, doubt_at) values (?, ?, ?, ?, ?, 'unpaid', ?, ?, ?, ?, ?)",
        (
            number,
            buyer_id,
            request_id,
            asked,
            "counter" if buyer_id is None else "program",
            sum(line.amount for line in priced),
            note,
            now,
            expires_at,
            expires_at,
        ),
    )
    order = get(db, number)
    db.executemany(
        "insert into line (order_id, number, goods_id, name, options, unit_price, quantity)"
        " values (?, ?, ?, ?, ?, ?, ?)",
        [(order["id"], number, *_columns(line)) for number, line in enumerate(priced, start=1)],
    )
    return order


def _columns(line: Line) -> tuple[object, ...]:
    return line.goods_id, line.name, json.dumps(line.options), line.unit_price, line.quantity


def get(db: sqlite3.Connection, out_trade_no: str) -> sqlite3.Row:
    row: sqlite3.Row | None = db.execute(
        "select * from orders where out_trade_no = ?", (out_trade_no,)
    ).fetchone()
    if row is None:
        raise missing("No such order.")
    return row


def of_buyer(db: sqlite3.Connection, out_trade_no: str, buyer_id: int) -> sqlite3.Row:
    """The buyer's own order; somebody else's is as good as missing."""
    row = get(db, out_trade_no)
    if row["buyer_id"] != buyer_id:
        raise missing("No such order.")
    return row


def list_(
    db: sqlite3.Connection,
    *,
    buyer_id: int | None = None,
    state: str | None = None,
    before: int | None = None,
) -> list[sqlite3.Row]:
    """A page of orders, newest first; `before` is the id of the last one seen."""
    wanted, values = ["id < ?"], [before if before is not None else 2**62]
    if buyer_id is not None:
        wanted.append("buyer_id = ?")
        values.append(buyer_id)
    query = f"select * from orders where {' and '.join(wanted)}"
    if state is not None:
        query += " and state = ?"
        return db.execute(f"{query} order by id desc limit {PAGE}", (*values, State(state).value)).fetchall()
    return db.execute(f"{query} order by id desc limit {PAGE}", values).fetchall()


def shown(db: sqlite3.Connection, orders: list[sqlite3.Row]) -> list[dict[str, Any]]:
    """Orders as they are shown to people, with their lines and refunds, in three queries however many they are."""
    ids = [order["id"] for order in orders]
    marks = ",".join("?" * len(ids))
    lines: dict[int, list[dict[str, Any]]] = {id: [] for id in ids}
    for row in db.execute(f"select * from line where order_id in ({marks}) order by order_id, number", ids):
        line = {key: row[key] for key in ("number", "goods_id", "name", "unit_price", "quantity")}
        lines[row["order_id"]].append({**line, "options": json.loads(row["options"])})
    back: dict[int, list[dict[str, Any]]] = {id: [] for id in ids}
    for row in db.execute(f"select * from refund where order_id in ({marks}) order by id", ids):
        back[row["order_id"]].append(refunds.shown(row))
    keys = (
        "id",
        "out_trade_no",
        "channel",
        "state",
        "total",
        "note",
        "placed_at",
        "expires_at",
        "paid_at",
        "ready_at",
    )
    return [
        {**{key: order[key] for key in keys}, "lines": lines[order["id"]], "refunds": back[order["id"]]}
        for order in orders
    ]


def described(db: sqlite3.Connection, order: sqlite3.Row) -> str:
    """The order in a few words: its first line, and how many things there are."""
    first = db.execute("select name from line where order_id = ? and number = 1", (order["id"],)).fetchone()[
        "name"
    ]
    (count,) = db.execute("select sum(quantity) from line where order_id = ?", (order["id"],)).fetchone()
    return f"{first[:24]}等{count}件" if count > 1 else first[:30]


def require_payable(order: sqlite3.Row, now: int) -> None:
    if order["state"] == State.CLOSED or (order["state"] == State.UNPAID and now >= order["expires_at"]):
        raise conflict("ORDER_CLOSED", "The order is closed.")
    if order["state"] != State.UNPAID:
        raise conflict("ORDER_PAID", "The order is paid.")


def begin_payment(
    db: sqlite3.Connection, now: int, out_trade_no: str, *, prepay_id: str = "", code_url: str = ""
) -> None:
    """Remember the handle of a payment that may now happen at any moment, and when to ask about it."""
    db.execute(
        "update orders set prepay_id = ?, code_url = ?, doubt_at = min(expires_at, ?)"
        " where out_trade_no = ? and state = 'unpaid'",
        (prepay_id, code_url, now + FIRST_DOUBT, out_trade_no),
    )


def settle(db: sqlite3.Connection, now: int, out_trade_no: str, *, transaction_id: str, amount: int) -> None:
    """The order's money has arrived. Hearing it twice changes nothing.

    Money for an order that was closed meanwhile goes back in full, because its goods may be gone.
    """
    order = get(db, out_trade_no)
    if amount != order["total"]:
        raise conflict("AMOUNT_DIFFERS", f"{out_trade_no} costs {order['total']}, {amount} was paid.")
    if order["paid_at"] is not None:
        if order["transaction_id"] != transaction_id:
            raise conflict("PAID_TWICE", f"{out_trade_no} was paid by {order['transaction_id']} already.")
        return
    db.execute(
        "update orders set state = ?, transaction_id = ?, paid_at = ? where id = ?",
        (State.CLOSED if order["state"] == State.CLOSED else State.PAID, transaction_id, now, order["id"]),
    )
    if order["state"] == State.CLOSED:
        refunds.ask(db, now, get(db, out_trade_no), request_id="closed", reason="订单已关闭")
    else:
        tasks.put(db, now, "receipt", out_trade_no)
        for one in duty.everybody(db):
            tasks.put(db, now, "announce", f"{out_trade_no}/{one['openid']}")


def close(db: sqlite3.Connection, now: int, out_trade_no: str) -> None:
    """Give up on an unpaid order and put its goods back. Closing a closed order changes nothing.

    Only after the platform has closed it too, or has never heard of it: it must not be payable any more.
    """
    order = get(db, out_trade_no)
    if order["state"] == State.CLOSED:
        return
    if order["state"] != State.UNPAID:
        raise conflict("ORDER_PAID", "The order is paid.")
    db.execute("update orders set state = 'closed', closed_at = ? where id = ?", (now, order["id"]))
    db.execute(
        "update goods set stock = stock + (select sum(quantity) from line where order_id = :id and goods_id = goods.id)"
        " where id in (select goods_id from line where order_id = :id)",
        {"id": order["id"]},
    )


def make_ready(db: sqlite3.Connection, now: int, out_trade_no: str) -> None:
    """The goods wait at the counter; the buyer is told, once."""
    order = get(db, out_trade_no)
    if order["state"] in (State.READY, State.COLLECTED):
        return
    if order["state"] != State.PAID:
        raise conflict("NOT_PAID", "Only a paid order can be ready.")
    if refunds.left(db, order) == 0:
        raise conflict("REFUNDED", "The order was refunded in full.")
    db.execute("update orders set state = 'ready', ready_at = ? where id = ?", (now, order["id"]))
    tasks.put(db, now, "ready", out_trade_no)


def hand_over(db: sqlite3.Connection, out_trade_no: str) -> None:
    order = get(db, out_trade_no)
    if order["state"] not in (State.READY, State.COLLECTED):
        raise conflict("NOT_READY", "The order is not ready.")
    db.execute("update orders set state = 'collected' where id = ?", (order["id"],))


def in_doubt(db: sqlite3.Connection, now: int) -> list[sqlite3.Row]:
    """Unpaid orders that it is time to ask about, or to close."""
    return db.execute(
        "select * from orders where state = 'unpaid' and doubt_at <= ? order by doubt_at limit 50", (now,)
    ).fetchall()


def doubt_later(db: sqlite3.Connection, now: int, order: sqlite3.Row) -> None:
    """Ask again after as long as it has waited already, and when it expires at the latest."""
    wait = min(max(FIRST_DOUBT, now - order["placed_at"]), LONGEST_DOUBT)
    at = now + wait if now >= order["expires_at"] else min(now + wait, order["expires_at"])
    db.execute("update orders set doubt_at = ? where id = ?", (at, order["id"]))
