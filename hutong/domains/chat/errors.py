"""How chat refuses."""

from hutong.kernel.errors import ErrorCode, Kind

CONVERSATION_UNKNOWN = ErrorCode(
    "chat.conversation_unknown", Kind.NOT_FOUND, "There is no such conversation, or you are not in it."
)
MESSAGE_UNKNOWN = ErrorCode("chat.message_unknown", Kind.NOT_FOUND, "There is no such message.")
CLIENT_ID_USED = ErrorCode(
    "chat.client_id_used", Kind.CONFLICT, "This client_id was used for another message."
)
BODY_INVALID = ErrorCode("chat.body_invalid", Kind.INVALID, "A message cannot look like this.")
RECALL_TOO_LATE = ErrorCode(
    "chat.recall_too_late", Kind.CONFLICT, "A message can be taken back within two minutes."
)
NOT_YOURS = ErrorCode("chat.not_yours", Kind.FORBIDDEN, "Only the sender may do this.")
NOTICES_ONLY = ErrorCode("chat.notices_only", Kind.FORBIDDEN, "Nobody answers here.")
CARD_PRIVATE = ErrorCode("chat.card_private", Kind.FORBIDDEN, "A private card goes no further.")
NOT_A_GROUP = ErrorCode("chat.not_a_group", Kind.CONFLICT, "This is not a group.")
NOT_ALLOWED = ErrorCode("chat.not_allowed", Kind.FORBIDDEN, "Only the group's owner or admins may do this.")
GROUP_FULL = ErrorCode("chat.group_full", Kind.LIMITED, "The group is full.")
TOO_MANY_ADMINS = ErrorCode("chat.too_many_admins", Kind.LIMITED, "The group has enough admins.")
TOO_MANY_PINNED = ErrorCode("chat.too_many_pinned", Kind.LIMITED, "Enough conversations are pinned.")
TEXT_TOO_LONG = ErrorCode("chat.text_too_long", Kind.INVALID, "The text is too long.")
MEMBER_UNKNOWN = ErrorCode("chat.member_unknown", Kind.NOT_FOUND, "This person is not in the group.")
JOIN_CODE_UNKNOWN = ErrorCode(
    "chat.join_code_unknown", Kind.NOT_FOUND, "This group code leads nowhere any more."
)
