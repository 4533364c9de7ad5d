"""Experience members: people outside the organisation who may open what is not released."""

from hutong.domains.apps import apps
from hutong.domains.apps.access import is_member as works_for
from hutong.domains.apps.tables import AppKind
from hutong.domains.identity.tables import UserId
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError

from .errors import TESTER_HELD, TESTER_MISSING, TESTERS_FULL
from .tables import Tester

MOST = 90


def bind(tx: Tx, *, appid: str, user_id: UserId) -> Tester:
    """Raises KIND_FORBIDDEN, TESTER_HELD, TESTERS_FULL."""
    apps.require_kind(apps.get(tx, appid), AppKind.MINI_PROGRAM)
    if tx.value("select count(*) from miniapp_tester where appid = :appid", appid=appid) >= MOST:
        raise DomainError(TESTERS_FULL, most=MOST)
    tester, made = tx.insert_or_find(
        Tester(appid=appid, user_id=user_id, userstr=tx.new_handle("", 28), added_at=tx.now),
        by=("appid", "user_id"),
    )
    if not made:
        raise DomainError(TESTER_HELD)
    return tester


def unbind(tx: Tx, *, appid: str, user_id: UserId | None = None, userstr: str = "") -> None:
    """By who they are, or by the published name of the bond. Raises TESTER_MISSING."""
    by = {"user_id": user_id} if user_id is not None else {"userstr": userstr}
    tester = tx.find_locked(Tester, appid=appid, **by)
    if tester is None:
        raise DomainError(TESTER_MISSING)
    tx.delete(tester)


def list_(snapshot: Snapshot, appid: str) -> list[Tester]:
    return snapshot.all(
        Tester, "where appid = :appid order by added_at, user_id limit :limit", appid=appid, limit=MOST
    )


def is_tester(snapshot: Snapshot, *, appid: str, user_id: UserId) -> bool:
    return snapshot.find(Tester, appid=appid, user_id=user_id) is not None


def is_member(snapshot: Snapshot, *, appid: str, user_id: UserId) -> bool:
    """Whether somebody works for the program's organisation."""
    return works_for(snapshot, apps.get(snapshot, appid).org_id, user_id)
