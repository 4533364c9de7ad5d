import base64
import json
import re

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from wechatpayv3.core import Core
from wechatpayv3.utils import build_authorization

from hutong.protocols.pay import signatures
from hutong.protocols.pay.signatures import Credentials, Failure

MERCHANT = rsa.generate_private_key(public_exponent=65537, key_size=2048)
STRANGER = rsa.generate_private_key(public_exponent=65537, key_size=2048)
TARGET = "/v3/pay/transactions/jsapi?a=1"
NOW_S = 1_800_000_000


def sign(message: bytes, key: rsa.RSAPrivateKey = MERCHANT) -> bytes:
    return key.sign(message, PKCS1v15(), SHA256())


def a_request(**changes: object) -> dict[str, object]:
    """The parts of a correctly signed request; the changes are what reaches the server instead."""
    message = signatures.request_message("POST", TARGET, str(NOW_S), "n1", b'{"a":"\xe8\x8c\xb6"}')
    claimed = Credentials("1900000001", "5A", "n1", str(NOW_S), sign(message))
    parts: dict[str, object] = {
        "credentials": claimed,
        "public_key": MERCHANT.public_key(),
        "method": "POST",
        "target": TARGET,
        "mount": "",
        "body": b'{"a":"\xe8\x8c\xb6"}',
        "now_s": NOW_S,
    }
    return parts | changes


def failure(parts: dict[str, object]) -> Failure | None:
    credentials = parts.pop("credentials")
    return signatures.failure(credentials, **parts)  # type: ignore[arg-type]


def test_an_honest_request_is_believed() -> None:
    assert failure(a_request()) is None


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"method": "PUT"}, Failure.SIGNATURE),
        ({"target": "/v3/pay/transactions/jsapi?a=2"}, Failure.SIGNATURE),
        ({"body": b"{}"}, Failure.SIGNATURE),
        ({"public_key": STRANGER.public_key()}, Failure.SIGNATURE),
        ({"now_s": NOW_S + 301}, Failure.TIMESTAMP),
        ({"now_s": NOW_S - 301}, Failure.TIMESTAMP),
        ({"now_s": NOW_S + 300}, None),
        ({"now_s": NOW_S - 300}, None),
    ],
)
def test_any_change_on_the_way_is_noticed(changes: dict[str, object], expected: Failure | None) -> None:
    assert failure(a_request(**changes)) is expected


@pytest.mark.parametrize("signed", [TARGET, "/pay" + TARGET])
@pytest.mark.parametrize("arrived", [TARGET, "/pay" + TARGET])
def test_the_mount_may_be_signed_or_not(signed: str, arrived: str) -> None:
    message = signatures.request_message("POST", signed, str(NOW_S), "n1", b"")
    claimed = Credentials("1900000001", "5A", "n1", str(NOW_S), sign(message))
    assert failure(a_request(credentials=claimed, target=arrived, mount="/pay", body=b"")) is None


def test_another_prefix_is_not_the_mount() -> None:
    message = signatures.request_message("POST", "ments/x", str(NOW_S), "n1", b"")
    claimed = Credentials("1900000001", "5A", "n1", str(NOW_S), sign(message))
    assert (
        failure(a_request(credentials=claimed, target="/payments/x", mount="/pay", body=b""))
        is Failure.SIGNATURE
    )


def test_what_wechatpayv3_signs_is_believed() -> None:
    data = {"description": "乌龙茶", "amount": {"total": 100}}
    header = build_authorization("/v3/x?y=1", "POST", "1900000001", "5A", MERCHANT, data=data)
    claimed = signatures.parse(header)
    assert isinstance(claimed, Credentials)
    parts = a_request(
        credentials=claimed, target="/v3/x?y=1", body=json.dumps(data).encode(), now_s=int(claimed.timestamp)
    )
    assert failure(parts) is None


def test_what_we_sign_wechatpayv3_believes() -> None:
    platform = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    sdk = Core(
        mchid="1900000001",
        cert_serial_no="5A",
        private_key=MERCHANT.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
        apiv3_key="0123456789abcdef0123456789abcdef",
        public_key=platform.public_key()
        .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        .decode(),
        public_key_id="PUB_KEY_ID_01",
    )
    for body in ('{"prepay_id":"wx茶"}', ""):
        signature = base64.b64encode(sign(signatures.response_message("17", "n", body.encode()), platform))
        headers = {
            "Wechatpay-Signature": signature.decode(),
            "Wechatpay-Timestamp": "17",
            "Wechatpay-Nonce": "n",
            "Wechatpay-Serial": "PUB_KEY_ID_01",
            "Wechatpay-Signature-Type": signatures.SCHEME,
        }
        assert sdk._verify_signature(headers, body)
        assert not sdk._verify_signature(headers, body + " ")


def test_the_payment_signature_is_wechatpayv3s() -> None:
    message = signatures.payment_message("wx1", "17", "n", "prepay_id=wx2")
    signature = base64.b64encode(sign(message)).decode()
    sdk = Core.__new__(Core)
    sdk._private_key = MERCHANT
    assert sdk.sign(["wx1", "17", "n", "prepay_id=wx2"]) == signature


HEADER = 'WECHATPAY2-SHA256-RSA2048 mchid="1900000001",nonce_str="n",signature="c2ln",timestamp="17",serial_no="5A"'


def test_fields_come_in_any_order_and_spacing() -> None:
    expected = Credentials("1900000001", "5A", "n", "17", b"sig")
    scheme, pairs = HEADER.split(" ", 1)
    assert signatures.parse(HEADER) == expected
    assert signatures.parse(scheme + " " + ",".join(reversed(pairs.split(",")))) == expected
    assert signatures.parse(scheme + "  " + pairs.replace(",", ", ")) == expected
    assert signatures.parse(HEADER + ',future="1"') == expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, Failure.MISSING),
        ("", Failure.MISSING),
        ("Bearer abc", Failure.SCHEME),
        (HEADER.replace("RSA2048", "SM3"), Failure.SCHEME),
        ("WECHATPAY2-SHA256-RSA2048", Failure.MALFORMED),
        (HEADER.replace('mchid="1900000001",', ""), Failure.MALFORMED),
        (HEADER.replace('"1900000001"', '""'), Failure.MALFORMED),
        (HEADER.replace('"1900000001"', "1900000001"), Failure.MALFORMED),
        (HEADER + ',mchid="2"', Failure.MALFORMED),
        (HEADER.replace('"17"', '"-17"'), Failure.MALFORMED),
        (HEADER.replace('"17"', '"١٧"'), Failure.MALFORMED),
        (HEADER.replace('"17"', '"17\n"'), Failure.MALFORMED),
        (HEADER.replace('"17"', '"' + "9" * 40 + '"'), Failure.MALFORMED),
        (HEADER.replace("c2ln", "%%%"), Failure.MALFORMED),
        (HEADER + "x" * 5000, Failure.MALFORMED),
    ],
)
def test_a_bad_header_is_refused_by_name(header: str | None, expected: Failure) -> None:
    assert signatures.parse(header) is expected


def test_a_hostile_header_costs_no_time() -> None:
    assert signatures.parse("WECHATPAY2-SHA256-RSA2048 " + 'a="' * 1000) is Failure.MALFORMED
    assert signatures.parse("WECHATPAY2-SHA256-RSA2048 " + " " * 4000) is Failure.MALFORMED


def test_a_replay_has_the_key_of_its_original() -> None:
    first, second = signatures.parse(HEADER), signatures.parse(HEADER)
    other = signatures.parse(re.sub('"n"', '"m"', HEADER))
    assert (
        isinstance(first, Credentials) and isinstance(second, Credentials) and isinstance(other, Credentials)
    )
    assert first.replay_key == second.replay_key != other.replay_key
