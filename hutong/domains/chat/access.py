"""Who may see and say what."""

from hutong.domains.identity.tables import UserId
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError

from .errors import CONVERSATION_UNKNOWN, NOT_A_GROUP, NOT_ALLOWED
from .tables import Conversation, ConversationId, ConversationKind, Member, Role


def require_member(snapshot: Snapshot, *, conversation_id: ConversationId, user_id: UserId) -> Member:
    """The person's side of a conversation. Raises CONVERSATION_UNKNOWN, also when it is somebody else's."""
    member = snapshot.find(Member, conversation_id=conversation_id, user_id=user_id)
    if member is None:
        raise DomainError(CONVERSATION_UNKNOWN)
    return member


def require_group(
    tx: Tx, *, conversation_id: ConversationId, user_id: UserId, lead: bool = False
) -> tuple[Conversation, Member]:
    """The group, held, and the person's side of it; with `lead`, only for its owner and admins.

    Raises CONVERSATION_UNKNOWN, NOT_A_GROUP or NOT_ALLOWED.
    """
    conversation = tx.find_locked(Conversation, id=conversation_id)
    if conversation is None:
        raise DomainError(CONVERSATION_UNKNOWN)
    member = require_member(tx, conversation_id=conversation_id, user_id=user_id)
    if conversation.kind is not ConversationKind.GROUP:
        raise DomainError(NOT_A_GROUP)
    if lead and member.role is Role.MEMBER:
        raise DomainError(NOT_ALLOWED)
    return conversation, member
