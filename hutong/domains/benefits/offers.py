"""Offers: coupons that a program on a device wants to hand out, for whoever scans its code."""

from hutong.domains.apps import apps, codes
from hutong.domains.apps.tables import CodeKind
from hutong.domains.identity.tables import UserId
from hutong.kernel.clock import MINUTE_MS, Millis
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError

from . import claims, coupons
from .errors import CARD_EXT_INVALID, NOT_FOR_YOU, OFFER_CLOSED, OFFER_TAKEN, OFFER_UNKNOWN
from .events import OfferOver, OfferTaken
from .tables import Coupon, Offer, Offered, OfferStanding

LIFETIME_MS = 10 * MINUTE_MS
MOST_CARDS = 10  # in one call of wx.addCard
_CODE = 24


def code_text(code: str) -> str:
    """What the picture on the device says."""
    return f"hutong://offer/{code}"


def make(tx: Tx, *, appid: str, asked_by: UserId, cards: list[Offered]) -> Offer:
    """Offer these cards of the program to a phone, for ten minutes.

    A signature for the device's guest is good for whoever takes the offer, as an order of the guest's is theirs to
    pay. Raises CARD_EXT_INVALID for no cards or too many, and what `claims.check` raises.
    """
    if not 1 <= len(cards) <= MOST_CARDS:
        raise DomainError(CARD_EXT_INVALID, field="cardList")
    program = apps.get(tx, appid)
    for one in cards:
        bound_to = claims.check(tx, program=program, card_id=one.card_id, ext=one.ext).bound_to
        if bound_to is not None and bound_to != asked_by:
            raise DomainError(NOT_FOR_YOU)
    offer = tx.insert(
        Offer(
            code=tx.new_handle("", _CODE),
            appid=appid,
            asked_by=asked_by,
            cards=cards,
            state=OfferStanding.OPEN,
            made_at=tx.now,
            expires_at=Millis(tx.now + LIFETIME_MS),
        )
    )
    codes.make(
        tx,
        text=code_text(offer.code),
        kind=CodeKind.OFFER,
        target={"offer_code": offer.code},
        expires_at=offer.expires_at,
    )
    tx.emit(OfferOver(code=offer.code), at=offer.expires_at)
    return offer


def get(snapshot: Snapshot, code: str) -> Offer:
    """Raises OFFER_UNKNOWN."""
    offer = snapshot.find(Offer, code=code)
    if offer is None:
        raise DomainError(OFFER_UNKNOWN)
    return offer


def state(snapshot: Snapshot, offer: Offer) -> OfferStanding:
    """How it stands with an offer now: one that nobody took in time is closed."""
    over = offer.state is OfferStanding.OPEN and snapshot.now >= offer.expires_at
    return OfferStanding.CLOSED if over else offer.state


def take(tx: Tx, code: str, *, user_id: UserId) -> list[Coupon]:
    """Take all that is offered; the same person again gets the same coupons.

    Raises OFFER_UNKNOWN, OFFER_CLOSED, OFFER_TAKEN, NOT_FOR_YOU and what `claims.check` and `coupons.take` raise.
    """
    offer = tx.find_locked(Offer, code=code)
    if offer is None:
        raise DomainError(OFFER_UNKNOWN)
    match state(tx, offer):
        case OfferStanding.TAKEN if offer.taken_by == user_id:
            return coupons.many(tx, offer.coupons)
        case OfferStanding.TAKEN:
            raise DomainError(OFFER_TAKEN)
        case OfferStanding.CLOSED:
            raise DomainError(OFFER_CLOSED)
    program = apps.get(tx, offer.appid)
    taken = [
        coupons.claim(
            tx,
            claims.check(tx, program=program, card_id=one.card_id, ext=one.ext),
            user_id=user_id,
            through=offer.appid,
            client_id=f"{code}:{number}",
            guest=offer.asked_by,
        )
        for number, one in enumerate(offer.cards)
    ]
    tx.update(
        offer, state=OfferStanding.TAKEN, taken_by=user_id, coupons=[int(coupon.id) for coupon in taken]
    )
    codes.withdraw(tx, code_text(code))
    tx.emit(OfferTaken(code=code, asked_by=offer.asked_by))
    return taken


def take_back(tx: Tx, code: str, *, by: UserId) -> Offer:
    """The customer walks away. What was taken meanwhile stays taken. Raises OFFER_UNKNOWN, also for another's."""
    offer = tx.find_locked(Offer, code=code)
    if offer is None or offer.asked_by != by:
        raise DomainError(OFFER_UNKNOWN)
    return _close(tx, offer)


def close(tx: Tx, code: str) -> None:
    """Its time is over. What was taken stays taken."""
    offer = tx.find_locked(Offer, code=code)
    if offer is not None:
        _close(tx, offer)


def _close(tx: Tx, offer: Offer) -> Offer:
    if offer.state is not OfferStanding.OPEN:
        return offer
    codes.withdraw(tx, code_text(offer.code))
    return tx.update(offer, state=OfferStanding.CLOSED)
