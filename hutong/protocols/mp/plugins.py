"""插件管理: the plugins a program uses of others, and who may use its own."""

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from hutong.domains.apps import apps
from hutong.domains.apps.tables import App
from hutong.domains.media import files
from hutong.domains.miniapp import categories, plugins
from hutong.domains.miniapp.tables import PluginUse, PluginUseState
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.endpoints import Request, Response
from hutong.kernel.errors import DomainError

from .errors import ACTION_INVALID
from .protocol import mp

Appid = Annotated[str, Meta(max_length=32)]
STATUS = {PluginUseState.ASKED: 1, PluginUseState.AGREED: 2, PluginUseState.REFUSED: 3}  # published


class PluginAct(Request):
    """`action` is `apply`, `list` or `unbind`. The published `update` is refused: app.json names a plugin's version."""

    action: str
    plugin_appid: Appid = ""
    reason: Annotated[str, Meta(max_length=plugins.REASON_LENGTH)] = ""


class UsedPlugin(Response):
    """`version` is the newest that may be used."""

    appid: str
    status: int
    nickname: str
    headimgurl: str
    version: str


class UsedPlugins(Response):
    errcode: int = 0
    errmsg: str = "ok"
    plugin_list: list[UsedPlugin] | UnsetType = UNSET


@mp.post("/wxa/plugin")
def plugin(tx: Tx, app: App, req: PluginAct) -> UsedPlugins:
    """申请、查询、删除已添加的插件"""
    match req.action:
        case "apply":
            plugins.ask(tx, appid=app.appid, plugin_appid=req.plugin_appid, reason=req.reason)
        case "unbind":
            plugins.give_up(tx, appid=app.appid, plugin_appid=req.plugin_appid)
        case "list":
            return UsedPlugins(plugin_list=_used(tx, plugins.of_program(tx, app.appid)))
        case _:
            raise DomainError(ACTION_INVALID)
    return UsedPlugins()


def _used(snapshot: Snapshot, uses: list[PluginUse]) -> list[UsedPlugin]:
    appids = [use.plugin_appid for use in uses]
    known, numbers = apps.many(snapshot, appids), plugins.newest_numbers(snapshot, appids)
    return [
        UsedPlugin(
            appid=use.plugin_appid,
            status=STATUS[use.state],
            nickname=known[use.plugin_appid].name,
            headimgurl=files.address(snapshot, known[use.plugin_appid].avatar),
            version=numbers.get(use.plugin_appid, ""),
        )
        for use in uses
    ]


class DevPluginAct(Request):
    """`action` is `dev_apply_list`, `dev_agree`, `dev_refuse` or `dev_delete`; the last two without an appid are for
    all that wait, or were refused.
    """

    action: str
    appid: Appid = ""
    reason: Annotated[str, Meta(max_length=plugins.REASON_LENGTH)] = ""
    page: Annotated[int, Meta(ge=1, le=10_000)] = 1
    num: Annotated[int, Meta(ge=1, le=plugins.PAGE)] = 10


class AskerCategory(Response):
    first: str
    second: str


class Asker(Response):
    """`create_time` is in seconds, as text."""

    appid: str
    status: int
    nickname: str
    headimgurl: str
    reason: str
    apply_url: str
    create_time: str
    categories: list[AskerCategory]


class Askers(Response):
    errcode: int = 0
    errmsg: str = "ok"
    apply_list: list[Asker] | UnsetType = UNSET


@mp.post("/wxa/devplugin")
def devplugin(tx: Tx, app: App, req: DevPluginAct) -> Askers:
    """查询和修改插件使用申请"""
    own = app.appid
    match req.action:
        case "dev_apply_list":
            skip = (req.page - 1) * req.num
            return Askers(apply_list=_askers(tx, plugins.askers(tx, own, skip=skip, most=req.num)))
        case "dev_agree":
            plugins.decide(tx, plugin_appid=own, appid=req.appid, agree=True)
        case "dev_refuse":
            for appid in [req.appid] if req.appid else plugins.appids_in(tx, own, PluginUseState.ASKED):
                plugins.decide(tx, plugin_appid=own, appid=appid, agree=False, answer=req.reason)
        case "dev_delete":
            for appid in [req.appid] if req.appid else plugins.appids_in(tx, own, PluginUseState.REFUSED):
                plugins.forget(tx, plugin_appid=own, appid=appid)
        case _:
            raise DomainError(ACTION_INVALID)
    return Askers()


def _askers(snapshot: Snapshot, uses: list[PluginUse]) -> list[Asker]:
    known = apps.many(snapshot, [use.appid for use in uses])
    held = categories.of_many(snapshot, list(known))
    return [
        Asker(
            appid=use.appid,
            status=STATUS[use.state],
            nickname=known[use.appid].name,
            headimgurl=files.address(snapshot, known[use.appid].avatar),
            reason=use.reason,
            apply_url="",
            create_time=str(use.applied_at // 1000),
            categories=[AskerCategory(one.first_name, one.second_name) for one in held.get(use.appid, [])],
        )
        for use in uses
    ]
