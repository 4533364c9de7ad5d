"""Reviews: a version is laid before the platform's admins, who let it through or say why not."""

from collections.abc import Sequence

from hutong.domains.apps import platform
from hutong.domains.identity.tables import UserId
from hutong.domains.media import files
from hutong.domains.media.tables import FileKind
from hutong.kernel.clock import DAY_MS
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError

from . import categories, privacy, settings, versions
from .errors import (
    ABILITY_MISSING,
    NOT_REVIEWED,
    NOTHING_TO_REVIEW,
    PAGE_UNKNOWN,
    REVIEW_CATEGORY,
    REVIEW_ITEMS,
    REVIEW_MISSING,
    REVIEW_OPEN,
    REVIEW_REASON,
    REVIEW_STATE,
    REVIEW_TAG,
    REVIEWS_SPENT,
    UNDONE_TOO_OFTEN,
)
from .events import ReviewDecided
from .package_scan import Scan
from .tables import Review, ReviewId, ReviewItem, ReviewState, Rollout, Version, VersionId, VersionState

MOST_ITEMS = 5
TAGS, TAG_LENGTH = 10, 20
WORDS = 500
PICTURES = 5
PAGE = 50
A_MONTH = 20  # published: how often a program is reviewed, and how often at speed
URGENT_A_MONTH = 1
MONTH_MS = 30 * DAY_MS


def submit(
    tx: Tx,
    *,
    appid: str,
    version_id: VersionId,
    scan: Scan,
    submitted_by: UserId,
    items: Sequence[ReviewItem] = (),
    description: str = "",
    feedback: str = "",
    pictures: Sequence[str] = (),
) -> Review:
    """Lay a version before the reviewers. Without items, its first page in the program's first category.

    Raises REVIEW_OPEN, REVIEWS_SPENT, NOTHING_TO_REVIEW, REVIEW_ITEMS, REVIEW_TAG, REVIEW_CATEGORY, PAGE_UNKNOWN,
    ABILITY_MISSING when the code uses what no category of the program permits.
    """
    versions.locked_program(tx, appid)
    if open_of(tx, appid) is not None:
        raise DomainError(REVIEW_OPEN)
    if quota(tx, appid)[0] < 1:
        raise DomainError(REVIEWS_SPENT, most=A_MONTH)
    version = versions.get(tx, appid=appid, version_id=version_id)
    if version.state not in (VersionState.DEVELOP, VersionState.TRIAL):
        raise DomainError(NOTHING_TO_REVIEW)
    own = categories.of(tx, appid)
    if not own:
        raise DomainError(REVIEW_CATEGORY)
    lacking = sorted(set(scan.needs) - categories.abilities(tx, appid))
    if lacking:
        raise DomainError(ABILITY_MISSING, abilities=lacking)
    declared = privacy.of(tx, appid)
    return tx.insert(
        Review(
            id=ReviewId(tx.new_id()),
            appid=appid,
            version_id=version.id,
            items=[_item(item, version, own) for item in items or (ReviewItem(),)],
            description=description[:WORDS],
            feedback=feedback[:WORDS],
            pictures=_pictures(tx, pictures),
            collected=[] if declared is None else [item.privacy_key for item in declared.items],
            submitted_by=submitted_by,
            submitted_at=tx.now,
            state=ReviewState.AUDITING,
        )
    )


def _item(item: ReviewItem, version: Version, own: list[categories.Category]) -> ReviewItem:
    """The item with what it left out; its page and category must be the program's."""
    tags = item.tag.split()
    if len(tags) > TAGS or any(len(tag) > TAG_LENGTH for tag in tags) or len(item.title) > 32:
        raise DomainError(REVIEW_TAG)
    page = item.address.partition("?")[0] or version.pages[0]
    if page not in version.pages:
        raise DomainError(PAGE_UNKNOWN, page=page)
    fitting = [
        category
        for category in own
        if (not item.second_id or category.second == item.second_id)
        and (not item.first_id or category.first == item.first_id)
        and (not item.second_class or category.second_name == item.second_class)
        and (not item.first_class or category.first_name == item.first_class)
    ]
    if not fitting:
        raise DomainError(REVIEW_CATEGORY)
    category = fitting[0]
    return ReviewItem(
        address=item.address or page,
        tag=item.tag,
        title=item.title,
        first_class=category.first_name,
        second_class=category.second_name,
        first_id=category.first,
        second_id=category.second,
    )


def _pictures(tx: Tx, handles: Sequence[str]) -> list[str]:
    if len(handles) > PICTURES:
        raise DomainError(REVIEW_ITEMS)
    return [files.require(tx, handle, FileKind.IMAGE).handle for handle in handles]


def quota(snapshot: Snapshot, appid: str) -> tuple[int, int]:
    """How many reviews are left this month, and how many at speed."""
    rows = snapshot.rows(
        "select count(*), coalesce(sum(case when urgent = true then 1 else 0 end), 0) from miniapp_review"
        " where appid = :appid and submitted_at > :since",
        appid=appid,
        since=snapshot.now - MONTH_MS,
    )
    used, urgent = rows[0]
    return max(0, A_MONTH - int(used)), max(0, URGENT_A_MONTH - int(urgent))


def hurry(tx: Tx, *, appid: str, review_id: ReviewId) -> Review:
    """Ask for it to be looked at first, once a month. Raises REVIEW_MISSING, REVIEW_STATE, REVIEWS_SPENT."""
    review = _auditing(tx, appid, review_id)
    if review.urgent:
        return review
    if quota(tx, appid)[1] < 1:
        raise DomainError(REVIEWS_SPENT, most=URGENT_A_MONTH)
    return tx.update(review, urgent=True)


def undo(tx: Tx, *, appid: str) -> Review:
    """Take the open review back, once a day. Raises REVIEW_MISSING, UNDONE_TOO_OFTEN."""
    versions.locked_program(tx, appid)
    review = open_of(tx, appid)
    if review is None:
        raise DomainError(REVIEW_MISSING)
    undone = tx.value(
        "select count(*) from miniapp_review where appid = :appid and state = :state and reviewed_at > :since",
        appid=appid,
        state=ReviewState.UNDONE.value,
        since=tx.now - DAY_MS,
    )
    if undone:
        raise DomainError(UNDONE_TOO_OFTEN)
    return tx.update(review, state=ReviewState.UNDONE, reviewed_at=tx.now)


def _auditing(tx: Tx, appid: str, review_id: ReviewId) -> Review:
    review = tx.lock(get(tx, review_id, appid=appid))
    if review.state is not ReviewState.AUDITING:
        raise DomainError(REVIEW_STATE, state=review.state)
    return review


# ── deciding ───────────────────────────────────────────────────────────────────────────────────────────────


def approve(tx: Tx, *, review_id: ReviewId, reviewer_id: UserId) -> Review:
    """Let the version through; its owner releases it. Raises PLATFORM_ONLY, REVIEW_MISSING, REVIEW_STATE."""
    return _decide(tx, review_id, reviewer_id, ReviewState.APPROVED, "", ())


def reject(
    tx: Tx, *, review_id: ReviewId, reviewer_id: UserId, reason: str, screenshots: Sequence[str] = ()
) -> Review:
    """Say why not, with pictures. Raises PLATFORM_ONLY, REVIEW_REASON, REVIEW_MISSING, REVIEW_STATE."""
    if not 1 <= len(reason.strip()) <= WORDS:
        raise DomainError(REVIEW_REASON)
    return _decide(tx, review_id, reviewer_id, ReviewState.REJECTED, reason.strip(), screenshots)


def _decide(
    tx: Tx,
    review_id: ReviewId,
    reviewer_id: UserId,
    state: ReviewState,
    reason: str,
    screenshots: Sequence[str],
) -> Review:
    platform.require_admin(tx, reviewer_id)
    review = _auditing(tx, get(tx, review_id).appid, review_id)
    decided = tx.update(
        review,
        state=state,
        reason=reason,
        screenshots=_pictures(tx, screenshots),
        reviewed_by=reviewer_id,
        reviewed_at=tx.now,
    )
    tx.emit(
        ReviewDecided(
            appid=review.appid,
            review_id=review.id,
            approved=state is ReviewState.APPROVED,
            at=tx.now,
            submitted_by=review.submitted_by,
        )
    )
    return decided


def require_passed(tx: Tx, version: Version) -> None:
    """Raises NOT_REVIEWED for a version that must pass a review first and has not; one released before has."""
    if not settings.needs_review(tx, version.appid) or version.released_at is not None:
        return
    passed = tx.value(
        "select count(*) from miniapp_review where appid = :appid and version_id = :version and state in :states",
        appid=version.appid,
        version=version.id,
        states=[ReviewState.APPROVED.value, ReviewState.USED.value],
    )
    if not passed:
        raise DomainError(NOT_REVIEWED)


def release(tx: Tx, *, appid: str, version_id: VersionId) -> Version:
    """Release a version that may be. Raises NOT_REVIEWED and what versions.release raises."""
    version = versions.get(tx, appid=appid, version_id=version_id)
    require_passed(tx, version)
    released = versions.release(tx, appid=appid, version_id=version_id)
    _use(tx, released)
    return released


def roll_out(
    tx: Tx,
    *,
    appid: str,
    version_id: VersionId,
    percentage: int,
    debuggers_first: bool = False,
    experiencers_first: bool = False,
) -> Rollout | None:
    """Give some a version that may be released. Raises NOT_REVIEWED and what versions.roll_out raises."""
    version = versions.get(tx, appid=appid, version_id=version_id)
    require_passed(tx, version)
    rollout = versions.roll_out(
        tx,
        appid=appid,
        version_id=version_id,
        percentage=percentage,
        debuggers_first=debuggers_first,
        experiencers_first=experiencers_first,
    )
    _use(tx, version)
    return rollout


def _use(tx: Tx, version: Version) -> None:
    tx.run(
        "update miniapp_review set state = :used where appid = :appid and version_id = :version"
        " and state = :approved",
        used=ReviewState.USED.value,
        appid=version.appid,
        version=version.id,
        approved=ReviewState.APPROVED.value,
    )


# ── looking ────────────────────────────────────────────────────────────────────────────────────────────────


def get(snapshot: Snapshot, review_id: ReviewId, *, appid: str = "") -> Review:
    """Raises REVIEW_MISSING, also for another program's when `appid` is given."""
    review = snapshot.find(Review, id=review_id)
    if review is None or (appid and review.appid != appid):
        raise DomainError(REVIEW_MISSING)
    return review


def open_of(snapshot: Snapshot, appid: str) -> Review | None:
    """The review that waits for an answer."""
    latest = latest_of(snapshot, appid)
    return latest if latest is not None and latest.state is ReviewState.AUDITING else None


def latest_of(snapshot: Snapshot, appid: str) -> Review | None:
    return snapshot.one(Review, "where appid = :appid order by id desc limit 1", appid=appid)


def approved(snapshot: Snapshot, appid: str) -> Review | None:
    """The approval that has not been used."""
    latest = latest_of(snapshot, appid)
    return latest if latest is not None and latest.state is ReviewState.APPROVED else None


def list_(snapshot: Snapshot, appid: str, *, before: int = 2**63 - 1) -> list[Review]:
    """A program's reviews, newest first."""
    return snapshot.all(
        Review,
        "where appid = :appid and id < :before order by id desc limit :limit",
        appid=appid,
        before=before,
        limit=PAGE,
    )


def waiting(snapshot: Snapshot, *, after: int = 0) -> list[Review]:
    """What the reviewers have before them: the urgent first, then the longest waiting."""
    return snapshot.all(
        Review,
        "where state = :state and id > :after order by urgent desc, id limit :limit",
        state=ReviewState.AUDITING.value,
        after=after,
        limit=PAGE,
    )


def decided(snapshot: Snapshot, *, before: int = 2**63 - 1) -> list[Review]:
    """What was decided, newest first."""
    return snapshot.all(
        Review,
        "where state in :states and id < :before order by id desc limit :limit",
        states=[state.value for state in (ReviewState.APPROVED, ReviewState.REJECTED, ReviewState.USED)],
        before=before,
        limit=PAGE,
    )
