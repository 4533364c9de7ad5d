"""小程序登录: a login code becomes an openid and a session key."""

from typing import Annotated

from msgspec import Meta

from hutong.domains.apps import apps, openids
from hutong.domains.apps.tables import App
from hutong.domains.miniapp import login_codes
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.endpoints import Nobody, Request, Response
from hutong.kernel.errors import DomainError

from .errors import GRANT_TYPE_INVALID, SIG_METHOD_INVALID
from .protocol import mp


class SessionRequest(Request):
    appid: str
    secret: str
    js_code: Annotated[str, Meta(max_length=128)]
    grant_type: str = "authorization_code"


class SessionAnswer(Response):
    session_key: str
    openid: str
    unionid: str


@mp.get("/sns/jscode2session")
def jscode2session(tx: Tx, caller: Nobody, req: SessionRequest) -> SessionAnswer:
    """小程序登录"""
    if req.grant_type != "authorization_code":
        raise DomainError(GRANT_TYPE_INVALID)
    app = apps.authenticate(tx, req.appid, req.secret)
    signed_in = login_codes.sign_in(tx, app=app, code=req.js_code)
    return SessionAnswer(signed_in.session_key, signed_in.openid, signed_in.unionid)


class SignedRequest(Request):
    openid: str
    signature: str
    sig_method: str

    def require_method(self) -> None:
        if self.sig_method != "hmac_sha256":
            raise DomainError(SIG_METHOD_INVALID)


@mp.get("/wxa/checksession")
def checksession(snapshot: Snapshot, app: App, req: SignedRequest) -> None:
    """检验登录态"""
    req.require_method()
    user_id = openids.user_of(snapshot, appid=app.appid, openid=req.openid)
    login_codes.check(snapshot, appid=app.appid, user_id=user_id, signature=req.signature)


class NewSession(Response):
    openid: str
    session_key: str


@mp.get("/wxa/resetusersessionkey")
def resetusersessionkey(tx: Tx, app: App, req: SignedRequest) -> NewSession:
    """重置登录态"""
    req.require_method()
    user_id = openids.user_of(tx, appid=app.appid, openid=req.openid)
    fresh = login_codes.reset(tx, appid=app.appid, user_id=user_id, signature=req.signature)
    return NewSession(req.openid, fresh)
