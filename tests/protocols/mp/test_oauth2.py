"""Web login and the pages' ticket over their published wire."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from hutong.domains.apps import apps, grants, openids
from hutong.domains.apps.tables import App
from hutong.domains.identity.tables import User
from hutong.domains.official import web_logins
from hutong.domains.official.tables import WebScope
from hutong.kernel.clock import DAY_MS, HOUR_MS, MINUTE_MS, HandWound
from hutong.kernel.db import Tx
from hutong.kernel.errors import DomainError
from hutong.protocols.mp import mp
from tests.domains.builders import a_user
from tests.protocols.client.conftest import Device


@pytest.fixture
def ann(tx: Tx) -> User:
    return a_user(tx)


def a_code(tx: Tx, account: App, ann: User, scope: WebScope = WebScope.USER_INFO) -> str:
    back = web_logins.approve(
        tx,
        appid=account.appid,
        user_id=ann.id,
        scope=scope,
        redirect_uri="https://tea.example/back?a=1#top",
        state="s&1",
    )
    parts = urlsplit(back)
    assert parts.fragment == "top" and parse_qs(parts.query)["state"] == ["s&1"]
    return parse_qs(parts.query)["code"][0]


def exchange(tx: Tx, api: Any, account: App, code: str, **changes: str) -> Any:
    query = {"appid": account.appid, "secret": apps.secret(tx, account), "code": code}
    query |= {"grant_type": "authorization_code", **changes}
    return api("GET", "/sns/oauth2/access_token", query=query)


def test_a_page_learns_who_somebody_is(tx: Tx, clock: HandWound, api: Any, account: App, ann: User) -> None:
    code = a_code(tx, account, ann)
    assert exchange(tx, api, account, code, secret="0" * 32)["errcode"] == 40125
    tokens = exchange(tx, api, account, code)
    assert tokens["openid"] == openids.of(tx, appid=account.appid, user_id=ann.id)
    assert (tokens["expires_in"], tokens["scope"], tokens["is_snapshotuser"]) == (
        7200,
        "snsapi_userinfo",
        0,
    )
    assert exchange(tx, api, account, code)["errcode"] == 40163
    person = {"access_token": tokens["access_token"], "openid": tokens["openid"], "lang": "zh_CN"}
    info = api("GET", "/sns/userinfo", query=person)
    assert (info["nickname"], info["unionid"]) == ("Ann", tokens["unionid"])
    assert api("GET", "/sns/auth", query=person)["errcode"] == 0
    clock.advance(2 * HOUR_MS)
    assert api("GET", "/sns/auth", query=person)["errcode"] == 42001
    refresh = {"appid": account.appid, "grant_type": "refresh_token"}
    refresh["refresh_token"] = tokens["refresh_token"]
    fresh = api("GET", "/sns/oauth2/refresh_token", query=refresh)
    assert sorted(fresh) == ["access_token", "expires_in", "openid", "refresh_token", "scope"]
    person["access_token"] = fresh["access_token"]
    assert api("GET", "/sns/userinfo", query=person)["nickname"] == "Ann"
    clock.advance(30 * DAY_MS)
    assert api("GET", "/sns/oauth2/refresh_token", query=refresh)["errcode"] == 40030


def test_a_page_learns_no_more_than_it_asked_for(tx: Tx, api: Any, account: App, ann: User) -> None:
    tokens = exchange(tx, api, account, a_code(tx, account, ann, WebScope.BASE))
    person = {"access_token": tokens["access_token"], "openid": tokens["openid"]}
    assert api("GET", "/sns/userinfo", query=person)["errcode"] == 48001
    tokens = exchange(tx, api, account, a_code(tx, account, ann))
    grants.revoke(tx, user_id=ann.id, appid=account.appid, scope="snsapi_userinfo")
    person["access_token"] = tokens["access_token"]
    assert api("GET", "/sns/userinfo", query=person)["errcode"] == 50001


def test_bad_web_logins_get_their_published_error(
    tx: Tx, clock: HandWound, api: Any, account: App, ann: User
) -> None:
    assert exchange(tx, api, account, "none")["errcode"] == 40029
    code = a_code(tx, account, ann)
    assert exchange(tx, api, account, code, grant_type="password")["errcode"] == 40002
    clock.advance(5 * MINUTE_MS)
    assert exchange(tx, api, account, code)["errcode"] == 40029
    person = {"access_token": "none", "openid": openids.of(tx, appid=account.appid, user_id=ann.id)}
    assert api("GET", "/sns/auth", query=person)["errcode"] == 40001


def test_a_page_may_only_be_where_the_account_said(tx: Tx, account: App, ann: User) -> None:
    web_logins.set_domains(tx, appid=account.appid, domains=["shop.example"])
    for wrong in ("https://tea.example/", "ftp://shop.example/", "https://[", "https://shop.example.evil/"):
        with pytest.raises(DomainError):
            web_logins.require_address(tx, account, wrong)
    web_logins.require_address(tx, account, "https://shop.example/back")
    with pytest.raises(DomainError):
        web_logins.set_domains(tx, appid=account.appid, domains=["https://shop.example/"])


def test_the_app_asks_once_and_goes_back_with_a_code(tx: Tx, call: Any, account: App) -> None:
    ann = Device(tx, call, "Ann")
    asked = {
        "appid": account.appid,
        "redirect_uri": "https://tea.example/back",
        "scope": "snsapi_userinfo",
        "state": "x",
    }
    assert ann.post("/web-logins", asked)["redirect"] is None
    back = ann.post("/web-logins", {**asked, "approved": True})["redirect"]
    assert back.startswith("https://tea.example/back?code=0")
    assert ann.post("/web-logins", asked)["redirect"] is not None
    silent = {**asked, "scope": "snsapi_base"}
    assert Device(tx, call, "Ben").post("/web-logins", silent)["redirect"] is not None
    ann.post("/web-logins", {**asked, "redirect_uri": "javascript:1"}, status=403)


def test_another_browser_is_told_to_use_the_app(call: Any) -> None:
    status, headers, body = call(mp, "GET", "/connect/oauth2/authorize", query={"appid": "wx1"})
    assert status == 200 and headers["content-type"].startswith("text/html") and "客户端" in body.decode()


def test_a_ticket_is_the_same_while_it_lives(clock: HandWound, api: Any, account: App, program: App) -> None:
    def ticket(**query: str) -> Any:
        return api("GET", "/cgi-bin/ticket/getticket", as_=account, query=query)

    first = ticket(type="jsapi")
    assert (first["errcode"], first["expires_in"]) == (0, 7200)
    clock.advance(100_000)
    assert (ticket(type="jsapi")["ticket"], ticket()["expires_in"]) == (first["ticket"], 7100)
    assert ticket(type="wx_card")["ticket"] != first["ticket"]
    assert ticket(type="dance")["errcode"] == 40097
    assert api("GET", "/cgi-bin/ticket/getticket", as_=program)["errcode"] == 48001
