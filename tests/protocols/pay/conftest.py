"""`shop`: a merchant with keys of its own; `v3`: its signed calls, every answer's signature checked."""

import base64
import functools
import itertools
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from hutong.domains.apps import openids
from hutong.domains.apps.tables import App, AppKind
from hutong.domains.identity.tables import UserId
from hutong.domains.pay import keys, merchants
from hutong.domains.pay.keys import NewKey, NewMerchantKey
from hutong.domains.pay.tables import KeyUse, MchId, Merchant
from hutong.kernel.clock import wire_now
from hutong.kernel.db import Tx
from hutong.kernel.frozen import Frozen
from hutong.protocols.pay import pay, signatures
from tests.domains.builders import an_app

MCHID = MchId("1900000109")
API_V3_KEY = "0123456789abcdef0123456789abcdef"
_nonces = itertools.count(1)


@functools.cache
def platform() -> list[NewKey]:
    """RSA keys are slow to make, so every test of a process shares them."""
    return keys.new_platform(wire_now(), public_key_id="0116000000012026112200000000000001")


_merchant_keys: dict[str, NewMerchantKey] = {}


def merchant_key(tx: Tx, mchid: MchId) -> NewMerchantKey:
    if mchid not in _merchant_keys:
        _merchant_keys[mchid] = keys.new_merchant_key(tx, mchid, now=wire_now())
    return _merchant_keys[mchid]


class Shop(Frozen):
    merchant: Merchant
    app: App
    serial_no: str
    private_key: Any

    def sign(self, message: bytes) -> str:
        return base64.b64encode(self.private_key.sign(message, PKCS1v15(), SHA256())).decode()

    def authorization(
        self,
        method: str,
        target: str,
        body: bytes,
        *,
        timestamp: int | None = None,
        nonce: str | None = None,
        serial_no: str | None = None,
        mchid: str | None = None,
    ) -> str:
        moment = str(timestamp if timestamp is not None else wire_now() // 1000)
        word = nonce or f"nonce{next(_nonces)}"
        signature = self.sign(signatures.request_message(method, target, moment, word, body))
        return (
            f'{signatures.SCHEME} mchid="{mchid or self.merchant.mchid}",nonce_str="{word}",'
            f'signature="{signature}",timestamp="{moment}",serial_no="{serial_no or self.serial_no}"'
        )


def open_shop(tx: Tx, mchid: MchId = MCHID) -> Shop:
    """A merchant whose mini program takes orders."""
    if keys.current(tx, KeyUse.AUTHORITY) is None:
        keys.install(tx, platform())
    app = an_app(tx, AppKind.MINI_PROGRAM)
    merchant = merchants.create(tx, org_id=app.org_id, name="云岫茶事", mchid=mchid, api_v3_key=API_V3_KEY)
    merchants.bind_app(tx, mchid=merchant.mchid, appid=app.appid)
    made = merchant_key(tx, merchant.mchid)
    keys.certify(tx, mchid=merchant.mchid, certificate=made.certificate)
    private_key = load_pem_private_key(made.private_key.encode(), None)
    assert isinstance(private_key, rsa.RSAPrivateKey)
    return Shop(merchant, app, made.serial_no, private_key)


@pytest.fixture
def shop(tx: Tx) -> Shop:
    return open_shop(tx)


class Reply(Frozen):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return msgspec.json.decode(self.body)

    @property
    def code(self) -> tuple[int, str]:
        return self.status, self.json["code"]


V3 = Callable[..., Reply]


def answer_fits(tx: Tx, headers: dict[str, str], body: bytes) -> bool:
    """As an SDK checks us."""
    assert headers["wechatpay-signature-type"] == "WECHATPAY2-SHA256-RSA2048"
    assert abs(int(headers["wechatpay-timestamp"]) - wire_now() // 1000) < 60
    key = keys.find(tx, headers["wechatpay-serial"])
    assert key is not None
    message = signatures.response_message(headers["wechatpay-timestamp"], headers["wechatpay-nonce"], body)
    return signatures.fits(
        keys.public_key(key.public_part), base64.b64decode(headers["wechatpay-signature"]), message
    )


@pytest.fixture
def v3(tx: Tx, shop: Shop, call: Any) -> V3:
    """`v3("POST", "/v3/…", json={…})`: signed by the shop unless `as_` or `authorization` say otherwise."""

    def send(
        method: str,
        path: str,
        *,
        json: Any = None,
        body: bytes = b"",
        query: dict[str, str] | None = None,
        as_: Shop | None = None,
        authorization: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> Reply:
        content = msgspec.json.encode(json) if json is not None else body
        target = f"{path}?{urlencode(query)}" if query else path
        signed = (
            authorization
            if authorization is not None
            else (as_ or shop).authorization(method, target, content)
        )
        status, answered, text = call(
            pay,
            method,
            path,
            query=query,
            body=content,
            headers={"Authorization": signed, **(headers or {})},
        )
        assert answer_fits(tx, answered, text)
        assert status in (204, 200) or answered["content-type"] == "application/json"
        return Reply(status, answered, text)

    return send


@pytest.fixture
def order_json(tx: Tx, shop: Shop) -> Callable[..., dict[str, Any]]:
    """The body of a native order of oolong, with some fields otherwise; None leaves one out."""

    def make(**fields: Any) -> dict[str, Any]:
        body = {
            "appid": shop.app.appid,
            "mchid": shop.merchant.mchid,
            "description": "Oolong",
            "out_trade_no": "TEA-0001",
            "notify_url": "https://shop.example/notify",
            "amount": {"total": 120, "currency": "CNY"},
            **fields,
        }
        return {name: value for name, value in body.items() if value is not None}

    return make


def openid_of(tx: Tx, shop: Shop, user_id: UserId) -> str:
    return openids.of(tx, appid=shop.app.appid, user_id=user_id)
