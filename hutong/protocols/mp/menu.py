"""自定义菜单: the menu under an account's conversation."""

from typing import Any

from hutong.domains.apps.tables import App
from hutong.domains.official import menus
from hutong.domains.official.errors import BUTTON_TYPE
from hutong.domains.official.tables import Button, ButtonKind
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.endpoints import Request, Response
from hutong.kernel.errors import DomainError

from .protocol import mp


class MenuButton(Request):
    name: str = ""
    type: str = ""
    key: str = ""
    url: str = ""
    appid: str = ""
    pagepath: str = ""
    media_id: str = ""
    article_id: str = ""
    sub_button: list["MenuButton"] = []

    def button(self) -> Button:
        """Raises BUTTON_TYPE for a kind nobody published."""
        try:
            kind = ButtonKind(self.type) if self.type else None
        except ValueError:
            raise DomainError(BUTTON_TYPE, type=self.type) from None
        return Button(
            name=self.name,
            type=kind,
            key=self.key,
            url=self.url,
            appid=self.appid,
            pagepath=self.pagepath,
            media_id=self.media_id,
            article_id=self.article_id,
            sub_button=[] if kind else [below.button() for below in self.sub_button],
        )


class MenuRequest(Request):
    button: list[MenuButton]


@mp.post("/cgi-bin/menu/create")
def create(tx: Tx, app: App, req: MenuRequest) -> None:
    """创建接口"""
    menus.set_(tx, appid=app.appid, buttons=[button.button() for button in req.button])


def _published(button: Button, *, in_list: bool) -> dict[str, Any]:
    """A button as it is handed back; the two queries disagree on how a sub-menu is wrapped."""
    shown: dict[str, Any] = {} if button.type is None else {"type": button.type.value}
    shown["name"] = button.name
    for field in ("key", "url", "appid", "pagepath", "media_id", "article_id"):
        if value := getattr(button, field):
            shown[field] = value
    below = [_published(each, in_list=in_list) for each in button.sub_button]
    if below or not in_list:
        shown["sub_button"] = {"list": below} if in_list else below
    return shown


class Buttons(Response):
    button: list[dict[str, Any]]
    menuid: int


class MenuAnswer(Response):
    menu: Buttons


@mp.get("/cgi-bin/menu/get")
def get(snapshot: Snapshot, app: App) -> MenuAnswer:
    """获取自定义菜单配置"""
    menu = menus.get(snapshot, app.appid)
    return MenuAnswer(Buttons([_published(button, in_list=False) for button in menu.buttons], menu.menu_id))


@mp.get("/cgi-bin/menu/delete")
def delete(tx: Tx, app: App) -> None:
    """删除接口"""
    menus.delete(tx, app.appid)


class CurrentButtons(Response):
    button: list[dict[str, Any]]


class CurrentMenu(Response):
    is_menu_open: int
    selfmenu_info: CurrentButtons


@mp.get("/cgi-bin/get_current_selfmenu_info")
def get_current_selfmenu_info(snapshot: Snapshot, app: App) -> CurrentMenu:
    """查询接口"""
    menu = menus.find(snapshot, app.appid)
    shown = [] if menu is None else [_published(button, in_list=True) for button in menu.buttons]
    return CurrentMenu(is_menu_open=int(menu is not None), selfmenu_info=CurrentButtons(shown))
