"""Showings: one advertisement chosen for one place and person, and what came of it."""

from hutong.domains.apps import apps
from hutong.domains.identity.tables import UserId
from hutong.kernel.clock import DAY_MS, day_of
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError

from . import advertisements, units
from .errors import AD_NONE, SHOWING_UNKNOWN
from .tables import AdId, Advertisement, Showing, ShowingId, UnitKind

KEPT_MS = DAY_MS
_SWEPT = 50


def choose(
    tx: Tx, *, appid: str, unit_id: str, kinds: frozenset[UnitKind], user_id: UserId
) -> tuple[Showing, Advertisement]:
    """The advertisement seen least in this place today; never one that leads to the program it would stand in.

    Raises UNIT_UNKNOWN, UNIT_CLOSED, AD_NONE.
    """
    unit = units.require_open(tx, appid=appid, unit_id=unit_id, kinds=kinds)
    running = [
        one
        for one in advertisements.list_(tx, apps.get(tx, appid).org_id)
        if one.running and one.appid != appid
    ]
    if not running:
        raise DomainError(AD_NONE)
    seen = dict(
        tx.rows(
            "select ad_id, seen from ads_day where ad_id in :ads and unit_id = :unit and day = :day",
            ads=[one.id for one in running],
            unit=unit.id,
            day=day_of(tx.now),
        )
    )
    ad = min(running, key=lambda one: (seen.get(one.id, 0), one.id))
    _forget_old(tx, user_id)
    showing = tx.insert(Showing(user_id, ShowingId(tx.new_id()), unit.id, ad.id, tx.now))
    return showing, ad


def tell(
    tx: Tx,
    *,
    user_id: UserId,
    showing_id: ShowingId,
    seen: bool = False,
    finished: bool = False,
    pressed: bool = False,
) -> Advertisement | None:
    """Say what came of a showing. What was said before is not counted again; None if the advertisement is gone.

    Finishing it or pressing it is also seeing it. Raises SHOWING_UNKNOWN, also a day later.
    """
    showing = tx.find_locked(Showing, user_id=user_id, id=showing_id)
    if showing is None or showing.begun_at <= tx.now - KEPT_MS:
        raise DomainError(SHOWING_UNKNOWN)
    ad = tx.find(Advertisement, id=showing.ad_id)
    after = {
        "seen": showing.seen or seen or finished or pressed,
        "finished": showing.finished or finished,
        "pressed": showing.pressed or pressed,
    }
    new = {name: int(value and not getattr(showing, name)) for name, value in after.items()}
    if ad is not None and any(new.values()):
        tx.update(showing, **after)
        tx.run(
            "insert into ads_day (ad_id, unit_id, day, seen, finished, pressed)"
            " values (:ad, :unit, :day, :seen, :finished, :pressed)"
            " on conflict (ad_id, unit_id, day) do update set seen = ads_day.seen + excluded.seen,"
            " finished = ads_day.finished + excluded.finished, pressed = ads_day.pressed + excluded.pressed",
            ad=ad.id,
            unit=showing.unit_id,
            day=day_of(tx.now),
            **new,
        )
    return ad


def sums(snapshot: Snapshot, ids: list[AdId], *, days: int) -> dict[AdId, tuple[int, int, int]]:
    """How often each was seen, finished and pressed in the last days, today among them; what never was is left out."""
    if not ids:
        return {}
    rows = snapshot.rows(
        "select ad_id, sum(seen), sum(finished), sum(pressed) from ads_day"
        " where ad_id in :ads and day > :after group by ad_id",
        ads=ids,
        after=day_of(snapshot.now) - days,
    )
    return {AdId(ad): (int(seen), int(finished), int(pressed)) for ad, seen, finished, pressed in rows}


def _forget_old(tx: Tx, user_id: UserId) -> None:
    """Some of what one person was shown before and is told of no more."""
    old = tx.all(
        Showing,
        "where user_id = :user and begun_at <= :before order by id limit :limit",
        user=user_id,
        before=tx.now - KEPT_MS,
        limit=_SWEPT,
    )
    for row in old:
        tx.delete(row)
