"""Sessions: the devices that speak for a person."""

from hutong.kernel import updates
from hutong.kernel.clock import HOUR_MS
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError

from .errors import SIGNED_OUT
from .events import SessionRevoked
from .tables import Session, SessionId, UserId

MAX_SESSIONS = 50  # per person; opening one more closes the one seen longest ago
SEEN_EVERY_MS = HOUR_MS
DEVICE_CHARACTERS = 80


def open(tx: Tx, *, user_id: UserId, device: str) -> tuple[Session, str]:
    """A new session and its bearer token, which is told this once and never again."""
    known = list_(tx, user_id)
    for oldest in sorted(known, key=lambda session: session.seen_at)[: max(0, len(known) - MAX_SESSIONS + 1)]:
        _close(tx, oldest)
    token = tx.new_handle("ht_", 43)
    session = tx.insert(
        Session(
            id=SessionId(tx.new_id()),
            user_id=user_id,
            token_mac=tx.vault.mac("session", token),
            device=device.strip()[:DEVICE_CHARACTERS],
            created_at=tx.now,
            seen_at=tx.now,
        )
    )
    updates.append(tx, [user_id], "me.sessions", {"opened": str(session.id)})
    return session, token


def authenticate(snapshot: Snapshot, token: str) -> Session:
    """The session a bearer token stands for. Raises SIGNED_OUT."""
    session = snapshot.find(Session, token_mac=snapshot.vault.mac("session", token))
    if session is None:
        raise DomainError(SIGNED_OUT)
    return session


def list_(snapshot: Snapshot, user_id: UserId) -> list[Session]:
    """A person's sessions, newest first; there are at most MAX_SESSIONS."""
    return snapshot.all(
        Session, "where user_id = :user order by id desc limit :limit", user=user_id, limit=MAX_SESSIONS + 1
    )


def seen(tx: Tx, *, user_id: UserId, session_id: SessionId) -> None:
    """Note that the device is in use; writes at most once an hour."""
    tx.run(
        "update identity_session set seen_at = :now where id = :id and user_id = :user and seen_at <= :before",
        id=session_id,
        user=user_id,
        now=tx.now,
        before=tx.now - SEEN_EVERY_MS,
    )


def revoke(tx: Tx, *, user_id: UserId, session_id: SessionId) -> None:
    """Sign one device out. Revoking it again changes nothing."""
    session = tx.find(Session, id=session_id)
    if session is not None and session.user_id == user_id:
        _close(tx, session)


def revoke_others(tx: Tx, *, user_id: UserId, keep: SessionId) -> int:
    """Sign every other device out; how many there were."""
    others = [session for session in list_(tx, user_id) if session.id != keep]
    for session in others:
        _close(tx, session)
    return len(others)


def _close(tx: Tx, session: Session) -> None:
    if tx.delete(session):
        tx.emit(SessionRevoked(user_id=session.user_id, session_id=session.id))
        updates.append(tx, [session.user_id], "me.sessions", {"closed": str(session.id)})
