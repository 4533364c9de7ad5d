"""The main loop: a shop's own server, unchanged and on unmodified SDKs, serves a person from hello to refund."""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hutong.testing import Person, Refused, Server

from .phone import Phone
from .shop import TeaShop

CUPS = {
    "goods_id": "oolong",
    "options": {"size": "large", "sugar": "half", "temperature": "hot", "topping": ["pearl"]},
    "quantity": 2,
}
CUP = 1800 + 300 + 200
NEXT = itertools.count(1)


@pytest.fixture(params=["platform certificate", "public key"])
def shop(request: pytest.FixtureRequest, server: Server, tmp_path: Path) -> Iterator[TeaShop]:
    with TeaShop(server, tmp_path, public_key=request.param == "public key") as running:
        yield running


class Customer:
    """A person and what the shop's program knows of them."""

    def __init__(self, shop: TeaShop, person: Person) -> None:
        self.shop, self.person, self.phone = shop, person, Phone(person)
        person.open(shop.program)
        self.session: str = shop.ask("POST", "/api/session", {"code": person.login(shop.program)})["token"]

    def order(self, line: dict[str, Any] = CUPS) -> str:
        asked = {"request_id": f"tap-{next(NEXT)}", "lines": [line], "note": ""}
        number: str = self.shop.ask("POST", "/api/orders", asked, token=self.session)["out_trade_no"]
        return number

    def package(self, number: str) -> dict[str, str]:
        """What the program hands to `wx.requestPayment`."""
        signed = self.shop.ask("POST", f"/api/orders/{number}/pay", token=self.session)
        return {"appId": self.shop.program.appid, **signed}

    def state(self, number: str) -> str:
        found: str = self.shop.ask("GET", f"/api/orders/{number}", token=self.session)["state"]
        return found

    def hears(self, fits: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        return self.phone.hears(fits, self.shop.account.appid)


def _says(words: str) -> Callable[[dict[str, Any]], bool]:
    return lambda body: body["kind"] == "text" and words in body["text"]


def _is_notice(body: dict[str, Any]) -> bool:
    return bool(body["kind"] == "notice")


def _notifications(shop: TeaShop, number: str) -> list[dict[str, Any]]:
    """The notifications of an order, oldest first."""
    return shop.server.deliveries.list(owner=shop.merchant.mchid, subject=f"order:{number}")[::-1]


def _answered(shop: TeaShop, number: str) -> list[int | None]:
    """What the shop answered to every attempt of them; None when nobody was there."""
    found = [shop.server.deliveries.get(one["id"])["attempts"] for one in _notifications(shop, number)]
    return [attempt["status"] for attempts in found for attempt in attempts]


@pytest.fixture
def customer(shop: TeaShop) -> Customer:
    person = shop.server.user("Ann", phone=f"138{next(NEXT):08}")
    person.follow(shop.account)
    return Customer(shop, person)


def test_a_person_is_served_from_hello_to_refund(server: Server, shop: TeaShop, customer: Customer) -> None:
    person = customer.person
    customer.hears(_says("欢迎来到云间茶铺"))
    person.send(shop.account, "菜单")
    customer.hears(_says("高山乌龙 18.00元"))

    shown = {"code": person.allow_phone(shop.program)}
    known = shop.ask("POST", "/api/me/phone", shown, token=customer.session)
    assert known["phone"] == person.request("GET", "/me")["phone"]

    number = customer.order()
    cashier = person.stand_before(customer.package(number))
    assert cashier["amount"] == 2 * CUP
    with pytest.raises(Refused):
        person.confirm(customer.package(number), pin="000000")
    assert customer.state(number) == "unpaid" and person.balance == 50_000
    paid = person.confirm(customer.package(number))
    assert paid["state"] == "SUCCESS"
    assert person.balance == 50_000 - 2 * CUP

    server.clock.settle()
    assert customer.state(number) == "paid", "the encrypted notification reached the shop"
    assert _answered(shop, number) == [204]
    receipt = customer.hears(_is_notice)
    fields = {field["value"] for field in receipt["fields"]}
    assert "46.00元" in fields and receipt["appid"] == shop.program.appid
    assert receipt["path"] == f"pages/order/order?no={number}"

    shop.ask("POST", f"/staff/orders/{number}/ready")
    customer.hears(_says("做好了，请到柜台取"))
    person.tap(shop.account, 1, 0)
    customer.hears(_says(number))

    back = {"request_id": "spilt", "reason": "洒了一杯", "lines": [{"number": 1, "quantity": 1}]}
    shop.ask("POST", f"/staff/orders/{number}/refunds", back)
    customer.hears(_says("已为您退款：23.00元"))
    assert person.balance == 50_000 - CUP
    server.clock.settle()
    (refund,) = shop.ask("GET", f"/staff/orders/{number}")["refunds"]
    assert (refund["state"], refund["amount"]) == ("success", CUP)
    assert _answered(shop, number) == [204, 204]
    assert [one["state"] for one in _notifications(shop, number)] == ["DELIVERED", "DELIVERED"]
    assert shop.ask("GET", "/staff/troubles")["troubles"] == []

    over = {"request_id": "greedy", "reason": "再退", "amount": CUP}
    shop.ask("POST", f"/staff/orders/{number}/refunds", over)
    customer.hears(_says("已为您退款：23.00元"))
    assert person.balance == 50_000


def test_a_lost_notification_comes_again_by_the_ladder(
    server: Server, shop: TeaShop, customer: Customer
) -> None:
    number = customer.order()
    package = customer.package(number)
    shop.close()
    customer.person.confirm(package)
    server.clock.settle()
    server.clock.advance(seconds=15)
    (lost,) = _notifications(shop, number)
    assert lost["state"] == "PENDING" and lost["attempts"] == 2 and lost["last_status"] is None

    shop.open()
    server.clock.advance(seconds=15)
    (found,) = _notifications(shop, number)
    assert (found["state"], found["attempts"]) == ("DELIVERED", 3)
    assert _answered(shop, number) == [None, None, 204]
    assert customer.state(number) == "paid"
    customer.hears(_is_notice)


def test_a_notification_given_up_is_replayed_at_the_bench(
    server: Server, shop: TeaShop, customer: Customer
) -> None:
    number = customer.order()
    package = customer.package(number)
    shop.close()
    customer.person.confirm(package)
    server.clock.advance(days=2)
    (lost,) = _notifications(shop, number)
    assert (lost["state"], lost["attempts"]) == ("FAILED", 16)

    shop.open()
    server.deliveries.replay(lost["id"])
    server.clock.settle()
    assert _notifications(shop, number)[0]["state"] == "DELIVERED"
    assert customer.state(number) == "paid"
    customer.hears(_is_notice)
    before = shop.ask("GET", f"/staff/orders/{number}")
    server.deliveries.replay(lost["id"])
    server.clock.settle()
    assert _answered(shop, number)[-2:] == [204, 204]
    assert shop.ask("GET", f"/staff/orders/{number}") == before, "heard twice, paid once"


def test_a_week_later_the_same_shop_serves_again(server: Server, shop: TeaShop, customer: Customer) -> None:
    first = customer.order()
    customer.person.confirm(customer.package(first))
    customer.hears(_is_notice)

    server.clock.advance(days=7)
    before = server.inspector.calls()[0]["id"]
    again = Customer(shop, customer.person)
    second = again.order()
    again.person.confirm(again.package(second))
    server.clock.settle()
    assert again.state(second) == "paid"
    again.hears(lambda body: _is_notice(body) and second in body["path"])
    refused = server.inspector.calls(after=before, protocol="mp", refused=True)
    assert refused, "the SDK's tokens had expired, and it fetched new ones"
    shop.ask("POST", f"/staff/orders/{second}/ready")
    again.hears(lambda body: second in str(body))
    assert customer.person.balance == 50_000 - 4 * CUP
