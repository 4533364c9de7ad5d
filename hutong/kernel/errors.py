"""The one refusal: a domain error with a code that no wire knows about."""

from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """How a protocol answers a refusal it has no published code for."""

    INVALID = "INVALID"  # the request cannot be right, whoever sends it
    UNAUTHENTICATED = "UNAUTHENTICATED"  # we do not know who is asking
    FORBIDDEN = "FORBIDDEN"  # we know, and they may not
    NOT_FOUND = "NOT_FOUND"
    CONFLICT = "CONFLICT"  # right request, wrong state
    LIMITED = "LIMITED"  # too much or too often
    UNAVAILABLE = "UNAVAILABLE"  # ours to mend; asking again later may work


class ErrorCode:
    """A way to refuse, declared once by a room in its `errors.py`."""

    __slots__ = ("code", "kind", "message")

    def __init__(self, code: str, kind: Kind, message: str) -> None:
        if code in REGISTRY:
            raise ValueError(f"error code {code} is declared twice")
        self.code, self.kind, self.message = code, kind, message
        REGISTRY[code] = self

    def __repr__(self) -> str:
        return f"<{self.code}>"


REGISTRY: dict[str, ErrorCode] = {}


class DomainError(Exception):
    """A refusal: rolls the transaction back and is an ordinary answer, not a fault."""

    def __init__(self, code: ErrorCode, **details: Any) -> None:
        super().__init__(code.code, details)
        self.code = code
        self.details = details

    def __str__(self) -> str:
        return f"{self.code.code}: {self.code.message} {self.details or ''}".rstrip()


NOT_FOUND = ErrorCode("kernel.not_found", Kind.NOT_FOUND, "There is no such thing.")
BAD_REQUEST = ErrorCode("kernel.bad_request", Kind.INVALID, "The request is malformed.")
TOO_LARGE = ErrorCode("kernel.too_large", Kind.INVALID, "The request is too large.")
STORAGE_FULL = ErrorCode("kernel.storage_full", Kind.UNAVAILABLE, "The disk is full; nothing was saved.")
OVERLOADED = ErrorCode("kernel.overloaded", Kind.UNAVAILABLE, "Too many requests are waiting; try again.")
DATABASE_LOST = ErrorCode(
    "kernel.database_lost", Kind.UNAVAILABLE, "The database was out of reach; asking again is safe."
)
