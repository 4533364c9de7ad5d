"""小程序码: codes that open a page, as pictures: two kinds round, the third a QR code."""

from typing import Annotated

import msgspec
from msgspec import Meta

from hutong.domains.apps.tables import App
from hutong.domains.miniapp import program_codes
from hutong.domains.miniapp.tables import Channel
from hutong.kernel import drawn_codes, round_codes
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.drawn_codes import Format
from hutong.kernel.endpoints import Raw, Request

from .protocol import mp

Width = Annotated[int, Meta(ge=0, le=100_000)]
Shade = Annotated[int, Meta(ge=0, le=255)] | Annotated[str, Meta(pattern=r"^[0-9]{1,3}\Z")]


class Color(Request):
    r: Shade = 0
    g: Shade = 0
    b: Shade = 0

    @property
    def rgb(self) -> round_codes.Color:
        return min(int(self.r), 255), min(int(self.g), 255), min(int(self.b), 255)


class Picture(Request):
    """How a code looks. The width is kept within the published bounds; `auto_color` is the logo's own colour."""

    width: Width = 430
    auto_color: bool = False
    line_color: Color = Color()
    is_hyaline: bool = False

    def draw(self, text: str, logo: bytes) -> Raw:
        color = self.line_color.rgb
        if self.auto_color:
            color = round_codes.colour_of(logo) if logo else round_codes.BLACK
        drawn = round_codes.draw(
            program_codes.id_of(text),
            width=self.width or 430,
            format=Format.PNG if self.is_hyaline else Format.JPEG,
            color=color,
            see_through=self.is_hyaline,
            logo=logo,
        )
        return Raw(drawn, "image/png" if self.is_hyaline else "image/jpeg")


class LimitedRequest(Picture):
    path: str = ""
    env_version: Channel = Channel.RELEASE


class UnlimitedRequest(Picture):
    scene: str = ""
    page: str = ""
    check_path: bool = True
    env_version: Channel = Channel.RELEASE


class QrcodeRequest(Request):
    path: str = ""
    width: Width = 430


def _text(snapshot: Snapshot, app: App, path: str, channel: Channel) -> str:
    page, _, query = path.partition("?")
    return program_codes.text_of(snapshot, appid=app.appid, channel=channel, page=page, query=query)


def draw_path(snapshot: Snapshot, app: App, req: LimitedRequest) -> Raw:
    text = _text(snapshot, app, req.path, req.env_version)
    return req.draw(text, program_codes.logo(snapshot, app))


def draw_scene(snapshot: Snapshot, app: App, req: UnlimitedRequest) -> Raw:
    text = program_codes.text_of(
        snapshot, appid=app.appid, channel=req.env_version, page=req.page, scene=req.scene
    )
    return req.draw(text, program_codes.logo(snapshot, app))


def draw_square(snapshot: Snapshot, app: App, req: QrcodeRequest) -> Raw:
    width = max(req.width or 430, round_codes.NARROWEST)
    return Raw(drawn_codes.draw(_text(snapshot, app, req.path, Channel.RELEASE), width=width), "image/jpeg")


def _counted(snapshot: Snapshot, app: App, picture: Raw) -> Raw:
    """With the published header that tells how many lasting codes were made."""
    made = program_codes.limited_made(snapshot, app.appid)
    return msgspec.structs.replace(picture, headers={"Num-Used": str(made)})


@mp.post("/wxa/getwxacode", prepare=draw_path)
def getwxacode(tx: Tx, app: App, req: LimitedRequest, picture: Raw) -> Raw:
    """获取小程序码"""
    program_codes.limited(tx, app=app, path=req.path, channel=req.env_version)
    return _counted(tx, app, picture)


@mp.post("/wxa/getwxacodeunlimit", prepare=draw_scene)
def getwxacodeunlimit(tx: Tx, app: App, req: UnlimitedRequest, picture: Raw) -> Raw:
    """获取不限制的小程序码"""
    program_codes.unlimited(
        tx, app=app, page=req.page, scene=req.scene, channel=req.env_version, check_path=req.check_path
    )
    return picture


@mp.post("/cgi-bin/wxaapp/createwxaqrcode", prepare=draw_square)
def createwxaqrcode(tx: Tx, app: App, req: QrcodeRequest, picture: Raw) -> Raw:
    """获取小程序二维码"""
    program_codes.limited(
        tx, app=app, path=req.path, channel=Channel.RELEASE, longest=program_codes.QR_PATH_LENGTH
    )
    return _counted(tx, app, picture)
