"""Orders: a merchant asks to be paid, a payer pays, once."""

import datetime as dt
from functools import lru_cache
from typing import Any

from hutong.domains.apps import openids
from hutong.domains.identity.tables import UserId
from hutong.kernel.clock import DAY_MS, HOUR_MS, MINUTE_MS, Millis
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError
from hutong.kernel.money import CNY, Fen

from . import bills, cards, ledger, merchants
from .errors import (
    AMOUNT_INVALID,
    CREDIT_REFUSED,
    CURRENCY_INVALID,
    EXPIRY_INVALID,
    ORDER_CLOSED,
    ORDER_NOT_FOUND,
    ORDER_PAID,
    OUT_TRADE_NO_USED,
    PREPAY_EXPIRED,
    WRONG_PAYER,
)
from .events import OrderClosed, OrderExpired, OrderPaid
from .tables import (
    Bill,
    BillKind,
    Card,
    CardKind,
    Direction,
    MchId,
    Order,
    OrderId,
    OrderState,
    Terms,
    TradeType,
    Trust,
)

LIFETIME_MS = 2 * HOUR_MS  # the published validity of a prepay_id, and of an order that names no end
SHORTEST_MS, LONGEST_MS = MINUTE_MS, 7 * DAY_MS  # the published bounds of time_expire
MAX_TOTAL = Fen(1_000_000_00)  # an order's limit: a million yuan
PAGE = 100
LOOKED_THROUGH = 2000  # orders that one page of a filtered list looks at
NO_CREDIT = "no_credit"
BALANCE = "零钱"
BALANCE_TYPE = "OTHERS"  # the published bank_type of a payment from the balance
PREPAY_PREFIX = "wx"
TRANSACTION_PREFIX = "4200"
BEIJING = dt.timezone(dt.timedelta(hours=8))
_SCANNED = (TradeType.NATIVE, TradeType.MWEB)
_PAID = (OrderState.SUCCESS, OrderState.REFUND)


def place(
    tx: Tx,
    *,
    mchid: MchId,
    out_trade_no: str,
    terms: Terms,
    expires_at: Millis | None = None,
    trust: Trust = Trust.CERTIFICATE,
) -> Order:
    """Open an order, or return the one already open under this number.

    Merchants may retry freely: the same number with the same terms is the same order, with a fresh
    `prepay_id` when the first has run out. `expires_at` is `terms.time_expire` in business time.
    Raises ORDER_PAID or ORDER_CLOSED when it is no longer open, OUT_TRADE_NO_USED when terms differ,
    AMOUNT_INVALID, CURRENCY_INVALID, EXPIRY_INVALID.
    """
    if not 1 <= terms.amount <= MAX_TOTAL:
        raise DomainError(AMOUNT_INVALID, amount=terms.amount, limit=MAX_TOTAL)
    if terms.currency != CNY:
        raise DomainError(CURRENCY_INVALID, currency=terms.currency)
    ends_at = Millis(tx.now + LIFETIME_MS) if expires_at is None else expires_at
    order, created = tx.insert_or_find(
        Order(
            mchid=mchid,
            id=OrderId(tx.new_id()),
            out_trade_no=out_trade_no,
            prepay_id=_new_prepay_id(tx),
            prepay_expires_at=Millis(min(tx.now + LIFETIME_MS, ends_at)),
            code=tx.new_handle("", 16) if terms.trade_type in _SCANNED else None,
            terms=terms,
            state=OrderState.NOTPAY,
            trust=trust,
            created_at=tx.now,
            expires_at=ends_at,
        ),
        by=("mchid", "out_trade_no"),
    )
    if created:
        if not SHORTEST_MS <= ends_at - tx.now <= LONGEST_MS:
            raise DomainError(EXPIRY_INVALID, time_expire=terms.time_expire)
        tx.emit(OrderExpired(mchid=mchid, order_id=order.id), at=order.expires_at)
        return order
    if order.state in _PAID:
        raise DomainError(ORDER_PAID, out_trade_no=out_trade_no)
    if order.state is OrderState.CLOSED or tx.now >= order.expires_at:
        raise DomainError(ORDER_CLOSED, out_trade_no=out_trade_no)
    if order.terms != terms:
        raise DomainError(OUT_TRADE_NO_USED, out_trade_no=out_trade_no)
    if tx.now >= order.prepay_expires_at:
        return tx.update(
            order,
            prepay_id=_new_prepay_id(tx),
            prepay_expires_at=Millis(min(tx.now + LIFETIME_MS, order.expires_at)),
        )
    return order


def require_payer(order: Order, payer_id: UserId) -> None:
    """Raises WRONG_PAYER when the merchant named somebody else, unless that one handed the order over."""
    named = order.terms.payer_id
    if named is not None and named != payer_id and order.code is None:
        raise DomainError(WRONG_PAYER, order_id=order.id)


def require_open(snapshot: Snapshot, order: Order) -> None:
    """Raises ORDER_PAID, ORDER_CLOSED, PREPAY_EXPIRED."""
    match shown_state(snapshot, order):
        case OrderState.SUCCESS | OrderState.REFUND:
            raise DomainError(ORDER_PAID, order_id=order.id)
        case OrderState.CLOSED:
            raise DomainError(ORDER_CLOSED, order_id=order.id)
    if snapshot.now >= order.prepay_expires_at:
        raise DomainError(PREPAY_EXPIRED, order_id=order.id)


def hand_over(tx: Tx, order: Order, *, by: UserId) -> Order:
    """Let whoever holds the order's `code` pay it in place of `by`; again it is the same code.

    Raises ORDER_PAID, ORDER_CLOSED, PREPAY_EXPIRED, WRONG_PAYER when the order is not theirs.
    """
    order = tx.lock(order)
    require_open(tx, order)
    if order.terms.payer_id != by:
        raise DomainError(WRONG_PAYER, order_id=order.id)
    return order if order.code is not None else tx.update(order, code=tx.new_handle("", 16))


def take_back(tx: Tx, order: Order, *, by: UserId) -> Order:
    """Only `by` may pay it from now on; one that was paid stays paid. Raises WRONG_PAYER."""
    order = tx.lock(order)
    if order.terms.payer_id != by:
        raise DomainError(WRONG_PAYER, order_id=order.id)
    if order.state is not OrderState.NOTPAY or order.code is None:
        return order
    return tx.update(order, code=None)


def pay(tx: Tx, order: Order, *, payer_id: UserId, card: Card | None = None) -> Order:
    """Settle an order from the payer's balance or card. Paying again what one has paid changes nothing.

    Raises ORDER_CLOSED once closed or expired, ORDER_PAID when somebody else was first, WRONG_PAYER,
    BALANCE_TOO_LOW if the wallet cannot cover it; with a card CREDIT_REFUSED, CARD_REFUSED, BANK_SILENT.
    """
    order = tx.lock(order)
    if order.state in _PAID:
        if order.payer_id != payer_id:
            raise DomainError(ORDER_PAID, order_id=order.id)
        return order
    if order.state is OrderState.CLOSED or tx.now >= order.expires_at:
        raise DomainError(ORDER_CLOSED, order_id=order.id)
    require_payer(order, payer_id)
    terms = order.terms
    if card is None:
        debit = ledger.wallet(payer_id, terms.currency)
    else:
        assert card.user_id == payer_id
        if card.kind is CardKind.CREDIT and NO_CREDIT in terms.limit_pay:
            raise DomainError(CREDIT_REFUSED, order_id=order.id)
        cards.require_charge(card)
        debit = ledger.bank(terms.currency)
    merchant = merchants.get(tx, order.mchid)
    ledger.transfer(
        tx,
        debit=debit,
        credit=ledger.merchant(order.mchid, terms.currency),
        amount=terms.amount,
        code="order",
        ref=order.id,
        currency=terms.currency,
    )
    paid = tx.update(
        order,
        state=OrderState.SUCCESS,
        payer_id=payer_id,
        openid=terms.openid or openids.of(tx, appid=terms.appid, user_id=payer_id),
        card_id=card.id if card else None,
        bank_type=card.bank_type if card else BALANCE_TYPE,
        transaction_id=f"{TRANSACTION_PREFIX}{order.id:019d}{tx.new_digits(5)}",
        paid_at=tx.now,
    )
    bills.record(
        tx,
        Bill(
            user_id=payer_id,
            id=tx.new_id(),
            kind=BillKind.PAYMENT,
            direction=Direction.OUT,
            currency=terms.currency,
            amount=terms.amount,
            counterpart=merchant.name,
            title=terms.description,
            method=cards.spoken(card) if card else BALANCE,
            at=tx.now,
            mchid=order.mchid,
            order_id=order.id,
        ),
    )
    tx.emit(
        OrderPaid(
            mchid=paid.mchid,
            order_id=paid.id,
            payer_id=payer_id,
            appid=terms.appid,
            amount=terms.amount,
            currency=terms.currency,
            named_id=None if terms.payer_id in (None, payer_id) else UserId(terms.payer_id),
        )
    )
    return paid


def close(tx: Tx, order: Order) -> Order:
    """End an open order: it can no longer be paid. Closing twice changes nothing. Raises ORDER_PAID."""
    order = tx.lock(order)
    if order.state in _PAID:
        raise DomainError(ORDER_PAID, order_id=order.id)
    if order.state is OrderState.CLOSED:
        return order
    closed = tx.update(order, state=OrderState.CLOSED)
    tx.emit(OrderClosed(mchid=closed.mchid, order_id=closed.id))
    return closed


def expire(tx: Tx, order: Order) -> None:
    """Close an order whose time is over; one that was paid or closed stays what it is."""
    order = tx.lock(order)
    if order.state is OrderState.NOTPAY and tx.now >= order.expires_at:
        close(tx, order)


def shown_state(snapshot: Snapshot, order: Order) -> OrderState:
    """The state as the merchant should see it: past its time, an order is closed."""
    if order.state is OrderState.NOTPAY and snapshot.now >= order.expires_at:
        return OrderState.CLOSED
    return order.state


def get(snapshot: Snapshot, mchid: MchId, order_id: OrderId) -> Order:
    return snapshot.get(Order, mchid=mchid, id=order_id)


def list_(
    snapshot: Snapshot,
    *,
    mchid: MchId,
    state: OrderState | None = None,
    since: int | None = None,
    until: int | None = None,
    before: int | None = None,
    limit: int = PAGE,
) -> tuple[list[Order], OrderId | None]:
    """A merchant's orders, newest first, and where the next page begins: None at the end.

    A filter looks through a bounded number of orders at a time, so a page may be short, even empty, and yet
    not be the last. `since` and `until` are moments of business time the order was placed at.
    """
    asked: dict[str, Any] = {"mchid": mchid, "before": 2**63 - 1 if before is None else before}
    wanted = {
        "state = :state": None if state is None else state.value,
        "created_at >= :since": since,
        "created_at < :until": until,
    }
    filters = {condition: value for condition, value in wanted.items() if value is not None}
    conditions = ["mchid = :mchid", "id < :before"]
    end: OrderId | None = None
    if filters:
        window = snapshot.rows(
            "select id from pay_order where mchid = :mchid and id < :before order by id desc limit :window",
            window=LOOKED_THROUGH,
            **asked,
        )
        end = OrderId(window[-1][0]) if len(window) == LOOKED_THROUGH else None
        conditions += ["id >= :last", *filters]
        asked |= {condition.rpartition(":")[2]: value for condition, value in filters.items()}
        asked["last"] = window[-1][0] if window else 0
    limit = min(limit, PAGE)
    found = snapshot.all(
        Order, f"where {' and '.join(conditions)} order by id desc limit :limit", limit=limit, **asked
    )
    return found, found[-1].id if len(found) == limit else end


def by_out_trade_no(snapshot: Snapshot, *, mchid: MchId, out_trade_no: str) -> Order:
    """The merchant's own order of this number. Raises ORDER_NOT_FOUND."""
    order = snapshot.find(Order, mchid=mchid, out_trade_no=out_trade_no)
    if order is None:
        raise DomainError(ORDER_NOT_FOUND, out_trade_no=out_trade_no)
    return order


def by_transaction_id(snapshot: Snapshot, *, mchid: MchId, transaction_id: str) -> Order:
    """The merchant's own order paid under this number. Raises ORDER_NOT_FOUND."""
    order = snapshot.find(Order, transaction_id=transaction_id)
    if order is None or order.mchid != mchid:
        raise DomainError(ORDER_NOT_FOUND, transaction_id=transaction_id)
    return order


def by_prepay_id(snapshot: Snapshot, prepay_id: str) -> Order:
    """Raises ORDER_NOT_FOUND."""
    order = snapshot.find(Order, prepay_id=prepay_id)
    if order is None:
        raise DomainError(ORDER_NOT_FOUND, prepay_id=prepay_id)
    return order


def by_code(snapshot: Snapshot, code: str) -> Order:
    """The order behind a scanned code. Raises ORDER_NOT_FOUND."""
    order = snapshot.find(Order, code=code)
    if order is None:
        raise DomainError(ORDER_NOT_FOUND)
    return order


def _new_prepay_id(tx: Tx) -> str:
    return f"{PREPAY_PREFIX}{_written(tx.now // 1000)}{tx.new_hex(20)}"


@lru_cache(maxsize=256)
def _written(second: int) -> str:
    return f"{dt.datetime.fromtimestamp(second, BEIJING):%Y%m%d%H%M%S}"
