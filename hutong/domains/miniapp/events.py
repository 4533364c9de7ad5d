"""Every fact mini programs announce."""

from hutong.domains.identity.tables import UserId
from hutong.kernel.clock import Millis
from hutong.kernel.events import Event

from .tables import ReviewId, VersionId, VirtualOrderId


class VersionReleased(Event, topic="miniapp.version_released", key="appid"):
    """Everybody who opens the program from now on gets this version."""

    appid: str
    version_id: VersionId


class ProgramOpened(Event, topic="miniapp.program_opened", key="appid"):
    """A person opened the program. `scene` is the published number of where from."""

    appid: str
    user_id: UserId
    scene: int
    path: str


class SubscribeAnswered(Event, topic="miniapp.subscribe_answered", key="user_id"):
    """A person answered a sheet: `answers` are accept or reject by template."""

    appid: str
    user_id: UserId
    at: Millis
    answers: dict[str, str]


class SubscribeChanged(Event, topic="miniapp.subscribe_changed", key="user_id"):
    """A person refused templates in the settings."""

    appid: str
    user_id: UserId
    at: Millis
    refused: list[str]


class SubscribeMessageSent(Event, topic="miniapp.subscribe_message_sent", key="user_id"):
    """A subscribe message stands among the person's service notices."""

    appid: str
    user_id: UserId
    at: Millis
    template_id: str
    msg_id: int


class ReviewDecided(Event, topic="miniapp.review_decided", key="appid"):
    """A reviewer approved or rejected a version."""

    appid: str
    review_id: ReviewId
    approved: bool
    at: Millis
    submitted_by: UserId


class VirtualPaid(Event, topic="miniapp.virtual_paid", key="order_id"):
    """Virtual goods or coins are paid; coins are the person's already."""

    appid: str
    order_id: VirtualOrderId
    user_id: UserId
    at: Millis


class VirtualRefunded(Event, topic="miniapp.virtual_refunded", key="order_id"):
    """The money of virtual goods or coins is back, some of it or all."""

    appid: str
    order_id: VirtualOrderId
    user_id: UserId
    at: Millis
    out_refund_no: str
    refund_id: str
    amount: int
    begun_at: Millis
