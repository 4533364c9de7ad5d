"""Orders: paid once, by the right person, from what they have."""

import pytest

from hutong.domains.pay import cards, ledger, orders
from hutong.domains.pay.errors import (
    AMOUNT_INVALID,
    BALANCE_TOO_LOW,
    BANK_SILENT,
    CARD_REFUSED,
    CREDIT_REFUSED,
    CURRENCY_INVALID,
    EXPIRY_INVALID,
    ORDER_CLOSED,
    ORDER_PAID,
    OUT_TRADE_NO_USED,
    WRONG_PAYER,
)
from hutong.domains.pay.events import OrderClosed, OrderExpired, OrderPaid
from hutong.domains.pay.handlers import expire_order
from hutong.domains.pay.tables import Bill, CardBehaviour, CardKind, OrderState, TradeType
from hutong.kernel.clock import DAY_MS, HOUR_MS, MINUTE_MS, HandWound, Millis
from hutong.kernel.db import Tx
from hutong.kernel.errors import DomainError, ErrorCode
from tests.domains.builders import a_merchant, a_payer, order_terms
from tests.domains.pay import refused


def test_paying_twice_moves_the_money_once(tx: Tx) -> None:
    ann, shop = a_payer(tx, balance=500), a_merchant(tx)
    order = orders.place(tx, mchid=shop.mchid, out_trade_no="TEA-01", terms=order_terms(amount=120))

    paid = orders.pay(tx, order, payer_id=ann)
    assert orders.pay(tx, order, payer_id=ann) == paid

    assert ledger.balance(tx, ledger.wallet(ann)) == 380
    assert ledger.balance(tx, ledger.merchant(shop.mchid)) == 120
    assert len(tx.emitted(OrderPaid)) == 1
    (bill,) = tx.all(Bill, "where user_id = :ann limit 5", ann=ann)
    assert (bill.amount, bill.counterpart, bill.title, bill.method) == (120, shop.name, "Oolong", "零钱")
    assert (
        paid.transaction_id is not None and len(paid.transaction_id) == 28 and paid.transaction_id.isdigit()
    )
    assert ledger.audit(tx) == []


def test_placing_again_with_the_same_terms_is_the_same_order(tx: Tx) -> None:
    shop = a_merchant(tx)
    first = orders.place(tx, mchid=shop.mchid, out_trade_no="TEA-01", terms=order_terms())
    assert orders.place(tx, mchid=shop.mchid, out_trade_no="TEA-01", terms=order_terms()) == first
    assert len(first.prepay_id) == 36 and first.prepay_id.startswith("wx")


def test_other_terms_under_the_same_number_are_refused(tx: Tx) -> None:
    shop = a_merchant(tx)
    orders.place(tx, mchid=shop.mchid, out_trade_no="TEA-01", terms=order_terms(amount=120))
    for other in (order_terms(amount=121), order_terms(amount=120, attach="table 5")):
        refused(OUT_TRADE_NO_USED, orders.place, tx, mchid=shop.mchid, out_trade_no="TEA-01", terms=other)


def test_a_number_is_one_merchants_own(tx: Tx) -> None:
    one, other = a_merchant(tx), a_merchant(tx)
    first = orders.place(tx, mchid=one.mchid, out_trade_no="TEA-01", terms=order_terms())
    second = orders.place(tx, mchid=other.mchid, out_trade_no="TEA-01", terms=order_terms(amount=7))
    assert first.id != second.id


def test_a_paid_order_cannot_be_placed_closed_or_paid_by_another(tx: Tx) -> None:
    ann, ben, shop = a_payer(tx, balance=500), a_payer(tx, balance=500), a_merchant(tx)
    order = orders.place(tx, mchid=shop.mchid, out_trade_no="TEA-01", terms=order_terms())
    orders.pay(tx, order, payer_id=ann)
    refused(
        ORDER_PAID, lambda: orders.place(tx, mchid=shop.mchid, out_trade_no="TEA-01", terms=order_terms())
    )
    refused(ORDER_PAID, lambda: orders.close(tx, order))
    refused(ORDER_PAID, lambda: orders.pay(tx, order, payer_id=ben))
    assert ledger.balance(tx, ledger.wallet(ben)) == 500


def test_a_closed_order_is_neither_paid_nor_placed_again(tx: Tx) -> None:
    ann, shop = a_payer(tx, balance=500), a_merchant(tx)
    order = orders.place(tx, mchid=shop.mchid, out_trade_no="TEA-01", terms=order_terms())
    assert orders.close(tx, orders.close(tx, order)).state is OrderState.CLOSED
    assert len(tx.emitted(OrderClosed)) == 1
    refused(ORDER_CLOSED, lambda: orders.pay(tx, order, payer_id=ann))
    refused(
        ORDER_CLOSED, lambda: orders.place(tx, mchid=shop.mchid, out_trade_no="TEA-01", terms=order_terms())
    )


def test_an_order_ends_at_its_time_and_its_timer_closes_it(tx: Tx, clock: HandWound) -> None:
    ann, shop = a_payer(tx, balance=500), a_merchant(tx)
    order = orders.place(
        tx,
        mchid=shop.mchid,
        out_trade_no="TEA-01",
        terms=order_terms(time_expire="x"),
        expires_at=Millis(tx.now + 5 * MINUTE_MS),
    )
    timer = OrderExpired(mchid=order.mchid, order_id=order.id)
    expire_order(tx, timer)
    assert orders.get(tx, order.mchid, order.id).state is OrderState.NOTPAY
    clock.advance(5 * MINUTE_MS)
    assert orders.shown_state(tx, order) is OrderState.CLOSED
    refused(ORDER_CLOSED, lambda: orders.pay(tx, order, payer_id=ann))
    expire_order(tx, timer)
    expire_order(tx, timer)
    assert orders.get(tx, order.mchid, order.id).state is OrderState.CLOSED
    assert len(tx.emitted(OrderClosed)) == 1


def test_a_paid_order_outlives_its_timer(tx: Tx, clock: HandWound) -> None:
    ann, shop = a_payer(tx, balance=500), a_merchant(tx)
    order = orders.place(tx, mchid=shop.mchid, out_trade_no="TEA-01", terms=order_terms())
    orders.pay(tx, order, payer_id=ann)
    clock.advance(DAY_MS)
    expire_order(tx, OrderExpired(mchid=order.mchid, order_id=order.id))
    assert orders.get(tx, order.mchid, order.id).state is OrderState.SUCCESS


def test_a_long_order_gets_a_fresh_prepay_id_every_two_hours(tx: Tx, clock: HandWound) -> None:
    shop, end = a_merchant(tx), Millis(tx.now + 3 * DAY_MS)

    def place() -> str:
        return orders.place(
            tx,
            mchid=shop.mchid,
            out_trade_no="TEA-01",
            terms=order_terms(time_expire="x"),
            expires_at=end,
        ).prepay_id

    first = place()
    clock.advance(2 * HOUR_MS)
    assert place() != first


@pytest.mark.parametrize("ahead", [-1, 59_999, 7 * DAY_MS + 1])
def test_an_order_ends_within_a_minute_to_seven_days(tx: Tx, ahead: int) -> None:
    shop = a_merchant(tx)
    refused(
        EXPIRY_INVALID,
        lambda: orders.place(
            tx,
            mchid=shop.mchid,
            out_trade_no="TEA-01",
            terms=order_terms(),
            expires_at=Millis(tx.now + ahead),
        ),
    )


@pytest.mark.parametrize(
    ("amount", "currency", "code"),
    [
        (0, "CNY", AMOUNT_INVALID),
        (-1, "CNY", AMOUNT_INVALID),
        (orders.MAX_TOTAL + 1, "CNY", AMOUNT_INVALID),
        (1, "USD", CURRENCY_INVALID),
    ],
)
def test_odd_amounts_are_refused(tx: Tx, amount: int, currency: str, code: ErrorCode) -> None:
    shop, terms = a_merchant(tx), order_terms(amount=amount, currency=currency)
    refused(code, lambda: orders.place(tx, mchid=shop.mchid, out_trade_no="TEA-01", terms=terms))


def test_an_empty_wallet_pays_nothing(tx: Tx) -> None:
    ann, shop = a_payer(tx, balance=119), a_merchant(tx)
    order = orders.place(tx, mchid=shop.mchid, out_trade_no="TEA-01", terms=order_terms(amount=120))
    tx.run("savepoint before")
    refused(BALANCE_TOO_LOW, lambda: orders.pay(tx, order, payer_id=ann))
    tx.run("rollback to savepoint before")
    assert orders.get(tx, order.mchid, order.id).state is OrderState.NOTPAY
    assert ledger.balance(tx, ledger.wallet(ann)) == 119


def test_only_the_named_payer_pays(tx: Tx) -> None:
    ann, ben, shop = a_payer(tx, balance=500), a_payer(tx, balance=500), a_merchant(tx)
    terms = order_terms(trade_type=TradeType.JSAPI, payer_id=ann)
    order = orders.place(tx, mchid=shop.mchid, out_trade_no="TEA-01", terms=terms)
    refused(WRONG_PAYER, lambda: orders.pay(tx, order, payer_id=ben))
    assert orders.pay(tx, order, payer_id=ann).state is OrderState.SUCCESS


def test_a_card_pays_unless_the_bank_or_the_merchant_refuses(tx: Tx) -> None:
    ann, shop = a_payer(tx), a_merchant(tx)
    credit = cards.bind(tx, user_id=ann, bank="CMB", kind=CardKind.CREDIT)
    debit = cards.bind(tx, user_id=ann, bank="ICBC", last4="0042")
    order = orders.place(
        tx, mchid=shop.mchid, out_trade_no="TEA-01", terms=order_terms(limit_pay=["no_credit"])
    )
    refused(CREDIT_REFUSED, lambda: orders.pay(tx, order, payer_id=ann, card=credit))
    for behaviour, code in (
        (CardBehaviour.DECLINED, CARD_REFUSED),
        (CardBehaviour.INSUFFICIENT_FUNDS, CARD_REFUSED),
        (CardBehaviour.TIMEOUT_THEN_SUCCESS, BANK_SILENT),
    ):
        broken = cards.set_behaviour(tx, debit, behaviour)
        refused(code, orders.pay, tx, order, payer_id=ann, card=broken)
    paid = orders.pay(tx, order, payer_id=ann, card=debit)
    assert paid.bank_type == "ICBC_DEBIT"
    assert tx.all(Bill, "where user_id = :ann limit 5", ann=ann)[0].method == "工商银行借记卡0042"
    assert ledger.balance(tx, ledger.merchant(shop.mchid)) == 120
    assert ledger.audit(tx) == []


def test_nobody_elses_number_is_found(tx: Tx) -> None:
    ann, one, other = a_payer(tx, balance=500), a_merchant(tx), a_merchant(tx)
    order = orders.place(tx, mchid=one.mchid, out_trade_no="TEA-01", terms=order_terms())
    paid = orders.pay(tx, order, payer_id=ann)
    assert paid.transaction_id is not None
    with pytest.raises(DomainError):
        orders.by_out_trade_no(tx, mchid=other.mchid, out_trade_no="TEA-01")
    with pytest.raises(DomainError):
        orders.by_transaction_id(tx, mchid=other.mchid, transaction_id=paid.transaction_id)
    assert orders.by_transaction_id(tx, mchid=one.mchid, transaction_id=paid.transaction_id) == paid
