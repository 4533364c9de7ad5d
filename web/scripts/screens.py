"""Draw the screens of the three faces from a demo world of their own.

docs/screens/<face>/<language>-<width>-<theme>/<screen>.png. Needs the built web client and Chromium. Arguments choose
faces (app, desk, console) or screens by name; without any, all are drawn.
"""

import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, ViewportSize, sync_playwright

from hutong.testing import Person, Server
from tests.browser.test_program_loop import release
from tests.loop.shop import TeaShop

OUT = Path(__file__).resolve().parents[2] / "docs" / "screens"
WIDTHS: dict[str, ViewportSize] = {
    "phone": {"width": 375, "height": 812},
    "desktop": {"width": 1280, "height": 800},
}
WORKBENCH: ViewportSize = {"width": 1440, "height": 900}
VARIANTS = [
    ("zh-CN", "phone", "light"),
    ("zh-CN", "phone", "dark"),
    ("zh-CN", "desktop", "light"),
    ("zh-CN", "desktop", "dark"),
    ("en", "phone", "light"),
    ("en", "phone", "dark"),
    ("en", "desktop", "light"),
    ("en", "desktop", "dark"),
]
SETTLED_MS = 700
PHONES_MS = 4000  # two phones start, and a program on one of them
Screens = dict[str, Callable[[Page, str], None]]


class World:
    """A shopper with friends, the tea shop's own server with an assistant on duty, and an order that was paid."""

    def __init__(self, server: Server, shop: TeaShop) -> None:
        self.server, self.shop = server, shop
        self.ann, self.assistant = server.person("linwan"), server.person("zhoujun")
        self.account, self.program, self.merchant = shop.account, shop.program, shop.merchant
        found = self.assistant.scan(shop.ask("POST", "/staff/duty-code")["url"])
        self.assistant.follow(self.account, ticket=found["ticket"])
        server.clock.settle()
        self.orders = 0
        self.ann.confirm(self.code())
        server.clock.settle()

    def conversations(self, kind: str) -> list[dict[str, Any]]:
        found = self.ann.request("GET", "/conversations")
        return [line for line in found["pinned"] + found["conversations"] if line["kind"] == kind]

    def code(self) -> str:
        """What the counter shows for a new order: two cups, to be paid by scanning."""
        self.orders += 1
        lines = [{"goods_id": "oolong", "options": {"size": "large", "sugar": "half"}, "quantity": 2}]
        asked = {"request_id": f"screens-{self.orders}", "lines": lines}
        number = self.shop.ask("POST", "/staff/orders", asked)["out_trade_no"]
        return str(self.shop.ask("POST", f"/staff/orders/{number}/code")["code_url"])


def app_screens(world: World) -> Screens:
    """The app's, each by how it is reached from an address that ends in the profile."""

    def at(path: str) -> Callable[[Page, str], None]:
        return lambda page, base: void(page.goto(f"{base}{path}"))

    def cashier(page: Page, base: str) -> None:
        page.goto(f"{base}/scan")
        page.locator(".scan nav button").first.click()
        page.locator("dialog input").fill(world.code())
        page.locator("dialog button[type=submit]").click()
        page.wait_for_selector(".pad")
        page.keyboard.type("123")

    def program(page: Page, base: str) -> None:
        page.goto(f"{base}/programs/{world.program.appid}")
        page.frame_locator("iframe").locator(".goods").first.wait_for()

    direct, group = world.conversations("DIRECT")[0], world.conversations("GROUP")[0]
    account = world.ann.request("POST", f"/accounts/{world.account.appid}/conversation", json={})
    bill = world.ann.request("GET", "/wallet/bills")["bills"][0]
    return {
        "chats": at("/"),
        "conversation": at(f"/chats/{direct['conversation_id']}"),
        "group": at(f"/chats/{group['conversation_id']}"),
        "group-details": at(f"/chats/{group['conversation_id']}/info"),
        "account": at(f"/chats/{account['conversation_id']}"),
        "contacts": at("/contacts"),
        "person": at(f"/people/{direct['peer_id']}"),
        "discover": at("/discover"),
        "program": program,
        "me": at("/me"),
        "my-code": at("/code"),
        "wallet": at("/wallet"),
        "bills": at("/wallet/bills"),
        "bill": at(f"/wallet/bills/{bill['bill_id']}"),
        "cashier": cashier,
        "moments": at("/moments"),
        "settings": at("/settings"),
        "scan": at("/scan"),
    }


def desk_screens(world: World) -> Screens:
    """The desk's; `story` is the moment in which an order is paid."""

    def at(path: str) -> Callable[[Page, str], None]:
        return lambda page, base: void(page.goto(f"{world.server.url}/desk{path}"))

    def story(page: Page, base: str) -> None:
        page.goto(f"{world.server.url}/desk")
        page.frame_locator("iframe[src='/p/zhoujun/']").locator("nav a").first.wait_for()
        hers = page.frame_locator("iframe[src='/p/linwan/']")
        hers.locator("nav a").first.wait_for()
        if (page.viewport_size or WIDTHS["phone"])["width"] < WIDTHS["desktop"]["width"]:
            return  # the phones stand one screen further
        phone = next(one for one in page.frames if "/p/linwan" in one.url)
        phone.goto(f"{world.server.url}/p/linwan/chats/{talk}")
        hers.locator(".card.program").last.click()
        program = hers.frame_locator("iframe")
        program.locator(".goods .t-button").first.click()
        program.locator("#done .t-button").click()
        program.locator("#checkout .t-button").click()
        for digit in world.ann.pay_pin[:3]:
            hers.locator(".pad").get_by_role("button", name=digit, exact=True).click()

    card = (line for line in world.conversations("DIRECT") if line["last"]["body"]["kind"] == "mini_program")
    talk = next(card)["conversation_id"]

    def call(page: Page, base: str) -> None:
        page.goto(f"{world.server.url}/desk/calls")
        page.locator("tbody tr").first.click()
        page.get_by_role("tabpanel").wait_for()

    return {
        "story": story,
        "calls": at("/calls"),
        "call": call,
        "deliveries": at("/deliveries"),
        "faults": at("/faults"),
        "keys": at("/keys"),
    }


def console_screens(world: World) -> Screens:
    """The console's, as the owner of the shops sees it."""

    def at(path: str) -> Callable[[Page, str], None]:
        return lambda page, base: void(page.goto(f"{world.server.url}/console{path}"))

    merchant = f"/merchants/{world.merchant.mchid}"
    account, program = f"/accounts/{world.account.appid}", f"/programs/{world.program.appid}"

    def order(page: Page, base: str) -> None:
        at(f"{merchant}/orders")(page, base)
        page.locator("tbody tr").first.click()
        page.wait_for_selector(".panel")

    return {
        "home": at("/"),
        "merchant": at(merchant),
        "orders": at(f"{merchant}/orders"),
        "order": order,
        "notifications": at(f"{merchant}/notifications"),
        "account-menu": at(f"{account}/menu"),
        "fans": at(f"{account}/fans"),
        "push": at(f"{account}/push"),
        "versions": at(program),
        "code": at(f"{program}/code"),
        "members": at("/members"),
        "acts": at("/acts"),
    }


def void(_: object) -> None:
    """Forget an answer."""


def sign_in(page: Page, person: Person) -> None:
    page.fill("input[name=username]", person.username)
    page.fill("input[name=password]", person.password)
    page.keyboard.press("Enter")


def draw(page: Page, screens: Screens, folder: Path, base: str) -> None:
    for name, go in screens.items():
        go(page, base)
        page.wait_for_timeout(SETTLED_MS)
        page.screenshot(path=folder / f"{name}.png")


def main(wanted: list[str]) -> None:
    faces = [face for face in FACES if face in wanted] or list(FACES)
    names = set(wanted) - set(FACES)
    if not names:
        for face in faces:
            shutil.rmtree(OUT / face, ignore_errors=True)
    with (
        tempfile.TemporaryDirectory() as home,
        tempfile.TemporaryDirectory() as folder_of_shop,
        Server(home=Path(home)) as server,
        TeaShop(server, Path(folder_of_shop), public_key=True) as shop,
        sync_playwright() as playwright,
    ):
        release(server, shop)
        world = World(server, shop)
        owner = server.person("shenmei")
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for language, width, theme in VARIANTS:
            variant = f"{language}-{width}-{theme}"
            context = browser.new_context(
                locale=language,
                viewport=WIDTHS[width],
                color_scheme=theme,  # type: ignore[arg-type]
                reduced_motion="reduce",
            )
            for face in faces:
                screens = {name: go for name, go in FACES[face](world).items() if not names or name in names}
                folder = OUT / face / variant
                folder.mkdir(parents=True, exist_ok=True)
                page = context.new_page()
                page.set_viewport_size(WORKBENCH if face != "app" and width == "desktop" else WIDTHS[width])
                page.on("pageerror", lambda error: print(f"  a page broke: {error}"))
                base = f"{server.url}/p/{width}-{theme}"
                if face == "app":
                    page.goto(f"{base}/sign-in")
                    page.wait_for_selector("form")
                    page.screenshot(path=folder / "sign-in.png")
                    sign_in(page, world.ann)
                    page.wait_for_selector(".tabs")
                elif face == "console":
                    page.goto(f"{server.url}/console")
                    page.wait_for_selector("form")
                    sign_in(page, owner)
                    page.wait_for_selector("nav")
                draw(page, screens, folder, base)
                page.close()
                print(folder.relative_to(OUT))
            context.close()
        browser.close()


FACES: dict[str, Callable[[World], Screens]] = {
    "app": app_screens,
    "desk": desk_screens,
    "console": console_screens,
}

if __name__ == "__main__":
    main(sys.argv[1:])
