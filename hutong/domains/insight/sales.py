"""Sales: what merchants took and gave back, day by day."""

from hutong.domains.pay.tables import MchId
from hutong.kernel.clock import day_of
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.money import CNY, Fen

from .tables import Sales

LONGEST = 366  # days asked for at once


def count(
    tx: Tx, *, mchid: MchId, currency: str, at: int, paid: Fen | None = None, refunded: Fen | None = None
) -> None:
    """Count one payment or one refund on its day."""
    tx.run(
        "insert into insight_sales (mchid, currency, day, paid, paid_amount, refunded, refunded_amount)"
        " values (:mchid, :currency, :day, :paid, :paid_amount, :refunded, :refunded_amount)"
        " on conflict (mchid, currency, day) do update set paid = insight_sales.paid + excluded.paid,"
        " paid_amount = insight_sales.paid_amount + excluded.paid_amount,"
        " refunded = insight_sales.refunded + excluded.refunded,"
        " refunded_amount = insight_sales.refunded_amount + excluded.refunded_amount",
        mchid=mchid,
        currency=currency,
        day=day_of(at),
        paid=0 if paid is None else 1,
        paid_amount=paid or 0,
        refunded=0 if refunded is None else 1,
        refunded_amount=refunded or 0,
    )


def by_day(snapshot: Snapshot, mchid: MchId, *, first: int, last: int, currency: str = CNY) -> list[Sales]:
    """Every day from `first` to `last`, those without sales included, at most a year."""
    first = max(first, last - LONGEST + 1)
    found = snapshot.all(
        Sales,
        "where mchid = :mchid and currency = :currency and day between :first and :last order by day limit :limit",
        mchid=mchid,
        currency=currency,
        first=first,
        last=last,
        limit=LONGEST,
    )
    known = {sales.day: sales for sales in found}
    return [known.get(day) or Sales(mchid, currency, day) for day in range(first, last + 1)]
