"""Mini programs: opening one, what its page may ask of the shell, and what it was allowed."""

from typing import Annotated, Any
from urllib.parse import quote

import msgspec
from msgspec import Meta, field

from hutong.domains.apps import apps, grants, openids, organisations
from hutong.domains.apps.tables import AppKind, Grant
from hutong.domains.chat.tables import ConversationId
from hutong.domains.identity import users
from hutong.domains.media import files
from hutong.domains.miniapp import (
    domains,
    groups,
    login_codes,
    packages,
    phone_codes,
    previews,
    privacy,
    settings,
    versions,
    visits,
)
from hutong.domains.miniapp.errors import PROGRAM_CLOSED, VERSION_MISSING
from hutong.domains.miniapp.tables import Channel, Version, VersionId
from hutong.kernel.clock import Millis
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.endpoints import Id, Natural, Raw, Request, Response
from hutong.kernel.errors import DomainError

from .accounts import AccountLine, Appid, account_line
from .protocol import Person, Visitor, client

_PLAIN = "!~*'()"  # what encodeURIComponent leaves as it is, beside letters, digits and - _ .

MANIFEST_SECONDS = 60
USER_INFO = "scope.userInfo"
Scope = Annotated[str, Meta(min_length=1, max_length=64)]
Path = Annotated[str, Meta(max_length=1024)]


class VersionShown(Response):
    """The code to run. `content_hash` names its package."""

    version_id: str
    number: str
    content_hash: str
    pages: list[str]


class ProgramCard(Response):
    """A program as its visitor sees it. `released` is the number everybody gets, or null; `added` if it is mine."""

    appid: str
    name: str
    introduction: str
    avatar: str
    organisation: str
    released: str | None
    added: bool


class OneProgram(Request):
    appid: Appid


@client.get("/programs/{appid}")
def get_program(snapshot: Snapshot, person: Visitor, req: OneProgram) -> ProgramCard:
    """A program's profile."""
    app = apps.require_kind(apps.get(snapshot, req.appid), AppKind.MINI_PROGRAM)
    version = versions.current(snapshot, app.appid, Channel.RELEASE)
    return ProgramCard(
        appid=app.appid,
        name=app.name,
        introduction=app.introduction,
        avatar=files.address(snapshot, app.avatar),
        organisation=organisations.get(snapshot, app.org_id).name,
        released=None if version is None else version.number,
        added=visits.is_added(snapshot, appid=app.appid, user_id=person.user_id),
    )


class CardOpened(Request):
    """The message whose card was opened."""

    conversation_id: Id
    seq: Annotated[int, Meta(ge=1, le=2**53)]


class Opening(Request):
    """`scene` is the published number of where it is opened from; `code_scene` the value inside a scanned code.

    `preview` is a preview's token. `kept` is the version this device fetched last: it may start once more with it.
    """

    appid: Appid
    scene: Annotated[int, Meta(ge=0, le=9999)] = 1001
    path: Path = ""
    query: Path = ""
    code_scene: Annotated[str, Meta(max_length=32)] = ""
    channel: Channel = Channel.RELEASE
    preview: Annotated[str, Meta(max_length=128)] = ""
    kept: Id | None = None
    card: CardOpened | None = None


class Opened(Response):
    """What the shell needs to start it. `version` is null while nothing was uploaded to this channel.

    `newer` is what to fetch meanwhile and run at the next cold start; it is null when `version` is the newest.
    `forced`: what the device kept may not be run any more.
    `share_ticket` is there when a card was opened in a group whose sharer asked for it.
    """

    program: AccountLine
    relay: str  # what the address of a picture, font or film from elsewhere is appended to
    page: str  # the document around the web pages it shows
    version: VersionShown | None
    newer: VersionShown | None
    forced: bool
    channel: Channel
    scene: int
    path: str
    query: str
    share_ticket: str | None
    prefetch: str  # an address of the program's own that is asked for its first page's data meanwhile; empty for none


def _version(version: Version | None) -> VersionShown | None:
    if version is None:
        return None
    return VersionShown(str(version.id), version.number, version.content_hash, version.pages)


@client.post("/programs/{appid}/open")
def open_program(tx: Tx, person: Visitor, req: Opening) -> Opened:
    """Open a program. Previews and the develop and trial channels are for members and experience members."""
    launch = _launch(tx, person, req)
    visits.open_(tx, appid=req.appid, user_id=person.user_id, scene=req.scene, path=req.path)
    # As published, the page finds the value percent-encoded, so that it is one value whatever is in it.
    scene = f"scene={quote(req.code_scene, safe=_PLAIN)}" if req.code_scene else ""
    ticket = req.card and groups.ticket_of(
        tx,
        appid=req.appid,
        user_id=person.user_id,
        conversation_id=ConversationId(int(req.card.conversation_id)),
        seq=req.card.seq,
    )
    return Opened(
        program=account_line(tx, apps.get(tx, req.appid)),
        version=_version(launch.version),
        newer=_version(launch.newer),
        forced=launch.forced,
        channel=req.channel,
        scene=req.scene,
        path=req.path,
        query="&".join(part for part in (req.query, scene) if part),
        share_ticket=ticket.ticket if ticket else None,
        relay=domains.media_address(tx, req.appid),
        page=domains.page_address(tx, req.appid, free=req.channel is not Channel.RELEASE),
        prefetch=settings.of(tx, req.appid).prefetch_url,
    )


def _launch(snapshot: Snapshot, person: Visitor, req: Opening) -> versions.Launch:
    if req.preview:
        version = previews.open_(snapshot, appid=req.appid, token=req.preview, user_id=person.user_id)
        return versions.Launch(version, None, forced=False)
    if req.channel is not Channel.RELEASE:
        previews.require_tester(snapshot, appid=req.appid, user_id=person.user_id)
    elif settings.of(snapshot, req.appid).closed:
        raise DomainError(PROGRAM_CLOSED)
    kept = None if req.kept is None else VersionId(int(req.kept))
    return versions.launch(snapshot, appid=req.appid, channel=req.channel, user_id=person.user_id, kept=kept)


class ChannelRef(Request):
    appid: Appid
    channel: Channel = Channel.RELEASE
    preview: Annotated[str, Meta(max_length=128)] = ""


def fetch_manifest(snapshot: Snapshot, person: Person, req: ChannelRef) -> Raw:
    asked = Opening(appid=req.appid, channel=req.channel, preview=req.preview)
    version = _launch(snapshot, person, asked).version
    if version is None:
        raise DomainError(VERSION_MISSING)
    manifest = packages.index(snapshot.blobs, version.content_hash).manifest
    body = msgspec.json.encode(
        {
            "version_id": str(version.id),
            "number": version.number,
            "content_hash": version.content_hash,
            "manifest": manifest,
        }
    )
    headers = {"cache-control": f"private, max-age={MANIFEST_SECONDS}", "vary": "authorization"}
    return Raw(body, "application/json; charset=utf-8", headers=headers)


@client.get("/programs/{appid}/manifest", prepare=fetch_manifest)
def get_manifest(snapshot: Snapshot, person: Person, req: ChannelRef, manifest: Raw) -> Raw:
    """What a channel opens for me now, with the package's manifest; good for a minute.

    Every file it names is under /run/<content_hash>/ and never changes.
    """
    return manifest


class VisitPage(Request):
    before: Natural | None = None


class VisitLine(Response):
    program: AccountLine
    opened_at: int
    times: int


class Visits(Response):
    """`next` is the next page's `before`, or null on the last page."""

    programs: list[VisitLine]
    next: int | None


@client.get("/programs")
def list_recent_programs(snapshot: Snapshot, person: Person, req: VisitPage) -> Visits:
    """The programs I opened, latest first."""
    before = None if req.before is None else Millis(req.before)
    page = visits.recent(snapshot, person.user_id, before=before)
    found = apps.many(snapshot, [visit.appid for visit in page])
    return Visits(
        [VisitLine(account_line(snapshot, found[v.appid]), v.opened_at, v.times) for v in page],
        page[-1].opened_at if len(page) == visits.PAGE else None,
    )


@client.delete("/programs/{appid}")
def forget_program(tx: Tx, person: Person, req: OneProgram) -> None:
    """Take a program off my list."""
    visits.forget(tx, appid=req.appid, user_id=person.user_id)


class OwnPrograms(Response):
    programs: list[AccountLine]


@client.get("/my-programs")
def list_own_programs(snapshot: Snapshot, person: Person) -> OwnPrograms:
    """The programs I put among mine, the one added last first."""
    page = visits.added(snapshot, person.user_id)
    found = apps.many(snapshot, [one.appid for one in page])
    return OwnPrograms([account_line(snapshot, found[one.appid]) for one in page])


@client.put("/my-programs/{appid}")
def add_program(tx: Tx, person: Person, req: OneProgram) -> None:
    """Put a program among mine; again changes nothing."""
    visits.add(tx, appid=req.appid, user_id=person.user_id)


@client.delete("/my-programs/{appid}")
def drop_program(tx: Tx, person: Person, req: OneProgram) -> None:
    """Take a program from among mine."""
    visits.drop(tx, appid=req.appid, user_id=person.user_id)


# ── what a page may ask of the shell ───────────────────────────────────────────────────────────────────────


class Code(Response):
    code: str


@client.post("/programs/{appid}/login")
def log_in(tx: Tx, person: Visitor, req: OneProgram) -> Code:
    """`wx.login`: a code for the program's server, good once and for five minutes."""
    return Code(login_codes.issue(tx, appid=req.appid, user_id=person.user_id))


class SessionState(Response):
    valid: bool


@client.get("/programs/{appid}/session")
def check_session(snapshot: Snapshot, person: Visitor, req: OneProgram) -> SessionState:
    """`wx.checkSession`: whether the program's server still holds a good key."""
    return SessionState(login_codes.is_signed_in(snapshot, appid=req.appid, user_id=person.user_id))


class PhoneCode(Response, rename="camel"):
    """`encryptedData` and `iv` are for servers of the older kind; empty before the first login."""

    code: str
    encrypted_data: str = ""
    iv: str = ""


@client.post("/programs/{appid}/phone-code")
def allow_phone(tx: Tx, person: Person, req: OneProgram) -> PhoneCode:
    """The person said yes to `getPhoneNumber`: a code for the program's server. Asked each time."""
    code = phone_codes.issue(tx, appid=req.appid, user_id=person.user_id)
    if not login_codes.is_signed_in(tx, appid=req.appid, user_id=person.user_id):
        return PhoneCode(code)
    phone = users.get(tx, person.user_id).phone
    assert phone is not None
    cut = phone_codes.parts(phone)
    shown = {"phoneNumber": cut.number, "purePhoneNumber": cut.pure, "countryCode": cut.country}
    data = login_codes.open_data(tx, appid=req.appid, user_id=person.user_id, shown=shown, sealed={})
    return PhoneCode(code, data.encrypted, data.iv)


class UserData(Response, rename="camel"):
    user_info: dict[str, Any]
    raw_data: str
    signature: str
    encrypted_data: str
    iv: str
    err_msg: str = field(default="getUserInfo:ok", name="errMsg")


@client.post("/programs/{appid}/user-info")
def allow_user_info(tx: Tx, person: Person, req: OneProgram) -> UserData:
    """The person said yes to name and picture: both in clear, signed and sealed. Refused before a login."""
    app = apps.require_kind(apps.get(tx, req.appid), AppKind.MINI_PROGRAM)
    user = users.get(tx, person.user_id)
    grants.give(tx, user_id=user.id, appid=app.appid, scope=USER_INFO)
    grants.use(tx, user_id=user.id, appid=app.appid, scope=USER_INFO)
    shown = {
        "nickName": user.nickname,
        "avatarUrl": files.address(tx, user.avatar),
        "gender": 0,
        "country": "",
        "province": "",
        "city": "",
        "language": "zh_CN",
    }
    sealed = {
        "openId": openids.of(tx, appid=app.appid, user_id=user.id),
        "unionId": openids.unionid_of(tx, org_id=app.org_id, user_id=user.id),
    }
    data = login_codes.open_data(tx, appid=app.appid, user_id=user.id, shown=shown, sealed=sealed)
    return UserData(shown, data.raw, data.signature, data.encrypted, data.iv)


class Ticket(Request):
    appid: Appid
    share_ticket: Annotated[str, Meta(min_length=1, max_length=64)]


class GroupData(Response, rename="camel"):
    """`{"openGId": …}` with its watermark, sealed with the session key."""

    encrypted_data: str
    iv: str


@client.post("/programs/{appid}/share-info")
def get_share_info(tx: Tx, person: Person, req: Ticket) -> GroupData:
    """`wx.getShareInfo`: what the program calls the group its card was opened in. Refused before a login."""
    gid = groups.open_gid(tx, appid=req.appid, user_id=person.user_id, ticket=req.share_ticket)
    sealed = {"openGId": gid}
    data = login_codes.open_data(tx, appid=req.appid, user_id=person.user_id, shown={}, sealed=sealed)
    return GroupData(data.encrypted, data.iv)


class PrivateShare(Response, rename="camel"):
    """`{"activityId": …}` with its watermark, sealed with the session key; empty unless `valid`."""

    valid: bool
    encrypted_data: str = ""
    iv: str = ""


@client.post("/programs/{appid}/private-share")
def check_private_share(tx: Tx, person: Person, req: Ticket) -> PrivateShare:
    """`wx.authPrivateMessage`: whether the card of this ticket was sent to this person. Refused before a login."""
    activity = groups.private_activity(tx, appid=req.appid, user_id=person.user_id, ticket=req.share_ticket)
    if activity is None:
        return PrivateShare(valid=False)
    sealed = {"activityId": activity}
    data = login_codes.open_data(tx, appid=req.appid, user_id=person.user_id, shown={}, sealed=sealed)
    return PrivateShare(True, data.encrypted, data.iv)


class PrivacyLine(Response):
    """One kind of data by its published key, and what it is for in the developer's words."""

    key: str
    purpose: str


class PrivacyGuide(Response):
    """What a program says it collects. `required` if it says anything, `agreed` if I agreed to what it says now."""

    required: bool
    agreed: bool
    title: str
    organisation: str
    contact: str
    collected: list[PrivacyLine]


@client.get("/programs/{appid}/privacy")
def get_privacy(snapshot: Snapshot, person: Visitor, req: OneProgram) -> PrivacyGuide:
    """A program's privacy guide."""
    app = apps.require_kind(apps.get(snapshot, req.appid), AppKind.MINI_PROGRAM)
    said = privacy.of(snapshot, app.appid)
    contact = said.contact if said else None
    ways = (contact.contact_email, contact.contact_phone, contact.contact_weixin) if contact else ()
    return PrivacyGuide(
        required=said is not None,
        agreed=privacy.has_agreed(snapshot, appid=app.appid, user_id=person.user_id),
        title=f"《{app.name}小程序隐私保护指引》",
        organisation=organisations.get(snapshot, app.org_id).name,
        contact=" · ".join(way for way in ways if way),
        collected=[PrivacyLine(one.privacy_key, one.privacy_text) for one in said.items] if said else [],
    )


# ── grants ─────────────────────────────────────────────────────────────────────────────────────────────────


class GrantPage(Request):
    after_appid: Annotated[str, Meta(max_length=32)] = ""
    after_scope: Annotated[str, Meta(max_length=64)] = ""


class GrantLine(Response):
    app: AccountLine
    scope: str
    granted_at: int
    last_used_at: int | None


class Grants(Response):
    """`more` says to ask again after the last line."""

    grants: list[GrantLine]
    more: bool


@client.get("/grants")
def list_grants(snapshot: Snapshot, person: Person, req: GrantPage) -> Grants:
    """Everything I have allowed, by app and scope."""
    page = grants.list_(snapshot, person.user_id, after=(req.after_appid, req.after_scope))
    found = apps.many(snapshot, [grant.appid for grant in page])
    return Grants(
        [
            GrantLine(
                account_line(snapshot, found[grant.appid]), grant.scope, grant.granted_at, grant.last_used_at
            )
            for grant in page
        ],
        len(page) == grants.PAGE,
    )


class Decision(Response):
    """One thing I allowed or refused a program."""

    scope: str
    allowed: bool
    decided_at: int
    last_used_at: int | None


class Decisions(Response):
    grants: list[Decision]


@client.get("/programs/{appid}/grants")
def list_decisions(snapshot: Snapshot, person: Visitor, req: OneProgram) -> Decisions:
    """What I allowed and refused one program, by scope."""
    return Decisions(
        [
            Decision(one.scope, True, one.granted_at, one.last_used_at)
            if isinstance(one, Grant)
            else Decision(one.scope, False, one.refused_at, None)
            for one in grants.decided(snapshot, user_id=person.user_id, appid=req.appid)
        ]
    )


class OneGrant(Request):
    appid: Appid
    scope: Scope


class NewGrant(Request):
    """`scope` as published; the name and picture, and the phone number, are given by their own calls."""

    appid: Appid
    scope: Annotated[str, Meta(max_length=64, pattern=r"^scope\.[A-Za-z]+\Z")]
    allowed: bool = True


@client.put("/grants/{appid}/{scope}")
def decide_grant(tx: Tx, person: Visitor, req: NewGrant) -> None:
    """Allow or refuse a program something it asked for; saying the same again changes nothing."""
    app = apps.require_kind(apps.get(tx, req.appid), AppKind.MINI_PROGRAM)
    if not req.allowed:
        grants.refuse(tx, user_id=person.user_id, appid=app.appid, scope=req.scope)
        return
    if req.scope == privacy.SCOPE and not privacy.has_agreed(tx, appid=app.appid, user_id=person.user_id):
        grants.revoke(
            tx, user_id=person.user_id, appid=app.appid, scope=req.scope
        )  # agreed to an older guide
    grants.give(tx, user_id=person.user_id, appid=app.appid, scope=req.scope)


@client.post("/grants/{appid}/{scope}/use")
def note_grant_use(tx: Tx, person: Visitor, req: OneGrant) -> None:
    """Note that a program makes use of what it was allowed."""
    grants.use(tx, user_id=person.user_id, appid=req.appid, scope=req.scope)


@client.delete("/grants/{appid}/{scope}")
def revoke_grant(tx: Tx, person: Person, req: OneGrant) -> None:
    """Take it back; the app must ask again."""
    grants.revoke(tx, user_id=person.user_id, appid=req.appid, scope=req.scope)
