"""The tables of benefits: cards, who holds how many of one, coupons, offers."""

from enum import StrEnum
from typing import NewType

from hutong.domains.identity.tables import UserId
from hutong.kernel.clock import Millis
from hutong.kernel.frozen import Frozen
from hutong.kernel.rows import Row, table

CouponId = NewType("CouponId", int)


class CouponKind(StrEnum):
    """The published kinds of coupon."""

    GROUPON = "GROUPON"
    CASH = "CASH"
    DISCOUNT = "DISCOUNT"
    GIFT = "GIFT"
    GENERAL_COUPON = "GENERAL_COUPON"


class CodeType(StrEnum):
    """How a coupon's code is shown, by the published names."""

    TEXT = "CODE_TYPE_TEXT"
    BARCODE = "CODE_TYPE_BARCODE"
    QRCODE = "CODE_TYPE_QRCODE"
    ONLY_BARCODE = "CODE_TYPE_ONLY_BARCODE"
    ONLY_QRCODE = "CODE_TYPE_ONLY_QRCODE"
    NONE = "CODE_TYPE_NONE"


class Color(StrEnum):
    COLOR010 = "Color010"
    COLOR020 = "Color020"
    COLOR030 = "Color030"
    COLOR040 = "Color040"
    COLOR050 = "Color050"
    COLOR060 = "Color060"
    COLOR070 = "Color070"
    COLOR080 = "Color080"
    COLOR081 = "Color081"
    COLOR082 = "Color082"
    COLOR090 = "Color090"
    COLOR100 = "Color100"
    COLOR101 = "Color101"
    COLOR102 = "Color102"


class DateType(StrEnum):
    RANGE = "DATE_TYPE_FIX_TIME_RANGE"
    TERM = "DATE_TYPE_FIX_TERM"


class CouponState(StrEnum):
    """What is written down. That a coupon has run out is read from the clock: see `coupons.state`."""

    NORMAL = "NORMAL"
    CONSUMED = "CONSUMED"
    DELETE = "DELETE"
    UNAVAILABLE = "UNAVAILABLE"


class OfferStanding(StrEnum):
    OPEN = "OPEN"
    TAKEN = "TAKEN"
    CLOSED = "CLOSED"


class Validity(Frozen):
    """How long a coupon holds. RANGE: between two moments of business time. TERM: for `days` days of UTC+8, the
    first of them `begin_days` after the taking; 0 begins at once.
    """

    type: DateType
    begins_at: Millis | None = None
    ends_at: Millis | None = None
    begin_days: int = 0
    days: int = 0


class Link(Frozen):
    """A way on from a coupon's page: to `path` of the program `appid`, else to `url`."""

    title: str
    sub_title: str = ""
    url: str = ""
    appid: str = ""
    path: str = ""


class Terms(Frozen):
    """All that is said of a card. `detail` is what the coupon is good for, in words; sums are in fen, and
    `discount` is how much of a hundred is taken off.
    """

    brand_name: str
    title: str
    color: Color
    code_type: CodeType
    notice: str
    description: str
    validity: Validity
    logo_url: str = ""
    sub_title: str = ""
    service_phone: str = ""
    get_limit: int = 50
    use_limit: int = 50
    use_custom_code: bool = False
    bind_openid: bool = False
    center: Link | None = None
    custom: Link | None = None
    promotion: Link | None = None
    detail: str = ""
    least_cost: int = 0
    reduce_cost: int = 0
    discount: int = 0


@table(
    "benefits_card",
    key="card_id",
    unique=[("appid", "client_id")],
    index=[("appid", "number")],
    checks=["quantity >= 0", "used >= 0 and used <= taken"],
)
class Card(Row):
    """A kind of coupon of an official account. `quantity` is what is left to be taken.

    `number` is its place among the account's, the newest highest. A deleted one gives nothing more; what was taken
    of it goes on. `client_id` names it to whoever made it by hand, so that it is made once.
    """

    card_id: str
    appid: str
    number: int
    kind: CouponKind
    terms: Terms
    quantity: int
    taken: int
    used: int
    created_at: Millis
    updated_at: Millis
    deleted_at: Millis | None = None
    client_id: str | None = None


@table("benefits_holding", key=("card_id", "user_id"), shard="card_id")
class Holding(Row):
    """How many of a card one person ever took and used: what its limits are held against."""

    card_id: str
    user_id: UserId
    taken: int = 0
    used: int = 0


@table(
    "benefits_coupon",
    key="id",
    unique=[("card_id", "code"), ("card_id", "claim")],
    index=[("appid", "code"), ("user_id", "state", "expires_at", "id"), ("user_id", "appid", "state", "id")],
)
class Coupon(Row):
    """A coupon in a person's card pack. `appid` is the account that made its card.

    `claim` is what it was taken by, so that the same taking again gives the same coupon: the nonce of a signature, or
    the device's own name for the taking. `through` is the program that handed it out. `settled_at` is when it was
    used, deleted or made unavailable, `reason` why the last. What its owner threw away is `hidden`, used or not.
    """

    id: CouponId
    appid: str
    card_id: str
    user_id: UserId
    code: str
    state: CouponState
    claim: str
    through: str
    outer_str: str
    begins_at: Millis
    expires_at: Millis
    taken_at: Millis
    settled_at: Millis | None = None
    reason: str = ""
    hidden: bool = False


class Offered(Frozen):
    """One card of an offer, as the program asked for it: `ext` is the published cardExt, signed by its account."""

    card_id: str
    ext: str


@table("benefits_offer", key="code")
class Offer(Row):
    """Coupons that a program on a device offers to a phone. `asked_by` is the device's guest.

    `coupons` are those that were taken, in the order of `cards`.
    """

    code: str
    appid: str
    asked_by: UserId
    cards: list[Offered]
    state: OfferStanding
    made_at: Millis
    expires_at: Millis
    taken_by: UserId | None = None
    coupons: list[int] = []
