"""Notifications: sealed, signed afresh, repeated on the published ladder until accepted."""

import base64
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from hutong.domains.pay import cards, orders, refunds
from hutong.domains.pay.events import OrderPaid, RefundAbnormal, RefundDue, RefundSucceeded
from hutong.domains.pay.handlers import answer_refund
from hutong.domains.pay.tables import CardBehaviour, Order, RefundTerms
from hutong.kernel import deliveries, envelopes
from hutong.kernel.clock import HandWound
from hutong.kernel.db import Tx
from hutong.kernel.deliveries import Delivery, DeliveryState, Incoming, Outgoing
from hutong.kernel.money import Fen
from hutong.protocols.pay import callbacks
from tests.domains.builders import a_payer
from tests.protocols.pay.conftest import API_V3_KEY, V3, Shop, answer_fits, openid_of

OrderJson = Callable[..., dict[str, Any]]


@pytest.fixture
def paid(tx: Tx, shop: Shop, v3: V3, order_json: OrderJson) -> Order:
    v3("POST", "/v3/pay/transactions/native", json=order_json(attach="table 5"))
    order = orders.by_out_trade_no(tx, mchid=shop.merchant.mchid, out_trade_no="TEA-0001")
    return orders.pay(tx, order, payer_id=a_payer(tx, balance=500))


def sent(tx: Tx, delivery: Delivery) -> tuple[Outgoing, dict[str, Any], dict[str, Any]]:
    """The request as a merchant gets it, its envelope, and what is inside."""
    outgoing = callbacks.build(tx, delivery)
    job = outgoing.to_sign
    assert job is not None
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA256

    signature = base64.b64encode(job.key.sign(job.message, PKCS1v15(), SHA256())).decode()
    assert answer_fits(tx, {**outgoing.headers, job.header: signature}, outgoing.body)
    envelope = msgspec.json.decode(outgoing.body)
    resource = envelope["resource"]
    assert envelope["resource_type"] == "encrypt-resource" and resource["algorithm"] == "AEAD_AES_256_GCM"
    inside = envelopes.open_resource(
        API_V3_KEY,
        resource["ciphertext"],
        nonce=resource["nonce"],
        associated_data=resource["associated_data"],
    )
    return outgoing, envelope, msgspec.json.decode(inside)


def test_a_merchant_hears_once_that_an_order_is_paid(tx: Tx, shop: Shop, paid: Order) -> None:
    (event,) = tx.emitted(OrderPaid)
    callbacks.notify_transaction(tx, event)
    callbacks.notify_transaction(tx, event)
    (delivery,) = tx.all(Delivery, "limit 5")
    assert delivery.url == "https://shop.example/notify" and delivery.owner == shop.merchant.mchid
    assert delivery.subject == "order:TEA-0001"
    _, envelope, inside = sent(tx, delivery)
    assert envelope["event_type"] == "TRANSACTION.SUCCESS" and envelope["id"] == delivery.notify_id
    assert envelope["resource"]["original_type"] == "transaction"
    assert paid.payer_id is not None
    assert inside["transaction_id"] == paid.transaction_id and inside["trade_state"] == "SUCCESS"
    assert inside["attach"] == "table 5" and inside["out_trade_no"] == "TEA-0001"
    assert inside["payer"] == {"openid": openid_of(tx, shop, paid.payer_id)}
    assert inside["amount"]["total"] == inside["amount"]["payer_total"] == 120
    assert "notify_url" not in inside


def test_each_attempt_is_sealed_and_signed_afresh(tx: Tx, paid: Order) -> None:
    callbacks.notify_transaction(tx, tx.emitted(OrderPaid)[0])
    (delivery,) = tx.all(Delivery, "limit 5")
    first, _, inside = sent(tx, delivery)
    second, _, again = sent(tx, delivery)
    assert inside == again and first.body != second.body
    assert first.headers["wechatpay-nonce"] != second.headers["wechatpay-nonce"]


def test_a_notification_is_signed_as_the_order_was_placed(
    tx: Tx, shop: Shop, v3: V3, order_json: OrderJson
) -> None:
    v3(
        "POST",
        "/v3/pay/transactions/native",
        json=order_json(),
        headers={"Wechatpay-Serial": "PUB_KEY_ID_0116000000012026112200000000000001"},
    )
    order = orders.by_out_trade_no(tx, mchid=shop.merchant.mchid, out_trade_no="TEA-0001")
    orders.pay(tx, order, payer_id=a_payer(tx, balance=500))
    callbacks.notify_transaction(tx, tx.emitted(OrderPaid)[0])
    outgoing, _, _ = sent(tx, tx.all(Delivery, "limit 5")[0])
    assert outgoing.headers["wechatpay-serial"].startswith("PUB_KEY_ID_")


@pytest.mark.parametrize(
    "answer",
    [
        Incoming(500, {}, b'{"code": "FAIL"}'),
        Incoming(302, {"location": "http://elsewhere/"}, b""),
        Incoming(404, {}, b"<html>"),
        Incoming(None, {}, b"", error="timed out"),
    ],
)
def test_whatever_is_no_yes_climbs_the_published_ladder(
    tx: Tx, clock: HandWound, paid: Order, answer: Incoming
) -> None:
    callbacks.notify_transaction(tx, tx.emitted(OrderPaid)[0])
    start = tx.now
    for step in callbacks.LADDER_MS:
        (claimed,) = deliveries.claim(tx, limit=5, lease_ms=60_000)
        settled = deliveries.settle(tx, claimed.id, answer, started_at=tx.now, duration_ms=1)
        assert settled.next_at == tx.now + step
        clock.advance(step)
    assert tx.now - start == 24 * 3600_000 + 4 * 60_000
    (claimed,) = deliveries.claim(tx, limit=5, lease_ms=60_000)
    settled = deliveries.settle(tx, claimed.id, answer, started_at=tx.now, duration_ms=1)
    assert settled.state is DeliveryState.FAILED


@pytest.mark.parametrize("status", [200, 204])
def test_a_yes_is_a_yes_whatever_its_body_says(tx: Tx, paid: Order, status: int) -> None:
    callbacks.notify_transaction(tx, tx.emitted(OrderPaid)[0])
    (claimed,) = deliveries.claim(tx, limit=5, lease_ms=60_000)
    settled = deliveries.settle(
        tx, claimed.id, Incoming(status, {}, b"garbage\x00"), started_at=tx.now, duration_ms=1
    )
    assert settled.state is DeliveryState.DELIVERED


def back(url: str) -> RefundTerms:
    return RefundTerms(amount=Fen(50), total=Fen(120), notify_url=url)


def test_a_merchant_hears_of_its_refund_where_it_asked_to(tx: Tx, paid: Order) -> None:
    refunds.place(tx, order=paid, out_refund_no="R-1", terms=back("https://shop.example/refunded"))
    callbacks.notify_refund_succeeded(tx, tx.emitted(RefundSucceeded)[0])
    (delivery,) = tx.all(Delivery, "limit 5")
    _, envelope, inside = sent(tx, delivery)
    assert delivery.url == "https://shop.example/refunded"
    assert envelope["event_type"] == "REFUND.SUCCESS" and inside["refund_status"] == "SUCCESS"
    assert inside["out_refund_no"] == "R-1" and inside["out_trade_no"] == "TEA-0001"
    assert inside["amount"] == {"total": 120, "refund": 50, "payer_total": 120, "payer_refund": 50}
    assert inside["success_time"] and inside["user_received_account"] == "支付用户零钱"


def test_a_refund_without_an_address_notifies_nobody(tx: Tx, paid: Order) -> None:
    refunds.place(tx, order=paid, out_refund_no="R-1", terms=back(""))
    callbacks.notify_refund_succeeded(tx, tx.emitted(RefundSucceeded)[0])
    assert tx.all(Delivery, "limit 5") == []


def test_a_stuck_refund_is_told_as_abnormal(tx: Tx, shop: Shop, v3: V3, order_json: OrderJson) -> None:
    ann = a_payer(tx)
    v3("POST", "/v3/pay/transactions/native", json=order_json())
    order = orders.by_out_trade_no(tx, mchid=shop.merchant.mchid, out_trade_no="TEA-0001")
    card = cards.bind(tx, user_id=ann, bank="CMB")
    paid = orders.pay(tx, order, payer_id=ann, card=card)
    refund = refunds.place(tx, order=paid, out_refund_no="R-1", terms=back("https://shop.example/refunded"))
    cards.set_behaviour(tx, card, CardBehaviour.DECLINED)
    answer_refund(tx, RefundDue(mchid=refund.mchid, refund_id=refund.id))
    callbacks.notify_refund_abnormal(tx, tx.emitted(RefundAbnormal)[0])
    _, envelope, inside = sent(tx, tx.all(Delivery, "limit 5")[0])
    assert envelope["event_type"] == "REFUND.ABNORMAL" and inside["refund_status"] == "ABNORMAL"
    assert "success_time" not in inside
