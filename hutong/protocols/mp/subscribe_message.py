"""订阅消息: templates from the public library, and what is sent to people who ticked them."""

from typing import Annotated

from msgspec import Meta

from hutong.domains.apps import openids
from hutong.domains.apps.tables import App
from hutong.domains.miniapp import categories, subscribe_messages, templates
from hutong.domains.miniapp.tables import Channel
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.endpoints import Int64, Request, Response
from hutong.kernel.errors import DomainError

from .errors import TITLES_LIMIT, TITLES_START
from .protocol import mp

Tid = Annotated[str, Meta(pattern=r"^[0-9]{1,9}\Z")] | Annotated[int, Meta(ge=0, le=999_999_999)]
MOST_TITLES = 30
STATES = {"developer": Channel.DEVELOP, "trial": Channel.TRIAL, "formal": Channel.RELEASE}


class CategoryName(Response):
    id: int
    name: str


class Categories(Response):
    data: list[CategoryName]
    errcode: int = 0
    errmsg: str = "ok"


@mp.get("/wxaapi/newtmpl/getcategory")
def getcategory(snapshot: Snapshot, app: App) -> Categories:
    """获取类目"""
    templates.require_able(app)
    own = categories.of(snapshot, app.appid)
    return Categories([CategoryName(category.second, category.second_name) for category in own])


class TitlesRequest(Request):
    ids: Annotated[str, Meta(max_length=200, pattern=r"^[0-9]{1,9}(,[0-9]{1,9})*\Z")] = ""
    start: Int64 = 0
    limit: Int64 = MOST_TITLES


class PublicTitle(Response, rename="camel"):
    tid: int
    title: str
    type: int
    category_id: str


class Titles(Response):
    count: int
    data: list[PublicTitle]
    errcode: int = 0
    errmsg: str = "ok"


@mp.get("/wxaapi/newtmpl/getpubtemplatetitles")
def getpubtemplatetitles(snapshot: Snapshot, app: App, req: TitlesRequest) -> Titles:
    """获取类目下的公共模板"""
    templates.require_able(app)
    wanted = [int(part) for part in req.ids.split(",") if part]
    found = templates.titles(snapshot, app, wanted)
    if req.start < 0:
        raise DomainError(TITLES_START)
    if not 0 < req.limit <= MOST_TITLES:
        raise DomainError(TITLES_LIMIT)
    return Titles(
        len(found),
        [
            PublicTitle(
                title.tid,
                title.title,
                int(title.kind),
                str(next(second for second in title.categories if second in wanted)),
            )
            for title in found[req.start : req.start + req.limit]
        ],
    )


class KeywordsRequest(Request):
    tid: Tid = ""


class PublicKeyword(Response):
    kid: int
    name: str
    example: str
    rule: str


class Keywords(Response):
    count: int
    data: list[PublicKeyword]
    errcode: int = 0
    errmsg: str = "ok"


@mp.get("/wxaapi/newtmpl/getpubtemplatekeywords")
def getpubtemplatekeywords(snapshot: Snapshot, app: App, req: KeywordsRequest) -> Keywords:
    """获取模板中的关键词"""
    title = templates.title(snapshot, templates.require_able(app), int(req.tid or 0))
    return Keywords(
        len(title.keywords),
        [PublicKeyword(word.kid, word.name, word.example, word.kind) for word in title.keywords],
    )


class NewTemplate(Request, rename="camel"):
    tid: Tid = ""
    kid_list: Annotated[list[Annotated[int, Meta(ge=0, le=999)]], Meta(max_length=20)] = []
    scene_desc: Annotated[str, Meta(max_length=1024)] = ""


class TemplateMade(Response, rename="camel"):
    pri_tmpl_id: str
    errcode: int = 0
    errmsg: str = "ok"


@mp.post("/wxaapi/newtmpl/addtemplate")
def addtemplate(tx: Tx, app: App, req: NewTemplate) -> TemplateMade:
    """选用模板"""
    made = templates.add(tx, appid=app.appid, tid=int(req.tid or 0), kids=req.kid_list, scene=req.scene_desc)
    return TemplateMade(made.template_id)


class EnumValues(Response, rename="camel"):
    keyword_code: str
    enum_value_list: list[str]


class OwnTemplate(Response, rename="camel"):
    pri_tmpl_id: str
    title: str
    content: str
    example: str
    type: int
    keyword_enum_value_list: list[EnumValues]


class OwnTemplates(Response):
    data: list[OwnTemplate]
    errcode: int = 0
    errmsg: str = "ok"


@mp.get("/wxaapi/newtmpl/gettemplate")
def gettemplate(snapshot: Snapshot, app: App) -> OwnTemplates:
    """获取已有模板列表"""
    templates.require_able(app)
    return OwnTemplates(
        [
            OwnTemplate(
                template.template_id,
                template.title,
                template.content,
                template.example,
                int(template.kind),
                [
                    EnumValues(word.code, list(word.enum))
                    for word in templates.keywords(template)
                    if word.enum
                ],
            )
            for template in templates.list_(snapshot, app.appid)
        ]
    )


class OneTemplate(Request, rename="camel"):
    pri_tmpl_id: Annotated[str, Meta(max_length=64)] = ""


@mp.post("/wxaapi/newtmpl/deltemplate")
def deltemplate(tx: Tx, app: App, req: OneTemplate) -> None:
    """删除模板"""
    templates.remove(tx, appid=templates.require_able(app).appid, template_id=req.pri_tmpl_id)


# ── sending ────────────────────────────────────────────────────────────────────────────────────────────────


class Value(Request):
    value: str | Int64 | float | None = None


def _values(given: dict[str, Value]) -> dict[str, str]:
    return {name: "" if held.value is None else str(held.value) for name, held in given.items()}


class SubscribeMessage(Request):
    touser: Annotated[str, Meta(max_length=128)]
    template_id: Annotated[str, Meta(max_length=64)]
    data: dict[str, Value] = {}
    page: Annotated[str, Meta(max_length=1024)] | None = None
    miniprogram_state: Annotated[str, Meta(pattern=r"^(developer|trial|formal)\Z")] = "formal"
    lang: Annotated[str, Meta(pattern=r"^(zh_CN|en_US|zh_HK|zh_TW)\Z")] = "zh_CN"


class Sent(Response):
    msgid: int
    errcode: int = 0
    errmsg: str = "ok"


@mp.post("/cgi-bin/message/subscribe/send")
def send(tx: Tx, app: App, req: SubscribeMessage) -> Sent:
    """发送订阅消息"""
    message = subscribe_messages.send(
        tx,
        appid=app.appid,
        user_id=openids.user_of(tx, appid=app.appid, openid=req.touser),
        template_id=req.template_id,
        values=_values(req.data),
        page=req.page or "",
        channel=STATES[req.miniprogram_state],
        lang=req.lang,
    )
    return Sent(message.id)


class Program(Request):
    appid: str
    pagepath: Annotated[str, Meta(max_length=1024)] = ""


class AccountNotification(Request):
    touser: Annotated[str, Meta(max_length=128)]
    template_id: Annotated[str, Meta(max_length=64)]
    data: dict[str, Value] = {}
    page: Annotated[str, Meta(max_length=2048)] | None = None  # an address
    miniprogram: Program | None = None


@mp.post("/cgi-bin/message/subscribe/bizsend")
def bizsend(tx: Tx, app: App, req: AccountNotification) -> Sent:
    """发送订阅通知"""
    message = subscribe_messages.send_for_account(
        tx,
        appid=app.appid,
        user_id=openids.user_of(tx, appid=app.appid, openid=req.touser),
        template_id=req.template_id,
        values=_values(req.data),
        url=req.page or "",
        program_appid=req.miniprogram.appid if req.miniprogram else "",
        program_path=req.miniprogram.pagepath if req.miniprogram else "",
    )
    return Sent(message.id)
