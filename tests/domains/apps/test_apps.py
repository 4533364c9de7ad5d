"""Organisations, openids, grants, message push and codes."""

import pytest

from hutong.domains.apps import access, apps, codes, grants, openids, organisations, push
from hutong.domains.apps import errors as refusals
from hutong.domains.apps.events import GrantRevoked, PushProposed
from hutong.domains.apps.tables import App, AppKind, CheckState, CodeKind, PushFormat, PushMode, Role
from hutong.domains.identity.tables import UserId
from hutong.kernel import envelopes
from hutong.kernel.clock import HandWound, Millis
from hutong.kernel.db import Tx
from hutong.kernel.errors import DomainError, ErrorCode
from tests.domains.builders import an_app

ANN, BEN = UserId(11), UserId(12)


@pytest.fixture
def app(tx: Tx) -> App:
    return an_app(tx)


def refused(code: ErrorCode) -> "pytest.RaisesExc[DomainError]":
    return pytest.raises(DomainError, check=lambda error: error.code is code)


def test_a_member_may_do_what_the_role_includes(tx: Tx, app: App) -> None:
    organisations.add_member(tx, org_id=app.org_id, user_id=ANN, role=Role.OWNER)
    organisations.add_member(tx, org_id=app.org_id, user_id=BEN, role=Role.OPERATOR)
    assert access.require_app(tx, app.appid, ANN, at_least=Role.ADMIN) == app
    with refused(refusals.ROLE_TOO_LOW):
        access.require_app(tx, app.appid, BEN)
    with refused(refusals.ROLE_TOO_LOW):
        access.require_app(tx, app.appid, UserId(13), at_least=Role.OPERATOR)
    assert [(o.id, role) for o, role in organisations.of_person(tx, BEN)] == [(app.org_id, Role.OPERATOR)]


def test_the_last_owner_stays(tx: Tx, app: App) -> None:
    organisations.add_member(tx, org_id=app.org_id, user_id=ANN, role=Role.OWNER)
    with refused(refusals.LAST_OWNER):
        organisations.remove_member(tx, org_id=app.org_id, user_id=ANN)
    with refused(refusals.LAST_OWNER):
        organisations.add_member(tx, org_id=app.org_id, user_id=ANN, role=Role.ADMIN)
    organisations.add_member(tx, org_id=app.org_id, user_id=BEN, role=Role.OWNER)
    organisations.remove_member(tx, org_id=app.org_id, user_id=ANN)
    assert [member.user_id for member in organisations.members(tx, app.org_id)] == [BEN]


def test_a_person_has_one_openid_per_app_and_one_unionid_per_organisation(tx: Tx, app: App) -> None:
    other = apps.create(tx, org_id=app.org_id, kind=AppKind.MINI_PROGRAM, name="云岫小铺")
    openid = openids.of(tx, appid=app.appid, user_id=ANN)
    assert openid == openids.of(tx, appid=app.appid, user_id=ANN)
    assert openid[0] == "o" and len(openid) == 28
    assert openid != openids.of(tx, appid=other.appid, user_id=ANN)
    assert openids.user_of(tx, appid=app.appid, openid=openid) == ANN
    with refused(refusals.OPENID_UNKNOWN):
        openids.user_of(tx, appid=other.appid, openid=openid)
    unionid = openids.unionid_of(tx, org_id=app.org_id, user_id=ANN)
    assert unionid == openids.unionid_of(tx, org_id=app.org_id, user_id=ANN)
    assert openids.of_many(tx, appid=app.appid, user_ids=[ANN, BEN]) == {ANN: openid}
    assert openids.users_of(tx, appid=app.appid, openids=[openid, "o-nobody"]) == {openid: ANN}
    assert openids.unionids_of(tx, org_id=app.org_id, user_ids=[ANN, BEN]) == {ANN: unionid}


def test_a_grant_is_kept_used_and_revoked(tx: Tx, clock: HandWound, app: App) -> None:
    first = grants.give(tx, user_id=ANN, appid=app.appid, scope="scope.phoneNumber")
    clock.advance(5)
    assert grants.give(tx, user_id=ANN, appid=app.appid, scope="scope.phoneNumber") == first
    assert grants.use(tx, user_id=ANN, appid=app.appid, scope="scope.phoneNumber").last_used_at == tx.now
    assert [grant.scope for grant in grants.list_(tx, ANN)] == ["scope.phoneNumber"]
    assert grants.list_(tx, ANN, after=(app.appid, "scope.phoneNumber")) == []
    grants.revoke(tx, user_id=ANN, appid=app.appid, scope="scope.phoneNumber")
    grants.revoke(tx, user_id=ANN, appid=app.appid, scope="scope.phoneNumber")
    assert len(tx.emitted(GrantRevoked)) == 1
    with refused(refusals.GRANT_MISSING):
        grants.use(tx, user_id=ANN, appid=app.appid, scope="scope.phoneNumber")


def settings(url: str = "http://127.0.0.1:9/push") -> push.PushSettings:
    key = envelopes.new_encoding_aes_key()
    return push.PushSettings(url, "Token123", key, PushMode.SAFE, PushFormat.XML)


def test_a_push_address_takes_effect_when_its_check_passes(tx: Tx, app: App) -> None:
    good, bad = settings(), settings("http://127.0.0.1:9/other")
    check = push.propose(tx, app.appid, good)
    assert push.find(tx, app.appid) is None
    assert [event.check_id for event in tx.emitted(PushProposed)] == [check.id]
    push.passed(tx, check.id)
    assert push.find(tx, app.appid) == good
    refused_check = push.refused(tx, push.propose(tx, app.appid, bad).id, "It answered 500.")
    assert (refused_check.state, refused_check.reason) == (CheckState.REFUSED, "It answered 500.")
    assert push.find(tx, app.appid) == good
    assert push.passed(tx, refused_check.id).state is CheckState.REFUSED
    push.stop(tx, app.appid)
    assert push.find(tx, app.appid) is None


def test_a_late_answer_does_not_undo_a_newer_proposal(tx: Tx, app: App) -> None:
    old = push.propose(tx, app.appid, settings("http://127.0.0.1:9/old"))
    new = push.propose(tx, app.appid, settings("http://127.0.0.1:9/new"))
    push.passed(tx, new.id)
    push.passed(tx, old.id)
    found = push.find(tx, app.appid)
    assert found is not None and found.url.endswith("/new")


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("url", "ftp://a.example/", refusals.PUSH_URL_INVALID),
        ("url", "http://", refusals.PUSH_URL_INVALID),
        ("url", "http://[::1", refusals.PUSH_URL_INVALID),
        ("url", "http://a.example/\n", refusals.PUSH_URL_INVALID),
        ("token", "ab", refusals.PUSH_TOKEN_INVALID),
        ("token", "with space", refusals.PUSH_TOKEN_INVALID),
        ("encoding_aes_key", "short", refusals.PUSH_KEY_INVALID),
    ],
)
def test_impossible_push_settings_are_refused(
    tx: Tx, app: App, field: str, value: str, code: ErrorCode
) -> None:
    from msgspec.structs import replace

    with refused(code):
        push.propose(tx, app.appid, replace(settings(), **{field: value}))
    assert push.last_check(tx, app.appid) is None


def test_a_code_leads_to_its_target_until_it_expires(tx: Tx, clock: HandWound) -> None:
    made = codes.make(
        tx,
        text="http://weixin.qq.com/q/abc",
        kind=CodeKind.ACCOUNT,
        target={"appid": "wx1", "scene": "7"},
        expires_at=Millis(tx.now + 60_000),
    )
    assert codes.resolve(tx, made.text) == made
    clock.advance(60_000)
    with refused(refusals.CODE_EXPIRED):
        codes.resolve(tx, made.text)
    with refused(refusals.CODE_UNKNOWN):
        codes.resolve(tx, "http://weixin.qq.com/q/abd")
    codes.withdraw(tx, made.text)
    with refused(refusals.CODE_UNKNOWN):
        codes.resolve(tx, made.text)


def test_apps_are_found_by_the_start_of_their_name(tx: Tx, app: App) -> None:
    apps.create(tx, org_id=app.org_id, kind=AppKind.SERVICE, name="青石书店")
    assert [found.appid for found in apps.named(tx, "云岫")] == [app.appid]
    assert apps.find_by_original_id(tx, app.original_id) == app
    assert len(apps.of_organisation(tx, app.org_id)) == 2
