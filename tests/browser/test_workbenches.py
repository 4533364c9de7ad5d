"""Desk and console: every page readable by everybody, in both themes, on a phone and on a desk."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from hutong.testing import Server
from tests.browser.conftest import WEB

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
DESK = ("/desk", "/desk/calls", "/desk/deliveries", "/desk/faults", "/desk/keys")
CONSOLE = (
    "/console",
    "/console/members",
    "/console/acts",
    "/console/merchants/{mchid}",
    "/console/merchants/{mchid}/orders",
    "/console/merchants/{mchid}/notifications",
    "/console/merchants/{mchid}/keys",
    "/console/accounts/{account}",
    "/console/accounts/{account}/push",
    "/console/accounts/{account}/menu",
    "/console/accounts/{account}/fans",
    "/console/programs/{program}",
    "/console/programs/{program}/code",
    "/console/programs/{program}/openings",
    "/console/programs/{program}/plugins",
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    if not WEB.exists():
        pytest.skip("the web client is not built: scripts/setup builds it")
    with Server(home=tmp_path_factory.mktemp("home")) as running:
        yield running


def faults(page: Page, path: str) -> list[str]:
    page.wait_for_load_state("networkidle")
    page.add_script_tag(path=str(AXE))
    # What the phones on the desk show is the app's own, which has a test of its own.
    found = page.evaluate("axe.run(document, {resultTypes: ['violations'], iframes: false})")
    return [
        f"{path}: {fault['id']}: {node['target']} {node['html'][:160]}"
        for fault in found["violations"]
        for node in fault["nodes"][:3]
    ]


@pytest.mark.parametrize(("language", "scheme", "width"), [("zh-CN", "light", 390), ("en-US", "dark", 1440)])
def test_axe_finds_nothing_on_desk_and_console(
    browser: Browser, server: Server, language: str, scheme: Any, width: int
) -> None:
    known = {
        "mchid": server.merchants[0].mchid,
        "account": server.official_accounts[0].appid,
        "program": server.mini_programs[0].appid,
    }
    found: list[str] = []
    with browser.new_context(
        locale=language, color_scheme=scheme, viewport={"width": width, "height": 900}, bypass_csp=True
    ) as context:
        page = context.new_page()
        for path in DESK:
            page.goto(f"{server.url}{path}")
            found += faults(page, path)
        page.goto(f"{server.url}/console")
        found += faults(page, "/console, signed out")
        page.get_by_role("button", name="沈梅").click()
        expect(page.locator("nav").first).to_be_visible()
        for path in CONSOLE:
            page.goto(f"{server.url}{path.format(**known)}")
            found += faults(page, path)
    assert not found, "\n".join(found)
