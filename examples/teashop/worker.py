"""What the shop does by itself: its debts to the outside, and asking when it has not heard."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from wechatpy.exceptions import WeChatClientException

from . import orders, refunds, tasks
from .account import Account, yuan
from .coupons import Coupons
from .payments import Payments, Refused
from .refusals import Refusal, Unsure
from .store import Store
from .trades import Trade

log = logging.getLogger("teashop")

PAUSE_SECONDS = 1.0
NOT_A_FOLLOWER = "the buyer does not follow the account"
# Codes that a repetition can cure; everything else the platform refuses for good.
TRANSIENT = {"FREQUENCY_LIMITED", "RATELIMIT_EXCEEDED", "SYSTEM_ERROR"}


class Worker:
    def __init__(
        self,
        store: Store,
        trade: Trade,
        payments: Payments,
        account: Account | None,
        coupons: Coupons | None,
        clock: Callable[[], int],
    ) -> None:
        self._store = store
        self._trade = trade
        self._payments = payments
        self._account = account
        self._coupons = coupons
        self._clock = clock
        self._stopping = False
        self._woken = threading.Event()
        self._kinds = {
            "menu": self._make_menu,
            "coupon": self._make_coupon,
            "fan": self._learn_fan,
            "receipt": self._send_receipt,
            "announce": self._announce,
            "ready": self._tell_ready,
            "refund": self._ask_refund,
            "refunded": self._tell_refunded,
        }

    def wake(self) -> None:
        """There is something to do: do not wait for the next round."""
        self._woken.set()

    def stop(self) -> None:
        self._stopping = True
        self._woken.set()

    def run(self) -> None:
        """Rounds without end, for a thread of its own."""
        while not self._stopping:
            try:
                self.round()
            except Exception:  # one bad round must not be the last
                log.exception("the round failed")
            self._woken.wait(PAUSE_SECONDS)
            self._woken.clear()

    def round(self) -> None:
        """Do whatever is due now, once."""
        for task in tasks.due(self._store.read(), self._clock()):
            self._do(task)
        for order in orders.in_doubt(self._store.read(), self._clock()):
            self.check_order(order["out_trade_no"])
        for refund in refunds.in_doubt(self._store.read(), self._clock()):
            self._check_refund(refund["out_refund_no"])

    def _do(self, task: tasks.Task) -> None:
        try:
            remark = self._kinds[task.kind](task.subject)
        except (Unsure, WeChatClientException, OSError) as error:
            # No connection is an OSError, whose text may show a secret in the address.
            trouble = type(error).__name__ if isinstance(error, OSError) else str(error)
            log.warning("%s %s: %s", task.kind, task.subject, trouble)
            with self._store.transaction() as db:
                tasks.failed(db, self._clock(), task, trouble)
        except Exception as error:
            log.exception("%s %s", task.kind, task.subject)
            with self._store.transaction() as db:
                tasks.failed(db, self._clock(), task, repr(error))
        else:
            with self._store.transaction() as db:
                tasks.done(db, task, remark)

    def check_order(self, out_trade_no: str) -> None:
        """Ask the platform about an unpaid order, and close it when its time is over."""
        order = orders.get(self._store.read(), out_trade_no)
        if order["state"] != orders.State.UNPAID:
            return
        begun = bool(order["prepay_id"] or order["code_url"])
        over = self._clock() >= order["expires_at"]
        if not begun and not over:
            return
        try:
            found = self._payments.query(out_trade_no) if begun else None
            state = found["trade_state"] if found else "CLOSED"
            if over and state not in ("SUCCESS", "REFUND", "CLOSED"):
                self._payments.close(out_trade_no)
                state = "CLOSED"
            with self._store.transaction() as db:
                if found and state in ("SUCCESS", "REFUND"):
                    orders.settle(
                        db,
                        self._clock(),
                        out_trade_no,
                        transaction_id=found["transaction_id"],
                        amount=found["amount"]["total"],
                    )
                elif state != "CLOSED":
                    orders.doubt_later(db, self._clock(), order)
                elif orders.get(db, out_trade_no)["state"] == orders.State.UNPAID:
                    orders.close(db, self._clock(), out_trade_no)
        except (Unsure, Refused, Refusal) as error:
            log.warning("%s: %s", out_trade_no, error)
            with self._store.transaction() as db:
                orders.doubt_later(db, self._clock(), order)

    def cancel(self, out_trade_no: str) -> None:
        """Close an unpaid order now, with the platform first if it knows of it."""
        order = orders.get(self._store.read(), out_trade_no)
        if order["state"] == orders.State.UNPAID and (order["prepay_id"] or order["code_url"]):
            try:
                self._payments.close(out_trade_no)
            except Refused as refused:
                self.check_order(out_trade_no)
                if orders.get(self._store.read(), out_trade_no)["state"] == orders.State.UNPAID:
                    raise Refusal(409, "NOT_CLOSED", f"The platform refused: {refused.code}.") from refused
        with self._store.transaction() as db:
            orders.close(db, self._clock(), out_trade_no)

    def _check_refund(self, out_refund_no: str) -> None:
        try:
            found = self._payments.query_refund(out_refund_no)
        except (Unsure, Refused) as error:
            log.warning("%s: %s", out_refund_no, error)
            found = None
        with self._store.transaction() as db:
            if found:
                refunds.heard(
                    db, self._clock(), out_refund_no, status=found["status"], refund_id=found["refund_id"]
                )
            refunds.doubt_later(db, self._clock(), refunds.get(db, out_refund_no))

    # The kinds of task; each returns a remark to keep, empty when all went well

    def _make_menu(self, _: str) -> str:
        if self._account is None:
            return ""
        self._account.make_menu()
        return ""

    def _make_coupon(self, _: str) -> str:
        if self._coupons is not None:
            self._coupons.make()
        return ""

    def _learn_fan(self, openid: str) -> str:
        if self._account is not None:
            self._account.learn_fan(openid, self._clock())
        return ""

    def _ask_refund(self, out_refund_no: str) -> str:
        db = self._store.read()
        refund = refunds.get(db, out_refund_no)
        if refund["state"] != "requested":
            return ""
        order = db.execute("select * from orders where id = ?", (refund["order_id"],)).fetchone()
        try:
            answer = self._payments.refund(order, refund)
        except Refused as refused:
            if refused.code in TRANSIENT:
                raise Unsure(str(refused)) from refused
            with self._store.transaction() as db:
                refunds.refuse(db, out_refund_no, str(refused))
            return str(refused)
        with self._store.transaction() as db:
            refunds.heard(
                db, self._clock(), out_refund_no, status=answer["status"], refund_id=answer["refund_id"]
            )
        self.wake()
        return ""

    def _send_receipt(self, out_trade_no: str) -> str:
        db = self._store.read()
        order = orders.get(db, out_trade_no)
        if self._account is None or order["buyer_id"] is None:
            return ""
        sent = self._account.send_receipt(
            self._unionid(order["buyer_id"]),
            amount=order["total"],
            goods=orders.described(db, order),
            page=f"pages/order/order?no={out_trade_no}",
            now=self._clock(),
        )
        return "" if sent else NOT_A_FOLLOWER

    def _announce(self, subject: str) -> str:
        out_trade_no, _, openid = subject.partition("/")
        db = self._store.read()
        order = orders.get(db, out_trade_no)
        if self._account is not None:
            self._account.announce(openid, order=order, goods=orders.described(db, order))
        return ""

    def _tell_ready(self, out_trade_no: str) -> str:
        order = orders.get(self._store.read(), out_trade_no)
        text = f"{self._trade.words['ready']}{orders.described(self._store.read(), order)}"
        return self._tell(order["id"], text, self._trade.states["ready"])

    def _tell_refunded(self, out_refund_no: str) -> str:
        refund = refunds.get(self._store.read(), out_refund_no)
        text = f"{self._trade.words['refunded']}{yuan(refund['amount'])}（{refund['reason']}）"
        return self._tell(refund["order_id"], text, self._trade.states["refunded"])

    def _tell(self, order_id: int, text: str, state: str) -> str:
        order = self._store.read().execute("select * from orders where id = ?", (order_id,)).fetchone()
        if self._account is None or order["buyer_id"] is None:
            return ""
        unionid = self._unionid(order["buyer_id"])
        sent = self._account.tell(unionid, text=text, order=order, state=state, now=self._clock())
        return "" if sent else NOT_A_FOLLOWER

    def _unionid(self, buyer_id: int) -> str:
        row = self._store.read().execute("select unionid from buyer where id = ?", (buyer_id,)).fetchone()
        return str(row["unionid"])
