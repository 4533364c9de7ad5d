"""The sandbox's clock: freeze, resume, advance, set, go to what comes next.

These functions judge what is asked. The server turns the clock and, on the way, runs whatever falls due in
order, each at its own moment.
"""

from hutong.kernel.clock import DAY_MS, Millis
from hutong.kernel.db import Snapshot
from hutong.kernel.errors import DomainError
from hutong.kernel.frozen import Frozen

from .errors import CLOCK_BACKWARDS, CLOCK_TOO_FAR

MAX_AHEAD_MS = 3653 * DAY_MS  # from real time


class Turn(Frozen):
    """What the server should do with the clock; with nothing set, only tell the time."""

    freeze: bool = False
    resume: bool = False
    next_event: bool = False
    advance_ms: int | None = None
    advance_to: Millis | None = None


def freeze() -> Turn:
    """Stop business time. Freezing what is frozen changes nothing."""
    return Turn(freeze=True)


def resume() -> Turn:
    """Let business time run on from where it stands."""
    return Turn(resume=True)


def next_event() -> Turn:
    """Go to the next timer or retry."""
    return Turn(next_event=True)


def advance(snapshot: Snapshot, *, by_ms: int) -> Turn:
    """Go ahead by this much. Raises CLOCK_BACKWARDS, CLOCK_TOO_FAR."""
    _check(snapshot, Millis(snapshot.now + by_ms))
    return Turn(advance_ms=by_ms)


def set_(snapshot: Snapshot, *, to: Millis) -> Turn:
    """Go ahead to a moment. Raises CLOCK_BACKWARDS, CLOCK_TOO_FAR."""
    _check(snapshot, to)
    return Turn(advance_to=to)


def _check(snapshot: Snapshot, to: Millis) -> None:
    if to < snapshot.now:
        raise DomainError(CLOCK_BACKWARDS, now=snapshot.now)
    if to - snapshot.wire_now > MAX_AHEAD_MS:
        raise DomainError(CLOCK_TOO_FAR)
