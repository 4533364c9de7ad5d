"""Virtual orders: goods and coins bought inside a program, paid at the cashier, handed out by its server."""

import re

import msgspec

from hutong.domains.apps import openids
from hutong.domains.identity.tables import UserId
from hutong.domains.pay import orders, refunds
from hutong.domains.pay.tables import MchId, Order, OrderId, Refund, RefundTerms, Terms, TradeType
from hutong.kernel.clock import Millis
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError
from hutong.kernel.frozen import Frozen
from hutong.kernel.money import CNY, Fen

from . import coins, virtual_offers
from .errors import (
    VIRTUAL_CURRENCY,
    VIRTUAL_INVALID,
    VIRTUAL_LEFT,
    VIRTUAL_MISSING,
    VIRTUAL_STATE,
    VIRTUAL_UNPUBLISHED,
    VIRTUAL_USED,
)
from .events import VirtualPaid, VirtualRefunded
from .tables import Env, Offer, VirtualOrder, VirtualOrderId, VirtualState

CALL = "requestVirtualPayment"  # what a page's purchase is signed as
GOODS, COINS = "short_series_goods", "short_series_coin"  # the published modes
MOST_AT_ONCE = 100_000
ATTACH_LENGTH = 1024
_PREFIX, _DIGITS = "VP", 26  # our own number of the payment, at the merchant
_NUMBER = re.compile(r"[0-9A-Za-z\-|*@][0-9A-Za-z_\-|*@]{7,31}\Z")


class SignData(Frozen, rename="camel"):
    """What a page wants to buy, as its server signed it. Prices in fen."""

    offer_id: str
    buy_quantity: int
    currency_type: str
    out_trade_no: str
    attach: str = ""
    env: Env = Env.LIVE
    product_id: str = ""
    goods_price: int = 0


def place(
    tx: Tx, *, appid: str, user_id: UserId, mode: str, sign_data: str, pay_sig: str, signature: str
) -> Order:
    """The order of what a page asks to sell; the same words again, while it is unpaid, are the same order.

    Raises VIRTUAL_INVALID, OFFER_MISSING, VIRTUAL_PAY_SIG, VIRTUAL_SESSION, VIRTUAL_SIGNATURE, VIRTUAL_CURRENCY,
    VIRTUAL_UNPUBLISHED, VIRTUAL_PRICE, VIRTUAL_USED, and what placing an order raises.
    """
    try:
        wanted = msgspec.json.decode(sign_data, type=SignData)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise DomainError(VIRTUAL_INVALID, reason=str(error)) from None
    offer = virtual_offers.check_pay_sig(
        tx, appid=appid, env=wanted.env, uri=CALL, data=sign_data, pay_sig=pay_sig
    )
    virtual_offers.check_user(tx, appid=appid, user_id=user_id, data=sign_data, signature=signature)
    _require_sound(tx, offer, wanted)
    what, price, amount = _priced(tx, offer, mode, wanted)
    terms = Terms(
        trade_type=TradeType.JSAPI,
        appid=appid,
        description=what,
        amount=amount,
        notify_url="",  # the program's server hears of it as of any event
        payer_id=user_id,
        openid=openids.of(tx, appid=appid, user_id=user_id),
        attach=sign_data,
    )
    known = tx.find(VirtualOrder, appid=appid, env=wanted.env, out_trade_no=wanted.out_trade_no)
    if known is not None:
        first = orders.get(tx, known.mchid, known.order_id)
        if known.state is not VirtualState.CREATED or first.terms != terms:
            raise DomainError(VIRTUAL_USED)
        return orders.place(tx, mchid=known.mchid, out_trade_no=first.out_trade_no, terms=terms)
    number = _PREFIX + tx.new_digits(_DIGITS)
    order = orders.place(tx, mchid=offer.mchid, out_trade_no=number, terms=terms)
    tx.insert(
        VirtualOrder(
            id=VirtualOrderId(tx.new_id()),
            appid=appid,
            env=wanted.env,
            out_trade_no=wanted.out_trade_no,
            user_id=user_id,
            product_id=wanted.product_id if mode == GOODS else "",
            quantity=wanted.buy_quantity,
            price=price,
            amount=amount,
            attach=wanted.attach,
            mchid=order.mchid,
            order_id=order.id,
            state=VirtualState.CREATED,
            created_at=tx.now,
            changed_at=tx.now,
        )
    )
    return order


def _require_sound(tx: Tx, offer: Offer, wanted: SignData) -> None:
    if tx.settings.production and wanted.env is Env.SANDBOX:
        raise DomainError(VIRTUAL_INVALID, reason="env 1 is served by sandboxes only")
    if wanted.offer_id != offer.offer_id:
        raise DomainError(VIRTUAL_INVALID, reason="offerId is not the program's")
    if not _NUMBER.match(wanted.out_trade_no):
        raise DomainError(VIRTUAL_INVALID, reason="outTradeNo has 8 to 32 of the allowed characters")
    if not 1 <= wanted.buy_quantity <= MOST_AT_ONCE:
        raise DomainError(VIRTUAL_INVALID, reason=f"buyQuantity is not within 1 to {MOST_AT_ONCE}")
    if len(wanted.attach) > ATTACH_LENGTH:
        raise DomainError(VIRTUAL_INVALID, reason=f"attach is longer than {ATTACH_LENGTH}")
    if wanted.currency_type != CNY:
        raise DomainError(VIRTUAL_CURRENCY)


def _priced(tx: Tx, offer: Offer, mode: str, wanted: SignData) -> tuple[str, Fen, Fen]:
    """What it is called, what one costs, and the sum. A coin cheaper than a fen is told as costing nothing."""
    if mode == GOODS:
        found = virtual_offers.require_goods(
            tx, appid=offer.appid, env=wanted.env, product_id=wanted.product_id, price=wanted.goods_price
        )
        name = found.name if wanted.buy_quantity == 1 else f"{found.name} × {wanted.buy_quantity}"
        return name, found.price, Fen(found.price * wanted.buy_quantity)
    if mode != COINS:
        raise DomainError(VIRTUAL_INVALID, reason=f"mode is neither {GOODS} nor {COINS}")
    if not offer.coins_per_yuan:
        raise DomainError(VIRTUAL_UNPUBLISHED)
    if wanted.buy_quantity * 100 % offer.coins_per_yuan:
        raise DomainError(VIRTUAL_INVALID, reason="so many coins do not come to whole fen")
    amount = Fen(wanted.buy_quantity * 100 // offer.coins_per_yuan)
    return f"代币 × {wanted.buy_quantity}", Fen(100 // offer.coins_per_yuan), amount


# ── afterwards ─────────────────────────────────────────────────────────────────────────────────────────────


def of_payment(snapshot: Snapshot, *, mchid: MchId, order_id: OrderId) -> VirtualOrder | None:
    return snapshot.find(VirtualOrder, mchid=mchid, order_id=order_id)


def by_id(snapshot: Snapshot, order_id: VirtualOrderId) -> VirtualOrder:
    return snapshot.get(VirtualOrder, id=order_id)


def find(
    snapshot: Snapshot, *, appid: str, env: Env, order_id: str = "", wx_order_id: str = ""
) -> VirtualOrder:
    """By the program's own number, or by ours. Raises VIRTUAL_MISSING."""
    if order_id:
        found = snapshot.find(VirtualOrder, appid=appid, env=env, out_trade_no=order_id)
    else:
        number = int(wx_order_id) if wx_order_id.isascii() and wx_order_id.isdigit() else 0
        found = snapshot.find(VirtualOrder, id=VirtualOrderId(number)) if 0 < number < 2**63 else None
    if found is None or found.appid != appid or found.env is not env:
        raise DomainError(VIRTUAL_MISSING)
    return found


def paid(tx: Tx, *, mchid: MchId, order_id: OrderId) -> None:
    """The payer's money is there: coins are handed out, and the program's server is to hear."""
    kept = of_payment(tx, mchid=mchid, order_id=order_id)
    if kept is None:
        return
    kept = tx.lock(kept)
    if kept.state is not VirtualState.CREATED:
        return
    state, provided_at = VirtualState.PAID, None
    if not kept.product_id:
        coins.buy(tx, appid=kept.appid, env=kept.env, user_id=kept.user_id, amount=kept.quantity)
        state, provided_at = VirtualState.PROVIDED, tx.now
    tx.update(kept, state=state, paid_at=tx.now, provided_at=provided_at, changed_at=tx.now)
    tx.emit(VirtualPaid(appid=kept.appid, order_id=kept.id, user_id=kept.user_id, at=tx.now))


def provide(tx: Tx, kept: VirtualOrder) -> VirtualOrder:
    """The program's server has handed the goods out; again it is the same. Raises VIRTUAL_STATE before payment."""
    kept = tx.lock(kept)
    if kept.state is VirtualState.CREATED:
        raise DomainError(VIRTUAL_STATE)
    if kept.state is not VirtualState.PAID:
        return kept
    return tx.update(kept, state=VirtualState.PROVIDED, provided_at=tx.now, changed_at=tx.now)


def refund(tx: Tx, kept: VirtualOrder, *, out_refund_no: str, left: int, amount: int, reason: str) -> Refund:
    """Give money back. Coins go back whole, and only while none of them is spent; the same number is the same refund.

    Raises VIRTUAL_STATE, VIRTUAL_LEFT, VIRTUAL_INVALID, COINS_TOO_FEW, and what placing a refund raises.
    """
    kept = tx.lock(kept)
    if kept.state is VirtualState.CREATED:
        raise DomainError(VIRTUAL_STATE)
    terms = RefundTerms(amount=Fen(amount), total=kept.amount, reason=reason)
    order = orders.get(tx, kept.mchid, kept.order_id)
    number = f"{kept.env}{kept.appid}{out_refund_no}"
    if any(one.out_refund_no == number for one in refunds.of_order(tx, order)):
        return refunds.place(tx, order=order, out_refund_no=number, terms=terms)
    if left != kept.amount - order.refunded:
        raise DomainError(VIRTUAL_LEFT, left=kept.amount - order.refunded)
    if not 1 <= amount <= left:
        raise DomainError(VIRTUAL_INVALID, reason="refund_fee is not within what is left")
    if not kept.product_id:
        if amount != kept.amount:
            raise DomainError(VIRTUAL_INVALID, reason="coins are refunded whole")
        coins.take_back(tx, appid=kept.appid, env=kept.env, user_id=kept.user_id, amount=kept.quantity)
    tx.update(kept, changed_at=tx.now)
    return refunds.place(tx, order=order, out_refund_no=number, terms=terms)


def refunded(tx: Tx, refund_: Refund) -> None:
    """The money has arrived: the program's server is to hear."""
    kept = of_payment(tx, mchid=refund_.mchid, order_id=refund_.order_id)
    if kept is None:
        return
    tx.emit(
        VirtualRefunded(
            appid=kept.appid,
            order_id=kept.id,
            user_id=kept.user_id,
            at=tx.now,
            out_refund_no=refund_.out_refund_no.removeprefix(f"{kept.env}{kept.appid}"),
            refund_id=refund_.refund_id,
            amount=refund_.terms.amount,
            begun_at=Millis(refund_.created_at),
        )
    )
