"""A device in a shop: opened by its ticket, ordered on, paid from a phone, bound anew from the console."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, FrameLocator, Locator, Page, expect

from hutong.kernel.compiler import BUNDLE
from hutong.testing import Person, Server
from tests.browser.test_paying import enter
from tests.browser.test_program_loop import TDESIGN, release
from tests.loop.shop import TeaShop, free_port

pytestmark = pytest.mark.skipif(
    not BUNDLE.exists() or not TDESIGN.exists(), reason="the runtime is not built; scripts/setup builds it"
)

SLOW_MS = 20_000  # two browsers, a server and a shop on one machine


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    # It keeps its port when it starts anew, so that whoever knows it finds it again.
    with Server(home=tmp_path_factory.mktemp("home"), options=["--port", str(free_port())]) as running:
        yield running


@pytest.fixture(scope="module")
def shop(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TeaShop]:
    with TeaShop(server, tmp_path_factory.mktemp("shop"), public_key=True) as running:
        release(server, running)
        yield running


@pytest.fixture
def screen(browser: Browser) -> Iterator[BrowserContext]:
    with browser.new_context(locale="en-US", viewport={"width": 1080, "height": 1920}) as opened:
        yield opened


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    with browser.new_context(locale="en-US", viewport={"width": 390, "height": 844}) as opened:
        yield opened


# Waits for the last thing said to have these words.
SAID = """({ words, longest }) => new Promise((heard, never) => {
  const since = performance.now()
  const look = () => {
    if (said.at(-1)?.includes(words)) heard(said.at(-1))
    else if (performance.now() - since > longest) never(new Error(`not said: ${words} of ${said.join(' | ')}`))
    else requestAnimationFrame(look)
  }
  look()
})"""


def scan(page: Page, server: Server, person: Person, code: Locator, folder: Path) -> None:
    """Read the code on the other screen from a picture of it, as a phone does."""
    picture = folder / "code.png"
    code.screenshot(path=picture)
    page.goto(f"{server.url}/p/{person.username}/scan")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="From a picture").click()
    chooser.value.set_files(picture)


def program(page: Page) -> FrameLocator:
    return page.frame_locator("iframe")


@pytest.mark.shows("CON-09", "MIN-17", "MIN-18")
def test_a_device_takes_an_order_that_a_phone_pays_and_shows_what_it_is_bound_to(
    screen: BrowserContext, phone: BrowserContext, server: Server, shop: TeaShop, tmp_path: Path
) -> None:
    fridge, ann, owner = server.demo["devices"][0], server.user("Ann"), server.person("shenmei")
    page, hand = screen.new_page(), enter(phone, server, ann)
    page.goto(f"{server.url}/kiosk?device={fridge['ticket']}")
    expect(program(page).locator(".goods")).to_have_count(4, timeout=SLOW_MS)
    expect(program(page).get_by_text("Mountain oolong")).to_be_visible()
    # The ticket is kept by the page, and stands in no address.
    assert re.fullmatch(rf"{server.url}/kiosk/\d+", page.url)
    page.reload()
    expect(program(page).locator(".goods")).to_have_count(4, timeout=SLOW_MS)

    # An order begun here is paid on the phone.
    frame = program(page)
    frame.locator(".goods .t-button").first.click()
    frame.get_by_text("Large").first.click()
    frame.get_by_text("Pearls").first.click()
    frame.locator("#done .t-button").click()
    frame.locator("#checkout .t-button").click()
    asked = page.get_by_role("dialog", name="Scan with Hutong and pay on your phone")
    # Given up here, the page hears of it, and may ask again.
    asked.get_by_role("button", name="Cancel").click()
    expect(asked).to_be_hidden(timeout=SLOW_MS)
    expect(frame.locator("#state")).to_have_text("To pay", timeout=SLOW_MS)
    frame.get_by_text("Pay now").click()
    expect(asked).to_contain_text("¥23.00", timeout=SLOW_MS)
    scan(hand, server, ann, asked.get_by_role("img", name="Code to pay"), tmp_path)
    cashier = hand.get_by_role("dialog", name="Payment")
    expect(cashier).to_contain_text("23.00", timeout=SLOW_MS)
    hand.keyboard.type(ann.pay_pin)
    expect(cashier.get_by_role("status")).to_contain_text("Paid", timeout=SLOW_MS)
    expect(asked).to_be_hidden(timeout=SLOW_MS)
    expect(frame.locator("#state")).to_have_text("Being made", timeout=SLOW_MS)
    assert ann.balance == 50_000 - 2300

    # Its page goes to the phone that scans the corner: first it asks for one, then it sends at once.
    page.get_by_role("button", name="Start over").click()
    expect(program(page).locator("#state")).to_have_count(0, timeout=SLOW_MS)
    expect(program(page).locator(".goods")).to_have_count(4, timeout=SLOW_MS)
    page.get_by_role("button", name="Send to phone").click()
    card = page.get_by_role("dialog", name="Send to phone")
    expect(card).to_be_visible(timeout=SLOW_MS)
    scan(hand, server, ann, card.get_by_role("img", name="This device's code"), tmp_path)
    hand.get_by_role("button", name="Link this phone").click()
    expect(hand.get_by_text("Linked for 10 more min")).to_be_visible(timeout=SLOW_MS)
    expect(card).to_be_hidden(timeout=SLOW_MS)
    hand.goto(f"{server.url}/p/{ann.username}/")
    hand.get_by_text("Service notices").first.click()
    expect(hand.get_by_text("Tea together?").first).to_be_visible(timeout=SLOW_MS)

    # The server goes and comes back; an admin binds the device to another program: nobody touches it.
    server.restart()
    headers = {"authorization": f"Bearer {owner.token}"}
    mine = httpx.get(f"{server.url}/api/console/organisations", headers=headers).json()["organisations"]
    devices = f"{server.url}/api/console/organisations/{mine[0]['org_id']}/devices"
    device = httpx.get(devices, headers=headers).json()["devices"][0]
    assert device["name"] == fridge["name"]
    books = server.mini_programs[1]
    bound = httpx.patch(f"{devices}/{device['device_id']}", headers=headers, json={"appid": books.appid})
    assert bound.status_code == 200, bound.text
    expect(page.locator(f'iframe[title="{books.name}"]')).to_be_visible(timeout=60_000)
    expect(program(page).get_by_text("Mountain oolong")).to_have_count(0)

    # A ticket that is replaced is worth nothing at once.
    httpx.post(f"{devices}/{device['device_id']}/ticket", headers=headers, json={})
    expect(page.get_by_role("heading", name="This device is not signed in")).to_be_visible(timeout=SLOW_MS)
    page.goto(f"{server.url}/kiosk?device={fridge['ticket']}")
    expect(page.get_by_role("heading", name="This device is not signed in")).to_be_visible(timeout=SLOW_MS)


@pytest.mark.shows("CON-09", "MIN-17")
def test_a_coupon_on_a_device_is_carried_along_on_the_phone(
    screen: BrowserContext, phone: BrowserContext, server: Server, shop: TeaShop, tmp_path: Path
) -> None:
    mirror, ann = server.demo["devices"][3], server.user("Ann")
    shop.await_coupon()
    page, hand, other = screen.new_page(), enter(phone, server, ann), phone.new_page()
    other.goto(f"{server.url}/p/{ann.username}/coupons")
    expect(other.get_by_text("No coupons yet")).to_be_visible(timeout=SLOW_MS)
    page.goto(f"{server.url}/kiosk?device={mirror['ticket']}")
    frame = program(page)
    asked = page.get_by_role("dialog", name="Scan with Hutong and take it along on your phone")
    # Given up here, the page hears of it, and may ask again.
    frame.locator("#coupon .t-button").click(timeout=SLOW_MS)
    expect(asked).to_contain_text("满20减2", timeout=SLOW_MS)
    asked.get_by_role("button", name="Cancel").click()
    expect(asked).to_be_hidden(timeout=SLOW_MS)
    expect(frame.locator("#coupon .t-button")).to_have_text("Take it")
    frame.locator("#coupon .t-button").click()
    scan(hand, server, ann, asked.get_by_role("img", name="Code to take the coupon"), tmp_path)
    expect(hand.get_by_text("hands this out")).to_be_visible(timeout=SLOW_MS)
    hand.get_by_role("button", name="Take it").click()
    expect(hand.get_by_text("It is in your card pack")).to_be_visible(timeout=SLOW_MS)

    # The device goes on as if its own guest had taken it; the person's other page shows it at once.
    expect(asked).to_be_hidden(timeout=SLOW_MS)
    expect(frame.locator("#coupon .t-button")).to_have_text("Show", timeout=SLOW_MS)
    expect(other.get_by_role("link", name="满20减2")).to_be_visible(timeout=SLOW_MS)
    hand.get_by_role("button", name="Show it").click()
    expect(hand.get_by_role("img", name="The coupon's code")).to_be_visible(timeout=SLOW_MS)

    # The shop's till redeems it, and the phone that shows it says so.
    (mine,) = ann.request("GET", "/coupons")["coupons"]
    code = ann.request("GET", f"/coupons/{mine['coupon_id']}")["code"]
    assert shop.account.call("POST", "/card/code/consume", {"code": code})["errcode"] == 0
    expect(hand.get_by_text("Used ·")).to_be_visible(timeout=SLOW_MS)
    expect(other.get_by_text("No coupons yet")).to_be_visible(timeout=SLOW_MS)


def test_a_screen_that_is_left_starts_over_for_somebody_else(
    screen: BrowserContext, server: Server, shop: TeaShop
) -> None:
    treadmill = server.demo["devices"][1]
    headers = {"authorization": f"Bearer {treadmill['ticket']}"}
    page = screen.new_page()
    page.add_init_script("const now = Date.now; window.ahead = 0; Date.now = () => now() + window.ahead")
    page.goto(f"{server.url}/kiosk?device={treadmill['ticket']}")
    expect(program(page).locator(".goods")).to_have_count(4, timeout=SLOW_MS)
    guest = httpx.get(f"{server.url}/api/device", headers=headers).json()["guest_id"]
    page.evaluate("window.ahead += 600_000")  # whom nobody has touched, nobody leaves
    asked = page.get_by_role("alertdialog", name="Are you still there?")
    expect(asked).to_be_hidden()
    program(page).locator(".goods .t-button").first.click()
    expect(program(page).get_by_text("Large").first).to_be_visible(timeout=SLOW_MS)
    page.evaluate("window.ahead += 125_000")
    asked.get_by_role("button", name="I am here").click()
    expect(asked).to_be_hidden()
    page.evaluate("window.ahead += 125_000")
    expect(asked).to_be_visible()
    with page.expect_event("load", timeout=SLOW_MS):
        page.evaluate("window.ahead += 20_000")
    assert httpx.get(f"{server.url}/api/device", headers=headers).json()["guest_id"] != guest
    expect(program(page).locator(".goods")).to_have_count(4, timeout=SLOW_MS)


@pytest.mark.shows("MIN-16")
def test_a_phone_in_a_room_reads_the_same_program_aloud_and_orders_by_its_keys(
    browser: Browser, server: Server, shop: TeaShop
) -> None:
    room = server.demo["devices"][2]
    headers = {"authorization": f"Bearer {room['ticket']}"}
    assert httpx.get(f"{server.url}/api/device", headers=headers).json()["kind"] == "PHONE"
    with browser.new_context(locale="en-US", viewport={"width": 480, "height": 860}) as opened:
        opened.add_init_script("window.said = []; speechSynthesis.speak = (one) => said.push(one.text)")
        page = opened.new_page()
        page.goto(f"{server.url}/kiosk?device={room['ticket']}")
        page.wait_for_url(re.compile(r"/kiosk/\d+"))
        page.get_by_role("button", name="Pick up").click(timeout=SLOW_MS)

        def hear(words: str) -> str:
            """The last thing said, once it has these words."""
            return str(page.evaluate(SAID, {"words": words, "longest": SLOW_MS}))

        def choose(words: str) -> None:
            """Press the key it says, after those for more choices if need be."""
            offer = re.compile(rf"For [^,]*{re.escape(words)}[^,]*, press (\d)")
            for _ in range(6):
                if found := offer.search(hear("press")):
                    return page.keyboard.press(found[1])
                page.evaluate("said.pop()")
                page.keyboard.press("0")
            raise AssertionError(f"{words} is not offered: {page.evaluate('said')}")

        hear("Open daily")
        choose("Mountain oolong")
        hear("Toppings")
        choose("Large")
        choose("Add to")
        hear("Mountain oolong")
        choose("Check out")
        said = hear("Scan with Hutong")
        assert "¥21.00" in said
        # The last word is said again, and the order is given up, by the keys.
        page.keyboard.press("#")
        page.keyboard.press("*")
        hear("To pay")
        # Whoever lifts it next is somebody else.
        with page.expect_event("load", timeout=SLOW_MS):
            page.get_by_role("button", name="Hang up").click()
        page.get_by_role("button", name="Pick up").click(timeout=SLOW_MS)
        hear("Open daily")


def test_an_owner_registers_a_device_and_takes_it_off_the_list(
    browser: Browser, server: Server, shop: TeaShop
) -> None:
    owner = server.person("shenmei")
    with browser.new_context(locale="en-US", viewport={"width": 1280, "height": 800}) as desk:
        page = desk.new_page()
        page.goto(f"{server.url}/console/devices")
        page.fill("input[name=username]", owner.username)
        page.fill("input[name=password]", owner.password)
        page.keyboard.press("Enter")
        page.fill("input[name=name]", "Front counter")
        page.select_option("select[name=kind]", label="Counter screen")
        page.select_option("select[name=program]", label=server.mini_programs[0].name)
        page.get_by_role("button", name="Add").click()
        told = page.locator(".t-dialog pre", has_text="/kiosk?device=htd_")
        address = told.inner_text()
        page.get_by_role("button", name="I have kept it").click()
        row = page.get_by_role("row", name="Front counter")
        expect(row).to_contain_text("Not yet")
        machine = desk.new_page()
        machine.goto(address)
        expect(machine.get_by_role("main", name="Front counter")).to_be_visible(timeout=SLOW_MS)
        page.reload()
        expect(row).not_to_contain_text("Not yet")
        row.get_by_role("button", name="Remove").click()
        page.locator(".t-dialog:visible").get_by_role("button", name="Remove").click()
        expect(row).to_have_count(0)
        expect(machine.get_by_role("heading", name="This device is not signed in")).to_be_visible(
            timeout=SLOW_MS
        )
