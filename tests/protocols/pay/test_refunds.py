"""Refunds over the published wire."""

from collections.abc import Callable
from typing import Any

import pytest

from hutong.domains.identity.tables import UserId
from hutong.domains.pay import cards, keys, ledger, orders
from hutong.domains.pay.events import RefundDue
from hutong.domains.pay.handlers import answer_refund
from hutong.domains.pay.tables import CardBehaviour, KeyUse, Order, Refund
from hutong.kernel import envelopes
from hutong.kernel.clock import DAY_MS, HandWound
from hutong.kernel.db import Tx
from hutong.kernel.money import Fen
from tests.domains.builders import a_payer
from tests.protocols.pay.conftest import V3, Shop

OrderJson = Callable[..., dict[str, Any]]
REFUNDS = "/v3/refund/domestic/refunds"


@pytest.fixture
def ann(tx: Tx) -> UserId:
    return a_payer(tx, balance=500)


@pytest.fixture
def paid(tx: Tx, shop: Shop, v3: V3, order_json: OrderJson, ann: UserId) -> Order:
    v3("POST", "/v3/pay/transactions/native", json=order_json())
    order = orders.by_out_trade_no(tx, mchid=shop.merchant.mchid, out_trade_no="TEA-0001")
    return orders.pay(tx, order, payer_id=ann)


def back(refund: Any = 50, total: Any = 120, **fields: Any) -> dict[str, Any]:
    body = {
        "out_trade_no": "TEA-0001",
        "out_refund_no": "R-1",
        "amount": {"refund": refund, "total": total, "currency": "CNY"},
        **fields,
    }
    return {name: value for name, value in body.items() if value is not None}


def test_a_refund_is_answered_and_queried_alike(tx: Tx, v3: V3, paid: Order, ann: UserId) -> None:
    made = v3(
        "POST",
        REFUNDS,
        json=back(
            reason="cold tea",
            funds_account="AVAILABLE",
            goods_detail=[
                {"merchant_goods_id": "oolong", "unit_price": 60, "refund_amount": 50, "refund_quantity": 1}
            ],
        ),
    )
    assert made.status == 200
    refund = made.json
    assert refund["status"] == "SUCCESS" and refund["channel"] == "ORIGINAL"
    assert refund["transaction_id"] == paid.transaction_id and refund["out_trade_no"] == "TEA-0001"
    assert refund["user_received_account"] == "支付用户零钱" and refund["funds_account"] == "AVAILABLE"
    assert refund["amount"]["refund"] == refund["amount"]["payer_refund"] == 50
    assert refund["amount"]["total"] == 120 and refund["promotion_detail"] == []
    assert len(refund["refund_id"]) == 28
    assert v3("GET", f"{REFUNDS}/R-1").json == refund
    assert ledger.balance(tx, ledger.wallet(ann)) == 430


def test_repeating_a_refund_refunds_once_and_other_terms_are_refused(
    tx: Tx, v3: V3, paid: Order, ann: UserId
) -> None:
    first = v3("POST", REFUNDS, json=back()).json
    by_transaction = back(out_trade_no=None, transaction_id=paid.transaction_id)
    assert v3("POST", REFUNDS, json=by_transaction).json == first
    assert v3("POST", REFUNDS, json=back(51)).code == (400, "INVALID_REQUEST")
    assert ledger.balance(tx, ledger.wallet(ann)) == 430


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (back(0), (400, "PARAM_ERROR")),
        (back(-1), (400, "PARAM_ERROR")),
        (back(0.5), (400, "PARAM_ERROR")),
        (back(2**65), (400, "PARAM_ERROR")),
        (back(121), (400, "INVALID_REQUEST")),
        (back(total=121), (400, "INVALID_REQUEST")),
        (back(out_trade_no=None), (400, "PARAM_ERROR")),
        (back(out_refund_no="R 1"), (400, "PARAM_ERROR")),
        (back(out_refund_no=None), (400, "PARAM_ERROR")),
        (back(amount={"refund": 1, "total": 120, "currency": "USD"}), (400, "PARAM_ERROR")),
        (
            back(amount={"refund": 2, "total": 120, "from": [{"account": "AVAILABLE", "amount": 1}]}),
            (400, "PARAM_ERROR"),
        ),
        (
            back(amount={"refund": 1, "total": 120, "from": [{"account": "UNAVAILABLE", "amount": 1}]}),
            (400, "PARAM_ERROR"),
        ),
        (back(funds_account="OPERATION"), (400, "PARAM_ERROR")),
        (back(sub_mchid="1900000209"), (403, "NO_AUTH")),
        (back(out_trade_no="TEA-0404"), (404, "RESOURCE_NOT_EXISTS")),
        (back(transaction_id="4200000000"), (404, "RESOURCE_NOT_EXISTS")),
    ],
)
def test_a_refund_that_does_not_fit_changes_nothing(
    tx: Tx, v3: V3, paid: Order, ann: UserId, body: dict[str, Any], code: tuple[int, str]
) -> None:
    assert v3("POST", REFUNDS, json=body).code == code
    assert ledger.balance(tx, ledger.wallet(ann)) == 380 and tx.value("select count(*) from pay_refund") == 0


def test_a_merchant_without_funds_is_told_so(tx: Tx, shop: Shop, v3: V3, paid: Order) -> None:
    ledger.transfer(
        tx,
        debit=ledger.merchant(shop.merchant.mchid),
        credit=ledger.bank(),
        amount=Fen(100),
        code="test_payout",
        ref=1,
    )
    assert v3("POST", REFUNDS, json=back()).code == (403, "NOT_ENOUGH")
    assert v3("GET", f"{REFUNDS}/R-1").code == (404, "RESOURCE_NOT_EXISTS")


def test_unpaid_and_old_orders_are_not_refunded(
    tx: Tx, clock: HandWound, v3: V3, paid: Order, order_json: OrderJson
) -> None:
    v3("POST", "/v3/pay/transactions/native", json=order_json(out_trade_no="TEA-0002"))
    assert v3("POST", REFUNDS, json=back(out_trade_no="TEA-0002")).code == (403, "INVALID_REQUEST")
    clock.advance(366 * DAY_MS)
    assert v3("POST", REFUNDS, json=back()).code == (403, "INVALID_REQUEST")


def test_a_stuck_refund_is_sent_to_another_account(
    tx: Tx, shop: Shop, v3: V3, order_json: OrderJson, ann: UserId
) -> None:
    v3("POST", "/v3/pay/transactions/native", json=order_json())
    order = orders.by_out_trade_no(tx, mchid=shop.merchant.mchid, out_trade_no="TEA-0001")
    card = cards.bind(tx, user_id=ann, bank="CMB", last4="0403")
    orders.pay(tx, order, payer_id=ann, card=card)
    made = v3("POST", REFUNDS, json=back()).json
    assert made["status"] == "PROCESSING" and made["user_received_account"] == "招商银行借记卡0403"
    apply = f"{REFUNDS}/{made['refund_id']}/apply-abnormal-refund"
    to_merchant = {"out_refund_no": "R-1", "type": "MERCHANT_BANK_CARD"}
    assert v3("POST", apply, json=to_merchant).code == (400, "INVALID_REQUEST")
    cards.set_behaviour(tx, card, CardBehaviour.DECLINED)
    (refund,) = tx.all(Refund, "limit 2")
    due = RefundDue(mchid=refund.mchid, refund_id=refund.id)
    answer_refund(tx, due)
    assert v3("GET", f"{REFUNDS}/R-1").json["status"] == "ABNORMAL"
    platform = keys.current(tx, KeyUse.CERTIFICATE)
    assert platform is not None
    key = keys.public_key(platform.public_part)
    to_payer = {
        "out_refund_no": "R-1",
        "type": "USER_BANK_CARD",
        "bank_type": "ICBC_DEBIT",
        "bank_account": envelopes.seal_field(key, "6222020000001234"),
        "real_name": envelopes.seal_field(key, "安"),
    }
    assert v3("POST", apply, json={**to_payer, "bank_account": "in the clear"}).code == (400, "PARAM_ERROR")
    assert v3("POST", apply, json={**to_payer, "type": "OTHER"}).code == (400, "PARAM_ERROR")
    assert v3("POST", apply, json=to_payer).json["user_received_account"] == "工商银行借记卡1234"
    answer_refund(tx, due)
    done = v3("GET", f"{REFUNDS}/R-1").json
    assert done["status"] == "SUCCESS" and done["channel"] == "OTHER_BANKCARD" and done["success_time"]
    assert ledger.audit(tx) == []
