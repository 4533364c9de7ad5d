"""What chat announces."""

from hutong.domains.identity.tables import UserId
from hutong.kernel.clock import Millis
from hutong.kernel.events import Event

from .bodies import MessageBody
from .tables import ConversationId, ConversationKind, MessageId


class MessageSent(Event, topic="chat.message_sent", key="conversation_id"):
    """Something was said, in any conversation. For search and counting.

    An account's developer is told by AccountMessageSent: listening here would cost every chat a handler run.
    """

    conversation_id: ConversationId
    kind: ConversationKind
    seq: int
    message_id: MessageId
    sender: str
    sent_at: Millis


class AccountMessageSent(Event, topic="chat.account_message_sent", key="conversation_id"):
    """A person said something to an official account or a mini program."""

    conversation_id: ConversationId
    user_id: UserId
    appid: str
    seq: int
    message_id: MessageId
    body: MessageBody
    sent_at: Millis


class MessageRecalled(Event, topic="chat.message_recalled", key="conversation_id"):
    """A message was taken back; its words are gone."""

    conversation_id: ConversationId
    seq: int
    message_id: MessageId


class GroupJoined(Event, topic="chat.group_joined", key="conversation_id"):
    """People came into a group."""

    conversation_id: ConversationId
    user_ids: list[UserId]


class GroupLeft(Event, topic="chat.group_left", key="conversation_id"):
    """Somebody left a group, or was taken out."""

    conversation_id: ConversationId
    user_id: UserId
