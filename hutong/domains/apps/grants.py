"""Grants: what a person allowed an app to know or do, seen and revoked by that person."""

from collections.abc import Iterable

from hutong.domains.identity.tables import UserId
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError

from .errors import GRANT_MISSING
from .events import GrantRevoked
from .tables import Grant, Refusal

PAGE = 200


def give(tx: Tx, *, user_id: UserId, appid: str, scope: str) -> Grant:
    """Giving again keeps the first grant; a refusal before it is forgotten."""
    _forget_refusal(tx, user_id, appid, scope)
    grant, _ = tx.insert_or_find(
        Grant(user_id=user_id, appid=appid, scope=scope, granted_at=tx.now), by=("user_id", "appid", "scope")
    )
    return grant


def find(snapshot: Snapshot, *, user_id: UserId, appid: str, scope: str) -> Grant | None:
    return snapshot.find(Grant, user_id=user_id, appid=appid, scope=scope)


def has(snapshot: Snapshot, *, user_id: UserId, appid: str, scope: str) -> bool:
    return find(snapshot, user_id=user_id, appid=appid, scope=scope) is not None


def among(snapshot: Snapshot, *, appid: str, scope: str, user_ids: Iterable[UserId]) -> set[UserId]:
    """Those of these people who allowed the app this, in one query."""
    wanted = sorted(set(user_ids))
    if not wanted:
        return set()
    found = snapshot.all(
        Grant,
        "where appid = :appid and scope = :scope and user_id in :ids",
        appid=appid,
        scope=scope,
        ids=wanted,
    )
    return {grant.user_id for grant in found}


def use(tx: Tx, *, user_id: UserId, appid: str, scope: str) -> Grant:
    """Note that the app made use of its grant. Raises GRANT_MISSING."""
    grant = tx.find_locked(Grant, user_id=user_id, appid=appid, scope=scope)
    if grant is None:
        raise DomainError(GRANT_MISSING, scope=scope)
    return tx.update(grant, last_used_at=tx.now)


def list_(snapshot: Snapshot, user_id: UserId, *, after: tuple[str, str] = ("", "")) -> list[Grant]:
    """A person's grants by app and scope, beginning after the given pair."""
    return snapshot.all(
        Grant,
        "where user_id = :user and (appid > :appid or (appid = :appid and scope > :scope))"
        " order by appid, scope limit :limit",
        user=user_id,
        appid=after[0],
        scope=after[1],
        limit=PAGE,
    )


def revoke(tx: Tx, *, user_id: UserId, appid: str, scope: str) -> None:
    """Revoking what was never given changes nothing."""
    grant = tx.find_locked(Grant, user_id=user_id, appid=appid, scope=scope)
    if grant is not None:
        tx.delete(grant)
        tx.emit(GrantRevoked(user_id=user_id, appid=appid, scope=scope))


def refuse(tx: Tx, *, user_id: UserId, appid: str, scope: str) -> Refusal:
    """Remember the no, and take back what was given. Refusing again changes nothing."""
    revoke(tx, user_id=user_id, appid=appid, scope=scope)
    refusal, _ = tx.insert_or_find(
        Refusal(user_id=user_id, appid=appid, scope=scope, refused_at=tx.now),
        by=("user_id", "appid", "scope"),
    )
    return refusal


def _forget_refusal(tx: Tx, user_id: UserId, appid: str, scope: str) -> None:
    refusal = tx.find_locked(Refusal, user_id=user_id, appid=appid, scope=scope)
    if refusal is not None:
        tx.delete(refusal)


def decided(snapshot: Snapshot, *, user_id: UserId, appid: str) -> list[Grant | Refusal]:
    """What a person allowed and refused one app, by scope."""
    found: list[Grant | Refusal] = []
    for kind in (Grant, Refusal):
        found += snapshot.all(
            kind,
            "where user_id = :user and appid = :appid order by scope limit :limit",
            user=user_id,
            appid=appid,
            limit=PAGE,
        )
    return sorted(found, key=lambda one: one.scope)
