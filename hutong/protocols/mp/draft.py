"""草稿箱: articles an account is still writing."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from hutong.domains.apps.tables import App
from hutong.domains.official import articles, content, drafts
from hutong.domains.official.drafts import Written
from hutong.domains.official.errors import ARTICLE_TYPE
from hutong.domains.official.tables import Article, Issue, IssueState
from hutong.kernel.clock import SECOND_MS
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.endpoints import UPLOAD_BODY_BYTES, Request, Response
from hutong.kernel.errors import DomainError

from .material import picture_address
from .protocol import Addressed, mp

Flag = Annotated[int, Meta(ge=0, le=1)]
MediaId = Annotated[str, Meta(max_length=128)]
Offset = Annotated[int, Meta(ge=0, le=2**31)]
Count = Annotated[int, Meta(ge=1, le=20)]  # published


class DraftArticle(Request):
    """`article_type` is `news`; picture messages and goods are not published here."""

    title: str = ""
    content: str = ""
    thumb_media_id: MediaId = ""
    article_type: str = "news"
    author: str = ""
    digest: str = ""
    content_source_url: str = ""
    need_open_comment: Flag = 0
    only_fans_can_comment: Flag = 0
    image_info: Any = None
    product_info: Any = None

    def written(self, snapshot: Snapshot) -> Written:
        """Raises ARTICLE_TYPE, and as `drafts.clean`."""
        if self.article_type != "news" or self.image_info or self.product_info:
            raise DomainError(ARTICLE_TYPE)
        return Written(
            title=self.title,
            content=drafts.clean(snapshot, self.content),
            thumb_media_id=self.thumb_media_id,
            author=self.author,
            digest=self.digest,
            content_source_url=self.content_source_url,
            need_open_comment=bool(self.need_open_comment),
            only_fans_can_comment=bool(self.only_fans_can_comment),
        )


class NewDraft(Request):
    articles: list[DraftArticle]


class DraftAdded(Response):
    media_id: str


def clean_all(snapshot: Snapshot, app: App, req: NewDraft) -> list[Written]:
    return [one.written(snapshot) for one in req.articles[: drafts.MOST_ARTICLES + 1]]


@mp.post("/cgi-bin/draft/add", prepare=clean_all, max_body_bytes=UPLOAD_BODY_BYTES)
def add(tx: Tx, app: App, req: NewDraft, written: list[Written]) -> DraftAdded:
    """新建草稿"""
    return DraftAdded(drafts.add(tx, appid=app.appid, articles=written).media_id)


class DraftRef(Request):
    media_id: MediaId


class DraftChange(Request):
    media_id: MediaId
    articles: DraftArticle
    index: Annotated[int, Meta(ge=0, le=2**31)] = 0


def clean_one(snapshot: Snapshot, app: App, req: DraftChange) -> Written:
    return req.articles.written(snapshot)


@mp.post("/cgi-bin/draft/update", prepare=clean_one, max_body_bytes=UPLOAD_BODY_BYTES)
def update(tx: Tx, app: App, req: DraftChange, written: Written) -> None:
    """修改草稿"""
    drafts.update(tx, appid=app.appid, media_id=req.media_id, index=req.index, article=written)


class NewsItem(Response):
    """`url` is where it is read; a draft's, by those who work for the account."""

    title: str
    author: str
    digest: str
    content: str | msgspec.UnsetType
    content_source_url: str
    thumb_media_id: str
    thumb_url: str
    need_open_comment: int
    only_fans_can_comment: int
    url: str
    is_deleted: bool | msgspec.UnsetType
    article_type: str = "news"
    show_cover_pic: int = 0


class News(Addressed):
    news_item: list[NewsItem]

    def at(self, base_url: str) -> "News":
        return News([at(base_url, item) for item in self.news_item])


class Listed(Response):
    """A set of articles in a list: `media_id` names a draft, `article_id` what was published."""

    content: News
    update_time: int
    media_id: str | msgspec.UnsetType = msgspec.UNSET
    article_id: str | msgspec.UnsetType = msgspec.UNSET


class Listing(Addressed):
    total_count: int
    item_count: int
    item: list[Listed]

    def at(self, base_url: str) -> "Listing":
        item = [msgspec.structs.replace(one, content=one.content.at(base_url)) for one in self.item]
        return msgspec.structs.replace(self, item=item)


def at(base_url: str, item: NewsItem) -> NewsItem:
    """An article's addresses as the caller reaches them."""
    said = item.content
    if said is not msgspec.UNSET:
        said = content.filled(said, lambda handle: picture_address(base_url, handle))
    return msgspec.structs.replace(
        item,
        content=said,
        url=article_address(base_url, item.url),
        thumb_url=picture_address(base_url, item.thumb_url),
    )


def article_address(base_url: str, handle: str) -> str:
    """Where an article is read: at this home when it was reached by mount, else by its published address."""
    home, mount, _ = base_url.rpartition(mp.mount)
    return f"{home}/articles/{handle}" if mount else f"https://mp.weixin.qq.com/s/{handle}"


def news(snapshot: Snapshot, issues: list[Issue], *, with_content: bool = True) -> list[News]:
    """What each of these holds; addresses are handles until the answer is addressed."""
    wanted = [issue.id for issue in issues]
    found = articles.of_issues(snapshot, wanted)
    said = articles.contents(snapshot, wanted) if with_content else {}
    return [
        News([_item(issue, one, said.get((one.issue_id, one.idx), msgspec.UNSET)) for one in found[issue.id]])
        for issue in issues
    ]


def _item(issue: Issue, one: Article, said: str | msgspec.UnsetType) -> NewsItem:
    draft = issue.state is IssueState.DRAFT
    return NewsItem(
        title=one.title,
        author=one.author,
        digest=one.digest,
        content=said,
        content_source_url=one.content_source_url,
        thumb_media_id=one.thumb_media_id,
        thumb_url=one.cover,
        need_open_comment=int(one.need_open_comment),
        only_fans_can_comment=int(one.only_fans_can_comment),
        url=one.handle,
        is_deleted=msgspec.UNSET if draft else one.deleted_at is not None,
    )


@mp.post("/cgi-bin/draft/get")
def get(snapshot: Snapshot, app: App, req: DraftRef) -> News:
    """获取草稿"""
    (found,) = news(snapshot, [drafts.get(snapshot, appid=app.appid, media_id=req.media_id)])
    return found


@mp.post("/cgi-bin/draft/delete")
def delete(tx: Tx, app: App, req: DraftRef) -> None:
    """删除草稿"""
    drafts.delete(tx, appid=app.appid, media_id=req.media_id)


class Total(Response):
    total_count: int


@mp.get("/cgi-bin/draft/count")
def count(snapshot: Snapshot, app: App) -> Total:
    """获取草稿总数"""
    return Total(drafts.count(snapshot, app.appid))


class PageRequest(Request):
    offset: Offset
    count: Count
    no_content: Flag = 0


@mp.post("/cgi-bin/draft/batchget")
def batchget(snapshot: Snapshot, app: App, req: PageRequest) -> Listing:
    """获取草稿列表"""
    page = drafts.list_(snapshot, app.appid, offset=req.offset, limit=req.count)
    held = news(snapshot, page, with_content=not req.no_content)
    item = [
        Listed(inside, issue.changed_at // SECOND_MS, media_id=issue.media_id)
        for issue, inside in zip(page, held, strict=True)
    ]
    return Listing(drafts.count(snapshot, app.appid), len(item), item)
