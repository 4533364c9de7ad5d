"""Reviews: what a version must pass, and what its code shows without being run."""

import pytest

from hutong.domains.apps import platform
from hutong.domains.apps.errors import PLATFORM_ONLY
from hutong.domains.apps.tables import App, AppKind
from hutong.domains.identity.tables import User
from hutong.domains.miniapp import categories, package_scan, packages, privacy, reviews, settings, versions
from hutong.domains.miniapp import errors as refusals
from hutong.domains.miniapp.categories import Ability
from hutong.domains.miniapp.events import ReviewDecided
from hutong.domains.miniapp.package_scan import Scan
from hutong.domains.miniapp.tables import (
    PrivacyContact,
    PrivacyItem,
    Review,
    ReviewItem,
    ReviewState,
    Version,
    VersionState,
)
from hutong.kernel.clock import DAY_MS, HandWound, Millis
from hutong.kernel.compiler import Compiled
from hutong.kernel.db import Tx
from hutong.kernel.errors import DomainError, ErrorCode
from tests.domains.builders import a_user, an_app

CAFE = 632
CLEAN = Scan([], [], [], [], [], False, [], [], 0)


@pytest.fixture
def program(tx: Tx) -> App:
    app = an_app(tx, kind=AppKind.MINI_PROGRAM)
    categories.add(tx, appid=app.appid, second=CAFE)
    return app


@pytest.fixture
def ann(tx: Tx) -> User:
    return a_user(tx)


@pytest.fixture
def judge(tx: Tx) -> User:
    user = a_user(tx, "Judge")
    platform.appoint(tx, user.id)
    return user


def refused(code: ErrorCode) -> "pytest.RaisesExc[DomainError]":
    return pytest.raises(DomainError, check=lambda error: error.code is code)


def upload(tx: Tx, program: App, ann: User, number: str = "1") -> Version:
    return versions.upload(
        tx,
        appid=program.appid,
        number=number,
        description="",
        content_hash="0" * 64,
        size_bytes=1,
        pages=["pages/index/index", "pages/me/me"],
        uploaded_by=ann.id,
    )


def submit(tx: Tx, version: Version, ann: User, **more: object) -> Review:
    given: dict[str, object] = {"scan": CLEAN, **more}
    return reviews.submit(tx, appid=version.appid, version_id=version.id, submitted_by=ann.id, **given)  # type: ignore[arg-type]


def test_a_version_that_needs_a_review_is_released_after_it(
    tx: Tx, program: App, ann: User, judge: User
) -> None:
    settings.change(tx, program.appid, needs_review=True)
    version = upload(tx, program, ann)
    with refused(refusals.NOT_REVIEWED):
        reviews.release(tx, appid=program.appid, version_id=version.id)
    with refused(refusals.NOT_REVIEWED):
        reviews.roll_out(tx, appid=program.appid, version_id=version.id, percentage=5)
    review = submit(tx, version, ann)
    assert review.items == [ReviewItem("pages/index/index", "", "", "餐饮", "餐饮服务场所", 289, CAFE)], (
        "without items, the first page in the first category"
    )
    with refused(refusals.REVIEW_OPEN):
        submit(tx, version, ann)
    with refused(PLATFORM_ONLY):
        reviews.approve(tx, review_id=review.id, reviewer_id=ann.id)
    assert [each.id for each in reviews.waiting(tx)] == [review.id]
    reviews.approve(tx, review_id=review.id, reviewer_id=judge.id)
    with refused(refusals.REVIEW_STATE):
        reviews.reject(tx, review_id=review.id, reviewer_id=judge.id, reason="late")
    released = reviews.release(tx, appid=program.appid, version_id=version.id)
    assert released.state is VersionState.RELEASE
    assert reviews.get(tx, review.id).state is ReviewState.USED
    (told,) = tx.emitted(ReviewDecided)  # type: ignore[attr-defined]
    assert told.approved


def test_a_rejection_says_why_and_another_version_may_follow(
    tx: Tx, program: App, ann: User, judge: User
) -> None:
    review = submit(tx, upload(tx, program, ann), ann)
    with refused(refusals.REVIEW_REASON):
        reviews.reject(tx, review_id=review.id, reviewer_id=judge.id, reason=" ")
    reviews.reject(tx, review_id=review.id, reviewer_id=judge.id, reason="The menu is empty.")
    stands = reviews.latest_of(tx, program.appid)
    assert stands is not None and (stands.state, stands.reason) == (
        ReviewState.REJECTED,
        "The menu is empty.",
    )
    submit(tx, upload(tx, program, ann, "2"), ann)


def test_a_review_is_taken_back_once_a_day(tx: Tx, clock: HandWound, program: App, ann: User) -> None:
    version = upload(tx, program, ann)
    with refused(refusals.REVIEW_MISSING):
        reviews.undo(tx, appid=program.appid)
    submit(tx, version, ann)
    reviews.undo(tx, appid=program.appid)
    submit(tx, version, ann)
    with refused(refusals.UNDONE_TOO_OFTEN):
        reviews.undo(tx, appid=program.appid)
    clock.advance(Millis(DAY_MS))
    assert reviews.undo(tx, appid=program.appid).state is ReviewState.UNDONE


def test_one_review_a_month_is_looked_at_first(tx: Tx, program: App, ann: User, judge: User) -> None:
    other = an_app(tx, kind=AppKind.MINI_PROGRAM)
    categories.add(tx, appid=other.appid, second=CAFE)
    earlier = submit(tx, upload(tx, other, ann), ann)
    review = submit(tx, upload(tx, program, ann), ann)
    reviews.hurry(tx, appid=program.appid, review_id=review.id)
    assert [each.id for each in reviews.waiting(tx)] == [review.id, earlier.id]
    reviews.approve(tx, review_id=review.id, reviewer_id=judge.id)
    again = submit(tx, upload(tx, program, ann, "2"), ann)
    with refused(refusals.REVIEWS_SPENT):
        reviews.hurry(tx, appid=program.appid, review_id=again.id)
    assert reviews.quota(tx, program.appid) == (18, 0)


def test_pages_words_and_categories_must_be_the_programs(tx: Tx, program: App, ann: User) -> None:
    version = upload(tx, program, ann)
    for item, code in (
        (ReviewItem("pages/gone/gone"), refusals.PAGE_UNKNOWN),
        (ReviewItem(second_id=157), refusals.REVIEW_CATEGORY),
        (ReviewItem(tag=" ".join(["word"] * 11)), refusals.REVIEW_TAG),
        (ReviewItem(tag="长" * 21), refusals.REVIEW_TAG),
    ):
        with refused(code):
            submit(tx, version, ann, items=[item])
    bare = an_app(tx, kind=AppKind.MINI_PROGRAM)
    with refused(refusals.REVIEW_CATEGORY):
        submit(tx, upload(tx, bare, ann), ann)


def test_what_no_category_permits_cannot_be_submitted(tx: Tx, program: App, ann: User) -> None:
    version = upload(tx, program, ann)
    asking = Scan([], [], [], [Ability.LASTING_MESSAGES, Ability.PAYMENT], [], False, [], [], 0)
    with pytest.raises(DomainError) as caught:
        submit(tx, version, ann, scan=asking)
    assert caught.value.details == {"abilities": [Ability.LASTING_MESSAGES]}
    categories.add(tx, appid=program.appid, second=157)
    submit(tx, version, ann, scan=asking)


def test_the_scan_sees_what_the_code_uses(tx: Tx) -> None:
    code = """
    H.package({root:"",components:{"pages/index/index":{},"pages/me/me":{},"pages/tab/tab":{},"pages/lost/lost":{}}})
    Page({go(){wx.navigateTo({url:'../me/me?x=1'});wx.requestPayment({});wx.getLocation({})},
      load(){wx.request({url:'https://api.tea.example/menu'});fetch("http://plain.example/x");eval('1')}})
    tag("live-player"); tag("button",{openType:"getPhoneNumber"})
    """
    manifest: dict[str, object] = {
        "pages": ["pages/index/index", "pages/me/me", "pages/tab/tab", "pages/lost/lost"],
        "tabBar": {"list": [{"pagePath": "pages/index/index"}, {"pagePath": "pages/tab/tab"}]},
    }
    kept = packages.keep(tx.blobs, Compiled(manifest, {"main.js": code.encode(), "a.png": b"x" * 9}, []))
    found = package_scan.scan(tx.blobs, kept.content_hash)
    assert found.calls == ["getLocation", "navigateTo", "request", "requestPayment"]
    assert found.domains == ["http://plain.example", "https://api.tea.example"]
    assert found.plain_http == ["http://plain.example"]
    assert found.needs == [Ability.LIVE, Ability.LOCATION, Ability.PAYMENT]
    assert found.collects == ["Location", "PhoneNumber"]
    assert found.hidden == ["pages/lost/lost"]
    assert found.evaluates and found.largest[0].name == "main.js"


def test_who_collects_data_says_so_and_can_be_reached(tx: Tx, program: App, ann: User) -> None:
    reached = PrivacyContact(contact_email="tea@example.com", notice_method="announcement")
    location = PrivacyItem("Location", "to find the nearest shop")
    for contact, items in (
        (PrivacyContact(notice_method="announcement"), [location]),
        (PrivacyContact(contact_email="tea@example.com"), [location]),
        (reached, [PrivacyItem("Thoughts", "why not")]),
        (reached, [PrivacyItem("Location", "")]),
        (reached, [location, location]),
    ):
        with refused(refusals.PRIVACY_INVALID):
            privacy.declare(tx, appid=program.appid, contact=contact, items=items)
    privacy.declare(tx, appid=program.appid, contact=reached, items=[location])
    assert submit(tx, upload(tx, program, ann), ann).collected == ["Location"]
