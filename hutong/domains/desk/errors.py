"""Every way the desk refuses."""

from hutong.kernel.errors import ErrorCode, Kind

CLOCK_BACKWARDS = ErrorCode("desk.clock_backwards", Kind.INVALID, "The clock does not go back.")
CLOCK_TOO_FAR = ErrorCode("desk.clock_too_far", Kind.INVALID, "The clock goes ten years ahead at most.")
BUILDERS_ONLY = ErrorCode(
    "desk.builders_only",
    Kind.UNAUTHENTICATED,
    "The desk asks for the admin token, or for a call from this machine to this machine.",
)
