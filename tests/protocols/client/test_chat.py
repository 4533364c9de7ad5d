"""Conversations and messages over the client protocol."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image

from hutong.domains.chat import conversations, messages
from hutong.domains.chat.bodies import Text
from hutong.domains.chat.tables import ConversationId
from hutong.domains.identity.tables import UserId
from hutong.kernel.db import Tx
from hutong.kernel.endpoints import Upload
from hutong.protocols.client.protocol import client
from tests.domains.builders import an_app
from tests.protocols.conftest import Call

from .conftest import Device
from .test_contacts import meet


def chat_of(a: Device, b: Device) -> str:
    meet(a, b)
    return str(a.post("/conversations", {"user_id": b.id})["conversation_id"])


def say(who: Device, chat: str, text: str, client_id: str, **more: Any) -> Any:
    body = {"body": {"kind": "text", "text": text}, "client_id": client_id, **more}
    return who.post(f"/conversations/{chat}/messages", body)


def test_a_message_is_sent_listed_read_and_recalled(ann: Device, ben: Device) -> None:
    chat = chat_of(ann, ben)
    sent = say(ann, chat, "tea?", "k1")
    assert say(ann, chat, "tea?", "k1") == sent
    assert sent["body"] == {"kind": "text", "text": "tea?", "mentions": []} and sent["sender"] == ann.id
    (line,) = ben.get("/conversations")["conversations"]
    assert (line["title"], line["unread"], line["last"], line["peer_id"]) == ("Ann", 1, sent, ann.id)
    say(ben, chat, "yes", "k2", quoted_seq=sent["seq"])
    page = ann.get(f"/conversations/{chat}/messages")
    assert [message["client_id"] for message in page["messages"]] == ["k1", "k2"] and page["more"] is False
    assert page["quoted"][str(sent["seq"])] == sent
    assert ann.get("/conversations")["unread_total"] == 1
    assert ann.post(f"/conversations/{chat}/read", {"seq": 99}) == {"read_seq": 2}
    assert ann.get("/conversations")["unread_total"] == 0
    recalled = ann.request("DELETE", f"/conversations/{chat}/messages/{sent['seq']}", status=200)
    assert recalled["body"] == {"kind": "recalled", "by": ann.id}
    assert ben.get(f"/conversations/{chat}/messages", limit=1, before=2)["messages"] == [recalled]


def test_a_used_client_id_and_a_strangers_chat_are_refused(
    ann: Device, ben: Device, device: Callable[..., Device]
) -> None:
    chat = chat_of(ann, ben)
    say(ann, chat, "tea?", "k1")
    other = {"body": {"kind": "text", "text": "coffee?"}, "client_id": "k1"}
    assert (
        ann.post(f"/conversations/{chat}/messages", other, status=409)["error"]["code"]
        == "chat.client_id_used"
    )
    eve = device("Eve")
    for path in (
        f"/conversations/{chat}",
        f"/conversations/{chat}/messages",
        f"/conversations/{chat}/members",
    ):
        assert eve.get(path, status=404)["error"]["code"] == "chat.conversation_unknown"
    assert (
        eve.post(f"/conversations/{chat}/messages", other, status=404)["error"]["code"]
        == "chat.conversation_unknown"
    )
    assert (
        eve.post("/conversations", {"user_id": ann.id}, status=403)["error"]["code"]
        == "contacts.not_a_contact"
    )


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "text", "text": ""},
        {"kind": "text", "text": "x" * 10_001},
        {"kind": "notice", "title": "You won", "fields": []},
        {"kind": "system", "event": "met"},
        {"kind": "recalled", "by": "1"},
        {"kind": "link", "url": "javascript:alert(1)", "title": "x"},
        {"kind": "location", "latitude": 91, "longitude": 0},
        {"kind": "voice", "media": "m", "duration_ms": 2**70},
        {"kind": "nothing"},
        {},
        None,
    ],
)
def test_what_no_person_may_say_is_refused(ann: Device, ben: Device, body: Any) -> None:
    chat = chat_of(ann, ben)
    refused = ann.post(f"/conversations/{chat}/messages", {"body": body, "client_id": "k"}, status=400)
    assert refused["error"]["code"] == "kernel.bad_request"
    assert ann.get(f"/conversations/{chat}/messages")["messages"] == []


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "link", "url": "https://hutong.example/a", "title": "A lane"},
        {"kind": "mini_program", "appid": "wx0123456789abcdef", "title": "Tea", "path": "pages/index"},
        {"kind": "location", "latitude": 25.6, "longitude": 100.2, "name": "Dali"},
        {"kind": "account", "appid": "wx0123456789abcdef", "name": "Tea shop"},
    ],
)
def test_cards_and_places_arrive_as_they_were_sent(ann: Device, ben: Device, body: dict[str, Any]) -> None:
    chat = chat_of(ann, ben)
    ann.post(f"/conversations/{chat}/messages", {"body": body, "client_id": "k"})
    (message,) = ben.get(f"/conversations/{chat}/messages")["messages"]
    assert body.items() <= message["body"].items()


def test_a_contact_card_says_the_persons_own_name(
    ann: Device, ben: Device, device: Callable[..., Device]
) -> None:
    chat, eve = chat_of(ann, ben), device("Eve")
    body = {"kind": "contact", "user_id": eve.id, "nickname": "The mayor"}
    sent = ann.post(f"/conversations/{chat}/messages", {"body": body, "client_id": "k"})
    assert sent["body"]["nickname"] == "Eve"


def test_a_group_lives_from_first_to_last(ann: Device, ben: Device, device: Callable[..., Device]) -> None:
    cai, dan = device("Cai"), device("Dan")
    meet(ann, ben)
    meet(ann, cai)
    group = ann.post("/groups", {"user_ids": [ben.id, cai.id], "name": "Lane"})
    at = f"/conversations/{group['conversation_id']}"
    assert (group["members"], group["role"], len(group["faces"])) == (3, "OWNER", 3)
    say(ben, group["conversation_id"], "hello", "k1")
    (line,) = cai.get("/conversations")["conversations"]
    assert (line["title"], line["last_sender"], line["unread"]) == ("Lane", "Ben", 2)
    code = cai.post(f"{at}/join-code")["text"]
    assert dan.get("/groups/preview", code=code)["members"] == 3
    assert dan.post("/groups/join", {"code": code})["members"] == 4
    assert [m["person"]["nickname"] for m in dan.get(f"{at}/members")["members"]] == [
        "Ann",
        "Ben",
        "Cai",
        "Dan",
    ]
    ann.request("PATCH", f"{at}/members/{ben.id}", status=204, json={"role": "ADMIN"})
    assert ben.patch(at, {"announcement": "Bring cups", "pinned": True})["announcement"] == "Bring cups"
    assert ben.get("/conversations")["pinned"][0]["conversation_id"] == group["conversation_id"]
    assert dan.patch(at, {"name": "Mine"}, status=403)["error"]["code"] == "chat.not_allowed"
    assert dan.patch(at, {"alias": "D", "muted": True})["alias"] == "D"
    ben.delete(f"{at}/members/{dan.id}")
    dan.get(at, status=404)
    ann.delete(f"{at}/members/{ann.id}")
    assert {m["person"]["nickname"]: m["role"] for m in ben.get(f"{at}/members")["members"]} == {
        "Ben": "OWNER",
        "Cai": "MEMBER",
    }
    assert ben.post(f"{at}/members", {"user_ids": [ann.id]})["user_ids"] == [ann.id]


def test_a_chat_with_an_account_has_its_name(tx: Tx, ann: Device) -> None:
    shop = an_app(tx)
    chat = conversations.with_account(tx, user_id=UserId(int(ann.id)), appid=shop.appid)
    messages.send(tx, chat.id, sender=shop.appid, body=Text("welcome"))
    (line,) = ann.get("/conversations")["conversations"]
    assert (line["title"], line["appid"], line["app_kind"], line["unread"]) == (
        shop.name,
        shop.appid,
        shop.kind,
        1,
    )
    assert say(ann, str(chat.id), "hello", "k1")["seq"] == 2


def test_hiding_and_clearing_are_mine(ann: Device, ben: Device) -> None:
    chat = chat_of(ann, ben)
    say(ann, chat, "one", "k1")
    ben.request("POST", f"/conversations/{chat}/hide", status=204)
    assert ben.get("/conversations")["conversations"] == []
    ben.request("POST", f"/conversations/{chat}/clear", status=204)
    say(ann, chat, "two", "k2")
    assert [m["client_id"] for m in ben.get(f"/conversations/{chat}/messages")["messages"]] == ["k2"]
    assert len(ann.get(f"/conversations/{chat}/messages")["messages"]) == 2


class Counting:
    """A connection that counts its statements."""

    def __init__(self, connection: Any) -> None:
        self.connection, self.statements = connection, 0

    def execute(self, *arguments: Any) -> Any:
        self.statements += 1
        return self.connection.execute(*arguments)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.connection, name)


def test_the_list_costs_the_same_however_long_it_is(
    tx: Tx, ann: Device, device: Callable[..., Device]
) -> None:
    def cost() -> int:
        tx.connection = counting = Counting(tx.connection)
        ann.get("/conversations")
        tx.connection = counting.connection
        return counting.statements

    say(ann, chat_of(ann, device("One")), "hi", "k1")
    few = cost()
    for number in range(8):
        say(ann, chat_of(ann, device(f"More {number}")), "hi", f"m{number}")
    assert cost() == few


def a_picture() -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (900, 300), "red").save(kept, "PNG")
    return kept.getvalue()


def upload(
    who: Device,
    kind: str,
    content: bytes,
    *,
    name: str = "a.png",
    content_type: str = "image/png",
    status: int = 200,
) -> Any:
    parts = {"kind": kind, "file": Upload(name, content_type, content)}
    return who.request("POST", "/media", status=status, upload=parts)


def fetch(call: Call, url: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    path, _, query = url.removeprefix("/api").partition("?")
    return call(
        client, "GET", path, query=dict(pair.split("=") for pair in query.split("&")), headers=headers
    )


def test_a_picture_is_put_sent_and_fetched_by_its_address(ann: Device, ben: Device, call: Call) -> None:
    kept = upload(ann, "IMAGE", a_picture())
    assert (kept["width"], kept["height"], kept["content_type"]) == (900, 300, "image/png")
    chat = chat_of(ann, ben)
    ann.post(
        f"/conversations/{chat}/messages",
        {"body": {"kind": "image", "media": kept["media"]}, "client_id": "k"},
    )
    page = ben.get(f"/conversations/{chat}/messages")
    assert page["messages"][0]["body"]["width"] == 900
    url = page["media"][kept["media"]]
    status, headers, content = fetch(call, url)
    assert status == 200 and Image.open(io.BytesIO(content)).size == (900, 300)
    assert headers["x-content-type-options"] == "nosniff" and "sandbox" in headers["content-security-policy"]
    status, _, small = fetch(call, url + "&size=small")
    assert status == 200 and Image.open(io.BytesIO(small)).size == (360, 120)
    assert fetch(call, url, **{"if-none-match": headers["etag"]})[0] == 304
    assert fetch(call, url.replace("sig=", "sig=0"))[0] == 403
    assert ben.post("/media/urls", {"media": [kept["media"]]})["urls"][kept["media"]] == url


def test_a_part_of_a_file_is_fetched_by_range(ann: Device, call: Call) -> None:
    url = upload(ann, "FILE", bytes(range(100)), name="茶.bin", content_type="text/html")["url"]
    status, headers, content = fetch(call, url)
    assert (status, content, headers["content-type"]) == (200, bytes(range(100)), "application/octet-stream")
    assert headers["content-disposition"].startswith("attachment;")
    for wanted, start, end in (
        ("bytes=10-19", 10, 20),
        ("bytes=90-", 90, 100),
        ("bytes=-5", 95, 100),
        ("bytes=0-999", 0, 100),
    ):
        status, headers, content = fetch(call, url, range=wanted)
        if (start, end) != (0, 100):
            assert (status, headers["content-range"]) == (206, f"bytes {start}-{end - 1}/100")
        assert content == bytes(range(start, end)) and headers["content-length"] == str(end - start)
    for unreachable in ("bytes=100-", "bytes=9-3", "bytes=-0"):
        status, headers, _ = fetch(call, url, range=unreachable)
        assert (status, headers["content-range"]) == (416, "bytes */100")


def test_an_avatar_is_ones_own_picture(ann: Device, ben: Device) -> None:
    kept = upload(ann, "IMAGE", a_picture())
    assert ann.patch("/me", {"avatar": kept["media"]})["avatar"] == kept["url"]
    assert ben.get(f"/people/{ann.id}")["avatar"] == kept["url"]
    assert ben.patch("/me", {"avatar": kept["media"]}, status=404)["error"]["code"] == "media.file_unknown"
    assert ann.patch("/me", {"avatar": ""})["avatar"] == ""


def test_what_is_no_picture_is_not_kept(tx: Tx, ann: Device) -> None:
    assert upload(ann, "IMAGE", b"<svg/>", status=400)["error"]["code"] == "media.image_invalid"
    assert upload(ann, "VIDEO", b"x", status=400)["error"]["code"] == "media.kind_wrong"
    assert upload(ann, "POEM", b"x", status=400)["error"]["code"] == "kernel.bad_request"
    assert tx.value("select count(*) from media_file") == 0


def test_a_conversation_id_is_bounded(ann: Device) -> None:
    for wrong in ("0x1", "-1", "9" * 19, "1" * 40):
        ann.get(f"/conversations/{wrong}", status=400)
    assert (
        ann.get(f"/conversations/{ConversationId(1)}", status=404)["error"]["code"]
        == "chat.conversation_unknown"
    )
