"""Blocks: doors closed silently."""

from hutong.domains.identity import users
from hutong.domains.identity.tables import UserId
from hutong.kernel import updates
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError

from .errors import ONESELF
from .events import ContactBlocked
from .tables import Block

PAGE = 200


def block(tx: Tx, *, user_id: UserId, blocked_id: UserId) -> None:
    """Hear nothing more from a person; they are not told. Blocking again changes nothing."""
    if user_id == blocked_id:
        raise DomainError(ONESELF)
    users.get(tx, blocked_id)
    _, created = tx.insert_or_find(Block(user_id, blocked_id, tx.now), by=("user_id", "blocked_id"))
    if created:
        tx.emit(ContactBlocked(user_id=user_id, blocked_id=blocked_id))
        updates.append(tx, [user_id], "contacts.changed", {"user_id": str(blocked_id)})


def unblock(tx: Tx, *, user_id: UserId, blocked_id: UserId) -> None:
    """Open the door again. Unblocking twice changes nothing."""
    if tx.delete(Block(user_id, blocked_id, tx.now)):
        updates.append(tx, [user_id], "contacts.changed", {"user_id": str(blocked_id)})


def is_blocked(snapshot: Snapshot, *, user_id: UserId, by: UserId) -> bool:
    return snapshot.find(Block, user_id=by, blocked_id=user_id) is not None


def list_(snapshot: Snapshot, *, user_id: UserId, after: UserId, limit: int = PAGE) -> list[Block]:
    """Whom a person has blocked, by ascending id, after `after`."""
    return snapshot.all(
        Block,
        "where user_id = :user and blocked_id > :after order by blocked_id limit :limit",
        user=user_id,
        after=after,
        limit=limit,
    )
