"""Tickets: what an account's pages sign with to use the client's abilities."""

from hutong.kernel.clock import SECOND_MS, Millis
from hutong.kernel.db import Snapshot, Tx

from . import apps
from .tables import App, Ticket

LIFETIME_MS = 7200 * SECOND_MS
_LENGTH = 86


def get(tx: Tx, app: App, *, type: str) -> tuple[str, int]:
    """The account's ticket and what is left of its life; the same one while it lives."""
    apps.require_kind(app, *apps.ACCOUNTS)
    expires_at = Millis(tx.now + LIFETIME_MS)
    fresh = tx.vault.seal(tx.new_handle("", _LENGTH))
    ticket, made = tx.insert_or_find(
        Ticket(appid=app.appid, type=type, sealed=fresh, expires_at=expires_at), by=("appid", "type")
    )
    if not made and tx.now >= ticket.expires_at:
        ticket = tx.update(ticket, sealed=fresh, expires_at=expires_at)
    return tx.vault.unseal(ticket.sealed), ticket.expires_at - tx.now


def find(snapshot: Snapshot, *, appid: str, type: str) -> str | None:
    """The account's ticket while it lives, if it ever asked for one: what its signatures are checked against."""
    ticket = snapshot.find(Ticket, appid=appid, type=type)
    return (
        None if ticket is None or snapshot.now >= ticket.expires_at else snapshot.vault.unseal(ticket.sealed)
    )
