"""Coupons: taken in a program or from a device, kept in the pack, made and redeemed in the console."""

import time
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from hutong.domains.apps import openids, organisations, tickets
from hutong.domains.apps.tables import App, AppKind, Role
from hutong.domains.benefits import claims
from hutong.domains.benefits.events import CouponConsumed, OfferTaken, Source
from hutong.domains.benefits.tables import Card, Link
from hutong.domains.identity.tables import UserId
from hutong.domains.miniapp import devices, handlers
from hutong.domains.miniapp.tables import DeviceKind
from hutong.kernel import updates
from hutong.kernel.clock import DAY_MS, HandWound
from hutong.kernel.db import Tx
from tests.domains.builders import a_card, an_app
from tests.protocols.client.conftest import Device


@pytest.fixture
def account(tx: Tx) -> App:
    made = an_app(tx)
    tickets.get(tx, made, type="wx_card")
    return made


@pytest.fixture
def program(tx: Tx, account: App) -> App:
    return an_app(tx, AppKind.MINI_PROGRAM, org_id=account.org_id)


@pytest.fixture
def card(tx: Tx, account: App, program: App) -> Card:
    return a_card(tx, appid=account.appid, center=Link("去点单", appid=program.appid, path="pages/menu/menu"))


@pytest.fixture
def fridge(tx: Tx, program: App, device: Callable[..., Device]) -> Device:
    made, ticket = devices.register(tx, org_id=program.org_id, name="Fridge", kind=DeviceKind.FRIDGE)
    devices.change(tx, made, appid=program.appid)
    return device(token=ticket)


@pytest.fixture
def boss(tx: Tx, account: App, device: Callable[..., Device]) -> Device:
    boss = device("Mei")
    organisations.add_member(tx, org_id=account.org_id, user_id=UserId(int(boss.id)), role=Role.OWNER)
    return boss


def asked(tx: Tx, card: Card, nonce: str = "n1", **fields: str) -> dict[str, str]:
    said = {"timestamp": str(int(time.time())), "code": "", "openid": "", "nonce_str": nonce, **fields}
    ticket = tickets.find(tx, appid=card.appid, type="wx_card")
    assert ticket is not None
    said["signature"] = claims.signature(ticket, card_id=card.card_id, **said)
    return {"card_id": card.card_id, "card_ext": msgspec.json.encode(said).decode()}


def test_a_coupon_is_shown_taken_kept_and_thrown_away(
    tx: Tx, clock: HandWound, program: App, card: Card, ann: Device, device: Callable[..., Device]
) -> None:
    at = f"/programs/{program.appid}/coupons"
    wanted = asked(tx, card)
    (one,) = ann.post(f"{at}/offered", {"cards": [wanted]})["coupons"]
    assert (one["face"]["title"], one["obstacle"]) == ("满20减2", "")
    assert one["face"]["center"]["program"]["appid"] == program.appid
    assert ann.get("/coupons") == {"coupons": [], "next": None}
    taken = ann.post(at, {**wanted, "client_id": "1"})
    assert taken["code"] and ann.post(at, {**wanted, "client_id": "1"})["coupon_id"] == taken["coupon_id"]
    refused = device("Bob").post(at, {**wanted, "client_id": "1"}, status=409)
    assert refused["error"]["code"] == "benefits.signature_used"
    bad = {**wanted, "card_ext": wanted["card_ext"].replace("n1", "n2")}
    assert (
        ann.post(f"{at}/offered", {"cards": [bad]}, status=400)["error"]["code"] == "benefits.signature_wrong"
    )
    ann.post(at, {**asked(tx, card, "n3"), "client_id": "1"})
    ann.post(at, {**asked(tx, card, "n4"), "client_id": "1"})
    (full,) = ann.post(f"{at}/offered", {"cards": [asked(tx, card, "n5")]})["coupons"]
    assert full["obstacle"] == "benefits.limit_reached"

    mine = f"/coupons/{taken['coupon_id']}"
    shown = ann.get(mine)
    assert (shown["state"], shown["code_type"], len(shown["code"])) == ("NORMAL", "CODE_TYPE_QRCODE", 12)
    found = ann.post(f"{at}/find", {"cards": [{"card_id": card.card_id, "code": shown["code"]}]})
    assert found["coupon_ids"] == [taken["coupon_id"]]
    stranger = device("Eve")
    stranger.get(mine, status=404)
    stranger.delete(mine, status=404)
    stranger.post(f"{at}/find", {"cards": [{"card_id": card.card_id, "code": shown["code"]}]}, status=404)
    ann.delete(mine)
    ann.get(mine, status=404)
    clock.advance(8 * DAY_MS)
    assert ann.get("/coupons")["coupons"] == []
    assert [one["state"] for one in ann.get("/coupons", past="true")["coupons"]] == ["EXPIRE", "EXPIRE"]


def test_a_program_of_another_organisation_hands_nothing_out(tx: Tx, card: Card, ann: Device) -> None:
    stranger = an_app(tx, AppKind.MINI_PROGRAM)
    at = f"/programs/{stranger.appid}/coupons"
    answer = ann.post(at, {**asked(tx, card), "client_id": "1"}, status=403)
    assert answer["error"]["code"] == "benefits.card_foreign"


def test_a_device_offers_what_a_phone_takes(
    tx: Tx, program: App, card: Card, fridge: Device, ann: Device, device: Callable[..., Device]
) -> None:
    guest = UserId(int(fridge.get("/device")["guest_id"]))
    named = asked(tx, card, openid=openids.of(tx, appid=program.appid, user_id=guest))
    offer = fridge.post("/device/offers", {"cards": [named]})
    assert 0 < offer["lasts_ms"] <= 10 * 60_000
    assert [one["face"]["title"] for one in offer["coupons"]] == ["满20减2"]
    found = ann.post("/codes/resolve", {"text": offer["text"]})
    assert (found["kind"], found["offer_code"]) == ("OFFER", offer["code"])
    at = f"/offers/{offer['code']}"
    seen = ann.get(at)
    assert (seen["state"], seen["mine"], seen["program"]["appid"]) == ("OPEN", False, program.appid)
    # What is for persons a device may not do, and what a device may a person may not.
    fridge.post(f"{at}/take", status=401)
    ann.post(f"/device/offers/{offer['code']}/settle", status=401)
    got = ann.post(f"{at}/take")
    assert (got["state"], got["mine"], len(got["coupon_ids"])) == ("TAKEN", True, 1)
    assert ann.post(f"{at}/take")["coupon_ids"] == got["coupon_ids"]
    bob = device("Bob")
    assert bob.post(f"{at}/take", status=409)["error"]["code"] == "benefits.offer_taken"
    assert (bob.get(at)["state"], bob.get(at)["coupon_ids"]) == ("TAKEN", [])

    (event,) = tx.emitted(OfferTaken)
    handlers.tell_of_offer(tx, event)
    log = int(fridge.get("/device")["device_id"])
    assert updates.since(tx, log, 0)[0][-1].kind == "device.offer"
    outcome = fridge.post(f"/device/offers/{offer['code']}/settle")
    assert outcome["state"] == "TAKEN" and outcome["coupons"][0]["card_id"] == card.card_id
    assert outcome["coupons"][0]["code"] != ann.get(f"/coupons/{got['coupon_ids'][0]}")["code"]


def test_an_offer_that_is_given_up_is_worth_nothing(
    tx: Tx, card: Card, fridge: Device, ann: Device, program: App
) -> None:
    offer = fridge.post("/device/offers", {"cards": [asked(tx, card)]})
    closed = fridge.post(f"/device/offers/{offer['code']}/settle")
    assert (closed["state"], closed["coupons"]) == ("CLOSED", [])
    assert ann.post(f"/offers/{offer['code']}/take", status=409)["error"]["code"] == "benefits.offer_closed"
    assert ann.post("/codes/resolve", {"text": offer["text"]})["kind"] == "TEXT"
    fridge.post("/device/next")
    fridge.post(f"/device/offers/{offer['code']}/settle", status=404)  # it was the last customer's


def test_an_owner_makes_restocks_stops_and_redeems(
    tx: Tx, account: App, program: App, card: Card, boss: Device, ann: Device
) -> None:
    console = f"/console/apps/{account.appid}"
    new: dict[str, Any] = {
        "client_id": "1",
        "kind": "DISCOUNT",
        "brand_name": "云岫茶事",
        "title": "八折",
        "color": "Color030",
        "code_type": "CODE_TYPE_BARCODE",
        "notice": "出示条码",
        "description": "每单一张",
        "date_type": "DATE_TYPE_FIX_TERM",
        "days": 30,
        "quantity": 5,
        "discount": 20,
        "program": program.appid,
        "button": "去点单",
    }
    ann.get(f"{console}/cards", status=403)
    ann.post(f"{console}/cards", new, status=403)
    boss.post(f"{console}/cards", {**new, "title": ""}, status=400)
    made = boss.post(f"{console}/cards", new)
    assert boss.post(f"{console}/cards", new)["face"]["card_id"] == made["face"]["card_id"]
    assert [one["face"]["title"] for one in boss.get(f"{console}/cards")["cards"]] == ["八折", "满20减2"]
    stock = f"{console}/cards/{made['face']['card_id']}/stock"
    assert boss.post(stock, {"more": 3})["quantity"] == 8
    boss.post(stock, {"less": 9}, status=400)
    boss.delete(f"{console}/cards/{made['face']['card_id']}")
    assert len(boss.get(f"{console}/cards")["cards"]) == 1

    at = f"/programs/{program.appid}/coupons"
    coupon = ann.post(at, {**asked(tx, card), "client_id": "1"})["coupon_id"]
    code = ann.get(f"/coupons/{coupon}")["code"]
    found = boss.post(f"{console}/codes/find", {"code": code})
    assert found["state"] == "NORMAL" and ann.id not in str(found)
    ann.post(f"{console}/codes/redeem", {"code": code}, status=403)
    assert boss.post(f"{console}/codes/redeem", {"code": code})["state"] == "CONSUMED"
    assert (
        boss.post(f"{console}/codes/redeem", {"code": code}, status=409)["error"]["code"]
        == "benefits.coupon_consumed"
    )
    assert [event.source for event in tx.emitted(CouponConsumed)] == [Source.CONSOLE]
    assert boss.get(f"{console}/cards")["cards"][0]["used"] == 1
    acts = boss.get(f"/console/organisations/{account.org_id}/acts")["acts"]
    assert [act["verb"] for act in acts] == ["card.redeem", "card.delete", "card.stock", "card.make"]
