"""The cashier: the merchant's word is checked, the PIN confirms, money moves once."""

import base64
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from hutong.domains.identity.tables import UserId
from hutong.domains.pay import cards, ledger, orders
from hutong.domains.pay.events import OrderPaid
from hutong.domains.pay.tables import CardBehaviour, CardKind, Order, Terms, TradeType
from hutong.kernel.clock import HOUR_MS, HandWound
from hutong.kernel.db import Tx
from hutong.kernel.money import Fen
from tests.protocols.client.conftest import Device
from tests.protocols.pay.conftest import Shop, open_shop, openid_of

PIN = "246810"


@pytest.fixture
def shop(tx: Tx) -> Shop:
    return open_shop(tx)


def payer(tx: Tx, device: Device, *, balance: int = 500) -> UserId:
    user_id = UserId(int(device.id))
    ledger.transfer(
        tx,
        debit=ledger.bank(),
        credit=ledger.wallet(user_id),
        amount=Fen(balance),
        code="test_fund",
        ref=user_id,
    )
    device.put("/wallet/pin", {"pin": PIN})
    return user_id


def an_order(tx: Tx, shop: Shop, payer_id: UserId | None = None, **more: Any) -> Order:
    terms = Terms(
        trade_type=TradeType.JSAPI if payer_id else TradeType.NATIVE,
        appid=shop.app.appid,
        description="Oolong",
        amount=Fen(120),
        notify_url="https://shop.example/notify",
        payer_id=payer_id,
        openid=openid_of(tx, shop, payer_id) if payer_id else "",
        **more,
    )
    return orders.place(tx, mchid=shop.merchant.mchid, out_trade_no=f"TEA-{tx.new_id()}", terms=terms)


def asked(shop: Shop, order: Order, **otherwise: str) -> dict[str, str]:
    """What the shop's page gives to requestPayment."""
    fields = {
        "appId": shop.app.appid,
        "timeStamp": "1760000000",
        "nonceStr": "abc",
        "package": f"prepay_id={order.prepay_id}",
    }
    message = "".join(f"{fields[name]}\n" for name in ("appId", "timeStamp", "nonceStr", "package")).encode()
    signature = shop.private_key.sign(message, PKCS1v15(), SHA256())
    return {**fields, "signType": "RSA", "paySign": base64.b64encode(signature).decode(), **otherwise}


def wallet(tx: Tx, user_id: UserId) -> int:
    return ledger.balance(tx, ledger.wallet(user_id))


def test_a_payer_sees_what_they_pay_and_pays_it(tx: Tx, shop: Shop, ann: Device) -> None:
    user_id = payer(tx, ann)
    order = an_order(tx, shop, user_id, support_fapiao=True)
    cashier = ann.post("/cashiers", {"request": asked(shop, order)})
    assert (cashier["payee"], cashier["amount"], cashier["description"]) == ("云岫茶事", 120, "Oolong")
    assert cashier["verified_name"] == "云岫茶事" and cashier["state"] == "OPEN" and cashier["has_pin"]
    assert cashier["methods"] == [{"name": "零钱", "balance": 500}]
    paid = ann.post(f"/cashiers/{cashier['cashier_id']}/confirm", {"pin": PIN})
    assert paid["state"] == "SUCCESS" and paid["errMsg"] == "requestPayment:ok" and paid["support_fapiao"]
    assert paid == ann.get(f"/cashiers/{cashier['cashier_id']}/result")
    assert wallet(tx, user_id) == 380 and ledger.audit(tx) == []
    assert ann.get(f"/cashiers/{cashier['cashier_id']}")["state"] == "SUCCESS"


def test_two_tabs_pay_one_order_once(tx: Tx, shop: Shop, ann: Device) -> None:
    user_id = payer(tx, ann)
    order = an_order(tx, shop, user_id)
    one, two = (ann.post("/cashiers", {"request": asked(shop, order)})["cashier_id"] for _ in range(2))
    answers = [
        ann.post(f"/cashiers/{cashier_id}/confirm", {"pin": PIN}) for cashier_id in (one, two, one, two)
    ]
    assert all(answer == answers[0] for answer in answers)
    assert wallet(tx, user_id) == 380 and len(tx.emitted(OrderPaid)) == 1
    refused = ann.post("/cashiers", {"request": asked(shop, order)}, status=409)
    assert refused["error"]["code"] == "pay.order_paid"


def test_a_wrong_pin_counts_locks_and_pays_nothing(tx: Tx, clock: HandWound, shop: Shop, ann: Device) -> None:
    user_id = payer(tx, ann)
    cashier_id = ann.post("/cashiers", {"request": asked(shop, an_order(tx, shop, user_id))})["cashier_id"]
    confirm = f"/cashiers/{cashier_id}/confirm"
    for left in (4, 3, 2, 1):
        refused = ann.post(confirm, {"pin": "000000"}, status=403)
        assert refused["error"]["details"]["remaining"] == left
    ann.post(confirm, {"pin": "000000"}, status=429)
    ann.post(confirm, {"pin": PIN}, status=429)
    assert wallet(tx, user_id) == 500
    clock.advance(3 * HOUR_MS)
    other = ann.post("/cashiers", {"request": asked(shop, an_order(tx, shop, user_id))})["cashier_id"]
    assert ann.post(f"/cashiers/{other}/confirm", {"pin": PIN})["state"] == "SUCCESS"


@pytest.mark.parametrize(
    "otherwise",
    [
        {"paySign": "AAAA"},
        {"paySign": "not base64!"},
        {"nonceStr": "other"},
        {"timeStamp": "1"},
        {"appId": "wx0000000000000000"},
        {"signType": "MD5"},
    ],
)
def test_a_request_its_merchant_did_not_sign_opens_nothing(
    tx: Tx, shop: Shop, ann: Device, otherwise: dict[str, str]
) -> None:
    order = an_order(tx, shop, payer(tx, ann))
    refused = ann.post("/cashiers", {"request": asked(shop, order, **otherwise)}, status=403)
    assert refused["error"]["code"] == "pay.pay_sign_invalid"
    assert tx.value("select count(*) from pay_cashier") == 0


def test_a_scanned_code_is_paid_by_whoever_scans_it(tx: Tx, shop: Shop, ann: Device) -> None:
    user_id = payer(tx, ann)
    order = an_order(tx, shop)
    code = f"weixin://wxpay/bizpayurl?pr={order.code}"
    cashier_id = ann.post("/cashiers", {"code": code})["cashier_id"]
    assert ann.post(f"/cashiers/{cashier_id}/confirm", {"pin": PIN})["amount"] == 120
    assert wallet(tx, user_id) == 380
    h5 = "http://x/pay/cgi-bin/mmpayweb-bin/checkmweb?prepay_id=wx1&package="
    other = an_order(tx, shop)
    assert ann.post("/cashiers", {"code": f"{h5}{other.code}"})["amount"] == 120
    for nothing in ("weixin://wxpay/bizpayurl?pr=nope", "https://example.com/", ""):
        assert ann.post("/cashiers", {"code": nothing}, status=404)["error"]["code"] == "pay.order_not_found"
    ann.post("/cashiers", {}, status=404)


def test_somebody_elses_order_and_cashier_are_closed_to_one(
    tx: Tx, shop: Shop, ann: Device, ben: Device
) -> None:
    user_id = payer(tx, ann)
    payer(tx, ben)
    order = an_order(tx, shop, user_id)
    refused = ben.post("/cashiers", {"request": asked(shop, order)}, status=403)
    assert refused["error"]["code"] == "pay.wrong_payer"
    mine = ann.post("/cashiers", {"request": asked(shop, order)})["cashier_id"]
    ben.get(f"/cashiers/{mine}", status=404)
    ben.post(f"/cashiers/{mine}/confirm", {"pin": PIN}, status=404)
    ben.post(f"/cashiers/{mine}/cancel", status=404)
    ann.get(f"/cashiers/{mine}/result", status=404)


def test_a_cancelled_cashier_pays_nothing_and_another_may_be_opened(tx: Tx, shop: Shop, ann: Device) -> None:
    user_id = payer(tx, ann)
    order = an_order(tx, shop, user_id)
    first = ann.post("/cashiers", {"request": asked(shop, order)})["cashier_id"]
    ann.post(f"/cashiers/{first}/cancel", status=204)
    refused = ann.post(f"/cashiers/{first}/confirm", {"pin": PIN}, status=409)
    assert refused["error"]["code"] == "pay.cashier_cancelled"
    second = ann.post("/cashiers", {"request": asked(shop, order)})["cashier_id"]
    ann.post(f"/cashiers/{second}/confirm", {"pin": PIN})
    ann.post(f"/cashiers/{second}/cancel", status=204)
    assert wallet(tx, user_id) == 380 and ann.get(f"/cashiers/{second}")["state"] == "SUCCESS"


def test_a_card_pays_when_the_balance_is_low(tx: Tx, shop: Shop, ann: Device) -> None:
    user_id = payer(tx, ann, balance=1)
    credit = cards.bind(tx, user_id=user_id, bank="CMB", kind=CardKind.CREDIT, last4="1111")
    broken = cards.bind(tx, user_id=user_id, bank="ABC", last4="2222")
    cards.set_behaviour(tx, broken, CardBehaviour.DECLINED)
    debit = cards.bind(tx, user_id=user_id, bank="ICBC", last4="3333")
    order = an_order(tx, shop, user_id, limit_pay=["no_credit"])
    cashier = ann.post("/cashiers", {"request": asked(shop, order)})
    assert [method.get("refusal") for method in cashier["methods"]] == [
        "pay.balance_too_low",
        "pay.credit_refused",
        "pay.card_refused",
        None,
    ]
    confirm = f"/cashiers/{cashier['cashier_id']}/confirm"
    ann.post(confirm, {"pin": PIN}, status=409)
    ann.post(confirm, {"pin": PIN, "card_id": str(credit.id)}, status=403)
    ann.post(confirm, {"pin": PIN, "card_id": str(broken.id)}, status=409)
    ann.post(confirm, {"pin": PIN, "card_id": "1"}, status=404)
    assert ann.post(confirm, {"pin": PIN, "card_id": str(debit.id)})["method"] == "工商银行借记卡3333"
    assert wallet(tx, user_id) == 1 and ledger.audit(tx) == []


def test_a_late_payer_is_told_the_truth(tx: Tx, clock: HandWound, shop: Shop, ann: Device) -> None:
    user_id = payer(tx, ann)
    cashier_id = ann.post("/cashiers", {"request": asked(shop, an_order(tx, shop, user_id))})["cashier_id"]
    clock.advance(orders.LIFETIME_MS)
    refused = ann.post(f"/cashiers/{cashier_id}/confirm", {"pin": PIN}, status=409)
    assert refused["error"]["code"] == "pay.order_closed" and wallet(tx, user_id) == 500
    assert ann.get(f"/cashiers/{cashier_id}")["state"] == "CLOSED"


def test_without_a_pin_nothing_is_confirmed(tx: Tx, shop: Shop, device: Callable[..., Device]) -> None:
    eve = device("Eve")
    cashier = eve.post("/cashiers", {"prepay_id": an_order(tx, shop).prepay_id})
    assert not cashier["has_pin"]
    refused = eve.post(f"/cashiers/{cashier['cashier_id']}/confirm", {"pin": PIN}, status=409)
    assert refused["error"]["code"] == "identity.pin_not_set"
