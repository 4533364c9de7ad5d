"""The outgoing HTTP client: short POSTs to merchants' and developers' servers, with kept connections.

Redirects are answers, not instructions. In production, private addresses are refused before connecting.
A general client costs more than a whole payment does here, so this one is asyncio and httptools and no more.
"""

import asyncio
import ipaddress
import ssl
import typing
from collections.abc import Mapping
from urllib.parse import urlsplit

import httptools

from hutong.kernel.deliveries import Incoming

ANSWER_BYTES = 256 * 1024
KEPT_PER_HOST = 64  # as many as are under way for one owner at most
KEPT_SECONDS = 15.0
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class Refused(Exception):
    """The address may not be called, or is no address."""


class _Connection(asyncio.Protocol):
    """One kept connection with at most one request under way."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self.answer: asyncio.Future[Incoming] | None = None
        self.usable = True
        self.idle_since = 0.0
        self._begin()

    def _begin(self) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._headers: dict[str, str] = {}
        self._headed = False  # every header is here
        self._body = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = typing.cast(asyncio.Transport, transport)  # uvloop's own type is no subclass

    def send(self, request: bytes) -> "asyncio.Future[Incoming]":
        assert self.transport is not None
        self._begin()
        self.answer = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return self.answer

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self.give_up(f"the answer is not HTTP: {error}")

    def eof_received(self) -> None:
        self.connection_lost(None)

    def connection_lost(self, error: Exception | None) -> None:
        self.usable = False
        if self.answer is not None and not self.answer.done():
            if self._headed and "content-length" not in self._headers and "chunked" not in str(self._headers):
                self.on_message_complete()  # an answer that ends with its connection
            else:
                self.give_up(f"the connection was closed before the answer{f': {error}' if error else ''}")

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        self._headed = self._parser.get_status_code() >= 200

    def on_body(self, body: bytes) -> None:
        self._body += body
        if len(self._body) > ANSWER_BYTES:
            self.give_up(f"the answer is larger than {ANSWER_BYTES} bytes")

    def on_message_complete(self) -> None:
        if not self._headed:
            return  # an interim answer: the real one follows
        if self.answer is not None and not self.answer.done():
            self.usable = self.usable and bool(self._parser.should_keep_alive())
            self.answer.set_result(Incoming(self._parser.get_status_code(), self._headers, bytes(self._body)))

    def give_up(self, reason: str) -> None:
        """There is no answer, because of this; nothing more is sent here."""
        self.usable = False
        if self.answer is not None and not self.answer.done():
            self.answer.set_result(Incoming(None, {}, b"", error=reason))
        if self.transport is not None:
            self.transport.abort()


def _late(seconds: float) -> str:
    return f"no answer within {seconds:g} s"


class OutgoingClient:
    """`await client.send(…)` gives the answer, or an Incoming whose `error` says why there is none."""

    def __init__(self, *, allow_private: bool, trust: ssl.SSLContext | None = None) -> None:
        self._allow_private = allow_private
        self._trust = trust
        self._kept: dict[tuple[str, int, bool], list[_Connection]] = {}

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, *, timeout_seconds: float
    ) -> Incoming:
        try:
            return await self._send(method, url, headers, body, timeout_seconds)
        except TimeoutError:
            return Incoming(None, {}, b"", error=_late(timeout_seconds))
        except Refused as error:
            return Incoming(None, {}, b"", error=str(error))
        except ssl.SSLError as error:
            return Incoming(None, {}, b"", error=f"TLS failed: {error.reason or error}")
        except OSError as error:
            return Incoming(None, {}, b"", error=f"could not connect: {error.strerror or error}")

    async def close(self) -> None:
        for connections in self._kept.values():
            for connection in connections:
                if connection.transport is not None:
                    connection.transport.close()
        self._kept.clear()

    async def _send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, timeout_seconds: float
    ) -> Incoming:
        until = asyncio.get_running_loop().time() + timeout_seconds
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Refused(f"not an http or https address: {url[:200]}")
        secure = parts.scheme == "https"
        host, port = parts.hostname, parts.port or (443 if secure else 80)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        lines = [f"{method} {target} HTTP/1.1", f"host: {parts.netloc.rpartition('@')[2]}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        lines += [f"content-length: {len(body)}", "connection: keep-alive", "", ""]
        request = "\r\n".join(lines).encode("latin-1") + body
        key = (host, port, secure)
        connection = self._take(key)
        fresh = connection is None
        if connection is None:
            async with asyncio.timeout_at(until):
                connection = await self._connect(host, port, secure)
        answer = await self._exchange(connection, request, until, timeout_seconds)
        if answer.error is not None and not fresh and answer.error.startswith("the connection was closed"):
            async with asyncio.timeout_at(until):
                connection = await self._connect(host, port, secure)  # a kept connection may have died of age
            answer = await self._exchange(connection, request, until, timeout_seconds)
        self._keep(key, connection)
        return answer

    async def _exchange(
        self, connection: _Connection, request: bytes, until: float, timeout_seconds: float
    ) -> Incoming:
        late = asyncio.get_running_loop().call_at(until, connection.give_up, _late(timeout_seconds))
        try:
            return await connection.send(request)
        except asyncio.CancelledError:
            connection.usable = False
            if connection.transport is not None:
                connection.transport.abort()
            raise
        finally:
            late.cancel()

    async def _connect(self, host: str, port: int, secure: bool) -> _Connection:
        _, connection = await asyncio.get_running_loop().create_connection(
            _Connection, await self.resolve(host, port), port, **self.trusting(host, secure=secure)
        )
        return connection

    async def resolve(self, host: str, port: int) -> str:
        """The address to call: looked up once, so that what was found good is what is called. Raises Refused."""
        if self._allow_private:
            return host
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=1)
        target = str(found[0][4][0])
        if not is_public(target):
            raise Refused(f"{host} is a private address; a production home does not call those")
        return target

    async def resolve_public(self, host: str, port: int) -> str:
        """As `resolve`, but private addresses are refused in a sandbox too."""
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=1)
        if not all(is_public(str(one[4][0])) for one in found):
            raise Refused(f"{host} is a private address")
        return str(found[0][4][0])

    def trusting(self, host: str, *, secure: bool) -> dict[str, typing.Any]:
        """What a connection's TLS needs to know; nothing without it."""
        if not secure:
            return {}
        return {"ssl": self._trust or ssl.create_default_context(), "server_hostname": host}

    def _take(self, key: tuple[str, int, bool]) -> _Connection | None:
        kept = self._kept.get(key)
        now = asyncio.get_running_loop().time()
        while kept:
            connection = kept.pop()
            if connection.usable and now - connection.idle_since < KEPT_SECONDS:
                return connection
            if connection.transport is not None:
                connection.transport.close()
        return None

    def _keep(self, key: tuple[str, int, bool], connection: _Connection) -> None:
        kept = self._kept.setdefault(key, [])
        if connection.usable and len(kept) < KEPT_PER_HOST:
            connection.idle_since = asyncio.get_running_loop().time()
            kept.append(connection)
        elif connection.transport is not None:
            connection.transport.close()


def is_public(address: str) -> bool:
    """Whether an address, and whichever other one it carries within, is everybody's to call."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if not found.is_global or found.is_multicast:
        return False
    if isinstance(found, ipaddress.IPv4Address):
        return True
    within = found.ipv4_mapped or found.sixtofour
    if found in NAT64:
        within = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
    return within is None or within.is_global
