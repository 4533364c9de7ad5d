"""The console of articles: drafts to be published, and what was published to be taken back."""

from typing import Annotated

import msgspec
from msgspec import Meta

from hutong.domains.apps import access, acts, apps
from hutong.domains.apps.tables import App, Role
from hutong.domains.official import articles, drafts
from hutong.domains.official.tables import Issue
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.endpoints import Id, Response

from .articles import ArticleLine, article_line
from .console import AppRef, Limit
from .contacts import LATEST
from .protocol import Person, client

Handle = Annotated[str, Meta(min_length=1, max_length=128)]


class IssueArticle(ArticleLine):
    """`index` counts from one, as its account takes it back."""

    index: int
    author: str
    taken_back: bool


class IssueView(Response):
    """A draft by `media_id`, or what was published by `article_id`. `at` is when it was changed or published."""

    media_id: str
    article_id: str
    at: int
    articles: list[IssueArticle]


class DraftPage(Response):
    total: int
    drafts: list[IssueView]


class PublishedPage(Response):
    total: int
    published: list[IssueView]
    next: str | None  # where the next page begins


class DraftQuery(AppRef):
    offset: Annotated[int, Meta(ge=0, le=2**31)] = 0
    limit: Limit = 20


class PublishedQuery(AppRef):
    before: Id = LATEST
    limit: Limit = 20


def _account(snapshot: Snapshot, appid: str, person: Person, role: Role = Role.OPERATOR) -> App:
    app = access.require_app(snapshot, appid, person.user_id, at_least=role)
    return apps.require_kind(app, *apps.ACCOUNTS)


def _views(snapshot: Snapshot, issues: list[Issue]) -> list[IssueView]:
    found = articles.of_issues(snapshot, [issue.id for issue in issues])
    return [
        IssueView(
            media_id=issue.media_id,
            article_id=issue.article_id or "",
            at=issue.published_at or issue.changed_at,
            articles=[
                IssueArticle(
                    **msgspec.structs.asdict(article_line(snapshot, one)),
                    index=one.idx + 1,
                    author=one.author,
                    taken_back=one.deleted_at is not None,
                )
                for one in found[issue.id]
            ],
        )
        for issue in issues
    ]


@client.get("/console/apps/{appid}/drafts")
def list_drafts(snapshot: Snapshot, person: Person, req: DraftQuery) -> DraftPage:
    """What the account is writing, the one changed last first."""
    app = _account(snapshot, req.appid, person)
    page = drafts.list_(snapshot, app.appid, offset=req.offset, limit=req.limit)
    return DraftPage(drafts.count(snapshot, app.appid), _views(snapshot, page))


class OwnDraft(AppRef):
    media_id: Handle


@client.post("/console/apps/{appid}/drafts/{media_id}/publish")
def publish_draft(tx: Tx, person: Person, req: OwnDraft) -> IssueView:
    """Publish a draft; from then on anybody may read it."""
    app = _account(tx, req.appid, person)
    issue = articles.publish(tx, appid=app.appid, media_id=req.media_id)
    _record(tx, app, person, "account.publish", str(issue.article_id))
    return _views(tx, [issue])[0]


@client.delete("/console/apps/{appid}/drafts/{media_id}")
def delete_draft(tx: Tx, person: Person, req: OwnDraft) -> None:
    """Throw a draft away."""
    app = _account(tx, req.appid, person)
    drafts.delete(tx, appid=app.appid, media_id=req.media_id)
    _record(tx, app, person, "account.draft_delete", req.media_id)


@client.get("/console/apps/{appid}/published")
def list_published(snapshot: Snapshot, person: Person, req: PublishedQuery) -> PublishedPage:
    """What the account published, newest first."""
    app = _account(snapshot, req.appid, person)
    page = articles.list_(snapshot, app.appid, before=int(req.before), limit=req.limit)
    more = str(page[-1].publish_id) if len(page) == req.limit else None
    return PublishedPage(articles.count(snapshot, app.appid), _views(snapshot, page), more)


class OwnArticle(AppRef):
    """`index` counts from one; zero is all that were published together."""

    article_id: Handle
    index: Annotated[int, Meta(ge=0, le=drafts.MOST_ARTICLES)] = 0


@client.post("/console/apps/{appid}/published/{article_id}/take-back")
def take_article_back(tx: Tx, person: Person, req: OwnArticle) -> IssueView:
    """Let nobody read it any more."""
    app = _account(tx, req.appid, person)
    issue = articles.take_back(tx, appid=app.appid, article_id=req.article_id, index=req.index)
    _record(tx, app, person, "account.take_back", f"{req.article_id} {req.index}")
    return _views(tx, [issue])[0]


def _record(tx: Tx, app: App, person: Person, verb: str, target: str) -> None:
    acts.record(tx, org_id=app.org_id, user_id=person.user_id, verb=verb, target=f"{app.appid} {target}")
