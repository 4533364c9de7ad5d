"""Payment, version 3 of the interface: orders, answers to doubts, refunds, and what the platform tells us."""

from __future__ import annotations

import json
import secrets
import sqlite3
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from wechatpayv3 import WeChatPay, WeChatPayType

from .refusals import Unsure
from .settings import Settings

TIMEOUT = (5, 15)  # seconds to connect, to answer


class Refused(Exception):
    """The platform will not do it."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.status = status
        self.code = code


class Payments:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._public_url = settings.shop.public_url.rstrip("/")
        self._client: WeChatPay | None = None
        self._lock = threading.Lock()

    def client(self) -> WeChatPay:
        """Made at first use: in certificate mode making it downloads the platform's certificates."""
        with self._lock:
            if self._client is None:
                merchant = self._settings.merchant
                try:
                    self._client = WeChatPay(
                        wechatpay_type=WeChatPayType.MINIPROG,
                        mchid=merchant.mchid,
                        private_key=Path(merchant.private_key_file).read_text(),
                        cert_serial_no=merchant.serial_no,
                        appid=self._settings.program.appid,
                        apiv3_key=merchant.api_v3_key,
                        notify_url=f"{self._public_url}/notify/pay",
                        cert_dir=merchant.certificate_dir or None,
                        timeout=TIMEOUT,
                        public_key=Path(merchant.public_key_file).read_text()
                        if merchant.public_key_file
                        else None,
                        public_key_id=merchant.public_key_id or None,
                    )
                except Exception as error:  # the library raises no narrower class
                    raise Unsure(f"payment cannot start: {error}") from error
            return self._client

    def prepay(self, order: sqlite3.Row, description: str, openid: str) -> str:
        answer = self._ask(
            lambda client: client.pay(
                description=description,
                out_trade_no=order["out_trade_no"],
                amount={"total": order["total"], "currency": "CNY"},
                payer={"openid": openid},
            )
        )
        return str(answer["prepay_id"])

    def code(self, order: sqlite3.Row, description: str) -> str:
        """The address to draw as a code at the counter."""
        answer = self._ask(
            lambda client: client.pay(
                description=description,
                out_trade_no=order["out_trade_no"],
                amount={"total": order["total"], "currency": "CNY"},
                pay_type=WeChatPayType.NATIVE,
            )
        )
        return str(answer["code_url"])

    def parameters(self, prepay_id: str, now: int) -> dict[str, str]:
        """What the mini program hands to the cashier, signed anew each time."""
        appid, stamp, nonce, package = (
            self._settings.program.appid,
            str(now),
            secrets.token_hex(16),
            f"prepay_id={prepay_id}",
        )
        signature = self.client().sign([appid, stamp, nonce, package])
        return {
            "timeStamp": stamp,
            "nonceStr": nonce,
            "package": package,
            "signType": "RSA",
            "paySign": signature,
        }

    def query(self, out_trade_no: str) -> dict[str, Any] | None:
        """Where the platform sees this order, `None` if it has never heard of it."""
        return self._find(lambda client: client.query(out_trade_no=out_trade_no))

    def close(self, out_trade_no: str) -> None:
        self._ask(lambda client: client.close(out_trade_no))

    def refund(self, order: sqlite3.Row, refund: sqlite3.Row) -> dict[str, Any]:
        return self._ask(
            lambda client: client.refund(
                out_refund_no=refund["out_refund_no"],
                out_trade_no=order["out_trade_no"],
                amount={"refund": refund["amount"], "total": order["total"], "currency": "CNY"},
                reason=refund["reason"],
                notify_url=f"{self._public_url}/notify/refund",
            )
        )

    def query_refund(self, out_refund_no: str) -> dict[str, Any] | None:
        return self._find(lambda client: client.query_refund(out_refund_no))

    def notification(self, headers: Mapping[str, str], body: bytes) -> dict[str, Any] | None:
        """A verified and opened notification, or `None` for anything else that was posted to us."""
        client = self.client()
        try:
            opened = client.callback(headers, body)
        except Exception:  # whatever a stranger posts, the library may raise anything over it
            return None
        return opened if isinstance(opened, dict) and isinstance(opened.get("resource"), dict) else None

    def _find(self, call: Callable[[WeChatPay], tuple[int, str]]) -> dict[str, Any] | None:
        try:
            return self._ask(call)
        except Refused as refused:
            if refused.status == 404:
                return None
            raise

    def _ask(self, call: Callable[[WeChatPay], tuple[int, str]]) -> dict[str, Any]:
        client = self.client()
        try:
            status, text = call(client)
            answer = json.loads(text) if text else {}
        except Exception as error:  # no connection, an answer whose signature is wrong, or not JSON at all
            raise Unsure(str(error)) from error
        if 200 <= status < 300:
            return dict(answer)
        code = str(answer.get("code", status))
        if status >= 500 or status == 429:
            raise Unsure(f"{code}: {answer.get('message', '')}")
        raise Refused(status, code, str(answer.get("message", "")))
