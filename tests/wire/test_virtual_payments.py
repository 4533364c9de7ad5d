"""wechat-xpay, unmodified: a game's server sells goods and coins, hears of it, spends, gives and refunds."""

import json
from typing import Any

import pytest
from wechat_xpay import XPayClient
from wechat_xpay.auth import calc_pay_sig, calc_signature
from wechat_xpay.exceptions import XPayAPIError
from wechat_xpay.webhook import CoinPayNotify, GoodsDeliverNotify, RefundNotify, WebhookParser

from hutong.testing import MiniProgram, Person, Refused, Server
from tests.listener import Listener

HAT, HAT_PRICE = "straw-hat", 600


class Game:
    """A game's server: its keys, and a player it knows."""

    def __init__(self, server: Server, env: int) -> None:
        self.env = env
        self.owner = server.person("shenmei")
        self.program: MiniProgram = server.mini_programs[0]
        self.player: Person = server.person("linwan")
        session = self.program.sign_in(self.player.login(self.program))
        self.openid, self.session_key = session["openid"], session["session_key"]
        self.at = f"/console/apps/{self.program.appid}/offer"
        mchid = server.merchants[0].mchid
        offer = self.owner.request("POST", self.at, json={"mchid": mchid, "coins_per_yuan": 10})
        self.offer_id = offer["offer_id"]
        self.key = offer["live_key" if env == 0 else "sandbox_key"]
        self.sdk = XPayClient(self.program.appid, self.key, env=env, base_url=f"{server.url}/mp")
        self.asking: dict[str, Any] = {
            "access_token": self.program.fetch_token(),
            "session_key": self.session_key,
        }
        self.of_player: dict[str, Any] = {"openid": self.openid, **self.asking}

    def signed(self, mode: str, number: str, key: str = "", **other: Any) -> dict[str, Any]:
        goods = {"productId": HAT, "goodsPrice": HAT_PRICE} if mode == "short_series_goods" else {}
        data = json.dumps(
            {
                "offerId": self.offer_id,
                "buyQuantity": 1,
                "env": self.env,
                "currencyType": "CNY",
                "outTradeNo": number,
                "attach": "第一顶",
                **goods,
                **other,
            },
            ensure_ascii=False,
        )
        return {
            "mode": mode,
            "sign_data": data,
            "pay_sig": calc_pay_sig("requestVirtualPayment", data, key or self.key),
            "signature": calc_signature(data, self.session_key),
        }

    def open(self, request: dict[str, Any]) -> dict[str, Any]:
        at = f"/programs/{self.program.appid}/virtual-payments"
        shown: dict[str, Any] = self.player.request("POST", at, json=request)
        return shown

    def refusal(self, request: dict[str, Any]) -> str:
        with pytest.raises(Refused) as refused:
            self.open(request)
        return refused.value.code

    def buy(self, mode: str, number: str, **other: Any) -> dict[str, Any]:
        shown = self.open(self.signed(mode, number, **other))
        self.player.request(
            "POST", f"/cashiers/{shown['cashier_id']}/confirm", json={"pin": self.player.pay_pin}
        )
        return shown


def _heard(listener: Listener, kind: type[Any]) -> list[Any]:
    parser = WebhookParser()
    told = [parser.callback(body).notification for body in listener.received if "xpay_" in body]
    return [one for one in told if isinstance(one, kind)]


@pytest.mark.shows("MIN-19")
@pytest.mark.parametrize(("env", "form"), [(0, "json"), (1, "xml")], ids=["live json", "sandbox xml"])
def test_goods_are_sold_delivered_and_refunded(
    hutong: Server, listener: Listener, env: int, form: str
) -> None:
    game = Game(hutong, env)
    game.program.push_to(listener.url, format=form)
    sdk = game.sdk
    item = {"id": HAT, "name": "草帽", "price": HAT_PRICE, "remark": "", "item_url": ""}
    assert sdk.start_upload_goods(**game.asking, upload_item=[item])
    assert game.refusal(game.signed("short_series_goods", "HAT-00001")) == "miniapp.virtual_unpublished"
    assert sdk.start_publish_goods(**game.asking, publish_item=[{"id": HAT}])
    assert [one.id for one in sdk.query_publish_goods(**game.asking).publish_item] == [HAT]
    assert [one.price for one in sdk.query_upload_goods(**game.asking).upload_item] == [HAT_PRICE]

    before = game.player.balance
    listener.body = b"not yet"
    shown = game.buy("short_series_goods", "HAT-00001", buyQuantity=2)
    assert (shown["amount"], shown["description"]) == (2 * HAT_PRICE, "草帽 × 2")
    hutong.clock.settle()
    assert game.player.balance == before - 2 * HAT_PRICE
    assert sdk.query_order(**game.of_player, order_id="HAT-00001").status == 2  # paid, not yet handed out
    listener.body = (
        b'{"ErrCode":0,"ErrMsg":"success"}' if form == "json" else b"<xml><ErrCode>0</ErrCode></xml>"
    )
    hutong.clock.advance(minutes=1)
    hutong.clock.settle()
    told: list[GoodsDeliverNotify] = _heard(listener, GoodsDeliverNotify)
    assert len(told) >= 2  # asked until it was understood
    first = told[0]
    assert first.goods_info is not None and first.wechat_pay_info is not None
    assert (first.open_id, first.out_trade_no, first.env) == (game.openid, "HAT-00001", env)
    assert (first.goods_info.product_id, first.goods_info.quantity, first.goods_info.attach) == (
        HAT,
        2,
        "第一顶",
    )
    order = sdk.query_order(**game.of_player, order_id="HAT-00001")
    assert (order.status, order.paid_fee, order.left_fee) == (4, 2 * HAT_PRICE, 2 * HAT_PRICE)
    assert order.wxpay_order_id == first.wechat_pay_info.transaction_id
    assert sdk.query_order(**game.of_player, wx_order_id=order.wx_order_id).order_id == "HAT-00001"

    def refund(left: int, fee: int, number: str = "BACK-0001") -> Any:
        return sdk.refund_order(
            **game.of_player,
            refund_order_id=number,
            left_fee=left,
            refund_fee=fee,
            refund_reason="1",
            req_from="1",
            order_id="HAT-00001",
        )

    with pytest.raises(XPayAPIError) as wrong:
        refund(1, 1)
    assert wrong.value.errcode == 268490016
    begun = refund(2 * HAT_PRICE, HAT_PRICE)
    assert refund(2 * HAT_PRICE, HAT_PRICE).refund_wx_order_id == begun.refund_wx_order_id  # once
    hutong.clock.settle()
    (back,) = _heard(listener, RefundNotify)
    assert (back.mch_refund_id, back.refund_fee, back.mch_order_id) == ("BACK-0001", HAT_PRICE, "HAT-00001")
    refund(HAT_PRICE, HAT_PRICE, "BACK-0002")
    assert game.player.balance == before
    assert sdk.query_order(**game.of_player, order_id="HAT-00001").status == 5


def test_coins_are_bought_given_spent_and_given_back(hutong: Server, listener: Listener) -> None:
    game = Game(hutong, 0)
    game.program.push_to(listener.url, format="json")
    listener.body = b'{"ErrCode":0}'
    sdk = game.sdk
    shown = game.buy("short_series_coin", "COINS-0001", buyQuantity=50)
    assert shown["amount"] == 500
    hutong.clock.settle()
    (told,) = _heard(listener, CoinPayNotify)
    assert told.coin_info.quantity == 50
    assert sdk.present_currency(**game.of_player, order_id="GIFT-1", amount=5).present_balance == 5

    def refused(code: int, act: Any, **asked: Any) -> None:
        with pytest.raises(XPayAPIError) as error:
            act(**{**game.of_player, **asked})
        assert error.value.errcode == code

    refused(268490004, sdk.present_currency, order_id="GIFT-1", amount=5)
    spent = sdk.currency_pay(**game.of_player, order_id="SPEND-1", amount=20, payitem="[]")
    assert (spent.balance, spent.used_present_amount) == (35, 5)
    refused(268490004, sdk.currency_pay, order_id="SPEND-1", amount=20, payitem="[]")
    refused(268490006, sdk.currency_pay, order_id="SPEND-2", amount=36, payitem="[]")
    refused(268490003, sdk.currency_pay, order_id="SPEND-3", amount=1, payitem="[]", session_key="another")
    refused(268490001, sdk.currency_pay, order_id="SPEND-3", amount=1, payitem="[]", openid="nobody")
    sdk.cancel_currency_pay(**game.of_player, pay_order_id="SPEND-1", order_id="BACK-1", amount=16)
    refused(268490006, sdk.cancel_currency_pay, pay_order_id="SPEND-1", order_id="BACK-2", amount=5)
    held = sdk.query_user_balance(**game.of_player)
    assert (held.balance, held.present_balance, held.sum_save, held.sum_cost) == (51, 1, 50, 4)
    assert (held.sum_present, held.sum_balance, held.first_save_flag) == (5, 55, False)
    whole = {
        "left_fee": 500,
        "refund_fee": 500,
        "refund_reason": "0",
        "req_from": "3",
        "order_id": "COINS-0001",
    }
    sdk.refund_order(**game.of_player, refund_order_id="BACK-COINS", **whole)
    assert sdk.query_user_balance(**game.of_player).balance == 1
    stranger = XPayClient(game.program.appid, "0" * 32, env=0, base_url=f"{hutong.url}/mp")
    refused(268490003, stranger.query_user_balance)


def test_what_is_signed_wrongly_or_used_twice_opens_no_cashier(hutong: Server) -> None:
    game = Game(hutong, 0)
    goods = {"product_id": HAT, "name": "草帽", "price": HAT_PRICE}
    game.owner.request("POST", f"{game.at}/goods", json=goods)
    sold = "short_series_goods"
    good = game.signed(sold, "HAT-00009")
    assert game.open(good)["cashier_id"] != game.open(good)["cashier_id"]  # one order, two tabs
    assert game.refusal(game.signed(sold, "HAT-00009", buyQuantity=3)) == "miniapp.virtual_used"
    assert game.refusal(game.signed(sold, "HAT-00010", key="0" * 32)) == "miniapp.virtual_pay_sig"
    assert game.refusal({**good, "signature": "0" * 64}) == "miniapp.virtual_signature"
    assert game.refusal({**good, "sign_data": "[]"}) == "miniapp.virtual_invalid"
    for wrong, code in (
        ({"goodsPrice": 1}, "virtual_price"),
        ({"productId": "none"}, "virtual_unpublished"),
        ({"currencyType": "USD"}, "virtual_currency"),
        ({"outTradeNo": "_under12"}, "virtual_invalid"),
        ({"outTradeNo": "short"}, "virtual_invalid"),
        ({"buyQuantity": 0}, "virtual_invalid"),
        ({"offerId": "1000000000"}, "virtual_invalid"),
        ({"env": 7}, "virtual_invalid"),
    ):
        assert game.refusal(game.signed(sold, "HAT-00011", **wrong)) == f"miniapp.{code}"
