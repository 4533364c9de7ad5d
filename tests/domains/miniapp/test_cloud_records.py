"""Cloud records: kept by key within the published limits, and seen by friends who both play and agreed."""

import pytest

from hutong.domains.apps import grants
from hutong.domains.apps.tables import App, AppKind
from hutong.domains.identity.tables import User
from hutong.domains.miniapp import cloud_records
from hutong.domains.miniapp import errors as refusals
from hutong.kernel.db import Tx
from hutong.kernel.errors import DomainError
from tests.domains.builders import a_user, an_app, friends


@pytest.fixture
def game(tx: Tx) -> App:
    return an_app(tx, kind=AppKind.MINI_PROGRAM)


def keep(tx: Tx, game: App, user: User, **pairs: str) -> None:
    cloud_records.keep(tx, appid=game.appid, user_id=user.id, pairs=list(pairs.items()))


def agree(tx: Tx, game: App, user: User) -> None:
    grants.give(tx, user_id=user.id, appid=game.appid, scope=cloud_records.SCOPE)


def mine(tx: Tx, game: App, user: User) -> dict[str, str]:
    return {one.key: one.value for one in cloud_records.of(tx, appid=game.appid, user_id=user.id)}


def test_texts_are_kept_changed_and_forgotten(tx: Tx, game: App) -> None:
    ann = a_user(tx)
    keep(tx, game, ann, best="7", level="2")
    keep(tx, game, ann, best="9")
    assert mine(tx, game, ann) == {"best": "9", "level": "2"}
    assert mine(tx, an_app(tx, kind=AppKind.MINI_PROGRAM), ann) == {}
    cloud_records.forget(tx, appid=game.appid, user_id=ann.id, keys=["level", "none"])
    assert mine(tx, game, ann) == {"best": "9"}


def test_the_published_limits_hold(tx: Tx, game: App) -> None:
    ann = a_user(tx)
    keep(tx, game, ann, best="x" * 1020)
    for key, value in (("best", "x" * 1021), ("", "x"), ("名", "字" * 341)):
        with pytest.raises(DomainError) as refused:
            cloud_records.keep(tx, appid=game.appid, user_id=ann.id, pairs=[(key, value)])
        assert refused.value.code is refusals.RECORD_TOO_LONG
    keep(tx, game, ann, **{f"k{number}": "1" for number in range(127)})
    with pytest.raises(DomainError) as refused:
        keep(tx, game, ann, one_more="1")
    assert refused.value.code is refusals.RECORDS_FULL


def test_friends_who_play_and_agreed_are_seen_and_nobody_else(tx: Tx, game: App) -> None:
    ann, bob, cat, dan, eve = (a_user(tx) for _ in range(5))
    for friend in (bob, cat, dan):
        friends(tx, ann, friend)
    for player in (ann, bob, cat, eve):
        keep(tx, game, player, best="5", hidden="1")
    for willing in (ann, bob, dan, eve):
        agree(tx, game, willing)
    seen = cloud_records.of_friends(tx, appid=game.appid, user_id=ann.id, keys=["best"])
    # cat did not agree, dan does not play, eve is a stranger.
    assert {user_id: [one.key for one in kept] for user_id, kept in seen.items()} == {
        ann.id: ["best"],
        bob.id: ["best"],
    }
    grants.revoke(tx, user_id=bob.id, appid=game.appid, scope=cloud_records.SCOPE)
    assert set(cloud_records.of_friends(tx, appid=game.appid, user_id=ann.id, keys=["best"])) == {ann.id}
    assert cloud_records.of_friends(tx, appid=game.appid, user_id=ann.id, keys=[]) == {}


def test_a_group_is_known_by_its_ticket_only(tx: Tx, game: App) -> None:
    ann = a_user(tx)
    with pytest.raises(DomainError) as refused:
        cloud_records.of_group(tx, appid=game.appid, user_id=ann.id, ticket="none", keys=["best"])
    assert refused.value.code is refusals.TICKET_INVALID
