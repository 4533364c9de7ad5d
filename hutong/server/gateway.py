"""The gateway: a raw HTTP call becomes one endpoint call in one transaction, and its answer is sealed and sent.

It finds the protocol by host name or by mount, and asks the protocol for everything that is its own: who is
calling, how a body is read, how a refusal looks.
"""

import asyncio
import itertools
import logging
import secrets
import time
from collections.abc import AsyncGenerator, AsyncIterable, Awaitable, Callable, MutableMapping
from typing import Any

from hutong.kernel.clock import wire_now
from hutong.kernel.db import SQLITE, Snapshot, Tx, open_sqlite
from hutong.kernel.endpoints import (
    JSON_BODY_BYTES,
    PROTOCOLS,
    UPLOAD_BODY_BYTES,
    Answer,
    Endpoint,
    HttpRequest,
    Protocol,
    Upload,
)
from hutong.kernel.errors import BAD_REQUEST, TOO_LARGE, DomainError

from .journal import Journal
from .signers import Signers
from .store import PostgresStore, SqliteStore

log = logging.getLogger("hutong.http")

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Observer = Callable[[Protocol, Endpoint | None, HttpRequest, Answer, int], None]


LOOPBACK = ("127.0.0.1", "::1")
_PROCESS = secrets.token_hex(6)
_CALLS = itertools.count()


class ClientGone(Exception):
    """The caller closed the connection before its body arrived."""


class Gateway:
    """Routes calls to protocols. `observer` (the inspector's feed) sees every call with its answer."""

    def __init__(
        self,
        store: SqliteStore | PostgresStore,
        signers: Signers,
        observer: Observer | None = None,
        journal: Journal | None = None,
    ) -> None:
        self.store = store
        self.signers = signers
        self.observer = observer
        self.journal = journal
        self.actions: dict[str, Callable[[Any], Awaitable[Any]]] = {}
        self.production = store.context.settings.production
        self._by_host = {
            host.encode(): protocol for protocol in PROTOCOLS.values() for host in protocol.hosts
        }
        self._by_mount = {protocol.mount: protocol for protocol in PROTOCOLS.values()}

    def find(self, scope: Scope) -> tuple[Protocol, str] | None:
        """The protocol a call is for, and the mount it was reached by ("" by host name)."""
        for name, value in scope["headers"]:
            if name == b"host":
                if (protocol := self._by_host.get(value.partition(b":")[0])) is not None:
                    return protocol, ""
                break
        path: str = scope["path"]
        mount = path[: path.find("/", 1)]
        protocol = self._by_mount.get(mount)
        return None if protocol is None else (protocol, mount)

    async def __call__(
        self, scope: Scope, receive: Receive, send: Send, protocol: Protocol, mount: str
    ) -> None:
        started = time.perf_counter_ns()
        http = read_request(scope, mount)
        endpoint = self._match(protocol, http)
        try:
            http.body = await _body(receive, http, endpoint.max_body_bytes if endpoint else JSON_BODY_BYTES)
            answer = await self._answer(protocol, endpoint, http)
        except DomainError as error:
            answer = await self._seal(protocol, http, await self._refuse(protocol, http, error))
        except ClientGone:
            return
        self._observe(protocol, endpoint, http, answer, started)  # first: who has the answer may look for it
        await _send(send, http, answer, receive)

    async def answer(self, protocol: Protocol, http: HttpRequest) -> Answer:
        """Answer a call whose body is already here: one that came over a socket."""
        started = time.perf_counter_ns()
        endpoint = self._match(protocol, http)
        answer = await self._answer(protocol, endpoint, http)
        self._observe(protocol, endpoint, http, answer, started)
        return answer

    def _match(self, protocol: Protocol, http: HttpRequest) -> Endpoint | None:
        found = protocol.match(http.method, http.path)
        if found is None or (found[0].sandbox_only and self.production):
            return None
        http.path_params = found[1]
        return found[0]

    async def _answer(self, protocol: Protocol, endpoint: Endpoint | None, http: HttpRequest) -> Answer:
        """Run the call; refusals and faults become the protocol's own answers, sealed like every other."""
        try:
            if endpoint is None:
                answer = protocol.unknown(http, protocol.methods(http.path, production=self.production))
            else:
                answer = await self._call(protocol, endpoint, http)
        except DomainError as error:
            answer = await self._refuse(protocol, http, error)
        except Exception:
            log.exception("%s %s broke (request %s)", http.method, http.path, http.request_id)
            answer = protocol.broken(http)
        return await self._seal(protocol, http, answer)

    def _observe(
        self, protocol: Protocol, endpoint: Endpoint | None, http: HttpRequest, answer: Answer, started: int
    ) -> None:
        duration_us = (time.perf_counter_ns() - started) // 1000
        if self.journal is not None:
            self.journal.add(
                at=http.received_at,
                kind="request",
                protocol=protocol.name,
                method=http.method,
                path=http.path,
                status=answer.status,
                us=duration_us,
                request_id=http.request_id,
            )
        if self.observer is not None:
            self.observer(protocol, endpoint, http, answer, duration_us)

    async def _call(self, protocol: Protocol, endpoint: Endpoint, http: HttpRequest) -> Answer:
        content_type = http.headers.get("content-type", "")
        if content_type.startswith("multipart/form-data"):
            http.upload = await asyncio.to_thread(read_multipart, http.body, content_type)
        if endpoint.writes or endpoint.prepare is not None:
            result = await self._write(protocol, endpoint, http)
        else:

            def look(snapshot: Snapshot) -> Any:
                caller = protocol.authenticate(snapshot, http, endpoint)
                if endpoint.request_type is None:
                    return endpoint.run(snapshot, caller)
                return endpoint.run(snapshot, caller, protocol.decode(endpoint, http))

            result = await self.store.read(look)
        if isinstance(result, DomainError):
            raise result  # refused, but what was counted stays counted
        if endpoint.then is not None:
            result = await self.actions[endpoint.then](result)
        return protocol.encode(endpoint, http, result)

    async def _write(self, protocol: Protocol, endpoint: Endpoint, http: HttpRequest) -> Any:
        """Who is calling is read first, then what is slow is prepared, then the function runs in the writer."""
        caller = await self.store.read(lambda snapshot: protocol.authenticate(snapshot, http, endpoint))
        request = protocol.decode(endpoint, http)
        arguments: tuple[Any, ...] = (caller,) if endpoint.request_type is None else (caller, request)
        if (prepare := endpoint.prepare) is not None:
            if self.store.dialect == SQLITE:
                prepared = await asyncio.to_thread(self._prepare_on_sqlite, prepare, arguments)
            else:
                prepared = await self.store.read(lambda snapshot: prepare(snapshot, *arguments))
            arguments = (*arguments, prepared)
        if not endpoint.writes:
            return await self.store.read(lambda snapshot: endpoint.run(snapshot, *arguments))

        def work(tx: Tx) -> Any:
            return endpoint.run(tx, *arguments)

        work.__qualname__ = endpoint.name
        return await self.store.write(work)

    def _prepare_on_sqlite(self, prepare: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        """Slow work runs in a thread, on a connection of its own, and holds no transaction meanwhile."""
        connection = open_sqlite(str(self.store.context.settings.sqlite_path), read_only=True)
        try:
            return prepare(Snapshot(connection, SQLITE, self.store.context), *arguments)
        finally:
            connection.close()

    async def _refuse(self, protocol: Protocol, http: HttpRequest, error: DomainError) -> Answer:
        answer = protocol.refuse(http, error)
        if self.observer is not None:
            try:
                explained = await self.store.read(lambda snapshot: protocol.explain(snapshot, http, error))
                if explained is not None:
                    http.notes["explanation"] = explained
            except Exception as another:
                log.error("a refusal could not be explained: %s", another)
            http.notes["refusal"] = str(error)[:500]
        return answer

    async def _seal(self, protocol: Protocol, http: HttpRequest, answer: Answer) -> Answer:
        answer = protocol.finish(self.store.context.settings, http, answer)
        if type(protocol).seal is not Protocol.seal:
            try:
                answer = await self.store.read(lambda snapshot: protocol.seal(snapshot, http, answer))
            except Exception as error:  # without its keys, an answer goes out as it is
                log.error("an answer could not be sealed: %s", error)
        if (job := answer.to_sign) is not None:
            answer.headers[job.header] = await self.signers.sign(job.key, job.message)
        return answer


def read_request(scope: Scope, mount: str) -> HttpRequest:
    headers = {str(name, "latin-1"): str(value, "latin-1") for name, value in scope["headers"]}
    raw_path = scope.get("raw_path") or scope["path"].encode()
    client = scope.get("client")
    peer, scheme = client[0] if client else "", scope.get("scheme", "http")
    if "x-forwarded-for" in headers and peer in LOOPBACK:
        peer, scheme = _behind_proxy(headers, peer, scheme)
    return HttpRequest(
        method=scope["method"],
        path=scope["path"][len(mount) :] or "/",
        raw_path=str(raw_path, "latin-1"),
        query_string=str(scope["query_string"], "latin-1"),
        headers=headers,
        body=b"",
        mount=mount,
        host=headers.get("host", ""),
        scheme=scheme,
        client=peer,
        received_at=wire_now(),
        request_id=f"{_PROCESS}{next(_CALLS):012x}",
        peer_certificate=scope.get("extensions", {}).get("tls", {}).get("client_cert_der"),
    )


def _behind_proxy(headers: dict[str, str], peer: str, scheme: str) -> tuple[str, str]:
    """Who called a reverse proxy on this machine, and how: the last address it did not pass on itself."""
    for named in reversed(headers["x-forwarded-for"].split(",")):
        if (address := named.strip()) and address not in LOOPBACK:
            peer = address
            break
    said = headers.get("x-forwarded-proto", "").strip().lower()
    return peer, {"https": "https", "wss": "wss", "http": "http", "ws": "ws"}.get(said, scheme)


async def _body(receive: Receive, http: HttpRequest, limit: int) -> bytes:
    declared = http.headers.get("content-length", "0")
    if declared.isdigit() and int(declared) > limit:
        raise DomainError(TOO_LARGE, limit=limit)
    message = await receive()
    if message["type"] == "http.disconnect":
        raise ClientGone
    body: bytes = message.get("body", b"")
    if not message.get("more_body"):
        return body
    pieces = [body]
    size = len(body)
    while message.get("more_body"):
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        pieces.append(message.get("body", b""))
        size += len(pieces[-1])
        if size > limit:
            raise DomainError(TOO_LARGE, limit=limit)
    return b"".join(pieces)


async def _send(send: Send, http: HttpRequest, answer: Answer, receive: Receive) -> None:
    headers = [(name.encode(), value.encode()) for name, value in answer.headers.items()]
    if answer.chunks is None:
        if answer.status != 204:
            headers.append((b"content-length", b"%d" % len(answer.body)))
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        body = b"" if http.method == "HEAD" else answer.body
        await send({"type": "http.response.body", "body": body})
        return
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    if isinstance(answer.chunks, AsyncIterable):
        await pass_on(send, answer.chunks, receive)
        return
    iterator = iter(answer.chunks)
    while (chunk := await asyncio.to_thread(next, iterator, None)) is not None:
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def pass_on(send: Send, chunks: AsyncIterable[bytes], receive: Receive) -> None:
    """Send pieces as they come, until there are no more or the caller has gone."""

    async def write() -> None:
        async for chunk in chunks:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    async def leave() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    writing, leaving = asyncio.create_task(write()), asyncio.create_task(leave())
    try:
        await asyncio.wait((writing, leaving), return_when=asyncio.FIRST_COMPLETED)
        if writing.done() and (error := writing.exception()) is not None:
            # Ending without the last piece closes the connection: the caller sees that something is missing.
            log.info("an answer broke off: %s", error)
    finally:
        for task in (writing, leaving):
            task.cancel()
        await asyncio.gather(writing, leaving, return_exceptions=True)
        if isinstance(chunks, AsyncGenerator):
            await chunks.aclose()


def read_multipart(body: bytes, content_type: str) -> dict[str, Any]:
    """Fields and files of a multipart body. Some SDKs forget the boundary: the body's first line has it.

    Raises DomainError(BAD_REQUEST) when it is not multipart at all.
    """
    from python_multipart.multipart import MultipartParser, parse_options_header

    _, options = parse_options_header(content_type)
    boundary = options.get(b"boundary") or body.partition(b"\r\n")[0].removeprefix(b"--")
    if not boundary or len(body) > UPLOAD_BODY_BYTES:
        raise DomainError(BAD_REQUEST, reason="no multipart boundary")
    parts: dict[str, Any] = {}
    headers: dict[str, str] = {}
    name, value, content = bytearray(), bytearray(), bytearray()

    def part_begin() -> None:
        headers.clear()
        content.clear()

    def header_end() -> None:
        headers[name.decode("latin-1").lower()] = value.decode("latin-1")
        name.clear()
        value.clear()

    def part_end() -> None:
        _, disposition = parse_options_header(headers.get("content-disposition", ""))
        field = disposition.get(b"name", b"").decode("utf-8", "replace")
        if (filename := disposition.get(b"filename")) is not None:
            kind = headers.get("content-type", "application/octet-stream")
            parts[field] = Upload(filename.decode("utf-8", "replace"), kind, bytes(content))
        else:
            parts[field] = content.decode("utf-8")

    parser = MultipartParser(
        boundary,
        {
            "on_part_begin": part_begin,
            "on_part_data": lambda data, start, end: content.extend(data[start:end]),
            "on_part_end": part_end,
            "on_header_field": lambda data, start, end: name.extend(data[start:end]),
            "on_header_value": lambda data, start, end: value.extend(data[start:end]),
            "on_header_end": header_end,
        },
    )
    try:
        parser.write(body)
        parser.finalize()
    except (ValueError, UnicodeDecodeError) as error:
        raise DomainError(BAD_REQUEST, reason=str(error)[:200]) from None
    return parts
