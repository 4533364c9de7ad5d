"""Standing before a cashier, in real pages: paid once, the truth told, and money that comes back."""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from hutong.testing import Merchant, Person, Server

PHONE = {"width": 390, "height": 844}
_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(home=tmp_path_factory.mktemp("home")) as running:
        yield running


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    with browser.new_context(locale="en-US", viewport=PHONE) as opened:  # type: ignore[arg-type]
        yield opened


@pytest.fixture
def ann(server: Server) -> Person:
    return server.user("Ann", balance=10_000)


def enter(context: BrowserContext, server: Server, person: Person) -> Page:
    page = context.new_page()
    page.goto(f"{server.url}/p/{person.username}/sign-in")
    page.fill("input[name=username]", person.username)
    page.fill("input[name=password]", person.password)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Chats")).to_be_visible()
    return page


def order(server: Server, *, total: int = 1_800) -> tuple[Merchant, dict[str, Any]]:
    """A native order of the first shop."""
    merchant = server.merchants[0]
    asked = {
        "appid": server.mini_programs[0].appid,
        "mchid": merchant.mchid,
        "description": "Rougui oolong, hot",
        "out_trade_no": f"PAGE-{next(_numbers):06d}",
        "notify_url": "http://127.0.0.1:9/paid",
        "amount": {"total": total, "currency": "CNY"},
    }
    answer = merchant.call("POST", "/v3/pay/transactions/native", json=asked)
    return merchant, {**asked, "code_url": answer.json()["code_url"]}


def scan(page: Page, server: Server, person: Person, text: str) -> None:
    page.goto(f"{server.url}/p/{person.username}/scan")
    page.get_by_role("button", name="Paste").click()
    page.get_by_role("dialog").get_by_role("textbox").fill(text)
    page.get_by_role("dialog").get_by_role("button", name="Open").click()
    expect(page.get_by_role("dialog", name="Payment")).to_contain_text("Rougui oolong, hot")


def test_a_scanned_order_is_paid_with_the_right_pin_and_refunded_into_the_open_wallet(
    context: BrowserContext, server: Server, ann: Person
) -> None:
    merchant, asked = order(server)
    page = enter(context, server, ann)
    scan(page, server, ann, asked["code_url"])
    cashier = page.get_by_role("dialog", name="Payment")
    expect(cashier).to_contain_text("¥18.00")

    wrong = "".join(str((int(digit) + 1) % 10) for digit in ann.pay_pin)
    page.keyboard.type(wrong)
    expect(cashier.get_by_role("alert")).to_contain_text("The PIN is wrong")
    page.keyboard.type(ann.pay_pin)
    expect(cashier.get_by_role("status")).to_contain_text("Paid")
    assert ann.balance == 8_200

    cashier.get_by_role("button", name="See the bills").click()
    page.goto(f"{server.url}/p/{ann.username}/wallet")
    expect(page.get_by_text("¥82.00")).to_be_visible()
    back = {
        "out_trade_no": asked["out_trade_no"],
        "out_refund_no": f"R{asked['out_trade_no']}",
        "amount": {"refund": 800, "total": 1_800, "currency": "CNY"},
    }
    assert merchant.call("POST", "/v3/refund/domestic/refunds", json=back).status_code == 200
    expect(page.get_by_text("¥90.00")).to_be_visible()


def test_two_tabs_pay_one_order_once(context: BrowserContext, server: Server, ann: Person) -> None:
    _, asked = order(server)
    pages = [enter(context, server, ann)]
    pages.append(context.new_page())
    for page in pages:
        scan(page, server, ann, asked["code_url"])
    for page in pages:
        page.keyboard.type(ann.pay_pin)
    for page in pages:
        expect(page.get_by_role("dialog", name="Payment").get_by_role("status")).to_contain_text("Paid")
    assert ann.balance == 8_200


def test_a_lost_answer_is_asked_for_and_not_paid_again(
    context: BrowserContext, server: Server, ann: Person
) -> None:
    _, asked = order(server)
    page = enter(context, server, ann)
    scan(page, server, ann, asked["code_url"])

    def lose(route: Any) -> None:
        route.fetch()  # the server pays, the answer never comes
        route.abort()

    page.route("**/confirm", lose, times=1)
    page.keyboard.type(ann.pay_pin)
    expect(page.get_by_role("dialog", name="Payment").get_by_role("status")).to_contain_text("Paid")
    assert ann.balance == 8_200


def test_an_empty_wallet_is_told_and_led_to_a_top_up(context: BrowserContext, server: Server) -> None:
    poor = server.user("Poor", balance=100)
    _, asked = order(server)
    page = enter(context, server, poor)
    scan(page, server, poor, asked["code_url"])
    cashier = page.get_by_role("dialog", name="Payment")
    cashier.get_by_role("button", name="Paid from").click()
    expect(cashier.get_by_role("button", name="Balance ¥1.00")).to_be_disabled()
