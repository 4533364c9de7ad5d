"""The hub: one WebSocket per device carries a person's update log, and may carry their calls as well.

A client says hello with its bearer token and the last number it has seen; what it missed comes first, then
every update as it is committed. Losing the socket loses nothing: the log is on disk, and long polling reads
the same log.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from hutong.domains.identity import sessions
from hutong.domains.identity.events import SessionRevoked
from hutong.domains.identity.tables import SessionId, UserId
from hutong.kernel import updates
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.endpoints import PROTOCOLS, HttpRequest
from hutong.kernel.errors import DomainError, Kind
from hutong.kernel.events import TOPIC_OF, WATCHERS, Handled
from hutong.kernel.updates import Update

from .gateway import Gateway, Receive, Scope, Send, read_request
from .store import PostgresStore, SqliteStore

log = logging.getLogger("hutong.hub")

HELLO_SECONDS = 10.0
WAITING_FRAMES = 1000  # a client further behind than this is cut off and resumes from the log
TAKEN_FRAMES = 50  # written before anybody looks whether the socket is to close
TOO_FAR_BEHIND = (4408, "too far behind; resume from your last seq")
SIGNED_OUT = (4401, "this device was signed out")
RESTARTING = (1012, "the server restarts; resume from your last seq")
LONG_POLL_MS = 25_000
CLOSING_SECONDS = 5.0  # how long a client that is cut off may take to hear of it
CALL_BYTES = 256 * 1024


class Hello(msgspec.Struct):
    """A client's first frame. `since` is the last number it has; -1 asks for new updates only."""

    token: str
    since: int = -1


class Call(msgspec.Struct):
    """A call over the socket: the same endpoints, without the cost of HTTP."""

    id: int
    method: str
    path: str
    body: msgspec.Raw = msgspec.Raw(b"")


def frame(update: Update) -> str:
    """An update as clients read it."""
    return f'{{"seq":{update.seq},"kind":"{update.kind}","at":{update.at},"body":{update.body}}}'


class _Socket:
    """One device. While it catches up with the log, what is committed meanwhile waits in `backlog`."""

    __slots__ = (
        "_room",
        "_wanted",
        "backlog",
        "catch_up",
        "closing",
        "dropped",
        "frames",
        "seen",
        "session_id",
        "task",
        "user_id",
    )

    def __init__(self, user_id: int, session_id: int, catch_up: Callable[["_Socket", int], None]) -> None:
        self.user_id = user_id
        self.session_id = session_id
        self.catch_up = catch_up
        self.closing: tuple[int, str] | None = None
        self.frames: list[str] = []
        self.task = asyncio.current_task()  # what writes to the client; None when it has ended
        self.dropped = False
        self._wanted: asyncio.Future[None] | None = None  # resolved when there is something to write
        self._room: asyncio.Event | None = None  # set when frames were taken, if anybody waits for that
        self.backlog: list[Update] | None = []
        self.seen = 0

    def push(self, update: Update) -> None:
        if self.backlog is not None:
            if len(self.backlog) < WAITING_FRAMES:
                self.backlog.append(update)
            else:
                self.close(TOO_FAR_BEHIND)
        elif update.seq == self.seen + 1:
            if len(self.frames) < WAITING_FRAMES:
                self.add(frame(update))
                self.seen = update.seq
            else:
                self.close(TOO_FAR_BEHIND)
        elif (
            update.seq > self.seen
        ):  # commits of two threads may be heard of in the wrong order: read the log
            self.backlog = []
            self.catch_up(self, self.seen)

    def caught_up(self, seq: int) -> None:
        self.seen = seq
        waited, self.backlog = self.backlog or [], None
        for update in waited:
            self.push(update)

    def add(self, text: str) -> None:
        """A frame to be sent behind those that wait; none once the socket is to close."""
        if self.closing is None:
            self.frames.append(text)
            if self._wanted is not None and not self._wanted.done():
                self._wanted.set_result(None)

    async def put(self, text: str) -> None:
        """Like `add`, once there is room."""
        while len(self.frames) >= WAITING_FRAMES and self.closing is None:
            if self._room is None:
                self._room = asyncio.Event()
            await self._room.wait()
        self.add(text)

    async def take(self) -> list[str]:
        """Some of the frames that wait, as soon as there are any; none when the socket is to close."""
        while not self.frames and self.closing is None:
            self._wanted = asyncio.get_running_loop().create_future()
            await self._wanted
        taken = self.frames[:TAKEN_FRAMES]
        del self.frames[:TAKEN_FRAMES]
        self._make_room()
        return taken

    def close(self, reason: tuple[int, str]) -> None:
        """Say why, whatever else waits, and end. A client that reads nothing never hears of it and is cut off."""
        if self.closing is None:
            self.closing = reason
            self.frames = []
            self._make_room()
            if self._wanted is not None and not self._wanted.done():
                self._wanted.set_result(None)
            if self.task is not None:
                asyncio.get_running_loop().call_later(CLOSING_SECONDS, self.drop)

    def closed(self) -> bool:
        return self.closing is not None

    def drop(self) -> None:
        """End without another word."""
        if self.task is not None:
            self.dropped = True
            self.task.cancel()

    def _make_room(self) -> None:
        if self._room is not None:
            self._room.set()
            self._room = None


class Hub:
    """Every connected device of this process."""

    def __init__(self, store: SqliteStore | PostgresStore, gateway: Gateway) -> None:
        self._store = store
        self._gateway = gateway
        self._sockets: dict[int, set[_Socket]] = {}
        self._pollers: dict[int, set[asyncio.Event]] = {}
        self._catching_up: set[asyncio.Task[None]] = set()

    def push(self, new: Iterable[Update]) -> None:
        """Hand out what was just committed."""
        for update in new:
            for socket in tuple(self._sockets.get(update.user_id, ())):
                socket.push(update)
            for waiting in self._pollers.get(update.user_id, ()):
                waiting.set()

    def online(self, user_id: int) -> bool:
        return user_id in self._sockets

    def cut(self, user_id: int, session_id: int) -> None:
        """A session was revoked: its sockets end."""
        for socket in self._sockets.get(user_id, ()):
            if socket.session_id == session_id:
                socket.close(SIGNED_OUT)

    def close(self) -> None:
        """Nobody waits for a server that stops."""
        for sockets in self._sockets.values():
            for socket in sockets:
                socket.close(RESTARTING)
        for pollers in self._pollers.values():
            for waiting in pollers:
                waiting.set()

    async def websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        """GET /api/stream as a WebSocket."""
        await receive()
        await send({"type": "websocket.accept"})
        try:
            async with asyncio.timeout(HELLO_SECONDS):
                message = await receive()
            hello = msgspec.json.decode(message.get("text") or message.get("bytes") or b"", type=Hello)
            http = read_request({**scope, "method": "GET", "path": "/api/stream"}, "/api")
            http.headers["authorization"] = f"Bearer {hello.token}"
            who = await self._store.read(lambda snapshot: _who(snapshot, http))
        except (TimeoutError, msgspec.DecodeError, RecursionError, DomainError, KeyError):
            await send({"type": "websocket.close", "code": 4401, "reason": "say hello with a valid token"})
            return
        socket = _Socket(who.log_id, who.session_id, self._start_catching_up)
        self._sockets.setdefault(socket.user_id, set()).add(socket)
        reading = asyncio.create_task(self._serve(socket, http, hello.since, receive))
        reading.add_done_callback(lambda _: socket.drop())
        try:
            await _write(socket, send)
        except asyncio.CancelledError:
            if not socket.dropped:
                raise
        finally:
            socket.task = None
            self._sockets[socket.user_id].discard(socket)
            if not self._sockets[socket.user_id]:
                del self._sockets[socket.user_id]
            socket.close(TOO_FAR_BEHIND)  # whoever still waits to add a frame finds nobody to take it
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)

    async def _serve(self, socket: _Socket, http: HttpRequest, since: int, receive: Receive) -> None:
        """What the client missed, then its calls, until it goes."""
        try:
            await self._greet(socket, http, since)
            await self._read(socket, http, receive)
        except DomainError as error:  # signed out meanwhile, or the database is out of reach
            socket.close(RESTARTING if error.code.kind is Kind.UNAVAILABLE else SIGNED_OUT)
            await asyncio.Event().wait()  # until the word is out
        except Exception:
            log.exception("a socket broke")

    async def _greet(self, socket: _Socket, http: HttpRequest, since: int) -> None:
        def look(snapshot: Snapshot) -> int:
            _who(snapshot, http)  # once more, now that a revocation would find the socket
            return updates.head(snapshot, socket.user_id)

        head = await self._store.read(look)
        if since < 0 or since > head:
            since = head
        await socket.put(f'{{"kind":"hello","seq":{since},"head":{head}}}')
        await self._catch_up(socket, since)
        with contextlib.suppress(DomainError):  # a full disk is no reason to hang up
            await self._store.write(
                lambda tx: sessions.seen(
                    tx, user_id=UserId(socket.user_id), session_id=SessionId(socket.session_id)
                )
            )

    def _start_catching_up(self, socket: _Socket, since: int) -> None:
        task = asyncio.create_task(self._catch_up_later(socket, since))
        self._catching_up.add(task)
        task.add_done_callback(self._catching_up.discard)

    async def _catch_up_later(self, socket: _Socket, since: int) -> None:
        try:
            await self._catch_up(socket, since)
        except Exception as error:
            log.error("a socket could not catch up: %s", error)
            socket.close(TOO_FAR_BEHIND)

    async def _catch_up(self, socket: _Socket, since: int) -> None:
        """Send what the log has after `since`; then the socket is live."""
        while True:
            found, whole = await self._store.read(
                lambda snapshot, since=since: updates.since(snapshot, socket.user_id, since)  # type: ignore[misc]
            )
            if not whole:  # the log no longer reaches back that far: fetch the screens afresh
                since = await self._store.read(lambda snapshot: updates.head(snapshot, socket.user_id))
                await socket.put(f'{{"kind":"reset","seq":{since}}}')
                break
            if not found:
                break
            for update in found:
                if socket.closing is not None:
                    return
                await socket.put(frame(update))
            since = found[-1].seq
        socket.caught_up(since)

    async def _read(self, socket: _Socket, hello: HttpRequest, receive: Receive) -> None:
        while True:
            message = await receive()
            if message["type"] == "websocket.disconnect":
                return
            raw = message.get("text") or message.get("bytes") or b""
            if len(raw) > CALL_BYTES:
                return
            try:
                call = msgspec.json.decode(raw, type=Call)
            except (msgspec.DecodeError, RecursionError):
                continue
            await socket.put(await self._call(call, hello))

    async def _call(self, call: Call, hello: HttpRequest) -> str:
        path, _, query = call.path.partition("?")
        http = msgspec.structs.replace(
            hello,
            method=call.method,
            path=path.removeprefix("/api"),
            raw_path=path,
            query_string=query,
            body=bytes(call.body),
            notes={},
            upload={},
            path_params={},
        )
        answer = await self._gateway.answer(PROTOCOLS["client"], http)
        status, body = answer.status, answer.body
        if body and not answer.headers.get("content-type", "").startswith("application/json"):
            status, body = 406, b""  # files and pages are for HTTP
        return f'{{"id":{call.id},"status":{status},"body":{body.decode() or "null"}}}'

    async def long_poll(self, http: HttpRequest, since: int, wait_ms: int) -> dict[str, Any]:
        """What came after `since`, waiting up to `wait_ms` for something to come."""
        user_id = (await self._store.read(lambda snapshot: _who(snapshot, http))).log_id

        def look(snapshot: Snapshot) -> tuple[list[Update], bool, int]:
            _who(snapshot, http)  # who was signed out while waiting hears nothing more
            return *updates.since(snapshot, user_id, since), updates.head(snapshot, user_id)

        waiting = asyncio.Event()
        self._pollers.setdefault(user_id, set()).add(waiting)
        try:
            found, whole, head = await self._store.read(look)
            if not found and whole and wait_ms > 0:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(waiting.wait(), min(wait_ms, LONG_POLL_MS) / 1000)
                found, whole, head = await self._store.read(look)
        finally:
            self._pollers[user_id].discard(waiting)
            if not self._pollers[user_id]:
                del self._pollers[user_id]
        return {
            "reset": not whole,
            "seq": found[-1].seq if found else head,
            "updates": [msgspec.Raw(frame(update).encode()) for update in found],
        }


async def _write(socket: _Socket, send: Send) -> None:
    while not socket.closed():
        for text in await socket.take():
            if socket.closed():
                break
            await send({"type": "websocket.send", "text": text})
    code, reason = socket.closing or TOO_FAR_BEHIND
    await send({"type": "websocket.close", "code": code, "reason": reason})


def _who(snapshot: Snapshot, http: HttpRequest) -> Any:
    """Who speaks by a bearer token, a person or a device; the client protocol knows how to tell."""
    protocol = PROTOCOLS["client"]
    matched = protocol.match("GET", "/programs/any/session")  # one that both may call
    assert matched is not None
    return protocol.authenticate(snapshot, http, matched[0])


def committed(
    hub: Hub, wakes: dict[str, Callable[[], None]], handled: Callable[[Handled], None] | None = None
) -> Callable[[list[Tx]], None]:
    """What happens after every commit, on the event loop: sockets hear, workers wake, watchers watch.

    `handled` is told which handlers ran in the commit.
    """

    def listener(transactions: list[Tx]) -> None:
        woken: set[str] = set()
        for tx in transactions:
            if tx.updates:
                hub.push(tx.updates)
            if tx.wakes:
                woken |= tx.wakes
            if handled is not None:
                for one in tx.handled:
                    handled(one)
            for event, at in tx.events:
                if type(event) is SessionRevoked:
                    hub.cut(event.user_id, event.session_id)
                if WATCHERS and at is None:
                    for watcher in WATCHERS.get(TOPIC_OF[type(event)][0], ()):
                        watcher(event)
        for name in woken:
            wakes[name]()

    return listener
