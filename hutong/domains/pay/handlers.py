"""What pay does when a moment it set for itself comes."""

from hutong.kernel.db import Tx
from hutong.kernel.events import on

from . import cards, orders, refunds, remittances
from .events import OrderExpired, RefundDue, RemittanceDue


@on(OrderExpired, name="pay.expire_order")
def expire_order(tx: Tx, event: OrderExpired) -> None:
    """Close an order nobody paid in time."""
    orders.expire(tx, orders.get(tx, event.mchid, event.order_id))


@on(RefundDue, name="pay.answer_refund")
def answer_refund(tx: Tx, event: RefundDue) -> None:
    """Let the bank answer a refund to a card."""
    refunds.answer(tx, refunds.get(tx, event.mchid, event.refund_id))


@on(RemittanceDue, name="pay.answer_remittance")
def answer_remittance(tx: Tx, event: RemittanceDue) -> None:
    """Let a bank that kept silent answer."""
    remittance = remittances.get(tx, event.user_id, event.remittance_id)
    remittances.answer(tx, remittance, card=cards.find(tx, remittance.user_id, remittance.card_id))
