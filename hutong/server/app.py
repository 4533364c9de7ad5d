"""The application: one process's parts put together, and the ASGI callable that reaches them."""

import asyncio
import logging
import re
from typing import Any
from urllib.parse import parse_qs

import msgspec

from hutong.kernel import deliveries, state, updates
from hutong.kernel.blobs import open_blobs
from hutong.kernel.clock import DAY_MS, Clock, Millis
from hutong.kernel.db import Context, Tx
from hutong.kernel.endpoints import PROTOCOLS, Answer
from hutong.kernel.errors import DomainError
from hutong.kernel.ids import Ids
from hutong.kernel.settings import Settings
from hutong.kernel.vault import open_vault

from . import faces, openapi, programs, relay, timeline
from .deliveries import DeliveryWorker
from .devtools import DevTools
from .dispatcher import Dispatcher
from .feed import Feed
from .gateway import Gateway, Receive, Scope, Send, read_request
from .hub import Hub, committed
from .journal import Journal
from .outgoing import OutgoingClient
from .signers import Signers
from .store import open_store
from .timeline import Timeline

log = logging.getLogger("hutong")

PAGE_SDK = re.compile(r"/open/js/jweixin-[0-9.]{1,16}\.js")
JSON = {"content-type": "application/json; charset=utf-8"}


class WrongMode(Exception):
    """A home is a sandbox or a production home from its first start, for good."""


class App:
    """Everything one process runs. `await App.open(settings)`, use it as an ASGI app, `await app.close()`."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        context = Context(
            Clock(),
            Ids(settings.node),
            open_vault(settings.home),
            open_blobs(settings.home, settings.media),
            settings,
        )
        self.store = open_store(context)
        self.signers = Signers()
        watched = not settings.production and settings.inspector_entries > 0
        self.feed = Feed(self.store) if watched else None
        self.journal = Journal(settings.home) if settings.journal else None
        self.gateway = Gateway(
            self.store, self.signers, self.feed.called if self.feed else None, self.journal
        )
        self.client = OutgoingClient(allow_private=not settings.production)
        self.hub = Hub(self.store, self.gateway)
        self.devtools = None if settings.production else DevTools(self)
        self.dispatcher = Dispatcher(self.store, self.journal)
        delivered = self.feed.delivered if self.feed else None
        self.worker = DeliveryWorker(self.store, self.signers, self.client, delivered)
        self.timeline = Timeline(self.store, self.dispatcher, self.worker)
        self.ready = False
        self.url = ""  # where the server listens, once it does
        self.proxy_url: str | None = None
        self._chores: asyncio.Task[None] | None = None
        self.store.listener = committed(
            self.hub,
            {"events": self.dispatcher.wake, "deliveries": self.worker.wake},
            self.journal.handled if self.journal else None,
        )

    @classmethod
    async def open(cls, settings: Settings) -> "App":
        """Open a home whose tables exist, and start its workers. Raises WrongMode."""
        app = cls(settings)
        mode = "production" if settings.production else "sandbox"
        kept_mode = await app.store.write(lambda tx: _mode(tx, mode))
        if kept_mode != mode:
            await app.store.close()
            raise WrongMode(f"this home is a {kept_mode} home and stays one")
        kept = await app.store.read(timeline.load)
        clock = app.store.context.clock
        clock.offset_ms = kept.offset_ms
        clock.frozen_at = None if kept.frozen_at is None else Millis(kept.frozen_at)
        for protocol in PROTOCOLS.values():
            for endpoint in protocol.endpoints:
                if endpoint.then is not None and endpoint.then not in ACTIONS:
                    raise ValueError(f"{endpoint.name}: no server action is named {endpoint.then}")
        app.gateway.actions = {name: _bound(app, action) for name, action in ACTIONS.items()}
        await app.store.write(deliveries.take_back)
        app.dispatcher.start()
        app.worker.start()
        if app.feed is not None:
            app.feed.start()
        if app.journal is not None:
            app.journal.start()
        app._chores = asyncio.create_task(app._daily())
        app.ready = True
        return app

    def stopping(self) -> None:
        """A stop was asked for: let go of everybody who waits for news."""
        self.ready = False
        self.hub.close()

    async def close(self) -> None:
        """Stop taking work, finish what is in hand, close the database."""
        self.stopping()
        if self._chores is not None:
            self._chores.cancel()
        await self.dispatcher.stop()
        await self.worker.stop()
        if self.feed is not None:
            await self.feed.stop()
        await self.client.close()
        if self.journal is not None:
            await self.journal.stop()
        await self.signers.close()
        await self.store.close()

    async def _daily(self) -> None:
        """Throw away what is past keeping, in small transactions."""
        while True:
            try:
                for trim in (updates.trim, deliveries.trim):
                    while await self.store.write(trim):
                        pass
            except Exception as error:
                log.error("what is past keeping could not be thrown away: %s", error)
            await asyncio.sleep(DAY_MS / 1000)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            found = self.gateway.find(scope)
            if found is not None and scope["path"] != "/api/updates":
                await self.gateway(scope, receive, send, *found)
            else:
                await self._other(scope, receive, send)
        elif scope["type"] == "websocket":
            if scope["path"] == "/api/stream":
                await self.hub.websocket(scope, receive, send)
            elif relay.SOCKET.fullmatch(scope["path"]):
                await relay.websocket(self, scope, receive, send)
            elif scope["path"].startswith("/devtools/") and self.devtools is not None:
                await self.devtools.websocket(scope, receive, send)
            else:
                await receive()
                await send({"type": "websocket.close", "code": 4404})

    async def _other(self, scope: Scope, receive: Receive, send: Send) -> None:
        """What is no protocol's: health, documentation, the long poll, the faces' files."""
        path: str = scope["path"]
        if path == "/healthz":
            answer = Answer(200 if self.ready else 503, b"ok" if self.ready else b"stopping")
        elif path == "/api/updates":
            answer = await self._updates(scope)
        elif path == "/docs":
            answer = Answer(200, openapi.page(), {"content-type": "text/html; charset=utf-8"})
        elif path.startswith("/docs/") and path.endswith(".json") and path[6:-5] in PROTOCOLS:
            document = openapi.document(PROTOCOLS[path[6:-5]], production=self.settings.production)
            answer = Answer(200, msgspec.json.encode(document), dict(JSON))
        elif path == "/run/media" and scope["method"] == "GET":
            await relay.media(self, scope, receive, send)
            return
        elif path == "/run/page.html" and scope["method"] == "GET":
            answer = await programs.page(self, read_request(scope, "").query)
        elif PAGE_SDK.fullmatch(path) and scope["method"] in ("GET", "HEAD"):
            answer = await programs.page_sdk()
        elif path.startswith("/run/") and scope["method"] in ("GET", "HEAD"):
            asked = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
            answer = await programs.serve(self, path, asked)
        elif path.startswith("/devtools") and self.devtools is None:
            answer = Answer(404, b"not found", {"content-type": "text/plain"})
        elif scope["method"] in ("GET", "HEAD"):
            gzipped = any(name == b"accept-encoding" and b"gzip" in value for name, value in scope["headers"])
            answer = await asyncio.to_thread(faces.answer, path, gzipped=gzipped)
        else:
            answer = Answer(404, b"not found", {"content-type": "text/plain"})
        await _answer(send, scope, answer)

    async def _updates(self, scope: Scope) -> Answer:
        """GET /api/updates?since=&wait_ms=: the update log by long poll."""
        http = read_request(scope, "/api")
        asked = parse_qs(http.query_string)
        try:
            since, wait_ms = int(asked.get("since", ["0"])[0]), int(asked.get("wait_ms", ["0"])[0])
            if not 0 <= since < 2**63:
                raise ValueError
        except ValueError:
            body = {"error": {"code": "kernel.bad_request", "message": "since and wait_ms are whole numbers"}}
            return Answer(400, msgspec.json.encode(body), dict(JSON))
        try:
            found = await self.hub.long_poll(http, since, wait_ms)
        except DomainError as error:
            return PROTOCOLS["client"].refuse(http, error)
        return Answer(200, msgspec.json.encode(found), dict(JSON))


def _mode(tx: Tx, mode: str) -> str:
    kept = state.read(tx, "mode", str)
    if kept is None:
        state.write(tx, "mode", mode)
    return kept or mode


async def _turn_clock(app: App, turn: Any) -> dict[str, Any]:
    """The server action "clock": does what domains/desk/clock.py asked for, and tells the time afterwards."""
    line = app.timeline
    ran = None
    if getattr(turn, "freeze", False):
        await line.freeze()
    elif getattr(turn, "resume", False):
        await line.resume()
    elif getattr(turn, "next_event", False):
        ran = await line.next_event()
    elif (moment := getattr(turn, "advance_to", None)) is not None:
        await line.advance_to(Millis(moment))
    elif (ms := getattr(turn, "advance_ms", None)) is not None:
        await line.advance(ms)
    clock = line.clock
    return {
        "now": clock.now(),
        "offset_ms": clock.offset,
        "frozen": clock.frozen_at is not None,
        "next_event_at": await app.store.read(timeline.next_at),
        "ran_event_at": ran,
    }


async def _flush_feed(app: App, nothing: None) -> dict[str, int]:
    """The server action "flush": the inspector keeps what it has gathered."""
    assert app.feed is not None, "a sandbox's endpoint"
    await app.feed.flush()
    return {"dropped": app.feed.dropped}


async def _describe_demo(app: App, nothing: None) -> dict[str, Any]:
    """The server action "demo": the demo world, with where this server listens."""
    from . import demo

    return await demo.describe(app)


async def _keep_snapshot(app: App, kept: Any) -> None:
    """The server action "snapshot": puts the database aside, or back, under a name."""
    from . import snapshots

    await (snapshots.restore if kept.restore else snapshots.take)(app, kept.name)


ACTIONS: dict[str, Any] = {
    "clock": _turn_clock,
    "flush": _flush_feed,
    "demo": _describe_demo,
    "snapshot": _keep_snapshot,
    "relay": relay.fetch,
}


def _bound(app: App, action: Any) -> Any:
    async def run(result: Any) -> Any:
        return await action(app, result)

    return run


async def _answer(send: Send, scope: Scope, answer: Answer) -> None:
    headers = [(name.encode(), value.encode()) for name, value in answer.headers.items()]
    headers.append((b"content-length", str(len(answer.body)).encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else answer.body})
