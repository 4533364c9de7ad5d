"""Message push: where an app's messages and events are sent, and the check of a proposed address."""

import re
from urllib.parse import urlsplit

from hutong.kernel import envelopes
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import NOT_FOUND, DomainError
from hutong.kernel.frozen import Frozen

from .errors import PUSH_KEY_INVALID, PUSH_TOKEN_INVALID, PUSH_URL_INVALID
from .events import PushProposed
from .tables import CheckState, Push, PushCheck, PushCheckId, PushFormat, PushMode

URL_LENGTH = 1024
_TOKEN = re.compile(r"[0-9A-Za-z]{3,32}\Z")


class PushSettings(Frozen):
    """A push address with its keys open, as its developer typed it."""

    url: str
    token: str
    encoding_aes_key: str
    mode: PushMode
    format: PushFormat


def check_settings(settings: PushSettings) -> PushSettings:
    """Raises PUSH_URL_INVALID, PUSH_TOKEN_INVALID, PUSH_KEY_INVALID."""
    try:
        parts = urlsplit(settings.url)
        well_formed = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        well_formed = False
    if not well_formed or len(settings.url) > URL_LENGTH or not settings.url.isprintable():
        raise DomainError(PUSH_URL_INVALID)
    if not _TOKEN.match(settings.token):
        raise DomainError(PUSH_TOKEN_INVALID)
    try:
        envelopes.push_key(settings.encoding_aes_key)
    except envelopes.BrokenEnvelope:
        raise DomainError(PUSH_KEY_INVALID) from None
    return settings


def propose(tx: Tx, appid: str, settings: PushSettings) -> PushCheck:
    """Ask for a push address to be checked; until it passes, the present one stays.

    Raises PUSH_URL_INVALID, PUSH_TOKEN_INVALID, PUSH_KEY_INVALID.
    """
    check_settings(settings)
    check = tx.insert(
        PushCheck(
            id=PushCheckId(tx.new_id()),
            appid=appid,
            url=settings.url,
            token_sealed=tx.vault.seal(settings.token),
            encoding_aes_key_sealed=tx.vault.seal(settings.encoding_aes_key),
            mode=settings.mode,
            format=settings.format,
            echostr=tx.new_digits(19),
            state=CheckState.PENDING,
            reason="",
            asked_at=tx.now,
        )
    )
    tx.emit(PushProposed(appid=appid, check_id=check.id))
    return check


def get_check(snapshot: Snapshot, check_id: PushCheckId, *, appid: str | None = None) -> PushCheck:
    """Raises kernel.not_found, also for another app's when `appid` is given."""
    check = snapshot.get(PushCheck, id=check_id)
    if appid is not None and check.appid != appid:
        raise DomainError(NOT_FOUND, what="PushCheck", id=check_id)
    return check


def last_check(snapshot: Snapshot, appid: str) -> PushCheck | None:
    return snapshot.one(PushCheck, "where appid = :appid order by id desc limit 1", appid=appid)


def passed(tx: Tx, check_id: PushCheckId) -> PushCheck:
    """The address echoed: it takes effect, unless a newer one was proposed meanwhile."""
    check = tx.lock(get_check(tx, check_id))
    if check.state is not CheckState.PENDING:
        return check
    newest = last_check(tx, check.appid)
    if newest is not None and newest.id == check.id:
        set_(tx, check.appid, _opened(tx, check))
    return tx.update(check, state=CheckState.PASSED)


def refused(tx: Tx, check_id: PushCheckId, reason: str) -> PushCheck:
    """The address did not echo: the present one stays, and `reason` tells the developer why."""
    check = tx.lock(get_check(tx, check_id))
    if check.state is not CheckState.PENDING:
        return check
    return tx.update(check, state=CheckState.REFUSED, reason=reason[:500])


def set_(tx: Tx, appid: str, settings: PushSettings) -> Push:
    """Take a push address into use without asking it. Raises as `propose` does."""
    check_settings(settings)
    values = {
        "url": settings.url,
        "token_sealed": tx.vault.seal(settings.token),
        "encoding_aes_key_sealed": tx.vault.seal(settings.encoding_aes_key),
        "mode": settings.mode,
        "format": settings.format,
        "set_at": tx.now,
    }
    push, made = tx.insert_or_find(Push(appid=appid, **values), by=("appid",))  # type: ignore[arg-type]
    return push if made else tx.update(push, **values)


def find(snapshot: Snapshot, appid: str) -> PushSettings | None:
    """The address in use, or None when the app's developer runs no server."""
    push = snapshot.find(Push, appid=appid)
    return None if push is None else _opened(snapshot, push)


def proposed(snapshot: Snapshot, check: PushCheck) -> PushSettings:
    """What a check is to try."""
    return _opened(snapshot, check)


def stop(tx: Tx, appid: str) -> None:
    """Send nothing any more; messages then stay in the account's conversation."""
    push = tx.find_locked(Push, appid=appid)
    if push is not None:
        tx.delete(push)


def _opened(snapshot: Snapshot, kept: Push | PushCheck) -> PushSettings:
    return PushSettings(
        url=kept.url,
        token=snapshot.vault.unseal(kept.token_sealed),
        encoding_aes_key=snapshot.vault.unseal(kept.encoding_aes_key_sealed),
        mode=kept.mode,
        format=kept.format,
    )
