"""The tables of official accounts: fans, scene codes, menus, templates, reply allowances, articles."""

from enum import StrEnum
from typing import NewType

from hutong.domains.identity.tables import UserId
from hutong.kernel.clock import Millis
from hutong.kernel.frozen import Frozen
from hutong.kernel.rows import Row, table

FollowId = NewType("FollowId", int)
NoticeId = NewType("NoticeId", int)
IssueId = NewType("IssueId", int)
PublishId = NewType("PublishId", int)


class FollowScene(StrEnum):
    """Where a follower came from, by its published name."""

    SEARCH = "ADD_SCENE_SEARCH"
    CARD = "ADD_SCENE_PROFILE_CARD"
    CODE = "ADD_SCENE_QR_CODE"
    LINK = "ADD_SCENE_PROFILE_LINK"
    PAID = "ADD_SCENE_PAID"
    OTHERS = "ADD_SCENE_OTHERS"


class ButtonKind(StrEnum):
    """What tapping a menu button does. A button without a kind opens its sub-menu."""

    CLICK = "click"
    VIEW = "view"
    MINI_PROGRAM = "miniprogram"
    SCAN_PUSH = "scancode_push"
    SCAN_WAIT = "scancode_waitmsg"
    PHOTO = "pic_sysphoto"
    PHOTO_OR_ALBUM = "pic_photo_or_album"
    ALBUM = "pic_weixin"
    LOCATION = "location_select"
    MEDIA = "media_id"
    VIEW_LIMITED = "view_limited"
    ARTICLE = "article_id"
    ARTICLE_VIEW_LIMITED = "article_view_limited"


class Button(Frozen, omit_defaults=True):
    """One button of a menu, named as published."""

    name: str
    type: ButtonKind | None = None
    key: str = ""
    url: str = ""
    appid: str = ""
    pagepath: str = ""
    media_id: str = ""
    article_id: str = ""
    sub_button: list["Button"] = []


class Act(StrEnum):
    """What a person did that lets the account write to them."""

    MESSAGE = "MESSAGE"
    MENU = "MENU"
    FOLLOW = "FOLLOW"
    SCAN = "SCAN"
    ENTER = "ENTER"  # a mini program's customer service was opened


@table("official_account", key="appid")
class Account(Row):
    """What an account counts and has chosen. Made when it is first needed."""

    appid: str
    fans: int = 0
    permanent_scenes: int = 0
    last_tag_id: int = 99  # the published ones below a hundred belong to the platform
    blocks: int = 0
    web_domains: list[str] = []  # where pages may send people to sign in and come back to
    primary_industry: int = 0
    secondary_industry: int = 0
    industry_set_at: Millis = Millis(0)


@table(
    "official_follow",
    key=("appid", "user_id"),
    unique=[("appid", "id")],
    index=[("user_id", "id")],
    shard="appid",
)
class Follow(Row):
    """A person who follows an account. `id` grows in the order people came."""

    appid: str
    user_id: UserId
    id: FollowId
    scene: FollowScene
    code_scene: str  # the scene of the code that was scanned: "id:7", "str:table-7" or empty
    followed_at: Millis
    remark: str = ""


@table(
    "official_scene",
    key="ticket",
    unique=["url", ("appid", "permanent")],
    index=[("appid", "made_at")],
)
class Scene(Row):
    """A code that tells its account where it was scanned. `permanent` repeats the scene of a lasting one."""

    ticket: str
    appid: str
    scene: str  # "id:7" or "str:table-7"
    url: str
    made_at: Millis
    permanent: str | None
    expires_at: Millis | None


@table("official_menu", key="appid")
class Menu(Row):
    """The account's own menu."""

    appid: str
    menu_id: int
    buttons: list[Button]
    set_at: Millis


@table("official_allowance", key=("appid", "user_id", "act"), shard="appid")
class Allowance(Row):
    """How many messages an account may still write to a person because of one act."""

    appid: str
    user_id: UserId
    act: Act
    left_over: int
    until: Millis


@table("official_template", key=("appid", "template_id"), index=[("appid", "added_at")], shard="appid")
class Template(Row):
    """A template an account has taken from the library. `content` names its values as {{value.DATA}}."""

    appid: str
    template_id: str
    template_id_short: str
    title: str
    content: str
    example: str
    added_at: Millis


@table("official_notice", key="id", unique=[("appid", "user_id", "client_msg_id")])
class Notice(Row):
    """A template message that was sent; `client_msg_id` is the developer's own number for it, if given."""

    id: NoticeId
    appid: str
    user_id: UserId
    template_id: str
    sent_at: Millis
    client_msg_id: str | None


@table("official_tag", key=("appid", "tag_id"), unique=[("appid", "name")], shard="appid")
class Tag(Row):
    """A name under which an account gathers fans."""

    appid: str
    tag_id: int
    name: str
    fans: int = 0


@table(
    "official_tagging",
    key=("appid", "tag_id", "user_id"),
    index=[("appid", "user_id", "tag_id")],
    shard="appid",
)
class Tagging(Row):
    """A fan under a tag."""

    appid: str
    tag_id: int
    user_id: UserId


@table("official_block", key=("appid", "user_id"), unique=[("appid", "id")], shard="appid")
class Block(Row):
    """A fan the account does not want to hear: nothing they say is passed on."""

    appid: str
    user_id: UserId
    id: int


class WebScope(StrEnum):
    """What a page asks to know: who somebody is to the account, or also name and picture."""

    BASE = "snsapi_base"
    USER_INFO = "snsapi_userinfo"


class WebSecret(StrEnum):
    """What a page's server holds, one after the other."""

    CODE = "CODE"
    ACCESS = "ACCESS"
    REFRESH = "REFRESH"


@table("official_web_login", key="mac", index=[("appid", "user_id", "kind")])
class WebLogin(Row):
    """A code or token of a person's sign-in at an account's web page, known by its keyed hash."""

    mac: str
    kind: WebSecret
    appid: str
    user_id: UserId
    scope: WebScope
    expires_at: Millis
    used_at: Millis | None = None


@table(
    "official_program",
    key=("appid", "program_appid"),
    index=[("program_appid", "appid")],
    shard="appid",
)
class LinkedProgram(Row):
    """A mini program that belongs to an account; `shown` on the account's page."""

    appid: str
    program_appid: str
    shown: bool
    linked_at: Millis


class IssueState(StrEnum):
    DRAFT = "DRAFT"
    PUBLISHED = "PUBLISHED"
    WITHDRAWN = "WITHDRAWN"  # each of its articles was taken back


@table(
    "official_issue",
    key="id",
    unique=[("appid", "media_id"), ("appid", "article_id"), ("appid", "publish_id")],
    index=[("appid", "state", "changed_at", "id"), ("appid", "state", "publish_id")],
)
class Issue(Row):
    """One to eight articles that are written, and published, together. Published, it is no draft any more.

    `publish_id` grows in the order of publishing.
    """

    id: IssueId
    appid: str
    media_id: str  # by which its account knows the draft
    state: IssueState
    articles: int
    changed_at: Millis
    article_id: str | None = None  # by which its account knows it once published
    publish_id: PublishId | None = None
    published_at: Millis | None = None


@table("official_article", key=("issue_id", "idx"), unique=["handle"])
class Article(Row):
    """An article, at its place in its issue from zero; readers know it by `handle`. `cover` is a picture's handle."""

    issue_id: IssueId
    idx: int
    handle: str
    title: str
    author: str
    digest: str
    content_source_url: str
    thumb_media_id: str
    cover: str
    need_open_comment: bool
    only_fans_can_comment: bool
    deleted_at: Millis | None = None


@table("official_article_content", key=("issue_id", "idx"))
class ArticleContent(Row):
    """What an article says, as `content.clean` left it; apart from the rest, which lists show."""

    issue_id: IssueId
    idx: int
    html: str
