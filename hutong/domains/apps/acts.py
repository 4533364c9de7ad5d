"""Acts: who did what in an organisation's name, for its owners to look up."""

from hutong.domains.identity.tables import UserId
from hutong.kernel.db import Snapshot, Tx

from .tables import Act, ActId, OrgId

PAGE = 100
TARGET_LENGTH = 128


def record(tx: Tx, *, org_id: OrgId, user_id: UserId, verb: str, target: str = "") -> Act:
    """Write down an act, in the transaction that does it."""
    return tx.insert(
        Act(
            id=ActId(tx.new_id()),
            org_id=org_id,
            user_id=user_id,
            verb=verb,
            target=target[:TARGET_LENGTH],
            done_at=tx.now,
        )
    )


def list_(snapshot: Snapshot, org_id: OrgId, *, before: int | None = None, limit: int = PAGE) -> list[Act]:
    """An organisation's acts, newest first, before an id."""
    return snapshot.all(
        Act,
        "where org_id = :org and id < :before order by id desc limit :limit",
        org=org_id,
        before=2**63 - 1 if before is None else before,
        limit=min(limit, PAGE),
    )
