"""Sales: counted once for each event, on the day the thing was done."""

from hutong.domains.insight import sales
from hutong.domains.insight.handlers import count_payment, count_refund
from hutong.domains.pay import orders, refunds
from hutong.domains.pay.events import OrderPaid, RefundSucceeded
from hutong.domains.pay.tables import RefundTerms
from hutong.kernel.clock import DAY_MS, HandWound, day_of, start_of
from hutong.kernel.db import Tx
from hutong.kernel.money import Fen
from tests.domains.builders import a_merchant, a_payer, order_terms


def test_a_day_holds_what_was_paid_and_given_back_on_it(tx: Tx, clock: HandWound) -> None:
    ann, shop = a_payer(tx, balance=1000), a_merchant(tx)
    today = day_of(tx.now)
    for number in ("TEA-001", "TEA-002"):
        order = orders.place(tx, mchid=shop.mchid, out_trade_no=number, terms=order_terms(amount=120))
        orders.pay(tx, order, payer_id=ann)
    for paid in tx.emitted(OrderPaid):
        count_payment(tx, paid)
    clock.advance(DAY_MS)
    tx.now = clock.now()
    terms = RefundTerms(amount=Fen(50), total=Fen(120))
    refunds.place(
        tx, order=orders.get(tx, shop.mchid, order.id), out_refund_no="R1", terms=terms, trust=shop.trust
    )
    count_refund(tx, tx.emitted(RefundSucceeded)[0])

    before, first, second = sales.by_day(tx, shop.mchid, first=today - 1, last=today + 1)
    assert (before.paid, before.refunded) == (0, 0)
    assert (first.paid, first.paid_amount, first.refunded) == (2, 240, 0)
    assert (second.paid, second.refunded, second.refunded_amount) == (0, 1, 50)
    assert sales.by_day(tx, a_merchant(tx).mchid, first=today, last=today)[0].paid == 0


def test_a_day_begins_at_midnight_of_utc_8() -> None:
    day = day_of(1_780_000_000_000)
    assert day_of(start_of(day)) == day
    assert day_of(start_of(day) - 1) == day - 1
    assert (start_of(day) + 8 * 3_600_000) % DAY_MS == 0
