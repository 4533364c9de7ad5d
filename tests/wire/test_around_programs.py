"""Between accounts, programs and people: linked programs, customer service, complaints."""

import json

import pytest

from hutong.testing import MiniProgram, OfficialAccount, Person, Server
from tests.listener import Listener


def test_an_account_links_its_programs_and_tells_its_fans(
    hutong: Server, user: Person, official_account: OfficialAccount, mini_program: MiniProgram
) -> None:
    call = official_account.call
    user.follow(official_account)
    wish = {"appid": mini_program.appid, "notify_users": 1, "show_profile": 1}
    assert call("POST", "/cgi-bin/wxopen/wxampunlink", {"appid": mini_program.appid})["errcode"] == 0
    assert call("POST", "/cgi-bin/wxopen/wxamplink", wish)["errcode"] == 0
    assert call("POST", "/cgi-bin/wxopen/wxamplink", wish)["errcode"] == 89015
    hutong.clock.settle()
    (item,) = call("POST", "/cgi-bin/wxopen/wxamplinkget", {})["wxopens"]["items"]
    assert (item["username"], item["nickname"]) == (mini_program.original_id, mini_program.name)
    assert (item["status"], item["selected"], item["released"]) == (1, 1, 1)
    lines = user.request("GET", "/conversations")["conversations"]
    (talk,) = [line for line in lines if line["appid"] == official_account.appid]
    assert talk["last"]["body"]["appid"] == mini_program.appid
    about = user.request("GET", f"/programs/{mini_program.appid}/about")
    assert [one["appid"] for one in about["accounts"]] == [official_account.appid]
    assert about["categories"] == ["餐饮 · 餐饮服务场所"] and about["version"] == "1.0.0"
    assert call("POST", "/cgi-bin/wxopen/wxampunlink", {"appid": mini_program.appid})["errcode"] == 0
    assert call("POST", "/cgi-bin/wxopen/wxampunlink", {"appid": mini_program.appid})["errcode"] == 89000
    assert mini_program.call("POST", "/cgi-bin/wxopen/wxamplinkget", {})["errcode"] == 48001


def test_a_program_hears_who_comes_to_its_customer_service(
    hutong: Server, user: Person, mini_program: MiniProgram
) -> None:
    openid = mini_program.sign_in(user.login(mini_program))["openid"]
    greeting = {"touser": openid, "msgtype": "text", "text": {"content": "您好"}}
    send = "/cgi-bin/message/custom/send"
    assert mini_program.call("POST", send, greeting)["errcode"] == 45015
    with Listener() as developer:
        mini_program.push_to(developer.url, format="json")
        asked = {"session_from": "order|18"}
        talk = user.request("POST", f"/programs/{mini_program.appid}/service", json=asked)
        hutong.clock.settle()
        heard = json.loads(developer.received[-1])
    assert (heard["Event"], heard["SessionFrom"]) == ("user_enter_tempsession", "order|18")
    assert heard["FromUserName"] == openid
    for _ in range(2):
        assert mini_program.call("POST", send, greeting)["errcode"] == 0
    assert mini_program.call("POST", send, greeting)["errcode"] == 45047
    said = user.request("GET", f"/conversations/{talk['conversation_id']}/messages")["messages"]
    assert [message["body"].get("text") for message in said][:2] == ["您好", "您好"]


def test_a_complaint_goes_to_the_platform_and_comes_back_answered(
    hutong: Server, user: Person, mini_program: MiniProgram
) -> None:
    judge = hutong.person("zhaoqing")
    words = {"kind": "broken", "words": "The menu is empty."}
    made = user.request("POST", f"/programs/{mini_program.appid}/complaints", json=words)
    (waiting,) = judge.request("GET", "/platform/complaints")["complaints"]
    assert (waiting["complaint_id"], waiting["person"]) == (made["complaint_id"], user.nickname)
    answer = {"upheld": False, "words": "It opened again at nine."}
    judge.request("POST", f"/platform/complaints/{made['complaint_id']}/answer", json=answer)
    (mine,) = user.request("GET", "/complaints")["complaints"]
    assert (mine["state"], mine["answer"]) == ("DISMISSED", answer["words"])
    found = user.request("GET", "/apps", params={"name": mini_program.name[1:4], "accounts": False})
    assert mini_program.appid in [one["appid"] for one in found["apps"]] and found["next"] is None


def test_links_lead_to_the_page_for_as_long_as_they_live(
    hutong: Server, user: Person, mini_program: MiniProgram
) -> None:
    call = mini_program.call
    page = {"path": "/pages/orders/orders", "query": "no=18", "env_version": "release"}
    ends = {"expire_type": 1, "expire_interval": 2}
    scheme = call("POST", "/wxa/generatescheme", {"jump_wxa": page, **ends})["openlink"]
    assert scheme.startswith("weixin://dl/business/?t=")
    link = call("POST", "/wxa/generate_urllink", {**page, **ends})["url_link"]
    assert link.startswith(f"{hutong.url}/l/"), "a browser opens it at this home"
    short = call(
        "POST", "/wxa/genwxashortlink", {"page_url": "pages/orders/orders?no=18", "page_title": "订单"}
    )
    for text, scene in ((scheme, 1065), (link, 1194), (short["link"], 1065)):
        found = user.request("POST", "/codes/resolve", json={"text": text})
        assert (found["kind"], found["path"], found["query"]) == ("PROGRAM", "pages/orders/orders", "no=18")
        assert found["scene"] == scene
    asked = call("POST", "/wxa/query_urllink", {"url_link": link, "query_type": 0})
    info = asked["url_link_info"]
    assert (info["appid"], info["path"], info["env_version"]) == (
        mini_program.appid,
        "pages/orders/orders",
        "release",
    )
    assert info["expire_time"] - info["create_time"] == 2 * 86_400
    assert asked["quota_info"]["remain_visit_quota"] == 3_000_000 - 3
    tag = call("POST", "/wxa/generatenfcscheme", {"jump_wxa": page, "model_id": "kettle", "sn": "18"})
    found = user.request("POST", "/codes/resolve", json={"text": tag["openlink"]})
    assert (found["path"], found["query"], found["scene"]) == ("pages/orders/orders", "no=18", 1065)
    told = call("POST", "/wxa/queryscheme", {"scheme": scheme, "query_type": 0})
    assert told["scheme_info"]["query"] == "no=18" and told["quota_info"]
    cloud = {**page, "cloud_base": {"env": "tea"}}
    assert call("POST", "/wxa/generate_urllink", cloud)["errcode"] == 40097
    long = {**page, "expire_type": 1, "expire_interval": 31}
    assert call("POST", "/wxa/generate_urllink", long)["errcode"] == 85401
    hutong.clock.advance(days=2, seconds=1)
    with pytest.raises(Exception, match="code_expired"):
        user.request("POST", "/codes/resolve", json={"text": link})
