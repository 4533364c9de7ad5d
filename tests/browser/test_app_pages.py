"""Every page of the app: readable by everybody, at every width and size, without a network, with many messages."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from hutong.testing import Person, Server

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
PATHS = (
    "/",
    "/contacts",
    "/discover",
    "/me",
    "/chats/{direct}",
    "/chats/{group}/info",
    "/people/{peer}",
    "/new-friends",
    "/add-friend",
    "/accounts",
    "/wallet",
    "/wallet/bills",
    "/wallet/top-up",
    "/wallet/cards",
    "/wallet/pin",
    "/coupons",
    "/coupons/past",
    "/profile",
    "/code",
    "/moments",
    "/devices",
    "/password",
    "/settings",
    "/settings/grants",
    "/my-addresses",
    "/my-invoice-titles",
    "/programs/{program}/about",
    "/scan",
)
MANY = 10_000


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(home=tmp_path_factory.mktemp("home")) as running:
        yield running


@pytest.fixture(scope="module")
def ann(server: Server) -> Person:
    return server.person(server.demo["users"][0]["username"])


@pytest.fixture(scope="module")
def paths(server: Server, ann: Person) -> list[str]:
    found = ann.request("GET", "/conversations")
    lines = {line["kind"]: line for line in found["pinned"] + found["conversations"]}
    direct, group = lines["DIRECT"], lines["GROUP"]
    known = {
        "direct": direct["conversation_id"],
        "group": group["conversation_id"],
        "peer": direct["peer_id"],
        "program": server.mini_programs[0].appid,
    }
    return [path.format(**known) for path in PATHS]


def enter(page: Page, server: Server, person: Person) -> str:
    """Sign in; the address of the profile."""
    base = f"{server.url}/p/{person.username}"
    page.goto(f"{base}/sign-in")
    page.fill("input[name=username]", person.username)
    page.fill("input[name=password]", person.password)
    page.keyboard.press("Enter")
    expect(page.locator(".tabs")).to_be_visible()
    return base


@pytest.mark.parametrize(("scheme", "width"), [("light", 390), ("dark", 1280)])
def test_axe_finds_nothing_on_any_page(
    browser: Browser, server: Server, ann: Person, paths: list[str], scheme: Any, width: int
) -> None:
    faults: list[str] = []
    with browser.new_context(
        locale="zh-CN", color_scheme=scheme, viewport={"width": width, "height": 844}, bypass_csp=True
    ) as context:
        page = context.new_page()
        base = enter(page, server, ann)
        for path in paths:
            page.goto(f"{base}{path}")
            page.wait_for_load_state("networkidle")
            page.add_script_tag(path=str(AXE))
            found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
            faults += [
                f"{path}: {fault['id']}: {node['target']} {node['html'][:160]}"
                for fault in found["violations"]
                for node in fault["nodes"][:3]
            ]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("width", [375, 1280])
def test_large_type_cuts_no_page_sideways(
    browser: Browser, server: Server, ann: Person, paths: list[str], width: int
) -> None:
    wider: list[str] = []
    with browser.new_context(locale="en-US", viewport={"width": width, "height": 812}) as context:
        page = context.new_page()
        base = enter(page, server, ann)
        page.evaluate(f"localStorage.setItem('hutong.{ann.username}.scale', '150')")
        for path in paths:
            page.goto(f"{base}{path}")
            page.wait_for_load_state("networkidle")
            assert page.evaluate("document.documentElement.style.fontSize") == "150%"
            over = page.evaluate(
                "[...document.querySelectorAll('.page, .page .body, .viewport')]"
                ".filter((one) => one.scrollWidth > one.clientWidth + 1).length"
            )
            if over or page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wider.append(path)
    assert wider == []


def test_the_app_opens_without_a_network_and_shows_what_it_knows(
    browser: Browser, server: Server, ann: Person
) -> None:
    with browser.new_context(locale="en-US") as context:
        page = context.new_page()
        base = enter(page, server, ann)
        expect(page.locator(".line").first).to_be_visible()
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        page.reload()
        expect(page.locator(".line").first).to_be_visible()
        context.set_offline(True)
        page.goto(f"{base}/")
        expect(page.locator(".line").first).to_be_visible()
        page.locator(".line").first.click()
        expect(page.get_by_role("textbox", name="Say something …")).to_be_visible()


def test_ten_thousand_messages_scroll_smoothly(browser: Browser, server: Server) -> None:
    """The device's own store holds them; only what is near the eye is drawn."""
    one, other = server.user("One"), server.user("Other")
    one.befriend(other)
    one.send(other, "the first")
    with browser.new_context(locale="en-US", viewport={"width": 390, "height": 844}) as context:
        page = context.new_page()
        base = enter(page, server, one)
        expect(page.locator(".line").first).to_be_visible()
        line = one.request("GET", "/conversations")["conversations"][0]
        store = f"hutong.{one.username}.{one.id}"
        page.wait_for_function(
            """async (name) => {
              const open = indexedDB.open(name)
              const database = await new Promise((resolve) => (open.onsuccess = () => resolve(open.result)))
              const asked = database.transaction('state').objectStore('state').get('seq')
              const kept = await new Promise((resolve) => (asked.onsuccess = () => resolve(asked.result)))
              database.close()
              return kept !== undefined
            }""",
            arg=store,
        )  # else the app's first fetch would write over what comes now
        page.evaluate(
            """async ([name, line, many]) => {
              const open = indexedDB.open(name)
              const database = await new Promise((resolve) => (open.onsuccess = () => resolve(open.result)))
              const change = database.transaction(['messages', 'conversations'], 'readwrite')
              const messages = change.objectStore('messages')
              let last
              for (let seq = 1; seq <= many; seq += 1) {
                last = {conversation_id: line.conversation_id, seq, id: String(1e9 + seq), sender: line.peer_id,
                  client_id: 'n' + seq, sent_at: 1.7e12 + seq * 4e4, quoted_seq: null,
                  body: {kind: 'text', text: 'number ' + seq + ' ' + 'tea '.repeat(seq % 30), mentions: []}}
                messages.put(last)
              }
              change.objectStore('conversations').put({...line, last, last_seq: many, last_id: last.id, read_seq: many})
              await new Promise((resolve) => (change.oncomplete = resolve))
            }""",
            [store, line, MANY],
        )
        page.goto(f"{base}/chats/{line['conversation_id']}")
        log = page.get_by_role("log")
        expect(log.get_by_text(f"number {MANY} ")).to_be_visible()
        found = page.evaluate(
            """async () => {
              const log = document.querySelector('[role=log]')
              const median = async (frames, by) => {
                const times = []
                let before = performance.now()
                for (let frame = 0; frame < frames; frame += 1) {
                  log.scrollTop -= by
                  await new Promise(requestAnimationFrame)
                  const now = performance.now()
                  times.push(now - before)
                  before = now
                }
                return times.sort((a, b) => a - b)[frames / 2]
              }
              const still = await median(200, 0)
              const scrolled = await median(1200, 700)
              return {rows: log.querySelectorAll('article').length, text: log.innerText.slice(0, 200), still, scrolled}
            }"""
        )
        assert found["rows"] < 120, "rows that nobody sees are drawn"
        assert found["scrolled"] <= 2.1 * found["still"], found  # every second frame at most is late
        reached = int(found["text"].split("number ")[1].split(" ")[0])
        assert reached < MANY * 0.8, "scrolling up did not reach older messages"
