"""Refunds: /v3/refund/domestic/refunds"""

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from hutong.domains.pay import cards, keys, orders, refunds
from hutong.domains.pay.tables import KeyUse, MchId, Order, Refund, RefundGoods, RefundTerms
from hutong.kernel import envelopes
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.endpoints import Request, Response
from hutong.kernel.errors import DomainError
from hutong.kernel.money import CNY, Fen

from . import times
from .errors import FIELD_INVALID, NOT_ALLOWED
from .fields import (
    Count,
    Filled32,
    Filled64,
    Money,
    NotifyUrl,
    OutRefundNo,
    Text16,
    Text32,
    Text80,
    Text256,
    Text1024,
    Total,
)
from .protocol import Caller, pay

AVAILABLE = "AVAILABLE"


class FundsFrom(Request):
    account: Filled32
    amount: Total


class RefundAmount(Request):
    refund: Total
    total: Total
    currency: Text16 = CNY
    from_: Annotated[list[FundsFrom], Meta(max_length=8)] | None = msgspec.field(default=None, name="from")


class GoodsBack(Request):
    merchant_goods_id: Filled32
    unit_price: Money
    refund_amount: Money
    refund_quantity: Count
    wechatpay_goods_id: Text32 = ""
    goods_name: Text256 = ""


class RefundRequest(Request, kw_only=True):
    out_refund_no: OutRefundNo
    amount: RefundAmount
    transaction_id: Text32 = ""
    out_trade_no: Text32 = ""
    sub_mchid: Text32 = ""
    reason: Text80 = ""
    notify_url: NotifyUrl | None = None
    funds_account: Text32 = ""
    goods_detail: Annotated[list[GoodsBack], Meta(max_length=1000)] | None = None


class RefundNumber(Request):
    out_refund_no: Filled64
    sub_mchid: Text32 = ""


class AbnormalRefund(Request, kw_only=True):
    refund_id: Filled32
    out_refund_no: OutRefundNo
    type: Filled32
    sub_mchid: Text32 = ""
    bank_type: Text16 = ""
    bank_account: Text1024 = ""  # sealed for the platform's key
    real_name: Text1024 = ""  # sealed for the platform's key


class FundsTaken(Response):
    account: str
    amount: int


class AmountBack(Response, rename={"from_": "from"}):
    total: int
    refund: int
    payer_total: int
    payer_refund: int
    settlement_total: int
    settlement_refund: int
    discount_refund: int
    currency: str
    from_: list[FundsTaken]
    refund_fee: int = 0


class RefundAnswer(Response, kw_only=True):
    """A refund as its merchant sees it; no promotions take part, so their detail is empty."""

    refund_id: str
    out_refund_no: str
    transaction_id: str
    out_trade_no: str
    channel: str
    user_received_account: str
    success_time: str | UnsetType = UNSET
    create_time: str
    status: str
    funds_account: str
    amount: AmountBack
    promotion_detail: list[str] = []


@pay.post("/v3/refund/domestic/refunds")
def create_refund(tx: Tx, caller: Caller, req: RefundRequest) -> RefundAnswer:
    """申请退款"""
    _require_own(req.sub_mchid)
    if req.funds_account not in ("", AVAILABLE, "UNSETTLED"):
        raise _invalid("/funds_account", "不支持的资金账户")
    if req.amount.from_ is not None:
        if any(source.account != AVAILABLE for source in req.amount.from_):
            raise _invalid("/amount/from", "不支持的出资账户")
        if sum(source.amount for source in req.amount.from_) != req.amount.refund:
            raise _invalid("/amount/from", "出资金额之和与退款金额不一致")
    order = _order(tx, caller.mchid, req)
    terms = RefundTerms(
        amount=Fen(req.amount.refund),
        total=Fen(req.amount.total),
        currency=req.amount.currency,
        reason=req.reason,
        notify_url=req.notify_url or "",
        funds_account=req.funds_account,
        goods_detail=None if req.goods_detail is None else [_goods(line) for line in req.goods_detail],
    )
    refund = refunds.place(tx, order=order, out_refund_no=req.out_refund_no, terms=terms, trust=caller.trust)
    return answer(refund, order)


@pay.get("/v3/refund/domestic/refunds/{out_refund_no}")
def query_refund(snapshot: Snapshot, caller: Caller, req: RefundNumber) -> RefundAnswer:
    """查询单笔退款"""
    _require_own(req.sub_mchid)
    refund = refunds.by_out_refund_no(snapshot, mchid=caller.mchid, out_refund_no=req.out_refund_no)
    return answer(refund, orders.get(snapshot, refund.mchid, refund.order_id))


@pay.post("/v3/refund/domestic/refunds/{refund_id}/apply-abnormal-refund")
def apply_abnormal_refund(tx: Tx, caller: Caller, req: AbnormalRefund) -> RefundAnswer:
    """发起异常退款"""
    _require_own(req.sub_mchid)
    refund = refunds.by_out_refund_no(tx, mchid=caller.mchid, out_refund_no=req.out_refund_no)
    if refund.refund_id != req.refund_id:
        raise _invalid("/out_refund_no", "与退款单号不匹配")
    if req.type == "MERCHANT_BANK_CARD":
        account = "商户结算银行账户"
    elif req.type == "USER_BANK_CARD":
        bank, _, kind = req.bank_type.rpartition("_")
        if bank not in cards.BANKS or kind not in ("DEBIT", "CREDIT"):
            raise _invalid("/bank_type", "不支持的银行")
        number, name = (_opened(tx, sealed) for sealed in (req.bank_account, req.real_name))
        if not number.isdigit() or not 8 <= len(number) <= 32 or not name:
            raise _invalid("/bank_account", "银行卡号或姓名有误")
        account = f"{cards.BANKS[bank]}{'借记卡' if kind == 'DEBIT' else '信用卡'}{number[-4:]}"
    else:
        raise _invalid("/type", "只支持USER_BANK_CARD或MERCHANT_BANK_CARD")
    redirected = refunds.redirect(tx, refund, account=account)
    return answer(redirected, orders.get(tx, refund.mchid, refund.order_id))


def answer(refund: Refund, order: Order) -> RefundAnswer:
    """The published picture of a refund."""
    terms = refund.terms
    account = terms.funds_account or AVAILABLE
    return RefundAnswer(
        refund_id=refund.refund_id,
        out_refund_no=refund.out_refund_no,
        transaction_id=order.transaction_id or "",
        out_trade_no=order.out_trade_no,
        channel=refund.channel,
        user_received_account=refund.user_received_account,
        success_time=times.written(refund.success_at) if refund.success_at is not None else UNSET,
        create_time=times.written(refund.created_at),
        status=refund.state,
        funds_account=account,
        amount=AmountBack(
            total=terms.total,
            refund=terms.amount,
            payer_total=terms.total,
            payer_refund=terms.amount,
            settlement_total=terms.total,
            settlement_refund=terms.amount,
            discount_refund=0,
            currency=terms.currency,
            from_=[FundsTaken(account, terms.amount)],
        ),
    )


def _order(tx: Tx, mchid: MchId, req: RefundRequest) -> Order:
    if req.transaction_id:
        order = orders.by_transaction_id(tx, mchid=mchid, transaction_id=req.transaction_id)
        if req.out_trade_no and order.out_trade_no != req.out_trade_no:
            raise _invalid("/out_trade_no", "与transaction_id不是同一订单")
        return order
    if not req.out_trade_no:
        raise _invalid("/transaction_id", "transaction_id和out_trade_no至少填一个")
    return orders.by_out_trade_no(tx, mchid=mchid, out_trade_no=req.out_trade_no)


def _goods(line: GoodsBack) -> RefundGoods:
    return RefundGoods(
        merchant_goods_id=line.merchant_goods_id,
        unit_price=Fen(line.unit_price),
        refund_amount=Fen(line.refund_amount),
        refund_quantity=line.refund_quantity,
        wechatpay_goods_id=line.wechatpay_goods_id,
        goods_name=line.goods_name,
    )


def _require_own(sub_mchid: str) -> None:
    """A direct merchant has no sub-merchants."""
    if sub_mchid:
        raise DomainError(NOT_ALLOWED)


def _opened(snapshot: Snapshot, sealed: str) -> str:
    """A sensitive field, sealed for whichever of our keys its sender knows."""
    for use in (KeyUse.CERTIFICATE, KeyUse.PUBLIC_KEY):
        key = keys.current(snapshot, use)
        if key is not None:
            try:
                return envelopes.open_field(keys.private_key(snapshot, key), sealed)
            except envelopes.BrokenEnvelope:
                continue
    raise _invalid("/bank_account", "敏感字段解密失败")


def _invalid(field: str, issue: str) -> DomainError:
    return DomainError(FIELD_INVALID, detail={"field": field, "issue": issue, "location": "body"})
