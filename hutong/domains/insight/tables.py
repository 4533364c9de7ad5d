"""The tables of insight: figures by day."""

from enum import StrEnum

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


class Way(StrEnum):
    """Where somebody came to a program from."""

    CHAT = "CHAT"  # a card in a chat of two
    GROUP = "GROUP"
    CODE = "CODE"  # scanned, in a picture or by a link
    ACCOUNT = "ACCOUNT"  # an account's menu, article, message or page
    PROGRAM = "PROGRAM"  # another program, there or back
    NOTICE = "NOTICE"  # a subscribe message
    SEARCH = "SEARCH"
    MOMENTS = "MOMENTS"
    OTHER = "OTHER"  # lists of one's own, the desk, what has no better name


@table("insight_opening", key=("appid", "day", "way"), shard="appid")
class Opening(Row):
    """How often a program was opened on one day in one way. `day` counts days of UTC+8 since 1970."""

    appid: str
    day: int
    way: Way
    times: int = 0
