"""A plugin of one organisation in a program of another: offered, asked for, agreed to, compiled in, seen."""

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from hutong.kernel.compiler import BUNDLE
from hutong.testing import Person, Server
from tests.browser.conftest import WEB
from tests.browser.test_paying import enter

SLOW_MS = 20_000


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    if not WEB.exists() or not BUNDLE.exists():
        pytest.skip("the web client and the runtime are not built: scripts/setup builds them")
    with Server(home=tmp_path_factory.mktemp("home")) as running:
        yield running


def upload(server: Server, person: Person, appid: str, files: dict[str, object]) -> Any:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, body in files.items():
            archive.writestr(name, body if isinstance(body, str) else json.dumps(body))
    answer = httpx.post(
        f"{server.url}/api/console/apps/{appid}/versions",
        headers={"authorization": f"Bearer {person.token}"},
        data={"number": "2.0.0"},
        files={"package": ("p.zip", out.getvalue(), "application/zip")},
        timeout=60,
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def console(browser: Browser, server: Server, person: Person, path: str) -> Page:
    page = browser.new_context(locale="en-US", viewport={"width": 1280, "height": 900}).new_page()
    page.goto(f"{server.url}/console{path}")
    page.fill("input[name=username]", person.username)
    page.fill("input[name=password]", person.password)
    page.keyboard.press("Enter")
    return page


def test_a_plugin_goes_from_its_maker_into_another_program(browser: Browser, server: Server) -> None:
    maker, owner = server.user("Ann"), server.person("shenmei")
    org = maker.request("POST", "/console/organisations", json={"name": "Greetings Ltd"})
    asked = {"kind": "MINI_PROGRAM", "name": "Greeter"}
    greeter = maker.request("POST", f"/console/organisations/{org['org_id']}/apps", json=asked)["app"][
        "appid"
    ]
    made = upload(
        server,
        maker,
        greeter,
        {
            "project.config.json": {
                "appid": greeter,
                "compileType": "plugin",
                "miniprogramRoot": "demo/",
                "pluginRoot": "plugin/",
            },
            "demo/app.json": {
                "pages": ["p/p"],
                "plugins": {"me": {"provider": greeter, "version": "dev"}},
            },
            "demo/p/p.json": {"usingComponents": {"greeting": "plugin://me/greeting"}},
            "demo/p/p.wxml": "<greeting/>",
            "demo/p/p.js": "Page({})",
            "plugin/plugin.json": {"publicComponents": {"greeting": "c/c"}, "main": "index.js"},
            "plugin/index.js": "module.exports = { words: 'from next door' }",
            "plugin/c/c.json": {"component": True},
            "plugin/c/c.wxml": "<text id='words'>{{words}}</text>",
            "plugin/c/c.js": "Component({ data: { words: 'good evening' } })",
        },
    )
    assert made["plugin"]
    mine = console(browser, server, maker, f"/programs/{greeter}/plugins")
    mine.get_by_role("row", name="2.0.0").get_by_role("button", name="Release").click()
    expect(mine.get_by_role("row", name="2.0.0")).to_contain_text("Released")
    expect(mine.get_by_text("No program has asked yet.")).to_be_visible()

    program = server.mini_programs[0]
    theirs = console(browser, server, owner, f"/programs/{program.appid}/plugins")
    theirs.fill("input[name=plugin]", "wx0000000000000000")
    theirs.get_by_role("button", name="Ask for it").click()
    expect(theirs.get_by_text("There is no such plugin.")).to_be_visible()
    theirs.fill("input[name=plugin]", greeter)
    theirs.fill("input[name=reason]", "for the tea shop")
    theirs.get_by_role("button", name="Ask for it").click()
    row = theirs.get_by_role("row", name="Greeter")
    expect(row).to_contain_text("Waiting for its provider")
    mine.reload()
    mine.get_by_role("row", name="for the tea shop").get_by_role("button", name="Agree").click()
    expect(mine.get_by_role("row", name="for the tea shop")).to_contain_text("May be used")
    theirs.reload()
    expect(row).to_contain_text("May be used")

    version = upload(
        server,
        owner,
        program.appid,
        {
            "app.json": {
                "pages": ["q/q"],
                "plugins": {"hi": {"provider": greeter, "version": "2.0.0"}},
            },
            "q/q.json": {"usingComponents": {"greeting": "plugin://hi/greeting"}},
            "q/q.wxml": "<greeting/><view id='more'>{{more}}</view>",
            "q/q.js": "Page({ data: { more: '' }, onLoad() { this.setData({ more: requirePlugin('hi').words }) } })",
        },
    )
    released = f"/console/apps/{program.appid}/versions/{version['version_id']}/release"
    owner.request("POST", released, json={})
    phone = enter(browser.new_context(locale="en-US", viewport={"width": 390, "height": 844}), server, maker)
    phone.goto(f"{server.url}/p/{maker.username}/programs/{program.appid}")
    shown = phone.frame_locator("iframe")
    expect(shown.locator("#words")).to_have_text("good evening", timeout=SLOW_MS)
    expect(shown.locator("#more")).to_have_text("from next door")

    # Given up, it is compiled into nothing new.
    row.get_by_role("button", name="Remove").click()
    theirs.locator(".t-dialog:visible").get_by_role("button", name="Remove").click()
    expect(theirs.get_by_text("No plugin of others is used yet.")).to_be_visible()
