"""The access token over its published wire."""

import re
from typing import Any

import pytest

from hutong.domains.apps import apps
from hutong.domains.apps.tables import App
from hutong.kernel.clock import HandWound
from hutong.kernel.db import Tx


def credential(tx: Tx, app: App, **changes: Any) -> dict[str, Any]:
    given = {"grant_type": "client_credential", "appid": app.appid, "secret": apps.secret(tx, app)}
    return {name: value for name, value in {**given, **changes}.items() if value is not None}


def test_a_token_opens_the_api_for_7200_seconds(tx: Tx, clock: HandWound, account: App, api: Any) -> None:
    answer = api("GET", "/cgi-bin/token", query=credential(tx, account))
    assert sorted(answer) == ["access_token", "expires_in"]
    assert answer["expires_in"] == 7200 and len(answer["access_token"]) <= 512


def test_a_stable_token_comes_by_json_only_and_stays_the_same(
    tx: Tx, clock: HandWound, account: App, api: Any
) -> None:
    first = api("POST", "/cgi-bin/stable_token", json=credential(tx, account))
    clock.advance(100_000)
    second = api("POST", "/cgi-bin/stable_token", json=credential(tx, account))
    assert (second["access_token"], second["expires_in"]) == (first["access_token"], 7100)
    forced = api("POST", "/cgi-bin/stable_token", json=credential(tx, account, force_refresh=True))
    assert forced["access_token"] != first["access_token"]
    wrong = api("GET", "/cgi-bin/stable_token", query=credential(tx, account))
    assert wrong["errcode"] == 43002


@pytest.mark.parametrize(
    ("changes", "errcode", "text"),
    [
        ({"appid": None}, 41002, "appid missing"),
        ({"secret": None}, 41004, "appsecret missing"),
        ({"grant_type": None}, 40002, "invalid grant_type"),
        ({"grant_type": "password"}, 40002, "invalid grant_type"),
        ({"appid": "wx0000000000000000"}, 40013, "invalid appid"),
        ({"secret": "0" * 32}, 40125, "invalid appsecret"),
    ],
)
def test_wrong_credentials_get_their_published_error(
    tx: Tx, account: App, api: Any, changes: dict[str, Any], errcode: int, text: str
) -> None:
    answer = api("GET", "/cgi-bin/token", query=credential(tx, account, **changes))
    assert answer["errcode"] == errcode and answer["errmsg"].startswith(text)
    assert re.search(r" rid: [0-9a-f]{8}-\w+-\w*\Z", answer["errmsg"])


@pytest.mark.parametrize(
    ("body", "errcode"),
    [
        (b"", 44002),
        (b"{", 47001),
        (b"[1]", 47001),
        (b"\xff\xfe", 47001),
        (b'{"appid": "\\u0000"}', 40097),
        (b"[" * 5000, 47001),
        (b'{"appid": 7}', 40097),
        (b"{}", 41002),
    ],
)
def test_a_malformed_body_gets_its_published_error(api: Any, body: bytes, errcode: int) -> None:
    assert api("POST", "/cgi-bin/stable_token", body=body)["errcode"] == errcode


def test_an_unknown_address_answers_as_published_and_says_so_plainly(api: Any) -> None:
    answer = api("GET", "/cgi-bin/no_such_thing")
    assert answer["errcode"] == 40066 and answer["errmsg"].startswith("invalid url")
    assert "GET /cgi-bin/no_such_thing" in answer["hutong"]
