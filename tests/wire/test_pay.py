"""Direct-merchant payment as published, on a real server: order, payment, notification, query, close, refund."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from hutong.testing import Merchant, MiniProgram, Person, Refused, Server
from tests.listener import Listener


@pytest.fixture
def shop() -> Iterator[Listener]:
    with Listener() as made:
        yield made


@pytest.fixture
def openid(user: Person, mini_program: MiniProgram) -> str:
    found: str = mini_program.sign_in(user.login(mini_program))["openid"]
    return found


def order(
    shop: Listener, merchant: Merchant, program: MiniProgram, number: str, **more: Any
) -> dict[str, Any]:
    return {
        "appid": program.appid,
        "mchid": merchant.mchid,
        "description": "Mountain oolong",
        "out_trade_no": number,
        "notify_url": shop.url,
        "amount": {"total": 1800, "currency": "CNY"},
        "attach": "table 4",
        **more,
    }


def test_an_order_is_paid_notified_found_and_refunded(
    hutong: Server, user: Person, merchant: Merchant, mini_program: MiniProgram, openid: str, shop: Listener
) -> None:
    line = {"merchant_goods_id": "oolong", "quantity": 1, "unit_price": 1800}
    asked = order(
        shop,
        merchant,
        mini_program,
        "WIRE-0001",
        payer={"openid": openid},
        goods_tag="tea",
        detail={
            "cost_price": 1800,
            "goods_detail": [line],
        },
        scene_info={"payer_client_ip": "10.0.0.7", "store_info": {"id": "1"}},
        limit_pay=["no_credit"],
        support_fapiao=True,
    )
    prepay_id = merchant.call("POST", "/v3/pay/transactions/jsapi", asked).json()["prepay_id"]
    assert merchant.call("POST", "/v3/pay/transactions/jsapi", asked).json()["prepay_id"] == prepay_id

    paid = user.confirm(merchant.request_payment(mini_program.appid, prepay_id))
    assert paid["errMsg"] == "requestPayment:ok" and user.balance == 50_000 - 1800
    hutong.clock.settle()
    (notice,) = [merchant.open_notification(body) for body in shop.received]
    assert notice["trade_state"] == "SUCCESS" and notice["attach"] == "table 4"

    by_number = merchant.call(
        "GET", f"/v3/pay/transactions/out-trade-no/WIRE-0001?mchid={merchant.mchid}"
    ).json()
    by_id = merchant.call(
        "GET", f"/v3/pay/transactions/id/{notice['transaction_id']}?mchid={merchant.mchid}"
    ).json()
    assert by_number == by_id and by_id["payer"] == {"openid": openid}

    refund = {
        "out_trade_no": "WIRE-0001",
        "out_refund_no": "WIRE-R1",
        "reason": "spilt",
        "notify_url": shop.url,
        "amount": {"refund": 800, "total": 1800, "currency": "CNY"},
    }
    made = merchant.call("POST", "/v3/refund/domestic/refunds", refund).json()
    assert made["out_refund_no"] == "WIRE-R1"
    hutong.clock.advance(minutes=10)
    found = merchant.call("GET", "/v3/refund/domestic/refunds/WIRE-R1").json()
    assert found["status"] == "SUCCESS" and user.balance == 50_000 - 1000
    assert merchant.open_notification(shop.received[-1])["refund_status"] == "SUCCESS"

    too_much = {**refund, "out_refund_no": "WIRE-R2", "amount": {**refund["amount"], "refund": 1800}}
    assert merchant.call("POST", "/v3/refund/domestic/refunds", too_much).status_code == 400
    calls = hutong.inspector.calls(caller=merchant.mchid, direction="OUT")
    assert len(calls) == 2


def test_an_order_by_code_is_scanned_and_refused_then_paid(
    hutong: Server, user: Person, merchant: Merchant, mini_program: MiniProgram, shop: Listener
) -> None:
    asked = order(shop, merchant, mini_program, "WIRE-0002")
    code = merchant.call("POST", "/v3/pay/transactions/native", asked).json()["code_url"]
    assert user.scan(code)["kind"] == "ORDER"
    user.refuse(code)
    with pytest.raises(Refused):
        user.confirm(code, pin="000000")
    assert user.balance == 50_000
    user.confirm(code)
    assert user.balance == 50_000 - 1800
    with pytest.raises(Refused):
        hutong.user("Ben").confirm(code)


def test_a_notification_refused_by_the_shop_comes_again_on_the_ladder(
    hutong: Server, user: Person, merchant: Merchant, mini_program: MiniProgram, shop: Listener
) -> None:
    shop.status = 500
    code = merchant.call(
        "POST", "/v3/pay/transactions/native", order(shop, merchant, mini_program, "WIRE-0003")
    ).json()["code_url"]
    user.confirm(code)
    hutong.clock.settle()
    assert len(shop.received) == 1
    hutong.clock.advance(seconds=16)
    assert len(shop.received) == 2
    shop.status = 204
    hutong.clock.advance(seconds=16)
    (delivery,) = hutong.deliveries.list(owner=merchant.mchid)
    assert (delivery["state"], delivery["attempts"]) == ("DELIVERED", 3)
    hutong.clock.advance(hours=24)
    assert len(shop.received) == 3
    hutong.deliveries.replay(delivery["id"])
    hutong.clock.settle()
    assert len(shop.received) == 4


def test_a_closed_order_cannot_be_paid(
    user: Person, merchant: Merchant, mini_program: MiniProgram, shop: Listener
) -> None:
    expires = (dt.datetime.now(dt.UTC) + dt.timedelta(minutes=30)).isoformat(timespec="seconds")
    asked = order(shop, merchant, mini_program, "WIRE-0004", time_expire=expires)
    code = merchant.call("POST", "/v3/pay/transactions/native", asked).json()["code_url"]
    here = f"/v3/pay/transactions/out-trade-no/WIRE-0004?mchid={merchant.mchid}"
    waiting = merchant.call("GET", here).json()
    assert waiting["trade_state"] == "NOTPAY"
    closing = merchant.call(
        "POST", "/v3/pay/transactions/out-trade-no/WIRE-0004/close", {"mchid": merchant.mchid}
    )
    assert closing.status_code == 204 and closing.content == b""
    with pytest.raises(Refused):
        user.confirm(code)
    assert merchant.call("POST", "/v3/pay/transactions/native", asked).status_code == 400


@pytest.mark.parametrize(("kind", "field"), [("app", "prepay_id"), ("h5", "h5_url")])
def test_the_other_two_ways_to_order(
    user: Person, merchant: Merchant, mini_program: MiniProgram, shop: Listener, kind: str, field: str
) -> None:
    scene = {"payer_client_ip": "10.0.0.7", "h5_info": {"type": "Wap"}}
    asked = order(shop, merchant, mini_program, f"WIRE-{kind}-5", scene_info=scene)
    made = merchant.call("POST", f"/v3/pay/transactions/{kind}", asked).json()[field]
    user.confirm(made)
    assert user.balance == 50_000 - 1800


def test_platform_certificates_are_downloaded(merchant: Merchant) -> None:
    (entry,) = merchant.call("GET", "/v3/certificates").json()["data"]
    assert entry["serial_no"] == merchant.platform_serial_no
    assert set(entry["encrypt_certificate"]) == {"algorithm", "nonce", "associated_data", "ciphertext"}


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"amount": {"total": 0}}, 400, "PARAM_ERROR"),
        ({"amount": {"total": -5}}, 400, "PARAM_ERROR"),
        ({"amount": {"total": 1, "currency": "USD"}}, 400, None),
        ({"appid": "wx0000000000000000"}, 400, None),
        ({"mchid": "1900000000"}, 400, None),
        ({"out_trade_no": "x"}, 400, "PARAM_ERROR"),
        ({"notify_url": "not an address"}, 400, "PARAM_ERROR"),
    ],
)
def test_bad_orders_are_refused_and_leave_nothing(
    hutong: Server,
    merchant: Merchant,
    mini_program: MiniProgram,
    shop: Listener,
    change: dict[str, Any],
    status: int,
    code: str | None,
) -> None:
    asked = order(shop, merchant, mini_program, "WIRE-0006") | change
    answer = merchant.call("POST", "/v3/pay/transactions/native", asked)
    assert answer.status_code // 100 == status // 100, answer.text
    assert code is None or answer.json()["code"] == code
    gone = merchant.call("GET", f"/v3/pay/transactions/out-trade-no/WIRE-0006?mchid={merchant.mchid}")
    assert gone.status_code == 404 and gone.json()["code"] == "ORDER_NOT_EXIST"
