"""Subscribe messages through the published API: from the template library to the notice a person opens."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from wechatpy import WeChatClient, parse_message
from wechatpy.exceptions import WeChatClientException

from hutong.kernel import xml
from hutong.testing import MiniProgram, OfficialAccount, Person, Server
from tests.listener import Listener

NEW = "/wxaapi/newtmpl/"
READY = {"character_string1": "A018", "thing2": "高山乌龙", "phrase4": "已完成"}


@pytest.fixture
def developer() -> Iterator[Listener]:
    with Listener() as made:
        yield made


def said(values: dict[str, str]) -> dict[str, Any]:
    return {name: {"value": value} for name, value in values.items()}


def make(app: MiniProgram | OfficialAccount, kids: list[int] | None = None) -> str:
    """A template of the app, made as its developer would make it."""
    asked = {"tid": "1476", "kidList": kids or [1, 2, 4], "sceneDesc": "叫号取餐"}
    made: str = app.call("POST", NEW + "addtemplate", asked)["priTmplId"]
    return made


def tick(user: Person, app: MiniProgram | OfficialAccount, template_id: str, *, yes: bool = True) -> None:
    asked = {"template_ids": [template_id], "ticked": [template_id] if yes else []}
    answer = user.request("POST", f"/programs/{app.appid}/subscriptions", json=asked)
    assert answer["results"] == {template_id: "accept" if yes else "reject"}


def notices(user: Person) -> list[dict[str, Any]]:
    """The bodies of what stands among the person's service notices."""
    lines = user.request("GET", "/conversations")["conversations"]
    (line,) = [found for found in lines if found["kind"] == "NOTICES"]
    found = user.request("GET", f"/conversations/{line['conversation_id']}/messages")["messages"]
    return [message["body"] for message in found]


def test_a_template_is_chosen_from_the_library(mini_program: MiniProgram) -> None:
    call = mini_program.call
    (category,) = call("GET", NEW + "getcategory")["data"]
    assert category == {"id": 632, "name": "餐饮服务场所"}
    asked = {"ids": str(category["id"]), "start": 0, "limit": 2}
    listed = call("GET", NEW + "getpubtemplatetitles", params=asked)
    assert len(listed["data"]) == 2 < listed["count"]
    assert listed["data"][0] == {"tid": 1476, "title": "取餐提醒", "type": 2, "categoryId": "632"}
    words = call("GET", NEW + "getpubtemplatekeywords", params={"tid": "1476"})
    assert words["count"] == len(words["data"])
    first = {"kid": 1, "name": "取餐号", "example": "A018", "rule": "character_string"}
    assert words["data"][0] == first

    template_id = make(mini_program)
    queue = {"tid": "1477", "kidList": [1, 4], "sceneDesc": "排队"}
    call("POST", NEW + "addtemplate", queue)
    kept, queued = call("GET", NEW + "gettemplate")["data"]
    assert (kept["priTmplId"], kept["title"], kept["type"]) == (template_id, "取餐提醒", 2)
    assert kept["content"].splitlines()[1] == "商品:{{thing2.DATA}}"
    assert queued["keywordEnumValueList"] == [
        {"keywordCode": "enum4", "enumValueList": ["小桌", "中桌", "大桌", "包间"]}
    ]
    assert call("POST", NEW + "deltemplate", {"priTmplId": template_id})["errcode"] == 0
    assert [found["title"] for found in call("GET", NEW + "gettemplate")["data"]] == ["排队到号通知"]


@pytest.mark.parametrize(
    ("method", "path", "asked", "errcode"),
    [
        ("GET", "getpubtemplatetitles", {"ids": "157"}, 200019),
        ("GET", "getpubtemplatetitles", {"ids": "632", "start": -1}, 200016),
        ("GET", "getpubtemplatetitles", {"ids": "632", "limit": 31}, 200017),
        ("GET", "getpubtemplatekeywords", {"tid": "2101"}, 200014),
        ("POST", "addtemplate", {"tid": "9", "kidList": [1, 2]}, 200014),
        ("POST", "addtemplate", {"tid": "1476", "kidList": [1]}, 200020),
        ("POST", "addtemplate", {"tid": "1476", "kidList": [1, 2], "sceneDesc": "长" * 16}, 200021),
        ("POST", "deltemplate", {"priTmplId": "none"}, 40037),
    ],
)
def test_the_library_refuses_as_published(
    mini_program: MiniProgram, method: str, path: str, asked: dict[str, Any], errcode: int
) -> None:
    given: dict[str, Any] = {"params": asked} if method == "GET" else {"json": asked}
    assert mini_program.call(method, NEW + path, **given)["errcode"] == errcode


def test_an_app_keeps_25_templates_and_none_twice(mini_program: MiniProgram) -> None:
    kids = [[a, b] for a in range(1, 7) for b in range(1, 7) if a != b]
    for pair in kids[:25]:
        make(mini_program, pair)
    again = {"tid": "1476", "kidList": kids[0]}
    assert mini_program.call("POST", NEW + "addtemplate", again)["errcode"] in (200012, 200022)
    last = mini_program.call("GET", NEW + "gettemplate")["data"][-1]["priTmplId"]
    mini_program.call("POST", NEW + "deltemplate", {"priTmplId": last})
    assert mini_program.call("POST", NEW + "addtemplate", again)["errcode"] == 200022
    make(mini_program, kids[26])
    more = {"tid": "1476", "kidList": kids[27]}
    assert mini_program.call("POST", NEW + "addtemplate", more)["errcode"] == 200012


def test_wechatpy_sends_once_for_each_tick(
    published: Server, user: Person, mini_program: MiniProgram
) -> None:
    openid = mini_program.sign_in(user.login(mini_program))["openid"]
    template_id = make(mini_program)
    wxa = WeChatClient(mini_program.appid, mini_program.secret).wxa
    with pytest.raises(WeChatClientException, check=lambda error: error.errcode == 43101):
        wxa.send_subscribe_message(openid, template_id, said(READY))
    sheet = user.request(
        "GET", f"/programs/{mini_program.appid}/subscribe-sheet", params={"template_ids": template_id}
    )
    (asked,) = sheet["templates"]
    assert (asked["title"], asked["status"], sheet["muted"]) == ("取餐提醒", "ask", False)
    assert asked["sample"][0] == {"name": "取餐号", "example": "A018"}
    tick(user, mini_program, template_id)
    opened = user.request("POST", f"/programs/{mini_program.appid}/open", json={})
    page = f"{opened['version']['pages'][0]}?no=18"
    assert wxa.send_subscribe_message(openid, template_id, said(READY), page=page)["errcode"] == 0
    with pytest.raises(WeChatClientException, check=lambda error: error.errcode == 43101):
        wxa.send_subscribe_message(openid, template_id, said(READY))
    (body,) = notices(user)
    assert (body["title"], body["appid"], body["path"]) == ("取餐提醒", mini_program.appid, page)
    assert [field["value"] for field in body["fields"]] == list(READY.values())
    tick(user, mini_program, template_id, yes=False)
    with pytest.raises(WeChatClientException, check=lambda error: error.errcode == 43101):
        wxa.send_subscribe_message(openid, template_id, said(READY))


def test_a_message_is_refused_as_published(user: Person, mini_program: MiniProgram) -> None:
    openid = mini_program.sign_in(user.login(mini_program))["openid"]
    template_id = make(mini_program)
    tick(user, mini_program, template_id)
    good = {"touser": openid, "template_id": template_id, "data": said(READY)}
    trial = {"miniprogram_state": "trial", "lang": "en_US"}
    for change, errcode in (
        ({"touser": "nobody"}, 40003),
        ({"template_id": "none"}, 40037),
        ({"page": "pages/gone/gone"}, 41030),
        ({"data": said({**READY, "thing2": "茶" * 21})}, 47003),
        ({"data": {}}, 47003),
        ({"miniprogram_state": "beta"}, 40097),
        ({"lang": "fr_FR"}, 40097),
    ):
        answer = mini_program.call("POST", "/cgi-bin/message/subscribe/send", {**good, **change})
        assert answer["errcode"] == errcode, change
    unfit = {**good, "data": said({**READY, "phrase4": "done"})}
    assert (
        "data.phrase4.value" in mini_program.call("POST", "/cgi-bin/message/subscribe/send", unfit)["errmsg"]
    )
    sent = mini_program.call(
        "POST", "/cgi-bin/message/subscribe/send", {**good, **trial, "page": "pages/index/index"}
    )
    assert sent["errcode"] == 0 and sent["msgid"]
    (body,) = notices(user)
    assert (body["channel"], body["action"]) == ("trial", "View in the mini program")


def test_an_account_sends_notifications(
    user: Person, official_account: OfficialAccount, mini_program: MiniProgram
) -> None:
    user.follow(official_account)
    openid = official_account.call("GET", "/cgi-bin/user/get")["data"]["openid"][-1]
    template_id = make(official_account)
    asked = {"touser": openid, "template_id": template_id, "data": said(READY)}
    biz = "/cgi-bin/message/subscribe/bizsend"
    assert official_account.call("POST", biz, asked)["errcode"] == 43101
    tick(user, official_account, template_id)
    tick(user, official_account, template_id)
    target = {"appid": mini_program.appid, "pagepath": "pages/index/index"}
    assert official_account.call("POST", biz, {**asked, "miniprogram": target})["errcode"] == 0
    assert official_account.call("POST", biz, {**asked, "page": "https://tea.example/18"})["errcode"] == 0
    first, second = notices(user)
    assert (first["appid"], first["path"], second["url"]) == (
        mini_program.appid,
        "pages/index/index",
        "https://tea.example/18",
    )
    wrong = {"touser": openid, "template_id": template_id, "data": said(READY)}
    assert (
        mini_program.call(
            "POST", biz, {**wrong, "touser": mini_program.sign_in(user.login(mini_program))["openid"]}
        )["errcode"]
        == 43104
    )


def test_the_developer_hears_of_ticks_refusals_and_sends(
    hutong: Server, user: Person, mini_program: MiniProgram, developer: Listener
) -> None:
    openid = mini_program.sign_in(user.login(mini_program))["openid"]
    template_id = make(mini_program)
    for format in ("xml", "json"):
        mini_program.push_to(developer.url, format=format)
        tick(user, mini_program, template_id)
        sending = {"touser": openid, "template_id": template_id, "data": said(READY)}
        msgid = mini_program.call("POST", "/cgi-bin/message/subscribe/send", sending)["msgid"]
        choices = {"choices": {template_id: "REJECT"}}
        user.request("PATCH", f"/programs/{mini_program.appid}/subscriptions", json=choices)
        choices = {"choices": {template_id: "ASK"}}
        user.request("PATCH", f"/programs/{mini_program.appid}/subscriptions", json=choices)
        hutong.clock.settle()
        heard = {}
        for body in developer.received:
            if format == "xml":
                assert parse_message(body).source == openid
                fields: dict[str, Any] = dict(xml.parse(body.encode()))
                wrapper = "".join(part.capitalize() for part in fields["Event"].split("_"))
                heard[fields["Event"]] = fields[wrapper]["List"]
            else:
                fields = json.loads(body)
                heard[fields["Event"]] = fields["List"]
        developer.received.clear()
        assert heard == {
            "subscribe_msg_popup_event": {
                "TemplateId": template_id,
                "SubscribeStatusString": "accept",
                "PopupScene": "0",
            },
            "subscribe_msg_sent_event": {
                "TemplateId": template_id,
                "MsgID": str(msgid),
                "ErrorCode": "0",
                "ErrorStatus": "success",
            },
            "subscribe_msg_change_event": {"TemplateId": template_id, "SubscribeStatusString": "reject"},
        }
