"""Refusals on the client's wire: a status by kind, and the few codes that need another."""

from hutong.kernel.errors import TOO_LARGE, ErrorCode, Kind

STATUS = {
    Kind.INVALID: 400,
    Kind.UNAUTHENTICATED: 401,
    Kind.FORBIDDEN: 403,
    Kind.NOT_FOUND: 404,
    Kind.CONFLICT: 409,
    Kind.LIMITED: 429,
    Kind.UNAVAILABLE: 503,
}

STATUS_OF: dict[ErrorCode, int] = {TOO_LARGE: 413}
