"""带参数的二维码: codes that tell an account where they were scanned."""

from typing import Annotated
from urllib.parse import unquote

import msgspec
from msgspec import Meta

from hutong.domains.apps.tables import App
from hutong.domains.official import scenes
from hutong.domains.official.errors import TICKET_UNKNOWN
from hutong.kernel import drawn_codes
from hutong.kernel.clock import SECOND_MS
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.endpoints import Int64, Natural, Nobody, Raw, Request, Response
from hutong.kernel.errors import DomainError

from .errors import ACTION_NAME_INVALID
from .protocol import mp

WIDTH = 430
ACTIONS = {  # the action's name → whether the code lasts
    "QR_SCENE": False,
    "QR_STR_SCENE": False,
    "QR_LIMIT_SCENE": True,
    "QR_LIMIT_STR_SCENE": True,
}


class SceneValue(Request):
    scene_id: Int64 | None = None
    scene_str: str | None = None


class ActionInfo(Request):
    scene: SceneValue


class QrcodeRequest(Request):
    action_name: str
    action_info: ActionInfo
    expire_seconds: Natural | None = None


class Qrcode(Response):
    ticket: str
    expire_seconds: int | msgspec.UnsetType
    url: str


@mp.post("/cgi-bin/qrcode/create")
def create(tx: Tx, app: App, req: QrcodeRequest) -> Qrcode:
    """生成带参数的二维码"""
    permanent = ACTIONS.get(req.action_name)
    if permanent is None:
        raise DomainError(ACTION_NAME_INVALID)
    given = req.action_info.scene
    by_text = req.action_name.endswith("STR_SCENE")
    scene = scenes.scene_of(
        None if by_text else given.scene_id, (given.scene_str or "") if by_text else None, permanent=permanent
    )
    lasts_ms = None
    if not permanent:
        lasts_ms = scenes.DEFAULT_LIFE_MS
        if req.expire_seconds:
            lasts_ms = min(req.expire_seconds * SECOND_MS, scenes.LONGEST_LIFE_MS)
    made = scenes.create(tx, appid=app.appid, scene=scene, lasts_ms=lasts_ms)
    expire_seconds = msgspec.UNSET if lasts_ms is None else lasts_ms // SECOND_MS
    return Qrcode(ticket=made.ticket, expire_seconds=expire_seconds, url=made.url)


class TicketRequest(Request):
    ticket: Annotated[str, Meta(max_length=256)]


def draw(snapshot: Snapshot, caller: Nobody, req: TicketRequest) -> bytes | None:
    """The picture of a ticket's code; None when there is no such ticket."""
    try:
        scene = scenes.get(snapshot, unquote(req.ticket))  # many SDKs encode the ticket twice
    except DomainError as error:
        if error.code is not TICKET_UNKNOWN:
            raise
        return None
    return drawn_codes.draw(scene.url, width=WIDTH)


@mp.get("/cgi-bin/showqrcode", prepare=draw)
def showqrcode(snapshot: Snapshot, caller: Nobody, req: TicketRequest, picture: bytes | None) -> Raw:
    """通过ticket换取二维码"""
    if picture is None:
        return Raw(b"", "text/plain", status=404)
    return Raw(picture, "image/jpg")
