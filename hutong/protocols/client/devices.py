"""Devices: what one shows, how its orders are paid on a phone, and the phone beside it; in the console, all of them."""

from typing import Annotated

from msgspec import Meta

from hutong.domains.apps import access, acts, apps, organisations
from hutong.domains.apps.tables import Role
from hutong.domains.benefits import coupons, offers
from hutong.domains.benefits.tables import Offered, OfferStanding
from hutong.domains.miniapp import devices
from hutong.domains.miniapp.tables import Device as DeviceRow
from hutong.domains.miniapp.tables import DeviceId, DeviceKind
from hutong.domains.pay import cashiers, merchants, orders
from hutong.domains.pay.tables import Order, OrderState
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.endpoints import Id, Request, Response

from .accounts import AccountLine, account_line
from .cashier import PaymentRequest
from .console import OrganisationRef
from .coupons import AskedCard, OfferedCoupon, OfferRef, TakenCoupon, shown, taken
from .protocol import Device, Person, client

Name = Annotated[str, Meta(min_length=1, max_length=64)]
Path = Annotated[str, Meta(max_length=1024)]
Code = Annotated[str, Meta(min_length=1, max_length=64)]

# ── the device itself ──────────────────────────────────────────────────────────────────────────────────────


class DeviceState(Response):
    """What the device shows. `program` is null while it is bound to none; `corner` is the text of the code in its
    corner; `linked_ms` how much longer a phone stays linked, 0 for none. Programs know its user by `guest_id`.
    """

    device_id: str
    name: str
    kind: DeviceKind
    guest_id: str
    program: AccountLine | None
    path: str
    corner: str
    linked_ms: int


@client.get("/device")
def get_device(snapshot: Snapshot, device: Device) -> DeviceState:
    """What I am and what I show."""
    return _state(snapshot, devices.get(snapshot, device.device_id))


@client.post("/device/seen")
def note_device(tx: Tx, device: Device) -> DeviceState:
    """The same, and that I have started."""
    devices.seen(tx, devices.get(tx, device.device_id))
    return _state(tx, devices.get(tx, device.device_id))


@client.post("/device/next")
def welcome_next(tx: Tx, device: Device) -> DeviceState:
    """Make ready for the next customer: a fresh guest, and no phone."""
    return _state(tx, devices.welcome(tx, devices.get(tx, device.device_id)))


class DevicePayment(Response):
    """An order for a phone to scan. `lasts_ms` is how long; `prepay_id` names it in the update `device.order`."""

    code: str
    prepay_id: str
    payee: str
    verified_name: str
    description: str
    amount: int
    currency: str
    lasts_ms: int


@client.post("/device/payments")
def ask_phone_to_pay(tx: Tx, device: Device, req: PaymentRequest) -> DevicePayment:
    """Hand an order of this device's guest over to whoever scans it, once its merchant's signature is checked."""
    order = devices.ask_to_pay(tx, devices.get(tx, device.device_id), _order(tx, req))
    merchant = merchants.get(tx, order.mchid)
    return DevicePayment(
        code=f"{cashiers.NATIVE_PREFIX}{order.code}",
        prepay_id=order.prepay_id,
        payee=merchant.name,
        verified_name=organisations.get(tx, merchant.org_id).name,
        description=order.terms.description,
        amount=order.terms.amount,
        currency=order.terms.currency,
        lasts_ms=min(order.prepay_expires_at, order.expires_at) - tx.now,
    )


class PaymentState(Response):
    state: OrderState


@client.post("/device/payments/take-back")
def take_payment_back(tx: Tx, device: Device, req: PaymentRequest) -> PaymentState:
    """The customer walks away: the code is worth nothing. What was paid meanwhile stays paid, and is told."""
    order = orders.take_back(tx, _order(tx, req), by=device.user_id)
    return PaymentState(orders.shown_state(tx, order))


class DeviceOffer(Response):
    """Coupons for a phone to scan: `text` is what the code says, `code` names it in the update `device.offer`."""

    code: str
    text: str
    coupons: list[OfferedCoupon]
    lasts_ms: int


class DeviceOffering(Request):
    cards: Annotated[list[AskedCard], Meta(min_length=1, max_length=offers.MOST_CARDS)]


@client.post("/device/offers")
def offer_to_phone(tx: Tx, device: Device, req: DeviceOffering) -> DeviceOffer:
    """Hand out coupons of my program to whoever scans the code, once their signatures are checked."""
    own = devices.get(tx, device.device_id)
    asked = [Offered(one.card_id, one.card_ext) for one in req.cards]
    offer = offers.make(tx, appid=own.appid, asked_by=own.guest_id, cards=asked)
    return DeviceOffer(
        code=offer.code,
        text=offers.code_text(offer.code),
        coupons=shown(tx, apps.get(tx, own.appid), asked, own.guest_id),
        lasts_ms=offer.expires_at - tx.now,
    )


class OfferOutcome(Response):
    """TAKEN with what a phone took, in the order asked for; else CLOSED."""

    state: OfferStanding
    coupons: list[TakenCoupon]


@client.post("/device/offers/{code}/settle")
def settle_offer(tx: Tx, device: Device, req: OfferRef) -> OfferOutcome:
    """What became of an offer of mine. One that nobody took is closed by this: the customer walks away."""
    offer = offers.take_back(tx, req.code, by=device.user_id)
    return OfferOutcome(offer.state, [taken(tx, coupon) for coupon in coupons.many(tx, offer.coupons)])


class Shared(Request):
    """A card of the program on the screen; the same `client_id` again sends nothing."""

    title: Annotated[str, Meta(max_length=256)]
    path: Path
    client_id: Annotated[str, Meta(min_length=1, max_length=64)]


@client.post("/device/shares")
def share_to_phone(tx: Tx, device: Device, req: Shared) -> None:
    """Send a page of the program to the phone that is linked."""
    own = devices.get(tx, device.device_id)
    devices.share(tx, own, title=req.title, path=req.path, client_id=req.client_id)


# ── the phone beside it ────────────────────────────────────────────────────────────────────────────────────


class DeviceRef(Request):
    code: Code


class DeviceCard(Response):
    """A device as somebody sees it who stands before it. `linked_ms` is how long my phone stays linked, 0 for not."""

    name: str
    kind: DeviceKind
    organisation: str
    program: AccountLine | None
    linked_ms: int


@client.get("/devices/{code}")
def show_device(snapshot: Snapshot, person: Person, req: DeviceRef) -> DeviceCard:
    """The device whose corner I scanned."""
    return _card(snapshot, devices.by_code(snapshot, req.code), person)


@client.post("/devices/{code}/link")
def link_device(tx: Tx, person: Person, req: DeviceRef) -> DeviceCard:
    """Let it send cards to my service notices for ten minutes. It learns that there is a phone, not whose."""
    return _card(tx, devices.link(tx, devices.by_code(tx, req.code), user_id=person.user_id), person)


# ── the console ────────────────────────────────────────────────────────────────────────────────────────────


class DeviceQuery(OrganisationRef):
    after: Id | None = None  # the device_id of the last one of the page before


class OneDevice(OrganisationRef):
    device_id: Id


class NewDevice(OrganisationRef):
    name: Name
    kind: DeviceKind
    appid: Annotated[str, Meta(max_length=32)] = ""
    path: Path = ""


class DeviceChange(OneDevice):
    """What is left out stays as it is; an empty `appid` leaves the device with nothing to show."""

    name: Name | None = None
    appid: Annotated[str, Meta(max_length=32)] | None = None
    path: Path | None = None


class DeviceView(Response):
    device_id: str
    name: str
    kind: DeviceKind
    program: AccountLine | None
    path: str
    created_at: int
    seen_at: int | None


class DevicePage(Response):
    """`next` is the next page's `after`, or null on the last page."""

    devices: list[DeviceView]
    next: str | None


class DeviceTicket(Response):
    """The ticket is told this once; `/kiosk?device=` and the ticket opens the device's page."""

    device: DeviceView
    ticket: str


@client.get("/console/organisations/{org_id}/devices")
def list_devices(snapshot: Snapshot, person: Person, req: DeviceQuery) -> DevicePage:
    """The organisation's devices and what they show."""
    access.require_member(snapshot, req.org, person.user_id)
    page = devices.list_(snapshot, req.org, after=int(req.after or 0))
    return DevicePage(
        [_view(snapshot, device) for device in page],
        str(page[-1].id) if len(page) == devices.PAGE else None,
    )


@client.post("/console/organisations/{org_id}/devices")
def register_device(tx: Tx, person: Person, req: NewDevice) -> DeviceTicket:
    """A new device and its ticket."""
    access.require_member(tx, req.org, person.user_id, at_least=Role.ADMIN)
    device, ticket = devices.register(tx, org_id=req.org, name=req.name, kind=req.kind)
    if req.appid:
        device = devices.change(tx, device, appid=req.appid, path=req.path)
    _record(tx, person, req, "device.register", device)
    return DeviceTicket(_view(tx, device), ticket)


@client.patch("/console/organisations/{org_id}/devices/{device_id}")
def change_device(tx: Tx, person: Person, req: DeviceChange) -> DeviceView:
    """Name it, or let it show another program: its screen follows at once."""
    device = devices.change(tx, _own(tx, person, req), name=req.name, appid=req.appid, path=req.path)
    _record(tx, person, req, "device.change", device)
    return _view(tx, device)


@client.post("/console/organisations/{org_id}/devices/{device_id}/ticket")
def replace_device_ticket(tx: Tx, person: Person, req: OneDevice) -> DeviceTicket:
    """A new ticket; the old one is worth nothing at once."""
    device = _own(tx, person, req)
    ticket = devices.replace_ticket(tx, device)
    _record(tx, person, req, "device.ticket", device)
    return DeviceTicket(_view(tx, device), ticket)


@client.delete("/console/organisations/{org_id}/devices/{device_id}")
def remove_device(tx: Tx, person: Person, req: OneDevice) -> None:
    """Take it off the list; it shows nothing more."""
    device = _own(tx, person, req)
    devices.remove(tx, device)
    _record(tx, person, req, "device.remove", device)


def _own(tx: Tx, person: Person, req: OneDevice) -> DeviceRow:
    access.require_member(tx, req.org, person.user_id, at_least=Role.ADMIN)
    return devices.of_organisation(tx, req.org, DeviceId(int(req.device_id)))


def _record(tx: Tx, person: Person, req: OrganisationRef, verb: str, device: DeviceRow) -> None:
    target = f"{device.name} {device.appid}".strip()
    acts.record(tx, org_id=req.org, user_id=person.user_id, verb=verb, target=target)


def _program(snapshot: Snapshot, device: DeviceRow) -> AccountLine | None:
    return account_line(snapshot, apps.get(snapshot, device.appid)) if device.appid else None


def _view(snapshot: Snapshot, device: DeviceRow) -> DeviceView:
    return DeviceView(
        device_id=str(device.id),
        name=device.name,
        kind=device.kind,
        program=_program(snapshot, device),
        path=device.path,
        created_at=device.created_at,
        seen_at=device.seen_at,
    )


def _state(snapshot: Snapshot, device: DeviceRow) -> DeviceState:
    return DeviceState(
        device_id=str(device.id),
        name=device.name,
        kind=device.kind,
        guest_id=str(device.guest_id),
        program=_program(snapshot, device),
        path=device.path,
        corner=devices.code_text(device.code),
        linked_ms=devices.linked_ms(snapshot, device),
    )


def _card(snapshot: Snapshot, device: DeviceRow, person: Person) -> DeviceCard:
    mine = devices.phone_of(snapshot, device) == person.user_id
    return DeviceCard(
        name=device.name,
        kind=device.kind,
        organisation=organisations.get(snapshot, device.org_id).name,
        program=_program(snapshot, device),
        linked_ms=devices.linked_ms(snapshot, device) if mine else 0,
    )


def _order(snapshot: Snapshot, req: PaymentRequest) -> Order:
    return cashiers.order_of_request(
        snapshot,
        app_id=req.app_id,
        time_stamp=req.time_stamp,
        nonce_str=req.nonce_str,
        package=req.package,
        sign_type=req.sign_type,
        pay_sign=req.pay_sign,
    )
