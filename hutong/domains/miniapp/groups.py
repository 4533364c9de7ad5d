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
    """The ticket for opening this card: of a private one, and in a group if its sharer asked for tickets.

    Raises CONVERSATION_UNKNOWN for a conversation the person is not in, MESSAGE_UNKNOWN.
    """
    member = access.require_member(tx, conversation_id=conversation_id, user_id=user_id)
    message = messages.get(tx, conversation_id, seq)
    conversation = tx.find(Conversation, id=conversation_id)
    card = message.body
    if conversation is None or seq <= member.cleared_seq:
        return None
    if not isinstance(card, MiniProgramCard) or card.appid != appid:
        return None
    in_group = conversation.kind is ConversationKind.GROUP and card.share_ticket
    if not in_group and not card.private_from:
        return None
    if in_group:
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
            activity_id=card.activity_id if card.private_from else None,
        )
    )


def open_gid(snapshot: Snapshot, *, appid: str, user_id: UserId, ticket: str) -> str:
    """What the program calls the group of this ticket.

    Raises TICKET_INVALID, also for another person's and for one that is of no group.
    """
    found = _ticket(snapshot, appid=appid, user_id=user_id, ticket=ticket)
    group = found and snapshot.find(Group, appid=appid, conversation_id=found.conversation_id)
    if not group:
        raise DomainError(TICKET_INVALID)
    return group.open_gid


def private_activity(snapshot: Snapshot, *, appid: str, user_id: UserId, ticket: str) -> str | None:
    """What the private card of this ticket invites the person to; None if it is another's, or not private."""
    found = _ticket(snapshot, appid=appid, user_id=user_id, ticket=ticket)
    return None if found is None else found.activity_id


def _ticket(snapshot: Snapshot, *, appid: str, user_id: UserId, ticket: str) -> ShareTicket | None:
    found = snapshot.find(ShareTicket, ticket=ticket)
    return found if found is not None and (found.appid, found.user_id) == (appid, user_id) else None
