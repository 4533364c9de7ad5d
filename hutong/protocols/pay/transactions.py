"""Direct-merchant transactions: /v3/pay/transactions/…"""

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from hutong.domains.apps import openids
from hutong.domains.pay import cashiers, merchants, orders
from hutong.domains.pay.tables import (
    Detail,
    Goods,
    H5Scene,
    Order,
    OrderState,
    Scene,
    Store,
    Terms,
    TradeType,
)
from hutong.kernel.clock import Millis
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.endpoints import Request, Response
from hutong.kernel.errors import DomainError
from hutong.kernel.money import CNY, Fen

from . import times
from .errors import FIELD_INVALID, NOT_ALLOWED
from .fields import (
    Count,
    Filled32,
    Filled45,
    Filled127,
    Filled128,
    Money,
    NotifyUrl,
    OutTradeNo,
    Text16,
    Text32,
    Text64,
    Text128,
    Text256,
    Text512,
    Total,
)
from .protocol import Caller, pay


class Amount(Request):
    total: Total
    currency: Text16 = CNY


class Payer(Request):
    openid: Filled128


class GoodsDetail(Request):
    merchant_goods_id: Filled32
    quantity: Count
    unit_price: Money
    wechatpay_goods_id: Text32 = ""
    goods_name: Text256 = ""


class OrderDetail(Request):
    cost_price: Money | None = None
    invoice_id: Text32 = ""
    goods_detail: Annotated[list[GoodsDetail], Meta(min_length=1, max_length=6000)] | None = None


class StoreInfo(Request):
    id: Filled32
    name: Text256 = ""
    area_code: Text32 = ""
    address: Text512 = ""


class SceneInfo(Request):
    payer_client_ip: Filled45
    device_id: Text32 = ""
    store_info: StoreInfo | None = None


class H5Info(Request):
    type: Filled32
    app_name: Text64 = ""
    app_url: Text128 = ""
    bundle_id: Text128 = ""
    package_name: Text128 = ""


class H5SceneInfo(SceneInfo):
    h5_info: H5Info = msgspec.field(default_factory=lambda: H5Info(type="Wap"))


class SettleInfo(Request):
    profit_sharing: bool = False


class OrderRequest(Request, kw_only=True):
    """What every way to place an order takes."""

    appid: Filled32
    mchid: Filled32
    description: Filled127
    out_trade_no: OutTradeNo
    notify_url: NotifyUrl
    amount: Amount
    time_expire: Text64 = ""
    attach: Text128 = ""
    goods_tag: Text32 = ""
    limit_pay: Annotated[list[Text32], Meta(max_length=8)] = []
    support_fapiao: bool | None = None
    detail: OrderDetail | None = None
    settle_info: SettleInfo | None = None
    subsidy_info: dict[str, Any] | None = None


class JsapiOrder(OrderRequest, kw_only=True):
    payer: Payer
    scene_info: SceneInfo | None = None


class NativeOrder(OrderRequest, kw_only=True):
    payer: Payer | None = None
    scene_info: SceneInfo | None = None


class AppOrder(OrderRequest, kw_only=True):
    payer: Payer | None = None
    scene_info: SceneInfo | None = None


class H5Order(OrderRequest, kw_only=True):
    payer: Payer | None = None
    scene_info: H5SceneInfo


class Prepaid(Response):
    prepay_id: str  # valid for two hours


class Coded(Response):
    code_url: str  # drawn by the merchant, scanned by the payer


class Linked(Response):
    h5_url: str  # opened in the payer's browser


@pay.post("/v3/pay/transactions/jsapi")
def prepay_jsapi(tx: Tx, caller: Caller, req: JsapiOrder) -> Prepaid:
    """JSAPI下单"""
    return Prepaid(_place(tx, caller, req, TradeType.JSAPI, req.payer, req.scene_info).prepay_id)


@pay.post("/v3/pay/transactions/app")
def prepay_app(tx: Tx, caller: Caller, req: AppOrder) -> Prepaid:
    """APP下单"""
    return Prepaid(_place(tx, caller, req, TradeType.APP, req.payer, req.scene_info).prepay_id)


@pay.post("/v3/pay/transactions/native")
def prepay_native(tx: Tx, caller: Caller, req: NativeOrder) -> Coded:
    """Native下单"""
    order = _place(tx, caller, req, TradeType.NATIVE, req.payer, req.scene_info)
    return Coded(f"{cashiers.NATIVE_PREFIX}{order.code}")


@pay.post("/v3/pay/transactions/h5")
def prepay_h5(tx: Tx, caller: Caller, req: H5Order) -> Linked:
    """H5下单"""
    order = _place(tx, caller, req, TradeType.MWEB, req.payer, req.scene_info)
    return Linked(f"{caller.base_url}{cashiers.H5_PATH}?prepay_id={order.prepay_id}&package={order.code}")


class OrderNumber(Request):
    mchid: Filled32
    out_trade_no: Filled32


class TransactionNumber(Request):
    mchid: Filled32
    transaction_id: Filled32


class TransactionAmount(Response, omit_defaults=True):
    total: int
    currency: str
    payer_total: int | UnsetType = UNSET
    payer_currency: str | UnsetType = UNSET


class PayerOfTransaction(Response):
    openid: str


class Transaction(Response, kw_only=True):
    """An order as its merchant sees it; what it was paid with appears once it is paid."""

    appid: str
    mchid: str
    out_trade_no: str
    transaction_id: str | UnsetType = UNSET
    trade_type: str
    trade_state: str
    trade_state_desc: str
    bank_type: str | UnsetType = UNSET
    attach: str
    success_time: str | UnsetType = UNSET
    payer: PayerOfTransaction | UnsetType = UNSET
    amount: TransactionAmount
    description: str
    notify_url: str
    time_expire: str | UnsetType = UNSET
    goods_tag: str | UnsetType = UNSET
    limit_pay: list[str] | UnsetType = UNSET
    support_fapiao: bool | UnsetType = UNSET
    detail: Detail | UnsetType = UNSET
    scene_info: Scene | UnsetType = UNSET


STATES = {
    OrderState.NOTPAY: "订单未支付",
    OrderState.SUCCESS: "支付成功",
    OrderState.REFUND: "转入退款",
    OrderState.CLOSED: "订单已关闭",
}


@pay.get("/v3/pay/transactions/out-trade-no/{out_trade_no}")
def query_by_out_trade_no(snapshot: Snapshot, caller: Caller, req: OrderNumber) -> Transaction:
    """商户订单号查询"""
    caller.require(req.mchid)
    order = orders.by_out_trade_no(snapshot, mchid=caller.mchid, out_trade_no=req.out_trade_no)
    return transaction(order, orders.shown_state(snapshot, order))


@pay.get("/v3/pay/transactions/id/{transaction_id}")
def query_by_transaction_id(snapshot: Snapshot, caller: Caller, req: TransactionNumber) -> Transaction:
    """微信支付订单号查询"""
    caller.require(req.mchid)
    order = orders.by_transaction_id(snapshot, mchid=caller.mchid, transaction_id=req.transaction_id)
    return transaction(order, orders.shown_state(snapshot, order))


@pay.post("/v3/pay/transactions/out-trade-no/{out_trade_no}/close")
def close(tx: Tx, caller: Caller, req: OrderNumber) -> None:
    """关单"""
    caller.require(req.mchid)
    orders.close(tx, orders.by_out_trade_no(tx, mchid=caller.mchid, out_trade_no=req.out_trade_no))


def transaction(order: Order, state: OrderState) -> Transaction:
    """The published picture of an order."""
    terms, paid_at = order.terms, order.paid_at
    return Transaction(
        appid=terms.appid,
        mchid=order.mchid,
        out_trade_no=order.out_trade_no,
        transaction_id=order.transaction_id or UNSET,
        trade_type=terms.trade_type,
        trade_state=state,
        trade_state_desc=STATES[state],
        bank_type=order.bank_type or UNSET,
        attach=terms.attach,
        success_time=times.written(paid_at) if paid_at is not None else UNSET,
        payer=PayerOfTransaction(order.openid) if order.openid else UNSET,
        amount=TransactionAmount(
            total=terms.amount,
            currency=terms.currency,
            payer_total=terms.amount if paid_at is not None else UNSET,
            payer_currency=terms.currency if paid_at is not None else UNSET,
        ),
        description=terms.description,
        notify_url=terms.notify_url,
        time_expire=terms.time_expire or UNSET,
        goods_tag=terms.goods_tag or UNSET,
        limit_pay=terms.limit_pay or UNSET,
        support_fapiao=UNSET if terms.support_fapiao is None else terms.support_fapiao,
        detail=terms.detail or UNSET,
        scene_info=terms.scene or UNSET,
    )


def _place(
    tx: Tx,
    caller: Caller,
    req: OrderRequest,
    trade_type: TradeType,
    payer: Payer | None,
    scene: SceneInfo | None,
) -> Order:
    caller.require(req.mchid)
    merchants.require_app(tx, mchid=caller.mchid, appid=req.appid)
    if (req.settle_info is not None and req.settle_info.profit_sharing) or req.subsidy_info is not None:
        raise DomainError(NOT_ALLOWED)
    payer_id = None
    if payer is not None:
        payer_id = openids.user_of(tx, appid=req.appid, openid=payer.openid)
    terms = Terms(
        trade_type=trade_type,
        appid=req.appid,
        description=req.description,
        amount=Fen(req.amount.total),
        notify_url=req.notify_url,
        currency=req.amount.currency,
        payer_id=payer_id,
        openid=payer.openid if payer is not None else "",
        time_expire=req.time_expire,
        attach=req.attach,
        goods_tag=req.goods_tag,
        limit_pay=req.limit_pay,
        support_fapiao=req.support_fapiao,
        detail=_detail(req.detail),
        scene=_scene(scene),
    )
    return orders.place(
        tx,
        mchid=caller.mchid,
        out_trade_no=req.out_trade_no,
        terms=terms,
        expires_at=_expires_at(tx, req.time_expire),
        trust=caller.trust,
    )


def _expires_at(tx: Tx, time_expire: str) -> Millis | None:
    """A moment on the wire is wire time; orders live in business time."""
    if not time_expire:
        return None
    moment = times.read(time_expire)
    if moment is None:
        raise DomainError(
            FIELD_INVALID,
            detail={"field": "/time_expire", "issue": "不是RFC3339格式的时间", "location": "body"},
        )
    return Millis(moment + tx.clock_offset)


def _detail(sent: OrderDetail | None) -> Detail | None:
    if sent is None:
        return None
    return Detail(
        cost_price=sent.cost_price,
        invoice_id=sent.invoice_id,
        goods_detail=_goods(sent.goods_detail) if sent.goods_detail else None,
    )


def _goods(sent: Sequence[GoodsDetail]) -> list[Goods]:
    return [
        Goods(
            merchant_goods_id=line.merchant_goods_id,
            quantity=line.quantity,
            unit_price=Fen(line.unit_price),
            wechatpay_goods_id=line.wechatpay_goods_id,
            goods_name=line.goods_name,
        )
        for line in sent
    ]


def _scene(sent: SceneInfo | None) -> Scene | None:
    if sent is None:
        return None
    store = sent.store_info
    return Scene(
        payer_client_ip=sent.payer_client_ip,
        device_id=sent.device_id,
        store_info=None if store is None else Store(store.id, store.name, store.area_code, store.address),
        h5_info=msgspec.convert(sent.h5_info, H5Scene, from_attributes=True)
        if isinstance(sent, H5SceneInfo)
        else None,
    )
