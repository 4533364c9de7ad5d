"""Everything that may be repeated is repeated, at every point at which a process can die: one effect in total."""

import asyncio
import contextlib
import os
import random
import secrets
import shutil
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from benchmarks.child import free_port
from benchmarks.world import Payer, Shop, World, a_payer, a_shop, friends
from hutong.domains.apps import apps, organisations, push
from hutong.domains.apps.tables import AppKind, PushFormat, PushMode
from hutong.domains.chat import conversations, messages
from hutong.domains.chat.bodies import Text
from hutong.domains.insight import sales
from hutong.domains.official import follows
from hutong.domains.official.tables import FollowScene
from hutong.domains.pay import cards, ledger, orders, refunds, remittances
from hutong.domains.pay.tables import CardBehaviour, RefundTerms, Terms, TradeType
from hutong.kernel import deliveries, events
from hutong.kernel.clock import HOUR_MS, MINUTE_MS, SECOND_MS, day_of, wire_now
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.deliveries import Delivery, DeliveryState
from hutong.kernel.errors import DATABASE_LOST, DomainError
from hutong.kernel.events import Outbox
from hutong.kernel.money import Fen
from hutong.kernel.settings import Settings
from hutong.protocols.pay.callbacks import LADDER_MS
from hutong.server import audit
from hutong.server.app import App
from hutong.server.deliveries import DeliveryWorker
from hutong.server.main import import_protocols
from hutong.server.store import PostgresStore, SqliteStore, open_store
from tests.postgres import Cluster

import_protocols()
Store = SqliteStore | PostgresStore
MONEY = 1000_00
KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"


class Died(Exception):
    """Where a process would have been killed."""


class Lane:
    """A home in which something of every kind has just happened, and nothing of what follows from it."""

    def __init__(self, home: Path, database: str = "", *, url: str = "http://127.0.0.1:9/") -> None:
        world = World(home, database)
        self.settings = world.settings
        self.shop: Shop = a_shop(world)
        self.url = url
        self.ann: Payer
        self.bob: Payer
        world.write(self._meet)
        world.write(self._live)
        world.close()

    def _meet(self, tx: Tx) -> None:
        self.ann, self.bob = (a_payer(tx, self.shop, name, MONEY) for name in ("ann", "bob"))
        self.chat = friends(tx, self.ann.member, self.bob.member)
        organisation = organisations.create(tx, name="Lane")
        account = apps.create(tx, org_id=organisation.id, kind=AppKind.SERVICE, name="Lane")
        self.appid = account.appid
        push.set_(
            tx,
            self.appid,
            push.PushSettings(self.url, "token", KEY, PushMode.PLAIN, PushFormat.JSON),
        )

    def _live(self, tx: Tx) -> None:
        ann = self.ann.member.user_id
        follows.follow(tx, appid=self.appid, user_id=ann, scene=FollowScene.SEARCH)
        talk = conversations.with_account(tx, user_id=ann, appid=self.appid)
        messages.send(tx, talk.id, sender=ann, body=Text("hello?"), client_id="hello")
        self.talk = talk.id
        silent = cards.bind(tx, user_id=ann, bank="ICBC", last4="0001")
        silent = cards.set_behaviour(tx, silent, CardBehaviour.TIMEOUT_THEN_SUCCESS)
        remittances.top_up(tx, user_id=ann, card=silent, amount=Fen(50), client_id="silent")
        card = cards.bind(tx, user_id=ann, bank="ICBC", last4="0002")
        for number, by in enumerate((None, card)):
            terms = Terms(TradeType.NATIVE, self.shop.appid, "Oolong", Fen(100), f"{self.url}notify")
            order = orders.place(tx, mchid=self.shop.mchid, out_trade_no=f"TEA-{number}", terms=terms)
            paid = orders.pay(tx, order, payer_id=ann, card=by)
            back = RefundTerms(amount=Fen(30), total=Fen(100), notify_url=f"{self.url}notify")
            refunds.place(tx, order=paid, out_refund_no=f"R-{number}", terms=back)
        terms = Terms(TradeType.NATIVE, self.shop.appid, "Oolong", Fen(100), f"{self.url}notify")
        orders.place(tx, mchid=self.shop.mchid, out_trade_no="TEA-left", terms=terms)

    def check(self) -> None:
        """All that follows has followed, once."""
        assert {name: flaws for name, flaws in audit.run(self.settings).items() if flaws} == {}
        with audit.reading(self.settings) as snapshot:
            today = day_of(wire_now())
            days = sales.by_day(snapshot, self.shop.mchid, first=today - 1, last=today + 2)
            counted = [sum(getattr(day, name) for day in days) for name in FIGURES]
            assert counted == [2, 200, 2, 60]
            wallet = ledger.balance(snapshot, ledger.wallet(self.ann.member.user_id))
            assert wallet == MONEY + 50 - 100 + 30
            subjects = Counter(
                (delivery.channel, delivery.subject) for delivery in deliveries.list_(snapshot)
            )
            assert subjects[("pay.notify", "order:TEA-0")] == subjects[("pay.notify", "order:TEA-1")] == 2
            assert sum(count for (channel, _), count in subjects.items() if channel == "mp.push") == 2
            left = orders.by_out_trade_no(snapshot, mchid=self.shop.mchid, out_trade_no="TEA-left")
            assert left.state == "CLOSED"
            assert snapshot.rows("select handler from kernel_outbox") == []


FIGURES = ("paid", "paid_amount", "refunded", "refunded_amount")


@pytest.fixture
def seed() -> int:
    chosen = int(os.environ.get("HUTONG_SEED") or secrets.randbelow(2**32))
    print(f"HUTONG_SEED={chosen} repeats this")
    return chosen


@contextlib.asynccontextmanager
async def stores(settings: Settings, count: int) -> AsyncIterator[list[Store]]:
    """As many processes on one database; SQLite has one."""
    opened = []
    for node in range(count):
        home = World.context(settings, node)
        opened.append(open_store(home))
    try:
        yield opened
    finally:
        for store in opened:
            await store.close()


async def picture(store: Store) -> dict[str, int]:
    """What a handler could have changed."""

    def look(snapshot: Snapshot) -> dict[str, int]:
        tables = ("kernel_outbox", "kernel_delivery", "insight_sales", "pay_transfer", "chat_message")
        tables += ("kernel_update", "pay_bill")
        return {table: snapshot.value(f"select count(*) from {table}") for table in tables}

    return await store.read(look)


async def replay(lane: Lane, processes: int, dice: random.Random) -> None:
    async with stores(lane.settings, processes) as running:
        first = running[0]

        def turn(ms: int) -> None:
            for store in running:
                store.context.clock.offset_ms += ms

        def die(outbox_id: int) -> Callable[[Tx], None]:
            def handle(tx: Tx) -> None:
                events.handle(tx, outbox_id)
                raise Died

            return handle

        async def run(store: Store, row: Outbox) -> bool:
            return (await store.write(lambda tx: events.handle(tx, row.id))).ran

        ran: Counter[str] = Counter()
        for _ in range(200):
            due = await first.read(lambda snapshot: events.due(snapshot, limit=100))
            if not due:
                if (await first.read(events.next_due_at)) is None:
                    break
                turn(dice.choice([SECOND_MS, MINUTE_MS, HOUR_MS]))
                continue
            dice.shuffle(due)
            for row in due:
                before = await picture(first)
                with pytest.raises(Died):  # killed between its writes and the commit
                    await dice.choice(running).write(die(row.id))
                assert await picture(first) == before
                turn(dice.choice([0, 1, SECOND_MS]))
                twice = await asyncio.gather(*(run(store, row) for store in [*running, *running]))
                assert sum(twice) <= 1
                ran[row.handler] += sum(twice)
                turn(dice.choice([0, 1, SECOND_MS]))
                if sum(twice):  # killed after the commit and before anybody noted it
                    after = await picture(first)
                    assert not await run(dice.choice(running), row)
                    assert await picture(first) == after
        assert set(ran) >= HANDLERS, ran
    lane.check()


HANDLERS = {
    "pay.expire_order",
    "pay.answer_refund",
    "pay.answer_remittance",
    "official.open_window",
    "chat.say_hello",
    "insight.count_payment",
    "insight.count_refund",
    "pay.notify_transaction",
    "pay.notify_refund_succeeded",
    "mp.push_message",
    "mp.push_followed",
}


def test_every_handler_takes_effect_once_wherever_its_process_dies(tmp_path: Path, seed: int) -> None:
    lane = Lane(tmp_path / "home")
    asyncio.run(replay(lane, 1, random.Random(seed)))


def test_every_handler_takes_effect_once_among_processes(
    tmp_path: Path, seed: int, postgres_cluster: Cluster
) -> None:
    lane = Lane(tmp_path / "home", postgres_cluster.create_database("replayed", []))
    asyncio.run(replay(lane, 3, random.Random(seed)))


# ── merchants' servers ─────────────────────────────────────────────────────────────────────────────────────

Pattern = tuple[Lane, int]
Answering = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def asked(reader: asyncio.StreamReader) -> bytes:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    return await reader.readexactly(int(head.partition(b"content-length:")[2].split(b"\r\n")[0]))


def says(*answers: bytes) -> Answering:
    """Gives these answers, one for each call, the last one from then on, each on a connection of its own."""
    left = list(answers)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            await asked(reader)
            writer.write(left.pop(0) if len(left) > 1 else left[0])
        writer.close()

    return answer


async def keeps_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
        await reader.read()
    writer.close()


@pytest.fixture(scope="module")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Pattern:
    """A lane made once, and the port of its shop's and its account's server."""
    port = free_port()
    return Lane(tmp_path_factory.mktemp("lane") / "home", url=f"http://127.0.0.1:{port}/"), port


@contextlib.asynccontextmanager
async def running(pattern: Pattern, home: Path, answering: Answering) -> AsyncIterator[tuple[Lane, App]]:
    """A copy of the lane, whose shop and account have this server, with the clock standing still."""
    lane, port = pattern
    shutil.copytree(lane.settings.home, home)
    server = await asyncio.start_server(answering, "127.0.0.1", port)
    app = await App.open(Settings(home=home))
    try:
        await app.timeline.freeze()
        yield lane, app
    finally:
        await app.close()
        server.close()


async def notification(app: App) -> Delivery:
    found = await app.store.read(lambda snapshot: deliveries.list_(snapshot, subject="order:TEA-0"))
    return min(found, key=lambda delivery: delivery.id)


OK = b"HTTP/1.1 204 No Content\r\n\r\n"
UNACCEPTED = {
    "refused": (says(b"HTTP/1.1 500 Oops\r\ncontent-length: 0\r\n\r\n"), "answered 500"),
    "moved": (
        says(b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n"),
        "answered 302",
    ),
    "garbage": (says(b"\x00\x01 this is not HTTP\r\n\r\n"), "not HTTP"),
    "closed at once": (says(b""), "closed before the answer"),
    "closed in the status line": (says(b"HTTP/1.1 20"), "closed before the answer"),
    "closed in the headers": (says(b"HTTP/1.1 200 OK\r\nserver: x\r\n"), "closed before the answer"),
    "closed in the body": (
        says(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf"),
        "closed before the answer",
    ),
    "only an interim answer": (says(b"HTTP/1.1 100 Continue\r\n\r\n"), "closed before the answer"),
    "slow": (keeps_silent, "no answer within 5 s"),
}


@pytest.mark.parametrize("name", UNACCEPTED)
def test_whatever_a_merchants_server_does_but_say_yes_is_a_step_on_the_ladder(
    pattern: Pattern, tmp_path: Path, name: str
) -> None:
    answering, reason = UNACCEPTED[name]

    async def run() -> None:
        async with running(pattern, tmp_path / "home", answering) as (_, app):
            await app.timeline.advance(1)
            tried = await notification(app)
            assert (tried.state, tried.attempts) == (DeliveryState.PENDING, 1)
            assert reason in str(tried.last_error)
            assert tried.next_at is not None
            assert 0 <= tried.next_at - app.timeline.clock.now() <= LADDER_MS[0]

    asyncio.run(run())


@pytest.mark.parametrize(
    "answer",
    [
        OK,
        b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n<\xff\x00 junk>",
        b"HTTP/1.1 200 OK\r\n\r\nends with its connection",
        b"HTTP/1.1 100 Continue\r\n\r\n" + OK,
    ],
)
def test_yes_is_yes_whatever_stands_beside_it(pattern: Pattern, tmp_path: Path, answer: bytes) -> None:
    async def run() -> None:
        async with running(pattern, tmp_path / "home", says(answer)) as (_, app):
            await app.timeline.advance(1)
            tried = await notification(app)
            assert (tried.state, tried.attempts) == (DeliveryState.DELIVERED, 1)

    asyncio.run(run())


def test_a_merchant_who_never_answers_has_the_whole_published_ladder_and_no_more(
    pattern: Pattern, tmp_path: Path
) -> None:
    async def run() -> None:
        async with running(pattern, tmp_path / "home", says(b"")) as (_, app):
            start = app.timeline.clock.now()
            await app.timeline.advance(sum(LADDER_MS) + MINUTE_MS)
            tried = await notification(app)
            assert (tried.state, tried.attempts) == (DeliveryState.FAILED, len(LADDER_MS) + 1)
            await app.timeline.advance(48 * HOUR_MS)
            assert (await notification(app)).attempts == len(LADDER_MS) + 1
            assert app.timeline.clock.now() - start == sum(LADDER_MS) + MINUTE_MS + 48 * HOUR_MS

    asyncio.run(run())


def test_what_was_accepted_but_not_recorded_is_sent_again_and_has_one_effect(
    pattern: Pattern, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process dies between a developer's reply and its being written down; the next start sends it again."""
    heard: Counter[str] = Counter()

    async def reply(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            body = (await asked(reader)).decode()
            heard[body] += 1
            said = b'{"MsgType": "text", "Content": "here"}'
            answer = said if "hello?" in body else b"success"
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(answer) + answer)
        writer.close()

    settle = DeliveryWorker._settle

    async def lost(self: DeliveryWorker, *arguments: Any) -> None:
        raise DomainError(DATABASE_LOST)

    async def run() -> None:
        async with running(pattern, tmp_path / "home", reply) as (lane, app):
            monkeypatch.setattr(DeliveryWorker, "_settle", lost)
            app.worker.wake()
            async with asyncio.timeout(20):
                while not any("hello?" in body for body in heard):
                    await asyncio.sleep(0.005)
                while app.worker.busy:
                    await asyncio.sleep(0.005)
            monkeypatch.setattr(DeliveryWorker, "_settle", settle)
            await app.close()
            again = await App.open(Settings(home=tmp_path / "home"))
            await again.timeline.advance(SECOND_MS)
            found = await again.store.read(lambda snapshot: deliveries.list_(snapshot, owner=lane.appid))
            assert {delivery.state for delivery in found} == {DeliveryState.DELIVERED}
            said = await again.store.read(
                lambda snapshot: snapshot.rows(
                    "select sender, client_id from chat_message where conversation_id = :talk and sender = :app",
                    talk=lane.talk,
                    app=lane.appid,
                )
            )
            assert len(said) == 1
            assert max(count for body, count in heard.items() if "hello?" in body) == 2
            await again.close()

    asyncio.run(run())
