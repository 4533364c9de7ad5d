"""Deliveries: calls to the outside as rows, with the published retry ladder of their channel.

A room or protocol enqueues a delivery in the transaction that makes it necessary. The worker in
`server/deliveries.py` asks the channel for the request (built afresh for each attempt, because signatures
carry wire time), sends it, and lets the channel settle the answer in a transaction.
"""

import types
import typing
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from enum import StrEnum
from typing import Any

import msgspec

from .clock import DAY_MS, Millis
from .db import POSTGRES, Snapshot, Tx
from .frozen import Frozen
from .ids import first_at, handle
from .rows import Row, table
from .signing import ToSign

EXCERPT_BYTES = 4096
PER_OWNER = 64  # under way at once: a merchant whose server is slow keeps nobody else waiting
_NOTHING: Mapping[str, int] = types.MappingProxyType({})
PAGE = 100
KEPT_MS = 30 * DAY_MS  # of wire time, once it was delivered or given up


class DeliveryState(StrEnum):
    PENDING = "PENDING"
    DELIVERED = "DELIVERED"
    FAILED = "FAILED"  # the ladder is spent


@table(
    "kernel_delivery",
    key="id",
    unique=["notify_id"],
    index=[("state", "next_at"), ("state", "id"), ("owner", "id"), ("subject", "id")],
    remembered=True,
)
class Delivery(Row):
    """One message to one outside address, tried until it is accepted or its ladder is spent."""

    id: int
    notify_id: str  # what the receiver may see as the message's own id
    channel: str
    owner: str  # whose callback it is: an appid, mchid or corpid
    subject: str  # what it is about, e.g. "order:wx123": the inspector and tests look here
    url: str
    payload: str  # JSON, read by the channel only
    state: DeliveryState
    created_at: Millis
    next_at: Millis | None  # null once delivered or failed
    attempts: int = 0
    leased_until: Millis = Millis(0)  # wire time: another process may take it after
    leased_by: int = 0  # the node that has it in hand, while leased
    delivered_at: Millis | None = None
    last_status: int | None = None
    last_error: str | None = None


@table("kernel_delivery_attempt", key=("delivery_id", "number"))
class Attempt(Row):
    """One try: what came back, or why nothing did."""

    delivery_id: int
    number: int
    at: Millis
    duration_ms: int
    status: int | None
    error: str | None
    answer: str  # the first bytes of the answer's body


class Outgoing(Frozen):
    """A request ready to send, but for its signature."""

    url: str
    headers: dict[str, str]
    body: bytes
    method: str = "POST"
    to_sign: ToSign | None = None


class Incoming(Frozen):
    """What the receiver answered; `status` is None when there was no answer, and `error` says why."""

    status: int | None
    headers: dict[str, str]
    body: bytes
    error: str | None = None


class Channel(Frozen):
    """How one kind of delivery is built, judged and retried.

    `build(snapshot, delivery)` makes the request. `settle(tx, delivery, answer)` returns None when the answer
    is an acceptance (and may act on it), or a sentence saying why it is not. `spent(tx, delivery, complaint)` is
    told when the last try failed, whatever the reason.
    `ladder_ms` is the wait before each retry; the first attempt is at once.
    """

    name: str
    ladder_ms: tuple[int, ...]
    timeout_ms: int
    build: Callable[[Snapshot, Delivery], Outgoing]
    settle: Callable[[Tx, Delivery, Incoming], str | None]
    spent: Callable[[Tx, Delivery, str], None] | None = None


CHANNELS: dict[str, Channel] = {}


def channel(made: Channel) -> Channel:
    """Make a channel known under its name, which is written to rows and must never change."""
    if made.name in CHANNELS:
        raise ValueError(f"channel {made.name} is declared twice")
    CHANNELS[made.name] = made
    return made


def enqueue(
    tx: Tx, *, channel: str, owner: str, subject: str, url: str, payload: Any, notify_id: str | None = None
) -> Delivery:
    """Send this as soon as the transaction commits, and again until it is accepted.

    `notify_id` is also an idempotency key: the same one again returns the first delivery.
    """
    tx.wakes.add("deliveries")
    delivery, _ = tx.insert_or_find(
        Delivery(
            id=tx.new_id(),
            notify_id=notify_id or handle("", 32),
            channel=channel,
            owner=owner,
            subject=subject,
            url=url,
            payload=msgspec.json.encode(payload).decode(),
            state=DeliveryState.PENDING,
            created_at=tx.now,
            next_at=tx.now,
        ),
        by=("notify_id",),
    )
    return delivery


def take_back(tx: Tx) -> int:
    """Let go of what this node had in hand when it was last stopped; how many there were. Call it before claiming."""
    tx.wakes.add("deliveries")
    return tx.run(
        "update kernel_delivery set leased_until = 0"
        " where state = 'PENDING' and next_at <= :now and leased_until > 0 and leased_by = :node",
        now=tx.now,
        node=tx.settings.node,
    )


def claim(tx: Tx, *, limit: int, lease_ms: int, in_hand: Mapping[str, int] = _NOTHING) -> list[Delivery]:
    """Take what is due; nobody else takes it while the lease (wire time) runs.

    `in_hand` says how many each owner has under way already; none has more than PER_OWNER.
    """
    lease = Millis(tx.wire_now + lease_ms)
    return [
        tx.update(delivery, leased_until=lease, leased_by=tx.settings.node)
        for delivery in due(tx, limit=limit, in_hand=in_hand)
    ]


def due(
    snapshot: Snapshot,
    *,
    limit: int,
    in_hand: Mapping[str, int] = _NOTHING,
    except_ids: Collection[int] = (),
) -> list[Delivery]:
    """What may be sent now and is leased by nobody, but for those in `except_ids`.

    For a home of one process, which need not write down what it has in hand: after a kill all of it is due again.
    """
    skip = " for update skip locked" if snapshot.dialect == POSTGRES and isinstance(snapshot, Tx) else ""
    held = Counter(in_hand)
    taken: dict[int, None] = {}
    while len(taken) < limit:
        busy = [owner for owner, count in held.items() if count >= PER_OWNER]
        found = snapshot.rows(
            "select id, owner from kernel_delivery"
            " where state = 'PENDING' and next_at <= :now and leased_until <= :wire"
            f"{' and owner not in :busy' if busy else ''} order by next_at limit :limit{skip}",
            now=snapshot.now,
            wire=snapshot.wire_now,
            limit=limit + len(except_ids) + len(taken),
            **({"busy": busy} if busy else {}),
        )
        passed_over = False
        for delivery_id, owner in found:
            if delivery_id in taken or delivery_id in except_ids:
                continue
            if held[owner] >= PER_OWNER or len(taken) >= limit:
                passed_over = True
            else:
                held[owner] += 1
                taken[delivery_id] = None
        if not passed_over:
            break  # this was all, or as many as asked for
    if not taken:
        return []
    return snapshot.all(Delivery, "where id in :ids order by next_at limit :limit", ids=[*taken], limit=limit)


def next_at(snapshot: Snapshot) -> Millis | None:
    """When the next pending delivery is due."""
    return typing.cast(
        Millis | None, snapshot.value("select min(next_at) from kernel_delivery where state = 'PENDING'")
    )


def settle(tx: Tx, delivery_id: int, answer: Incoming, *, started_at: Millis, duration_ms: int) -> Delivery:
    """Record an attempt and let the channel judge it: delivered, due again on the ladder, or failed."""
    delivery = tx.find_locked(Delivery, id=delivery_id)
    assert delivery is not None, f"delivery {delivery_id} is gone"
    number = delivery.attempts + 1
    complaint = (
        CHANNELS[delivery.channel].settle(tx, delivery, answer) if answer.error is None else answer.error
    )
    tx.insert(
        Attempt(
            delivery_id=delivery.id,
            number=number,
            at=started_at,
            duration_ms=duration_ms,
            status=answer.status,
            error=complaint,
            answer=answer.body[:EXCERPT_BYTES].decode("utf-8", "replace").replace("\x00", "�"),
        )
    )
    if delivery.state is not DeliveryState.PENDING and complaint is not None:
        return tx.update(delivery, attempts=number, leased_until=Millis(0), last_status=answer.status)
    if complaint is None:
        return tx.update(
            delivery,
            state=DeliveryState.DELIVERED,
            attempts=number,
            next_at=None,
            leased_until=Millis(0),
            delivered_at=tx.now,
            last_status=answer.status,
            last_error=None,
        )
    channel = CHANNELS[delivery.channel]
    ladder = channel.ladder_ms
    spent = number > len(ladder)
    if spent and channel.spent is not None:
        channel.spent(tx, delivery, complaint)
    return tx.update(
        delivery,
        state=DeliveryState.FAILED if spent else DeliveryState.PENDING,
        attempts=number,
        next_at=None if spent else Millis(tx.now + ladder[number - 1]),
        leased_until=Millis(0),
        last_status=answer.status,
        last_error=complaint[:2000],
    )


def replay(tx: Tx, delivery_id: int) -> Delivery:
    """Send a delivery once more now, whatever became of it. Its place on the ladder stays."""
    tx.wakes.add("deliveries")
    delivery = tx.lock(tx.get(Delivery, id=delivery_id))
    return tx.update(delivery, state=DeliveryState.PENDING, next_at=tx.now, leased_until=Millis(0))


def list_(
    snapshot: Snapshot,
    *,
    owner: str = "",
    subject: str = "",
    state: DeliveryState | None = None,
    before: int | None = None,
    limit: int = PAGE,
) -> list[Delivery]:
    """Deliveries that fit every filter given, newest first, before an id."""
    conditions = ["id < :before"]
    for name, value in (("owner", owner), ("subject", subject), ("state", state)):
        if value:
            conditions.append(f"{name} = :{name}")
    return snapshot.all(
        Delivery,
        f"where {' and '.join(conditions)} order by id desc limit :limit",
        before=2**63 - 1 if before is None else before,
        owner=owner,
        subject=subject,
        state=state.value if state else "",
        limit=min(limit, PAGE),
    )


def trim(tx: Tx, *, limit: int = 500) -> int:
    """Delete the oldest that are past keeping, with their tries; the number deleted, 0 when done. What waits stays."""
    past = tx.returning(
        "delete from kernel_delivery where state <> 'PENDING' and id in (select id from kernel_delivery"
        " where id < :bound and state <> 'PENDING' order by id limit :limit) returning id",
        bound=first_at(tx.wire_now - KEPT_MS),
        limit=limit,
    )
    if past:
        tx.run(
            "delete from kernel_delivery_attempt where delivery_id in :past",
            past=[delivery_id for (delivery_id,) in past],
        )
    return len(past)


def attempts(snapshot: Snapshot, delivery_id: int) -> list[Attempt]:
    """Every try of a delivery, first to last."""
    return snapshot.all(Attempt, "where delivery_id = :id order by number limit 100", id=delivery_id)
