"""Every fact benefits announces."""

from enum import StrEnum

from hutong.domains.identity.tables import UserId
from hutong.kernel.clock import Millis
from hutong.kernel.events import Event

from .tables import CouponId


class Source(StrEnum):
    """Where a coupon was redeemed, by the published names: by the shop's server, or in the console."""

    API = "FROM_API"
    CONSOLE = "FROM_MP"


class CouponTaken(Event, topic="benefits.coupon_taken", key="coupon_id"):
    """A person has one more coupon of the account `appid`."""

    coupon_id: CouponId
    appid: str
    user_id: UserId
    card_id: str
    code: str
    outer_str: str
    at: Millis


class CouponConsumed(Event, topic="benefits.coupon_consumed", key="coupon_id"):
    """A coupon was redeemed."""

    coupon_id: CouponId
    appid: str
    user_id: UserId
    card_id: str
    code: str
    outer_str: str
    source: Source
    at: Millis


class CouponDeleted(Event, topic="benefits.coupon_deleted", key="coupon_id"):
    """A person threw a coupon away."""

    coupon_id: CouponId
    appid: str
    user_id: UserId
    card_id: str
    code: str
    at: Millis


class OfferOver(Event, topic="benefits.offer_over", key="code"):
    """The time of an offer has passed: a timer."""

    code: str


class OfferTaken(Event, topic="benefits.offer_taken", key="code"):
    """A phone took what a device's guest was offered."""

    code: str
    asked_by: UserId
