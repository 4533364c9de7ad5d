"""A coupon in the app and the console: taken in a program, shown and used, made and redeemed by hand."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from hutong.kernel.compiler import BUNDLE
from hutong.testing import Server
from tests.browser.test_app_pages import AXE
from tests.browser.test_paying import enter
from tests.browser.test_program_loop import TDESIGN, release
from tests.loop.shop import TeaShop

pytestmark = pytest.mark.skipif(
    not BUNDLE.exists() or not TDESIGN.exists(), reason="the runtime is not built; scripts/setup builds it"
)

SLOW_MS = 20_000


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(home=tmp_path_factory.mktemp("home")) as running:
        yield running


@pytest.fixture(scope="module")
def shop(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TeaShop]:
    with TeaShop(server, tmp_path_factory.mktemp("shop"), public_key=True) as running:
        release(server, running)
        running.await_coupon()
        yield running


def flaws(page: Page) -> list[str]:
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run(document, {resultTypes: ['violations'], iframes: false})")["violations"]
    return [f"{one['id']}: {node['html'][:200]}" for one in found for node in one["nodes"]]


def test_a_coupon_is_taken_in_a_program_shown_and_opens_the_program_again(
    browser: Browser, server: Server, shop: TeaShop
) -> None:
    ann = server.user("Ann")
    with browser.new_context(locale="en-US", viewport={"width": 390, "height": 844}) as phone:
        page = enter(phone, server, ann)
        page.goto(f"{server.url}/p/{ann.username}/programs/{shop.program.appid}")
        frame = page.frame_locator("iframe")
        sheet = page.get_by_role("dialog", name=f"{shop.program.name} asks")
        take = frame.locator("#coupon .t-button")
        take.click(timeout=SLOW_MS)
        expect(sheet).to_contain_text("满20减2", timeout=SLOW_MS)
        sheet.get_by_role("button", name="Cancel").click()
        expect(take).to_have_text("Take it", timeout=SLOW_MS)
        assert ann.request("GET", "/coupons")["coupons"] == []

        take.click()
        sheet.get_by_role("button", name="Take it").click(timeout=SLOW_MS)
        expect(take).to_have_text("Show", timeout=SLOW_MS)
        take.click()  # wx.openCard
        expect(page.get_by_role("img", name="The coupon's code")).to_be_visible(timeout=SLOW_MS)
        (mine,) = ann.request("GET", "/coupons")["coupons"]
        assert page.url.endswith(f"/coupons/{mine['coupon_id']}")
        assert flaws(page) == []
        page.get_by_role("button", name="去点单").click()
        expect(frame.locator(".goods")).to_have_count(4, timeout=SLOW_MS)

        # From the Me tab, to be thrown away.
        page.goto(f"{server.url}/p/{ann.username}/me")
        page.get_by_role("link", name="Cards & offers").click()
        expect(page.get_by_role("link", name="满20减2")).to_be_visible(timeout=SLOW_MS)
        assert flaws(page) == []
        page.get_by_role("link", name="满20减2").click()
        page.get_by_role("button", name="Delete coupon").click()
        page.get_by_role("dialog").get_by_role("button", name="Delete coupon").click()
        expect(page.get_by_text("No coupons yet")).to_be_visible(timeout=SLOW_MS)


def test_an_owner_makes_a_coupon_and_redeems_it_by_its_code(
    browser: Browser, server: Server, shop: TeaShop
) -> None:
    owner, bea = server.person("shenmei"), server.user("Bea")
    account = shop.account
    with browser.new_context(locale="en-US", viewport={"width": 1280, "height": 800}) as desk:
        page = desk.new_page()
        page.goto(f"{server.url}/console/accounts/{account.appid}/coupons")
        page.fill("input[name=username]", owner.username)
        page.fill("input[name=password]", owner.password)
        page.keyboard.press("Enter")
        page.get_by_role("button", name="New coupon").click()
        form = page.locator(".t-dialog:visible")
        form.locator("select[name=kind]").select_option("GIFT")
        form.locator("input[name=title]").fill("A cake on us")
        assert flaws(page) == []
        form.locator("input[name=detail]").fill("One osmanthus cake")
        form.locator("input[name=notice]").fill("Show it at the counter")
        form.locator("textarea[name=description]").fill("Once for everybody")
        form.get_by_role("button", name="Create").click()
        row = page.get_by_role("row", name="A cake on us")
        expect(row).to_contain_text("100", timeout=SLOW_MS)
        row.get_by_role("button", name="Change stock").click()
        page.locator(".t-dialog:visible input[name=by]").fill("-40")
        page.locator(".t-dialog:visible").get_by_role("button", name="Change stock").click()
        expect(row).to_contain_text("60")

        # Bea took one of the shop's own; whoever has it shows the code.
        program = shop.program
        openid = bea.login(program)
        session = shop.ask("POST", "/api/session", {"code": openid})["token"]
        card = shop.ask("POST", "/api/coupon", {}, token=session)
        asked = {"card_id": card["cardId"], "card_ext": card["cardExt"], "client_id": "1"}
        taken = bea.request("POST", f"/programs/{program.appid}/coupons", json=asked)
        code = bea.request("GET", f"/coupons/{taken['coupon_id']}")["code"]
        page.fill("input[name=code]", f"{code[:4]} {code[4:8]} {code[8:]}")
        page.get_by_role("button", name="Look it up").click()
        found = page.get_by_role("region", name="The coupon with this code")
        expect(found).to_contain_text("满20减2")
        assert flaws(page) == []
        found.get_by_role("button", name="Redeem").click()
        expect(found.get_by_role("status")).to_contain_text("Used")
        assert bea.request("GET", "/coupons")["coupons"] == []
        page.fill("input[name=code]", "000000000000")
        page.get_by_role("button", name="Look it up").click()
        expect(page.get_by_role("alert")).to_have_text("There is no such coupon.")

        row.get_by_role("button", name="Stop giving out").click()
        page.locator(".t-dialog:visible").get_by_role("button", name="Stop giving out").click()
        expect(row).to_have_count(0)
