"""The console's API: each act by a role that may, and nothing of another organisation."""

from collections.abc import Callable
from typing import Any

import pytest

from hutong.domains.apps import apps, organisations, push
from hutong.domains.apps.tables import AppKind, OrgId, Role
from hutong.domains.identity.tables import UserId
from hutong.domains.insight.handlers import count_payment, count_refund
from hutong.domains.miniapp import versions
from hutong.domains.official import follows
from hutong.domains.official.tables import FollowScene
from hutong.domains.pay import keys, ledger, merchants, orders
from hutong.domains.pay.events import OrderPaid, RefundSucceeded
from hutong.domains.pay.tables import Merchant, Order
from hutong.kernel import deliveries
from hutong.kernel.clock import wire_now
from hutong.kernel.db import Tx
from hutong.kernel.deliveries import Incoming
from hutong.protocols.client.protocol import client
from tests.domains.builders import a_merchant, a_payer, an_app, order_terms
from tests.protocols.client.conftest import Device

AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"


@pytest.fixture
def org(tx: Tx, ann: Device) -> OrgId:
    """Ann's organisation."""
    made = organisations.create(tx, name="灯笼胡同商铺")
    organisations.add_member(tx, org_id=made.id, user_id=UserId(int(ann.id)), role=Role.OWNER)
    return made.id


def employ(tx: Tx, org: OrgId, person: Device, role: Role) -> None:
    organisations.add_member(tx, org_id=org, user_id=UserId(int(person.id)), role=role)


# ── organisations, members, acts ───────────────────────────────────────────────────────────────────────────


def test_whoever_makes_an_organisation_owns_it_and_its_acts_are_kept(ann: Device, ben: Device) -> None:
    made = ann.post("/console/organisations", {"name": " 云岫茶事 "})
    assert (made["name"], made["role"]) == ("云岫茶事", "OWNER")
    assert ann.get("/console/organisations")["organisations"] == [made]
    path = f"/console/organisations/{made['org_id']}"

    assert ann.patch(path, {"name": "云间茶铺"})["name"] == "云间茶铺"
    joined = ann.post(f"{path}/members", {"username": ben.username, "role": "ADMIN"})
    assert (joined["nickname"], joined["role"]) == ("Ben", "ADMIN")
    assert [one["role"] for one in ann.get(f"{path}/members")["members"]] == ["OWNER", "ADMIN"]

    ben.post(f"{path}/members", {"username": ann.username, "role": "OPERATOR"}, status=403)
    ben.post(f"{path}/members", {"username": ben.username, "role": "OWNER"}, status=403)
    ben.delete(f"{path}/members/{ann.id}", status=403)
    ann.delete(f"{path}/members/{ann.id}", status=409)  # the last owner
    ben.delete(f"{path}/members/{ben.id}")  # whoever wants may go
    ben.get(f"{path}/members", status=403)

    acts = ann.get(f"{path}/acts")["acts"]
    assert [act["verb"] for act in acts] == [
        "member.dismiss",
        "member.appoint",
        "organisation.rename",
        "organisation.create",
    ]
    assert (acts[0]["nickname"], acts[1]["target"]) == ("Ben", f"{ben.username} ADMIN")
    assert ann.get(f"{path}/acts", before=acts[2]["act_id"])["acts"] == acts[3:]


# ── what each role may, and strangers nothing ──────────────────────────────────────────────────────────────


# What some addresses mean by a kind, where it is none of an app.
KINDS = {"devices": "OTHER", "ad-units": "BANNER", "/cards": "CASH"}
A_COUPON = {
    "client_id": "1",
    "brand_name": "x",
    "title": "x",
    "color": "Color010",
    "code_type": "CODE_TYPE_TEXT",
    "notice": "x",
    "description": "x",
    "date_type": "DATE_TYPE_FIX_TERM",
    "quantity": 1,
    "code": "1",
}


def test_a_stranger_and_another_organisation_reach_nothing_of_the_console(
    tx: Tx, ann: Device, ben: Device, org: OrgId
) -> None:
    """Every endpoint under /console that names something, called by the owner of something else."""
    ben.post("/console/organisations", {"name": "Ben's"})
    account, program = an_app(tx, org_id=org), an_app(tx, AppKind.MINI_PROGRAM, org_id=org)
    keys.install(tx, keys.new_platform(wire_now(), public_key_id="1" * 20))
    shop = a_merchant(tx, org_id=org)
    order = orders.place(tx, mchid=shop.mchid, out_trade_no="TEA-001", terms=order_terms())
    sent = deliveries.enqueue(tx, channel="test", owner=shop.mchid, subject="x", url="http://x", payload={})
    version = _a_version(tx, program.appid, ann)
    values = {
        "org_id": str(org),
        "user_id": ann.id,
        "mchid": shop.mchid,
        "order_id": str(order.id),
        "delivery_id": str(sent.id),
        "version_id": str(version.id),
        "check_id": "1",
        "openid": "o",
        "serial_no": "0A",
        "second": "612",
        "template_id": "t",
        "review_id": "1",
        "device_id": "1",
        "plugin_appid": "wx",
        "asker": "wx",
        "unit_id": "adunit-1",
        "ad_id": "1",
        "media_id": "x",
        "article_id": "x",
        "card_id": "p",
    }
    body = {
        **A_COUPON,
        "name": "x",
        "username": ben.username,
        "role": "OWNER",
        "kind": "SERVICE",
        "url": "https://ben.example/",
        "token": "token",
        "encoding_aes_key": AES_KEY,
        "buttons": [],
        "remark": "x",
        "out_refund_no": "R1",
        "amount": 1,
        "appid": account.appid,
        "number": "1.0.0",
        "tid": 1,
        "percentage": 5,
        "version_id": str(version.id),
        "contact": {},
        "kids": [],
        "plugin_appid": "wx",
        "agree": True,
        "open": True,
        "running": True,
        "title": "x",
        "picture": "m",
        "mchid": shop.mchid,
        "coins_per_yuan": 10,
        "product_id": "x",
        "price": 1,
        "package": {"filename": "p.zip", "content_type": "application/zip", "content": ""},
    }
    called = 0
    for endpoint in client.endpoints:
        if not endpoint.path.startswith("/console") or "{" not in endpoint.path:
            continue
        mine = (
            program
            if {"versions", "code", "plugins", "openings", "ad-units", "offer"}
            & set(endpoint.path.split("/"))
            else account
        )
        path = endpoint.path.format(**values, appid=mine.appid)
        kind = next((kind for part, kind in KINDS.items() if part in path), "SERVICE")
        json = None if endpoint.method in ("GET", "DELETE") else {**body, "appid": mine.appid, "kind": kind}
        answered = ben.request(endpoint.method, path, status=403, json=json)
        assert answered["error"]["code"] == "apps.role_too_low", endpoint.path
        called += 1
    assert called >= 30
    assert ledger.balance(tx, ledger.merchant(shop.mchid)) == 0
    assert merchants.get(tx, shop.mchid) == shop and apps.get(tx, account.appid) == account


@pytest.mark.parametrize(
    ("role", "method", "path", "allowed"),
    [
        (Role.OPERATOR, "GET", "/console/organisations/{org}/acts", False),
        (Role.ADMIN, "GET", "/console/organisations/{org}/acts", True),
        (Role.DEVELOPER, "POST", "/console/apps/{app}/secret", False),
        (Role.ADMIN, "POST", "/console/apps/{app}/secret", True),
        (Role.OPERATOR, "GET", "/console/apps/{app}/push", False),
        (Role.DEVELOPER, "GET", "/console/apps/{app}/push", True),
        (Role.OPERATOR, "GET", "/console/apps/{app}/fans", True),
        (Role.DEVELOPER, "POST", "/console/merchants/{shop}/api-v3-key", False),
        (Role.ADMIN, "POST", "/console/merchants/{shop}/api-v3-key", True),
        (Role.OPERATOR, "GET", "/console/merchants/{shop}/orders", True),
    ],
)
def test_a_role_may_what_stands_at_or_below_it(
    tx: Tx, ben: Device, org: OrgId, role: Role, method: str, path: str, allowed: bool
) -> None:
    employ(tx, org, ben, role)
    filled = path.format(org=org, app=an_app(tx, org_id=org).appid, shop=a_merchant(tx, org_id=org).mchid)
    ben.request(method, filled, status=200 if allowed else 403, json={} if method == "POST" else None)


# ── apps, push, menu, fans ─────────────────────────────────────────────────────────────────────────────────


def test_an_app_s_secret_is_told_once_and_a_reset_one_replaces_it(tx: Tx, ann: Device, org: OrgId) -> None:
    made = ann.post(f"/console/organisations/{org}/apps", {"kind": "MINI_PROGRAM", "name": "点单"})
    appid = made["app"]["appid"]
    assert apps.authenticate(tx, appid, made["secret"]).appid == appid
    fresh = ann.post(f"/console/apps/{appid}/secret")["secret"]
    assert fresh != made["secret"] and apps.secret(tx, apps.get(tx, appid)) == fresh
    assert "secret" not in ann.get(f"/console/apps/{appid}")
    assert ann.get(f"/console/organisations/{org}/apps")["apps"] == [ann.get(f"/console/apps/{appid}")]
    ann.post(f"/console/organisations/{org}/apps", {"kind": "SERVICE", "name": " "}, status=400)


def _proposal(url: str = "http://127.0.0.1:1/wx") -> dict[str, str]:
    return {"url": url, "token": "teatoken", "encoding_aes_key": AES_KEY, "mode": "safe", "format": "xml"}


@pytest.mark.parametrize(
    ("answer", "passed"),
    [
        ("echo", [True, True, True, True]),
        ("wrong", [True, True, True, False]),
        ("503", [True, True, False, None]),
        ("away", [True, False, None, None]),
    ],
)
def test_the_check_of_a_push_address_is_told_step_by_step(
    tx: Tx, ann: Device, org: OrgId, answer: str, passed: list[bool | None]
) -> None:
    from hutong.protocols.mp.callbacks import check_address

    app = an_app(tx, org_id=org)
    check = ann.post(f"/console/apps/{app.appid}/push", _proposal())
    assert check["state"] == "PENDING" and [step["passed"] for step in check["steps"]] == [None] * 4
    row = push.last_check(tx, app.appid)
    assert row is not None
    from hutong.domains.apps.events import PushProposed

    check_address(tx, PushProposed(appid=app.appid, check_id=row.id))
    (sent,) = deliveries.list_(tx, owner=app.appid)
    came = {
        "echo": Incoming(200, {}, row.echostr.encode()),
        "wrong": Incoming(200, {}, b"<html>"),
        "503": Incoming(503, {}, b"busy"),
        "away": Incoming(None, {}, b"", "connection refused"),
    }[answer]
    deliveries.settle(tx, sent.id, came, started_at=tx.now, duration_ms=7)

    shown = ann.get(f"/console/apps/{app.appid}/push/checks/{check['check_id']}")
    assert [step["passed"] for step in shown["steps"]] == passed
    state = ann.get(f"/console/apps/{app.appid}/push")
    assert state["last_check"] == shown
    assert (state["in_use"] is not None) == (answer == "echo") == (shown["state"] == "PASSED")
    assert AES_KEY not in str(state) and "teatoken" not in str(state)
    ann.get(f"/console/apps/{an_app(tx, org_id=org).appid}/push/checks/{check['check_id']}", status=404)
    ann.delete(f"/console/apps/{app.appid}/push")
    assert ann.get(f"/console/apps/{app.appid}/push")["in_use"] is None


def test_a_menu_is_edited_and_a_bad_one_leaves_the_former(tx: Tx, ann: Device, org: OrgId) -> None:
    path = f"/console/apps/{an_app(tx, org_id=org).appid}/menu"
    assert ann.get(path) == {"buttons": [], "set_at": None}
    buttons = [{"name": "点单", "type": "click", "key": "ORDER"}]
    set_ = ann.put(path, {"buttons": buttons}, status=200)
    assert set_["buttons"] == buttons
    ann.put(path, {"buttons": [{"name": "点单", "type": "view", "url": "javascript:1"}]}, status=400)
    assert ann.get(path) == set_
    assert ann.put(path, {"buttons": []}, status=200) == {"buttons": [], "set_at": None}
    program = an_app(tx, AppKind.MINI_PROGRAM, org_id=org)
    ann.get(f"/console/apps/{program.appid}/menu", status=403)


def test_fans_come_newest_first_by_openid_and_page_by_key(
    tx: Tx, device: Callable[..., Device], ann: Device, org: OrgId
) -> None:
    app = an_app(tx, org_id=org)
    for name in ("Ben", "Cai", "Dan"):
        follows.follow(tx, appid=app.appid, user_id=UserId(int(device(name).id)), scene=FollowScene.CODE)
    path = f"/console/apps/{app.appid}/fans"
    first = ann.get(path, limit=2)
    assert (first["total"], [fan["nickname"] for fan in first["fans"]]) == (3, ["Dan", "Cai"])
    rest = ann.get(path, limit=2, before=first["next"])
    assert [fan["nickname"] for fan in rest["fans"]] == ["Ben"] and rest["next"] is None
    ann.put(f"{path}/{rest['fans'][0]['openid']}", {"remark": "老客"})
    assert ann.get(path)["fans"][2]["remark"] == "老客"
    ann.put(f"{path}/nobody", {"remark": "x"}, status=404)


# ── mini programs ──────────────────────────────────────────────────────────────────────────────────────────


def _a_version(tx: Tx, appid: str, by: Device, number: str = "1.0.0") -> Any:
    return versions.upload(
        tx,
        appid=appid,
        number=number,
        description="",
        content_hash="0" * 64,
        size_bytes=1,
        pages=["pages/index/index"],
        uploaded_by=UserId(int(by.id)),
    )


def test_versions_are_tried_released_and_rolled_back(tx: Tx, ann: Device, org: OrgId) -> None:
    appid = an_app(tx, AppKind.MINI_PROGRAM, org_id=org).appid
    old, new = _a_version(tx, appid, ann, "1.0.0"), _a_version(tx, appid, ann, "1.1.0")
    path = f"/console/apps/{appid}/versions"
    assert ann.post(f"{path}/{new.id}/try")["state"] == "TRIAL"
    ann.post(f"{path}/{old.id}/release")
    ann.post(f"{path}/{new.id}/release")
    assert [(one["number"], one["state"]) for one in ann.get(path)["versions"]] == [
        ("1.1.0", "RELEASE"),
        ("1.0.0", "RETIRED"),
    ]
    assert ann.post(f"{path}/{old.id}/release")["state"] == "RELEASE"
    ann.post(f"{path}/1/release", status=404)


def test_a_program_s_code_is_a_picture_that_leads_to_its_page(
    tx: Tx, ann: Device, org: OrgId, call: Any
) -> None:
    from hutong.domains.apps import codes
    from hutong.domains.miniapp import program_codes
    from hutong.domains.miniapp.tables import Channel

    appid = an_app(tx, AppKind.MINI_PROGRAM, org_id=org).appid
    status, headers, picture = call(
        client,
        "POST",
        f"/console/apps/{appid}/code",
        json={"page": "", "scene": "t12"},
        headers={"authorization": f"Bearer {ann.token}"},
    )
    assert (status, headers["content-type"], picture[:4]) == (200, "image/png", b"\x89PNG")
    text = program_codes.text_of(tx, appid=appid, channel=Channel.RELEASE, page="", scene="t12")
    assert codes.resolve(tx, text).target["scene"] == "t12"


# ── the merchant centre ────────────────────────────────────────────────────────────────────────────────────


def _paid(tx: Tx, shop: Merchant, number: str, amount: int = 3600) -> Order:
    order = orders.place(tx, mchid=shop.mchid, out_trade_no=number, terms=order_terms(amount=amount))
    return orders.pay(tx, order, payer_id=a_payer(tx, balance=amount))


def test_orders_are_filtered_and_paged_and_one_is_found_by_either_number(
    tx: Tx, ann: Device, org: OrgId
) -> None:
    shop, other = a_merchant(tx, org_id=org), a_merchant(tx, org_id=org)
    paid = [_paid(tx, shop, f"TEA-00{n}") for n in range(3)]
    orders.place(tx, mchid=shop.mchid, out_trade_no="TEA-OPEN", terms=order_terms())
    _paid(tx, other, "TEA-001")
    path = f"/console/merchants/{shop.mchid}/orders"

    def numbers(**query: Any) -> list[str]:
        return [line["out_trade_no"] for line in ann.get(path, **query)["orders"]]

    assert numbers() == ["TEA-OPEN", "TEA-002", "TEA-001", "TEA-000"]
    assert numbers(state="SUCCESS") == ["TEA-002", "TEA-001", "TEA-000"]
    assert numbers(since=tx.now + 1) == [] and numbers(until=tx.now + 1, state="NOTPAY") == ["TEA-OPEN"]
    first = ann.get(path, limit=2)
    assert numbers(before=first["next"]) == ["TEA-001", "TEA-000"]
    assert numbers(number="TEA-001") == numbers(number=paid[1].transaction_id) == ["TEA-001"]
    assert numbers(number="TEA-009") == []
    line = ann.get(path, number="TEA-002")["orders"][0]
    assert (line["amount"], line["state"], line["payer"]) == (3600, "SUCCESS", "Ann")


def test_a_filter_looks_through_a_bounded_number_of_orders(
    tx: Tx, ann: Device, org: OrgId, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(orders, "LOOKED_THROUGH", 2)
    shop = a_merchant(tx, org_id=org)
    _paid(tx, shop, "TEA-000")
    for n in range(1, 4):
        orders.place(tx, mchid=shop.mchid, out_trade_no=f"TEA-00{n}", terms=order_terms())
    path = f"/console/merchants/{shop.mchid}/orders"
    first = ann.get(path, state="SUCCESS")
    assert first["orders"] == [] and first["next"]
    second = ann.get(path, state="SUCCESS", before=first["next"])
    assert [line["out_trade_no"] for line in second["orders"]] == ["TEA-000"]
    assert second["next"] and ann.get(path, state="SUCCESS", before=second["next"])["orders"] == []


def test_a_refund_from_the_console_moves_the_money_once_and_shows_in_the_order(
    tx: Tx, ann: Device, org: OrgId
) -> None:
    shop = a_merchant(tx, org_id=org)
    order = _paid(tx, shop, "TEA-001")
    path = f"/console/merchants/{shop.mchid}/orders/{order.id}"
    body = {"out_refund_no": "CONSOLE-1", "amount": 1800, "reason": "少一杯"}
    first = ann.post(f"{path}/refunds", body)
    assert ann.post(f"{path}/refunds", body) == first and first["state"] == "SUCCESS"
    assert ledger.balance(tx, ledger.merchant(shop.mchid)) == 1800
    shown = ann.get(path)
    assert shown["refunds"] == [first]
    assert (shown["order"]["state"], shown["order"]["refunded"]) == ("REFUND", 1800)
    refused = ann.post(f"{path}/refunds", {**body, "out_refund_no": "CONSOLE-2", "amount": 1801}, status=409)
    assert refused["error"]["code"] == "pay.refund_too_high"
    for amount in (0, -1, 10**20):
        ann.post(f"{path}/refunds", {**body, "amount": amount}, status=400)
    other = a_merchant(tx, org_id=org)
    ann.get(f"/console/merchants/{other.mchid}/orders/{order.id}", status=404)


def test_the_overview_adds_up_the_day(tx: Tx, ann: Device, org: OrgId) -> None:
    shop = a_merchant(tx, org_id=org)
    order = _paid(tx, shop, "TEA-001")
    count_payment(tx, tx.emitted(OrderPaid)[0])
    body = {"out_refund_no": "C-1", "amount": 600}
    ann.post(f"/console/merchants/{shop.mchid}/orders/{order.id}/refunds", body)
    count_refund(tx, tx.emitted(RefundSucceeded)[0])
    shown = ann.get(f"/console/merchants/{shop.mchid}/overview", days=7)
    assert len(shown["days"]) == 7 and shown["balance"] == 3000
    today = shown["days"][-1]
    assert (today["paid"], today["paid_amount"]) == (1, 3600)
    assert (today["refunded"], today["refunded_amount"]) == (1, 600)
    ann.get(f"/console/merchants/{shop.mchid}/overview", days=0, status=400)


def test_notifications_are_a_merchant_s_own_and_sent_again(tx: Tx, ann: Device, org: OrgId) -> None:
    shop, other = a_merchant(tx, org_id=org), a_merchant(tx, org_id=org)
    mine, theirs = (
        deliveries.enqueue(
            tx, channel="test", owner=mchid, subject="order:1", url="http://x/", payload={"a": 1}
        )
        for mchid in (shop.mchid, other.mchid)
    )
    tx.update(mine, state=deliveries.DeliveryState.FAILED, next_at=None)
    path = f"/console/merchants/{shop.mchid}/notifications"
    (line,) = ann.get(path, state="FAILED")["notifications"]
    assert ann.get(f"{path}/{line['delivery_id']}") == {
        "notification": line,
        "payload": {"a": 1},
        "tries": [],
    }
    assert ann.post(f"{path}/{line['delivery_id']}/replay")["state"] == "PENDING"
    ann.get(f"{path}/{theirs.id}", status=404)
    ann.post(f"{path}/{theirs.id}/replay", status=404)


def test_keys_are_drawn_anew_and_a_certificate_signs_until_it_is_revoked(
    tx: Tx, ann: Device, org: OrgId
) -> None:
    keys.install(tx, keys.new_platform(wire_now(), public_key_id="1" * 20))
    made = ann.post(f"/console/organisations/{org}/merchants", {"name": "云间茶铺"})
    path = f"/console/merchants/{made['mchid']}"
    for version, read in (("v2", merchants.api_v2_key), ("v3", merchants.api_v3_key)):
        fresh = ann.post(f"{path}/api-{version}-key")["api_key"]
        assert len(fresh) == 32 and read(tx, merchants.get(tx, made["mchid"])) == fresh
    issued = ann.post(f"{path}/certificates")
    serial = issued["certificate"]["serial_no"]
    assert "PRIVATE KEY" in issued["private_key_pem"]
    shown = ann.get(path)
    assert [one["serial_no"] for one in shown["certificates"]] == [serial]
    assert shown["platform_serial_no"] and "PRIVATE" not in str(shown)
    ann.delete(f"{path}/certificates/{serial}")
    assert ann.get(path)["certificates"] == []
    ann.delete(f"{path}/certificates/NONE", status=404)


def test_a_merchant_takes_only_apps_of_its_own_organisation(tx: Tx, ann: Device, org: OrgId) -> None:
    shop, mine = a_merchant(tx, org_id=org), an_app(tx, org_id=org)
    elsewhere = organisations.create(tx, name="Elsewhere")
    organisations.add_member(tx, org_id=elsewhere.id, user_id=UserId(int(ann.id)), role=Role.OWNER)
    theirs = an_app(tx, org_id=elsewhere.id)
    path = f"/console/merchants/{shop.mchid}/apps"
    assert ann.post(path, {"appid": mine.appid})["appid"] == mine.appid
    ann.post(path, {"appid": theirs.appid}, status=404)
    assert merchants.apps_of(tx, shop.mchid) == [mine.appid]
