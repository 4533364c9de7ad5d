"""A mini game in the app: a friend's card opens it, and its ranking shows the friends who agreed."""

import re
from collections.abc import Iterator
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from hutong.kernel.compiler import BUNDLE
from hutong.testing import Server
from tests.browser.conftest import WEB

WIDTH, HEIGHT = 390, 844
FIELD = 320  # what the game counts in, across
CARD = "我接住了 27 片茶叶"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    if not WEB.exists() or not BUNDLE.exists():
        pytest.skip("the web client and the runtime are not built: scripts/setup builds them")
    with Server(home=tmp_path_factory.mktemp("home")) as running:
        yield running


def shades(page: Page, top: float, bottom: float) -> int:
    """How many shades there are between two heights of the game's field."""
    scale = WIDTH / FIELD
    clip = {"x": 30, "y": top * scale, "width": WIDTH - 60, "height": (bottom - top) * scale}
    picture = Image.open(BytesIO(page.screenshot(clip=clip))).convert("L")  # type: ignore[arg-type]
    return len(picture.getcolors(256) or [])


def open_game(browser: Browser, server: Server) -> Page:
    """Lin Wan's phone in a context of its own, with the game that a friend's card opens."""
    person = server.person("linwan")
    context = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT}, locale="en-US")
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.goto(f"{server.url}/p/linwan/sign-in")
    page.fill("input[name=username]", "linwan")
    page.fill("input[name=password]", person.password)
    page.keyboard.press("Enter")
    page.locator(".line").filter(has_text=CARD).click()
    page.locator("[role=log]").get_by_text(CARD).last.click()
    return page


@pytest.mark.shows("MIN-04")
def test_a_friends_card_opens_a_game_and_friends_are_ranked(browser: Browser, server: Server) -> None:
    page = open_game(browser, server)
    expect(page.frame_locator("iframe:visible").locator("#game")).to_be_visible()
    expect(page.frame_locator("iframe:visible").locator(".h-ad-over")).to_be_visible()  # the game has drawn
    assert "/run/game.html" in {re.sub(r"^https?://[^/]+", "", frame.url) for frame in page.frames}

    scale = WIDTH / FIELD
    page.mouse.click(WIDTH / 2, (HEIGHT / scale * 0.62 + 85) * scale)  # the friends
    with page.expect_response(re.compile("/records/friends$")) as heard:
        page.get_by_role("button", name="Allow").click()
    players = heard.value.json()["players"]
    ranked = {one["nickname"]: one["KVDataList"][0]["value"] for one in players}
    assert ranked == {"吴岚": "27", "沈梅": "12"}  # 马晓 plays too, and is no friend of hers
    for _ in range(200):  # drawn in a thread of its own, at the screen's own pace
        if shades(page, 125, 225) > 60:
            break
        page.evaluate("() => new Promise(requestAnimationFrame)")
    assert shades(page, 125, 225) > 60
    page.context.close()


@pytest.mark.shows("MIN-19")
def test_an_advertisement_is_looked_at_to_its_end_and_earns_a_life(browser: Browser, server: Server) -> None:
    page = open_game(browser, server)
    game = page.frame_locator("iframe:visible")
    banner = game.locator(".h-ad-over")
    expect(banner.get_by_text("高山乌龙")).to_be_visible()
    box = banner.bounding_box()
    assert box is not None and box["y"] + box["height"] <= HEIGHT

    scale = WIDTH / FIELD
    page.mouse.click(WIDTH / 2, (HEIGHT / scale * 0.62 + 25) * scale)
    expect(banner).to_be_hidden()
    page.mouse.click(2, HEIGHT / 2)  # at the left edge nothing is caught
    top = max(158, HEIGHT / scale * 0.24)
    cover = page.get_by_role("dialog", name="Ad: 高山乌龙")
    for _ in range(2000):  # drawn at the screen's own pace
        page.mouse.click(WIDTH / 2, (top + 173) * scale)  # the first choice, once the game is over
        if cover.is_visible():
            break
        page.evaluate("() => new Promise(requestAnimationFrame)")
    expect(cover.get_by_role("timer")).to_contain_text("Reward in")
    cover.get_by_role("button", name="Close").click()
    cover.get_by_role("button", name="Go on watching").click()
    expect(cover.get_by_text("Reward earned")).to_be_visible(timeout=20_000)
    with page.expect_response(re.compile(r"/api/ads/\d+$")):
        cover.get_by_role("button", name="Close").click()
    expect(cover).to_be_hidden()
    page.context.close()

    owner = server.person("shenmei")
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-US")
    desk = context.new_page()
    desk.set_default_timeout(20_000)
    desk.goto(f"{server.url}/console")
    desk.fill("input[name=username]", "shenmei")
    desk.fill("input[name=password]", owner.password)
    desk.keyboard.press("Enter")
    desk.get_by_role("link", name="Advertisements").click()
    row = desk.get_by_role("row").filter(has_text="高山乌龙")
    expect(row.locator("td").nth(3)).to_have_text("1")
    context.close()
