"""小程序链接: schemes, for NFC tags too, URL links and short links that open a page."""

from typing import Annotated

import msgspec
from msgspec import Meta

from hutong.domains.apps.tables import App
from hutong.domains.miniapp import program_codes
from hutong.domains.miniapp.errors import CHANNEL_UNKNOWN
from hutong.domains.miniapp.tables import Channel, Link, LinkKind
from hutong.kernel.clock import DAY_MS, SECOND_MS, Millis
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.endpoints import Natural, Request, Response
from hutong.kernel.errors import BAD_REQUEST, DomainError

from .protocol import Addressed, mp

ExpireType = Annotated[int, Meta(ge=0, le=1)]
Days = Annotated[int, Meta(ge=0, le=36_500)]


def _expires_at(snapshot: Snapshot, kind: int, moment: int, days: int) -> Millis:
    """When a link ends: at a moment that came over the wire, or after days; thirty days unless said."""
    if kind == 1:
        return Millis(snapshot.now + days * DAY_MS)
    if moment:
        return Millis(min(moment, 2**40) * SECOND_MS + snapshot.clock_offset)
    return Millis(snapshot.now + program_codes.LONGEST_LINK_MS)


def _make(tx: Tx, app: App, kind: LinkKind, page: "Page", ends: "Ends") -> Link:
    return program_codes.link(
        tx,
        app=app,
        kind=kind,
        path=page.path,
        query=page.query,
        channel=page.channel,
        expires_at=_expires_at(tx, ends.expire_type, ends.expire_time, ends.expire_interval),
        expire_type=ends.expire_type,
        expire_interval=ends.expire_interval,
    )


class Page(Request):
    path: str = ""
    query: str = ""
    env_version: str = Channel.RELEASE.value

    @property
    def channel(self) -> Channel:
        try:
            return Channel(self.env_version)
        except ValueError:
            raise DomainError(CHANNEL_UNKNOWN) from None


class Ends(Request):
    expire_type: ExpireType = 0
    expire_time: Natural = 0  # seconds since 1970
    expire_interval: Days = 0


class SchemeRequest(Ends):
    jump_wxa: Page = Page()


class SchemeAnswer(Response):
    openlink: str
    errcode: int = 0
    errmsg: str = "ok"


@mp.post("/wxa/generatescheme")
def generatescheme(tx: Tx, app: App, req: SchemeRequest) -> SchemeAnswer:
    """获取加密scheme码"""
    return SchemeAnswer(_make(tx, app, LinkKind.SCHEME, req.jump_wxa, req).text)


class DeviceSchemeRequest(Request):
    """For a model of device, or with `sn` for one device."""

    model_id: str
    sn: str = ""
    jump_wxa: Page = Page()


@mp.post("/wxa/generatenfcscheme")
def generatenfcscheme(tx: Tx, app: App, req: DeviceSchemeRequest) -> SchemeAnswer:
    """获取NFC的小程序scheme"""
    page = req.jump_wxa
    made = program_codes.device_link(
        tx,
        app=app,
        model_id=req.model_id,
        sn=req.sn,
        path=page.path,
        query=page.query,
        channel=page.channel,
    )
    return SchemeAnswer(made.text)


class CloudBase(Request):
    """A cloud environment whose static page would stand before the program; this home has none."""

    env: str = ""
    domain: str = ""
    path: str = ""
    query: str = ""
    resource_appid: str = ""


class UrlLinkRequest(Ends):
    path: str = ""
    query: str = ""
    env_version: str = Channel.RELEASE.value
    cloud_base: CloudBase | None = None

    @property
    def page(self) -> Page:
        return Page(self.path, self.query, self.env_version)


class UrlLinkAnswer(Addressed):
    """Reached by mount, the link is one of this home's own addresses, which any browser opens."""

    url_link: str
    errcode: int = 0
    errmsg: str = "ok"

    def at(self, base_url: str) -> "UrlLinkAnswer":
        home, mount, _ = base_url.rpartition(mp.mount)
        path = program_codes.landing(self.url_link)
        return msgspec.structs.replace(self, url_link=home + path) if mount and path else self


@mp.post("/wxa/generate_urllink")
def generate_urllink(tx: Tx, app: App, req: UrlLinkRequest) -> UrlLinkAnswer:
    """获取加密URLLink"""
    if req.cloud_base is not None:
        raise DomainError(BAD_REQUEST, field="cloud_base")
    return UrlLinkAnswer(_make(tx, app, LinkKind.URL_LINK, req.page, req).text)


class ShortLinkRequest(Request):
    page_url: str
    page_title: Annotated[str, Meta(max_length=1024)] = ""
    is_permanent: bool = False


class ShortLinkAnswer(Response):
    link: str
    errcode: int = 0
    errmsg: str = "ok"


@mp.post("/wxa/genwxashortlink")
def genwxashortlink(tx: Tx, app: App, req: ShortLinkRequest) -> ShortLinkAnswer:
    """获取ShortLink"""
    made = program_codes.short_link(
        tx, app=app, page_url=req.page_url, title=req.page_title, lasting=req.is_permanent
    )
    return ShortLinkAnswer(made.text)


class LinkInfo(Response):
    appid: str
    path: str
    query: str
    create_time: int
    expire_time: int
    env_version: str


class QuotaInfo(Response):
    remain_visit_quota: int


def _info(link: Link) -> LinkInfo:
    return LinkInfo(
        appid=link.appid,
        path=link.path,
        query=link.query,
        create_time=link.made_at // SECOND_MS,
        expire_time=0 if link.expires_at is None else link.expires_at // SECOND_MS,
        env_version=link.channel.value,
    )


class SchemeQuery(Request):
    scheme: Annotated[str, Meta(max_length=512)] = ""
    query_type: ExpireType = 0  # 0: the link, 1: how many may still be opened today


class SchemeInfo(Response):
    scheme_info: LinkInfo | msgspec.UnsetType = msgspec.UNSET
    quota_info: QuotaInfo | msgspec.UnsetType = msgspec.UNSET
    errcode: int = 0
    errmsg: str = "ok"


@mp.post("/wxa/queryscheme")
def queryscheme(snapshot: Snapshot, app: App, req: SchemeQuery) -> SchemeInfo:
    """查询scheme码"""
    if req.query_type == 1:
        return SchemeInfo(quota_info=QuotaInfo(program_codes.opens_left(snapshot, app.appid)))
    link = program_codes.get_link(snapshot, app=app, kind=LinkKind.SCHEME, text=req.scheme)
    return SchemeInfo(
        scheme_info=_info(link), quota_info=QuotaInfo(program_codes.opens_left(snapshot, app.appid))
    )


class UrlLinkQuery(Request):
    url_link: Annotated[str, Meta(max_length=512)] = ""
    query_type: ExpireType = 0


class UrlLinkInfo(Response):
    url_link_info: LinkInfo | msgspec.UnsetType = msgspec.UNSET
    quota_info: QuotaInfo | msgspec.UnsetType = msgspec.UNSET
    errcode: int = 0
    errmsg: str = "ok"


@mp.post("/wxa/query_urllink")
def query_urllink(snapshot: Snapshot, app: App, req: UrlLinkQuery) -> UrlLinkInfo:
    """查询URLLink"""
    if req.query_type == 1:
        return UrlLinkInfo(quota_info=QuotaInfo(program_codes.opens_left(snapshot, app.appid)))
    link = program_codes.get_link(snapshot, app=app, kind=LinkKind.URL_LINK, text=req.url_link)
    return UrlLinkInfo(
        url_link_info=_info(link), quota_info=QuotaInfo(program_codes.opens_left(snapshot, app.appid))
    )
