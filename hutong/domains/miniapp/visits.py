"""Visits: which programs a person opened lately."""

from hutong.domains.apps import apps
from hutong.domains.apps.tables import AppKind
from hutong.domains.identity.tables import UserId
from hutong.kernel.clock import Millis
from hutong.kernel.db import Snapshot, Tx

from .events import ProgramOpened
from .tables import Added, Visit

PAGE = 50


def open_(tx: Tx, *, appid: str, user_id: UserId, scene: int, path: str) -> Visit:
    """The person opened the program. `scene` is the published number. Raises APP_UNKNOWN, KIND_FORBIDDEN."""
    apps.require_kind(apps.get(tx, appid), AppKind.MINI_PROGRAM)
    visit, first = tx.insert_or_find(
        Visit(user_id=user_id, appid=appid, opened_at=tx.now, times=1), by=("user_id", "appid")
    )
    if not first:
        visit = tx.update(visit, opened_at=tx.now, times=visit.times + 1)
    tx.emit(ProgramOpened(appid=appid, user_id=user_id, scene=scene, path=path))
    return visit


def recent(snapshot: Snapshot, user_id: UserId, *, before: Millis | None = None) -> list[Visit]:
    """The programs a person opened, latest first."""
    return snapshot.all(
        Visit,
        "where user_id = :user and opened_at < :before order by opened_at desc, appid limit :limit",
        user=user_id,
        before=snapshot.now + 1 if before is None else before,
        limit=PAGE,
    )


def forget(tx: Tx, *, appid: str, user_id: UserId) -> None:
    """Take a program off the list; one that is not on it changes nothing."""
    visit = tx.find_locked(Visit, user_id=user_id, appid=appid)
    if visit is not None:
        tx.delete(visit)


def add(tx: Tx, *, appid: str, user_id: UserId) -> None:
    """Put the program among the person's own; again changes nothing. Raises APP_UNKNOWN, KIND_FORBIDDEN."""
    apps.require_kind(apps.get(tx, appid), AppKind.MINI_PROGRAM)
    tx.insert_or_find(Added(user_id=user_id, appid=appid, added_at=tx.now), by=("user_id", "appid"))


def drop(tx: Tx, *, appid: str, user_id: UserId) -> None:
    """Take it from among the person's own; one that is not there changes nothing."""
    known = tx.find_locked(Added, user_id=user_id, appid=appid)
    if known is not None:
        tx.delete(known)


def is_added(snapshot: Snapshot, *, appid: str, user_id: UserId) -> bool:
    return snapshot.find(Added, user_id=user_id, appid=appid) is not None


def added(snapshot: Snapshot, user_id: UserId) -> list[Added]:
    """The person's own programs, the one added last first."""
    return snapshot.all(
        Added, "where user_id = :user order by added_at desc, appid limit :limit", user=user_id, limit=PAGE
    )
