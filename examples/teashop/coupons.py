"""The shop's coupon: made once with the platform, and signed for each buyer who is to have one."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from typing import Any

from wechatpy import WeChatClient
from wechatpy.exceptions import WeChatClientException
from wechatpy.utils import WeChatSigner

from .program import refusal
from .refusals import Unsure
from .settings import Settings
from .store import Store, recall, remember
from .trades import Trade

UNKNOWN_CARD = 40073


class Coupons:
    def __init__(self, settings: Settings, trade: Trade, store: Store) -> None:
        self._settings = settings
        self._trade = trade
        self._store = store
        self._client = WeChatClient(settings.account.appid, settings.account.secret, timeout=10)
        self._name = f"coupon/{settings.account.appid}"

    def card_id(self) -> str:
        """The card on the platform; empty until it is made, or when this trade gives none."""
        return recall(self._store.read(), self._name) if self._trade.coupon else ""

    def make(self) -> None:
        """Make the card, unless the one that was made is still there. Raises WeChatClientException."""
        if not self._trade.coupon:
            return
        card_id = self.card_id()
        if card_id:
            try:
                self._client.card.get(card_id)
                return
            except WeChatClientException as error:
                if error.errcode != UNKNOWN_CARD:
                    raise
        card_id = str(self._client.card.create({"card": self._card(self._trade.coupon)}))
        with self._store.transaction() as db:
            remember(db, self._name, card_id)

    def _card(self, coupon: dict[str, Any]) -> dict[str, Any]:
        base: dict[str, Any] = {
            "brand_name": self._trade.name["zh"],
            "code_type": "CODE_TYPE_QRCODE",
            "title": coupon["title"]["zh"],
            "color": coupon["color"],
            "notice": coupon["notice"],
            "description": coupon["description"],
            "date_info": {"type": "DATE_TYPE_FIX_TERM", "fixed_term": coupon["days"], "fixed_begin_term": 0},
            "sku": {"quantity": coupon["quantity"]},
            "get_limit": 1,
            "can_share": False,
            "can_give_friend": False,
        }
        if original_id := self._settings.program.original_id:
            base |= {
                "center_title": coupon["button"],
                "center_app_brand_user_name": f"{original_id}@app",
                "center_app_brand_pass": "pages/menu/menu",
            }
        worth = {"least_cost": coupon["least"], "reduce_cost": coupon["off"]}
        return {"card_type": "CASH", "cash": {"base_info": base, **worth}}

    def offer(self, openid: str, now: int) -> dict[str, str]:
        """One entry of `wx.addCard`'s cardList, for this buyer alone and for one taking."""
        card_id = self.card_id()
        said = {"openid": openid, "timestamp": str(now), "nonce_str": secrets.token_hex(12)}
        signer = WeChatSigner()
        signer.add_data(_asked(self._client.jsapi.get_jsapi_card_ticket), card_id, *said.values())
        return {"cardId": card_id, "cardExt": json.dumps({**said, "signature": signer.signature})}

    def opened(self, encrypted: str) -> str:
        """The code of a coupon that a page was given encrypted."""
        return _asked(self._client.card.decrypt_code, encrypted)


def _asked(ask: Callable[..., Any], *given: str) -> str:
    """What the platform answers to a buyer's page, or its refusal as the page understands it."""
    try:
        return str(ask(*given))
    except WeChatClientException as error:
        raise refusal(error) from error
    except OSError as error:  # no connection; its text would show the secret in the address
        raise Unsure(type(error).__name__) from error
