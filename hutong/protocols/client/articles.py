"""Articles of official accounts: listed, and read."""

from typing import Annotated

from msgspec import Meta

from hutong.domains.apps import apps
from hutong.domains.media import files
from hutong.domains.official import articles, content
from hutong.domains.official.tables import Article as ArticleRow
from hutong.domains.official.tables import Issue, IssueState
from hutong.kernel.db import Snapshot
from hutong.kernel.endpoints import Id, Request, Response

from .accounts import AccountLine, Appid, account_line, require_account
from .contacts import LATEST
from .protocol import Person, client


class ArticleLine(Response):
    """An article in a list, known by `article`. `cover` is an address, `picture` the handle of the same."""

    article: str
    title: str
    digest: str
    cover: str
    picture: str


class ArticleSet(Response):
    """What was published together, one to eight of them."""

    published_at: int
    articles: list[ArticleLine]


class ArticlePage(Response):
    """`next` is the next page's `before`, or null on the last page."""

    sets: list[ArticleSet]
    next: str | None


class ArticlesOf(Request):
    appid: Appid
    before: Id = LATEST


def article_line(snapshot: Snapshot, one: ArticleRow) -> ArticleLine:
    return ArticleLine(one.handle, one.title, one.digest, files.address(snapshot, one.cover), one.cover)


@client.get("/accounts/{appid}/articles")
def list_articles(snapshot: Snapshot, person: Person, req: ArticlesOf) -> ArticlePage:
    """What an account published, newest first."""
    app = require_account(snapshot, req.appid)
    page = articles.list_(snapshot, app.appid, before=int(req.before))
    found = articles.of_issues(snapshot, [issue.id for issue in page])
    return ArticlePage(
        [
            ArticleSet(
                issue.published_at or issue.changed_at,
                [article_line(snapshot, one) for one in found[issue.id] if one.deleted_at is None],
            )
            for issue in page
        ],
        str(page[-1].publish_id) if len(page) == articles.PAGE else None,
    )


class ArticleRef(Request):
    article: Annotated[str, Meta(min_length=1, max_length=64)]


class ArticleView(Response):
    """An article. `published_at` is null for a draft, which those who work for the account may read.

    `content` is HTML of few elements, without scripts, with addresses of pictures that end after some hours;
    `programs` are those it leads to.
    """

    article: str
    title: str
    author: str
    digest: str
    content: str
    content_source_url: str
    cover: str
    picture: str
    account: AccountLine
    programs: list[AccountLine]
    published_at: int | None


@client.get("/articles/{article}")
def read_article(snapshot: Snapshot, person: Person, req: ArticleRef) -> ArticleView:
    """Read an article."""
    issue, one, html = articles.read(snapshot, req.article, reader_id=person.user_id)
    return _view(snapshot, issue, one, html)


def _view(snapshot: Snapshot, issue: Issue, one: ArticleRow, html: str) -> ArticleView:
    found = apps.many(snapshot, [issue.appid, *content.appids(html)])
    return ArticleView(
        article=one.handle,
        title=one.title,
        author=one.author,
        digest=one.digest,
        content=content.filled(html, lambda handle: files.address(snapshot, handle)),
        content_source_url=one.content_source_url,
        cover=files.address(snapshot, one.cover),
        picture=one.cover,
        account=account_line(snapshot, found[issue.appid]),
        programs=[account_line(snapshot, app) for appid, app in found.items() if appid != issue.appid],
        published_at=None if issue.state is IssueState.DRAFT else issue.published_at,
    )
