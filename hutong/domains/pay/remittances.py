"""Remittances: top-ups from a card to the wallet and withdrawals back.

A refused remittance is an answer of the bank, not a refusal of ours: it is kept and shown, and the same
`client_id` gives it again.
"""

from typing import TypedDict

from hutong.domains.identity.tables import UserId
from hutong.kernel.clock import SECOND_MS, Millis
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError
from hutong.kernel.money import CNY, Fen

from . import bills, cards, ledger
from .errors import AMOUNT_INVALID, REMITTANCE_CHANGED
from .events import RemittanceDue, RemittanceSettled
from .tables import (
    AccountId,
    Bill,
    BillKind,
    Card,
    CardBehaviour,
    Direction,
    Remittance,
    RemittanceState,
)

SILENCE_MS = 30 * SECOND_MS  # how long a bank that times out keeps silent
MAX_REMITTANCE = Fen(50_000_00)
_SILENT = (CardBehaviour.TIMEOUT_THEN_SUCCESS, CardBehaviour.TIMEOUT_THEN_FAILURE)


def top_up(tx: Tx, *, user_id: UserId, card: Card, amount: Fen, client_id: str) -> Remittance:
    """Ask the bank for money. Look at `state`: the bank may refuse, or answer later.

    Raises AMOUNT_INVALID, REMITTANCE_CHANGED when `client_id` names another act.
    """
    return _begin(tx, user_id, card, Direction.IN, amount, client_id)


def withdraw(tx: Tx, *, user_id: UserId, card: Card, amount: Fen, client_id: str) -> Remittance:
    """Send money to the bank; what it refuses is back in the wallet at once.

    Raises BALANCE_TOO_LOW, AMOUNT_INVALID, REMITTANCE_CHANGED when `client_id` names another act.
    """
    return _begin(tx, user_id, card, Direction.OUT, amount, client_id)


def get(snapshot: Snapshot, user_id: UserId, remittance_id: int) -> Remittance:
    return snapshot.get(Remittance, user_id=user_id, id=remittance_id)


def answer(tx: Tx, remittance: Remittance, *, card: Card | None) -> Remittance:
    """The bank that kept silent answers. Answering twice changes nothing."""
    remittance = tx.lock(remittance)
    if remittance.state is not RemittanceState.PROCESSING:
        return remittance
    refused = card is None or card.behaviour is CardBehaviour.TIMEOUT_THEN_FAILURE
    return _settle(tx, remittance, card, CardBehaviour.TIMEOUT_THEN_FAILURE if refused else None)


def _begin(
    tx: Tx, user_id: UserId, card: Card, direction: Direction, amount: Fen, client_id: str
) -> Remittance:
    if not 1 <= amount <= MAX_REMITTANCE:
        raise DomainError(AMOUNT_INVALID, amount=amount, limit=MAX_REMITTANCE)
    assert card.user_id == user_id
    # A card without money can still take some.
    can_take = direction is Direction.OUT and card.behaviour is CardBehaviour.INSUFFICIENT_FUNDS
    at_once = card.behaviour is CardBehaviour.OK or can_take
    remittance, created = tx.insert_or_find(
        Remittance(
            user_id=user_id,
            id=tx.new_id(),
            client_id=client_id,
            card_id=card.id,
            direction=direction,
            currency=CNY,
            amount=amount,
            state=RemittanceState.SUCCESS if at_once else RemittanceState.PROCESSING,
            created_at=tx.now,
            settled_at=tx.now if at_once else None,
        ),
        by=("user_id", "client_id"),
    )
    if not created:
        if (remittance.card_id, remittance.direction, remittance.amount) != (card.id, direction, amount):
            raise DomainError(REMITTANCE_CHANGED, client_id=client_id)
        return remittance
    if at_once:
        _move(tx, remittance)
        return _settled(tx, remittance, card)
    if direction is Direction.OUT:
        ledger.hold(tx, **_way(remittance), code="withdrawal", ref=remittance.id)
    if card.behaviour in _SILENT:
        tx.emit(RemittanceDue(user_id=user_id, remittance_id=remittance.id), at=Millis(tx.now + SILENCE_MS))
        return remittance
    return _settle(tx, remittance, card, card.behaviour)


def _settle(tx: Tx, remittance: Remittance, card: Card | None, failure: CardBehaviour | None) -> Remittance:
    incoming = remittance.direction is Direction.IN
    held = None if incoming else ledger.find(tx, code="withdrawal", ref=remittance.id)
    if failure is not None:
        if held is not None:
            ledger.void(tx, held)
    elif held is not None:
        ledger.post(tx, held)
    else:
        _move(tx, remittance)
    settled = tx.update(
        remittance,
        state=RemittanceState.SUCCESS if failure is None else RemittanceState.FAILED,
        settled_at=tx.now,
        failure=failure,
    )
    return _settled(tx, settled, card)


def _move(tx: Tx, remittance: Remittance) -> None:
    """In one step: a hold posted at once would take the two accounts in the wrong order."""
    code = "top_up" if remittance.direction is Direction.IN else "withdrawal"
    ledger.transfer(tx, **_way(remittance), code=code, ref=remittance.id)


def _settled(tx: Tx, settled: Remittance, card: Card | None) -> Remittance:
    """Tell everybody what became of it."""
    succeeded, incoming = settled.state is RemittanceState.SUCCESS, settled.direction is Direction.IN
    if succeeded:
        bills.record(
            tx,
            Bill(
                user_id=settled.user_id,
                id=tx.new_id(),
                kind=BillKind.TOP_UP if incoming else BillKind.WITHDRAWAL,
                direction=settled.direction,
                currency=settled.currency,
                amount=settled.amount,
                counterpart=card.bank_name if card else "",
                title="零钱充值" if incoming else "零钱提现",
                method=cards.spoken(card) if card else "",
                at=tx.now,
                remittance_id=settled.id,
            ),
        )
    tx.emit(
        RemittanceSettled(
            user_id=settled.user_id,
            remittance_id=settled.id,
            card_id=settled.card_id,
            succeeded=succeeded,
        )
    )
    return settled


class _Way(TypedDict):
    debit: AccountId
    credit: AccountId
    amount: Fen


def _way(remittance: Remittance) -> _Way:
    """From where to where a remittance moves its money."""
    bank, wallet = ledger.bank(), ledger.wallet(remittance.user_id)
    if remittance.direction is Direction.IN:
        return {"debit": bank, "credit": wallet, "amount": remittance.amount}
    return {"debit": wallet, "credit": bank, "amount": remittance.amount}
