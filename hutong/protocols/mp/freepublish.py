"""发布能力: drafts published, looked up, and taken back."""

from typing import Annotated

import msgspec
from msgspec import Meta

from hutong.domains.apps.tables import App
from hutong.domains.official import articles
from hutong.domains.official.tables import IssueState, PublishId
from hutong.kernel.clock import SECOND_MS
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.endpoints import HttpRequest, Int64, Nobody, Raw, Request, Response

from .draft import DraftRef, Listed, Listing, News, PageRequest, article_address, news
from .protocol import Addressed, home, mp

PUBLISHED, ALL_TAKEN_BACK = (
    0,
    5,
)  # the published states that occur here: nothing is left to be done after submitting
ArticleId = Annotated[str, Meta(max_length=128)]


class Submitted(Response):
    publish_id: str
    msg_data_id: str
    errcode: int = 0
    errmsg: str = "ok"


@mp.post("/cgi-bin/freepublish/submit")
def submit(tx: Tx, app: App, req: DraftRef) -> Submitted:
    """发布草稿"""
    issue = articles.publish(tx, appid=app.appid, media_id=req.media_id)
    return Submitted(str(issue.publish_id), str(issue.id))


class PublishRef(Request):
    publish_id: str | Int64


class PublishedArticle(Response):
    idx: int  # from one
    article_url: str


class PublishedDetail(Response):
    count: int
    item: list[PublishedArticle]


class PublishState(Addressed):
    publish_id: str
    publish_status: int
    fail_idx: list[int]
    article_id: str
    article_detail: PublishedDetail | msgspec.UnsetType = msgspec.UNSET

    def at(self, base_url: str) -> "PublishState":
        if self.article_detail is msgspec.UNSET:
            return self
        item = [
            PublishedArticle(one.idx, article_address(base_url, one.article_url))
            for one in self.article_detail.item
        ]
        return msgspec.structs.replace(self, article_detail=PublishedDetail(len(item), item))


@mp.post("/cgi-bin/freepublish/get")
def get(snapshot: Snapshot, app: App, req: PublishRef) -> PublishState:
    """发布状态轮询接口"""
    said = str(req.publish_id)
    publish_id = PublishId(int(said)) if said.isdecimal() and len(said) <= 19 else PublishId(0)
    issue = articles.by_publish_id(snapshot, appid=app.appid, publish_id=publish_id)
    assert issue.article_id is not None
    item = [
        PublishedArticle(one.idx + 1, one.handle)
        for one in articles.of_issues(snapshot, [issue.id])[issue.id]
        if one.deleted_at is None
    ]
    there = issue.state is IssueState.PUBLISHED
    return PublishState(
        publish_id=said,
        publish_status=PUBLISHED if there else ALL_TAKEN_BACK,
        fail_idx=[],
        article_id=issue.article_id,
        article_detail=PublishedDetail(len(item), item) if there else msgspec.UNSET,
    )


class ArticleRef(Request):
    article_id: ArticleId


class TakenBack(Request):
    """`index` counts from one; zero, or none, is all of them."""

    article_id: ArticleId
    index: Annotated[int, Meta(ge=0, le=2**31)] = 0


@mp.post("/cgi-bin/freepublish/delete")
def delete(tx: Tx, app: App, req: TakenBack) -> None:
    """删除发布"""
    articles.take_back(tx, appid=app.appid, article_id=req.article_id, index=req.index)


@mp.post("/cgi-bin/freepublish/getarticle")
def getarticle(snapshot: Snapshot, app: App, req: ArticleRef) -> News:
    """通过 article_id 获取已发布文章"""
    (found,) = news(snapshot, [articles.get(snapshot, appid=app.appid, article_id=req.article_id)])
    return found


@mp.post("/cgi-bin/freepublish/batchget")
def batchget(snapshot: Snapshot, app: App, req: PageRequest) -> Listing:
    """获取成功发布列表"""
    page = articles.list_(snapshot, app.appid, offset=req.offset, limit=req.count)
    held = news(snapshot, page, with_content=not req.no_content)
    item = [
        Listed(inside, issue.changed_at // SECOND_MS, article_id=str(issue.article_id))
        for issue, inside in zip(page, held, strict=True)
    ]
    return Listing(articles.count(snapshot, app.appid), len(item), item)


@mp.get("/s/{handle}")
def read(snapshot: Snapshot, caller: Nobody, http: HttpRequest) -> Raw:
    """An article's published address leads to where it is read."""
    handle = http.path_params["handle"]
    base = http.base_url if http.mount else home(snapshot) + mp.mount
    where = article_address(base, handle if handle.isalnum() and handle.isascii() else "-")
    return Raw(b"", "text/plain", 302, {"location": where})
