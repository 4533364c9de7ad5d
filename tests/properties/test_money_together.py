"""Eight workers on PostgreSQL do all this at the same moment; afterwards the books must be the same books."""

import asyncio
import random
from collections import Counter

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from hutong.domains.identity.tables import UserId
from hutong.domains.pay import ledger, orders
from hutong.domains.pay.tables import Order, OrderState
from hutong.kernel import schema
from hutong.kernel.clock import HandWound
from hutong.kernel.db import Context, Tx
from hutong.kernel.errors import DomainError
from hutong.kernel.ids import Ids
from hutong.kernel.money import Fen
from hutong.kernel.settings import Settings
from hutong.kernel.vault import Vault
from hutong.server.store import PostgresStore
from tests.conftest import memory_blobs
from tests.domains.builders import a_merchant, a_payer, order_terms
from tests.postgres import Cluster
from tests.properties.money import an_act, check, found

WORKERS = 8
ACTS = 60


def fresh_store(cluster: Cluster) -> PostgresStore:
    url = cluster.create_database("together", schema.ddl("postgresql"))
    context = Context(HandWound(), Ids(), Vault(b"0" * 32), memory_blobs())
    return PostgresStore(url, replace(context, settings=Settings(database=url)))


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_the_books_are_right_after_whatever_many_do_at_once(postgres_cluster: Cluster, seed: int) -> None:
    async def play() -> None:
        store = fresh_store(postgres_cluster)
        town = await store.write(found)

        async def worker(number: int) -> None:
            dice = random.Random(seed * WORKERS + number)
            for _ in range(ACTS):
                try:
                    await store.write(an_act(town, dice))
                except DomainError:
                    pass

        await asyncio.gather(*(worker(number) for number in range(WORKERS)))
        await store.read(check)
        await store.close()

    asyncio.run(play())


def test_one_wallet_for_many_payers_is_spent_once(postgres_cluster: Cluster) -> None:
    """Money for five orders, twenty tries on forty orders: exactly five are paid."""

    async def play() -> None:
        store = fresh_store(postgres_cluster)

        def begin(tx: Tx) -> tuple[UserId, list[Order]]:
            ann, shop = a_payer(tx, balance=600), a_merchant(tx)
            return ann, [
                orders.place(tx, mchid=shop.mchid, out_trade_no=f"TEA-{number}", terms=order_terms(120))
                for number in range(40)
            ]

        ann, placed = await store.write(begin)

        def pay(order: Order) -> object:
            return store.write(lambda tx: orders.pay(tx, order, payer_id=ann))

        answers = await asyncio.gather(
            *(pay(order) for order in placed for _ in range(2)), return_exceptions=True
        )
        assert all(isinstance(answer, Order | DomainError) for answer in answers), answers
        paid = Counter(answer.id for answer in answers if isinstance(answer, Order))
        assert len(paid) == 5
        assert await store.read(lambda snapshot: ledger.balance(snapshot, ledger.wallet(ann))) == 0
        await store.read(check_only_ledger)
        await store.close()

    asyncio.run(play())


def check_only_ledger(snapshot: object) -> None:
    assert ledger.audit(snapshot) == []  # type: ignore[arg-type]


def test_one_order_for_many_payers_is_paid_once(postgres_cluster: Cluster) -> None:
    async def play() -> None:
        store = fresh_store(postgres_cluster)

        def begin(tx: Tx) -> tuple[list[UserId], Order]:
            shop = a_merchant(tx)
            people = [a_payer(tx, balance=500) for _ in range(WORKERS)]
            return people, orders.place(
                tx, mchid=shop.mchid, out_trade_no="TEA-01", terms=order_terms(amount=120)
            )

        people, order = await store.write(begin)

        def pay(person: UserId) -> object:
            return store.write(lambda tx: orders.pay(tx, order, payer_id=person))

        answers = await asyncio.gather(
            *(pay(person) for person in people for _ in range(3)), return_exceptions=True
        )
        winners = {answer.payer_id for answer in answers if isinstance(answer, Order)}
        assert len(winners) == 1

        def left(tx: object) -> list[Fen]:
            return [ledger.balance(tx, ledger.wallet(person)) for person in people]  # type: ignore[arg-type]

        assert sorted(await store.read(left)) == [380] + [500] * (WORKERS - 1)
        final = await store.read(lambda snapshot: orders.get(snapshot, order.mchid, order.id))
        assert final.state is OrderState.SUCCESS
        await store.close()

    asyncio.run(play())
