"""Access tokens on a hand-wound clock."""

import pytest

from hutong.domains.apps import apps, tokens
from hutong.domains.apps import errors as refusals
from hutong.domains.apps.tables import App
from hutong.kernel.clock import DAY_MS, MINUTE_MS, SECOND_MS, HandWound
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError, ErrorCode
from tests.domains.builders import an_app


@pytest.fixture
def app(tx: Tx) -> App:
    return an_app(tx)


def refusal(snapshot: Snapshot, token: str | None) -> ErrorCode:
    with pytest.raises(DomainError) as caught:
        tokens.authenticate(snapshot, token)
    return caught.value.code


def test_ids_have_their_published_shapes(tx: Tx, app: App) -> None:
    assert app.appid.startswith("wx") and len(app.appid) == 18
    assert app.original_id.startswith("gh_") and len(app.original_id) == 15
    assert len(apps.secret(tx, app)) == 32 and apps.secret(tx, app) not in app.secret_sealed


def test_a_token_speaks_for_its_app_for_two_hours(tx: Tx, clock: HandWound, app: App) -> None:
    token, lifetime_ms = tokens.issue(tx, app.appid, apps.secret(tx, app))
    assert lifetime_ms == 7200 * SECOND_MS
    assert tokens.authenticate(tx, token).appid == app.appid
    clock.advance(lifetime_ms)
    assert refusal(tx, token) is refusals.TOKEN_EXPIRED


def test_the_former_token_lives_five_minutes_longer_and_then_is_not_the_latest(
    tx: Tx, clock: HandWound, app: App
) -> None:
    secret = apps.secret(tx, app)
    former, _ = tokens.issue(tx, app.appid, secret)
    latest, _ = tokens.issue(tx, app.appid, secret)
    assert former != latest
    clock.advance(5 * MINUTE_MS - 1)
    assert tokens.authenticate(tx, former).appid == app.appid
    clock.advance(1)
    assert refusal(tx, former) is refusals.TOKEN_UNKNOWN
    assert tokens.authenticate(tx, latest).appid == app.appid


def test_strange_tokens_are_told_apart(tx: Tx) -> None:
    assert refusal(tx, None) is refusals.TOKEN_MISSING
    assert refusal(tx, "") is refusals.TOKEN_MISSING
    assert refusal(tx, "no token!") is refusals.TOKEN_MALFORMED
    assert refusal(tx, "x" * 513) is refusals.TOKEN_MALFORMED
    assert refusal(tx, "96_unknown") is refusals.TOKEN_UNKNOWN


def test_a_stable_token_is_the_same_until_five_minutes_before_its_end(
    tx: Tx, clock: HandWound, app: App
) -> None:
    secret = apps.secret(tx, app)
    first, lifetime_ms = tokens.stable(tx, app.appid, secret)
    plain, _ = tokens.issue(tx, app.appid, secret)
    clock.advance(lifetime_ms - 5 * MINUTE_MS - 1)
    assert tokens.stable(tx, app.appid, secret) == (first, 5 * MINUTE_MS + 1)
    clock.advance(1)
    second, _ = tokens.stable(tx, app.appid, secret)
    assert second != first
    for token in (first, second, plain):
        assert tokens.authenticate(tx, token).appid == app.appid


def test_a_forced_refresh_ends_the_former_at_once_but_not_within_thirty_seconds(
    tx: Tx, clock: HandWound, app: App
) -> None:
    secret = apps.secret(tx, app)
    first, _ = tokens.stable(tx, app.appid, secret)
    assert tokens.stable(tx, app.appid, secret, force_refresh=True)[0] == first
    clock.advance(30 * SECOND_MS)
    second, _ = tokens.stable(tx, app.appid, secret, force_refresh=True)
    assert second != first
    assert refusal(tx, first) is refusals.TOKEN_UNKNOWN


def test_twenty_forced_refreshes_a_day_are_enough(tx: Tx, clock: HandWound, app: App) -> None:
    secret = apps.secret(tx, app)
    for _ in range(20):
        tokens.stable(tx, app.appid, secret, force_refresh=True)
        clock.advance(30 * SECOND_MS)
    with pytest.raises(DomainError) as caught:
        tokens.stable(tx, app.appid, secret, force_refresh=True)
    assert caught.value.code is refusals.QUOTA_SPENT
    clock.advance(DAY_MS)
    tokens.stable(tx, app.appid, secret, force_refresh=True)


def test_two_thousand_tokens_a_day_are_enough(tx: Tx, clock: HandWound, app: App) -> None:
    secret = apps.secret(tx, app)
    tokens.issue(tx, app.appid, secret)
    tx.run("update apps_quota set used = 2000 where appid = :appid", appid=app.appid)
    with pytest.raises(DomainError) as caught:
        tokens.issue(tx, app.appid, secret)
    assert caught.value.code is refusals.QUOTA_SPENT
    clock.advance(DAY_MS)
    tokens.issue(tx, app.appid, secret)


def test_a_wrong_secret_or_appid_gets_no_token(tx: Tx, app: App) -> None:
    with pytest.raises(DomainError) as caught:
        tokens.issue(tx, app.appid, "0" * 32)
    assert caught.value.code is refusals.SECRET_WRONG
    with pytest.raises(DomainError) as caught:
        tokens.issue(tx, "wx0000000000000000", apps.secret(tx, app))
    assert caught.value.code is refusals.APP_UNKNOWN


def test_a_reset_secret_replaces_the_former(tx: Tx, app: App) -> None:
    former = apps.secret(tx, app)
    _, fresh = apps.reset_secret(tx, app)
    assert apps.authenticate(tx, app.appid, fresh).appid == app.appid
    with pytest.raises(DomainError):
        apps.authenticate(tx, app.appid, former)
