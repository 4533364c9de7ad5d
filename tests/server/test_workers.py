"""The dispatcher, the delivery worker and the clock, on a real store and real sockets."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from hutong.kernel import deliveries, events, state
from hutong.kernel.blobs import memory_blobs
from hutong.kernel.clock import HOUR_MS, Clock, Millis
from hutong.kernel.db import Context, Snapshot, Tx
from hutong.kernel.deliveries import PER_OWNER, Delivery, Incoming, Outgoing
from hutong.kernel.ids import Ids
from hutong.kernel.settings import Settings
from hutong.kernel.vault import Vault
from hutong.server.deliveries import DeliveryWorker
from hutong.server.dispatcher import Dispatcher
from hutong.server.outgoing import OutgoingClient
from hutong.server.signers import Signers
from hutong.server.store import PostgresStore, SqliteStore
from hutong.server.timeline import Timeline, load

from .conftest import OpenStore


class BellRang(events.Event, topic="server_test.bell_rang", key="bell"):
    bell: str
    fails: bool = False


@events.on(BellRang, name="server_test.note")
def note(tx: Tx, event: BellRang) -> None:
    if event.fails:
        raise ValueError("the bell is cracked")
    heard = state.read(tx, f"bell {event.bell}", list[int]) or []
    state.write(tx, f"bell {event.bell}", [*heard, tx.now])


class DoorOpened(events.Event, topic="server_test.door_opened", key="door"):
    door: str
    stuck: bool = False


@events.on(DoorOpened, name="server_test.greet")
def greet(tx: Tx, event: DoorOpened) -> None:
    if event.stuck:
        raise ValueError("nobody comes in")


@events.on(DoorOpened, name="server_test.count")
def count(tx: Tx, event: DoorOpened) -> None:
    state.write(tx, f"door {event.door}", (state.read(tx, f"door {event.door}", int) or 0) + 1)


deliveries.channel(
    deliveries.Channel(
        "server_test.post",
        ladder_ms=(15_000, 30_000),
        timeout_ms=500,
        build=lambda snapshot, delivery: Outgoing(
            delivery.url, {"x-id": delivery.notify_id}, delivery.payload.encode()
        ),
        settle=lambda tx, delivery, answer: None if answer.status == 200 else f"answered {answer.status}",
    )
)


class House:
    """A store with its workers running."""

    def __init__(self, store: SqliteStore | PostgresStore) -> None:
        self.store = store
        self.signers = Signers(1)
        self.client = OutgoingClient(allow_private=True)
        self.dispatcher = Dispatcher(store)
        self.worker = DeliveryWorker(store, self.signers, self.client)
        self.timeline = Timeline(store, self.dispatcher, self.worker)
        store.listener = self.committed

    def committed(self, transactions: list[Tx]) -> None:
        self.dispatcher.wake()
        self.worker.wake()

    async def heard(self, bell: str) -> list[int]:
        return await self.store.read(lambda snapshot: state.read(snapshot, f"bell {bell}", list[int])) or []

    async def delivery(self, subject: str) -> Delivery:
        def find(snapshot: Snapshot) -> Delivery:
            found = snapshot.one(Delivery, "where subject = :subject order by id limit 1", subject=subject)
            assert found is not None
            return found

        return await self.store.read(find)

    async def post(self, url: str, subject: str) -> None:
        await self.store.write(
            lambda tx: deliveries.enqueue(
                tx, channel="server_test.post", owner="test", subject=subject, url=url, payload={"a": 1}
            )
        )


@contextlib.asynccontextmanager
async def house(opened: OpenStore) -> AsyncIterator[House]:
    made = House(await opened())
    made.store.context.clock.freeze()
    made.dispatcher.start()
    made.worker.start()
    yield made
    await made.dispatcher.stop()
    await made.worker.stop()
    await made.client.close()
    await made.signers.close()
    await made.store.close()


def test_time_travel_runs_every_timer_at_its_own_moment_and_in_order(opened: OpenStore) -> None:
    async def run() -> None:
        async with house(opened) as here:
            start = here.store.context.clock.now()

            def plan(tx: Tx) -> None:
                for hours in (3, 1, 2):
                    tx.emit(BellRang(bell="tower"), at=Millis(tx.now + hours * HOUR_MS))

            await here.store.write(plan)
            await here.timeline.advance(150 * 60 * 1000)
            assert await here.heard("tower") == [start + HOUR_MS, start + 2 * HOUR_MS]
            assert await here.timeline.next_event() == start + 3 * HOUR_MS
            assert len(await here.heard("tower")) == 3
            kept = await here.store.read(load)
            assert kept.frozen_at == start + 3 * HOUR_MS  # a restart would go on from here

    asyncio.run(run())


def test_a_handler_that_keeps_failing_is_parked_and_holds_back_only_its_key(opened: OpenStore) -> None:
    async def run() -> None:
        async with house(opened) as here:

            def ring(tx: Tx) -> None:
                tx.emit(BellRang(bell="cracked", fails=True))
                tx.emit(BellRang(bell="cracked"))
                tx.emit(BellRang(bell="good"))

            await here.store.write(ring)
            await here.timeline.advance(24 * HOUR_MS)
            assert len(await here.heard("good")) == 1
            assert await here.heard("cracked") == []
            (stuck,) = await here.store.read(events.parked)
            assert stuck.attempts == events.MAX_ATTEMPTS
            assert "the bell is cracked" in str(stuck.last_error)

    asyncio.run(run())


class BellHung(events.Event, topic="server_test.bell_hung"):
    bell: str
    cracked: bool = False


@events.on(BellHung, name="server_test.ring")
def ring_once(tx: Tx, event: BellHung) -> None:
    state.write(tx, f"hung {event.bell}", 1)
    if event.cracked:
        raise ValueError("the bell is cracked")
    tx.emit(BellRang(bell=event.bell))


def test_what_follows_at_once_is_committed_with_its_cause_on_sqlite(sqlite_settings: Settings) -> None:
    """No dispatcher runs here, so only the commit itself can have done it."""

    async def run() -> None:
        store = _sqlite(sqlite_settings)
        heard: list[Tx] = []
        store.listener = heard.extend
        await store.write(lambda tx: tx.emit(BellHung(bell="noon")))
        assert await store.read(lambda snapshot: len(state.read(snapshot, "bell noon", list[int]) or [])) == 1
        assert await store.read(events.next_due_at) is None
        assert [one.handler for tx in heard for one in tx.handled] == ["server_test.ring", "server_test.note"]
        await store.close()

    asyncio.run(run())


def test_a_handler_that_fails_after_it_wrote_undoes_itself_alone_and_waits(sqlite_settings: Settings) -> None:
    async def run() -> None:
        store = _sqlite(sqlite_settings)

        def hang(tx: Tx) -> str:
            state.write(tx, "cause", 1)
            tx.emit(BellHung(bell="cracked", cracked=True))
            return "hung"

        assert await asyncio.gather(
            store.write(hang), store.write(lambda tx: tx.emit(BellRang(bell="other")))
        ) == ["hung", None]

        def look(snapshot: Snapshot) -> tuple[object, object, set[str]]:
            waiting = {row.handler for row in events.due(snapshot, limit=10)}
            return state.read(snapshot, "cause", int), state.read(snapshot, "hung cracked", int), waiting

        cause, half_done, waiting = await store.read(look)
        assert (cause, half_done) == (1, None)
        assert "server_test.ring" in waiting
        await store.close()

    asyncio.run(run())


def test_an_event_waits_behind_an_earlier_one_of_its_key(sqlite_settings: Settings) -> None:
    async def run() -> None:
        store = _sqlite(sqlite_settings)
        await store.write(lambda tx: tx.emit(BellRang(bell="one", fails=True)))
        await store.write(lambda tx: tx.emit(BellRang(bell="one")))
        await store.write(lambda tx: tx.emit(BellRang(bell="two")))
        assert await store.read(lambda snapshot: state.read(snapshot, "bell one", list[int])) is None
        assert await store.read(lambda snapshot: len(state.read(snapshot, "bell two", list[int]) or [])) == 1
        due = await store.read(lambda snapshot: events.due(snapshot, limit=10))
        assert [row.event_key for row in due] == ["one", "one"]
        await store.close()

    asyncio.run(run())


def test_a_handler_that_waits_keeps_no_other_of_the_event_waiting(sqlite_settings: Settings) -> None:
    async def run() -> None:
        store = _sqlite(sqlite_settings)
        await store.write(lambda tx: tx.emit(DoorOpened(door="front", stuck=True)))
        for row in await store.read(lambda snapshot: events.due(snapshot, limit=10)):
            if row.handler == "server_test.count":
                await store.write(lambda tx, row=row: events.handle(tx, row.id))  # type: ignore[misc]
        await store.write(lambda tx: tx.emit(DoorOpened(door="front")))
        due = await store.read(lambda snapshot: events.due(snapshot, limit=10))
        assert [row.handler for row in due] == ["server_test.greet", "server_test.greet"]
        assert await store.read(lambda snapshot: state.read(snapshot, "door front", int)) == 2
        await store.close()

    asyncio.run(run())


def _sqlite(settings: Settings) -> SqliteStore:
    context = Context(Clock(), Ids(), Vault(b"0" * 32), memory_blobs(), settings)
    return SqliteStore(str(settings.sqlite_path), context)


Answering = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[Any]]


async def refuses_twice(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    for status in (b"500 Oops", b"503 Busy", b"200 OK"):
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
        await reader.readexactly(length)
        writer.write(b"HTTP/1.1 " + status + b"\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n")


def test_a_delivery_is_sent_again_on_its_ladder_until_it_is_taken(opened: OpenStore) -> None:
    async def run() -> None:
        async with house(opened) as here:
            server = await asyncio.start_server(refuses_twice, "127.0.0.1", 0)
            port = server.sockets[0].getsockname()[1]
            await here.post(f"http://127.0.0.1:{port}/notify", "order:1")
            await here.timeline.advance(45_000)
            done = await here.delivery("order:1")
            assert (done.state, done.attempts, done.last_status) == ("DELIVERED", 3, 200)
            server.close()

    asyncio.run(run())


async def says_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()
    writer.close()


async def talks_garbage(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"\x00\x01 not http at all\r\n\r\n")


async def hangs_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.close()


async def redirects(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n")


async def floods(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    with contextlib.suppress(ConnectionError):
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 9000000\r\n\r\n" + b"x" * 9_000_000)
        await writer.drain()


@pytest.mark.parametrize(
    ("answering", "reason"),
    [
        (says_nothing, "no answer within"),
        (talks_garbage, "not HTTP"),
        (hangs_up, "closed before the answer"),
        (redirects, "answered 302"),
        (floods, "larger than"),
    ],
)
def test_what_a_merchants_server_does_wrong_is_named(
    opened: OpenStore, answering: Answering, reason: str
) -> None:
    async def run() -> None:
        async with house(opened) as here:
            server = await asyncio.start_server(answering, "127.0.0.1", 0)
            port = server.sockets[0].getsockname()[1]
            await here.post(f"http://127.0.0.1:{port}/", "order:2")
            await here.timeline.advance(1)
            tried = await here.delivery("order:2")
            assert (tried.state, tried.attempts) == ("PENDING", 1)
            assert reason in str(tried.last_error)
            server.close()

    asyncio.run(run())


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9/", "http://10.0.0.1/", "http://[::1]:9/", "ftp://x/", "not a url"]
)
def test_a_production_home_calls_no_private_address(url: str) -> None:
    async def run() -> Incoming:
        client = OutgoingClient(allow_private=False)
        return await client.send("POST", url, {}, b"", timeout_seconds=2)

    answer = asyncio.run(run())
    assert answer.status is None
    assert "private address" in str(answer.error) or "not an http" in str(answer.error)


def test_an_answer_that_breaks_its_channel_is_a_failed_try_and_not_an_endless_one(opened: OpenStore) -> None:
    async def run() -> None:
        async with house(opened) as here:
            server = await asyncio.start_server(refuses_twice, "127.0.0.1", 0)
            port = server.sockets[0].getsockname()[1]
            await here.store.write(
                lambda tx: deliveries.enqueue(
                    tx,
                    channel="server_test.breaks",
                    owner="test",
                    subject="order:3",
                    url=f"http://127.0.0.1:{port}/",
                    payload={},
                )
            )
            await here.timeline.advance(1)
            tried = await here.delivery("order:3")
            assert (tried.state, tried.attempts, tried.last_status) == ("PENDING", 1, 500)
            assert "could not be taken: KeyError" in str(tried.last_error)
            server.close()

    asyncio.run(run())


def breaks(tx: Tx, delivery: Delivery, answer: Incoming) -> str | None:
    state.write(tx, "half", 1)
    raise KeyError("junk")


deliveries.channel(
    deliveries.Channel(
        "server_test.breaks",
        ladder_ms=(15_000,),
        timeout_ms=500,
        build=lambda snapshot, delivery: Outgoing(delivery.url, {}, b""),
        settle=breaks,
    )
)


def test_a_merchant_whose_server_is_slow_keeps_nobody_else_waiting(opened: OpenStore) -> None:
    """Far more of its notifications are due than are ever sent at once; another merchant's goes out beside them."""

    async def run() -> None:
        async with house(opened) as here:
            waiting = asyncio.Event()
            heard: list[bytes] = []

            async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
                    heard.append(await reader.readuntil(b"\r\n\r\n"))
                    await waiting.wait()
                writer.close()

            async def quick(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                await reader.readuntil(b"\r\n\r\n")
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")

            servers = [await asyncio.start_server(answer, "127.0.0.1", 0) for answer in (slow, quick)]
            ports = [server.sockets[0].getsockname()[1] for server in servers]

            def enqueue(tx: Tx) -> None:
                for number in range(1000):
                    owner, port = ("quick", ports[1]) if number == 999 else ("slow", ports[0])
                    deliveries.enqueue(
                        tx,
                        channel="server_test.patient",
                        owner=owner,
                        subject=f"{owner}:{number}",
                        url=f"http://127.0.0.1:{port}/",
                        payload={},
                    )

            await here.store.write(enqueue)
            async with asyncio.timeout(10):
                while (await here.delivery("quick:999")).state != "DELIVERED":
                    await asyncio.sleep(0.005)
            assert len(heard) <= PER_OWNER
            waiting.set()
            for server in servers:
                server.close()
            await here.store.write(lambda tx: tx.run("delete from kernel_delivery where state = 'PENDING'"))

    asyncio.run(run())


deliveries.channel(
    deliveries.Channel(
        "server_test.patient",
        ladder_ms=(15_000,),
        timeout_ms=20_000,
        build=lambda snapshot, delivery: Outgoing(delivery.url, {}, b""),
        settle=lambda tx, delivery, answer: None if answer.status == 200 else "no",
    )
)


def test_a_restart_in_the_middle_of_time_travel_never_turns_the_clock_back(opened: OpenStore) -> None:
    async def run() -> None:
        async with house(opened) as here:

            def plan(tx: Tx) -> None:
                for hours in range(40):
                    tx.emit(BellRang(bell="night"), at=Millis(tx.now + hours * HOUR_MS))

            await here.store.write(plan)
            for count in (5, 15, 25):
                travelling = asyncio.create_task(here.timeline.advance(100 * HOUR_MS))
                async with asyncio.timeout(20):
                    while len(await here.heard("night")) < count:
                        await asyncio.sleep(0)
                travelling.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await travelling
                kept = await here.store.read(load)
                assert kept.frozen_at is not None
                assert kept.frozen_at >= max(await here.heard("night"))

    asyncio.run(run())
