"""wechatpy's cards, unmodified: a coupon made, signed for, taken by a person in a program, looked at and redeemed."""

import json
import secrets
import time
from typing import Any

import pytest
from wechatpy import WeChatClient
from wechatpy.exceptions import WeChatClientException
from wechatpy.utils import WeChatSigner

from hutong.testing import MiniProgram, OfficialAccount, Person, Refused, Server
from tests.listener import Listener


def a_coupon(program: MiniProgram) -> dict[str, Any]:
    return {
        "card": {
            "card_type": "GROUPON",
            "groupon": {
                "base_info": {
                    "logo_url": "http://mmbiz.example/tea.png",
                    "brand_name": "云岫茶事",
                    "code_type": "CODE_TYPE_TEXT",
                    "title": "双杯同享",
                    "color": "Color010",
                    "notice": "使用时向店员出示此券",
                    "service_phone": "020-88888888",
                    "description": "不可与其他优惠同享",
                    "date_info": {"type": "DATE_TYPE_FIX_TERM", "fixed_term": 15, "fixed_begin_term": 0},
                    "sku": {"quantity": 2},
                    "get_limit": 1,
                    "center_title": "去点单",
                    "center_app_brand_user_name": f"{program.original_id}@app",
                    "center_app_brand_pass": "pages/menu/menu",
                },
                "deal_detail": "乌龙两杯",
            },
        }
    }


def signed(client: WeChatClient, card_id: str, **fields: str) -> str:
    """The cardExt of a shop's page, by the SDK's own signer."""
    said = {"timestamp": str(int(time.time())), "nonce_str": secrets.token_hex(8), **fields}
    signer = WeChatSigner()
    signer.add_data(client.jsapi.get_jsapi_card_ticket(), card_id, *said.values())
    return json.dumps({**said, "signature": signer.signature})


@pytest.fixture
def sdk(published: Server) -> WeChatClient:
    account = published.official_accounts[0]
    return WeChatClient(account.appid, account.secret)


def refusal(act: Any, *arguments: Any, **named: Any) -> int:
    with pytest.raises(WeChatClientException) as caught:
        act(*arguments, **named)
    return int(caught.value.errcode)


def test_a_coupon_from_its_making_to_the_counter(
    published: Server, sdk: WeChatClient, listener: Listener, user: Person
) -> None:
    account: OfficialAccount = published.official_accounts[0]
    program: MiniProgram = published.mini_programs[0]
    account.push_to(listener.url)
    card_id = sdk.card.create(a_coupon(program))
    assert sdk.card.get(card_id)["groupon"]["base_info"]["title"] == "双杯同享"
    live = sdk.card.batch_get(status_list=["CARD_STATUS_VERIFY_OK"])
    assert card_id in live["card_id_list"] and live["total_num"] == len(live["card_id_list"])
    assert len(sdk.card.get_colors()) == 14

    openid = program.sign_in(user.login(program))["openid"]
    ext = signed(sdk, card_id, openid=openid)
    path = f"/programs/{program.appid}/coupons"
    asked = {"card_id": card_id, "card_ext": ext}
    offered = user.request("POST", f"{path}/offered", json={"cards": [asked]})["coupons"]
    assert [(one["face"]["title"], one["obstacle"]) for one in offered] == [("双杯同享", "")]
    taken = user.request("POST", path, json={**asked, "client_id": "1"})
    assert user.request("POST", path, json={**asked, "client_id": "2"})["coupon_id"] == taken["coupon_id"]
    code = sdk.card.decrypt_code(taken["code"])
    (mine,) = user.request("GET", "/coupons")["coupons"]
    assert mine["coupon_id"] == taken["coupon_id"]
    own = user.request("GET", f"/coupons/{mine['coupon_id']}")
    assert (own["code"], own["face"]["center"]["program"]["appid"]) == (code, program.appid)
    found = user.request("POST", f"{path}/find", json={"cards": [{"card_id": card_id, "code": code}]})
    assert found["coupon_ids"] == [mine["coupon_id"]]

    held = sdk.card.get_code(code, card_id)
    assert (held["can_consume"], held["user_card_status"]) == (True, "NORMAL")
    assert sdk.card.get_card_list(held["openid"], card_id)["card_list"] == [
        {"code": code, "card_id": card_id}
    ]
    assert sdk.card.consume_code(code, card_id)["card"]["card_id"] == card_id
    assert refusal(sdk.card.consume_code, code) == 40099
    assert sdk.card.get_code(code, check_consume=False)["user_card_status"] == "CONSUMED"
    assert user.request("GET", "/coupons")["coupons"] == []
    (past,) = user.request("GET", "/coupons", params={"past": "true"})["coupons"]
    assert past["state"] == "CONSUMED"
    user.request("DELETE", f"/coupons/{mine['coupon_id']}")

    published.clock.settle()
    heard = [body for body in listener.received if code in body and card_id in body]
    account.stop_push()
    # Each is a delivery of its own, so they may overtake each other.
    for name in ("user_get_card", "user_consume_card", "user_del_card"):
        assert sum(f"<Event><![CDATA[{name}]]></Event>" in body for body in heard) == 1, heard

    sdk.card.update({"card_id": card_id, "groupon": {"base_info": {"notice": "出示此券"}}})
    assert (
        refusal(sdk.card.update, {"card_id": card_id, "groupon": {"base_info": {"title": "别的"}}}) == 40150
    )
    for change in ({"increase_stock_value": 5}, {"reduce_stock_value": 2}):
        assert account.call("POST", "/card/modifystock", {"card_id": card_id, **change})["errcode"] == 0
    base = sdk.card.get(card_id)["groupon"]["base_info"]
    assert (base["notice"], base["sku"]) == ("出示此券", {"quantity": 4, "total_quantity": 5})
    sdk.card.delete(card_id)
    assert refusal(sdk.card.get, card_id) == 40073


def test_a_coupon_that_is_withdrawn_or_signed_wrongly(
    published: Server, sdk: WeChatClient, user: Person
) -> None:
    program: MiniProgram = published.mini_programs[0]
    bob, eve = published.person("linwan"), published.person("shenmei")
    card_id = sdk.card.create(a_coupon(program))
    path = f"/programs/{program.appid}/coupons"
    openid = program.sign_in(bob.login(program))["openid"]

    def take(person: Person, ext: str) -> dict[str, Any]:
        asked = {"card_id": card_id, "card_ext": ext, "client_id": "1"}
        found: dict[str, Any] = person.request("POST", path, json=asked)
        return found

    def refused(person: Person, ext: str) -> str:
        with pytest.raises(Refused) as caught:
            take(person, ext)
        return caught.value.code.removeprefix("benefits.")

    forged = json.dumps({**json.loads(signed(sdk, card_id)), "signature": "0" * 40})
    assert refused(bob, forged) == "signature_wrong"
    assert refused(eve, signed(sdk, card_id, openid=openid)) == "not_for_you"
    ext = signed(sdk, card_id)
    code = sdk.card.decrypt_code(take(bob, ext)["code"])
    assert refused(eve, ext) == "signature_used"
    assert refused(bob, signed(sdk, card_id)) == "limit_reached"
    take(eve, signed(sdk, card_id))
    assert refused(user, signed(sdk, card_id)) == "stock_gone"
    account: OfficialAccount = published.official_accounts[0]
    gone = {"code": code, "card_id": card_id, "reason": "卖完了"}
    assert account.call("POST", "/card/code/unavailable", gone)["errcode"] == 0
    sdk.card.invalid_code(code)  # again changes nothing
    assert refusal(sdk.card.consume_code, code) == 40127
    (past,) = bob.request("GET", "/coupons", params={"past": "true"})["coupons"]
    assert bob.request("GET", f"/coupons/{past['coupon_id']}")["reason"] == "卖完了"
    assert sdk.card.get_code(code, card_id, check_consume=False)["user_card_status"] == "UNAVAILABLE"
