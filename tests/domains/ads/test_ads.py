"""Advertisements: what stands in a program's place, and what is counted of it."""

import pytest

from hutong.domains.ads import advertisements, errors, showings, units
from hutong.domains.ads.tables import Advertisement, UnitKind
from hutong.domains.apps import organisations
from hutong.domains.apps.tables import App, AppKind, OrgId
from hutong.domains.identity.tables import UserId
from hutong.domains.media import files
from hutong.domains.media.tables import FileKind
from hutong.kernel.clock import DAY_MS, HandWound
from hutong.kernel.db import Tx
from hutong.kernel.errors import DomainError, ErrorCode
from tests.domains.builders import a_user, an_app

BANNER, REWARDED = frozenset({UnitKind.BANNER}), frozenset({UnitKind.REWARDED})


def refused(code: ErrorCode) -> "pytest.RaisesExc[DomainError]":
    return pytest.raises(DomainError, check=lambda error: error.code is code)


@pytest.fixture
def org(tx: Tx) -> OrgId:
    return organisations.create(tx, name="灯笼胡同商铺").id


@pytest.fixture
def game(tx: Tx, org: OrgId) -> App:
    return an_app(tx, kind=AppKind.MINI_PROGRAM, org_id=org)


@pytest.fixture
def picture(tx: Tx) -> str:
    return files.keep(
        tx,
        owner="1",
        content_hash="a",
        content_type="image/png",
        size=1,
        name="a.png",
        kind=FileKind.IMAGE,
    ).handle


def advertise(tx: Tx, org: OrgId, picture: str, title: str, target: App | None = None) -> Advertisement:
    appid = (target or an_app(tx, kind=AppKind.MINI_PROGRAM, org_id=org)).appid
    return advertisements.create(
        tx, org_id=org, title=title, words="", picture=picture, appid=appid, path="pages/x", seconds=15
    )


def test_the_one_seen_least_comes_next_and_each_showing_counts_once(
    tx: Tx, org: OrgId, game: App, picture: str, clock: HandWound
) -> None:
    user = a_user(tx).id
    unit = units.create(tx, appid=game.appid, kind=UnitKind.BANNER, name="上方")
    tea, cakes = advertise(tx, org, picture, "茶"), advertise(tx, org, picture, "糕")
    advertise(tx, org, picture, "自己", game)

    def look(**news: bool) -> str:
        showing, ad = showings.choose(tx, appid=game.appid, unit_id=unit.id, kinds=BANNER, user_id=user)
        for _ in range(2):
            showings.tell(tx, user_id=user, showing_id=showing.id, **news)
        return ad.title

    assert [look(seen=True), look(seen=True), look(pressed=True), look(seen=True)] == ["茶", "糕", "茶", "糕"]
    assert look() == look() == "茶"  # what nobody says was seen has not been
    ids = [tea.id, cakes.id]
    assert showings.sums(tx, ids, days=1) == {tea.id: (2, 0, 1), cakes.id: (2, 0, 0)}
    clock.advance(DAY_MS)
    look(finished=True)
    assert showings.sums(tx, ids, days=1) == {tea.id: (1, 1, 0)}
    assert showings.sums(tx, ids, days=2) == {tea.id: (3, 1, 1), cakes.id: (2, 0, 0)}


def test_a_place_is_of_one_program_and_kind_and_may_be_closed(
    tx: Tx, org: OrgId, game: App, picture: str
) -> None:
    user = a_user(tx).id
    advertise(tx, org, picture, "茶")
    unit = units.create(tx, appid=game.appid, kind=UnitKind.REWARDED, name="再来一次")
    other = an_app(tx, kind=AppKind.MINI_PROGRAM, org_id=org)

    def choose(appid: str, kinds: frozenset[UnitKind]) -> str:
        return showings.choose(tx, appid=appid, unit_id=unit.id, kinds=kinds, user_id=user)[1].title

    assert choose(game.appid, REWARDED) == "茶"
    for appid, kinds in ((other.appid, REWARDED), (game.appid, BANNER)):
        with refused(errors.UNIT_UNKNOWN):
            choose(appid, kinds)
    units.set_open(tx, appid=game.appid, unit_id=unit.id, open_=False)
    with refused(errors.UNIT_CLOSED):
        choose(game.appid, REWARDED)
    units.set_open(tx, appid=game.appid, unit_id=unit.id, open_=True)
    assert choose(game.appid, REWARDED) == "茶"


def test_only_what_runs_in_the_own_organisation_is_shown(
    tx: Tx, org: OrgId, game: App, picture: str, clock: HandWound
) -> None:
    user, other = a_user(tx).id, a_user(tx).id
    unit = units.create(tx, appid=game.appid, kind=UnitKind.BANNER, name="上方")
    stranger = organisations.create(tx, name="别家").id
    advertise(tx, stranger, picture, "别家的")

    def choose(user_id: UserId) -> int:
        return showings.choose(tx, appid=game.appid, unit_id=unit.id, kinds=BANNER, user_id=user_id)[0].id

    with refused(errors.AD_NONE):
        choose(user)
    ad = advertise(tx, org, picture, "茶")
    showing = choose(user)
    with refused(errors.SHOWING_UNKNOWN):
        showings.tell(tx, user_id=other, showing_id=showing, seen=True)
    advertisements.set_running(tx, org_id=org, ad_id=ad.id, running=False)
    with refused(errors.AD_NONE):
        choose(user)
    with refused(errors.AD_UNKNOWN):
        advertisements.set_running(tx, org_id=stranger, ad_id=ad.id, running=True)
    advertisements.set_running(tx, org_id=org, ad_id=ad.id, running=True)
    clock.advance(showings.KEPT_MS)
    with refused(errors.SHOWING_UNKNOWN):
        showings.tell(tx, user_id=user, showing_id=showing, seen=True)
    choose(user)
    assert tx.value("select count(*) from ads_showing where user_id = :user", user=user) == 1
    advertisements.delete(tx, org_id=org, ad_id=ad.id)
    with refused(errors.AD_NONE):
        choose(user)


def test_there_is_room_for_so_many(tx: Tx, org: OrgId, game: App, picture: str) -> None:
    for number in range(units.MOST):
        units.create(tx, appid=game.appid, kind=UnitKind.BANNER, name=str(number))
    with refused(errors.UNITS_LIMIT):
        units.create(tx, appid=game.appid, kind=UnitKind.BANNER, name="一百零一")
    assert len(units.list_(tx, game.appid)) == units.MOST
    target = an_app(tx, kind=AppKind.MINI_PROGRAM, org_id=org)
    for number in range(advertisements.MOST):
        advertise(tx, org, picture, str(number), target)
    with refused(errors.ADS_LIMIT):
        advertise(tx, org, picture, "五十一", target)
