"""Notifications: what a merchant hears of its orders and refunds, sealed and signed, until it says yes."""

import secrets
from typing import Any

import msgspec

from hutong.domains.pay import keys, merchants, orders, refunds
from hutong.domains.pay.events import OrderPaid, RefundAbnormal, RefundSucceeded
from hutong.domains.pay.tables import MchId, OrderState, Refund, RefundId, RefundState, Trust
from hutong.kernel import deliveries, envelopes
from hutong.kernel.clock import HOUR_MS, MINUTE_MS, SECOND_MS
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.deliveries import Channel, Delivery, Incoming, Outgoing
from hutong.kernel.events import on
from hutong.kernel.frozen import Frozen
from hutong.kernel.signing import ToSign

from . import signatures, times
from .protocol import signed_headers
from .transactions import transaction

LADDER_MS = (
    15 * SECOND_MS,
    15 * SECOND_MS,
    30 * SECOND_MS,
    3 * MINUTE_MS,
    10 * MINUTE_MS,
    20 * MINUTE_MS,
    30 * MINUTE_MS,
    30 * MINUTE_MS,
    30 * MINUTE_MS,
    60 * MINUTE_MS,
    3 * HOUR_MS,
    3 * HOUR_MS,
    3 * HOUR_MS,
    6 * HOUR_MS,
    6 * HOUR_MS,
)
TIMEOUT_MS = 5 * SECOND_MS
ALGORITHM = "AEAD_AES_256_GCM"


class Notice(Frozen):
    """What a delivery carries until it is built: the resource in the clear, for our eyes only."""

    event_type: str
    summary: str
    original_type: str  # also the associated data
    trust: Trust
    resource: dict[str, Any]


@on(OrderPaid, name="pay.notify_transaction")
def notify_transaction(tx: Tx, event: OrderPaid) -> None:
    """Tell the merchant that the order is paid."""
    order = orders.get(tx, event.mchid, event.order_id)
    if not order.terms.notify_url:
        return
    picture = msgspec.to_builtins(transaction(order, OrderState.SUCCESS))
    for told_elsewhere in ("description", "notify_url", "time_expire", "goods_tag", "limit_pay", "detail"):
        picture.pop(told_elsewhere, None)
    picture.pop("support_fapiao", None)
    if scene := picture.pop("scene_info", None):
        picture["scene_info"] = {"device_id": scene.get("device_id", "")}
    deliveries.enqueue(
        tx,
        channel=channel.name,
        owner=order.mchid,
        subject=f"order:{order.out_trade_no}",
        url=order.terms.notify_url,
        notify_id=f"EV-{order.id}",
        payload=Notice(
            event_type="TRANSACTION.SUCCESS",
            summary="支付成功",
            original_type="transaction",
            trust=order.trust,
            resource=picture,
        ),
    )


@on(RefundSucceeded, name="pay.notify_refund_succeeded")
def notify_refund_succeeded(tx: Tx, event: RefundSucceeded) -> None:
    """Tell the merchant that the money is back."""
    _notify_refund(tx, event.mchid, event.refund_id, RefundState.SUCCESS, "退款成功")


@on(RefundAbnormal, name="pay.notify_refund_abnormal")
def notify_refund_abnormal(tx: Tx, event: RefundAbnormal) -> None:
    """Tell the merchant that the payer's card takes nothing."""
    _notify_refund(tx, event.mchid, event.refund_id, RefundState.ABNORMAL, "退款异常")


def _notify_refund(tx: Tx, mchid: MchId, refund_id: RefundId, state: RefundState, summary: str) -> None:
    refund = refunds.get(tx, mchid, refund_id)
    if not refund.terms.notify_url:
        return
    order = orders.get(tx, mchid, refund.order_id)
    resource: dict[str, Any] = {
        "mchid": refund.mchid,
        "out_trade_no": order.out_trade_no,
        "transaction_id": order.transaction_id,
        "out_refund_no": refund.out_refund_no,
        "refund_id": refund.refund_id,
        "refund_status": state,
        "user_received_account": refund.user_received_account,
        "amount": _amount(refund),
    }
    if state is RefundState.SUCCESS and refund.success_at is not None:
        resource["success_time"] = times.written(refund.success_at)
    deliveries.enqueue(
        tx,
        channel=channel.name,
        owner=refund.mchid,
        subject=f"order:{order.out_trade_no}",
        url=refund.terms.notify_url,
        notify_id=f"EV-{refund.id}-{state}",
        payload=Notice(
            event_type=f"REFUND.{state}",
            summary=summary,
            original_type="refund",
            trust=refund.trust,
            resource=resource,
        ),
    )


def _amount(refund: Refund) -> dict[str, int]:
    terms = refund.terms
    return {
        "total": terms.total,
        "refund": terms.amount,
        "payer_total": terms.total,
        "payer_refund": terms.amount,
    }


def build(snapshot: Snapshot, delivery: Delivery) -> Outgoing:
    """Seal and sign afresh for this attempt: timestamps are wire time."""
    notice = msgspec.json.decode(delivery.payload, type=Notice)
    merchant = merchants.get(snapshot, delivery.owner)
    nonce = envelopes.new_gcm_nonce()
    ciphertext = envelopes.seal_resource(
        merchants.api_v3_key(snapshot, merchant),
        msgspec.json.encode(notice.resource),
        nonce=nonce,
        associated_data=notice.original_type,
    )
    body = msgspec.json.encode(
        {
            "id": delivery.notify_id,
            "create_time": times.written(delivery.created_at),
            "resource_type": "encrypt-resource",
            "event_type": notice.event_type,
            "summary": notice.summary,
            "resource": {
                "original_type": notice.original_type,
                "algorithm": ALGORITHM,
                "ciphertext": ciphertext,
                "associated_data": notice.original_type,
                "nonce": nonce,
            },
        }
    )
    signer = keys.signer(snapshot, notice.trust)
    assert signer is not None, "this home has no keys"
    key_id, key = signer
    timestamp, wire_nonce = str(snapshot.wire_now // 1000), secrets.token_hex(16)
    return Outgoing(
        url=delivery.url,
        headers={
            "content-type": "application/json",
            "accept": "*/*",
            "user-agent": "Mozilla/4.0",
            **signed_headers(key_id, timestamp, wire_nonce),
        },
        body=body,
        to_sign=ToSign(
            key,
            signatures.response_message(timestamp, wire_nonce, body),
            "wechatpay-signature",
        ),
    )


def settle(tx: Tx, delivery: Delivery, answer: Incoming) -> str | None:
    """200 or 204 is yes, whatever the body says."""
    if answer.status in (200, 204):
        return None
    return f"answered {answer.status}, not 200 or 204"


channel = deliveries.channel(Channel("pay.notify", LADDER_MS, TIMEOUT_MS, build, settle))
