"""Cards: the bank cards a person has bound, and the simulated bank behind them."""

from hutong.domains.identity.tables import UserId
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError

from .errors import BANK_SILENT, CARD_NOT_FOUND, CARD_REFUSED, CARDS_LIMIT
from .tables import Card, CardBehaviour, CardId, CardKind

CARDS_PER_USER = 10
BANKS = {
    "ICBC": "工商银行",
    "CMB": "招商银行",
    "CCB": "建设银行",
    "ABC": "农业银行",
    "BOC": "中国银行",
    "COMM": "交通银行",
    "PSBC": "邮储银行",
    "CITIC": "中信银行",
}


def bind(tx: Tx, *, user_id: UserId, bank: str, kind: CardKind = CardKind.DEBIT, last4: str = "") -> Card:
    """Bind a card of a simulated bank. Raises CARDS_LIMIT, CARD_NOT_FOUND for an unknown bank."""
    if bank not in BANKS:
        raise DomainError(CARD_NOT_FOUND, bank=bank)
    if len(list_(tx, user_id)) >= CARDS_PER_USER:
        raise DomainError(CARDS_LIMIT, limit=CARDS_PER_USER)
    return tx.insert(
        Card(
            user_id=user_id,
            id=CardId(tx.new_id()),
            bank=bank,
            bank_name=BANKS[bank],
            kind=kind,
            last4=last4 or tx.new_digits(4),
            behaviour=CardBehaviour.OK,
            created_at=tx.now,
        )
    )


def list_(snapshot: Snapshot, user_id: UserId) -> list[Card]:
    """A person's cards, oldest first."""
    return snapshot.few(
        Card, "where user_id = :user_id order by id limit :limit", user_id=user_id, limit=CARDS_PER_USER
    )


def find(snapshot: Snapshot, user_id: UserId, card_id: CardId) -> Card | None:
    return snapshot.find(Card, user_id=user_id, id=card_id)


def get(snapshot: Snapshot, user_id: UserId, card_id: CardId) -> Card:
    """One of the person's own cards. Raises CARD_NOT_FOUND."""
    card = find(snapshot, user_id, card_id)
    if card is None:
        raise DomainError(CARD_NOT_FOUND, card_id=card_id)
    return card


def set_behaviour(tx: Tx, card: Card, behaviour: CardBehaviour) -> Card:
    """Choose what the simulated bank says to the next calls on this card."""
    return tx.update(tx.lock(card), behaviour=behaviour)


def unbind(tx: Tx, card: Card) -> None:
    tx.delete(card)


def require_charge(card: Card) -> None:
    """Let the card pay now, as the bank would. Raises CARD_REFUSED or BANK_SILENT; nothing was moved then."""
    if card.behaviour in (CardBehaviour.INSUFFICIENT_FUNDS, CardBehaviour.DECLINED):
        raise DomainError(CARD_REFUSED, reason=card.behaviour)
    if card.behaviour is not CardBehaviour.OK:
        raise DomainError(BANK_SILENT, reason=card.behaviour)


def spoken(card: Card) -> str:
    """The card as people and the published refunds name it: bank, kind, last digits."""
    return f"{card.bank_name}{'借记卡' if card.kind is CardKind.DEBIT else '信用卡'}{card.last4}"
