"""Virtual offers: a program's keys for selling what is not shipped, its goods, and whose word is taken."""

import hashlib
import hmac

from hutong.domains.apps.tables import App
from hutong.domains.identity.tables import UserId
from hutong.domains.pay import merchants
from hutong.domains.pay.tables import MchId
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError
from hutong.kernel.frozen import Frozen
from hutong.kernel.money import Fen

from . import login_codes
from .errors import (
    OFFER_HELD,
    OFFER_MISSING,
    SESSION_MISSING,
    VIRTUAL_GOODS_FULL,
    VIRTUAL_INVALID,
    VIRTUAL_PAY_SIG,
    VIRTUAL_PRICE,
    VIRTUAL_SESSION,
    VIRTUAL_SIGNATURE,
    VIRTUAL_UNPUBLISHED,
)
from .tables import Env, Offer, VirtualGoods

MOST_GOODS = 1000  # of one program in one world
MOST_COINS = 10_000  # for a yuan
_OFFER, _KEY = 10, 32


class Keys(Frozen):
    """The two AppKeys: of the live world and of the sandbox."""

    live: str
    sandbox: str


def open_(tx: Tx, *, app: App, mchid: MchId, coins_per_yuan: int = 0) -> tuple[Offer, Keys]:
    """Let a program sell, and give its keys, which are told this once.

    Raises OFFER_HELD, VIRTUAL_INVALID, MERCHANT_NOT_FOUND, APP_NOT_BOUND: the merchant must be bound to the program.
    """
    _require_rate(coins_per_yuan)
    merchant = merchants.get(tx, mchid)
    merchants.require_app(tx, mchid=merchant.mchid, appid=app.appid)
    drawn = _draw(tx)
    offer, made = tx.insert_or_find(
        Offer(
            appid=app.appid,
            offer_id="1" + tx.new_digits(_OFFER - 1),
            mchid=merchant.mchid,
            app_key_sealed=tx.vault.seal(drawn.live),
            sandbox_key_sealed=tx.vault.seal(drawn.sandbox),
            coins_per_yuan=coins_per_yuan,
            created_at=tx.now,
        ),
        by=("appid",),
    )
    if not made:
        raise DomainError(OFFER_HELD)
    return offer, drawn


def reset_keys(tx: Tx, appid: str) -> Keys:
    """New keys; the old ones are worth nothing at once. Raises OFFER_MISSING."""
    offer, drawn = tx.lock(get(tx, appid)), _draw(tx)
    tx.update(
        offer, app_key_sealed=tx.vault.seal(drawn.live), sandbox_key_sealed=tx.vault.seal(drawn.sandbox)
    )
    return drawn


def set_rate(tx: Tx, appid: str, coins_per_yuan: int) -> Offer:
    """How many coins a yuan buys from now on; 0 sells none. Raises OFFER_MISSING, VIRTUAL_INVALID."""
    _require_rate(coins_per_yuan)
    return tx.update(tx.lock(get(tx, appid)), coins_per_yuan=coins_per_yuan)


def find(snapshot: Snapshot, appid: str) -> Offer | None:
    return snapshot.find(Offer, appid=appid)


def get(snapshot: Snapshot, appid: str) -> Offer:
    """Raises OFFER_MISSING."""
    offer = find(snapshot, appid)
    if offer is None:
        raise DomainError(OFFER_MISSING)
    return offer


def check_pay_sig(snapshot: Snapshot, *, appid: str, env: Env, uri: str, data: str, pay_sig: str) -> Offer:
    """The offer, if `pay_sig` is the HMAC-SHA-256 of `uri&data` under the AppKey of that world.

    Raises OFFER_MISSING, VIRTUAL_PAY_SIG.
    """
    offer = get(snapshot, appid)
    sealed = offer.app_key_sealed if env is Env.LIVE else offer.sandbox_key_sealed
    made = hmac.new(snapshot.vault.unseal(sealed).encode(), f"{uri}&{data}".encode(), hashlib.sha256)
    if not hmac.compare_digest(made.hexdigest().encode(), pay_sig.encode()):
        raise DomainError(VIRTUAL_PAY_SIG)
    return offer


def check_user(snapshot: Snapshot, *, appid: str, user_id: UserId, data: str, signature: str) -> None:
    """Whether the person's session key signed `data`. Raises VIRTUAL_SESSION, VIRTUAL_SIGNATURE."""
    try:
        login_codes.check(snapshot, appid=appid, user_id=user_id, signature=signature, data=data.encode())
    except DomainError as error:
        raise DomainError(VIRTUAL_SESSION if error.code is SESSION_MISSING else VIRTUAL_SIGNATURE) from None


# ── goods ──────────────────────────────────────────────────────────────────────────────────────────────────


def keep_goods(
    tx: Tx, *, appid: str, env: Env, product_id: str, name: str, price: Fen, remark: str, item_url: str
) -> VirtualGoods:
    """Add goods, or change them; what is published stays so. Raises VIRTUAL_INVALID, VIRTUAL_GOODS_FULL."""
    if not product_id or not name or price < 1:
        raise DomainError(VIRTUAL_INVALID, reason="goods have an id, a name and a price of at least one fen")
    known = tx.find_locked(VirtualGoods, appid=appid, env=env, product_id=product_id)
    if known is not None:
        return tx.update(known, name=name, price=price, remark=remark, item_url=item_url)
    count = tx.value(
        "select count(*) from miniapp_virtual_goods where appid = :appid and env = :env", appid=appid, env=env
    )
    if count >= MOST_GOODS:
        raise DomainError(VIRTUAL_GOODS_FULL, most=MOST_GOODS)
    return tx.insert(VirtualGoods(appid, env, product_id, name, price, remark, item_url))


def publish_goods(tx: Tx, *, appid: str, env: Env, product_id: str) -> VirtualGoods:
    """Let goods be bought. Raises VIRTUAL_UNPUBLISHED for goods that were never added."""
    known = tx.find_locked(VirtualGoods, appid=appid, env=env, product_id=product_id)
    if known is None:
        raise DomainError(VIRTUAL_UNPUBLISHED)
    return tx.update(known, published=True)


def goods(snapshot: Snapshot, *, appid: str, env: Env) -> list[VirtualGoods]:
    """All of a program's goods in one world, by id."""
    return snapshot.all(
        VirtualGoods,
        "where appid = :appid and env = :env order by product_id limit :limit",
        appid=appid,
        env=env,
        limit=MOST_GOODS,
    )


def require_goods(snapshot: Snapshot, *, appid: str, env: Env, product_id: str, price: int) -> VirtualGoods:
    """Goods that may be bought at this price. Raises VIRTUAL_UNPUBLISHED, VIRTUAL_PRICE."""
    found = snapshot.find(VirtualGoods, appid=appid, env=env, product_id=product_id)
    if found is None or not found.published:
        raise DomainError(VIRTUAL_UNPUBLISHED)
    if found.price != price:
        raise DomainError(VIRTUAL_PRICE)
    return found


def _draw(tx: Tx) -> Keys:
    return Keys(tx.new_handle("", _KEY), tx.new_handle("", _KEY))


def _require_rate(coins_per_yuan: int) -> None:
    if not 0 <= coins_per_yuan <= MOST_COINS:
        raise DomainError(VIRTUAL_INVALID, reason=f"a yuan buys 0 to {MOST_COINS} coins")
