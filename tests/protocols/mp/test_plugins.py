"""Plugins over their published wire."""

from typing import Any

import pytest

from hutong.domains.apps.tables import App, AppKind
from hutong.domains.miniapp import plugins
from hutong.kernel.db import Tx
from tests.domains.builders import a_user, an_app

OFFER = plugins.Offer(source_hash="0" * 64, size_bytes=9, components=["map"], pages=[], warnings=[])


@pytest.fixture
def maker(tx: Tx) -> App:
    """A program of another organisation, with a plugin that is released."""
    app = an_app(tx, kind=AppKind.MINI_PROGRAM)
    version = plugins.upload(
        tx, appid=app.appid, number="1.0.0", description="", offer=OFFER, uploaded_by=a_user(tx).id
    )
    plugins.release(tx, appid=app.appid, version_id=version.id)
    return app


def test_a_plugin_is_asked_for_agreed_to_listed_and_given_up(api: Any, program: App, maker: App) -> None:
    def use(**asked: str) -> Any:
        return api("POST", "/wxa/plugin", as_=program, json=asked)

    def decide(**said: Any) -> Any:
        return api("POST", "/wxa/devplugin", as_=maker, json=said)

    assert use(action="list") == {"errcode": 0, "errmsg": "ok", "plugin_list": []}
    wish = {"action": "apply", "plugin_appid": maker.appid, "reason": "for the map"}
    assert use(**wish)["errcode"] == 0
    assert use(**wish)["errcode"] == 89237
    (asked,) = decide(action="dev_apply_list", page=1, num=10)["apply_list"]
    assert (asked["appid"], asked["status"], asked["reason"]) == (program.appid, 1, "for the map")
    assert asked["nickname"] == program.name and int(asked["create_time"]) > 1_700_000_000
    assert decide(action="dev_delete", appid=program.appid)["errcode"] == 89243
    assert decide(action="dev_refuse", reason="who are you?")["errcode"] == 0
    assert use(action="list")["plugin_list"][0]["status"] == 3
    assert decide(action="dev_agree", appid=program.appid)["errcode"] == 89240
    assert decide(action="dev_delete")["errcode"] == 0
    assert decide(action="dev_apply_list")["apply_list"] == []

    use(**wish)
    assert decide(action="dev_agree", appid=program.appid)["errcode"] == 0
    assert decide(action="dev_delete", appid=program.appid)["errcode"] == 89241
    (used,) = use(action="list")["plugin_list"]
    assert (used["appid"], used["status"], used["version"]) == (maker.appid, 2, "1.0.0")
    assert use(action="update", plugin_appid=maker.appid, user_version="1.0.0")["errcode"] != 0
    assert use(action="unbind", plugin_appid=maker.appid)["errcode"] == 0
    assert use(action="unbind", plugin_appid=maker.appid)["errcode"] == 89242


def test_what_cannot_be_asked_for_is_refused_as_published(tx: Tx, api: Any, program: App, maker: App) -> None:
    def ask(plugin_appid: str, as_: App = program) -> int:
        asked = {"action": "apply", "plugin_appid": plugin_appid}
        return int(api("POST", "/wxa/plugin", as_=as_, json=asked)["errcode"])

    assert ask("wx0000000000000000") == 89239
    assert ask(maker.appid, as_=maker) == 89236
    unreleased = an_app(tx, kind=AppKind.MINI_PROGRAM)
    plugins.upload(
        tx, appid=unreleased.appid, number="1", description="", offer=OFFER, uploaded_by=a_user(tx).id
    )
    assert ask(unreleased.appid) == 89236
    assert ask(maker.appid, as_=an_app(tx)) == 48001
    assert api("POST", "/wxa/plugin", as_=program, json={"action": "steal"})["errcode"] == 40097
    assert api("POST", "/wxa/devplugin", as_=maker, json={"action": "steal"})["errcode"] == 40097
    assert (
        api("POST", "/wxa/devplugin", as_=maker, json={"action": "dev_agree", "appid": "wx"})["errcode"]
        == 89242
    )
