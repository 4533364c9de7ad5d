"""Coins: whatever is done with them, none comes from nowhere and none is spent twice."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hutong.domains.miniapp import coins, errors
from hutong.domains.miniapp.tables import Env
from hutong.kernel.db import Tx
from hutong.kernel.errors import DomainError
from tests.domains.builders import a_user

AT = {"appid": "wx1", "env": Env.LIVE}
AMOUNTS = st.integers(1, 30)
ACTS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["buy", "present", "take_back"]), AMOUNTS, st.just(0)),
        st.tuples(st.just("pay"), AMOUNTS, st.just(0)),
        st.tuples(st.just("cancel"), AMOUNTS, st.integers(0, 5)),
    ),
    max_size=25,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_the_sums_tell_what_is_left(tx: Tx, acts: list[tuple[str, int, int]]) -> None:
    user = a_user(tx).id
    paid: list[tuple[str, int]] = []
    for act, amount, which in acts:
        order_id = str(tx.new_id())
        before = coins.of(tx, **AT, user_id=user)
        if act == "buy":
            coins.buy(tx, **AT, user_id=user, amount=amount)
        elif act == "present":
            coins.present(tx, **AT, user_id=user, order_id=order_id, amount=amount)
        elif act == "take_back" and before.bought >= amount:
            coins.take_back(tx, **AT, user_id=user, amount=amount)
        elif act == "take_back":
            with pytest.raises(DomainError, check=lambda error: error.code is errors.COINS_TOO_FEW):
                coins.take_back(tx, **AT, user_id=user, amount=amount)
        elif act == "pay" and before.bought + before.given >= amount:
            held, done = coins.pay(tx, **AT, user_id=user, order_id=order_id, amount=amount)
            assert done.given == min(before.given, amount)
            paid.append((order_id, amount))
        elif act == "cancel" and len(paid) > which and paid[which][1] >= amount:
            number, left = paid[which]
            coins.cancel(tx, **AT, user_id=user, pay_order_id=number, order_id=order_id, amount=amount)
            paid[which] = (number, left - amount)
        held = coins.of(tx, **AT, user_id=user)
        assert min(held.bought, held.given) >= 0
        assert held.bought + held.given == held.bought_sum + held.given_sum - held.spent_sum
        assert held.spent_sum == sum(left for _, left in paid)


def test_a_number_is_used_once_and_a_payment_gives_back_no_more_than_it_took(tx: Tx) -> None:
    user, other = a_user(tx).id, a_user(tx).id
    coins.buy(tx, **AT, user_id=user, amount=10)
    coins.buy(tx, **AT, user_id=other, amount=10)
    coins.pay(tx, **AT, user_id=user, order_id="a", amount=4)
    for refused, act in (
        (errors.COIN_ACT_DONE, lambda: coins.pay(tx, **AT, user_id=other, order_id="a", amount=1)),
        (errors.COIN_ACT_DONE, lambda: coins.present(tx, **AT, user_id=user, order_id="a", amount=1)),
        (errors.COINS_TOO_FEW, lambda: coins.pay(tx, **AT, user_id=user, order_id="b", amount=7)),
        (
            errors.COINS_TOO_FEW,
            lambda: coins.cancel(tx, **AT, user_id=user, pay_order_id="a", order_id="c", amount=5),
        ),
        (
            errors.VIRTUAL_MISSING,
            lambda: coins.cancel(tx, **AT, user_id=other, pay_order_id="a", order_id="d", amount=1),
        ),
        (errors.VIRTUAL_INVALID, lambda: coins.pay(tx, **AT, user_id=user, order_id="", amount=1)),
        (errors.VIRTUAL_INVALID, lambda: coins.pay(tx, **AT, user_id=user, order_id="e", amount=0)),
    ):
        with pytest.raises(DomainError, check=lambda error, code=refused: error.code is code):
            act()
    assert coins.of(tx, appid="wx1", env=Env.SANDBOX, user_id=user).bought == 0
