"""wechatpayv3 and wechatpy, unmodified, against the real server: what they do, and what they are refused."""

import datetime as dt
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from wechatpayv3 import WeChatPay, WeChatPayType
from wechatpy import WeChatClient
from wechatpy.exceptions import WeChatClientException

from hutong.testing import Merchant, MiniProgram, OfficialAccount, Person, Server
from tests.listener import Listener

CUP = 2_300
NOWHERE = "http://127.0.0.1:9/notify"


class Shop:
    """A merchant's use of wechatpayv3, and a customer it knows."""

    def __init__(self, server: Server, *, public_key: bool, notify_url: str = NOWHERE, **other: Any) -> None:
        self.merchant: Merchant = server.merchants[0]
        self.program: MiniProgram = server.mini_programs[0]
        self.person: Person = server.person("linwan")
        self.openid = self.program.sign_in(self.person.login(self.program))["openid"]
        keys: dict[str, Any] = {}
        if public_key:
            keys["public_key"] = self.merchant.platform_public_key_file.read_text()
            keys["public_key_id"] = self.merchant.platform_public_key_id
        told = {
            "mchid": self.merchant.mchid,
            "private_key": self.merchant.private_key,
            "cert_serial_no": self.merchant.serial_no,
            "apiv3_key": self.merchant.api_v3_key,
            "appid": self.program.appid,
            "notify_url": notify_url,
            **keys,
            **other,
        }
        self.sdk = WeChatPay(wechatpay_type=WeChatPayType.MINIPROG, **told)

    def prepay(self, number: str, amount: Any = None, **other: Any) -> tuple[int, dict[str, Any]]:
        asked = {
            "description": "高山乌龙 大杯",
            "out_trade_no": number,
            "amount": amount or {"total": CUP, "currency": "CNY"},
            "payer": {"openid": self.openid},
            **other,
        }
        return _read(self.sdk.pay(**asked))

    def refund(self, number: str, *, refund: int, total: int = CUP) -> tuple[int, dict[str, Any]]:
        amount = {"refund": refund, "total": total, "currency": "CNY"}
        return _read(self.sdk.refund(out_refund_no=f"{number}-R{refund}", out_trade_no=number, amount=amount))


def _read(answer: tuple[int, str]) -> tuple[int, dict[str, Any]]:
    status, text = answer
    return status, json.loads(text) if text else {}


MODES = pytest.mark.parametrize("public_key", [False, True], ids=["platform certificate", "public key"])


@MODES
def test_every_call_of_a_payment(published: Server, listener: Listener, public_key: bool) -> None:
    shop = Shop(published, public_key=public_key, notify_url=listener.url)
    status, prepaid = shop.prepay("TEA-0001")
    assert status == 200
    package = f"prepay_id={prepaid['prepay_id']}"
    signed = shop.sdk.sign([shop.program.appid, "1795000000", "n0nce", package])
    payment = {
        "appId": shop.program.appid,
        "timeStamp": "1795000000",
        "nonceStr": "n0nce",
        "package": package,
        "signType": "RSA",
        "paySign": signed,
    }
    shop.person.confirm(payment)
    published.clock.settle()

    headers, body = listener.headers.pop(), listener.received.pop()
    notice = shop.sdk.callback(headers, body)
    assert notice["event_type"] == "TRANSACTION.SUCCESS"
    heard = notice["resource"]
    assert (heard["out_trade_no"], heard["amount"]["total"]) == ("TEA-0001", CUP)
    assert heard["payer"]["openid"] == shop.openid
    assert shop.sdk.callback(headers, body + " ") is None, "a changed body is not believed"

    status, asked = _read(shop.sdk.query(out_trade_no="TEA-0001"))
    assert (status, asked["trade_state"]) == (200, "SUCCESS")
    assert asked["transaction_id"] == heard["transaction_id"]
    status, by_id = _read(shop.sdk.query(transaction_id=asked["transaction_id"]))
    assert (status, by_id) == (200, asked)

    status, back = shop.refund("TEA-0001", refund=300)
    assert (status, back["amount"]["refund"]) == (200, 300)
    published.clock.settle()
    assert _read(shop.sdk.query_refund(back["out_refund_no"]))[1]["status"] == "SUCCESS"
    assert shop.person.balance == 50_000 - CUP + 300

    shop.prepay("TEA-0002")
    assert shop.sdk.close("TEA-0002")[0] == 204
    assert _read(shop.sdk.query(out_trade_no="TEA-0002"))[1]["trade_state"] == "CLOSED"


@MODES
def test_a_refund_that_a_card_declines_is_sent_elsewhere(
    published: Server, listener: Listener, public_key: bool
) -> None:
    shop = Shop(published, public_key=public_key, notify_url=listener.url)
    person = shop.person
    card = person.request("GET", "/wallet")["cards"][0]["card_id"]
    _, prepaid = shop.prepay("TEA-0001", time_expire=_written(published.clock.now() + 600_000))
    cashier = person.stand_before(prepaid["prepay_id"])
    paying = {"pin": person.pay_pin, "card_id": card}
    person.request("POST", f"/cashiers/{cashier['cashier_id']}/confirm", json=paying)
    person.request("PUT", f"/wallet/cards/{card}/behaviour", json={"behaviour": "DECLINED"})
    _, asked = _read(shop.sdk.query(out_trade_no="TEA-0001"))
    assert asked["time_expire"] and _read(shop.sdk.query(transaction_id=asked["transaction_id"]))[1] == asked

    _, back = shop.refund("TEA-0001", refund=CUP)
    published.clock.advance(days=4)
    _, stuck = _read(shop.sdk.query_refund(back["out_refund_no"]))
    assert stuck["status"] == "ABNORMAL"
    status, redirected = _read(
        shop.sdk.abnormal_refund(
            refund_id=back["refund_id"],
            out_refund_no=back["out_refund_no"],
            type="USER_BANK_CARD",
            bank_type="CMB_DEBIT",
            bank_account="6225880137001234",
            real_name="林晚",
        )
    )
    assert status == 200, redirected
    assert "1234" in redirected["user_received_account"], "the sealed fields were opened"
    published.clock.advance(days=4)
    assert _read(shop.sdk.query_refund(back["out_refund_no"]))[1]["status"] == "SUCCESS"


def _written(moment_ms: int) -> str:
    return dt.datetime.fromtimestamp(moment_ms // 1000, dt.UTC).isoformat()


def test_a_code_at_the_counter_is_paid_by_scanning(published: Server) -> None:
    shop = Shop(published, public_key=True)
    asked = {"description": "茶", "out_trade_no": "TEA-CODE", "amount": {"total": 900}}
    status, coded = _read(shop.sdk.pay(pay_type=WeChatPayType.NATIVE, **asked))
    assert status == 200
    assert shop.person.scan(coded["code_url"])["kind"] == "ORDER"
    shop.person.confirm(coded["code_url"])
    assert _read(shop.sdk.query(out_trade_no="TEA-CODE"))[1]["trade_state"] == "SUCCESS"


@pytest.mark.parametrize(
    "amount",
    [
        {"total": 0},
        {"total": -1},
        {"total": 1.5},
        {"total": "100"},
        {"total": 10**12},
        {"total": 2**63},
        {"total": 2**70},
        {"total": None},
        {"total": CUP, "currency": "USD"},
        {"total": CUP, "currency": ""},
        {},
    ],
    ids=str,
)
def test_an_amount_that_is_no_price_is_refused(published: Server, amount: dict[str, Any]) -> None:
    shop = Shop(published, public_key=True)
    status, refused = shop.prepay("TEA-0001", amount={**amount, "more": 1})
    assert (status, refused["code"]) == (400, "PARAM_ERROR")
    assert _read(shop.sdk.query(out_trade_no="TEA-0001"))[1]["code"] == "ORDER_NOT_EXIST"


def test_one_number_is_one_order(published: Server) -> None:
    shop = Shop(published, public_key=True)
    first = shop.prepay("TEA-0001")
    assert shop.prepay("TEA-0001") == first, "the same again is the same order"
    assert shop.prepay("TEA-0001", amount={"total": CUP + 1})[1]["code"] == "OUT_TRADE_NO_USED"
    shop.person.confirm(first[1]["prepay_id"])
    assert shop.prepay("TEA-0001")[1]["code"] == "ORDERPAID"
    assert _read(shop.sdk.close("TEA-0001"))[1]["code"] == "ORDERPAID"
    shop.prepay("TEA-0002")
    shop.sdk.close("TEA-0002")
    assert shop.prepay("TEA-0002")[1]["code"] == "ORDER_CLOSED"
    assert shop.person.balance == 50_000 - CUP


def test_no_more_comes_back_than_was_paid(published: Server) -> None:
    shop = Shop(published, public_key=False)
    assert shop.refund("TEA-0001", refund=1)[0] == 404
    _, prepaid = shop.prepay("TEA-0001")
    assert shop.refund("TEA-0001", refund=1)[1]["code"] == "INVALID_REQUEST", "it is not paid"
    shop.person.confirm(prepaid["prepay_id"])
    assert shop.refund("TEA-0001", refund=CUP + 1)[0] == 400
    assert shop.refund("TEA-0001", refund=1, total=CUP + 1)[0] == 400
    assert shop.refund("TEA-0001", refund=0)[1]["code"] == "PARAM_ERROR"
    assert shop.refund("TEA-0001", refund=2_000)[0] == 200
    assert shop.refund("TEA-0001", refund=2_000)[0] == 200, "the same refund"
    assert shop.refund("TEA-0001", refund=301)[1]["code"] == "INVALID_REQUEST"
    assert shop.refund("TEA-0001", refund=300)[0] == 200
    published.clock.settle()
    assert shop.person.balance == 50_000


def test_a_stranger_s_key_is_refused(published: Server) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    shop = Shop(published, public_key=True, private_key=pem)
    status, refused = shop.prepay("TEA-0001")
    assert (status, refused["code"]) == (401, "SIGN_ERROR")


def test_a_posted_body_does_not_wait_for_an_acknowledgement(
    published: Server, official_account: OfficialAccount
) -> None:
    client = WeChatClient(official_account.appid, official_account.secret)
    for _ in range(6):
        with pytest.raises(WeChatClientException):
            client.message.send_text("o-nobody", "hello")
    calls = published.inspector.calls(endpoint="/cgi-bin/message/custom/send")
    assert len(calls) == 6
    assert min(call["duration_us"] for call in calls[:5]) < 30_000


# wechatpy


def _mounted(server: Server, account: OfficialAccount) -> WeChatClient:
    """As a subclass of the SDK is pointed at another address."""
    base = f"{server.url}/mp/cgi-bin/"

    class Mounted(WeChatClient):
        API_BASE_URL = base

        def fetch_access_token(self) -> Any:
            asked = {"grant_type": "client_credential", "appid": self.appid, "secret": self.secret}
            return self._fetch_access_token(url=f"{base}token", params=asked)

    return Mounted(account.appid, account.secret)


def _refused(call: Any, *arguments: Any) -> int:
    with pytest.raises(WeChatClientException) as caught:
        call(*arguments)
    found: int = caught.value.errcode
    return found


def test_an_account_s_calls_by_mount(hutong: Server, user: Person, official_account: OfficialAccount) -> None:
    client = _mounted(hutong, official_account)
    before = set(client.user.iter_followers())
    user.follow(official_account)
    (openid,) = set(client.user.iter_followers()) - before
    assert client.user.get(openid)["subscribe"] == 1
    assert [one["openid"] for one in client.user.get_batch([openid])] == [openid]

    client.menu.create({"button": [{"type": "click", "name": "营业时间", "key": "hours"}]})
    assert client.menu.get()["menu"]["button"][0]["name"] == "营业时间"
    client.menu.delete()
    assert client.menu.get() is None

    client.message.send_text(openid, "到了")
    template = client.template.add("TM00015")
    client.message.send_template(openid, template, {"first": {"value": "谢谢"}})
    kinds = [line["body"]["kind"] for line in user.messages(official_account)]
    assert kinds[-2:] == ["text", "notice"]
    user.unfollow(official_account)
    assert _refused(client.message.send_text, openid, "还在吗") in (43004, 45015)
    assert _refused(client.message.send_template, openid, template, {}) == 43004
    assert _refused(client.message.send_template, "o-nobody", template, {}) == 40003


@pytest.mark.parametrize("by_mount", [True, False])
def test_an_expired_token_is_fetched_anew(published: Server, by_mount: bool) -> None:
    account = published.official_accounts[0]
    client = _mounted(published, account) if by_mount else WeChatClient(account.appid, account.secret)
    client.user.get_followers()
    first = client.access_token
    published.clock.advance(days=7)
    client.user.get_followers()
    second = client.access_token
    assert second != first
    client.session.set(client.access_token_key, "never-issued")
    client.user.get_followers()
    assert client.access_token not in (first, second, "never-issued")


def test_wrong_keys_are_refused_by_name(published: Server) -> None:
    appid = published.official_accounts[0].appid
    assert _refused(WeChatClient(appid, "0" * 32).fetch_access_token) in (40001, 40125)
    assert _refused(WeChatClient("wx0000000000000000", "0" * 32).fetch_access_token) == 40013


def test_a_login_code_is_good_once_and_for_five_minutes(published: Server, user: Person) -> None:
    program = published.mini_programs[0]
    sdk = WeChatClient(program.appid, program.secret)
    code = user.login(program)
    session = sdk.wxa.code_to_session(code)
    assert session["openid"] and session["session_key"] and session["unionid"]
    assert _refused(sdk.wxa.code_to_session, code) == 40163
    assert _refused(sdk.wxa.code_to_session, "0" * 32) == 40029
    late = user.login(program)
    published.clock.advance(minutes=5, seconds=1)
    assert _refused(sdk.wxa.code_to_session, late) == 40029
    other = published.mini_programs[1]
    assert _refused(sdk.wxa.code_to_session, user.login(other)) in (40029, 40226)
