"""The mini program's people: signed in by a code, known by openid, holding a session of our own."""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
from typing import Any

from wechatpy import WeChatClient
from wechatpy.exceptions import WeChatClientException

from .refusals import Refusal, Unsure
from .settings import Settings

SESSION_SECONDS = 30 * 24 * 3600


class Program:
    def __init__(self, settings: Settings) -> None:
        self._client = WeChatClient(settings.program.appid, settings.program.secret, timeout=10)

    def identify(self, code: str) -> dict[str, Any]:
        """Who `wx.login` gave this code to: openid, and unionid when the owner has other accounts."""
        try:
            return dict(self._client.wxa.code_to_session(code))
        except WeChatClientException as error:
            raise refusal(error) from error
        except OSError as error:  # no connection; its text would show the secret in the address
            raise Unsure(type(error).__name__) from error

    def phone(self, code: str) -> str:
        """The number its owner agreed to show, by the code of the button."""
        try:
            answer = self._client.post(
                "https://api.weixin.qq.com/wxa/business/getuserphonenumber", data={"code": code}
            )
        except WeChatClientException as error:
            raise refusal(error) from error
        except OSError as error:  # no connection; its text would show the secret in the address
            raise Unsure(type(error).__name__) from error
        return str(answer["phone_info"]["phoneNumber"])


def refusal(error: WeChatClientException) -> Refusal:
    if error.errcode in (40029, 40163, 40226, 41008):
        return Refusal(400, "CODE_REFUSED", "This code was not accepted; ask for a new one.")
    return Refusal(502, "PLATFORM", f"The platform answered {error.errcode}.")


def open_session(db: sqlite3.Connection, now: int, *, openid: str, unionid: str) -> tuple[str, int]:
    """Sign in: remember the buyer and make a session. Returns its secret, kept here only as a hash, and the buyer."""
    db.execute(
        "insert into buyer (openid, unionid, seen_at) values (?, ?, ?) on conflict (openid) do update"
        " set seen_at = excluded.seen_at,"
        " unionid = case excluded.unionid when '' then unionid else excluded.unionid end",
        (openid, unionid, now),
    )
    (buyer_id,) = db.execute("select id from buyer where openid = ?", (openid,)).fetchone()
    token = secrets.token_urlsafe(32)
    db.execute("delete from session where expires_at <= ?", (now,))
    db.execute(
        "insert into session (token_hash, buyer_id, expires_at) values (?, ?, ?)",
        (_hash(token), buyer_id, now + SESSION_SECONDS),
    )
    return token, buyer_id


def buyer(db: sqlite3.Connection, now: int, token: str) -> sqlite3.Row:
    row: sqlite3.Row | None = db.execute(
        "select b.* from session s join buyer b on b.id = s.buyer_id where s.token_hash = ? and s.expires_at > ?",
        (_hash(token), now),
    ).fetchone()
    if row is None:
        raise Refusal(401, "SIGN_IN", "Sign in first.")
    return row


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
