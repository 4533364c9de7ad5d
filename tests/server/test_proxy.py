"""The proxy and the TLS listener, over real sockets."""

import asyncio
import datetime as dt
import gc
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from hutong.kernel import certificates
from hutong.server import proxy as proxies
from hutong.server.authority import Authority, ensure_authority
from hutong.server.proxy import ConnectProxy, serve_internal_tls, trust_context


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """Answers with what arrived: host, target, body length and the client certificate's name."""
    body = b""
    while True:
        event = await receive()
        body += event.get("body", b"")
        if not event.get("more_body"):
            break
    headers = dict(scope["headers"])
    tls = scope.get("extensions", {}).get("tls", {})
    shown = tls.get("client_cert_name")
    if tls.get("client_cert_der"):
        assert x509.load_der_x509_certificate(tls["client_cert_der"]).subject.rfc4514_string() == shown
    target = scope["raw_path"] + (b"?" + scope["query_string"] if scope["query_string"] else b"")
    answer = "|".join(
        [scope["scheme"], headers[b"host"].decode(), target.decode(), str(len(body)), str(shown)]
    )
    head = {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]}
    await send(head)
    size = int(headers.get(b"x-size", b"0"))
    await send({"type": "http.response.body", "body": answer.encode() + b"x" * size})


@asynccontextmanager
async def a_wire(home: Path, **options: Any) -> AsyncIterator[tuple[ConnectProxy, Authority]]:
    authority = ensure_authority(home)
    tls = await serve_internal_tls(echo, authority, graceful_s=1)
    plain = await serve_plain()
    wire = ConnectProxy(
        tls=tls.address, http=plain.sockets[0].getsockname()[:2], trust=trust_context(authority), **options
    )
    await wire.start()
    try:
        yield wire, authority
    finally:
        await wire.stop()
        plain.close()
        await tls.stop()


async def serve_plain() -> asyncio.Server:
    """An upstream that answers with the request head it saw, and closes."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + head)
        await writer.drain()
        writer.close()

    return await asyncio.start_server(answer, "127.0.0.1", 0)


def run(story: Callable[[], Awaitable[None]]) -> None:
    async def bounded() -> None:
        async with asyncio.timeout(30):
            await story()

    asyncio.run(bounded())


def client(wire: ConnectProxy, authority: Authority, **options: Any) -> httpx.AsyncClient:
    trust = ssl.create_default_context(cafile=str(authority.ca_file))
    for chain in options.pop("cert", []):
        trust.load_cert_chain(*chain)
    return httpx.AsyncClient(proxy=wire.url, verify=trust, trust_env=False, **options)


async def raw(wire: ConnectProxy, request: bytes) -> bytes:
    reader, writer = await asyncio.open_connection(*wire.address)
    writer.write(request)
    try:
        return await reader.read()
    finally:
        writer.close()


def test_a_published_host_is_answered_over_tls_with_what_was_sent(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_wire(tmp_path) as (wire, authority), client(wire, authority) as http:
            answer = await http.post(
                "https://api.mch.weixin.qq.com/v3/a%20b?x=%E8%8C%B6", content=b"y" * 300_000
            )
            assert answer.text == "https|api.mch.weixin.qq.com|/v3/a%20b?x=%E8%8C%B6|300000|None"
            assert (await http.get("https://qyapi.weixin.qq.com/cgi-bin/gettoken")).status_code == 200

    run(story)


def test_a_large_answer_passes_whole(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_wire(tmp_path) as (wire, authority), client(wire, authority) as http:
            answer = await http.get("https://api.weixin.qq.com/", headers={"x-size": "5000000"})
            assert answer.content.endswith(b"x" * 5_000_000)

    run(story)


def test_an_unknown_host_is_refused_with_a_sentence_and_counted(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_wire(tmp_path) as (wire, authority):
            async with client(wire, authority) as http:
                with pytest.raises(httpx.ProxyError, match="403"):
                    await http.get("https://example.org/")
            answer = await raw(wire, b"CONNECT example.org:443 HTTP/1.1\r\nHost: example.org:443\r\n\r\n")
            assert answer.startswith(b"HTTP/1.1 403 Forbidden\r\n")
            assert b"example.org:443 is not a host Hutong stands for" in answer
            assert wire.refused == {"example.org": 2}

    run(story)


def test_an_unknown_host_is_reached_when_allowed(tmp_path: Path) -> None:
    async def story() -> None:
        plain = await serve_plain()
        port = plain.sockets[0].getsockname()[1]
        async with a_wire(tmp_path, allow_unknown=True) as (wire, _):
            answer = await raw(wire, f"GET http://127.0.0.1:{port}/x?y HTTP/1.1\r\nA: b\r\n\r\n".encode())
            assert (
                f"GET /x?y HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nA: b\r\nConnection: close".encode() in answer
            )
        plain.close()

    run(story)


def test_plain_http_to_a_published_host_is_forwarded_in_origin_form(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_wire(tmp_path) as (wire, _):
            request = (
                b"GET http://api.weixin.qq.com/cgi-bin/token?a=1 HTTP/1.1\r\nHost: other\r\n"
                b"Proxy-Authorization: Basic eA==\r\nProxy-Connection: keep-alive\r\nX-Kept: 1\r\n\r\n"
            )
            answer = await raw(wire, request)
            head = (
                b"GET /cgi-bin/token?a=1 HTTP/1.1\r\nHost: api.weixin.qq.com\r\n"
                b"X-Kept: 1\r\nConnection: close\r\n\r\n"
            )
            assert answer.endswith(head)

    run(story)


def test_an_https_url_asked_for_in_the_open_is_answered(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_wire(tmp_path) as (wire, _):
            request = b"GET https://api.weixin.qq.com/a?b=c HTTP/1.1\r\nX-Size: 70000\r\n\r\n"
            answer = await raw(wire, request)
            assert b"https|api.weixin.qq.com|/a?b=c|0|None" in answer and answer.count(b"x") >= 70_000

    run(story)


def test_a_connection_turned_here_by_name_is_answered(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_wire(tmp_path) as (wire, authority):
            trust = trust_context(authority)
            reader, writer = await asyncio.open_connection(
                *wire.address, ssl=trust, server_hostname="api.mch.weixin.qq.com"
            )
            writer.write(b"GET /v3/x HTTP/1.1\r\nHost: api.mch.weixin.qq.com\r\nConnection: close\r\n\r\n")
            assert b"https|api.mch.weixin.qq.com|/v3/x|0|None" in await reader.read()
            writer.close()
            answer = await raw(wire, b"GET /cgi-bin/token HTTP/1.1\r\nHost: api.weixin.qq.com\r\n\r\n")
            assert b"GET /cgi-bin/token HTTP/1.1\r\nHost: api.weixin.qq.com\r\n" in answer

    run(story)


@pytest.mark.parametrize(
    ("destination", "reply"),
    [
        (b"\x01\xc6\x12\x00\x01\x01\xbb", 0),  # the stand-in address of api.weixin.qq.com
        (b"\x03\x11api.weixin.qq.com\x01\xbb", 0),
        (b"\x03\x0bexample.org\x01\xbb", 2),
        (b"\x01\x7f\x00\x00\x01\x00\x01", 4),  # another port is tried, and nobody listens there
    ],
)
def test_a_jvms_socket_finds_the_published_hosts(tmp_path: Path, destination: bytes, reply: int) -> None:
    async def story() -> None:
        async with a_wire(tmp_path) as (wire, authority):
            reader, writer = await asyncio.open_connection(*wire.address)
            writer.write(b"\x05\x02\x00\x02\x05\x01\x00" + destination)
            assert await reader.readexactly(2) == b"\x05\x00"
            assert (await reader.readexactly(10))[1] == reply
            if reply == 0:
                await writer.start_tls(trust_context(authority), server_hostname="api.weixin.qq.com")
                writer.write(b"GET /x HTTP/1.1\r\nHost: api.weixin.qq.com\r\nConnection: close\r\n\r\n")
                assert b"https|api.weixin.qq.com|/x|0|None" in await reader.read()
            writer.close()

    run(story)


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", b"400"),
        (b"GET https://example.org/ HTTP/1.1\r\n\r\n", b"403"),
        (b"GET ftp://api.weixin.qq.com/ HTTP/1.1\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nHost: example.org\r\n\r\n", b"400"),
        (b"CONNECT HTTP/1.1\r\n\r\n", b"400"),
        (b"CONNECT api.weixin.qq.com:notaport HTTP/1.1\r\n\r\n", b"400"),
        (b"CONNECT api.weixin.qq.com:99999 HTTP/1.1\r\n\r\n", b"400"),
        (b"CONNECT api.weixin.qq.com:22 HTTP/1.1\r\n\r\n", b"403"),
        (b"CONNECT api.weixin.qq.com.evil.org:443 HTTP/1.1\r\n\r\n", b"403"),
        (b"CONNECT [::1]:443 HTTP/1.1\r\n\r\n", b"403"),
        (b"CONNECT [:443 HTTP/1.1\r\n\r\n", b"400"),
        (b"CONNECT api.weixin.qq.com:443 SPDY/3\r\n\r\n", b"505"),
        (b"\xff\xfe x y\r\n\r\n", b"400"),
        (b"GET http://[/ HTTP/1.1\r\n\r\n", b"400"),
        (b"GET http://api.weixin.qq.com/ HTTP/1.1\r\n" + b"a: b\r\n" * 10_000 + b"\r\n", b"431"),
    ],
)
def test_a_bad_request_is_answered_and_ends(tmp_path: Path, request_bytes: bytes, status: bytes) -> None:
    async def story() -> None:
        async with a_wire(tmp_path) as (wire, _):
            assert (await raw(wire, request_bytes)).split(b" ")[1] == status

    run(story)


def test_names_are_compared_without_case_or_final_dot(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_wire(tmp_path) as (wire, _):
            reader, writer = await asyncio.open_connection(*wire.address)
            writer.write(b"CONNECT API.Weixin.qq.com.:443 HTTP/1.1\r\n\r\n")
            assert (await reader.readline()).startswith(b"HTTP/1.1 200")
            writer.close()

    run(story)


def test_a_merchants_certificate_reaches_the_application(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_wire(tmp_path) as (wire, authority):
            key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
            issued = certificates.issue_signer(
                key.public_key(),
                authority=authority.ca_certificate(),
                authority_key=authority.ca_key(),
                common_name="1900000001",
                now=dt.datetime.now(dt.UTC),
                life=dt.timedelta(days=30),
            )
            chain = written(tmp_path, key, issued)
            async with client(wire, authority, cert=[chain]) as http:
                answer = await http.post("https://api.mch.weixin.qq.com/secapi/pay/refund")
                assert answer.text.endswith("|CN=1900000001,O=Hutong")

    run(story)


def test_a_certificate_of_a_strange_authority_ends_the_handshake(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_wire(tmp_path) as (wire, authority):
            key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
            now, life = dt.datetime.now(dt.UTC), dt.timedelta(days=30)
            forged = certificates.make_authority(key, common_name="1900000001", now=now, life=life)
            async with client(wire, authority, cert=[written(tmp_path, key, forged)]) as http:
                with pytest.raises(httpx.TransportError):
                    await http.post("https://api.mch.weixin.qq.com/secapi/pay/refund")

    run(story)


def written(home: Path, key: rsa.RSAPrivateKey, certificate: Any) -> tuple[Path, Path]:
    files = home / "merchant.pem", home / "merchant.key"
    files[0].write_bytes(certificate.public_bytes(Encoding.PEM))
    files[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return files


async def tunnel(upstream: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]) -> Any:
    """A proxy whose TLS side is `upstream`, and a client past its CONNECT."""
    server = await asyncio.start_server(upstream, "127.0.0.1", 0)
    address = server.sockets[0].getsockname()[:2]
    wire = ConnectProxy(tls=address, http=address, trust=ssl.create_default_context())
    await wire.start()
    reader, writer = await asyncio.open_connection(*wire.address)
    writer.write(b"CONNECT api.weixin.qq.com:443 HTTP/1.1\r\n\r\n")
    await reader.readuntil(b"\r\n\r\n")
    return server, wire, reader, writer


def test_either_side_may_finish_first(tmp_path: Path) -> None:
    async def story() -> None:
        async def upstream(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            received = await reader.read()  # until the client's end is passed on
            writer.write(b"got " + received)
            writer.close()

        server, wire, reader, writer = await tunnel(upstream)
        writer.write(b"all of it")
        writer.write_eof()
        assert await reader.read() == b"got all of it"
        writer.close()
        await wire.stop()
        server.close()

    run(story)


def test_a_slow_reader_holds_back_the_sender(tmp_path: Path) -> None:
    async def story() -> None:
        sent = 0

        async def upstream(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal sent
            while sent < 200_000_000:
                writer.write(b"x" * 65536)
                await writer.drain()
                sent += 65536
            writer.close()

        server, wire, _reader, writer = await tunnel(upstream)
        before = -1
        while sent != before:  # until the flow has come to rest
            before = sent
            for _ in range(200):
                await asyncio.sleep(0)
            await asyncio.wait([asyncio.create_task(asyncio.to_thread(int))])
        assert 0 < sent < 60_000_000
        writer.transport.abort()
        await wire.stop()
        server.close()

    run(story)


def test_stopping_cuts_every_tunnel_and_leaves_no_task(tmp_path: Path) -> None:
    async def story() -> None:
        ended = asyncio.Event()

        async def upstream(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read()
            ended.set()
            writer.close()

        server, wire, reader, writer = await tunnel(upstream)
        await wire.stop()
        await ended.wait()
        with pytest.raises(ConnectionError):
            await reader.read()
        server.close()
        writer.close()
        gc.collect()
        mine = [task for task in asyncio.all_tasks() if "_copy" in repr(task) or "_accept" in repr(task)]
        assert mine == []

    run(story)


def test_a_client_that_says_nothing_is_let_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proxies, "HEAD_TIMEOUT_S", 0.05)

    async def story() -> None:
        async with a_wire(tmp_path) as (wire, _):
            assert await raw(wire, b"CONNECT api.wei") == b""

    run(story)


def test_an_idle_tunnel_is_let_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proxies, "IDLE_TIMEOUT_S", 0.05)

    async def story() -> None:
        async def upstream(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read()
            writer.close()

        server, wire, reader, writer = await tunnel(upstream)
        with pytest.raises(ConnectionError):
            assert await reader.read() == b"cut, not ended"
        writer.close()
        await wire.stop()
        server.close()

    run(story)


def test_a_taken_port_gives_the_next_one(tmp_path: Path) -> None:
    async def story() -> None:
        first = ConnectProxy(tls=("127.0.0.1", 1), http=("127.0.0.1", 1), trust=ssl.create_default_context())
        await first.start()
        second = ConnectProxy(tls=("127.0.0.1", 1), http=("127.0.0.1", 1), trust=ssl.create_default_context())
        await second.start(port=first.address[1])
        assert second.address[1] > first.address[1]
        answer = await raw(second, b"CONNECT api.weixin.qq.com:443 HTTP/1.1\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 502") and b"cannot be reached" in answer
        await first.stop()
        await second.stop()

    run(story)
