"""What an account's and a mini program's servers call, on a real server, each call seen to have its effect."""

import hashlib
import hmac
from base64 import b64decode
from collections.abc import Iterator
from io import BytesIO

import pytest
from PIL import Image

from hutong.testing import MiniProgram, OfficialAccount, Person, Server
from tests.listener import Listener

REMARK = "/cgi-bin/user/info/updateremark"


@pytest.fixture
def developer() -> Iterator[Listener]:
    with Listener() as made:
        yield made


@pytest.fixture
def openid(user: Person, official_account: OfficialAccount) -> str:
    """The user, who has just followed the account."""
    user.follow(official_account)
    found: str = official_account.call("GET", "/cgi-bin/user/get")["data"]["openid"][-1]
    return found


def done(answer: dict[str, object]) -> bool:
    return (answer["errcode"], answer["errmsg"]) == (0, "ok")


def test_tokens_of_both_kinds(hutong: Server, official_account: OfficialAccount) -> None:
    asked = {
        "grant_type": "client_credential",
        "appid": official_account.appid,
        "secret": official_account.secret,
    }
    stable = hutong.call("POST", "/mp/cgi-bin/stable_token", json=asked).json()
    again = hutong.call("POST", "/mp/cgi-bin/stable_token", json=asked).json()
    plain = hutong.call("GET", "/mp/cgi-bin/token", params=asked).json()
    assert stable["access_token"] == again["access_token"] != plain["access_token"]
    hutong.clock.advance(hours=2)
    fresh = hutong.call("POST", "/mp/cgi-bin/stable_token", json=asked).json()
    assert fresh["access_token"] != stable["access_token"] and fresh["expires_in"] == 7200


@pytest.mark.parametrize(
    ("change", "errcode"),
    [
        ({"grant_type": "password"}, 40002),
        ({"appid": "wx0000000000000000"}, 40013),
        ({"secret": "0" * 32}, 40125),
        ({"appid": ""}, 41002),
        ({"secret": ""}, 41004),
    ],
)
def test_wrong_keys_get_no_token(
    hutong: Server, official_account: OfficialAccount, change: dict[str, str], errcode: int
) -> None:
    asked = {
        "grant_type": "client_credential",
        "appid": official_account.appid,
        "secret": official_account.secret,
    } | change
    asked = {name: value for name, value in asked.items() if value}
    assert hutong.call("GET", "/mp/cgi-bin/token", params=asked).json()["errcode"] == errcode


@pytest.mark.parametrize(("token", "errcode"), [("", 41001), ("invented", 40001)])
def test_without_a_good_token_nothing_is_told(hutong: Server, token: str, errcode: int) -> None:
    answer = hutong.call("GET", "/mp/cgi-bin/user/get", params={"access_token": token}).json()
    assert answer["errcode"] in (errcode, 40014)


def test_fans_are_listed_described_and_remarked(
    user: Person, official_account: OfficialAccount, openid: str
) -> None:
    listed = official_account.call("GET", "/cgi-bin/user/get")
    assert listed["total"] == listed["count"] == len(listed["data"]["openid"])
    after = official_account.call("GET", "/cgi-bin/user/get", params={"next_openid": openid})
    assert (after["count"], after["next_openid"]) == (0, "")
    assert done(
        official_account.call(
            "POST", "/cgi-bin/user/info/updateremark", {"openid": openid, "remark": "regular"}
        )
    )
    one = official_account.call("GET", "/cgi-bin/user/info", params={"openid": openid, "lang": "zh_CN"})
    assert one["subscribe"] == 1 and one["remark"] == "regular"
    many = official_account.call(
        "POST", "/cgi-bin/user/info/batchget", {"user_list": [{"openid": openid, "lang": "zh_CN"}]}
    )
    assert many["user_info_list"] == [one]
    user.unfollow(official_account)
    gone = official_account.call("GET", "/cgi-bin/user/info", params={"openid": openid})
    assert gone["subscribe"] == 0 and "remark" not in gone


def test_tags_gather_fans(official_account: OfficialAccount, openid: str) -> None:
    call = official_account.call
    tag = call("POST", "/cgi-bin/tags/create", {"tag": {"name": "oolong"}})["tag"]["id"]
    assert done(call("POST", "/cgi-bin/tags/update", {"tag": {"id": tag, "name": "green"}}))
    batch = {"openid_list": [openid], "tagid": tag}
    assert done(call("POST", "/cgi-bin/tags/members/batchtagging", batch))
    (line,) = [found for found in call("GET", "/cgi-bin/tags/get")["tags"] if found["id"] == tag]
    assert (line["name"], line["count"]) == ("green", 1)
    assert call("POST", "/cgi-bin/user/tag/get", {"tagid": tag})["data"]["openid"] == [openid]
    assert call("POST", "/cgi-bin/tags/getidlist", {"openid": openid})["tagid_list"] == [tag]
    assert done(call("POST", "/cgi-bin/tags/members/batchuntagging", batch))
    assert done(call("POST", "/cgi-bin/tags/delete", {"tag": {"id": tag}}))
    assert tag not in [found["id"] for found in call("GET", "/cgi-bin/tags/get")["tags"]]


def test_the_blacklist_keeps_a_fan_out(user: Person, official_account: OfficialAccount, openid: str) -> None:
    call = official_account.call
    assert done(call("POST", "/cgi-bin/tags/members/batchblacklist", {"openid_list": [openid]}))
    listed = call("POST", "/cgi-bin/tags/members/getblacklist", {"begin_openid": ""})
    assert (listed["total"], listed["data"]["openid"]) == (1, [openid])
    assert done(call("POST", "/cgi-bin/tags/members/batchunblacklist", {"openid_list": [openid]}))
    assert call("POST", "/cgi-bin/tags/members/getblacklist", {"begin_openid": ""})["total"] == 0


def test_a_menu_is_set_seen_tapped_and_removed(
    hutong: Server, user: Person, official_account: OfficialAccount, openid: str, developer: Listener
) -> None:
    official_account.push_to(developer.url)
    buttons = [
        {"type": "click", "name": "今日茶单", "key": "TODAY"},
        {"name": "更多", "sub_button": [{"type": "view", "name": "官网", "url": "https://tea.example.com/"}]},
    ]
    assert done(official_account.call("POST", "/cgi-bin/menu/create", {"button": buttons}))
    assert official_account.call("GET", "/cgi-bin/menu/get")["menu"]["button"][0]["key"] == "TODAY"
    shown = official_account.call("GET", "/cgi-bin/get_current_selfmenu_info")
    assert shown["is_menu_open"] == 1
    assert user.tap(official_account, 0)["kind"]
    hutong.clock.settle()  # two callbacks on their way at once may arrive in either order
    assert user.tap(official_account, 1, 0)["url"]
    hutong.clock.settle()
    assert "TODAY" in developer.received[0] and "VIEW" in developer.received[1]
    assert done(official_account.call("GET", "/cgi-bin/menu/delete"))
    assert official_account.call("GET", "/cgi-bin/menu/get")["errcode"] == 46003


def test_templates_are_taken_sent_and_given_back(
    hutong: Server, user: Person, official_account: OfficialAccount, openid: str, developer: Listener
) -> None:
    call = official_account.call
    official_account.push_to(developer.url)
    assert done(
        call("POST", "/cgi-bin/template/api_set_industry", {"industry_id1": "1", "industry_id2": "2"})
    )
    industries = call("GET", "/cgi-bin/template/get_industry")
    assert industries["primary_industry"]["first_class"]
    asked = {"template_id_short": "TM00015", "keyword_name_list": []}
    template = call("POST", "/cgi-bin/template/api_add_template", asked)["template_id"]
    listed = call("GET", "/cgi-bin/template/get_all_private_template")["template_list"]
    assert [found["template_id"] for found in listed] == [template]
    message = {
        "touser": openid,
        "template_id": template,
        "url": "https://tea.example.com/orders/1",
        "client_msg_id": "receipt-1",
        "data": {"first": {"value": "付款成功"}, "orderMoneySum": {"value": "18.00"}},
    }
    sent = call("POST", "/cgi-bin/message/template/send", message)
    assert done(sent) and sent["msgid"]
    assert user.messages(official_account)[-1]["body"]["kind"] == "notice"
    hutong.clock.settle()
    assert "TEMPLATESENDJOBFINISH" in developer.received[-1]
    assert done(call("POST", "/cgi-bin/template/del_private_template", {"template_id": template}))
    assert call("POST", "/cgi-bin/message/template/send", message)["errcode"] == 40037


def test_customer_service_answers_within_two_days(
    hutong: Server, user: Person, official_account: OfficialAccount, openid: str
) -> None:
    send, typing = "/cgi-bin/message/custom/send", "/cgi-bin/message/custom/typing"
    words = {"touser": openid, "msgtype": "text", "text": {"content": "At your service."}}
    user.send(official_account, "Anybody there?")
    assert done(official_account.call("POST", typing, {"touser": openid, "command": "Typing"}))
    assert done(official_account.call("POST", send, words))
    choices = {"head_content": "Well?", "list": [{"id": "1", "content": "Yes"}], "tail_content": "Thanks"}
    assert done(
        official_account.call("POST", send, {"touser": openid, "msgtype": "msgmenu", "msgmenu": choices})
    )
    said = [line["body"]["kind"] for line in user.messages(official_account)]
    assert said[-3:] == ["text", "text", "menu"]
    hutong.clock.advance(hours=49)
    official_account.fetch_token()
    assert official_account.call("POST", send, words)["errcode"] == 45015


def test_a_scene_code_brings_a_fan_with_its_scene(
    hutong: Server, user: Person, official_account: OfficialAccount, developer: Listener
) -> None:
    official_account.push_to(developer.url)
    asked = {
        "expire_seconds": 600,
        "action_name": "QR_STR_SCENE",
        "action_info": {"scene": {"scene_str": "counter-2"}},
    }
    code = official_account.call("POST", "/cgi-bin/qrcode/create", asked)
    picture = hutong.call("GET", "/mp/cgi-bin/showqrcode", params={"ticket": code["ticket"]})
    assert Image.open(BytesIO(picture.content)).width > 100 and code["expire_seconds"] == 600
    found = user.scan(code["url"])
    assert (found["kind"], found["following"]) == ("ACCOUNT", False)
    user.follow(official_account, ticket=found["ticket"])
    hutong.clock.settle()
    assert "qrscene_counter-2" in developer.received[-1]
    user.scan(code["url"])
    hutong.clock.settle()
    assert "SCAN" in developer.received[-1]


def test_a_mini_program_keeps_its_session_and_learns_the_phone(
    hutong: Server, mini_program: MiniProgram
) -> None:
    ann = hutong.user("Ann", phone="13811112222")
    session = mini_program.sign_in(ann.login(mini_program))

    def signed(key: str) -> dict[str, str]:
        digest = hmac.new(key.encode(), b"", hashlib.sha256).hexdigest()
        return {"openid": session["openid"], "signature": digest, "sig_method": "hmac_sha256"}

    assert len(b64decode(session["session_key"])) == 16
    assert done(mini_program.call("GET", "/wxa/checksession", params=signed(session["session_key"])))
    reset = mini_program.call("GET", "/wxa/resetusersessionkey", params=signed(session["session_key"]))
    assert reset["session_key"] != session["session_key"]
    stale = mini_program.call("GET", "/wxa/checksession", params=signed(session["session_key"]))
    assert stale["errcode"] == 87009
    phone = mini_program.call(
        "POST", "/wxa/business/getuserphonenumber", {"code": ann.allow_phone(mini_program)}
    )["phone_info"]
    assert phone["purePhoneNumber"] == "13811112222" and phone["watermark"]["appid"] == mini_program.appid


def test_a_login_code_is_good_once_and_for_five_minutes(
    hutong: Server, user: Person, mini_program: MiniProgram
) -> None:
    code = user.login(mini_program)
    assert "openid" in mini_program.sign_in(code)
    assert mini_program.sign_in(code)["errcode"] == 40163
    late = user.login(mini_program)
    hutong.clock.advance(minutes=5, seconds=1)
    assert mini_program.sign_in(late)["errcode"] in (40029, 40163)


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/wxa/getwxacode", {"path": "pages/index?from=wall"}),
        ("/wxa/getwxacodeunlimit", {"scene": "table=4", "check_path": False, "width": 300}),
        ("/cgi-bin/wxaapp/createwxaqrcode", {"path": "pages/index"}),
    ],
)
def test_codes_are_pictures(
    hutong: Server, mini_program: MiniProgram, path: str, asked: dict[str, object]
) -> None:
    params = {"access_token": mini_program.fetch_token()}
    answer = hutong.call("POST", f"/mp{path}", params=params, json=asked)
    assert answer.headers["content-type"].startswith("image/"), answer.text
    assert Image.open(BytesIO(answer.content)).width >= 280


def test_media_goes_up_and_comes_back(hutong: Server, official_account: OfficialAccount) -> None:
    picture = BytesIO()
    Image.new("RGB", (40, 30), "teal").save(picture, "PNG")
    params = {"access_token": official_account.fetch_token(), "type": "image"}
    files = {"media": ("tea.png", picture.getvalue(), "image/png")}
    kept = hutong.call("POST", "/mp/cgi-bin/media/upload", params=params, files=files).json()
    assert kept["type"] == "image"
    asked = {"access_token": params["access_token"], "media_id": kept["media_id"]}
    back = hutong.call("GET", "/mp/cgi-bin/media/get", params=asked)
    assert Image.open(BytesIO(back.content)).size == (40, 30)
    hutong.clock.advance(days=3, seconds=1)
    asked["access_token"] = official_account.fetch_token()
    assert hutong.call("GET", "/mp/cgi-bin/media/get", params=asked).json()["errcode"] == 40007
