"""Refunds: back to where it came from, never more than was paid, once."""

import pytest

from hutong.domains.identity.tables import UserId
from hutong.domains.pay import cards, ledger, orders, refunds
from hutong.domains.pay.errors import (
    BALANCE_TOO_LOW,
    CURRENCY_INVALID,
    ORDER_NOT_PAID,
    OUT_REFUND_NO_USED,
    REFUND_NOT_ABNORMAL,
    REFUND_TOO_HIGH,
    REFUND_TOO_LATE,
    REFUND_TOTAL_DIFFERS,
    REFUNDS_LIMIT,
)
from hutong.domains.pay.events import RefundAbnormal, RefundDue, RefundSucceeded
from hutong.domains.pay.handlers import answer_refund
from hutong.domains.pay.tables import (
    Bill,
    Card,
    CardBehaviour,
    Merchant,
    Order,
    OrderState,
    RefundState,
    RefundTerms,
)
from hutong.kernel.clock import DAY_MS, HandWound
from hutong.kernel.db import Tx
from hutong.kernel.errors import ErrorCode
from hutong.kernel.money import Fen
from tests.domains.builders import a_merchant, a_payer, order_terms
from tests.domains.pay import refused


def back(amount: int, total: int = 120, **more: str) -> RefundTerms:
    return RefundTerms(amount=Fen(amount), total=Fen(total), **more)


def a_paid_order(
    tx: Tx,
    shop: Merchant,
    payer: UserId,
    *,
    amount: int = 120,
    number: str = "TEA-01",
    card: Card | None = None,
) -> Order:
    order = orders.place(tx, mchid=shop.mchid, out_trade_no=number, terms=order_terms(amount=amount))
    return orders.pay(tx, order, payer_id=payer, card=card)


def test_a_refund_reaches_the_wallet_at_once_and_once(tx: Tx) -> None:
    ann, shop = a_payer(tx, balance=500), a_merchant(tx)
    order = a_paid_order(tx, shop, ann)
    first = refunds.place(tx, order=order, out_refund_no="R1", terms=back(50))
    assert refunds.place(tx, order=order, out_refund_no="R1", terms=back(50)) == first
    assert first.state is RefundState.SUCCESS and first.user_received_account == "支付用户零钱"
    assert ledger.balance(tx, ledger.wallet(ann)) == 430
    assert ledger.balance(tx, ledger.merchant(shop.mchid)) == 70
    assert len(tx.emitted(RefundSucceeded)) == 1
    assert orders.get(tx, order.mchid, order.id).state is OrderState.REFUND
    assert len(tx.all(Bill, "where user_id = :ann limit 5", ann=ann)) == 2
    assert ledger.audit(tx) == []


def test_more_than_was_paid_never_goes_back(tx: Tx) -> None:
    ann, shop = a_payer(tx, balance=500), a_merchant(tx)
    order = a_paid_order(tx, shop, ann)
    refused(REFUND_TOO_HIGH, lambda: refunds.place(tx, order=order, out_refund_no="R1", terms=back(121)))
    refunds.place(tx, order=order, out_refund_no="R1", terms=back(100))
    refused(REFUND_TOO_HIGH, lambda: refunds.place(tx, order=order, out_refund_no="R2", terms=back(21)))
    refunds.place(tx, order=order, out_refund_no="R2", terms=back(20))
    assert ledger.balance(tx, ledger.wallet(ann)) == 500


def test_a_number_names_one_refund(tx: Tx) -> None:
    ann, shop = a_payer(tx, balance=500), a_merchant(tx)
    order, other = a_paid_order(tx, shop, ann), a_paid_order(tx, shop, ann, number="TEA-02")
    refunds.place(tx, order=order, out_refund_no="R1", terms=back(50))
    for target, terms in ((order, back(51)), (order, back(50, reason="cold")), (other, back(50))):
        refused(OUT_REFUND_NO_USED, refunds.place, tx, order=target, out_refund_no="R1", terms=terms)


def test_only_what_was_paid_in_the_last_year_goes_back(tx: Tx, clock: HandWound) -> None:
    ann, shop = a_payer(tx, balance=500), a_merchant(tx)
    open_order = orders.place(tx, mchid=shop.mchid, out_trade_no="TEA-00", terms=order_terms())
    refused(ORDER_NOT_PAID, lambda: refunds.place(tx, order=open_order, out_refund_no="R0", terms=back(1)))
    order = a_paid_order(tx, shop, ann)
    clock.advance(365 * DAY_MS)
    refunds.place(tx, order=order, out_refund_no="R1", terms=back(1))
    clock.advance(1)
    refused(REFUND_TOO_LATE, lambda: refunds.place(tx, order=order, out_refund_no="R2", terms=back(1)))


@pytest.mark.parametrize(
    ("terms", "code"),
    [(back(1, total=121), REFUND_TOTAL_DIFFERS), (back(1, currency="USD"), CURRENCY_INVALID)],
)
def test_terms_that_do_not_fit_the_order_are_refused(tx: Tx, terms: RefundTerms, code: ErrorCode) -> None:
    order = a_paid_order(tx, a_merchant(tx), a_payer(tx, balance=500))
    refused(code, refunds.place, tx, order=order, out_refund_no="R1", terms=terms)


def test_an_order_takes_fifty_refunds(tx: Tx) -> None:
    order = a_paid_order(tx, a_merchant(tx), a_payer(tx, balance=500))
    for number in range(refunds.MAX_REFUNDS):
        refunds.place(tx, order=order, out_refund_no=f"R{number}", terms=back(1))
    refused(REFUNDS_LIMIT, lambda: refunds.place(tx, order=order, out_refund_no="R50", terms=back(1)))
    assert len(refunds.of_order(tx, order)) == 50


def test_a_merchant_without_funds_refunds_nothing(tx: Tx) -> None:
    ann, shop = a_payer(tx, balance=500), a_merchant(tx)
    order = a_paid_order(tx, shop, ann)
    ledger.transfer(
        tx,
        debit=ledger.merchant(shop.mchid),
        credit=ledger.bank(),
        amount=Fen(100),
        code="test_payout",
        ref=1,
    )
    tx.run("savepoint before")
    refused(BALANCE_TOO_LOW, lambda: refunds.place(tx, order=order, out_refund_no="R1", terms=back(21)))
    tx.run("rollback to savepoint before")
    refunds.place(tx, order=order, out_refund_no="R1", terms=back(20))
    assert ledger.audit(tx) == []


def test_a_refund_to_a_card_is_held_until_the_bank_answers(tx: Tx) -> None:
    ann, shop = a_payer(tx), a_merchant(tx)
    card = cards.bind(tx, user_id=ann, bank="CMB", last4="0403")
    order = a_paid_order(tx, shop, ann, card=card)
    refund = refunds.place(tx, order=order, out_refund_no="R1", terms=back(50))
    assert refund.state is RefundState.PROCESSING and refund.user_received_account == "招商银行借记卡0403"
    assert ledger.balance(tx, ledger.merchant(shop.mchid)) == 70
    due = RefundDue(mchid=refund.mchid, refund_id=refund.id)
    answer_refund(tx, due)
    answer_refund(tx, due)
    assert refunds.get(tx, refund.mchid, refund.id).state is RefundState.SUCCESS
    assert len(tx.emitted(RefundSucceeded)) == 1
    assert ledger.held(tx, ledger.merchant(shop.mchid)) == 0 and ledger.audit(tx) == []


def test_a_refund_the_card_does_not_take_waits_for_the_merchants_word(tx: Tx) -> None:
    ann, shop = a_payer(tx), a_merchant(tx)
    card = cards.bind(tx, user_id=ann, bank="CMB", last4="0403")
    order = a_paid_order(tx, shop, ann, card=card)
    refund = refunds.place(tx, order=order, out_refund_no="R1", terms=back(50))
    refused(REFUND_NOT_ABNORMAL, lambda: refunds.redirect(tx, refund, account="工商银行借记卡1"))
    cards.set_behaviour(tx, card, CardBehaviour.DECLINED)
    due = RefundDue(mchid=refund.mchid, refund_id=refund.id)
    answer_refund(tx, due)
    assert refunds.get(tx, refund.mchid, refund.id).state is RefundState.ABNORMAL
    assert len(tx.emitted(RefundAbnormal)) == 1
    assert ledger.held(tx, ledger.merchant(shop.mchid)) == 50
    refunds.redirect(tx, refund, account="工商银行借记卡1")
    answer_refund(tx, due)
    done = refunds.get(tx, refund.mchid, refund.id)
    assert done.state is RefundState.SUCCESS and done.channel == "OTHER_BANKCARD"
    assert ledger.audit(tx) == []
