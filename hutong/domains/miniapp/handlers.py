"""What mini programs do when another room announces something."""

from hutong.domains.pay import orders
from hutong.domains.pay.events import OrderClosed, OrderPaid
from hutong.kernel.db import Tx
from hutong.kernel.events import on

from . import devices


@on(OrderPaid, name="miniapp.device_order_paid")
def tell_of_payment(tx: Tx, event: OrderPaid) -> None:
    """A device hears that a phone has paid what was ordered on it."""
    if event.named_id is not None:
        devices.tell_of_order(tx, orders.get(tx, event.mchid, event.order_id))


@on(OrderClosed, name="miniapp.device_order_closed")
def tell_of_closing(tx: Tx, event: OrderClosed) -> None:
    """A device need not show an order's code any more."""
    devices.tell_of_order(tx, orders.get(tx, event.mchid, event.order_id))
