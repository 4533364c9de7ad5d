"""Many people grab at one stock and use what they got at the same moment: never one too many."""

import asyncio
import random
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hutong.domains.benefits import audit, cards, coupons
from hutong.domains.benefits.events import Source
from hutong.domains.benefits.tables import Coupon
from hutong.domains.identity.tables import UserId
from hutong.kernel.db import Tx
from hutong.kernel.errors import DomainError
from tests.domains.builders import a_card, a_user
from tests.postgres import Cluster
from tests.properties.test_money_together import fresh_store

WORKERS = 8
TRIES = 30


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), stock=st.integers(0, 40), limit=st.integers(1, 6))
def test_whatever_many_grab_at_once_there_are_never_too_many(
    postgres_cluster: Cluster, seed: int, stock: int, limit: int
) -> None:
    async def play() -> None:
        store = fresh_store(postgres_cluster)

        def found(tx: Tx) -> tuple[str, str, list[UserId]]:
            card = a_card(tx, quantity=stock, get_limit=limit, use_limit=limit)
            return card.appid, card.card_id, [a_user(tx, f"p{number}").id for number in range(5)]

        appid, card_id, people = await store.write(found)

        def act(dice: random.Random) -> Callable[[Tx], Any]:
            person, nonce, what = dice.choice(people), dice.randrange(60), dice.random()

            def run(tx: Tx) -> Any:
                if what < 0.7:
                    return coupons.take(tx, card_id=card_id, user_id=person, claim=f"n:{nonce}")
                held = coupons.usable(tx, person)
                if not held:
                    return None
                if what < 0.9:
                    return coupons.consume(tx, held[nonce % len(held)], source=Source.API)
                return coupons.delete(tx, held[nonce % len(held)])

            return run

        async def worker(number: int) -> None:
            dice = random.Random(seed * WORKERS + number)
            for _ in range(TRIES):
                try:
                    await store.write(act(dice))
                except DomainError:
                    pass

        await asyncio.gather(*(worker(number) for number in range(WORKERS)))

        def check(snapshot: Any) -> None:
            card = cards.get(snapshot, appid=appid, card_id=card_id)
            assert card.quantity >= 0 and card.quantity + card.taken == stock
            assert audit.audit(snapshot) == []
            rows = snapshot.all(Coupon, "where card_id = :card order by id limit 1000", card=card_id)
            assert len({row.claim for row in rows}) == len(rows) == card.taken
            for person in people:
                assert sum(row.user_id == person for row in rows) <= limit

        await store.read(check)
        await store.close()

    asyncio.run(play())
