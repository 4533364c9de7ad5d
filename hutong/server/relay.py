"""The network of mini programs: what their pages ask for is fetched from here, and passed on as it comes.

Every address is looked up once and called as found; in production private ones are refused, at each redirect anew.
"""

import asyncio
import re
import ssl
import time
from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urljoin, urlsplit

import httptools
import msgspec

from hutong.domains.miniapp import domains
from hutong.kernel.db import Snapshot
from hutong.kernel.endpoints import PROTOCOLS, Stream
from hutong.kernel.errors import DomainError
from hutong.protocols.client.program_network import Head, Outgoing, SocketCall, SocketTarget, open_socket

from .gateway import Receive, Scope, Send, pass_on, read_request
from .outgoing import OutgoingClient, Refused

if TYPE_CHECKING:
    from .app import App

SOCKET = re.compile(r"/api/programs/[^/]+/socket")
MOST_HOPS = 10
HELD_BYTES = 1024 * 1024  # what a slow reader may leave waiting here
HELLO_SECONDS = 10.0
FRAME_BYTES = 10 * 1024 * 1024
_FOLLOWED = (301, 302, 303, 307, 308)
_HOP_BY_HOP = (
    "connection",
    "keep-alive",
    "transfer-encoding",
    "proxy-connection",
    "content-length",
    "upgrade",
    "te",
)


class _Broken(Exception):
    """The answer ended before its end, or is none."""

    def __init__(self, text: str, reason: str = "broken") -> None:
        super().__init__(text)
        self.reason = reason


class _Answering(asyncio.Protocol):
    """One connection, one request: its head, then its body piece by piece. A slow reader slows the sender."""

    def __init__(self) -> None:
        self.head: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.headers: list[tuple[str, str]] = []
        self.status = 0
        self.first_byte_at = 0
        self._transport: Any = None
        self._parser = httptools.HttpResponseParser(self)
        self._pieces: asyncio.Queue[bytes | _Broken | None] = asyncio.Queue()
        self._held = 0
        self._ended = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self.first_byte_at = self.first_byte_at or _now()
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self._fail(_Broken(f"the answer is not HTTP: {error}"))

    def connection_lost(self, error: Exception | None) -> None:
        names = {name for name, _ in self.headers}
        if self.head.done() and not names & {"content-length", "transfer-encoding"}:
            self._end(None)  # an answer that ends with its connection
        else:
            self._fail(_Broken("the connection was closed before the answer"))

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name.decode("latin-1").lower(), value.decode("latin-1")))

    def on_headers_complete(self) -> None:
        if self._parser.get_status_code() < 200:
            self.headers = []  # an interim answer: the real one follows
            return
        self.status = self._parser.get_status_code()
        if not self.head.done():
            self.head.set_result(None)

    def on_body(self, body: bytes) -> None:
        self._held += len(body)
        self._pieces.put_nowait(body)
        if self._held > HELD_BYTES:
            self._transport.pause_reading()

    def on_message_complete(self) -> None:
        if self.head.done():
            self._end(None)

    def _end(self, last: _Broken | None) -> None:
        if not self._ended:
            self._ended = True
            self._pieces.put_nowait(last)

    def _fail(self, broken: _Broken) -> None:
        if not self.head.done():
            self.head.set_exception(broken)
        self._end(broken)
        self.close()

    async def body(self) -> AsyncGenerator[bytes]:
        while True:
            piece = await self._pieces.get()
            if piece is None:
                return
            if isinstance(piece, _Broken):
                raise piece
            self._held -= len(piece)
            if self._held <= HELD_BYTES // 2 and self._transport is not None:
                self._transport.resume_reading()
            yield piece

    def write(self, data: bytes) -> None:
        self._transport.write(data)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    @property
    def peer(self) -> tuple[str, int]:
        found = self._transport.get_extra_info("peername") or ("", 0)
        return str(found[0]), int(found[1])


def _now() -> int:
    return time.time_ns() // 1_000_000


async def _ask(
    client: OutgoingClient,
    method: str,
    url: str,
    headers: dict[str, str],
    body: bytes,
    profile: dict[str, Any],
    address: str = "",
) -> _Answering:
    """Send one request; the answer's head is there when this returns."""
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    host, port = parts.hostname or "", parts.port or (443 if secure else 80)
    profile["domainLookUpStart"] = _now()
    address = address or await client.resolve(host, port)
    profile["domainLookUpEnd"] = profile["connectStart"] = _now()
    if secure:
        profile["SSLconnectionStart"] = profile["connectStart"]
    _, answering = await asyncio.get_running_loop().create_connection(
        _Answering, address, port, **client.trusting(host, secure=secure)
    )
    profile["connectEnd"] = profile["requestStart"] = _now()
    if secure:
        profile["SSLconnectionEnd"] = profile["connectEnd"]
    profile["peerIP"], profile["port"] = answering.peer
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    lines = [f"{method} {target} HTTP/1.1", f"host: {parts.netloc.rpartition('@')[2]}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if body or method not in ("GET", "HEAD", "OPTIONS"):
        lines.append(f"content-length: {len(body)}")
    lines += ["connection: close", "", ""]
    request = "\r\n".join(lines).encode("latin-1") + body
    answering.write(request)
    profile["requestEnd"], profile["sendBytesCount"] = _now(), len(request)
    try:
        await answering.head
    except BaseException:
        answering.close()
        raise
    profile["responseStart"] = answering.first_byte_at
    return answering


async def follow(
    client: OutgoingClient, outgoing: Outgoing, profile: dict[str, Any]
) -> tuple[_Answering, str]:
    """The answer at the end of the redirects, and whose it is. Raises Refused, _Broken, OSError."""
    method, url, headers, body = outgoing.method, outgoing.url, dict(outgoing.headers), outgoing.body
    for hop in range(MOST_HOPS + 1):
        answering = await _ask(client, method, url, headers, body, profile)
        place = next((value for name, value in answering.headers if name == "location"), "")
        if not outgoing.follow or answering.status not in _FOLLOWED or not place:
            return answering, url
        answering.close()
        if hop == MOST_HOPS:
            break
        before, url = url, urljoin(url, place)
        profile["redirectStart"] = profile.get("redirectStart") or profile["requestStart"]
        profile["redirectEnd"] = _now()
        parts = urlsplit(url)
        if parts.scheme not in ("https", "http") or (before.startswith("https:") and parts.scheme == "http"):
            raise Refused("the redirect leads to no secure address")
        if outgoing.allowed is not None and domains.origin(url) not in outgoing.allowed:
            raise Refused("the redirect leads to a domain that is not listed")
        if domains.origin(url) != domains.origin(before):
            headers.pop("authorization", None)
            headers.pop("cookie", None)
        if answering.status == 303 or (answering.status in (301, 302) and method == "POST"):
            method, body = "GET", b""
            headers.pop("content-type", None)
    raise _Broken(f"more than {MOST_HOPS} redirects")


async def fetch(app: "App", outgoing: Any) -> Stream:
    """The server action "relay": what a page asked for, as a line that tells of it and then its body."""
    assert isinstance(outgoing, Outgoing)
    seconds = outgoing.timeout_ms / 1000
    until = asyncio.get_running_loop().time() + seconds
    profile: dict[str, Any] = {"fetchStart": _now(), "redirectStart": 0, "redirectEnd": 0}
    profile |= {"socketReused": False, "protocol": "http1.1"}
    try:
        async with asyncio.timeout(seconds):
            answering, _ = await follow(app.client, outgoing, profile)
    except TimeoutError:
        return _none("timeout", "timeout")
    except (Refused, DomainError) as error:
        return _none(str(error), "refused")
    except _Broken as error:
        return _none(str(error), error.reason)
    except ssl.SSLError as error:
        return _none(f"TLS failed: {error.reason or error}", "broken")
    except OSError as error:
        return _none(f"could not connect: {error.strerror or error}", "broken")
    header: dict[str, str] = {}
    for name, value in answering.headers:
        if name not in _HOP_BY_HOP or name == "content-length":
            header[name] = f"{header[name]},{value}" if name in header else value
    declared = header.get("content-length", "")
    length = int(declared) if declared.isdigit() else -1
    if length > outgoing.most_bytes:
        answering.close()
        return _none(f"the answer is larger than {outgoing.most_bytes} bytes", "large")
    cookies = [value for name, value in answering.headers if name == "set-cookie"]
    head = Head(answering.status, header, cookies, length, profile)
    return Stream(_passed(answering, head, until, outgoing.most_bytes), "application/octet-stream")


def _none(error: str, reason: str) -> Stream:
    return Stream(
        [msgspec.json.encode(Head(0, error=error, reason=reason)) + b"\n"], "application/octet-stream"
    )


async def _passed(answering: _Answering, head: Head, until: float, most_bytes: int) -> AsyncGenerator[bytes]:
    """The head's line, then the body; one that breaks off, lasts too long or grows too large ends without its end."""
    try:
        yield msgspec.json.encode(head) + b"\n"
        passed = 0
        async with asyncio.timeout_at(until):
            async for piece in answering.body():
                passed += len(piece)
                if passed > most_bytes:
                    raise _Broken("the answer is too large", "large")
                yield piece
    finally:
        answering.close()


# ── pictures, fonts and films ──────────────────────────────────────────────────────────────────────────────

MEDIA_BYTES = 200 * 1024 * 1024
MEDIA_SECONDS = 60.0
KEPT_SECONDS = 3600  # where the other server does not say
_MEDIA = re.compile(
    r"(image|font|audio|video)/[\w.+-]+|application/(octet-stream|(x-)?font-[\w-]+|vnd\.ms-fontobject)"
)
_PASSED_ON = ("content-type", "content-length", "content-range", "accept-ranges", "etag", "last-modified")


async def media(app: "App", scope: Scope, receive: Receive, send: Send) -> None:
    """GET /run/media: a picture, font or film from elsewhere, for a program whose frame may show only ours."""
    http = read_request(scope, "")
    asked = http.query
    # The frame appends the address as it is, encoded once: it is the last of the query, whole.
    url = quote(asked.get("url", ""), safe="!#$%&'()*+,/:;=?@[]~")
    try:
        allowed = await app.store.read(
            lambda snapshot: domains.open_media(
                snapshot,
                appid=asked.get("appid", ""),
                expires=int(asked.get("expires", "0")),
                sig=asked.get("sig", ""),
            )
        )
    except (DomainError, ValueError):
        await _say(send, 403)
        return
    own = [*allowed.request, *allowed.download]
    headers = {"accept": "image/*,font/*,audio/*,video/*,*/*;q=0.1"}
    if "range" in http.headers:
        headers["range"] = http.headers["range"]
    try:
        async with asyncio.timeout(MEDIA_SECONDS):
            answering = await _media(app, url, headers, own)
    except (Refused, DomainError, UnicodeError):
        await _say(send, 403)
        return
    except (TimeoutError, _Broken, OSError, ValueError):
        await _say(send, 502)
        return
    given = dict(answering.headers)
    kind = given.get("content-type", "").partition(";")[0].strip().lower()
    declared = given.get("content-length", "0")
    if answering.status not in (200, 206) or not _MEDIA.fullmatch(kind) or int(declared) > MEDIA_BYTES:
        answering.close()
        await _say(send, 415 if answering.status in (200, 206) else 502)
        return
    caching = given.get("cache-control", "")
    passed = {name: value for name, value in given.items() if name in _PASSED_ON} | {
        # Opened by itself it is nobody's document, an SVG with a script in it least of all.
        "content-security-policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'",
        "x-content-type-options": "nosniff",
        "access-control-allow-origin": "*",
        "cache-control": "no-store" if "no-store" in caching else f"private, max-age={KEPT_SECONDS}",
    }
    start = {"type": "http.response.start", "status": answering.status}
    await send(
        start | {"headers": [(name.encode(), value.encode("latin-1")) for name, value in passed.items()]}
    )
    await pass_on(send, _bounded(answering), receive)


async def _media(app: "App", url: str, headers: dict[str, str], own: list[str]) -> _Answering:
    """The answer at the end of the redirects. Private addresses are for sandboxes, and only where listed."""
    for _ in range(MOST_HOPS):
        parts = urlsplit(url)
        schemes = ("https",) if app.settings.production else ("https", "http")
        if (
            parts.scheme not in schemes
            or not parts.hostname
            or not url.isascii()
            or re.search(r"[\x00-\x20]", url)
        ):
            raise Refused("no address of a picture")
        port = parts.port or (443 if parts.scheme == "https" else 80)
        listed = domains.origin(url) in own
        address = "" if listed else await app.client.resolve_public(parts.hostname, port)
        answering = await _ask(app.client, "GET", url, headers, b"", {}, address)
        place = next((value for name, value in answering.headers if name == "location"), "")
        if answering.status not in _FOLLOWED or not place:
            return answering
        answering.close()
        url = urljoin(url, place)
    raise _Broken("too many redirects")


async def _bounded(answering: _Answering) -> AsyncGenerator[bytes]:
    passed = 0
    try:
        async for piece in answering.body():
            passed += len(piece)
            if passed > MEDIA_BYTES:
                raise _Broken("the answer is too large", "large")
            yield piece
    finally:
        answering.close()


async def _say(send: Send, status: int) -> None:
    await send(
        {"type": "http.response.start", "status": status, "headers": [(b"cache-control", b"no-store")]}
    )
    await send({"type": "http.response.body", "body": b""})


# ── sockets ────────────────────────────────────────────────────────────────────────────────────────────────


async def websocket(app: "App", scope: Scope, receive: Receive, send: Send) -> None:
    """GET /api/programs/{appid}/socket: the first frame says where to, then frames pass both ways."""
    from websockets.asyncio.client import connect
    from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException

    await receive()
    await send({"type": "websocket.accept"})
    try:
        async with asyncio.timeout(HELLO_SECONDS):
            message = await receive()
        raw = message.get("text") or message.get("bytes") or b""
        given = msgspec.json.decode(raw, type=dict[str, Any])
        call = msgspec.convert({**given, "appid": scope["path"].split("/")[3]}, SocketCall)
        target = await app.store.read(lambda snapshot: _target(snapshot, scope, call))
    except (TimeoutError, msgspec.DecodeError, RecursionError, KeyError):
        await _close(send, 4400, "say where to")
        return
    except DomainError as error:
        await _close(send, 4403, error.code.code)
        return
    parts = urlsplit(target.url)
    secure = parts.scheme == "wss"
    host, port = parts.hostname or "", parts.port or (443 if secure else 80)
    try:
        address = await app.client.resolve(host, port)
        connection = await connect(
            target.url,
            host=address,
            port=port,
            **app.client.trusting(host, secure=secure),
            additional_headers=[
                (name, value) for name, value in target.headers.items() if name != "user-agent"
            ],
            user_agent_header=target.headers.get("user-agent"),
            subprotocols=target.protocols or None,  # type: ignore[arg-type]
            open_timeout=target.timeout_ms / 1000,
            max_size=FRAME_BYTES,
            proxy=None,
        )
    except InvalidStatus as error:
        await _close(send, 4404, f"Invalid HTTP status: {error.response.status_code}")
        return
    except (OSError, TimeoutError, WebSocketException, Refused) as error:
        await _close(send, 4404, str(error) or "timeout")
        return
    answer = connection.response
    header = dict(answer.headers.raw_items()) if answer is not None else {}
    await send(_text({"header": header, "protocol": connection.subprotocol or ""}))

    async def down() -> tuple[int, str]:
        try:
            async for frame in connection:
                kind = "text" if isinstance(frame, str) else "bytes"
                await send({"type": "websocket.send", kind: frame})
        except ConnectionClosed:
            pass
        return connection.close_code or 1006, connection.close_reason or ""

    async def up() -> tuple[int, str]:
        while True:
            message = await receive()
            if message["type"] == "websocket.disconnect":
                return int(message.get("code") or 1000), str(message.get("reason") or "")
            frame = message.get("text")
            await connection.send(frame if frame is not None else message.get("bytes") or b"")

    downward, upward = asyncio.create_task(down()), asyncio.create_task(up())
    try:
        done, _ = await asyncio.wait((downward, upward), return_when=asyncio.FIRST_COMPLETED)
        if downward in done:
            code, reason = downward.result()
            await _close(send, code if code not in (1005, 1006, 1015) else 4006, reason)
        elif upward.exception() is None:
            code, reason = upward.result()
            await connection.close(code if code == 1000 or 3000 <= code < 5000 else 1001, reason)
    finally:
        for task in (downward, upward):
            task.cancel()
        await asyncio.gather(downward, upward, return_exceptions=True)
        await connection.close()


def _target(snapshot: Snapshot, scope: Scope, call: SocketCall) -> SocketTarget:
    http = read_request({**scope, "method": "GET", "path": "/api/me"}, "/api")
    http.headers["authorization"] = f"Bearer {call.token}"
    protocol = PROTOCOLS["client"]
    matched = protocol.match("GET", "/me")
    assert matched is not None
    return open_socket(snapshot, protocol.authenticate(snapshot, http, matched[0]), call)


def _text(value: dict[str, Any]) -> dict[str, Any]:
    return {"type": "websocket.send", "text": msgspec.json.encode(value).decode()}


async def _close(send: Send, code: int, reason: str) -> None:
    text = reason.encode()[:120].decode(errors="ignore")
    await send({"type": "websocket.close", "code": code, "reason": text})
