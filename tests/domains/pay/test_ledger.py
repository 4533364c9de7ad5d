"""The ledger: money moves once, both sides agree, nobody spends what they do not have."""

import pytest

from hutong.domains.identity.tables import UserId
from hutong.domains.pay import ledger
from hutong.domains.pay.errors import BALANCE_TOO_LOW, TRANSFER_CHANGED, TRANSFER_SETTLED
from hutong.domains.pay.tables import MchId, TransferState
from hutong.kernel.db import Tx
from hutong.kernel.errors import DomainError
from hutong.kernel.money import Fen

ANN, SHOP = ledger.wallet(UserId(7)), ledger.merchant(MchId("1900000001"))


def fund(tx: Tx, amount: int, ref: int = 1) -> None:
    ledger.transfer(tx, debit=ledger.bank(), credit=ANN, amount=Fen(amount), code="test_fund", ref=ref)


def test_a_transfer_moves_money_once_however_often_it_is_asked(tx: Tx) -> None:
    fund(tx, 500)
    first = ledger.transfer(tx, debit=ANN, credit=SHOP, amount=Fen(120), code="order", ref=1)
    again = ledger.transfer(tx, debit=ANN, credit=SHOP, amount=Fen(120), code="order", ref=1)
    assert first == again
    assert ledger.balance(tx, ANN) == 380 and ledger.balance(tx, SHOP) == 120
    assert ledger.balance(tx, ledger.bank()) == -500
    assert ledger.audit(tx) == []


def test_the_same_reason_with_another_amount_is_refused(tx: Tx) -> None:
    fund(tx, 500)
    ledger.transfer(tx, debit=ANN, credit=SHOP, amount=Fen(120), code="order", ref=1)
    with pytest.raises(DomainError) as refused:
        ledger.transfer(tx, debit=ANN, credit=SHOP, amount=Fen(121), code="order", ref=1)
    assert refused.value.code is TRANSFER_CHANGED


@pytest.mark.parametrize("amount", [501, 10**12])
def test_nobody_spends_what_they_do_not_have(tx: Tx, amount: int) -> None:
    fund(tx, 500)
    tx.run("savepoint before")
    with pytest.raises(DomainError) as refused:
        ledger.transfer(tx, debit=ANN, credit=SHOP, amount=Fen(amount), code="order", ref=1)
    tx.run("rollback to savepoint before")
    assert refused.value.code is BALANCE_TOO_LOW
    assert ledger.balance(tx, ANN) == 500 and ledger.audit(tx) == []


def test_what_is_held_can_neither_be_spent_nor_held_again(tx: Tx) -> None:
    fund(tx, 500)
    ledger.hold(tx, debit=ANN, credit=SHOP, amount=Fen(300), code="deposit", ref=1)
    assert ledger.balance(tx, ANN) == 200 and ledger.held(tx, ANN) == 300 and ledger.balance(tx, SHOP) == 0
    tx.run("savepoint before")
    for act in (ledger.transfer, ledger.hold):
        with pytest.raises(DomainError) as refused:
            act(tx, debit=ANN, credit=SHOP, amount=Fen(201), code="order", ref=2)
        assert refused.value.code is BALANCE_TOO_LOW
        tx.run("rollback to savepoint before")
    assert ledger.audit(tx) == []


def test_a_hold_is_posted_in_part_and_the_rest_is_free_again(tx: Tx) -> None:
    fund(tx, 500)
    held = ledger.hold(tx, debit=ANN, credit=SHOP, amount=Fen(300), code="deposit", ref=1)
    posted = ledger.post(tx, held, amount=Fen(100))
    assert posted == ledger.post(tx, held, amount=Fen(100))
    assert ledger.balance(tx, ANN) == 400 and ledger.balance(tx, SHOP) == 100 and ledger.held(tx, ANN) == 0
    with pytest.raises(DomainError) as refused:
        ledger.void(tx, held)
    assert refused.value.code is TRANSFER_SETTLED
    assert ledger.audit(tx) == []


def test_a_voided_hold_is_never_posted(tx: Tx) -> None:
    fund(tx, 500)
    held = ledger.hold(tx, debit=ANN, credit=SHOP, amount=Fen(300), code="deposit", ref=1)
    assert ledger.void(tx, held).state is TransferState.VOIDED
    assert ledger.void(tx, held).state is TransferState.VOIDED
    with pytest.raises(DomainError) as refused:
        ledger.post(tx, held)
    assert refused.value.code is TRANSFER_SETTLED
    assert ledger.balance(tx, ANN) == 500 and ledger.balance(tx, SHOP) == 0
    assert ledger.audit(tx) == []


@pytest.mark.parametrize("amount", [0, -1])
def test_only_positive_amounts_move(tx: Tx, amount: int) -> None:
    with pytest.raises(AssertionError):
        ledger.transfer(tx, debit=ledger.bank(), credit=ANN, amount=Fen(amount), code="x", ref=1)


def test_currencies_never_mix(tx: Tx) -> None:
    with pytest.raises(AssertionError):
        ledger.transfer(
            tx, debit=ledger.bank("USD"), credit=ANN, amount=Fen(1), code="x", ref=1, currency="USD"
        )


def test_the_audit_names_what_is_wrong(tx: Tx) -> None:
    fund(tx, 500)
    tx.run("update pay_account set posted = posted + 1 where id = :id", id=ANN)
    assert {flaw.where for flaw in ledger.audit(tx)} == {"sum of CNY", f"{ANN} posted"}
