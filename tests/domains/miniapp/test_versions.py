"""Which version a person gets: by share, by channel, by preview; what is kept, and what is taken back."""

import pytest

from hutong.domains.apps import codes, organisations, platform
from hutong.domains.apps.tables import App, AppKind, Role
from hutong.domains.identity.tables import User, UserId
from hutong.domains.miniapp import errors as refusals
from hutong.domains.miniapp import previews, settings, testers, versions
from hutong.domains.miniapp.previews import LIFETIME_MS
from hutong.domains.miniapp.tables import Channel, Version, VersionId, VersionState
from hutong.kernel.clock import HandWound, Millis
from hutong.kernel.db import Tx
from hutong.kernel.errors import DomainError, ErrorCode
from tests.domains.builders import a_user, an_app


@pytest.fixture
def program(tx: Tx) -> App:
    return an_app(tx, kind=AppKind.MINI_PROGRAM)


@pytest.fixture
def ann(tx: Tx) -> User:
    return a_user(tx)


def refused(code: ErrorCode) -> "pytest.RaisesExc[DomainError]":
    return pytest.raises(DomainError, check=lambda error: error.code is code)


def upload(tx: Tx, program: App, by: User, number: str, *, preview: bool = False) -> Version:
    return versions.upload(
        tx,
        appid=program.appid,
        number=number,
        description="",
        content_hash="0" * 64,
        size_bytes=1,
        pages=["pages/index/index"],
        uploaded_by=by.id,
        preview=preview,
    )


def release(tx: Tx, program: App, version: Version) -> Version:
    return versions.release(tx, appid=program.appid, version_id=version.id)


def state(tx: Tx, version: Version) -> VersionState:
    return versions.get(tx, appid=version.appid, version_id=version.id).state


def number_for(tx: Tx, program: App, user_id: UserId, channel: Channel = Channel.RELEASE) -> str:
    found = versions.for_person(tx, program.appid, channel, user_id)
    return "" if found is None else found.number


# ── by share ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_share_is_even_and_the_same_person_stays_in_it() -> None:
    people = [UserId(7_000_000_000 + number) for number in range(4000)]
    reached = [{user for user in people if versions.share_of(VersionId(5), user) < cut} for cut in (10, 30)]
    assert reached[0] < reached[1]
    assert 320 <= len(reached[0]) <= 480
    assert 1080 <= len(reached[1]) <= 1320
    other = {user for user in people if versions.share_of(VersionId(6), user) < 10}
    assert len(other & reached[0]) < 100, "another version begins with other people"


def test_a_gray_release_grows_until_it_is_everybodys(tx: Tx, program: App, ann: User) -> None:
    release(tx, program, upload(tx, program, ann, "1"))
    second = upload(tx, program, ann, "2")
    inside = UserId(next(n for n in range(1000) if versions.share_of(second.id, UserId(n)) < 20))
    outside = UserId(next(n for n in range(1000) if versions.share_of(second.id, UserId(n)) >= 50))
    rolled = {"appid": program.appid, "version_id": second.id}
    versions.roll_out(tx, **rolled, percentage=20)  # type: ignore[arg-type]
    assert (number_for(tx, program, inside), number_for(tx, program, outside)) == ("2", "1")
    with refused(refusals.PERCENTAGE_LOWER):
        versions.roll_out(tx, **rolled, percentage=10)  # type: ignore[arg-type]
    with refused(refusals.PERCENTAGE):
        versions.roll_out(tx, **rolled, percentage=101)  # type: ignore[arg-type]
    versions.stop_rollout(tx, appid=program.appid)
    assert (number_for(tx, program, inside), state(tx, second)) == ("1", VersionState.DEVELOP)
    with refused(refusals.GRAY_MISSING):
        versions.stop_rollout(tx, appid=program.appid)
    versions.roll_out(tx, **rolled, percentage=1)  # type: ignore[arg-type]
    assert versions.roll_out(tx, **rolled, percentage=100) is None  # type: ignore[arg-type]
    assert (number_for(tx, program, outside), state(tx, second)) == ("2", VersionState.RELEASE)


def test_members_and_experience_members_may_have_it_first(tx: Tx, program: App, ann: User) -> None:
    release(tx, program, upload(tx, program, ann, "1"))
    second = upload(tx, program, ann, "2")
    organisations.add_member(tx, org_id=program.org_id, user_id=ann.id, role=Role.DEVELOPER)
    bob, carl = a_user(tx), a_user(tx)
    testers.bind(tx, appid=program.appid, user_id=bob.id)
    rolled = {"appid": program.appid, "version_id": second.id, "percentage": 0}
    versions.roll_out(tx, **rolled, debuggers_first=True)  # type: ignore[arg-type]
    assert [number_for(tx, program, user.id) for user in (ann, bob, carl)] == ["2", "1", "1"]
    versions.roll_out(tx, **rolled, experiencers_first=True)  # type: ignore[arg-type]
    assert [number_for(tx, program, user.id) for user in (ann, bob, carl)] == ["1", "2", "1"]


# ── what a device keeps ────────────────────────────────────────────────────────────────────────────────────


def launch(tx: Tx, program: App, ann: User, kept: Version | None) -> tuple[str, str, bool]:
    found = versions.launch(
        tx,
        appid=program.appid,
        channel=Channel.RELEASE,
        user_id=ann.id,
        kept=None if kept is None else kept.id,
    )
    assert found.version is not None
    return found.version.number, "" if found.newer is None else found.newer.number, found.forced


def test_a_device_updates_at_its_next_cold_start(tx: Tx, clock: HandWound, program: App, ann: User) -> None:
    first = release(tx, program, upload(tx, program, ann, "1"))
    assert launch(tx, program, ann, None) == ("1", "", False)
    assert launch(tx, program, ann, first) == ("1", "", False)
    clock.advance(1000)
    second = release(tx, program, upload(tx, program, ann, "2"))
    assert launch(tx, program, ann, first) == ("1", "2", False)
    assert launch(tx, program, ann, second) == ("2", "", False)
    settings.change(tx, program.appid, oldest_id=second.id)
    assert launch(tx, program, ann, first) == ("2", "2", True), "too old to be kept"
    never_out = upload(tx, program, ann, "3")
    assert launch(tx, program, ann, never_out) == ("2", "2", True)


def test_what_was_taken_back_is_kept_by_nobody(tx: Tx, clock: HandWound, program: App, ann: User) -> None:
    with refused(refusals.NOTHING_BEFORE):
        versions.roll_back(tx, appid=program.appid)
    made = []
    for number in ("1", "2", "3"):
        clock.advance(1000)
        made.append(release(tx, program, upload(tx, program, ann, number)))
    assert versions.roll_back(tx, appid=program.appid).number == "2"
    assert state(tx, made[2]) is VersionState.WITHDRAWN
    assert launch(tx, program, ann, made[2]) == ("2", "2", True)
    assert versions.roll_back(tx, appid=program.appid, version_id=made[0].id).number == "1"
    with refused(refusals.NOTHING_BEFORE):
        versions.roll_back(tx, appid=program.appid)


# ── channels and previews ──────────────────────────────────────────────────────────────────────────────────


def test_a_developer_opens_their_own_latest(tx: Tx, program: App, ann: User) -> None:
    bob = a_user(tx)
    upload(tx, program, ann, "ann's")
    upload(tx, program, bob, "bob's")
    assert number_for(tx, program, ann.id, Channel.DEVELOP) == "ann's"
    assert number_for(tx, program, a_user(tx).id, Channel.DEVELOP) == "bob's"


def test_a_preview_is_for_members_and_testers_while_it_lives(
    tx: Tx, clock: HandWound, program: App, ann: User
) -> None:
    version = upload(tx, program, ann, "look", preview=True)
    assert versions.list_(tx, program.appid) == []
    made = previews.make(tx, version, page="pages/index/index", query="a=1")
    code = codes.resolve(tx, made.text)
    assert (code.target["preview"], code.target["path"]) == (made.token, "pages/index/index")

    def opened(user: User, token: str = made.token) -> Version:
        return previews.open_(tx, appid=program.appid, token=token, user_id=user.id)

    with refused(refusals.NOT_A_TESTER):
        opened(ann)
    testers.bind(tx, appid=program.appid, user_id=ann.id)
    assert opened(ann) == version
    boss = a_user(tx)
    platform.appoint(tx, boss.id)
    assert opened(boss) == version
    forged = made.token[:-1] + ("0" if made.token[-1] != "0" else "1")
    later = str(int(made.expires_at) + 1)
    for token in (forged, made.token.replace(str(made.expires_at), later), "", "x.y.z", "1"):
        with refused(refusals.PREVIEW_INVALID):
            opened(ann, token)
    with refused(refusals.PREVIEW_INVALID):
        previews.open_(tx, appid="wx0000000000000000", token=made.token, user_id=ann.id)
    upload(tx, program, ann, "another look", preview=True)
    with refused(refusals.VERSION_MISSING):
        opened(ann)
    clock.advance(Millis(LIFETIME_MS))
    with refused(refusals.PREVIEW_INVALID):
        opened(ann)


def test_experience_members_are_bound_once_and_freed_by_either_name(tx: Tx, program: App, ann: User) -> None:
    tester = testers.bind(tx, appid=program.appid, user_id=ann.id)
    with refused(refusals.TESTER_HELD):
        testers.bind(tx, appid=program.appid, user_id=ann.id)
    testers.unbind(tx, appid=program.appid, userstr=tester.userstr)
    with refused(refusals.TESTER_MISSING):
        testers.unbind(tx, appid=program.appid, user_id=ann.id)
