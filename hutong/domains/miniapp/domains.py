"""Domains: which servers a program's pages may reach, by kind of call.

A released program reaches only what is listed; whoever works on a program may switch the check off.
"""

import hmac
import ipaddress
import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError

from .errors import DOMAIN_INVALID, DOMAIN_UNLISTED, DOMAINS_TOO_MANY, MEDIA_EXPIRED
from .tables import DomainKind, Domains
from .versions import locked_program

MOST = 200  # the published most of one kind
_HOST = re.compile(r"(?=.{1,253}\Z)[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*\Z")
_PORTS = {"https": 443, "wss": 443, "http": 80, "ws": 80}
_SECURE = {kind: "wss" if kind is DomainKind.SOCKET else "https" for kind in DomainKind}
_PLAIN = {"https": "http", "wss": "ws"}


def of(snapshot: Snapshot, appid: str) -> Domains:
    """Every list of a program; empty ones until somebody fills them."""
    return snapshot.find(Domains, appid=appid) or Domains(appid=appid)


def listed(snapshot: Snapshot, appid: str, kind: DomainKind) -> list[str]:
    found: list[str] = getattr(of(snapshot, appid), kind.value)
    return found


def change(tx: Tx, *, appid: str, lists: dict[DomainKind, list[str]]) -> Domains:
    """Replace these kinds' lists. Raises DOMAIN_INVALID, DOMAINS_TOO_MANY, and KIND_FORBIDDEN for an account."""
    locked_program(tx, appid)
    known, _ = tx.insert_or_find(Domains(appid=appid), by=("appid",))
    changes = {kind.value: _cleaned(tx, kind, given) for kind, given in lists.items()}
    return tx.update(known, **changes) if changes else known


def _cleaned(tx: Tx, kind: DomainKind, given: Iterable[str]) -> list[str]:
    cleaned = list(dict.fromkeys(clean(one, kind, production=tx.settings.production) for one in given))
    if len(cleaned) > MOST:
        raise DomainError(DOMAINS_TOO_MANY, kind=kind, most=MOST)
    return cleaned


def clean(text: str, kind: DomainKind, *, production: bool) -> str:
    """A domain as it is kept: scheme and host, and the port where it is not the scheme's own.

    In production it is https or wss and a name; a sandbox also takes addresses and plain connections.
    Raises DOMAIN_INVALID.
    """
    scheme = _SECURE[kind]
    whole = text.strip().lower()
    whole = whole if "://" in whole else f"{scheme}://{whole}"
    try:
        parts = urlsplit(whole)
        port = parts.port
    except ValueError:
        raise DomainError(DOMAIN_INVALID, domain=text[:300]) from None
    host = parts.hostname or ""
    schemes = (scheme,) if production else (scheme, _PLAIN[scheme])
    if (
        parts.scheme not in schemes
        or parts.path.strip("/")
        or parts.query
        or parts.fragment
        or parts.username
    ):
        raise DomainError(DOMAIN_INVALID, domain=text[:300])
    if not (_HOST.match(host) or _is_address(host)):
        raise DomainError(DOMAIN_INVALID, domain=text[:300])
    if production and (_is_address(host) or host == "localhost" or "." not in host):
        raise DomainError(DOMAIN_INVALID, domain=text[:300])
    return origin(whole) if port else f"{parts.scheme}://{parts.netloc}"


def origin(url: str) -> str:
    """Scheme, host and port of an address, as lists hold them. Raises DOMAIN_INVALID."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise DomainError(DOMAIN_INVALID, domain=url[:300]) from None
    scheme, host = parts.scheme.lower(), (parts.hostname or "").lower()
    if scheme not in _PORTS or not host:
        raise DomainError(DOMAIN_INVALID, domain=url[:300])
    host = f"[{host}]" if ":" in host else host
    return f"{scheme}://{host}" + ("" if port in (None, _PORTS[scheme]) else f":{port}")


def require(snapshot: Snapshot, *, appid: str, kind: DomainKind, url: str) -> list[str]:
    """The list, for whoever follows a redirect. Raises DOMAIN_UNLISTED for an address that is not on it."""
    allowed = listed(snapshot, appid, kind)
    if origin(url) not in allowed:
        raise DomainError(DOMAIN_UNLISTED, url=url[:300])
    return allowed


MEDIA_STEP_MS = 12 * 60 * 60 * 1000


def media_address(snapshot: Snapshot, appid: str) -> str:
    """Where a program's frame asks for a picture, font or film from elsewhere, for the next 12 to 24 hours.

    It stays the same within a step, so that browsers keep what they fetched. The address wanted is appended.
    """
    return f"/run/media?{_signed(snapshot, 'media', appid)}&url="


def page_address(snapshot: Snapshot, appid: str, *, free: bool) -> str:
    """The document around a program's web pages, as long. Free: pages of any domain, unless `check=1` is appended."""
    return f"/run/page.html?{_signed(snapshot, 'any-page' if free else 'page', appid)}&free={int(free)}"


def open_media(snapshot: Snapshot, *, appid: str, expires: int, sig: str) -> Domains:
    """The lists of the program a media address is for. Raises MEDIA_EXPIRED."""
    _require_signed(snapshot, "media", appid, expires, sig)
    return of(snapshot, appid)


def open_page(
    snapshot: Snapshot, *, appid: str, expires: int, sig: str, free: bool, checked: bool
) -> list[str] | None:
    """The business domains a page may come from; null: any. Raises MEDIA_EXPIRED."""
    _require_signed(snapshot, "any-page" if free else "page", appid, expires, sig)
    return None if free and not checked else listed(snapshot, appid, DomainKind.BUSINESS)


def _signed(snapshot: Snapshot, what: str, appid: str) -> str:
    expires = (snapshot.wire_now // MEDIA_STEP_MS + 2) * MEDIA_STEP_MS
    return f"appid={appid}&expires={expires}&sig={_signature(snapshot, what, appid, expires)}"


def _require_signed(snapshot: Snapshot, what: str, appid: str, expires: int, sig: str) -> None:
    good = hmac.compare_digest(sig.encode(), _signature(snapshot, what, appid, expires).encode())
    if not good or snapshot.wire_now >= expires:
        raise DomainError(MEDIA_EXPIRED)


def _signature(snapshot: Snapshot, what: str, appid: str, expires: int) -> str:
    return snapshot.vault.mac(f"program-{what}", appid, str(expires))[:32]


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
