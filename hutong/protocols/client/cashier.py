"""The cashier: what one is about to pay, to whom, from what; confirmed by PIN, paid once."""

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from hutong.domains.apps import organisations
from hutong.domains.identity import proofs
from hutong.domains.pay import cards, cashiers, ledger, merchants, orders
from hutong.domains.pay.errors import CASHIER_NOT_FOUND, ORDER_NOT_FOUND
from hutong.domains.pay.tables import (
    Card,
    CardBehaviour,
    CardId,
    CardKind,
    Cashier,
    Detail,
    Order,
    OrderState,
)
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.endpoints import Id, Request, Response
from hutong.kernel.errors import DomainError

from .protocol import Person, client

Text = Annotated[str, Meta(max_length=1024)]
Handle = Annotated[str, Meta(min_length=1, max_length=64)]


class PaymentRequest(Request, rename="camel"):
    """What a page gave to `requestPayment`, untouched."""

    app_id: Text
    time_stamp: Text
    nonce_str: Text
    package: Text
    pay_sign: Text
    sign_type: Text = "RSA"


class Opening(Request):
    """One of: `request`, what a page asked for; `code`, a scanned code_url or an opened h5_url.

    A sandbox also takes a bare `prepay_id`, so that a test may act as the payer.
    """

    request: PaymentRequest | None = None
    code: Text | None = None
    prepay_id: Text | None = None


class Method(Response):
    """A way to pay; `refusal` says why it cannot be taken now. The balance has no `card_id`."""

    name: str
    card_id: str | UnsetType = UNSET
    balance: int | UnsetType = UNSET
    refusal: str | UnsetType = UNSET


class CashierShown(Response):
    """`verified_name` is the organisation behind the payee. Amounts in minor units."""

    cashier_id: str
    state: str
    payee: str
    verified_name: str
    appid: str
    description: str
    amount: int
    currency: str
    expires_at: int
    has_pin: bool
    methods: list[Method]
    out_trade_no: str  # the merchant's own number
    detail: Detail | UnsetType = UNSET


class OneCashier(Request):
    cashier_id: Handle


class Confirmation(Request):
    """Without `card_id` the balance pays."""

    cashier_id: Handle
    pin: Annotated[str, Meta(max_length=32)]
    card_id: Id | None = None


class Paid(Response):
    """What the payer sees afterwards; `errMsg` is what a page's requestPayment resolves with."""

    state: str
    payee: str
    verified_name: str
    appid: str
    description: str
    amount: int
    currency: str
    method: str
    transaction_id: str
    out_trade_no: str
    paid_at: int
    support_fapiao: bool
    err_msg: str = msgspec.field(default="requestPayment:ok", name="errMsg")


@client.post("/cashiers")
def open_cashier(tx: Tx, person: Person, req: Opening) -> CashierShown:
    """Stand before an order, once its merchant's signature is checked."""
    if req.request is not None:
        order = cashiers.order_of_request(
            tx,
            app_id=req.request.app_id,
            time_stamp=req.request.time_stamp,
            nonce_str=req.request.nonce_str,
            package=req.request.package,
            sign_type=req.request.sign_type,
            pay_sign=req.request.pay_sign,
        )
    elif req.code is not None:
        order = cashiers.order_of_code(tx, req.code)
    elif req.prepay_id is not None and not tx.settings.production:
        order = orders.by_prepay_id(tx, req.prepay_id)
    else:
        raise DomainError(ORDER_NOT_FOUND)
    return cashier_shown(tx, cashiers.open_(tx, user_id=person.user_id, order=order), order)


@client.get("/cashiers/{cashier_id}")
def show_cashier(snapshot: Snapshot, person: Person, req: OneCashier) -> CashierShown:
    """The cashier as it stands now, after a reload or a cut."""
    cashier = cashiers.get(snapshot, user_id=person.user_id, cashier_id=req.cashier_id)
    return cashier_shown(snapshot, cashier, orders.get(snapshot, cashier.mchid, cashier.order_id))


@client.post("/cashiers/{cashier_id}/confirm")
def confirm(tx: Tx, person: Person, req: Confirmation) -> Paid | DomainError:
    """Pay. Sent again, or from another tab, it pays once and answers alike."""
    cashier = cashiers.get(tx, user_id=person.user_id, cashier_id=req.cashier_id)
    checked = proofs.check_pin(tx, user_id=person.user_id, pin=req.pin)
    if checked.refusal is not None:
        return checked.refusal
    card = cards.get(tx, person.user_id, CardId(int(req.card_id))) if req.card_id else None
    return _paid(tx, person, cashiers.confirm(tx, cashier, card=card))


@client.get("/cashiers/{cashier_id}/result")
def show_result(snapshot: Snapshot, person: Person, req: OneCashier) -> Paid:
    """What was paid here, for a client that lost the answer. Refused while nothing is."""
    cashier = cashiers.get(snapshot, user_id=person.user_id, cashier_id=req.cashier_id)
    order = orders.get(snapshot, cashier.mchid, cashier.order_id)
    if order.payer_id != person.user_id:
        raise DomainError(CASHIER_NOT_FOUND)
    return _paid(snapshot, person, order)


@client.post("/cashiers/{cashier_id}/cancel")
def cancel(tx: Tx, person: Person, req: OneCashier) -> None:
    """Walk away. The order stays open for its payer; a paid one stays paid."""
    cashiers.cancel(tx, cashiers.get(tx, user_id=person.user_id, cashier_id=req.cashier_id))


def cashier_shown(snapshot: Snapshot, cashier: Cashier, order: Order) -> CashierShown:
    """What a payer sees before an order."""
    merchant = merchants.get(snapshot, order.mchid)
    terms = order.terms
    balance = ledger.balance(snapshot, ledger.wallet(cashier.user_id, terms.currency))
    methods = [
        Method(
            orders.BALANCE,
            balance=balance,
            refusal="pay.balance_too_low" if balance < terms.amount else UNSET,
        )
    ]
    methods += [_method(card, order) for card in cards.list_(snapshot, cashier.user_id)]
    state = orders.shown_state(snapshot, order)
    return CashierShown(
        cashier_id=cashier.id,
        state=state if state is not OrderState.NOTPAY else cashier.state,
        payee=merchant.name,
        verified_name=organisations.get(snapshot, merchant.org_id).name,
        appid=terms.appid,
        description=terms.description,
        amount=terms.amount,
        currency=terms.currency,
        expires_at=order.expires_at,
        has_pin=proofs.has_pin(snapshot, cashier.user_id),
        methods=methods,
        out_trade_no=order.out_trade_no,
        detail=terms.detail or UNSET,
    )


def _method(card: Card, order: Order) -> Method:
    refusal: str | UnsetType = UNSET
    if card.kind is CardKind.CREDIT and orders.NO_CREDIT in order.terms.limit_pay:
        refusal = "pay.credit_refused"
    elif card.behaviour is CardBehaviour.DECLINED:
        refusal = "pay.card_refused"
    return Method(cards.spoken(card), card_id=str(card.id), refusal=refusal)


def _paid(snapshot: Snapshot, person: Person, order: Order) -> Paid:
    merchant = merchants.get(snapshot, order.mchid)
    card = None if order.card_id is None else cards.find(snapshot, person.user_id, order.card_id)
    assert order.paid_at is not None and order.transaction_id is not None
    return Paid(
        state=order.state,
        payee=merchant.name,
        verified_name=organisations.get(snapshot, merchant.org_id).name,
        appid=order.terms.appid,
        description=order.terms.description,
        amount=order.terms.amount,
        currency=order.terms.currency,
        method=cards.spoken(card) if card else "" if order.card_id is not None else orders.BALANCE,
        transaction_id=order.transaction_id,
        out_trade_no=order.out_trade_no,
        paid_at=order.paid_at,
        support_fapiao=order.terms.support_fapiao is True,
    )
