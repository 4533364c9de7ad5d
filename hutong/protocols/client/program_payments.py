"""Virtual payments: what a page sells that is not shipped, up to the cashier; in the console, keys and goods."""

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from hutong.domains.apps import access, acts, apps
from hutong.domains.apps.tables import App, AppKind, Role
from hutong.domains.miniapp import virtual_offers, virtual_orders
from hutong.domains.miniapp.tables import Env, Offer, VirtualGoods
from hutong.domains.pay import cashiers
from hutong.domains.pay.tables import MchId
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.endpoints import Request, Response
from hutong.kernel.money import Fen

from .accounts import Appid
from .cashier import CashierShown, cashier_shown
from .console import AppRef
from .protocol import Person, client

Signature = Annotated[str, Meta(max_length=128)]
Rate = Annotated[int, Meta(ge=0, le=virtual_offers.MOST_COINS)]


class VirtualPurchase(Request):
    """What a page gave to `requestVirtualPayment`, untouched."""

    appid: Appid
    mode: Annotated[str, Meta(max_length=64)]
    sign_data: Annotated[str, Meta(max_length=4096)]
    pay_sig: Signature
    signature: Signature


@client.post("/programs/{appid}/virtual-payments")
def open_virtual_payment(tx: Tx, person: Person, req: VirtualPurchase) -> CashierShown:
    """Stand before what a page sells, once both of its signatures are checked."""
    order = virtual_orders.place(
        tx,
        appid=req.appid,
        user_id=person.user_id,
        mode=req.mode,
        sign_data=req.sign_data,
        pay_sig=req.pay_sig,
        signature=req.signature,
    )
    return cashier_shown(tx, cashiers.open_(tx, user_id=person.user_id, order=order), order)


# ── in the console ─────────────────────────────────────────────────────────────────────────────────────────


class GoodsView(Response):
    product_id: str
    name: str
    price: int
    remark: str
    published: bool


class OfferView(Response):
    """`live_key` and `sandbox_key` are told once: when they are made."""

    offer_id: str
    mchid: str
    coins_per_yuan: int
    goods: list[GoodsView]
    sandbox_goods: list[GoodsView]
    live_key: str | UnsetType = UNSET
    sandbox_key: str | UnsetType = UNSET


class OfferState(Response):
    """`offer` is null while the program sells nothing virtual."""

    offer: OfferView | None


def _program(snapshot: Snapshot, appid: str, person: Person, role: Role = Role.ADMIN) -> App:
    app = access.require_app(snapshot, appid, person.user_id, at_least=role)
    return apps.require_kind(app, AppKind.MINI_PROGRAM)


def _goods(row: VirtualGoods) -> GoodsView:
    return GoodsView(row.product_id, row.name, row.price, row.remark, row.published)


def _view(snapshot: Snapshot, offer: Offer, keys: virtual_offers.Keys | None = None) -> OfferView:
    return OfferView(
        offer_id=offer.offer_id,
        mchid=offer.mchid,
        coins_per_yuan=offer.coins_per_yuan,
        goods=[_goods(row) for row in virtual_offers.goods(snapshot, appid=offer.appid, env=Env.LIVE)],
        sandbox_goods=[
            _goods(row) for row in virtual_offers.goods(snapshot, appid=offer.appid, env=Env.SANDBOX)
        ],
        live_key=keys.live if keys else UNSET,
        sandbox_key=keys.sandbox if keys else UNSET,
    )


@client.get("/console/apps/{appid}/offer")
def get_offer(snapshot: Snapshot, person: Person, req: AppRef) -> OfferState:
    """What a program sells that is not shipped, and under which number."""
    offer = virtual_offers.find(snapshot, _program(snapshot, req.appid, person, Role.OPERATOR).appid)
    return OfferState(None if offer is None else _view(snapshot, offer))


class NewOffer(AppRef):
    mchid: Annotated[str, Meta(max_length=32)]
    coins_per_yuan: Rate = 0


@client.post("/console/apps/{appid}/offer")
def open_offer(tx: Tx, person: Person, req: NewOffer) -> OfferView:
    """Let a program sell; the answer tells its keys, this once."""
    app = _program(tx, req.appid, person)
    offer, keys = virtual_offers.open_(tx, app=app, mchid=MchId(req.mchid), coins_per_yuan=req.coins_per_yuan)
    _record(tx, app, person, "virtual.open", offer.offer_id)
    return _view(tx, offer, keys)


@client.post("/console/apps/{appid}/offer/keys")
def reset_offer_keys(tx: Tx, person: Person, req: AppRef) -> OfferView:
    """New keys in place of the old ones, told this once."""
    app = _program(tx, req.appid, person)
    keys = virtual_offers.reset_keys(tx, app.appid)
    _record(tx, app, person, "virtual.keys", app.appid)
    return _view(tx, virtual_offers.get(tx, app.appid), keys)


class CoinRate(AppRef):
    coins_per_yuan: Rate


@client.put("/console/apps/{appid}/offer/rate")
def set_coin_rate(tx: Tx, person: Person, req: CoinRate) -> OfferView:
    """How many coins a yuan buys; 0 sells none."""
    app = _program(tx, req.appid, person)
    offer = virtual_offers.set_rate(tx, app.appid, req.coins_per_yuan)
    _record(tx, app, person, "virtual.rate", str(req.coins_per_yuan))
    return _view(tx, offer)


class NewGoods(AppRef):
    """Goods to be bought at once; the same id again changes them. `price` in fen."""

    product_id: Annotated[str, Meta(min_length=1, max_length=64)]
    name: Annotated[str, Meta(min_length=1, max_length=64)]
    price: Annotated[int, Meta(ge=1, le=1_000_000_00)]
    remark: Annotated[str, Meta(max_length=256)] = ""


@client.post("/console/apps/{appid}/offer/goods")
def add_virtual_goods(tx: Tx, person: Person, req: NewGoods) -> OfferView:
    """Sell something more, in both worlds."""
    app = _program(tx, req.appid, person)
    offer = virtual_offers.get(tx, app.appid)
    for env in Env:
        virtual_offers.keep_goods(
            tx,
            appid=app.appid,
            env=env,
            product_id=req.product_id,
            name=req.name,
            price=Fen(req.price),
            remark=req.remark,
            item_url="",
        )
        virtual_offers.publish_goods(tx, appid=app.appid, env=env, product_id=req.product_id)
    _record(tx, app, person, "virtual.goods", req.product_id)
    return _view(tx, offer)


def _record(tx: Tx, app: App, person: Person, verb: str, target: str) -> None:
    acts.record(tx, org_id=app.org_id, user_id=person.user_id, verb=verb, target=target)
