"""Wallets: top-ups, withdrawals, cards and the account book."""

import pytest

from hutong.domains.pay import bills, cards, ledger, remittances
from hutong.domains.pay.errors import (
    AMOUNT_INVALID,
    BALANCE_TOO_LOW,
    CARD_NOT_FOUND,
    CARDS_LIMIT,
    REMITTANCE_CHANGED,
)
from hutong.domains.pay.events import RemittanceDue
from hutong.domains.pay.handlers import answer_remittance
from hutong.domains.pay.tables import BillKind, CardBehaviour, Direction, RemittanceState
from hutong.kernel.db import Tx
from hutong.kernel.money import Fen
from tests.domains.builders import a_payer
from tests.domains.pay import refused


def test_a_top_up_arrives_once(tx: Tx) -> None:
    ann = a_payer(tx)
    card = cards.bind(tx, user_id=ann, bank="CMB")
    first = remittances.top_up(tx, user_id=ann, card=card, amount=Fen(300), client_id="a")
    assert remittances.top_up(tx, user_id=ann, card=card, amount=Fen(300), client_id="a") == first
    assert first.state is RemittanceState.SUCCESS
    assert ledger.balance(tx, ledger.wallet(ann)) == 300
    refused(
        REMITTANCE_CHANGED,
        lambda: remittances.top_up(tx, user_id=ann, card=card, amount=Fen(301), client_id="a"),
    )
    assert ledger.audit(tx) == []


@pytest.mark.parametrize("behaviour", [CardBehaviour.INSUFFICIENT_FUNDS, CardBehaviour.DECLINED])
def test_a_refused_top_up_moves_nothing_and_stays_refused(tx: Tx, behaviour: CardBehaviour) -> None:
    ann = a_payer(tx)
    card = cards.set_behaviour(tx, cards.bind(tx, user_id=ann, bank="CMB"), behaviour)
    first = remittances.top_up(tx, user_id=ann, card=card, amount=Fen(300), client_id="a")
    assert (first.state, first.failure) == (RemittanceState.FAILED, behaviour)
    fine = cards.set_behaviour(tx, card, CardBehaviour.OK)
    assert remittances.top_up(tx, user_id=ann, card=fine, amount=Fen(300), client_id="a") == first
    assert ledger.balance(tx, ledger.wallet(ann)) == 0 and bills.list_(tx, ann) == []


@pytest.mark.parametrize(
    ("behaviour", "state", "balance"),
    [
        (CardBehaviour.TIMEOUT_THEN_SUCCESS, RemittanceState.SUCCESS, 200),
        (CardBehaviour.TIMEOUT_THEN_FAILURE, RemittanceState.FAILED, 500),
    ],
)
def test_a_silent_bank_holds_a_withdrawal_until_it_answers(
    tx: Tx, behaviour: CardBehaviour, state: RemittanceState, balance: int
) -> None:
    ann = a_payer(tx, balance=500)
    card = cards.set_behaviour(tx, cards.bind(tx, user_id=ann, bank="CMB"), behaviour)
    waiting = remittances.withdraw(tx, user_id=ann, card=card, amount=Fen(300), client_id="a")
    assert waiting.state is RemittanceState.PROCESSING
    assert ledger.balance(tx, ledger.wallet(ann)) == 200 and ledger.held(tx, ledger.wallet(ann)) == 300
    due = RemittanceDue(user_id=ann, remittance_id=waiting.id)
    answer_remittance(tx, due)
    answer_remittance(tx, due)
    assert remittances.get(tx, ann, waiting.id).state is state
    assert ledger.balance(tx, ledger.wallet(ann)) == balance and ledger.held(tx, ledger.wallet(ann)) == 0
    assert ledger.audit(tx) == []


@pytest.mark.parametrize(
    ("behaviour", "balance"),
    [(CardBehaviour.TIMEOUT_THEN_SUCCESS, 300), (CardBehaviour.TIMEOUT_THEN_FAILURE, 0)],
)
def test_a_silent_bank_gives_a_top_up_only_when_it_answers(
    tx: Tx, behaviour: CardBehaviour, balance: int
) -> None:
    ann = a_payer(tx)
    card = cards.set_behaviour(tx, cards.bind(tx, user_id=ann, bank="CMB"), behaviour)
    waiting = remittances.top_up(tx, user_id=ann, card=card, amount=Fen(300), client_id="a")
    assert ledger.balance(tx, ledger.wallet(ann)) == 0
    answer_remittance(tx, RemittanceDue(user_id=ann, remittance_id=waiting.id))
    assert ledger.balance(tx, ledger.wallet(ann)) == balance


def test_a_declined_withdrawal_is_back_at_once(tx: Tx) -> None:
    ann = a_payer(tx, balance=500)
    card = cards.set_behaviour(tx, cards.bind(tx, user_id=ann, bank="CMB"), CardBehaviour.DECLINED)
    failed = remittances.withdraw(tx, user_id=ann, card=card, amount=Fen(300), client_id="a")
    assert failed.state is RemittanceState.FAILED
    assert ledger.balance(tx, ledger.wallet(ann)) == 500 and ledger.audit(tx) == []


def test_nobody_withdraws_more_than_they_have(tx: Tx) -> None:
    ann = a_payer(tx, balance=500)
    card = cards.bind(tx, user_id=ann, bank="CMB")
    refused(
        BALANCE_TOO_LOW,
        lambda: remittances.withdraw(tx, user_id=ann, card=card, amount=Fen(501), client_id="a"),
    )


@pytest.mark.parametrize("amount", [0, -5, remittances.MAX_REMITTANCE + 1])
def test_odd_remittances_are_refused(tx: Tx, amount: int) -> None:
    ann = a_payer(tx)
    card = cards.bind(tx, user_id=ann, bank="CMB")
    refused(
        AMOUNT_INVALID,
        lambda: remittances.top_up(tx, user_id=ann, card=card, amount=Fen(amount), client_id="a"),
    )


def test_a_person_binds_ten_cards_and_sees_only_their_own(tx: Tx) -> None:
    ann, ben = a_payer(tx), a_payer(tx)
    mine = [cards.bind(tx, user_id=ann, bank="CMB") for _ in range(cards.CARDS_PER_USER)]
    assert cards.list_(tx, ann) == mine and cards.list_(tx, ben) == []
    refused(CARDS_LIMIT, lambda: cards.bind(tx, user_id=ann, bank="CMB"))
    refused(CARD_NOT_FOUND, lambda: cards.get(tx, ben, mine[0].id))
    cards.unbind(tx, mine[0])
    assert len(cards.list_(tx, ann)) == cards.CARDS_PER_USER - 1


def test_bills_page_by_key_newest_first(tx: Tx) -> None:
    ann = a_payer(tx)
    card = cards.bind(tx, user_id=ann, bank="CMB")
    for number in range(5):
        remittances.top_up(tx, user_id=ann, card=card, amount=Fen(100), client_id=f"in{number}")
    remittances.withdraw(tx, user_id=ann, card=card, amount=Fen(50), client_id="out")
    newest, *_ = first = bills.list_(tx, ann, limit=3)
    assert newest.kind is BillKind.WITHDRAWAL and len(first) == 3
    rest = bills.list_(tx, ann, before=first[-1].id)
    assert len(rest) == 3 and {bill.id for bill in first} & {bill.id for bill in rest} == set()
    assert bills.list_(tx, ann, direction=Direction.OUT) == [newest]
    assert len(bills.list_(tx, ann, kind=BillKind.TOP_UP)) == 5
