"""Any sequence of orders, payments, refunds, top-ups, withdrawals, repeats and refusals keeps the books right."""

import random

import apsw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hutong.domains.identity.tables import UserId
from hutong.domains.pay import ledger
from hutong.kernel import schema
from hutong.kernel.clock import HOUR_MS, HandWound
from hutong.kernel.db import SQLITE, Context, Tx
from hutong.kernel.errors import DomainError
from hutong.kernel.ids import Ids
from hutong.kernel.known import Known
from hutong.kernel.money import Fen
from hutong.kernel.vault import Vault
from tests.conftest import memory_blobs
from tests.properties.money import an_act, check, found


@pytest.fixture(scope="module")
def empty() -> bytes:
    connection = apsw.Connection(":memory:")
    for statement in schema.ddl("sqlite"):
        connection.execute(statement)
    return connection.serialize("main")


def opened(empty: bytes) -> tuple[apsw.Connection, Context, HandWound]:
    connection = apsw.Connection(":memory:")
    connection.deserialize("main", empty)
    clock = HandWound()
    return connection, Context(clock, Ids(), Vault(b"0" * 32), memory_blobs()), clock


def attempt(connection: apsw.Connection, context: Context, act: object) -> bool:
    """Run an act as one transaction; a refusal rolls back."""
    connection.execute("begin")
    try:
        act(Tx(connection, SQLITE, context, Known()))  # type: ignore[operator]
    except DomainError:
        connection.execute("rollback")
        return False
    connection.execute("commit")
    return True


@pytest.mark.shows("PAY-26")
@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32), length=st.integers(1, 120))
def test_the_books_are_right_after_whatever_people_do(empty: bytes, seed: int, length: int) -> None:
    connection, context, clock = opened(empty)
    dice = random.Random(seed)
    tx = Tx(connection, SQLITE, context)
    town = found(tx)
    done = 0
    for _ in range(length):
        done += attempt(connection, context, an_act(town, dice))
        if dice.random() < 0.05:
            clock.advance(HOUR_MS)
    check(tx)
    connection.close()


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["transfer", "hold", "post", "void"]),
            st.integers(0, 2),
            st.integers(0, 2),
            st.integers(1, 400),
            st.integers(0, 5),
        ),
        max_size=60,
    )
)
def test_holds_and_transfers_agree_with_a_purse_of_coins(
    empty: bytes, acts: list[tuple[str, int, int, int, int]]
) -> None:
    """Played against a model that knows nothing of transfers: purses, and coins laid aside."""
    connection, context, _ = opened(empty)
    purses = dict.fromkeys(range(3), 300)
    aside: dict[int, tuple[int, int, int]] = {}
    settled: set[int] = set()
    moved: dict[int, tuple[int, int, int]] = {}
    wallets = [ledger.wallet(UserId(number + 1)) for number in range(3)]
    setup = Tx(connection, SQLITE, context)
    for number, account in enumerate(wallets):
        ledger.transfer(setup, debit=ledger.bank(), credit=account, amount=Fen(300), code="start", ref=number)

    for kind, giver, taker, amount, ref in acts:
        terms = (giver, taker, amount)
        if kind in ("transfer", "hold"):
            if giver == taker:
                continue
            known = moved if kind == "transfer" else aside
            act = ledger.transfer if kind == "transfer" else ledger.hold
            went = attempt(
                connection,
                context,
                lambda tx, act=act, giver=giver, taker=taker, amount=amount, kind=kind, ref=ref: act(
                    tx,
                    debit=wallets[giver],
                    credit=wallets[taker],
                    amount=Fen(amount),
                    code=kind,
                    ref=ref,
                ),
            )
            if ref in known or (kind == "hold" and ref in settled):
                assert not went or known.get(ref, terms) == terms
                continue
            assert went == (purses[giver] >= amount)
            if went:
                known[ref] = terms
                purses[giver] -= amount
                if kind == "transfer":
                    purses[taker] += amount
        else:
            held = ledger.find(setup, code="hold", ref=ref)
            if held is None:
                continue
            finish = ledger.post if kind == "post" else ledger.void
            went = attempt(connection, context, lambda tx, finish=finish, held=held: finish(tx, held))
            if ref in settled:
                continue
            assert went
            settled.add(ref)
            giver, taker, amount = aside[ref]
            purses[taker if kind == "post" else giver] += amount
    assert [ledger.balance(setup, account) for account in wallets] == [purses[n] for n in range(3)]
    assert ledger.audit(setup) == []
    connection.close()
