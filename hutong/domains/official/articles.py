"""Articles: what an account published, read by anybody, until it takes it back."""

from collections.abc import Collection

from hutong.domains.apps import access, apps
from hutong.domains.chat import bodies
from hutong.domains.identity.tables import UserId
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError

from . import content, drafts, programs
from .errors import (
    ARTICLE_GONE,
    ARTICLE_INDEX,
    ARTICLE_UNKNOWN,
    DRAFT_UNFIT,
    LINK_UNLINKED,
    LINKED_APP,
    PUBLISH_UNKNOWN,
)
from .events import IssuePublished
from .tables import Article, ArticleContent, Issue, IssueId, IssueState, PublishId

PAGE = 20
_ARTICLE_ID = 43
LATEST = 2**63 - 1


def publish(tx: Tx, *, appid: str, media_id: str) -> Issue:
    """Publish a draft: from now on it is read, and no draft any more.

    Raises DRAFT_UNKNOWN, also when it was published already; DRAFT_UNFIT when a program it leads to is not
    linked any more.
    """
    issue = drafts.locked(tx, appid, media_id)
    written = contents(tx, [issue.id])
    mentions = {appid for html in written.values() for appid in content.appids(html)}
    try:
        programs.require_linked(tx, apps.get(tx, appid), mentions)
    except DomainError as error:
        if error.code in (LINKED_APP, LINK_UNLINKED):
            raise DomainError(DRAFT_UNFIT, **error.details) from None
        raise
    published = tx.update(
        issue,
        state=IssueState.PUBLISHED,
        article_id=tx.new_handle("", _ARTICLE_ID),
        publish_id=PublishId(tx.new_id()),
        published_at=tx.now,
        changed_at=tx.now,
    )
    assert published.article_id is not None and published.publish_id is not None
    handles = [article.handle for article in of_issues(tx, [issue.id])[issue.id]]
    tx.emit(
        IssuePublished(
            appid=appid,
            at=tx.now,
            publish_id=published.publish_id,
            article_id=published.article_id,
            articles=handles,
        )
    )
    return published


def take_back(tx: Tx, *, appid: str, article_id: str, index: int = 0) -> Issue:
    """Take back the article at `index`, from one, or with zero all of them. Again, it changes nothing.

    Raises ARTICLE_UNKNOWN, ARTICLE_INDEX.
    """
    issue = tx.find_locked(Issue, appid=appid, article_id=article_id)
    if issue is None:
        raise DomainError(ARTICLE_UNKNOWN)
    if not 0 <= index <= issue.articles:
        raise DomainError(ARTICLE_INDEX, index=index)
    there = [one for one in of_issues(tx, [issue.id])[issue.id] if one.deleted_at is None]
    for article in there:
        if index in (0, article.idx + 1):
            tx.update(article, deleted_at=tx.now)
            there = [one for one in there if one.idx != article.idx]
    if not there and issue.state is IssueState.PUBLISHED:
        return tx.update(issue, state=IssueState.WITHDRAWN, changed_at=tx.now)
    return issue


def by_publish_id(snapshot: Snapshot, *, appid: str, publish_id: PublishId) -> Issue:
    """Raises PUBLISH_UNKNOWN."""
    issue = snapshot.find(Issue, appid=appid, publish_id=publish_id)
    if issue is None:
        raise DomainError(PUBLISH_UNKNOWN)
    return issue


def get(snapshot: Snapshot, *, appid: str, article_id: str) -> Issue:
    """What was published under an article_id, taken back or not. Raises ARTICLE_UNKNOWN."""
    issue = snapshot.find(Issue, appid=appid, article_id=article_id)
    if issue is None:
        raise DomainError(ARTICLE_UNKNOWN)
    return issue


def count(snapshot: Snapshot, appid: str) -> int:
    """How many times the account published, but for what it took back whole."""
    return int(
        snapshot.value(
            "select count(*) from official_issue where appid = :appid and state = :state",
            appid=appid,
            state=IssueState.PUBLISHED.value,
        )
    )


def list_(
    snapshot: Snapshot, appid: str, *, before: int = LATEST, offset: int = 0, limit: int = PAGE
) -> list[Issue]:
    """What an account published and did not take back whole, newest first, below the publish_id `before`."""
    return snapshot.all(
        Issue,
        "where appid = :appid and state = :state and publish_id < :before"
        " order by publish_id desc limit :limit offset :offset",
        appid=appid,
        state=IssueState.PUBLISHED.value,
        before=before,
        limit=limit,
        offset=offset,
    )


def of_issues(snapshot: Snapshot, issue_ids: Collection[IssueId]) -> dict[IssueId, list[Article]]:
    """The articles of each of these, in order, those taken back among them."""
    found: dict[IssueId, list[Article]] = {issue_id: [] for issue_id in issue_ids}
    if not found:
        return found
    rows = snapshot.all(
        Article,
        "where issue_id in :ids order by issue_id, idx limit :limit",
        ids=sorted(found),
        limit=len(found) * drafts.MOST_ARTICLES,
    )
    for article in rows:
        found[article.issue_id].append(article)
    return found


def contents(snapshot: Snapshot, issue_ids: Collection[IssueId]) -> dict[tuple[IssueId, int], str]:
    """What the articles of these say, by issue and place."""
    wanted = sorted(set(issue_ids))
    if not wanted:
        return {}
    rows = snapshot.all(
        ArticleContent,
        "where issue_id in :ids limit :limit",
        ids=wanted,
        limit=len(wanted) * drafts.MOST_ARTICLES,
    )
    return {(row.issue_id, row.idx): row.html for row in rows}


def read(snapshot: Snapshot, handle: str, *, reader_id: UserId) -> tuple[Issue, Article, str]:
    """An article and what it says. Who works for the account may read a draft.

    Raises ARTICLE_GONE for anything else that is not published, or was taken back.
    """
    article = snapshot.find(Article, handle=handle)
    if article is None or article.deleted_at is not None:
        raise DomainError(ARTICLE_GONE)
    issue = snapshot.get(Issue, id=article.issue_id)
    if issue.state is IssueState.DRAFT:
        org_id = apps.get(snapshot, issue.appid).org_id
        if not access.is_member(snapshot, org_id, reader_id):
            raise DomainError(ARTICLE_GONE)
    written = snapshot.get(ArticleContent, issue_id=article.issue_id, idx=article.idx)
    return issue, article, written.html


def message(snapshot: Snapshot, *, appid: str, article_id: str) -> bodies.News:
    """What an account published, as a message. Raises ARTICLE_UNKNOWN, also once it was taken back."""
    issue = get(snapshot, appid=appid, article_id=article_id)
    shown = [one for one in of_issues(snapshot, [issue.id])[issue.id] if one.deleted_at is None]
    if not shown:
        raise DomainError(ARTICLE_UNKNOWN)
    return bodies.News(
        [bodies.Article(one.title, one.digest, article=one.handle, picture=one.cover) for one in shown]
    )
