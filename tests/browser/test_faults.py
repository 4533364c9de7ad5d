"""The app while things go wrong: cuts at every step of paying and scanning, a server that dies, hostile words."""

import itertools
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from hutong.testing import Person, Server

PHONE = {"width": 390, "height": 844}
CENTS = 10_000
PRICE = 1_800
_numbers = itertools.count(1)

MARKUP = '<img src=x onerror="hurt=1">'
HOSTILE = (
    MARKUP,
    "<script>hurt=1</script>{{ constructor.constructor('hurt=1')() }}",
    "javascript:hurt=1//%0aalert(1)",
    "\u202egnp.elif\u202c \u200b\u200d\ufeff Z\u0351\u0300\u0338\u0334\u0361a\u0316\u0317l\u0318g\u0319o",
    "W" * 3_000,
    "https://example.com/" + "a" * 2_000,
    "\U0001f469\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466" * 60,
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """On a port that it comes back to after it died."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with Server(home=tmp_path_factory.mktemp("home"), options=["--port", str(port)]) as running:
        yield running


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    with browser.new_context(locale="en-US", viewport=PHONE) as opened:  # type: ignore[arg-type]
        yield opened


@pytest.fixture
def ann(server: Server) -> Person:
    return server.user("Ann", balance=CENTS)


@pytest.fixture
def page(context: BrowserContext, server: Server, ann: Person) -> Page:
    return enter(context, server, ann)


def enter(context: BrowserContext, server: Server, person: Person) -> Page:
    page = context.new_page()
    page.goto(f"{server.url}/p/{person.username}/sign-in")
    page.fill("input[name=username]", person.username)
    page.fill("input[name=password]", person.password)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Chats")).to_be_visible()
    return page


@pytest.fixture
def code(server: Server) -> str:
    return order(server)


def order(server: Server) -> str:
    """What the code of a fresh native order says."""
    merchant = server.merchants[0]
    asked = {
        "appid": server.mini_programs[0].appid,
        "mchid": merchant.mchid,
        "description": "Rougui oolong, hot",
        "out_trade_no": f"FAULT-{next(_numbers):06d}",
        "notify_url": "http://127.0.0.1:9/paid",
        "amount": {"total": PRICE, "currency": "CNY"},
    }
    found: str = merchant.call("POST", "/v3/pay/transactions/native", json=asked).json()["code_url"]
    return found


def scan(page: Page, server: Server, person: Person, text: str) -> Locator:
    """Paste what a code says into the scanner; the cashier's sheet."""
    page.goto(f"{server.url}/p/{person.username}/scan")
    paste(page, text)
    return page.get_by_role("dialog", name="Payment")


def paste(page: Page, text: str) -> None:
    page.get_by_role("button", name="Paste").click()
    page.get_by_role("dialog").get_by_role("textbox").fill(text)
    page.get_by_role("dialog").get_by_role("button", name="Open").click()


def test_scanning_without_a_network_is_told_and_works_when_it_is_back(
    page: Page, context: BrowserContext, server: Server, ann: Person, code: str
) -> None:
    page.goto(f"{server.url}/p/{ann.username}/scan")
    expect(page.get_by_role("button", name="Paste")).to_be_visible()
    context.set_offline(True)
    paste(page, code)
    expect(page.get_by_text("The server cannot be reached.")).to_be_visible()
    context.set_offline(False)
    paste(page, code)
    expect(page.get_by_role("dialog", name="Payment")).to_contain_text("Rougui oolong, hot")
    assert ann.balance == CENTS


def test_a_page_that_cannot_be_fetched_says_so_and_comes_when_it_can(
    context: BrowserContext, server: Server, ann: Person
) -> None:
    context.add_init_script("delete Navigator.prototype.serviceWorker")  # which would have it already
    page = enter(context, server, ann)
    context.set_offline(True)
    page.get_by_role("button", name="Add").click()
    page.get_by_role("button", name="Scan").click()
    expect(page.get_by_role("alert")).to_contain_text("The server cannot be reached.")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("alert")).to_contain_text("The server cannot be reached.")
    context.set_offline(False)
    expect(page.get_by_role("button", name="Paste")).to_be_visible()


def test_a_cut_before_the_cashier_opens_leaves_a_way_to_try_again(
    page: Page, server: Server, ann: Person, code: str
) -> None:
    page.route("**/cashiers", lambda route: route.abort(), times=1)
    cashier = scan(page, server, ann, code)
    expect(cashier.get_by_role("alert")).to_contain_text("The server cannot be reached.")
    cashier.get_by_role("button", name="Try again").click()
    expect(cashier).to_contain_text("Rougui oolong, hot")


def test_a_cut_while_the_pin_is_entered_pays_nothing_and_then_once(
    page: Page, context: BrowserContext, server: Server, ann: Person, code: str
) -> None:
    cashier = scan(page, server, ann, code)
    expect(cashier).to_contain_text("Rougui oolong, hot")
    context.set_offline(True)
    page.keyboard.type(ann.pay_pin)
    expect(cashier.get_by_role("alert")).to_contain_text("not yet known")
    assert ann.balance == CENTS
    context.set_offline(False)
    expect(cashier.get_by_role("alert")).to_contain_text("The server cannot be reached.")
    page.keyboard.type(ann.pay_pin)
    expect(cashier.get_by_role("status")).to_contain_text("Paid")
    assert ann.balance == CENTS - PRICE


@pytest.mark.parametrize("moment", ["before it is heard", "after it is paid"])
def test_a_server_that_dies_in_mid_payment_is_told_and_nobody_pays_twice(
    page: Page, server: Server, ann: Person, code: str, moment: str
) -> None:
    cashier = scan(page, server, ann, code)
    expect(cashier).to_contain_text("Rougui oolong, hot")

    def die(route: Any) -> None:
        if moment == "after it is paid":
            route.fetch()
        server.kill()
        route.abort()

    page.route("**/confirm", die, times=1)
    page.keyboard.type(ann.pay_pin)
    expect(cashier.get_by_role("alert")).to_contain_text("not yet known")
    server.start()
    if moment == "before it is heard":
        expect(cashier.get_by_role("alert")).to_contain_text("The server cannot be reached.", timeout=20_000)
        page.keyboard.type(ann.pay_pin)
    expect(cashier.get_by_role("status")).to_contain_text("Paid", timeout=20_000)
    assert ann.balance == CENTS - PRICE
    bills = ann.request("GET", "/wallet/bills")["bills"]
    assert [bill["amount"] for bill in bills if bill["kind"] == "PAYMENT"] == [PRICE]


def test_five_wrong_pins_lock_paying_for_three_hours(
    page: Page, server: Server, ann: Person, code: str
) -> None:
    cashier = scan(page, server, ann, code)
    expect(cashier).to_contain_text("Rougui oolong, hot")
    wrong = "".join(str((int(digit) + 1) % 10) for digit in ann.pay_pin)
    for _ in range(4):
        with page.expect_response("**/confirm"):
            page.keyboard.type(wrong)
        expect(cashier.get_by_role("alert")).to_contain_text("The PIN is wrong.")
    page.keyboard.type(wrong)
    expect(cashier.get_by_role("alert")).to_contain_text("Paying is locked")
    with page.expect_response("**/confirm"):
        page.keyboard.type(ann.pay_pin)
    expect(cashier.get_by_role("alert")).to_contain_text("Paying is locked")
    assert ann.balance == CENTS
    server.clock.advance(hours=3)
    cashier = scan(page, server, ann, order(server))
    expect(cashier).to_contain_text("Rougui oolong, hot")
    page.keyboard.type(ann.pay_pin)
    expect(cashier.get_by_role("status")).to_contain_text("Paid")


def test_a_picture_chosen_during_a_cut_arrives_when_it_is_over(
    page: Page, context: BrowserContext, server: Server, ann: Person, tmp_path: Path
) -> None:
    bob = server.user("Bob")
    ann.befriend(bob)
    talk = ann.request("POST", "/conversations", json={"user_id": bob.id})["conversation_id"]
    page.goto(f"{server.url}/p/{ann.username}/chats/{talk}")
    box = page.get_by_role("textbox", name="Say something …")
    expect(box).to_be_visible()
    picture = tmp_path / "tea.png"
    page.screenshot(path=picture, clip={"x": 0, "y": 0, "width": 120, "height": 80})
    context.set_offline(True)
    page.get_by_role("button", name="More").click()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Picture").click()
    chooser.value.set_files(picture)
    expect(page.get_by_role("log").locator(".waiting")).to_be_attached()
    assert "image" not in [line["body"]["kind"] for line in bob.messages(ann)]
    context.set_offline(False)
    expect(page.get_by_role("log").locator(".waiting")).to_have_count(0, timeout=30_000)
    assert [line["body"]["kind"] for line in bob.messages(ann)].count("image") == 1


def test_hostile_words_are_only_words_wherever_they_are_shown(
    page: Page, server: Server, ann: Person
) -> None:
    mallory = server.user("Mallory")
    mallory.request("PATCH", "/me", json={"nickname": MARKUP[:32], "signature": HOSTILE[1][:60]})
    ann.befriend(mallory, greeting=MARKUP)
    ann.request("PATCH", f"/contacts/{mallory.id}", json={"remark": '"><b onclick=hurt=1>b'})
    third = server.user(HOSTILE[3][12:40].replace("\u200b", ""))
    ann.befriend(third)
    group = ann.request("POST", "/groups", json={"name": MARKUP[:32], "user_ids": [mallory.id, third.id]})
    for words in HOSTILE:
        mallory.send(ann, words)
    mallory.send(
        ann, {"kind": "link", "url": "https://example.com/", "title": f"{MARKUP} <svg onload=hurt=1>"}
    )
    talk = ann.request("POST", "/conversations", json={"user_id": mallory.id})["conversation_id"]
    base = f"{server.url}/p/{ann.username}"
    pages = (
        "/",
        f"/chats/{talk}",
        f"/chats/{group['conversation_id']}",
        f"/chats/{group['conversation_id']}/info",
        "/contacts",
        f"/people/{mallory.id}",
        "/new-friends",
    )
    for path in pages:
        page.goto(f"{base}{path}")
        page.wait_for_load_state("networkidle")
        assert page.evaluate("'hurt' in window") is False, path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        assert page.evaluate(
            "[...document.querySelectorAll('.body, .viewport')]"
            ".every((one) => one.scrollWidth <= one.clientWidth + 1)"
        ), path
        assert not page.locator('img[src="x"]').count(), path
    page.goto(f"{base}/chats/{talk}")
    log = page.get_by_role("log")
    expect(log.get_by_text("example.com").last).to_be_visible()
    first = log.get_by_text(MARKUP, exact=True).first
    while not first.is_visible():  # only what is near the eye is drawn
        log.press("PageUp")
    expect(log.get_by_text(re.compile("^W+$"))).to_be_attached()
    assert page.locator('a[href^="javascript:"]').count() == 0
    assert page.evaluate("'hurt' in window") is False
