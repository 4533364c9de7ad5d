"""The desk: people's phones, what passes between them and a shop's own server, and the builder's tools."""

import json
import secrets
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from hutong.testing import Server
from tests.browser.conftest import WEB
from tests.loop.shop import TeaShop
from tests.loop.test_teashop_loop import Customer

PAY = "/v3/pay/transactions/native"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TeaShop]:
    """The demo world with the tea shop's own server beside it, where one order was paid."""
    if not WEB.exists():
        pytest.skip("the web client is not built: scripts/setup builds it")
    with (
        Server(home=tmp_path_factory.mktemp("home")) as server,
        TeaShop(server, tmp_path_factory.mktemp("shop"), public_key=False) as running,
    ):
        yield running


@pytest.fixture(scope="module")
def order(shop: TeaShop) -> str:
    return _an_order(shop)


def _an_order(shop: TeaShop) -> str:
    """The number of an order that Lin Wan placed in the shop's program and paid."""
    buyer = Customer(shop, shop.server.person("linwan"))
    number = buyer.order()
    buyer.person.confirm(buyer.package(number))
    shop.server.clock.settle()
    return number


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    with browser.new_context(locale="en-US", viewport={"width": 1440, "height": 900}) as opened:
        yield opened


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


def _unsigned_line_end(shop: TeaShop) -> None:
    """A call whose text to sign lacks its last line end."""
    merchant = shop.merchant
    body = json.dumps({"mchid": merchant.mchid, "out_trade_no": "TEA-BROKEN"})
    stamp, nonce = str(int(time.time())), secrets.token_hex(16)
    signature = merchant._sign(f"POST\n{PAY}\n{stamp}\n{nonce}\n{body}")
    token = (
        f'mchid="{merchant.mchid}",nonce_str="{nonce}",signature="{signature}",'
        f'timestamp="{stamp}",serial_no="{merchant.serial_no}"'
    )
    answer = httpx.post(
        f"{shop.server.url}/pay{PAY}",
        content=body,
        headers={"content-type": "application/json", "authorization": f"WECHATPAY2-SHA256-RSA2048 {token}"},
        trust_env=False,
    )
    assert answer.status_code == 401


def test_everything_from_a_tap_to_the_callback_passes_in_one_lane(
    shop: TeaShop, order: str, page: Page
) -> None:
    page.goto(f"{shop.server.url}/desk?subject=order:{order}")
    lane = page.get_by_role("region", name="What is happening in the street")
    steps = lane.get_by_role("listitem")
    told = [
        "云间茶铺's server places an order",
        "林晚 comes to the cashier",
        "林晚 enters the PIN and pays",
        "Hutong tells 云间茶铺 the result, encrypted",
    ]
    expect(steps.filter(has_text="Hutong tells")).to_be_visible()
    seen = [text for text in steps.all_inner_texts() if any(text.startswith(words) for words in told)]
    assert [next(w for w in told if text.startswith(w)) for text in seen] == told

    # What happens now comes by itself, whichever order it is about.
    page.goto(f"{shop.server.url}/desk")
    newer = _an_order(shop)
    expect(steps.filter(has_text=newer).filter(has_text="Hutong tells")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="Books balance 0.00")).to_be_visible()
    expect(page.get_by_role("complementary", name="Try:")).to_contain_text(newer)


def test_a_signature_that_does_not_fit_names_its_culprit_to_the_byte(shop: TeaShop, page: Page) -> None:
    page.goto(f"{shop.server.url}/desk")
    _unsigned_line_end(shop)
    step = page.get_by_role("listitem").filter(has_text="See the difference").last
    expect(step).to_contain_text("line end")
    expect(page.get_by_role("complementary", name="Try:")).to_contain_text("signature")
    step.get_by_role("button").first.click()
    panel = page.get_by_role("tabpanel")
    expect(panel).to_contain_text("built by the server")
    expect(panel.locator("del")).to_contain_text("↵")
    page.get_by_role("tab", name="Request").click()
    expect(panel).to_contain_text("TEA-BROKEN")
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)


def test_four_people_stand_side_by_side_through_a_reload(shop: TeaShop, page: Page) -> None:
    page.goto(f"{shop.server.url}/desk")
    for name in ("沈梅", "陈浩"):
        page.get_by_label("Put down another phone").select_option(label=name)
    people = {"linwan": "林晚", "zhoujun": "周俊", "shenmei": "沈梅", "chenhao": "陈浩"}

    def all_stand() -> None:
        for username, nickname in people.items():
            expect(page.get_by_role("region", name=f"{nickname}'s phone")).to_be_visible()
            frame = page.frame_locator(f"iframe[src='/p/{username}/']")
            expect(frame.locator("body")).not_to_be_empty()
        kept = page.evaluate(
            "names => names.map(name => JSON.parse(localStorage.getItem(`hutong.${name}.session`)).user_id)",
            list(people),
        )
        assert len(set(kept)) == len(people), "each phone is somebody else's"

    all_stand()
    tokens = page.evaluate("Object.keys(localStorage).filter(key => key.endsWith('.session')).length")
    page.reload()
    all_stand()
    assert page.evaluate("Object.keys(localStorage).filter(key => key.endsWith('.session')).length") == tokens
    page.get_by_role("region", name="陈浩's phone").get_by_label("Put this phone away").click()
    expect(page.get_by_role("region", name="陈浩's phone")).to_have_count(0)


def test_calls_are_found_by_filters_that_stand_in_the_address(shop: TeaShop, order: str, page: Page) -> None:
    page.goto(f"{shop.server.url}/desk/calls")
    page.get_by_placeholder("About: order:…").fill(f"order:{order}")
    page.keyboard.press("Enter")
    expect(page.locator("tbody tr").filter(has_text=order).first).to_be_visible()
    expect(page.locator("tbody tr").filter(has_not_text=order)).to_have_count(0)
    assert f"subject=order:{order}" in page.url
    page.get_by_label("Direction").select_option(label="Out")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.reload()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.locator("tbody tr").first.click()
    expect(page.get_by_role("tab", name="Decrypted")).to_be_visible()
    page.go_back()


def test_a_lost_callback_is_sent_again_by_hand(shop: TeaShop, page: Page) -> None:
    buyer = Customer(shop, shop.server.person("linwan"))
    number = buyer.order()
    package = buyer.package(number)
    shop.close()
    buyer.person.confirm(package)
    shop.server.clock.settle()
    page.goto(f"{shop.server.url}/desk/faults")
    late = page.get_by_role("link").filter(has_text="/notify/pay")
    expect(late).to_contain_text("Waiting")
    late.click()
    expect(page.get_by_text("no answer")).to_be_visible()
    shop.open()
    page.get_by_role("button", name="Send again").click()
    expect(page.locator(".tries li")).to_have_count(2)
    expect(page.locator(".panel").get_by_text("Delivered")).to_be_visible()
    assert buyer.state(number) == "paid"


def test_time_is_turned_and_stopped_from_the_bar(shop: TeaShop, page: Page) -> None:
    page.goto(f"{shop.server.url}/desk/keys")
    before = shop.server.clock.now()
    page.get_by_title("The sandbox's clock").click()
    page.get_by_role("button", name="+1 hour").click()
    expect(page.get_by_text("ahead of real time")).to_be_visible()
    assert shop.server.clock.now() - before >= 3_600_000
    page.get_by_role("button", name="Stop the clock").click()
    expect(page.get_by_text("Clock stopped")).to_be_visible()
    assert shop.server.clock.now() == shop.server.clock.now()
    page.get_by_role("button", name="Let the clock run").click()
    expect(page.get_by_text("Clock stopped")).to_have_count(0)


def test_keys_are_hidden_until_asked_for_and_the_ways_in_hold_them(shop: TeaShop, page: Page) -> None:
    page.goto(f"{shop.server.url}/desk/keys")
    secret = shop.program.secret
    expect(page.get_by_text("hutong run -- python shop.py")).to_be_visible()
    expect(page.get_by_text(secret, exact=True)).to_have_count(0)
    card = page.locator("article").filter(has_text=shop.program.appid)
    card.get_by_role("button", name="Show").click()
    expect(card.get_by_text(secret, exact=True)).to_be_visible()
    page.get_by_role("tab", name="wechatpy").click()
    expect(page.locator(".point pre")).to_contain_text(f"{shop.server.url}/mp/cgi-bin/")


def test_a_server_that_is_away_is_told_and_found_again(
    shop: TeaShop, context: BrowserContext, page: Page
) -> None:
    page.goto(f"{shop.server.url}/desk")
    expect(page.get_by_role("listitem").first).to_be_visible()
    context.set_offline(True)
    expect(page.get_by_text("The connection to the server is cut")).to_be_visible()
    context.set_offline(False)
    expect(page.get_by_text("The connection to the server is cut")).to_have_count(0, timeout=15_000)


def test_keys_of_the_demo_world_are_nobody_else_s_business(shop: TeaShop) -> None:
    answer = httpx.get(
        f"{shop.server.url}/api/desk/demo", headers={"origin": "http://shop.example"}, trust_env=False
    )
    assert answer.status_code == 401


def test_files_named_on_the_page_are_there(shop: TeaShop) -> None:
    for merchant in shop.server.demo["merchants"]:
        assert Path(merchant["private_key_file"]).is_file()
