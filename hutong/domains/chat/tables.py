"""What chat keeps."""

from enum import StrEnum
from typing import NewType

from hutong.domains.identity.tables import UserId
from hutong.kernel.clock import Millis
from hutong.kernel.rows import Row, table

from .bodies import MessageBody

ConversationId = NewType("ConversationId", int)
MessageId = NewType("MessageId", int)


class ConversationKind(StrEnum):
    DIRECT = "DIRECT"
    GROUP = "GROUP"
    ACCOUNT = "ACCOUNT"
    NOTICES = "NOTICES"  # what apps tell a person who asked to hear it; nobody answers there


class Role(StrEnum):
    OWNER = "OWNER"
    ADMIN = "ADMIN"
    MEMBER = "MEMBER"


@table("chat_conversation", key="id", unique=["parties", "join_code"])
class Conversation(Row):
    """Where messages are said. `last_seq` is the number of the latest, and grows by one with each.

    `parties` makes a conversation the only one of its kind: "low:high" of two people, "user:appid" of a person
    and an app, "user:" of a person's notices; null for a group. `last_id` grows with every message in the whole
    home and orders lists.
    """

    id: ConversationId
    kind: ConversationKind
    parties: str | None
    created_at: Millis
    last_id: int
    last_seq: int = 0
    appid: str | None = None
    user_id: UserId | None = None  # of an ACCOUNT or NOTICES conversation
    name: str = ""
    announcement: str = ""
    members: int = 0
    faces: list[UserId] = []  # whose avatars make up a group's picture: the first nine members
    join_code: str | None = None
    join_code_expires_at: Millis = Millis(0)


@table(
    "chat_member", shard="conversation_id", key=("conversation_id", "user_id"), index=[("user_id", "pinned")]
)
class Member(Row):
    """One person's side of a conversation. They see messages with a `seq` above `cleared_seq`."""

    conversation_id: ConversationId
    user_id: UserId
    role: Role
    joined_at: Millis
    read_seq: int = 0
    cleared_seq: int = 0
    hidden_seq: int = 0  # out of the list until the conversation's last_seq is above this
    pinned: bool = False
    muted: bool = False
    alias: str = ""  # how they are called in this group
    mentioned_seq: int = 0  # the latest message that called them by name


@table(
    "chat_message",
    shard="conversation_id",
    key=("conversation_id", "seq"),
    unique=[("conversation_id", "sender", "client_id")],
)
class Message(Row):
    """Something said. `sender` is a user id in decimal, an appid, or empty for the conversation itself."""

    conversation_id: ConversationId
    seq: int
    id: MessageId
    sender: str
    client_id: str
    body: MessageBody
    sent_at: Millis
    quoted_seq: int | None = None
    update_id: int = 0  # where the members' update logs keep it, so that recalling reaches there too
