"""The tables of apps: organisations, apps, tokens, openids, grants, message push, codes."""

from enum import StrEnum
from typing import NewType

from hutong.domains.identity.tables import UserId
from hutong.kernel.clock import Millis
from hutong.kernel.rows import Row, table

OrgId = NewType("OrgId", int)
PushCheckId = NewType("PushCheckId", int)
ActId = NewType("ActId", int)


class Role(StrEnum):
    """What a member may do; each includes what stands below it."""

    OWNER = "OWNER"
    ADMIN = "ADMIN"
    DEVELOPER = "DEVELOPER"
    OPERATOR = "OPERATOR"


class AppKind(StrEnum):
    SUBSCRIPTION = "SUBSCRIPTION"
    SERVICE = "SERVICE"
    MINI_PROGRAM = "MINI_PROGRAM"


class TokenKind(StrEnum):
    """The two published ways to fetch a token; neither disturbs the other."""

    PLAIN = "PLAIN"
    STABLE = "STABLE"


class PushMode(StrEnum):
    PLAIN = "plain"
    COMPATIBLE = "compatible"
    SAFE = "safe"


class PushFormat(StrEnum):
    XML = "xml"
    JSON = "json"


class CheckState(StrEnum):
    PENDING = "PENDING"
    PASSED = "PASSED"
    REFUSED = "REFUSED"


class MaterialKind(StrEnum):
    """Kinds of temporary material, by their published names."""

    IMAGE = "image"
    VOICE = "voice"
    VIDEO = "video"
    THUMB = "thumb"


class CodeKind(StrEnum):
    """What a scanned code leads to; `target` says which one."""

    PERSON = "PERSON"
    GROUP = "GROUP"
    ACCOUNT = "ACCOUNT"
    PROGRAM = "PROGRAM"
    ORDER = "ORDER"
    DEVICE = "DEVICE"
    OFFER = "OFFER"


@table("apps_organisation", key="id", remembered=True)
class Organisation(Row):
    """One owner's accounts, programs, merchants and corp."""

    id: OrgId
    name: str
    locale: str
    currency: str
    time_zone: str
    created_at: Millis


@table("apps_member", key=("org_id", "user_id"), index=[("user_id", "org_id")], shard="org_id")
class Member(Row):
    """A person who works for an organisation."""

    org_id: OrgId
    user_id: UserId
    role: Role
    joined_at: Millis


@table("apps_app", key="appid", unique=["original_id"], index=[("org_id", "appid"), ("name", "appid")])
class App(Row):
    """An official account or a mini program."""

    appid: str
    org_id: OrgId
    kind: AppKind
    name: str
    original_id: str
    secret_sealed: str
    introduction: str
    avatar: str  # media handle, or empty
    created_at: Millis


@table("apps_token", key="mac", index=[("appid", "kind", "superseded"), ("appid", "expires_at")])
class Token(Row):
    """An access token, known by its keyed hash. A stable one can be given out again, so it is kept sealed.

    A superseded token has a successor; its `expires_at` is then at most the end of the published overlap.
    """

    mac: str
    appid: str
    kind: TokenKind
    sealed: str
    issued_at: Millis
    expires_at: Millis
    superseded: bool


@table("apps_ticket", key=("appid", "type"), shard="appid")
class Ticket(Row):
    """What a page signs with to use the client's own abilities; the same one while it lives."""

    appid: str
    type: str
    sealed: str
    expires_at: Millis


@table("apps_quota", key=("appid", "name", "day"))
class Quota(Row):
    """How often an app did something on one day (UTC+8) of business time."""

    appid: str
    name: str
    day: int
    used: int


@table("apps_openid", key=("appid", "openid"), unique=[("appid", "user_id")], shard="appid", remembered=True)
class Openid(Row):
    """The name by which one app knows one person."""

    appid: str
    openid: str
    user_id: UserId


@table("apps_unionid", key=("org_id", "user_id"), unique=[("org_id", "unionid")], shard="org_id")
class Unionid(Row):
    """The name by which all apps of an organisation know one person."""

    org_id: OrgId
    user_id: UserId
    unionid: str


@table("apps_grant", key=("user_id", "appid", "scope"), index=[("appid", "user_id")], shard="user_id")
class Grant(Row):
    """What a person allowed an app to know or do."""

    user_id: UserId
    appid: str
    scope: str
    granted_at: Millis
    last_used_at: Millis | None = None


@table("apps_refusal", key=("user_id", "appid", "scope"), shard="user_id")
class Refusal(Row):
    """What a person refused an app, which is not asked again until the person changes their mind."""

    user_id: UserId
    appid: str
    scope: str
    refused_at: Millis


@table("apps_push", key="appid")
class Push(Row):
    """Where an app's messages and events go, once its address has passed the check."""

    appid: str
    url: str
    token_sealed: str
    encoding_aes_key_sealed: str
    mode: PushMode
    format: PushFormat
    set_at: Millis


@table("apps_push_check", key="id", index=[("appid", "id")])
class PushCheck(Row):
    """A proposed push address: it takes effect only when it echoes what it was asked."""

    id: PushCheckId
    appid: str
    url: str
    token_sealed: str
    encoding_aes_key_sealed: str
    mode: PushMode
    format: PushFormat
    echostr: str
    state: CheckState
    reason: str
    asked_at: Millis


@table("apps_code", key="text")
class Code(Row):
    """The text inside a code or link, and what it leads to."""

    text: str
    kind: CodeKind
    target: dict[str, str]
    made_at: Millis
    expires_at: Millis | None = None


@table("apps_material", key="media_id", index=[("appid", "made_at")])
class Material(Row):
    """A file an app may name by a media id until it expires."""

    media_id: str
    appid: str
    kind: MaterialKind
    handle: str
    made_at: Millis
    expires_at: Millis


@table("apps_kept_material", key=("appid", "media_id"), index=[("appid", "kind", "kept_at")], shard="appid")
class KeptMaterial(Row):
    """A file an app may name by a media id for good."""

    appid: str
    media_id: str
    kind: MaterialKind
    handle: str
    kept_at: Millis


@table("apps_picture", key="handle")
class Picture(Row):
    """A picture an app puts into what it publishes: whoever has its address may see it."""

    handle: str
    appid: str
    kept_at: Millis


@table("apps_act", key="id", index=[("org_id", "id")])
class Act(Row):
    """What somebody did in an organisation's name. Never changed, never deleted."""

    id: ActId
    org_id: OrgId
    user_id: UserId
    verb: str  # e.g. "app.secret_reset"
    target: str  # what it was done to: an appid, a mchid, an order's number
    done_at: Millis


@table("apps_platform_admin", key="user_id")
class PlatformAdmin(Row):
    """A person who runs this home."""

    user_id: UserId
    appointed_at: Millis


@table("apps_name_part", key=("part", "appid"))
class NamePart(Row):
    """An app's name from one of its letters on, in small letters: what people type is where a part begins."""

    part: str
    appid: str
