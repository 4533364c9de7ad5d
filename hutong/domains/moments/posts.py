"""Posts: made once, laid before each contact, read newest first."""

from hutong.domains.apps import apps
from hutong.domains.apps.tables import AppKind
from hutong.domains.contacts import access, people
from hutong.domains.identity.tables import UserId
from hutong.domains.media import files
from hutong.domains.media.tables import FileKind
from hutong.kernel import updates
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError

from .errors import POST_EMPTY, POST_UNKNOWN
from .events import Posted
from .tables import Line, Post, PostId, ProgramPage

PAGE = 20
TEXT_LENGTH = 2_000
SHOWN_AT_A_TIME = 200


def publish(tx: Tx, *, author_id: UserId, client_id: str, text: str, page: ProgramPage | None) -> Post:
    """Show words, a page of a mini program, or both. The same `client_id` again is the same post.

    Raises POST_EMPTY, APP_UNKNOWN, KIND_FORBIDDEN, FILE_UNKNOWN, KIND_WRONG.
    """
    text = text.strip()
    if not text and page is None:
        raise DomainError(POST_EMPTY)
    if page is not None:
        apps.require_kind(apps.get(tx, page.appid), AppKind.MINI_PROGRAM)
        if page.picture:
            files.require(tx, page.picture, FileKind.IMAGE)
    post, made = tx.insert_or_find(
        Post(PostId(tx.new_id()), author_id, client_id, text[:TEXT_LENGTH], page, tx.now),
        by=("author_id", "client_id"),
    )
    if made:
        tx.insert(Line(author_id, post.id))
        tx.emit(Posted(author_id=author_id, post_id=post.id))
    return post


def show(tx: Tx, *, author_id: UserId, post_id: PostId, after: UserId) -> None:
    """Lay a post before the next contacts, and leave the rest for another turn."""
    if tx.find(Post, id=post_id) is None:
        return
    contacts = people.list_(tx, user_id=author_id, after=after, limit=SHOWN_AT_A_TIME)
    friends = sorted(access.mutual(tx, user_id=author_id, ids=[one.contact_id for one in contacts]))
    tx.insert_all([Line(friend, post_id) for friend in friends])
    updates.append(tx, friends, "moments.posted", {"post_id": str(post_id)})
    if len(contacts) == SHOWN_AT_A_TIME:
        tx.emit(Posted(author_id=author_id, post_id=post_id, after=contacts[-1].contact_id))


def delete(tx: Tx, *, author_id: UserId, post_id: PostId) -> None:
    """Raises POST_UNKNOWN, also for another's."""
    post = tx.find_locked(Post, id=post_id)
    if post is None or post.author_id != author_id:
        raise DomainError(POST_UNKNOWN)
    tx.delete(post)


def seen_by(snapshot: Snapshot, user_id: UserId, *, before: int = 2**63 - 1) -> tuple[list[Post], int | None]:
    """What a person is shown, newest first, and where the next page begins, or None on the last one.

    What was deleted, and what is by somebody who is no friend any more, is passed over.
    """
    lines = snapshot.all(
        Line,
        "where user_id = :user and post_id < :before order by post_id desc limit :limit",
        user=user_id,
        before=before,
        limit=PAGE,
    )
    found = (
        snapshot.all(
            Post,
            "where id in :ids order by id desc limit :limit",
            ids=[line.post_id for line in lines],
            limit=PAGE,
        )
        if lines
        else []
    )
    friends = access.mutual(snapshot, user_id=user_id, ids=[post.author_id for post in found])
    shown = [post for post in found if post.author_id == user_id or post.author_id in friends]
    return shown, int(lines[-1].post_id) if len(lines) == PAGE else None
