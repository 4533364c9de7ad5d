"""Signatures over the wire: every way to get one wrong is refused as published, and explained in the inspector."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from hutong.testing import Merchant, Server

from .signing import Signer

PREPAY = "/v3/pay/transactions/jsapi"


@pytest.fixture
def signer(hutong: Server, merchant: Merchant) -> Signer:
    return Signer(hutong, merchant)


@pytest.fixture
def order(hutong: Server, merchant: Merchant) -> dict[str, Any]:
    program, payer = hutong.mini_programs[0], hutong.person("linwan")
    return {
        "appid": program.appid,
        "mchid": merchant.mchid,
        "description": "高山乌龙",
        "out_trade_no": "TEA-0001",
        "notify_url": "http://127.0.0.1:9/notify",
        "amount": {"total": 100, "currency": "CNY"},
        "payer": {"openid": program.sign_in(payer.login(program))["openid"]},
    }


def _bytes(order: dict[str, Any]) -> bytes:
    return json.dumps(order, ensure_ascii=False, separators=(",", ":")).encode()


def _explained(server: Server) -> list[str]:
    """What the inspector says of the newest refused call."""
    newest, *_ = server.inspector.calls(protocol="pay", refused=True)
    shown = server.inspector.call(newest["id"])
    told = shown["explanation"]
    assert told["zh"] and told["en"]
    found: list[str] = told["causes"]
    return found


def test_a_signature_that_fits_is_believed_with_and_without_the_mount(
    signer: Signer, order: dict[str, Any]
) -> None:
    assert signer.call("POST", PREPAY, _bytes(order)).status_code == 200
    body = _bytes(order)
    signed = signer.authorization(lambda at, nonce: f"POST\n/pay{PREPAY}\n{at}\n{nonce}\n{body.decode()}\n")
    assert signer.send("POST", PREPAY, body, signed).status_code == 200


Text = Callable[[str, str, str, str], str]

MISTAKES: dict[str, tuple[Text, str]] = {
    "no last line end": (
        lambda at, nonce, target, body: f"POST\n{target}\n{at}\n{nonce}\n{body}",
        "last_line_end",
    ),
    "CR LF": (lambda at, nonce, target, body: f"POST\r\n{target}\r\n{at}\r\n{nonce}\r\n{body}\r\n", "crlf"),
    "a body written anew": (
        lambda at, nonce, target, body: f"POST\n{target}\n{at}\n{nonce}\n{json.dumps(json.loads(body))}\n",
        "body_reserialised",
    ),
    "no body": (lambda at, nonce, target, body: f"POST\n{target}\n{at}\n{nonce}\n\n", "body_missing"),
    "the whole URL": (
        lambda at, nonce, target, body: (
            f"POST\nhttps://api.mch.weixin.qq.com{target}\n{at}\n{nonce}\n{body}\n"
        ),
        "full_url",
    ),
    "another prefix": (
        lambda at, nonce, target, body: f"POST\n/api{target}\n{at}\n{nonce}\n{body}\n",
        "mount",
    ),
    "another method": (lambda at, nonce, target, body: f"GET\n{target}\n{at}\n{nonce}\n{body}\n", "method"),
    "two moments": (
        lambda at, nonce, target, body: f"POST\n{target}\n{int(at) - 1}\n{nonce}\n{body}\n",
        "timestamp_twice",
    ),
    "something else": (lambda at, nonce, target, body: "something else", "text_differs"),
}


@pytest.mark.parametrize(("text", "cause"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_in_the_text_is_named(
    hutong: Server, signer: Signer, order: dict[str, Any], text: Text, cause: str
) -> None:
    body = _bytes(order)
    signed = signer.authorization(lambda at, nonce: text(at, nonce, PREPAY, body.decode()))
    answer = signer.send("POST", PREPAY, body, signed)
    assert (answer.status_code, answer.json()["code"]) == (401, "SIGN_ERROR")
    assert cause in _explained(hutong)
    shown = hutong.inspector.call(hutong.inspector.calls(protocol="pay", refused=True)[0]["id"])
    if cause != "text_differs":
        assert any(part["kind"] != "same" for part in shown["explanation"]["diff"])
    assert (
        signer.call(
            "GET", f"/v3/pay/transactions/out-trade-no/TEA-0001?mchid={signer.merchant.mchid}"
        ).json()["code"]
        == "ORDER_NOT_EXIST"
    )


def test_a_query_left_out_is_named(hutong: Server, signer: Signer) -> None:
    path = "/v3/pay/transactions/out-trade-no/TEA-0001"
    signed = signer.authorization(lambda at, nonce: f"GET\n{path}\n{at}\n{nonce}\n\n")
    answer = signer.send("GET", f"{path}?mchid={signer.merchant.mchid}", b"", signed)
    assert answer.status_code == 401
    assert _explained(hutong) == ["query_missing"]


def test_a_clock_that_is_wrong_is_named(hutong: Server, signer: Signer, order: dict[str, Any]) -> None:
    for at in (-301, 360, 8 * 3600):
        answer = signer.call("POST", PREPAY, _bytes(order), at=at)
        assert (answer.status_code, answer.json()["code"]) == (401, "SIGN_ERROR")
        assert _explained(hutong) == ["clock_skew"]
    assert signer.call("POST", PREPAY, _bytes(order), at=-200).status_code == 200


def test_a_key_that_is_wrong_is_named(hutong: Server, signer: Signer, order: dict[str, Any]) -> None:
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    assert signer.call("POST", PREPAY, _bytes(order), key=stranger).status_code == 401
    assert _explained(hutong) == ["unknown_key"]
    neighbour = Signer(hutong, hutong.merchants[1])
    assert signer.call("POST", PREPAY, _bytes(order), key=neighbour.key).status_code == 401
    assert _explained(hutong) == ["wrong_key"]


def test_a_serial_that_is_wrong_is_named(hutong: Server, signer: Signer, order: dict[str, Any]) -> None:
    neighbour = hutong.merchants[1]
    wrong = {
        "7" * 40: "serial_unknown",
        neighbour.serial_no: "serial_of_other",
        signer.merchant.platform_serial_no: "serial_of_platform",
        str(int(signer.merchant.serial_no, 16)): "serial_spelling",
    }
    for serial_no, cause in wrong.items():
        answer = signer.call("POST", PREPAY, _bytes(order), serial_no=serial_no)
        assert (answer.status_code, answer.json()["code"]) == (401, "SIGN_ERROR")
        assert _explained(hutong) == [cause], serial_no
    assert signer.call("POST", PREPAY, _bytes(order), mchid="1999999999").status_code in (400, 401)


def test_a_call_sent_twice_takes_effect_once(hutong: Server, signer: Signer, order: dict[str, Any]) -> None:
    body = _bytes(order)
    signed = signer.authorization(lambda at, nonce: f"POST\n{PREPAY}\n{at}\n{nonce}\n{body.decode()}\n")
    assert signer.send("POST", PREPAY, body, signed).status_code == 200
    again = signer.send("POST", PREPAY, body, signed)
    assert (again.status_code, again.json()["code"]) == (401, "SIGN_ERROR")
    assert _explained(hutong) == ["replayed"]


HEADERS: dict[str, Callable[[str], str | None]] = {
    "none": lambda signed: None,
    "another scheme": lambda signed: "Basic dGVhOnRlYQ==",
    "a field missing": lambda signed: signed.replace('nonce_str="', 'nonce="'),
    "a field twice": lambda signed: signed + ',mchid="1"',
    "no quotes": lambda signed: signed.replace('"', ""),
    "a signature that is not base64": lambda signed: signed.replace('signature="', 'signature="*'),
    "a time that is no number": lambda signed: signed.replace('timestamp="', 'timestamp="x'),
    "one longer than any": lambda signed: signed + ",more=" + "1" * 8_000,
    "only the scheme": lambda signed: "WECHATPAY2-SHA256-RSA2048",
    "Chinese": lambda signed: quote("签名"),
}


@pytest.mark.parametrize("spoil", HEADERS.values(), ids=HEADERS)
def test_a_header_that_is_no_signature_is_refused(
    hutong: Server, signer: Signer, order: dict[str, Any], spoil: Callable[[str], str | None]
) -> None:
    body = _bytes(order)
    signed = signer.authorization(lambda at, nonce: f"POST\n{PREPAY}\n{at}\n{nonce}\n{body.decode()}\n")
    answer = signer.send("POST", PREPAY, body, spoil(signed))
    assert (answer.status_code, answer.json()["code"]) == (401, "SIGN_ERROR")
    assert _explained(hutong)


def test_a_tampered_byte_is_noticed_anywhere(signer: Signer, order: dict[str, Any]) -> None:
    body = _bytes(order)
    signed = signer.authorization(lambda at, nonce: f"POST\n{PREPAY}\n{at}\n{nonce}\n{body.decode()}\n")
    dearer = body.replace(b'"total":100', b'"total":1')
    assert signer.send("POST", PREPAY, dearer, signed).status_code == 401
    assert signer.send("POST", PREPAY.replace("jsapi", "app"), body, signed).status_code == 401
    assert signer.send("POST", PREPAY + "?a=1", body, signed).status_code == 401
    assert signer.send("POST", PREPAY, body, signed).status_code == 200
