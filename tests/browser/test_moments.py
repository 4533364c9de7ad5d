"""A mini program's page in moments: posted from its menu, seen by a friend, opened alone, left for the program."""

import io
import json
import zipfile
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from hutong.kernel.compiler import BUNDLE
from hutong.testing import Server
from tests.browser.conftest import WEB
from tests.browser.test_paying import enter

SLOW_MS = 20_000
PROGRAM = {
    "app.json": json.dumps({"pages": ["pages/tea/tea"]}),
    "pages/tea/tea.json": '{"navigationBarTitleText":"Tea"}',
    "pages/tea/tea.wxml": (
        "<view id='said'>{{said}}</view><view id='kept'>{{kept}}</view>"
        "<view id='login' bindtap='login'>login {{login}}</view>"
    ),
    "pages/tea/tea.js": """Page({
      data: { said: '', kept: '', login: '' },
      onLoad(query) {
        const { scene } = wx.getEnterOptionsSync()
        this.setData({ said: scene + ' cup ' + query.cup, kept: String(wx.getStorageSync('cup')) })
        wx.setStorageSync('cup', query.cup || 'none')
      },
      login() { wx.login({ complete: (r) => this.setData({ login: r.errMsg }) }) },
      onShareAppMessage() { return {} },
      onShareTimeline() { return { title: 'My tea', query: 'cup=7' } },
    })""",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    if not WEB.exists() or not BUNDLE.exists():
        pytest.skip("the web client and the runtime are not built: scripts/setup builds them")
    with Server(home=tmp_path_factory.mktemp("home")) as running:
        yield running


def phone(browser: Browser) -> BrowserContext:
    return browser.new_context(locale="en-US", viewport={"width": 390, "height": 844})


def release(server: Server, appid: str) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, body in PROGRAM.items():
            archive.writestr(name, body)
    console = f"{server.url}/api/console/apps/{appid}/versions"
    headers = {"authorization": f"Bearer {server.person('shenmei').token}"}
    files = {"package": ("p.zip", out.getvalue(), "application/zip")}
    made = httpx.post(console, headers=headers, data={"number": "3.0.0"}, files=files, timeout=60)
    assert made.status_code == 200, made.text
    done = httpx.post(f"{console}/{made.json()['version_id']}/release", headers=headers, json={})
    assert done.status_code == 200, done.text


def test_a_page_is_posted_seen_opened_alone_and_left_for_its_program(
    browser: Browser, server: Server
) -> None:
    program = server.mini_programs[0]
    release(server, program.appid)
    ann, ben = server.user("Ann"), server.user("Ben")
    ann.befriend(ben)

    hers, his = enter(phone(browser), server, ann), enter(phone(browser), server, ben)
    hers.goto(f"{server.url}/p/{ann.username}/programs/{program.appid}?path=pages/tea/tea%3Fcup%3D1")
    frame = hers.frame_locator("iframe")
    expect(frame.locator("#said")).to_have_text("1001 cup 1", timeout=SLOW_MS)
    hers.get_by_role("button", name="More").click()
    hers.get_by_role("button", name="Share to Moments").click()
    hers.fill("textarea[name=words]", "Best in the lane")
    hers.get_by_role("button", name="Post", exact=True).click()
    expect(hers.locator("textarea[name=words]")).to_have_count(0)

    his.goto(f"{server.url}/p/{ben.username}/moments")
    post = his.get_by_role("article")
    expect(post).to_contain_text("Best in the lane", timeout=SLOW_MS)
    expect(post).to_contain_text("My tea")
    post.get_by_role("link", name="My tea").click()
    alone = his.frame_locator("iframe")
    expect(alone.locator("#said")).to_have_text("1154 cup 7", timeout=SLOW_MS)
    alone.locator("#login").click()
    expect(alone.locator("#login")).to_contain_text("login:fail not allowed in single page mode")
    his.get_by_role("button", name="Go to the mini program").click()
    expect(alone.locator("#said")).to_have_text("1155 cup 7", timeout=SLOW_MS)
    expect(alone.locator("#kept")).to_have_text("")  # what it stored standing alone is nowhere
    alone.locator("#login").click()
    expect(alone.locator("#login")).to_contain_text("login:ok")
    expect(his.get_by_role("button", name="Go to the mini program")).to_have_count(0)

    # Taken back, it is gone; while somebody looks, what is new comes by itself.
    his.goto(f"{server.url}/p/{ben.username}/moments")
    ann.request("POST", "/moments", json={"client_id": "2", "text": "One more"})
    expect(his.get_by_role("article").first).to_contain_text("One more", timeout=SLOW_MS)
    hers.goto(f"{server.url}/p/{ann.username}/moments")
    hers.get_by_role("article").first.get_by_role("button", name="Delete").click()
    hers.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(hers.get_by_role("article")).to_have_count(1)
    his.reload()
    expect(his.get_by_role("article")).to_have_count(1, timeout=SLOW_MS)
