"""What each refusal is called in the published list of the enterprise's global error codes."""

from hutong.domains.work.errors import (
    CORPID_MISSING,
    DEPARTMENT_UNKNOWN,
    MEMBER_UNKNOWN,
    SECRET_MISSING,
    TOKEN_EXPIRED,
    TOKEN_INVALID,
    TOKEN_MISSING,
    UNKNOWN_CORP,
    WRONG_SECRET,
)
from hutong.kernel.errors import BAD_REQUEST, DomainError, ErrorCode, Kind

ERRORS: dict[ErrorCode, tuple[int, str]] = {
    BAD_REQUEST: (40058, "invalid Request Parameter"),
    UNKNOWN_CORP: (40013, "invalid corpid"),
    WRONG_SECRET: (40001, "invalid credential"),
    CORPID_MISSING: (41002, "corpid missing"),
    SECRET_MISSING: (41004, "corpsecret missing"),
    TOKEN_MISSING: (41001, "access_token missing"),
    TOKEN_INVALID: (40014, "invalid access_token"),
    TOKEN_EXPIRED: (42001, "access_token expired"),
    MEMBER_UNKNOWN: (60111, "userid not found"),
    DEPARTMENT_UNKNOWN: (60003, "department not found"),
}

BY_KIND: dict[Kind, tuple[int, str]] = {
    Kind.INVALID: (40058, "invalid Request Parameter"),
    Kind.UNAUTHENTICATED: (40014, "invalid access_token"),
    Kind.FORBIDDEN: (48002, "api forbidden"),
    Kind.NOT_FOUND: (40058, "invalid Request Parameter"),
    Kind.CONFLICT: (40058, "invalid Request Parameter"),
    Kind.LIMITED: (45009, "api freq out of limit"),
    Kind.UNAVAILABLE: (-1, "system busy"),
}


def published(error: DomainError) -> tuple[int, str]:
    """The errcode and errmsg of a refusal; bad input also says what was wrong with it."""
    errcode, errmsg = ERRORS.get(error.code) or BY_KIND[error.code.kind]
    if error.code is BAD_REQUEST and (reason := error.details.get("reason")):
        errmsg = f"{errmsg}: {reason}"
    return errcode, errmsg
