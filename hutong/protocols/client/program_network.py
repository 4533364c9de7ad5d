"""What a running page reaches through here: requests, uploads, downloads and sockets, and the lists that allow them.

A page has no network of its own: its shell asks for it here, and the answer comes as one stream. The first line is
JSON (`Head`), what follows are the body's bytes as they arrive; an answer that breaks off ends without its last chunk.
"""

import base64
import binascii
import re
import secrets
from typing import Annotated
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from hutong.domains.apps import access, acts, apps
from hutong.domains.apps.tables import App, AppKind, Role
from hutong.domains.miniapp import domains, versions
from hutong.domains.miniapp.tables import Channel, DomainKind, Domains
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.endpoints import UPLOAD_BODY_BYTES, Request, Response, Stream, Upload
from hutong.kernel.errors import BAD_REQUEST, DomainError
from hutong.kernel.frozen import Frozen

from .accounts import Appid
from .protocol import Person, Visitor, client

METHODS = ("GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD", "PATCH")
LONGEST_WAIT_MS = 600_000  # a page that reads a stream says for how long
USUAL_WAIT_MS = 60_000  # the published default of `networkTimeout`
ANSWER_BYTES = 50 * 1024 * 1024
DOWNLOAD_BYTES = 200 * 1024 * 1024  # the published most of `wx.downloadFile`
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}\Z")
_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]{0,8192}\Z")
# The caller's connection is ours to manage, and who asks is ours to say.
_OURS_NAMES = (
    "host connection keep-alive content-length transfer-encoding upgrade te trailer expect proxy-connection"
    " proxy-authorization referer accept-encoding"
)
_OURS = frozenset(_OURS_NAMES.split())
Url = Annotated[str, Meta(min_length=8, max_length=8192)]
Wait = Annotated[int, Meta(ge=1, le=LONGEST_WAIT_MS)]
Headers = Annotated[dict[str, str], Meta(max_length=64)]


class Called(Request):
    """What every call of a page says. `url_check: false` is heard of whoever works on the program, off the release."""

    appid: Appid
    url: Url
    header: Headers = {}
    timeout_ms: Wait = USUAL_WAIT_MS
    channel: Channel = Channel.RELEASE
    url_check: bool = True


class PageRequest(Called):
    """`body` is base64. `header` are the page's own; `Referer` says which program asks, as published."""

    method: Annotated[str, Meta(max_length=16)] = "GET"
    body: str = ""
    download: bool = False
    follow: bool = True  # redirects, each of which must be allowed too


class Outgoing(Frozen):
    """A request ready to be sent. `allowed` are the origins redirects may lead to; null: any."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes
    timeout_ms: int
    allowed: list[str] | None
    follow: bool
    most_bytes: int


class Head(Response):
    """The first line of an answer. `error` says why there is none; `status` is then 0. `profile` is in milliseconds."""

    status: int
    header: dict[str, str] = {}
    cookies: list[str] = []
    length: int = -1  # of the body, if the answer says
    profile: dict[str, int | str | bool] = {}
    error: str = ""
    reason: str = ""  # timeout, refused, broken, large


@client.post("/programs/{appid}/request", then="relay", answer=Stream, max_body_bytes=UPLOAD_BODY_BYTES)
def relay_request(snapshot: Snapshot, person: Visitor, req: PageRequest) -> Outgoing:
    """`wx.request` and `wx.downloadFile`: send a page's request from here. In production only https leaves."""
    method = req.method.upper()
    if method not in METHODS:
        raise DomainError(BAD_REQUEST, field="method")
    kind = DomainKind.DOWNLOAD if req.download else DomainKind.REQUEST
    app, allowed = _allowed(snapshot, person, req, kind)
    try:
        body = base64.b64decode(req.body, validate=True)
    except binascii.Error as error:
        raise DomainError(BAD_REQUEST, field="body") from error
    most = DOWNLOAD_BYTES if req.download else ANSWER_BYTES
    return Outgoing(
        method, req.url, _headers(snapshot, app, req), body, req.timeout_ms, allowed, req.follow, most
    )


class PageUpload(Request):
    """`wx.uploadFile` as multipart; `header` and `form` are JSON objects of texts."""

    appid: Appid
    url: Url
    name: Annotated[str, Meta(min_length=1, max_length=256)]
    file: Upload
    header: Annotated[str, Meta(max_length=64 * 1024)] = "{}"
    form: Annotated[str, Meta(max_length=1024 * 1024)] = "{}"
    timeout_ms: Wait = USUAL_WAIT_MS
    channel: Channel = Channel.RELEASE
    url_check: bool = True


@client.post("/programs/{appid}/upload", then="relay", answer=Stream, max_body_bytes=UPLOAD_BODY_BYTES)
def relay_upload(snapshot: Snapshot, person: Visitor, req: PageUpload) -> Outgoing:
    """`wx.uploadFile`: post a file with its form to the program's server."""
    try:
        header = msgspec.json.decode(req.header, type=dict[str, str])
        form = msgspec.json.decode(req.form, type=dict[str, str])
    except msgspec.DecodeError as error:
        raise DomainError(BAD_REQUEST, reason=str(error)[:200]) from None
    called = Called(req.appid, req.url, header, req.timeout_ms, req.channel, req.url_check)
    app, allowed = _allowed(snapshot, person, called, DomainKind.UPLOAD)
    boundary = f"----hutong{secrets.token_hex(16)}"
    headers = _headers(snapshot, app, called)
    headers["content-type"] = f"multipart/form-data; boundary={boundary}"
    body = _multipart(boundary, form, req.name, req.file)
    return Outgoing("POST", req.url, headers, body, req.timeout_ms, allowed, True, ANSWER_BYTES)


def _multipart(boundary: str, form: dict[str, str], name: str, file: Upload) -> bytes:
    parts = [
        b'--%b\r\ncontent-disposition: form-data; name="%b"\r\n\r\n%b\r\n'
        % (boundary.encode(), _quoted(field), value.encode())
        for field, value in form.items()
    ]
    kind = file.content_type if _VALUE.match(file.content_type) else "application/octet-stream"
    head = b'--%b\r\ncontent-disposition: form-data; name="%b"; filename="%b"\r\ncontent-type: %b\r\n\r\n' % (
        boundary.encode(),
        _quoted(name),
        _quoted(file.filename),
        kind.encode("latin-1", "replace"),
    )
    return b"".join([*parts, head, file.content, b"\r\n--%b--\r\n" % boundary.encode()])


def _quoted(text: str) -> bytes:
    """A name inside quotes, as browsers write it: only what would end it is escaped."""
    return text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A").encode()


class SocketCall(Called):
    """The first frame of a page's socket; `token` is the person's."""

    token: str = ""
    protocols: Annotated[list[str], Meta(max_length=16)] = []


class SocketTarget(Frozen):
    """A socket ready to be opened."""

    url: str
    headers: dict[str, str]
    protocols: list[str]
    timeout_ms: int


def open_socket(snapshot: Snapshot, person: Visitor, req: SocketCall) -> SocketTarget:
    """`wx.connectSocket`, called by the server for `/api/programs/{appid}/socket`. Raises DOMAIN_UNLISTED."""
    if not all(_NAME.match(one) for one in req.protocols):
        raise DomainError(BAD_REQUEST, field="protocols")
    app, _ = _allowed(snapshot, person, req, DomainKind.SOCKET)
    headers = {
        name: value
        for name, value in _headers(snapshot, app, req).items()
        if not name.startswith("sec-") and name != "content-type"
    }
    return SocketTarget(req.url, headers, req.protocols, req.timeout_ms)


def _allowed(
    snapshot: Snapshot, person: Visitor, req: Called, kind: DomainKind
) -> tuple[App, list[str] | None]:
    """The program, and where redirects may lead. Raises BAD_REQUEST, DOMAIN_UNLISTED, or that one may not try it."""
    app = apps.require_kind(apps.get(snapshot, req.appid), AppKind.MINI_PROGRAM)
    schemes: tuple[str, ...] = ("wss", "ws") if kind is DomainKind.SOCKET else ("https", "http")
    if snapshot.settings.production:
        schemes = schemes[:1]
    try:
        parts = urlsplit(req.url)
        port_fits = parts.port != 0
    except ValueError:
        raise DomainError(BAD_REQUEST, field="url") from None
    if parts.scheme not in schemes or not parts.hostname or not port_fits:
        raise DomainError(BAD_REQUEST, field="url")
    if re.search(r"[\x00-\x20\x7f-\U0010ffff]", req.url):
        raise DomainError(BAD_REQUEST, field="url")
    if req.channel is not Channel.RELEASE:
        access.require_app(snapshot, app.appid, person.user_id, at_least=Role.OPERATOR)
        if not req.url_check:
            return app, None
    return app, domains.require(snapshot, appid=app.appid, kind=kind, url=req.url)


def _headers(snapshot: Snapshot, app: App, req: Called) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, value in req.header.items():
        if not _NAME.match(name) or not _VALUE.match(value):
            raise DomainError(BAD_REQUEST, field="header")
        if name.lower() not in _OURS and not name.lower().startswith("sec-"):
            headers[name.lower()] = value
    version = versions.current(snapshot, app.appid, req.channel) if req.channel is Channel.RELEASE else None
    number = "0" if version is None else version.id
    headers["referer"] = f"https://servicewechat.com/{app.appid}/{number}/page-frame.html"
    return headers


# ── the lists ──────────────────────────────────────────────────────────────────────────────────────────────

List = Annotated[list[Annotated[str, Meta(max_length=300)]], Meta(max_length=domains.MOST)]


class DomainsRef(Request):
    appid: Appid


class DomainLists(Response):
    """The servers a program's pages may reach, as scheme and name, by kind; `business` are a web-view's pages."""

    request: list[str]
    socket: list[str]
    upload: list[str]
    download: list[str]
    business: list[str]


class DomainChange(Request):
    """Lists that are left out stay as they are."""

    appid: Appid
    request: List | None = None
    socket: List | None = None
    upload: List | None = None
    download: List | None = None
    business: List | None = None


def _lists(kept: Domains) -> DomainLists:
    return DomainLists(kept.request, kept.socket, kept.upload, kept.download, kept.business)


@client.get("/console/apps/{appid}/domains")
def list_domains(snapshot: Snapshot, person: Person, req: DomainsRef) -> DomainLists:
    """The servers a program may reach."""
    app = access.require_app(snapshot, req.appid, person.user_id, at_least=Role.OPERATOR)
    apps.require_kind(app, AppKind.MINI_PROGRAM)
    return _lists(domains.of(snapshot, app.appid))


@client.put("/console/apps/{appid}/domains")
def change_domains(tx: Tx, person: Person, req: DomainChange) -> DomainLists:
    """Say which servers a program may reach."""
    app = access.require_app(tx, req.appid, person.user_id, at_least=Role.DEVELOPER)
    lists = {kind: given for kind in DomainKind if (given := getattr(req, kind.value)) is not None}
    kept = domains.change(tx, appid=app.appid, lists=lists)
    acts.record(tx, org_id=app.org_id, user_id=person.user_id, verb="program.domains", target=app.appid)
    return _lists(kept)
