"""Fans, menus, scene codes, templates, customer service and material over their published wire."""

import io
from typing import Any

import msgspec
import pytest
from PIL import Image

from hutong.domains.apps import apps, openids, tokens
from hutong.domains.apps.tables import App
from hutong.domains.chat import bodies, conversations, messages
from hutong.domains.chat.events import AccountMessageSent
from hutong.domains.identity.tables import User
from hutong.domains.official import follows, handlers, scenes
from hutong.domains.official.tables import FollowScene
from hutong.kernel.clock import HOUR_MS, MINUTE_MS, HandWound
from hutong.kernel.db import Tx
from hutong.kernel.endpoints import Upload
from hutong.protocols.mp import mp
from tests.domains.builders import a_user

UNKNOWN = "o" + "x" * 27


@pytest.fixture
def ann(tx: Tx) -> User:
    return a_user(tx)


@pytest.fixture
def openid(tx: Tx, account: App, ann: User) -> str:
    """Ann follows the account."""
    follows.follow(tx, appid=account.appid, user_id=ann.id, scene=FollowScene.SEARCH)
    return openids.of(tx, appid=account.appid, user_id=ann.id)


def speak(tx: Tx, account: App, ann: User) -> None:
    conversation = conversations.with_account(tx, user_id=ann.id, appid=account.appid)
    messages.send(tx, conversation.id, sender=ann.id, body=bodies.Text("在吗"))
    handlers.open_window(tx, tx.emitted(AccountMessageSent)[-1])


def said(tx: Tx, account: App, ann: User) -> bodies.MessageBody:
    conversation = conversations.with_account(tx, user_id=ann.id, appid=account.appid)
    return messages.get(tx, conversation.id, conversation.last_seq).body


def picture(width: int = 40) -> Upload:
    out = io.BytesIO()
    Image.new("RGB", (width, width), (10, 120, 90)).save(out, "PNG")
    return Upload("tea.png", "image/png", out.getvalue())


# ── the token on every call ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("token", "errcode"), [(None, 41001), ("", 41001), ("%%%", 40014), ("96_unknown", 40001)]
)
def test_a_call_without_a_good_token_is_refused(api: Any, token: str | None, errcode: int) -> None:
    query = {} if token is None else {"access_token": token}
    assert api("GET", "/cgi-bin/menu/get", query=query)["errcode"] == errcode


def test_an_expired_token_says_so_in_the_words_sdks_look_for(
    api: Any, clock: HandWound, account: App
) -> None:
    assert api("GET", "/cgi-bin/menu/get", as_=account)["errcode"] == 46003
    clock.advance(2 * HOUR_MS)
    answer = api("GET", "/cgi-bin/menu/get", as_=account)
    assert answer["errcode"] == 42001 and "access_token expired" in answer["errmsg"]


# ── fans ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_fan_shows_the_published_fields(tx: Tx, api: Any, account: App, openid: str) -> None:
    api(
        "POST",
        "/cgi-bin/user/info/updateremark",
        as_=account,
        json={"openid": openid, "remark": "常客"},
    )
    info = api("GET", "/cgi-bin/user/info", as_=account, query={"openid": openid, "lang": "en"})
    published = """
        subscribe openid nickname sex language city province country headimgurl subscribe_time unionid remark
        groupid tagid_list subscribe_scene qr_scene qr_scene_str
    """
    assert sorted(info) == sorted(published.split())
    assert (info["subscribe"], info["remark"], info["language"]) == (1, "常客", "en")
    assert info["subscribe_scene"] == "ADD_SCENE_SEARCH" and len(info["unionid"]) == 28
    assert info["subscribe_time"] == tx.now // 1000


def test_a_fan_by_code_shows_its_scene_and_a_stranger_nothing(
    tx: Tx, api: Any, account: App, ann: User
) -> None:
    scene = scenes.create(tx, appid=account.appid, scene="id:7", lasts_ms=MINUTE_MS)
    scenes.follow_by_code(tx, ticket=scene.ticket, user_id=ann.id)
    openid = openids.of(tx, appid=account.appid, user_id=ann.id)
    info = api("GET", "/cgi-bin/user/info", as_=account, query={"openid": openid})
    assert (info["qr_scene"], info["qr_scene_str"]) == (7, "")
    follows.unfollow(tx, appid=account.appid, user_id=ann.id)
    info = api("GET", "/cgi-bin/user/info", as_=account, query={"openid": openid})
    assert info == {"subscribe": 0, "openid": openid, "unionid": info["unionid"]}


def test_fans_are_asked_for_in_batches(tx: Tx, api: Any, account: App, openid: str) -> None:
    def ask(*asked: str) -> Any:
        users = {"user_list": [{"openid": each} for each in asked]}
        return api("POST", "/cgi-bin/user/info/batchget", as_=account, json=users)

    assert [info["openid"] for info in ask(openid)["user_info_list"]] == [openid]
    assert ask(openid, UNKNOWN)["errcode"] == 40003
    assert ask()["errcode"] == 40032
    assert ask(*[openid] * 101)["errcode"] == 40032


def test_the_page_after_the_last_ends_every_sdks_loop(api: Any, account: App, openid: str) -> None:
    first = api("GET", "/cgi-bin/user/get", as_=account)
    assert first == {"total": 1, "count": 1, "data": {"openid": [openid]}, "next_openid": openid}
    last = api("GET", "/cgi-bin/user/get", as_=account, query={"next_openid": openid})
    assert last == {"total": 1, "count": 0, "next_openid": ""}
    wrong = api("GET", "/cgi-bin/user/get", as_=account, query={"next_openid": UNKNOWN})
    assert wrong["errcode"] == 40003


def test_a_remark_for_nobody_is_refused(api: Any, account: App) -> None:
    body = {"openid": UNKNOWN, "remark": "?"}
    assert api("POST", "/cgi-bin/user/info/updateremark", as_=account, json=body)["errcode"] == 40003


# ── menu ───────────────────────────────────────────────────────────────────────────────────────────────────

MENU = {
    "button": [
        {"type": "click", "name": "今日茶单", "key": "TODAY"},
        {"name": "更多", "sub_button": [{"type": "view", "name": "官网", "url": "https://tea.example/"}]},
    ]
}


def test_a_menu_is_made_shown_twice_over_and_deleted(api: Any, account: App) -> None:
    assert api("GET", "/cgi-bin/menu/get", as_=account)["errcode"] == 46003
    assert api("POST", "/cgi-bin/menu/create", as_=account, json=MENU) == {"errcode": 0, "errmsg": "ok"}
    menu = api("GET", "/cgi-bin/menu/get", as_=account)["menu"]
    assert menu["button"][0] == {"type": "click", "name": "今日茶单", "key": "TODAY", "sub_button": []}
    assert menu["button"][1]["sub_button"][0]["url"] == "https://tea.example/"
    current = api("GET", "/cgi-bin/get_current_selfmenu_info", as_=account)
    assert current["is_menu_open"] == 1
    assert current["selfmenu_info"]["button"][1]["sub_button"]["list"][0]["name"] == "官网"
    assert api("GET", "/cgi-bin/menu/delete", as_=account)["errcode"] == 0
    current = api("GET", "/cgi-bin/get_current_selfmenu_info", as_=account)
    assert current == {"is_menu_open": 0, "selfmenu_info": {"button": []}}


@pytest.mark.parametrize(
    ("button", "errcode"),
    [
        ([], 40016),
        ([{"type": "dance", "name": "A"}], 40017),
        ([{"type": "click", "name": "", "key": "A"}], 40018),
        ([{"type": "click", "name": "A"}], 40019),
        ([{"type": "view", "name": "A", "url": "ftp://a"}], 40055),
        ([{"name": "A", "sub_button": []}], 40023),
        ([{"type": "miniprogram", "name": "A", "url": "http://a", "appid": "wx", "pagepath": "p"}], 40165),
    ],
)
def test_a_bad_menu_gets_its_published_error(api: Any, account: App, button: Any, errcode: int) -> None:
    answer = api("POST", "/cgi-bin/menu/create", as_=account, json={"button": button})
    assert answer["errcode"] == errcode


def test_a_mini_program_has_no_menu(api: Any, program: App) -> None:
    assert api("POST", "/cgi-bin/menu/create", as_=program, json=MENU)["errcode"] == 48001


# ── scene codes ────────────────────────────────────────────────────────────────────────────────────────────


def scene_request(action: str, **scene: Any) -> dict[str, Any]:
    return {"action_name": action, "action_info": {"scene": scene}, "expire_seconds": 604800}


def test_a_scene_code_has_a_ticket_an_address_and_a_picture(
    tx: Tx, api: Any, call: Any, account: App
) -> None:
    made = api(
        "POST", "/cgi-bin/qrcode/create", as_=account, json=scene_request("QR_STR_SCENE", scene_str="t7")
    )
    assert sorted(made) == ["expire_seconds", "ticket", "url"] and made["expire_seconds"] == 604800
    status, headers, body = call(mp, "GET", "/cgi-bin/showqrcode", query={"ticket": made["ticket"]})
    drawn = Image.open(io.BytesIO(body))
    assert (status, headers["content-type"], drawn.size) == (200, "image/jpg", (430, 430))
    lasting = scene_request("QR_LIMIT_SCENE", scene_id=7)
    first = api("POST", "/cgi-bin/qrcode/create", as_=account, json=lasting)
    assert sorted(first) == ["ticket", "url"]
    assert api("POST", "/cgi-bin/qrcode/create", as_=account, json=lasting) == first
    assert call(mp, "GET", "/cgi-bin/showqrcode", query={"ticket": "no"})[0] == 404


@pytest.mark.parametrize(
    ("request_", "errcode"),
    [
        (scene_request("QR_DANCE", scene_id=1), 40052),
        (scene_request("QR_SCENE", scene_str="1"), 40053),
        (scene_request("QR_SCENE", scene_id=-1), 40053),
        (scene_request("QR_LIMIT_SCENE", scene_id=100_001), 40053),
        (scene_request("QR_SCENE", scene_id=2**70), 40097),
        ({"action_name": "QR_SCENE"}, 40097),
    ],
)
def test_a_bad_scene_gets_its_published_error(api: Any, account: App, request_: Any, errcode: int) -> None:
    assert api("POST", "/cgi-bin/qrcode/create", as_=account, json=request_)["errcode"] == errcode


# ── templates ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_template_is_taken_listed_sent_and_removed(
    tx: Tx, api: Any, account: App, program: App, ann: User, openid: str
) -> None:
    industry = {"industry_id1": "10", "industry_id2": "31"}
    assert api("POST", "/cgi-bin/template/api_set_industry", as_=account, json=industry)["errcode"] == 0
    assert api("GET", "/cgi-bin/template/get_industry", as_=account) == {
        "primary_industry": {"first_class": "餐饮", "second_class": "餐饮"},
        "secondary_industry": {"first_class": "消费品", "second_class": "消费品"},
    }
    short = {"template_id_short": "TM00015", "keyword_name_list": []}
    added = api("POST", "/cgi-bin/template/api_add_template", as_=account, json=short)
    (listed,) = api("GET", "/cgi-bin/template/get_all_private_template", as_=account)["template_list"]
    assert listed["template_id"] == added["template_id"]
    assert sorted(listed) == [
        "content",
        "deputy_industry",
        "example",
        "primary_industry",
        "template_id",
        "title",
    ]
    message = {
        "touser": openid,
        "template_id": added["template_id"],
        "url": "https://tea.example/o/1",
        "miniprogram": {"appid": program.appid, "pagepath": "pages/order?id=1"},
        "client_msg_id": "T-1",
        "data": {"first": {"value": "已付款", "color": "#173177"}, "orderMoneySum": {"value": 28}},
    }
    sent = api("POST", "/cgi-bin/message/template/send", as_=account, json=message)
    assert (sent["errcode"], sent["errmsg"]) == (0, "ok") and sent["msgid"] > 0
    assert api("POST", "/cgi-bin/message/template/send", as_=account, json=message) == sent
    notice = said(tx, account, ann)
    assert isinstance(notice, bodies.Notice)
    assert (notice.first, notice.fields[0].value) == ("已付款", "28")
    assert (notice.appid, notice.path) == (program.appid, "pages/order?id=1")
    gone = {"template_id": added["template_id"]}
    assert api("POST", "/cgi-bin/template/del_private_template", as_=account, json=gone)["errcode"] == 0
    assert (
        api("POST", "/cgi-bin/message/template/send", as_=account, json={**message, "client_msg_id": "T-2"})[
            "errcode"
        ]
        == 40037
    )


def test_a_template_message_that_may_not_be_sent_gets_its_published_error(
    tx: Tx, api: Any, account: App, ann: User
) -> None:
    short = {"template_id_short": "TM00017", "keyword_name_list": []}
    template_id = api("POST", "/cgi-bin/template/api_add_template", as_=account, json=short)["template_id"]
    stranger = openids.of(tx, appid=account.appid, user_id=ann.id)

    def send(**changes: Any) -> int:
        body = {"touser": stranger, "template_id": template_id, "data": {}, **changes}
        return int(api("POST", "/cgi-bin/message/template/send", as_=account, json=body)["errcode"])

    assert send() == 43004
    assert send(touser=UNKNOWN) == 40003
    follows.follow(tx, appid=account.appid, user_id=ann.id, scene=FollowScene.SEARCH)
    assert send(template_id="none") == 40037
    assert send(miniprogram={"appid": "wx0"}) == 40013
    assert send(data={"first": {"value": "x", "color": "red"}}) == 47003
    assert send() == 0
    wrong = {"template_id_short": "TM99999"}
    assert api("POST", "/cgi-bin/template/api_add_template", as_=account, json=wrong)["errcode"] == 40037


# ── material ───────────────────────────────────────────────────────────────────────────────────────────────


def test_material_is_uploaded_fetched_and_ends(
    tx: Tx, clock: HandWound, api: Any, call: Any, account: App
) -> None:
    up = api(
        "POST", "/cgi-bin/media/upload", as_=account, query={"type": "image"}, upload={"media": picture()}
    )
    assert sorted(up) == ["created_at", "media_id", "type"]

    def fetch() -> Any:
        token, _ = tokens.issue(tx, account.appid, apps.secret(tx, account))
        query = {"access_token": token, "media_id": up["media_id"]}
        return call(mp, "GET", "/cgi-bin/media/get", query=query)

    status, headers, body = fetch()
    assert status == 200 and headers["content-type"] == "image/png"
    assert Image.open(io.BytesIO(body)).size == (40, 40)
    clock.advance(72 * HOUR_MS)
    assert msgspec.json.decode(fetch()[2])["errcode"] == 40007


@pytest.mark.parametrize(
    ("kind", "media", "errcode"),
    [
        ("poem", picture(), 40004),
        ("image", Upload("a.png", "image/png", b"no picture"), 40005),
        ("image", Upload("a.png", "image/png", b""), 44001),
        ("thumb", Upload("a.png", "image/png", b"x" * 65537), 40006),
    ],
)
def test_bad_material_gets_its_published_error(
    api: Any, account: App, kind: str, media: Upload, errcode: int
) -> None:
    answer = api("POST", "/cgi-bin/media/upload", as_=account, query={"type": kind}, upload={"media": media})
    assert answer["errcode"] == errcode
    assert api("POST", "/cgi-bin/media/upload", as_=account, query={"type": "image"})["errcode"] in (
        41005,
        44002,
    )


# ── customer service ───────────────────────────────────────────────────────────────────────────────────────


def test_customer_service_says_every_published_kind(
    tx: Tx, api: Any, account: App, program: App, ann: User, openid: str
) -> None:
    up = api(
        "POST", "/cgi-bin/media/upload", as_=account, query={"type": "image"}, upload={"media": picture()}
    )
    media_id = up["media_id"]
    page = {"title": "点单", "appid": program.appid, "pagepath": "pages/a", "thumb_media_id": media_id}
    article = {"title": "新茶", "description": "明前", "url": "https://tea.example/", "picurl": ""}
    link = {"title": "官网", "url": "https://tea.example/", "description": "", "thumb_url": ""}
    menu = {"head_content": "还满意吗", "list": [{"id": 101, "content": "满意"}], "tail_content": "谢谢"}
    music = {"title": "雨", "musicurl": "https://tea.example/rain.mp3", "thumb_media_id": media_id}
    expected = {
        "text": ({"content": "您好"}, bodies.Text),
        "image": ({"media_id": media_id}, bodies.Image),
        "music": (music, bodies.Link),
        "news": ({"articles": [article]}, bodies.News),
        "msgmenu": (menu, bodies.Menu),
        "miniprogrampage": (page, bodies.MiniProgramCard),
        "link": (link, bodies.Link),
    }
    for msgtype, (content, kind) in expected.items():
        speak(tx, account, ann)
        body = {"touser": openid, "msgtype": msgtype, msgtype: content}
        answer = api("POST", "/cgi-bin/message/custom/send", as_=account, json=body)
        assert answer == {"errcode": 0, "errmsg": "ok"}, msgtype
        assert isinstance(said(tx, account, ann), kind)


def test_customer_service_keeps_the_published_window_and_count(
    tx: Tx, clock: HandWound, api: Any, account: App, ann: User, openid: str
) -> None:
    body = {"touser": openid, "msgtype": "text", "text": {"content": "您好"}}

    def send() -> int:
        return int(api("POST", "/cgi-bin/message/custom/send", as_=account, json=body)["errcode"])

    clock.advance(MINUTE_MS)
    assert send() == 45015
    speak(tx, account, ann)
    assert [send() for _ in range(6)] == [0, 0, 0, 0, 0, 45047]


@pytest.mark.parametrize(
    ("changes", "errcode"),
    [
        ({"touser": UNKNOWN}, 40003),
        ({"msgtype": "dance"}, 40008),
        ({"msgtype": "wxcard"}, 40008),
        ({"msgtype": "mpnews"}, 40008),
        ({"text": {"content": ""}}, 44004),
        ({"text": None}, 44004),
        ({"msgtype": "image", "image": {"media_id": "none"}}, 40007),
        ({"msgtype": "news", "news": {"articles": []}}, 45008),
        ({"msgtype": "link", "link": {"title": "x", "url": "javascript:1"}}, 40097),
        ({"customservice": {"kf_account": "a@b"}}, 65401),
    ],
)
def test_bad_customer_service_says_nothing(
    tx: Tx, api: Any, account: App, ann: User, openid: str, changes: dict[str, Any], errcode: int
) -> None:
    speak(tx, account, ann)
    before = said(tx, account, ann)
    body = {"touser": openid, "msgtype": "text", "text": {"content": "您好"}, **changes}
    assert api("POST", "/cgi-bin/message/custom/send", as_=account, json=body)["errcode"] == errcode
    assert said(tx, account, ann) == before


def test_typing_is_shown_and_its_command_checked(
    tx: Tx, api: Any, account: App, ann: User, openid: str
) -> None:
    def type_(command: str) -> int:
        body = {"touser": openid, "command": command}
        return int(api("POST", "/cgi-bin/message/custom/typing", as_=account, json=body)["errcode"])

    assert [type_("Typing"), type_("CancelTyping"), type_("Dance")] == [0, 0, 45072]


def test_the_platforms_own_addresses_are_told(api: Any, account: App) -> None:
    assert api("GET", "/cgi-bin/getcallbackip", as_=account)["ip_list"]
    assert api("GET", "/cgi-bin/get_api_domain_ip", as_=account)["ip_list"]
