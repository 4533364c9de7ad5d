"""Signing up, in and out in real pages."""

import re

import pytest
from playwright.sync_api import Browser, Page, Request, expect

PEOPLE = ("ann", "bob", "cai", "dan")


def _sign_up(page: Page, url: str, username: str, nickname: str) -> None:
    page.goto(f"{url}/p/{username}/sign-up")
    page.fill("input[name=username]", username)
    page.fill("input[name=nickname]", nickname)
    page.fill("input[name=password]", f"{username}-drinks-oolong")
    page.keyboard.press("Enter")
    expect(page.locator("nav a").nth(3)).to_be_visible()
    page.goto(f"{url}/p/{username}/me")
    expect(page.get_by_role("heading", name=nickname)).to_be_visible()


def _sign_out(page: Page, url: str, username: str, word: str) -> None:
    page.goto(f"{url}/p/{username}/settings")
    page.get_by_role("button", name=word).click()
    with page.expect_event("load"):  # signing out ends in a document of its own
        page.get_by_role("dialog").get_by_role("button", name=word).click()


def test_four_people_live_side_by_side_in_one_browser_through_a_reload(
    browser: Browser, server_url: str
) -> None:
    with browser.new_context(locale="en-US") as context:
        elsewhere: list[str] = []

        def note(request: Request) -> None:
            if not request.url.startswith(server_url):
                elsewhere.append(request.url)

        context.on("request", note)
        pages = {name: context.new_page() for name in PEOPLE}
        for name, page in pages.items():
            _sign_up(page, server_url, name, f"{name.title()} 小满")
        for name, page in pages.items():
            page.reload()
            expect(page.get_by_role("heading", name=f"{name.title()} 小满")).to_be_visible()

        _sign_out(pages["bob"], server_url, "bob", "Sign out")
        expect(pages["bob"].locator("input[name=password]")).to_be_visible()
        pages["ann"].reload()
        expect(pages["ann"].get_by_role("heading", name="Ann 小满")).to_be_visible()
        assert elsewhere == [], "the client reaches for another host"


def test_a_wrong_password_is_told_and_the_right_one_leads_where_one_was_going(
    browser: Browser, server_url: str
) -> None:
    with browser.new_context(locale="zh-CN") as context:
        page = context.new_page()
        _sign_up(page, server_url, "eve", "小夜")
        _sign_out(page, server_url, "eve", "退出登录")
        expect(page.locator("input[name=password]")).to_be_visible()

        page.goto(f"{server_url}/p/eve/me")
        page.fill("input[name=username]", "eve")
        page.fill("input[name=password]", "not-this-one")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_have_text("用户名或密码不对。")
        expect(page.locator("input[name=username]")).to_have_value("eve")

        page.fill("input[name=password]", "eve-drinks-oolong")
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile(r"/p/eve/me$"))


def test_a_server_that_is_away_is_told_and_nothing_typed_is_lost(browser: Browser, server_url: str) -> None:
    with browser.new_context(locale="en-US") as context:
        page = context.new_page()
        page.goto(f"{server_url}/sign-in")
        page.fill("input[name=username]", "ann")
        page.fill("input[name=password]", "ann-drinks-oolong")
        context.set_offline(True)
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("cannot be reached")
        expect(page.locator("input[name=password]")).to_have_value("ann-drinks-oolong")


def test_the_console_opens_for_a_person_and_closes_again(browser: Browser, server_url: str) -> None:
    with browser.new_context(locale="en-US") as context:
        page = context.new_page()
        _sign_up(page, server_url, "owner", "Owner")

        page.goto(f"{server_url}/console")
        page.fill("input[name=username]", "owner")
        page.fill("input[name=password]", "owner-drinks-oolong")
        page.keyboard.press("Enter")
        expect(page.get_by_text("Owner", exact=True)).to_be_visible()
        page.get_by_role("button", name="Sign out").click()
        expect(page.locator("input[name=password]")).to_be_visible()
        assert page.evaluate("localStorage.getItem('hutong.main.session')") is None


@pytest.mark.parametrize(
    ("scheme", "page_colour"), [("light", "rgb(242, 241, 238)"), ("dark", "rgb(20, 23, 22)")]
)
def test_the_pages_follow_the_chosen_theme(
    browser: Browser, server_url: str, scheme: str, page_colour: str
) -> None:
    with browser.new_context(color_scheme=scheme) as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(f"{server_url}/sign-in")
        page.wait_for_selector("form")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == page_colour
        other = "dark" if scheme == "light" else "light"
        page.evaluate(f"document.documentElement.dataset.theme = '{other}'")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") != page_colour
