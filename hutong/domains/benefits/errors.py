"""Every way benefits can refuse."""

from hutong.kernel.errors import ErrorCode, Kind

CARD_UNKNOWN = ErrorCode("benefits.card_unknown", Kind.NOT_FOUND, "There is no such card of this account.")
CARD_ID_MISSING = ErrorCode("benefits.card_id_missing", Kind.INVALID, "The card is not named.")
CARD_GONE = ErrorCode("benefits.card_gone", Kind.CONFLICT, "The card is not given out any more.")
CARD_FOREIGN = ErrorCode(
    "benefits.card_foreign", Kind.FORBIDDEN, "The program and the card belong to different organisations."
)
KIND_UNKNOWN = ErrorCode("benefits.kind_unknown", Kind.INVALID, "There is no such kind of card.")
FIELD_MISSING = ErrorCode("benefits.field_missing", Kind.INVALID, "A required field is missing.")
FIELD_TOO_LONG = ErrorCode("benefits.field_too_long", Kind.INVALID, "A field is too long.")
FIELD_INVALID = ErrorCode("benefits.field_invalid", Kind.INVALID, "A field cannot be right.")
FIELD_NOT_DONE = ErrorCode(
    "benefits.field_not_done", Kind.INVALID, "This server does not do what the field asks for."
)
COLOR_UNKNOWN = ErrorCode("benefits.color_unknown", Kind.INVALID, "There is no such colour.")
CODE_TYPE_UNKNOWN = ErrorCode(
    "benefits.code_type_unknown", Kind.INVALID, "There is no such way to show a code."
)
DATE_INVALID = ErrorCode("benefits.date_invalid", Kind.INVALID, "The date_info cannot be read.")
PERIOD_INVALID = ErrorCode("benefits.period_invalid", Kind.INVALID, "The period is over before it begins.")
QUANTITY_INVALID = ErrorCode(
    "benefits.quantity_invalid", Kind.INVALID, "The stock is out of bounds, or less than is taken away."
)
CARDS_FULL = ErrorCode("benefits.cards_full", Kind.LIMITED, "The account has as many cards as it may have.")
CARD_EXT_INVALID = ErrorCode(
    "benefits.card_ext_invalid", Kind.INVALID, "The cardExt cannot be read, or lacks what the card asks for."
)
SIGNATURE_WRONG = ErrorCode(
    "benefits.signature_wrong", Kind.INVALID, "The cardExt was not signed for this card."
)
SIGNATURE_USED = ErrorCode("benefits.signature_used", Kind.CONFLICT, "This signature was used already.")
NOT_FOR_YOU = ErrorCode("benefits.not_for_you", Kind.FORBIDDEN, "This coupon is meant for somebody else.")
STOCK_GONE = ErrorCode("benefits.stock_gone", Kind.CONFLICT, "All of them have been taken.")
LIMIT_REACHED = ErrorCode(
    "benefits.limit_reached", Kind.CONFLICT, "You have as many of these as one may have."
)
PERIOD_OVER = ErrorCode("benefits.period_over", Kind.CONFLICT, "It has run out.")
CODE_TAKEN = ErrorCode("benefits.code_taken", Kind.CONFLICT, "This code has been given out already.")
COUPON_UNKNOWN = ErrorCode("benefits.coupon_unknown", Kind.NOT_FOUND, "There is no such coupon.")
COUPON_CONSUMED = ErrorCode("benefits.coupon_consumed", Kind.CONFLICT, "The coupon was used already.")
COUPON_UNUSABLE = ErrorCode(
    "benefits.coupon_unusable", Kind.CONFLICT, "The coupon was deleted or withdrawn, or its time is over."
)
COUPON_TOO_EARLY = ErrorCode("benefits.coupon_too_early", Kind.CONFLICT, "The coupon does not hold yet.")
USE_LIMIT_REACHED = ErrorCode(
    "benefits.use_limit_reached", Kind.CONFLICT, "This person has used as many of these as one may."
)
CODE_UNREADABLE = ErrorCode("benefits.code_unreadable", Kind.INVALID, "This is no encrypted code of yours.")
OFFER_UNKNOWN = ErrorCode("benefits.offer_unknown", Kind.NOT_FOUND, "There is no such offer.")
OFFER_CLOSED = ErrorCode("benefits.offer_closed", Kind.CONFLICT, "The offer is over.")
OFFER_TAKEN = ErrorCode("benefits.offer_taken", Kind.CONFLICT, "Somebody else was faster.")
