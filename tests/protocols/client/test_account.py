"""Signing up and in over the client protocol."""

from collections.abc import Callable

from hutong.kernel.db import Tx

from .conftest import Device


def test_a_newcomer_signs_up_and_is_signed_in(device: Callable[..., Device]) -> None:
    joined = device().post(
        "/users", {"username": "Mei_1", "password": "quiet lane 8", "nickname": "梅", "device": "Firefox"}
    )
    mei = device(token=joined["token"])
    me = mei.get("/me")
    assert (me["username"], me["nickname"], me["user_id"], me["has_pin"]) == (
        "mei_1",
        "梅",
        joined["user_id"],
        False,
    )
    again = device().post("/sessions", {"username": "mei_1", "password": "quiet lane 8", "device": "Phone"})
    assert again["user_id"] == joined["user_id"] and again["token"] != joined["token"]
    assert [(s["device"], s["current"]) for s in mei.get("/sessions")["sessions"]] == [
        ("Phone", False),
        ("Firefox", True),
    ]


def test_a_short_password_and_a_taken_username_are_refused(device: Callable[..., Device]) -> None:
    nobody = device()
    short = nobody.post("/users", {"username": "mei", "password": "short", "nickname": "M"}, status=400)
    assert short["error"]["code"] == "identity.password_invalid"
    nobody.post("/users", {"username": "mei", "password": "quiet lane 8", "nickname": "M"})
    taken = nobody.post(
        "/users", {"username": "MEI", "password": "quiet lane 8", "nickname": "M"}, status=409
    )
    assert taken["error"]["code"] == "identity.username_taken"


def test_a_wrong_password_is_counted_though_refused(tx: Tx, device: Callable[..., Device]) -> None:
    nobody = device()
    nobody.post("/users", {"username": "mei", "password": "quiet lane 8", "nickname": "M"})
    wrong = nobody.post("/sessions", {"username": "mei", "password": "loud lane 88"}, status=401)
    assert wrong["error"]["code"] == "identity.sign_in_wrong"
    assert tx.value("select failures from identity_password") == 1


def test_every_endpoint_for_people_asks_who_is_calling(device: Callable[..., Device]) -> None:
    from hutong.protocols.client.protocol import Person, client

    for endpoint in client.endpoints:
        if endpoint.caller_type is Person:
            path = endpoint.path.replace("{", "").replace("}", "")
            refused = device(token="ht_made_up").request(endpoint.method, path, status=401, body=b"{}")
            assert refused["error"]["code"] == "identity.signed_out"


def test_a_new_password_signs_the_other_devices_out(device: Callable[..., Device]) -> None:
    first = device(
        token=device().post("/users", {"username": "mei", "password": "quiet lane 8", "nickname": "M"})[
            "token"
        ]
    )
    second = device(
        token=device().post("/sessions", {"username": "mei", "password": "quiet lane 8"})["token"]
    )
    first.put("/me/password", {"old": "wrong lane 8", "new": "a new gate 9"}, status=401)
    first.put("/me/password", {"old": "quiet lane 8", "new": "a new gate 9"})
    second.get("/me", status=401)
    first.get("/me")
    device().post("/sessions", {"username": "mei", "password": "a new gate 9"})


def test_a_nickname_may_be_looked_at_before_it_is_taken(ann: Device) -> None:
    wishes = {"小安": True, " ": False, "a" * 33: False, "安\u202e": False}
    for wish, fits in wishes.items():
        assert ann.post("/nickname/check", {"nickname": wish}) == {"fits": fits}


def test_a_profile_is_changed_field_by_field(ann: Device) -> None:
    changed = ann.patch("/me", {"signature": "tea first"})
    assert (changed["signature"], changed["nickname"]) == ("tea first", "Ann")
    assert ann.patch("/me", {"nickname": ""}, status=400)["error"]["code"] == "identity.nickname_invalid"


def test_a_revoked_device_is_signed_out(ann: Device) -> None:
    mine = ann.get("/me")["session_id"]
    ann.delete(f"/sessions/{mine}")
    ann.get("/me", status=401)
    ann.delete("/sessions/99999999999999999999", status=401)


def test_an_unknown_address_and_method_say_so(ann: Device) -> None:
    assert ann.get("/nowhere", status=404)["error"]["code"] == "client.no_such_address"
    assert ann.request("DELETE", "/me", status=405)["error"]["code"] == "client.method_not_allowed"
