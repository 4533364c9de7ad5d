"""公众号关联小程序: which mini programs belong to an account."""

from typing import Annotated

from msgspec import Meta

from hutong.domains.apps import apps
from hutong.domains.apps.tables import App
from hutong.domains.media import files
from hutong.domains.miniapp import versions
from hutong.domains.miniapp.tables import Channel
from hutong.domains.official import programs
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.endpoints import Request, Response

from .protocol import mp

Flag = Annotated[int, Meta(ge=0, le=1)] | Annotated[str, Meta(pattern=r"^[01]\Z")]
LINKED = 1  # published: linked; 2 and 3 wait for somebody


class Nothing(Request):
    pass


class LinkedItem(Response):
    """`selected`: shown on the account's page. `released`: somebody can open it."""

    status: int
    username: str
    appid: str
    nickname: str
    selected: int
    nearby_display_status: int
    released: int
    headimg_url: str
    source: str
    email: str = ""
    copy_verify_status: int = 0


class LinkedItems(Response):
    items: list[LinkedItem]


class LinkedPrograms(Response):
    wxopens: LinkedItems
    errcode: int = 0
    errmsg: str = "ok"


@mp.post("/cgi-bin/wxopen/wxamplinkget")
def wxamplinkget(snapshot: Snapshot, app: App, req: Nothing) -> LinkedPrograms:
    """获取公众号关联的小程序"""
    account = apps.require_kind(app, *apps.ACCOUNTS)
    linked = programs.of(snapshot, account.appid)
    known = apps.many(snapshot, [row.program_appid for row in linked])
    return LinkedPrograms(
        LinkedItems(
            [
                LinkedItem(
                    status=LINKED,
                    username=known[row.program_appid].original_id,
                    appid=row.program_appid,
                    nickname=known[row.program_appid].name,
                    selected=int(row.shown),
                    nearby_display_status=0,
                    released=int(versions.current(snapshot, row.program_appid, Channel.RELEASE) is not None),
                    headimg_url=files.address(snapshot, known[row.program_appid].avatar),
                    source="NORMAL",
                )
                for row in linked
            ]
        )
    )


class NewLink(Request):
    appid: Annotated[str, Meta(max_length=32)]
    notify_users: Flag = 0
    show_profile: Flag = 0


@mp.post("/cgi-bin/wxopen/wxamplink")
def wxamplink(tx: Tx, app: App, req: NewLink) -> None:
    """关联小程序"""
    programs.link(
        tx,
        appid=app.appid,
        program_appid=req.appid,
        shown=str(req.show_profile) == "1",
        tell=str(req.notify_users) == "1",
    )


class OldLink(Request):
    appid: Annotated[str, Meta(max_length=32)]


@mp.post("/cgi-bin/wxopen/wxampunlink")
def wxampunlink(tx: Tx, app: App, req: OldLink) -> None:
    """解除已关联的小程序"""
    programs.unlink(tx, appid=app.appid, program_appid=req.appid)
