"""The shop put together: settings, trade, store, and the three ways it speaks to the platform."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from . import trades
from .account import Account
from .coupons import Coupons
from .payments import Payments
from .program import Program
from .settings import Settings
from .store import Store
from .trades import Trade
from .worker import Worker


@dataclass(frozen=True)
class Shop:
    settings: Settings
    trade: Trade
    store: Store
    payments: Payments
    program: Program
    account: Account | None
    coupons: Coupons | None
    worker: Worker
    clock: Callable[[], int]  # whole seconds


def open_shop(settings: Settings, clock: Callable[[], int] = lambda: int(time.time())) -> Shop:
    """Open the database, fill the shelf the first time, and stand ready. Speaks to nobody yet."""
    trade = trades.load(settings.shop.trade)
    store = Store(settings.shop.database)
    with store.transaction() as db:
        db.executemany(
            "insert or ignore into goods (id, stock) values (?, ?)",
            [(goods.id, goods.stock) for goods in trade.goods.values()],
        )
    payments = Payments(settings)
    account = Account(settings, trade, store) if settings.account.appid else None
    coupons = Coupons(settings, trade, store) if settings.account.appid else None
    return Shop(
        settings=settings,
        trade=trade,
        store=store,
        payments=payments,
        program=Program(settings),
        account=account,
        coupons=coupons,
        worker=Worker(store, trade, payments, account, coupons, clock),
        clock=clock,
    )
