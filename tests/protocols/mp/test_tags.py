"""Tags and the blacklist over their published wire."""

from typing import Any

import pytest

from hutong.domains.apps import openids, push
from hutong.domains.apps.tables import App, PushFormat, PushMode
from hutong.domains.chat import bodies, conversations, messages
from hutong.domains.chat.events import AccountMessageSent
from hutong.domains.identity.tables import User
from hutong.domains.official import follows
from hutong.domains.official.tables import FollowScene
from hutong.kernel import deliveries, envelopes
from hutong.kernel.db import Tx
from hutong.protocols.mp import callbacks
from tests.domains.builders import a_user


@pytest.fixture
def ann(tx: Tx) -> User:
    return a_user(tx)


def fan(tx: Tx, account: App, person: User) -> str:
    follows.follow(tx, appid=account.appid, user_id=person.id, scene=FollowScene.SEARCH)
    return openids.of(tx, appid=account.appid, user_id=person.id)


def a_tag(api: Any, account: App, name: str = "常客") -> int:
    return int(api("POST", "/cgi-bin/tags/create", as_=account, json={"tag": {"name": name}})["tag"]["id"])


def test_a_tag_gathers_fans_until_they_leave(tx: Tx, api: Any, account: App, ann: User) -> None:
    openid, tag = fan(tx, account, ann), a_tag(api, account)
    tagging = {"openid_list": [openid], "tagid": tag}
    for _ in range(2):
        assert api("POST", "/cgi-bin/tags/members/batchtagging", as_=account, json=tagging)["errcode"] == 0
    assert api("GET", "/cgi-bin/tags/get", as_=account) == {"tags": [{"id": tag, "name": "常客", "count": 1}]}
    ids = api("POST", "/cgi-bin/tags/getidlist", as_=account, json={"openid": openid})
    assert ids == {"tagid_list": [tag]}
    info = api("GET", "/cgi-bin/user/info", as_=account, query={"openid": openid})
    assert (info["tagid_list"], info["groupid"]) == ([tag], tag)
    page = api("POST", "/cgi-bin/user/tag/get", as_=account, json={"tagid": tag})
    assert page == {"count": 1, "data": {"openid": [openid]}, "next_openid": openid}
    after = {"tagid": tag, "next_openid": openid}
    assert api("POST", "/cgi-bin/user/tag/get", as_=account, json=after) == {"count": 0, "next_openid": ""}
    follows.unfollow(tx, appid=account.appid, user_id=ann.id)
    assert api("GET", "/cgi-bin/tags/get", as_=account)["tags"][0]["count"] == 0
    fan(tx, account, ann)
    api("POST", "/cgi-bin/tags/members/batchtagging", as_=account, json=tagging)
    api("POST", "/cgi-bin/tags/members/batchuntagging", as_=account, json=tagging)
    assert api("GET", "/cgi-bin/tags/get", as_=account)["tags"][0]["count"] == 0


def test_a_tag_is_renamed_and_deleted(api: Any, account: App) -> None:
    tag = a_tag(api, account)
    renamed = {"tag": {"id": tag, "name": "老友"}}
    assert api("POST", "/cgi-bin/tags/update", as_=account, json=renamed)["errcode"] == 0
    assert api("GET", "/cgi-bin/tags/get", as_=account)["tags"][0]["name"] == "老友"
    gone = {"tag": {"id": tag}}
    assert api("POST", "/cgi-bin/tags/delete", as_=account, json=gone)["errcode"] == 0
    assert api("POST", "/cgi-bin/tags/delete", as_=account, json=gone)["errcode"] == 45159


def test_bad_tags_get_their_published_error(tx: Tx, api: Any, account: App, ann: User) -> None:
    def create(name: str) -> int:
        return int(api("POST", "/cgi-bin/tags/create", as_=account, json={"tag": {"name": name}})["errcode"])

    tag = a_tag(api, account)
    assert [create("常客"), create(""), create("长" * 11)] == [45157, 45158, 45158]
    assert api("POST", "/cgi-bin/tags/delete", as_=account, json={"tag": {"id": 2}})["errcode"] == 45058

    def put(*listed: str, tagid: int = tag) -> int:
        body = {"openid_list": list(listed), "tagid": tagid}
        return int(api("POST", "/cgi-bin/tags/members/batchtagging", as_=account, json=body)["errcode"])

    stranger = openids.of(tx, appid=account.appid, user_id=ann.id)
    openid = fan(tx, account, a_user(tx, "Ben"))
    assert put(openid, stranger) == 43004
    assert put("o" + "x" * 27) == 49003
    assert put() == put(*[openid] * 51) == 40032
    assert put(openid, tagid=5000) == 45159
    for number in range(20):
        assert put(openid, tagid=a_tag(api, account, f"T{number}")) == 0
    assert put(openid) == 45059
    for number in range(79):
        a_tag(api, account, f"U{number}")
    assert create("one too many") == 45056


def test_a_blocked_fan_is_listed_and_not_heard(tx: Tx, api: Any, account: App, ann: User) -> None:
    openid = fan(tx, account, ann)
    key = envelopes.new_encoding_aes_key()
    push.set_(
        tx,
        account.appid,
        push.PushSettings("http://127.0.0.1:9/", "Token1", key, PushMode.PLAIN, PushFormat.XML),
    )

    def heard() -> int:
        conversation = conversations.with_account(tx, user_id=ann.id, appid=account.appid)
        messages.send(tx, conversation.id, sender=ann.id, body=bodies.Text("在吗"))
        callbacks.push_message(tx, tx.emitted(AccountMessageSent)[-1])
        return len(deliveries.claim(tx, limit=10, lease_ms=60_000))

    block = {"openid_list": [openid]}
    for _ in range(2):
        answer = api("POST", "/cgi-bin/tags/members/batchblacklist", as_=account, json=block)
        assert answer["errcode"] == 0
    listed = api("POST", "/cgi-bin/tags/members/getblacklist", as_=account, json={"begin_openid": ""})
    assert listed == {"total": 1, "count": 1, "data": {"openid": [openid]}, "next_openid": openid}
    after = api("POST", "/cgi-bin/tags/members/getblacklist", as_=account, json={"begin_openid": openid})
    assert after == {"total": 1, "count": 0, "next_openid": ""}
    assert heard() == 0
    assert api("POST", "/cgi-bin/tags/members/batchunblacklist", as_=account, json=block)["errcode"] == 0
    assert heard() == 1
    too_many = {"openid_list": [openid] * 21}
    answer = api("POST", "/cgi-bin/tags/members/batchblacklist", as_=account, json=too_many)
    assert answer["errcode"] == 40032
