"""The tea shop's own decisions: prices, stock, being paid once, giving back no more than was paid."""

from __future__ import annotations

import base64
import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from flask.testing import FlaskClient
from wechatpy.crypto import WeChatCrypto
from wechatpy.utils import WeChatSigner

from examples.teashop import orders, refunds, settings, tasks, trades
from examples.teashop.refusals import Refusal
from examples.teashop.shop import Shop, open_shop
from examples.teashop.web import make_app
from tests.examples.platform import API_V3_KEY, MCHID, PUBLIC_KEY_ID, Keys, Platform

PROGRAM, ACCOUNT = "wx0000000000000001", "wx0000000000000002"
TOKEN = "tea-token"
AES_KEY = base64.b64encode(bytes(range(32))).decode().rstrip("=")
STAFF = {"Authorization": "Bearer counter-counter-counter"}
NOON = 1_795_000_000
CUP = {
    "goods_id": "oolong",
    "options": {"size": "large", "sugar": "half", "temperature": "hot"},
    "quantity": 2,
}
CAKE = {"goods_id": "cake", "options": {}, "quantity": 1}


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> int:
        return self.now


@pytest.fixture(scope="session")
def keys() -> Keys:
    return Keys()


@pytest.fixture
def platform(keys: Keys, monkeypatch: pytest.MonkeyPatch) -> Platform:
    platform = Platform(keys)
    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", lambda *a, **k: platform.send(*a, **k))
    platform.answer("/sns/jscode2session", lambda path, _: (200, _who(path)))
    platform.answer("/v3/pay/transactions/jsapi", {"prepay_id": "wx22-prepay"})
    platform.answer("/v3/pay/transactions/native", {"code_url": "weixin://wxpay/bizpayurl?pr=1"})
    platform.answer("/cgi-bin/template/api_add_template", {"errcode": 0, "template_id": "TPL"})
    platform.answer("/cgi-bin/message/", {"errcode": 0, "errmsg": "ok", "msgid": 1})
    platform.answer("/cgi-bin/user/get", {"total": 0, "count": 0, "next_openid": ""})
    return platform


def _who(path: str) -> dict[str, Any]:
    code = path.split("js_code=")[1].split("&")[0]
    if code == "spent":
        return {"errcode": 40163, "errmsg": "code been used"}
    return {"openid": f"o-{code}", "session_key": "", "unionid": f"u-{code}"}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def told(tmp_path: Path, keys: Keys) -> settings.Settings:
    private, public = keys.write(tmp_path)
    return settings.Settings(
        shop=settings.Listen(
            public_url="http://shop.test",
            database=str(tmp_path / "shop.sqlite3"),
            staff_key=STAFF["Authorization"][7:],
        ),
        program=settings.Program(PROGRAM, "s" * 32),
        account=settings.Account(ACCOUNT, "s" * 32, TOKEN),
        merchant=settings.Merchant(
            mchid=MCHID,
            serial_no="5A0000",
            api_v3_key=API_V3_KEY,
            private_key_file=str(private),
            public_key_id=PUBLIC_KEY_ID,
            public_key_file=str(public),
        ),
    )


@pytest.fixture
def shop(told: settings.Settings, platform: Platform, clock: Clock) -> Iterator[Shop]:
    shop = open_shop(told, clock)
    yield shop
    shop.store.close()


@pytest.fixture
def web(shop: Shop) -> FlaskClient:
    return make_app(shop).test_client()


@pytest.fixture
def db(told: settings.Settings, shop: Shop) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(told.shop.database)) as db:
        db.row_factory = sqlite3.Row
        yield db


def sign_in(web: FlaskClient, code: str = "ann") -> dict[str, str]:
    return {"Authorization": f"Bearer {web.post('/api/session', json={'code': code}).json['token']}"}


def place(
    web: FlaskClient, who: dict[str, str], *lines: dict[str, Any], request_id: str = "1"
) -> dict[str, Any]:
    answer = web.post(
        "/api/orders", headers=who, json={"request_id": request_id, "lines": lines or (CUP, CAKE)}
    )
    assert answer.status_code == 201, answer.json
    return answer.json


def look(web: FlaskClient, number: str) -> dict[str, Any]:
    return web.get(f"/staff/orders/{number}", headers=STAFF).json


def stock(web: FlaskClient) -> dict[str, int]:
    return {goods["id"]: goods["stock"] for goods in web.get("/api/shop").json["goods"]}


def transaction(order: dict[str, Any], **other: Any) -> dict[str, Any]:
    return {
        "mchid": MCHID,
        "appid": PROGRAM,
        "out_trade_no": order["out_trade_no"],
        "transaction_id": "4200000000000000000000000001",
        "trade_state": "SUCCESS",
        "amount": {"total": order["total"], "payer_total": order["total"], "currency": "CNY"},
        **other,
    }


def notify(
    web: FlaskClient, platform: Platform, resource: dict[str, Any], event: str = "TRANSACTION.SUCCESS"
) -> int:
    body, headers = platform.notification(event, resource)
    path = "/notify/pay" if event.startswith("TRANSACTION") else "/notify/refund"
    return web.post(path, data=body, headers=headers).status_code


@pytest.fixture
def paid(web: FlaskClient, platform: Platform) -> dict[str, Any]:
    order = place(web, sign_in(web))
    assert notify(web, platform, transaction(order)) == 204
    return look(web, order["out_trade_no"])


# Prices and stock


def test_options_add_to_the_price_and_say_so_in_the_name() -> None:
    tea = trades.load("tea")
    line = tea.line("oolong", {"size": "large", "topping": ["osmanthus", "pearl"]}, 2)
    assert (line.unit_price, line.amount) == (1800 + 300 + 200 + 150, 4900)
    assert line.name == "高山乌龙（大杯、标准糖、热、珍珠、桂花）"
    assert tea.line("cake", {}, 1).name == "桂花糕"


TRADES = sorted(file.stem for file in (Path(trades.__file__).parent / "trades").glob("*.json"))


@pytest.mark.parametrize("name", TRADES)
def test_every_trade_sells_all_it_offers_and_has_its_words(name: str, told: settings.Settings) -> None:
    trade = trades.load(name)
    for goods in trade.goods.values():
        for option in goods.options:
            for choice in option.choices.values():
                line = trade.line(goods.id, {option.id: choice.id}, 1)
                assert choice.name["zh"] in line.name
                assert line.unit_price == goods.price + choice.extra
    assert set(trade.words) == {
        "welcome",
        "otherwise",
        "receipt",
        "ready",
        "refunded",
        "new_order",
        "duty",
        "off_duty",
    }
    assert set(trade.states) == {*orders.State, "refunded"}
    assert {*trade.replies.values()} == {"goods", "latest", "hours"}
    shop = open_shop(replace(told, shop=replace(told.shop, trade=name)))
    number = (
        make_app(shop)
        .test_client()
        .post(
            "/staff/orders",
            headers=STAFF,
            json={
                "request_id": "1",
                "lines": [{"goods_id": next(iter(trade.goods)), "options": {}, "quantity": 1}],
            },
        )
    )
    assert number.json["out_trade_no"].startswith(trade.prefix)


@pytest.mark.parametrize(
    ("goods_id", "options", "quantity"),
    [
        ("whisky", {}, 1),
        (None, {}, 1),
        (["oolong"], {}, 1),
        ("oolong", {"milk": "oat"}, 1),
        ("oolong", {"size": "huge"}, 1),
        ("oolong", {"size": ["medium", "large"]}, 1),
        ("oolong", {"size": []}, 1),
        ("oolong", {"topping": ["pearl", "pearl"]}, 1),
        ("oolong", {"size": {"id": "large"}}, 1),
        ("oolong", [], 1),
        ("oolong", {}, 0),
        ("oolong", {}, -1),
        ("oolong", {}, 21),
        ("oolong", {}, 1.0),
        ("oolong", {}, True),
        ("oolong", {}, "1"),
        ("oolong", {}, 2**70),
    ],
)
def test_what_is_not_offered_is_refused(goods_id: Any, options: Any, quantity: Any) -> None:
    with pytest.raises(Refusal):
        trades.load("tea").line(goods_id, options, quantity)


def test_an_order_takes_its_goods_off_the_shelf(web: FlaskClient) -> None:
    before = stock(web)
    order = place(web, sign_in(web))
    assert order["total"] == 2 * 2100 + 900
    assert stock(web) == {**before, "oolong": before["oolong"] - 2, "cake": before["cake"] - 1}


def test_an_order_that_cannot_be_filled_takes_nothing(web: FlaskClient) -> None:
    who = sign_in(web)
    web.post("/staff/goods/cake/stock", headers=STAFF, json={"stock": 0})
    before = stock(web)
    answer = web.post("/api/orders", headers=who, json={"request_id": "1", "lines": [CUP, CAKE]})
    assert (answer.status_code, answer.json["error"]["code"]) == (409, "SOLD_OUT")
    assert stock(web) == before
    assert web.get("/api/orders", headers=who).json["orders"] == []


def test_the_last_ones_are_sold_once(shop: Shop, web: FlaskClient) -> None:
    web.post("/staff/goods/cake/stock", headers=STAFF, json={"stock": 5})
    app = make_app(shop)

    def buy(n: int) -> int:
        who = sign_in(app.test_client(), f"p{n}")
        wanted = {"request_id": "1", "lines": [CAKE]}
        return app.test_client().post("/api/orders", headers=who, json=wanted).status_code

    with ThreadPoolExecutor(8) as crowd:
        answers = list(crowd.map(buy, range(12)))
    assert (answers.count(201), answers.count(409)) == (5, 7)
    assert stock(web)["cake"] == 0


def test_the_same_request_is_the_same_order(web: FlaskClient) -> None:
    who = sign_in(web)
    assert place(web, who)["out_trade_no"] == place(web, who)["out_trade_no"]
    assert stock(web)["oolong"] == 58
    other = web.post("/api/orders", headers=who, json={"request_id": "1", "lines": [CAKE]})
    assert other.json["error"]["code"] == "REQUEST_ID_USED"
    assert place(web, sign_in(web, "ben"))["id"] != place(web, who)["id"]


def test_a_buyer_sees_only_their_own_orders(web: FlaskClient) -> None:
    number = place(web, sign_in(web))["out_trade_no"]
    ben = sign_in(web, "ben")
    assert web.get(f"/api/orders/{number}", headers=ben).status_code == 404
    for act in ("pay", "check", "cancel"):
        assert web.post(f"/api/orders/{number}/{act}", headers=ben).status_code == 404
    assert web.get(f"/api/orders/{number}").status_code == 401
    assert web.get("/staff/orders", headers=ben).status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff",
        b'{"request_id": "2"}',
        b'{"request_id": "2", "lines": []}',
        b'{"request_id": "2", "lines": ["oolong"]}',
        b'{"request_id": "", "lines": [{"goods_id": "cake", "quantity": 1}]}',
        b'{"request_id": "a\\u0000", "lines": [{"goods_id": "cake", "quantity": 1}]}',
        b'{"request_id": "\\ud800", "lines": [{"goods_id": "cake", "quantity": 1}]}',
        b'{"request_id": "2", "lines": [{"goods_id": "cake", "quantity": 1, "options": {"\\ud800": 1}}]}',
        b'{"request_id": "2", "lines": [{"goods_id": "cake", "quantity": 1e999}]}',
        b'{"request_id": "2", "lines": ' + b"[" * 5000 + b"]" * 5000 + b"}",
        b'{"request_id": "2", "lines": [{"goods_id": "cake", "quantity": 1}], "note": "' + b"x" * 101 + b'"}',
    ],
)
def test_a_malformed_order_is_refused(web: FlaskClient, body: bytes) -> None:
    before = stock(web)
    answer = web.post("/api/orders", headers=sign_in(web), data=body)
    assert answer.status_code == 400
    assert answer.json["error"]["message"]
    assert stock(web) == before


def test_a_spent_login_code_is_no_session(web: FlaskClient) -> None:
    answer = web.post("/api/session", json={"code": "spent"})
    assert (answer.status_code, answer.json["error"]["code"]) == (400, "CODE_REFUSED")


def test_a_session_ends(web: FlaskClient, clock: Clock) -> None:
    who = sign_in(web)
    assert web.get("/api/me", headers=who).status_code == 200
    clock.now += 31 * 24 * 3600
    assert web.get("/api/me", headers=who).status_code == 401


def test_a_phone_number_is_kept(web: FlaskClient, platform: Platform) -> None:
    who = sign_in(web)
    platform.answer(
        "/wxa/business/getuserphonenumber", {"errcode": 0, "phone_info": {"phoneNumber": "13800000000"}}
    )
    web.post("/api/me/phone", headers=who, json={"code": "c"})
    assert web.get("/api/me", headers=who).json["phone"] == "13800000000"


# Paying


def test_the_cashier_gets_parameters_signed_by_the_merchant(web: FlaskClient, platform: Platform) -> None:
    who = sign_in(web)
    order = place(web, who)
    for _ in range(2):
        given = web.post(f"/api/orders/{order['out_trade_no']}/pay", headers=who).json
        signed = f"{PROGRAM}\n{given['timeStamp']}\n{given['nonceStr']}\nprepay_id=wx22-prepay\n"
        platform.keys.merchant.public_key().verify(
            base64.b64decode(given["paySign"]), signed.encode(), padding.PKCS1v15(), hashes.SHA256()
        )
    (asked,) = platform.bodies("/v3/pay/transactions/jsapi")
    assert asked["amount"] == {"total": order["total"], "currency": "CNY"}
    assert (asked["payer"], asked["out_trade_no"]) == ({"openid": "o-ann"}, order["out_trade_no"])
    assert asked["notify_url"] == "http://shop.test/notify/pay"
    assert len(asked["description"].encode()) <= 127


def test_a_counter_order_is_paid_by_its_code(web: FlaskClient, platform: Platform) -> None:
    order = web.post("/staff/orders", headers=STAFF, json={"request_id": "9", "lines": [CAKE]}).json
    path = f"/staff/orders/{order['out_trade_no']}/code"
    assert web.post(path, headers=STAFF).json["code_url"].startswith("weixin://")
    assert notify(web, platform, transaction(order)) == 204
    assert web.post(path, headers=STAFF).json["error"]["code"] == "ORDER_PAID"


def test_no_answer_is_not_a_no(web: FlaskClient, platform: Platform) -> None:
    who = sign_in(web)
    number = place(web, who)["out_trade_no"]
    platform.answer("/v3/pay/transactions/jsapi", (0, {}))
    assert web.post(f"/api/orders/{number}/pay", headers=who).status_code == 503
    platform.answer("/v3/pay/transactions/jsapi", (400, {"code": "PARAM_ERROR", "message": "no"}))
    assert web.post(f"/api/orders/{number}/pay", headers=who).status_code == 502
    platform.answer("/v3/pay/transactions/jsapi", {"prepay_id": "wx22-again"})
    assert web.post(f"/api/orders/{number}/pay", headers=who).json["package"] == "prepay_id=wx22-again"


def test_hearing_of_a_payment_again_changes_nothing(
    web: FlaskClient,
    shop: Shop,
    platform: Platform,
    clock: Clock,
    paid: dict[str, Any],
    db: sqlite3.Connection,
) -> None:
    shop.worker.round()
    web.post(f"/staff/orders/{paid['out_trade_no']}/ready", headers=STAFF)
    ready = look(web, paid["out_trade_no"])
    clock.now += 60
    assert notify(web, platform, transaction(paid)) == 204
    assert notify(web, platform, transaction(paid, transaction_id="42-other")) == 409
    assert look(web, paid["out_trade_no"]) == ready
    assert [row["due_at"] for row in db.execute("select due_at from task where kind = 'receipt'")] == [None]


def test_what_was_done_is_not_owed_again(shop: Shop, platform: Platform, paid: dict[str, Any]) -> None:
    shop.worker.round()
    with shop.store.transaction() as writing:
        tasks.put(writing, shop.clock(), "receipt", paid["out_trade_no"])
        assert tasks.due(writing, shop.clock()) == []
        tasks.again(writing, shop.clock(), "receipt", paid["out_trade_no"])
        assert [task.kind for task in tasks.due(writing, shop.clock())] == ["receipt"]


def test_a_notification_that_does_not_fit_is_not_believed(web: FlaskClient, platform: Platform) -> None:
    order = place(web, sign_in(web))
    body, headers = platform.notification("TRANSACTION.SUCCESS", transaction(order))
    probe = {**headers, "Wechatpay-Signature": "WECHATPAY/SIGNTEST/" + headers["Wechatpay-Signature"][19:]}
    other_key, other_headers = platform.notification("TRANSACTION.SUCCESS", transaction(order), key="x" * 32)
    for data, with_ in [
        (body.replace(b"transaction", b"Transaction"), headers),
        (body, probe),
        (body, {key: value for key, value in headers.items() if key != "Wechatpay-Signature-Type"}),
        (body, {**headers, "Wechatpay-Serial": "7777"}),
        (body, {**headers, "Wechatpay-Serial": "PUB_KEY_ID_99"}),
        (other_key, other_headers),
        (b"\xff\xfe", headers),
        (b"", {}),
    ]:
        assert web.post("/notify/pay", data=data, headers=with_).status_code == 401
    assert web.post("/notify/refund", data=body, headers=headers).status_code == 401
    assert notify(web, platform, transaction(order, amount={"total": 1})) == 409
    assert notify(web, platform, transaction(order, mchid="1")) == 400
    assert notify(web, platform, transaction(order, out_trade_no="TEA0")) == 404
    assert notify(web, platform, {"mchid": MCHID}) == 400
    assert look(web, order["out_trade_no"])["state"] == "unpaid"
    assert web.post("/notify/pay", data=body, headers=headers).status_code == 204


def test_platform_certificates_serve_as_well_as_its_key(
    told: settings.Settings, platform: Platform, clock: Clock, tmp_path: Path
) -> None:
    platform.serial = platform.keys.serial_no
    merchant = replace(
        told.merchant, public_key_id="", public_key_file="", certificate_dir=str(tmp_path / "certificates")
    )
    shop = open_shop(replace(told, merchant=merchant), clock)
    web = make_app(shop).test_client()
    order = place(web, sign_in(web))
    assert notify(web, platform, transaction(order)) == 204
    assert (tmp_path / "certificates" / f"{platform.serial}.pem").exists()


def test_a_lost_notification_is_made_good_by_asking(
    web: FlaskClient, shop: Shop, platform: Platform, clock: Clock
) -> None:
    who = sign_in(web)
    order = place(web, who)
    number = order["out_trade_no"]
    web.post(f"/api/orders/{number}/pay", headers=who)
    platform.answer("/v3/pay/transactions/out-trade-no/", transaction(order, trade_state="NOTPAY"))
    clock.now += 9
    shop.worker.round()
    assert not [path for _, path, _ in platform.asked if "out-trade-no" in path]
    clock.now += 1
    shop.worker.round()
    assert look(web, number)["state"] == "unpaid"
    platform.answer("/v3/pay/transactions/out-trade-no/", (0, {}))
    clock.now += 10
    shop.worker.round()
    platform.answer("/v3/pay/transactions/out-trade-no/", transaction(order))
    clock.now += 20
    shop.worker.round()
    assert look(web, number)["state"] == "paid"


def test_coming_back_from_the_cashier_asks_at_once(web: FlaskClient, platform: Platform) -> None:
    who = sign_in(web)
    order = place(web, who)
    web.post(f"/api/orders/{order['out_trade_no']}/pay", headers=who)
    platform.answer("/v3/pay/transactions/out-trade-no/", transaction(order))
    assert web.post(f"/api/orders/{order['out_trade_no']}/check", headers=who).json["state"] == "paid"


def test_unpaid_orders_are_closed_there_before_here(
    web: FlaskClient, shop: Shop, platform: Platform, clock: Clock
) -> None:
    who = sign_in(web)
    begun, left = place(web, who), place(web, who, CAKE, request_id="2")
    web.post(f"/api/orders/{begun['out_trade_no']}/pay", headers=who)
    platform.answer("/v3/pay/transactions/out-trade-no/", transaction(begun, trade_state="NOTPAY"))
    close = f"/v3/pay/transactions/out-trade-no/{begun['out_trade_no']}/close"
    platform.answer(close, (0, {}))
    clock.now += 15 * 60
    shop.worker.round()
    assert look(web, left["out_trade_no"])["state"] == "closed"
    assert look(web, begun["out_trade_no"])["state"] == "unpaid"
    assert (
        web.post(f"/api/orders/{begun['out_trade_no']}/pay", headers=who).json["error"]["code"]
        == "ORDER_CLOSED"
    )
    platform.answer(close, (204, {}))
    clock.now += 15 * 60
    shop.worker.round()
    shop.worker.round()
    assert look(web, begun["out_trade_no"])["state"] == "closed"
    assert stock(web) == {goods.id: goods.stock for goods in shop.trade.goods.values()}


def test_money_for_a_closed_order_goes_back(web: FlaskClient, platform: Platform) -> None:
    who = sign_in(web)
    order = place(web, who)
    assert web.post(f"/api/orders/{order['out_trade_no']}/cancel", headers=who).json["state"] == "closed"
    assert notify(web, platform, transaction(order)) == 204
    assert notify(web, platform, transaction(order)) == 204
    now = look(web, order["out_trade_no"])
    assert (now["state"], [refund["amount"] for refund in now["refunds"]]) == ("closed", [order["total"]])


def test_a_cancelled_order_that_was_paid_meanwhile_stays_paid(web: FlaskClient, platform: Platform) -> None:
    who = sign_in(web)
    order = place(web, who)
    web.post(f"/api/orders/{order['out_trade_no']}/pay", headers=who)
    platform.answer("/v3/pay/transactions/out-trade-no/", transaction(order))
    close = f"/v3/pay/transactions/out-trade-no/{order['out_trade_no']}/close"
    platform.answer(close, (400, {"code": "ORDERPAID", "message": "paid"}))
    answer = web.post(f"/api/orders/{order['out_trade_no']}/cancel", headers=who)
    assert answer.json["error"]["code"] == "ORDER_PAID"
    assert look(web, order["out_trade_no"])["state"] == "paid"


# Giving money back


def ask(web: FlaskClient, order: dict[str, Any], request_id: str, **what: Any) -> Any:
    body = {"request_id": request_id, "reason": "洒了", **what}
    return web.post(f"/staff/orders/{order['out_trade_no']}/refunds", headers=STAFF, json=body)


def refunded(order: dict[str, Any], number: int = 1, status: str = "SUCCESS") -> dict[str, Any]:
    return {
        "mchid": MCHID,
        "out_refund_no": f"{order['out_trade_no']}-R{number}",
        "refund_id": f"5030000000{number}",
        "refund_status": status,
    }


def test_no_more_goes_back_than_was_paid(web: FlaskClient, paid: dict[str, Any]) -> None:
    assert ask(web, paid, "a", lines=[{"number": 1, "quantity": 1}]).json["refunds"][0]["amount"] == 2100
    assert ask(web, paid, "b", lines=[{"number": 1, "quantity": 2}]).json["error"]["code"] == "OVER_QUANTITY"
    assert ask(web, paid, "c", amount=paid["total"] - 2100 + 1).json["error"]["code"] == "OVER_PAID_SUM"
    assert ask(web, paid, "d", amount=100).json["refunds"][1]["amount"] == 100
    assert ask(web, paid, "e").json["refunds"][2]["amount"] == paid["total"] - 2200
    assert ask(web, paid, "f", amount=1).json["error"]["code"] == "OVER_PAID_SUM"
    assert ask(web, paid, "g").json["error"]["code"] == "OVER_PAID_SUM"
    assert sum(refund["amount"] for refund in look(web, paid["out_trade_no"])["refunds"]) == paid["total"]


@pytest.mark.parametrize(
    "what",
    [
        {"amount": 0},
        {"amount": -5},
        {"amount": 1.5},
        {"amount": True},
        {"amount": 2**80},
        {"amount": 100, "lines": [{"number": 1, "quantity": 1}]},
        {"lines": []},
        {"lines": [{"number": 9, "quantity": 1}]},
        {"lines": [{"number": 1, "quantity": 0}]},
        {"lines": [{"number": 1, "quantity": 1}, {"number": 1, "quantity": 1}]},
        {"lines": "all"},
        {"reason": ""},
        {"reason": 5},
    ],
)
def test_a_refund_that_makes_no_sense_is_refused(
    web: FlaskClient, paid: dict[str, Any], what: dict[str, Any]
) -> None:
    assert ask(web, paid, "a", **what).status_code in (400, 404)
    assert look(web, paid["out_trade_no"])["refunds"] == []


def test_an_unpaid_order_has_nothing_to_give_back(web: FlaskClient) -> None:
    order = place(web, sign_in(web))
    assert ask(web, order, "a").json["error"]["code"] == "NOT_PAID"


def test_asking_twice_refunds_once(web: FlaskClient, paid: dict[str, Any]) -> None:
    assert ask(web, paid, "a", amount=100).json == ask(web, paid, "a", amount=100).json
    assert ask(web, paid, "a", amount=200).json["error"]["code"] == "REQUEST_ID_USED"


def test_a_refund_without_an_answer_is_asked_for_again_under_its_number(
    web: FlaskClient, shop: Shop, platform: Platform, clock: Clock, paid: dict[str, Any]
) -> None:
    platform.answer("/v3/refund/domestic/refunds", (0, {}))
    ask(web, paid, "a", amount=100)
    shop.worker.round()
    for answer in [
        (500, {"code": "SYSTEM_ERROR", "message": "again"}),
        (403, {"code": "FREQUENCY_LIMITED", "message": "slowly"}),
        (200, {"status": "PROCESSING", "refund_id": "50300"}),
    ]:
        assert look(web, paid["out_trade_no"])["refunds"][0]["state"] == "requested"
        platform.answer("/v3/refund/domestic/refunds", answer)
        clock.now += 60
        shop.worker.round()
    assert look(web, paid["out_trade_no"])["refunds"][0]["state"] == "processing"
    asked = platform.bodies("/v3/refund/domestic/refunds")[:4]
    assert {body["out_refund_no"] for body in asked} == {f"{paid['out_trade_no']}-R1"}
    assert asked[0]["amount"] == {"refund": 100, "total": paid["total"], "currency": "CNY"}


def test_a_refused_refund_leaves_the_money_to_be_refunded(
    web: FlaskClient, shop: Shop, platform: Platform, paid: dict[str, Any]
) -> None:
    platform.answer("/v3/refund/domestic/refunds", (403, {"code": "NOT_ENOUGH", "message": "empty till"}))
    ask(web, paid, "a", lines=[{"number": 1, "quantity": 2}])
    shop.worker.round()
    (refund,) = look(web, paid["out_trade_no"])["refunds"]
    assert (refund["state"], refund["trouble"]) == ("refused", "NOT_ENOUGH: empty till")
    assert (
        ask(web, paid, "b", lines=[{"number": 1, "quantity": 2}]).json["refunds"][1]["state"] == "requested"
    )


def test_a_refund_that_went_through_stays_so(
    web: FlaskClient, platform: Platform, paid: dict[str, Any]
) -> None:
    ask(web, paid, "a", amount=100)
    for status, event in [("SUCCESS", "SUCCESS"), ("SUCCESS", "SUCCESS"), ("ABNORMAL", "ABNORMAL")]:
        assert notify(web, platform, refunded(paid, status=status), f"REFUND.{event}") == 204
        assert look(web, paid["out_trade_no"])["refunds"][0]["state"] == "success"
    assert notify(web, platform, refunded(paid, number=7), "REFUND.SUCCESS") == 404


def test_a_lost_refund_notification_is_made_good_by_asking(
    web: FlaskClient, shop: Shop, platform: Platform, clock: Clock, paid: dict[str, Any]
) -> None:
    platform.answer("/v3/refund/domestic/refunds", {"status": "PROCESSING", "refund_id": "50300"})
    ask(web, paid, "a", amount=100)
    shop.worker.round()
    platform.answer("/v3/refund/domestic/refunds/", {"status": "SUCCESS", "refund_id": "50300"})
    clock.now += 30
    shop.worker.round()
    assert look(web, paid["out_trade_no"])["refunds"][0]["state"] == "success"


@pytest.mark.parametrize("seed", range(20))
def test_any_row_of_refunds_adds_up(
    shop: Shop, web: FlaskClient, paid: dict[str, Any], db: sqlite3.Connection, seed: int
) -> None:
    digits = hashlib.sha256(str(seed).encode()).digest()
    for step in range(0, len(digits), 2):
        choice, size = digits[step] % 3, digits[step + 1]
        what: dict[str, Any] = {"amount": 1 + size * 9}
        if choice == 0:
            what = {"lines": [{"number": 1 + size % 2, "quantity": 1 + size % 2}]}
        answer = ask(web, paid, f"{step}", **what)
        if choice == 2 and answer.status_code == 200:
            with shop.store.transaction() as writing:
                refunds.refuse(writing, answer.json["refunds"][-1]["out_refund_no"], "no")
        standing = [
            one["amount"] for one in look(web, paid["out_trade_no"])["refunds"] if one["state"] != "refused"
        ]
        left = refunds.left(db, orders.get(db, paid["out_trade_no"]))
        assert 0 <= left == paid["total"] - sum(standing)


# The service account


def query(**other: str) -> dict[str, str]:
    signer = WeChatSigner()
    signer.add_data(TOKEN, "1795000000", "n")
    return {"signature": signer.signature, "timestamp": "1795000000", "nonce": "n", **other}


def pushed(content: str, message_id: int = 1) -> str:
    return (
        f"<xml><ToUserName>gh_1</ToUserName><FromUserName>f-ann</FromUserName><CreateTime>1795000000</CreateTime>"
        f"<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{content}]]></Content><MsgId>{message_id}</MsgId></xml>"
    )


def event(name: str, key: str = "") -> str:
    return (
        f"<xml><ToUserName>gh_1</ToUserName><FromUserName>f-ann</FromUserName><CreateTime>1795000001</CreateTime>"
        f"<MsgType>event</MsgType><Event>{name}</Event><EventKey>{key}</EventKey></xml>"
    )


def push(web: FlaskClient, xml: str) -> str:
    answer = web.post("/push", query_string=query(), data=xml.encode())
    assert answer.status_code == 200
    return answer.text


def test_the_address_check_is_answered_only_to_who_knows_the_token(web: FlaskClient) -> None:
    assert web.get("/push", query_string=query(echostr="123")).text == "123"
    assert web.get("/push", query_string={**query(echostr="123"), "nonce": "m"}).status_code == 403
    assert web.get("/push").status_code == 403
    forged = {**query(), "signature": "0" * 40}
    assert web.post("/push", query_string=forged, data=pushed("hours").encode()).status_code == 403


def test_keywords_and_menu_clicks_are_answered(web: FlaskClient) -> None:
    assert "高山乌龙 18.00元" in push(web, pushed("看看菜单"))
    assert "9:00" in push(web, event("CLICK", "hours"))
    assert "还没有找到" in push(web, pushed("订单", 2))
    assert "<![CDATA[f-ann]]></ToUserName>" in push(web, pushed("你好", 3))
    assert push(web, event("unsubscribe")) == ""


def test_a_repeated_push_gets_the_same_reply(web: FlaskClient, shop: Shop, db: sqlite3.Connection) -> None:
    assert push(web, event("subscribe")) == push(web, event("subscribe"))
    assert db.execute("select count(*) from push").fetchone()[0] == 1
    assert push(web, pushed("hours")) == push(web, pushed("hours"))


@pytest.mark.parametrize(
    "body",
    [b"", b"<xml>", b"hello", b"\xff", b"<xml/>", b"<xml><MsgType>text</MsgType></xml>", b"<a><b/></a>"],
)
def test_what_is_no_message_is_refused(web: FlaskClient, body: bytes) -> None:
    assert web.post("/push", query_string=query(), data=body).status_code == 400


def test_sealed_messages_are_opened_and_answered_sealed(told: settings.Settings, platform: Platform) -> None:
    web = make_app(open_shop(replace(told, account=replace(told.account, aes_key=AES_KEY)))).test_client()
    crypto = WeChatCrypto(TOKEN, AES_KEY, ACCOUNT)
    sealed = crypto.encrypt_message(pushed("hours"), "n", "1795000000")
    signature = sealed.split("<MsgSignature><![CDATA[")[1].split("]]")[0]
    asked = query(encrypt_type="aes", msg_signature=signature)
    answer = web.post("/push", query_string=asked, data=sealed.encode()).text
    parts = {
        name: answer.split(f"<{name}>")[1].split("</")[0] for name in ("MsgSignature", "TimeStamp", "Nonce")
    }
    parts = {name: part.replace("<![CDATA[", "").replace("]]>", "") for name, part in parts.items()}
    opened = crypto.decrypt_message(answer, parts["MsgSignature"], parts["TimeStamp"], parts["Nonce"])
    assert "9:00" in opened
    assert web.post("/push", query_string=query(msg_signature="0"), data=sealed.encode()).status_code == 403
    assert web.post("/push", query_string=query(), data=pushed("hours").encode()).status_code == 400


def test_the_receipt_finds_the_buyer_among_the_followers(
    web: FlaskClient, shop: Shop, platform: Platform, db: sqlite3.Connection
) -> None:
    push(web, event("subscribe"))
    platform.answer("/cgi-bin/user/info", {"subscribe": 1, "openid": "f-ann", "unionid": "u-ann"})
    shop.worker.round()
    order = place(web, sign_in(web))
    notify(web, platform, transaction(order))
    shop.worker.round()
    (receipt,) = platform.bodies("/cgi-bin/message/template/send")
    assert (receipt["touser"], receipt["template_id"]) == ("f-ann", "TPL")
    assert receipt["data"]["orderMoneySum"]["value"] == "51.00元"
    assert "制作中" in push(web, pushed("订单", 5))


def test_who_scans_the_counters_code_is_told_of_each_paid_order_until_going_off_duty(
    web: FlaskClient, shop: Shop, platform: Platform, clock: Clock
) -> None:
    platform.answer("/cgi-bin/qrcode/create", {"ticket": "T", "expire_seconds": 600, "url": "http://q/1"})
    assert web.post("/staff/duty-code", headers=STAFF).json == {"url": "http://q/1", "expires_in": 600}
    scene = platform.bodies("/cgi-bin/qrcode/create")[0]["action_info"]["scene"]["scene_str"]
    assert "上班" in push(web, event("SCAN", scene))
    notify(web, platform, transaction(place(web, sign_in(web))))
    shop.worker.round()
    (told,) = platform.bodies("/cgi-bin/message/template/send")
    assert (told["touser"], told["data"]["first"]["value"]) == (
        "f-ann",
        "新订单：高山乌龙（大杯、半糖、热）等3件 51.00元",
    )
    assert "下班" in push(web, pushed("下班", 9))
    assert web.get("/staff/duty", headers=STAFF).json == {"duty": []}


def test_an_old_or_invented_code_puts_nobody_on_duty(
    web: FlaskClient, shop: Shop, platform: Platform, clock: Clock
) -> None:
    platform.answer("/cgi-bin/qrcode/create", {"ticket": "T", "expire_seconds": 600, "url": "http://q/1"})
    web.post("/staff/duty-code", headers=STAFF)
    scene = platform.bodies("/cgi-bin/qrcode/create")[0]["action_info"]["scene"]["scene_str"]
    assert push(web, event("SCAN", "duty.000000000000000000000000")) == ""
    clock.now += 600
    assert push(web, event("SCAN", scene).replace("1795000001", "1795000601")) == ""
    assert web.get("/staff/duty", headers=STAFF).json == {"duty": []}


def test_those_who_followed_earlier_are_looked_up(
    web: FlaskClient, shop: Shop, platform: Platform, paid: dict[str, Any]
) -> None:
    pages: Callable[[str, dict[str, Any]], tuple[int, dict[str, Any]]] = lambda path, _: (
        (200, {"total": 1, "count": 0, "next_openid": ""})
        if "next_openid=f-ann" in path
        else (200, {"total": 1, "count": 1, "data": {"openid": ["f-ann"]}, "next_openid": "f-ann"})
    )
    platform.answer("/cgi-bin/user/get", pages)
    platform.answer(
        "/cgi-bin/user/info/batchget",
        {"user_info_list": [{"subscribe": 1, "openid": "f-ann", "unionid": "u-ann"}]},
    )
    shop.worker.round()
    assert [body["touser"] for body in platform.bodies("/cgi-bin/message/template/send")] == ["f-ann"]


def test_a_buyer_who_does_not_follow_gets_no_receipt_and_the_shop_goes_on(
    shop: Shop, platform: Platform, paid: dict[str, Any], db: sqlite3.Connection
) -> None:
    shop.worker.round()
    assert platform.bodies("/cgi-bin/message/template/send") == []
    task = db.execute("select due_at, trouble from task where kind = 'receipt'").fetchone()
    assert (task["due_at"], task["trouble"]) == (None, "the buyer does not follow the account")


def test_ready_is_told_once_and_by_template_when_the_conversation_is_closed(
    web: FlaskClient, shop: Shop, platform: Platform, paid: dict[str, Any]
) -> None:
    push(web, event("subscribe"))
    platform.answer("/cgi-bin/user/info", {"subscribe": 1, "openid": "f-ann", "unionid": "u-ann"})
    shop.worker.round()
    platform.answer(
        "/cgi-bin/message/custom/send", {"errcode": 45015, "errmsg": "response out of time limit"}
    )
    for _ in range(2):
        assert web.post(f"/staff/orders/{paid['out_trade_no']}/ready", headers=STAFF).json["state"] == "ready"
        shop.worker.round()
    assert len(platform.bodies("/cgi-bin/message/custom/send")) == 1
    sent = platform.bodies("/cgi-bin/message/template/send")[-1]
    assert sent["data"]["OrderSn"]["value"] == paid["out_trade_no"]
    assert (
        web.post(f"/staff/orders/{paid['out_trade_no']}/collected", headers=STAFF).json["state"]
        == "collected"
    )


def test_only_paid_orders_get_ready_and_only_ready_ones_are_handed_over(web: FlaskClient) -> None:
    number = place(web, sign_in(web))["out_trade_no"]
    assert web.post(f"/staff/orders/{number}/ready", headers=STAFF).json["error"]["code"] == "NOT_PAID"
    assert web.post(f"/staff/orders/{number}/collected", headers=STAFF).json["error"]["code"] == "NOT_READY"


def test_a_message_that_fails_is_tried_again_and_then_left_for_a_person(
    web: FlaskClient, shop: Shop, platform: Platform, clock: Clock, db: sqlite3.Connection
) -> None:
    push(web, event("subscribe"))
    platform.answer("/cgi-bin/user/info", {"errcode": -1, "errmsg": "system error"})
    for _ in range(15):
        shop.worker.round()
        clock.now += 3600
    assert len(platform.bodies("/cgi-bin/user/info")) == 11
    (trouble,) = web.get("/staff/troubles", headers=STAFF).json["troubles"]
    assert (trouble["kind"], trouble["due_at"]) == ("fan", None)


def test_who_ordered_what(web: FlaskClient, platform: Platform, paid: dict[str, Any]) -> None:
    place(web, sign_in(web, "ben"))
    ask(web, paid, "a", amount=100)
    notify(web, platform, refunded(paid), "REFUND.SUCCESS")
    ben, ann = web.get("/staff/who", headers=STAFF).json["buyers"]
    assert (ben["ordered"], ben["paid"]) == ([], 0)
    assert [(line["goods_id"], line["quantity"]) for line in ann["ordered"]] == [("oolong", 2), ("cake", 1)]
    assert (ann["paid"], ann["refunded"]) == (paid["total"], 100)


def test_pages_of_orders_follow_one_another(web: FlaskClient) -> None:
    who = sign_in(web)
    web.post("/staff/goods/cake/stock", headers=STAFF, json={"stock": 99})
    placed = [place(web, who, CAKE, request_id=str(n))["id"] for n in range(60)]
    first = web.get("/staff/orders?state=unpaid", headers=STAFF).json["orders"]
    rest = web.get(f"/staff/orders?before={first[-1]['id']}", headers=STAFF).json["orders"]
    assert [order["id"] for order in first + rest] == placed[::-1]
    for wrong in ("state=eaten", "before=x", "before=" + "9" * 40):
        assert web.get(f"/staff/orders?{wrong}", headers=STAFF).status_code == 400


# Settings


def test_settings_come_from_a_file_and_the_environment(tmp_path: Path, told: settings.Settings) -> None:
    file = tmp_path / "teashop.json"
    file.write_text(
        json.dumps(
            {
                "shop": {"public_url": "http://shop.test", "staff_key": "0123456789abcdef"},
                "program": {"appid": "wx1", "secret": "s"},
                "merchant": {
                    "mchid": "1",
                    "serial_no": "5A",
                    "private_key_file": "key.pem",
                    "api_v3_key": API_V3_KEY,
                },
            }
        )
    )
    environ = {"TEASHOP_CONFIG": str(file), "TEASHOP_SHOP_PORT": "9000", "TEASHOP_MERCHANT_MCHID": "2"}
    loaded = settings.load(environ)
    assert (loaded.shop.port, loaded.merchant.mchid) == (9000, "2")
    assert loaded.merchant.private_key_file == str(tmp_path / "key.pem")
    for name, value, said in [
        ("MERCHANT_API_V3_KEY", "short", "api_v3_key"),
        ("SHOP_STAFF_KEY", "short", "staff_key"),
        ("SHOP_PORT", "x", "port"),
        ("MERCHANT_PUBLIC_KEY_ID", "PUB_KEY_ID_1", "public_key_file"),
        ("ACCOUNT_APPID", "wx2", "token"),
        ("CONFIG", str(tmp_path / "none.json"), "none.json"),
    ]:
        with pytest.raises(settings.SettingsError, match=said):
            settings.load({**environ, f"TEASHOP_{name}": value})


# The coupon


def test_the_coupon_is_made_once_and_signed_for_its_buyer(
    shop: Shop, web: FlaskClient, platform: Platform, db: sqlite3.Connection
) -> None:
    me = sign_in(web)
    assert web.get("/api/shop").json["coupon"] is None
    assert web.post("/api/coupon", headers=me).status_code == 404
    platform.answer("/card/create", {"errcode": 0, "errmsg": "ok", "card_id": "pTEA"})
    platform.answer("/card/get", {"errcode": 0, "errmsg": "ok", "card": {}})
    platform.answer("/card/code/decrypt", {"errcode": 0, "errmsg": "ok", "code": "123456789012"})
    platform.answer(
        "/cgi-bin/ticket/getticket", {"errcode": 0, "errmsg": "ok", "ticket": "T-card", "expires_in": 7200}
    )
    for _ in range(2):
        with shop.store.transaction() as writing:
            tasks.again(writing, shop.clock(), "coupon", ACCOUNT)
        shop.worker.round()
    (made,) = [body for _, path, body in platform.asked if path.startswith("/card/create")]
    assert made["card"]["cash"]["reduce_cost"] == 200
    assert web.get("/api/shop").json["coupon"] == {"title": {"zh": "满20减2", "en": "¥2 off over ¥20"}}

    given = web.post("/api/coupon", headers=me).json
    said = json.loads(given["cardExt"])
    values = ["T-card", "pTEA", said["openid"], said["timestamp"], said["nonce_str"]]
    assert (given["cardId"], said["openid"]) == ("pTEA", "o-ann")
    assert said["signature"] == hashlib.sha1("".join(sorted(values)).encode()).hexdigest()
    assert json.loads(web.post("/api/coupon", headers=me).json["cardExt"])["nonce_str"] != said["nonce_str"]
    opened = web.post("/api/coupon/code", headers=me, json={"code": "sealed"})
    assert opened.json == {"code": "123456789012"}
    assert web.post("/api/coupon").status_code == 401
