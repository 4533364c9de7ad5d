"""Cards and codes over their published wire: what comes back, what is refused, and what the account's server hears."""

import time
from typing import Any

import pytest

from hutong.domains.apps import openids, push
from hutong.domains.apps.tables import App, PushFormat, PushMode
from hutong.domains.benefits import coupons
from hutong.domains.benefits.events import CouponConsumed, CouponDeleted, CouponTaken
from hutong.domains.benefits.tables import Coupon
from hutong.domains.identity.tables import User
from hutong.kernel.clock import HOUR_MS, HandWound
from hutong.kernel.db import Tx
from hutong.protocols.mp import callbacks
from tests.domains.builders import a_user, an_app


@pytest.fixture
def ann(tx: Tx) -> User:
    return a_user(tx)


def card(**changes: Any) -> dict[str, Any]:
    """What a shop sends to make a coupon; `changes` go into its base_info."""
    base = {
        "logo_url": "http://mmbiz.example/tea.png",
        "brand_name": "云岫茶事",
        "code_type": "CODE_TYPE_BARCODE",
        "title": "满20减2",
        "color": "Color010",
        "notice": "请出示二维码",
        "service_phone": "020-88888888",
        "description": "每杯一张",
        "date_info": {"type": "DATE_TYPE_FIX_TERM", "fixed_term": 7, "fixed_begin_term": 0},
        "sku": {"quantity": 5},
        "get_limit": 3,
        "use_custom_code": False,
        "bind_openid": False,
        "can_share": False,
        "can_give_friend": False,
        **changes,
    }
    return {"card_type": "CASH", "cash": {"base_info": base, "least_cost": 2000, "reduce_cost": 200}}


def make(api: Any, account: App, **changes: Any) -> str:
    made = api("POST", "/card/create", as_=account, json={"card": card(**changes)})
    assert made["errcode"] == 0, made
    return str(made["card_id"])


def take(tx: Tx, card_id: str, user: User, code: str = "") -> Coupon:
    return coupons.take(
        tx, card_id=card_id, user_id=user.id, claim=str(tx.new_id()), code=code, outer_str="poster"
    )


def test_a_card_comes_back_as_it_was_made(tx: Tx, api: Any, account: App, program: App) -> None:
    now = int(time.time())
    card_id = make(
        api,
        account,
        date_info={"type": 1, "begin_timestamp": now, "end_timestamp": now + 86_400},
        center_title="立即使用",
        center_sub_title="去点单",
        center_app_brand_user_name=f"{program.original_id}@app",
        center_app_brand_pass="pages/menu/menu",
        custom_url_name="看看店",
        custom_url="https://tea.example/shop",
        promotion_url_name="更多",
        promotion_url="https://tea.example/more",
        get_limit="2",
    )
    assert len(card_id) == 28 and card_id[0] == "p"
    shown = api("POST", "/card/get", as_=account, json={"card_id": card_id})["card"]
    assert shown["card_type"] == "CASH"
    assert (shown["cash"]["least_cost"], shown["cash"]["reduce_cost"]) == (2000, 200)
    base = shown["cash"]["base_info"]
    sent = card()["cash"]["base_info"] | {"get_limit": 2, "date_info": None, "sku": None}
    assert {name: base[name] for name in sent if sent[name] is not None} == {
        name: value for name, value in sent.items() if value is not None
    }
    dates = base["date_info"]
    assert dates["type"] == "DATE_TYPE_FIX_TIME_RANGE"
    assert abs(dates["begin_timestamp"] - now) <= 1 and abs(dates["end_timestamp"] - now - 86_400) <= 1
    assert base["sku"] == {"quantity": 5, "total_quantity": 5}
    assert (base["id"], base["status"]) == (card_id, "CARD_STATUS_VERIFY_OK")
    assert base["center_app_brand_user_name"] == f"{program.original_id}@app"
    assert base["center_app_brand_pass"] == "pages/menu/menu"
    assert (base["custom_url_name"], base["promotion_url"]) == ("看看店", "https://tea.example/more")
    assert len(api("GET", "/card/getcolors", as_=account)["colors"]) == 14


@pytest.mark.parametrize(
    ("changes", "errcode"),
    [
        ({"title": None}, 41011),
        ({"title": "十个字的标题就太长了"}, 45021),
        ({"color": "Color999"}, 40076),
        ({"code_type": "CODE_TYPE_SMELL"}, 40072),
        ({"date_info": None}, 41011),
        ({"date_info": {"type": "DATE_TYPE_PERMANENT"}}, 40079),
        ({"date_info": {"type": 1, "begin_timestamp": 5, "end_timestamp": 4}}, 40100),
        ({"date_info": {"type": 2}}, 41011),
        ({"sku": None}, 41011),
        ({"sku": {"quantity": 100_000_001}}, 40122),
        ({"sku": {"quantity": "many"}}, 40097),
        ({"get_limit": 0}, 40150),
        ({"can_give_friend": True}, 40150),
        ({"location_id_list": [1]}, 40150),
        ({"center_title": "用", "center_app_brand_user_name": "gh_none@app"}, 40150),
        ({"custom_url_name": "看看店"}, 41011),
    ],
)
def test_what_a_card_cannot_say_is_refused(
    api: Any, account: App, changes: dict[str, Any], errcode: int
) -> None:
    answer = api("POST", "/card/create", as_=account, json={"card": card(**changes)})
    assert answer["errcode"] == errcode, answer
    assert api("POST", "/card/batchget", as_=account, json={})["total_num"] == 0


def test_other_refusals(tx: Tx, api: Any, account: App, program: App) -> None:
    def create(whole: Any) -> int:
        return int(api("POST", "/card/create", as_=account, json={"card": whole})["errcode"])

    assert create({"card_type": "MEMBER_CARD", "member_card": {}}) == 40071
    assert create({"card_type": "GIFT"}) == 41011
    assert create({"card_type": "GIFT", "gift": {"base_info": card()["cash"]["base_info"]}}) == 41011
    assert (
        create(card() | {"cash": card()["cash"] | {"advanced_info": {"abstract": {"abstract": "x"}}}})
        == 40150
    )
    assert api("POST", "/card/create", as_=program, json={"card": card()})["errcode"] == 48001
    card_id = make(api, account)
    other = an_app(tx)
    for path in ("/card/get", "/card/delete", "/card/modifystock"):
        assert api("POST", path, as_=other, json={"card_id": card_id})["errcode"] == 40073
        assert api("POST", path, as_=account, json={})["errcode"] == 41012


def test_cards_are_listed_changed_restocked_and_deleted(tx: Tx, api: Any, account: App) -> None:
    first, second = make(api, account), make(api, account, title="满30减5")
    listed = api("POST", "/card/batchget", as_=account, json={"offset": 0, "count": 1})
    assert (listed["card_id_list"], listed["total_num"]) == ([first], 2)

    def update(**base: Any) -> Any:
        return api("POST", "/card/update", as_=account, json={"card_id": first, "cash": {"base_info": base}})

    assert update(notice="扫码", color="Color020", center_title="用", center_url="https://tea.example/a") == {
        "send_check": False,
        "errcode": 0,
        "errmsg": "ok",
    }
    assert update(center_sub_title="现在")["errcode"] == 0
    base = api("POST", "/card/get", as_=account, json={"card_id": first})["card"]["cash"]["base_info"]
    assert (base["notice"], base["color"], base["center_title"]) == ("扫码", "Color020", "用")
    assert (base["center_sub_title"], base["center_url"]) == ("现在", "https://tea.example/a")
    assert update(title="别的")["errcode"] == 40150
    assert update(date_info={"type": 2, "fixed_term": 9})["errcode"] == 40150
    assert update(color="red")["errcode"] == 40076

    def stock(**change: int) -> int:
        answer = api("POST", "/card/modifystock", as_=account, json={"card_id": first, **change})
        return int(answer["errcode"])

    assert (stock(increase_stock_value=7), stock(reduce_stock_value=2), stock(reduce_stock_value=11)) == (
        0,
        0,
        40122,
    )
    assert api("POST", "/card/delete", as_=account, json={"card_id": first})["errcode"] == 0
    assert api("POST", "/card/get", as_=account, json={"card_id": first})["errcode"] == 40073
    live = {"status_list": ["CARD_STATUS_VERIFY_OK"]}
    assert api("POST", "/card/batchget", as_=account, json=live)["card_id_list"] == [second]
    gone = {"status_list": ["CARD_STATUS_DELETE"]}
    assert api("POST", "/card/batchget", as_=account, json=gone)["card_id_list"] == [first]
    assert api("POST", "/card/batchget", as_=account, json={"status_list": ["X"]})["errcode"] == 40150
    assert (
        api("POST", "/card/batchget", as_=account, json={"status_list": ["CARD_STATUS_DISPATCH"]})[
            "total_num"
        ]
        == 0
    )


def test_a_code_is_looked_at_and_redeemed_once(
    tx: Tx, clock: HandWound, api: Any, account: App, ann: User
) -> None:
    now = int(time.time())
    an_hour = {"type": "DATE_TYPE_FIX_TIME_RANGE", "begin_timestamp": now - 60, "end_timestamp": now + 3600}
    card_id = make(api, account, date_info=an_hour)
    coupon, later, withdrawn = (take(tx, card_id, ann) for _ in range(3))
    openid = openids.of(tx, appid=account.appid, user_id=ann.id)

    def code(path: str, **asked: Any) -> Any:
        return api("POST", f"/card/code/{path}", as_=account, json=asked)

    seen = code("get", code=coupon.code, card_id=card_id)
    assert (seen["openid"], seen["can_consume"], seen["user_card_status"]) == (openid, True, "NORMAL")
    assert (seen["card"]["card_id"], seen["outer_str"]) == (card_id, "poster")
    assert seen["card"]["end_time"] > seen["card"]["begin_time"]
    held = api("POST", "/card/user/getcardlist", as_=account, json={"openid": openid, "card_id": card_id})
    assert [one["code"] for one in held["card_list"]] == [coupon.code, later.code, withdrawn.code]
    assert held["has_share_card"] is False
    assert code("consume", code=coupon.code) == {
        "card": {"card_id": card_id},
        "openid": openid,
        "errcode": 0,
        "errmsg": "ok",
    }
    again = code("consume", code=coupon.code)
    assert again["errcode"] == 40099 and "this code has consumed" in again["errmsg"]
    assert code("get", code=coupon.code)["errcode"] == 40099
    assert code("get", code=coupon.code, check_consume=False)["user_card_status"] == "CONSUMED"
    assert code("unavailable", code=withdrawn.code, reason="sold out")["errcode"] == 0
    assert code("consume", code=withdrawn.code)["errcode"] == 40127
    assert code("get", code=withdrawn.code, check_consume=False)["user_card_status"] == "UNAVAILABLE"
    assert code("consume", code="000000000000", card_id=card_id)["errcode"] == 40056
    assert code("consume", code=later.code, card_id="p-other")["errcode"] == 40056
    assert api("POST", "/card/code/consume", as_=an_app(tx), json={"code": later.code})["errcode"] == 40056
    clock.advance(HOUR_MS)
    assert code("consume", code=later.code)["errcode"] == 40127
    expired = code("get", code=later.code, check_consume=False)
    assert (expired["user_card_status"], expired["can_consume"]) == ("EXPIRE", False)
    held = api("POST", "/card/user/getcardlist", as_=account, json={"openid": openid})
    assert held["card_list"] == []
    assert api("POST", "/card/user/getcardlist", as_=account, json={"openid": "o-none"})["errcode"] == 40003

    sealed = coupons.encrypted_code(tx, coupon)
    assert code("decrypt", encrypt_code=sealed)["code"] == coupon.code
    assert code("decrypt", encrypt_code="nonsense")["errcode"] == 40075


def test_the_shops_own_codes_need_their_card(tx: Tx, api: Any, account: App, ann: User) -> None:
    card_id = make(api, account, use_custom_code=True)
    take(tx, card_id, ann, code="TEA-1")
    assert api("POST", "/card/code/consume", as_=account, json={"code": "TEA-1"})["errcode"] == 41012
    asked = {"code": "TEA-1", "card_id": card_id}
    assert api("POST", "/card/code/consume", as_=account, json=asked)["errcode"] == 0


def test_the_accounts_server_hears_of_each_coupon(tx: Tx, api: Any, account: App, ann: User) -> None:
    push.set_(
        tx,
        account.appid,
        push.PushSettings("https://tea.example/push", "t" * 16, "k" * 43, PushMode.PLAIN, PushFormat.XML),
    )
    card_id = make(api, account)
    coupon = take(tx, card_id, ann)
    api("POST", "/card/code/consume", as_=account, json={"code": coupon.code})
    coupons.delete(tx, coupon)
    for kind, handler in (
        (CouponTaken, callbacks.push_coupon_taken),
        (CouponConsumed, callbacks.push_coupon_consumed),
        (CouponDeleted, callbacks.push_coupon_deleted),
    ):
        for event in tx.emitted(kind):
            handler(tx, event)
    payloads = tx.rows("select payload from kernel_delivery order by id limit 10")
    told = "".join(str(bytes(row[0]) if isinstance(row[0], memoryview) else row[0]) for row in payloads)
    for name in (
        "user_get_card",
        "user_consume_card",
        "user_del_card",
        "FROM_API",
        card_id,
        coupon.code,
        "poster",
    ):
        assert name in told
