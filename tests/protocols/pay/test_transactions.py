"""Transactions over the published wire: placed, queried, closed, and every way to be refused."""

import datetime as dt
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

import msgspec
import pytest

from hutong.domains.pay import ledger, orders
from hutong.domains.pay.tables import MchId, Order, OrderState
from hutong.kernel.clock import DAY_MS, HandWound, wire_now
from hutong.kernel.db import Tx
from hutong.protocols.pay import pay
from tests.domains.builders import a_payer, an_app
from tests.protocols.pay.conftest import V3, Shop, open_shop, openid_of

OrderJson = Callable[..., dict[str, Any]]
NATIVE = "/v3/pay/transactions/native"
JSAPI = "/v3/pay/transactions/jsapi"
BY_NUMBER = "/v3/pay/transactions/out-trade-no/TEA-0001"


def placed(tx: Tx, shop: Shop, number: str = "TEA-0001") -> Order:
    return orders.by_out_trade_no(tx, mchid=shop.merchant.mchid, out_trade_no=number)


def count(tx: Tx) -> int:
    return int(tx.value("select count(*) from pay_order"))


def test_a_jsapi_order_answers_with_a_prepay_id_and_names_its_payer(
    tx: Tx, shop: Shop, v3: V3, order_json: OrderJson
) -> None:
    ann = a_payer(tx)
    made = v3("POST", JSAPI, json=order_json(payer={"openid": openid_of(tx, shop, ann)}))
    assert made.status == 200 and made.headers["content-type"] == "application/json"
    order = placed(tx, shop)
    assert made.json == {"prepay_id": order.prepay_id}
    assert order.terms.payer_id == ann and order.state is OrderState.NOTPAY


@pytest.mark.parametrize(
    ("path", "more", "field", "start"),
    [
        (NATIVE, {}, "code_url", "weixin://wxpay/bizpayurl?pr="),
        ("/v3/pay/transactions/app", {}, "prepay_id", "wx"),
        (
            "/v3/pay/transactions/h5",
            {"scene_info": {"payer_client_ip": "127.0.0.1", "h5_info": {"type": "Wap"}}},
            "h5_url",
            "http://localhost:8000/pay/cgi-bin/mmpayweb-bin/checkmweb?prepay_id=wx",
        ),
    ],
)
def test_every_trade_type_answers_in_its_own_way(
    v3: V3, order_json: OrderJson, path: str, more: dict[str, Any], field: str, start: str
) -> None:
    made = v3("POST", path, json=order_json(**more))
    assert made.status == 200 and made.json[field].startswith(start)
    assert v3("POST", path, json=order_json(**more)).json == made.json


def test_what_was_agreed_comes_back_in_the_query(tx: Tx, shop: Shop, v3: V3, order_json: OrderJson) -> None:
    ann = a_payer(tx, balance=500)
    end = dt.datetime.fromtimestamp(wire_now() // 1000 + 3600, dt.timezone(dt.timedelta(hours=8))).isoformat()
    agreed = {
        "attach": "table 5",
        "goods_tag": "SPRING",
        "time_expire": end,
        "limit_pay": ["no_credit"],
        "support_fapiao": True,
        "detail": {
            "cost_price": 150,
            "invoice_id": "R-1",
            "goods_detail": [{"merchant_goods_id": "oolong", "quantity": 2, "unit_price": 60}],
        },
        "scene_info": {
            "payer_client_ip": "127.0.0.1",
            "device_id": "till-1",
            "store_info": {"id": "1", "name": "云岫茶事", "area_code": "440305", "address": "Alley 5"},
        },
    }
    v3("POST", NATIVE, json=order_json(**agreed))
    before = v3("GET", BY_NUMBER, query={"mchid": shop.merchant.mchid}).json
    assert before["trade_state"] == "NOTPAY" and before["trade_state_desc"] == "订单未支付"
    assert "transaction_id" not in before and "success_time" not in before
    for name, value in agreed.items():
        assert before[name] == value, name

    paid = orders.pay(tx, placed(tx, shop), payer_id=ann)
    after = v3("GET", f"/v3/pay/transactions/id/{paid.transaction_id}", query={"mchid": shop.merchant.mchid})
    assert after.status == 200
    assert after.json == v3("GET", BY_NUMBER, query={"mchid": shop.merchant.mchid}).json
    assert after.json["trade_state"] == "SUCCESS" and after.json["trade_type"] == "NATIVE"
    assert after.json["bank_type"] == "OTHERS" and after.json["payer"] == {"openid": openid_of(tx, shop, ann)}
    assert after.json["amount"] == {
        "total": 120,
        "currency": "CNY",
        "payer_total": 120,
        "payer_currency": "CNY",
    }
    assert after.json["success_time"].endswith("+08:00")


def test_time_expire_is_wire_time_also_after_the_clock_was_turned(
    tx: Tx, clock: HandWound, shop: Shop, v3: V3, order_json: OrderJson
) -> None:
    clock.advance(7 * DAY_MS)
    end = dt.datetime.fromtimestamp(wire_now() // 1000 + 600, dt.UTC).isoformat().replace("+00:00", "Z")
    assert v3("POST", NATIVE, json=order_json(time_expire=end)).status == 200
    assert abs(placed(tx, shop).expires_at - (tx.now + 600_000)) < 5000


def test_closing_answers_204_signed_and_a_closed_order_stays_closed(
    tx: Tx, shop: Shop, v3: V3, order_json: OrderJson
) -> None:
    v3("POST", NATIVE, json=order_json())
    for _ in range(2):
        closed = v3("POST", f"{BY_NUMBER}/close", json={"mchid": shop.merchant.mchid})
        assert (closed.status, closed.body) == (204, b"")
    assert v3("GET", BY_NUMBER, query={"mchid": shop.merchant.mchid}).json["trade_state"] == "CLOSED"
    assert v3("POST", NATIVE, json=order_json()).code == (400, "ORDER_CLOSED")


def test_a_number_is_used_once(tx: Tx, shop: Shop, v3: V3, order_json: OrderJson) -> None:
    v3("POST", NATIVE, json=order_json())
    other = v3("POST", NATIVE, json=order_json(amount={"total": 121}))
    assert other.code == (403, "OUT_TRADE_NO_USED")
    orders.pay(tx, placed(tx, shop), payer_id=a_payer(tx, balance=500))
    assert v3("POST", NATIVE, json=order_json()).code == (400, "ORDERPAID")
    close = v3("POST", f"{BY_NUMBER}/close", json={"mchid": shop.merchant.mchid})
    assert close.code == (400, "ORDERPAID")
    assert count(tx) == 1


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"amount": {"total": 0}}, "/amount/total"),
        ({"amount": {"total": -1}}, "/amount/total"),
        ({"amount": {"total": 1.5}}, "/amount/total"),
        ({"amount": {"total": "1"}}, "/amount/total"),
        ({"amount": {"total": 100_000_001}}, "/amount/total"),
        ({"amount": {"total": 2**70}}, "/amount/total"),
        ({"amount": {}}, "/amount/total"),
        ({"amount": None}, "/amount"),
        ({"description": None}, "/description"),
        ({"description": "x" * 128}, "/description"),
        ({"out_trade_no": "short"}, "/out_trade_no"),
        ({"out_trade_no": "x" * 33}, "/out_trade_no"),
        ({"out_trade_no": "TEA 0001"}, "/out_trade_no"),
        ({"out_trade_no": "TEA-0001\n"}, "/out_trade_no"),
        ({"notify_url": "ftp://shop.example/"}, "/notify_url"),
        ({"notify_url": "https://shop.example/n?a=1"}, "/notify_url"),
        ({"attach": "x" * 129}, "/attach"),
        ({"time_expire": "tomorrow"}, "/time_expire"),
        ({"time_expire": "2026-13-01T00:00:00Z"}, "/time_expire"),
        ({"time_expire": "2026-01-01T00:00:00"}, "/time_expire"),
        ({"detail": {"goods_detail": []}}, "/detail/goods_detail"),
    ],
)
def test_a_malformed_field_is_named_and_nothing_is_placed(
    tx: Tx, v3: V3, order_json: OrderJson, fields: dict[str, Any], field: str
) -> None:
    refused = v3("POST", NATIVE, json=order_json(**fields))
    assert refused.code == (400, "PARAM_ERROR")
    assert refused.json["detail"]["field"] == field and refused.json["detail"]["location"] == "body"
    assert count(tx) == 0


def test_amounts_other_than_yuan_and_ends_out_of_bounds_are_refused(
    tx: Tx, v3: V3, order_json: OrderJson
) -> None:
    refused = v3("POST", NATIVE, json=order_json(amount={"total": 1, "currency": "USD"}))
    assert refused.code == (400, "PARAM_ERROR")
    for end in ("2020-01-01T00:00:00+08:00", "2090-01-01T00:00:00+08:00"):
        assert v3("POST", NATIVE, json=order_json(time_expire=end)).code == (400, "PARAM_ERROR")
    assert count(tx) == 0


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\x00",
        b'{"appid": "\\u0000"}',
        b'{"appid": "\xff\xfe"}',
        b"[" * 5000 + b"]" * 5000,
        b'{"x": ' * 5000 + b"1" + b"}" * 5000,
        b'{"amount": {"total": 99999999999999999999999999}}',
    ],
)
def test_a_malformed_body_is_a_parameter_error(tx: Tx, v3: V3, body: bytes) -> None:
    assert v3("POST", NATIVE, body=body).code == (400, "PARAM_ERROR")
    assert count(tx) == 0


def test_an_openid_of_another_app_is_refused(tx: Tx, v3: V3, order_json: OrderJson) -> None:
    for openid in ("o" + "x" * 27, ""):
        refused = v3("POST", JSAPI, json=order_json(payer={"openid": openid}))
        assert refused.code == (400, "PARAM_ERROR")


def test_only_a_bound_app_and_the_own_number_take_orders(
    tx: Tx, shop: Shop, v3: V3, order_json: OrderJson
) -> None:
    stranger = an_app(tx)
    assert v3("POST", NATIVE, json=order_json(appid=stranger.appid)).code == (400, "APPID_MCHID_NOT_MATCH")
    assert v3("POST", NATIVE, json=order_json(mchid="1900000999")).code == (400, "INVALID_REQUEST")
    assert v3("GET", BY_NUMBER, query={"mchid": "1900000999"}).code == (400, "INVALID_REQUEST")
    assert count(tx) == 0


def test_abilities_the_merchant_has_not_got_are_refused(v3: V3, order_json: OrderJson) -> None:
    for fields in ({"settle_info": {"profit_sharing": True}}, {"subsidy_info": {"any": 1}}):
        assert v3("POST", NATIVE, json=order_json(**fields)).code == (403, "NO_AUTH")
    assert v3("POST", NATIVE, json=order_json(settle_info={"profit_sharing": False})).status == 200


def test_unknown_orders_are_unknown(shop: Shop, v3: V3) -> None:
    mine = {"mchid": shop.merchant.mchid}
    assert v3("GET", BY_NUMBER, query=mine).code == (404, "ORDER_NOT_EXIST")
    assert v3("GET", "/v3/pay/transactions/id/4200000000", query=mine).code == (404, "ORDER_NOT_EXIST")
    assert v3("POST", f"{BY_NUMBER}/close", json=mine).code == (404, "ORDER_NOT_EXIST")
    assert v3("GET", BY_NUMBER).code == (400, "PARAM_ERROR")


def test_nobody_sees_another_merchants_order(tx: Tx, shop: Shop, v3: V3, order_json: OrderJson) -> None:
    v3("POST", NATIVE, json=order_json())
    paid = orders.pay(tx, placed(tx, shop), payer_id=a_payer(tx, balance=500))
    other = open_shop(tx, MchId("1900000208"))
    theirs = {"mchid": other.merchant.mchid}
    for path in (BY_NUMBER, f"/v3/pay/transactions/id/{paid.transaction_id}"):
        assert v3("GET", path, query=theirs, as_=other).code == (404, "ORDER_NOT_EXIST")


def test_an_expired_order_reads_as_closed(
    tx: Tx, clock: HandWound, shop: Shop, v3: V3, order_json: OrderJson
) -> None:
    v3("POST", NATIVE, json=order_json())
    clock.advance(orders.LIFETIME_MS)
    assert v3("GET", BY_NUMBER, query={"mchid": shop.merchant.mchid}).json["trade_state"] == "CLOSED"
    assert v3("POST", NATIVE, json=order_json()).code == (400, "ORDER_CLOSED")


def test_unknown_fields_and_any_order_of_fields_are_fine(tx: Tx, v3: V3, order_json: OrderJson) -> None:
    body = dict(reversed(order_json(something_new={"deep": [1, 2, {"x": 2**80}]}).items()))
    assert v3("POST", NATIVE, body=msgspec.json.encode(body)).status == 200
    assert ledger.audit(tx) == []


def test_unknown_addresses_and_methods_say_so(v3: V3) -> None:
    unknown = v3("POST", "/v3/nothing/here", json={})
    assert unknown.code == (404, "NOT_FOUND") and "hutong" in unknown.json["detail"]
    assert v3("GET", NATIVE).status == 405


def test_an_h5_url_opens_a_page_that_says_what_is_paid_and_escapes_it(
    v3: V3, call: Any, order_json: OrderJson
) -> None:
    scene = {"payer_client_ip": "127.0.0.1", "h5_info": {"type": "Wap"}}
    made = v3(
        "POST",
        "/v3/pay/transactions/h5",
        json=order_json(scene_info=scene, description="<script>tea</script>"),
    )
    address, _, query = made.json["h5_url"].partition("?")
    path = address.partition("/pay")[2]
    status, headers, body = call(pay, "GET", path, query=dict(parse_qsl(query)))
    page = body.decode()
    assert status == 200 and headers["content-type"].startswith("text/html")
    assert "云岫茶事" in page and "¥1.20" in page and "订单未支付" in page and "<svg" in page
    assert "&lt;script&gt;" in page and "<script>" not in page
    assert call(pay, "GET", path, query={"prepay_id": "wx1", "package": "nope"})[0] == 404
    assert call(pay, "GET", path)[0] == 400
