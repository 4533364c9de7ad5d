"""One's own money: balance, cards, top-up, withdrawal, the PIN, and the account book."""

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from hutong.domains.identity import proofs
from hutong.domains.pay import bills, cards, ledger, orders, refunds, remittances
from hutong.domains.pay.tables import (
    Bill,
    BillKind,
    Card,
    CardBehaviour,
    CardId,
    CardKind,
    Detail,
    Direction,
    Order,
    Remittance,
)
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.endpoints import Id, Request, Response
from hutong.kernel.errors import DomainError
from hutong.kernel.money import CNY, Fen

from .protocol import Person, client

Pin = Annotated[str, Meta(max_length=32)]
ClientId = Annotated[str, Meta(min_length=1, max_length=64)]
RemittedAmount = Annotated[int, Meta(ge=1, le=remittances.MAX_REMITTANCE)]


class CardShown(Response):
    """`behaviour` is what the simulated bank says to the next calls."""

    card_id: str
    bank: str
    bank_name: str
    kind: CardKind
    last4: str
    name: str
    behaviour: CardBehaviour


class Wallet(Response):
    """Amounts in minor units of `currency`; `held` is set aside and cannot be spent."""

    balance: int
    held: int
    currency: str
    has_pin: bool
    cards: list[CardShown]


def card_shown(card: Card) -> CardShown:
    return CardShown(
        str(card.id), card.bank, card.bank_name, card.kind, card.last4, cards.spoken(card), card.behaviour
    )


@client.get("/wallet")
def show_wallet(snapshot: Snapshot, person: Person) -> Wallet:
    """My balance and my cards."""
    account = ledger.wallet(person.user_id)
    return Wallet(
        balance=ledger.balance(snapshot, account),
        held=ledger.held(snapshot, account),
        currency=CNY,
        has_pin=proofs.has_pin(snapshot, person.user_id),
        cards=[card_shown(card) for card in cards.list_(snapshot, person.user_id)],
    )


class NewPin(Request):
    """Six digits; `old` is asked for when there is a PIN already."""

    pin: Pin
    old: Pin = ""


@client.put("/wallet/pin")
def set_pin(tx: Tx, person: Person, req: NewPin) -> DomainError | None:
    """Choose the PIN that confirms payments, or replace it by knowing the old one."""
    if proofs.has_pin(tx, person.user_id):
        checked = proofs.check_pin(tx, user_id=person.user_id, pin=req.old)
        if checked.refusal is not None:
            return checked.refusal
    proofs.set_pin(tx, user_id=person.user_id, pin=req.pin)
    return None


class NewCard(Request):
    bank: Annotated[str, Meta(max_length=16)]
    kind: CardKind = CardKind.DEBIT
    last4: Annotated[str, Meta(pattern=r"^([0-9]{4})?\Z")] = ""


@client.post("/wallet/cards", sandbox_only=True)
def bind_card(tx: Tx, person: Person, req: NewCard) -> CardShown:
    """Bind a card of the simulated bank."""
    return card_shown(cards.bind(tx, user_id=person.user_id, bank=req.bank, kind=req.kind, last4=req.last4))


class OneCard(Request):
    card_id: Id


@client.delete("/wallet/cards/{card_id}")
def unbind_card(tx: Tx, person: Person, req: OneCard) -> None:
    """Forget a card. What is under way with its bank goes on."""
    cards.unbind(tx, cards.get(tx, person.user_id, CardId(int(req.card_id))))


class Behave(Request):
    card_id: Id
    behaviour: CardBehaviour


@client.put("/wallet/cards/{card_id}/behaviour", sandbox_only=True)
def set_card_behaviour(tx: Tx, person: Person, req: Behave) -> CardShown:
    """Choose what the simulated bank says to the next calls on this card."""
    card = cards.get(tx, person.user_id, CardId(int(req.card_id)))
    return card_shown(cards.set_behaviour(tx, card, req.behaviour))


class Remit(Request):
    """`client_id` names the act: sent again, it is not done again."""

    card_id: Id
    amount: RemittedAmount
    pin: Pin
    client_id: ClientId


class RemittanceShown(Response):
    """`failure` says why the bank refused; PROCESSING means it has not answered yet."""

    remittance_id: str
    direction: Direction
    state: str
    amount: int
    currency: str
    created_at: int
    failure: CardBehaviour | None


def _remittance(made: Remittance) -> RemittanceShown:
    return RemittanceShown(
        str(made.id), made.direction, made.state, made.amount, made.currency, made.created_at, made.failure
    )


@client.post("/wallet/top-ups")
def top_up(tx: Tx, person: Person, req: Remit) -> RemittanceShown | DomainError:
    """Money from a card to the wallet. Look at `state`: the bank may refuse, or answer later."""
    return _remit(tx, person, req, Direction.IN)


@client.post("/wallet/withdrawals")
def withdraw(tx: Tx, person: Person, req: Remit) -> RemittanceShown | DomainError:
    """Money from the wallet to a card; what the bank refuses is back at once."""
    return _remit(tx, person, req, Direction.OUT)


def _remit(tx: Tx, person: Person, req: Remit, direction: Direction) -> RemittanceShown | DomainError:
    checked = proofs.check_pin(tx, user_id=person.user_id, pin=req.pin)
    if checked.refusal is not None:
        return checked.refusal
    act = remittances.top_up if direction is Direction.IN else remittances.withdraw
    card = cards.get(tx, person.user_id, CardId(int(req.card_id)))
    return _remittance(
        act(tx, user_id=person.user_id, card=card, amount=Fen(req.amount), client_id=req.client_id)
    )


class OneRemittance(Request):
    remittance_id: Id


@client.get("/wallet/remittances/{remittance_id}")
def show_remittance(snapshot: Snapshot, person: Person, req: OneRemittance) -> RemittanceShown:
    """What became of a top-up or a withdrawal."""
    return _remittance(remittances.get(snapshot, person.user_id, int(req.remittance_id)))


class BillPage(Request):
    """`before` is the id of the last line of the page above."""

    before: Id | None = None
    kind: BillKind | None = None
    direction: Direction | None = None
    limit: Annotated[int, Meta(ge=1, le=bills.PAGE)] = bills.PAGE


class BillShown(Response):
    bill_id: str
    kind: BillKind
    direction: Direction
    amount: int
    currency: str
    counterpart: str
    title: str
    method: str
    at: int


class Bills(Response):
    """`next` goes into `before` for the page below; absent on the last page."""

    bills: list[BillShown]
    next: str | UnsetType = UNSET


def _bill(bill: Bill) -> BillShown:
    return BillShown(
        str(bill.id),
        bill.kind,
        bill.direction,
        bill.amount,
        bill.currency,
        bill.counterpart,
        bill.title,
        bill.method,
        bill.at,
    )


@client.get("/wallet/bills")
def list_bills(snapshot: Snapshot, person: Person, req: BillPage) -> Bills:
    """My account book, newest first."""
    found = bills.list_(
        snapshot,
        person.user_id,
        before=int(req.before) if req.before else None,
        kind=req.kind,
        direction=req.direction,
        limit=req.limit,
    )
    return Bills(
        [_bill(bill) for bill in found], next=str(found[-1].id) if len(found) == req.limit else UNSET
    )


class OneBill(Request):
    bill_id: Id


class OrderOfBill(Response):
    """The order behind a line, as its payer may see it."""

    out_trade_no: str
    transaction_id: str
    state: str
    amount: int
    refunded: int
    paid_at: int | None
    appid: str
    support_fapiao: bool
    detail: Detail | UnsetType = UNSET


class RefundOfBill(Response):
    refund_id: str
    state: str
    amount: int
    reason: str
    received_account: str
    created_at: int
    success_at: int | None


class BillDetail(Response):
    bill: BillShown
    order: OrderOfBill | UnsetType = UNSET
    refunds: list[RefundOfBill] | UnsetType = UNSET
    remittance: RemittanceShown | UnsetType = UNSET


@client.get("/wallet/bills/{bill_id}")
def show_bill(snapshot: Snapshot, person: Person, req: OneBill) -> BillDetail:
    """One line of the book with all that belongs to it: goods, refunds, numbers to show at a counter."""
    bill = bills.get(snapshot, person.user_id, int(req.bill_id))
    if bill.remittance_id is not None:
        return BillDetail(
            _bill(bill),
            remittance=_remittance(remittances.get(snapshot, person.user_id, bill.remittance_id)),
        )
    if bill.mchid is None or bill.order_id is None:
        return BillDetail(_bill(bill))
    order = orders.get(snapshot, bill.mchid, bill.order_id)
    return BillDetail(
        _bill(bill),
        order=_order(order),
        refunds=[
            RefundOfBill(
                refund_id=refund.refund_id,
                state=refund.state,
                amount=refund.terms.amount,
                reason=refund.terms.reason,
                received_account=refund.user_received_account,
                created_at=refund.created_at,
                success_at=refund.success_at,
            )
            for refund in refunds.of_order(snapshot, order)
        ],
    )


def _order(order: Order) -> OrderOfBill:
    return OrderOfBill(
        out_trade_no=order.out_trade_no,
        transaction_id=order.transaction_id or "",
        state=order.state,
        amount=order.terms.amount,
        refunded=order.refunded,
        paid_at=order.paid_at,
        appid=order.terms.appid,
        support_fapiao=order.terms.support_fapiao is True,
        detail=order.terms.detail or UNSET,
    )
