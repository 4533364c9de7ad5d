"""Cards and offers: the coupons in my card pack, and taking one that a program or a device hands out."""

from typing import Annotated

from msgspec import Meta

from hutong.domains.apps import apps, organisations
from hutong.domains.apps.tables import App
from hutong.domains.benefits import cards, claims, coupons, offers
from hutong.domains.benefits.errors import COUPON_UNKNOWN
from hutong.domains.benefits.tables import (
    Card,
    CodeType,
    Color,
    Coupon,
    CouponId,
    CouponKind,
    DateType,
    Link,
    Offer,
    Offered,
    OfferStanding,
)
from hutong.domains.identity.tables import UserId
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.endpoints import Id, Request, Response
from hutong.kernel.errors import DomainError

from .accounts import AccountLine, Appid, account_line
from .protocol import Person, client

CardId = Annotated[str, Meta(min_length=1, max_length=32)]
Ext = Annotated[str, Meta(max_length=claims.EXT_LENGTH)]
Cursor = Annotated[str, Meta(max_length=48, pattern=r"^\d{1,19}(:\d{1,19})?\Z")]


class CouponLink(Response):
    """A way on: to `path` of `program`, or to `url`."""

    title: str
    sub_title: str
    url: str
    program: AccountLine | None
    path: str


class CouponFace(Response):
    """What a coupon says, before and after it is taken. Sums in fen; `discount` is taken off a hundred.

    It holds from `begins_at` until `expires_at`; not yet taken, as it would if it were taken now.
    """

    card_id: str
    kind: CouponKind
    account: AccountLine
    brand_name: str
    logo_url: str
    title: str
    sub_title: str
    color: Color
    notice: str
    description: str
    service_phone: str
    detail: str
    least_cost: int
    reduce_cost: int
    discount: int
    date_type: DateType
    begins_at: int
    expires_at: int
    center: CouponLink | None
    custom: CouponLink | None
    promotion: CouponLink | None


class CouponLine(Response):
    """A coupon in the pack. `state` is NORMAL, CONSUMED, EXPIRE or UNAVAILABLE."""

    coupon_id: str
    kind: CouponKind
    brand_name: str
    logo_url: str
    title: str
    color: Color
    state: str
    begins_at: int
    expires_at: int


class CouponView(Response):
    """A coupon with its code, to be shown at the shop. `reason` is why it was withdrawn."""

    coupon_id: str
    face: CouponFace
    code: str
    code_type: CodeType
    state: str
    taken_at: int
    settled_at: int | None
    reason: str


class CouponQuery(Request):
    """`past` lists what was used, ran out or was withdrawn; `after` is the `next` of the page before."""

    past: bool = False
    after: Cursor | None = None


class CouponPage(Response):
    """`next` is the next page's `after`, or null on the last page."""

    coupons: list[CouponLine]
    next: str | None


def _link(snapshot: Snapshot, given: Link | None, known: dict[str, App]) -> CouponLink | None:
    if given is None:
        return None
    program = account_line(snapshot, known[given.appid]) if given.appid else None
    return CouponLink(given.title, given.sub_title, given.url, program, given.path)


def faces(snapshot: Snapshot, found: list[tuple[Card, Coupon | None]]) -> list[CouponFace]:
    """What cards say, or the coupons that were taken of them."""
    wanted = {card.appid for card, _ in found}
    for card, _ in found:
        links = (card.terms.center, card.terms.custom, card.terms.promotion)
        wanted |= {one.appid for one in links if one is not None and one.appid}
    known = apps.many(snapshot, wanted)
    return [_face(snapshot, card, coupon, known) for card, coupon in found]


def face(snapshot: Snapshot, card: Card, coupon: Coupon | None = None) -> CouponFace:
    return faces(snapshot, [(card, coupon)])[0]


def _face(snapshot: Snapshot, card: Card, coupon: Coupon | None, known: dict[str, App]) -> CouponFace:
    terms = card.terms
    begins_at, expires_at = (
        cards.period(terms.validity, snapshot.now)
        if coupon is None
        else (coupon.begins_at, coupon.expires_at)
    )
    return CouponFace(
        card_id=card.card_id,
        kind=card.kind,
        account=account_line(snapshot, known[card.appid]),
        brand_name=terms.brand_name,
        logo_url=terms.logo_url,
        title=terms.title,
        sub_title=terms.sub_title,
        color=terms.color,
        notice=terms.notice,
        description=terms.description,
        service_phone=terms.service_phone,
        detail=terms.detail,
        least_cost=terms.least_cost,
        reduce_cost=terms.reduce_cost,
        discount=terms.discount,
        date_type=terms.validity.type,
        begins_at=begins_at,
        expires_at=expires_at,
        center=_link(snapshot, terms.center, known),
        custom=_link(snapshot, terms.custom, known),
        promotion=_link(snapshot, terms.promotion, known),
    )


def _lines(snapshot: Snapshot, found: list[Coupon]) -> list[CouponLine]:
    known = cards.many(snapshot, [coupon.card_id for coupon in found])
    return [
        CouponLine(
            coupon_id=str(coupon.id),
            kind=known[coupon.card_id].kind,
            brand_name=known[coupon.card_id].terms.brand_name,
            logo_url=known[coupon.card_id].terms.logo_url,
            title=known[coupon.card_id].terms.title,
            color=known[coupon.card_id].terms.color,
            state=coupons.state(snapshot, coupon),
            begins_at=coupon.begins_at,
            expires_at=coupon.expires_at,
        )
        for coupon in found
    ]


@client.get("/coupons")
def list_coupons(snapshot: Snapshot, person: Person, req: CouponQuery) -> CouponPage:
    """My coupons: those I can use, the next to run out first; or those that are past, the last taken first."""
    first, _, second = (req.after or "").partition(":")
    if req.past:
        found = coupons.past(snapshot, person.user_id, before=int(first) if first else 2**63 - 1)
    else:
        after = (int(first), int(second or 0)) if first else (0, 0)
        found = coupons.usable(snapshot, person.user_id, after=after)
    more = None
    if len(found) == coupons.PAGE:
        more = str(found[-1].id) if req.past else f"{found[-1].expires_at}:{found[-1].id}"
    return CouponPage(_lines(snapshot, found), more)


class OneCoupon(Request):
    coupon_id: Id


def _own(snapshot: Snapshot, person: Person, req: OneCoupon) -> Coupon:
    return coupons.of_owner(snapshot, CouponId(int(req.coupon_id)), person.user_id)


@client.get("/coupons/{coupon_id}")
def get_coupon(snapshot: Snapshot, person: Person, req: OneCoupon) -> CouponView:
    """A coupon of mine with its code."""
    coupon = _own(snapshot, person, req)
    card = cards.many(snapshot, [coupon.card_id])[coupon.card_id]
    return CouponView(
        coupon_id=str(coupon.id),
        face=face(snapshot, card, coupon),
        code=coupon.code,
        code_type=card.terms.code_type,
        state=coupons.state(snapshot, coupon),
        taken_at=coupon.taken_at,
        settled_at=coupon.settled_at,
        reason=coupon.reason,
    )


@client.delete("/coupons/{coupon_id}")
def delete_coupon(tx: Tx, person: Person, req: OneCoupon) -> None:
    """Throw a coupon of mine away; it cannot be used any more."""
    coupons.delete(tx, _own(tx, person, req))


# ── taking, in a program ───────────────────────────────────────────────────────────────────────────────────


class AskedCard(Request):
    """A card as `wx.addCard` names it: `card_ext` is JSON text, signed by the card's account."""

    card_id: CardId
    card_ext: Ext


class AskedCards(Request):
    appid: Appid
    cards: Annotated[list[AskedCard], Meta(min_length=1, max_length=offers.MOST_CARDS)]


class OfferedCoupon(Response):
    """`obstacle` is the code of the refusal that taking it now would meet, or empty."""

    face: CouponFace
    obstacle: str


class OfferedCoupons(Response):
    coupons: list[OfferedCoupon]


def shown(snapshot: Snapshot, program: App, asked: list[Offered], user_id: UserId) -> list[OfferedCoupon]:
    """What is offered, each signature checked."""
    found = [claims.check(snapshot, program=program, card_id=one.card_id, ext=one.ext).card for one in asked]
    return _offered(snapshot, found, user_id)


def _offered(snapshot: Snapshot, found: list[Card], user_id: UserId | None) -> list[OfferedCoupon]:
    """With what would stand in a person's way; nothing does for what is theirs already."""
    seen = faces(snapshot, [(card, None) for card in found])
    whys = [None if user_id is None else coupons.obstacle(snapshot, card, user_id) for card in found]
    return [OfferedCoupon(one, "" if why is None else why.code) for one, why in zip(seen, whys, strict=True)]


@client.post("/programs/{appid}/coupons/offered")
def show_offered_coupons(snapshot: Snapshot, person: Person, req: AskedCards) -> OfferedCoupons:
    """What a program hands out, to be shown before I take it."""
    asked = [Offered(one.card_id, one.card_ext) for one in req.cards]
    return OfferedCoupons(shown(snapshot, apps.get(snapshot, req.appid), asked, person.user_id))


class TakenCard(AskedCard):
    """The same nonce in `card_ext`, or without one the same `client_id`, is the same coupon."""

    appid: Appid
    client_id: Annotated[str, Meta(min_length=1, max_length=64)]


class TakenCoupon(Response):
    """`code` is encrypted, for the program to pass on to its account's server."""

    coupon_id: str
    card_id: str
    code: str


def taken(snapshot: Snapshot, coupon: Coupon) -> TakenCoupon:
    return TakenCoupon(str(coupon.id), coupon.card_id, coupons.encrypted_code(snapshot, coupon))


@client.post("/programs/{appid}/coupons")
def take_coupon(tx: Tx, person: Person, req: TakenCard) -> TakenCoupon:
    """Take one into my card pack."""
    claim = claims.check(tx, program=apps.get(tx, req.appid), card_id=req.card_id, ext=req.card_ext)
    coupon = coupons.claim(tx, claim, user_id=person.user_id, through=req.appid, client_id=req.client_id)
    return taken(tx, coupon)


class HeldCode(Request):
    card_id: CardId
    code: Annotated[str, Meta(min_length=1, max_length=32)]


class HeldCodes(Request):
    """Cards as `wx.openCard` names them, with their open codes."""

    appid: Appid
    cards: Annotated[list[HeldCode], Meta(min_length=1, max_length=offers.MOST_CARDS)]


class HeldCoupons(Response):
    coupon_ids: list[str]


@client.post("/programs/{appid}/coupons/find")
def find_coupons(snapshot: Snapshot, person: Person, req: HeldCodes) -> HeldCoupons:
    """My coupons that a program of the same organisation names, to be opened."""
    program = apps.get(snapshot, req.appid)
    known = cards.many(snapshot, [one.card_id for one in req.cards])
    ids = []
    for one in req.cards:
        if (card := known.get(one.card_id)) is None:
            raise DomainError(COUPON_UNKNOWN)
        cards.require_same(apps.get(snapshot, card.appid), program)
        coupon = coupons.of_code(snapshot, appid=card.appid, code=one.code, card_id=card.card_id)
        ids.append(str(coupons.of_owner(snapshot, coupon.id, person.user_id).id))
    return HeldCoupons(ids)


# ── taking, from a device ──────────────────────────────────────────────────────────────────────────────────


class OfferRef(Request):
    code: Annotated[str, Meta(min_length=1, max_length=64)]


class OfferShown(Response):
    """What a device offers. TAKEN by me, `coupon_ids` are what I got; CLOSED, nobody gets it any more."""

    program: AccountLine
    organisation: str
    state: OfferStanding
    mine: bool
    coupons: list[OfferedCoupon]
    coupon_ids: list[str]


def _offer(snapshot: Snapshot, offer: Offer, person: Person) -> OfferShown:
    program = apps.get(snapshot, offer.appid)
    known = cards.many(snapshot, [one.card_id for one in offer.cards])
    mine = offer.taken_by == person.user_id
    return OfferShown(
        program=account_line(snapshot, program),
        organisation=organisations.get(snapshot, program.org_id).name,
        state=offers.state(snapshot, offer),
        mine=mine,
        coupons=_offered(
            snapshot, [known[one.card_id] for one in offer.cards], None if mine else person.user_id
        ),
        coupon_ids=[str(coupon_id) for coupon_id in offer.coupons] if mine else [],
    )


@client.get("/offers/{code}")
def show_offer(snapshot: Snapshot, person: Person, req: OfferRef) -> OfferShown:
    """The coupons on the device whose code I scanned."""
    return _offer(snapshot, offers.get(snapshot, req.code), person)


@client.post("/offers/{code}/take")
def take_offer(tx: Tx, person: Person, req: OfferRef) -> OfferShown:
    """Take them into my card pack; the device hears that somebody has, not who."""
    offers.take(tx, req.code, user_id=person.user_id)
    return _offer(tx, offers.get(tx, req.code), person)
