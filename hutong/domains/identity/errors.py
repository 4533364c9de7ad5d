"""How identity refuses."""

from hutong.kernel.errors import ErrorCode, Kind

USERNAME_INVALID = ErrorCode(
    "identity.username_invalid", Kind.INVALID, "A username has 3 to 32 letters, digits, _ or -."
)
USERNAME_TAKEN = ErrorCode("identity.username_taken", Kind.CONFLICT, "Somebody already has this username.")
PASSWORD_INVALID = ErrorCode("identity.password_invalid", Kind.INVALID, "A password has 8 to 128 characters.")
PHONE_INVALID = ErrorCode("identity.phone_invalid", Kind.INVALID, "That is not a phone number.")
PHONE_TAKEN = ErrorCode("identity.phone_taken", Kind.CONFLICT, "Somebody already has this phone number.")
NICKNAME_INVALID = ErrorCode("identity.nickname_invalid", Kind.INVALID, "A nickname has 1 to 32 characters.")
PROFILE_INVALID = ErrorCode("identity.profile_invalid", Kind.INVALID, "The profile is too long.")
SIGN_IN_WRONG = ErrorCode(
    "identity.sign_in_wrong", Kind.UNAUTHENTICATED, "The username or the password is wrong."
)
SIGN_IN_LIMITED = ErrorCode(
    "identity.sign_in_limited", Kind.LIMITED, "Too many wrong passwords; wait a quarter of an hour."
)
SIGNED_OUT = ErrorCode("identity.signed_out", Kind.UNAUTHENTICATED, "Sign in first.")
PIN_INVALID = ErrorCode("identity.pin_invalid", Kind.INVALID, "A PIN has six digits.")
PIN_NOT_SET = ErrorCode("identity.pin_not_set", Kind.CONFLICT, "Set a payment PIN first.")
PIN_WRONG = ErrorCode("identity.pin_wrong", Kind.FORBIDDEN, "The PIN is wrong.")
PIN_LOCKED = ErrorCode("identity.pin_locked", Kind.LIMITED, "Too many wrong PINs; try again later.")
USER_UNKNOWN = ErrorCode("identity.user_unknown", Kind.NOT_FOUND, "There is no such person.")
FORM_INVALID = ErrorCode("identity.form_invalid", Kind.INVALID, "A field is missing or has a wrong form.")
FORM_UNKNOWN = ErrorCode("identity.form_unknown", Kind.NOT_FOUND, "There is no such entry.")
FORMS_FULL = ErrorCode("identity.forms_full", Kind.LIMITED, "At most fifty of a kind are kept.")
