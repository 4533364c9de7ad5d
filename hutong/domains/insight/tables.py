"""The tables of insight: figures by day."""

from hutong.domains.pay.tables import MchId
from hutong.kernel.money import Fen
from hutong.kernel.rows import Row, table


@table("insight_sales", key=("mchid", "currency", "day"), shard="mchid")
class Sales(Row):
    """What a merchant took and gave back on one day. `day` counts days of UTC+8 since 1970."""

    mchid: MchId
    currency: str
    day: int
    paid: int = 0  # orders
    paid_amount: Fen = Fen(0)
    refunded: int = 0  # refunds that arrived
    refunded_amount: Fen = Fen(0)
