"""What a running program asks of a person in the real app: each prompt, its answer, and what the server keeps."""

import base64
import io
import json
import re
import zipfile
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, FrameLocator, Page, expect
from wechat_xpay.auth import calc_pay_sig, calc_signature

from hutong.kernel.compiler import BUNDLE
from hutong.testing import MiniProgram, Person, Refused, Server
from tests.recorder import proves

READY = {"character_string1": "A018", "thing2": "高山乌龙", "phrase4": "已完成"}

pytestmark = pytest.mark.skipif(
    not BUNDLE.exists(), reason="the runtime is not built; scripts/setup builds it"
)

# Each button asks for one thing and shows the answer in #said.
STEPS = {
    "login": "wx.login()",
    "locate": "wx.getLocation()",
    "setting": "wx.getSetting()",
    "opens": "wx.openSetting()",
    "profile": "wx.getUserProfile({ desc: '写在杯子上' })",
    "address": "wx.chooseAddress()",
    "invoice": "wx.chooseInvoiceTitle()",
    "plate": "wx.chooseLicensePlate()",
    "place": "wx.chooseLocation({ latitude: 39.94, longitude: 116.39 })",
    "scan": "wx.scanCode()",
    "subscribe": "wx.requestSubscribeMessage({ tmplIds: [ids.template] })",
    "go": "wx.navigateToMiniProgram({ appId: ids.other, path: 'p/p?from=a', extraData: { cups: 2 } })",
    "back": "wx.navigateBackMiniProgram({ extraData: { paid: true } })",
    "entered": "Promise.resolve(wx.getEnterOptionsSync())",
    "ticket": "wx.showShareMenu({ withShareTicket: true })",
    "private": "wx.updateShareMenu({ isPrivateMessage: true, activityId: 'tea-for-two' })",
    "invited": "wx.authPrivateMessage({ shareTicket: wx.getEnterOptionsSync().shareTicket })",
    "group": "wx.getShareInfo({ shareTicket: wx.getEnterOptionsSync().shareTicket })",
    "added": "wx.checkIsAddedToMyMiniProgram()",
    "caller": "wx.chooseContact()",
    "grow": "wx.setWindowSize({ width: 640, height: 500 })",
    "beside": "wx.setTopBarText({ text: '茶好了' })",
    "sells": "wx.requestVirtualPayment(purchase)",
    "contact": "wx.addPhoneContact({ firstName: '安', mobilePhoneNumber: '13800138000' })",
}
# Scopes the program explains in app.json.
EXPLAINED = [
    "record",
    "camera",
    "writePhotosAlbum",
    "bluetooth",
    "userFuzzyLocation",
    "userLocationBackground",
]
STEPS |= {f"may_{name}": f"wx.authorize({{ scope: 'scope.{name}' }})" for name in EXPLAINED}


def package(other: str, template: str = "") -> bytes:
    ids = json.dumps({"other": other, "template": template})
    steps = ",\n".join(f"{name}: () => {call}" for name, call in STEPS.items())
    buttons = "".join(f'<button id="{name}" bindtap="run">{name}</button>' for name in STEPS)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(
            "app.json",
            json.dumps(
                {
                    "pages": ["p/p"],
                    "resizable": True,
                    "permission": {"scope.userLocation": {"desc": "找到最近的店"}}
                    | {f"scope.{name}": {"desc": f"为了{name}"} for name in EXPLAINED},
                    "requiredPrivateInfos": ["getLocation", "chooseLocation", "chooseAddress"],
                    "__usePrivacyCheck__": False,  # as published, what it says changes nothing any more
                }
            ),
        )
        archive.writestr(
            "p/p.wxml",
            f'<view id="said">{{{{said}}}}</view><button id="phone" open-type="getPhoneNumber"'
            f' bindgetphonenumber="told">phone</button><button id="avatar" open-type="chooseAvatar"'
            f' bindchooseavatar="told">avatar</button>{buttons}'
            '<input id="nick" type="nickname" bindnicknamereview="told"/>'
            '<form bindsubmitToGroup="told"><textarea value="下午来喝茶"/>'
            '<button id="words" form-type="submitToGroup">words</button></form>'
            '<official-account bindload="linked" binderror="linked"/><view id="linked">{{linked}}</view>',
        )
        archive.writestr(
            "p/p.js",
            f"let purchase; const ids = {ids}; const steps = {{ {steps} }}\n"
            "Page({ data: { said: '', turn: 0 },\n"
            "  onLoad({ sells }) { if (sells) purchase = JSON.parse(decodeURIComponent(sells)) },\n"
            "  tell(value) { this.setData({ turn: this.data.turn + 1, said: JSON.stringify(value) }) },\n"
            "  told(event) { this.tell(event.detail) },\n"
            "  linked(event) { this.setData({ linked: JSON.stringify(event.detail) }) },\n"
            "  onShow() { wx.onCopyUrl(() => ({ query: 'from=link', title: '茶单' })) },\n"
            "  onResize({ size }) { this.setData({ size: JSON.stringify(size) }) },\n"
            "  onShareAppMessage() { return { title: '来一杯', path: 'p/p?from=card' } },\n"
            "  run(event) { this.setData({ said: '' }); steps[event.currentTarget.id]()"
            ".then((value) => this.tell(value), (error) => this.tell(error)) } })",
        )
    return out.getvalue()


class Shown:
    """A program in the app: tap a step, answer what the app asks, read what the program was told."""

    def __init__(self, page: Page, appid: str) -> None:
        self.page, self.appid = page, appid
        self.frame: FrameLocator = page.frame_locator("section.program:visible iframe")

    def tap(self, step: str) -> None:
        self.frame.locator(f"#{step}").click()

    @property
    def said(self) -> Any:
        expect(self.frame.locator("#said")).to_have_text(re.compile("^[{]"), timeout=15_000)
        return json.loads(self.frame.locator("#said").inner_text())

    def open_menu(self) -> None:
        """The capsule's, once no news of a message lies over it."""
        expect(self.page.locator("button.banner")).to_have_count(0, timeout=15_000)
        self.page.locator("section.program:visible .capsule button").first.click()

    def escape(self) -> None:
        """Once the keyboard is the sheet's: until then it is still the program's."""
        sheet = self.page.get_by_role("dialog")
        expect(sheet.locator(".inside, .inside :focus").last).to_be_focused()
        sheet.press("Escape")

    def press(self, name: str) -> None:
        self.page.get_by_role("dialog").get_by_role("button", name=name, exact=True).click()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(home=tmp_path_factory.mktemp("home")) as running:
        yield running


@pytest.fixture(scope="module")
def template(server: Server) -> str:
    """A one-time template of the first program."""
    asked = {"tid": "1476", "kidList": [1, 2, 4], "sceneDesc": "取餐"}
    made = server.mini_programs[0].call("POST", "/wxaapi/newtmpl/addtemplate", asked)
    return str(made["priTmplId"])


@pytest.fixture(scope="module")
def programs(server: Server, template: str) -> list[MiniProgram]:
    """Two of the demo world's programs, released with the asking pages; its account has linked the first."""
    first, second = server.mini_programs[:2]
    wish = {"appid": first.appid, "notify_users": 0, "show_profile": 1}
    linked = server.official_accounts[0].call("POST", "/cgi-bin/wxopen/wxamplink", wish)
    assert linked["errcode"] in (0, 89015)  # 89015: the demo world's own has done so already
    for program, other in ((first, second), (second, first)):
        owner = {"authorization": f"Bearer {server.person('shenmei').token}"}
        console = f"{server.url}/api/console/apps/{program.appid}/versions"
        files = {"package": ("p.zip", package(other.appid, template), "application/zip")}
        made = httpx.post(console, headers=owner, data={"number": "9.0.0"}, files=files, timeout=60)
        assert made.status_code == 200, made.text
        done = httpx.post(f"{console}/{made.json()['version_id']}/release", headers=owner, json={})
        assert done.status_code == 200, done.text
    return [first, second]


@pytest.fixture(scope="module")
def context(browser: Browser, server: Server) -> Iterator[BrowserContext]:
    with browser.new_context(
        locale="en-US",
        viewport={"width": 390, "height": 844},
        permissions=["geolocation", "clipboard-read", "clipboard-write"],
        geolocation={"latitude": 39.9, "longitude": 116.4},
        accept_downloads=True,
    ) as opened:
        yield opened


def enter(context: BrowserContext, server: Server, person: Person) -> Page:
    page = context.new_page()
    page.goto(f"{server.url}/p/{person.username}/sign-in")
    page.fill("input[name=username]", person.username)
    page.fill("input[name=password]", person.password)
    page.keyboard.press("Enter")
    expect(page.locator(".tabs")).to_be_visible()
    return page


def open_program(page: Page, server: Server, person: Person, program: MiniProgram) -> Shown:
    page.goto(f"{server.url}/p/{person.username}/programs/{program.appid}")
    shown = Shown(page, program.appid)
    expect(shown.frame.locator("#login")).to_be_visible(timeout=20_000)
    return shown


@pytest.fixture(scope="module")
def ann(server: Server) -> Person:
    return server.user("Ann", phone="13800138000")


@pytest.fixture(scope="module")
def lane(server: Server, ann: Person) -> tuple[Person, str]:
    """A friend and the group they share, made before Ann's page is there: news would lie over the capsule."""
    friends = [server.user("Ben"), server.user("Cai")]
    for friend in friends:
        ann.befriend(friend)
    asked = {"user_ids": [friend.id for friend in friends], "name": "Lane"}
    return friends[0], ann.request("POST", "/groups", json=asked)["conversation_id"]


@pytest.fixture(scope="module")
def shown(
    context: BrowserContext, server: Server, ann: Person, lane: object, programs: list[MiniProgram]
) -> Shown:
    return open_program(enter(context, server, ann), server, ann, programs[0])


def test_a_position_is_asked_for_once_refused_and_allowed_in_the_settings(shown: Shown, ann: Person) -> None:
    shown.tap("login")
    assert shown.said["code"]
    shown.tap("locate")
    dialog = shown.page.get_by_role("dialog")
    expect(dialog.get_by_role("heading")).to_have_text("Use your position")
    expect(dialog).to_contain_text("找到最近的店")
    shown.press("Refuse")
    assert shown.said == {"errMsg": "getLocation:fail auth deny", "errno": 103}
    shown.tap("locate")  # a refusal is remembered: nothing is shown
    assert shown.said["errno"] == 103
    shown.tap("opens")
    dialog.get_by_role("switch", name="position").click()
    expect(dialog.get_by_role("switch", name="position")).to_be_checked()
    shown.press("Done")
    assert shown.said["authSetting"] == {"scope.userLocation": True}
    shown.tap("locate")
    assert (shown.said["latitude"], shown.said["errMsg"]) == (39.9, "getLocation:ok")
    (grant,) = ann.request("GET", f"/programs/{shown.appid}/grants")["grants"]
    assert grant["allowed"] and grant["last_used_at"] is not None
    proves("wx_api", "login", "getLocation", "openSetting")
    proves("app_config", "app.json permission", "app.json permission.scope.userLocation")


def test_each_scope_is_asked_for_with_the_reason_the_program_gives(shown: Shown) -> None:
    dialog = shown.page.get_by_role("dialog")
    for name in EXPLAINED:
        shown.tap(f"may_{name}")
        expect(dialog).to_contain_text(f"为了{name}")
        shown.press("Allow")
        assert shown.said == {"errMsg": "authorize:ok"}
        proves("app_config", f"app.json permission.scope.{name}")
    proves("app_config", "app.json permission.scope.*.desc")


def test_a_profile_and_a_phone_number_are_shown_before_they_are_given(shown: Shown) -> None:
    shown.tap("profile")
    expect(shown.page.get_by_role("dialog")).to_contain_text("写在杯子上")
    expect(shown.page.get_by_role("dialog")).to_contain_text("Ann")
    shown.press("Allow")
    assert shown.said["userInfo"]["nickName"] == "Ann" and shown.said["encryptedData"]
    for _ in range(2):  # asked each time
        shown.tap("phone")
        expect(shown.page.get_by_role("dialog")).to_contain_text("138****8000")
        shown.press("Allow")
        expect(shown.frame.locator("#said")).to_contain_text("getPhoneNumber:ok")
    shown.tap("phone")
    expect(shown.page.get_by_role("dialog")).to_contain_text("138****8000")
    shown.escape()
    expect(shown.frame.locator("#said")).to_contain_text("getPhoneNumber:fail user deny")
    proves("wx_api", "getUserProfile")


def test_an_address_is_written_by_keyboard_and_comes_in_the_published_fields(shown: Shown) -> None:
    shown.tap("address")
    shown.press("New address")
    dialog = shown.page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("安")
    dialog.get_by_label("Phone").fill("13800138000")
    dialog.get_by_label("Province").select_option("北京市")
    dialog.get_by_label("District").select_option("东城区")
    dialog.get_by_label("Street and number").fill("槐树胡同 8 号")
    dialog.get_by_label("Postal code").fill("100010")
    shown.page.keyboard.press("Enter")
    dialog.get_by_role("button", name=re.compile("槐树胡同")).first.click()
    assert shown.said == {
        "userName": "安",
        "postalCode": "100010",
        "provinceName": "北京市",
        "cityName": "北京市",
        "countyName": "东城区",
        "streetName": "",
        "detailInfo": "槐树胡同 8 号",
        "detailInfoNew": "槐树胡同 8 号",
        "nationalCode": "110101",
        "nationalCodeFull": "110101",
        "telNumber": "13800138000",
        "errMsg": "chooseAddress:ok",
    }
    shown.tap("address")
    expect(dialog.get_by_role("heading")).to_have_text("Choose an address")
    shown.escape()
    assert shown.said == {"errMsg": "chooseAddress:fail cancel"}
    proves("wx_api", "chooseAddress")


def test_an_invoice_title_a_plate_and_a_place_are_chosen(shown: Shown) -> None:
    dialog = shown.page.get_by_role("dialog")
    shown.tap("invoice")
    shown.press("New title")
    dialog.get_by_label("Title", exact=True).fill("Lantern Works")
    dialog.get_by_label("Tax number").fill("91110000MA00000000")
    shown.press("Save")
    dialog.get_by_role("button", name=re.compile("^Lantern Works")).click()
    assert (shown.said["type"], shown.said["title"], shown.said["taxNumber"]) == (
        "0",
        "Lantern Works",
        "91110000MA00000000",
    )
    shown.tap("plate")
    dialog.get_by_label("Another plate").fill("京A12345")
    shown.press("Use it")
    assert shown.said == {"plateNumber": "京A12345", "errMsg": "chooseLicensePlate:ok"}
    shown.tap("place")
    dialog.get_by_label("Name of the place").fill("鼓楼")
    dialog.get_by_role("button", name=re.compile("^Position 39.94000")).press("ArrowUp")
    shown.press("Done")
    place = shown.said
    assert (place["name"], place["longitude"], place["errMsg"]) == ("鼓楼", 116.39, "chooseLocation:ok")
    assert place["latitude"] == pytest.approx(39.9405)
    proves("wx_api", "chooseInvoiceTitle", "chooseLicensePlate", "chooseLocation")


def test_a_code_is_typed_and_a_contact_becomes_a_file(shown: Shown) -> None:
    shown.tap("scan")
    shown.page.get_by_role("dialog").get_by_role("button", name="Paste").click()
    shown.page.get_by_role("dialog").last.get_by_role("textbox").fill("oolong")
    shown.page.keyboard.press("Enter")
    assert shown.said == {
        "result": "oolong",
        "scanType": "QR_CODE",
        "charSet": "UTF-8",
        "rawData": "b29sb25n",
        "errMsg": "scanCode:ok",
    }
    shown.tap("contact")
    with shown.page.expect_download() as download:
        shown.press("Allow")
    assert download.value.suggested_filename == "安.vcf"
    assert shown.said == {"errMsg": "addPhoneContact:ok"}
    proves("wx_api", "scanCode", "addPhoneContact")


def test_a_contact_is_written_a_nickname_looked_at_and_a_linked_account_shown(shown: Shown) -> None:
    shown.tap("caller")
    dialog = shown.page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("安")
    dialog.get_by_label("Phone").fill("13800138000")
    shown.press("Use it")
    assert shown.said == {
        "displayName": "安",
        "phoneNumber": "13800138000",
        "phoneNumberList": ["13800138000"],
        "errMsg": "chooseContact:ok",
    }
    nick = shown.frame.locator("#nick input")
    for typed, fits in (("小安", True), ("安\u202e", False)):
        nick.fill(typed)
        nick.blur()
        expect(shown.frame.locator("#said")).to_have_text(
            json.dumps({"pass": fits, "timeout": False}, separators=(",", ":"))
        )
        expect(nick).to_have_value(typed if fits else "")
    expect(shown.frame.locator("#linked")).to_have_text('{"status":0,"errMsg":"ok"}')
    expect(shown.frame.locator("wx-official-account").get_by_role("button", name="Follow")).to_be_enabled()
    proves("wx_api", "chooseContact")


def test_a_link_to_the_page_is_copied_and_opens_what_the_page_said(shown: Shown, ann: Person) -> None:
    shown.open_menu()
    shown.page.get_by_role("dialog").get_by_role("button", name="Copy link").click()
    expect(shown.page.get_by_text("The link is copied")).to_be_visible()
    text = shown.page.evaluate("navigator.clipboard.readText()")
    found = ann.request("POST", "/codes/resolve", json={"text": text})
    assert (found["kind"], found["app"]["appid"]) == ("PROGRAM", shown.appid)
    assert (found["path"], found["query"]) == ("p/p", "from=link")
    proves("wx_api", "onCopyUrl")


def test_the_keyboard_on_the_screen_is_told_and_only_a_wide_window_changes_its_size(shown: Shown) -> None:
    page = shown.page
    covered = "getComputedStyle(document.documentElement).getPropertyValue('--h-covered')"
    shown.frame.locator("#nick input").focus()
    page.evaluate(
        "Object.defineProperty(visualViewport, 'height', { configurable: true, value: innerHeight - 300 });"
        " visualViewport.dispatchEvent(new Event('resize'))"
    )
    frame = next(one for one in page.frames if "/run/frame" in one.url and one.parent_frame is not None)
    expect(shown.frame.locator("html")).to_have_css("--h-covered", "300px")
    assert frame.evaluate(covered) == "300px"
    page.evaluate("delete visualViewport.height; visualViewport.dispatchEvent(new Event('resize'))")
    expect(shown.frame.locator("html")).to_have_css("--h-covered", "0px")
    shown.tap("grow")
    assert shown.said["errMsg"] == "setWindowSize:fail not supported"
    page.set_viewport_size({"width": 1280, "height": 800})
    window = page.locator("section.program:visible .phone")
    expect(window).to_have_css("width", "390px")
    shown.tap("grow")
    assert shown.said["errMsg"] == "setWindowSize:ok"
    expect(window).to_have_css("width", "640px")
    expect(window).to_have_css("height", "500px")
    page.get_by_role("button", name="Change the size").press("ArrowRight")
    expect(window).to_have_css("width", "660px")
    shown.tap("beside")
    assert shown.said["errMsg"] == "setTopBarText:ok"
    page.set_viewport_size({"width": 390, "height": 844})
    proves("wx_api", "setWindowSize", "setTopBarText")
    proves("app_config", "app.json resizable")


# A camera that sees one picture, whatever is in front of the machine.
CAMERA = """(picture) => {
  const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 480 })
  const image = new Image()
  image.src = picture
  const draw = () => {
    const context = canvas.getContext('2d')
    context.fillStyle = '#8a8478'
    context.fillRect(0, 0, 640, 480)
    context.setTransform(0.8, 0.35, -0.35, 0.8, 240, 10)
    context.drawImage(image, 0, 0, 320, 320)
    context.setTransform(1, 0, 0, 1, 0, 0)
    requestAnimationFrame(draw)
  }
  draw()
  navigator.mediaDevices.getUserMedia = () => Promise.resolve(canvas.captureStream())
}"""


def test_a_round_code_opens_its_page_however_it_is_read(
    shown: Shown, server: Server, ann: Person, programs: list[MiniProgram]
) -> None:
    program, page = programs[0], shown.page
    asked = {"scene": "t=7&s=a", "page": "p/p", "width": 320, "line_color": {"r": 178, "g": 58, "b": 42}}
    token = {"access_token": program.fetch_token()}
    code = server.call("POST", "/mp/wxa/getwxacodeunlimit", params=token, json=asked)
    assert code.headers["content-type"] == "image/jpeg"
    file = {"name": "code.jpg", "mimeType": "image/jpeg", "buffer": code.content}

    shown.tap("scan")  # by the program itself, from a picture
    with page.expect_file_chooser() as chooser:
        shown.press("From a picture")
    chooser.value.set_files([file])  # type: ignore[list-item]
    read = shown.said
    assert (read["scanType"], read["path"]) == ("WX_CODE", "p/p?scene=t%3D7%26s%3Da")

    def arrived(scene: int) -> None:
        expect(page).to_have_url(re.compile(f"/programs/{program.appid}.*scene={scene}"))
        shown.tap("entered")
        entered = shown.said
        assert (entered["scene"], entered["path"], entered["query"]) == (
            scene,
            "p/p",
            {"scene": "t%3D7%26s%3Da"},
        )

    page.goto(f"{server.url}/p/{ann.username}/scan")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="From a picture").click()
    chooser.value.set_files([file])  # type: ignore[list-item]
    arrived(1049)

    page.goto(f"{server.url}/p/{ann.username}/discover")
    picture = f"data:image/jpeg;base64,{base64.b64encode(code.content).decode()}"
    page.evaluate(CAMERA, picture)
    page.get_by_role("link", name="Scan").click()
    arrived(1047)

    friend = server.user("Dee")
    ann.befriend(friend)
    upload = {"file": ("code.jpg", code.content, "image/jpeg")}
    owner = {"authorization": f"Bearer {friend.token}"}
    kept = httpx.post(f"{server.url}/api/media", headers=owner, data={"kind": "IMAGE"}, files=upload).json()
    sent = friend.send(ann, {"kind": "image", "media": kept["media"]})
    page.goto(f"{server.url}/p/{ann.username}/chats/{sent['conversation_id']}")
    page.get_by_role("button", name="Open the picture").last.click()
    page.get_by_role("button", name="Open the code").click()
    arrived(1048)


@pytest.mark.shows("MIN-05")
def test_codes_of_all_three_kinds_are_read_from_a_picture(
    shown: Shown, server: Server, ann: Person, programs: list[MiniProgram]
) -> None:
    program, page = programs[0], shown.page
    token = {"access_token": program.fetch_token()}
    for path, asked, scene, query in (
        ("/mp/wxa/getwxacode", {"path": "p/p?cup=1"}, 1049, {"cup": "1"}),
        ("/mp/wxa/getwxacodeunlimit", {"scene": "cup=2", "page": "p/p"}, 1049, {"scene": "cup%3D2"}),
        ("/mp/cgi-bin/wxaapp/createwxaqrcode", {"path": "p/p?cup=3"}, 1013, {"cup": "3"}),
    ):
        code = server.call("POST", path, params=token, json=asked)
        page.goto(f"{server.url}/p/{ann.username}/scan")
        with page.expect_file_chooser() as chooser:
            page.get_by_role("button", name="From a picture").click()
        file = {"name": "code.jpg", "mimeType": "image/jpeg", "buffer": code.content}
        chooser.value.set_files([file])  # type: ignore[list-item]
        expect(page).to_have_url(re.compile(f"/programs/{program.appid}.*scene={scene}"))
        shown.tap("entered")
        assert (shown.said["scene"], shown.said["query"]) == (scene, query)


def test_a_program_is_put_among_ones_own_from_the_capsule(shown: Shown) -> None:
    shown.tap("added")
    assert shown.said["added"] is False
    shown.open_menu()
    shown.page.get_by_role("dialog").get_by_role("button", name="Add to my programs").click()
    expect(shown.page.get_by_text("Added to your programs")).to_be_visible()
    shown.tap("added")
    assert shown.said["added"] is True
    proves("wx_api", "checkIsAddedToMyMiniProgram")


@pytest.mark.shows("CNT-06")
def test_one_program_opens_another_and_hears_of_it_on_the_way_back(
    shown: Shown, programs: list[MiniProgram]
) -> None:
    first, second = programs
    shown.tap("go")
    expect(shown.page).to_have_url(re.compile(f"/programs/{second.appid}"))
    expect(shown.frame.locator("#entered")).to_be_visible(timeout=20_000)
    shown.tap("entered")
    entered = shown.said
    assert (entered["scene"], entered["path"], entered["query"]) == (1037, "p/p", {"from": "a"})
    assert entered["referrerInfo"] == {"appId": first.appid, "extraData": {"cups": 2}}
    shown.tap("back")
    expect(shown.page).to_have_url(re.compile(f"/programs/{first.appid}"))
    expect(shown.frame.locator("#said")).to_contain_text("navigateToMiniProgram:ok")  # it stayed as it was
    shown.tap("entered")
    back = shown.said
    assert (back["scene"], back["referrerInfo"]) == (
        1038,
        {"appId": second.appid, "extraData": {"paid": True}},
    )
    shown.tap("back")
    assert shown.said == {"errMsg": "navigateBackMiniProgram:fail no program to go back to"}
    proves("wx_api", "navigateToMiniProgram", "navigateBackMiniProgram")


@pytest.mark.shows("MIN-04")
def test_a_card_sent_to_a_group_tells_the_program_the_group(
    context: BrowserContext, server: Server, shown: Shown, lane: tuple[Person, str]
) -> None:
    ben, group = lane
    shown.tap("ticket")
    assert shown.said["errMsg"] == "showShareMenu:ok"
    shown.open_menu()
    shown.page.get_by_role("dialog").get_by_role("button", name="Send to a chat").click()
    shown.page.get_by_role("dialog").get_by_role("button", name="Lane").click()
    shown.page.get_by_role("dialog").last.get_by_role("button", name="Send").click()

    page = enter(context, server, ben)
    page.goto(f"{server.url}/p/{ben.username}/chats/{group}")
    page.get_by_text("来一杯").click()
    opened = Shown(page, shown.appid)
    opened.tap("login")
    assert opened.said["code"]
    opened.tap("entered")
    assert (opened.said["scene"], opened.said["query"]) == (1044, {"from": "card"})
    assert opened.said["shareTicket"]
    opened.tap("group")
    assert opened.said["errMsg"] == "getShareInfo:ok" and opened.said["encryptedData"]
    page.close()
    proves("wx_api", "showShareMenu", "getShareInfo")


def test_a_message_is_sent_once_for_each_tick_and_a_kept_yes_is_not_asked_again(
    shown: Shown, ann: Person, programs: list[MiniProgram], template: str
) -> None:
    program = programs[0]
    openid = program.sign_in(ann.login(program))["openid"]

    def send() -> int:
        data = {name: {"value": value} for name, value in READY.items()}
        message = {"touser": openid, "template_id": template, "data": data}
        answer = program.call("POST", "/cgi-bin/message/subscribe/send", message)
        return int(answer.get("errcode", 0))

    dialog = shown.page.get_by_role("dialog")
    shown.tap("subscribe")
    expect(dialog.get_by_role("checkbox").first).to_be_checked()
    dialog.get_by_role("checkbox").first.uncheck()
    shown.press("Allow")
    assert shown.said == {template: "reject", "errMsg": "requestSubscribeMessage:ok"}
    assert send() == 43101
    shown.tap("subscribe")
    expect(dialog.get_by_role("checkbox").first).to_be_checked()
    shown.press("Allow")
    assert shown.said == {template: "accept", "errMsg": "requestSubscribeMessage:ok"}
    assert (send(), send()) == (0, 43101)
    shown.tap("subscribe")
    dialog.get_by_label("Always keep this choice").check()
    shown.press("Allow")
    assert shown.said[template] == "accept"
    shown.tap("subscribe")  # kept: it is answered without a question, and counts again
    assert shown.said[template] == "accept"
    assert (send(), send(), send()) == (0, 0, 43101)
    proves("wx_api", "requestSubscribeMessage")


def test_nothing_private_is_chosen_before_the_privacy_guide_is_agreed_to(
    server: Server, shown: Shown, programs: list[MiniProgram]
) -> None:
    said = {
        "contact": {"contact_email": "cha@example.com", "notice_method": "公告"},
        "items": [{"privacy_key": "Address", "privacy_text": "送货上门"}],
    }
    server.person("shenmei").request("PUT", f"/console/apps/{programs[0].appid}/privacy", json=said)
    dialog = shown.page.get_by_role("dialog")
    shown.tap("address")
    expect(dialog.get_by_role("heading")).to_have_text("Privacy guide")
    expect(dialog).to_contain_text("送货上门")
    shown.press("Refuse")
    assert shown.said == {"errMsg": "chooseAddress:fail privacy permission is not authorized", "errno": 104}
    shown.tap("address")
    shown.press("Agree")
    expect(dialog.get_by_role("heading")).to_have_text("Choose an address")
    shown.escape()
    assert shown.said == {"errMsg": "chooseAddress:fail cancel"}
    proves("app_config", "app.json __usePrivacyCheck__")


def test_a_private_card_is_known_to_whom_it_was_sent_and_goes_no_further(
    browser: Browser, server: Server, ann: Person, shown: Shown, lane: tuple[Person, str]
) -> None:
    ben, group = lane
    shown.tap("private")
    assert shown.said["errMsg"] == "updateShareMenu:ok"
    shown.open_menu()
    shown.page.get_by_role("dialog").get_by_role("button", name="Send to a chat").click()
    shown.page.get_by_role("dialog").get_by_role("button", name="Ben").click()
    shown.page.get_by_role("dialog").last.get_by_role("button", name="Send").click()
    (line,) = [one for one in ben.messages(ann) if one["body"]["kind"] == "mini_program"][-1:]
    assert line["body"]["private_from"] == ann.id
    conversation = ben.request("GET", "/conversations")["conversations"]
    talk = next(one["conversation_id"] for one in conversation if one["kind"] == "DIRECT")

    context = browser.new_context(locale="en-US", viewport={"width": 390, "height": 844})
    page = enter(context, server, ben)
    page.goto(f"{server.url}/p/{ben.username}/chats/{talk}")
    page.get_by_text("来一杯").last.click(button="right")
    expect(page.get_by_role("menuitem", name="Quote").or_(page.get_by_text("Quote"))).to_be_visible()
    expect(page.get_by_text("Forward", exact=True)).to_have_count(0)
    page.keyboard.press("Escape")
    page.get_by_text("来一杯").last.click()
    opened = Shown(page, shown.appid)
    opened.tap("login")
    assert opened.said["code"]
    opened.tap("invited")
    said = opened.said
    assert said["valid"] is True
    assert said["encryptedData"]
    sent = {"client_id": "on", "body": line["body"]}
    with pytest.raises(Refused) as refused:
        ben.request("POST", f"/conversations/{group}/messages", json=sent)
    assert refused.value.code == "chat.card_private"
    proves("wx_api", "authPrivateMessage")
    context.close()


@pytest.mark.shows("MIN-19")
def test_what_is_not_shipped_is_sold_by_its_servers_word_and_paid_with_the_pin(
    context: BrowserContext, server: Server, programs: list[MiniProgram]
) -> None:
    """The server signs with the AppKey and the session's key; a wrong word opens no cashier."""
    program, player, owner = programs[0], server.user("Dou"), server.person("shenmei")
    at = f"/console/apps/{program.appid}/offer"
    offer = owner.request("POST", at, json={"mchid": server.merchants[0].mchid})
    owner.request("POST", f"{at}/goods", json={"product_id": "hat", "name": "草帽", "price": 600})
    key = program.sign_in(player.login(program))["session_key"]
    data = json.dumps(
        {
            "offerId": offer["offer_id"],
            "buyQuantity": 1,
            "env": 0,
            "currencyType": "CNY",
            "productId": "hat",
            "goodsPrice": 600,
            "outTradeNo": "HAT-20261129",
            "attach": "",
        }
    )
    signed = {
        "mode": "short_series_goods",
        "signData": data,
        "paySig": calc_pay_sig("requestVirtualPayment", data, offer["live_key"]),
        "signature": calc_signature(data, key),
    }
    page = enter(context, server, player)

    def show(purchase: dict[str, str]) -> Shown:
        path = quote("p/p?sells=" + quote(json.dumps(purchase), safe=""), safe="")
        page.goto(f"{server.url}/p/{player.username}/programs/{program.appid}?path={path}")
        shown = Shown(page, program.appid)
        expect(shown.frame.locator("#sells")).to_be_visible(timeout=20_000)
        return shown

    wrong = show({**signed, "paySig": "0" * 64})
    wrong.tap("sells")
    assert wrong.said["errCode"] == -15006
    shown = show(signed)
    shown.tap("sells")
    sheet = page.get_by_role("dialog")
    expect(sheet.get_by_text("草帽")).to_be_visible()
    page.keyboard.press("Escape")
    assert shown.said["errCode"] == -2
    shown.tap("sells")
    expect(sheet.get_by_text("草帽")).to_be_visible()
    page.keyboard.type(player.pay_pin)
    sheet.get_by_role("button", name=re.compile("Done|Back")).last.click()
    assert shown.said == {"errMsg": "requestVirtualPayment:ok"}
    page.close()
