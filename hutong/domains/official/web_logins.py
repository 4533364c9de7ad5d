"""Web logins: a person opens an account's page, and the page's server learns who that is to the account."""

from urllib.parse import quote, urlsplit

from hutong.domains.apps import apps, grants, openids
from hutong.domains.apps.tables import App, AppKind
from hutong.domains.identity.tables import UserId
from hutong.kernel.clock import DAY_MS, MINUTE_MS, SECOND_MS, Millis
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError
from hutong.kernel.frozen import Frozen

from . import follows
from .errors import (
    WEB_ADDRESS,
    WEB_CODE_INVALID,
    WEB_CODE_USED,
    WEB_REFRESH_INVALID,
    WEB_SCOPE,
    WEB_TOKEN_EXPIRED,
    WEB_TOKEN_INVALID,
)
from .tables import Account, WebLogin, WebScope, WebSecret

LIFETIME_MS = {
    WebSecret.CODE: 5 * MINUTE_MS,
    WebSecret.ACCESS: 7200 * SECOND_MS,
    WebSecret.REFRESH: 30 * DAY_MS,
}
_START = {WebSecret.CODE: ("0", 32), WebSecret.ACCESS: ("96_", 107), WebSecret.REFRESH: ("96_", 107)}
STATE_BYTES = 128
DOMAINS = 10


class WebTokens(Frozen):
    """What a page's server learns for its code."""

    access_token: str
    refresh_token: str
    openid: str
    unionid: str
    scope: WebScope


def set_domains(tx: Tx, *, appid: str, domains: list[str]) -> Account:
    """Where the account's pages are: host names, at most ten. Raises WEB_ADDRESS."""
    if len(domains) > DOMAINS or any(urlsplit(f"http://{domain}").hostname != domain for domain in domains):
        raise DomainError(WEB_ADDRESS)
    return tx.update(follows.locked_account(tx, appid), web_domains=domains)


def require_address(snapshot: Snapshot, app: App, redirect_uri: str) -> None:
    """Raises WEB_ADDRESS. In a sandbox an account that named no domain may use any."""
    try:
        parts = urlsplit(redirect_uri)
        host = parts.hostname if parts.scheme in ("http", "https") else None
    except ValueError:
        host = None
    account = snapshot.find(Account, appid=app.appid)
    named = [] if account is None else account.web_domains
    if not host or (host not in named and (named or snapshot.settings.production)):
        raise DomainError(WEB_ADDRESS, host=host or "")


def needs_consent(snapshot: Snapshot, *, appid: str, user_id: UserId, scope: WebScope) -> bool:
    """Whether the person must be asked first: never for who they are to the account, once for the rest."""
    if scope is WebScope.BASE:
        return False
    return not grants.has(snapshot, user_id=user_id, appid=appid, scope=scope.value)


def approve(tx: Tx, *, appid: str, user_id: UserId, scope: WebScope, redirect_uri: str, state: str) -> str:
    """The person said yes, or need not be asked: where to go back to, with a code in it.

    Raises KIND_FORBIDDEN unless the app is a service account, WEB_ADDRESS.
    """
    app = apps.require_kind(apps.get(tx, appid), AppKind.SERVICE)
    require_address(tx, app, redirect_uri)
    openids.of(tx, appid=appid, user_id=user_id)
    if scope is WebScope.USER_INFO:
        grants.give(tx, user_id=user_id, appid=appid, scope=scope.value)
    code = _make(tx, WebSecret.CODE, app, user_id, scope)
    parts = urlsplit(redirect_uri)
    query = "&".join(part for part in (parts.query, f"code={code}", f"state={quote(state, safe='')}") if part)
    return parts._replace(query=query).geturl()


def exchange(tx: Tx, *, app: App, code: str) -> WebTokens:
    """Tokens for a code, once. Raises WEB_CODE_INVALID, WEB_CODE_USED."""
    login = tx.find_locked(WebLogin, mac=tx.vault.mac("official.web", code))
    if (
        login is None
        or login.kind is not WebSecret.CODE
        or login.appid != app.appid
        or tx.now >= login.expires_at
    ):
        raise DomainError(WEB_CODE_INVALID)
    if login.used_at is not None:
        raise DomainError(WEB_CODE_USED)
    tx.update(login, used_at=tx.now)
    refresh_token = _make(tx, WebSecret.REFRESH, app, login.user_id, login.scope)
    return _tokens(tx, app, login, refresh_token)


def refresh(tx: Tx, *, appid: str, refresh_token: str) -> WebTokens:
    """A new access token; the refresh token stays as it is. Raises APP_UNKNOWN, WEB_REFRESH_INVALID."""
    app = apps.get(tx, appid)
    login = tx.find(WebLogin, mac=tx.vault.mac("official.web", refresh_token))
    if (
        login is None
        or login.kind is not WebSecret.REFRESH
        or login.appid != appid
        or tx.now >= login.expires_at
    ):
        raise DomainError(WEB_REFRESH_INVALID)
    return _tokens(tx, app, login, refresh_token)


def _tokens(tx: Tx, app: App, login: WebLogin, refresh_token: str) -> WebTokens:
    return WebTokens(
        access_token=_make(tx, WebSecret.ACCESS, app, login.user_id, login.scope),
        refresh_token=refresh_token,
        openid=openids.of(tx, appid=app.appid, user_id=login.user_id),
        unionid=openids.unionid_of(tx, org_id=app.org_id, user_id=login.user_id),
        scope=login.scope,
    )


def _make(tx: Tx, kind: WebSecret, app: App, user_id: UserId, scope: WebScope) -> str:
    """A fresh secret; the person's expired ones of this kind are forgotten after a day."""
    tx.run(
        "delete from official_web_login"
        " where appid = :appid and user_id = :user and kind = :kind and expires_at < :past",
        appid=app.appid,
        user=user_id,
        kind=kind.value,
        past=tx.now - DAY_MS,
    )
    start, length = _START[kind]
    secret = tx.new_handle(start, length)
    tx.insert(
        WebLogin(
            mac=tx.vault.mac("official.web", secret),
            kind=kind,
            appid=app.appid,
            user_id=user_id,
            scope=scope,
            expires_at=Millis(tx.now + LIFETIME_MS[kind]),
        )
    )
    return secret


def authenticate(snapshot: Snapshot, *, access_token: str, openid: str) -> WebLogin:
    """The sign-in behind a page's token and openid. Raises WEB_TOKEN_INVALID, WEB_TOKEN_EXPIRED, OPENID_UNKNOWN."""
    login = snapshot.find(WebLogin, mac=snapshot.vault.mac("official.web", access_token))
    if login is None or login.kind is not WebSecret.ACCESS:
        raise DomainError(WEB_TOKEN_INVALID)
    if snapshot.now >= login.expires_at:
        raise DomainError(WEB_TOKEN_EXPIRED)
    if openids.user_of(snapshot, appid=login.appid, openid=openid) != login.user_id:
        raise DomainError(WEB_TOKEN_INVALID)
    return login


def user_info(tx: Tx, *, access_token: str, openid: str) -> WebLogin:
    """The sign-in, if the person let the page know name and picture.

    Raises WEB_SCOPE, GRANT_MISSING once revoked, and as `authenticate`.
    """
    login = authenticate(tx, access_token=access_token, openid=openid)
    if login.scope is not WebScope.USER_INFO:
        raise DomainError(WEB_SCOPE)
    grants.use(tx, user_id=login.user_id, appid=login.appid, scope=login.scope.value)
    return login
