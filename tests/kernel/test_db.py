"""Rows, transactions, the outbox and the update log on a real database."""

from enum import StrEnum

import msgspec
import pytest

from hutong.kernel import deliveries, events, ids, updates
from hutong.kernel.clock import HandWound, Millis
from hutong.kernel.db import Tx
from hutong.kernel.errors import DomainError
from hutong.kernel.rows import Row, table


class Colour(StrEnum):
    RED = "RED"
    BLUE = "BLUE"


class Detail(msgspec.Struct, frozen=True):
    words: list[str]


@table("kernel_test_thing", key=("owner_id", "id"), unique=[("owner_id", "name")], shard="owner_id")
class Thing(Row):
    owner_id: int
    id: int
    name: str
    colour: Colour
    detail: Detail
    lit: bool
    raw: bytes
    note: str | None = None
    more: Detail | None = None


def a_thing(tx: Tx, name: str = "kettle") -> Thing:
    return Thing(1, tx.new_id(), name, Colour.RED, Detail(["热", "hot"]), True, b"\x00\xff")


def test_a_row_comes_back_as_it_was_written(tx: Tx) -> None:
    thing = tx.insert(a_thing(tx))
    assert tx.get(Thing, owner_id=1, id=thing.id) == thing
    assert tx.one(Thing, "where name in :names and lit = true", names=["kettle", "pot"]) == thing
    assert tx.all(Thing, "where name in :names limit 5", names=[]) == []
    assert tx.value("select count(*) from kernel_test_thing where name like 'ke%'") == 1


def test_an_update_changes_only_what_it_names(tx: Tx) -> None:
    thing = tx.insert(a_thing(tx))
    changed = tx.update(thing, colour=Colour.BLUE, more=Detail([]))
    assert changed == msgspec.structs.replace(thing, colour=Colour.BLUE, more=Detail([]))
    assert tx.lock(thing) == changed


def test_insert_or_find_keeps_the_first(tx: Tx) -> None:
    first, created = tx.insert_or_find(a_thing(tx), by=("owner_id", "name"))
    again, created_again = tx.insert_or_find(a_thing(tx), by=("owner_id", "name"))
    assert created and not created_again and again == first


def test_get_refuses_what_is_not_there(tx: Tx) -> None:
    with pytest.raises(DomainError):
        tx.get(Thing, owner_id=1, id=1)
    assert tx.find(Thing, owner_id=1, id=1) is None


class KettleBoiled(events.Event, topic="kernel_test.kettle_boiled", key="kettle"):
    kettle: str


@events.on(KettleBoiled, name="kernel_test.pour")
def pour(tx: Tx, event: KettleBoiled) -> None:
    tx.insert(a_thing(tx, event.kettle))


def test_a_handler_takes_effect_once(tx: Tx) -> None:
    tx.emit(KettleBoiled(kettle="cup"))
    (row,) = events.due(tx, limit=10)
    assert events.handle(tx, row.id).ran
    assert not events.handle(tx, row.id).ran
    assert tx.value("select count(*) from kernel_test_thing") == 1


def test_events_of_one_key_keep_their_order_and_a_failure_holds_back_its_key_only(
    tx: Tx, clock: HandWound
) -> None:
    tx.emit(KettleBoiled(kettle="a"))
    tx.emit(KettleBoiled(kettle="a"))
    tx.emit(KettleBoiled(kettle="b"))
    first, second, other = events.due(tx, limit=10)
    assert events.handle(tx, second.id).blocked_by == first.id
    for _ in range(events.MAX_ATTEMPTS):
        events.failed(tx, first.id, "no water")
    assert [row.id for row in events.parked(tx)] == [first.id]
    assert events.handle(tx, second.id).blocked_by == first.id
    assert events.handle(tx, other.id).ran
    events.unpark(tx, first.id)
    assert events.handle(tx, first.id).ran


def test_a_timer_waits_for_its_moment(tx: Tx, clock: HandWound) -> None:
    tx.emit(KettleBoiled(kettle="late"), at=Millis(tx.now + 1000))
    assert events.due(tx, limit=10) == []
    clock.advance(1000)
    assert len(events.due(tx, limit=10)) == 1


def test_each_person_has_one_ordered_log(tx: Tx) -> None:
    updates.append(tx, [7, 8], "test.hello", {"n": 1})
    updates.append(tx, [8], "test.hello", {"n": 2})
    assert updates.head(tx, 7) == 1 and updates.head(tx, 8) == 2
    found, whole = updates.since(tx, 8, 0)
    assert whole and [(u.seq, u.body) for u in found] == [(1, '{"n":1}'), (2, '{"n":2}')]
    assert updates.since(tx, 8, 2) == ([], True)
    assert [update.seq for update in tx.updates] == [1, 1, 2]


STEPS = (15_000, 15_000, 30_000)
given_up: list[str] = []
deliveries.channel(
    deliveries.Channel(
        "kernel_test.post",
        STEPS,
        5000,
        build=lambda snapshot, delivery: deliveries.Outgoing(delivery.url, {}, delivery.payload.encode()),
        settle=lambda tx, delivery, answer: None if answer.status == 200 else f"answered {answer.status}",
        spent=lambda tx, delivery, complaint: given_up.append(complaint),
    )
)


def test_a_delivery_climbs_its_ladder_and_then_fails(tx: Tx, clock: HandWound) -> None:
    made = deliveries.enqueue(
        tx,
        channel="kernel_test.post",
        owner="mch",
        subject="order:1",
        url="http://127.0.0.1:1/",
        payload={"a": 1},
        notify_id="n1",
    )
    assert (
        deliveries.enqueue(
            tx,
            channel="kernel_test.post",
            owner="mch",
            subject="order:1",
            url="http://127.0.0.1:1/",
            payload={"a": 1},
            notify_id="n1",
        )
        == made
    )
    refused = deliveries.Incoming(500, {}, b"no")
    for step in STEPS:
        (claimed,) = deliveries.claim(tx, limit=10, lease_ms=60_000)
        assert deliveries.claim(tx, limit=10, lease_ms=60_000) == []
        settled = deliveries.settle(tx, claimed.id, refused, started_at=tx.now, duration_ms=3)
        assert settled.next_at == tx.now + step and given_up == []
        clock.advance(step)
    (claimed,) = deliveries.claim(tx, limit=10, lease_ms=60_000)
    assert deliveries.settle(tx, claimed.id, refused, started_at=tx.now, duration_ms=3).state == "FAILED"
    assert given_up == ["answered 500"]
    deliveries.replay(tx, claimed.id)
    (claimed,) = deliveries.claim(tx, limit=10, lease_ms=60_000)
    done = deliveries.settle(
        tx, claimed.id, deliveries.Incoming(200, {}, b""), started_at=tx.now, duration_ms=3
    )
    assert done.state == "DELIVERED" and len(deliveries.attempts(tx, done.id)) == 5


def test_what_was_delivered_long_ago_is_thrown_away_with_its_tries(tx: Tx) -> None:
    kept_since = ids.first_at(tx.wire_now - deliveries.KEPT_MS)
    made = {}
    for number, (name, at, state) in enumerate(
        (
            ("old", kept_since - 3, deliveries.DeliveryState.DELIVERED),
            ("given up", kept_since - 2, deliveries.DeliveryState.FAILED),
            ("waiting", kept_since - 1, deliveries.DeliveryState.PENDING),
            ("new", kept_since + 2**40, deliveries.DeliveryState.DELIVERED),
        )
    ):
        row = deliveries.Delivery(
            at, name, "kernel_test.post", "mch", "order:1", "http://127.0.0.1:1/", "{}", state, tx.now, None
        )
        made[name] = tx.insert(row)
        tx.insert(deliveries.Attempt(at, 1, tx.now, number, 200, None, ""))
    assert deliveries.trim(tx, limit=1) == 1 and deliveries.trim(tx) == 1 and deliveries.trim(tx) == 0
    assert [row.notify_id for row in deliveries.list_(tx)] == ["new", "waiting"]
    assert deliveries.attempts(tx, made["old"].id) == [] and deliveries.attempts(tx, made["new"].id) != []
    assert tx.find(deliveries.Delivery, id=made["old"].id) is None


def test_a_log_goes_back_thirty_days(tx: Tx, clock: HandWound) -> None:
    updates.append(tx, [7], "test.hello", {"n": 1})
    clock.advance(updates.KEPT_MS)
    assert updates.trim(tx) == 0
    clock.advance(1)
    updates.append(tx, [7], "test.hello", {"n": 2})
    assert updates.trim(tx) == 1 and updates.trim(tx) == 0
    found, whole = updates.since(tx, 7, 0)
    assert not whole and [update.body for update in found] == ['{"n":2}']
    assert updates.since(tx, 7, 1) == (found, True)
