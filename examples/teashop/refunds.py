"""Refunds: money back for all of an order, some of its lines, or a plain sum; never more than was paid."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from . import tasks
from .refusals import bad, conflict, missing

FIRST_DOUBT = 30  # seconds after which an unfinished refund is asked about

STATES = {"SUCCESS": "success", "PROCESSING": "processing", "CLOSED": "closed", "ABNORMAL": "abnormal"}


def ask(
    db: sqlite3.Connection,
    now: int,
    order: sqlite3.Row,
    *,
    request_id: str,
    reason: str,
    amount: int | None = None,
    lines: list[dict[str, Any]] | None = None,
) -> sqlite3.Row:
    """Decide on a refund; the worker asks the platform for it under a number of our own.

    With `lines` it is worth those, with `amount` that sum, with neither all that is left.
    The same `request_id` for the same order is the same refund.
    """
    asked = json.dumps([amount, lines, reason], sort_keys=True)
    earlier: sqlite3.Row | None = db.execute(
        "select * from refund where order_id = ? and request_id = ?", (order["id"], request_id)
    ).fetchone()
    if earlier:
        if earlier["asked"] != asked:
            raise conflict("REQUEST_ID_USED", "This request_id was used for another refund.")
        return earlier
    if order["paid_at"] is None:
        raise conflict("NOT_PAID", "Only a paid order can be refunded.")
    if amount is not None and lines is not None:
        raise bad("Give lines or an amount, not both.")
    available = left(db, order)
    given_back: list[tuple[int, int]] = []
    if lines is not None:
        amount = 0
        for line in lines:
            row = _line(db, order, line)
            given_back.append((row["number"], line["quantity"]))
            amount += row["unit_price"] * line["quantity"]
        if not given_back or len(dict(given_back)) != len(given_back):
            raise bad("Each line is named once, and at least one.")
    elif amount is None:
        amount = available
    if amount < 1 or amount > available:
        raise conflict("OVER_PAID_SUM", f"{available} fen of this order can still be refunded.")
    (count,) = db.execute("select count(*) from refund where order_id = ?", (order["id"],)).fetchone()
    number = f"{order['out_trade_no']}-R{count + 1}"
    db.execute(
        "insert into refund (order_id, out_refund_no, request_id, asked, amount, reason, state, asked_at, doubt_at)"
        " values (?, ?, ?, ?, ?, ?, 'requested', ?, ?)",
        (order["id"], number, request_id, asked, amount, reason, now, now + FIRST_DOUBT),
    )
    refund = get(db, number)
    db.executemany(
        "insert into refund_line (refund_id, order_id, number, quantity) values (?, ?, ?, ?)",
        [(refund["id"], order["id"], line, quantity) for line, quantity in given_back],
    )
    tasks.put(db, now, "refund", number)
    return refund


def _line(db: sqlite3.Connection, order: sqlite3.Row, wanted: dict[str, Any]) -> sqlite3.Row:
    number, quantity = wanted.get("number"), wanted.get("quantity")
    for value in (number, quantity):
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 1000:
            raise bad("A line is refunded by its number and a quantity.")
    row: sqlite3.Row | None = db.execute(
        "select * from line where order_id = ? and number = ?", (order["id"], number)
    ).fetchone()
    if row is None:
        raise missing("No such line.")
    (before,) = db.execute(
        "select ifnull(sum(l.quantity), 0) from refund_line l join refund r on r.id = l.refund_id"
        " where l.order_id = ? and l.number = ? and r.state not in ('refused', 'closed')",
        (order["id"], number),
    ).fetchone()
    if before + quantity > row["quantity"]:
        raise conflict("OVER_QUANTITY", f"{row['quantity'] - before} of line {number} can still be refunded.")
    return row


def left(db: sqlite3.Connection, order: sqlite3.Row) -> int:
    """What of the order's price is not refunded, nor about to be."""
    if order["paid_at"] is None:
        return 0
    (gone,) = db.execute(
        "select ifnull(sum(amount), 0) from refund where order_id = ? and state not in ('refused', 'closed')",
        (order["id"],),
    ).fetchone()
    return int(order["total"] - gone)


def get(db: sqlite3.Connection, out_refund_no: str) -> sqlite3.Row:
    row: sqlite3.Row | None = db.execute(
        "select * from refund where out_refund_no = ?", (out_refund_no,)
    ).fetchone()
    if row is None:
        raise missing("No such refund.")
    return row


def shown(refund: sqlite3.Row) -> dict[str, Any]:
    return {key: refund[key] for key in ("out_refund_no", "amount", "reason", "state", "trouble", "asked_at")}


def heard(db: sqlite3.Connection, now: int, out_refund_no: str, *, status: str, refund_id: str) -> None:
    """The platform says where a refund stands. A refund that succeeded stays so, whatever arrives late."""
    if status not in STATES:
        raise bad(f"Unknown refund status {status!r}.")
    refund = get(db, out_refund_no)
    state = STATES[status]
    if refund["state"] in ("success", state) or (state == "processing" and refund["state"] != "requested"):
        return
    db.execute(
        "update refund set state = ?, refund_id = ?, doubt_at = ? where id = ?",
        (state, refund_id, now + FIRST_DOUBT, refund["id"]),
    )
    if state == "success":
        tasks.put(db, now, "refunded", out_refund_no)


def refuse(db: sqlite3.Connection, out_refund_no: str, trouble: str) -> None:
    """The platform will never do it; the money counts as not refunded again."""
    db.execute(
        "update refund set state = 'refused', trouble = ? where out_refund_no = ? and state = 'requested'",
        (trouble[:300], out_refund_no),
    )


def in_doubt(db: sqlite3.Connection, now: int) -> list[sqlite3.Row]:
    return db.execute(
        "select * from refund where state = 'processing' and doubt_at <= ? order by doubt_at limit 50", (now,)
    ).fetchall()


def doubt_later(db: sqlite3.Connection, now: int, refund: sqlite3.Row) -> None:
    wait = min(max(FIRST_DOUBT, now - refund["asked_at"]), 3600)
    db.execute("update refund set doubt_at = ? where id = ?", (now + wait, refund["id"]))
