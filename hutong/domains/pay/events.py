"""Every fact pay announces, and the moments it sets itself."""

from hutong.domains.identity.tables import UserId
from hutong.kernel.events import Event
from hutong.kernel.money import Fen

from .tables import CardId, MchId, OrderId, RefundId


class OrderPaid(Event, topic="pay.order_paid", key="order_id"):
    """The payer's money has reached the merchant's account. `named_id` had handed the order over to the payer."""

    mchid: MchId
    order_id: OrderId
    payer_id: UserId
    appid: str
    amount: Fen
    currency: str = "CNY"
    named_id: UserId | None = None


class OrderClosed(Event, topic="pay.order_closed", key="order_id"):
    """The merchant closed the order, or its time ran out; it can no longer be paid."""

    mchid: MchId
    order_id: OrderId


class OrderExpired(Event, topic="pay.order_expired", key="order_id"):
    """A timer: the order's time is over."""

    mchid: MchId
    order_id: OrderId


class RefundSucceeded(Event, topic="pay.refund_succeeded", key="refund_id"):
    """The payer has the money back."""

    mchid: MchId
    refund_id: RefundId
    order_id: OrderId
    payer_id: UserId
    appid: str
    amount: Fen
    currency: str = "CNY"


class RefundAbnormal(Event, topic="pay.refund_abnormal", key="refund_id"):
    """The payer's card takes nothing; the merchant must say where the money goes."""

    mchid: MchId
    refund_id: RefundId


class RefundDue(Event, topic="pay.refund_due", key="refund_id"):
    """A timer: the bank answers a refund to a card."""

    mchid: MchId
    refund_id: RefundId


class RemittanceDue(Event, topic="pay.remittance_due", key="remittance_id"):
    """A timer: a bank that kept silent answers."""

    user_id: UserId
    remittance_id: int


class RemittanceSettled(Event, topic="pay.remittance_settled", key="remittance_id"):
    """A top-up or a withdrawal went through, or did not."""

    user_id: UserId
    remittance_id: int
    card_id: CardId
    succeeded: bool
