"""The enterprise's published calls, on a real server."""

import pytest

from hutong.testing import Corp, Server


def test_the_directory_as_a_program_of_the_corp_reads_it(corp: Corp) -> None:
    departments = corp.call("GET", "/cgi-bin/department/list")["department"]
    service = departments[-1]
    assert corp.call("GET", "/cgi-bin/department/get", params={"id": service["id"]})["department"] == service
    ids = corp.call("GET", "/cgi-bin/department/simplelist")["department_id"]
    assert [found["id"] for found in ids] == [found["id"] for found in departments]
    where = {"department_id": 1, "fetch_child": 1}
    users = corp.call("GET", "/cgi-bin/user/list", params=where)["userlist"]
    assert [found["userid"] for found in users] == ["liufang", "sunwei", "zhaoqing", "zhengning"]
    simple = corp.call("GET", "/cgi-bin/user/simplelist", params=where)["userlist"]
    assert [found["name"] for found in simple] == [found["name"] for found in users]
    one = corp.call("GET", "/cgi-bin/user/get", params={"userid": "zhaoqing"})
    assert one["is_leader_in_dept"] == [1] and one["position"] == "经理"
    found = corp.call("POST", "/cgi-bin/user/getuserid", {"mobile": one["mobile"]})
    assert found["userid"] == "zhaoqing"
    seats = corp.call("POST", "/cgi-bin/user/list_id", {"limit": 2})
    assert len(seats["dept_user"]) == 2 and seats["next_cursor"]


def test_a_corp_s_token_lives_two_hours(hutong: Server, corp: Corp) -> None:
    token = corp.fetch_token()
    assert corp.fetch_token() == token
    asked = {"access_token": token, "userid": "zhaoqing"}
    hutong.clock.advance(hours=2)
    answer = hutong.call("GET", "/work/cgi-bin/user/get", params=asked).json()
    assert answer["errcode"] == 42001 and "access_token expired" in answer["errmsg"]
    assert corp.fetch_token() != token


@pytest.mark.parametrize(
    ("corpid", "secret", "errcode"),
    [("", "x", 41002), ("CORP", "", 41004), ("ww0000000000000000", "x", 40013), ("CORP", "x", 40001)],
)
def test_wrong_keys_are_refused_as_published(
    hutong: Server, corp: Corp, corpid: str, secret: str, errcode: int
) -> None:
    asked = {"corpid": corp.corpid if corpid == "CORP" else corpid, "corpsecret": secret}
    assert hutong.call("GET", "/work/cgi-bin/gettoken", params=asked).json()["errcode"] == errcode


@pytest.mark.parametrize(
    ("path", "params", "errcode"),
    [
        ("/cgi-bin/user/get", {"userid": "nobody"}, 60111),
        ("/cgi-bin/department/get", {"id": 99}, 60003),
        ("/cgi-bin/department/get", {"id": "one"}, 40058),
    ],
)
def test_what_is_not_there_is_refused_as_published(
    corp: Corp, path: str, params: dict[str, str], errcode: int
) -> None:
    assert corp.call("GET", path, params=params)["errcode"] == errcode
