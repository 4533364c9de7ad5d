"""The console of a mini program: its versions and channels, who may try them, and its codes."""

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from hutong.domains.apps import access, acts, apps
from hutong.domains.apps.tables import App, AppKind, Role
from hutong.domains.identity import users
from hutong.domains.identity.errors import USER_UNKNOWN
from hutong.domains.identity.tables import UserId
from hutong.domains.miniapp import program_codes, reviews, settings, testers, versions
from hutong.domains.miniapp.tables import Channel, ReviewState, Rollout, Version, VersionId, VersionState
from hutong.kernel import round_codes
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.drawn_codes import Format
from hutong.kernel.endpoints import Id, Raw, Response
from hutong.kernel.errors import DomainError

from .console import AppRef, Text
from .program_code import PreviewCode, preview_code
from .protocol import Person, client

Width = Annotated[int, Meta(ge=round_codes.NARROWEST, le=round_codes.WIDEST)]
Share = Annotated[int, Meta(ge=0, le=versions.EVERYBODY)]


class VersionQuery(AppRef):
    before: Id | None = None


class VersionRef(AppRef):
    version_id: Id


class VersionView(Response):
    version_id: str
    number: str
    description: str
    content_hash: str
    size_bytes: int
    pages: list[str]
    uploaded_by: str  # a nickname
    uploaded_at: int
    state: VersionState
    released_at: int | None


class RolloutView(Response):
    """How many in a hundred have a version before everybody does, and who has it whatever the share."""

    version_id: str
    percentage: int
    debuggers_first: bool
    experiencers_first: bool
    begun_at: int
    changed_at: int


class SettingsView(Response):
    """`oldest_id`: devices that keep a version before it change at once. `needs_review` is fixed in production.

    `prefetch_url` is asked for what the first page wants while the program's code comes; empty for none.
    """

    needs_review: bool
    review_fixed: bool
    closed: bool
    oldest_id: str | None
    prefetch_url: str


class VersionPage(Response):
    """`review` says where the latest review stands, `reviewed_id` of which version."""

    versions: list[VersionView]
    rollout: RolloutView | None
    settings: SettingsView
    review: ReviewState | None
    reviewed_id: str | None
    next: str | None


def _program(snapshot: Snapshot, appid: str, person: Person, role: Role = Role.OPERATOR) -> App:
    app = access.require_app(snapshot, appid, person.user_id, at_least=role)
    return apps.require_kind(app, AppKind.MINI_PROGRAM)


def _version(version: Version, uploader: str) -> VersionView:
    return VersionView(
        version_id=str(version.id),
        number=version.number,
        description=version.description,
        content_hash=version.content_hash,
        size_bytes=version.size_bytes,
        pages=version.pages,
        uploaded_by=uploader,
        uploaded_at=version.uploaded_at,
        state=version.state,
        released_at=version.released_at,
    )


@client.get("/console/apps/{appid}/versions")
def list_versions(snapshot: Snapshot, person: Person, req: VersionQuery) -> VersionPage:
    """A program's versions, newest first."""
    app = _program(snapshot, req.appid, person)
    page = versions.list_(snapshot, app.appid, before=int(req.before) if req.before else 2**63 - 1)
    known = users.many(snapshot, [version.uploaded_by for version in page])
    names = {user_id: user.nickname for user_id, user in known.items()}
    rollout = versions.find_rollout(snapshot, app.appid)
    review = reviews.latest_of(snapshot, app.appid)
    return VersionPage(
        versions=[_version(version, names.get(version.uploaded_by, "")) for version in page],
        rollout=None if rollout is None else _rollout(rollout),
        settings=_settings(snapshot, app),
        review=None if review is None else review.state,
        reviewed_id=None if review is None else str(review.version_id),
        next=str(page[-1].id) if len(page) == versions.PAGE else None,
    )


@client.post("/console/apps/{appid}/versions/{version_id}/try")
def try_version(tx: Tx, person: Person, req: VersionRef) -> VersionView:
    """Make a version the one on trial."""
    app = _program(tx, req.appid, person, Role.DEVELOPER)
    version = versions.try_out(tx, appid=app.appid, version_id=VersionId(int(req.version_id)))
    return _changed(tx, app, person, version, "program.try")


@client.post("/console/apps/{appid}/versions/{version_id}/release")
def release_version(tx: Tx, person: Person, req: VersionRef) -> VersionView:
    """Give a version to everybody, once it passed the review it needs; releasing an earlier one gives that again."""
    app = _program(tx, req.appid, person, Role.ADMIN)
    version = reviews.release(tx, appid=app.appid, version_id=VersionId(int(req.version_id)))
    return _changed(tx, app, person, version, "program.release")


class RollBack(AppRef):
    """Without a version, to the one before."""

    version_id: Id | None = None


@client.post("/console/apps/{appid}/rollback")
def roll_back(tx: Tx, person: Person, req: RollBack) -> VersionView:
    """Take the released version from everybody at once, and give an earlier one again."""
    app = _program(tx, req.appid, person, Role.ADMIN)
    chosen = None if req.version_id is None else VersionId(int(req.version_id))
    version = versions.roll_back(tx, appid=app.appid, version_id=chosen)
    return _changed(tx, app, person, version, "program.rollback")


class RollOut(VersionRef):
    percentage: Share
    debuggers_first: bool = False
    experiencers_first: bool = False


@client.put("/console/apps/{appid}/versions/{version_id}/rollout")
def roll_out(tx: Tx, person: Person, req: RollOut) -> VersionView:
    """Give a version to so many in a hundred, or to more than before; to all of them is a release."""
    app = _program(tx, req.appid, person, Role.ADMIN)
    version_id = VersionId(int(req.version_id))
    reviews.roll_out(
        tx,
        appid=app.appid,
        version_id=version_id,
        percentage=req.percentage,
        debuggers_first=req.debuggers_first,
        experiencers_first=req.experiencers_first,
    )
    version = versions.get(tx, appid=app.appid, version_id=version_id)
    return _changed(tx, app, person, version, "program.rollout")


@client.delete("/console/apps/{appid}/rollout")
def stop_rollout(tx: Tx, person: Person, req: AppRef) -> VersionView:
    """Everybody gets the released version again."""
    app = _program(tx, req.appid, person, Role.ADMIN)
    version = versions.stop_rollout(tx, appid=app.appid)
    return _changed(tx, app, person, version, "program.rollout_stop")


class PreviewRequest(VersionRef):
    """`path` is the page with its query that the code opens."""

    path: Annotated[str, Meta(max_length=1024)] = ""


@client.post("/console/apps/{appid}/versions/{version_id}/preview")
def preview_version(tx: Tx, person: Person, req: PreviewRequest) -> PreviewCode:
    """A code that opens this version for a while, for members and experience members."""
    app = _program(tx, req.appid, person, Role.OPERATOR)
    version = versions.get(tx, appid=app.appid, version_id=VersionId(int(req.version_id)))
    return preview_code(tx, version, req.path)


class SettingsChange(AppRef):
    """What is absent stays. An empty `oldest_id` lets every version be kept."""

    needs_review: bool | UnsetType = UNSET
    closed: bool | UnsetType = UNSET
    oldest_id: Annotated[str, Meta(max_length=20)] | UnsetType = UNSET
    prefetch_url: Annotated[str, Meta(pattern=r"^(https?://[^\s]{1,1000})?\Z")] | UnsetType = UNSET


@client.patch("/console/apps/{appid}/program-settings")
def change_program_settings(tx: Tx, person: Person, req: SettingsChange) -> SettingsView:
    """Close or open the program, say from which version on devices may stay, and whether reviews are needed."""
    app = _program(tx, req.appid, person, Role.ADMIN)
    values: dict[str, object] = {}
    if req.needs_review is not UNSET:
        values["needs_review"] = req.needs_review
    if req.closed is not UNSET:
        values["closed"] = req.closed
    if req.prefetch_url is not UNSET:
        values["prefetch_url"] = req.prefetch_url
    if req.oldest_id is not UNSET:
        oldest = VersionId(int(req.oldest_id)) if req.oldest_id.isdecimal() else None
        if oldest is not None:
            versions.get(tx, appid=app.appid, version_id=oldest)
        values["oldest_id"] = oldest
    if values:
        settings.change(tx, app.appid, **values)
        target = f"{app.appid} {' '.join(sorted(values))}"
        acts.record(tx, org_id=app.org_id, user_id=person.user_id, verb="program.settings", target=target)
    return _settings(tx, app)


def _settings(snapshot: Snapshot, app: App) -> SettingsView:
    stands = settings.of(snapshot, app.appid)
    return SettingsView(
        needs_review=settings.needs_review(snapshot, app.appid),
        review_fixed=snapshot.settings.production,
        closed=stands.closed,
        oldest_id=None if stands.oldest_id is None else str(stands.oldest_id),
        prefetch_url=stands.prefetch_url,
    )


def _rollout(rollout: Rollout) -> RolloutView:
    return RolloutView(
        str(rollout.version_id),
        rollout.percentage,
        rollout.debuggers_first,
        rollout.experiencers_first,
        rollout.begun_at,
        rollout.changed_at,
    )


def _changed(tx: Tx, app: App, person: Person, version: Version, verb: str) -> VersionView:
    target = f"{app.appid} {version.number}"
    acts.record(tx, org_id=app.org_id, user_id=person.user_id, verb=verb, target=target)
    return _version(version, users.get(tx, version.uploaded_by).nickname)


class CodeRequest(AppRef):
    page: Text = ""
    scene: Text = "console"
    channel: Channel = Channel.RELEASE
    width: Width = 430


def draw_code(snapshot: Snapshot, person: Person, req: CodeRequest) -> bytes:
    _program(snapshot, req.appid, person)
    app = apps.get(snapshot, req.appid)
    text = program_codes.text_of(
        snapshot, appid=req.appid, channel=req.channel, page=req.page, scene=req.scene
    )
    face = program_codes.logo(snapshot, app)
    return round_codes.draw(program_codes.id_of(text), width=req.width, format=Format.PNG, logo=face)


@client.post("/console/apps/{appid}/code", prepare=draw_code)
def make_program_code(tx: Tx, person: Person, req: CodeRequest, picture: bytes) -> Raw:
    """A code that opens a page of the program with a scene value, as a PNG."""
    app = _program(tx, req.appid, person)
    program_codes.unlimited(tx, app=app, page=req.page, scene=req.scene, channel=req.channel, check_path=True)
    return Raw(picture, "image/png")


# ── experience members ─────────────────────────────────────────────────────────────────────────────────────


class TesterView(Response):
    user_id: str
    username: str
    nickname: str
    added_at: int


class Testers(Response):
    testers: list[TesterView]
    most: int


class NewTester(AppRef):
    username: Text


class TesterRef(AppRef):
    user_id: Id


@client.get("/console/apps/{appid}/testers")
def list_testers(snapshot: Snapshot, person: Person, req: AppRef) -> Testers:
    """Who may open what is not released, beside the members."""
    app = _program(snapshot, req.appid, person)
    found = testers.list_(snapshot, app.appid)
    known = users.many(snapshot, [tester.user_id for tester in found])
    return Testers(
        [
            TesterView(
                str(tester.user_id),
                known[tester.user_id].username,
                known[tester.user_id].nickname,
                tester.added_at,
            )
            for tester in found
        ],
        testers.MOST,
    )


@client.post("/console/apps/{appid}/testers")
def bind_tester(tx: Tx, person: Person, req: NewTester) -> Testers:
    """Let somebody try the program."""
    app = _program(tx, req.appid, person, Role.ADMIN)
    user = users.find_by_username(tx, req.username)
    if user is None:
        raise DomainError(USER_UNKNOWN)
    testers.bind(tx, appid=app.appid, user_id=user.id)
    target = f"{app.appid} {user.username}"
    acts.record(tx, org_id=app.org_id, user_id=person.user_id, verb="program.tester_add", target=target)
    return list_testers(tx, person, AppRef(req.appid))


@client.delete("/console/apps/{appid}/testers/{user_id}")
def unbind_tester(tx: Tx, person: Person, req: TesterRef) -> None:
    """Somebody may no longer."""
    app = _program(tx, req.appid, person, Role.ADMIN)
    user = users.get(tx, UserId(int(req.user_id)))
    testers.unbind(tx, appid=app.appid, user_id=user.id)
    target = f"{app.appid} {user.username}"
    acts.record(tx, org_id=app.org_id, user_id=person.user_id, verb="program.tester_remove", target=target)
