"""Passwords: argon2id, and a bound on guessing.

Hashing is slow on purpose: call `hash` and `verify` in an endpoint's `prepare`, never in a transaction.
"""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from hutong.kernel.clock import MINUTE_MS, Millis
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError

from .errors import PASSWORD_INVALID, SIGN_IN_LIMITED, SIGN_IN_WRONG
from .tables import Password, User, UserId

MAX_FAILURES = 10
WINDOW_MS = 15 * MINUTE_MS  # of the real clock: a sandbox that turns its clock must not help a guesser
PASSWORD_CHARACTERS = (8, 128)

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_nobodys: list[str] = []  # the hash compared when nobody has the username, so that the answer takes as long


def hash(password: str) -> str:
    """The argon2id text to keep. Raises PASSWORD_INVALID. Takes tens of milliseconds."""
    if not PASSWORD_CHARACTERS[0] <= len(password) <= PASSWORD_CHARACTERS[1]:
        raise DomainError(PASSWORD_INVALID)
    return _hasher.hash(password)


def verify(password_hash: str, password: str) -> bool:
    """Whether the password makes this hash. Takes tens of milliseconds."""
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


class Attempt(Password):
    """A sign-in as `try_` found it: the row it compared with, and whether the password matched."""

    matched: bool = False


def try_(snapshot: Snapshot, *, username: str, password: str) -> Attempt | None:
    """Compare a password with a person's; None when nobody has the username. Slow: for `prepare`.

    Raises SIGN_IN_LIMITED before any work when too many tries failed lately.
    """
    user = snapshot.find(User, username=username.strip().lower())
    kept = None if user is None else snapshot.find(Password, user_id=user.id)
    if kept is None:
        if not _nobodys:
            _nobodys.append(_hasher.hash("nobody's password"))
        verify(_nobodys[0], password)
        return None
    _require_tries_left(snapshot, kept)
    fields = {name: getattr(kept, name) for name in Password.__struct_fields__}
    return Attempt(**fields, matched=verify(kept.password_hash, password))


def settle(tx: Tx, attempt: Attempt | None) -> UserId | DomainError:
    """Count the try and say who signed in. A refusal is returned, not raised, so that the count is kept."""
    kept = None if attempt is None else tx.find_locked(Password, user_id=attempt.user_id)
    if attempt is None or kept is None:
        return DomainError(SIGN_IN_WRONG)
    _require_tries_left(tx, kept)
    if attempt.matched and kept.password_hash == attempt.password_hash:
        if kept.failures:
            tx.update(kept, failures=0)
        return kept.user_id
    fresh = tx.wire_now - kept.failing_since >= WINDOW_MS
    tx.update(
        kept,
        failures=1 if fresh else kept.failures + 1,
        failing_since=tx.wire_now if fresh else kept.failing_since,
    )
    return DomainError(SIGN_IN_WRONG)


def _require_tries_left(snapshot: Snapshot, kept: Password) -> None:
    waited_ms = snapshot.wire_now - kept.failing_since
    if kept.failures >= MAX_FAILURES and waited_ms < WINDOW_MS:
        raise DomainError(SIGN_IN_LIMITED, retry_after_ms=WINDOW_MS - waited_ms)


def change(tx: Tx, *, user_id: UserId, password_hash: str) -> None:
    """Replace a person's password. Whoever calls this has made sure of the old one."""
    kept = tx.find_locked(Password, user_id=user_id)
    assert kept is not None, f"user {user_id} has no password"
    tx.update(kept, password_hash=password_hash, changed_at=tx.now, failures=0, failing_since=Millis(0))
