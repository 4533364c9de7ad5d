"""Events: what happened, announced to nobody in particular, and handlers that take effect once.

`tx.emit` writes one outbox row for each durable handler of the event's topic, in the same transaction. A
handler's row is deleted in the transaction of its writes, so whatever is repeated takes effect once. A row
with a due time is a timer. What fails is retried with growing delay and parked after twelve tries; a parked
row holds back only its own handler and key.

A store with a single writer needs no row for what comes due at once: it lets the handlers run in the commit of
the event itself (`react`), and has rows written only when one of them fails.
"""

import functools
import time
import typing
from collections.abc import Callable, Collection, Sequence
from typing import Any, TypeVar

import msgspec

from .clock import HOUR_MS, SECOND_MS, Millis
from .db import POSTGRES, Tx
from .frozen import Frozen, FrozenMeta
from .rows import Row, table

MAX_ATTEMPTS = 12
LOOKS_EVERY_MS = 5 * SECOND_MS  # how often the dispatcher looks by itself, at least
_encode = msgspec.json.Encoder().encode


class _EventMeta(FrozenMeta):
    """Lets an event class say its topic and key beside its name."""

    def __new__(
        mcs,
        name: str,
        bases: tuple[type, ...],
        namespace: dict[str, Any],
        *,
        topic: str = "",
        key: str = "",
        **options: Any,
    ) -> Any:
        made = super().__new__(mcs, name, bases, namespace, **options)
        if topic:
            if topic in EVENTS:
                raise ValueError(f"topic {topic} is declared twice")
            EVENTS[topic] = made
            TOPIC_OF[made] = (topic, key)
        return made


EVENTS: dict[str, type["Event"]] = {}
TOPIC_OF: dict[type, tuple[str, str]] = {}


class Event(Frozen, metaclass=_EventMeta):
    """Base of every event: `class OrderPaid(Event, topic="pay.order_paid", key="order_id")`.

    `key` names the field whose events keep their order. Add fields with defaults only.
    """

    def enter(self, tx: Tx, at: Millis | None) -> None:
        """Write one outbox row per durable handler of the topic; none, when nobody listens. `tx.emit` calls this."""
        topic, key_field = TOPIC_OF[type(self)]
        handlers = _BY_TOPIC.get(topic)
        if not handlers:
            return
        if at is None and tx.at_once is not None:
            tx.at_once.append(self)
            tx.dirty = True
            return
        due_at = tx.now if at is None else at
        key = str(getattr(self, key_field)) if key_field else ""
        for handler in handlers:
            _keep(tx, self, handler, key, due_at)


E = TypeVar("E", bound=Event)


class Handler(Frozen):
    """A durable reaction: `name` is written to the outbox and must never change."""

    name: str
    topic: str
    event_type: type[Event]
    run: Callable[[Tx, Any], None]


HANDLERS: dict[str, Handler] = {}
_BY_TOPIC: dict[str, list[Handler]] = {}
WATCHERS: dict[str, list[Callable[[Any], None]]] = {}


def on(event_type: type[E], *, name: str) -> Callable[[Callable[[Tx, E], None]], Callable[[Tx, E], None]]:
    """Run the function once for every event of this type, in its own transaction."""

    def declare(function: Callable[[Tx, E], None]) -> Callable[[Tx, E], None]:
        if name in HANDLERS:
            raise ValueError(f"handler {name} is declared twice")
        topic = TOPIC_OF[event_type][0]
        HANDLERS[name] = handler = Handler(name, topic, event_type, function)
        _BY_TOPIC.setdefault(topic, []).append(handler)
        return function

    return declare


def watch(event_type: type[E]) -> Callable[[Callable[[E], None]], Callable[[E], None]]:
    """Call the function after the commit, in every process, for live screens. Losing it loses nothing."""

    def declare(function: Callable[[E], None]) -> Callable[[E], None]:
        WATCHERS.setdefault(TOPIC_OF[event_type][0], []).append(function)
        return function

    return declare


@table(
    "kernel_outbox",
    key="id",
    index=[("run_at", "id"), ("handler", "event_key", "due_at", "id")],
)
class Outbox(Row):
    """An event waiting for one handler.

    `due_at` is its place in the order of its key. `run_at` is the next try; it is null once parked (after
    tries) or while an earlier row of its key is stuck (before any).
    """

    id: int
    topic: str
    handler: str
    event_key: str
    payload: str
    due_at: Millis
    run_at: Millis | None
    attempts: int = 0
    last_error: str | None = None


def _keep(tx: Tx, event: Event, handler: Handler, key: str, due_at: Millis) -> None:
    """Write the row from which a handler will run. For a late one nobody is woken: the dispatcher looks by itself."""
    if due_at < tx.now + LOOKS_EVERY_MS:
        tx.wakes.add("events")
    payload = _encode(event).decode()
    tx.insert(Outbox(tx.new_id(), handler.topic, handler.name, key, payload, due_at, due_at))


def react(tx: Tx) -> None:
    """Run the handlers of all that `tx.at_once` holds, and of what they emit in turn, in this transaction.

    A handler for whose key an earlier row still waits gets a row behind it. What a handler raises goes to the
    caller, who has to undo the whole transaction: some of it may be half done.
    """
    assert tx.at_once is not None
    for event in tx.at_once:  # grows while it runs
        topic, key_field = TOPIC_OF[type(event)]
        key = str(getattr(event, key_field)) if key_field else ""
        handlers = _BY_TOPIC[topic]
        behind = _waiting(tx, handlers, key) if key else ()
        for handler in handlers:
            if handler.name in behind:
                _keep(tx, event, handler, key, tx.now)
                continue
            started = time.perf_counter_ns()
            handler.run(tx, event)
            tx.handled.append(Handled(handler.name, key, (time.perf_counter_ns() - started) // 1000))
    tx.at_once.clear()


def _waiting(tx: Tx, handlers: Sequence[Handler], key: str) -> Collection[str]:
    """The names of those for whose key something that came due before now has not been handled."""
    named = {f"h{number}": handler.name for number, handler in enumerate(handlers)}
    return {name for (name,) in tx.rows(_waiting_sql(len(handlers)), key=key, now=tx.now, **named)}


@functools.cache
def _waiting_sql(handlers: int) -> str:
    """One look for each handler: behind one that is stuck there may be thousands of rows."""
    return " union all ".join(
        f"select :h{number} where exists (select 1 from kernel_outbox"
        f" where handler = :h{number} and event_key = :key and due_at <= :now)"
        for number in range(handlers)
    )


class Handled(Frozen):
    """A handler that ran in the commit of its event, and the microseconds it took."""

    handler: str
    key: str
    us: int


def due(tx: Any, *, limit: int) -> list[Outbox]:
    """What should run now, oldest first."""
    return typing.cast(
        list[Outbox],
        tx.all(Outbox, "where run_at <= :now order by run_at, id limit :limit", now=tx.now, limit=limit),
    )


def next_due_at(tx: Any) -> Millis | None:
    """When the next waiting event comes due."""
    return typing.cast(Millis | None, tx.value("select min(run_at) from kernel_outbox"))


class Outcome(Frozen):
    """What became of one outbox row: it ran, it was gone already, or an earlier one of its key holds it back."""

    ran: bool
    blocked_by: int | None = None


def handle(tx: Tx, outbox_id: int) -> Outcome:
    """Run one row's handler and delete the row, in this transaction. Gone or held back: does nothing."""
    lock = " for update skip locked" if tx.dialect == POSTGRES else ""
    row = tx.one(Outbox, f"where id = :id{lock}", id=outbox_id)
    if row is None:
        return Outcome(ran=False)
    while row.event_key and (blocker := _blocker(tx, row)) is not None:
        blocker_id, tries = blocker
        if tries and tx.find_locked(Outbox, id=blocker_id) is None:
            continue  # it succeeded elsewhere at this moment, too early to let this one go
        # A failed or parked row lets the others go when it succeeds. One that is merely being run elsewhere is
        # worth a second look soon.
        tx.update(row, run_at=None if tries else Millis(tx.now + SECOND_MS))
        return Outcome(ran=False, blocked_by=blocker_id)
    handler = HANDLERS[row.handler]
    event = msgspec.json.decode(row.payload, type=handler.event_type)
    tx.delete(row)
    handler.run(tx, event)
    if row.attempts and row.event_key:
        tx.run(
            "update kernel_outbox set run_at = :now where handler = :handler and event_key = :key"
            " and run_at is null and attempts = 0",
            now=tx.now,
            handler=row.handler,
            key=row.event_key,
        )
    return Outcome(ran=True)


def _blocker(tx: Tx, row: Outbox) -> tuple[int, int] | None:
    """The id and tries of the first row that must run before this one."""
    found = tx.rows(
        "select id, attempts from kernel_outbox where handler = :handler and event_key = :key"
        " and (due_at < :due or (due_at = :due and id < :id)) order by due_at, id limit 1",
        handler=row.handler,
        key=row.event_key,
        due=row.due_at,
        id=row.id,
    )
    return typing.cast(tuple[int, int], found[0]) if found else None


def retry_delay_ms(attempts: int) -> int:
    """Half a second, doubling, at most an hour."""
    return int(min(SECOND_MS // 2 * 2 ** (attempts - 1), HOUR_MS))


def failed(tx: Tx, outbox_id: int, error: str) -> None:
    """Count a failed try: again later, or parked after the last."""
    row = tx.find_locked(Outbox, id=outbox_id)
    if row is None:
        return
    attempts = row.attempts + 1
    run_at = None if attempts >= MAX_ATTEMPTS else Millis(tx.now + retry_delay_ms(attempts))
    tx.update(row, attempts=attempts, run_at=run_at, last_error=error[:2000])


def parked(tx: Any, *, limit: int = 100) -> list[Outbox]:
    """Rows that gave up, for the console and the doctor."""
    return typing.cast(
        list[Outbox],
        tx.all(Outbox, "where run_at is null and attempts > 0 order by due_at, id limit :limit", limit=limit),
    )


def unpark(tx: Tx, outbox_id: int) -> None:
    """Let a parked row try again, as often as a new one."""
    row = tx.get(Outbox, id=outbox_id)
    tx.update(row, attempts=1, run_at=tx.now)
    tx.wakes.add("events")
