"""The dev tools: a newcomer's path from an empty folder to a program everybody opens, and what the panels show."""

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image
from playwright.sync_api import Browser, FrameLocator, Page, expect

from hutong.kernel.compiler import BUNDLE
from hutong.server import cli
from hutong.testing.server import Server

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(
    not BUNDLE.exists(), reason="the runtime is not built; scripts/setup builds it"
)
WAIT_MS = 30_000
TODAY = "What would you like today?"


@pytest.fixture(scope="module")
def hutong() -> Iterator[Server]:
    with Server() as server:
        yield server


class Workshop:
    """`hutong app dev` in a process of its own."""

    def __init__(self, folder: Path, home: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "hutong.server.cli", "app", "dev", str(folder), "--home", str(home)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
        )
        self.said = ""
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.said += line

    def find(self, pattern: str) -> str:
        """The first group of what it says, once it has said it."""
        ends = time.monotonic() + WAIT_MS / 1000
        while (found := re.search(pattern, self.said)) is None:
            assert time.monotonic() < ends, f"never said {pattern}: {self.said}"
            assert self._process.poll() is None, self.said
            time.sleep(0.02)
        return found.group(1)

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(timeout=20)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("work") / "shop"
    assert cli.main(["app", "new", str(folder)]) == 0
    return folder


@pytest.fixture(scope="module")
def workshop(hutong: Server, shop: Path) -> Iterator[Workshop]:
    running = Workshop(shop, hutong.home)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def page(browser: Browser, hutong: Server, workshop: Workshop) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 860}, locale="en-US")
    page = context.new_page()
    page.set_default_timeout(WAIT_MS)
    page.goto(workshop.find(r"dev tools:\s+(\S+)"))
    yield page
    context.close()


@pytest.fixture(scope="module")
def program(page: Page) -> FrameLocator:
    """The program's own frame, within the app's, within the dev tools."""
    frame = page.frame_locator("iframe").frame_locator("iframe")
    expect(frame.get_by_text(TODAY)).to_be_visible(timeout=WAIT_MS)
    return frame


def panel(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name, exact=True).click()


def test_a_change_is_seen_and_what_the_page_holds_stays(
    hutong: Server, shop: Path, workshop: Workshop, page: Page, program: FrameLocator
) -> None:
    program.get_by_text("Add", exact=True).first.click()
    expect(program.get_by_text("Total")).to_be_visible()

    def changed(file: str, old: str, new: str) -> None:
        path = shop / file
        path.write_text(path.read_text().replace(old, new))

    changed("pages/menu/menu.wxss", "font-size: 44rpx", "font-size: 60rpx")
    expect(program.locator(".hello")).to_have_css("font-size", re.compile(r"^3\d(\.\d+)?px"))
    expect(program.get_by_text("Total")).to_be_visible()

    changed("pages/menu/menu.wxml", "{{words.hello}}", "{{words.hello}} ☕")
    expect(program.get_by_text(f"{TODAY} ☕")).to_be_visible()
    expect(program.get_by_text("Total")).to_be_visible()

    changed("pages/menu/menu.js", "What would you like today?", "What shall it be?")
    expect(program.get_by_text("What shall it be? ☕")).to_be_visible()
    expect(program.get_by_text("Total")).to_have_count(0)
    for how in ("styles", "templates", "relaunch"):
        workshop.find(rf"compiled in (\d+) ms: {how}")

    changed("pages/menu/menu.wxml", "☕", "{{☕")
    expect(page.get_by_text("mistakes; the last good version runs")).to_be_visible()
    expect(page.get_by_role("button", name="pages/menu/menu.wxml:4")).to_be_visible()
    changed("pages/menu/menu.wxml", "{{☕", "☕")
    expect(page.get_by_text("mistakes; the last good version runs")).to_have_count(0)
    expect(program.get_by_text("What shall it be? ☕")).to_be_visible()


def test_the_panels_show_the_running_program_and_change_it(page: Page, program: FrameLocator) -> None:
    panel(page, "Console")
    asked = page.get_by_label("An expression")
    asked.fill("(console.log('said', {a: 1}), getCurrentPages()[0].data.count)")
    asked.press("Enter")
    log = page.get_by_role("log")
    expect(log.get_by_text("said", exact=True)).to_be_visible()
    expect(log.locator(".answer")).to_have_text(re.compile("0"))

    panel(page, "AppData")
    words = page.get_by_label("total", exact=True)
    expect(words).to_have_value("0")
    page.get_by_label("count", exact=True).fill("3")
    words.click()
    expect(program.get_by_text("Total")).to_be_visible()

    panel(page, "WXML")
    page.get_by_role("button", name=re.compile('<view.class="hello"')).click()
    page.get_by_label("class", exact=True).fill("price")
    page.get_by_label("class", exact=True).press("Tab")
    expect(program.locator(".hello")).to_have_count(0)

    panel(page, "Storage")
    page.get_by_label("Key").fill("seen")
    page.get_by_label("Value").fill('{"times":2}')
    page.get_by_role("button", name="Set", exact=True).click()
    expect(page.get_by_label("seen")).to_have_value('{"times":2}')

    panel(page, "Performance")
    expect(page.get_by_text(re.compile(r"[1-9]\d* updates"))).to_be_visible()

    panel(page, "Sources")
    page.get_by_role("searchbox").fill("charcoal oven")
    page.get_by_role("button", name=re.compile("goods.js:8")).click()
    expect(page.locator("code.marked")).to_contain_text("From a charcoal oven")

    panel(page, "Console")
    asked.fill("wx.request({ url: 'http://127.0.0.1:9/none' })")
    asked.press("Enter")
    panel(page, "Network")
    expect(page.get_by_text("GET http://127.0.0.1:9/none")).to_be_visible()
    panel(page, "Bridge")
    expect(page.get_by_text(re.compile("^request "))).to_be_visible()
    panel(page, "Audits")
    expect(page.get_by_role("button", name="Look again")).to_be_visible()


def test_an_error_is_shown_with_the_line_it_comes_from(shop: Path, page: Page, program: FrameLocator) -> None:
    panel(page, "Console")
    path = shop / "pages/dish/dish.js"
    program.get_by_text("Add", exact=True).first.click()
    expect(program.get_by_text("Total")).to_be_visible()
    path.write_text(path.read_text().replace("    if (!dish)", "    this.missing.thing()\n    if (!dish)"))
    expect(program.get_by_text("Total")).to_have_count(0)  # it was started again
    program.get_by_text("Jasmine tea").click()
    where = page.get_by_role("log").get_by_role("button", name="pages/dish/dish.js:6")
    where.first.click()
    expect(page.locator("code.marked")).to_contain_text("this.missing.thing()")
    path.write_text(path.read_text().replace("    this.missing.thing()\n", ""))


def test_a_phone_elsewhere_joins_with_the_code_and_a_stranger_does_not(
    hutong: Server, workshop: Workshop, browser: Browser, page: Page
) -> None:
    address = workshop.find(r"of a member:\s+(\S+)")

    def a_phone(username: str) -> Page:
        person = next(one for one in hutong.demo["users"] if one["username"] == username)
        context = browser.new_context(viewport={"width": 390, "height": 844}, locale="en-US")
        phone = context.new_page()
        phone.goto(address)
        phone.get_by_label(re.compile("name", re.I)).first.fill(username)
        phone.get_by_label(re.compile("password", re.I)).first.fill(person["password"])
        phone.get_by_label(re.compile("password", re.I)).first.press("Enter")
        return phone

    phone = a_phone("shenmei")
    expect(phone.frame_locator("iframe").get_by_text("What shall it be? ☕")).to_be_visible(timeout=WAIT_MS)
    expect(page.get_by_role("combobox", name="Device", exact=True).locator("option")).to_have_count(2)
    phone.context.close()
    stranger = a_phone("linwan")
    expect(stranger.get_by_role("alert").or_(stranger.get_by_role("status")).first).to_be_visible()
    expect(stranger.frame_locator("iframe").get_by_text("What shall it be? ☕")).to_have_count(0)
    stranger.context.close()


def test_dev_tools_are_no_part_of_a_production_home(tmp_path: Path) -> None:
    with Server(home=tmp_path / "home", demo=False, options=["--production"]) as server:
        for path in (
            "/devtools/abc",
            "/run/frame-dev.html",
            "/run/frame-dev.js",
            "/run/dev-abc/manifest.json",
        ):
            assert httpx.get(server.url + path).status_code == 404, path
        answer: Any = httpx.get(
            server.url + "/devtools/socket",
            headers={
                "connection": "upgrade",
                "upgrade": "websocket",
                "sec-websocket-version": "13",
                "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
            },
        )
        assert answer.status_code in (403, 404)


def test_what_was_changed_is_given_to_everybody(
    hutong: Server, shop: Path, workshop: Workshop, browser: Browser, capsys: pytest.CaptureFixture[str]
) -> None:
    """The rest of the newcomer's path: preview, upload, release, open."""
    workshop.find(r"(compiled)")
    for act in ("preview", "upload", "release"):
        assert cli.main(["app", act, str(shop), "--home", str(hutong.home)]) == 0, capsys.readouterr().err
    address = re.findall(r"(http\S+/programs/\w+)\s", capsys.readouterr().out)[-1]
    person = next(one for one in hutong.demo["users"] if one["username"] == "linwan")
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="en-US")
    phone = context.new_page()
    phone.goto(address)
    phone.get_by_label(re.compile("name", re.I)).first.fill("linwan")
    phone.get_by_label(re.compile("password", re.I)).first.fill(person["password"])
    phone.get_by_label(re.compile("password", re.I)).first.press("Enter")
    expect(phone.frame_locator("iframe").locator(".hello")).to_be_visible(timeout=WAIT_MS)
    assert "/run/frame.html" in {re.sub(r"^https?://[^/]+", "", frame.url) for frame in phone.frames}
    context.close()


@pytest.mark.skipif(not (ROOT / "node_modules/miniprogram-automator").exists(), reason="npm ci installs it")
def test_the_published_automation_client_drives_the_program(
    workshop: Workshop, program: FrameLocator, tmp_path: Path
) -> None:
    endpoint = workshop.find(r"miniprogram-automator:\s+(\S+)")
    picture = tmp_path / "page.png"
    script = ROOT / "tests/browser/automation.cjs"
    done = subprocess.run(
        ["node", str(script), endpoint, str(picture)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout == "driven\n", done.stderr
    with Image.open(picture) as drawn:
        # The tea's own colour covers a good part of the page.
        assert drawn.convert("RGB").getpixel((60, 200)) == (0x5F, 0x8F, 0x78)
