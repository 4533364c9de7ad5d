"""Platform admins: people who run this home and judge what others publish in it."""

from hutong.domains.identity import users
from hutong.domains.identity.tables import UserId
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError

from .errors import LAST_ADMIN, PLATFORM_ONLY
from .tables import PlatformAdmin

MOST = 100


def is_admin(snapshot: Snapshot, user_id: UserId) -> bool:
    """Whether somebody was appointed, or is named by the one who started the server."""
    if snapshot.find(PlatformAdmin, user_id=user_id) is not None:
        return True
    named = snapshot.settings.platform_admin
    return bool(named) and users.get(snapshot, user_id).username == named


def require_admin(snapshot: Snapshot, user_id: UserId) -> None:
    """Raises PLATFORM_ONLY."""
    if not is_admin(snapshot, user_id):
        raise DomainError(PLATFORM_ONLY)


def appoint(tx: Tx, user_id: UserId) -> PlatformAdmin:
    """Appointing again changes nothing."""
    admin, _ = tx.insert_or_find(PlatformAdmin(user_id=user_id, appointed_at=tx.now), by=("user_id",))
    return admin


def dismiss(tx: Tx, user_id: UserId) -> None:
    """Raises LAST_ADMIN for the last who was appointed. Dismissing somebody else changes nothing."""
    admin = tx.find_locked(PlatformAdmin, user_id=user_id)
    if admin is None:
        return
    if tx.value("select count(*) from apps_platform_admin") == 1:
        raise DomainError(LAST_ADMIN)
    tx.delete(admin)


def list_(snapshot: Snapshot) -> list[PlatformAdmin]:
    return snapshot.all(PlatformAdmin, "order by appointed_at, user_id limit :limit", limit=MOST)
