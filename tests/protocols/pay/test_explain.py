"""Each cause is produced by a client that really makes the mistake, and must be named."""

import base64
import hashlib
import hmac
import html
import json
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, HashAlgorithm
from hypothesis import given, settings
from hypothesis import strategies as st

from hutong.kernel.explanations import Explanation
from hutong.protocols.pay import signatures
from hutong.protocols.pay.explain import Key, Received, explain_payment, explain_request

OWN, OWN_OLD, OTHER, PLATFORM, STRANGER = (
    rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(5)
)
MCHID, OTHER_MCHID = "1900000001", "1900000002"
SERIAL, OLD_SERIAL, OTHER_SERIAL, PLATFORM_SERIAL = "5A0B01", "5A0B02", "0C11", "7F99"
KEYS = [
    Key(PLATFORM.public_key(), PLATFORM_SERIAL),
    Key(PLATFORM.public_key(), "PUB_KEY_ID_0117"),
    Key(OTHER.public_key(), OTHER_SERIAL, OTHER_MCHID),
    Key(OWN_OLD.public_key(), OLD_SERIAL, MCHID),
    Key(OWN.public_key(), SERIAL, MCHID),
]
NOW_S = 1_800_000_000
BODY = json.dumps(
    {"description": "乌龙茶", "out_trade_no": "TEA-1", "amount": {"total": 120}}, ensure_ascii=False
)
TARGET = "/v3/pay/transactions/jsapi"
QUERY = "/v3/bill/tradebill?bill_date=2026-01-02&tar_type=GZIP&note=%E8%8C%B6%2F1"


class Client:
    """A hand-written client: every step can be got wrong."""

    def __init__(self, *, method: str = "POST", target: str = TARGET, body: str = BODY) -> None:
        self.method, self.target, self.body = method, target, body
        self.signed_method, self.signed_target, self.signed_body = method, target, body.encode()
        self.sent_body = body.encode()
        self.timestamp = self.signed_timestamp = str(NOW_S)
        self.nonce = self.signed_nonce = "5K8264ILTKCH16CQ2502SI8ZNMTM67VS"
        self.key, self.serial_no, self.mchid = OWN, SERIAL, MCHID
        self.hash: HashAlgorithm = SHA256()
        self.mount = ""
        self.whole_body: bytes | None = None
        self.join: Callable[[list[bytes]], bytes] = lambda lines: b"\n".join(lines) + b"\n"
        self.encode: Callable[[bytes], str] = lambda signature: base64.b64encode(signature).decode()
        self.write: Callable[[Mapping[str, str]], str] = lambda fields: (
            signatures.SCHEME + " " + ",".join(f'{name}="{value}"' for name, value in fields.items())
        )

    def text(self) -> bytes:
        head = [self.signed_method, self.signed_target, self.signed_timestamp, self.signed_nonce]
        return self.join([*(line.encode() for line in head), self.signed_body])

    def send(self) -> Received:
        signature = self.key.sign(self.text(), PKCS1v15(), self.hash)
        fields = {
            "mchid": self.mchid,
            "nonce_str": self.nonce,
            "signature": self.encode(signature),
            "timestamp": self.timestamp,
            "serial_no": self.serial_no,
        }
        return Received(
            method=self.method,
            target=self.mount + self.target,
            authorization=self.write(fields),
            body=self.sent_body,
            whole_body=self.whole_body,
            mount=self.mount,
        )


def explained(client: Client) -> Explanation:
    received = client.send()
    if isinstance(claimed := signatures.parse(received.authorization), signatures.Credentials):
        key = next((k for k in KEYS if k.serial_no == claimed.serial_no and k.mchid == claimed.mchid), None)
        refused = key is None or signatures.failure(
            claimed,
            public_key=key.public_key,
            method=received.method,
            target=received.target,
            mount=received.mount,
            body=received.body,
            now_s=NOW_S,
        )
        explanation = explain_request(received, KEYS, now_s=NOW_S)
        assert bool(refused) == (explanation.causes != ("none",))  # it explains refusals, and only these
        return explanation
    return explain_request(received, KEYS, now_s=NOW_S)


def set_to(**changes: Any) -> Callable[[Client], None]:
    def change(client: Client) -> None:
        for name, value in changes.items():
            assert hasattr(client, name)
            setattr(client, name, value)

    return change


def joined(end: bytes, last: bytes) -> Callable[[list[bytes]], bytes]:
    return lambda lines: end.join(lines) + last


def rewritten(**options: Any) -> bytes:
    return json.dumps(json.loads(BODY), **options).encode()


MISTAKES: dict[str, tuple[str, Callable[[Client], None]]] = {
    "honest": ("none", set_to()),
    "no final LF": ("last_line_end", set_to(join=joined(b"\n", b""))),
    "CR LF": ("crlf", set_to(join=joined(b"\r\n", b"\r\n"))),
    "CR LF but the last": ("crlf", set_to(join=joined(b"\r\n", b""))),
    "literal \\n": ("literal_backslash_n", set_to(join=joined(b"\\n", b"\\n"))),
    "two final LFs": ("extra_line_end", set_to(join=joined(b"\n", b"\n\n"))),
    "CR": ("cr", set_to(join=joined(b"\r", b"\r"))),
    "no line ends": ("no_line_ends", set_to(join=joined(b"", b""))),
    "nonce first": (
        "line_order",
        set_to(join=lambda lines: b"\n".join([*lines[:2], lines[3], lines[2], lines[4]]) + b"\n"),
    ),
    "spaced JSON": (
        "body_reserialised",
        set_to(signed_body=rewritten(ensure_ascii=False, separators=(",", ":"))),
    ),
    "escaped JSON": ("body_reserialised", set_to(signed_body=rewritten())),
    "sorted JSON": ("body_reserialised", set_to(signed_body=rewritten(ensure_ascii=False, sort_keys=True))),
    "indented JSON": ("body_reserialised", set_to(signed_body=rewritten(indent=2, separators=(",", ": ")))),
    "no body": ("body_missing", set_to(signed_body=b"")),
    "body with a line end of its own": ("body_whitespace", set_to(signed_body=BODY.encode() + b"\r\n")),
    "body hashed": ("body_hashed", set_to(signed_body=hashlib.sha256(BODY.encode()).hexdigest().encode())),
    "GBK signed": ("charset", set_to(signed_body=BODY.encode("gbk"))),
    "GBK sent": ("charset", set_to(sent_body=BODY.encode("gbk"))),
    "? for Chinese": ("charset", set_to(signed_body=BODY.encode("ascii", "replace"))),
    "BOM": ("bom", set_to(signed_body=b"\xef\xbb\xbf" + BODY.encode())),
    "upload signed whole": (
        "whole_upload",
        set_to(whole_body=b"--x\r\nmeta\r\n--x--", signed_body=b"--x\r\nmeta\r\n--x--"),
    ),
    "full URL": ("full_url", set_to(signed_target="https://api.mch.weixin.qq.com" + TARGET)),
    "host and path": ("full_url", set_to(signed_target="api.mch.weixin.qq.com" + TARGET)),
    "path without /v3": ("path_cut", set_to(signed_target=TARGET.removeprefix("/v3"))),
    "path with a mount not called": ("mount", set_to(signed_target="/pay" + TARGET)),
    "path with the mount called": ("none", set_to(mount="/pay", signed_target="/pay" + TARGET)),
    "path without the mount called": ("none", set_to(mount="/pay")),
    "final slash": ("trailing_slash", set_to(signed_target=TARGET + "/")),
    "no first slash": ("leading_slash", set_to(signed_target=TARGET[1:])),
    "lower-case method": ("method_case", set_to(signed_method="post")),
    "another method": ("method", set_to(signed_method="GET")),
    "ms signed": ("timestamp_ms_signed", set_to(signed_timestamp=f"{NOW_S}123")),
    "two timestamps": ("timestamp_twice", set_to(signed_timestamp=str(NOW_S - 1))),
    "ms sent": (
        "timestamp_ms",
        set_to(timestamp=f"{NOW_S}123", signed_timestamp=f"{NOW_S}123"),
    ),
    "other nonce case": ("nonce_case", set_to(signed_nonce="5k8264iltkch16cq2502si8znmtm67vs")),
    "another nonce": ("text_differs", set_to(signed_nonce="another")),
    "another merchant's key": ("wrong_key", set_to(key=OTHER)),
    "the old certificate's key": ("wrong_key", set_to(key=OWN_OLD)),
    "the platform's key": ("wrong_key", set_to(key=PLATFORM)),
    "a stranger's key": ("unknown_key", set_to(key=STRANGER)),
    "the platform's serial": ("serial_of_platform", set_to(serial_no=PLATFORM_SERIAL)),
    "the public key id": ("serial_of_platform", set_to(serial_no="PUB_KEY_ID_0117")),
    "another merchant's serial": ("serial_of_other", set_to(serial_no=OTHER_SERIAL)),
    "an unknown serial": ("serial_unknown", set_to(serial_no="DEAD")),
    "a decimal serial": ("serial_spelling", set_to(serial_no=str(int(SERIAL, 16)))),
    "a serial with colons": ("serial_spelling", set_to(serial_no="5a:0b:01")),
    "SHA-1": ("hash", set_to(hash=SHA1())),
    "base64 twice": ("base64_twice", set_to(encode=lambda s: base64.b64encode(base64.b64encode(s)).decode())),
    "hex": ("hex", set_to(encode=lambda s: s.hex())),
    "URL-safe base64": (
        "base64_url",
        set_to(encode=lambda s: base64.urlsafe_b64encode(s).decode().rstrip("=")),
    ),
    "HMAC": (
        "not_rsa",
        set_to(encode=lambda s: base64.b64encode(hmac.digest(b"key", s, "sha256")).decode()),
    ),
    "cut signature": ("signature_length", set_to(encode=lambda s: base64.b64encode(s[:100]).decode())),
    "not base64": ("signature_encoding", set_to(encode=lambda s: "%%%")),
    "lower-case scheme": (
        "scheme_case",
        set_to(write=lambda f: "wechatpay2-sha256-rsa2048 " + ",".join(f'{n}="{v}"' for n, v in f.items())),
    ),
    "another scheme": ("scheme", set_to(write=lambda f: "Bearer " + f["signature"])),
    "no header": ("header_missing", set_to(write=lambda f: "")),
    "unquoted values": (
        "header_malformed",
        set_to(write=lambda f: signatures.SCHEME + " " + ",".join(f"{n}={v}" for n, v in f.items())),
    ),
    "no serial": ("field_missing", set_to(serial_no="")),
    "a date for a timestamp": ("timestamp_text", set_to(timestamp="2026-01-01 00:00:00")),
    "four minutes late": ("none", set_to(timestamp=str(NOW_S - 240), signed_timestamp=str(NOW_S - 240))),
    "seven minutes late": (
        "clock_skew",
        set_to(timestamp=str(NOW_S - 420), signed_timestamp=str(NOW_S - 420)),
    ),
}


@pytest.mark.parametrize(("cause", "mistake"), MISTAKES.values(), ids=MISTAKES)
def test_the_mistake_is_named(cause: str, mistake: Callable[[Client], None]) -> None:
    client = Client()
    mistake(client)
    explanation = explained(client)
    assert explanation.causes == (cause,)
    assert explanation.zh.count("。") == 1 and explanation.zh.endswith("。")
    assert explanation.en.endswith(".") and explanation.en[0].isupper() | explanation.en.startswith("`")


QUERY_MISTAKES: dict[str, tuple[str, Callable[[Client], None]]] = {
    "path alone": ("query_missing", set_to(signed_target=QUERY.partition("?")[0])),
    "decoded": ("query_decoded", set_to(signed_target=unquote(QUERY))),
    "encoded": ("query_encoded", set_to(target=unquote(QUERY))),
    "lower-case escapes": (
        "query_encoded",
        set_to(signed_target=QUERY.replace("%E8%8C%B6%2F", "%e8%8c%b6%2f")),
    ),
    "sorted": (
        "query_order",
        set_to(signed_target="/v3/bill/tradebill?bill_date=2026-01-02&note=%E8%8C%B6%2F1&tar_type=GZIP"),
    ),
    "escaped": ("html_escaped", set_to(signed_target=html.escape(QUERY))),
    "escaped on the way": ("html_unescaped", set_to(target=html.escape(QUERY))),
    "body of null": ("body_filler", set_to(signed_body=b"null")),
    "no line for the body": ("last_line_end", set_to(join=lambda lines: b"\n".join(lines[:4]) + b"\n")),
    "no line for the body, no end": ("last_line_end", set_to(join=lambda lines: b"\n".join(lines[:4]))),
    "bare question mark": (
        "bare_question_mark",
        set_to(target=TARGET, signed_target=TARGET + "?"),
    ),
}


@pytest.mark.parametrize(("cause", "mistake"), QUERY_MISTAKES.values(), ids=QUERY_MISTAKES)
def test_a_mistake_in_a_query_is_named(cause: str, mistake: Callable[[Client], None]) -> None:
    client = Client(method="GET", target=QUERY, body="")
    mistake(client)
    assert explained(client).causes == (cause,)


def test_what_fits_is_shown_beside_what_was_built() -> None:
    client = Client()
    client.join = joined(b"\r\n", b"\r\n")
    explanation = explained(client)
    built = signatures.request_message("POST", TARGET, client.timestamp, client.nonce, BODY.encode())
    assert (explanation.built, explanation.fitting) == (built, client.text())
    assert [segment.text for segment in explanation.diff if segment.kind == "client"] == ["␍"] * 5
    assert "POST" in explanation.diff[0].text


def test_the_missing_line_end_is_visible() -> None:
    client = Client(method="GET", body="")
    client.join = joined(b"\n", b"")
    assert [(s.kind, s.text) for s in explained(client).diff][-1] == ("server", "␊\n")


def test_mistakes_come_in_company() -> None:
    client = Client(method="GET", target=QUERY, body="")
    client.signed_target = QUERY.partition("?")[0]
    client.join = joined(b"\r\n", b"\r\n")
    client.timestamp = client.signed_timestamp = str(NOW_S + 8 * 3600)
    client.key = OTHER
    explanation = explained(client)
    assert explanation.causes == ("wrong_key", "crlf", "query_missing", "clock_skew")
    assert "1900000002" in explanation.en and "480 minutes ahead" in explanation.en
    assert "8 小时" in explanation.zh and "时区" in explanation.zh


def test_three_mistakes_in_one_text_are_still_found() -> None:
    client = Client()
    client.join = joined(b"\n", b"")
    client.signed_target = "https://api.mch.weixin.qq.com" + TARGET
    client.signed_body = rewritten()
    assert explained(client).causes == ("last_line_end", "full_url", "body_reserialised")


def test_a_replay_is_told_from_a_mistake() -> None:
    received = Client().send()
    assert explain_request(received, KEYS, now_s=NOW_S, replayed=True).causes == ("replayed",)


def test_an_unexplained_text_takes_bounded_time() -> None:
    client = Client(method="GET", target="/v3/x?" + "&".join(f"k{i}=%E8%8C%B6" for i in range(200)), body="")
    client.signed_nonce = "another"
    started = time.process_time()
    assert explained(client).causes == ("text_differs",)
    large = Client(body=json.dumps({"a": ["茶" * 100] * 10_000}))
    large.signed_nonce = "another"
    assert explained(large).causes == ("text_differs",)
    assert time.process_time() - started < 10


@settings(max_examples=20, deadline=None)
@given(st.text(max_size=40), st.binary(max_size=60), st.text(max_size=60))
def test_anything_at_all_gets_an_explanation(header: str, body: bytes, target: str) -> None:
    for authorization in (header, signatures.SCHEME + " " + header, Client().send().authorization):
        received = Received("POST", "/" + target.encode("utf-8", "replace").decode(), authorization, body)
        assert explain_request(received, KEYS, now_s=NOW_S).en


@pytest.mark.parametrize("depth", [300, 600, 900, 5000])
def test_deep_json_is_no_trouble(depth: int) -> None:
    client = Client(body="[" * depth + "]" * depth)
    client.signed_body = b""
    assert explained(client).causes == ("body_missing",)


# requestPayment

PARAMETERS = {
    "appId": "wx0000000000000001",
    "timeStamp": str(NOW_S),
    "nonceStr": "abc",
    "package": "prepay_id=wx201410272009395522657a690389285100",
    "signType": "RSA",
}


def paid(text: bytes | None = None, key: rsa.RSAPrivateKey = OWN, **changes: str) -> Explanation:
    p = PARAMETERS
    right = signatures.payment_message(p["appId"], p["timeStamp"], p["nonceStr"], p["package"])
    signature = base64.b64encode(key.sign(right if text is None else text, PKCS1v15(), SHA256())).decode()
    parameters = {**PARAMETERS, "paySign": signature, **changes}
    return explain_payment(parameters, KEYS, mchid=MCHID, other_appids=["wx0000000000000002"])


PREPAY = PARAMETERS["package"].removeprefix("prepay_id=")
LINES = [PARAMETERS[name].encode() for name in ("appId", "timeStamp", "nonceStr", "package")]


@pytest.mark.parametrize(
    ("cause", "explanation"),
    [
        ("none", paid()),
        ("last_line_end", paid(b"\n".join(LINES))),
        ("crlf", paid(b"\r\n".join(LINES) + b"\r\n")),
        ("literal_backslash_n", paid(b"\\n".join(LINES) + b"\\n")),
        ("package_prefix", paid(b"\n".join([*LINES[:3], PREPAY.encode()]) + b"\n")),
        ("package_prefix", paid(package=PREPAY)),
        ("package_app", paid(b"\n".join([*LINES[:3], b"Sign=WXPay"]) + b"\n")),
        ("appid_differs", paid(b"\n".join([b"wx0000000000000002", *LINES[1:]]) + b"\n")),
        ("timestamp_ms_signed", paid(b"\n".join([LINES[0], LINES[1] + b"007", *LINES[2:]]) + b"\n")),
        ("timestamp_twice", paid(timeStamp=str(NOW_S + 1))),
        ("line_order", paid(b"\n".join([LINES[0], LINES[2], LINES[1], LINES[3]]) + b"\n")),
        (
            "pairs",
            paid(
                f"appId={PARAMETERS['appId']}&nonceStr=abc&package={PARAMETERS['package']}"
                f"&signType=RSA&timeStamp={NOW_S}".encode()
            ),
        ),
        ("text_differs", paid(nonceStr="other")),
        ("wrong_key", paid(key=OTHER)),
        ("unknown_key", paid(key=STRANGER)),
        ("sign_type", paid(signType="MD5")),
        ("parameter_missing", paid(nonceStr="")),
        ("not_rsa", paid(paySign=base64.b64encode(b"x" * 32).decode())),
    ],
)
def test_a_payment_signature_is_explained(cause: str, explanation: Explanation) -> None:
    assert explanation.causes == (cause,)
