"""Who may write to whom."""

from collections.abc import Iterable

from hutong.domains.identity.tables import UserId
from hutong.kernel.db import Snapshot
from hutong.kernel.errors import DomainError

from .errors import NOT_A_CONTACT, REFUSED


def require_may_write(snapshot: Snapshot, *, sender_id: UserId, to_id: UserId) -> None:
    """Raises REFUSED when either has blocked the other, NOT_A_CONTACT unless each is in the other's contacts."""
    sides, blocks = snapshot.rows(
        "select (select count(*) from contacts_contact"
        " where (user_id = :a and contact_id = :b) or (user_id = :b and contact_id = :a)),"
        " (select count(*) from contacts_block"
        " where (user_id = :a and blocked_id = :b) or (user_id = :b and blocked_id = :a))",
        a=sender_id,
        b=to_id,
    )[0]
    if blocks:
        raise DomainError(REFUSED)
    if sides < 2:
        raise DomainError(NOT_A_CONTACT)


def mutual(snapshot: Snapshot, *, user_id: UserId, ids: Iterable[UserId]) -> set[UserId]:
    """Those of these people who may be written to: each in the other's contacts, no door closed."""
    wanted = sorted(set(ids))
    if not wanted:
        return set()
    known = {
        row[0]
        for row in snapshot.rows(
            "select a.contact_id from contacts_contact a"
            " join contacts_contact b on b.user_id = a.contact_id and b.contact_id = a.user_id"
            " where a.user_id = :user and a.contact_id in :ids",
            user=user_id,
            ids=wanted,
        )
    }
    closed = {
        row[0]
        for row in snapshot.rows(
            "select blocked_id from contacts_block where user_id = :user and blocked_id in :ids"
            " union select user_id from contacts_block where user_id in :ids and blocked_id = :user",
            user=user_id,
            ids=wanted,
        )
    }
    return known - closed
