"""Accounts, mini programs and codes, as a person uses them."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image
from wechatpy.crypto import WeChatWxaCrypto

from hutong.domains.apps import organisations
from hutong.domains.apps.tables import App, AppKind, Role
from hutong.domains.identity import users
from hutong.domains.identity.tables import UserId
from hutong.domains.miniapp import login_codes, privacy, program_codes, versions
from hutong.domains.miniapp.tables import Channel, PrivacyContact, PrivacyItem
from hutong.domains.official import menus, programs, scenes
from hutong.domains.official.events import CodeScanned, Followed, MenuTapped
from hutong.domains.official.tables import Button, ButtonKind
from hutong.kernel.clock import HandWound
from hutong.kernel.db import Tx
from hutong.protocols.client.protocol import client
from tests.domains.builders import an_app
from tests.protocols.client.conftest import Device


@pytest.fixture
def account(tx: Tx) -> App:
    return an_app(tx)


@pytest.fixture
def program(tx: Tx, account: App) -> App:
    return an_app(tx, kind=AppKind.MINI_PROGRAM, org_id=account.org_id)


# ── accounts ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_person_finds_follows_uses_and_leaves_an_account(tx: Tx, ann: Device, account: App) -> None:
    menus.set_(
        tx,
        appid=account.appid,
        buttons=[
            Button("茶单", ButtonKind.CLICK, key="TODAY"),
            Button("更多", sub_button=[Button("官网", ButtonKind.VIEW, url="https://tea.example/")]),
        ],
    )
    (found,) = ann.get("/apps", name="云岫")["apps"]
    assert (found["appid"], found["kind"]) == (account.appid, "SERVICE")
    card = ann.get(f"/accounts/{account.appid}")
    assert (card["following"], card["organisation"]) == (False, "云岫茶事")
    ann.post(f"/accounts/{account.appid}/conversation", status=403)
    card = ann.put(f"/accounts/{account.appid}/follow", status=200)
    assert card["following"] and card["menu"]["buttons"][1]["below"][0]["name"] == "官网"
    assert [line["appid"] for line in ann.get("/accounts")["accounts"]] == [account.appid]
    conversation = ann.post(f"/accounts/{account.appid}/conversation")
    assert (conversation["kind"], conversation["title"]) == ("ACCOUNT", account.name)
    tap = {"menu_id": card["menu"]["menu_id"], "place": [1, 0]}
    assert ann.post(f"/accounts/{account.appid}/menu/tap", tap)["url"] == "https://tea.example/"
    assert [event.kind for event in tx.emitted(MenuTapped)] == [ButtonKind.VIEW]
    ann.post(f"/accounts/{account.appid}/menu/tap", {**tap, "place": [2]}, status=404)
    ann.post(f"/accounts/{account.appid}/menu/tap", {**tap, "place": []}, status=400)
    ann.delete(f"/accounts/{account.appid}/follow")
    assert ann.get("/accounts")["accounts"] == []
    ann.post(f"/accounts/{account.appid}/menu/tap", tap, status=403)


def test_a_mini_program_is_no_account(ann: Device, program: App) -> None:
    ann.get(f"/accounts/{program.appid}", status=403)
    ann.put(f"/accounts/{program.appid}/follow", status=403)
    ann.get("/accounts/wx0", status=404)


def test_a_scanned_scene_code_leads_to_following_and_later_to_a_scan(
    tx: Tx, ann: Device, account: App
) -> None:
    scene = scenes.create(tx, appid=account.appid, scene="str:t7", lasts_ms=60_000)
    first = ann.post("/codes/resolve", {"text": scene.url})
    assert (first["kind"], first["following"], first["app"]["appid"]) == ("ACCOUNT", False, account.appid)
    ann.put(f"/accounts/{account.appid}/follow", {"ticket": first["ticket"]}, status=200)
    assert [event.code_scene for event in tx.emitted(Followed)] == ["str:t7"]
    assert ann.post("/codes/resolve", {"text": scene.url})["following"]
    assert [event.code_scene for event in tx.emitted(CodeScanned)] == ["str:t7"]


def test_an_account_shows_the_programs_it_linked(tx: Tx, ann: Device, account: App, program: App) -> None:
    assert ann.get(f"/accounts/{account.appid}")["programs"] == []
    programs.link(tx, appid=account.appid, program_appid=program.appid, shown=True, tell=False)
    (shown,) = ann.get(f"/accounts/{account.appid}")["programs"]
    assert (shown["appid"], shown["name"]) == (program.appid, program.name)


# ── programs ───────────────────────────────────────────────────────────────────────────────────────────────


def upload(tx: Tx, program: App, ann: Device) -> versions.Version:
    return versions.upload(
        tx,
        appid=program.appid,
        number="1.0.0",
        description="",
        content_hash="0" * 64,
        size_bytes=1,
        pages=["pages/index"],
        uploaded_by=UserId(int(ann.id)),
    )


def test_a_program_opens_at_its_released_version_and_is_remembered(
    tx: Tx, clock: HandWound, ann: Device, program: App
) -> None:
    opening = {"scene": 1047, "path": "pages/index", "query": "a=1", "code_scene": "t=7&b"}
    opened = ann.post(f"/programs/{program.appid}/open", opening)
    assert opened["version"] is None and opened["query"] == "a=1&scene=t%3D7%26b"
    version = upload(tx, program, ann)
    versions.release(tx, appid=program.appid, version_id=version.id)
    opened = ann.post(f"/programs/{program.appid}/open")
    assert (opened["version"]["number"], opened["version"]["pages"]) == ("1.0.0", ["pages/index"])
    assert ann.get(f"/programs/{program.appid}")["released"] == "1.0.0"
    (recent,) = ann.get("/programs")["programs"]
    assert (recent["program"]["appid"], recent["times"]) == (program.appid, 2)
    ann.delete(f"/programs/{program.appid}")
    assert ann.get("/programs")["programs"] == []


def test_a_trial_is_for_those_who_work_on_the_program(
    tx: Tx, ann: Device, device: Callable[..., Device], program: App
) -> None:
    organisations.add_member(tx, org_id=program.org_id, user_id=UserId(int(ann.id)), role=Role.DEVELOPER)
    version = upload(tx, program, ann)
    versions.try_out(tx, appid=program.appid, version_id=version.id)
    opened = ann.post(f"/programs/{program.appid}/open", {"channel": "trial"})
    assert opened["version"]["version_id"] == str(version.id)
    device("Ben").post(f"/programs/{program.appid}/open", {"channel": "trial"}, status=403)


def test_a_page_gets_codes_and_data_for_its_server(
    tx: Tx, device: Callable[..., Device], program: App
) -> None:
    ann = device("Ann")
    ann.post(f"/programs/{program.appid}/phone-code", status=409)
    users.change_profile(tx, user_id=UserId(int(ann.id)), phone="13800138000")
    assert not ann.get(f"/programs/{program.appid}/session")["valid"]
    early = ann.post(f"/programs/{program.appid}/phone-code")
    assert early["code"] and early["encryptedData"] == ""
    code = ann.post(f"/programs/{program.appid}/login")["code"]
    key = login_codes.sign_in(tx, app=program, code=code).session_key
    assert ann.get(f"/programs/{program.appid}/session")["valid"]

    def opened(sealed: dict[str, Any]) -> Any:
        crypto = WeChatWxaCrypto(key, sealed["iv"], program.appid)
        return crypto.decrypt_message(sealed["encryptedData"])

    phone = opened(ann.post(f"/programs/{program.appid}/phone-code"))
    assert (phone["phoneNumber"], phone["countryCode"]) == ("13800138000", "86")
    info = ann.post(f"/programs/{program.appid}/user-info")
    assert info["userInfo"]["nickName"] == "Ann" and opened(info)["nickName"] == "Ann"
    scopes = {grant["scope"] for grant in ann.get("/grants")["grants"]}
    assert scopes == {"scope.phoneNumber", "scope.userInfo"}
    ann.delete(f"/grants/{program.appid}/scope.userInfo")
    assert [grant["scope"] for grant in ann.get("/grants")["grants"]] == ["scope.phoneNumber"]


def test_what_a_page_asked_for_is_allowed_once_and_taken_back(ann: Device, program: App) -> None:
    path = f"/grants/{program.appid}/scope.userLocation"
    ann.put(path)
    ann.put(path)
    (grant,) = ann.get("/grants")["grants"]
    assert (grant["scope"], grant["app"]["appid"]) == ("scope.userLocation", program.appid)

    ann.delete(path)
    assert ann.get("/grants")["grants"] == []


@pytest.mark.parametrize("scope", ["userLocation", "scope.", "scope.a-b"])
def test_only_published_scopes_can_be_allowed(ann: Device, program: App, scope: str) -> None:
    ann.put(f"/grants/{program.appid}/{scope}", status=400)


def test_a_page_of_no_program_gets_nothing(ann: Device, account: App) -> None:
    for path in ("login", "open", "phone-code", "user-info"):
        ann.post(f"/programs/{account.appid}/{path}", status=403)
    ann.post("/programs/wx0/login", status=404)


# ── codes ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_program_code_opens_its_page_with_its_scene(tx: Tx, ann: Device, program: App) -> None:
    text = program_codes.unlimited(
        tx, app=program, page="pages/table", scene="t=7", channel=Channel.RELEASE, check_path=False
    )
    resolved = ann.post("/codes/resolve", {"text": text})
    assert resolved["kind"] == "PROGRAM" and resolved["app"]["appid"] == program.appid
    assert [resolved[name] for name in ("path", "query", "code_scene", "scene", "channel")] == [
        "pages/table",
        "",
        "t=7",
        1011,
        "release",
    ]
    how = {"CAMERA": (1011, 1047), "PRESS": (1012, 1048), "ALBUM": (1013, 1049)}
    for read_from, (square, round_) in how.items():
        for seen, scene in ((False, square), (True, round_)):
            asked = {"text": text, "round": seen, "read_from": read_from}
            assert ann.post("/codes/resolve", asked)["scene"] == scene


def test_what_looks_like_a_program_code_and_is_not_known_leads_nowhere(ann: Device) -> None:
    asked = {"text": "https://mp.weixin.qq.com/a/~AAAAAAAAAAAA~~", "round": True}
    assert ann.post("/codes/resolve", asked, status=404)["error"]["code"] == "apps.code_unknown"


def test_a_persons_code_leads_to_the_person(ann: Device, device: Callable[..., Device]) -> None:
    text = ann.post("/me/code")["text"]
    assert device("Ben").post("/codes/resolve", {"text": text})["user_id"] == ann.id


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("https://tea.example/menu", "ADDRESS"),
        ("javascript:alert(1)", "TEXT"),
        ("weixin://wxpay/bizpayurl?pr=unknown", "TEXT"),
        ("你好", "TEXT"),
    ],
)
def test_a_strangers_text_is_an_address_or_words(ann: Device, text: str, kind: str) -> None:
    assert ann.post("/codes/resolve", {"text": text}) == {"kind": kind, "text": text}


def test_an_expired_code_says_so(tx: Tx, clock: HandWound, ann: Device, account: App) -> None:
    scene = scenes.create(tx, appid=account.appid, scene="id:1", lasts_ms=1000)
    clock.advance(1000)
    refused = ann.post("/codes/resolve", {"text": scene.url}, status=409)
    assert refused["error"]["code"] == "apps.code_expired"


def test_a_text_is_drawn_as_a_picture(call: Any, ann: Device) -> None:
    headers = {"authorization": f"Bearer {ann.token}"}
    status, kind, body = call(
        client, "POST", "/codes/draw", headers=headers, json={"text": "你好", "width": 300}
    )
    assert status == 200 and kind["content-type"] == "image/png"
    assert Image.open(io.BytesIO(body)).size == (300, 300)


def test_a_refusal_is_remembered_until_the_person_allows_it(ann: Device, program: App) -> None:
    path = f"/grants/{program.appid}/scope.record"

    def decided() -> list[tuple[str, bool]]:
        found = ann.get(f"/programs/{program.appid}/grants")["grants"]
        return [(one["scope"], one["allowed"]) for one in found]

    ann.put(path, {"allowed": False})
    assert decided() == [("scope.record", False)]
    ann.post(f"{path}/use", status=403)
    ann.put(path)
    ann.post(f"{path}/use", status=204)
    (grant,) = ann.get(f"/programs/{program.appid}/grants")["grants"]
    assert grant["allowed"] and grant["last_used_at"] is not None
    ann.put(path, {"allowed": False})
    assert ann.get("/grants")["grants"] == [] and decided() == [("scope.record", False)]


def test_a_privacy_guide_that_changes_is_agreed_to_again(
    tx: Tx, clock: HandWound, ann: Device, program: App
) -> None:
    path, contact = (
        f"/programs/{program.appid}/privacy",
        PrivacyContact(contact_email="cha@example.com", notice_method="公告"),
    )

    def declare(*items: tuple[str, str]) -> None:
        clock.advance(1000)
        said = [PrivacyItem(key, text) for key, text in items]
        privacy.declare(tx, appid=program.appid, contact=contact, items=said)
        clock.advance(1000)

    assert not ann.get(path)["required"]
    declare(("PhoneNumber", "联系取餐"))
    guide = ann.get(path)
    assert guide["collected"] == [{"key": "PhoneNumber", "purpose": "联系取餐"}]
    assert (guide["contact"], guide["agreed"]) == ("cha@example.com", False)
    ann.put(f"/grants/{program.appid}/scope.privacy")
    assert ann.get(path)["agreed"]
    declare(("PhoneNumber", "联系取餐"), ("Location", "找店"))
    assert not ann.get(path)["agreed"]
    ann.put(f"/grants/{program.appid}/scope.privacy")
    assert ann.get(path)["agreed"]


def test_a_card_opened_in_a_group_tells_the_program_which_group_and_nobody_else(
    tx: Tx, device: Callable[..., Device], program: App
) -> None:
    ann, ben, cai = device("Ann"), device("Ben"), device("Cai")
    for friend in (ben, cai):
        made = ann.post("/contact-requests", {"user_id": friend.id})
        friend.post(f"/contact-requests/{made['request_id']}/accept")
    group = ann.post("/groups", {"user_ids": [ben.id, cai.id]})["conversation_id"]
    card = {"kind": "mini_program", "appid": program.appid, "title": "Tea", "share_ticket": True}

    def share(body: dict[str, Any], where: str) -> dict[str, Any]:
        said = ann.post(f"/conversations/{where}/messages", {"body": body, "client_id": f"c{len(sent)}"})
        sent.append(said)
        return {"card": {"conversation_id": where, "seq": said["seq"]}}

    sent: list[Any] = []
    ticketed, plain = share(card, group), share({**card, "share_ticket": False}, group)

    def gid(person: Device) -> str:
        code = person.post(f"/programs/{program.appid}/login")["code"]
        key = login_codes.sign_in(tx, app=program, code=code).session_key
        opened = person.post(f"/programs/{program.appid}/open", ticketed)
        sealed = person.post(
            f"/programs/{program.appid}/share-info", {"share_ticket": opened["share_ticket"]}
        )
        crypto = WeChatWxaCrypto(key, sealed["iv"], program.appid)
        return str(crypto.decrypt_message(sealed["encryptedData"])["openGId"])

    assert gid(ben) == gid(cai) != ""
    assert ben.post(f"/programs/{program.appid}/open", plain)["share_ticket"] is None
    ticket = ben.post(f"/programs/{program.appid}/open", ticketed)["share_ticket"]
    cai.post(f"/programs/{program.appid}/share-info", {"share_ticket": ticket}, status=400)
    device("Dan").post(f"/programs/{program.appid}/open", ticketed, status=404)


def test_a_program_is_put_among_mine_and_taken_away(ann: Device, program: App) -> None:
    for _ in range(2):
        ann.put(f"/my-programs/{program.appid}")
    assert [one["appid"] for one in ann.get("/my-programs")["programs"]] == [program.appid]
    assert ann.get(f"/programs/{program.appid}")["added"]
    ann.delete(f"/my-programs/{program.appid}")
    assert ann.get("/my-programs")["programs"] == []
