"""What benefits does when a timer comes due."""

from hutong.kernel.db import Tx
from hutong.kernel.events import on

from . import offers
from .events import OfferOver


@on(OfferOver, name="benefits.close_offer")
def close_offer(tx: Tx, event: OfferOver) -> None:
    """An offer that nobody took in time is closed, and its code leads nowhere."""
    offers.close(tx, event.code)
