"""How contacts refuses."""

from hutong.kernel.errors import ErrorCode, Kind

NOT_A_CONTACT = ErrorCode("contacts.not_a_contact", Kind.FORBIDDEN, "You are not in each other's contacts.")
REFUSED = ErrorCode("contacts.refused", Kind.FORBIDDEN, "The other side does not take this.")
ONESELF = ErrorCode("contacts.oneself", Kind.INVALID, "That is you.")
ALREADY = ErrorCode("contacts.already", Kind.CONFLICT, "You are contacts already.")
FULL = ErrorCode("contacts.full", Kind.LIMITED, "The contact list is full.")
OTHER_FULL = ErrorCode("contacts.other_full", Kind.LIMITED, "The other person's contact list is full.")
TOO_MANY_REQUESTS = ErrorCode("contacts.too_many_requests", Kind.LIMITED, "Too many requests for one day.")
REQUEST_UNKNOWN = ErrorCode("contacts.request_unknown", Kind.NOT_FOUND, "There is no such request.")
REQUEST_ANSWERED = ErrorCode("contacts.request_answered", Kind.CONFLICT, "This request has been answered.")
TEXT_TOO_LONG = ErrorCode("contacts.text_too_long", Kind.INVALID, "The text is too long.")
TAG_UNKNOWN = ErrorCode("contacts.tag_unknown", Kind.NOT_FOUND, "There is no such tag.")
TAG_TAKEN = ErrorCode("contacts.tag_taken", Kind.CONFLICT, "You have a tag of this name.")
TOO_MANY_TAGS = ErrorCode("contacts.too_many_tags", Kind.LIMITED, "Too many tags.")
