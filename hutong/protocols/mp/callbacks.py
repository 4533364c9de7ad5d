"""消息与事件推送: what an app's server hears, and the replies it gives.

A push is built afresh for each try, in the account's mode and format. The server has five seconds; three tries
in all. What it answers is said in the conversation; if it never answers, the person is told.
"""

import hmac
from typing import Any
from urllib.parse import urlencode, urlsplit

import msgspec

from hutong.domains.apps import apps, materials, openids, push
from hutong.domains.apps.events import PushProposed
from hutong.domains.apps.tables import (
    AppKind,
    CheckState,
    MaterialKind,
    PushCheck,
    PushCheckId,
    PushFormat,
    PushMode,
)
from hutong.domains.benefits.events import CouponConsumed, CouponDeleted, CouponTaken
from hutong.domains.chat import bodies
from hutong.domains.chat.events import AccountMessageSent
from hutong.domains.identity.tables import UserId
from hutong.domains.media import files
from hutong.domains.miniapp import virtual_orders
from hutong.domains.miniapp.events import (
    SubscribeAnswered,
    SubscribeChanged,
    SubscribeMessageSent,
    VirtualPaid,
    VirtualRefunded,
)
from hutong.domains.miniapp.tables import VirtualOrderId
from hutong.domains.official import blocks, service
from hutong.domains.official.events import (
    CodeScanned,
    Followed,
    IssuePublished,
    MenuTapped,
    NoticeSent,
    ServiceEntered,
    Unfollowed,
)
from hutong.domains.official.tables import ButtonKind
from hutong.domains.pay import orders
from hutong.kernel import deliveries, envelopes, xml
from hutong.kernel.clock import SECOND_MS, Millis
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.deliveries import Channel, Delivery, Incoming, Outgoing
from hutong.kernel.envelopes import BrokenEnvelope
from hutong.kernel.errors import DomainError
from hutong.kernel.events import on
from hutong.kernel.frozen import Frozen

from . import replies
from .draft import article_address
from .protocol import home, mp

TIMEOUT_MS = 5000
RETRIES_MS = (0, 0)  # three tries in all, one upon the other
PUSH = "mp.push"
CHECK = "mp.address_check"
MONEY = "mp.virtual"
LADDER_MS = (
    15_000,
    15_000,
    30_000,
    180_000,
    600_000,
    *[1_800_000] * 4,
    *[3_600_000] * 5,
)  # fifteen tries in all
NO_ADDRESS = "The app has no push address any more."


class Pushed(Frozen):
    """What a delivery row keeps of a push. `answers` is whether the person waits for an answer.

    An event that is nobody's doing has no person, and an openid of the platform's own.
    """

    appid: str
    user_id: UserId | None
    openid: str
    message: dict[str, Any]
    answers: bool


class AddressCheck(Frozen):
    check_id: PushCheckId


# ── what is sent ───────────────────────────────────────────────────────────────────────────────────────────


def _enqueue(
    tx: Tx,
    *,
    appid: str,
    user_id: UserId | None,
    at: Millis,
    fields: dict[str, Any],
    subject: str,
    answers: bool = False,
    channel: str = PUSH,
) -> None:
    """Send fields to the app's server, if it has one."""
    settings = push.find(tx, appid)
    if settings is None:
        return
    app = apps.get(tx, appid)
    openid = _platform_openid(tx, appid) if user_id is None else openids.of(tx, appid=appid, user_id=user_id)
    message = {
        "ToUserName": app.original_id,
        "FromUserName": openid,
        "CreateTime": at // SECOND_MS,
        **fields,
    }
    deliveries.enqueue(
        tx,
        channel=channel,
        owner=appid,
        subject=subject,
        url=settings.url,
        payload=Pushed(appid, user_id, openid, message, answers),
    )


def _platform_openid(snapshot: Snapshot, appid: str) -> str:
    return "o" + snapshot.vault.mac("mp.platform_openid", appid)[: openids.LENGTH - 1]


@on(AccountMessageSent, name="mp.push_message")
def push_message(tx: Tx, event: AccountMessageSent) -> None:
    """A person said something: the developer hears it, unless the person is blocked or its kind not published."""
    if blocks.is_blocked(tx, appid=event.appid, user_id=event.user_id):
        return
    fields = _said(tx, event.appid, event.body)
    if fields is not None:
        fields["MsgId"] = event.message_id
        _enqueue(
            tx,
            appid=event.appid,
            user_id=event.user_id,
            at=event.sent_at,
            fields=fields,
            subject=f"message:{event.message_id}",
            answers=True,
        )


def _said(tx: Tx, appid: str, body: bodies.MessageBody) -> dict[str, Any] | None:
    """A message as published; None for what the published servers do not pass on."""

    def lend(kind: MaterialKind, handle: str) -> str:
        return materials.lend(tx, appid=appid, kind=kind, handle=handle).media_id if handle else ""

    match body:
        case bodies.Text(text=text):
            return {"MsgType": "text", "Content": text}
        case bodies.Chosen(id=chosen, content=content):
            return {"MsgType": "text", "Content": content, "bizmsgmenuid": chosen}
        case bodies.Image(media=handle):
            return {
                "MsgType": "image",
                "PicUrl": home(tx) + files.address(tx, handle),
                "MediaId": lend(MaterialKind.IMAGE, handle),
            }
        case bodies.Voice(media=handle):
            media_id = lend(MaterialKind.VOICE, handle)
            kind = files.get(tx, handle).content_type.partition("/")[2]
            return {"MsgType": "voice", "MediaId": media_id, "Format": kind, "MediaId16K": media_id}
        case bodies.Video(media=handle, cover=cover):
            return {
                "MsgType": "video",
                "MediaId": lend(MaterialKind.VIDEO, handle),
                "ThumbMediaId": lend(MaterialKind.THUMB, cover),
            }
        case bodies.Location() as place:
            return {
                "MsgType": "location",
                "Location_X": f"{place.latitude:.6f}",
                "Location_Y": f"{place.longitude:.6f}",
                "Scale": place.scale,
                "Label": place.address or place.name,
            }
        case bodies.Link(url=url, title=title, description=description):
            return {"MsgType": "link", "Title": title, "Description": description, "Url": url}
        case bodies.ArticleCard(article=handle, title=title, description=description):
            url = article_address(home(tx) + mp.mount, handle)
            return {"MsgType": "link", "Title": title, "Description": description, "Url": url}
        case bodies.MiniProgramCard() as card:
            return {
                "MsgType": "miniprogrampage",
                "Title": card.title,
                "AppId": card.appid,
                "PagePath": card.path,
                "ThumbUrl": home(tx) + files.address(tx, card.picture) if card.picture else "",
                "ThumbMediaId": lend(MaterialKind.THUMB, card.picture),
            }
        case _:
            return None


def _event(tx: Tx, event: Any, name: str, *, answers: bool = False, **fields: Any) -> None:
    _enqueue(
        tx,
        appid=event.appid,
        user_id=event.user_id,
        at=event.at,
        fields={"MsgType": "event", "Event": name, **fields},
        subject=f"event:{name}:{event.user_id}",
        answers=answers,
    )


def _scene(code_scene: str) -> str:
    return code_scene.partition(":")[2]


@on(Followed, name="mp.push_followed")
def push_followed(tx: Tx, event: Followed) -> None:
    if event.ticket:
        _event(tx, event, "subscribe", EventKey=f"qrscene_{_scene(event.code_scene)}", Ticket=event.ticket)
    else:
        _event(tx, event, "subscribe", EventKey="")


@on(Unfollowed, name="mp.push_unfollowed")
def push_unfollowed(tx: Tx, event: Unfollowed) -> None:
    _event(tx, event, "unsubscribe", EventKey="")


@on(CodeScanned, name="mp.push_code_scanned")
def push_code_scanned(tx: Tx, event: CodeScanned) -> None:
    _event(tx, event, "SCAN", EventKey=_scene(event.code_scene), Ticket=event.ticket)


@on(MenuTapped, name="mp.push_menu_tapped")
def push_menu_tapped(tx: Tx, event: MenuTapped) -> None:
    match event.kind:
        case ButtonKind.CLICK:
            _event(tx, event, "CLICK", EventKey=event.key, answers=True)
        case ButtonKind.VIEW:
            _event(tx, event, "VIEW", EventKey=event.key, MenuId=event.menu_id)
        case ButtonKind.MINI_PROGRAM:
            _event(tx, event, "view_miniprogram", EventKey=event.key, MenuId=event.menu_id)
        case ButtonKind.SCAN_PUSH | ButtonKind.SCAN_WAIT:
            scanned = {"ScanType": "qrcode", "ScanResult": event.result}
            waits = event.kind is ButtonKind.SCAN_WAIT
            _event(tx, event, event.kind.value, EventKey=event.key, ScanCodeInfo=scanned, answers=waits)
        case _:
            _event(tx, event, event.kind.value, EventKey=event.key)


@on(ServiceEntered, name="mp.push_service_entered")
def push_service_entered(tx: Tx, event: ServiceEntered) -> None:
    _event(tx, event, "user_enter_tempsession", answers=True, SessionFrom=event.session_from)


@on(NoticeSent, name="mp.push_notice_sent")
def push_notice_sent(tx: Tx, event: NoticeSent) -> None:
    _event(tx, event, "TEMPLATESENDJOBFINISH", MsgID=event.msg_id, Status=event.status)


@on(IssuePublished, name="mp.push_issue_published")
def push_issue_published(tx: Tx, event: IssuePublished) -> None:
    """The developer hears that what was submitted is published, and where each article is read."""
    item = [
        {"idx": idx, "article_url": article_address(home(tx) + mp.mount, handle)}
        for idx, handle in enumerate(event.articles, start=1)
    ]
    published = {
        "publish_id": str(event.publish_id),
        "publish_status": 0,
        "article_id": event.article_id,
        "article_detail": {"count": len(item), "item": item},
    }
    fields = {"MsgType": "event", "Event": "PUBLISHJOBFINISH", "PublishEventInfo": published}
    subject = f"event:PUBLISHJOBFINISH:{event.publish_id}"
    _enqueue(tx, appid=event.appid, user_id=None, at=event.at, fields=fields, subject=subject)


# Nobody passes coupons on here, no shop has a number, and no codes are checked by hand: those fields are empty.


@on(CouponTaken, name="mp.push_coupon_taken")
def push_coupon_taken(tx: Tx, event: CouponTaken) -> None:
    _event(
        tx,
        event,
        "user_get_card",
        CardId=event.card_id,
        IsGiveByFriend=0,
        UserCardCode=event.code,
        FriendUserName="",
        OuterId=0,
        OldUserCardCode="",
        OuterStr=event.outer_str,
        IsRestoreMemberCard=0,
        IsRecommendByFriend=0,
        UnionId=openids.unionid_of(tx, org_id=apps.get(tx, event.appid).org_id, user_id=event.user_id),
    )


@on(CouponConsumed, name="mp.push_coupon_consumed")
def push_coupon_consumed(tx: Tx, event: CouponConsumed) -> None:
    _event(
        tx,
        event,
        "user_consume_card",
        CardId=event.card_id,
        UserCardCode=event.code,
        ConsumeSource=event.source.value,
        LocationId=0,
        LocationName="",
        StaffOpenId="",
        VerifyCode="",
        RemarkAmount="",
        OuterStr=event.outer_str,
    )


@on(CouponDeleted, name="mp.push_coupon_deleted")
def push_coupon_deleted(tx: Tx, event: CouponDeleted) -> None:
    _event(tx, event, "user_del_card", CardId=event.card_id, UserCardCode=event.code)


# What people do with subscribe messages is a list of its own. In XML it stands inside an element named after the
# event, in JSON beside the event, and bare when it is only one: so they are published.
LISTED = {
    "subscribe_msg_popup_event": "SubscribeMsgPopupEvent",
    "subscribe_msg_change_event": "SubscribeMsgChangeEvent",
    "subscribe_msg_sent_event": "SubscribeMsgSentEvent",
}
FROM_PROGRAM, FROM_PAGE = "0", "1"  # where a sheet was shown: in a mini program, on a web page


@on(SubscribeAnswered, name="mp.push_subscribe_answered")
def push_subscribe_answered(tx: Tx, event: SubscribeAnswered) -> None:
    inside = apps.get(tx, event.appid).kind is AppKind.MINI_PROGRAM
    answers = [
        {
            "TemplateId": template_id,
            "SubscribeStatusString": answer,
            "PopupScene": FROM_PROGRAM if inside else FROM_PAGE,
        }
        for template_id, answer in event.answers.items()
    ]
    _event(tx, event, "subscribe_msg_popup_event", List=answers)


@on(SubscribeChanged, name="mp.push_subscribe_changed")
def push_subscribe_changed(tx: Tx, event: SubscribeChanged) -> None:
    refused = [{"TemplateId": name, "SubscribeStatusString": "reject"} for name in event.refused]
    _event(tx, event, "subscribe_msg_change_event", List=refused)


@on(SubscribeMessageSent, name="mp.push_subscribe_message_sent")
def push_subscribe_message_sent(tx: Tx, event: SubscribeMessageSent) -> None:
    sent = {
        "TemplateId": event.template_id,
        "MsgID": str(event.msg_id),
        "ErrorCode": "0",
        "ErrorStatus": "success",
    }
    _event(tx, event, "subscribe_msg_sent_event", List=[sent])


# Of money and goods the server must say that it has understood, and is asked until it does.


@on(VirtualPaid, name="mp.push_virtual_paid")
def push_virtual_paid(tx: Tx, event: VirtualPaid) -> None:
    order = virtual_orders.by_id(tx, event.order_id)
    bought = {
        "Quantity": order.quantity,
        "OrigPrice": order.amount,
        "ActualPrice": order.amount,
        "Attach": order.attach,
    }
    told: dict[str, Any] = {"CoinInfo": bought}
    if order.product_id:
        told = {"GoodsInfo": {"ProductId": order.product_id, **bought}}
    payment = orders.get(tx, order.mchid, order.order_id)
    _told_of_money(
        tx,
        event,
        "xpay_goods_deliver_notify" if order.product_id else "xpay_coin_pay_notify",
        OutTradeNo=order.out_trade_no,
        Env=int(order.env),
        WeChatPayInfo={
            "MchOrderNo": payment.out_trade_no,
            "TransactionId": payment.transaction_id,
            "PaidTime": (order.paid_at or 0) // SECOND_MS,
        },
        **told,
    )


@on(VirtualRefunded, name="mp.push_virtual_refunded")
def push_virtual_refunded(tx: Tx, event: VirtualRefunded) -> None:
    order = virtual_orders.by_id(tx, event.order_id)
    _told_of_money(
        tx,
        event,
        "xpay_refund_notify",
        WxRefundId=event.refund_id,
        MchRefundId=event.out_refund_no,
        WxOrderId=str(order.id),
        MchOrderId=order.out_trade_no,
        RefundFee=event.amount,
        RetCode=0,
        RetMsg="ok",
        RefundStartTimestamp=event.begun_at // SECOND_MS,
        RefundSuccTimestamp=event.at // SECOND_MS,
        WxpayRefundTransactionId=event.refund_id,
    )


def _told_of_money(tx: Tx, event: VirtualPaid | VirtualRefunded, name: str, **fields: Any) -> None:
    openid = openids.of(tx, appid=event.appid, user_id=event.user_id)
    _enqueue(
        tx,
        appid=event.appid,
        user_id=event.user_id,
        at=event.at,
        fields={"MsgType": "event", "Event": name, "OpenId": openid, **fields},
        subject=f"virtual:{event.order_id}",
        channel=MONEY,
    )


def _written(message: dict[str, Any], format: PushFormat) -> bytes:
    wrapper, listed = LISTED.get(message.get("Event", "")), message.get("List")
    if wrapper is None or not isinstance(listed, list):
        return xml.write(message) if format is PushFormat.XML else msgspec.json.encode(message)
    if format is PushFormat.XML:
        plain = {name: value for name, value in message.items() if name != "List"}
        return xml.write({**plain, wrapper: {"List": listed}})
    return msgspec.json.encode({**message, "List": listed[0] if len(listed) == 1 else listed})


# ── how it is sent ─────────────────────────────────────────────────────────────────────────────────────────


def _signed(snapshot: Snapshot, settings: push.PushSettings, nonce: str) -> dict[str, str]:
    timestamp = str(snapshot.wire_now // SECOND_MS)
    signature = envelopes.push_signature(settings.token, timestamp, nonce)
    return {"signature": signature, "timestamp": timestamp, "nonce": nonce}


def _with_query(url: str, query: dict[str, str]) -> str:
    parts = urlsplit(url)
    joined = "&".join(part for part in (parts.query, urlencode(query)) if part)
    return parts._replace(query=joined, fragment="").geturl()


def build_push(snapshot: Snapshot, delivery: Delivery) -> Outgoing:
    """One try of a push, in the account's present mode and format."""
    pushed = msgspec.json.decode(delivery.payload, type=Pushed)
    settings = push.find(snapshot, pushed.appid)
    if settings is None:
        raise LookupError(NO_ADDRESS)
    query = _signed(snapshot, settings, delivery.notify_id[:10]) | {"openid": pushed.openid}
    body = _written(pushed.message, settings.format)
    if settings.mode is not PushMode.PLAIN:
        sealed = envelopes.seal_push(settings.encoding_aes_key, body, receiver_id=pushed.appid)
        query["encrypt_type"] = "aes"
        query["msg_signature"] = envelopes.push_signature(
            settings.token, query["timestamp"], query["nonce"], sealed
        )
        shown = pushed.message if settings.mode is PushMode.COMPATIBLE else {}
        whole = {"ToUserName": pushed.message["ToUserName"], **shown, "Encrypt": sealed}
        body = _written(whole, settings.format)
    kind = "text/xml" if settings.format is PushFormat.XML else "application/json"
    return Outgoing(_with_query(settings.url, query), {"content-type": kind}, body)


def settle_push(tx: Tx, delivery: Delivery, answer: Incoming) -> str | None:
    """Take the answer: the word success or nothing accepts, a reply is said to the person."""
    if answer.status != 200:
        return f"The server answered {answer.status}; only 200 accepts a push."
    pushed = msgspec.json.decode(delivery.payload, type=Pushed)
    settings = push.find(tx, pushed.appid)
    if settings is None:
        return NO_ADDRESS
    app = apps.get(tx, pushed.appid)
    try:
        body = replies.read(tx, app, settings, pushed.openid, answer.body)
        if body is not None and pushed.user_id is not None:
            service.reply(tx, appid=pushed.appid, user_id=pushed.user_id, body=body, to=delivery.notify_id)
    except replies.Unreadable as error:
        return str(error)
    except (BrokenEnvelope, DomainError) as error:
        return f"The reply cannot be used: {error}"
    return None


def give_up(tx: Tx, delivery: Delivery, complaint: str) -> None:
    """Three tries failed: who waits for an answer is told so."""
    pushed = msgspec.json.decode(delivery.payload, type=Pushed)
    if pushed.answers and pushed.user_id is not None:
        service.apologise(tx, appid=pushed.appid, user_id=pushed.user_id, to=delivery.notify_id)


def settle_money(tx: Tx, delivery: Delivery, answer: Incoming) -> str | None:
    """Take the answer: ErrCode 0 in a 200 accepts. Goods are then handed out."""
    if answer.status != 200:
        return f"The server answered {answer.status}; only 200 accepts a push."
    if not _is_understood(answer.body):
        return "The server did not answer ErrCode 0."
    pushed = msgspec.json.decode(delivery.payload, type=Pushed)
    if pushed.message["Event"] == "xpay_goods_deliver_notify":
        number = VirtualOrderId(int(delivery.subject.removeprefix("virtual:")))
        virtual_orders.provide(tx, virtual_orders.by_id(tx, number))
    return None


def _is_understood(body: bytes) -> bool:
    """ErrCode 0, in JSON or XML as published; servers also say it in small letters, or by the word success."""
    text = body.strip()
    if text.startswith(b"<"):
        try:
            said = xml.parse(text)
        except xml.MalformedXml:
            return False
        return (
            str(said.get("ErrCode", said.get("errcode", ""))) == "0" or said.get("return_code") == "SUCCESS"
        )
    try:
        told = msgspec.json.decode(text)
    except msgspec.DecodeError:
        return text == b"success"
    return isinstance(told, dict) and told.get("ErrCode", told.get("errcode")) == 0


deliveries.channel(Channel(PUSH, RETRIES_MS, TIMEOUT_MS, build_push, settle_push, give_up))
deliveries.channel(Channel(MONEY, LADDER_MS, TIMEOUT_MS, build_push, settle_money))


# ── the check of a proposed address ────────────────────────────────────────────────────────────────────────


@on(PushProposed, name="mp.check_address")
def check_address(tx: Tx, event: PushProposed) -> None:
    """Ask a proposed address to echo."""
    check = push.get_check(tx, event.check_id)
    if check.state is CheckState.PENDING:
        deliveries.enqueue(
            tx,
            channel=CHECK,
            owner=event.appid,
            subject=f"address_check:{check.id}",
            url=check.url,
            payload=AddressCheck(check.id),
            notify_id=f"address-check-{check.id}",
        )


def build_check(snapshot: Snapshot, delivery: Delivery) -> Outgoing:
    check = _check(snapshot, delivery)
    settings = push.proposed(snapshot, check)
    query = {**_signed(snapshot, settings, delivery.notify_id[-10:]), "echostr": check.echostr}
    return Outgoing(_with_query(settings.url, query), {}, b"", method="GET")


def settle_check(tx: Tx, delivery: Delivery, answer: Incoming) -> str | None:
    """The address passes if it answers 200 with exactly what it was asked to echo."""
    check = _check(tx, delivery)
    if answer.status != 200:
        return f"The address answered {answer.status} instead of 200."
    if not hmac.compare_digest(answer.body.strip(), check.echostr.encode()):
        return "The address did not echo `echostr` unchanged."
    push.passed(tx, check.id)
    return None


def refuse_check(tx: Tx, delivery: Delivery, complaint: str) -> None:
    push.refused(tx, _check(tx, delivery).id, complaint)


def _check(snapshot: Snapshot, delivery: Delivery) -> PushCheck:
    kept = msgspec.json.decode(delivery.payload, type=AddressCheck)
    return push.get_check(snapshot, kept.check_id)


deliveries.channel(Channel(CHECK, (), TIMEOUT_MS, build_check, settle_check, refuse_check))
