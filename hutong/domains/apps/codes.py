"""Codes: the text inside every code and link of ours, and what it leads to.

Each room makes its codes here, whatever they lead to, so that whoever scans a text has one place to ask.
"""

from hutong.kernel.clock import Millis
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError

from .errors import CODE_EXPIRED, CODE_UNKNOWN
from .tables import Code, CodeKind

LONGEST = 512


def make(
    tx: Tx, *, text: str, kind: CodeKind, target: dict[str, str], expires_at: Millis | None = None
) -> Code:
    """Let `text` lead to `target`. The same text again leads to what it first did, until another time."""
    assert 0 < len(text) <= LONGEST
    code, made = tx.insert_or_find(
        Code(text=text, kind=kind, target=target, made_at=tx.now, expires_at=expires_at), by=("text",)
    )
    return code if made or code.expires_at == expires_at else tx.update(code, expires_at=expires_at)


def exists(snapshot: Snapshot, text: str) -> bool:
    return snapshot.find(Code, text=text) is not None


def resolve(snapshot: Snapshot, text: str) -> Code:
    """What a scanned text leads to. Raises CODE_UNKNOWN, CODE_EXPIRED."""
    code = snapshot.find(Code, text=text[:LONGEST])
    if code is None:
        raise DomainError(CODE_UNKNOWN)
    if code.expires_at is not None and snapshot.now >= code.expires_at:
        raise DomainError(CODE_EXPIRED)
    return code


def withdraw(tx: Tx, text: str) -> None:
    """The text leads nowhere from now on."""
    code = tx.find(Code, text=text)
    if code is not None:
        tx.delete(code)
