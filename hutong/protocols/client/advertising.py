"""Advertisements: one for a program's place, what came of it, and in the console the places and what is shown."""

from typing import Annotated

from msgspec import Meta

from hutong.domains.ads import advertisements, showings, units
from hutong.domains.ads.tables import AdId, Advertisement, ShowingId, Unit, UnitKind
from hutong.domains.apps import access, acts, apps
from hutong.domains.apps.tables import App, AppKind, Role
from hutong.domains.media import files
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.endpoints import Id, Request, Response

from .accounts import AccountLine, Appid, account_line
from .console import AppRef, OrganisationRef
from .protocol import Person, client

Path = Annotated[str, Meta(max_length=advertisements.PATH_LENGTH)]
DAYS = 30  # that figures are told of

# ── in a program ───────────────────────────────────────────────────────────────────────────────────────────


class AdWish(Request):
    """`kinds`: the places the call or component is for; `unit_id` has to be one of them."""

    appid: Appid
    unit_id: Annotated[str, Meta(min_length=1, max_length=64)]
    kinds: Annotated[list[UnitKind], Meta(min_length=1, max_length=len(UnitKind))]


class AdShown(Response):
    """What to show, under what name to tell of it, and where a press leads; `seconds` to look at it for a reward."""

    showing_id: str
    title: str
    words: str
    picture: str
    app: AccountLine
    path: str
    seconds: int


@client.post("/programs/{appid}/ads")
def choose_ad(tx: Tx, person: Person, req: AdWish) -> AdShown:
    """An advertisement for a place in a program; it counts when it is told to have been seen."""
    showing, ad = showings.choose(
        tx, appid=req.appid, unit_id=req.unit_id, kinds=frozenset(req.kinds), user_id=person.user_id
    )
    app = account_line(tx, apps.get(tx, ad.appid))
    picture = files.address(tx, ad.picture)
    return AdShown(str(showing.id), ad.title, ad.words, picture, app, ad.path, ad.seconds)


class AdNews(Request):
    """What came of it: each is counted once."""

    showing_id: Id
    seen: bool = False
    finished: bool = False
    pressed: bool = False


@client.post("/ads/{showing_id}")
def tell_of_ad(tx: Tx, person: Person, req: AdNews) -> None:
    """Say that an advertisement was seen, looked at to its end, or pressed."""
    showings.tell(
        tx,
        user_id=person.user_id,
        showing_id=ShowingId(int(req.showing_id)),
        seen=req.seen,
        finished=req.finished,
        pressed=req.pressed,
    )


# ── in the console ─────────────────────────────────────────────────────────────────────────────────────────


class UnitView(Response):
    unit_id: str
    kind: UnitKind
    name: str
    open: bool
    created_at: int


class Units(Response):
    units: list[UnitView]


def _program(snapshot: Snapshot, appid: str, person: Person, role: Role = Role.OPERATOR) -> App:
    app = access.require_app(snapshot, appid, person.user_id, at_least=role)
    return apps.require_kind(app, AppKind.MINI_PROGRAM)


def _unit(row: Unit) -> UnitView:
    return UnitView(row.id, row.kind, row.name, row.open, row.created_at)


@client.get("/console/apps/{appid}/ad-units")
def list_ad_units(snapshot: Snapshot, person: Person, req: AppRef) -> Units:
    """The places a program keeps for advertisements."""
    return Units([_unit(row) for row in units.list_(snapshot, _program(snapshot, req.appid, person).appid)])


class NewUnit(AppRef):
    kind: UnitKind
    name: Annotated[str, Meta(min_length=1, max_length=units.NAME_LENGTH)]


@client.post("/console/apps/{appid}/ad-units")
def create_ad_unit(tx: Tx, person: Person, req: NewUnit) -> UnitView:
    """A place more."""
    app = _program(tx, req.appid, person, Role.ADMIN)
    row = units.create(tx, appid=app.appid, kind=req.kind, name=req.name)
    acts.record(tx, org_id=app.org_id, user_id=person.user_id, verb="ads.unit_add", target=row.id)
    return _unit(row)


class UnitChange(AppRef):
    unit_id: Annotated[str, Meta(min_length=1, max_length=64)]
    open: bool


@client.put("/console/apps/{appid}/ad-units/{unit_id}")
def change_ad_unit(tx: Tx, person: Person, req: UnitChange) -> UnitView:
    """Close a place, or open it again."""
    app = _program(tx, req.appid, person, Role.ADMIN)
    row = units.set_open(tx, appid=app.appid, unit_id=req.unit_id, open_=req.open)
    verb = "ads.unit_open" if row.open else "ads.unit_close"
    acts.record(tx, org_id=app.org_id, user_id=person.user_id, verb=verb, target=row.id)
    return _unit(row)


class AdView(Response):
    """`seen`, `finished` and `pressed`: how often in the last thirty days."""

    ad_id: str
    title: str
    words: str
    picture: str
    app: AccountLine
    path: str
    seconds: int
    running: bool
    seen: int
    finished: int
    pressed: int


class Ads(Response):
    ads: list[AdView]


def _ads(snapshot: Snapshot, rows: list[Advertisement]) -> list[AdView]:
    known = apps.many(snapshot, [row.appid for row in rows])
    sums = showings.sums(snapshot, [row.id for row in rows], days=DAYS)
    return [
        AdView(
            str(row.id),
            row.title,
            row.words,
            files.address(snapshot, row.picture),
            account_line(snapshot, known[row.appid]),
            row.path,
            row.seconds,
            row.running,
            *sums.get(row.id, (0, 0, 0)),
        )
        for row in rows
    ]


@client.get("/console/organisations/{org_id}/ads")
def list_ads(snapshot: Snapshot, person: Person, req: OrganisationRef) -> Ads:
    """What the organisation shows in its programs' places, and what came of it."""
    access.require_member(snapshot, req.org, person.user_id)
    return Ads(_ads(snapshot, advertisements.list_(snapshot, req.org)))


class NewAd(OrganisationRef):
    """`picture` is an uploaded image's handle; `path` a page of the program `appid`, with its query."""

    title: Annotated[str, Meta(min_length=1, max_length=advertisements.TITLE_LENGTH)]
    picture: Annotated[str, Meta(min_length=1, max_length=64)]
    appid: Appid
    words: Annotated[str, Meta(max_length=advertisements.WORDS_LENGTH)] = ""
    path: Path = ""
    seconds: Annotated[int, Meta(ge=advertisements.SHORTEST, le=advertisements.LONGEST)] = 15


@client.post("/console/organisations/{org_id}/ads")
def create_ad(tx: Tx, person: Person, req: NewAd) -> AdView:
    """Show something more; it runs at once."""
    access.require_member(tx, req.org, person.user_id, at_least=Role.OPERATOR)
    row = advertisements.create(
        tx,
        org_id=req.org,
        title=req.title,
        words=req.words,
        picture=req.picture,
        appid=req.appid,
        path=req.path,
        seconds=req.seconds,
    )
    acts.record(tx, org_id=req.org, user_id=person.user_id, verb="ads.add", target=row.title)
    return _ads(tx, [row])[0]


class AdRef(OrganisationRef):
    ad_id: Id


class AdChange(AdRef):
    running: bool


@client.put("/console/organisations/{org_id}/ads/{ad_id}")
def change_ad(tx: Tx, person: Person, req: AdChange) -> AdView:
    """Stop an advertisement, or let it run again."""
    access.require_member(tx, req.org, person.user_id, at_least=Role.OPERATOR)
    row = advertisements.set_running(tx, org_id=req.org, ad_id=AdId(int(req.ad_id)), running=req.running)
    verb = "ads.run" if row.running else "ads.stop"
    acts.record(tx, org_id=req.org, user_id=person.user_id, verb=verb, target=row.title)
    return _ads(tx, [row])[0]


@client.delete("/console/organisations/{org_id}/ads/{ad_id}")
def delete_ad(tx: Tx, person: Person, req: AdRef) -> None:
    """Show it no more, and forget what was counted of it."""
    access.require_member(tx, req.org, person.user_id, at_least=Role.OPERATOR)
    row = advertisements.get(tx, org_id=req.org, ad_id=AdId(int(req.ad_id)))
    advertisements.delete(tx, org_id=req.org, ad_id=row.id)
    acts.record(tx, org_id=req.org, user_id=person.user_id, verb="ads.delete", target=row.title)
