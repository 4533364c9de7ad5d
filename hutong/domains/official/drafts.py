"""Drafts: one to eight articles an account is still writing."""

import re

from hutong.domains.apps import apps, materials
from hutong.domains.apps.tables import App
from hutong.domains.media import files
from hutong.domains.media.tables import FileKind
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError, ErrorCode
from hutong.kernel.frozen import Frozen

from . import content, programs
from .content import Content
from .errors import (
    ARTICLE_AUTHOR,
    ARTICLE_BLANK,
    ARTICLE_CONTENT,
    ARTICLE_DIGEST,
    ARTICLE_INDEX,
    ARTICLE_SOURCE,
    ARTICLE_SOURCE_KIND,
    ARTICLE_TITLE,
    ARTICLES_EMPTY,
    ARTICLES_FULL,
    CARD_INVALID,
    DRAFT_UNKNOWN,
    LINK_PATH,
)
from .menus import width
from .tables import Article, ArticleContent, Issue, IssueId, IssueState

# Published, but for the last two; a width of two is one wide character.
MOST_ARTICLES = 8
TITLE_WIDTH = 64
AUTHOR_WIDTH = 32
DIGEST_WIDTH = 256
DIGEST_TAKEN = 54  # characters of the text that stand for a digest nobody wrote
SOURCE_BYTES = 1024
CHARACTERS = 20_000
CONTENT_BYTES = 1024 * 1024
CARD_TITLE = 35
PATH_LENGTH = 1024
MOST_PROGRAMS = 50
_MEDIA_ID = 64
_HANDLE = 24
_WEB = re.compile(r"https?://[^\s]+\Z", re.IGNORECASE)


class Written(Frozen):
    """An article as its author gives it, its content made safe."""

    title: str
    content: Content
    thumb_media_id: str
    author: str = ""
    digest: str = ""
    content_source_url: str = ""
    need_open_comment: bool = False
    only_fans_can_comment: bool = False


def clean(snapshot: Snapshot, html: str) -> Content:
    """An article's content, safe to show; pictures that are nobody's here are left out.

    Slow: for an endpoint's `prepare`. Raises ARTICLE_CONTENT, ARTICLE_BLANK, LINK_PATH, CARD_INVALID.
    """
    if len(html.encode()) > CONTENT_BYTES or html.count("<") > content.MOST_TAGS:
        raise DomainError(ARTICLE_CONTENT)
    found = content.clean(html, known=lambda handles: materials.pictures(snapshot, handles))
    if len(found.words) >= CHARACTERS:
        raise DomainError(ARTICLE_CONTENT)
    if not (found.words or found.pictures or found.programs):
        raise DomainError(ARTICLE_BLANK)
    if len(found.programs) > MOST_PROGRAMS:
        raise DomainError(CARD_INVALID)
    for mention in found.programs:
        if not 1 <= len(mention.path) <= PATH_LENGTH:
            raise DomainError(LINK_PATH, appid=mention.appid)
        if mention.card and not 1 <= len(mention.title.strip()) <= CARD_TITLE:
            raise DomainError(CARD_INVALID, appid=mention.appid)
    return found


def add(tx: Tx, *, appid: str, articles: list[Written]) -> Issue:
    """A new draft. Raises what is wrong with the first bad article, and ARTICLES_EMPTY, ARTICLES_FULL."""
    app = apps.require_kind(apps.get(tx, appid), *apps.ACCOUNTS)
    if not articles:
        raise DomainError(ARTICLES_EMPTY)
    if len(articles) > MOST_ARTICLES:
        raise DomainError(ARTICLES_FULL)
    issue = Issue(
        id=IssueId(tx.new_id()),
        appid=appid,
        media_id=tx.new_handle("", _MEDIA_ID),
        state=IssueState.DRAFT,
        articles=len(articles),
        changed_at=tx.now,
    )
    rows = [_row(tx, app, issue, idx, written) for idx, written in enumerate(articles)]
    tx.insert(issue)
    tx.insert_all(rows)
    tx.insert_all([ArticleContent(issue.id, idx, one.content.html) for idx, one in enumerate(articles)])
    return issue


def update(tx: Tx, *, appid: str, media_id: str, index: int, article: Written) -> Issue:
    """Write the article at `index`, from zero, anew. Raises DRAFT_UNKNOWN, ARTICLE_INDEX and as `add`."""
    issue = locked(tx, appid, media_id)
    found = tx.find_locked(Article, issue_id=issue.id, idx=index)
    if found is None:
        raise DomainError(ARTICLE_INDEX, index=index)
    row = _row(tx, apps.get(tx, appid), issue, index, article)
    changes = {name: getattr(row, name) for name in Article.__struct_fields__}
    for fixed in ("issue_id", "idx", "handle"):
        del changes[fixed]
    tx.update(found, **changes)
    tx.update(tx.get(ArticleContent, issue_id=issue.id, idx=index), html=article.content.html)
    return tx.update(issue, changed_at=tx.now)


def _row(tx: Tx, app: App, issue: Issue, idx: int, written: Written) -> Article:
    def require(good: bool, refusal: ErrorCode) -> None:
        if not good:
            raise DomainError(refusal, index=idx)

    title, author, digest = (
        " ".join(text.split()) for text in (written.title, written.author, written.digest)
    )
    require(bool(title) and width(title) <= TITLE_WIDTH, ARTICLE_TITLE)
    require(width(author) <= AUTHOR_WIDTH, ARTICLE_AUTHOR)
    require(width(digest) <= DIGEST_WIDTH, ARTICLE_DIGEST)
    source = written.content_source_url
    require(len(source.encode()) <= SOURCE_BYTES, ARTICLE_SOURCE)
    require(not source or _WEB.match(source) is not None, ARTICLE_SOURCE_KIND)
    programs.require_linked(tx, app, {mention.appid for mention in written.content.programs})
    kept = materials.get_kept(tx, appid=app.appid, media_id=written.thumb_media_id)
    files.require(tx, kept.handle, FileKind.IMAGE)
    if not digest and issue.articles == 1:  # published: only an article that stands alone has one taken
        digest = written.content.words[:DIGEST_TAKEN]
    return Article(
        issue_id=issue.id,
        idx=idx,
        handle=tx.new_handle("", _HANDLE),
        title=title,
        author=author,
        digest=digest,
        content_source_url=source,
        thumb_media_id=written.thumb_media_id,
        cover=kept.handle,
        need_open_comment=written.need_open_comment,
        only_fans_can_comment=written.only_fans_can_comment,
    )


def get(snapshot: Snapshot, *, appid: str, media_id: str) -> Issue:
    """Raises DRAFT_UNKNOWN, also for one that was published."""
    issue = snapshot.find(Issue, appid=appid, media_id=media_id)
    if issue is None or issue.state is not IssueState.DRAFT:
        raise DomainError(DRAFT_UNKNOWN)
    return issue


def locked(tx: Tx, appid: str, media_id: str) -> Issue:
    """The draft, held. Raises DRAFT_UNKNOWN, also for one that was published."""
    issue = tx.find_locked(Issue, appid=appid, media_id=media_id)
    if issue is None or issue.state is not IssueState.DRAFT:
        raise DomainError(DRAFT_UNKNOWN)
    return issue


def delete(tx: Tx, *, appid: str, media_id: str) -> None:
    """Raises DRAFT_UNKNOWN."""
    issue = locked(tx, appid, media_id)
    tx.run("delete from official_article_content where issue_id = :id", id=issue.id)
    tx.run("delete from official_article where issue_id = :id", id=issue.id)
    tx.delete(issue)


def count(snapshot: Snapshot, appid: str) -> int:
    return int(
        snapshot.value(
            "select count(*) from official_issue where appid = :appid and state = :state",
            appid=appid,
            state=IssueState.DRAFT.value,
        )
    )


def list_(snapshot: Snapshot, appid: str, *, offset: int, limit: int) -> list[Issue]:
    """An account's drafts, the one changed last first."""
    return snapshot.all(
        Issue,
        "where appid = :appid and state = :state order by changed_at desc, id desc limit :limit offset :offset",
        appid=appid,
        state=IssueState.DRAFT.value,
        limit=limit,
        offset=offset,
    )
