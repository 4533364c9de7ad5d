"""Openids and unionids: the names by which apps and organisations know a person."""

from collections.abc import Iterable

from hutong.domains.identity.tables import UserId
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError

from .errors import OPENID_UNKNOWN
from .tables import Openid, OrgId, Unionid

LENGTH = 28


def of(tx: Tx, *, appid: str, user_id: UserId) -> str:
    """The person's openid at this app, made at the first call."""
    known = tx.find(Openid, appid=appid, user_id=user_id)
    if known is None:
        known, _ = tx.insert_or_find(
            Openid(appid=appid, openid=tx.new_handle("o", LENGTH), user_id=user_id), by=("appid", "user_id")
        )
    return known.openid


def find(snapshot: Snapshot, *, appid: str, user_id: UserId) -> str | None:
    """The person's openid at this app, if they ever met."""
    known = snapshot.find(Openid, appid=appid, user_id=user_id)
    return None if known is None else known.openid


def user_of(snapshot: Snapshot, *, appid: str, openid: str) -> UserId:
    """Raises OPENID_UNKNOWN, also for an openid of another app."""
    known = snapshot.find(Openid, appid=appid, openid=openid)
    if known is None:
        raise DomainError(OPENID_UNKNOWN, openid=openid)
    return known.user_id


def of_many(snapshot: Snapshot, *, appid: str, user_ids: Iterable[UserId]) -> dict[UserId, str]:
    """The openids of those who have one."""
    wanted = sorted(set(user_ids))
    if not wanted:
        return {}
    found = snapshot.all(
        Openid,
        "where appid = :appid and user_id in :users limit :limit",
        appid=appid,
        users=wanted,
        limit=len(wanted),
    )
    return {known.user_id: known.openid for known in found}


def users_of(snapshot: Snapshot, *, appid: str, openids: Iterable[str]) -> dict[str, UserId]:
    """Who these openids are; unknown ones are left out."""
    wanted = sorted(set(openids))
    if not wanted:
        return {}
    found = snapshot.all(
        Openid,
        "where appid = :appid and openid in :openids limit :limit",
        appid=appid,
        openids=wanted,
        limit=len(wanted),
    )
    return {known.openid: known.user_id for known in found}


def unionid_of(tx: Tx, *, org_id: OrgId, user_id: UserId) -> str:
    """The person's unionid in this organisation, made at the first call."""
    known = tx.find(Unionid, org_id=org_id, user_id=user_id)
    if known is None:
        known, _ = tx.insert_or_find(
            Unionid(org_id=org_id, user_id=user_id, unionid=tx.new_handle("o", LENGTH)),
            by=("org_id", "user_id"),
        )
    return known.unionid


def unionids_of(snapshot: Snapshot, *, org_id: OrgId, user_ids: Iterable[UserId]) -> dict[UserId, str]:
    """The unionids of those who have one."""
    wanted = sorted(set(user_ids))
    if not wanted:
        return {}
    found = snapshot.all(
        Unionid,
        "where org_id = :org and user_id in :users limit :limit",
        org=org_id,
        users=wanted,
        limit=len(wanted),
    )
    return {known.user_id: known.unionid for known in found}
