"""The console: an owner runs a shop, and nobody else's."""

import csv
import http.server
import io
import threading
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from hutong.testing import Person, Server
from tests.browser.conftest import WEB


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    if not WEB.exists():
        pytest.skip("the web client is not built: scripts/setup builds it")
    with Server(home=tmp_path_factory.mktemp("home")) as running:
        yield running


@pytest.fixture(scope="module")
def buyer(server: Server) -> Person:
    return server.person("linwan")


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    with browser.new_context(locale="en-US", viewport={"width": 1280, "height": 860}) as opened:
        yield opened


@pytest.fixture
def page(server: Server, context: BrowserContext) -> Page:
    """The console, entered as the tea shop's owner."""
    opened = context.new_page()
    _enter(opened, server, "沈梅")
    return opened


def _enter(page: Page, server: Server, nickname: str) -> None:
    page.goto(f"{server.url}/console")
    page.get_by_role("button", name=nickname).click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def _paid(server: Server, buyer: Person, number: str, amount: int = 3600) -> None:
    """An order of the tea shop, by its merchant's own signed call, paid by the buyer."""
    shop, program = server.merchants[0], server.mini_programs[0]
    answer = shop.call(
        "POST",
        "/v3/pay/transactions/native",
        {
            "appid": program.appid,
            "mchid": shop.mchid,
            "description": "肉桂乌龙 两杯",
            "out_trade_no": number,
            "notify_url": "http://127.0.0.1:9/notify",
            "amount": {"total": amount},
        },
    )
    assert answer.status_code == 200, answer.text
    buyer.confirm(answer.json()["code_url"])
    server.clock.settle()


def test_an_owner_sees_the_order_and_gives_back_the_price_of_a_cup(
    server: Server, buyer: Person, page: Page
) -> None:
    _paid(server, buyer, "TEA-CONSOLE-1")
    before = buyer.balance
    mchid = server.merchants[0].mchid
    page.goto(f"{server.url}/console/merchants/{mchid}")
    expect(page.locator(".figure").filter(has_text="Taken today")).to_contain_text("¥36.00")
    page.get_by_role("link", name="See orders").click()
    row = page.locator("tbody tr").filter(has_text="TEA-CONSOLE-1")
    expect(row).to_contain_text("林晚")
    row.click()
    page.get_by_role("button", name="Refund").click()
    amount = page.locator("input[name=amount]")
    expect(amount).to_have_value("36.00")
    amount.fill("36.01")
    expect(page.get_by_text("Give an amount from 0.01")).to_be_visible()
    amount.fill("18")
    page.get_by_role("button", name="Give back ¥18.00").click()
    expect(page.locator(".panel").get_by_text("Returned")).to_be_visible()
    assert buyer.balance == before + 1800
    page.keyboard.press("Escape")
    expect(row).to_contain_text("Refunded")
    server.clock.settle()
    page.goto(f"{server.url}/console/merchants/{mchid}")
    expect(page.locator(".figure").filter(has_text="Given back today")).to_contain_text("¥18.00")
    page.goto(f"{server.url}/console/acts")
    expect(page.locator("tbody tr").first).to_contain_text("refunded")


def test_filters_stand_in_the_address_and_the_table_leaves_as_a_file(
    server: Server, buyer: Person, page: Page
) -> None:
    _paid(server, buyer, "TEA-CONSOLE-2", 500)
    page.goto(f"{server.url}/console/merchants/{server.merchants[0].mchid}/orders")
    page.locator("input[name=number]").fill("TEA-CONSOLE-2")
    page.keyboard.press("Enter")
    expect(page.locator("tbody tr")).to_have_count(1)
    assert "number=TEA-CONSOLE-2" in page.url
    with page.expect_download() as saved:
        page.get_by_role("button", name="Export CSV").click()
    text = saved.value.path().read_text("utf-8-sig")
    (line,) = csv.DictReader(io.StringIO(text))
    assert (line["out_trade_no"], line["Amount"], line["Payer"]) == ("TEA-CONSOLE-2", "5", "林晚")
    page.goto(f"{page.url.split('?')[0]}?state=CLOSED")
    expect(page.get_by_text("No order fits.")).to_be_visible()


def test_a_notification_shows_why_nobody_took_it(server: Server, buyer: Person, page: Page) -> None:
    _paid(server, buyer, "TEA-CONSOLE-3", 100)
    page.goto(f"{server.url}/console/merchants/{server.merchants[0].mchid}/notifications?state=PENDING")
    page.locator("tbody tr").filter(has_text="TEA-CONSOLE-3").click()
    tries = page.locator(".tries li")
    expect(tries).not_to_have_count(0)
    count = tries.count()
    page.get_by_role("button", name="Send again").click()
    expect(tries.nth(count)).to_be_visible()
    expect(page.locator(".panel")).to_contain_text("TRANSACTION.SUCCESS")


class Echo(http.server.BaseHTTPRequestHandler):
    """A developer's server that first wraps the echo in HTML, as many do, and then learns."""

    wrapped = True

    def do_GET(self) -> None:
        told = parse_qs(urlsplit(self.path).query)["echostr"][0]
        body = (f"<p>{told}</p>" if type(self).wrapped else told).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None: ...


def test_a_push_address_is_checked_step_by_step(server: Server, page: Page) -> None:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echo) as developer:
        threading.Thread(target=developer.serve_forever, daemon=True).start()
        page.goto(f"{server.url}/console/accounts/{server.official_accounts[0].appid}/push")
        page.locator("input[name=url]").fill(f"http://127.0.0.1:{developer.server_port}/wx")
        for draw in page.get_by_role("button", name="Draw one").all():
            draw.click()
        page.get_by_role("button", name="Check and use").click()
        expect(page.get_by_text("Refused").first).to_be_visible()
        steps = page.locator(".steps li")
        expect(steps.nth(2)).to_have_class("passed")
        expect(steps.nth(3)).to_have_class("failed")
        expect(steps.nth(3)).to_contain_text("<p>")
        expect(page.get_by_text("None. Messages stay")).to_be_visible()
        Echo.wrapped = False
        page.get_by_role("button", name="Check and use").click()
        expect(steps.nth(3)).to_have_class("passed")
        expect(page.locator(".sheet").first).to_contain_text("/wx")
        developer.shutdown()


def test_a_menu_is_edited_and_a_bad_address_keeps_what_was_typed(server: Server, page: Page) -> None:
    page.goto(f"{server.url}/console/accounts/{server.official_accounts[1].appid}/menu")
    page.get_by_role("button", name="Add a button", exact=True).click()
    page.locator("input[name=name]").fill("找书")
    page.get_by_label("When tapped").select_option("view")
    page.locator("input[name=url]").fill("javascript:alert(1)")
    page.get_by_role("button", name="Save and publish").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator("input[name=url]")).to_have_value("javascript:alert(1)")
    page.locator("input[name=url]").fill("https://books.example/")
    page.get_by_role("button", name="Save and publish").click()
    expect(page.get_by_text("Published")).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name="找书", exact=True)).to_be_visible()


def test_keys_are_told_once(server: Server, page: Page) -> None:
    page.goto(f"{server.url}/console/merchants/{server.merchants[2].mchid}/keys")
    page.get_by_role("button", name="Issue a certificate").click()
    expect(page.get_by_text("Shown this once")).to_be_visible()
    expect(page.locator("pre").filter(has_text="BEGIN PRIVATE KEY")).to_be_visible()
    page.get_by_role("button", name="I have kept it").click()
    expect(page.get_by_text("BEGIN PRIVATE KEY")).to_have_count(0)
    expect(page.get_by_role("button", name="Revoke")).to_have_count(2)


def test_a_code_is_drawn(server: Server, page: Page) -> None:
    page.goto(f"{server.url}/console/programs/{server.mini_programs[0].appid}/code")
    page.get_by_role("button", name="Draw").click()
    picture = page.get_by_alt_text("Program code with scene table-12")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.naturalWidth") == 560


@pytest.mark.shows("MIN-02")
def test_a_sheet_of_codes_is_printed_each_with_its_scene(server: Server, page: Page) -> None:
    page.goto(f"{server.url}/console/programs/{server.mini_programs[0].appid}/code")
    page.locator("input[name=scene]").fill("table-{n}")
    page.locator("input[name=last]").fill("4")
    page.get_by_role("button", name="Draw").click()
    sheet = page.get_by_role("list", name="Sheet to print").get_by_role("listitem")
    expect(sheet).to_have_count(4)
    expect(sheet.last).to_contain_text("table-4")
    expect(page.get_by_role("button", name="Print")).to_be_enabled()
    page.emulate_media(media="print")  # nothing but the codes is on the paper
    expect(sheet.first).to_be_visible()
    expect(page.get_by_role("button", name="Print")).to_be_hidden()
    expect(page.get_by_role("navigation")).to_be_hidden()
    page.emulate_media(media="screen")


def test_a_stranger_owns_nothing_here_and_an_address_of_another_s_shows_nothing(
    server: Server, context: BrowserContext
) -> None:
    page = context.new_page()
    _enter(page, server, "马晓")
    expect(page.get_by_text("You work for no organisation yet.")).to_be_visible()
    page.goto(f"{server.url}/console/merchants/{server.merchants[0].mchid}/orders")
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator("tbody tr")).to_have_count(0)


def test_a_member_s_role_decides_what_is_offered(server: Server, page: Page) -> None:
    page.goto(f"{server.url}/console/members")
    page.locator("input[name=username]").fill("sunwei")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("tbody tr").filter(has_text="孙伟")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="孙伟").click()
    page.get_by_label("Organisation").select_option(label="灯笼胡同商铺")
    expect(page.get_by_role("link", name="Members and roles")).to_be_visible()
    expect(page.get_by_role("link", name="Record of acts")).to_have_count(0)
    expect(page.get_by_role("button", name="New merchant")).to_have_count(0)


def test_a_package_that_is_none_is_refused_and_what_was_typed_stays(server: Server, page: Page) -> None:
    page.goto(f"{server.url}/console/programs/{server.mini_programs[1].appid}")
    page.get_by_role("button", name="Upload").click()
    page.locator("input[name=package]").set_input_files(
        {"name": "program.zip", "mimeType": "application/zip", "buffer": b"not a zip"}
    )
    page.locator("input[name=number]").fill("9.9.9")
    page.locator(".t-dialog__footer").get_by_role("button", name="Upload").click()
    expect(page.get_by_role("alert")).to_have_text("The package cannot be unpacked.")
    expect(page.locator("input[name=number]")).to_have_value("9.9.9")
    expect(page.locator("tbody tr").filter(has_text="9.9.9")).to_have_count(0)
