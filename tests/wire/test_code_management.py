"""Versions through the published API: reviewed, released by share, taken back, tried by chosen people."""

import io
import zipfile
from typing import Any

import httpx
import pytest
from wechatpy import WeChatClient

from hutong.kernel.compiler import BUNDLE
from hutong.testing import MiniProgram, Person, Server

pytestmark = pytest.mark.skipif(
    not BUNDLE.exists(), reason="the runtime is not built; scripts/setup builds it"
)
OWNER, JUDGE = "shenmei", "zhaoqing"


def a_zip(script: str = "Page({})") -> bytes:
    files = {
        "app.json": '{"pages":["p/p","q/q"]}',
        "p/p.wxml": '<navigator url="/q/q"/>',
        "p/p.js": script,
        "q/q.wxml": "<text/>",
        "q/q.js": "Page({})",
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return out.getvalue()


def upload(
    hutong: Server, program: MiniProgram, number: str, *, script: str = "Page({})", **fields: str
) -> dict[str, Any]:
    answer = httpx.post(
        f"{hutong.url}/api/console/apps/{program.appid}/versions",
        headers={"authorization": f"Bearer {hutong.person(OWNER).token}"},
        data={"number": number, **fields},
        files={"package": ("p.zip", a_zip(script), "application/zip")},
        timeout=60,
    )
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def opened(user: Person, program: MiniProgram, **asked: Any) -> dict[str, Any]:
    found: dict[str, Any] = user.request("POST", f"/programs/{program.appid}/open", json=asked)
    return found


def test_a_version_is_reviewed_rejected_mended_and_released(
    published: Server, user: Person, mini_program: MiniProgram
) -> None:
    call = mini_program.call
    settings = {"needs_review": True}
    owner, judge = published.person(OWNER), published.person(JUDGE)
    owner.request("PATCH", f"/console/apps/{mini_program.appid}/program-settings", json=settings)
    wxa = WeChatClient(mini_program.appid, mini_program.secret).wxa
    assert call("POST", "/wxa/submit_audit", {"item_list": []})["errcode"] == 85086
    upload(published, mini_program, "2.0.0", script="Page({a(){wx.getLocation({})}})")
    assert call("POST", "/wxa/release", {})["errcode"] == 85019
    (category,) = wxa.get_category()
    assert category == {
        "first_class": "餐饮",
        "second_class": "餐饮服务场所",
        "first_id": 289,
        "second_id": 632,
    }
    assert wxa.get_page() == ["p/p", "q/q"]
    item = {"address": "p/p", "tag": "茶 外带", "title": "点单", **category}
    submitted = call("POST", "/wxa/submit_audit", {"item_list": [item], "version_desc": "first"})
    auditid = submitted["auditid"]
    assert call("POST", "/wxa/submit_audit", {"item_list": [item]})["errcode"] == 85009
    assert wxa.get_audit_status(auditid)["status"] == 2
    assert wxa.undo_code_audit()["errcode"] == 0
    assert wxa.get_latest_audit_status()["status"] == 3
    auditid = call("POST", "/wxa/submit_audit", {"item_list": [item]})["auditid"]
    assert call("POST", "/wxa/speedupaudit", {"auditid": auditid})["errcode"] == 0
    quota = call("GET", "/wxa/queryquota")
    assert (quota["rest"], quota["limit"]) == (18, 20)
    assert (quota["speedup_rest"], quota["speedup_limit"]) == (0, 1)

    (line,) = judge.request("GET", "/platform/reviews")["waiting"]
    review = line["review"]["review_id"]
    assert line["review"]["urgent"] and line["name"] == mini_program.name
    shown = judge.request("POST", f"/platform/reviews/{review}/open", json={})
    assert shown["findings"]["calls"] == ["getLocation"]
    assert shown["findings"]["undeclared"] == ["Location"]
    looked = opened(judge, mini_program, preview=shown["preview"]["token"], path="q/q")
    assert looked["version"]["number"] == "2.0.0"
    with pytest.raises(Exception, match="platform_only"):
        owner.request("POST", f"/platform/reviews/{review}/approve", json={})
    reason = {"reason": "It does not say why it asks where people are."}
    judge.request("POST", f"/platform/reviews/{review}/reject", json=reason)
    status = wxa.get_audit_status(auditid)
    assert (status["status"], status["reason"]) == (1, reason["reason"])

    upload(published, mini_program, "2.0.1")
    auditid = wxa.submit_audit({"item_list": [item]})["auditid"]
    judge.request("POST", f"/platform/reviews/{auditid}/approve", json={})
    latest = wxa.get_latest_audit_status()
    assert (latest["auditid"], latest["status"], latest["ScreenShot"]) == (auditid, 0, "")
    assert wxa.release()["errcode"] == 0
    assert opened(user, mini_program)["version"]["number"] == "2.0.1"


def test_a_release_by_share_and_its_way_back(published: Server, mini_program: MiniProgram) -> None:
    call = mini_program.call
    upload(published, mini_program, "2.0.0")
    people = [published.user(f"P{number}") for number in range(6)]

    def numbers() -> list[str]:
        return [opened(person, mini_program)["version"]["number"] for person in people]

    assert set(numbers()) == {"1.0.0"}
    assert call("POST", "/wxa/grayrelease", {"gray_percentage": 0})["errcode"] == 85081
    gray = {"gray_percentage": 50, "support_debuger_first": True, "support_experiencer_first": False}
    assert call("POST", "/wxa/grayrelease", gray)["errcode"] == 0
    half = numbers()
    assert half == numbers(), "a person keeps what they got"
    assert opened(published.person(OWNER), mini_program)["version"]["number"] == "2.0.0"
    plan = call("GET", "/wxa/getgrayreleaseplan")["gray_release_plan"]
    assert (plan["status"], plan["gray_percentage"], plan["support_debuger_first"]) == (1, 50, True)
    assert call("POST", "/wxa/grayrelease", {"gray_percentage": 20})["errcode"] == 85082
    assert call("GET", "/wxa/revertgrayrelease")["errcode"] == 0
    assert set(numbers()) == {"1.0.0"}
    assert call("GET", "/wxa/revertgrayrelease")["errcode"] == 85079
    assert call("POST", "/wxa/release", {})["errcode"] == 0
    assert set(numbers()) == {"2.0.0"}

    info = call("POST", "/wxa/getversioninfo", {})
    assert info["release_info"]["release_version"] == "2.0.0"
    (former,) = call("GET", "/wxa/revertcoderelease", params={"action": "get_history_version"})[
        "version_list"
    ]
    assert former["user_version"] == "1.0.0"
    wxa = WeChatClient(mini_program.appid, mini_program.secret).wxa
    assert wxa.revert_code_release()["errcode"] == 0
    assert set(numbers()) == {"1.0.0"}
    assert call("GET", "/wxa/revertcoderelease")["errcode"] == 87011

    wxa.change_visit_status(close=True)
    assert call("POST", "/wxa/getvisitstatus", {})["status"] == 2
    with pytest.raises(Exception, match="program_closed"):
        opened(people[0], mini_program)
    wxa.change_visit_status()
    assert opened(people[0], mini_program)["version"]["number"] == "1.0.0"


def test_experience_members_open_what_is_not_released(
    published: Server, user: Person, mini_program: MiniProgram
) -> None:
    call = mini_program.call
    wxa = WeChatClient(mini_program.appid, mini_program.secret).wxa
    made = upload(published, mini_program, "look", preview="true", path="q/q?a=1")
    found = user.request("POST", "/codes/resolve", json={"text": made["preview"]["text"]})
    assert (found["kind"], found["path"], found["query"]) == ("PROGRAM", "q/q", "a=1")
    with pytest.raises(Exception, match="not_a_tester"):
        opened(user, mini_program, preview=found["preview"])
    userstr = wxa.bind_tester(user.username)["userstr"]
    assert call("POST", "/wxa/bind_tester", {"wechatid": user.username})["errcode"] == 85004
    assert call("POST", "/wxa/bind_tester", {"wechatid": "nobody"})["errcode"] == 85001
    assert call("POST", "/wxa/memberauth", {"action": "get_experiencer"})["members"] == [{"userstr": userstr}]
    assert opened(user, mini_program, preview=found["preview"])["version"]["number"] == "look"
    assert opened(user, mini_program)["version"]["number"] == "1.0.0"
    published.clock.advance(minutes=26)
    with pytest.raises(Exception, match="preview_invalid"):
        opened(user, mini_program, preview=found["preview"])
    wxa.unbind_tester(user.username)
    assert call("POST", "/wxa/unbind_tester", {"userstr": userstr})["errcode"] == 85001
    picture = published.call(
        "GET", "/mp/wxa/get_qrcode", params={"access_token": mini_program.fetch_token(), "path": "p/p"}
    )
    assert picture.headers["content-type"] == "image/jpeg"


def test_categories_and_privacy_are_told_and_changed(mini_program: MiniProgram) -> None:
    call = mini_program.call
    held = call("GET", "/cgi-bin/wxopen/getcategory")
    assert [(one["first"], one["second"]) for one in held["categories"]] == [(289, 632)]
    assert (held["limit"], held["quota"], held["category_limit"]) == (5, 4, 5)
    listed = call("GET", "/cgi-bin/wxopen/getallcategories")["categories_list"]["categories"]
    assert 157 in {one["id"] for one in listed} and 632 not in {one["id"] for one in listed}
    wanted = {"categories": [{"first": 150, "second": 157, "certicates": []}]}
    assert call("POST", "/cgi-bin/wxopen/addcategory", wanted)["errcode"] == 0
    assert call("POST", "/cgi-bin/wxopen/addcategory", wanted)["errcode"] == 53303
    wrong = {"categories": [{"first": 150, "second": 612}]}
    assert call("POST", "/cgi-bin/wxopen/addcategory", wrong)["errcode"] == 53300
    assert call("POST", "/cgi-bin/wxopen/deletecategory", {"first": 150, "second": 157})["errcode"] == 0
    assert call("POST", "/cgi-bin/wxopen/deletecategory", {"first": 150, "second": 157})["errcode"] == 53301

    path = "/cgi-bin/component/setprivacysetting"
    owner = {"contact_email": "tea@example.com", "notice_method": "公告"}
    items = [{"privacy_key": "Location", "privacy_text": "为你找最近的店"}]
    unknown = [{"privacy_key": "Thoughts", "privacy_text": "x"}]
    asked = {"owner_setting": owner, "privacy_ver": 2, "setting_list": unknown}
    assert call("POST", path, asked)["errcode"] == 86074
    assert call("POST", path, {**asked, "setting_list": items})["errcode"] == 0
    shown = call("POST", "/cgi-bin/component/getprivacysetting", {"privacy_ver": 1})
    assert (shown["code_exist"], shown["owner_setting"]["contact_email"]) == (1, "tea@example.com")
    assert shown["setting_list"] == [
        {"privacy_key": "Location", "privacy_text": "为你找最近的店", "privacy_label": "位置信息"}
    ]
    assert shown["privacy_list"] == sorted(shown["privacy_list"]) and shown["update_time"]
    assert {one["privacy_key"] for one in shown["privacy_desc"]["privacy_desc_list"]} >= {"Location"}
