"""Message push: what an unmodified wechatpy reads, and what becomes of its replies."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec
import pytest
from wechatpy import create_reply, parse_message
from wechatpy.crypto import WeChatCrypto
from wechatpy.replies import ArticlesReply, ImageReply, TransferCustomerServiceReply
from wechatpy.utils import check_signature

from hutong.domains.apps import materials, openids, push
from hutong.domains.apps.tables import App, CheckState, MaterialKind, PushFormat, PushMode
from hutong.domains.chat import bodies, conversations, messages
from hutong.domains.identity.tables import User
from hutong.domains.media import files
from hutong.domains.official import follows, menus, scenes
from hutong.domains.official.tables import Button, ButtonKind, FollowScene
from hutong.kernel import deliveries, envelopes, events, xml
from hutong.kernel.clock import HandWound
from hutong.kernel.db import Tx
from hutong.kernel.deliveries import CHANNELS, Delivery, DeliveryState, Incoming, Outgoing
from hutong.protocols.mp import callbacks
from tests.domains.builders import a_user

KEY = envelopes.new_encoding_aes_key()


@pytest.fixture
def ann(tx: Tx) -> User:
    return a_user(tx)


def settings(mode: PushMode = PushMode.PLAIN, format: PushFormat = PushFormat.XML) -> push.PushSettings:
    return push.PushSettings("http://127.0.0.1:9/wx?shop=1", "Token123", KEY, mode, format)


def dispatch(tx: Tx) -> None:
    """Hand out every event that is due, as the server does."""
    while due := events.due(tx, limit=100):
        for row in due:
            events.handle(tx, row.id)


def pushes(tx: Tx) -> list[tuple[Delivery, Outgoing]]:
    dispatch(tx)
    pending = deliveries.claim(tx, limit=100, lease_ms=60_000)
    return [(delivery, CHANNELS[delivery.channel].build(tx, delivery)) for delivery in pending]


def one_push(tx: Tx) -> tuple[Delivery, Outgoing, dict[str, str]]:
    ((delivery, outgoing),) = pushes(tx)
    return delivery, outgoing, dict(parse_qsl(urlsplit(outgoing.url).query))


def settle(tx: Tx, delivery: Delivery, body: bytes, status: int = 200) -> Delivery:
    answer = Incoming(status, {}, body)
    return deliveries.settle(tx, delivery.id, answer, started_at=tx.now, duration_ms=1)


def speak(tx: Tx, app: App, ann: User, body: bodies.MessageBody = bodies.Text("有乌龙吗")) -> None:
    conversation = conversations.with_account(tx, user_id=ann.id, appid=app.appid)
    messages.send(tx, conversation.id, sender=ann.id, body=body)


def last(tx: Tx, app: App, ann: User) -> messages.Message:
    conversation = conversations.with_account(tx, user_id=ann.id, appid=app.appid)
    return messages.get(tx, conversation.id, conversation.last_seq)


# ── out ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_wechatpy_reads_a_plain_message(tx: Tx, account: App, ann: User) -> None:
    push.set_(tx, account.appid, settings())
    speak(tx, account, ann)
    _, outgoing, query = one_push(tx)
    check_signature("Token123", query["signature"], query["timestamp"], query["nonce"])
    assert query["shop"] == "1" and "encrypt_type" not in query
    message = parse_message(outgoing.body)
    openid = openids.of(tx, appid=account.appid, user_id=ann.id)
    assert (message.type, message.content, message.source, message.target) == (
        "text",
        "有乌龙吗",
        openid,
        account.original_id,
    )
    assert int(message.id) == last(tx, account, ann).id and query["openid"] == openid


@pytest.mark.parametrize("mode", [PushMode.SAFE, PushMode.COMPATIBLE])
def test_wechatpy_opens_a_sealed_message(tx: Tx, account: App, ann: User, mode: PushMode) -> None:
    push.set_(tx, account.appid, settings(mode))
    speak(tx, account, ann)
    _, outgoing, query = one_push(tx)
    crypto = WeChatCrypto("Token123", KEY, account.appid)
    opened = crypto.decrypt_message(outgoing.body, query["msg_signature"], query["timestamp"], query["nonce"])
    assert query["encrypt_type"] == "aes" and parse_message(opened).content == "有乌龙吗"
    assert ("有乌龙吗" in outgoing.body.decode()) == (mode is PushMode.COMPATIBLE)


def test_a_program_may_hear_json(tx: Tx, program: App, ann: User) -> None:
    push.set_(tx, program.appid, settings(format=PushFormat.JSON))
    speak(tx, program, ann)
    _, outgoing, _ = one_push(tx)
    heard = msgspec.json.decode(outgoing.body)
    assert (heard["MsgType"], heard["Content"]) == ("text", "有乌龙吗")
    assert isinstance(heard["CreateTime"], int) and isinstance(heard["MsgId"], int)


def test_every_kind_a_person_may_send_is_read(tx: Tx, account: App, ann: User) -> None:
    push.set_(tx, account.appid, settings())

    def kept(kind: files.FileKind, content_type: str) -> str:
        return files.keep(
            tx,
            owner=str(ann.id),
            content_hash="0" * 64,
            content_type=content_type,
            size=1,
            name="a",
            kind=kind,
        ).handle

    image = kept(files.FileKind.IMAGE, "image/png")
    expected = [
        (bodies.Image(image), "image"),
        (bodies.Voice(kept(files.FileKind.VOICE, "audio/amr")), "voice"),
        (bodies.Video(kept(files.FileKind.VIDEO, "video/mp4"), cover=image), "video"),
        (bodies.Location(31.2, 121.5, "店", "老街1号", 15), "location"),
        (bodies.Link("https://tea.example/", "官网", "茶"), "link"),
        (bodies.Chosen("101", "满意"), "text"),
        (bodies.MiniProgramCard("wx1", "点单", "pages/a"), None),
    ]
    for body, kind in expected:
        speak(tx, account, ann, body)
        delivery, outgoing, _ = one_push(tx)
        fields = xml.parse(outgoing.body)
        if kind is not None:
            assert parse_message(outgoing.body).type == kind
        if "MediaId" in fields:
            assert materials.get(tx, appid=account.appid, media_id=str(fields["MediaId"]))
        settle(tx, delivery, b"success")
    assert fields["MsgType"] == "miniprogrampage" and fields["PagePath"] == "pages/a"
    speak(tx, account, ann, bodies.ContactCard(str(ann.id)))
    assert pushes(tx) == []


def test_nothing_is_pushed_without_an_address(tx: Tx, account: App, ann: User) -> None:
    speak(tx, account, ann)
    assert pushes(tx) == []


def test_events_carry_their_published_fields(tx: Tx, account: App, ann: User) -> None:
    push.set_(tx, account.appid, settings())
    menus.set_(
        tx,
        appid=account.appid,
        buttons=[
            Button("茶单", ButtonKind.CLICK, key="TODAY"),
            Button("官网", ButtonKind.VIEW, url="https://tea.example/"),
            Button("扫码", ButtonKind.SCAN_WAIT, key="SCAN"),
        ],
    )
    scene = scenes.create(tx, appid=account.appid, scene="str:t7", lasts_ms=60_000)
    scenes.follow_by_code(tx, ticket=scene.ticket, user_id=ann.id)
    scenes.scan(tx, ticket=scene.ticket, user_id=ann.id)
    for place in range(3):
        menus.tap(tx, appid=account.appid, user_id=ann.id, place=[place], result="R")
    follows.unfollow(tx, appid=account.appid, user_id=ann.id)
    follows.follow(tx, appid=account.appid, user_id=ann.id, scene=FollowScene.SEARCH)
    heard = [parse_message(outgoing.body) for _, outgoing in pushes(tx)]
    assert {message.event for message in heard} == {
        "subscribe_scan",
        "scan",
        "click",
        "view",
        "scancode_waitmsg",
        "unsubscribe",
        "subscribe",
    }
    by_event = {message.event: message for message in heard}
    assert (by_event["subscribe_scan"].scene_id, by_event["subscribe_scan"].ticket) == ("t7", scene.ticket)
    assert by_event["scan"].scene_id == "t7"
    assert by_event["click"].key == "TODAY" and by_event["view"].url == "https://tea.example/"
    assert by_event["scancode_waitmsg"].scan_result == "R"


# ── back ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_reply_is_said_in_the_conversation(tx: Tx, account: App, ann: User) -> None:
    push.set_(tx, account.appid, settings())
    speak(tx, account, ann)
    delivery, outgoing, _ = one_push(tx)
    reply = create_reply("有，刚到", message=parse_message(outgoing.body)).render()
    assert settle(tx, delivery, reply.encode()).state is DeliveryState.DELIVERED
    said = last(tx, account, ann)
    assert (said.sender, said.body) == (account.appid, bodies.Text("有，刚到"))


def test_a_sealed_reply_is_opened_and_safe_mode_insists_on_it(tx: Tx, account: App, ann: User) -> None:
    push.set_(tx, account.appid, settings(PushMode.SAFE))
    speak(tx, account, ann)
    delivery, outgoing, query = one_push(tx)
    crypto = WeChatCrypto("Token123", KEY, account.appid)
    message = parse_message(
        crypto.decrypt_message(outgoing.body, query["msg_signature"], query["timestamp"], query["nonce"])
    )
    plain = create_reply("有", message=message).render()
    assert "not encrypted" in str(settle(tx, delivery, plain.encode()).last_error)
    sealed = crypto.encrypt_message(plain, "nonce", "1700000000")
    forged = sealed.replace("1700000000", "1700000001")
    assert "MsgSignature" in str(settle(tx, delivery, forged.encode()).last_error)
    assert settle(tx, delivery, sealed.encode()).state is DeliveryState.DELIVERED
    assert last(tx, account, ann).body == bodies.Text("有")


def test_pictures_and_articles_are_replies_too(tx: Tx, account: App, ann: User) -> None:
    push.set_(tx, account.appid, settings())
    image = files.keep(
        tx,
        owner=account.appid,
        content_hash="0" * 64,
        content_type="image/png",
        size=1,
        name="a",
        kind=files.FileKind.IMAGE,
        width=4,
        height=3,
    )
    media_id = materials.lend(tx, appid=account.appid, kind=MaterialKind.IMAGE, handle=image.handle).media_id
    article = {"title": "新茶", "description": "明前", "image": "https://a/1.png", "url": "https://a/"}

    def answer(make: Any) -> bodies.MessageBody:
        speak(tx, account, ann)
        delivery, outgoing, _ = one_push(tx)
        reply = make(parse_message(outgoing.body)).render()
        assert settle(tx, delivery, reply.encode()).state is DeliveryState.DELIVERED
        return last(tx, account, ann).body

    assert answer(lambda m: ImageReply(message=m, media_id=media_id)) == bodies.Image(image.handle, 4, 3)
    news = answer(lambda m: ArticlesReply(message=m, articles=[article, article]))
    assert news == bodies.News([bodies.Article("新茶", "明前", "https://a/", "https://a/1.png")] * 2)
    assert answer(lambda m: TransferCustomerServiceReply(message=m)) == bodies.Text("有乌龙吗")


@pytest.mark.parametrize("body", [b"", b"success", b"  success\n"])
def test_silence_accepts(tx: Tx, account: App, ann: User, body: bytes) -> None:
    push.set_(tx, account.appid, settings())
    speak(tx, account, ann)
    delivery, _, _ = one_push(tx)
    assert settle(tx, delivery, body).state is DeliveryState.DELIVERED
    assert last(tx, account, ann).sender == str(ann.id)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, b"success"),
        (200, b"oops"),
        (200, b"\xff\x00"),
        (200, b"<xml>"),
        (200, b"<!DOCTYPE x><xml/>"),
        (200, b"[" * 5000),
        (200, b"{" * 5000),
        (200, b"<xml><MsgType>text</MsgType><Content>x</Content></xml>"),
        (200, b"<xml><Encrypt>x</Encrypt></xml>"),
    ],
)
def test_garbage_is_tried_three_times_and_then_the_person_is_told(
    tx: Tx, clock: HandWound, account: App, ann: User, status: int, body: bytes
) -> None:
    push.set_(tx, account.appid, settings())
    speak(tx, account, ann)
    for _ in range(3):
        delivery, _, _ = one_push(tx)
        delivery = settle(tx, delivery, body, status)
    assert delivery.state is DeliveryState.FAILED and pushes(tx) == []
    said = last(tx, account, ann).body
    assert isinstance(said, bodies.SystemLine) and said.event == "account.trouble"


def test_a_reply_cannot_be_for_somebody_else_or_use_a_strangers_media(
    tx: Tx, account: App, ann: User
) -> None:
    push.set_(tx, account.appid, settings())
    speak(tx, account, ann)
    delivery, outgoing, _ = one_push(tx)
    message = parse_message(outgoing.body)
    message._data["FromUserName"] = "o" + "x" * 27
    wrong = create_reply("有", message=message).render()
    assert "ToUserName" in str(settle(tx, delivery, wrong.encode()).last_error)
    stolen = ImageReply(message=parse_message(outgoing.body), media_id="none").render()
    assert "cannot be used" in str(settle(tx, delivery, stolen.encode()).last_error)
    assert last(tx, account, ann).sender == str(ann.id)


def test_a_silent_server_owes_no_apology_for_an_event(tx: Tx, account: App, ann: User) -> None:
    push.set_(tx, account.appid, settings())
    follows.follow(tx, appid=account.appid, user_id=ann.id, scene=FollowScene.SEARCH)
    for _ in range(3):
        delivery, _, _ = one_push(tx)
        delivery = settle(tx, delivery, b"", 502)
    conversation = conversations.with_account(tx, user_id=ann.id, appid=account.appid)
    assert delivery.state is DeliveryState.FAILED and conversation.last_seq == 0


# ── the address check ──────────────────────────────────────────────────────────────────────────────────────


def test_an_address_takes_effect_when_it_echoes(tx: Tx, account: App) -> None:
    check = push.propose(tx, account.appid, settings())
    delivery, outgoing, query = one_push(tx)
    assert outgoing.method == "GET" and delivery.channel == callbacks.CHECK
    check_signature("Token123", query["signature"], query["timestamp"], query["nonce"])
    assert settle(tx, delivery, query["echostr"].encode()).state is DeliveryState.DELIVERED
    assert push.find(tx, account.appid) == settings()
    assert push.get_check(tx, check.id).state is CheckState.PASSED


@pytest.mark.parametrize(("status", "body"), [(200, b"success"), (404, b""), (200, b"")])
def test_an_address_that_does_not_echo_is_refused_at_once(
    tx: Tx, account: App, status: int, body: bytes
) -> None:
    check = push.propose(tx, account.appid, settings())
    delivery, _, _ = one_push(tx)
    assert settle(tx, delivery, body, status).state is DeliveryState.FAILED
    refused = push.get_check(tx, check.id)
    assert refused.state is CheckState.REFUSED and refused.reason
    assert push.find(tx, account.appid) is None
