"""The tea shop's mini program in a browser: opened, signed in, ordered, paid, refunded; the shop's server is real."""

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Frame, Page, expect

from hutong.kernel.compiler import BUNDLE
from hutong.testing import Person, Server
from tests.loop.shop import STAFF_KEY, TeaShop

ROOT = Path(__file__).parents[2]
RUNTIME = BUNDLE.parent
PROGRAM = ROOT / "examples" / "teashop" / "miniprogram"
TDESIGN = ROOT / "node_modules" / "tdesign-miniprogram"

pytestmark = pytest.mark.skipif(
    not BUNDLE.exists() or not TDESIGN.exists(), reason="the runtime is not built; scripts/setup builds it"
)

# The smallest shell: the runtime's own host side, the client API, and a person who pays by PIN when asked.
SHELL = """
<!doctype html><meta charset=utf-8><title>shell</title><body style="margin:0"><script src="/test/host.js"></script>
<script>
const who = %s
const api = async (method, path, body) => {
  const answer = await fetch('/api' + path, { method, body: body && JSON.stringify(body),
    headers: { authorization: 'Bearer ' + who.token, 'content-type': 'application/json' } })
  const said = answer.status === 204 ? null : await answer.json()
  if (!answer.ok) throw { status: answer.status, ...said.error, errMsg: said.error.message }
  return said
}
window.seen = { errors: [], asked: [], shared: [] }
const shell = {
  api, token: () => who.token,
  pay: async (request) => {
    const cashier = await api('POST', '/cashiers', { request })
    seen.asked.push(cashier.amount)
    if (window.refuse) { await api('POST', `/cashiers/${cashier.cashier_id}/cancel`, {}); throw { errMsg: 'cancel' } }
    await api('POST', `/cashiers/${cashier.cashier_id}/confirm`, { pin: who.pin })
  },
  ask: async (scope) => { seen.asked.push(scope); return true },
  share: async (card) => seen.shared.push(card),
  exit: () => {},
  reported: (text) => seen.errors.push(text), failed: (text) => seen.errors.push(text),
  shown: () => document.title = 'shown',
}
HutongHost.launch(shell, HutongHost.browserStorage(who.name), document.body, {
  appid: who.appid, theme: 'light', language: 'zh_CN', statusBarHeight: 0, safeAreaBottom: 0,
  menuButton: { top: 6, right: 365, bottom: 38, left: 278, width: 87, height: 32 },
}).then(({ program }) => {
    program.frame.element.style.cssText += ';border:0;position:fixed;inset:0;width:100%%;height:100%%'
  }, (error) => { seen.errors.push(JSON.stringify(error)); document.title = 'failed' })
</script>
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(home=tmp_path_factory.mktemp("home")) as running:
        yield running


@pytest.fixture
def shop(server: Server, tmp_path: Path) -> Iterator[TeaShop]:
    with TeaShop(server, tmp_path, public_key=True) as running:
        release(server, running)
        yield running


def release(server: Server, shop: TeaShop) -> None:
    """What the shop's developer does: upload the program with the shop's address in it, and release it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for folder, prefix in ((PROGRAM, ""), (TDESIGN, "node_modules/tdesign-miniprogram/")):
            for path in folder.rglob("*"):
                if path.is_file() and path != PROGRAM / "config.js":
                    archive.write(path, prefix + path.relative_to(folder).as_posix())
        archive.writestr("config.js", f"module.exports = {{ base: {json.dumps(shop.url)} }}")
    owner = {"authorization": f"Bearer {server.person('shenmei').token}"}
    console = f"{server.url}/api/console/apps/{shop.program.appid}/versions"
    listed = httpx.put(
        console.replace("versions", "domains"),
        headers=owner,
        json={"request": [shop.url], "download": [shop.url]},
    )
    assert listed.status_code == 200, listed.text
    files = {"package": ("p.zip", out.getvalue(), "application/zip")}
    made = httpx.post(console, headers=owner, data={"number": "2.0.0"}, files=files, timeout=60)
    assert made.status_code == 200, made.text
    done = httpx.post(f"{console}/{made.json()['version_id']}/release", headers=owner, json={})
    assert done.status_code == 200, done.text


def open_program(browser: Browser, server: Server, shop: TeaShop, person: Person) -> tuple[Page, Frame]:
    page = browser.new_page(viewport={"width": 375, "height": 720})
    who = {"token": person.token, "pin": person.pay_pin, "appid": shop.program.appid, "name": person.username}
    page.route(
        "**/test/shell", lambda route: route.fulfill(body=SHELL % json.dumps(who), content_type="text/html")
    )
    page.route("**/test/host.js", lambda route: route.fulfill(path=RUNTIME / "host.js"))
    page.goto(f"{server.url}/test/shell")
    expect(page).to_have_title("shown", timeout=20_000)
    frame = next(one for one in page.frames if "/run/frame.html" in one.url)
    return page, frame


def choose_an_oolong(frame: Frame) -> None:
    frame.locator(".goods .t-button").first.click()
    frame.get_by_text("大杯").first.click()
    frame.get_by_text("珍珠").first.click()
    frame.locator("#done .t-button").click()


def test_a_shopper_orders_pays_and_gets_a_cup_refunded(
    browser: Browser, server: Server, shop: TeaShop
) -> None:
    ann = server.user("Ann")
    page, frame = open_program(browser, server, shop, ann)
    expect(frame.locator(".goods")).to_have_count(4)
    choose_an_oolong(frame)
    expect(frame.locator(".bar .price")).to_have_text("¥23.00")
    frame.locator("#checkout .t-button").click()
    expect(frame.locator("#state")).to_have_text("制作中", timeout=15_000)
    assert page.evaluate("seen.asked") == [2300]
    assert page.evaluate("seen.errors") == []
    assert ann.balance == 50_000 - 2300
    number = frame.locator(".state .quiet").inner_text()

    staff = {"authorization": f"Bearer {STAFF_KEY}"}
    refund = {"request_id": "r1", "reason": "spilt", "lines": [{"number": 1, "quantity": 1}]}
    back = httpx.post(
        f"{shop.url}/staff/orders/{number}/refunds", headers=staff, json=refund, trust_env=False
    )
    assert back.is_success, back.text
    expect(frame.get_by_text("已退款")).to_be_visible(timeout=20_000)
    assert ann.balance == 50_000
    page.close()


def test_who_refuses_to_pay_is_told_so_and_can_pay_later(
    browser: Browser, server: Server, shop: TeaShop
) -> None:
    ben = server.user("Ben")
    page, frame = open_program(browser, server, shop, ben)
    choose_an_oolong(frame)
    page.evaluate("window.refuse = true")
    frame.locator("#checkout .t-button").click()
    expect(frame.locator("#state")).to_have_text("待付款", timeout=15_000)
    assert ben.balance == 50_000
    page.evaluate("window.refuse = false")
    frame.locator(".acts .t-button").first.click()
    expect(frame.locator("#state")).to_have_text("制作中", timeout=15_000)
    assert ben.balance == 50_000 - 2300

    # The program is closed and opened again: it still knows who this is, and what was ordered.
    page.close()
    page, frame = open_program(browser, server, shop, ben)
    frame.locator(".h-tab").nth(1).click()
    expect(frame.locator("wx-page:visible .card")).to_have_count(1)
    page.close()


def test_a_shop_that_is_closed_is_said_to_be_and_opens_again(
    browser: Browser, server: Server, shop: TeaShop
) -> None:
    shop.close()
    page, frame = open_program(browser, server, shop, server.user("Cho"))
    expect(frame.get_by_text("暂时连不上店里")).to_be_visible(timeout=15_000)
    shop.open()
    frame.locator(".trouble .t-button").click()
    expect(frame.locator(".goods")).to_have_count(4, timeout=15_000)
    page.close()
