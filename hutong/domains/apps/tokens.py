"""Access tokens: what an app's server shows on every call."""

import re

from hutong.kernel.clock import DAY_MS, MINUTE_MS, SECOND_MS, Millis
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError

from . import apps, quotas
from .errors import TOKEN_EXPIRED, TOKEN_MALFORMED, TOKEN_MISSING, TOKEN_UNKNOWN
from .tables import App, Token, TokenKind

LIFETIME_MS = 7200 * SECOND_MS
OVERLAP_MS = 5 * MINUTE_MS  # how long the former token stays valid beside its successor
KEPT_MS = DAY_MS  # an expired token is remembered this long, to be told from an unknown one
FORCE_APART_MS = 30 * SECOND_MS

PLAIN_A_DAY = 2_000
STABLE_A_DAY = 500_000
FORCED_A_DAY = 20

_SHAPE = re.compile(r"[0-9A-Za-z_\-]{1,512}\Z")
_LENGTH = 136


def issue(tx: Tx, appid: str, secret: str) -> tuple[str, int]:
    """A new token and its lifetime; the former one lives on for the overlap at most.

    Raises APP_UNKNOWN, SECRET_WRONG, QUOTA_SPENT.
    """
    app = tx.lock(apps.authenticate(tx, appid, secret))
    quotas.spend(tx, appid=appid, name="token", limit=PLAIN_A_DAY)
    return _replace(tx, app, TokenKind.PLAIN, former_until=Millis(tx.now + OVERLAP_MS)), LIFETIME_MS


def stable(tx: Tx, appid: str, secret: str, *, force_refresh: bool = False) -> tuple[str, int]:
    """The app's stable token and what is left of its lifetime.

    The same token while it has more than the overlap to live. `force_refresh` ends it at once and makes a new
    one, except within thirty seconds of the last. Raises APP_UNKNOWN, SECRET_WRONG, QUOTA_SPENT.
    """
    app = tx.lock(apps.authenticate(tx, appid, secret))
    quotas.spend(tx, appid=appid, name="stable_token", limit=STABLE_A_DAY)
    current = tx.one(
        Token,
        "where appid = :appid and kind = 'STABLE' and superseded = false order by issued_at desc limit 1",
        appid=appid,
    )
    if force_refresh and (current is None or tx.now - current.issued_at >= FORCE_APART_MS):
        quotas.spend(tx, appid=appid, name="stable_token_forced", limit=FORCED_A_DAY)
        return _replace(tx, app, TokenKind.STABLE, former_until=tx.now), LIFETIME_MS
    if current is not None and current.expires_at - tx.now > OVERLAP_MS:
        return tx.vault.unseal(current.sealed), current.expires_at - tx.now
    return _replace(tx, app, TokenKind.STABLE, former_until=Millis(tx.now + OVERLAP_MS)), LIFETIME_MS


def _replace(tx: Tx, app: App, kind: TokenKind, *, former_until: Millis) -> str:
    tx.run(
        "update apps_token set superseded = true,"
        " expires_at = case when expires_at < :until then expires_at else :until end"
        " where appid = :appid and kind = :kind and superseded = false",
        appid=app.appid,
        kind=kind.value,
        until=former_until,
    )
    tx.run(
        "delete from apps_token where appid = :appid and expires_at < :past",
        appid=app.appid,
        past=tx.now - KEPT_MS,
    )
    token = tx.new_handle("96_", _LENGTH)
    tx.insert(
        Token(
            mac=tx.vault.mac("apps.token", token),
            appid=app.appid,
            kind=kind,
            sealed=tx.vault.seal(token) if kind is TokenKind.STABLE else "",
            issued_at=tx.now,
            expires_at=Millis(tx.now + LIFETIME_MS),
            superseded=False,
        )
    )
    return token


def authenticate(snapshot: Snapshot, token: str | None) -> App:
    """The app a token speaks for. Raises TOKEN_MISSING, TOKEN_MALFORMED, TOKEN_UNKNOWN, TOKEN_EXPIRED."""
    if not token:
        raise DomainError(TOKEN_MISSING)
    if not _SHAPE.match(token):
        raise DomainError(TOKEN_MALFORMED)
    found = snapshot.find(Token, mac=snapshot.vault.mac("apps.token", token))
    if found is None:
        raise DomainError(TOKEN_UNKNOWN)
    if snapshot.now >= found.expires_at:
        raise DomainError(TOKEN_UNKNOWN if found.superseded else TOKEN_EXPIRED, appid=found.appid)
    return apps.get(snapshot, found.appid)
