"""The fixtures of hutong.testing, as a stranger's test suite uses them."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hutong.testing import Corp, MiniProgram, OfficialAccount, Person, Refused, Server
from tests.listener import Listener


@pytest.fixture
def listener() -> Iterator[Listener]:
    with Listener() as made:
        yield made


def test_a_person_is_new_signed_in_and_has_money(hutong: Server, user: Person) -> None:
    assert user.balance == 50_000
    assert hutong.user("Ben").id != user.id
    user.sign_in("second phone")
    assert len(user.request("GET", "/sessions")["sessions"]) == 2


def test_what_one_test_did_is_gone_in_the_next(hutong: Server) -> None:
    for _ in range(2):
        joined = {"username": "only-once", "password": "a quiet lane", "nickname": "Once"}
        hutong.request("POST", "/users", json=joined)
        hutong.clock.advance(days=7)
        hutong.restore()
        assert hutong.clock.now() < time.time() * 1000 + 60_000
    started = time.perf_counter()
    hutong.restore()
    assert time.perf_counter() - started < 0.5


def test_people_meet_and_talk(hutong: Server) -> None:
    ann, ben = hutong.user("Ann"), hutong.user("Ben")
    with pytest.raises(Refused):
        ann.send(ben, "hello?")
    ann.befriend(ben, "It is me")
    ann.send(ben, "Tea at five?")
    assert ben.messages(ann)[-1]["body"]["text"] == "Tea at five?"


def test_the_world_s_people_have_their_talks(hutong: Server) -> None:
    linwan, shenmei = hutong.person("linwan"), hutong.person("shenmei")
    said = [line["body"].get("text") for line in linwan.messages(shenmei)]
    assert said[-2:] == ["先点好，到了就能拿。", None], "the last thing is the shop's card"
    assert linwan.balance == 50_000


def test_an_account_hears_its_followers_and_answers(
    hutong: Server, user: Person, official_account: OfficialAccount, listener: Listener
) -> None:
    official_account.push_to(listener.url)
    user.follow(official_account)
    user.send(official_account, "Are you open?")
    hutong.clock.settle()
    assert "subscribe" in listener.received[0] and "Are you open?" in listener.received[1]

    (openid,) = official_account.call("GET", "/cgi-bin/user/get")["data"]["openid"][-1:]
    answer = official_account.call(
        "POST",
        "/cgi-bin/message/custom/send",
        {"touser": openid, "msgtype": "text", "text": {"content": "Until nine."}},
    )
    assert answer["errcode"] == 0
    assert user.messages(official_account)[-1]["body"]["text"] == "Until nine."
    (delivery, *_) = hutong.deliveries.list(owner=official_account.appid)
    assert delivery["state"] == "DELIVERED"
    assert hutong.deliveries.get(delivery["id"])["attempts"][0]["status"] == 200


def test_a_program_signs_a_person_in(user: Person, mini_program: MiniProgram) -> None:
    user.open(mini_program)
    session = mini_program.sign_in(user.login(mini_program))
    assert session["openid"].startswith("o") and len(session["session_key"]) == 24
    assert mini_program.sign_in("invented")["errcode"] == 40029


def test_a_corp_s_token_opens_its_directory(corp: Corp) -> None:
    members = corp.call("GET", "/cgi-bin/user/simplelist", params={"department_id": 1, "fetch_child": 1})
    assert "zhaoqing" in [member["userid"] for member in members["userlist"]]


def test_the_inspector_tells_what_was_called(hutong: Server, official_account: OfficialAccount) -> None:
    official_account.call("GET", "/cgi-bin/user/get")
    newest, *_ = hutong.inspector.calls(endpoint="/cgi-bin/user/get")
    assert newest["caller"] == official_account.appid and newest["status"] == 200
    shown = hutong.inspector.call(newest["id"])
    assert '"total"' in shown["response_body"]
    text = str(hutong.inspector.calls()) + str(shown)
    assert official_account.secret not in text


def test_the_clock_ages_a_token(hutong: Server, official_account: OfficialAccount) -> None:
    official_account.fetch_token()
    hutong.clock.advance(hours=2, seconds=1)
    assert official_account.call("GET", "/cgi-bin/user/get")["errcode"] == 42001
    official_account.fetch_token()
    assert "errcode" not in official_account.call("GET", "/cgi-bin/user/get")


def test_a_home_is_the_same_after_a_restart(tmp_path: Path) -> None:
    with Server(home=tmp_path, demo=False) as server:
        ann = server.user("Ann", balance=700)
        server.clock.advance(days=1)
        server.restart()
        assert ann.balance == 700
        assert server.clock.now() > time.time() * 1000 + 80_000_000
        server.kill()
        server.start()
        assert ann.balance == 700
