"""What insight counts when other rooms announce something."""

from hutong.domains.miniapp.events import ProgramOpened
from hutong.domains.pay import orders, refunds
from hutong.domains.pay.events import OrderPaid, RefundSucceeded
from hutong.kernel.clock import day_of
from hutong.kernel.db import Tx
from hutong.kernel.events import on

from . import openings, sales


@on(OrderPaid, name="insight.count_payment")
def count_payment(tx: Tx, event: OrderPaid) -> None:
    """A sale, on the day it was paid."""
    order = orders.get(tx, event.mchid, event.order_id)
    assert order.paid_at is not None
    sales.count(tx, mchid=event.mchid, currency=event.currency, at=order.paid_at, paid=event.amount)


@on(RefundSucceeded, name="insight.count_refund")
def count_refund(tx: Tx, event: RefundSucceeded) -> None:
    """Money given back, on the day it arrived."""
    refund = refunds.get(tx, event.mchid, event.refund_id)
    assert refund.success_at is not None
    sales.count(tx, mchid=event.mchid, currency=event.currency, at=refund.success_at, refunded=event.amount)


@on(ProgramOpened, name="insight.count_opening")
def count_opening(tx: Tx, event: ProgramOpened) -> None:
    """An opening, on the day it is counted."""
    openings.count(tx, appid=event.appid, day=day_of(tx.now), way=openings.way_of(event.scene))
