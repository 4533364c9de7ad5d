"""The console of an account's coupons: what it gives out, what became of it, and redeeming a code by hand."""

from typing import Annotated

from msgspec import Meta

from hutong.domains.apps import access, acts, apps
from hutong.domains.apps.tables import App, Role
from hutong.domains.benefits import cards, coupons
from hutong.domains.benefits.events import Source
from hutong.domains.benefits.tables import (
    Card,
    CodeType,
    Color,
    Coupon,
    CouponKind,
    DateType,
    Link,
    Terms,
    Validity,
)
from hutong.kernel.clock import Millis
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.endpoints import Id, Response

from .console import AppRef
from .coupons import CardId, CouponFace, face, faces
from .protocol import Person, client

Words = Annotated[str, Meta(max_length=3072)]
Whole = Annotated[int, Meta(ge=0, le=cards.MOST_STOCK)]
Moment = Annotated[int, Meta(ge=0, le=2**53)]


class CardSheet(Response):
    """A card with its stock: `quantity` are left, `taken` are in people's packs, `used` of these were redeemed."""

    face: CouponFace
    code_type: CodeType
    get_limit: int
    begin_days: int
    days: int
    quantity: int
    taken: int
    used: int
    created_at: int


class CardSheets(Response):
    """`next` is the next page's `before`, or null on the last page."""

    cards: list[CardSheet]
    next: str | None


class SheetQuery(AppRef):
    before: Id | None = None


class NewSheet(AppRef):
    """A card to be made. RANGE holds between two moments, TERM for `days` days from the taking.

    `program` is the appid of the program that the coupon's button opens, or empty. The same `client_id` again is the
    same card.
    """

    client_id: Annotated[str, Meta(min_length=1, max_length=64)]

    kind: CouponKind
    brand_name: Words
    title: Words
    color: Color
    code_type: CodeType
    notice: Words
    description: Words
    date_type: DateType
    quantity: Whole
    get_limit: Whole = 1
    begins_at: Moment | None = None
    ends_at: Moment | None = None
    days: Annotated[int, Meta(ge=0, le=cards.LONGEST_DAYS)] = 0
    detail: Words = ""
    least_cost: Whole = 0
    reduce_cost: Whole = 0
    discount: Whole = 0
    program: Annotated[str, Meta(max_length=32)] = ""
    button: Words = ""


class Restocking(AppRef):
    card_id: CardId
    more: Whole = 0
    less: Whole = 0


class SheetRef(AppRef):
    card_id: CardId


class CodeTyped(AppRef):
    code: Annotated[str, Meta(min_length=1, max_length=32)]
    card_id: Annotated[str, Meta(max_length=32)] = ""


class CodeSheet(Response):
    """A coupon as the shop sees it: what it is, never whose."""

    face: CouponFace
    code: str
    state: str
    taken_at: int
    settled_at: int | None


def _account(snapshot: Snapshot, req: AppRef, person: Person, role: Role = Role.OPERATOR) -> App:
    app = access.require_app(snapshot, req.appid, person.user_id, at_least=role)
    return apps.require_kind(app, *apps.ACCOUNTS)


def _sheets(snapshot: Snapshot, found: list[Card]) -> list[CardSheet]:
    seen = faces(snapshot, [(card, None) for card in found])
    return [_sheet(card, one) for card, one in zip(found, seen, strict=True)]


def _sheet(card: Card, seen: CouponFace) -> CardSheet:
    return CardSheet(
        face=seen,
        code_type=card.terms.code_type,
        get_limit=card.terms.get_limit,
        begin_days=card.terms.validity.begin_days,
        days=card.terms.validity.days,
        quantity=card.quantity,
        taken=card.taken,
        used=card.used,
        created_at=card.created_at,
    )


def _coupon(snapshot: Snapshot, coupon: Coupon) -> CodeSheet:
    card = cards.many(snapshot, [coupon.card_id])[coupon.card_id]
    return CodeSheet(
        face=face(snapshot, card, coupon),
        code=coupon.code,
        state=coupons.state(snapshot, coupon),
        taken_at=coupon.taken_at,
        settled_at=coupon.settled_at,
    )


@client.get("/console/apps/{appid}/cards")
def list_cards(snapshot: Snapshot, person: Person, req: SheetQuery) -> CardSheets:
    """The coupons an account gives out, the newest first."""
    app = _account(snapshot, req, person)
    page = cards.list_(snapshot, appid=app.appid, before=None if req.before is None else int(req.before))
    more = str(page[-1].number) if len(page) == cards.PAGE else None
    return CardSheets(_sheets(snapshot, page), more)


@client.post("/console/apps/{appid}/cards")
def make_card(tx: Tx, person: Person, req: NewSheet) -> CardSheet:
    """Give out a coupon."""
    app = _account(tx, req, person, Role.ADMIN)
    if (known := cards.find_made(tx, appid=app.appid, client_id=req.client_id)) is not None:
        return _sheets(tx, [known])[0]
    card = cards.create(
        tx,
        appid=app.appid,
        kind=req.kind,
        quantity=req.quantity,
        client_id=req.client_id,
        terms=Terms(
            brand_name=req.brand_name.strip(),
            title=req.title.strip(),
            color=req.color,
            code_type=req.code_type,
            notice=req.notice.strip(),
            description=req.description.strip(),
            validity=_validity(req),
            get_limit=req.get_limit,
            use_limit=req.get_limit,
            center=Link(req.button.strip(), appid=req.program) if req.program else None,
            detail=req.detail.strip(),
            least_cost=req.least_cost,
            reduce_cost=req.reduce_cost,
            discount=req.discount,
        ),
    )
    _record(tx, app, person, "card.make", card.terms.title)
    return _sheets(tx, [card])[0]


def _validity(req: NewSheet) -> Validity:
    if req.date_type is DateType.TERM:
        return Validity(DateType.TERM, days=req.days)
    return Validity(
        DateType.RANGE,
        None if req.begins_at is None else Millis(req.begins_at),
        None if req.ends_at is None else Millis(req.ends_at),
    )


@client.post("/console/apps/{appid}/cards/{card_id}/stock")
def restock_card(tx: Tx, person: Person, req: Restocking) -> CardSheet:
    """Put more into a coupon's stock, or take some out."""
    app = _account(tx, req, person, Role.ADMIN)
    card = cards.restock(
        tx, cards.get(tx, appid=app.appid, card_id=req.card_id), more=req.more, less=req.less
    )
    _record(tx, app, person, "card.stock", f"{card.terms.title} {req.more - req.less:+d}")
    return _sheets(tx, [card])[0]


@client.delete("/console/apps/{appid}/cards/{card_id}")
def delete_card(tx: Tx, person: Person, req: SheetRef) -> None:
    """Give out no more of it; what people have goes on."""
    app = _account(tx, req, person, Role.ADMIN)
    card = cards.get(tx, appid=app.appid, card_id=req.card_id)
    cards.delete(tx, card)
    _record(tx, app, person, "card.delete", card.terms.title)


@client.post("/console/apps/{appid}/codes/find")
def find_code(snapshot: Snapshot, person: Person, req: CodeTyped) -> CodeSheet:
    """The coupon with a code that somebody shows."""
    app = _account(snapshot, req, person)
    return _coupon(snapshot, coupons.of_code(snapshot, appid=app.appid, code=req.code, card_id=req.card_id))


@client.post("/console/apps/{appid}/codes/redeem")
def redeem_code(tx: Tx, person: Person, req: CodeTyped) -> CodeSheet:
    """Redeem it, once."""
    app = _account(tx, req, person)
    found = coupons.of_code(tx, appid=app.appid, code=req.code, card_id=req.card_id)
    coupon = coupons.consume(tx, found, source=Source.CONSOLE)
    _record(tx, app, person, "card.redeem", coupon.code)
    return _coupon(tx, coupon)


def _record(tx: Tx, app: App, person: Person, verb: str, target: str) -> None:
    acts.record(tx, org_id=app.org_id, user_id=person.user_id, verb=verb, target=target)
