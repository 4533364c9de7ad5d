"""The shop's own addresses.

`/api` is for the mini program, `/staff` for the counter, `/notify` and `/push` for the platform.
"""

from __future__ import annotations

import hmac
import logging
import sqlite3
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException

from . import duty, orders, program, refunds, tasks
from .payments import Refused
from .refusals import Refusal, Unsure, bad, missing
from .shop import Shop

log = logging.getLogger("teashop")

MOST_BYTES = 64 * 1024
LARGEST = 2**53


def make_app(shop: Shop) -> Flask:
    app = Flask("teashop")
    app.config["MAX_CONTENT_LENGTH"] = MOST_BYTES
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    _program_addresses(app, shop)
    _staff_addresses(app, shop)
    _platform_addresses(app, shop)

    @app.teardown_appcontext
    def put_away(_: BaseException | None) -> None:
        shop.store.close()

    @app.errorhandler(Refusal)
    def refused(refusal: Refusal) -> tuple[Response, int]:
        return jsonify(error={"code": refusal.code, "message": refusal.message}), refusal.status

    @app.errorhandler(Unsure)
    def unsure(error: Unsure) -> tuple[Response, int]:
        log.warning("no answer from the platform: %s", error)
        return jsonify(error={"code": "TRY_AGAIN", "message": "The platform did not answer; try again."}), 503

    @app.errorhandler(Refused)
    def platform_refused(error: Refused) -> tuple[Response, int]:
        log.warning("the platform refused: %s", error)
        return jsonify(error={"code": "PLATFORM", "message": f"The platform refused: {error.code}."}), 502

    @app.errorhandler(HTTPException)
    def not_served(error: HTTPException) -> tuple[Response, int]:
        name = (error.name or "error").upper().replace(" ", "_")
        return jsonify(error={"code": name, "message": error.description}), error.code or 500

    @app.errorhandler(Exception)
    def broken(error: Exception) -> tuple[Response, int]:
        log.exception("%s %s", request.method, request.path, exc_info=error)
        return jsonify(error={"code": "BROKEN", "message": "Something broke here."}), 500

    return app


# Reading what was sent


def _body() -> dict[str, Any]:
    try:
        body = request.get_json(force=True)
    except RecursionError as error:
        raise bad("The body is nested too deeply.") from error
    if not isinstance(body, dict):
        raise bad("The body must be a JSON object.")
    return body


def _text(body: dict[str, Any], name: str, *, most: int, default: str | None = None) -> str:
    value = body.get(name, default)
    if not isinstance(value, str) or len(value) > most or "\0" in value:
        raise bad(f"{name} must be text of at most {most} characters.")
    if not value and default is None:
        raise bad(f"{name} is missing.")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise bad(f"{name} is not valid text.") from error
    return value


def _rows(body: dict[str, Any], name: str) -> list[dict[str, Any]]:
    value = body.get(name)
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise bad(f"{name} must be a list of objects.")
    return value


def _whole(value: object, name: str, *, least: int = 1) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= LARGEST:
        raise bad(f"{name} must be a whole number from {least}.")
    return value


def _page() -> tuple[str | None, int | None]:
    state, before = request.args.get("state"), request.args.get("before")
    if state is not None and state not in list(orders.State):
        raise bad(f"state is one of: {', '.join(orders.State)}.")
    if before is not None and not (before.isascii() and before.isdigit() and len(before) < 16):
        raise bad("before is the id of an order.")
    return state, None if before is None else int(before)


def _bearer() -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token if scheme.lower() == "bearer" else ""


def _shown(db: sqlite3.Connection, order: sqlite3.Row) -> dict[str, Any]:
    return orders.shown(db, [order])[0]


# The mini program


def _program_addresses(app: Flask, shop: Shop) -> None:
    store, clock = shop.store, shop.clock

    def buyer() -> sqlite3.Row:
        return program.buyer(store.read(), clock(), _bearer())

    @app.get("/api/shop")
    def show_shop() -> Response:
        """Name, hours, and everything on the shelf with its options, prices in fen, and what is left."""
        stock = dict(store.read().execute("select id, stock from goods").fetchall())
        goods = [
            {
                "id": one.id,
                "name": one.name,
                "price": one.price,
                "stock": stock[one.id],
                "options": [
                    {
                        "id": option.id,
                        "name": option.name,
                        "many": option.many,
                        "choices": [
                            {"id": choice.id, "name": choice.name, "extra": choice.extra}
                            for choice in option.choices.values()
                        ],
                    }
                    for option in one.options
                ],
            }
            for one in shop.trade.goods.values()
        ]
        given = shop.trade.coupon if shop.coupons is not None and shop.coupons.card_id() else None
        coupon = None if given is None else {"title": given["title"]}
        return jsonify(name=shop.trade.name, hours=shop.trade.hours, goods=goods, coupon=coupon)

    @app.post("/api/session")
    def sign_in() -> tuple[Response, int]:
        who = shop.program.identify(_text(_body(), "code", most=128))
        with store.transaction() as db:
            token, _ = program.open_session(
                db, clock(), openid=who["openid"], unionid=who.get("unionid") or ""
            )
        return jsonify(token=token, expires_in=program.SESSION_SECONDS), 201

    @app.get("/api/me")
    def show_me() -> Response:
        me = buyer()
        return jsonify(nickname=me["nickname"], phone=me["phone"])

    @app.post("/api/me")
    def change_me() -> Response:
        me, nickname = buyer(), _text(_body(), "nickname", most=32)
        with store.transaction() as db:
            db.execute("update buyer set nickname = ? where id = ?", (nickname, me["id"]))
        return jsonify(nickname=nickname, phone=me["phone"])

    @app.post("/api/me/phone")
    def show_phone() -> Response:
        me = buyer()
        phone = shop.program.phone(_text(_body(), "code", most=128))
        with store.transaction() as db:
            db.execute("update buyer set phone = ? where id = ?", (phone, me["id"]))
        return jsonify(nickname=me["nickname"], phone=phone)

    @app.post("/api/coupon")
    def give_coupon() -> Response:
        """An entry of `wx.addCard`'s cardList, signed for this buyer."""
        me = buyer()
        if shop.coupons is None or not shop.coupons.card_id():
            raise missing("The shop gives no coupon.")
        return jsonify(shop.coupons.offer(me["openid"], clock()))

    @app.post("/api/coupon/code")
    def open_code() -> Response:
        """The code of a coupon that the page was given encrypted, for `wx.openCard`."""
        buyer()
        if shop.coupons is None:
            raise missing("The shop gives no coupon.")
        return jsonify(code=shop.coupons.opened(_text(_body(), "code", most=512)))

    @app.post("/api/orders")
    def place_order() -> tuple[Response, int]:
        me, body = buyer(), _body()
        with store.transaction() as db:
            order = orders.place(
                db,
                clock(),
                shop.trade,
                buyer_id=me["id"],
                request_id=_text(body, "request_id", most=64),
                lines=_rows(body, "lines"),
                note=_text(body, "note", most=100, default=""),
            )
            return jsonify(_shown(db, order)), 201

    @app.get("/api/orders")
    def my_orders() -> Response:
        me, (state, before), db = buyer(), _page(), store.read()
        return jsonify(
            orders=orders.shown(db, orders.list_(db, buyer_id=me["id"], state=state, before=before))
        )

    @app.get("/api/orders/<number>")
    def my_order(number: str) -> Response:
        me, db = buyer(), store.read()
        return jsonify(_shown(db, orders.of_buyer(db, number, me["id"])))

    @app.post("/api/orders/<number>/pay")
    def pay_order(number: str) -> Response:
        """The parameters of `wx.requestPayment`."""
        me, db = buyer(), store.read()
        order = orders.of_buyer(db, number, me["id"])
        orders.require_payable(order, clock())
        prepay_id = order["prepay_id"]
        if not prepay_id:
            prepay_id = shop.payments.prepay(order, _description(shop, order), me["openid"])
            with store.transaction() as db:
                orders.begin_payment(db, clock(), number, prepay_id=prepay_id)
        return jsonify(shop.payments.parameters(prepay_id, clock()))

    @app.post("/api/orders/<number>/check")
    def check_order(number: str) -> Response:
        """The cashier said it is paid: ask the platform at once rather than wait to be told."""
        me, db = buyer(), store.read()
        orders.of_buyer(db, number, me["id"])
        shop.worker.check_order(number)
        shop.worker.wake()
        return jsonify(_shown(db, orders.get(db, number)))

    @app.post("/api/orders/<number>/cancel")
    def cancel_order(number: str) -> Response:
        me, db = buyer(), store.read()
        orders.of_buyer(db, number, me["id"])
        shop.worker.cancel(number)
        return jsonify(_shown(db, orders.get(db, number)))


def _description(shop: Shop, order: sqlite3.Row) -> str:
    return f"{shop.trade.name['zh']}-{orders.described(shop.store.read(), order)}"[:42]


# The counter


def _staff_addresses(app: Flask, shop: Shop) -> None:
    store, clock = shop.store, shop.clock
    staff = Blueprint("staff", __name__, url_prefix="/staff")

    @staff.before_request
    def only_staff() -> None:
        if not hmac.compare_digest(_bearer().encode(), shop.settings.shop.staff_key.encode()):
            raise Refusal(401, "STAFF_ONLY", "This is for the staff.")

    def changed(number: str, change: Callable[[sqlite3.Connection], None]) -> Response:
        with store.transaction() as db:
            change(db)
            answer = jsonify(_shown(db, orders.get(db, number)))
        shop.worker.wake()
        return answer

    @staff.get("/orders")
    def all_orders() -> Response:
        (state, before), db = _page(), store.read()
        return jsonify(orders=orders.shown(db, orders.list_(db, state=state, before=before)))

    @staff.get("/orders/<number>")
    def one_order(number: str) -> Response:
        db = store.read()
        return jsonify(_shown(db, orders.get(db, number)))

    @staff.post("/orders")
    def counter_order() -> tuple[Response, int]:
        """An order taken at the counter, to be paid by scanning its code."""
        body = _body()
        with store.transaction() as db:
            order = orders.place(
                db,
                clock(),
                shop.trade,
                buyer_id=None,
                request_id=_text(body, "request_id", most=64),
                lines=_rows(body, "lines"),
                note=_text(body, "note", most=100, default=""),
            )
            return jsonify(_shown(db, order)), 201

    @staff.post("/orders/<number>/code")
    def counter_code(number: str) -> Response:
        order = orders.get(store.read(), number)
        if order["channel"] != "counter":
            raise missing("This order is paid in the mini program.")
        orders.require_payable(order, clock())
        code_url = order["code_url"]
        if not code_url:
            code_url = shop.payments.code(order, _description(shop, order))
            with store.transaction() as db:
                orders.begin_payment(db, clock(), number, code_url=code_url)
        return jsonify(code_url=code_url)

    @staff.post("/orders/<number>/ready")
    def ready(number: str) -> Response:
        return changed(number, lambda db: orders.make_ready(db, clock(), number))

    @staff.post("/orders/<number>/collected")
    def collected(number: str) -> Response:
        return changed(number, lambda db: orders.hand_over(db, number))

    @staff.post("/orders/<number>/cancel")
    def cancel(number: str) -> Response:
        shop.worker.cancel(number)
        db = store.read()
        return jsonify(_shown(db, orders.get(db, number)))

    @staff.post("/orders/<number>/refunds")
    def refund(number: str) -> Response:
        body = _body()
        request_id, reason = _text(body, "request_id", most=64), _text(body, "reason", most=80)
        amount = _whole(body["amount"], "amount") if "amount" in body else None
        lines = _rows(body, "lines") if "lines" in body else None

        def ask(db: sqlite3.Connection) -> None:
            order = orders.get(db, number)
            refunds.ask(db, clock(), order, request_id=request_id, reason=reason, amount=amount, lines=lines)

        return changed(number, ask)

    @staff.post("/goods/<goods_id>/stock")
    def restock(goods_id: str) -> Response:
        stock = _whole(_body().get("stock"), "stock", least=0)
        with store.transaction() as db:
            if db.execute("update goods set stock = ? where id = ?", (stock, goods_id)).rowcount == 0:
                raise missing("No such goods.")
        return jsonify(id=goods_id, stock=stock)

    @staff.get("/who")
    def who_ordered_what() -> Response:
        """Each buyer with what they have paid for, the most recently seen first."""
        db = store.read()
        buyers = db.execute("select * from buyer order by seen_at desc, id desc limit 100").fetchall()
        marks = ",".join("?" * len(buyers))
        ids = [one["id"] for one in buyers]
        ordered: dict[int, list[dict[str, Any]]] = {id: [] for id in ids}
        for row in db.execute(
            "select o.buyer_id, l.goods_id, sum(l.quantity) as quantity, sum(l.quantity * l.unit_price) as amount"
            f" from orders o join line l on l.order_id = o.id where o.buyer_id in ({marks}) and o.paid_at is not null"
            " group by o.buyer_id, l.goods_id order by quantity desc",
            ids,
        ):
            ordered[row["buyer_id"]].append({key: row[key] for key in ("goods_id", "quantity", "amount")})
        back = dict(
            db.execute(
                "select o.buyer_id, sum(r.amount) from orders o join refund r on r.order_id = o.id"
                f" where o.buyer_id in ({marks}) and r.state = 'success' group by o.buyer_id",
                ids,
            ).fetchall()
        )
        return jsonify(
            buyers=[
                {
                    "id": one["id"],
                    "nickname": one["nickname"],
                    "phone": one["phone"],
                    "ordered": ordered[one["id"]],
                    "paid": sum(line["amount"] for line in ordered[one["id"]]),
                    "refunded": back.get(one["id"], 0),
                }
                for one in buyers
            ]
        )

    @staff.post("/duty-code")
    def duty_code() -> Response:
        """A code for ten minutes: whoever scans it with their own phone is told of paid orders."""
        if shop.account is None:
            raise missing("The shop has no service account.")
        with store.transaction() as db:
            scene = duty.new_code(db, clock())
        return jsonify(url=shop.account.duty_code(scene), expires_in=duty.CODE_SECONDS)

    @staff.get("/duty")
    def on_duty() -> Response:
        return jsonify(duty=[dict(one) for one in duty.everybody(store.read())])

    @staff.delete("/duty/<openid>")
    def off_duty(openid: str) -> tuple[str, int]:
        with store.transaction() as db:
            duty.end(db, openid)
        return "", 204

    @staff.get("/troubles")
    def troubles() -> Response:
        return jsonify(troubles=tasks.troubles(store.read()))

    app.register_blueprint(staff)


# The platform


def _platform_addresses(app: Flask, shop: Shop) -> None:
    store, clock = shop.store, shop.clock

    def told(
        kind: str, note: Callable[[sqlite3.Connection, dict[str, Any]], None]
    ) -> tuple[Response, int] | Response:
        notice = shop.payments.notification(request.headers, request.get_data())  # type: ignore[arg-type]
        if notice is None or not str(notice.get("event_type", "")).startswith(kind):
            return jsonify(code="FAIL", message="not verified"), 401
        try:
            with store.transaction() as db:
                note(db, notice["resource"])
        except Refusal as refusal:
            log.error("%s was not taken: %s %s", notice.get("id"), refusal.code, refusal.message)
            return jsonify(code="FAIL", message=refusal.message), refusal.status
        except (KeyError, TypeError) as error:
            log.error("%s was not understood: %r", notice.get("id"), error)
            return jsonify(code="FAIL", message="not understood"), 400
        shop.worker.wake()
        return Response(status=204)

    @app.post("/notify/pay")
    def paid() -> tuple[Response, int] | Response:
        def note(db: sqlite3.Connection, paid: dict[str, Any]) -> None:
            if paid["mchid"] != shop.settings.merchant.mchid:
                raise bad("This is another merchant's order.")
            orders.settle(
                db,
                clock(),
                paid["out_trade_no"],
                transaction_id=paid["transaction_id"],
                amount=paid["amount"]["total"],
            )

        return told("TRANSACTION.SUCCESS", note)

    @app.post("/notify/refund")
    def refunded() -> tuple[Response, int] | Response:
        def note(db: sqlite3.Connection, refunded: dict[str, Any]) -> None:
            if refunded["mchid"] != shop.settings.merchant.mchid:
                raise bad("This is another merchant's refund.")
            refunds.heard(
                db,
                clock(),
                refunded["out_refund_no"],
                status=refunded["refund_status"],
                refund_id=refunded["refund_id"],
            )

        return told("REFUND.", note)

    @app.route("/push", methods=["GET", "POST"])
    def push() -> Response:
        if shop.account is None:
            raise missing("This shop has no service account.")
        if request.method == "GET":
            return Response(shop.account.echo(request.args), mimetype="text/plain")
        reply = shop.account.receive(request.args, request.get_data(), clock())
        shop.worker.wake()
        return Response(reply, mimetype="application/xml" if reply else "text/plain")
