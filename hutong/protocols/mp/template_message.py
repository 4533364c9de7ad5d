"""模板消息: notices to followers, made from a template."""

from typing import Annotated

from msgspec import Meta

from hutong.domains.apps import openids
from hutong.domains.apps.tables import App
from hutong.domains.official import templates
from hutong.domains.official.library import INDUSTRIES
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.endpoints import Int64, Request, Response

from .protocol import mp


class IndustryRequest(Request):
    industry_id1: Annotated[str, Meta(pattern=r"^[0-9]{1,4}\Z")]
    industry_id2: Annotated[str, Meta(pattern=r"^[0-9]{1,4}\Z")]


@mp.post("/cgi-bin/template/api_set_industry")
def api_set_industry(tx: Tx, app: App, req: IndustryRequest) -> None:
    """设置所属行业"""
    templates.set_industry(
        tx, appid=app.appid, primary=int(req.industry_id1), secondary=int(req.industry_id2)
    )


class Industry(Response):
    first_class: str
    second_class: str


class Industries(Response):
    primary_industry: Industry
    secondary_industry: Industry


@mp.get("/cgi-bin/template/get_industry")
def get_industry(snapshot: Snapshot, app: App) -> Industries:
    """获取设置的行业信息"""
    primary, secondary = templates.industries(snapshot, app.appid)
    return Industries(Industry(*INDUSTRIES[primary]), Industry(*INDUSTRIES[secondary]))


class AddTemplateRequest(Request):
    template_id_short: str
    keyword_name_list: Annotated[list[str], Meta(max_length=20)] = []


class TemplateId(Response):
    template_id: str
    errcode: int = 0
    errmsg: str = "ok"


@mp.post("/cgi-bin/template/api_add_template")
def api_add_template(tx: Tx, app: App, req: AddTemplateRequest) -> TemplateId:
    """获得模板ID"""
    template = templates.add(
        tx, appid=app.appid, template_id_short=req.template_id_short, keywords=req.keyword_name_list
    )
    return TemplateId(template.template_id)


class PrivateTemplate(Response):
    template_id: str
    title: str
    primary_industry: str
    deputy_industry: str
    content: str
    example: str


class PrivateTemplates(Response):
    template_list: list[PrivateTemplate]


@mp.get("/cgi-bin/template/get_all_private_template")
def get_all_private_template(snapshot: Snapshot, app: App) -> PrivateTemplates:
    """获取模板列表"""
    primary, _ = templates.industries(snapshot, app.appid)
    first, second = INDUSTRIES[primary]
    return PrivateTemplates(
        [
            PrivateTemplate(
                template_id=template.template_id,
                title=template.title,
                primary_industry=first,
                deputy_industry=second,
                content=template.content,
                example=template.example,
            )
            for template in templates.list_(snapshot, app.appid)
        ]
    )


class TemplateRequest(Request):
    template_id: str


@mp.post("/cgi-bin/template/del_private_template")
def del_private_template(tx: Tx, app: App, req: TemplateRequest) -> None:
    """删除模板"""
    templates.remove(tx, appid=app.appid, template_id=req.template_id)


class Program(Request):
    appid: str
    pagepath: Annotated[str, Meta(max_length=1024)] = ""


class TemplateValue(Request):
    value: str | Int64 | float | None = None
    color: str | None = None


class TemplateMessage(Request):
    touser: Annotated[str, Meta(max_length=128)]
    template_id: str
    url: Annotated[str, Meta(max_length=2048)] | None = None
    miniprogram: Program | None = None
    data: dict[str, TemplateValue] = {}
    client_msg_id: Annotated[str, Meta(max_length=64)] | None = None


class Sent(Response):
    msgid: int
    errcode: int = 0
    errmsg: str = "ok"


@mp.post("/cgi-bin/message/template/send")
def send(tx: Tx, app: App, req: TemplateMessage) -> Sent:
    """发送模板消息"""
    notice = templates.send(
        tx,
        appid=app.appid,
        user_id=openids.user_of(tx, appid=app.appid, openid=req.touser),
        template_id=req.template_id,
        values={
            name: templates.Value("" if given.value is None else str(given.value), given.color or "")
            for name, given in req.data.items()
        },
        url=req.url or "",
        program_appid=req.miniprogram.appid if req.miniprogram else "",
        program_path=req.miniprogram.pagepath if req.miniprogram else "",
        client_msg_id=req.client_msg_id or None,
    )
    return Sent(notice.id)
