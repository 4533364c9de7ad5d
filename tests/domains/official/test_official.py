"""Fans, scene codes, menus, templates and what an account may write."""

import pytest

from hutong.domains.apps import codes, openids
from hutong.domains.apps.errors import APP_UNKNOWN, KIND_FORBIDDEN
from hutong.domains.apps.tables import App, AppKind
from hutong.domains.chat import bodies, conversations, messages
from hutong.domains.chat.events import AccountMessageSent
from hutong.domains.identity.tables import User
from hutong.domains.official import errors as refusals
from hutong.domains.official import follows, handlers, menus, scenes, service, templates
from hutong.domains.official.events import CodeScanned, Followed, MenuTapped, NoticeSent, Unfollowed
from hutong.domains.official.tables import Button, ButtonKind, FollowScene
from hutong.kernel import updates
from hutong.kernel.clock import DAY_MS, HOUR_MS, MINUTE_MS, HandWound
from hutong.kernel.db import Tx
from hutong.kernel.errors import DomainError, ErrorCode
from tests.domains.builders import a_user, an_app


@pytest.fixture
def account(tx: Tx) -> App:
    return an_app(tx)


@pytest.fixture
def ann(tx: Tx) -> User:
    return a_user(tx)


def refused(code: ErrorCode) -> "pytest.RaisesExc[DomainError]":
    return pytest.raises(DomainError, check=lambda error: error.code is code)


def follow(tx: Tx, account: App, person: User) -> None:
    follows.follow(tx, appid=account.appid, user_id=person.id, scene=FollowScene.SEARCH)


def said(tx: Tx, account: App, person: User) -> list[bodies.MessageBody]:
    conversation = conversations.with_account(tx, user_id=person.id, appid=account.appid)
    entry = conversations.entry(tx, user_id=person.id, conversation_id=conversation.id)
    return [message.body for message in messages.after(tx, entry.member, seq=0)]


# ── fans ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_following_twice_makes_one_fan_and_one_event(tx: Tx, account: App, ann: User) -> None:
    follow(tx, account, ann)
    follow(tx, account, ann)
    assert follows.fans(tx, account.appid)[0] == 1 and len(tx.emitted(Followed)) == 1
    follows.unfollow(tx, appid=account.appid, user_id=ann.id)
    follows.unfollow(tx, appid=account.appid, user_id=ann.id)
    assert follows.fans(tx, account.appid) == (0, []) and len(tx.emitted(Unfollowed)) == 1
    assert openids.find(tx, appid=account.appid, user_id=ann.id) is not None
    assert [u.kind for u in updates.since(tx, ann.id, 0)[0]] == ["account.followed", "account.unfollowed"]


def test_only_accounts_have_fans(tx: Tx, ann: User) -> None:
    with refused(KIND_FORBIDDEN):
        follow(tx, an_app(tx, kind=AppKind.MINI_PROGRAM), ann)


def test_fans_page_in_the_order_they_came(tx: Tx, account: App) -> None:
    people = [a_user(tx, f"P{i}") for i in range(5)]
    for person in people:
        follow(tx, account, person)
    total, first = follows.fans(tx, account.appid, limit=3)
    _, rest = follows.fans(tx, account.appid, after=first[-1].user_id, limit=3)
    assert total == 5
    assert [fan.user_id for fan in first + rest] == [person.id for person in people]
    assert follows.fans(tx, account.appid, after=people[-1].id) == (5, [])
    with refused(refusals.NOT_FOLLOWING):
        follows.fans(tx, account.appid, after=a_user(tx, "Stranger").id)


def test_a_remark_is_for_fans_and_short(tx: Tx, account: App, ann: User) -> None:
    with refused(refusals.NOT_FOLLOWING):
        follows.set_remark(tx, appid=account.appid, user_id=ann.id, remark="regular")
    follow(tx, account, ann)
    assert follows.set_remark(tx, appid=account.appid, user_id=ann.id, remark="常客").remark == "常客"
    with refused(refusals.REMARK_TOO_LONG):
        follows.set_remark(tx, appid=account.appid, user_id=ann.id, remark="长" * 31)


# ── scene codes ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_stranger_follows_by_the_code_and_a_follower_is_announced(tx: Tx, account: App, ann: User) -> None:
    scene = scenes.create(tx, appid=account.appid, scene="str:table-7", lasts_ms=MINUTE_MS)
    assert codes.resolve(tx, scene.url).target["ticket"] == scene.ticket
    assert scenes.scan(tx, ticket=scene.ticket, user_id=ann.id) is None
    assert tx.emitted(CodeScanned) == []
    made = scenes.follow_by_code(tx, ticket=scene.ticket, user_id=ann.id)
    assert (made.scene, made.code_scene) == (FollowScene.CODE, "str:table-7")
    (event,) = tx.emitted(Followed)
    assert (event.code_scene, event.ticket) == ("str:table-7", scene.ticket)
    assert scenes.scan(tx, ticket=scene.ticket, user_id=ann.id) == made
    assert [scan.code_scene for scan in tx.emitted(CodeScanned)] == ["str:table-7"]


def test_a_temporary_code_ends_and_a_lasting_one_is_the_same_for_its_scene(
    tx: Tx, clock: HandWound, account: App, ann: User
) -> None:
    brief = scenes.create(tx, appid=account.appid, scene="id:1", lasts_ms=MINUTE_MS)
    lasting = scenes.create(tx, appid=account.appid, scene="id:1", lasts_ms=None)
    assert scenes.create(tx, appid=account.appid, scene="id:1", lasts_ms=None) == lasting
    clock.advance(31 * DAY_MS)
    with refused(refusals.TICKET_UNKNOWN):
        scenes.scan(tx, ticket=brief.ticket, user_id=ann.id)
    assert scenes.scan(tx, ticket=lasting.ticket, user_id=ann.id) is None
    tx.run("update official_account set permanent_scenes = 100000")
    with refused(refusals.SCENES_FULL):
        scenes.create(tx, appid=account.appid, scene="id:2", lasts_ms=None)


@pytest.mark.parametrize(
    ("scene_id", "scene_str", "permanent"),
    [(0, None, False), (2**32, None, False), (100_001, None, True), (None, "", True), (None, "x" * 65, True)],
)
def test_a_scene_out_of_range_is_refused(
    scene_id: int | None, scene_str: str | None, permanent: bool
) -> None:
    with refused(refusals.SCENE_INVALID):
        scenes.scene_of(scene_id, scene_str, permanent=permanent)


# ── menus ──────────────────────────────────────────────────────────────────────────────────────────────────

CLICK = Button("今日茶单", ButtonKind.CLICK, key="TODAY")
VIEW = Button("官网", ButtonKind.VIEW, url="https://tea.example/")


def test_a_tap_is_announced_with_what_the_button_carries(tx: Tx, account: App, ann: User) -> None:
    program = an_app(tx, kind=AppKind.MINI_PROGRAM, org_id=account.org_id)
    order = Button(
        "点单", ButtonKind.MINI_PROGRAM, url="https://tea.example/", appid=program.appid, pagepath="pages/a"
    )
    menu = menus.set_(tx, appid=account.appid, buttons=[CLICK, Button("更多", sub_button=[VIEW, order])])
    follow(tx, account, ann)
    for place in ([0], [1, 0], [1, 1]):
        menus.tap(tx, appid=account.appid, user_id=ann.id, place=place, menu_id=menu.menu_id)
    assert [(tap.kind, tap.key) for tap in tx.emitted(MenuTapped)] == [
        (ButtonKind.CLICK, "TODAY"),
        (ButtonKind.VIEW, "https://tea.example/"),
        (ButtonKind.MINI_PROGRAM, "pages/a"),
    ]
    for place in ([1], [2], [1, 2], [-1], []):
        with refused(refusals.BUTTON_UNKNOWN):
            menus.tap(tx, appid=account.appid, user_id=ann.id, place=place)
    menus.set_(tx, appid=account.appid, buttons=[VIEW])
    with refused(refusals.BUTTON_UNKNOWN):
        menus.tap(tx, appid=account.appid, user_id=ann.id, place=[0], menu_id=menu.menu_id)
    menus.delete(tx, account.appid)
    with refused(refusals.MENU_MISSING):
        menus.tap(tx, appid=account.appid, user_id=ann.id, place=[0])


@pytest.mark.parametrize(
    ("buttons", "code"),
    [
        ([], refusals.MENU_SIZE),
        ([CLICK] * 4, refusals.MENU_SIZE),
        ([Button("", ButtonKind.CLICK, key="A")], refusals.BUTTON_NAME),
        ([Button("一二三四五六七八九", ButtonKind.CLICK, key="A")], refusals.BUTTON_NAME),
        ([Button("A", ButtonKind.CLICK)], refusals.BUTTON_KEY),
        ([Button("A", ButtonKind.CLICK, key="k" * 129)], refusals.BUTTON_KEY),
        ([Button("A", ButtonKind.VIEW, url="javascript:alert(1)")], refusals.BUTTON_URL),
        ([Button("A", ButtonKind.VIEW, url="https://a.example/" + "x" * 1024)], refusals.BUTTON_URL),
        ([Button("A", ButtonKind.VIEW, url="http://[")], refusals.BUTTON_URL),
        ([Button("A")], refusals.SUB_MENU_SIZE),
        ([Button("A", sub_button=[CLICK] * 6)], refusals.SUB_MENU_SIZE),
        ([Button("A", sub_button=[Button("B", sub_button=[CLICK])])], refusals.BUTTON_TYPE),
        ([Button("A", sub_button=[Button("长" * 31, ButtonKind.CLICK, key="A")])], refusals.SUB_BUTTON_NAME),
        ([Button("A", ButtonKind.MEDIA, media_id="m")], refusals.BUTTON_TYPE),
        (
            [Button("A", ButtonKind.MINI_PROGRAM, url="https://a.example", appid="wx0", pagepath="p")],
            refusals.BUTTON_PROGRAM,
        ),
    ],
)
def test_an_impossible_menu_is_refused_and_the_former_stays(
    tx: Tx, account: App, buttons: list[Button], code: ErrorCode
) -> None:
    menu = menus.set_(tx, appid=account.appid, buttons=[VIEW])
    with refused(code):
        menus.set_(tx, appid=account.appid, buttons=buttons)
    assert menus.get(tx, account.appid) == menu


# ── writing to people ──────────────────────────────────────────────────────────────────────────────────────


def speak(tx: Tx, account: App, person: User) -> None:
    """The person says something, and the account's handler hears of it."""
    conversation = conversations.with_account(tx, user_id=person.id, appid=account.appid)
    messages.send(tx, conversation.id, sender=person.id, body=bodies.Text("在吗"))
    handlers.open_window(tx, tx.emitted(AccountMessageSent)[-1])


def write(tx: Tx, account: App, person: User) -> None:
    service.send(tx, appid=account.appid, user_id=person.id, body=bodies.Text("在"))


def test_an_account_answers_five_times_within_48_hours(
    tx: Tx, clock: HandWound, account: App, ann: User
) -> None:
    follow(tx, account, ann)
    clock.advance(MINUTE_MS)
    with refused(refusals.WINDOW_CLOSED):
        write(tx, account, ann)
    speak(tx, account, ann)
    for _ in range(5):
        write(tx, account, ann)
    with refused(refusals.COUNT_SPENT):
        write(tx, account, ann)
    speak(tx, account, ann)
    clock.advance(48 * HOUR_MS - 1)
    write(tx, account, ann)
    clock.advance(1)
    with refused(refusals.WINDOW_CLOSED):
        write(tx, account, ann)
    assert said(tx, account, ann).count(bodies.Text("在")) == 6


def test_following_lets_the_account_write_three_times_within_a_minute(
    tx: Tx, clock: HandWound, account: App, ann: User
) -> None:
    follow(tx, account, ann)
    for _ in range(3):
        write(tx, account, ann)
    with refused(refusals.COUNT_SPENT):
        write(tx, account, ann)


def test_an_account_cannot_write_to_whom_left(tx: Tx, account: App, ann: User) -> None:
    follow(tx, account, ann)
    speak(tx, account, ann)
    follows.unfollow(tx, appid=account.appid, user_id=ann.id)
    with refused(refusals.WINDOW_CLOSED):
        write(tx, account, ann)
    speak(tx, account, ann)
    with refused(refusals.NOT_FOLLOWING):
        write(tx, account, ann)


def test_a_reply_is_said_once_per_push(tx: Tx, account: App, ann: User) -> None:
    for _ in range(2):
        service.reply(tx, appid=account.appid, user_id=ann.id, body=bodies.Text("好的"), to="d1")
        service.apologise(tx, appid=account.appid, user_id=ann.id, to="d2")
    reply, apology = said(tx, account, ann)
    assert reply == bodies.Text("好的") and isinstance(apology, bodies.SystemLine)


def test_typing_is_shown_only_while_the_account_may_write(tx: Tx, account: App, ann: User) -> None:
    with refused(refusals.WINDOW_CLOSED):
        service.type_(tx, appid=account.appid, user_id=ann.id, typing=True)
    speak(tx, account, ann)
    service.type_(tx, appid=account.appid, user_id=ann.id, typing=True)
    assert updates.since(tx, ann.id, 0)[0][-1].kind == "chat.typing"


# ── templates ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_template_message_arrives_filled_and_once(tx: Tx, account: App, ann: User) -> None:
    follow(tx, account, ann)
    template = templates.add(tx, appid=account.appid, template_id_short="TM00015", keywords=[])
    for _ in range(2):
        templates.send(
            tx,
            appid=account.appid,
            user_id=ann.id,
            template_id=template.template_id,
            values={
                "first": templates.Value("已收到您的付款"),
                "orderMoneySum": templates.Value("28.00元", "#FF0000"),
                "orderProductName": templates.Value("高山乌龙"),
                "Remark": templates.Value("请到柜台取茶"),
            },
            url="https://tea.example/o/1",
            client_msg_id="T-1",
        )
    assert said(tx, account, ann) == [
        bodies.Notice(
            title="订单支付成功",
            fields=[
                bodies.NoticeField("支付金额", "28.00元", "#FF0000"),
                bodies.NoticeField("商品信息", "高山乌龙"),
            ],
            first="已收到您的付款",
            remark="请到柜台取茶",
            url="https://tea.example/o/1",
            template_id=template.template_id,
        )
    ]
    assert [event.status for event in tx.emitted(NoticeSent)] == ["success"]


def test_a_template_message_needs_a_follower_and_a_template(tx: Tx, account: App, ann: User) -> None:
    template = templates.add(tx, appid=account.appid, template_id_short="TM00017", keywords=["订单状态"])
    assert template.content == "{{first.DATA}}\n订单状态：{{OrderStatus.DATA}}\n{{remark.DATA}}"

    def send(template_id: str = template.template_id, **rest: str) -> None:
        templates.send(tx, appid=account.appid, user_id=ann.id, template_id=template_id, values={}, **rest)

    with refused(refusals.NOT_FOLLOWING):
        send()
    follow(tx, account, ann)
    with refused(refusals.TEMPLATE_UNKNOWN):
        send("no such template")
    with refused(APP_UNKNOWN):
        send(program_appid=account.appid)
    templates.remove(tx, appid=account.appid, template_id=template.template_id)
    with refused(refusals.TEMPLATE_UNKNOWN):
        send()


def test_an_account_keeps_at_most_25_templates(tx: Tx, account: App) -> None:
    for _ in range(25):
        templates.add(tx, appid=account.appid, template_id_short="TM00015", keywords=[])
    with refused(refusals.TEMPLATES_FULL):
        templates.add(tx, appid=account.appid, template_id_short="TM00015", keywords=[])
    assert len(templates.list_(tx, account.appid)) == 25
    with refused(refusals.TEMPLATE_UNKNOWN):
        templates.add(tx, appid=account.appid, template_id_short="TM99999", keywords=[])
    with refused(refusals.TEMPLATE_KEYWORDS):
        templates.add(tx, appid=account.appid, template_id_short="TM00015", keywords=["天气"])


def test_the_industry_changes_once_a_month(tx: Tx, clock: HandWound, account: App) -> None:
    assert templates.industries(tx, account.appid) == (41, 41)
    templates.set_industry(tx, appid=account.appid, primary=10, secondary=31)
    with refused(refusals.INDUSTRY_TOO_SOON):
        templates.set_industry(tx, appid=account.appid, primary=1, secondary=31)
    clock.advance(30 * DAY_MS)
    templates.set_industry(tx, appid=account.appid, primary=1, secondary=31)
    assert templates.industries(tx, account.appid) == (1, 31)
    with refused(refusals.INDUSTRY_UNKNOWN):
        templates.set_industry(tx, appid=account.appid, primary=1, secondary=42)
