"""小程序码: codes that open a page, as pictures. All three kinds are drawn as QR codes for now."""

from typing import Annotated

from msgspec import Meta

from hutong.domains.apps.tables import App
from hutong.domains.miniapp import program_codes
from hutong.domains.miniapp.tables import Channel
from hutong.kernel import drawn_codes
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.endpoints import Raw, Request

from .protocol import mp

Width = Annotated[int, Meta(ge=0, le=100_000)]
Shade = Annotated[int, Meta(ge=0, le=255)] | Annotated[str, Meta(pattern=r"^[0-9]{1,3}\Z")]


class Color(Request):
    r: Shade = 0
    g: Shade = 0
    b: Shade = 0

    @property
    def rgb(self) -> drawn_codes.Color:
        return min(int(self.r), 255), min(int(self.g), 255), min(int(self.b), 255)


class Picture(Request):
    """How a code looks. `auto_color` leaves the colour to us: black."""

    width: Width = 430
    auto_color: bool = False
    line_color: Color = Color()
    is_hyaline: bool = False

    def draw(self, text: str) -> Raw:
        color = drawn_codes.BLACK if self.auto_color else self.line_color.rgb
        if self.is_hyaline:
            png = drawn_codes.Format.PNG
            drawn = drawn_codes.draw(text, width=self.width or 430, format=png, color=color, see_through=True)
            return Raw(drawn, "image/png")
        return Raw(drawn_codes.draw(text, width=self.width or 430, color=color), "image/jpeg")


class LimitedRequest(Picture):
    path: str = ""
    env_version: Channel = Channel.RELEASE


class UnlimitedRequest(Picture):
    scene: str = ""
    page: str = ""
    check_path: bool = True
    env_version: Channel = Channel.RELEASE


class QrcodeRequest(Picture):
    path: str = ""


def draw_path(snapshot: Snapshot, app: App, req: LimitedRequest | QrcodeRequest) -> Raw:
    channel = req.env_version if isinstance(req, LimitedRequest) else Channel.RELEASE
    page, _, query = req.path.partition("?")
    text = program_codes.text_of(snapshot, appid=app.appid, channel=channel, page=page, query=query)
    return req.draw(text)


def draw_scene(snapshot: Snapshot, app: App, req: UnlimitedRequest) -> Raw:
    return req.draw(
        program_codes.text_of(
            snapshot, appid=app.appid, channel=req.env_version, page=req.page, scene=req.scene
        )
    )


@mp.post("/wxa/getwxacode", prepare=draw_path)
def getwxacode(tx: Tx, app: App, req: LimitedRequest, picture: Raw) -> Raw:
    """获取小程序码"""
    program_codes.limited(tx, app=app, path=req.path, channel=req.env_version)
    return picture


@mp.post("/wxa/getwxacodeunlimit", prepare=draw_scene)
def getwxacodeunlimit(tx: Tx, app: App, req: UnlimitedRequest, picture: Raw) -> Raw:
    """获取不限制的小程序码"""
    program_codes.unlimited(
        tx, app=app, page=req.page, scene=req.scene, channel=req.env_version, check_path=req.check_path
    )
    return picture


@mp.post("/cgi-bin/wxaapp/createwxaqrcode", prepare=draw_path)
def createwxaqrcode(tx: Tx, app: App, req: QrcodeRequest, picture: Raw) -> Raw:
    """获取小程序二维码"""
    program_codes.limited(
        tx, app=app, path=req.path, channel=Channel.RELEASE, longest=program_codes.QR_PATH_LENGTH
    )
    return picture
