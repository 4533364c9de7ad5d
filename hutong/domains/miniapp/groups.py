"""Groups: by which name a program knows the chat group in which one of its cards was opened."""

from hutong.domains.chat import access, messages
from hutong.domains.chat.bodies import MiniProgramCard
from hutong.domains.chat.tables import Conversation, ConversationId, ConversationKind
from hutong.domains.identity.tables import UserId
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError

from .errors import TICKET_INVALID
from .tables import Group, ShareTicket


def ticket_of(
    tx: Tx, *, appid: str, user_id: UserId, conversation_id: ConversationId, seq: int
) -> ShareTicket | None:
    """The ticket for opening this card: only in a group, and only if its sharer asked for tickets.

    Raises CONVERSATION_UNKNOWN for a conversation the person is not in, MESSAGE_UNKNOWN.
    """
    member = access.require_member(tx, conversation_id=conversation_id, user_id=user_id)
    message = messages.get(tx, conversation_id, seq)
    conversation = tx.find(Conversation, id=conversation_id)
    card = message.body
    if conversation is None or conversation.kind is not ConversationKind.GROUP or seq <= member.cleared_seq:
        return None
    if not isinstance(card, MiniProgramCard) or card.appid != appid or not card.share_ticket:
        return None
    tx.insert_or_find(
        Group(appid=appid, conversation_id=conversation_id, open_gid=tx.new_handle("tG", 28)),
        by=("appid", "conversation_id"),
    )
    return tx.insert(
        ShareTicket(
            ticket=tx.new_handle("st", 32),
            appid=appid,
            user_id=user_id,
            conversation_id=conversation_id,
            made_at=tx.now,
        )
    )


def open_gid(snapshot: Snapshot, *, appid: str, user_id: UserId, ticket: str) -> str:
    """What the program calls the group of this ticket. Raises TICKET_INVALID, also for another person's."""
    found = snapshot.find(ShareTicket, ticket=ticket)
    if found is None or found.appid != appid or found.user_id != user_id:
        raise DomainError(TICKET_INVALID)
    group = snapshot.find(Group, appid=appid, conversation_id=found.conversation_id)
    assert group is not None
    return group.open_gid
