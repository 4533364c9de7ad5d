"""Two people find each other and talk, in real pages."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    with browser.new_context(locale="en-US", viewport=PHONE) as opened:  # type: ignore[arg-type]
        yield opened


def join(context: BrowserContext, url: str, username: str, nickname: str) -> Page:
    """A new person in a profile of their own."""
    page = context.new_page()
    page.goto(f"{url}/p/{username}/sign-up")
    page.fill("input[name=username]", username)
    page.fill("input[name=nickname]", nickname)
    page.fill("input[name=password]", f"{username}-drinks-oolong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Chats")).to_be_visible()
    return page


def befriend(asker: Page, answerer: Page, url: str, mine: str, theirs: str) -> None:
    """One asks by username, the other accepts."""
    asker.goto(f"{url}/p/{mine}/add-friend")
    asker.get_by_role("searchbox").fill(theirs)
    asker.keyboard.press("Enter")
    asker.get_by_role("button", name="Add to contacts").click()
    asker.get_by_role("dialog").get_by_role("button", name="Send").click()
    answerer.get_by_role("link", name=re.compile("^Contacts")).click()
    answerer.get_by_role("link", name="New friends").click()
    answerer.get_by_role("button", name="Accept").click()
    expect(answerer.get_by_text("Added")).to_be_visible()


def say(page: Page, words: str) -> None:
    page.get_by_role("textbox", name="Say something …").fill(words)
    page.keyboard.press("Enter")


@pytest.fixture
def pair(context: BrowserContext, server_url: str) -> Callable[[str, str], tuple[Page, Page]]:
    """Two contacts, each in the conversation with the other."""

    def made(one: str, other: str) -> tuple[Page, Page]:
        ann, bob = (
            join(context, server_url, one, one.title()),
            join(context, server_url, other, other.title()),
        )
        befriend(ann, bob, server_url, one, other)
        ann.get_by_role("button", name="Message").click()
        bob.goto(f"{server_url}/p/{other}/")
        bob.get_by_role("link", name=re.compile(f"^{one.title()}")).click()
        return ann, bob

    return made


def test_two_people_meet_and_talk_quote_and_take_back(
    pair: Callable[[str, str], tuple[Page, Page]],
) -> None:
    ann, bob = pair("meet-ann", "meet-bob")
    say(ann, "Is there oolong today?")
    expect(bob.get_by_role("log").get_by_text("Is there oolong today?")).to_be_visible()
    say(bob, "Fresh from Wuyi.\nTwo cups?")
    heard = ann.get_by_role("log").get_by_text("Two cups?")
    expect(heard).to_be_visible()

    heard.click(button="right")
    ann.get_by_role("button", name="Quote").click()
    say(ann, "Two, please.")
    expect(bob.get_by_role("button", name="You: Fresh from Wuyi.")).to_be_visible()

    say(bob, "wrong chat, sorry")
    bob.get_by_role("log").get_by_text("wrong chat, sorry").click(button="right")
    bob.get_by_role("button", name="Take back").click()
    expect(ann.get_by_text("Meet-Bob took a message back")).to_be_visible()
    expect(ann.get_by_role("log").get_by_text("wrong chat, sorry")).to_have_count(0)
    bob.get_by_role("button", name="Write it again").click()
    expect(bob.get_by_role("textbox", name="Say something …")).to_have_value("wrong chat, sorry")

    ann.reload()
    expect(ann.get_by_role("log").get_by_text("Two, please.")).to_be_visible()
    expect(ann.get_by_text("Meet-Bob took a message back")).to_be_visible()


def test_what_is_said_during_a_cut_arrives_once_and_in_order(
    pair: Callable[[str, str], tuple[Page, Page]], context: BrowserContext
) -> None:
    ann, bob = pair("cut-ann", "cut-bob")
    say(ann, "before")
    expect(bob.get_by_role("log").get_by_text("before")).to_be_visible()

    context.set_offline(True)
    for words in ("one", "two", "three"):
        say(ann, words)
    expect(ann.get_by_role("log").get_by_text("three")).to_be_visible()
    context.set_offline(False)
    expect(bob.get_by_role("log").get_by_text("three")).to_be_visible(timeout=30_000)
    said = bob.get_by_role("log").get_by_role("group").all_inner_texts()
    assert said[-4:] == ["before", "one", "two", "three"]


def test_unread_is_counted_shown_and_read_away(pair: Callable[[str, str], tuple[Page, Page]]) -> None:
    ann, bob = pair("count-ann", "count-bob")
    bob.get_by_role("button", name="Back").click()
    for number in range(3):
        say(ann, f"number {number}")
    line = bob.get_by_role("link", name=re.compile(r"^Count-Ann .*number 2 .*3 unread"))
    expect(line).to_be_visible()
    line.click()
    bob.get_by_role("button", name="Back").click()
    expect(bob.get_by_role("link", name=re.compile(r"^Count-Ann .*number 2 *$"))).to_be_visible()


def test_what_is_pressed_stays_under_the_finger_while_words_arrive(
    pair: Callable[[str, str], tuple[Page, Page]],
) -> None:
    ann, bob = pair("press-ann", "press-bob")
    for cup in range(12):
        say(ann, f"Cup {cup} is poured.\nAnd the next one is on.")
    say(ann, "See https://tea.example/menu")
    link = bob.get_by_role("log").get_by_role("link", name="https://tea.example/menu")
    expect(link).to_be_in_viewport()
    link.evaluate(
        "element => element.addEventListener('click', event => { event.preventDefault(); document.title = 'clicked' })"
    )
    before = link.bounding_box()
    assert before is not None
    bob.mouse.move(before["x"] + before["width"] / 2, before["y"] + before["height"] / 2)
    bob.mouse.down()
    for word in ("One.", "Two.", "Three."):
        say(ann, word)
    expect(bob.get_by_role("log").get_by_text("Three.")).to_be_attached()
    assert link.bounding_box() == before
    bob.mouse.up()
    expect(bob).to_have_title("clicked")
    expect(bob.get_by_role("log").get_by_text("Three.")).to_be_in_viewport()


def test_a_picture_is_seen_by_the_other(
    pair: Callable[[str, str], tuple[Page, Page]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    from PIL import Image

    file = tmp_path_factory.mktemp("pictures") / "tea.png"
    Image.new("RGB", (640, 400), (60, 120, 90)).save(file)
    ann, bob = pair("pic-ann", "pic-bob")
    with ann.expect_file_chooser() as chooser:
        ann.get_by_role("button", name="More").click()
        ann.get_by_role("button", name="Picture").click()
    chooser.value.set_files(file)
    seen = bob.get_by_role("log").get_by_role("img", name="[Picture]")
    expect(seen).to_be_visible()
    bob.wait_for_function(
        "() => [...document.querySelectorAll('[role=log] img')].every((one) => one.naturalWidth > 0)"
    )


def test_three_people_make_a_group_and_a_fourth_comes_by_its_code(
    context: BrowserContext, server_url: str
) -> None:
    ann = join(context, server_url, "grp-ann", "Ann")
    others = [join(context, server_url, f"grp-{name}", name.title()) for name in ("bob", "cai")]
    for name, page in zip(("bob", "cai"), others, strict=True):
        befriend(ann, page, server_url, "grp-ann", f"grp-{name}")
    ann.goto(f"{server_url}/p/grp-ann/chats/new")
    for name in ("Bob", "Cai"):
        ann.get_by_role("checkbox", name=name).click()
    ann.get_by_role("button", name="Done (2)").click()
    say(ann, "Tea at five?")
    for name, page in zip(("bob", "cai"), others, strict=True):
        page.goto(f"{server_url}/p/grp-{name}/")
        page.get_by_role("link", name=re.compile("Tea at five")).click()
        expect(page.get_by_role("log").get_by_text("Tea at five?")).to_be_visible()

    with ann.expect_response(lambda answer: "/join-code" in answer.url) as made:
        ann.get_by_role("link", name="Chat details").click()
        ann.get_by_role("link", name="Group code").click()
    code = made.value.json()["text"]
    dan = join(context, server_url, "grp-dan", "Dan")
    dan.goto(f"{server_url}/p/grp-dan/scan")
    dan.get_by_role("button", name="Paste").click()
    dan.get_by_role("dialog").get_by_role("textbox").fill(code)
    dan.get_by_role("dialog").get_by_role("button", name="Open").click()
    dan.get_by_role("button", name="Join the group").click()
    say(dan, "May I come too?")
    expect(others[0].get_by_role("log").get_by_text("May I come too?")).to_be_visible()


def test_a_personal_code_is_read_from_a_picture(context: BrowserContext, server_url: str) -> None:
    ann, bob = join(context, server_url, "code-ann", "Code Ann"), join(context, server_url, "code-bob", "Bob")
    ann.goto(f"{server_url}/p/code-ann/code")
    picture = ann.get_by_role("img", name="My code").screenshot()
    bob.goto(f"{server_url}/p/code-bob/scan")
    with bob.expect_file_chooser() as chooser:
        bob.get_by_role("button", name="From a picture").click()
    chooser.value.set_files([{"name": "code.png", "mimeType": "image/png", "buffer": picture}])
    expect(bob.get_by_role("heading", name="Code Ann")).to_be_visible()
