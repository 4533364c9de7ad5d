"""The tables of mini programs: versions, one-time codes, sessions, visits, links, subscribe messages, devices."""

from enum import IntEnum, StrEnum
from typing import NewType

from hutong.domains.apps.tables import OrgId
from hutong.domains.chat.tables import ConversationId
from hutong.domains.identity.tables import UserId
from hutong.domains.pay.tables import MchId, OrderId
from hutong.kernel.clock import Millis
from hutong.kernel.frozen import Frozen
from hutong.kernel.money import Fen
from hutong.kernel.rows import Row, table

VersionId = NewType("VersionId", int)
ReviewId = NewType("ReviewId", int)
ComplaintId = NewType("ComplaintId", int)
DeviceId = NewType("DeviceId", int)
VirtualOrderId = NewType("VirtualOrderId", int)
PluginVersionId = NewType("PluginVersionId", int)


class VersionState(StrEnum):
    """Where a version stands; one that was trial or release and was replaced is DEVELOP or RETIRED."""

    PREVIEW = "PREVIEW"  # uploaded to be looked at for a while, and no more
    DEVELOP = "DEVELOP"
    TRIAL = "TRIAL"
    GRAY = "GRAY"  # some people have it
    RELEASE = "RELEASE"
    RETIRED = "RETIRED"
    WITHDRAWN = "WITHDRAWN"  # was released, and taken back: nobody keeps it


class Channel(StrEnum):
    """Which version a code, link or person asks for, by its published name."""

    DEVELOP = "develop"
    TRIAL = "trial"
    RELEASE = "release"


class DomainKind(StrEnum):
    """What a program's page reaches a server for; `business` are the pages a web-view shows."""

    REQUEST = "request"
    SOCKET = "socket"
    UPLOAD = "upload"
    DOWNLOAD = "download"
    BUSINESS = "business"


class CodePurpose(StrEnum):
    LOGIN = "LOGIN"
    PHONE = "PHONE"


class ReviewState(StrEnum):
    AUDITING = "AUDITING"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    UNDONE = "UNDONE"  # its developer took it back
    USED = "USED"  # approved, and released since


class ComplaintState(StrEnum):
    OPEN = "OPEN"
    UPHELD = "UPHELD"  # the platform agreed and acted
    DISMISSED = "DISMISSED"


class DeviceKind(StrEnum):
    """What a device is, for whoever looks after it; all of them run the same programs."""

    FRIDGE = "FRIDGE"
    TREADMILL = "TREADMILL"
    PHONE = "PHONE"  # in a hotel's room
    MIRROR = "MIRROR"
    COUNTER = "COUNTER"
    OTHER = "OTHER"


class PluginUseState(StrEnum):
    ASKED = "ASKED"
    AGREED = "AGREED"
    REFUSED = "REFUSED"


class LinkKind(StrEnum):
    SCHEME = "SCHEME"
    URL_LINK = "URL_LINK"
    SHORT_LINK = "SHORT_LINK"


class SubscribeKind(IntEnum):
    """How often one tick lets a program write, by its published number."""

    ONCE = 2
    LASTING = 3


class Choice(StrEnum):
    """What a person has said about a template, and whether to be asked again."""

    ASK = "ASK"
    ACCEPT = "ACCEPT"
    REJECT = "REJECT"


@table("miniapp_program", key="appid")
class Program(Row):
    """What a program counts. Made when it is first needed."""

    appid: str
    limited_codes: int = 0  # codes of the two kinds that share one total
    lasting_links: int = 0
    loose_pages: int = 0


@table("miniapp_loose_page", key=("appid", "page"), shard="appid")
class LoosePage(Row):
    """A page that a program's codes lead to without anybody having looked whether it is there."""

    appid: str
    page: str


@table("miniapp_domains", key="appid")
class Domains(Row):
    """The servers a program's pages may reach, by kind: `https://shop.example`, `wss://shop.example:8443`."""

    appid: str
    request: list[str] = []
    socket: list[str] = []
    upload: list[str] = []
    download: list[str] = []
    business: list[str] = []


@table("miniapp_version", key="id", index=[("appid", "id"), ("appid", "state", "id")])
class Version(Row):
    """One upload of a program's code. `content_hash` names its package, `pages` are the pages it has."""

    id: VersionId
    appid: str
    number: str  # the developer's own, such as 1.2.0
    description: str
    content_hash: str
    size_bytes: int
    pages: list[str]
    uploaded_by: UserId
    uploaded_at: Millis
    state: VersionState
    released_at: Millis | None = None


@table(
    "miniapp_plugin_version",
    key="id",
    unique=[("appid", "number")],
    index=[("appid", "released_at", "id")],
)
class PluginVersion(Row):
    """One upload of a program's plugin: `source_hash` names its code, which is compiled into whoever uses it."""

    id: PluginVersionId
    appid: str
    number: str
    description: str
    source_hash: str
    size_bytes: int
    components: list[str]  # what it offers, by its public names
    pages: list[str]
    uploaded_by: UserId
    uploaded_at: Millis
    released_at: Millis | None = None


@table(
    "miniapp_plugin_use",
    key=("appid", "plugin_appid"),
    index=[("plugin_appid", "applied_at", "appid")],
    shard="appid",
)
class PluginUse(Row):
    """A program asks to use a plugin, and what its provider said. `answer` is why it was refused."""

    appid: str
    plugin_appid: str
    state: PluginUseState
    reason: str
    answer: str
    applied_at: Millis


@table("miniapp_one_time_code", key="mac", index=[("appid", "user_id", "purpose")])
class OneTimeCode(Row):
    """A code the program's page was given for its server, known by its keyed hash."""

    mac: str
    appid: str
    user_id: UserId
    purpose: CodePurpose
    expires_at: Millis
    used_at: Millis | None = None


@table("miniapp_session", key=("appid", "user_id"), shard="appid")
class Session(Row):
    """A person's sign-in at a program: the key that both sides share."""

    appid: str
    user_id: UserId
    key_sealed: str
    expires_at: Millis


@table("miniapp_visit", key=("user_id", "appid"), index=[("user_id", "opened_at")], shard="user_id")
class Visit(Row):
    """A person opened a program: its place among the recent ones."""

    user_id: UserId
    appid: str
    opened_at: Millis
    times: int


@table("miniapp_added", key=("user_id", "appid"), index=[("user_id", "added_at")], shard="user_id")
class Added(Row):
    """A person put the program among their own."""

    user_id: UserId
    appid: str
    added_at: Millis


@table("miniapp_group", key=("appid", "conversation_id"), unique=["open_gid"], shard="appid")
class Group(Row):
    """By which name a program knows a chat group."""

    appid: str
    conversation_id: ConversationId
    open_gid: str


@table("miniapp_share_ticket", key="ticket", index=[("appid", "made_at")])
class ShareTicket(Row):
    """A person opened a card in a group whose sharer asked for a ticket, or one that is private.

    `activity_id` is what a private card invites to, and null of others.
    """

    ticket: str
    appid: str
    user_id: UserId
    conversation_id: ConversationId
    made_at: Millis
    activity_id: str | None = None


@table("miniapp_link", key="text", index=[("appid", "made_at")])
class Link(Row):
    """A scheme, URL link or short link: it opens a page of a program."""

    text: str
    appid: str
    kind: LinkKind
    path: str
    query: str
    channel: Channel
    made_at: Millis
    expires_at: Millis | None
    expire_type: int  # 0: at a moment, 1: after days
    expire_interval: int
    title: str = ""


@table("miniapp_category", key=("appid", "second"), shard="appid")
class ProgramCategory(Row):
    """An app says that it is for this: `second` is the number of a second-class category."""

    appid: str
    second: int
    added_at: Millis


@table("miniapp_category_change", key="id", index=[("appid", "at")])
class CategoryChange(Row):
    """A category was added; only a few may be in one month."""

    id: int
    appid: str
    second: int
    at: Millis


@table(
    "miniapp_template",
    key=("appid", "template_id"),
    unique=[("appid", "tid", "kids")],
    shard="appid",
)
class Template(Row):
    """A subscribe message's template, made by a program from a public one. `content` names its values as published."""

    appid: str
    template_id: str
    tid: int
    kids: str  # the chosen keywords' numbers, in their order: "3,1,2"
    title: str
    kind: SubscribeKind
    content: str
    example: str
    scene: str  # what the developer uses it for
    added_at: Millis


@table("miniapp_subscription", key=("user_id", "appid", "template_id"), shard="user_id")
class Subscription(Row):
    """A person's ticks for one template. `left_over` counts one-time messages not sent yet."""

    user_id: UserId
    appid: str
    template_id: str
    kind: SubscribeKind
    choice: Choice  # ASK until the person chose to be asked no more
    accepted: bool  # the latest answer; a lasting template may be sent while it is true
    left_over: int
    changed_at: Millis


@table("miniapp_cloud_record", key=("appid", "user_id", "key"), shard="appid")
class CloudRecord(Row):
    """A text that a game keeps for a person, to be seen by friends who agreed."""

    appid: str
    user_id: UserId
    key: str
    value: str
    changed_at: Millis


@table("miniapp_subscribe_switch", key=("user_id", "appid"), shard="user_id")
class SubscribeSwitch(Row):
    """A person let a program write nothing at all, or let it again."""

    user_id: UserId
    appid: str
    muted: bool


@table("miniapp_setting", key="appid")
class ProgramSettings(Row):
    """What an owner has chosen for a program. Made when it is first needed."""

    appid: str
    needs_review: bool = False  # in a sandbox; in production every program does
    closed: bool = False  # nobody opens the released version
    oldest_id: VersionId | None = None  # devices that keep a version before this one must change at once
    prefetch_url: str = ""  # what its first page wants is fetched here while its code comes


@table("miniapp_rollout", key="appid")
class Rollout(Row):
    """A version that some people get before everybody does: so many in a hundred, always the same ones."""

    appid: str
    version_id: VersionId
    percentage: int
    debuggers_first: bool  # who works for the organisation has it whatever the percentage
    experiencers_first: bool
    begun_at: Millis
    changed_at: Millis


@table("miniapp_tester", key=("appid", "user_id"), unique=[("appid", "userstr")], shard="appid")
class Tester(Row):
    """An experience member: opens versions that are not released. `userstr` is how the published API names them."""

    appid: str
    user_id: UserId
    userstr: str
    added_at: Millis


class ReviewItem(Frozen):
    """A page offered to the reviewer, with the category it serves and words it is found by."""

    address: str = ""
    tag: str = ""
    title: str = ""
    first_class: str = ""
    second_class: str = ""
    first_id: int = 0
    second_id: int = 0


@table("miniapp_review", key="id", index=[("appid", "id"), ("state", "id")])
class Review(Row):
    """A version laid before the platform's reviewers."""

    id: ReviewId
    appid: str
    version_id: VersionId
    items: list[ReviewItem]
    description: str
    feedback: str
    pictures: list[str]  # media handles, what the developer shows
    collected: list[str]  # published privacy keys declared when it was laid before them
    submitted_by: UserId
    submitted_at: Millis
    state: ReviewState
    urgent: bool = False
    reason: str = ""
    screenshots: list[str] = []  # media handles, what the reviewer shows
    reviewed_by: UserId | None = None
    reviewed_at: Millis | None = None


class PrivacyItem(Frozen):
    """One kind of data: the published key, and what it is for in the developer's words."""

    privacy_key: str
    privacy_text: str = ""


class PrivacyContact(Frozen):
    """Who answers for the data, by the published names."""

    contact_email: str = ""
    contact_phone: str = ""
    contact_qq: str = ""
    contact_weixin: str = ""
    ext_file_media_id: str = ""
    notice_method: str = ""
    store_expire_timestamp: str = ""


@table("miniapp_privacy", key="appid")
class Privacy(Row):
    """What a program says it collects."""

    appid: str
    contact: PrivacyContact
    items: list[PrivacyItem]
    updated_at: Millis


@table("miniapp_complaint", key="id", index=[("user_id", "id"), ("state", "id")])
class Complaint(Row):
    """A person tells the platform what is wrong with a program."""

    id: ComplaintId
    appid: str
    user_id: UserId
    kind: str
    words: str
    pictures: list[str]  # media handles
    made_at: Millis
    state: ComplaintState
    answer: str = ""
    answered_by: UserId | None = None
    answered_at: Millis | None = None


@table("miniapp_device", key="id", unique=["ticket_mac", "guest_id", "code"], index=[("org_id", "id")])
class Device(Row):
    """A machine in a public place that shows one program.

    `guest_id` is how programs know whoever stands before it: nobody's account, a fresh one for each customer.
    Its own update log goes by its `id`.
    """

    id: DeviceId
    org_id: OrgId
    name: str
    kind: DeviceKind
    ticket_mac: str
    guest_id: UserId
    code: str  # what its corner shows to be scanned; a fresh one for each customer
    created_at: Millis
    seen_at: Millis | None = None  # when it last asked for its program
    appid: str = ""
    path: str = ""
    phone_id: UserId | None = None  # whose phone it is linked with, until `linked_until`
    linked_until: Millis | None = None


class Env(IntEnum):
    """Which of a program's two worlds of virtual goods, by its published number."""

    LIVE = 0
    SANDBOX = 1


@table("miniapp_offer", key="appid", unique=["offer_id"])
class Offer(Row):
    """A program may sell virtual goods and coins. `coins_per_yuan` is 0 while it has no coins."""

    appid: str
    offer_id: str
    mchid: MchId  # who is paid
    app_key_sealed: str
    sandbox_key_sealed: str
    coins_per_yuan: int
    created_at: Millis


@table("miniapp_virtual_goods", key=("appid", "env", "product_id"))
class VirtualGoods(Row):
    """Something to buy that is not shipped. `price` is in fen."""

    appid: str
    env: Env
    product_id: str
    name: str
    price: Fen
    remark: str
    item_url: str
    published: bool = False


class VirtualState(StrEnum):
    CREATED = "CREATED"
    PAID = "PAID"  # and not yet handed out
    PROVIDED = "PROVIDED"


@table("miniapp_virtual_order", key="id", unique=[("appid", "env", "out_trade_no"), ("mchid", "order_id")])
class VirtualOrder(Row):
    """Goods or coins somebody buys: `product_id` is empty for coins, `price` what one costs in fen.

    What was paid and went back is the payment's to say.
    """

    id: VirtualOrderId
    appid: str
    env: Env
    out_trade_no: str
    user_id: UserId
    product_id: str
    quantity: int
    price: Fen
    amount: Fen
    attach: str
    mchid: MchId
    order_id: OrderId
    state: VirtualState
    created_at: Millis
    changed_at: Millis
    paid_at: Millis | None = None
    provided_at: Millis | None = None


@table(
    "miniapp_coins",
    key=("appid", "env", "user_id"),
    checks=["bought >= 0", "given >= 0"],
)
class Coins(Row):
    """A person's coins at a program: what is left of those bought and of those given, and how many there ever were."""

    appid: str
    env: Env
    user_id: UserId
    bought: int = 0
    given: int = 0
    bought_sum: int = 0
    given_sum: int = 0
    spent_sum: int = 0


class CoinActKind(StrEnum):
    PAY = "PAY"
    CANCEL = "CANCEL"
    PRESENT = "PRESENT"


@table("miniapp_coin_act", key=("appid", "env", "order_id"))
class CoinAct(Row):
    """What a program's server did with somebody's coins, once for each number of its own."""

    appid: str
    env: Env
    order_id: str
    kind: CoinActKind
    user_id: UserId
    amount: int
    given: int  # how many of them had been given
    cancelled: int  # of a payment: how many were given back
    pay_order_id: str  # of a cancellation: the payment's number
    note: str  # of a payment: for what, in the program's own words
    at: Millis
