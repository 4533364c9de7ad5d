"""Who is asking, and how we prove who answers: signatures both ways, replays, both kinds of trust."""

import base64
from collections.abc import Callable
from typing import Any

import pytest
from cryptography import x509

from hutong.domains.pay import keys
from hutong.domains.pay.tables import KeyUse, MchId, Order, Trust
from hutong.kernel import envelopes
from hutong.kernel.clock import DAY_MS, HandWound, Millis, wire_now
from hutong.kernel.db import Tx
from hutong.kernel.endpoints import HttpRequest
from hutong.kernel.errors import DomainError
from hutong.protocols.pay import pay
from tests.protocols.pay.conftest import API_V3_KEY, MCHID, V3, Shop, open_shop

OrderJson = Callable[..., dict[str, Any]]
NATIVE = "/v3/pay/transactions/native"


def count(tx: Tx) -> int:
    return int(tx.value("select count(*) from pay_order"))


def test_a_call_is_believed_over_the_path_with_or_without_the_mount(
    shop: Shop, v3: V3, order_json: OrderJson
) -> None:
    from msgspec.json import encode

    body = encode(order_json())
    for target in (NATIVE, f"/pay{NATIVE}"):
        signed = shop.authorization("POST", target, body)
        assert v3("POST", NATIVE, body=body, authorization=signed).status == 200


def test_a_replayed_call_takes_no_second_effect(tx: Tx, shop: Shop, v3: V3, order_json: OrderJson) -> None:
    from msgspec.json import encode

    body = encode(order_json())
    signed = shop.authorization("POST", NATIVE, body)
    assert v3("POST", NATIVE, body=body, authorization=signed).status == 200
    assert v3("POST", NATIVE, body=body, authorization=signed).code == (401, "SIGN_ERROR")


def test_a_refused_call_spends_no_nonce(tx: Tx, shop: Shop, v3: V3) -> None:
    signed = shop.authorization("POST", NATIVE, b"{}")
    for _ in range(2):
        assert v3("POST", NATIVE, body=b"{}", authorization=signed).code == (400, "PARAM_ERROR")
    assert tx.value("select count(*) from pay_nonce") == 0


def test_nonces_are_forgotten_after_their_window(tx: Tx) -> None:
    from hutong.domains.pay import merchants
    from hutong.domains.pay.tables import Nonce

    tx.insert(Nonce("f" * 64, Millis(wire_now() - merchants.NONCE_KEPT_MS - 1)))
    for number in range(2000):
        merchants.use_nonce(tx, f"m:{number}")
    assert tx.find(Nonce, digest="f" * 64) is None


@pytest.mark.parametrize("off", [-301, 301, -(10**9)])
def test_a_stale_call_is_refused(tx: Tx, shop: Shop, v3: V3, off: int) -> None:
    signed = shop.authorization("POST", NATIVE, b"{}", timestamp=wire_now() // 1000 + off)
    refused = v3("POST", NATIVE, body=b"{}", authorization=signed)
    assert refused.code == (401, "SIGN_ERROR") and "5分钟" in refused.json["message"]


def test_turning_the_business_clock_does_not_make_a_call_stale(
    clock: HandWound, v3: V3, order_json: OrderJson
) -> None:
    clock.advance(7 * DAY_MS)
    assert v3("POST", NATIVE, json=order_json()).status == 200


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer x",
        "WECHATPAY2-SHA256-RSA2048",
        'WECHATPAY2-SHA256-RSA2048 mchid="1900000109"',
        'WECHATPAY2-SHA256-RSA2048 mchid="1900000109",nonce_str="a",signature="!",timestamp="1",serial_no="A"',
        "WECHATPAY2-SHA256-RSA2048 " + "x" * 5000,
    ],
)
def test_a_malformed_authorization_is_refused(v3: V3, authorization: str) -> None:
    assert v3("POST", NATIVE, body=b"{}", authorization=authorization).code == (401, "SIGN_ERROR")


def test_a_tampered_call_is_refused_with_what_should_have_been_signed(
    tx: Tx, shop: Shop, v3: V3, order_json: OrderJson
) -> None:
    from msgspec.json import encode

    signed = shop.authorization("POST", NATIVE, encode(order_json()))
    body = encode(order_json(amount={"total": 1}))
    refused = v3("POST", NATIVE, body=body, authorization=signed)
    assert refused.code == (401, "SIGN_ERROR")
    told = refused.json["detail"]["sign_information"]
    assert told["truncated_sign_message"].startswith(f"POST\n{NATIVE}\n") and told["method"] == "POST"
    assert count(tx) == 0


def test_wrong_serials_keys_and_merchants_are_refused(tx: Tx, shop: Shop, v3: V3) -> None:
    other = open_shop(tx, MchId("1900000208"))
    unknown_serial = shop.authorization("POST", NATIVE, b"{}", serial_no="4" * 40)
    assert v3("POST", NATIVE, body=b"{}", authorization=unknown_serial).code == (401, "SIGN_ERROR")
    others_serial = shop.authorization("POST", NATIVE, b"{}", serial_no=other.serial_no)
    assert v3("POST", NATIVE, body=b"{}", authorization=others_serial).code == (401, "SIGN_ERROR")
    for_other = shop.authorization("POST", NATIVE, b"{}", mchid=other.merchant.mchid)
    assert v3("POST", NATIVE, body=b"{}", authorization=for_other).code == (401, "SIGN_ERROR")
    nobody = shop.authorization("POST", NATIVE, b"{}", mchid="1999999999")
    assert v3("POST", NATIVE, body=b"{}", authorization=nobody).code == (400, "MCH_NOT_EXISTS")


def test_a_revoked_or_expired_certificate_is_refused(tx: Tx, shop: Shop, v3: V3) -> None:
    certificate = keys.find_certificate(tx, shop.serial_no)
    assert certificate is not None
    tx.update(certificate, expires_at=Millis(wire_now() - 1))
    assert v3("GET", "/v3/certificates").code == (401, "SIGN_ERROR")
    tx.update(certificate, expires_at=certificate.expires_at)
    assert v3("GET", "/v3/certificates").status == 200
    keys.revoke(tx, certificate)
    assert v3("GET", "/v3/certificates").code == (401, "SIGN_ERROR")


def test_the_answer_is_signed_as_the_caller_trusts(tx: Tx, shop: Shop, v3: V3, order_json: OrderJson) -> None:
    certificate, public_key = (keys.current(tx, use) for use in (KeyUse.CERTIFICATE, KeyUse.PUBLIC_KEY))
    assert certificate is not None and public_key is not None
    by_default = v3("POST", NATIVE, json=order_json())
    assert by_default.headers["wechatpay-serial"] == certificate.id
    by_certificate = v3("POST", NATIVE, json=order_json(), headers={"Wechatpay-Serial": certificate.id})
    assert by_certificate.headers["wechatpay-serial"] == certificate.id
    by_key = v3(
        "POST",
        NATIVE,
        json=order_json(out_trade_no="TEA-0002"),
        headers={"Wechatpay-Serial": public_key.id},
    )
    assert by_key.headers["wechatpay-serial"] == public_key.id
    assert public_key.id.startswith("PUB_KEY_ID_") and public_key.id[11:].isdigit()
    trusts = {order.out_trade_no: order.trust for order in tx.all(Order, "limit 5")}
    assert trusts == {"TEA-0001": Trust.CERTIFICATE, "TEA-0002": Trust.PUBLIC_KEY}


def test_a_certificates_serial_is_forty_hex_digits_that_start_non_zero(tx: Tx, shop: Shop) -> None:
    platform = keys.current(tx, KeyUse.CERTIFICATE)
    assert platform is not None
    for serial_no in (shop.serial_no, platform.id):
        assert len(serial_no) == 40 and serial_no[0] != "0" and serial_no == f"{int(serial_no, 16):X}"


def test_the_platforms_certificates_come_sealed_for_the_merchant(tx: Tx, v3: V3) -> None:
    (listed,) = v3("GET", "/v3/certificates").json["data"]
    sealed = listed["encrypt_certificate"]
    assert sealed["algorithm"] == "AEAD_AES_256_GCM" and sealed["associated_data"]
    pem = envelopes.open_resource(
        API_V3_KEY, sealed["ciphertext"], nonce=sealed["nonce"], associated_data=sealed["associated_data"]
    )
    certificate = x509.load_pem_x509_certificate(pem)
    assert f"{certificate.serial_number:X}" == listed["serial_no"]
    assert listed["effective_time"] < listed["expire_time"]
    refused = v3("GET", "/v3/certificates", query={"algorithm_type": "SM2"})
    assert refused.code == (400, "PARAM_ERROR")


def test_a_refused_signature_is_explained_to_the_inspector_alone(tx: Tx, shop: Shop) -> None:
    body = b'{"a": 1}'
    http = HttpRequest(
        method="POST",
        path=NATIVE,
        raw_path=f"/pay{NATIVE}",
        query_string="",
        headers={"authorization": shop.authorization("POST", NATIVE, b'{"a":1}')},
        body=body,
        mount="/pay",
        host="localhost:8000",
        scheme="http",
        client="127.0.0.1",
        received_at=wire_now(),
        request_id="test",
    )
    found = pay.match("POST", NATIVE)
    assert found is not None
    with pytest.raises(DomainError) as caught:
        pay.authenticate(tx, http, found[0])
    explained = pay.explain(tx, http, caught.value)
    assert explained is not None and explained["causes"] and explained["en"]
    assert base64.b64encode(body).decode() not in pay.refuse(http, caught.value).body.decode()


def test_merchants_keep_their_own_number(tx: Tx, shop: Shop) -> None:
    assert shop.merchant.mchid == MCHID
    with pytest.raises(DomainError):
        open_shop(tx)
