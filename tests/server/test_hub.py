"""The hub, through a real socket: updates arrive in order, a cut loses nothing, and a strange token gets nowhere."""

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import uvicorn
import websockets

from hutong.domains.identity import sessions, users
from hutong.domains.identity.tables import Session, UserId
from hutong.kernel import updates
from hutong.kernel.clock import DAY_MS
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.settings import Settings
from hutong.server import hub
from hutong.server.app import App
from hutong.server.main import import_protocols

import_protocols()


class House:
    """A served app with one person in it."""

    def __init__(self, app: App, port: int, user_id: UserId, token: str, start: int) -> None:
        self.app, self.port, self.user_id, self.token = app, port, user_id, token
        self.start = start  # signing in is the first entry of the log

    async def say(self, number: int) -> None:
        await self.app.store.write(lambda tx: updates.append(tx, [self.user_id], "test.said", {"n": number}))

    @contextlib.asynccontextmanager
    async def connected(self, since: int, token: str | None = None) -> AsyncIterator[Any]:
        async with websockets.connect(f"ws://127.0.0.1:{self.port}/api/stream") as stream:
            since = since + self.start if since >= 0 else since
            await stream.send(json.dumps({"token": token or self.token, "since": since}))
            yield stream


def a_person(tx: Tx) -> tuple[UserId, str]:
    user = users.register(tx, username="ann", password_hash="x", nickname="Ann")
    _, token = sessions.open(tx, user_id=user.id, device="test")
    return user.id, token


@contextlib.asynccontextmanager
async def house(settings: Settings) -> AsyncIterator[House]:
    app = await App.open(settings)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(
            app, lifespan="off", ws="websockets-sansio", log_config=None, timeout_graceful_shutdown=1
        )
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        user_id, token = await app.store.write(a_person)
        start = await app.store.read(lambda snapshot: updates.head(snapshot, user_id))
        try:
            yield House(app, listener.getsockname()[1], user_id, token, start)
        finally:
            app.hub.close()
            server.should_exit = True
            await serving
            await app.close()


async def frames(stream: Any, count: int) -> list[dict[str, Any]]:
    async with asyncio.timeout(10):
        return [json.loads(await stream.recv()) for _ in range(count)]


def test_updates_arrive_live_and_what_was_missed_comes_first(settings: Settings) -> None:
    async def run() -> None:
        async with house(settings) as here:
            await here.say(1)
            async with here.connected(since=0) as stream:
                hello, missed = await frames(stream, 2)
                assert (hello["kind"], missed["seq"], missed["body"]) == (
                    "hello",
                    here.start + 1,
                    {"n": 1},
                )
                await here.say(2)
                (live,) = await frames(stream, 1)
                assert (live["seq"], live["body"]) == (here.start + 2, {"n": 2})
            for number in (3, 4, 5):
                await here.say(number)
            async with here.connected(since=2) as stream:
                assert [frame.get("body") for frame in await frames(stream, 4)] == [
                    None,
                    {"n": 3},
                    {"n": 4},
                    {"n": 5},
                ]

    asyncio.run(run())


def test_what_is_said_while_catching_up_is_neither_lost_nor_doubled(settings: Settings) -> None:
    async def run() -> None:
        async with house(settings) as here:
            for number in range(300):
                await here.say(number)
            async with here.connected(since=0) as stream:
                saying = asyncio.gather(*(here.say(number) for number in range(300, 350)))
                found = (await frames(stream, 351))[1:]
                await saying
                assert [frame["seq"] for frame in found] == list(range(here.start + 1, here.start + 351))

    asyncio.run(run())


def test_a_client_that_was_away_too_long_is_told_to_start_afresh(settings: Settings) -> None:
    async def run() -> None:
        async with house(settings) as here:
            for number in range(3):
                await here.say(number)
            await here.app.store.write(
                lambda tx: tx.run("delete from kernel_update where seq = :seq", seq=here.start + 1)
            )
            async with here.connected(since=0) as stream:
                assert [frame["kind"] for frame in await frames(stream, 2)] == ["hello", "reset"]

    asyncio.run(run())


def test_a_stranger_is_shown_the_door(settings: Settings) -> None:
    async def run() -> None:
        async with house(settings) as here, here.connected(since=0, token="nobody") as stream:
            with pytest.raises(websockets.ConnectionClosed) as closed:
                await stream.recv()
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 4401

    asyncio.run(run())


def test_a_call_over_the_socket_is_the_same_call(settings: Settings) -> None:
    async def run() -> None:
        async with house(settings) as here, here.connected(since=-1) as stream:
            await frames(stream, 1)
            await stream.send(json.dumps({"id": 7, "method": "GET", "path": "/api/me"}))
            (answer,) = await frames(stream, 1)
            assert (answer["id"], answer["status"], answer["body"]["username"]) == (7, 200, "ann")
            await stream.send(json.dumps({"id": 8, "method": "GET", "path": "/api/nowhere"}))
            (answer,) = await frames(stream, 1)
            assert (answer["id"], answer["status"]) == (8, 404)

    asyncio.run(run())


async def ended(stream: Any) -> int:
    """The code the server ended with; what came before is read."""
    async with asyncio.timeout(10):
        with contextlib.suppress(websockets.ConnectionClosed):
            while True:
                await stream.recv()
    return int(stream.close_code)


def session_of(snapshot: Snapshot, token: str) -> Session:
    return sessions.authenticate(snapshot, token)


def test_a_device_that_is_signed_out_hears_nothing_more_and_the_other_one_does(settings: Settings) -> None:
    async def run() -> None:
        async with house(settings) as here:
            made = await here.app.store.write(
                lambda tx: sessions.open(tx, user_id=here.user_id, device="other")
            )
            async with (
                here.connected(since=-1) as kept,
                here.connected(since=-1, token=made[1]) as revoked,
            ):
                await asyncio.gather(frames(kept, 1), frames(revoked, 1))
                await here.app.store.write(
                    lambda tx: sessions.revoke(tx, user_id=here.user_id, session_id=made[0].id)
                )
                assert await ended(revoked) == 4401
                await here.say(1)
                told, said = await frames(kept, 2)
                assert (told["body"], said["body"]) == ({"closed": str(made[0].id)}, {"n": 1})

    asyncio.run(run())


def test_a_poll_that_waits_is_refused_once_its_device_is_signed_out(settings: Settings) -> None:
    async def run() -> None:
        async with house(settings) as here:
            session, token = await here.app.store.write(
                lambda tx: sessions.open(tx, user_id=here.user_id, device="other")
            )
            url = f"http://127.0.0.1:{here.port}/api/updates?since={here.start + 1}&wait_ms=20000"
            async with httpx.AsyncClient(trust_env=False, timeout=20) as client:
                asking = asyncio.create_task(client.get(url, headers={"authorization": f"Bearer {token}"}))
                async with asyncio.timeout(10):
                    while not here.app.hub._pollers:
                        await asyncio.sleep(0.001)
                await here.app.store.write(
                    lambda tx: sessions.revoke(tx, user_id=here.user_id, session_id=session.id)
                )
                assert (await asking).status_code == 401

    asyncio.run(run())


def test_saying_hello_shows_when_a_device_was_last_in_use(settings: Settings) -> None:
    async def run() -> None:
        async with house(settings) as here:
            first = await here.app.store.read(lambda snapshot: session_of(snapshot, here.token))
            here.app.store.context.clock.offset_ms += DAY_MS
            async with here.connected(since=-1) as stream:
                await frames(stream, 1)
                async with asyncio.timeout(10):
                    while True:
                        later = await here.app.store.read(lambda snapshot: session_of(snapshot, here.token))
                        if later.seen_at >= first.seen_at + DAY_MS:
                            break
                        await asyncio.sleep(0.005)

    asyncio.run(run())


def test_a_server_that_stops_lets_go_of_sockets_and_polls(settings: Settings) -> None:
    async def run() -> None:
        async with house(settings) as here, here.connected(since=-1) as stream:
            await frames(stream, 1)
            url = f"http://127.0.0.1:{here.port}/api/updates?since={here.start}&wait_ms=20000"
            headers = {"authorization": f"Bearer {here.token}"}
            async with httpx.AsyncClient(trust_env=False, timeout=20) as client:
                asking = asyncio.create_task(client.get(url, headers=headers))
                async with asyncio.timeout(10):
                    while not here.app.hub._pollers:
                        await asyncio.sleep(0.001)
                    here.app.stopping()
                    assert (await asking).json() == {"reset": False, "seq": here.start, "updates": []}
                    assert await ended(stream) == 1012

    asyncio.run(run())


def test_a_client_that_reads_nothing_is_cut_off_and_forgotten(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether it fell behind live or while it caught up, nothing of it stays in memory."""
    monkeypatch.setattr(hub, "CLOSING_SECONDS", 0.05)

    async def run() -> None:
        async with house(settings) as here:
            big = "x" * 20_000

            async def shout(count: int) -> None:
                def write(tx: Tx) -> None:
                    for number in range(count):
                        updates.append(tx, [here.user_id], "test.said", {"n": number, "big": big})

                await here.app.store.write(write)

            reader, writer = await asyncio.open_connection("127.0.0.1", here.port, limit=1024)
            writer.write(
                b"GET /api/stream HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\n"
                b"sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
            )
            await reader.readuntil(b"\r\n\r\n")
            hello = json.dumps({"token": here.token, "since": 0}).encode()
            writer.write(b"\x81" + bytes([0x80 | 126]) + len(hello).to_bytes(2, "big") + bytes(4) + hello)
            async with asyncio.timeout(20):
                while not here.app.hub.online(here.user_id):
                    await asyncio.sleep(0.001)
                while here.app.hub.online(here.user_id):
                    await shout(200)
            writer.transport.abort()
            assert not here.app.hub._catching_up

    asyncio.run(run())


def test_a_picture_asked_for_over_the_socket_is_refused_and_the_socket_lives(settings: Settings) -> None:
    async def run() -> None:
        async with house(settings) as here, here.connected(since=-1) as stream:
            await frames(stream, 1)
            draw = {"id": 1, "method": "POST", "path": "/api/codes/draw", "body": {"text": "x"}}
            await stream.send(json.dumps(draw))
            await stream.send(json.dumps({"id": 2, "method": "GET", "path": "/api/me"}))
            first, second = await frames(stream, 2)
            assert (first["id"], first["status"], second["status"]) == (1, 406, 200)

    asyncio.run(run())
