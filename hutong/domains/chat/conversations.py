"""Conversations: one per pair of people, one per person and account; each member's own side of them."""

from typing import Any

from hutong.domains.identity.tables import UserId
from hutong.kernel import updates
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError
from hutong.kernel.frozen import Frozen
from hutong.kernel.rows import Row, table_of

from . import access
from .errors import CONVERSATION_UNKNOWN, TOO_MANY_PINNED
from .tables import Conversation, ConversationId, ConversationKind, Member, Message, Role

PAGE = 50
MAX_PINNED = 50


class Entry(Frozen):
    """One line of a person's list. `last` is None when there is nothing they can see."""

    conversation: Conversation
    member: Member
    last: Message | None

    @property
    def unread(self) -> int:
        return max(0, self.conversation.last_seq - max(self.member.read_seq, self.member.cleared_seq))

    @property
    def mentioned(self) -> bool:
        """Whether the person was called by name in what they have not read."""
        return self.member.mentioned_seq > max(self.member.read_seq, self.member.cleared_seq)

    @property
    def peer_id(self) -> UserId | None:
        """The other of a conversation of two."""
        if self.conversation.kind is not ConversationKind.DIRECT or self.conversation.parties is None:
            return None
        low, high = self.conversation.parties.split(":")
        return UserId(int(high if int(low) == self.member.user_id else low))


# ── the only one of its kind ───────────────────────────────────────────────────────────────────────────────


def between(tx: Tx, a: UserId, b: UserId) -> Conversation:
    """The conversation of two people, made at the first call."""
    assert a != b
    low, high = sorted((a, b))
    return _only(tx, f"{low}:{high}", ConversationKind.DIRECT, [low, high])


def with_account(tx: Tx, *, user_id: UserId, appid: str) -> Conversation:
    """A person's conversation with an official account or mini program, made at the first call."""
    return _only(tx, f"{user_id}:{appid}", ConversationKind.ACCOUNT, [user_id], appid=appid, user_id=user_id)


def notices(tx: Tx, user_id: UserId) -> Conversation:
    """Where a person's service notices stand, whichever app sent them; made at the first call."""
    return _only(tx, f"{user_id}:", ConversationKind.NOTICES, [user_id], user_id=user_id)


def _only(tx: Tx, parties: str, kind: ConversationKind, people: list[UserId], **fields: Any) -> Conversation:
    known = tx.find(Conversation, parties=parties)
    if known is not None:
        return known
    new = ConversationId(tx.new_id())
    conversation, created = tx.insert_or_find(
        Conversation(
            id=new, kind=kind, parties=parties, created_at=tx.now, last_id=new, members=len(people), **fields
        ),
        by=("parties",),
    )
    if created:
        tx.insert_all([Member(new, user_id, Role.MEMBER, joined_at=tx.now) for user_id in people])
    return conversation


def get(snapshot: Snapshot, conversation_id: ConversationId) -> Conversation:
    """Raises CONVERSATION_UNKNOWN."""
    conversation = snapshot.find(Conversation, id=conversation_id)
    if conversation is None:
        raise DomainError(CONVERSATION_UNKNOWN)
    return conversation


# ── a person's list ────────────────────────────────────────────────────────────────────────────────────────


def _columns(alias: str, row_type: type[Row]) -> str:
    return ", ".join(f"{alias}.{column.name}" for column in table_of(row_type).columns)


_ENTRY = (
    f"select {_columns('c', Conversation)}, {_columns('m', Member)}, {_columns('x', Message)}"
    " from chat_member m join chat_conversation c on c.id = m.conversation_id"
    " left join chat_message x on x.conversation_id = c.id and x.seq = c.last_seq and x.seq > m.cleared_seq"
    " where m.user_id = :user and "
)
_C, _M = len(table_of(Conversation).columns), len(table_of(Member).columns)


def _entries(snapshot: Snapshot, tail: str, **params: Any) -> list[Entry]:
    return [
        Entry(
            table_of(Conversation).read(row[:_C]),
            table_of(Member).read(row[_C : _C + _M]),
            None if row[_C + _M] is None else table_of(Message).read(row[_C + _M :]),
        )
        for row in snapshot.rows(_ENTRY + tail, **params)
    ]


def list_(snapshot: Snapshot, *, user_id: UserId, before: int, limit: int = PAGE) -> list[Entry]:
    """A person's conversations but the pinned ones, latest first; `before` is the `last_id` of the last known."""
    return _entries(
        snapshot,
        "m.pinned = false and c.last_seq > m.hidden_seq and c.last_id < :before"
        " order by c.last_id desc limit :limit",
        user=user_id,
        before=before,
        limit=limit,
    )


def pinned(snapshot: Snapshot, *, user_id: UserId) -> list[Entry]:
    """A person's pinned conversations, latest first; there are at most MAX_PINNED."""
    return _entries(
        snapshot,
        "m.pinned = true and c.last_seq > m.hidden_seq order by c.last_id desc limit :limit",
        user=user_id,
        limit=MAX_PINNED,
    )


def entry(snapshot: Snapshot, *, user_id: UserId, conversation_id: ConversationId) -> Entry:
    """One conversation as a person's list would show it. Raises CONVERSATION_UNKNOWN."""
    found = _entries(snapshot, "m.conversation_id = :id", user=user_id, id=conversation_id)
    if not found:
        raise DomainError(CONVERSATION_UNKNOWN)
    return found[0]


def unread_total(snapshot: Snapshot, user_id: UserId) -> int:
    """Everything unread in a person's conversations that are not muted."""
    return int(
        snapshot.value(
            "select coalesce(sum(c.last_seq - case when m.read_seq > m.cleared_seq then m.read_seq"
            " else m.cleared_seq end), 0) from chat_member m join chat_conversation c"
            " on c.id = m.conversation_id where m.user_id = :user and m.muted = false",
            user=user_id,
        )
    )


# ── a person's own side ────────────────────────────────────────────────────────────────────────────────────


def read(tx: Tx, *, user_id: UserId, conversation_id: ConversationId, seq: int) -> Member:
    """Note that everything up to `seq` has been read; never moves back. Tells the person's other devices."""
    entry_ = entry(tx, user_id=user_id, conversation_id=conversation_id)
    up_to = min(seq, entry_.conversation.last_seq)
    if up_to <= entry_.member.read_seq:
        return entry_.member
    tx.run(
        "update chat_member set read_seq = :seq where conversation_id = :id and user_id = :user and read_seq < :seq",
        id=conversation_id,
        user=user_id,
        seq=up_to,
    )
    updates.append(tx, [user_id], "chat.read", {"conversation_id": str(conversation_id), "seq": up_to})
    return access.require_member(tx, conversation_id=conversation_id, user_id=user_id)


def change_settings(
    tx: Tx,
    *,
    user_id: UserId,
    conversation_id: ConversationId,
    pinned: bool | None = None,
    muted: bool | None = None,
) -> Member:
    """Pin or mute on one's own side; None leaves it. Raises CONVERSATION_UNKNOWN or TOO_MANY_PINNED."""
    member = tx.lock(access.require_member(tx, conversation_id=conversation_id, user_id=user_id))
    changes: dict[str, Any] = {}
    if pinned is not None and pinned != member.pinned:
        if pinned:
            many = tx.value(
                "select count(*) from chat_member where user_id = :user and pinned = true", user=user_id
            )
            if many >= MAX_PINNED:
                raise DomainError(TOO_MANY_PINNED, limit=MAX_PINNED)
        changes["pinned"] = pinned
    if muted is not None and muted != member.muted:
        changes["muted"] = muted
    return _changed(tx, member, **changes) if changes else member


def hide(tx: Tx, *, user_id: UserId, conversation_id: ConversationId) -> Member:
    """Take a conversation out of one's list until something new is said."""
    last_seq = get(tx, conversation_id).last_seq
    member = tx.lock(access.require_member(tx, conversation_id=conversation_id, user_id=user_id))
    return _changed(tx, member, hidden_seq=last_seq, pinned=False)


def clear(tx: Tx, *, user_id: UserId, conversation_id: ConversationId) -> Member:
    """Delete everything said so far on one's own side, and hide the conversation. The others keep theirs."""
    last_seq = get(tx, conversation_id).last_seq
    member = tx.lock(access.require_member(tx, conversation_id=conversation_id, user_id=user_id))
    return _changed(tx, member, hidden_seq=last_seq, cleared_seq=last_seq, pinned=False)


def _changed(tx: Tx, member: Member, **changes: Any) -> Member:
    changed = tx.update(member, **changes)
    updates.append(
        tx,
        [member.user_id],
        "chat.settings",
        {
            "conversation_id": str(changed.conversation_id),
            "pinned": changed.pinned,
            "muted": changed.muted,
            "hidden_seq": changed.hidden_seq,
            "cleared_seq": changed.cleared_seq,
            "alias": changed.alias,
        },
    )
    return changed
