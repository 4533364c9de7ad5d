"""用户信息: the phone number a person lets a program know."""

from typing import Annotated

from msgspec import Meta

from hutong.domains.apps.tables import App
from hutong.domains.miniapp import phone_codes
from hutong.kernel.clock import SECOND_MS
from hutong.kernel.db import Tx
from hutong.kernel.endpoints import Request, Response

from .protocol import mp


class PhoneRequest(Request):
    code: Annotated[str, Meta(max_length=128)]
    openid: str | None = None


class Watermark(Response):
    timestamp: int
    appid: str


class PhoneInfo(Response, rename="camel"):
    phone_number: str
    pure_phone_number: str
    country_code: str
    watermark: Watermark


class PhoneAnswer(Response):
    phone_info: PhoneInfo
    errcode: int = 0
    errmsg: str = "ok"


@mp.post("/wxa/business/getuserphonenumber")
def getuserphonenumber(tx: Tx, app: App, req: PhoneRequest) -> PhoneAnswer:
    """获取手机号"""
    phone = phone_codes.redeem(tx, appid=app.appid, code=req.code, openid=req.openid)
    watermark = Watermark(tx.wire_now // SECOND_MS, app.appid)
    return PhoneAnswer(PhoneInfo(phone.number, phone.pure, phone.country, watermark))
