"""What every endpoint of this protocol shares: the app by its access token, JSON, and errcode in a 200."""

import re
from collections.abc import Callable
from typing import Any

import msgspec

from hutong.domains.apps import tokens
from hutong.domains.apps.tables import App
from hutong.kernel.db import Snapshot
from hutong.kernel.endpoints import Answer, Endpoint, HttpRequest, Nobody, Protocol, Response, register
from hutong.kernel.errors import BAD_REQUEST, DomainError
from hutong.kernel.settings import Settings

from . import errors

_HEADERS = {"content-type": "application/json; encoding=utf-8"}
_MISSING_FIELD = re.compile(r"missing required field `([a-z_]+)`(?: - at `\$`)?\Z")
_DONE = b'{"errcode":0,"errmsg":"ok"}'


class Refusal(Response):
    """`errmsg` ends with the request's own id, as SDKs and support desks expect it."""

    errcode: int
    errmsg: str
    hutong: str | msgspec.UnsetType = msgspec.UNSET  # in a sandbox: what the published text does not tell


class Addressed(Response):
    """An answer with addresses in it: they begin with the host and mount the caller used."""

    def at(self, base_url: str) -> "Addressed":
        raise NotImplementedError


class Mp(Protocol):
    """api.weixin.qq.com and the hosts beside it."""

    hosts = (
        "api.weixin.qq.com",
        "api2.weixin.qq.com",
        "sh.api.weixin.qq.com",
        "sz.api.weixin.qq.com",
        "hk.api.weixin.qq.com",
        "file.api.weixin.qq.com",
        "mp.weixin.qq.com",
        "open.weixin.qq.com",
    )

    def __init__(self, name: str, *, mount: str) -> None:
        super().__init__(name, mount=mount)
        # By the beginning of a path: what else its calls must prove, over the body as it came.
        self.checks: dict[str, Callable[[Snapshot, App, HttpRequest, str], None]] = {}

    def authenticate(self, snapshot: Snapshot, http: HttpRequest, endpoint: Endpoint) -> App | Nobody:
        """The app whose access token the query carries; nobody, where none is asked for."""
        if endpoint.caller_type is Nobody:
            return Nobody()
        app = tokens.authenticate(snapshot, http.query.get("access_token"))
        http.notes["caller"] = app.appid
        http.notes["org_id"] = app.org_id
        for prefix, check in self.checks.items():
            if endpoint.path.startswith(prefix):
                check(snapshot, app, http, endpoint.path)
        return app

    def decode(self, endpoint: Endpoint, http: HttpRequest) -> Any:
        """JSON whatever the content type says. Tells a broken body from one that lacks a field."""
        try:
            return super().decode(endpoint, http)
        except DomainError as error:
            if error.code is not BAD_REQUEST:
                raise
            missing = _MISSING_FIELD.search(str(error.details.get("reason", "")))
            if endpoint.method == "POST" and not http.upload:
                if not http.body:
                    raise DomainError(errors.BODY_EMPTY) from None
                try:
                    readable = isinstance(msgspec.json.decode(http.body), dict) and b"\x00" not in http.body
                except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                    readable = False
                if not readable:
                    raise DomainError(errors.PARSE_ERROR, **error.details) from None
            if missing is not None:
                raise DomainError(errors.FIELD_MISSING, field=missing[1]) from None
            raise

    def encode(self, endpoint: Endpoint, http: HttpRequest, result: Any) -> Answer:
        if result is None:
            return Answer(200, _DONE, dict(_HEADERS))
        if isinstance(result, Addressed):
            result = result.at(http.base_url)
        answer = super().encode(endpoint, http, result)
        if isinstance(result, Response):
            answer.headers = dict(_HEADERS)
        return answer

    def refuse(self, http: HttpRequest, error: DomainError) -> Answer:
        if error.code is errors.FIELD_MISSING:
            published = errors.MISSING.get(error.details["field"], errors.ERRORS[BAD_REQUEST])
        else:
            code, text = errors.ERRORS.get(error.code) or errors.BY_KIND[error.code.kind]
            published = code, text.format_map(error.details)
        return _refusal(http, published)

    def broken(self, http: HttpRequest) -> Answer:
        return _refusal(http, errors.SYSTEM_BUSY)

    def unknown(self, http: HttpRequest, allowed: list[str]) -> Answer:
        if allowed:
            return _refusal(http, errors.GET_REQUIRED if "GET" in allowed else errors.POST_REQUIRED)
        http.notes["unknown"] = True
        return _refusal(http, errors.URL_UNKNOWN)

    def finish(self, settings: Settings, http: HttpRequest, answer: Answer) -> Answer:
        if "unknown" in http.notes and not settings.production:
            refusal = msgspec.json.decode(answer.body, type=Refusal)
            hint = f"This server does not implement {http.method} {http.path}; `hutong coverage` lists what it does."
            answer.body = msgspec.json.encode(msgspec.structs.replace(refusal, hutong=hint))
        return answer


def _refusal(http: HttpRequest, published: tuple[int, str]) -> Answer:
    code, text = published
    rid = f"{http.received_at // 1000:08x}-{http.request_id[:8]}-{http.request_id[8:16]}"
    return Answer(200, msgspec.json.encode(Refusal(code, f"{text} rid: {rid}")), dict(_HEADERS))


def home(snapshot: Snapshot) -> str:
    """Where this server is reached by a developer's server on the same machine."""
    settings = snapshot.settings
    host = "localhost" if settings.host in ("0.0.0.0", "::") else settings.host
    return f"{'https' if settings.tls_certificate else 'http'}://{host}:{settings.port}"


mp = Mp("mp", mount="/mp")
register(mp)
