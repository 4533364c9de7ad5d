"""The wire: a proxy that brings the published hosts home, and the TLS listener it leads to.

Bytes are spliced, never read: the client's TLS ends at an internal listener of the same ASGI app, so
what an unmodified program sends reaches the endpoint as it was sent. One port takes every way a
program may come: CONNECT and absolute-form requests from those that know a proxy, TLS and plain HTTP
straight from those whose connections were turned here, and SOCKS 5 from a JVM's plain sockets.
"""

import asyncio
import contextlib
import logging
import socket
import ssl
import struct
import time
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import msgspec
import uvicorn
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from . import hosts
from .authority import Authority, ensure_authority

logger = logging.getLogger("hutong.proxy")

Address = tuple[str, int]
Asgi = Callable[..., Awaitable[None]]

MAX_HEAD_BYTES = 32 * 1024
MAX_CONNECTIONS = 2048
HEAD_TIMEOUT_S = 15.0
CONNECT_TIMEOUT_S = 10.0
IDLE_TIMEOUT_S = 15 * 60.0
CHUNK_BYTES = 64 * 1024
PORTS_TRIED = 50
RENEWAL_CHECK_S = 12 * 60 * 60.0
QUICK_ACK: int | None = getattr(socket, "TCP_QUICKACK", None)  # Linux alone has it

TLS_HANDSHAKE = b"\x16"
SOCKS_VERSION = b"\x05"
_HOSTS_BY_ADDRESS = {address: host for host, address in hosts.ADDRESSES.items()}
# Headers between a client and its proxy alone.
_HOP_HEADERS = (b"connection:", b"proxy-connection:", b"proxy-authorization:", b"keep-alive:")


class Refused(Exception):
    """Answered to the client as it stands: a status and one sentence."""

    def __init__(self, status: HTTPStatus, sentence: str, *, answer: bytes = b"") -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence
        self.answer = answer  # where the client does not speak HTTP


class Route(msgspec.Struct, frozen=True):
    """Where a client is led."""

    address: Address
    greeting: bytes = b""  # what the client is told once we are connected
    forward: bytes = b""  # what was read of its stream already, as the other side should see it
    failure: bytes = b""  # what it is told instead of HTTP's 502
    sni: str | None = None  # set when the TLS is ours to make


class ConnectProxy:
    """Listens on loopback; known hosts lead to our own listeners, others nowhere unless allowed."""

    def __init__(
        self, *, tls: Address, http: Address, trust: ssl.SSLContext, allow_unknown: bool = False
    ) -> None:
        self.trust = trust  # for the TLS we make to our own listener
        self.tls = tls
        self.http = http
        self.allow_unknown = allow_unknown
        self.address: Address = ("", 0)
        self.refused: dict[str, int] = {}  # host to count, for the doctor; bounded
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        return f"http://{self.address[0]}:{self.address[1]}"

    async def start(self, *, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen on `port` or the next free one; 0 takes any."""
        last: OSError | None = None
        for candidate in range(port, port + (PORTS_TRIED if port else 1)):
            try:
                self._server = await asyncio.start_server(
                    self._accept, host, candidate, limit=MAX_HEAD_BYTES, reuse_address=True
                )
            except OSError as error:
                last = error
                continue
            name = self._server.sockets[0].getsockname()
            self.address = (host, name[1])
            return
        assert last is not None
        raise last

    async def stop(self) -> None:
        """Refuse new clients and cut those connected; returns when nothing is left running."""
        if self._server is None:
            return
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()
        self._server = None

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            if len(self._tasks) > MAX_CONNECTIONS:
                raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, "The proxy has too many connections.")
            async with asyncio.timeout(HEAD_TIMEOUT_S):
                route = await self._arrive(reader, writer)
            upstream_reader, upstream = await self._connect(route)
            try:
                upstream.write(route.forward)
                writer.write(route.greeting)
                await _splice(reader, writer, upstream_reader, upstream)
            finally:
                upstream.transport.abort()
        except Refused as refusal:
            await _answer(writer, refusal)
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            pass  # the client left, or says nothing: there is nobody to answer
        except asyncio.CancelledError:
            _reset(writer)  # only `stop` cancels, and this task has no one above it to tell
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _arrive(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Route:
        first = await reader.readexactly(1)
        if first == TLS_HANDSHAKE:
            return Route(self.tls, forward=first)
        if first == SOCKS_VERSION:
            return await self._arrive_by_socks(reader, writer)
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.LimitOverrunError:
            sentence = "The request head is too large."
            raise Refused(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, sentence) from None
        return self._route(first + head[:-4])

    def _route(self, head: bytes) -> Route:
        line, _, rest = head.partition(b"\r\n")
        try:
            method, target, version = line.decode("ascii").split(" ")
        except ValueError:
            raise Refused(HTTPStatus.BAD_REQUEST, "The request line is malformed.") from None
        if not version.startswith("HTTP/1."):
            raise Refused(HTTPStatus.HTTP_VERSION_NOT_SUPPORTED, "This proxy speaks HTTP/1.1.")
        headers = [header for header in rest.split(b"\r\n") if header]
        if method == "CONNECT":
            host, port = _host_and_port(target, default=443)
            return Route(self._address(host, port), greeting=b"HTTP/1.1 200 Connection established\r\n\r\n")
        if target.startswith("/"):
            # A connection that was turned here by name: its Host header says where it thinks it is.
            named = [
                header.partition(b":")[2].strip() for header in headers if header.lower().startswith(b"host:")
            ]
            scheme, wanted, path = "http", b"".join(named).decode("latin-1"), target
            if hosts.mount_of(wanted) is None:
                raise Refused(HTTPStatus.BAD_REQUEST, "This is a proxy; the API is on the main port.")
        else:
            try:
                parts = urlsplit(target)
            except ValueError:
                raise Refused(HTTPStatus.BAD_REQUEST, "The request target is malformed.") from None
            scheme, wanted = parts.scheme, parts.netloc.rpartition("@")[2]
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        if scheme not in ("http", "https") or not wanted:
            raise Refused(HTTPStatus.BAD_REQUEST, "The request target is malformed.")
        host, port = _host_and_port(wanted, default=443 if scheme == "https" else 80)
        kept = [header for header in headers if not header.lower().startswith((*_HOP_HEADERS, b"host:"))]
        # One request a connection: the next could name another host, and splicing would not see it.
        lines = [
            f"{method} {path} {version}".encode(),
            b"Host: " + wanted.encode(),
            *kept,
            b"Connection: close",
        ]
        # Some clients (axios) ask a proxy for an https URL in the open; the TLS is then ours to make.
        sni = host if scheme == "https" else None
        return Route(self._address(host, port), forward=b"\r\n".join(lines) + b"\r\n\r\n", sni=sni)

    async def _arrive_by_socks(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Route:
        """SOCKS 5 without a password, CONNECT only: what a JVM speaks for every plain socket."""
        (methods,) = await reader.readexactly(1)
        await reader.readexactly(methods)
        writer.write(b"\x05\x00")
        _version, command, _reserved, kind = await reader.readexactly(4)
        if kind == 1:
            host = socket.inet_ntop(socket.AF_INET, await reader.readexactly(4))
        elif kind == 4:
            host = socket.inet_ntop(socket.AF_INET6, await reader.readexactly(16))
        else:
            (length,) = await reader.readexactly(1)
            host = hosts.normalise((await reader.readexactly(length)).decode("latin-1"))
        port = int.from_bytes(await reader.readexactly(2))
        host = _HOSTS_BY_ADDRESS.get(host, host)
        if command != 1:
            raise Refused(HTTPStatus.NOT_IMPLEMENTED, "Only CONNECT.", answer=_socks_reply(7))
        # A JVM sends every socket here, its database's too; only the web's ports are ours to refuse.
        ours = hosts.mount_of(host) is not None or port in (80, 443)
        try:
            address = self._address(host, port) if ours else (host, port)
        except Refused as refusal:
            raise Refused(refusal.status, refusal.sentence, answer=_socks_reply(2)) from None
        return Route(address, greeting=_socks_reply(0), failure=_socks_reply(4))

    async def _connect(self, route: Route) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        secure: dict[str, Any] = {}
        if route.sni is not None:
            secure = {"ssl": self.trust if route.address == self.tls else True, "server_hostname": route.sni}
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                return await asyncio.open_connection(*route.address, limit=CHUNK_BYTES, **secure)
        except (OSError, TimeoutError) as error:
            sentence = (
                f"{route.address[0]}:{route.address[1]} cannot be reached: {error or 'no answer in time'}."
            )
            raise Refused(HTTPStatus.BAD_GATEWAY, sentence, answer=route.failure) from None

    def _address(self, host: str, port: int) -> Address:
        if hosts.mount_of(host) is not None and port in (80, 443):
            return self.tls if port == 443 else self.http
        if self.allow_unknown:
            return host, port
        if host in self.refused or len(self.refused) < 1000:
            self.refused[host] = self.refused.get(host, 0) + 1
        sentence = (
            f"{host}:{port} is not a host Hutong stands for, and this proxy was not told to allow others."
        )
        raise Refused(HTTPStatus.FORBIDDEN, sentence)


def _socks_reply(code: int) -> bytes:
    return bytes([5, code, 0, 1, 0, 0, 0, 0, 0, 0])


async def _answer(writer: asyncio.StreamWriter, refusal: Refused) -> None:
    body = (refusal.sentence + "\n").encode()
    head = (
        f"HTTP/1.1 {refusal.status.value} {refusal.status.phrase}\r\n"
        f"Content-Type: text/plain; charset=utf-8\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    writer.write(refusal.answer or head.encode() + body)
    with contextlib.suppress(OSError, TimeoutError):
        async with asyncio.timeout(HEAD_TIMEOUT_S):
            await writer.drain()


class _Activity:
    """When either direction last moved: a long download is not an idle upload."""

    def __init__(self) -> None:
        self.at = time.monotonic()


async def _splice(
    client_reader: asyncio.StreamReader,
    client: asyncio.StreamWriter,
    server_reader: asyncio.StreamReader,
    server: asyncio.StreamWriter,
) -> None:
    """Copy both ways until both have ended, either breaks, or nothing moves for too long."""
    activity = _Activity()
    try:
        async with asyncio.TaskGroup() as directions:
            directions.create_task(_copy(client_reader, server, activity, heard_from=client))
            directions.create_task(_copy(server_reader, client, activity))
    except* (OSError, TimeoutError):
        _reset(client)


def _reset(writer: asyncio.StreamWriter) -> None:
    """End with a reset, because a cut must not look like the end of an answer."""
    connection = writer.get_extra_info("socket")
    if connection is not None and connection.fileno() >= 0:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def _acknowledge(writer: asyncio.StreamWriter) -> None:
    """Acknowledge what was just read at once.

    Clients that know of a proxy (urllib3 is one) leave Nagle's algorithm on and write head and body apart: the
    body then waits for this acknowledgement, which the kernel would hold back for 40 ms.
    """
    connection = writer.get_extra_info("socket")
    if QUICK_ACK is not None and connection is not None and connection.fileno() >= 0:
        connection.setsockopt(socket.IPPROTO_TCP, QUICK_ACK, 1)


async def _copy(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    activity: _Activity,
    heard_from: asyncio.StreamWriter | None = None,
) -> None:
    """One direction. Waits for the reader of the other side, so memory stays bounded; passes on the end."""
    while True:
        try:
            async with asyncio.timeout(activity.at + IDLE_TIMEOUT_S - time.monotonic()):
                chunk = await reader.read(CHUNK_BYTES)
        except TimeoutError:
            if time.monotonic() - activity.at < IDLE_TIMEOUT_S:
                continue  # the other direction moved meanwhile
            raise
        activity.at = time.monotonic()
        if not chunk:
            break
        if heard_from is not None:
            _acknowledge(heard_from)
        writer.write(chunk)
        await writer.drain()
    if writer.can_write_eof():
        writer.write_eof()


def _host_and_port(authority: str, *, default: int) -> tuple[str, int]:
    try:
        parts = urlsplit(f"//{authority}")
        port, host = parts.port or default, parts.hostname
    except ValueError:
        raise Refused(HTTPStatus.BAD_REQUEST, "The host is malformed.") from None
    if not host or parts.path or parts.query:
        raise Refused(HTTPStatus.BAD_REQUEST, "The host is malformed.")
    return hosts.normalise(host) if ":" not in host else host, port


# The internal TLS listener


class TlsProtocol(HttpToolsProtocol):
    """uvicorn's protocol, with what the handshake showed put where the ASGI TLS extension says."""

    _tls: dict[object, object] | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._tls = _handshake(transport)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if self._tls is not None:
            self.scope["extensions"] = {"tls": self._tls}


def _handshake(transport: asyncio.Transport) -> dict[object, object] | None:
    connection = transport.get_extra_info("ssl_object")
    if connection is None:
        return None
    shown = connection.getpeercert(binary_form=True)
    certificate = x509.load_der_x509_certificate(shown) if shown else None
    return {
        "server_cert": None,
        "client_cert_der": shown,  # ours: what the chain's first certificate is, undressed
        "client_cert_chain": [certificate.public_bytes(Encoding.PEM).decode()] if certificate else [],
        "client_cert_name": certificate.subject.rfc4514_string() if certificate else None,
        "client_cert_error": None,  # a certificate our authority did not issue ends the handshake
        "tls_version": {"TLSv1.2": 0x0303, "TLSv1.3": 0x0304}.get(connection.version()),
        "cipher_suite": None,
    }


def trust_context(authority: Authority) -> ssl.SSLContext:
    """For the other side of it: trusts our authority and nobody else."""
    return ssl.create_default_context(cafile=str(authority.ca_file))


def tls_context(authority: Authority) -> ssl.SSLContext:
    """For our side of the handshake: names every published host, asks for a certificate, needs none."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(authority.cert_file, authority.key_file)
    context.load_verify_locations(authority.ca_file)
    context.verify_mode = ssl.CERT_OPTIONAL
    context.set_alpn_protocols(["http/1.1"])
    return context


class _Server(uvicorn.Server):
    """A second uvicorn in a process whose signals and lifespan belong to the first."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Any:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()


class InternalTls:
    """The TLS listener while it runs."""

    def __init__(
        self, address: Address, server: _Server, serving: asyncio.Task[None], renewing: asyncio.Task[None]
    ):
        self.address = address
        self._server = server
        self._serving = serving
        self._renewing = renewing

    @property
    def port(self) -> int:
        return self.address[1]

    async def stop(self) -> None:
        """Finish what is being answered, then close."""
        self._renewing.cancel()
        self._server.should_exit = True
        await asyncio.gather(self._serving, self._renewing, return_exceptions=True)


async def serve_internal_tls(app: Asgi, authority: Authority, *, graceful_s: int = 5) -> InternalTls:
    """Serve `app` over TLS on a free loopback port; its lifespan is run by whoever serves it in the open."""
    context = tls_context(authority)
    config = uvicorn.Config(
        app,
        http=TlsProtocol,
        ssl_context_factory=lambda _config, _default: context,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=graceful_s,
    )
    listener = socket.create_server(("127.0.0.1", 0))
    server = _Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]), name="internal-tls")
    listening = asyncio.create_task(server.listening.wait())
    await asyncio.wait({serving, listening}, return_when=asyncio.FIRST_COMPLETED)
    if not server.listening.is_set():
        listening.cancel()
        await serving  # raises what went wrong
    renewing = asyncio.create_task(_renew(authority, context), name="internal-tls-renewal")
    return InternalTls(("127.0.0.1", listener.getsockname()[1]), server, serving, renewing)


async def _renew(authority: Authority, context: ssl.SSLContext) -> None:
    """A server that runs for years keeps a certificate that is good for months."""
    home = authority.ca_file.parent.parent
    while True:
        await asyncio.sleep(RENEWAL_CHECK_S)
        renewed = await asyncio.to_thread(ensure_authority, home)
        context.load_cert_chain(renewed.cert_file, renewed.key_file)
