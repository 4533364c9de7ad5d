"""Moments: what those I know show, and what I show them."""

from typing import Annotated

from msgspec import Meta

from hutong.domains.apps import apps
from hutong.domains.media import files
from hutong.domains.moments import posts
from hutong.domains.moments.tables import Post, PostId, ProgramPage
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.endpoints import Id, Request, Response

from .accounts import AccountLine, account_line
from .contacts import Brief, briefs
from .protocol import Person, client


class ShownPage(Request):
    """A page of a mini program; `path` with its query, `picture` the handle of an image, or empty."""

    appid: Annotated[str, Meta(min_length=1, max_length=32)]
    title: Annotated[str, Meta(min_length=1, max_length=256)]
    path: Annotated[str, Meta(max_length=1024)] = ""
    picture: Annotated[str, Meta(max_length=64)] = ""


class NewPost(Request):
    """`client_id` is the device's own name for it: the same again is the same post."""

    client_id: Annotated[str, Meta(min_length=1, max_length=64)]
    text: Annotated[str, Meta(max_length=posts.TEXT_LENGTH)] = ""
    page: ShownPage | None = None


class PageView(Response):
    program: AccountLine
    title: str
    path: str
    picture: str  # an address, or empty


class PostView(Response):
    post_id: str
    author: Brief
    mine: bool
    text: str
    page: PageView | None
    posted_at: int


class PostQuery(Request):
    before: Id | None = None


class PostPage(Response):
    """`next` is the next page's `before`, or null on the last page. A page may hold fewer posts than it could."""

    posts: list[PostView]
    next: str | None


def _views(snapshot: Snapshot, found: list[Post], person: Person) -> list[PostView]:
    authors = briefs(snapshot, person, [post.author_id for post in found])
    programs = apps.many(snapshot, [post.page.appid for post in found if post.page is not None])
    return [
        PostView(
            post_id=str(post.id),
            author=authors[post.author_id],
            mine=post.author_id == person.user_id,
            text=post.text,
            page=None
            if post.page is None
            else PageView(
                account_line(snapshot, programs[post.page.appid]),
                post.page.title,
                post.page.path,
                files.address(snapshot, post.page.picture),
            ),
            posted_at=post.posted_at,
        )
        for post in found
    ]


@client.post("/moments")
def post_moment(tx: Tx, person: Person, req: NewPost) -> PostView:
    """Show words or a page of a mini program to my contacts."""
    page = (
        None
        if req.page is None
        else ProgramPage(req.page.appid, req.page.title, req.page.path, req.page.picture)
    )
    post = posts.publish(tx, author_id=person.user_id, client_id=req.client_id, text=req.text, page=page)
    return _views(tx, [post], person)[0]


@client.get("/moments")
def list_moments(snapshot: Snapshot, person: Person, req: PostQuery) -> PostPage:
    """What my contacts and I have shown, newest first."""
    found, more = posts.seen_by(snapshot, person.user_id, before=int(req.before) if req.before else 2**63 - 1)
    return PostPage(_views(snapshot, found, person), None if more is None else str(more))


class PostRef(Request):
    post_id: Id


@client.delete("/moments/{post_id}")
def delete_moment(tx: Tx, person: Person, req: PostRef) -> None:
    """Take back what I showed."""
    posts.delete(tx, author_id=person.user_id, post_id=PostId(int(req.post_id)))
