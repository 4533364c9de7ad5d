"""Subscribe messages: templates from the library, ticks, and what each lets an app send."""

import pytest

from hutong.domains.apps.tables import App, AppKind
from hutong.domains.chat import bodies, conversations, messages
from hutong.domains.chat.errors import NOTICES_ONLY
from hutong.domains.identity.tables import User, UserId
from hutong.domains.miniapp import (
    categories,
    keywords,
    subscribe_messages,
    subscriptions,
    templates,
    versions,
)
from hutong.domains.miniapp import errors as refusals
from hutong.domains.miniapp.events import SubscribeAnswered, SubscribeChanged, SubscribeMessageSent
from hutong.domains.miniapp.subscriptions import Status
from hutong.domains.miniapp.tables import Channel, Choice, Template
from hutong.domains.miniapp.template_library import LIBRARY
from hutong.kernel.db import Tx
from hutong.kernel.errors import DomainError, ErrorCode
from tests.domains.builders import a_user, an_app

CAFE, PARKING = 632, 157
READY = {"character_string1": "A018", "thing2": "云岫乌龙", "phrase4": "已完成"}


@pytest.fixture
def ann(tx: Tx) -> User:
    return a_user(tx)


@pytest.fixture
def program(tx: Tx) -> App:
    app = an_app(tx, kind=AppKind.MINI_PROGRAM)
    categories.add(tx, appid=app.appid, second=CAFE)
    return app


@pytest.fixture
def ready(tx: Tx, program: App) -> Template:
    """The template that calls a guest to the counter."""
    return templates.add(tx, appid=program.appid, tid=1476, kids=[1, 2, 4], scene="叫号取餐")


def refused(code: ErrorCode) -> "pytest.RaisesExc[DomainError]":
    return pytest.raises(DomainError, check=lambda error: error.code is code)


def tick(tx: Tx, ann: User, *asked: Template, yes: bool = True, keep: bool = False) -> dict[str, Status]:
    ids = [template.template_id for template in asked]
    return subscriptions.answer(
        tx, appid=asked[0].appid, user_id=ann.id, template_ids=ids, ticked=ids if yes else [], keep=keep
    )


def send(tx: Tx, to: UserId, template: Template, **more: object) -> messages.Message:
    given: dict[str, object] = {"values": READY, **more}
    return subscribe_messages.send(
        tx, appid=template.appid, user_id=to, template_id=template.template_id, **given
    )  # type: ignore[arg-type]


# ── templates ──────────────────────────────────────────────────────────────────────────────────────────────


def test_every_public_template_is_sound() -> None:
    for title in LIBRARY.values():
        assert set(title.categories) <= set(categories.CATEGORIES), title.title
        assert [word.kid for word in title.keywords] == list(range(1, len(title.keywords) + 1))
        for word in title.keywords:
            assert keywords.fits(word.code, word.example, list(word.enum)), (title.title, word)


def test_a_template_names_its_values_in_the_chosen_order(tx: Tx, program: App) -> None:
    made = templates.add(tx, appid=program.appid, tid=1476, kids=[4, 1], scene="")
    assert made.content == "状态:{{phrase4.DATA}}\n取餐号:{{character_string1.DATA}}\n"
    assert made.example == "状态:已完成\n取餐号:A018\n"
    with refused(refusals.TEMPLATE_TWICE):
        templates.add(tx, appid=program.appid, tid=1476, kids=[4, 1], scene="again")
    templates.add(tx, appid=program.appid, tid=1476, kids=[1, 4], scene="")
    templates.remove(tx, appid=program.appid, template_id=made.template_id)
    assert [each.kids for each in templates.list_(tx, program.appid)] == ["1,4"]


def test_the_library_is_open_to_fitting_categories_only(tx: Tx, program: App) -> None:
    assert 1476 in {title.tid for title in templates.titles(tx, program, [CAFE])}
    with refused(refusals.TITLE_CATEGORIES):
        templates.titles(tx, program, [PARKING])
    with refused(refusals.TITLE_UNKNOWN):
        templates.add(tx, appid=program.appid, tid=2101, kids=[1, 2], scene="")
    for kids in ([1], [1, 99], [1, 1], [1, 2, 3, 4, 5, 6]):
        with refused(refusals.TEMPLATE_KEYWORDS):
            templates.add(tx, appid=program.appid, tid=1476, kids=kids, scene="")
    with refused(refusals.TEMPLATE_SCENE):
        templates.add(tx, appid=program.appid, tid=1476, kids=[1, 2], scene="长" * 16)
    with refused(refusals.SUBSCRIBE_FORBIDDEN):
        other = an_app(tx, kind=AppKind.SUBSCRIPTION)
        templates.add(tx, appid=other.appid, tid=1476, kids=[1, 2], scene="")


def test_an_app_has_five_categories_and_adds_five_a_month(tx: Tx, program: App) -> None:
    with refused(refusals.CATEGORY_HELD):
        categories.add(tx, appid=program.appid, second=CAFE)
    for second in (220, 612, 613):
        categories.add(tx, appid=program.appid, second=second)
    categories.remove(tx, appid=program.appid, second=612)
    categories.add(tx, appid=program.appid, second=612)
    assert [each.second for each in categories.of(tx, program.appid)].count(612) == 1
    with refused(refusals.CATEGORIES_TOO_OFTEN):
        categories.add(tx, appid=program.appid, second=614)


# ── ticks ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.shows("MIN-09")
def test_one_tick_is_one_message(tx: Tx, ann: User, ready: Template) -> None:
    with refused(refusals.NOT_SUBSCRIBED):
        send(tx, ann.id, ready)
    assert tick(tx, ann, ready) == {ready.template_id: Status.ACCEPT}
    tick(tx, ann, ready)
    for _ in range(2):
        send(tx, ann.id, ready)
    with refused(refusals.NOT_SUBSCRIBED):
        send(tx, ann.id, ready)
    assert [event.answers for event in tx.emitted(SubscribeAnswered)] == [{ready.template_id: "accept"}] * 2  # type: ignore[attr-defined]


def test_no_gives_nothing_and_takes_nothing(tx: Tx, ann: User, ready: Template) -> None:
    tick(tx, ann, ready)
    assert tick(tx, ann, ready, yes=False) == {ready.template_id: Status.REJECT}
    send(tx, ann.id, ready)
    with refused(refusals.NOT_SUBSCRIBED):
        send(tx, ann.id, ready)


def test_a_kept_answer_is_given_again_without_asking(tx: Tx, ann: User, ready: Template) -> None:
    tick(tx, ann, ready, keep=True)
    (asked,) = subscriptions.sheet(tx, appid=ready.appid, user_id=ann.id, template_ids=[ready.template_id])
    assert asked.status is Status.ACCEPT
    assert tick(tx, ann, ready, yes=False) == {ready.template_id: Status.ACCEPT}, "the kept yes counts again"
    for _ in range(2):
        send(tx, ann.id, ready)
    bob = a_user(tx)
    tick(tx, bob, ready, yes=False, keep=True)
    assert tick(tx, bob, ready) == {ready.template_id: Status.REJECT}, "a kept no is not asked again"
    with refused(refusals.NOT_SUBSCRIBED):
        send(tx, bob.id, ready)


def test_settings_end_and_begin_what_was_ticked(tx: Tx, ann: User, ready: Template) -> None:
    tick(tx, ann, ready)
    appid, template_id = ready.appid, ready.template_id
    subscriptions.choose(tx, appid=appid, user_id=ann.id, template_id=template_id, choice=Choice.REJECT)
    with refused(refusals.NOT_SUBSCRIBED):
        send(tx, ann.id, ready)
    subscriptions.choose(tx, appid=appid, user_id=ann.id, template_id=template_id, choice=Choice.ASK)
    subscriptions.mute(tx, appid=appid, user_id=ann.id, muted=True)
    with refused(refusals.NOT_SUBSCRIBED):
        send(tx, ann.id, ready)
    subscriptions.mute(tx, appid=appid, user_id=ann.id, muted=False)
    send(tx, ann.id, ready)
    changed = [event.refused for event in tx.emitted(SubscribeChanged)]  # type: ignore[attr-defined]
    assert changed == [[template_id], [template_id]]


@pytest.mark.shows("MIN-09")
def test_a_lasting_template_is_sent_until_the_person_says_no(tx: Tx, ann: User, program: App) -> None:
    categories.add(tx, appid=program.appid, second=PARKING)
    parking = templates.add(tx, appid=program.appid, tid=2101, kids=[1, 4], scene="")
    values = {"car_number1": "沪A12345", "amount4": "¥12.00"}
    assert tick(tx, ann, parking) == {parking.template_id: Status.ACCEPT}
    for _ in range(3):
        send(tx, ann.id, parking, values=values)
    categories.remove(tx, appid=program.appid, second=PARKING)
    with refused(refusals.SUBSCRIBE_FORBIDDEN):
        send(tx, ann.id, parking, values=values)
    assert tick(tx, ann, parking) == {parking.template_id: Status.BAN}
    categories.add(tx, appid=program.appid, second=PARKING)
    tick(tx, ann, parking, yes=False)
    with refused(refusals.NOT_SUBSCRIBED):
        send(tx, ann.id, parking, values=values)


def test_kinds_are_asked_apart_and_a_title_once(tx: Tx, ann: User, program: App, ready: Template) -> None:
    categories.add(tx, appid=program.appid, second=PARKING)
    parking = templates.add(tx, appid=program.appid, tid=2101, kids=[1, 4], scene="")
    with refused(refusals.TEMPLATES_MIXED):
        tick(tx, ann, ready, parking)
    twin = templates.add(tx, appid=program.appid, tid=1476, kids=[1, 2], scene="")
    assert tick(tx, ann, ready, twin) == {
        ready.template_id: Status.ACCEPT,
        twin.template_id: Status.FILTER,
    }
    with refused(refusals.TEMPLATE_UNKNOWN):
        subscriptions.sheet(tx, appid=program.appid, user_id=ann.id, template_ids=["nobody's"])


# ── messages ───────────────────────────────────────────────────────────────────────────────────────────────


def test_it_stands_among_the_service_notices_and_nobody_answers(tx: Tx, ann: User, ready: Template) -> None:
    tick(tx, ann, ready)
    message = send(tx, ann.id, ready, page="pages/order/order?no=18", channel=Channel.TRIAL, lang="en_US")
    notices = conversations.notices(tx, ann.id)
    assert message.conversation_id == notices.id and message.sender == ready.appid
    assert message.body == bodies.Notice(
        title="取餐提醒",
        fields=[
            bodies.NoticeField("取餐号", "A018"),
            bodies.NoticeField("商品", "云岫乌龙"),
            bodies.NoticeField("状态", "已完成"),
        ],
        appid=ready.appid,
        path="pages/order/order?no=18",
        channel="trial",
        template_id=ready.template_id,
        sender_name="云岫茶事",
        action="View in the mini program",
    )
    (sent,) = tx.emitted(SubscribeMessageSent)  # type: ignore[attr-defined]
    assert (sent.template_id, sent.msg_id) == (ready.template_id, message.id)
    (entry,) = conversations.list_(tx, user_id=ann.id, before=2**62)
    assert (entry.conversation.id, entry.unread) == (notices.id, 1)
    with refused(NOTICES_ONLY):
        messages.send(tx, notices.id, sender=ann.id, body=bodies.Text("谢谢"))


def test_a_message_opens_a_page_the_version_has(tx: Tx, ann: User, ready: Template) -> None:
    version = versions.upload(
        tx,
        appid=ready.appid,
        number="1",
        description="",
        content_hash="0" * 64,
        size_bytes=1,
        pages=["pages/index/index"],
        uploaded_by=ann.id,
    )
    versions.release(tx, appid=ready.appid, version_id=version.id)
    tick(tx, ann, ready)
    with refused(refusals.PAGE_UNKNOWN):
        send(tx, ann.id, ready, page="pages/gone/gone")
    message = send(tx, ann.id, ready, page="/pages/index/index?from=notice")
    assert isinstance(message.body, bodies.Notice) and message.body.path == "pages/index/index?from=notice"


@pytest.mark.parametrize(
    ("code", "good", "bad"),
    [
        ("thing1", ["茶" * 20, "a b-1!"], ["", "茶" * 21]),
        ("number1", ["0", "12.5", "9" * 32], ["", "1a", "9" * 33, "1,000"]),
        ("letter1", ["abcXYZ"], ["a1", "茶", "a" * 33]),
        ("symbol1", ["☆", "!!!!!"], ["a", "!!!!!!"]),
        ("character_string1", ["SN-2026_11"], ["编号", "a" * 33]),
        (
            "time1",
            ["15:01", "2026年11月28日 15:01", "2026年1月1日 9:00~2026年1月1日 10:00"],
            ["25:01", "明天"],
        ),
        ("date1", ["2026年11月28日", "2026-11-28", "2026年11月28日 15:01"], ["28日", "15:01"]),
        ("amount1", ["¥100", "100.5元", "9999999999"], ["99999999999", "一百元", "1.234"]),
        ("phone_number1", ["+86-0766-66888866"], ["1" * 18, "电话"]),
        ("car_number1", ["沪A12345", "粤B1234港"], ["沪沪A12345", "沪A12345678"]),
        ("name1", ["林晚", "Ann Lee"], ["林 晚1", "林" * 11, "a" * 21]),
        ("phrase1", ["已完成"], ["done", "已经完成了吗"]),
        ("enum1", ["小桌"], ["圆桌"]),
    ],
)
def test_a_value_must_fit_its_type(code: str, good: list[str], bad: list[str]) -> None:
    assert [value for value in good if not keywords.fits(code, value, ["小桌"])] == []
    assert [value for value in bad if keywords.fits(code, value, ["小桌"])] == []


def test_an_unfit_value_is_named_and_costs_no_tick(tx: Tx, ann: User, ready: Template) -> None:
    tick(tx, ann, ready)
    with pytest.raises(DomainError) as caught:
        send(tx, ann.id, ready, values={**READY, "phrase4": "已经完成了吗"})
    assert (caught.value.code, caught.value.details) == (
        refusals.VALUE_UNFIT,
        {"field": "data.phrase4.value"},
    )
    send(tx, ann.id, ready)


def test_a_service_account_tells_those_who_ticked(tx: Tx, ann: User, program: App) -> None:
    account = an_app(tx, org_id=program.org_id)
    categories.add(tx, appid=account.appid, second=CAFE)
    ready = templates.add(tx, appid=account.appid, tid=1476, kids=[1, 2, 4], scene="")
    asked = {"appid": account.appid, "user_id": ann.id, "template_id": ready.template_id, "values": READY}
    with refused(refusals.NOT_SUBSCRIBED):
        subscribe_messages.send_for_account(tx, **asked, url="https://tea.example/1")  # type: ignore[arg-type]
    tick(tx, ann, ready)
    message = subscribe_messages.send_for_account(
        tx,
        **asked,
        program_appid=program.appid,
        program_path="pages/index/index",  # type: ignore[arg-type]
    )
    assert isinstance(message.body, bodies.Notice) and message.body.appid == program.appid
