"""The console: organisations, their members and roles, what they did, their apps, keys and push addresses."""

from typing import Annotated

from msgspec import Meta

from hutong.domains.apps import access, acts, apps, organisations, push
from hutong.domains.apps.push import PushSettings
from hutong.domains.apps.tables import (
    App,
    AppKind,
    CheckState,
    Member,
    Organisation,
    OrgId,
    PushCheck,
    PushCheckId,
    PushFormat,
    PushMode,
    Role,
)
from hutong.domains.identity import users
from hutong.domains.identity.errors import USER_UNKNOWN
from hutong.domains.identity.tables import User, UserId
from hutong.domains.media import files
from hutong.kernel import deliveries
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.endpoints import Id, Request, Response
from hutong.kernel.errors import DomainError

from .protocol import Person, client

Text = Annotated[str, Meta(max_length=256)]
Limit = Annotated[int, Meta(ge=1, le=100)]


# ── organisations ──────────────────────────────────────────────────────────────────────────────────────────


class OrganisationRef(Request):
    org_id: Id

    @property
    def org(self) -> OrgId:
        return OrgId(int(self.org_id))


class OrganisationView(Response):
    """An organisation one works for, and as what."""

    org_id: str
    name: str
    locale: str
    currency: str
    time_zone: str
    created_at: int
    role: Role


class OrganisationList(Response):
    organisations: list[OrganisationView]


class NewOrganisation(Request):
    name: Text


class OrganisationName(OrganisationRef):
    name: Text


def _organisation(found: Organisation, role: Role) -> OrganisationView:
    return OrganisationView(
        org_id=str(found.id),
        name=found.name,
        locale=found.locale,
        currency=found.currency,
        time_zone=found.time_zone,
        created_at=found.created_at,
        role=role,
    )


@client.get("/console/organisations")
def list_organisations(snapshot: Snapshot, person: Person) -> OrganisationList:
    """The organisations I work for."""
    found = organisations.of_person(snapshot, person.user_id)
    return OrganisationList(organisations=[_organisation(one, role) for one, role in found])


@client.post("/console/organisations")
def create_organisation(tx: Tx, person: Person, req: NewOrganisation) -> OrganisationView:
    """A new organisation that I own."""
    made = organisations.create(tx, name=req.name)
    organisations.add_member(tx, org_id=made.id, user_id=person.user_id, role=Role.OWNER)
    acts.record(tx, org_id=made.id, user_id=person.user_id, verb="organisation.create", target=made.name)
    return _organisation(made, Role.OWNER)


@client.patch("/console/organisations/{org_id}")
def rename_organisation(tx: Tx, person: Person, req: OrganisationName) -> OrganisationView:
    """Call it something else."""
    member = access.require_member(tx, req.org, person.user_id, at_least=Role.ADMIN)
    renamed = organisations.rename(tx, req.org, name=req.name)
    acts.record(tx, org_id=req.org, user_id=person.user_id, verb="organisation.rename", target=renamed.name)
    return _organisation(renamed, member.role)


# ── members and what they did ──────────────────────────────────────────────────────────────────────────────


class MemberQuery(OrganisationRef):
    after: Id | None = None  # the user id of the last one of the page before
    limit: Limit = 100


class MemberView(Response):
    user_id: str
    username: str
    nickname: str
    avatar: str
    role: Role
    joined_at: int


class MemberPage(Response):
    members: list[MemberView]


class Appointment(OrganisationRef):
    username: Text
    role: Role


class MemberRef(OrganisationRef):
    user_id: Id


class ActQuery(OrganisationRef):
    before: Id | None = None
    limit: Limit = 50


class ActView(Response):
    act_id: str
    user_id: str
    nickname: str
    verb: str
    target: str
    done_at: int


class ActPage(Response):
    acts: list[ActView]


def _member(snapshot: Snapshot, member: Member, user: User) -> MemberView:
    return MemberView(
        user_id=str(user.id),
        username=user.username,
        nickname=user.nickname,
        avatar=files.address(snapshot, user.avatar),
        role=member.role,
        joined_at=member.joined_at,
    )


@client.get("/console/organisations/{org_id}/members")
def list_members(snapshot: Snapshot, person: Person, req: MemberQuery) -> MemberPage:
    """Who works for the organisation."""
    access.require_member(snapshot, req.org, person.user_id)
    page = organisations.members(snapshot, req.org, after=int(req.after or 0), limit=req.limit)
    known = users.many(snapshot, [member.user_id for member in page])
    return MemberPage(
        members=[
            _member(snapshot, member, known[member.user_id]) for member in page if member.user_id in known
        ]
    )


@client.post("/console/organisations/{org_id}/members")
def appoint_member(tx: Tx, person: Person, req: Appointment) -> MemberView:
    """Give somebody a role, or another one. Only an owner makes an owner or touches one."""
    by = access.require_member(tx, req.org, person.user_id, at_least=Role.ADMIN)
    user = users.find_by_username(tx, req.username)
    if user is None:
        raise DomainError(USER_UNKNOWN)
    member = organisations.appoint(tx, by=by, user_id=user.id, role=req.role)
    acts.record(
        tx,
        org_id=req.org,
        user_id=person.user_id,
        verb="member.appoint",
        target=f"{user.username} {req.role}",
    )
    return _member(tx, member, user)


@client.delete("/console/organisations/{org_id}/members/{user_id}")
def dismiss_member(tx: Tx, person: Person, req: MemberRef) -> None:
    """Take somebody's role away, or give up one's own."""
    leaver = UserId(int(req.user_id))
    needed = Role.OPERATOR if leaver == person.user_id else Role.ADMIN
    by = access.require_member(tx, req.org, person.user_id, at_least=needed)
    user = users.get(tx, leaver)
    organisations.dismiss(tx, by=by, user_id=leaver)
    acts.record(tx, org_id=req.org, user_id=person.user_id, verb="member.dismiss", target=user.username)


@client.get("/console/organisations/{org_id}/acts")
def list_acts(snapshot: Snapshot, person: Person, req: ActQuery) -> ActPage:
    """What members did here, newest first."""
    access.require_member(snapshot, req.org, person.user_id, at_least=Role.ADMIN)
    page = acts.list_(snapshot, req.org, before=int(req.before) if req.before else None, limit=req.limit)
    known = users.many(snapshot, [act.user_id for act in page])
    return ActPage(
        acts=[
            ActView(
                act_id=str(act.id),
                user_id=str(act.user_id),
                nickname=known[act.user_id].nickname if act.user_id in known else "",
                verb=act.verb,
                target=act.target,
                done_at=act.done_at,
            )
            for act in page
        ]
    )


# ── apps and their keys ────────────────────────────────────────────────────────────────────────────────────


class AppRef(Request):
    appid: Text


class AppQuery(OrganisationRef):
    after: Text = ""


class AppView(Response):
    appid: str
    org_id: str
    kind: AppKind
    name: str
    original_id: str
    introduction: str
    avatar: str
    created_at: int


class OwnAppPage(Response):
    apps: list[AppView]


class NewApp(OrganisationRef):
    kind: AppKind
    name: Text
    introduction: Text = ""


class AppSecret(Response):
    """The secret is told this once; what is kept cannot be read back here."""

    app: AppView
    secret: str


def _app(snapshot: Snapshot, app: App) -> AppView:
    return AppView(
        appid=app.appid,
        org_id=str(app.org_id),
        kind=app.kind,
        name=app.name,
        original_id=app.original_id,
        introduction=app.introduction,
        avatar=files.address(snapshot, app.avatar),
        created_at=app.created_at,
    )


@client.get("/console/organisations/{org_id}/apps")
def list_own_apps(snapshot: Snapshot, person: Person, req: AppQuery) -> OwnAppPage:
    """The organisation's accounts and mini programs."""
    access.require_member(snapshot, req.org, person.user_id)
    found = apps.of_organisation(snapshot, req.org, after=req.after)
    return OwnAppPage(apps=[_app(snapshot, app) for app in found])


@client.post("/console/organisations/{org_id}/apps")
def create_own_app(tx: Tx, person: Person, req: NewApp) -> AppSecret:
    """A new account or mini program, with its secret."""
    access.require_member(tx, req.org, person.user_id, at_least=Role.ADMIN)
    app = apps.create(tx, org_id=req.org, kind=req.kind, name=req.name, introduction=req.introduction)
    acts.record(tx, org_id=req.org, user_id=person.user_id, verb="app.create", target=app.appid)
    return AppSecret(app=_app(tx, app), secret=apps.secret(tx, app))


@client.get("/console/apps/{appid}")
def get_own_app(snapshot: Snapshot, person: Person, req: AppRef) -> AppView:
    """One account or mini program."""
    return _app(snapshot, access.require_app(snapshot, req.appid, person.user_id, at_least=Role.OPERATOR))


@client.post("/console/apps/{appid}/secret")
def reset_app_secret(tx: Tx, person: Person, req: AppRef) -> AppSecret:
    """A new secret; the former one is refused from now on."""
    app = access.require_app(tx, req.appid, person.user_id, at_least=Role.ADMIN)
    app, fresh = apps.reset_secret(tx, app)
    acts.record(tx, org_id=app.org_id, user_id=person.user_id, verb="app.secret_reset", target=app.appid)
    return AppSecret(app=_app(tx, app), secret=fresh)


# ── the push address ───────────────────────────────────────────────────────────────────────────────────────


class PushProposal(AppRef):
    url: Annotated[str, Meta(max_length=1024)]
    token: Text
    encoding_aes_key: Text
    mode: PushMode = PushMode.SAFE
    format: PushFormat = PushFormat.XML


class PushView(Response):
    """An address in use; its keys stay with whoever typed them."""

    url: str
    mode: PushMode
    format: PushFormat


class CheckStep(Response):
    """One step of the check: `passed` is null while it has not been taken."""

    name: str  # asked, answered, status, echoed
    passed: bool | None
    told: str = ""  # what was sent, or what came back


class PushCheckView(Response):
    """How the check of a proposed address is going."""

    check_id: str
    url: str
    mode: PushMode
    format: PushFormat
    state: CheckState
    reason: str
    asked_at: int
    steps: list[CheckStep]


class PushState(Response):
    in_use: PushView | None
    last_check: PushCheckView | None


@client.get("/console/apps/{appid}/push")
def get_push(snapshot: Snapshot, person: Person, req: AppRef) -> PushState:
    """The address in use, and how the last check went."""
    access.require_app(snapshot, req.appid, person.user_id)
    settings = push.find(snapshot, req.appid)
    check = push.last_check(snapshot, req.appid)
    return PushState(
        in_use=None if settings is None else PushView(settings.url, settings.mode, settings.format),
        last_check=None if check is None else _check(snapshot, check),
    )


@client.post("/console/apps/{appid}/push")
def propose_push(tx: Tx, person: Person, req: PushProposal) -> PushCheckView:
    """Propose a push address: it takes effect once it echoes what it is asked."""
    app = access.require_app(tx, req.appid, person.user_id)
    settings = PushSettings(req.url, req.token, req.encoding_aes_key, req.mode, req.format)
    check = push.propose(tx, app.appid, settings)
    acts.record(tx, org_id=app.org_id, user_id=person.user_id, verb="app.push_propose", target=req.url)
    return _check(tx, check)


class PushCheckRef(AppRef):
    check_id: Id


@client.get("/console/apps/{appid}/push/checks/{check_id}")
def get_push_check(snapshot: Snapshot, person: Person, req: PushCheckRef) -> PushCheckView:
    """One check, step by step."""
    access.require_app(snapshot, req.appid, person.user_id)
    return _check(snapshot, push.get_check(snapshot, PushCheckId(int(req.check_id)), appid=req.appid))


@client.delete("/console/apps/{appid}/push")
def stop_push(tx: Tx, person: Person, req: AppRef) -> None:
    """Send nothing any more."""
    app = access.require_app(tx, req.appid, person.user_id)
    push.stop(tx, app.appid)
    acts.record(tx, org_id=app.org_id, user_id=person.user_id, verb="app.push_stop", target=app.appid)


def _check(snapshot: Snapshot, check: PushCheck) -> PushCheckView:
    return PushCheckView(
        check_id=str(check.id),
        url=check.url,
        mode=check.mode,
        format=check.format,
        state=check.state,
        reason=check.reason,
        asked_at=check.asked_at,
        steps=_steps(snapshot, check),
    )


def _steps(snapshot: Snapshot, check: PushCheck) -> list[CheckStep]:
    """What was asked, whether an answer came, with which status, and whether it was the echo."""
    sent = deliveries.list_(snapshot, subject=f"address_check:{check.id}", limit=1)
    tries = deliveries.attempts(snapshot, sent[0].id) if sent else []
    if not tries:
        return [CheckStep(name, None) for name in ("asked", "answered", "status", "echoed")]
    last = tries[-1]
    answered = last.status is not None
    good = last.status == 200
    echoed = check.state is CheckState.PASSED
    return [
        CheckStep("asked", True, f"GET {check.url}?signature&timestamp&nonce&echostr={check.echostr}"),
        CheckStep("answered", answered, f"{last.duration_ms} ms" if answered else last.error or ""),
        CheckStep("status", good if answered else None, str(last.status) if answered else ""),
        CheckStep("echoed", echoed if good else None, last.answer[:200] if good else ""),
    ]
