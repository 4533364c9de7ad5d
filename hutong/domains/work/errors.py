"""Every way work refuses."""

from hutong.kernel.errors import ErrorCode, Kind

UNKNOWN_CORP = ErrorCode("work.unknown_corp", Kind.UNAUTHENTICATED, "There is no such corp.")
WRONG_SECRET = ErrorCode("work.wrong_secret", Kind.UNAUTHENTICATED, "The secret is not one of this corp's.")
CORPID_MISSING = ErrorCode("work.corpid_missing", Kind.INVALID, "The corpid is missing.")
SECRET_MISSING = ErrorCode("work.secret_missing", Kind.INVALID, "The secret is missing.")
TOKEN_MISSING = ErrorCode("work.token_missing", Kind.UNAUTHENTICATED, "The access token is missing.")
TOKEN_INVALID = ErrorCode("work.token_invalid", Kind.UNAUTHENTICATED, "The access token was never issued.")
TOKEN_EXPIRED = ErrorCode("work.token_expired", Kind.UNAUTHENTICATED, "The access token has expired.")
USERID_INVALID = ErrorCode("work.userid_invalid", Kind.INVALID, "The userid is malformed.")
USERID_TAKEN = ErrorCode("work.userid_taken", Kind.CONFLICT, "The userid is taken in this corp.")
MOBILE_TAKEN = ErrorCode("work.mobile_taken", Kind.CONFLICT, "The mobile number is taken in this corp.")
ALREADY_STAFF = ErrorCode("work.already_staff", Kind.CONFLICT, "The person is already staff of this corp.")
MEMBER_UNKNOWN = ErrorCode("work.member_unknown", Kind.NOT_FOUND, "There is no such member in this corp.")
DEPARTMENT_UNKNOWN = ErrorCode("work.department_unknown", Kind.NOT_FOUND, "There is no such department.")
DEPARTMENT_NAME_TAKEN = ErrorCode(
    "work.department_name_taken", Kind.CONFLICT, "A sister department has the same name."
)
DEPARTMENT_NAME_INVALID = ErrorCode(
    "work.department_name_invalid",
    Kind.INVALID,
    "A department's name has 1 to 64 characters, none of \\:*?\"<>|.",
)
DEPARTMENT_TOO_DEEP = ErrorCode(
    "work.department_too_deep", Kind.INVALID, "The tree is 15 levels deep at most."
)
TOO_MANY_DEPARTMENTS = ErrorCode(
    "work.too_many_departments", Kind.LIMITED, "The corp has too many departments."
)
