"""Ids: time-ordered 63-bit integers for rows, unguessable handles for strangers."""

import secrets
import threading
import time

EPOCH_MS = 1_735_689_600_000  # 2025-01-01: 41 bits of milliseconds last until 2094
NODE_BITS, SEQUENCE_BITS = 10, 12
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_WHOLE = 256 - 256 % len(ALPHABET)
_LETTERS = bytes(ord(ALPHABET[byte % len(ALPHABET)]) for byte in range(256))
_DROPPED = bytes(range(_WHOLE, 256))


class Ids:
    """A generator of ids that grow with real time: milliseconds, node, sequence.

    Ids follow wire time on purpose: they must keep growing when a sandbox freezes its clock.
    """

    def __init__(self, node: int = 0) -> None:
        assert 0 <= node < 1 << NODE_BITS
        self._node = node << SEQUENCE_BITS
        self._millis = 0
        self._sequence = 0
        self._lock = threading.Lock()

    def new(self) -> int:
        with self._lock:
            millis = time.time_ns() // 1_000_000 - EPOCH_MS
            if millis > self._millis:
                self._millis, self._sequence = millis, 0
            else:  # same millisecond, or the real clock stepped back
                self._sequence += 1
                if self._sequence >> SEQUENCE_BITS:
                    self._millis, self._sequence = self._millis + 1, 0
            return self._millis << (NODE_BITS + SEQUENCE_BITS) | self._node | self._sequence


def first_at(millis: int) -> int:
    """The smallest id of a moment of real time, in milliseconds since 1970: every id made before it is smaller."""
    return max(0, millis - EPOCH_MS) << (NODE_BITS + SEQUENCE_BITS)


def handle(prefix: str = "", length: int = 28) -> str:
    """An unguessable string of `length` letters and digits, prefix included."""
    count = length - len(prefix)
    letters = b""
    # A byte beyond the last whole alphabet is dropped, so that every letter is as likely.
    while len(letters) < count:
        letters += secrets.token_bytes(count + 8).translate(_LETTERS, _DROPPED)
    return prefix + letters[:count].decode()


def digits(length: int) -> str:
    """A string of `length` random decimal digits that does not start with zero."""
    smallest = 10 ** (length - 1)
    return str(smallest + secrets.randbelow(9 * smallest))


def hexes(length: int) -> str:
    """A string of `length` random lower-case hexadecimal digits."""
    return secrets.token_hex((length + 1) // 2)[:length]
