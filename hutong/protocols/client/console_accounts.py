"""The console of an official account: its menu and its fans."""

from typing import Annotated

import msgspec
from msgspec import Meta

from hutong.domains.apps import access, acts, apps, openids
from hutong.domains.apps.tables import App, Role
from hutong.domains.identity import users
from hutong.domains.media import files
from hutong.domains.official import follows, menus
from hutong.domains.official.tables import Button, ButtonKind, Follow
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.endpoints import Id, Request, Response

from .console import AppRef, Limit, Text
from .protocol import Person, client

Url = Annotated[str, Meta(max_length=1024)]


class MenuButton(Request):
    """A button as its editor shows it; one with buttons below has no kind of its own."""

    name: Text
    type: ButtonKind | None = None
    key: Text = ""
    url: Url = ""
    appid: Text = ""
    pagepath: Url = ""
    sub_button: Annotated[list["MenuButton"], Meta(max_length=menus.SUB_BUTTONS)] = []


class NewMenu(AppRef):
    buttons: Annotated[list[MenuButton], Meta(max_length=menus.BUTTONS)]


class MenuView(Response):
    """The account's menu; no buttons when there is none."""

    buttons: list[Button]
    set_at: int | None


def _account(snapshot: Snapshot, appid: str, person: Person) -> App:
    app = access.require_app(snapshot, appid, person.user_id, at_least=Role.OPERATOR)
    return apps.require_kind(app, *apps.ACCOUNTS)


@client.get("/console/apps/{appid}/menu")
def get_own_menu(snapshot: Snapshot, person: Person, req: AppRef) -> MenuView:
    """The account's menu, for its editor."""
    menu = menus.find(snapshot, _account(snapshot, req.appid, person).appid)
    return MenuView(buttons=menu.buttons, set_at=menu.set_at) if menu else MenuView(buttons=[], set_at=None)


@client.put("/console/apps/{appid}/menu")
def set_own_menu(tx: Tx, person: Person, req: NewMenu) -> MenuView:
    """Replace the account's menu; no buttons takes it away."""
    app = _account(tx, req.appid, person)
    acts.record(tx, org_id=app.org_id, user_id=person.user_id, verb="account.menu", target=app.appid)
    if not req.buttons:
        menus.delete(tx, app.appid)
        return MenuView(buttons=[], set_at=None)
    menu = menus.set_(
        tx, appid=app.appid, buttons=msgspec.convert(req.buttons, list[Button], from_attributes=True)
    )
    return MenuView(buttons=menu.buttons, set_at=menu.set_at)


class FanQuery(AppRef):
    before: Id | None = None
    limit: Limit = 50


class FanView(Response):
    """A fan as the account may know them: by openid, nickname and picture."""

    follow_id: str
    openid: str
    nickname: str
    avatar: str
    remark: str
    scene: str
    code_scene: str
    followed_at: int


class FanPage(Response):
    total: int
    fans: list[FanView]
    next: str | None  # where the next page begins


class FanRemark(AppRef):
    openid: Text
    remark: Text


@client.get("/console/apps/{appid}/fans")
def list_fans(snapshot: Snapshot, person: Person, req: FanQuery) -> FanPage:
    """Who follows the account, newest first."""
    app = _account(snapshot, req.appid, person)
    before = int(req.before) if req.before else None
    total, page = follows.newest(snapshot, app.appid, before=before, limit=req.limit)
    known = users.many(snapshot, [follow.user_id for follow in page])
    named = openids.of_many(snapshot, appid=app.appid, user_ids=known)
    return FanPage(
        total=total,
        fans=[
            FanView(
                follow_id=str(follow.id),
                openid=named.get(follow.user_id, ""),
                nickname=known[follow.user_id].nickname,
                avatar=files.address(snapshot, known[follow.user_id].avatar),
                remark=follow.remark,
                scene=follow.scene,
                code_scene=follow.code_scene,
                followed_at=follow.followed_at,
            )
            for follow in page
            if follow.user_id in known
        ],
        next=_next(page, req.limit),
    )


def _next(page: list[Follow], limit: int) -> str | None:
    return str(page[-1].id) if len(page) == limit else None


@client.put("/console/apps/{appid}/fans/{openid}")
def set_fan_remark(tx: Tx, person: Person, req: FanRemark) -> None:
    """The account's own name for a fan; an empty one takes it away."""
    app = _account(tx, req.appid, person)
    user_id = openids.user_of(tx, appid=app.appid, openid=req.openid)
    follows.set_remark(tx, appid=app.appid, user_id=user_id, remark=req.remark)
