"""Articles by an unmodified wechatpy: pictures kept, a draft written, changed, published, sent and taken back."""

import io
from typing import Any

import pytest
from PIL import Image
from wechatpy import WeChatClient
from wechatpy.exceptions import WeChatClientException

from hutong.kernel import xml
from hutong.testing import OfficialAccount, Person, Server
from tests.listener import Listener
from tests.recorder import proves
from tests.wire.test_python_sdks import _mounted


def picture() -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", (90, 38), (176, 101, 47)).save(out, "PNG")
    out.seek(0)
    out.name = "tea.png"
    return out


@pytest.fixture
def client(hutong: Server, official_account: OfficialAccount) -> WeChatClient:
    return _mounted(hutong, official_account)


def refused(client: WeChatClient, path: str, **said: Any) -> int:
    with pytest.raises(WeChatClientException) as caught:
        client.post(path, data=said)
    errcode: int = caught.value.errcode
    return errcode


def test_an_article_from_its_pictures_to_its_end(
    hutong: Server, client: WeChatClient, official_account: OfficialAccount, user: Person
) -> None:
    program = hutong.mini_programs[0]
    inside = client.media.upload_image(picture())
    thumb = client.material.add("image", picture())
    assert hutong.call("GET", thumb["url"].removeprefix(hutong.url)).headers["content-type"] == "image/png"
    article = {
        "title": "乌龙到店",
        "author": "沈梅",
        "digest": "一泡茶的四件小事",
        "content": f'<p>头一泡十秒出汤。</p><img src="{inside}"><p><a data-miniprogram-appid="{program.appid}"'
        ' data-miniprogram-path="pages/menu/menu?from=article" href="">去点单</a></p>',
        "content_source_url": "https://tea.example/",
        "thumb_media_id": thumb["media_id"],
        "need_open_comment": 1,
        "only_fans_can_comment": 0,
    }
    media_id = client.post("draft/add", data={"articles": [article]})["media_id"]
    (draft,) = client.post("draft/get", data={"media_id": media_id})["news_item"]
    assert inside in draft["content"] and "pages/menu/menu?from=article" in draft["content"]
    assert {name: draft[name] for name in article if name != "content"} == {
        name: value for name, value in article.items() if name != "content"
    }
    before = client.get("draft/count")["total_count"]
    client.post(
        "draft/update", data={"media_id": media_id, "index": 0, "articles": {**article, "title": "乌龙"}}
    )
    page = client.post("draft/batchget", data={"offset": 0, "count": 1, "no_content": 1})
    assert (page["total_count"], page["item_count"], page["item"][0]["media_id"]) == (before, 1, media_id)

    publish_id = client.post("freepublish/submit", data={"media_id": media_id})["publish_id"]
    state = client.post("freepublish/get", data={"publish_id": publish_id})
    assert state["publish_status"] == 0
    (where,) = [one["article_url"] for one in state["article_detail"]["item"]]
    assert hutong.call("GET", where.removeprefix(hutong.url)).status_code == 200
    read = user.request("GET", f"/articles/{where.rpartition('/')[2]}")
    assert read["title"] == "乌龙" and read["programs"][0]["appid"] == program.appid
    article_id = state["article_id"]
    listed = client.post("freepublish/batchget", data={"offset": 0, "count": 20, "no_content": 0})
    assert listed["item"][0]["article_id"] == article_id

    user.follow(official_account)
    openid = client.user.get_followers()["data"]["openid"][-1]
    client.post(
        "message/custom/send",
        data={"touser": openid, "msgtype": "mpnewsarticle", "mpnewsarticle": {"article_id": article_id}},
    )
    body = user.messages(official_account)[-1]["body"]
    assert (body["kind"], body["articles"][0]["title"]) == ("news", "乌龙")

    client.post("freepublish/delete", data={"article_id": article_id, "index": 1})
    (gone,) = client.post("freepublish/getarticle", data={"article_id": article_id})["news_item"]
    assert gone["is_deleted"] is True
    again = client.post("draft/add", data={"articles": [article]})["media_id"]
    client.post("draft/delete", data={"media_id": again})
    assert refused(client, "draft/get", media_id=again) == 40007
    assert refused(client, "draft/add", articles=[]) == 44003
    assert refused(client, "freepublish/get", publish_id="1") == 53502


def test_the_end_of_publishing_is_pushed(
    hutong: Server, client: WeChatClient, official_account: OfficialAccount
) -> None:
    thumb = client.material.add("thumb", picture())["media_id"]
    draft = {"title": "茶", "content": "<p>茶</p>", "thumb_media_id": thumb}
    media_id = client.post("draft/add", data={"articles": [draft]})["media_id"]
    with Listener() as shop:
        official_account.push_to(shop.url)
        publish_id = client.post("freepublish/submit", data={"media_id": media_id})["publish_id"]
        hutong.clock.settle()
        (pushed,) = [body for body in shop.received if "PUBLISHJOBFINISH" in body]
        official_account.stop_push()
    info: Any = xml.parse(pushed.encode())["PublishEventInfo"]
    assert (info["publish_id"], info["publish_status"]) == (publish_id, "0")
    state = client.post("freepublish/get", data={"publish_id": publish_id})
    assert info["article_id"] == state["article_id"]
    (item,) = state["article_detail"]["item"]
    heard = info["article_detail"]["item"]["article_url"]
    assert heard.partition("/articles/")[2] == item["article_url"].partition("/articles/")[2] != ""
    proves("callbacks", "mp MsgType=event;Event=PUBLISHJOBFINISH")
