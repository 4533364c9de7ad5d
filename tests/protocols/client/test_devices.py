"""Devices: a ticket instead of a person, an order paid on a phone, a card sent to one."""

from collections.abc import Callable
from typing import Any

import pytest

from hutong.domains.apps import apps, openids, organisations
from hutong.domains.apps.tables import AppKind, Role
from hutong.domains.identity.events import SessionRevoked
from hutong.domains.identity.tables import UserId
from hutong.domains.miniapp import devices, handlers, login_codes
from hutong.domains.miniapp.tables import DeviceId
from hutong.domains.pay import orders
from hutong.domains.pay.events import OrderClosed, OrderPaid
from hutong.domains.pay.tables import Order, Terms, TradeType
from hutong.kernel import updates
from hutong.kernel.clock import MINUTE_MS, HandWound
from hutong.kernel.db import Tx
from hutong.kernel.money import Fen
from tests.protocols.client.conftest import Device
from tests.protocols.client.test_cashier import PIN, asked, payer, wallet
from tests.protocols.pay.conftest import Shop, open_shop


@pytest.fixture
def shop(tx: Tx) -> Shop:
    """A shop whose app is a mini program."""
    return open_shop(tx)


@pytest.fixture
def boss(tx: Tx, shop: Shop, device: Callable[..., Device]) -> Device:
    boss = device("Mei")
    organisations.add_member(tx, org_id=shop.app.org_id, user_id=UserId(int(boss.id)), role=Role.OWNER)
    return boss


@pytest.fixture
def console(shop: Shop) -> str:
    return f"/console/organisations/{shop.app.org_id}/devices"


@pytest.fixture
def fridge(shop: Shop, boss: Device, console: str, device: Callable[..., Device]) -> Device:
    made = boss.post(console, {"name": "Fridge", "kind": "FRIDGE", "appid": shop.app.appid})
    return device(token=made["ticket"])


def signed_in(tx: Tx, shop: Shop, machine: Device) -> str:
    """The openid by which the shop's own server knows whoever stands before the machine."""
    code = machine.post(f"/programs/{shop.app.appid}/login")["code"]
    return login_codes.sign_in(tx, app=shop.app, code=code).openid


def ordered(tx: Tx, shop: Shop, openid: str) -> Order:
    """What the shop's server does with that openid: it places an order as for any customer."""
    terms = Terms(
        trade_type=TradeType.JSAPI,
        appid=shop.app.appid,
        description="Oolong",
        amount=Fen(120),
        notify_url="https://shop.example/notify",
        payer_id=openids.user_of(tx, appid=shop.app.appid, openid=openid),
        openid=openid,
    )
    return orders.place(tx, mchid=shop.merchant.mchid, out_trade_no=f"TEA-{tx.new_id()}", terms=terms)


def heard(tx: Tx, machine: Device) -> list[str]:
    log = int(machine.get("/device")["device_id"])
    return [update.kind for update in updates.since(tx, log, 0)[0]]


def test_a_device_opens_its_program_and_nothing_that_is_for_persons(
    tx: Tx, shop: Shop, fridge: Device, ann: Device
) -> None:
    state = fridge.post("/device/seen")
    assert (state["name"], state["kind"], state["program"]["appid"]) == ("Fridge", "FRIDGE", shop.app.appid)
    opened = fridge.post(f"/programs/{shop.app.appid}/open", {})
    assert opened["program"]["name"] == shop.app.name
    openid = signed_in(tx, shop, fridge)
    assert (
        openid == signed_in(tx, shop, fridge) and fridge.get(f"/programs/{shop.app.appid}/session")["valid"]
    )
    for path in ("/me", "/conversations", "/programs", "/wallet"):
        assert fridge.get(path, status=401)["error"]["code"] == "identity.signed_out"
    fridge.post("/codes/resolve", {"text": state["corner"]}, status=401)
    ann.get("/device", status=401)  # and the other way round

    begun = fridge.post("/device/next")
    assert begun["guest_id"] != state["guest_id"] and begun["corner"] != state["corner"]
    assert signed_in(tx, shop, fridge) != openid  # the next customer finds nothing of the last


def test_only_an_admin_has_devices_and_each_ticket_is_told_once(
    tx: Tx, shop: Shop, boss: Device, ann: Device, fridge: Device, console: str
) -> None:
    ann.get(console, status=403)
    ann.post(console, {"name": "Mine", "kind": "OTHER"}, status=403)
    for bad in (
        {"name": " ", "kind": "OTHER"},
        {"name": "x" * 33, "kind": "OTHER"},
        {"name": "x", "kind": "CAR"},
    ):
        boss.post(console, bad, status=400)
    boss.post(console, {"name": "x", "kind": "OTHER", "appid": "wxnone"}, status=404)
    (one,) = boss.get(console)["devices"]
    assert (one["name"], one["program"]["name"], one["seen_at"]) == ("Fridge", shop.app.name, None)
    assert "ticket" not in one
    fridge.post("/device/seen")
    assert boss.get(console)["devices"][0]["seen_at"] == tx.now

    other = organisations.create(tx, name="Next door")
    organisations.add_member(tx, org_id=other.id, user_id=UserId(int(boss.id)), role=Role.OWNER)
    boss.delete(f"/console/organisations/{other.id}/devices/{one['device_id']}", status=404)

    fresh = boss.post(f"{console}/{one['device_id']}/ticket")["ticket"]
    fridge.get("/device", status=401)
    fridge.token = fresh
    fridge.get("/device")
    boss.delete(f"{console}/{one['device_id']}")
    fridge.get("/device", status=401)
    assert len(tx.emitted(SessionRevoked)) == 2  # its socket is cut each time
    assert boss.get(console)["devices"] == []
    verbs = [act["verb"] for act in boss.get(console.replace("devices", "acts"))["acts"]]
    assert verbs[:3] == ["device.remove", "device.ticket", "device.register"]


def test_a_device_is_bound_to_another_program_without_being_touched(
    tx: Tx, shop: Shop, boss: Device, fridge: Device, console: str
) -> None:
    guest = fridge.get("/device")["guest_id"]
    books = apps.create(tx, org_id=shop.app.org_id, kind=AppKind.MINI_PROGRAM, name="Books")
    account = apps.create(tx, org_id=shop.app.org_id, kind=AppKind.SERVICE, name="Tea news")
    one = f"{console}/{fridge.get('/device')['device_id']}"
    boss.patch(one, {"appid": account.appid}, status=403)
    boss.patch(one, {"name": "Mirror"})
    assert fridge.get("/device")["guest_id"] == guest
    boss.patch(one, {"appid": books.appid, "path": "/pages/new/new"})
    state = fridge.get("/device")
    assert (state["name"], state["program"]["name"], state["path"]) == ("Mirror", "Books", "pages/new/new")
    assert state["guest_id"] != guest
    assert heard(tx, fridge)[-2:] == ["device.changed"] * 2
    boss.patch(one, {"appid": ""})
    assert fridge.get("/device")["program"] is None


def test_an_order_begun_on_a_device_is_paid_on_a_phone(
    tx: Tx, shop: Shop, fridge: Device, ann: Device, device: Callable[..., Device]
) -> None:
    ann_id, bea = payer(tx, ann), device("Bea")
    payer(tx, bea)
    order = ordered(tx, shop, signed_in(tx, shop, fridge))
    request = asked(shop, order)
    # Without the device's word nobody else may pay it, whatever they know of it.
    assert ann.post("/cashiers", {"request": request}, status=403)["error"]["code"] == "pay.wrong_payer"

    shown = fridge.post("/device/payments", request)
    assert (shown["amount"], shown["description"], shown["prepay_id"]) == (120, "Oolong", order.prepay_id)
    assert 0 < shown["lasts_ms"] <= orders.LIFETIME_MS
    assert fridge.post("/device/payments", request)["code"] == shown["code"]
    assert ann.post("/codes/resolve", {"text": shown["code"]})["kind"] == "ORDER"
    late = bea.post("/cashiers", {"code": shown["code"]})["cashier_id"]
    cashier = ann.post("/cashiers", {"code": shown["code"]})["cashier_id"]
    paid = ann.post(f"/cashiers/{cashier}/confirm", {"pin": PIN})
    assert paid["state"] == "SUCCESS" and wallet(tx, ann_id) == 380
    bea.post(f"/cashiers/{late}/confirm", {"pin": PIN}, status=409)

    (event,) = tx.emitted(OrderPaid)
    handlers.tell_of_payment(tx, event)
    assert heard(tx, fridge)[-1] == "device.order"
    settled = orders.get(tx, order.mchid, order.id)
    assert settled.openid == order.terms.openid  # the shop hears of its customer, not of who paid
    assert settled.payer_id == ann_id  # to whom a refund goes
    assert fridge.post("/device/payments/take-back", request)["state"] == "SUCCESS"
    fridge.post("/device/payments", request, status=409)


def test_a_customer_who_walks_away_takes_the_code_along(
    tx: Tx, shop: Shop, fridge: Device, ann: Device
) -> None:
    ann_id = payer(tx, ann)
    request = asked(shop, order := ordered(tx, shop, signed_in(tx, shop, fridge)))
    code = fridge.post("/device/payments", request)["code"]
    cashier = ann.post("/cashiers", {"code": code})["cashier_id"]
    assert fridge.post("/device/payments/take-back", request)["state"] == "NOTPAY"
    ann.post(f"/cashiers/{cashier}/confirm", {"pin": PIN}, status=403)
    assert ann.post("/codes/resolve", {"text": code})["kind"] == "TEXT" and wallet(tx, ann_id) == 500
    again = fridge.post("/device/payments", request)["code"]  # asked once more, it is another code
    assert again != code
    orders.close(tx, orders.get(tx, order.mchid, order.id))
    handlers.tell_of_closing(tx, tx.emitted(OrderClosed)[0])
    assert heard(tx, fridge)[-1] == "device.order"
    ann.post("/cashiers", {"code": again}, status=409)


def test_a_device_hands_over_its_own_guests_orders_only(
    tx: Tx, shop: Shop, fridge: Device, ann: Device
) -> None:
    theirs = ordered(tx, shop, openids.of(tx, appid=shop.app.appid, user_id=UserId(int(ann.id))))
    fridge.post("/device/payments", asked(shop, theirs), status=403)
    fridge.post("/device/payments/take-back", asked(shop, theirs), status=403)
    own = ordered(tx, shop, signed_in(tx, shop, fridge))
    fridge.post("/device/payments", asked(shop, own, paySign="AAAA"), status=403)
    fridge.post("/device/next")
    fridge.post("/device/payments", asked(shop, own), status=403)  # it was the last customer's


def test_a_card_goes_to_the_phone_that_scanned_the_corner(
    tx: Tx, shop: Shop, fridge: Device, ann: Device, clock: HandWound
) -> None:
    card: dict[str, Any] = {"title": "A cup of oolong", "path": "pages/menu/menu?id=7", "client_id": "1"}
    assert fridge.post("/device/shares", card, status=409)["error"]["code"] == "miniapp.device_unlinked"
    corner = fridge.get("/device")["corner"]
    found = ann.post("/codes/resolve", {"text": corner})
    assert found["kind"] == "DEVICE"
    assert ann.get(f"/devices/{found['device_code']}")["linked_ms"] == 0
    linked = ann.post(f"/devices/{found['device_code']}/link")
    assert (linked["name"], linked["linked_ms"]) == ("Fridge", devices.LINK_MS)
    state = fridge.get("/device")
    assert state["linked_ms"] == devices.LINK_MS and ann.id not in str(state)
    assert state["corner"] != corner  # a picture of it links nobody later
    assert ann.post("/codes/resolve", {"text": corner})["kind"] == "TEXT"

    fridge.post("/device/shares", card, status=204)
    fridge.post("/device/shares", card, status=204)
    (notices,) = [one for one in ann.get("/conversations")["conversations"] if one["kind"] == "NOTICES"]
    said = ann.get(f"/conversations/{notices['conversation_id']}/messages")["messages"]
    assert [one["body"]["kind"] for one in said] == ["mini_program"]
    body = said[0]["body"]
    assert (body["appid"], body["title"], body["path"]) == (shop.app.appid, card["title"], card["path"])

    clock.advance(devices.LINK_MS + MINUTE_MS)
    assert fridge.get("/device")["linked_ms"] == 0
    fridge.post("/device/shares", {**card, "client_id": "2"}, status=409)
    device = devices.get(tx, DeviceId(int(state["device_id"])))
    assert devices.phone_of(tx, device) is None
