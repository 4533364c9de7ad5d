"""Drafts, publishing and permanent pictures over their published wire; links in what an account says."""

import io
from typing import Any

import msgspec
import pytest
from PIL import Image

from hutong.domains.apps import openids, push
from hutong.domains.apps.tables import App, PushFormat, PushMode
from hutong.domains.chat import bodies, conversations, messages
from hutong.domains.chat.events import AccountMessageSent
from hutong.domains.identity.tables import User
from hutong.domains.official import follows, handlers, programs
from hutong.domains.official.events import IssuePublished
from hutong.domains.official.tables import FollowScene
from hutong.kernel import xml
from hutong.kernel.db import Tx
from hutong.kernel.endpoints import Upload
from hutong.protocols.mp import callbacks, mp
from tests.domains.builders import a_user

BASE = "http://localhost:8000"


def picture(*, moving: bool = False) -> Upload:
    out = io.BytesIO()
    frames = [Image.new("RGB", (40, 40), (10, shade, 90)) for shade in (120, 220)]
    if moving:
        frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    else:
        frames[0].save(out, "PNG")
    return Upload("tea.png", "image/png", out.getvalue())


@pytest.fixture
def thumb(api: Any, account: App) -> str:
    upload = {"media": picture()}
    kept = api("POST", "/cgi-bin/material/add_material", as_=account, query={"type": "thumb"}, upload=upload)
    media_id: str = kept["media_id"]
    return media_id


@pytest.fixture
def post(api: Any, account: App) -> Any:
    return lambda path, **said: api("POST", f"/cgi-bin/{path}", as_=account, json=said)


def article(thumb: str, **more: Any) -> dict[str, Any]:
    return {"title": "Tea", "content": "<p>Oolong is in.</p>", "thumb_media_id": thumb, **more}


def test_pictures_are_kept_for_good_and_shown_to_anybody(
    tx: Tx, api: Any, call: Any, account: App, program: App
) -> None:
    def upload(path: str, media: Upload, as_: App = account, **query: str) -> Any:
        return api("POST", f"/cgi-bin/{path}", as_=as_, query=query, upload={"media": media})

    kept = upload("material/add_material", picture(), type="image")
    inside = upload("media/uploadimg", picture())
    for url in (kept["url"], inside["url"]):
        assert url.startswith(f"{BASE}/mp/mmbiz/")
        status, headers, body = call(mp, "GET", url.removeprefix(f"{BASE}/mp"))
        assert (status, headers["content-type"]) == (200, "image/png") and body.startswith(b"\x89PNG")
    assert upload("material/add_material", picture(), type="video")["errcode"] == 40004
    assert upload("material/add_material", picture(), type="news")["errcode"] == 40004
    assert upload("material/add_material", picture(), as_=program, type="image")["errcode"] == 48001
    assert upload("media/uploadimg", Upload("x", "image/png", b"text"))["errcode"] == 40005
    assert upload("media/uploadimg", picture(moving=True))["errcode"] == 40005
    assert upload("media/uploadimg", Upload("x", "image/png", b"0" * (1024 * 1024 + 1)))["errcode"] == 40006
    assert api("GET", "/mmbiz/m0123456789")["errcode"] == 40007


def test_a_draft_is_given_back_as_it_was_written(api: Any, post: Any, account: App, thumb: str) -> None:
    inside = api("POST", "/cgi-bin/media/uploadimg", as_=account, upload={"media": picture()})["url"]
    said = article(
        thumb,
        author="Mei",
        digest="In short",
        content=f'<p>Oolong<script>1</script></p><img src="{inside}"><img src="https://elsewhere.example/x.png">',
        content_source_url="https://tea.example/",
        need_open_comment=1,
        only_fans_can_comment=1,
    )
    media_id = post("draft/add", articles=[said])["media_id"]
    (item,) = post("draft/get", media_id=media_id)["news_item"]
    assert item.pop("url").startswith(f"{BASE}/articles/")
    assert item.pop("thumb_url").startswith(f"{BASE}/mp/mmbiz/")
    kept = {
        **said,
        "content": f'<p>Oolong</p><img src="{inside}">',
        "article_type": "news",
        "show_cover_pic": 0,
    }
    assert item == kept
    assert api("GET", "/cgi-bin/draft/count", as_=account) == {"total_count": 1}

    assert (
        post("draft/update", media_id=media_id, index=0, articles=article(thumb, title="Green"))["errcode"]
        == 0
    )
    page = post("draft/batchget", offset=0, count=20, no_content=1)
    assert (page["total_count"], page["item_count"]) == (1, 1)
    (listed,) = page["item"]
    assert listed["media_id"] == media_id and listed["update_time"] > 1_000_000_000
    assert (
        listed["content"]["news_item"][0]["title"] == "Green"
        and "content" not in listed["content"]["news_item"][0]
    )
    page = post("draft/batchget", offset=0, count=1)
    assert page["item"][0]["content"]["news_item"][0]["content"] == "<p>Oolong is in.</p>"
    assert post("draft/batchget", offset=1, count=1)["item"] == []

    assert post("draft/delete", media_id=media_id)["errcode"] == 0
    assert post("draft/get", media_id=media_id)["errcode"] == 40007


@pytest.mark.parametrize(
    ("change", "errcode"),
    [
        ({"title": ""}, 45003),
        ({"title": "茶" * 33}, 45003),
        ({"author": "茶" * 17}, 45110),
        ({"digest": "茶" * 129}, 45004),
        ({"content": ""}, 45166),
        ({"content": "茶" * 20_000}, 45002),
        ({"content_source_url": "https://a.example/" + "a" * 1024}, 45005),
        ({"content_source_url": "ftp://a"}, 40048),
        ({"thumb_media_id": "unknown"}, 40007),
        ({"need_open_comment": 2}, 40097),
        ({"article_type": "newspic"}, 40008),
        ({"product_info": {"footer_product_info": {"product_key": "1"}}}, 40008),
        ({"content": '<a data-miniprogram-appid="wx0" data-miniprogram-path="p">x</a>'}, 40166),
        ({"content": '<a data-miniprogram-appid="wx0">x</a>'}, 40165),
        ({"content": '<mp-miniprogram data-miniprogram-appid="wx0" data-miniprogram-path="p">'}, 40167),
    ],
)
def test_what_is_wrong_with_an_article_has_its_published_number(
    api: Any, post: Any, account: App, thumb: str, change: dict[str, Any], errcode: int
) -> None:
    assert post("draft/add", articles=[article(thumb, **change)])["errcode"] == errcode
    assert api("GET", "/cgi-bin/draft/count", as_=account)["total_count"] == 0


def test_drafts_are_refused_as_published(api: Any, post: Any, program: App, thumb: str) -> None:
    assert post("draft/add", articles=[])["errcode"] == 44003
    assert post("draft/add", articles=[article(thumb)] * 9)["errcode"] == 45008
    unlinked = f'<a data-miniprogram-appid="{program.appid}" data-miniprogram-path="p">x</a>'
    assert post("draft/add", articles=[article(thumb, content=unlinked)])["errcode"] == 40168
    media_id = post("draft/add", articles=[article(thumb)])["media_id"]
    assert post("draft/update", media_id=media_id, index=1, articles=article(thumb))["errcode"] == 40114
    for count in (0, 21):
        assert post("draft/batchget", offset=0, count=count)["errcode"] == 40097
    for path in ("draft/get", "draft/delete", "freepublish/submit"):
        assert post(path, media_id="unknown")["errcode"] == 40007
    foreign = api("POST", "/cgi-bin/draft/add", as_=program, json={"articles": [article(thumb)]})
    assert foreign["errcode"] == 48001


def test_a_draft_is_published_looked_up_and_taken_back(
    tx: Tx, api: Any, call: Any, post: Any, account: App, thumb: str
) -> None:
    media_id = post("draft/add", articles=[article(thumb), article(thumb, title="Two")])["media_id"]
    submitted = post("freepublish/submit", media_id=media_id)
    assert submitted["errcode"] == 0 and submitted["msg_data_id"]
    assert post("freepublish/submit", media_id=media_id)["errcode"] == 40007
    state = post("freepublish/get", publish_id=submitted["publish_id"])
    assert (state["publish_status"], state["fail_idx"], state["article_detail"]["count"]) == (0, [], 2)
    article_id, detail = state["article_id"], state["article_detail"]["item"]
    assert [one["idx"] for one in detail] == [1, 2]

    items = post("freepublish/getarticle", article_id=article_id)["news_item"]
    assert [(one["title"], one["is_deleted"]) for one in items] == [("Tea", False), ("Two", False)]
    assert [one["url"] for one in items] == [one["article_url"] for one in detail]
    handle = items[0]["url"].rpartition("/")[2]
    status, headers, _ = call(mp, "GET", f"/s/{handle}")
    assert (status, headers["location"]) == (302, items[0]["url"])

    page = post("freepublish/batchget", offset=0, count=20, no_content=0)
    assert (page["total_count"], page["item_count"], page["item"][0]["article_id"]) == (1, 1, article_id)
    assert page["item"][0]["content"]["news_item"] == items

    assert post("freepublish/delete", article_id=article_id, index=3)["errcode"] == 40114
    assert post("freepublish/delete", article_id=article_id, index=1)["errcode"] == 0
    deleted = post("freepublish/getarticle", article_id=article_id)["news_item"]
    assert [one["is_deleted"] for one in deleted] == [True, False]
    assert post("freepublish/delete", article_id=article_id)["errcode"] == 0
    state = post("freepublish/get", publish_id=submitted["publish_id"])
    assert state["publish_status"] == 5 and "article_detail" not in state
    assert post("freepublish/batchget", offset=0, count=1)["total_count"] == 0
    for unknown in ("x", "9" * 30, "-1"):
        assert post("freepublish/get", publish_id=unknown)["errcode"] == 53502
    for path in ("freepublish/getarticle", "freepublish/delete"):
        assert post(path, article_id="unknown")["errcode"] == 53600


def test_a_draft_that_leads_to_an_unlinked_program_is_not_published(
    tx: Tx, post: Any, account: App, program: App, thumb: str
) -> None:
    programs.link(tx, appid=account.appid, program_appid=program.appid, shown=True, tell=False)
    card = (
        f'<mp-miniprogram data-miniprogram-appid="{program.appid}" data-miniprogram-path="pages/a?b=1"'
        ' data-miniprogram-title="Tea"></mp-miniprogram>'
    )
    media_id = post("draft/add", articles=[article(thumb, content=card)])["media_id"]
    programs.unlink(tx, appid=account.appid, program_appid=program.appid)
    assert post("freepublish/submit", media_id=media_id)["errcode"] == 53503
    programs.link(tx, appid=account.appid, program_appid=program.appid, shown=True, tell=False)
    assert post("freepublish/submit", media_id=media_id)["errcode"] == 0


# ── what an account says ───────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def ann(tx: Tx, account: App) -> User:
    """She follows the account, and has just said something to it."""
    made = a_user(tx)
    follows.follow(tx, appid=account.appid, user_id=made.id, scene=FollowScene.SEARCH)
    conversation = conversations.with_account(tx, user_id=made.id, appid=account.appid)
    messages.send(tx, conversation.id, sender=made.id, body=bodies.Text("在吗"))
    handlers.open_window(tx, tx.emitted(AccountMessageSent)[-1])
    return made


def said(tx: Tx, account: App, ann: User) -> bodies.MessageBody:
    conversation = conversations.with_account(tx, user_id=ann.id, appid=account.appid)
    return messages.get(tx, conversation.id, conversation.last_seq).body


def test_a_published_article_is_sent_to_a_person(
    tx: Tx, post: Any, account: App, ann: User, thumb: str
) -> None:
    openid = openids.of(tx, appid=account.appid, user_id=ann.id)
    media_id = post("draft/add", articles=[article(thumb)])["media_id"]
    publish_id = post("freepublish/submit", media_id=media_id)["publish_id"]
    article_id = post("freepublish/get", publish_id=publish_id)["article_id"]
    message = {"touser": openid, "msgtype": "mpnewsarticle", "mpnewsarticle": {"article_id": article_id}}
    assert post("message/custom/send", **message)["errcode"] == 0
    body = said(tx, account, ann)
    assert isinstance(body, bodies.News)
    (one,) = body.articles
    assert (one.title, one.description) == ("Tea", "Oolong is in.") and one.article and one.picture
    message["mpnewsarticle"] = {"article_id": "unknown"}
    assert post("message/custom/send", **message)["errcode"] == 53600
    assert post("message/custom/send", touser=openid, msgtype="mpnewsarticle")["errcode"] == 44004


def test_an_accounts_words_hold_links_to_pages_of_its_programs(
    tx: Tx, post: Any, account: App, program: App, ann: User
) -> None:
    openid = openids.of(tx, appid=account.appid, user_id=ann.id)
    page = f'data-miniprogram-appid="{program.appid}" data-miniprogram-path="pages/a?b=1"'
    link = f'Hello <a href="http://x" {page}>here</a>'

    def send(content: str) -> int:
        answer = post("message/custom/send", touser=openid, msgtype="text", text={"content": content})
        errcode: int = answer["errcode"]
        return errcode

    assert send(link) == 40168
    assert send('<a data-miniprogram-appid="wx0">here</a>') == 40166
    programs.link(tx, appid=account.appid, program_appid=program.appid, shown=True, tell=False)
    assert send(link) == 0
    to = bodies.TextPart("here", appid=program.appid, path="pages/a?b=1")
    assert said(tx, account, ann) == bodies.LinkedText([bodies.TextPart("Hello "), to])
    assert send("<b>tea</b>") == 0
    assert said(tx, account, ann) == bodies.Text("<b>tea</b>")


@pytest.mark.parametrize("format", [PushFormat.XML, PushFormat.JSON])
def test_the_developer_hears_that_articles_were_published(
    tx: Tx, post: Any, account: App, thumb: str, format: PushFormat
) -> None:
    media_id = post("draft/add", articles=[article(thumb), article(thumb)])["media_id"]
    publish_id = post("freepublish/submit", media_id=media_id)["publish_id"]
    push.set_(
        tx,
        account.appid,
        push.PushSettings("http://127.0.0.1:9/", "Token123", "k" * 43, PushMode.PLAIN, format),
    )
    (event,) = tx.emitted(IssuePublished)
    callbacks.push_issue_published(tx, event)
    payload = tx.value("select payload from kernel_delivery where owner = :appid", appid=account.appid)
    pushed = msgspec.json.decode(payload, type=callbacks.Pushed)
    written = callbacks._written(pushed.message, format)
    heard: Any = xml.parse(written) if format is PushFormat.XML else msgspec.json.decode(written)
    state = post("freepublish/get", publish_id=publish_id)
    info = heard["PublishEventInfo"]
    assert (heard["MsgType"], heard["Event"]) == ("event", "PUBLISHJOBFINISH")
    assert heard["FromUserName"].startswith("o") and len(heard["FromUserName"]) == 28
    assert (str(info["publish_id"]), str(info["publish_status"])) == (publish_id, "0")
    assert info["article_id"] == state["article_id"] and str(info["article_detail"]["count"]) == "2"
    heard_urls = [one["article_url"].partition("/articles/")[2] for one in info["article_detail"]["item"]]
    assert heard_urls == [
        one["article_url"].partition("/articles/")[2] for one in state["article_detail"]["item"]
    ]


def test_an_article_that_a_person_sends_is_heard_as_a_link(tx: Tx, account: App) -> None:
    heard = callbacks._said(tx, account.appid, bodies.ArticleCard("abc", "Tea", "In short"))
    assert heard is not None and heard.pop("Url").endswith("/articles/abc")
    assert heard == {"MsgType": "link", "Title": "Tea", "Description": "In short"}
