"""Messages: said once, in one order, and taken back within two minutes."""

from collections.abc import Iterable

from msgspec import structs

from hutong.domains.contacts import access as contacts_access
from hutong.domains.identity import users
from hutong.domains.identity.tables import UserId
from hutong.domains.media import files
from hutong.domains.media.tables import FileKind
from hutong.kernel import updates
from hutong.kernel.clock import MINUTE_MS
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError
from hutong.kernel.frozen import Frozen

from . import access
from .bodies import (
    EVERYONE,
    ContactCard,
    File,
    Image,
    Link,
    MessageBody,
    MiniProgramCard,
    Recalled,
    SystemLine,
    Text,
    Video,
    Voice,
)
from .errors import (
    BODY_INVALID,
    CLIENT_ID_USED,
    CONVERSATION_UNKNOWN,
    MESSAGE_UNKNOWN,
    NOT_ALLOWED,
    NOT_YOURS,
    NOTICES_ONLY,
    RECALL_TOO_LATE,
)
from .events import AccountMessageSent, MessageRecalled, MessageSent
from .tables import Conversation, ConversationId, ConversationKind, Member, Message, MessageId, Role

RECALL_MS = 2 * MINUTE_MS  # business time
PAGE = 100


class Line(Frozen):
    """A message as every client reads it, live and in history."""

    conversation_id: str
    seq: int
    id: str
    sender: str
    client_id: str
    body: MessageBody
    sent_at: int
    quoted_seq: int | None = None


def line(message: Message) -> Line:
    """A message as every client reads it."""
    return Line(
        conversation_id=str(message.conversation_id),
        seq=message.seq,
        id=str(message.id),
        sender=message.sender,
        client_id=message.client_id,
        body=message.body,
        sent_at=message.sent_at,
        quoted_seq=message.quoted_seq,
    )


# ── saying ─────────────────────────────────────────────────────────────────────────────────────────────────


def send(
    tx: Tx,
    conversation_id: ConversationId,
    *,
    sender: UserId | str,
    body: MessageBody,
    client_id: str = "",
    quoted_seq: int | None = None,
) -> Message:
    """Say something, as a person (by id) or as the account the conversation is with (by appid).

    Any app may write to a person's notices; whether it should is for its caller to know.

    The same `client_id` from the same sender is the same message and is said once; without one, every call
    says something new. Raises CONVERSATION_UNKNOWN when the sender has no place there, what
    contacts.require_may_write raises, CLIENT_ID_USED when it was used for other words, NOTICES_ONLY, BODY_INVALID.
    """
    speaker = str(sender)
    found = tx.rows(
        "select c.kind, c.parties, c.appid, c.user_id, m.role,"
        " (select seq from chat_message where conversation_id = c.id and sender = :speaker and client_id = :client)"
        " from chat_conversation c left join chat_member m on m.conversation_id = c.id and m.user_id = :user"
        " where c.id = :id",
        id=conversation_id,
        speaker=speaker,
        client=client_id,
        user=sender if isinstance(sender, int) else 0,
    )
    if not found:
        raise DomainError(CONVERSATION_UNKNOWN)
    kind, parties, appid, user_id, role, said_seq = found[0]
    if role is None and (isinstance(sender, int) or (appid != sender and kind != ConversationKind.NOTICES)):
        raise DomainError(CONVERSATION_UNKNOWN)
    if isinstance(sender, int):
        if kind == ConversationKind.NOTICES:
            raise DomainError(NOTICES_ONLY)
        body = _checked(tx, body, in_group=kind == ConversationKind.GROUP, role=role)
    if said_seq is not None and client_id:
        said = tx.get(Message, conversation_id=conversation_id, seq=said_seq)
        if said.body != body and not isinstance(said.body, Recalled):
            raise DomainError(CLIENT_ID_USED)
        return said

    listeners: Iterable[UserId] | None = None
    if kind == ConversationKind.DIRECT:
        low, high = (UserId(int(party)) for party in parties.split(":"))
        listeners = (low, high)
        assert isinstance(sender, int)
        contacts_access.require_may_write(tx, sender_id=sender, to_id=high if sender == low else low)
    elif kind in (ConversationKind.ACCOUNT, ConversationKind.NOTICES):
        listeners = (user_id,)
    if quoted_seq is not None:
        get(tx, conversation_id, quoted_seq)

    message = _append(tx, conversation_id, speaker, client_id, body, listeners, quoted_seq)
    if isinstance(sender, int):
        _note_members(tx, message, sender)
    tx.emit(
        MessageSent(
            conversation_id=conversation_id,
            kind=ConversationKind(kind),
            seq=message.seq,
            message_id=message.id,
            sender=speaker,
            sent_at=message.sent_at,
        )
    )
    if kind == ConversationKind.ACCOUNT and isinstance(sender, int):
        tx.emit(
            AccountMessageSent(
                conversation_id=conversation_id,
                user_id=user_id,
                appid=appid,
                seq=message.seq,
                message_id=message.id,
                body=message.body,
                sent_at=message.sent_at,
            )
        )
    return message


def say_line(tx: Tx, conversation: Conversation, body: SystemLine) -> Message:
    """A line the conversation itself says to all its members."""
    return _append(tx, conversation.id, "", "", body, None, None)


def _append(
    tx: Tx,
    conversation_id: ConversationId,
    sender: str,
    client_id: str,
    body: MessageBody,
    listeners: Iterable[UserId] | None,
    quoted_seq: int | None,
) -> Message:
    """Take the next number, tell the listeners, keep the message. Without listeners, tell every member.

    Taking the number holds the conversation, and who joins or leaves holds it too: the members are read after.
    """
    message_id = MessageId(tx.new_id())
    seq = tx.returning(
        "update chat_conversation set last_seq = last_seq + 1, last_id = :message where id = :id"
        " returning last_seq",
        id=conversation_id,
        message=message_id,
    )[0][0]
    message = Message(
        conversation_id=conversation_id,
        seq=seq,
        id=message_id,
        sender=sender,
        client_id=client_id or f"#{message_id}",
        body=body,
        sent_at=tx.now,
        quoted_seq=quoted_seq,
    )
    if listeners is None:
        listeners = member_ids(tx, conversation_id)
    update_id = updates.append(tx, listeners, "chat.message", line(message))
    return tx.insert(structs.replace(message, update_id=update_id))


def _note_members(tx: Tx, message: Message, sender: UserId) -> None:
    """Who speaks has read; who is called by name is told where."""
    tx.run(
        "update chat_member set read_seq = :seq where conversation_id = :id and user_id = :user",
        id=message.conversation_id,
        user=sender,
        seq=message.seq,
    )
    if isinstance(message.body, Text) and message.body.mentions:
        if EVERYONE in message.body.mentions:
            tx.run(
                "update chat_member set mentioned_seq = :seq where conversation_id = :id",
                id=message.conversation_id,
                seq=message.seq,
            )
        else:
            tx.run(
                "update chat_member set mentioned_seq = :seq where conversation_id = :id and user_id in :users",
                id=message.conversation_id,
                seq=message.seq,
                users=sorted(int(mention) for mention in message.body.mentions),
            )


def _checked(tx: Tx, body: MessageBody, *, in_group: bool, role: Role) -> MessageBody:
    """The body with what we know better than its sender: a file's name, a picture's size, a person's name.

    Raises BODY_INVALID, NOT_ALLOWED, media.file_unknown, media.kind_wrong or identity.user_unknown.
    """
    match body:
        case Text(text=text, mentions=mentions):
            if not text.strip():
                raise DomainError(BODY_INVALID, field="text")
            if mentions:
                if not in_group or any(
                    mention != EVERYONE
                    and not (mention.isascii() and mention.isdigit() and len(mention) < 19)
                    for mention in mentions
                ):
                    raise DomainError(BODY_INVALID, field="mentions")
                if EVERYONE in mentions and role == Role.MEMBER:
                    raise DomainError(NOT_ALLOWED)
            return body
        case Image(media=media):
            picture = files.require(tx, media, FileKind.IMAGE)
            return Image(media, picture.width, picture.height)
        case Voice(media=media):
            files.require(tx, media, FileKind.VOICE)
            return body
        case Video(media=media, cover=cover):
            files.require(tx, media, FileKind.VIDEO)
            if cover:
                files.require(tx, cover, FileKind.IMAGE)
            return body
        case File(media=media):
            file = files.get(tx, media)
            return File(media, file.name, file.size_bytes)
        case Link(picture=handle) | MiniProgramCard(picture=handle) if handle:
            files.require(tx, handle, FileKind.IMAGE)
            return body
        case ContactCard(user_id=user_id):
            person = users.get(tx, UserId(int(user_id)))
            return ContactCard(user_id, person.nickname, person.avatar)
        case _:
            return body


# ── taking back ────────────────────────────────────────────────────────────────────────────────────────────


def recall(tx: Tx, conversation_id: ConversationId, *, sender: UserId | str, seq: int) -> Message:
    """Take one's own message back within two minutes: its words are gone, here and in every update log.

    Recalling again changes nothing. Raises MESSAGE_UNKNOWN, NOT_YOURS, RECALL_TOO_LATE.
    """
    if isinstance(sender, int):
        access.require_member(tx, conversation_id=conversation_id, user_id=sender)
    message = tx.find_locked(Message, conversation_id=conversation_id, seq=seq)
    if message is None:
        raise DomainError(MESSAGE_UNKNOWN)
    if message.sender != str(sender):
        raise DomainError(NOT_YOURS)
    if isinstance(message.body, Recalled):
        return message
    if tx.now - message.sent_at > RECALL_MS:
        raise DomainError(RECALL_TOO_LATE, limit_ms=RECALL_MS)
    recalled = tx.update(message, body=Recalled(by=str(sender)))
    updates.replace(tx, message.update_id, line(recalled))
    updates.append(tx, member_ids(tx, conversation_id), "chat.recalled", line(recalled))
    tx.emit(MessageRecalled(conversation_id=conversation_id, seq=seq, message_id=message.id))
    return recalled


# ── reading ────────────────────────────────────────────────────────────────────────────────────────────────


def get(snapshot: Snapshot, conversation_id: ConversationId, seq: int) -> Message:
    """Raises MESSAGE_UNKNOWN."""
    message = snapshot.find(Message, conversation_id=conversation_id, seq=seq)
    if message is None:
        raise DomainError(MESSAGE_UNKNOWN)
    return message


def before(snapshot: Snapshot, member: Member, *, seq: int, limit: int = PAGE) -> list[Message]:
    """What a member can see before `seq`, oldest first."""
    found = snapshot.all(
        Message,
        "where conversation_id = :id and seq < :seq and seq > :cleared order by seq desc limit :limit",
        id=member.conversation_id,
        seq=seq,
        cleared=member.cleared_seq,
        limit=limit,
    )
    return found[::-1]


def after(snapshot: Snapshot, member: Member, *, seq: int, limit: int = PAGE) -> list[Message]:
    """What a member can see after `seq`, oldest first."""
    return snapshot.all(
        Message,
        "where conversation_id = :id and seq > :seq order by seq limit :limit",
        id=member.conversation_id,
        seq=max(seq, member.cleared_seq),
        limit=limit,
    )


def quoted(snapshot: Snapshot, member: Member, shown: Iterable[Message]) -> dict[int, Message]:
    """The messages that these quote, by seq, in one query; those a member cannot see are left out."""
    wanted = sorted({message.quoted_seq for message in shown if message.quoted_seq is not None})
    if not wanted:
        return {}
    found = snapshot.all(
        Message,
        "where conversation_id = :id and seq in :wanted and seq > :cleared",
        id=member.conversation_id,
        wanted=wanted,
        cleared=member.cleared_seq,
    )
    return {message.seq: message for message in found}


def member_ids(snapshot: Snapshot, conversation_id: ConversationId) -> list[UserId]:
    """Everybody in a conversation; a group has at most 500."""
    return [
        row[0]
        for row in snapshot.rows(
            "select user_id from chat_member where conversation_id = :id order by user_id", id=conversation_id
        )
    ]
