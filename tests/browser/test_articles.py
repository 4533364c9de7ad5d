"""An account leads into its mini programs: from an article, its menu, a template message and its words; an article is
published in the console, sent on, read, and taken back."""

import io
import json
import re
import zipfile
from collections.abc import Iterator

import httpx
import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect

from hutong.kernel.compiler import BUNDLE
from hutong.testing import MiniProgram, OfficialAccount, Person, Server
from tests.browser.conftest import WEB
from tests.browser.test_paying import enter

SLOW_MS = 20_000
PAGE = """Page({
  data: { said: '' },
  onLoad(query) {
    const { scene } = wx.getEnterOptionsSync()
    this.setData({ said: [this.route, scene, JSON.stringify(query)].join(' ') })
  },
})"""
PROGRAM = {
    "app.json": json.dumps({"pages": ["pages/home/home", "pages/tea/tea"]}),
    **{
        f"pages/{name}/{name}.{kind}": body
        for name in ("home", "tea")
        for kind, body in (("wxml", "<view id='said'>{{said}}</view>"), ("js", PAGE))
    },
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    if not WEB.exists() or not BUNDLE.exists():
        pytest.skip("the web client and the runtime are not built: scripts/setup builds them")
    with Server(home=tmp_path_factory.mktemp("home")) as running:
        release(running, running.mini_programs[0])
        yield running


def release(server: Server, program: MiniProgram) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, body in PROGRAM.items():
            archive.writestr(name, body)
    console = f"{server.url}/api/console/apps/{program.appid}/versions"
    headers = {"authorization": f"Bearer {server.person('shenmei').token}"}
    files = {"package": ("p.zip", out.getvalue(), "application/zip")}
    made = httpx.post(console, headers=headers, data={"number": "3.0.0"}, files=files, timeout=60)
    assert made.status_code == 200, made.text
    done = httpx.post(f"{console}/{made.json()['version_id']}/release", headers=headers, json={})
    assert done.status_code == 200, done.text


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    with browser.new_context(locale="en-US", viewport={"width": 390, "height": 844}) as opened:
        yield opened


@pytest.fixture
def account(server: Server) -> OfficialAccount:
    return server.official_accounts[0]


@pytest.fixture
def program(server: Server) -> MiniProgram:
    return server.mini_programs[0]


@pytest.fixture
def ann(server: Server, account: OfficialAccount) -> Person:
    made = server.user("Ann")
    made.follow(account)
    return made


def picture(server: Server, account: OfficialAccount, path: str, **query: str) -> dict[str, str]:
    out = io.BytesIO()
    Image.new("RGB", (900, 383), (176, 101, 47)).save(out, "PNG")
    asked = {"access_token": account.fetch_token(), **query}
    files = {"media": ("tea.png", out.getvalue(), "image/png")}
    answer: dict[str, str] = httpx.post(f"{server.url}/mp/cgi-bin/{path}", params=asked, files=files).json()
    return answer


def write(server: Server, account: OfficialAccount, title: str, content: str) -> str:
    """A draft's media_id."""
    thumb = picture(server, account, "material/add_material", type="image")["media_id"]
    article = {"title": title, "author": "Mei", "content": content, "thumb_media_id": thumb}
    made = account.call("POST", "/cgi-bin/draft/add", {"articles": [article]})
    media_id: str = made["media_id"]
    return media_id


def expect_page(page: Page, program: MiniProgram, said: str) -> None:
    expect(page).to_have_url(re.compile(f"/programs/{program.appid}"))
    expect(page.frame_locator("iframe:visible").locator("#said")).to_have_text(said, timeout=SLOW_MS)


def launch(context: BrowserContext, server: Server, ann: Person, path: str) -> Page:
    """A page of hers in a window of its own, so that the program begins anew."""
    page = context.new_page()
    page.goto(f"{server.url}/p/{ann.username}{path}")
    return page


@pytest.mark.shows("CNT-05")
def test_cards_and_links_in_an_article_open_the_page_with_its_query(
    context: BrowserContext, server: Server, account: OfficialAccount, program: MiniProgram, ann: Person
) -> None:
    inside = picture(server, account, "media/uploadimg")["url"]

    def to(query: str) -> str:
        return f'data-miniprogram-appid="{program.appid}" data-miniprogram-path="pages/tea/tea?{query}"'

    card = (
        f'{to("cup=1&amp;hot=a%26b")} data-miniprogram-title="Order tea" data-miniprogram-imageurl="{inside}"'
    )
    content = (
        f"<h2>How to brew</h2><p>Hot water.<script>document.title='run'</script></p><img src='{inside}'>"
        f"<mp-miniprogram {card}></mp-miniprogram><p>Or <a {to('cup=2')} href=''>order here</a>.</p>"
        f"<p><a {to('cup=3')} href=''><img src='{inside}' alt='A cup'></a></p>"
        "<p><a href='https://tea.example/'>elsewhere</a></p>"
    )
    media_id = write(server, account, "Oolong is in", content)
    account.call("POST", "/cgi-bin/freepublish/submit", {"media_id": media_id})

    page = enter(context, server, ann)
    page.goto(f"{server.url}/p/{ann.username}/accounts/{account.appid}")
    page.get_by_role("link", name="Oolong is in").click()
    article = page.get_by_role("article")
    expect(article.get_by_role("heading", name="Oolong is in")).to_be_visible()
    expect(article).to_contain_text("Mei")
    expect(article.get_by_role("img", name="A cup")).to_have_js_property("complete", True)
    assert article.locator("script").count() == 0 and page.title() != "run"
    expect(article.get_by_role("link", name="elsewhere")).to_have_attribute("href", "https://tea.example/")
    where = page.url.partition(f"/p/{ann.username}")[2]
    page.close()

    for name, query in (
        ("Order tea", {"cup": "1", "hot": "a%26b"}),
        ("order here", {"cup": "2"}),
        ("A cup", {"cup": "3"}),
    ):
        page = launch(context, server, ann, where)
        page.get_by_role("article").get_by_role("link", name=name).click()
        expect_page(page, program, f"pages/tea/tea 1058 {json.dumps(query, separators=(',', ':'))}")
        page.close()


@pytest.mark.shows("CNT-05")
def test_a_menu_a_template_message_and_an_accounts_words_open_the_page_with_its_query(
    context: BrowserContext, server: Server, account: OfficialAccount, program: MiniProgram, ann: Person
) -> None:
    button = {"type": "miniprogram", "name": "Order", "url": "https://tea.example/", "appid": program.appid}
    menu = {"button": [{**button, "pagepath": "pages/tea/tea?cup=4"}]}
    assert account.call("POST", "/cgi-bin/menu/create", menu)["errcode"] == 0
    ann.send(account, "Anything hot?")
    openid = account.call("GET", "/cgi-bin/user/get")["data"]["openid"][-1]
    template = account.call("POST", "/cgi-bin/template/api_add_template", {"template_id_short": "TM00015"})
    notice = {
        "touser": openid,
        "template_id": template["template_id"],
        "data": {},
        "miniprogram": {"appid": program.appid, "pagepath": "pages/tea/tea?cup=5"},
    }
    assert account.call("POST", "/cgi-bin/message/template/send", notice)["errcode"] == 0
    path = f'data-miniprogram-appid="{program.appid}" data-miniprogram-path="pages/tea/tea?cup=6&amp;hot=1"'
    words = f'Yes. <a href="https://tea.example/" {path}>Order one</a> or <a href="https://tea.example/">look</a> <b>'
    text = {"touser": openid, "msgtype": "text", "text": {"content": words}}
    assert account.call("POST", "/cgi-bin/message/custom/send", text)["errcode"] == 0

    page = enter(context, server, ann)
    page.goto(f"{server.url}/p/{ann.username}/accounts/{account.appid}")
    page.get_by_role("button", name="Open the conversation").click()
    expect(page.get_by_text("Yes. Order one or look <b>")).to_be_visible()
    expect(page.get_by_role("link", name="look")).to_have_attribute("href", "https://tea.example/")
    where = page.url.partition(f"/p/{ann.username}")[2]
    page.close()

    for scene, query in ((1082, '{"cup":"6","hot":"1"}'), (1043, '{"cup":"5"}'), (1035, '{"cup":"4"}')):
        page = launch(context, server, ann, where)
        if scene == 1035:
            page.get_by_role("button", name="Order", exact=True).click()
        else:
            page.get_by_role("link", name="Order one" if scene == 1082 else "Open the mini program").click()
        expect_page(page, program, f"pages/tea/tea {scene} {query}")
        page.close()


@pytest.mark.shows("CNT-05")
def test_an_article_is_published_in_the_console_sent_on_and_taken_back(
    context: BrowserContext, browser: Browser, server: Server, account: OfficialAccount, ann: Person
) -> None:
    write(server, account, "Green is in", "<p>Come by.</p>")
    ben = server.user("Ben")
    ann.befriend(ben)
    with browser.new_context(locale="en-US", viewport={"width": 1280, "height": 800}) as desk:
        console = desk.new_page()
        console.goto(f"{server.url}/console")
        console.get_by_role("button", name="沈梅").click()
        expect(console.get_by_role("button", name="Sign out")).to_be_visible()
        console.goto(f"{server.url}/console/accounts/{account.appid}/articles")
        row = console.get_by_role("row", name="Green is in")
        row.get_by_role("button", name="Preview").click()
        expect(console.get_by_role("article")).to_contain_text("Come by.")
        console.keyboard.press("Escape")
        row.get_by_role("button", name="Publish").click()
        console.locator(".t-dialog:visible").get_by_role("button", name="Publish").click()
        expect(row.get_by_role("button", name="Take back")).to_be_visible()

        page = enter(context, server, ann)
        page.goto(f"{server.url}/p/{ann.username}/accounts/{account.appid}")
        page.get_by_role("link", name="Green is in").click()
        page.get_by_role("button", name="What to do with the article").click()
        page.get_by_role("dialog").get_by_role("button", name="Send to a chat").click()
        page.get_by_role("button", name="Ben").click()
        page.get_by_role("dialog").get_by_role("button", name="Send").click()
        page.close()

        with browser.new_context(locale="en-US", viewport={"width": 390, "height": 844}) as his:
            page = enter(his, server, ben)
            page.get_by_text("[Article] Green is in").click()
            page.get_by_role("link", name="Green is in").click()
            expect(page.get_by_role("article")).to_contain_text("Come by.")
            sets = ben.request("GET", f"/accounts/{account.appid}/articles")["sets"]
            address = f"{server.url}/articles/{sets[0]['articles'][0]['article']}"
            ann.send(ben, f"Have you read it? {address}")
            page.go_back()
            # Its address leads to it, too, in the app.
            page.get_by_role("link", name=address).click()
            expect(page.get_by_role("article")).to_contain_text("Come by.")
            expect(page).to_have_url(re.compile(f"/p/{ben.username}/articles/"))

            row.get_by_role("button", name="Take back").click()
            console.locator(".t-dialog:visible").get_by_role("button", name="Take back").click()
            expect(row).to_have_count(0)
            page.reload()
            expect(page.get_by_text("taken back by its account")).to_be_visible()
            page.goto(f"{server.url}/p/{ben.username}/articles/unknown")
            expect(page.get_by_text("This article does not exist")).to_be_visible()
