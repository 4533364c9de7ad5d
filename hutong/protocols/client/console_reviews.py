"""Reviews, from both sides: a developer lays a version before the platform, whose admins look and decide."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from hutong.domains.apps import access, acts, apps, organisations, platform
from hutong.domains.apps.tables import App, AppKind, Role
from hutong.domains.identity import users
from hutong.domains.identity.errors import USER_UNKNOWN
from hutong.domains.identity.tables import UserId
from hutong.domains.media import files
from hutong.domains.miniapp import categories, package_scan, privacy, reviews, versions
from hutong.domains.miniapp.package_scan import KEYS, Scan
from hutong.domains.miniapp.tables import (
    PrivacyContact,
    PrivacyItem,
    Review,
    ReviewId,
    ReviewItem,
    ReviewState,
    VersionId,
)
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.endpoints import Id, Request, Response
from hutong.kernel.errors import DomainError

from .console import AppRef, Text
from .program_code import PreviewCode, preview_code
from .protocol import Person, client

Words = Annotated[str, Meta(max_length=reviews.WORDS)]
Handles = Annotated[list[Annotated[str, Meta(max_length=64)]], Meta(max_length=reviews.PICTURES)]


class ItemView(Request):
    """A page with the words it is found by, and the number of the second-class category it serves."""

    address: Annotated[str, Meta(max_length=1024)] = ""
    tag: Annotated[str, Meta(max_length=256)] = ""
    title: Annotated[str, Meta(max_length=32)] = ""
    second: Annotated[int, Meta(ge=0, le=999_999)] = 0
    category: Annotated[str, Meta(max_length=64)] = ""  # its name, in answers


class ReviewView(Response):
    """`pictures` and `screenshots` are addresses: what the developer and what the reviewer shows."""

    review_id: str
    appid: str
    version_id: str
    number: str
    items: list[ItemView]
    description: str
    feedback: str
    pictures: list[str]
    collected: list[str]
    submitted_by: str
    submitted_at: int
    state: ReviewState
    urgent: bool
    reason: str
    screenshots: list[str]
    reviewed_at: int | None


class ReviewPage(Response):
    """`left` and `urgent_left`: how many reviews, and how many at speed, the program still has this month."""

    reviews: list[ReviewView]
    left: int
    urgent_left: int
    next: str | None


class ReviewQuery(AppRef):
    before: Id | None = None


class Submission(AppRef):
    version_id: Id
    items: Annotated[list[ItemView], Meta(max_length=reviews.MOST_ITEMS)] = []
    description: Words = ""
    feedback: Words = ""
    pictures: Handles = []


class ReviewRef(AppRef):
    review_id: Id


def _program(snapshot: Snapshot, appid: str, person: Person, role: Role = Role.OPERATOR) -> App:
    app = access.require_app(snapshot, appid, person.user_id, at_least=role)
    return apps.require_kind(app, AppKind.MINI_PROGRAM)


def _review(snapshot: Snapshot, review: Review) -> ReviewView:
    version = versions.find(snapshot, review.version_id)
    return ReviewView(
        review_id=str(review.id),
        appid=review.appid,
        version_id=str(review.version_id),
        number="" if version is None else version.number,
        items=[
            ItemView(
                item.address,
                item.tag,
                item.title,
                item.second_id,
                f"{item.first_class} · {item.second_class}",
            )
            for item in review.items
        ],
        description=review.description,
        feedback=review.feedback,
        pictures=[files.address(snapshot, handle) for handle in review.pictures],
        collected=review.collected,
        submitted_by=users.get(snapshot, review.submitted_by).nickname,
        submitted_at=review.submitted_at,
        state=review.state,
        urgent=review.urgent,
        reason=review.reason,
        screenshots=[files.address(snapshot, handle) for handle in review.screenshots],
        reviewed_at=review.reviewed_at,
    )


@client.get("/console/apps/{appid}/reviews")
def list_reviews(snapshot: Snapshot, person: Person, req: ReviewQuery) -> ReviewPage:
    """A program's reviews, newest first."""
    app = _program(snapshot, req.appid, person)
    page = reviews.list_(snapshot, app.appid, before=int(req.before) if req.before else 2**63 - 1)
    left, urgent_left = reviews.quota(snapshot, app.appid)
    return ReviewPage(
        [_review(snapshot, review) for review in page],
        left,
        urgent_left,
        str(page[-1].id) if len(page) == reviews.PAGE else None,
    )


def scan_submission(snapshot: Snapshot, person: Person, req: Submission) -> Scan:
    app = _program(snapshot, req.appid, person, Role.DEVELOPER)
    version = versions.get(snapshot, appid=app.appid, version_id=VersionId(int(req.version_id)))
    return package_scan.scan(snapshot.blobs, version.content_hash)


@client.post("/console/apps/{appid}/reviews", prepare=scan_submission)
def submit_review(tx: Tx, person: Person, req: Submission, scan: Scan) -> ReviewView:
    """Lay a version before the platform's reviewers."""
    app = _program(tx, req.appid, person, Role.DEVELOPER)
    review = reviews.submit(
        tx,
        appid=app.appid,
        version_id=VersionId(int(req.version_id)),
        scan=scan,
        submitted_by=person.user_id,
        items=[ReviewItem(item.address, item.tag, item.title, second_id=item.second) for item in req.items],
        description=req.description,
        feedback=req.feedback,
        pictures=req.pictures,
    )
    _record(tx, app, person, "program.review_submit", review)
    return _review(tx, review)


@client.delete("/console/apps/{appid}/reviews/open")
def undo_review(tx: Tx, person: Person, req: AppRef) -> ReviewView:
    """Take the open review back, once a day."""
    app = _program(tx, req.appid, person, Role.DEVELOPER)
    review = reviews.undo(tx, appid=app.appid)
    _record(tx, app, person, "program.review_undo", review)
    return _review(tx, review)


@client.post("/console/apps/{appid}/reviews/{review_id}/hurry")
def hurry_review(tx: Tx, person: Person, req: ReviewRef) -> ReviewView:
    """Ask that it is looked at first, once a month."""
    app = _program(tx, req.appid, person, Role.ADMIN)
    review = reviews.hurry(tx, appid=app.appid, review_id=ReviewId(int(req.review_id)))
    _record(tx, app, person, "program.review_hurry", review)
    return _review(tx, review)


def _record(tx: Tx, app: App, person: Person, verb: str, review: Review) -> None:
    target = f"{app.appid} {review.id}"
    acts.record(tx, org_id=app.org_id, user_id=person.user_id, verb=verb, target=target)


# ── privacy ────────────────────────────────────────────────────────────────────────────────────────────────


class PrivacyView(Response):
    """`keys` are the published kinds of data; `found` those that the newest code seems to collect."""

    contact: PrivacyContact
    items: list[PrivacyItem]
    keys: list[str]
    found: list[str]
    updated_at: int | None


class PrivacyWish(AppRef):
    contact: PrivacyContact
    items: Annotated[list[PrivacyItem], Meta(max_length=privacy.MOST)] = []


def scan_newest(snapshot: Snapshot, person: Person, req: AppRef) -> list[str]:
    version = versions.uploaded(snapshot, _program(snapshot, req.appid, person).appid)
    return [] if version is None else package_scan.scan(snapshot.blobs, version.content_hash).collects


def _privacy(snapshot: Snapshot, app: App, found: list[str]) -> PrivacyView:
    said = privacy.of(snapshot, app.appid)
    return PrivacyView(
        contact=PrivacyContact() if said is None else said.contact,
        items=[] if said is None else said.items,
        keys=sorted(KEYS),
        found=found,
        updated_at=None if said is None else said.updated_at,
    )


@client.get("/console/apps/{appid}/privacy", prepare=scan_newest)
def get_declared_privacy(snapshot: Snapshot, person: Person, req: AppRef, found: list[str]) -> PrivacyView:
    """What the program says it collects, and what its code seems to."""
    return _privacy(snapshot, _program(snapshot, req.appid, person), found)


@client.put("/console/apps/{appid}/privacy")
def declare_privacy(tx: Tx, person: Person, req: PrivacyWish) -> PrivacyView:
    """Say what the program collects, what for, and who answers for it."""
    app = _program(tx, req.appid, person, Role.ADMIN)
    privacy.declare(tx, appid=app.appid, contact=req.contact, items=req.items)
    acts.record(tx, org_id=app.org_id, user_id=person.user_id, verb="program.privacy", target=app.appid)
    return _privacy(tx, app, [])


# ── the platform's side ────────────────────────────────────────────────────────────────────────────────────


class QueueLine(Response):
    review: ReviewView
    name: str
    organisation: str


class Queue(Response):
    """`waiting`: the urgent first, then the longest waiting. `decided`: newest first."""

    waiting: list[QueueLine]
    decided: list[QueueLine]


class PlatformReview(Request):
    review_id: Id


class Rejection(PlatformReview):
    reason: Words
    screenshots: Handles = []


class Findings(Response):
    """What the code shows without being run. `undeclared` it seems to collect and does not say."""

    calls: list[str]
    domains: list[str]
    plain_http: list[str]
    collects: list[str]
    undeclared: list[str]
    needs: list[str]
    lacking: list[str]
    hidden: list[str]
    evaluates: bool
    size_bytes: int
    largest: list[package_scan.Part]


class ReviewerView(Response):
    """`preview` opens the version for whoever reviews it; `pages` are what it has."""

    line: QueueLine
    introduction: str
    pages: list[str]
    preview: PreviewCode
    findings: Findings


class Standing(Response):
    is_admin: bool


class AdminView(Response):
    user_id: str
    username: str
    nickname: str
    appointed_at: int


class Admins(Response):
    admins: list[AdminView]


class NewAdmin(Request):
    username: Text


class AdminRef(Request):
    user_id: Id


def _line(snapshot: Snapshot, review: Review) -> QueueLine:
    app = apps.get(snapshot, review.appid)
    organisation = organisations.get(snapshot, app.org_id)
    return QueueLine(_review(snapshot, review), app.name, organisation.name)


@client.get("/platform/standing")
def get_standing(snapshot: Snapshot, person: Person) -> Standing:
    """Whether I am one of the platform's admins."""
    return Standing(platform.is_admin(snapshot, person.user_id))


@client.get("/platform/reviews")
def list_queue(snapshot: Snapshot, person: Person) -> Queue:
    """What waits for a decision, and what was decided lately."""
    platform.require_admin(snapshot, person.user_id)
    return Queue(
        [_line(snapshot, review) for review in reviews.waiting(snapshot)],
        [_line(snapshot, review) for review in reviews.decided(snapshot)],
    )


def scan_review(snapshot: Snapshot, person: Person, req: PlatformReview) -> Scan:
    platform.require_admin(snapshot, person.user_id)
    review = reviews.get(snapshot, ReviewId(int(req.review_id)))
    version = versions.get(snapshot, appid=review.appid, version_id=review.version_id)
    return package_scan.scan(snapshot.blobs, version.content_hash)


@client.post("/platform/reviews/{review_id}/open", prepare=scan_review)
def open_review(tx: Tx, person: Person, req: PlatformReview, scan: Scan) -> ReviewerView:
    """A review with what its code shows, and a preview to look at its pages with."""
    platform.require_admin(tx, person.user_id)
    review = reviews.get(tx, ReviewId(int(req.review_id)))
    version = versions.get(tx, appid=review.appid, version_id=review.version_id)
    allowed = categories.abilities(tx, review.appid)
    shown: dict[str, Any] = msgspec.structs.asdict(scan)
    return ReviewerView(
        line=_line(tx, review),
        introduction=apps.get(tx, review.appid).introduction,
        pages=version.pages,
        preview=preview_code(tx, version, ""),
        findings=Findings(
            undeclared=[key for key in scan.collects if key not in review.collected],
            lacking=[need for need in scan.needs if need not in allowed],
            **shown,
        ),
    )


@client.post("/platform/reviews/{review_id}/approve")
def approve_review(tx: Tx, person: Person, req: PlatformReview) -> ReviewView:
    """Let the version through; its owner releases it."""
    review = reviews.approve(tx, review_id=ReviewId(int(req.review_id)), reviewer_id=person.user_id)
    _record(tx, apps.get(tx, review.appid), person, "platform.review_approve", review)
    return _review(tx, review)


@client.post("/platform/reviews/{review_id}/reject")
def reject_review(tx: Tx, person: Person, req: Rejection) -> ReviewView:
    """Say why not, with pictures."""
    review = reviews.reject(
        tx,
        review_id=ReviewId(int(req.review_id)),
        reviewer_id=person.user_id,
        reason=req.reason,
        screenshots=req.screenshots,
    )
    _record(tx, apps.get(tx, review.appid), person, "platform.review_reject", review)
    return _review(tx, review)


@client.get("/platform/admins")
def list_admins(snapshot: Snapshot, person: Person) -> Admins:
    """Who runs this home."""
    platform.require_admin(snapshot, person.user_id)
    found = platform.list_(snapshot)
    known = users.many(snapshot, [admin.user_id for admin in found])
    return Admins(
        [
            AdminView(
                str(admin.user_id),
                known[admin.user_id].username,
                known[admin.user_id].nickname,
                admin.appointed_at,
            )
            for admin in found
            if admin.user_id in known
        ]
    )


@client.post("/platform/admins")
def appoint_admin(tx: Tx, person: Person, req: NewAdmin) -> Admins:
    """Appoint one more."""
    platform.require_admin(tx, person.user_id)
    user = users.find_by_username(tx, req.username)
    if user is None:
        raise DomainError(USER_UNKNOWN)
    platform.appoint(tx, user.id)
    return list_admins(tx, person)


@client.delete("/platform/admins/{user_id}")
def dismiss_admin(tx: Tx, person: Person, req: AdminRef) -> None:
    """Take it from one, or give it up; the last one appointed stays."""
    platform.require_admin(tx, person.user_id)
    platform.dismiss(tx, UserId(int(req.user_id)))
