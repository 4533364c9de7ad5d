"""Versions, one-time codes, visits, codes and links of mini programs."""

import base64
import hashlib
import hmac

import msgspec
import pytest
from wechatpy.crypto import WeChatWxaCrypto

from hutong.domains.apps import codes, grants, openids
from hutong.domains.apps.errors import GRANT_MISSING, KIND_FORBIDDEN, OPENID_UNKNOWN, QUOTA_SPENT
from hutong.domains.apps.tables import App, AppKind
from hutong.domains.identity.tables import User
from hutong.domains.miniapp import errors as refusals
from hutong.domains.miniapp import login_codes, phone_codes, program_codes, versions, visits
from hutong.domains.miniapp.events import VersionReleased
from hutong.domains.miniapp.tables import Channel, LinkKind, Version, VersionState
from hutong.kernel.clock import DAY_MS, MINUTE_MS, HandWound, Millis
from hutong.kernel.db import Tx
from hutong.kernel.errors import DomainError, ErrorCode
from tests.domains.builders import a_user, an_app


@pytest.fixture
def program(tx: Tx) -> App:
    return an_app(tx, kind=AppKind.MINI_PROGRAM)


@pytest.fixture
def ann(tx: Tx) -> User:
    return a_user(tx, phone="+8613800138000")


def refused(code: ErrorCode) -> "pytest.RaisesExc[DomainError]":
    return pytest.raises(DomainError, check=lambda error: error.code is code)


def a_version(tx: Tx, program: App, ann: User, number: str = "1.0.0") -> Version:
    return versions.upload(
        tx,
        appid=program.appid,
        number=number,
        description="first",
        content_hash="0" * 64,
        size_bytes=1000,
        pages=["pages/index/index"],
        uploaded_by=ann.id,
    )


# ── versions ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_release_replaces_the_former_and_may_be_taken_back(tx: Tx, program: App, ann: User) -> None:
    first, second = a_version(tx, program, ann), a_version(tx, program, ann, "1.1.0")
    assert versions.current(tx, program.appid, Channel.RELEASE) is None
    versions.release(tx, appid=program.appid, version_id=first.id)
    versions.release(tx, appid=program.appid, version_id=second.id)
    assert versions.get(tx, appid=program.appid, version_id=first.id).state is VersionState.RETIRED
    back = versions.release(tx, appid=program.appid, version_id=first.id)
    assert versions.release(tx, appid=program.appid, version_id=first.id) == back
    assert versions.current(tx, program.appid, Channel.RELEASE) == back
    assert [event.version_id for event in tx.emitted(VersionReleased)] == [first.id, second.id, first.id]
    assert [version.number for version in versions.list_(tx, program.appid)] == ["1.1.0", "1.0.0"]


def test_one_version_is_on_trial(tx: Tx, program: App, ann: User) -> None:
    first, second = a_version(tx, program, ann), a_version(tx, program, ann, "1.1.0")
    versions.try_out(tx, appid=program.appid, version_id=first.id)
    versions.try_out(tx, appid=program.appid, version_id=second.id)
    trial = versions.current(tx, program.appid, Channel.TRIAL)
    develop = versions.current(tx, program.appid, Channel.DEVELOP)
    assert trial is not None and develop is not None
    assert (trial.id, develop.id) == (second.id, first.id)
    versions.release(tx, appid=program.appid, version_id=second.id)
    with refused(refusals.VERSION_STATE):
        versions.try_out(tx, appid=program.appid, version_id=second.id)


def test_a_version_belongs_to_one_mini_program(tx: Tx, program: App, ann: User) -> None:
    version = a_version(tx, program, ann)
    other = an_app(tx, kind=AppKind.MINI_PROGRAM)
    with refused(refusals.VERSION_MISSING):
        versions.release(tx, appid=other.appid, version_id=version.id)
    with refused(refusals.VERSION_NUMBER):
        a_version(tx, program, ann, "")
    with refused(KIND_FORBIDDEN):
        a_version(tx, an_app(tx), ann)


# ── login and phone ────────────────────────────────────────────────────────────────────────────────────────


def test_a_login_code_works_once_for_five_minutes_at_its_program(
    tx: Tx, clock: HandWound, program: App, ann: User
) -> None:
    code = login_codes.issue(tx, appid=program.appid, user_id=ann.id)
    with refused(refusals.CODE_INVALID):
        login_codes.sign_in(tx, app=an_app(tx, kind=AppKind.MINI_PROGRAM), code=code)
    signed_in = login_codes.sign_in(tx, app=program, code=code)
    assert signed_in.openid == openids.find(tx, appid=program.appid, user_id=ann.id)
    assert signed_in.unionid == openids.unionid_of(tx, org_id=program.org_id, user_id=ann.id)
    assert len(base64.b64decode(signed_in.session_key)) == 16
    with refused(refusals.CODE_USED):
        login_codes.sign_in(tx, app=program, code=code)
    late = login_codes.issue(tx, appid=program.appid, user_id=ann.id)
    clock.advance(5 * MINUTE_MS)
    with refused(refusals.CODE_INVALID):
        login_codes.sign_in(tx, app=program, code=late)
    with refused(KIND_FORBIDDEN):
        login_codes.issue(tx, appid=an_app(tx).appid, user_id=ann.id)


def signature(session_key: str) -> str:
    return hmac.new(session_key.encode(), b"", hashlib.sha256).hexdigest()


def test_a_session_keeps_its_key_until_it_ends_or_is_reset(
    tx: Tx, clock: HandWound, program: App, ann: User
) -> None:
    def sign_in() -> str:
        code = login_codes.issue(tx, appid=program.appid, user_id=ann.id)
        return login_codes.sign_in(tx, app=program, code=code).session_key

    key = sign_in()
    assert sign_in() == key
    fresh = login_codes.reset(tx, appid=program.appid, user_id=ann.id, signature=signature(key))
    assert sign_in() == fresh != key
    with refused(refusals.SIGNATURE_WRONG):
        login_codes.check(tx, appid=program.appid, user_id=ann.id, signature=signature(key))
    clock.advance(login_codes.SESSION_MS)
    assert not login_codes.is_signed_in(tx, appid=program.appid, user_id=ann.id)
    with refused(refusals.SESSION_MISSING):
        login_codes.check(tx, appid=program.appid, user_id=ann.id, signature=signature(fresh))
    assert sign_in() != fresh


def test_open_data_is_signed_and_sealed_for_the_programs_server(tx: Tx, program: App, ann: User) -> None:
    code = login_codes.issue(tx, appid=program.appid, user_id=ann.id)
    key = login_codes.sign_in(tx, app=program, code=code).session_key
    data = login_codes.open_data(
        tx, appid=program.appid, user_id=ann.id, shown={"nickName": "安"}, sealed={"openId": "o1"}
    )
    assert msgspec.json.decode(data.raw) == {"nickName": "安"}
    assert data.signature == hashlib.sha1((data.raw + key).encode()).hexdigest()
    opened = WeChatWxaCrypto(key, data.iv, program.appid).decrypt_message(data.encrypted)
    assert (opened["nickName"], opened["openId"]) == ("安", "o1")


def test_a_phone_number_is_given_once_and_only_while_the_person_agrees(
    tx: Tx, program: App, ann: User
) -> None:
    code = phone_codes.issue(tx, appid=program.appid, user_id=ann.id)
    with refused(refusals.CODE_INVALID):
        login_codes.sign_in(tx, app=program, code=code)
    assert phone_codes.redeem(tx, appid=program.appid, code=code).pure == "13800138000"
    with refused(refusals.CODE_USED):
        phone_codes.redeem(tx, appid=program.appid, code=code)
    (grant,) = grants.list_(tx, ann.id)
    assert grant.last_used_at == tx.now
    code = phone_codes.issue(tx, appid=program.appid, user_id=ann.id)
    grants.revoke(tx, user_id=ann.id, appid=program.appid, scope=phone_codes.SCOPE)
    with refused(GRANT_MISSING):
        phone_codes.redeem(tx, appid=program.appid, code=code)
    with refused(refusals.PHONE_MISSING):
        phone_codes.issue(tx, appid=program.appid, user_id=a_user(tx, "Ben").id)


def test_a_phone_code_is_checked_against_the_openid(tx: Tx, program: App, ann: User) -> None:
    ben = a_user(tx, "Ben")
    code = phone_codes.issue(tx, appid=program.appid, user_id=ann.id)
    with refused(OPENID_UNKNOWN):
        openid = openids.of(tx, appid=program.appid, user_id=ben.id)
        phone_codes.redeem(tx, appid=program.appid, code=code, openid=openid)


@pytest.mark.parametrize(
    ("phone", "parts"),
    [
        ("13800138000", ("13800138000", "13800138000", "86")),
        ("+8613800138000", ("13800138000", "13800138000", "86")),
        ("+12025550123", ("+12025550123", "2025550123", "1")),
        ("+447911123456", ("+447911123456", "7911123456", "44")),
        ("+85261234567", ("+85261234567", "61234567", "852")),
    ],
)
def test_a_phone_number_is_cut_into_its_parts(phone: str, parts: tuple[str, str, str]) -> None:
    cut = phone_codes.parts(phone)
    assert (cut.number, cut.pure, cut.country) == parts


# ── visits, codes, links ───────────────────────────────────────────────────────────────────────────────────


def test_recent_programs_are_those_opened_last(tx: Tx, clock: HandWound, program: App, ann: User) -> None:
    other = an_app(tx, kind=AppKind.MINI_PROGRAM)
    for appid in (program.appid, other.appid, program.appid):
        clock.advance(1000)
        visits.open_(tx, appid=appid, user_id=ann.id, scene=1089, path="")
    recent = visits.recent(tx, ann.id)
    assert [(visit.appid, visit.times) for visit in recent] == [(program.appid, 2), (other.appid, 1)]
    assert visits.recent(tx, ann.id, before=recent[0].opened_at) == recent[1:]
    visits.forget(tx, appid=program.appid, user_id=ann.id)
    assert [visit.appid for visit in visits.recent(tx, ann.id)] == [other.appid]


def test_a_limited_code_is_one_per_path_and_they_are_counted(tx: Tx, program: App) -> None:
    path = "pages/index/index?table=7"
    text = program_codes.limited(tx, app=program, path=path, channel=Channel.RELEASE)
    assert program_codes.limited(tx, app=program, path=path, channel=Channel.RELEASE) == text
    assert codes.resolve(tx, text).target == {
        "appid": program.appid,
        "path": "pages/index/index",
        "query": "table=7",
        "scene": "",
        "channel": "release",
    }
    tx.run("update miniapp_program set limited_codes = 100000")
    assert program_codes.limited(tx, app=program, path=path, channel=Channel.RELEASE) == text
    with refused(refusals.CODES_SPENT):
        program_codes.limited(tx, app=program, path="pages/other", channel=Channel.RELEASE)
    for wrong in ("", "/pages/index/index", "p" * 1025):
        with refused(refusals.PATH_INVALID):
            program_codes.limited(tx, app=program, path=wrong, channel=Channel.RELEASE)


def test_an_unlimited_code_carries_a_scene_to_a_page_that_exists(tx: Tx, program: App, ann: User) -> None:
    def make(page: str, scene: str, check_path: bool = True) -> str:
        return program_codes.unlimited(
            tx, app=program, page=page, scene=scene, channel=Channel.RELEASE, check_path=check_path
        )

    assert codes.resolve(tx, make("pages/any", "a=1", check_path=False)).target["scene"] == "a=1"
    with refused(refusals.PAGE_UNKNOWN):
        make("pages/index/index", "a=1")  # nothing is released
    version = a_version(tx, program, ann)
    versions.release(tx, appid=program.appid, version_id=version.id)
    assert make("pages/index/index", "a=1") != make("pages/index/index", "a=2")
    with refused(refusals.PAGE_UNKNOWN):
        make("pages/none", "a=1")
    make("pages/none", "a=1", check_path=False)
    for scene in ("", "x" * 33):
        with refused(refusals.SCENE_LENGTH_INVALID):
            make("pages/index/index", scene)
    for scene in ("桌", "a b", "a\n", "a%20b"):
        with refused(refusals.SCENE_INVALID):
            make("pages/index/index", scene)


def test_so_many_pages_may_be_named_without_being_looked_for(
    tx: Tx, program: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(program_codes, "LOOSE_PAGES", 2)

    def make(page: str, scene: str) -> str:
        return program_codes.unlimited(
            tx, app=program, page=page, scene=scene, channel=Channel.RELEASE, check_path=False
        )

    for page in ("pages/a", "pages/b", "pages/a", ""):
        make(page, "a=1"), make(page, "a=2")
    with refused(refusals.PAGES_SPENT):
        make("pages/c", "a=1")
    make("pages/b", "a=3")  # a page named before is not counted again


def test_a_program_makes_so_many_codes_with_a_scene_in_a_minute(
    tx: Tx, program: App, clock: HandWound, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(program_codes, "CODES_A_MINUTE", 2)

    def make() -> str:
        return program_codes.unlimited(
            tx, app=program, page="", scene="a", channel=Channel.RELEASE, check_path=True
        )

    make(), make()
    with refused(QUOTA_SPENT):
        make()
    clock.advance(MINUTE_MS)
    make()


@pytest.fixture
def released(tx: Tx, program: App, ann: User) -> App:
    versions.release(tx, appid=program.appid, version_id=a_version(tx, program, ann).id)
    return program


def test_a_link_opens_its_page_for_at_most_thirty_days(tx: Tx, clock: HandWound, released: App) -> None:
    program = released
    link = program_codes.link(
        tx,
        app=program,
        kind=LinkKind.URL_LINK,
        path="/pages/index/index",
        query="a=1",
        expires_at=Millis(tx.now + DAY_MS),
    )
    assert codes.resolve(tx, link.text).target["path"] == "pages/index/index"
    assert program_codes.get_link(tx, app=program, kind=LinkKind.URL_LINK, text=link.text) == link
    with refused(refusals.LINK_UNKNOWN):
        program_codes.get_link(tx, app=program, kind=LinkKind.SCHEME, text=link.text)
    for expires_at in (None, tx.now, Millis(tx.now + 31 * DAY_MS)):
        with refused(refusals.LINK_LIFE):
            program_codes.link(tx, app=program, kind=LinkKind.SCHEME, path="", expires_at=expires_at)


def test_links_are_so_many_a_day_and_lasting_ones_so_many_in_all(
    tx: Tx, clock: HandWound, released: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(program_codes, "LINKS_A_DAY", 2)
    monkeypatch.setattr(program_codes, "SHORT_LINKS_A_DAY", 3)
    monkeypatch.setattr(program_codes, "LASTING_LINKS", 2)

    def scheme() -> None:
        end = Millis(tx.now + DAY_MS)
        program_codes.link(tx, app=released, kind=LinkKind.SCHEME, path="", expires_at=end)

    def device(sn: str) -> str:
        return program_codes.device_link(
            tx, app=released, model_id="kettle", sn=sn, path="", query="", channel=Channel.RELEASE
        ).text

    def short(lasting: bool) -> str:
        page = "pages/index/index?a=1"
        return program_codes.short_link(tx, app=released, page_url=page, title="", lasting=lasting).text

    scheme()
    text = device("1")
    for make in (scheme, lambda: device("2")):
        with refused(refusals.LINKS_TODAY):
            make()
    short(lasting=True)
    with refused(refusals.LINKS_SPENT):
        short(lasting=True)
    short(lasting=False), short(lasting=False)
    with refused(QUOTA_SPENT):
        short(lasting=False)
    clock.advance(DAY_MS)
    scheme()
    with refused(refusals.LINKS_SPENT):
        device("2")
    clock.advance(400 * DAY_MS)
    assert codes.resolve(tx, text).target["path"] == "", "a tag's scheme never ends"
