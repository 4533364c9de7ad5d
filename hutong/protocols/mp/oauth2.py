"""网页授权: who a person is to an account's web page. And the ticket its pages sign with."""

from typing import Annotated, Literal

from msgspec import Meta
from msgspec.structs import replace

from hutong.domains.apps import apps, openids, tickets
from hutong.domains.apps.tables import App
from hutong.domains.identity import users
from hutong.domains.media import files
from hutong.domains.official import web_logins
from hutong.domains.official.tables import WebSecret
from hutong.kernel.clock import SECOND_MS
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.endpoints import Nobody, Raw, Request, Response
from hutong.kernel.errors import DomainError

from .errors import GRANT_TYPE_INVALID
from .protocol import Addressed, mp

Secret = Annotated[str, Meta(max_length=512)]
_PAGE = (
    '<!doctype html><html lang="zh-CN"><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width"><title>Hutong</title>'
    "<p>请在客户端打开链接</p><p>Please open this link in the app.</p></html>"
)


class AuthorizeRequest(Request):
    appid: str = ""
    redirect_uri: str = ""
    response_type: str = ""
    scope: str = ""
    state: str = ""


@mp.get("/connect/oauth2/authorize")
def authorize(snapshot: Snapshot, caller: Nobody, req: AuthorizeRequest) -> Raw:
    """用户同意授权，获取code: the app answers this address itself; any other browser is told to use the app."""
    return Raw(_PAGE.encode(), "text/html; charset=utf-8")


class CodeRequest(Request):
    appid: str
    secret: str
    code: Secret
    grant_type: str


class Tokens(Response):
    access_token: str
    expires_in: int
    refresh_token: str
    openid: str
    scope: str
    is_snapshotuser: int
    unionid: str


class Refreshed(Response):
    access_token: str
    expires_in: int
    refresh_token: str
    openid: str
    scope: str


LIFETIME = web_logins.LIFETIME_MS[WebSecret.ACCESS] // SECOND_MS


@mp.get("/sns/oauth2/access_token")
def access_token(tx: Tx, caller: Nobody, req: CodeRequest) -> Tokens:
    """通过code换取网页授权access_token"""
    if req.grant_type != "authorization_code":
        raise DomainError(GRANT_TYPE_INVALID)
    app = apps.authenticate(tx, req.appid, req.secret)
    made = web_logins.exchange(tx, app=app, code=req.code)
    return Tokens(
        access_token=made.access_token,
        expires_in=LIFETIME,
        refresh_token=made.refresh_token,
        openid=made.openid,
        scope=made.scope.value,
        is_snapshotuser=0,
        unionid=made.unionid,
    )


class RefreshRequest(Request):
    appid: str
    refresh_token: Secret
    grant_type: str


@mp.get("/sns/oauth2/refresh_token")
def refresh_token(tx: Tx, caller: Nobody, req: RefreshRequest) -> Refreshed:
    """刷新access_token"""
    if req.grant_type != "refresh_token":
        raise DomainError(GRANT_TYPE_INVALID)
    made = web_logins.refresh(tx, appid=req.appid, refresh_token=req.refresh_token)
    return Refreshed(made.access_token, LIFETIME, made.refresh_token, made.openid, made.scope.value)


class PersonRequest(Request):
    access_token: Secret
    openid: Annotated[str, Meta(max_length=128)]


class InfoRequest(PersonRequest):
    lang: Literal["zh_CN", "zh_TW", "en"] = "zh_CN"


class WebUser(Addressed):
    openid: str
    nickname: str
    sex: int
    province: str
    city: str
    country: str
    headimgurl: str
    privilege: list[str]
    unionid: str

    def at(self, base_url: str) -> "WebUser":
        return replace(self, headimgurl=base_url + self.headimgurl) if self.headimgurl else self


@mp.get("/sns/userinfo")
def userinfo(tx: Tx, caller: Nobody, req: InfoRequest) -> WebUser:
    """拉取用户信息: what the person shows; sex and place are not kept here, whatever the language."""
    login = web_logins.user_info(tx, access_token=req.access_token, openid=req.openid)
    user = users.get(tx, login.user_id)
    org_id = apps.get(tx, login.appid).org_id
    return WebUser(
        openid=req.openid,
        nickname=user.nickname,
        sex=0,
        province="",
        city="",
        country="",
        headimgurl=files.address(tx, user.avatar).replace("/api/media/", "/media/"),
        privilege=[],
        unionid=openids.unionid_of(tx, org_id=org_id, user_id=login.user_id),
    )


@mp.get("/sns/auth")
def auth(snapshot: Snapshot, caller: Nobody, req: PersonRequest) -> None:
    """检验授权凭证是否有效"""
    web_logins.authenticate(snapshot, access_token=req.access_token, openid=req.openid)


class TicketRequest(Request):
    type: Literal["jsapi", "wx_card"] = "jsapi"


class Ticket(Response):
    ticket: str
    expires_in: int
    errcode: int = 0
    errmsg: str = "ok"


@mp.get("/cgi-bin/ticket/getticket")
def getticket(tx: Tx, app: App, req: TicketRequest) -> Ticket:
    """获取ticket"""
    ticket, left_ms = tickets.get(tx, app, type=req.type)
    return Ticket(ticket, left_ms // SECOND_MS)
