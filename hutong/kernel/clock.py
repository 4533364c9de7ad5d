"""Two times, never mixed.

Business time (tokens, orders, windows, retries) comes from one `Clock`, which a sandbox can freeze and
advance. Wire time (signature timestamps, TLS, rate limits) is always `wire_now`, the real clock.
"""

import time
from typing import NewType

Millis = NewType("Millis", int)
"""A moment: integer milliseconds since 1970, UTC."""

SECOND_MS = 1000
MINUTE_MS = 60 * SECOND_MS
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
BEIJING_MS = 8 * HOUR_MS


def day_of(moment: int) -> int:
    """The day of UTC+8 a moment falls on, counted from 1970."""
    return (moment + BEIJING_MS) // DAY_MS


def start_of(day: int) -> int:
    """The moment a day of UTC+8 begins."""
    return day * DAY_MS - BEIJING_MS


def wire_now() -> Millis:
    """The real clock, which no sandbox can turn."""
    return Millis(time.time_ns() // 1_000_000)


class Clock:
    """Business time: real time plus an offset, or a frozen instant.

    The state is two integers; the server stores them (`kernel_setting`) so that a restart keeps them.
    """

    __slots__ = ("frozen_at", "offset_ms")

    def __init__(self, offset_ms: int = 0, frozen_at: Millis | None = None) -> None:
        self.offset_ms = offset_ms
        self.frozen_at = frozen_at

    def now(self) -> Millis:
        if self.frozen_at is not None:
            return self.frozen_at
        return Millis(time.time_ns() // 1_000_000 + self.offset_ms)

    @property
    def offset(self) -> int:
        """Business time minus wire time, in milliseconds. Add it to an absolute time a stranger sent."""
        return self.now() - wire_now() if self.frozen_at is not None else self.offset_ms

    def freeze(self) -> None:
        self.frozen_at = self.now()

    def resume(self) -> None:
        """Run on from where the clock was frozen."""
        if self.frozen_at is not None:
            self.offset_ms = self.frozen_at - wire_now()
            self.frozen_at = None

    def advance_to(self, moment: Millis) -> None:
        """Move forward to `moment`; never back."""
        ahead = moment - self.now()
        if ahead <= 0:
            return
        if self.frozen_at is not None:
            self.frozen_at = moment
        else:
            self.offset_ms += ahead


class HandWound(Clock):
    """A clock for tests: stands still until `advance` is called."""

    def __init__(self, start: Millis = Millis(1_760_000_000_000)) -> None:
        super().__init__(frozen_at=start)

    def advance(self, ms: int) -> None:
        assert self.frozen_at is not None
        self.frozen_at = Millis(self.frozen_at + ms)
