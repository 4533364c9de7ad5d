"""Devices: machines that show one program to whoever stands before them."""

from hutong.domains.apps import apps, codes
from hutong.domains.apps.tables import AppKind, CodeKind, OrgId
from hutong.domains.chat import bodies, conversations, messages
from hutong.domains.chat.tables import Message
from hutong.domains.identity.errors import SIGNED_OUT
from hutong.domains.identity.events import SessionRevoked
from hutong.domains.identity.tables import SessionId, UserId
from hutong.domains.pay import orders
from hutong.domains.pay.tables import Order
from hutong.kernel import updates
from hutong.kernel.clock import MINUTE_MS, Millis
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError

from .errors import DEVICE_INVALID, DEVICE_MISSING, DEVICE_UNLINKED, DEVICES_FULL
from .tables import Device, DeviceId, DeviceKind

TICKET_PREFIX = "htd_"
MOST = 1000  # of one organisation
PAGE = 100
NAME_CHARACTERS = 32
LINK_MS = 10 * MINUTE_MS  # how long a phone stays linked after it scanned the corner
_TICKET, _CODE = 43, 24


def register(tx: Tx, *, org_id: OrgId, name: str, kind: DeviceKind) -> tuple[Device, str]:
    """A device and its ticket, which is told this once. Raises DEVICE_INVALID, DEVICES_FULL."""
    if tx.value("select count(*) from miniapp_device where org_id = :org", org=org_id) >= MOST:
        raise DomainError(DEVICES_FULL, most=MOST)
    ticket = tx.new_handle(TICKET_PREFIX, _TICKET)
    code = tx.new_handle("", _CODE)
    device = tx.insert(
        Device(
            id=DeviceId(tx.new_id()),
            org_id=org_id,
            name=_name(name),
            kind=kind,
            ticket_mac=tx.vault.mac("device", ticket),
            guest_id=UserId(tx.new_id()),
            code=code,
            created_at=tx.now,
        )
    )
    _show_code(tx, device)
    return device, ticket


def authenticate(snapshot: Snapshot, ticket: str) -> Device:
    """The device whose ticket this is. Raises SIGNED_OUT."""
    device = snapshot.find(Device, ticket_mac=snapshot.vault.mac("device", ticket))
    if device is None:
        raise DomainError(SIGNED_OUT)
    return device


def get(snapshot: Snapshot, device_id: DeviceId) -> Device:
    """Raises DEVICE_MISSING."""
    device = snapshot.find(Device, id=device_id)
    if device is None:
        raise DomainError(DEVICE_MISSING)
    return device


def of_organisation(snapshot: Snapshot, org_id: OrgId, device_id: DeviceId) -> Device:
    """Raises DEVICE_MISSING, also for a device of another organisation."""
    device = get(snapshot, device_id)
    if device.org_id != org_id:
        raise DomainError(DEVICE_MISSING)
    return device


def list_(snapshot: Snapshot, org_id: OrgId, *, after: int = 0) -> list[Device]:
    """An organisation's devices, a page of them, the oldest first."""
    return snapshot.all(
        Device,
        "where org_id = :org and id > :after order by id limit :limit",
        org=org_id,
        after=after,
        limit=PAGE,
    )


def seen(tx: Tx, device: Device) -> None:
    """Note that it is in use; writes at most once a minute."""
    if device.seen_at is None or tx.now >= device.seen_at + MINUTE_MS:
        tx.update(device, seen_at=tx.now)


def change(
    tx: Tx,
    device: Device,
    *,
    name: str | None = None,
    appid: str | None = None,
    path: str | None = None,
) -> Device:
    """Change what is given; its screen follows at once. An empty `appid` leaves it with nothing to show.

    Another program begins with another guest. Raises DEVICE_INVALID, APP_UNKNOWN, KIND_FORBIDDEN.
    """
    device = tx.lock(device)
    if appid:
        apps.require_kind(apps.get(tx, appid), AppKind.MINI_PROGRAM)
    bound = device.appid if appid is None else appid
    if bound != device.appid:
        device = _clear(tx, device)
    device = tx.update(
        device,
        name=device.name if name is None else _name(name),
        appid=bound,
        path=device.path if path is None else path.strip().removeprefix("/"),
    )
    updates.append(tx, [device.id], "device.changed", {})
    return device


def replace_ticket(tx: Tx, device: Device) -> str:
    """A new ticket; whoever has the old one is out."""
    ticket = tx.new_handle(TICKET_PREFIX, _TICKET)
    _sign_out(tx, tx.update(tx.lock(device), ticket_mac=tx.vault.mac("device", ticket)))
    return ticket


def remove(tx: Tx, device: Device) -> None:
    """Its ticket is worth nothing from now on."""
    codes.withdraw(tx, code_text(device.code))
    tx.delete(tx.lock(device))
    _sign_out(tx, device)


def welcome(tx: Tx, device: Device) -> Device:
    """The next customer: a guest that no program has met, and no phone."""
    device = _clear(tx, tx.lock(device))
    updates.append(tx, [device.id], "device.changed", {})
    return device


# ── paying ─────────────────────────────────────────────────────────────────────────────────────────────────


def ask_to_pay(tx: Tx, device: Device, order: Order) -> Order:
    """Have an order of its guest paid by whoever scans its code. Raises what `orders.hand_over` raises."""
    return orders.hand_over(tx, order, by=device.guest_id)


def tell_of_order(tx: Tx, order: Order) -> None:
    """The device whose guest an order was for hears that it was paid or closed."""
    guest = order.terms.payer_id
    device = None if guest is None else tx.find(Device, guest_id=guest)
    if device is not None:
        state = orders.shown_state(tx, order)
        updates.append(tx, [device.id], "device.order", {"prepay_id": order.prepay_id, "state": state.value})


# ── coupons ────────────────────────────────────────────────────────────────────────────────────────────────


def tell_of_offer(tx: Tx, *, guest_id: UserId, code: str) -> None:
    """The device of this guest hears that what it offered was taken; one that has another guest by now does not."""
    device = tx.find(Device, guest_id=guest_id)
    if device is not None:
        updates.append(tx, [device.id], "device.offer", {"code": code})


# ── a phone beside it ──────────────────────────────────────────────────────────────────────────────────────


def code_text(code: str) -> str:
    """What the picture in a device's corner says."""
    return f"hutong://device/{code}"


def by_code(snapshot: Snapshot, code: str) -> Device:
    """The device whose corner shows this now. Raises DEVICE_MISSING."""
    device = snapshot.find(Device, code=code)
    if device is None:
        raise DomainError(DEVICE_MISSING)
    return device


def link(tx: Tx, device: Device, *, user_id: UserId) -> Device:
    """A person's phone stands beside it for ten minutes, in place of whichever did. The corner shows a new code.

    The device learns that there is a phone, never whose.
    """
    device = tx.update(tx.lock(device), phone_id=user_id, linked_until=Millis(tx.now + LINK_MS))
    device = _renew_code(tx, device)
    updates.append(tx, [device.id], "device.changed", {})
    return device


def phone_of(snapshot: Snapshot, device: Device) -> UserId | None:
    """Who stands beside it, if anybody still does."""
    return device.phone_id if linked_ms(snapshot, device) else None


def linked_ms(snapshot: Snapshot, device: Device) -> int:
    """How much longer a phone stays linked; 0 for none."""
    return max(0, (device.linked_until or 0) - snapshot.now)


def share(tx: Tx, device: Device, *, title: str, path: str, client_id: str = "") -> Message:
    """Send a page of its program to the linked phone, into the person's service notices, to keep or pass on.

    Raises DEVICE_UNLINKED, DEVICE_MISSING while it shows no program.
    """
    phone = phone_of(tx, device)
    if phone is None:
        raise DomainError(DEVICE_UNLINKED)
    if not device.appid:
        raise DomainError(DEVICE_MISSING)
    card = bodies.MiniProgramCard(
        appid=device.appid, title=title or apps.get(tx, device.appid).name, path=path
    )
    notices = conversations.notices(tx, phone)
    return messages.send(tx, notices.id, sender=device.appid, body=card, client_id=client_id)


def _name(name: str) -> str:
    normal = name.strip()
    if not 1 <= len(normal) <= NAME_CHARACTERS or not normal.isprintable():
        raise DomainError(DEVICE_INVALID, limit=NAME_CHARACTERS)
    return normal


def _clear(tx: Tx, device: Device) -> Device:
    cleared = tx.update(device, guest_id=UserId(tx.new_id()), phone_id=None, linked_until=None)
    return _renew_code(tx, cleared)


def _renew_code(tx: Tx, device: Device) -> Device:
    codes.withdraw(tx, code_text(device.code))
    renewed = tx.update(device, code=tx.new_handle("", _CODE))
    _show_code(tx, renewed)
    return renewed


def _show_code(tx: Tx, device: Device) -> None:
    codes.make(tx, text=code_text(device.code), kind=CodeKind.DEVICE, target={"device_code": device.code})


def _sign_out(tx: Tx, device: Device) -> None:
    tx.emit(SessionRevoked(user_id=UserId(device.id), session_id=SessionId(device.id)))
