"""The service account: messages that people send it, and messages the shop sends its followers."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterator, Mapping
from typing import Any
from xml.parsers.expat import ExpatError

from wechatpy import WeChatClient, parse_message
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import InvalidAppIdException, InvalidSignatureException, WeChatClientException
from wechatpy.messages import BaseMessage
from wechatpy.replies import TextReply
from wechatpy.utils import check_signature

from . import duty, orders, tasks
from .refusals import Refusal, bad
from .settings import Settings
from .store import Store, recall, remember
from .trades import Trade

RECEIPT = "TM00015"  # in the template library: first, orderMoneySum, orderProductName, Remark
STATUS = "TM00017"  # first, OrderSn, OrderStatus, remark
OUT_OF_WINDOW = 45015
PUSHES_KEPT_SECONDS = 24 * 3600
BATCH = 100
LOOK_AGAIN_SECONDS = 60
OFF_DUTY = ("下班", "off duty")


def yuan(amount: int) -> str:
    return f"{amount // 100}.{amount % 100:02d}元"


class Account:
    def __init__(self, settings: Settings, trade: Trade, store: Store) -> None:
        self._settings = settings
        self._keys = settings.account
        self._trade = trade
        self._store = store
        self._client = WeChatClient(self._keys.appid, self._keys.secret, timeout=10)
        self._crypto = (
            WeChatCrypto(self._keys.token, self._keys.aes_key, self._keys.appid)
            if self._keys.aes_key
            else None
        )

    # What comes in

    def echo(self, query: Mapping[str, str]) -> str:
        """The platform checks our address: only one who knows the token signs like this."""
        self._check(query)
        return query.get("echostr", "")

    def _check(self, query: Mapping[str, str]) -> None:
        try:
            check_signature(
                self._keys.token, query.get("signature"), query.get("timestamp"), query.get("nonce")
            )
        except InvalidSignatureException as error:
            raise Refusal(403, "SIGNATURE", "The signature does not fit.") from error

    def receive(self, query: Mapping[str, str], body: bytes, now: int) -> str:
        """Take one pushed message and give the reply to send back. A repeated push gets the same reply, done once."""
        if self._crypto is None:
            self._check(query)
            return self._answer(_decoded(body), now)
        try:
            opened = self._crypto.decrypt_message(
                body, query.get("msg_signature"), query.get("timestamp"), query.get("nonce")
            )
        except (ExpatError, KeyError, TypeError, ValueError) as error:
            raise bad("This is no sealed message.") from error
        except (InvalidSignatureException, InvalidAppIdException) as error:
            raise Refusal(403, "SIGNATURE", "The signature does not fit.") from error
        reply = self._answer(opened, now)
        return str(self._crypto.encrypt_message(reply, secrets.token_hex(8), str(now))) if reply else ""

    def _answer(self, xml: str, now: int) -> str:
        try:
            message = parse_message(xml)
        except (ExpatError, KeyError, TypeError, AttributeError) as error:
            raise bad("This is no message.") from error
        if message is None or not message.source:
            raise bad("This is no message.")
        event = getattr(message, "event", "")
        key = str(message.id) if message.id else f"{message.source}/{message.time}/{event}"
        with self._store.transaction() as db:
            seen = db.execute("select reply from push where key = ?", (key,)).fetchone()
            if seen:
                return str(seen["reply"])
            text = self._reply(db, message, event, now)
            reply = TextReply(message=message, content=text, time=now).render() if text else ""
            db.execute("delete from push where received_at < ?", (now - PUSHES_KEPT_SECONDS,))
            db.execute("insert into push (key, reply, received_at) values (?, ?, ?)", (key, reply, now))
        return reply

    def _reply(self, db: sqlite3.Connection, message: BaseMessage, event: str, now: int) -> str:
        openid = message.source
        if event in ("subscribe", "subscribe_scan", "scan"):
            scene = str(getattr(message, "scene_id", "") or "")
            on_duty = duty.begin(db, now, scene=scene, openid=openid)
            if event == "scan":
                return self._trade.words["duty"] if on_duty else ""
            _follow(db, now, openid, following=True)
            tasks.again(db, now, "fan", openid)
            return self._trade.words["duty" if on_duty else "welcome"]
        if event == "unsubscribe":
            _follow(db, now, openid, following=False)
            duty.end(db, openid)
            return ""
        if event == "click":
            return self._say(db, message.key, openid)
        if message.type == "text":
            wanted = message.content.strip().lower()
            if wanted in OFF_DUTY and duty.end(db, openid):
                return self._trade.words["off_duty"]
            known = next((say for word, say in self._trade.replies.items() if word in wanted), "")
            return self._say(db, known, openid)
        return "" if event else self._trade.words["otherwise"]

    def _say(self, db: sqlite3.Connection, what: str, openid: str) -> str:
        if what == "hours":
            return self._trade.hours["zh"]
        if what == "goods":
            stock = dict(db.execute("select id, stock from goods").fetchall())
            return "\n".join(
                f"{one.name['zh']} {yuan(one.price)}{'' if stock.get(one.id) else '（售罄）'}"
                for one in self._trade.goods.values()
            )
        if what == "latest":
            latest = db.execute(
                "select o.* from fan f join buyer b on b.unionid = f.unionid join orders o on o.buyer_id = b.id"
                " where f.openid = ? and f.unionid <> '' order by o.id desc limit 1",
                (openid,),
            ).fetchone()
            if latest is None:
                return "还没有找到您的订单。"
            what = f"{orders.described(db, latest)} {yuan(latest['total'])}"
            return f"{latest['out_trade_no']}\n{what}\n{self._trade.states[latest['state']]}"
        return self._trade.words["otherwise"]

    # What goes out; each may raise WeChatClientException, the worker asks again

    def make_menu(self) -> None:
        self._client.menu.create({"button": [self._button(button) for button in self._trade.menu]})

    def _button(self, button: dict[str, Any]) -> dict[str, Any]:
        if "sub_button" in button:
            return {**button, "sub_button": [self._button(one) for one in button["sub_button"]]}
        if button["type"] == "miniprogram":
            # Clients too old for mini programs open the address instead.
            return {**button, "appid": self._settings.program.appid, "url": self._settings.shop.public_url}
        return button

    def learn_fan(self, openid: str, now: int) -> None:
        """Ask who a follower is, so that a buyer can be found among the followers by unionid."""
        user = self._client.user.get(openid)
        with self._store.transaction() as db:
            _learn(db, now, user)

    def _openid_of(self, unionid: str, now: int) -> str | None:
        """The follower with this unionid; people who followed before the shop listened are looked up now and then."""
        if not unionid:
            return None
        found = _fan(self._store.read(), unionid)
        looked_at = int(recall(self._store.read(), "looked_at") or 0)
        if found or now - looked_at < LOOK_AGAIN_SECONDS:
            return found
        for batch in _batches(self._client.user.iter_followers(), BATCH):
            users = self._client.user.get_batch(batch)
            with self._store.transaction() as db:
                for user in users:
                    _learn(db, now, user)
        with self._store.transaction() as db:
            remember(db, "looked_at", str(now))
        return _fan(self._store.read(), unionid)

    def send_receipt(self, unionid: str, *, amount: int, goods: str, page: str, now: int) -> bool:
        """Tell the buyer that the payment arrived. False when the buyer does not follow us."""
        openid = self._openid_of(unionid, now)
        if openid is None:
            return False
        self._client.message.send_template(
            openid,
            self._template(RECEIPT, self._keys.receipt_template_id),
            {
                "first": {"value": self._trade.words["receipt"]},
                "orderMoneySum": {"value": yuan(amount), "color": "#0A7B4F"},
                "orderProductName": {"value": goods},
                "Remark": {"value": self._trade.name["zh"]},
            },
            mini_program={"appid": self._settings.program.appid, "pagepath": page},
        )
        return True

    def tell(self, unionid: str, *, text: str, order: sqlite3.Row, state: str, now: int) -> bool:
        """Say something about an order: in the conversation while it is open, by a template message otherwise."""
        openid = self._openid_of(unionid, now)
        if openid is None:
            return False
        try:
            self._client.message.send_text(openid, text)
        except WeChatClientException as error:
            if error.errcode != OUT_OF_WINDOW:
                raise
            self._client.message.send_template(
                openid,
                self._template(STATUS, self._keys.status_template_id),
                {
                    "first": {"value": text},
                    "OrderSn": {"value": order["out_trade_no"]},
                    "OrderStatus": {"value": state},
                    "remark": {"value": self._trade.name["zh"]},
                },
            )
        return True

    def duty_code(self, scene: str) -> str:
        """What the counter's code says: scanning it with one's own phone begins one's duty."""
        asked = {
            "expire_seconds": duty.CODE_SECONDS,
            "action_name": "QR_STR_SCENE",
            "action_info": {"scene": {"scene_str": scene}},
        }
        return str(self._client.qrcode.create(asked)["url"])

    def announce(self, openid: str, *, order: sqlite3.Row, goods: str) -> None:
        """Tell one of the staff that an order is paid and waits to be made."""
        self._client.message.send_template(
            openid,
            self._template(STATUS, self._keys.status_template_id),
            {
                "first": {"value": f"{self._trade.words['new_order']}{goods} {yuan(order['total'])}"},
                "OrderSn": {"value": order["out_trade_no"]},
                "OrderStatus": {"value": self._trade.states["paid"]},
                "remark": {"value": order["note"] or self._trade.name["zh"]},
            },
        )

    def _template(self, number: str, configured: str) -> str:
        """The id under which a library template may be sent: as configured, or added once and remembered."""
        name = f"template/{self._keys.appid}/{number}"
        template_id = configured or recall(self._store.read(), name)
        if not template_id:
            template_id = str(self._client.template.add(number))
            with self._store.transaction() as db:
                remember(db, name, template_id)
        return template_id


def _decoded(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise bad("The message is not UTF-8.") from error


def _follow(db: sqlite3.Connection, now: int, openid: str, *, following: bool) -> None:
    db.execute(
        "insert into fan (openid, following, seen_at) values (:openid, :following, :now)"
        " on conflict (openid) do update set following = :following, seen_at = :now",
        {"openid": openid, "following": following, "now": now},
    )


def _learn(db: sqlite3.Connection, now: int, user: dict[str, Any]) -> None:
    _follow(db, now, user["openid"], following=bool(user.get("subscribe", 1)))
    if unionid := user.get("unionid"):
        db.execute("update fan set unionid = ? where openid = ?", (unionid, user["openid"]))


def _fan(db: sqlite3.Connection, unionid: str) -> str | None:
    row = db.execute(
        "select openid from fan where unionid = ? and following order by seen_at desc limit 1", (unionid,)
    ).fetchone()
    return row["openid"] if row else None


def _batches(openids: Iterator[str], size: int) -> Iterator[list[str]]:
    batch: list[str] = []
    for openid in openids:
        batch.append(openid)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
