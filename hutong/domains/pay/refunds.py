"""Refunds: money goes back to where it came from, never more than was paid."""

from hutong.kernel.clock import DAY_MS, Millis
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError
from hutong.kernel.money import Fen

from . import bills, cards, ledger, merchants, orders
from .errors import (
    CURRENCY_INVALID,
    ORDER_NOT_PAID,
    OUT_REFUND_NO_USED,
    REFUND_NOT_ABNORMAL,
    REFUND_NOT_FOUND,
    REFUND_TOO_HIGH,
    REFUND_TOO_LATE,
    REFUND_TOTAL_DIFFERS,
    REFUNDS_LIMIT,
)
from .events import RefundAbnormal, RefundDue, RefundSucceeded
from .tables import (
    Bill,
    BillKind,
    CardBehaviour,
    Direction,
    MchId,
    Order,
    OrderState,
    Refund,
    RefundId,
    RefundState,
    RefundTerms,
    Trust,
)

WINDOW_MS = 365 * DAY_MS  # published: within a year
MAX_REFUNDS = 50  # published: per order
CARD_MS = DAY_MS  # a bank takes one to three days, ours one
REFUND_PREFIX = "5030"
TO_BALANCE = "支付用户零钱"
ORIGINAL, OTHER_CARD = "ORIGINAL", "OTHER_BANKCARD"


def place(
    tx: Tx, *, order: Order, out_refund_no: str, terms: RefundTerms, trust: Trust = Trust.CERTIFICATE
) -> Refund:
    """Send money back. The same number with the same terms is the same refund.

    To a wallet it arrives at once; to a card it is held and arrives when the bank answers.
    Raises ORDER_NOT_PAID, REFUND_TOO_LATE, REFUND_TOTAL_DIFFERS, CURRENCY_INVALID, REFUND_TOO_HIGH,
    REFUNDS_LIMIT, OUT_REFUND_NO_USED when the terms differ, BALANCE_TOO_LOW when the merchant has not got it.
    """
    order = tx.lock(order)
    known = tx.find(Refund, mchid=order.mchid, out_refund_no=out_refund_no)
    if known is not None:
        if known.order_id != order.id or known.terms != terms:
            raise DomainError(OUT_REFUND_NO_USED, out_refund_no=out_refund_no)
        return known
    _require_refundable(tx, order, terms)
    card = None
    if order.card_id is not None and order.payer_id is not None:
        card = cards.find(tx, order.payer_id, order.card_id)
    to_card = order.card_id is not None
    number = tx.new_id()
    refund, created = tx.insert_or_find(
        Refund(
            mchid=order.mchid,
            id=RefundId(number),
            order_id=order.id,
            out_refund_no=out_refund_no,
            refund_id=f"{REFUND_PREFIX}{number:019d}{tx.new_digits(5)}",
            terms=terms,
            state=RefundState.PROCESSING,
            channel=ORIGINAL,
            user_received_account=cards.spoken(card) if card else "" if to_card else TO_BALANCE,
            trust=trust,
            created_at=tx.now,
        ),
        by=("mchid", "out_refund_no"),
    )
    if not created:  # another order's refund took the number meanwhile
        raise DomainError(OUT_REFUND_NO_USED, out_refund_no=out_refund_no)
    order = tx.update(
        order,
        state=OrderState.REFUND,
        refunded=Fen(order.refunded + terms.amount),
        refunds=order.refunds + 1,
    )
    merchant = ledger.merchant(order.mchid, terms.currency)
    if to_card:
        ledger.hold(
            tx,
            debit=merchant,
            credit=ledger.bank(terms.currency),
            amount=terms.amount,
            code="refund",
            ref=refund.id,
            currency=terms.currency,
        )
        tx.emit(RefundDue(mchid=refund.mchid, refund_id=refund.id), at=Millis(tx.now + CARD_MS))
        return refund
    assert order.payer_id is not None
    ledger.transfer(
        tx,
        debit=merchant,
        credit=ledger.wallet(order.payer_id, terms.currency),
        amount=terms.amount,
        code="refund",
        ref=refund.id,
        currency=terms.currency,
    )
    return _succeed(tx, refund, order, method=orders.BALANCE)


def answer(tx: Tx, refund: Refund) -> Refund:
    """The bank of the payer's card answers a refund. Answering twice changes nothing."""
    refund = tx.lock(refund)
    if refund.state is not RefundState.PROCESSING:
        return refund
    order = orders.get(tx, refund.mchid, refund.order_id)
    card = None
    if order.payer_id is not None and order.card_id is not None:
        card = cards.find(tx, order.payer_id, order.card_id)
    refuses = card is None or card.behaviour in (CardBehaviour.DECLINED, CardBehaviour.TIMEOUT_THEN_FAILURE)
    if refuses and refund.channel == ORIGINAL:
        tx.emit(RefundAbnormal(mchid=refund.mchid, refund_id=refund.id))
        return tx.update(refund, state=RefundState.ABNORMAL)
    held = ledger.find(tx, code="refund", ref=refund.id)
    assert held is not None
    ledger.post(tx, held)
    return _succeed(tx, refund, order, method=refund.user_received_account)


def redirect(tx: Tx, refund: Refund, *, account: str) -> Refund:
    """Send a stuck refund to another bank account. Asking twice changes nothing.

    Raises REFUND_NOT_ABNORMAL.
    """
    refund = tx.lock(refund)
    if refund.channel == OTHER_CARD and refund.user_received_account == account:
        return refund
    if refund.state is not RefundState.ABNORMAL:
        raise DomainError(REFUND_NOT_ABNORMAL, refund_id=refund.refund_id)
    tx.emit(RefundDue(mchid=refund.mchid, refund_id=refund.id), at=Millis(tx.now + CARD_MS))
    return tx.update(refund, state=RefundState.PROCESSING, channel=OTHER_CARD, user_received_account=account)


def get(snapshot: Snapshot, mchid: MchId, refund_id: RefundId) -> Refund:
    return snapshot.get(Refund, mchid=mchid, id=refund_id)


def by_out_refund_no(snapshot: Snapshot, *, mchid: MchId, out_refund_no: str) -> Refund:
    """The merchant's own refund of this number. Raises REFUND_NOT_FOUND."""
    refund = snapshot.find(Refund, mchid=mchid, out_refund_no=out_refund_no)
    if refund is None:
        raise DomainError(REFUND_NOT_FOUND, out_refund_no=out_refund_no)
    return refund


def of_order(snapshot: Snapshot, order: Order) -> list[Refund]:
    """Every refund of an order, first to last."""
    return snapshot.all(
        Refund,
        "where mchid = :mchid and order_id = :order_id order by id limit :limit",
        mchid=order.mchid,
        order_id=order.id,
        limit=MAX_REFUNDS,
    )


def _require_refundable(tx: Tx, order: Order, terms: RefundTerms) -> None:
    if order.state not in (OrderState.SUCCESS, OrderState.REFUND) or order.paid_at is None:
        raise DomainError(ORDER_NOT_PAID, order_id=order.id)
    if terms.currency != order.terms.currency:
        raise DomainError(CURRENCY_INVALID, currency=terms.currency)
    if terms.total != order.terms.amount:
        raise DomainError(REFUND_TOTAL_DIFFERS, total=terms.total)
    if terms.amount > order.terms.amount - order.refunded:
        raise DomainError(REFUND_TOO_HIGH, amount=terms.amount, left=order.terms.amount - order.refunded)
    if order.refunds >= MAX_REFUNDS:
        raise DomainError(REFUNDS_LIMIT, limit=MAX_REFUNDS)
    if tx.now - order.paid_at > WINDOW_MS:
        raise DomainError(REFUND_TOO_LATE, order_id=order.id)


def _succeed(tx: Tx, refund: Refund, order: Order, *, method: str) -> Refund:
    done = tx.update(refund, state=RefundState.SUCCESS, success_at=tx.now)
    assert order.payer_id is not None
    bills.record(
        tx,
        Bill(
            user_id=order.payer_id,
            id=tx.new_id(),
            kind=BillKind.REFUND,
            direction=Direction.IN,
            currency=done.terms.currency,
            amount=done.terms.amount,
            counterpart=merchants.get(tx, done.mchid).name,
            title=order.terms.description,
            method=method,
            at=tx.now,
            mchid=done.mchid,
            order_id=order.id,
            refund_id=done.id,
        ),
    )
    tx.emit(
        RefundSucceeded(
            mchid=done.mchid,
            refund_id=done.id,
            order_id=order.id,
            payer_id=order.payer_id,
            appid=order.terms.appid,
            amount=done.terms.amount,
            currency=done.terms.currency,
        )
    )
    return done
