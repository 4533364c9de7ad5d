from typing import Any

import msgspec
import pytest

from hutong.domains.work import credentials, departments, members
from hutong.domains.work.members import Seat
from hutong.domains.work.tables import Corp, CredentialKind
from hutong.kernel.clock import HandWound
from hutong.kernel.db import Tx
from hutong.protocols.work.protocol import work
from tests.domains.builders import a_corp, a_user
from tests.protocols.conftest import Call


class Program:
    """A corp's own program, with its corpid and secret."""

    def __init__(self, call: Call, corp: Corp, secret: str) -> None:
        self._call, self.corp, self.secret = call, corp, secret
        self.token = ""

    def get(self, path: str, **query: Any) -> dict[str, Any]:
        status, headers, body = self._call(work, "GET", path, query={"access_token": self.token, **query})
        assert status == 200 and headers["content-type"].startswith("application/json")
        answer: dict[str, Any] = msgspec.json.decode(body)
        assert isinstance(answer["errmsg"], str)
        return answer

    def post(self, path: str, json: Any) -> dict[str, Any]:
        _, _, body = self._call(work, "POST", path, query={"access_token": self.token}, json=json)
        answer: dict[str, Any] = msgspec.json.decode(body)
        return answer

    def sign_in(self) -> None:
        self.token = self.get("/cgi-bin/gettoken", corpid=self.corp.corpid, corpsecret=self.secret)[
            "access_token"
        ]


@pytest.fixture
def program(tx: Tx, call: Call) -> Program:
    corp = a_corp(tx)
    agent = credentials.create(tx, corp, kind=CredentialKind.AGENT, name="Rota")
    made = Program(call, corp, credentials.keys(tx, agent).secret)
    made.sign_in()
    return made


def test_gettoken_answers_the_same_token_while_it_is_valid(program: Program, clock: HandWound) -> None:
    ask = {"corpid": program.corp.corpid, "corpsecret": program.secret}
    answer = program.get("/cgi-bin/gettoken", **ask)
    assert answer == {"errcode": 0, "errmsg": "ok", "access_token": program.token, "expires_in": 7200}
    clock.advance(7_200_000)
    assert program.get("/cgi-bin/gettoken", **ask)["access_token"] != program.token


@pytest.mark.parametrize(
    ("query", "errcode", "errmsg"),
    [
        ({"corpsecret": "x"}, 41002, "corpid missing"),
        ({"corpid": "CORP"}, 41004, "corpsecret missing"),
        ({"corpid": "ww0000000000000000", "corpsecret": "x"}, 40013, "invalid corpid"),
        ({"corpid": "CORP", "corpsecret": "x"}, 40001, "invalid credential"),
    ],
)
def test_gettoken_refuses_as_published(
    program: Program, query: dict[str, str], errcode: int, errmsg: str
) -> None:
    asked = {name: program.corp.corpid if value == "CORP" else value for name, value in query.items()}
    answer = program.get("/cgi-bin/gettoken", **asked)
    assert answer["errcode"] == errcode
    assert answer["errmsg"].startswith(f"{errmsg}, hint: [")
    assert f"devtool/query?e={errcode}" in answer["errmsg"]


def test_a_token_is_missing_invalid_or_expired(program: Program, clock: HandWound) -> None:
    token = program.token
    program.token = ""
    assert program.get("/cgi-bin/department/list")["errcode"] == 41001
    program.token = "invented"
    assert program.get("/cgi-bin/department/list")["errcode"] == 40014
    program.token = token
    clock.advance(7_200_000)
    answer = program.get("/cgi-bin/department/list")
    assert answer["errcode"] == 42001 and answer["errmsg"].startswith("access_token expired")


def test_a_path_nobody_declared_is_not_found(call: Call) -> None:
    status, _, body = call(work, "GET", "/cgi-bin/no/such/path")
    assert status == 404 and msgspec.json.decode(body)["errcode"] == 404
    assert b"hutong coverage" in body
    assert msgspec.json.decode(call(work, "POST", "/cgi-bin/gettoken")[2])["errcode"] == 43001


def test_the_directory_is_read_as_published(tx: Tx, program: Program) -> None:
    corp = program.corp
    kitchen = departments.create(tx, corp, name="Kitchen", name_en="Kitchen", order=7)
    ann, ben = a_user(tx, "Ann"), a_user(tx, "Ben")
    seats = [Seat(kitchen.id, order=5, leader=True), Seat(1)]
    members.join(
        tx,
        corp,
        userid="ann",
        user_id=ann.id,
        name="Ann Lee",
        seats=seats,
        mobile="13800000001",
        job="Cook",
        gender=2,
    )
    members.join(tx, corp, userid="ben", user_id=ben.id, name="Ben Ho", direct_leader=["ann"])

    listed = program.get("/cgi-bin/department/list")["department"]
    assert [found["id"] for found in listed] == [1, kitchen.id]
    assert listed[1] == {
        "id": kitchen.id,
        "name": "Kitchen",
        "name_en": "Kitchen",
        "department_leader": ["ann"],
        "parentid": 1,
        "order": 7,
    }
    assert program.get("/cgi-bin/department/get", id=kitchen.id)["department"] == listed[1]
    assert program.get("/cgi-bin/department/get", id=99)["errcode"] == 60003
    assert program.get("/cgi-bin/department/simplelist", id=kitchen.id)["department_id"] == [
        {"id": kitchen.id, "parentid": 1, "order": 7}
    ]

    one = program.get("/cgi-bin/user/get", userid="ANN")
    assert one["userid"] == "ann" and one["position"] == "Cook" and one["gender"] == "2"
    assert (one["department"], one["order"], one["is_leader_in_dept"]) == ([1, kitchen.id], [0, 5], [0, 1])
    assert one["main_department"] == kitchen.id and one["status"] == 1
    assert program.get("/cgi-bin/user/get", userid="nobody")["errcode"] == 60111

    simple = program.get("/cgi-bin/user/simplelist", department_id=1)["userlist"]
    assert [(found["userid"], found["name"], found["department"]) for found in simple] == [
        ("ann", "Ann Lee", [1, kitchen.id]),
        ("ben", "Ben Ho", [1]),
    ]
    detailed = program.get("/cgi-bin/user/list", department_id=kitchen.id)["userlist"]
    assert [found["userid"] for found in detailed] == ["ann"] and detailed[0]["mobile"] == "13800000001"
    assert len(program.get("/cgi-bin/user/list", department_id=1, fetch_child=1)["userlist"]) == 2
    assert program.post("/cgi-bin/user/getuserid", {"mobile": "13800000001"})["userid"] == "ann"
    assert program.post("/cgi-bin/user/getuserid", {"mobile": "1"})["errcode"] == 60111


def test_list_id_pages_through_every_seat_once(tx: Tx, program: Program) -> None:
    for i in range(5):
        person = a_user(tx, f"P{i}")
        members.join(tx, program.corp, userid=f"p{i}", user_id=person.id, name=f"P{i}")
    seen, cursor = [], ""
    for _ in range(4):
        page = program.post("/cgi-bin/user/list_id", {"cursor": cursor, "limit": 2})
        seen += [seat["userid"] for seat in page["dept_user"]]
        cursor = page["next_cursor"]
        if not cursor:
            break
    assert seen == [f"p{i}" for i in range(5)]
    assert program.post("/cgi-bin/user/list_id", {"cursor": "%%%"})["errcode"] == 40058


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"limit": 99999999999999999999999}', b"[" * 5000, b'"\xff"'])
def test_bad_bodies_are_refused_with_40058(program: Program, call: Call, body: bytes) -> None:
    query = {"access_token": program.token}
    _, _, answer = call(work, "POST", "/cgi-bin/user/list_id", query=query, body=body)
    assert msgspec.json.decode(answer)["errcode"] == 40058
