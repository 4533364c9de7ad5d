"""小程序域名管理: the servers a program's pages may reach, and the pages its web-views may show."""

from typing import Annotated

from msgspec import Meta

from hutong.domains.apps import apps
from hutong.domains.apps.tables import App, AppKind
from hutong.domains.miniapp import domains
from hutong.domains.miniapp.tables import DomainKind
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.endpoints import Request, Response
from hutong.kernel.errors import DomainError

from .errors import ACTION_INVALID, DOMAINS_UNCHANGED, WEBVIEW_DOMAINS_MISSING, WEBVIEW_DOMAINS_UNCHANGED
from .protocol import mp

List = Annotated[list[Annotated[str, Meta(max_length=300)]], Meta(max_length=domains.MOST)]

# The published field of each kind. Programs here reach no UDP or TCP servers: browsers cannot.
FIELDS = {
    DomainKind.REQUEST: "requestdomain",
    DomainKind.SOCKET: "wsrequestdomain",
    DomainKind.UPLOAD: "uploaddomain",
    DomainKind.DOWNLOAD: "downloaddomain",
}


class ServerDomains(Request):
    action: str
    requestdomain: List | None = None
    wsrequestdomain: List | None = None
    uploaddomain: List | None = None
    downloaddomain: List | None = None
    udpdomain: List | None = None
    tcpdomain: List | None = None


class ServerDomainsAnswer(Response):
    requestdomain: list[str]
    wsrequestdomain: list[str]
    uploaddomain: list[str]
    downloaddomain: list[str]
    udpdomain: list[str] = []
    tcpdomain: list[str] = []
    errcode: int = 0
    errmsg: str = "ok"


class WebviewDomains(Request):
    action: str = "get"
    webviewdomain: List = []


class WebviewDomainsAnswer(Response):
    webviewdomain: list[str]
    errcode: int = 0
    errmsg: str = "ok"


def _changed(tx: Tx, action: str, kind: DomainKind, known: list[str], given: list[str]) -> list[str]:
    cleaned = [domains.clean(one, kind, production=tx.settings.production) for one in given]
    if action == "add":
        return [*known, *(one for one in cleaned if one not in known)]
    if action == "delete":
        return [one for one in known if one not in cleaned]
    return cleaned


def _program(app: App) -> App:
    return apps.require_kind(app, AppKind.MINI_PROGRAM)


def _check(action: str) -> None:
    if action not in ("add", "delete", "set", "get"):
        raise DomainError(ACTION_INVALID)


def _modify(tx: Tx, app: App, req: ServerDomains) -> ServerDomainsAnswer:
    _check(req.action)
    kept = domains.of(tx, _program(app).appid)
    if req.action != "get":
        lists = {}
        for kind, field in FIELDS.items():
            if (given := getattr(req, field)) is not None:
                known: list[str] = getattr(kept, kind.value)
                lists[kind] = _changed(tx, req.action, kind, known, given)
        if req.udpdomain or req.tcpdomain:
            raise DomainError(DOMAINS_UNCHANGED)
        if not any(lists[kind] != getattr(kept, kind.value) for kind in lists):
            raise DomainError(DOMAINS_UNCHANGED)
        kept = domains.change(tx, appid=app.appid, lists=lists)
    return ServerDomainsAnswer(**{field: getattr(kept, kind.value) for kind, field in FIELDS.items()})


def _modify_webview(tx: Tx, app: App, req: WebviewDomains) -> WebviewDomainsAnswer:
    _check(req.action)
    known = domains.listed(tx, _program(app).appid, DomainKind.BUSINESS)
    if req.action == "get":
        return WebviewDomainsAnswer(known)
    if req.action == "delete" and not known:
        raise DomainError(WEBVIEW_DOMAINS_MISSING)
    wanted = _changed(tx, req.action, DomainKind.BUSINESS, known, req.webviewdomain)
    if wanted == known:
        raise DomainError(WEBVIEW_DOMAINS_UNCHANGED)
    return WebviewDomainsAnswer(
        domains.change(tx, appid=app.appid, lists={DomainKind.BUSINESS: wanted}).business
    )


@mp.post("/wxa/modify_domain")
def modify_domain(tx: Tx, app: App, req: ServerDomains) -> ServerDomainsAnswer:
    """配置小程序服务器域名"""
    return _modify(tx, app, req)


@mp.post("/wxa/modify_domain_directly")
def modify_domain_directly(tx: Tx, app: App, req: ServerDomains) -> ServerDomainsAnswer:
    """快速配置小程序服务器域名"""
    return _modify(tx, app, req)


@mp.post("/wxa/setwebviewdomain")
def setwebviewdomain(tx: Tx, app: App, req: WebviewDomains) -> WebviewDomainsAnswer:
    """配置小程序业务域名"""
    return _modify_webview(tx, app, req)


@mp.post("/wxa/setwebviewdomain_directly")
def setwebviewdomain_directly(tx: Tx, app: App, req: WebviewDomains) -> WebviewDomainsAnswer:
    """快速配置小程序业务域名"""
    return _modify_webview(tx, app, req)


class EffectiveLists(Response):
    requestdomain: list[str]
    wsrequestdomain: list[str]
    uploaddomain: list[str]
    downloaddomain: list[str]
    udpdomain: list[str] = []
    tcpdomain: list[str] = []


class EffectiveDomains(Response):
    """`mp_domain` is what the owner set; there are no lists of third parties here."""

    mp_domain: EffectiveLists
    third_domain: EffectiveLists
    direct_domain: EffectiveLists
    effective_domain: EffectiveLists
    errcode: int = 0
    errmsg: str = "ok"


class Nothing(Request):
    pass


@mp.post("/wxa/get_effective_domain")
def get_effective_domain(snapshot: Snapshot, app: App, req: Nothing) -> EffectiveDomains:
    """获取发布后生效服务器域名列表"""
    kept = domains.of(snapshot, _program(app).appid)
    own = EffectiveLists(**{field: getattr(kept, kind.value) for kind, field in FIELDS.items()})
    none = EffectiveLists(**{field: [] for field in FIELDS.values()})
    return EffectiveDomains(own, none, none, own)


class EffectiveWebviewDomains(Response):
    mp_webviewdomain: list[str]
    third_webviewdomain: list[str]
    direct_webviewdomain: list[str]
    effective_webviewdomain: list[str]
    errcode: int = 0
    errmsg: str = "ok"


@mp.post("/wxa/get_effective_webviewdomain")
def get_effective_webviewdomain(snapshot: Snapshot, app: App, req: Nothing) -> EffectiveWebviewDomains:
    """获取发布后生效业务域名列表"""
    own = domains.listed(snapshot, _program(app).appid, DomainKind.BUSINESS)
    return EffectiveWebviewDomains(own, [], [], own)
