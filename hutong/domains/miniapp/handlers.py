"""What mini programs do when another room announces something."""

from hutong.domains.benefits.events import OfferTaken
from hutong.domains.pay import orders, refunds
from hutong.domains.pay.events import OrderClosed, OrderPaid, RefundSucceeded
from hutong.kernel.db import Tx
from hutong.kernel.events import on

from . import devices, virtual_orders


@on(OrderPaid, name="miniapp.device_order_paid")
def tell_of_payment(tx: Tx, event: OrderPaid) -> None:
    """A device hears that a phone has paid what was ordered on it."""
    if event.named_id is not None:
        devices.tell_of_order(tx, orders.get(tx, event.mchid, event.order_id))


@on(OrderClosed, name="miniapp.device_order_closed")
def tell_of_closing(tx: Tx, event: OrderClosed) -> None:
    """A device need not show an order's code any more."""
    devices.tell_of_order(tx, orders.get(tx, event.mchid, event.order_id))


@on(OfferTaken, name="miniapp.device_offer_taken")
def tell_of_offer(tx: Tx, event: OfferTaken) -> None:
    """A device hears that a phone has taken the coupons it offered."""
    devices.tell_of_offer(tx, guest_id=event.asked_by, code=event.code)


@on(OrderPaid, name="miniapp.virtual_order_paid")
def hand_out(tx: Tx, event: OrderPaid) -> None:
    """Coins are the person's at once; of goods the program's server hears."""
    virtual_orders.paid(tx, mchid=event.mchid, order_id=event.order_id)


@on(RefundSucceeded, name="miniapp.virtual_order_refunded")
def tell_of_refund(tx: Tx, event: RefundSucceeded) -> None:
    """The program's server hears that the money is back."""
    virtual_orders.refunded(tx, refunds.get(tx, event.mchid, event.refund_id))
