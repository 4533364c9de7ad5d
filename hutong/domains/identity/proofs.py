"""Proofs: the payment PIN."""

import re

from hutong.kernel.clock import HOUR_MS, Millis
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError
from hutong.kernel.frozen import Frozen

from .errors import PIN_INVALID, PIN_LOCKED, PIN_NOT_SET, PIN_WRONG
from .tables import Proof, UserId

MAX_FAILURES = 5
LOCKED_MS = 3 * HOUR_MS  # business time
_PIN = re.compile(r"[0-9]{6}\Z")


class PinCheck(Frozen):
    """What became of a PIN. `refusal` is None when it was right.

    Return the refusal from the endpoint instead of raising it: raising would undo the count.
    """

    refusal: DomainError | None
    remaining: int

    @property
    def right(self) -> bool:
        return self.refusal is None


def has_pin(snapshot: Snapshot, user_id: UserId) -> bool:
    return snapshot.find(Proof, user_id=user_id) is not None


def set_pin(tx: Tx, *, user_id: UserId, pin: str) -> None:
    """Set or replace the PIN and lift a lock. Whoever calls this has made sure of the person.

    Raises PIN_INVALID.
    """
    if not _PIN.match(pin):
        raise DomainError(PIN_INVALID)
    fresh = Proof(user_id, _mac(tx, user_id, pin), set_at=tx.now)
    kept, created = tx.insert_or_find(fresh, by=("user_id",))
    if not created:
        tx.update(kept, pin_mac=fresh.pin_mac, set_at=tx.now, failures=0, locked_until=Millis(0))


def check_pin(tx: Tx, *, user_id: UserId, pin: str) -> PinCheck:
    """Compare a PIN and count the try; the fifth wrong one in a row locks it for three hours.

    Raises PIN_NOT_SET when there is none, PIN_INVALID when it is not six digits (which costs no try).
    """
    if not _PIN.match(pin):
        raise DomainError(PIN_INVALID)
    kept = tx.find_locked(Proof, user_id=user_id)
    if kept is None:
        raise DomainError(PIN_NOT_SET)
    if tx.now < kept.locked_until:
        return PinCheck(DomainError(PIN_LOCKED, retry_after_ms=kept.locked_until - tx.now), 0)
    if kept.pin_mac == _mac(tx, user_id, pin):
        if kept.failures:
            tx.update(kept, failures=0)
        return PinCheck(None, MAX_FAILURES)
    failures = kept.failures + 1
    if failures >= MAX_FAILURES:
        tx.update(kept, failures=0, locked_until=Millis(tx.now + LOCKED_MS))
        return PinCheck(DomainError(PIN_LOCKED, retry_after_ms=LOCKED_MS), 0)
    tx.update(kept, failures=failures)
    return PinCheck(DomainError(PIN_WRONG, remaining=MAX_FAILURES - failures), MAX_FAILURES - failures)


def _mac(snapshot: Snapshot, user_id: UserId, pin: str) -> str:
    return snapshot.vault.mac("pin", str(user_id), pin)
