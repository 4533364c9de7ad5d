"""Coins: a program's own currency in somebody's hands. They are bought or given, spent, and given back.

They are no money: none of them turns back into it but by the refund of the order that bought them.
"""

from hutong.domains.identity.tables import UserId
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError

from .errors import COIN_ACT_DONE, COINS_TOO_FEW, VIRTUAL_INVALID, VIRTUAL_MISSING
from .tables import CoinAct, CoinActKind, Coins, Env

ORDER_ID_LENGTH = 64


def of(snapshot: Snapshot, *, appid: str, env: Env, user_id: UserId) -> Coins:
    """A person's coins; none where there never were any."""
    return snapshot.find(Coins, appid=appid, env=env, user_id=user_id) or Coins(appid, env, user_id)


def buy(tx: Tx, *, appid: str, env: Env, user_id: UserId, amount: int) -> Coins:
    """Somebody paid for coins."""
    held = _held(tx, appid, env, user_id)
    return tx.update(held, bought=held.bought + amount, bought_sum=held.bought_sum + amount)


def take_back(tx: Tx, *, appid: str, env: Env, user_id: UserId, amount: int) -> Coins:
    """The order that bought them is refunded. Raises COINS_TOO_FEW."""
    held = _held(tx, appid, env, user_id)
    if held.bought < amount:
        raise DomainError(COINS_TOO_FEW)
    return tx.update(held, bought=held.bought - amount, bought_sum=held.bought_sum - amount)


def present(tx: Tx, *, appid: str, env: Env, user_id: UserId, order_id: str, amount: int) -> Coins:
    """Give coins. Raises VIRTUAL_INVALID, COIN_ACT_DONE when they were given under this number."""
    act = _act(appid, env, order_id, CoinActKind.PRESENT, user_id, amount, tx)
    held = _held(tx, appid, env, user_id)
    _once(tx, act)
    return tx.update(held, given=held.given + amount, given_sum=held.given_sum + amount)


def pay(
    tx: Tx, *, appid: str, env: Env, user_id: UserId, order_id: str, amount: int, note: str = ""
) -> tuple[Coins, CoinAct]:
    """Spend coins, those that were given first. `note` says for what.

    Raises VIRTUAL_INVALID, COINS_TOO_FEW, COIN_ACT_DONE.
    """
    held = _held(tx, appid, env, user_id)
    given = min(held.given, max(amount, 0))
    act = _once(tx, _act(appid, env, order_id, CoinActKind.PAY, user_id, amount, tx, given=given, note=note))
    if held.bought + held.given < amount:
        raise DomainError(COINS_TOO_FEW)
    held = tx.update(
        held,
        given=held.given - given,
        bought=held.bought - (amount - given),
        spent_sum=held.spent_sum + amount,
    )
    return held, act


def cancel(
    tx: Tx, *, appid: str, env: Env, user_id: UserId, pay_order_id: str, order_id: str, amount: int
) -> Coins:
    """Give spent coins back, those that were bought first; of one payment never more than it took.

    Raises VIRTUAL_INVALID, VIRTUAL_MISSING, COINS_TOO_FEW, COIN_ACT_DONE.
    """
    held = _held(tx, appid, env, user_id)
    paid = tx.find_locked(CoinAct, appid=appid, env=env, order_id=pay_order_id)
    if paid is None or paid.kind is not CoinActKind.PAY or paid.user_id != user_id:
        raise DomainError(VIRTUAL_MISSING)
    _once(tx, _act(appid, env, order_id, CoinActKind.CANCEL, user_id, amount, tx, pay_order_id=pay_order_id))
    if paid.cancelled + amount > paid.amount:
        raise DomainError(COINS_TOO_FEW)
    tx.update(paid, cancelled=paid.cancelled + amount)
    bought = min(amount, max(0, paid.amount - paid.given - paid.cancelled))
    return tx.update(
        held,
        bought=held.bought + bought,
        given=held.given + amount - bought,
        spent_sum=held.spent_sum - amount,
    )


def _held(tx: Tx, appid: str, env: Env, user_id: UserId) -> Coins:
    held, _ = tx.insert_or_find(Coins(appid, env, user_id), by=("appid", "env", "user_id"))
    return tx.lock(held)


def _act(
    appid: str,
    env: Env,
    order_id: str,
    kind: CoinActKind,
    user_id: UserId,
    amount: int,
    tx: Tx,
    *,
    given: int = 0,
    pay_order_id: str = "",
    note: str = "",
) -> CoinAct:
    if not 1 <= len(order_id) <= ORDER_ID_LENGTH or amount < 1:
        raise DomainError(VIRTUAL_INVALID, reason="an order_id and an amount above zero are needed")
    return CoinAct(appid, env, order_id, kind, user_id, amount, given, 0, pay_order_id, note, tx.now)


def _once(tx: Tx, act: CoinAct) -> CoinAct:
    kept, made = tx.insert_or_find(act, by=("appid", "env", "order_id"))
    if not made:
        raise DomainError(COIN_ACT_DONE)
    return kept
