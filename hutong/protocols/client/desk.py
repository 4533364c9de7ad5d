"""The desk: the inspector, the clock, deliveries, parked events and the demo world. In a sandbox only."""

from enum import StrEnum
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from hutong.domains.apps import apps, push
from hutong.domains.apps.tables import OrgId, PushFormat, PushMode
from hutong.domains.desk import clock, inspector
from hutong.domains.desk.clock import Turn
from hutong.domains.desk.tables import Call, CallId, Direction
from hutong.kernel import deliveries, events
from hutong.kernel.clock import Millis
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.deliveries import Attempt, Delivery, DeliveryState
from hutong.kernel.endpoints import Id, Natural, Request, Response
from hutong.kernel.errors import BAD_REQUEST, DomainError

from .protocol import Builder, client

Text = Annotated[str, Meta(max_length=512)]
Limit = Annotated[int, Meta(ge=1, le=inspector.PAGE)]


# ── the inspector ──────────────────────────────────────────────────────────────────────────────────────────


class CallQuery(Request):
    before: Id | None = None  # newest first, before this one
    after: Id | None = None  # or oldest first, after this one
    limit: Limit = inspector.PAGE
    org_id: Id | None = None
    caller: Text = ""
    subject: Text = ""
    protocol: Text = ""
    endpoint: Text = ""
    direction: Direction | None = None
    request_id: Text = ""
    refused: bool = False


class CallRef(Request):
    id: Id


class CallLine(Response):
    """A call without its bodies."""

    id: str
    at: int  # real time
    business_at: int
    direction: Direction
    protocol: str
    method: str
    host: str
    path: str
    query: str
    endpoint: str | None  # as declared; null when nobody declared it
    caller: str
    org_id: str | None
    subject: str
    status: int | None
    duration_us: int
    request_id: str
    delivery_id: str | None
    refusal: str


class CallView(Response):
    """A call as it travelled, secrets masked."""

    call: CallLine
    request_headers: dict[str, str]
    request_body: str
    response_headers: dict[str, str]
    response_body: str
    response_fields: list[str]
    decrypted: str
    explanation: dict[str, Any] | None  # why it was refused, and what would have fitted


class CallPage(Response):
    calls: list[CallLine]


class UnknownPath(Response):
    protocol: str
    method: str
    path: str
    calls: int


class UnknownPaths(Response):
    paths: list[UnknownPath]


class Flushed(Response):
    dropped: int  # calls the inspector had no room for since the start


@client.get("/desk/inspector", sandbox_only=True)
def list_calls(snapshot: Snapshot, builder: Builder, req: CallQuery) -> CallPage:
    """Calls in and out, newest first, or oldest first after a given one."""
    found = inspector.list_(
        snapshot,
        before=_number(req.before),
        after=_number(req.after),
        limit=req.limit,
        org_id=OrgId(int(req.org_id)) if req.org_id else None,
        caller=req.caller,
        subject=req.subject,
        protocol=req.protocol,
        endpoint=req.endpoint,
        direction=req.direction,
        request_id=req.request_id,
        refused=req.refused,
    )
    return CallPage(calls=[_line(call) for call in found])


@client.post("/desk/inspector/flush", sandbox_only=True, then="flush", answer=Flushed)
def flush_inspector(snapshot: Snapshot, builder: Builder) -> None:
    """Keep at once what the inspector has gathered; calls answered before this one are listed after it."""


@client.get("/desk/inspector/unknown", sandbox_only=True)
def list_unknown_paths(snapshot: Snapshot, builder: Builder) -> UnknownPaths:
    """Paths that were asked for and that nobody answers, most asked for first."""
    return UnknownPaths(paths=[UnknownPath(*found) for found in inspector.unknown_paths(snapshot)])


@client.get("/desk/inspector/{id}", sandbox_only=True)
def get_call(snapshot: Snapshot, builder: Builder, req: CallRef) -> CallView:
    """One call with its headers, bodies and explanation."""
    call = inspector.get(snapshot, CallId(int(req.id)))
    return CallView(
        call=_line(call),
        request_headers=call.request_headers,
        request_body=call.request_body,
        response_headers=call.response_headers,
        response_body=call.response_body,
        response_fields=call.response_fields,
        decrypted=call.decrypted,
        explanation=msgspec.json.decode(call.explanation) if call.explanation else None,
    )


def _line(call: Call) -> CallLine:
    return CallLine(
        id=str(call.id),
        at=call.at,
        business_at=call.business_at,
        direction=call.direction,
        protocol=call.protocol,
        method=call.method,
        host=call.host,
        path=call.path,
        query=call.query,
        endpoint=call.endpoint,
        caller=call.caller,
        org_id=None if call.org_id is None else str(call.org_id),
        subject=call.subject,
        status=call.status,
        duration_us=call.duration_us,
        request_id=call.request_id,
        delivery_id=None if call.delivery_id is None else str(call.delivery_id),
        refusal=call.refusal,
    )


def _number(text: str | None) -> int | None:
    return None if text is None else int(text)


# ── the clock ──────────────────────────────────────────────────────────────────────────────────────────────


class ClockAction(StrEnum):
    FREEZE = "freeze"
    RESUME = "resume"
    NEXT_EVENT = "next_event"
    ADVANCE = "advance"
    SET = "set"


class ClockTurn(Request):
    action: ClockAction
    by_ms: Natural | None = None  # with advance
    to: Natural | None = None  # with set: a moment of business time


class ClockView(Response):
    """Business time, and how far it stands from real time."""

    now: int
    offset_ms: int
    frozen: bool
    next_event_at: int | None  # when the next timer or retry falls due
    ran_event_at: int | None  # when the one was due that next_event ran


@client.get("/desk/clock", sandbox_only=True, then="clock", answer=ClockView)
def read_clock(snapshot: Snapshot, builder: Builder) -> Turn:
    """Business time, and when something falls due next."""
    return Turn()


@client.post("/desk/clock", sandbox_only=True, then="clock", answer=ClockView)
def turn_clock(snapshot: Snapshot, builder: Builder, req: ClockTurn) -> Turn:
    """Freeze, resume or advance business time; answers once everything that fell due on the way has run."""
    match req.action:
        case ClockAction.FREEZE:
            return clock.freeze()
        case ClockAction.RESUME:
            return clock.resume()
        case ClockAction.NEXT_EVENT:
            return clock.next_event()
        case ClockAction.ADVANCE if req.by_ms is not None:
            return clock.advance(snapshot, by_ms=req.by_ms)
        case ClockAction.SET if req.to is not None:
            return clock.set_(snapshot, to=Millis(req.to))
        case _:
            raise DomainError(BAD_REQUEST, reason="advance needs by_ms, set needs to")


# ── deliveries and parked events ───────────────────────────────────────────────────────────────────────────


class DeliveryQuery(Request):
    before: Id | None = None
    limit: Annotated[int, Meta(ge=1, le=deliveries.PAGE)] = deliveries.PAGE
    owner: Text = ""
    subject: Text = ""
    state: DeliveryState | None = None


class Ref(Request):
    id: Id


class DeliveryLine(Response):
    id: str
    notify_id: str
    channel: str
    owner: str
    subject: str
    url: str
    state: DeliveryState
    created_at: int
    next_at: int | None
    attempts: int
    delivered_at: int | None
    last_status: int | None
    last_error: str | None


class AttemptView(Response):
    number: int
    at: int
    duration_ms: int
    status: int | None
    error: str | None
    answer: str


class DeliveryView(Response):
    delivery: DeliveryLine
    payload: dict[str, Any]  # before it is signed and encrypted
    attempts: list[AttemptView]


class DeliveryPage(Response):
    deliveries: list[DeliveryLine]


class ParkedEvent(Response):
    id: str
    topic: str
    handler: str
    key: str
    due_at: int
    attempts: int
    last_error: str | None


class ParkedEvents(Response):
    events: list[ParkedEvent]


@client.get("/desk/deliveries", sandbox_only=True)
def list_deliveries(snapshot: Snapshot, builder: Builder, req: DeliveryQuery) -> DeliveryPage:
    """Callbacks and notifications to the outside, newest first."""
    found = deliveries.list_(
        snapshot,
        owner=req.owner,
        subject=req.subject,
        state=req.state,
        before=_number(req.before),
        limit=req.limit,
    )
    return DeliveryPage(deliveries=[_delivery(delivery) for delivery in found])


@client.get("/desk/deliveries/{id}", sandbox_only=True)
def get_delivery(snapshot: Snapshot, builder: Builder, req: Ref) -> DeliveryView:
    """One delivery with every attempt."""
    delivery = snapshot.get(Delivery, id=int(req.id))
    payload = msgspec.json.decode(delivery.payload)
    return DeliveryView(
        delivery=_delivery(delivery),
        payload=payload if isinstance(payload, dict) else {"payload": payload},
        attempts=[_attempt(found) for found in deliveries.attempts(snapshot, delivery.id)],
    )


@client.post("/desk/deliveries/{id}/replay", sandbox_only=True)
def replay_delivery(tx: Tx, builder: Builder, req: Ref) -> DeliveryLine:
    """Send it once more now, whatever became of it."""
    return _delivery(deliveries.replay(tx, int(req.id)))


@client.get("/desk/parked", sandbox_only=True)
def list_parked(snapshot: Snapshot, builder: Builder) -> ParkedEvents:
    """Events whose handler gave up after its last try."""
    return ParkedEvents(
        events=[
            ParkedEvent(
                id=str(row.id),
                topic=row.topic,
                handler=row.handler,
                key=row.event_key,
                due_at=row.due_at,
                attempts=row.attempts,
                last_error=row.last_error,
            )
            for row in events.parked(snapshot)
        ]
    )


@client.post("/desk/parked/{id}/run", sandbox_only=True)
def run_parked(tx: Tx, builder: Builder, req: Ref) -> None:
    """Let a parked event run again from its first try."""
    events.unpark(tx, int(req.id))


def _delivery(delivery: Delivery) -> DeliveryLine:
    return DeliveryLine(
        id=str(delivery.id),
        notify_id=delivery.notify_id,
        channel=delivery.channel,
        owner=delivery.owner,
        subject=delivery.subject,
        url=delivery.url,
        state=delivery.state,
        created_at=delivery.created_at,
        next_at=delivery.next_at,
        attempts=delivery.attempts,
        delivered_at=delivery.delivered_at,
        last_status=delivery.last_status,
        last_error=delivery.last_error,
    )


def _attempt(attempt: Attempt) -> AttemptView:
    return AttemptView(
        number=attempt.number,
        at=attempt.at,
        duration_ms=attempt.duration_ms,
        status=attempt.status,
        error=attempt.error,
        answer=attempt.answer,
    )


# ── the demo world ─────────────────────────────────────────────────────────────────────────────────────────


@client.get("/desk/demo", sandbox_only=True, then="demo")
def get_demo(snapshot: Snapshot, builder: Builder) -> None:
    """The demo world's people, accounts, merchants and corps with their keys, as `hutong demo --json` prints it."""


# ── snapshots ──────────────────────────────────────────────────────────────────────────────────────────────


class SnapshotName(Request):
    name: Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,39}\Z")]


class Kept(Response):
    """What the server does with a snapshot."""

    name: str
    restore: bool


@client.put("/desk/snapshots/{name}", sandbox_only=True, then="snapshot", answer=type(None))
def take_snapshot(snapshot: Snapshot, builder: Builder, req: SnapshotName) -> Kept:
    """Put the whole database aside under this name, replacing one of the same name. On SQLite only."""
    return Kept(req.name, restore=False)


@client.post("/desk/snapshots/{name}/restore", sandbox_only=True, then="snapshot", answer=type(None))
def restore_snapshot(snapshot: Snapshot, builder: Builder, req: SnapshotName) -> Kept:
    """Put the database back as it was: people, money, timers, deliveries and the clock."""
    return Kept(req.name, restore=True)


# ── developers' servers ────────────────────────────────────────────────────────────────────────────────────


class PushAddress(Request):
    """Where an app's messages and events go. Left out, the keys are drawn anew."""

    appid: Annotated[str, Meta(min_length=1, max_length=32)]
    url: Annotated[str, Meta(min_length=1, max_length=push.URL_LENGTH)]
    token: Annotated[str, Meta(max_length=32)] = ""
    encoding_aes_key: Annotated[str, Meta(max_length=43)] = ""
    mode: PushMode = PushMode.PLAIN
    format: PushFormat = PushFormat.XML


class AppRef(Request):
    appid: Annotated[str, Meta(min_length=1, max_length=32)]


class PushKeys(Response):
    url: str
    token: str
    encoding_aes_key: str
    mode: PushMode
    format: PushFormat


@client.put("/desk/push/{appid}", sandbox_only=True)
def set_push_address(tx: Tx, builder: Builder, req: PushAddress) -> PushKeys:
    """Send an app's messages and events to this address from now on, without asking it first."""
    app = apps.get(tx, req.appid)
    settings = push.PushSettings(
        url=req.url,
        token=req.token or tx.new_handle("", 32),
        encoding_aes_key=req.encoding_aes_key or tx.new_handle("", 43),
        mode=req.mode,
        format=req.format,
    )
    push.set_(tx, app.appid, settings)
    return PushKeys(
        url=settings.url,
        token=settings.token,
        encoding_aes_key=settings.encoding_aes_key,
        mode=settings.mode,
        format=settings.format,
    )


@client.delete("/desk/push/{appid}", sandbox_only=True)
def stop_push(tx: Tx, builder: Builder, req: AppRef) -> None:
    """Send nothing any more."""
    push.stop(tx, apps.get(tx, req.appid).appid)
