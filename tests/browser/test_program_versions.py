"""A program's versions in the console: shown by share, looked at by a reviewer, turned down with a reason."""

import io
import zipfile
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from hutong.kernel.compiler import BUNDLE
from hutong.testing import MiniProgram, Server
from tests.browser.conftest import WEB


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    if not WEB.exists() or not BUNDLE.exists():
        pytest.skip("the web client and the runtime are not built: scripts/setup builds them")
    with Server(home=tmp_path_factory.mktemp("home")) as running:
        yield running


@pytest.fixture(scope="module")
def program(server: Server) -> MiniProgram:
    return server.mini_programs[0]


def _upload(server: Server, program: MiniProgram, number: str) -> None:
    files = {
        "app.json": '{"pages":["pages/tea/tea","pages/lost/lost"]}',
        "pages/tea/tea.wxml": "<view>今日茶单</view>",
        "pages/tea/tea.js": "Page({where(){wx.getLocation({})}})",
        "pages/lost/lost.wxml": "<view>找不到的页</view>",
        "pages/lost/lost.js": "Page({})",
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    answer = httpx.post(
        f"{server.url}/api/console/apps/{program.appid}/versions",
        headers={"authorization": f"Bearer {server.person('shenmei').token}"},
        data={"number": number},
        files={"package": ("p.zip", out.getvalue(), "application/zip")},
        timeout=60,
    )
    assert answer.status_code == 200, answer.text


def _enter(browser: Browser, server: Server, nickname: str) -> Page:
    page = browser.new_context(locale="en-US", viewport={"width": 1280, "height": 900}).new_page()
    page.goto(f"{server.url}/console")
    page.get_by_role("button", name=nickname).click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    return page


def _dialog(page: Page) -> Locator:
    return page.locator(".t-dialog:visible")


def test_a_version_is_submitted_looked_at_and_turned_down(
    browser: Browser, server: Server, program: MiniProgram
) -> None:
    _upload(server, program, "2.0.0")
    owner = _enter(browser, server, "沈梅")
    owner.goto(f"{server.url}/console/programs/{program.appid}")
    row = owner.locator("tbody tr").filter(has_text="2.0.0")
    row.get_by_role("button", name="Submit for review").click()
    dialog = _dialog(owner)
    expect(dialog.locator("select").last).to_contain_text("餐饮服务场所")
    dialog.get_by_role("button", name="Submit for review").click()
    expect(row).to_contain_text("In review")

    judge = _enter(browser, server, "赵青")
    judge.get_by_role("link", name="Reviews").click()
    judge.get_by_role("link", name=program.name).click()
    shown = judge.locator("section.phone iframe").content_frame.locator("iframe").content_frame
    expect(shown.get_by_text("今日茶单")).to_be_visible(timeout=20_000)
    judge.get_by_role("button", name="pages/lost/lost").click()
    expect(shown.get_by_text("找不到的页")).to_be_visible(timeout=20_000)
    findings = judge.locator("dl.pairs")
    expect(findings).to_contain_text("Pages nothing leads topages/lost/lost")
    expect(findings).to_contain_text("Collected, not declaredLocation")
    judge.get_by_label("Why not, when rejected").fill("Say why it asks where people are.")
    judge.get_by_role("button", name="Reject", exact=True).click()
    expect(judge.locator("tbody tr").filter(has_text="2.0.0")).to_contain_text("Rejected")

    owner.get_by_role("link", name="Reviews").click()
    expect(owner.get_by_role("note")).to_have_text("Say why it asks where people are.")


def test_a_release_by_share_is_raised_and_everybodys_version_taken_back(
    browser: Browser, server: Server, program: MiniProgram
) -> None:
    _upload(server, program, "3.0.0")
    owner = _enter(browser, server, "沈梅")
    owner.goto(f"{server.url}/console/programs/{program.appid}")
    row = owner.locator("tbody tr").filter(has_text="3.0.0")
    row.get_by_role("button", name="Release by share").click()
    dialog = _dialog(owner)
    dialog.get_by_role("slider").fill("40")
    dialog.get_by_role("button", name="Give it to them").click()
    card = owner.locator(".gray")
    expect(card).to_contain_text("3.0.0 · 40%")
    card.get_by_role("button", name="Raise").click()
    _dialog(owner).get_by_role("slider").fill("100")
    _dialog(owner).get_by_role("button", name="Release", exact=True).click()
    channels = owner.get_by_label("What each channel opens")
    expect(channels).to_contain_text("Everybody opens3.0.0")
    owner.get_by_role("button", name="Take back").click()
    _dialog(owner).get_by_role("button", name="Take back").click()
    expect(channels).to_contain_text("Everybody opens1.0.0")
    expect(row).to_contain_text("Taken back")


def test_a_service_notice_opens_its_page(browser: Browser, server: Server, program: MiniProgram) -> None:
    user = server.person("linwan")
    openid = program.sign_in(user.login(program))["openid"]
    wish = {"tid": "1476", "kidList": [1, 2, 4], "sceneDesc": "叫号"}
    template = program.call("POST", "/wxaapi/newtmpl/addtemplate", wish)["priTmplId"]
    ticked = {"template_ids": [template], "ticked": [template]}
    user.request("POST", f"/programs/{program.appid}/subscriptions", json=ticked)
    values = {"character_string1": "A018", "thing2": "高山乌龙", "phrase4": "已完成"}
    sent = {
        "touser": openid,
        "template_id": template,
        "page": "pages/orders/orders",
        "data": {name: {"value": value} for name, value in values.items()},
    }
    assert program.call("POST", "/cgi-bin/message/subscribe/send", sent)["errcode"] == 0
    context = browser.new_context(locale="en-US", viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"{server.url}/sign-in")
    page.fill("input[name=username]", user.username)
    page.fill("input[name=password]", user.password)
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Service notices").click()
    card = page.locator(".card.notice")
    expect(card).to_contain_text("A018")
    expect(card).to_contain_text(program.name)
    expect(page.get_by_role("textbox")).to_have_count(0)
    card.get_by_role("link").click()
    expect(page).to_have_url(f"{server.url}/programs/{program.appid}?path=pages/orders/orders&scene=1014")
