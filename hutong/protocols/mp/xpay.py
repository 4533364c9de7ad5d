"""虚拟支付: goods and coins that are not shipped; every call is signed by the AppKey, some by the person's session too.

Source: the published server interfaces below /xpay/. Amounts in fen, coins by number, moments in seconds.
"""

from typing import Annotated

import msgspec
from msgspec import Meta

from hutong.domains.apps import openids
from hutong.domains.apps.tables import App
from hutong.domains.identity.tables import UserId
from hutong.domains.miniapp import coins, virtual_offers, virtual_orders
from hutong.domains.miniapp.errors import VIRTUAL_INVALID, VIRTUAL_OPENID
from hutong.domains.miniapp.tables import Env, VirtualOrder, VirtualState
from hutong.domains.pay import orders
from hutong.domains.pay.tables import Order, OrderState
from hutong.kernel.clock import SECOND_MS
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.endpoints import HttpRequest, Request, Response
from hutong.kernel.errors import DomainError
from hutong.kernel.money import Fen

from .protocol import mp

PREFIX = "/xpay/"
BY_THE_PERSON = {"/xpay/query_user_balance", "/xpay/currency_pay", "/xpay/cancel_currency_pay"}
GOODS_AT_ONCE = 100
DONE = 1  # a task of goods: done; the published 0 stands for one under way, 2 for one without any
CREATED, PAID, PROVIDED, REFUNDED, CLOSED = 1, 2, 4, 5, 6  # the published states of an order

Name = Annotated[str, Meta(max_length=64)]
Number = Annotated[str, Meta(min_length=8, max_length=32)]
Positive = Annotated[int, Meta(ge=1, le=1_000_000_000)]


class Signed(Response):
    """What is looked at before a call is read: whose world, and whose session signed it."""

    env: Env = Env.LIVE
    openid: str = ""


def check(snapshot: Snapshot, app: App, http: HttpRequest, path: str) -> None:
    """Whether the AppKey, and where it must be the person's session, signed this very body."""
    try:
        body = http.body.decode()
        said = msgspec.json.decode(http.body, type=Signed)
    except (UnicodeDecodeError, msgspec.MsgspecError, RecursionError) as error:
        raise DomainError(VIRTUAL_INVALID, reason=str(error)) from None
    pay_sig = http.query.get("pay_sig", "")
    virtual_offers.check_pay_sig(
        snapshot, appid=app.appid, env=said.env, uri=path, data=body, pay_sig=pay_sig
    )
    if path in BY_THE_PERSON:
        user_id = _person(snapshot, app, said.openid)
        signature = http.query.get("signature", "")
        virtual_offers.check_user(snapshot, appid=app.appid, user_id=user_id, data=body, signature=signature)


mp.checks[PREFIX] = check


def _person(snapshot: Snapshot, app: App, openid: str) -> UserId:
    """Raises VIRTUAL_OPENID."""
    try:
        return openids.user_of(snapshot, appid=app.appid, openid=openid)
    except DomainError:
        raise DomainError(VIRTUAL_OPENID) from None


class InWorld(Request, kw_only=True):
    env: Env = Env.LIVE


class OfPerson(InWorld):
    openid: str


class Done(Response, kw_only=True):
    errcode: int = 0
    errmsg: str = "ok"


# ── coins ──────────────────────────────────────────────────────────────────────────────────────────────────


class Balance(Done):
    """`balance` is what may be spent, `present_balance` what of it was given."""

    balance: int
    present_balance: int
    sum_save: int
    sum_present: int
    sum_balance: int
    sum_cost: int
    first_save_flag: bool


@mp.post("/xpay/query_user_balance")
def query_user_balance(snapshot: Snapshot, app: App, req: OfPerson) -> Balance:
    """查询代币余额"""
    user_id = _person(snapshot, app, req.openid)
    held = coins.of(snapshot, appid=app.appid, env=req.env, user_id=user_id)
    return Balance(
        balance=held.bought + held.given,
        present_balance=held.given,
        sum_save=held.bought_sum,
        sum_present=held.given_sum,
        sum_balance=held.bought_sum + held.given_sum,
        sum_cost=held.spent_sum,
        first_save_flag=held.bought_sum == 0,
    )


class CurrencyPay(OfPerson):
    """`payitem` and `remark` are kept beside the payment."""

    order_id: Name
    amount: Positive
    payitem: Annotated[str, Meta(max_length=1024)] = ""
    remark: Annotated[str, Meta(max_length=256)] = ""


class CurrencyPaid(Done):
    order_id: str
    balance: int
    used_present_amount: int


@mp.post("/xpay/currency_pay")
def currency_pay(tx: Tx, app: App, req: CurrencyPay) -> CurrencyPaid:
    """扣减代币"""
    user_id = _person(tx, app, req.openid)
    held, act = coins.pay(
        tx,
        appid=app.appid,
        env=req.env,
        user_id=user_id,
        order_id=req.order_id,
        amount=req.amount,
        note=f"{req.payitem} {req.remark}".strip(),
    )
    return CurrencyPaid(
        order_id=req.order_id, balance=held.bought + held.given, used_present_amount=act.given
    )


class CurrencyCancel(OfPerson):
    pay_order_id: Name
    order_id: Name
    amount: Positive


class CurrencyCancelled(Done):
    order_id: str


@mp.post("/xpay/cancel_currency_pay")
def cancel_currency_pay(tx: Tx, app: App, req: CurrencyCancel) -> CurrencyCancelled:
    """代币支付退款"""
    user_id = _person(tx, app, req.openid)
    coins.cancel(
        tx,
        appid=app.appid,
        env=req.env,
        user_id=user_id,
        pay_order_id=req.pay_order_id,
        order_id=req.order_id,
        amount=req.amount,
    )
    return CurrencyCancelled(order_id=req.order_id)


class Present(OfPerson):
    order_id: Name
    amount: Positive


class Presented(Done):
    balance: int
    order_id: str
    present_balance: int


@mp.post("/xpay/present_currency")
def present_currency(tx: Tx, app: App, req: Present) -> Presented:
    """代币赠送"""
    user_id = _person(tx, app, req.openid)
    held = coins.present(
        tx, appid=app.appid, env=req.env, user_id=user_id, order_id=req.order_id, amount=req.amount
    )
    return Presented(balance=held.bought + held.given, order_id=req.order_id, present_balance=held.given)


# ── orders ─────────────────────────────────────────────────────────────────────────────────────────────────


class OrderQuery(OfPerson):
    order_id: str = ""
    wx_order_id: str = ""


class OrderView(Response, omit_defaults=True):
    """`order_fee` was asked, `paid_fee` paid, `left_fee` may go back."""

    order_id: str
    create_time: int
    update_time: int
    status: int
    biz_type: int
    order_fee: int
    paid_fee: int
    order_type: int
    env_type: int
    wx_order_id: str
    refund_fee: int | None = None
    left_fee: int | None = None
    paid_time: int | None = None
    provide_time: int | None = None
    biz_meta: str | None = None
    channel_order_id: str | None = None
    wxpay_order_id: str | None = None


class Found(Done):
    order: OrderView


@mp.post("/xpay/query_order")
def query_order(snapshot: Snapshot, app: App, req: OrderQuery) -> Found:
    """查询创建的订单"""
    found = virtual_orders.find(
        snapshot, appid=app.appid, env=req.env, order_id=req.order_id, wx_order_id=req.wx_order_id
    )
    if _person(snapshot, app, req.openid) != found.user_id:
        raise DomainError(VIRTUAL_INVALID, reason="openid is not the order's")
    payment = orders.get(snapshot, found.mchid, found.order_id)
    paid = found.paid_at is not None
    return Found(
        order=OrderView(
            order_id=found.out_trade_no,
            create_time=found.created_at // SECOND_MS,
            update_time=found.changed_at // SECOND_MS,
            status=_status(snapshot, found, payment),
            biz_type=1,
            order_fee=found.amount,
            paid_fee=found.amount if paid else 0,
            order_type=0,
            env_type=2 if found.env is Env.SANDBOX else 1,
            wx_order_id=str(found.id),
            refund_fee=payment.refunded or None,
            left_fee=found.amount - payment.refunded if paid else None,
            paid_time=None if found.paid_at is None else found.paid_at // SECOND_MS,
            provide_time=None if found.provided_at is None else found.provided_at // SECOND_MS,
            biz_meta=found.attach or None,
            channel_order_id=payment.out_trade_no if paid else None,
            wxpay_order_id=payment.transaction_id,
        )
    )


def _status(snapshot: Snapshot, found: VirtualOrder, payment: Order) -> int:
    if found.state is VirtualState.CREATED:
        return CLOSED if orders.shown_state(snapshot, payment) is OrderState.CLOSED else CREATED
    if payment.refunded == found.amount:
        return REFUNDED
    return PROVIDED if found.state is VirtualState.PROVIDED else PAID


class Provided(InWorld):
    order_id: str = ""
    wx_order_id: str = ""


@mp.post("/xpay/notify_provide_goods")
def notify_provide_goods(tx: Tx, app: App, req: Provided) -> Done:
    """通知已经发货完成"""
    found = virtual_orders.find(
        tx, appid=app.appid, env=req.env, order_id=req.order_id, wx_order_id=req.wx_order_id
    )
    virtual_orders.provide(tx, found)
    return Done()


class RefundOrder(OfPerson):
    refund_order_id: Number
    left_fee: Annotated[int, Meta(ge=0, le=1_000_000_000)]
    refund_fee: Positive
    order_id: str = ""
    wx_order_id: str = ""
    biz_meta: Annotated[str, Meta(max_length=1024)] = ""
    refund_reason: Annotated[str, Meta(max_length=8)] = "0"
    req_from: Annotated[str, Meta(max_length=8)] = "3"


class RefundBegun(Done):
    refund_order_id: str
    refund_wx_order_id: str
    pay_order_id: str
    pay_wx_order_id: str


@mp.post("/xpay/refund_order")
def refund_order(tx: Tx, app: App, req: RefundOrder) -> RefundBegun:
    """启动订单退款任务"""
    found = virtual_orders.find(
        tx, appid=app.appid, env=req.env, order_id=req.order_id, wx_order_id=req.wx_order_id
    )
    if _person(tx, app, req.openid) != found.user_id:
        raise DomainError(VIRTUAL_INVALID, reason="openid is not the order's")
    begun = virtual_orders.refund(
        tx,
        found,
        out_refund_no=req.refund_order_id,
        left=req.left_fee,
        amount=req.refund_fee,
        reason=f"{req.refund_reason} {req.req_from} {req.biz_meta}".strip(),
    )
    return RefundBegun(
        refund_order_id=req.refund_order_id,
        refund_wx_order_id=begun.refund_id,
        pay_order_id=found.out_trade_no,
        pay_wx_order_id=str(found.id),
    )


# ── goods ──────────────────────────────────────────────────────────────────────────────────────────────────


class Item(Request):
    id: Annotated[str, Meta(min_length=1, max_length=64)]
    name: Annotated[str, Meta(min_length=1, max_length=64)]
    price: Positive
    remark: Annotated[str, Meta(max_length=256)] = ""
    item_url: Annotated[str, Meta(max_length=1024)] = ""


class Upload(InWorld):
    upload_item: Annotated[list[Item], Meta(min_length=1, max_length=GOODS_AT_ONCE)]


@mp.post("/xpay/start_upload_goods")
def start_upload_goods(tx: Tx, app: App, req: Upload) -> Done:
    """启动批量上传道具任务: it is done when this answers."""
    for item in req.upload_item:
        virtual_offers.keep_goods(
            tx,
            appid=app.appid,
            env=req.env,
            product_id=item.id,
            name=item.name,
            price=Fen(item.price),
            remark=item.remark,
            item_url=item.item_url,
        )
    return Done()


class UploadedItem(Response):
    id: str
    name: str
    price: int
    remark: str
    item_url: str
    upload_status: int = DONE


class Uploaded(Done):
    upload_item: list[UploadedItem]
    status: int = DONE


@mp.post("/xpay/query_upload_goods")
def query_upload_goods(snapshot: Snapshot, app: App, req: InWorld) -> Uploaded:
    """查询批量上传道具任务"""
    known = virtual_offers.goods(snapshot, appid=app.appid, env=req.env)
    return Uploaded(
        upload_item=[
            UploadedItem(one.product_id, one.name, one.price, one.remark, one.item_url) for one in known
        ]
    )


class PublishItem(Request):
    id: Annotated[str, Meta(min_length=1, max_length=64)]


class Publish(InWorld):
    publish_item: Annotated[list[PublishItem], Meta(min_length=1, max_length=GOODS_AT_ONCE)]


@mp.post("/xpay/start_publish_goods")
def start_publish_goods(tx: Tx, app: App, req: Publish) -> Done:
    """启动批量发布道具任务: it is done when this answers."""
    for item in req.publish_item:
        virtual_offers.publish_goods(tx, appid=app.appid, env=req.env, product_id=item.id)
    return Done()


class PublishedItem(Response):
    id: str
    publish_status: int = DONE


class PublishedGoods(Done):
    publish_item: list[PublishedItem]
    status: int = DONE


@mp.post("/xpay/query_publish_goods")
def query_publish_goods(snapshot: Snapshot, app: App, req: InWorld) -> PublishedGoods:
    """查询批量发布道具任务"""
    known = virtual_offers.goods(snapshot, appid=app.appid, env=req.env)
    return PublishedGoods(publish_item=[PublishedItem(one.product_id) for one in known if one.published])
