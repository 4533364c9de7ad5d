"""Tags: names under which an account gathers its fans."""

from collections.abc import Iterable

from hutong.domains.identity.tables import UserId
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError

from .errors import (
    FAN_TAGS_FULL,
    NOT_FOLLOWING,
    TAG_NAME,
    TAG_NAME_USED,
    TAG_RESERVED,
    TAG_TOO_LARGE,
    TAG_UNKNOWN,
    TAGS_FULL,
)
from .tables import Account, Tag, Tagging

TAGS = 100
TAGS_OF_A_FAN = 20
NAME_BYTES = 30
MOST_TO_DELETE = 100_000
FANS_PAGE = 10_000
RESERVED = 99  # tags up to this number belong to the platform


def create(tx: Tx, *, appid: str, name: str) -> Tag:
    """Raises TAG_NAME, TAG_NAME_USED, TAGS_FULL."""
    account, made = tx.insert_or_find(Account(appid=appid), by=("appid",))
    account = tx.lock(account) if made else account
    _require_free(tx, appid, name)
    if tx.value("select count(*) from official_tag where appid = :appid", appid=appid) >= TAGS:
        raise DomainError(TAGS_FULL, most=TAGS)
    account = tx.update(account, last_tag_id=account.last_tag_id + 1)
    return tx.insert(Tag(appid=appid, tag_id=account.last_tag_id, name=name))


def _require_free(tx: Tx, appid: str, name: str) -> None:
    if not name.strip() or len(name.encode()) > NAME_BYTES:
        raise DomainError(TAG_NAME)
    if tx.find(Tag, appid=appid, name=name) is not None:
        raise DomainError(TAG_NAME_USED)


def get_locked(tx: Tx, *, appid: str, tag_id: int) -> Tag:
    """The tag, held. Raises TAG_RESERVED, TAG_UNKNOWN."""
    if 0 <= tag_id <= RESERVED:
        raise DomainError(TAG_RESERVED)
    tag = tx.find_locked(Tag, appid=appid, tag_id=tag_id)
    if tag is None:
        raise DomainError(TAG_UNKNOWN)
    return tag


def list_(snapshot: Snapshot, appid: str) -> list[Tag]:
    return snapshot.all(Tag, "where appid = :appid order by tag_id limit :limit", appid=appid, limit=TAGS)


def rename(tx: Tx, *, appid: str, tag_id: int, name: str) -> Tag:
    """Raises TAG_RESERVED, TAG_UNKNOWN, TAG_NAME, TAG_NAME_USED."""
    tag = get_locked(tx, appid=appid, tag_id=tag_id)
    if tag.name == name:
        return tag
    _require_free(tx, appid, name)
    return tx.update(tag, name=name)


def delete(tx: Tx, *, appid: str, tag_id: int) -> None:
    """Raises TAG_RESERVED, TAG_UNKNOWN, TAG_TOO_LARGE."""
    tag = get_locked(tx, appid=appid, tag_id=tag_id)
    if tag.fans > MOST_TO_DELETE:
        raise DomainError(TAG_TOO_LARGE, most=MOST_TO_DELETE)
    tx.run("delete from official_tagging where appid = :appid and tag_id = :tag", appid=appid, tag=tag_id)
    tx.delete(tag)


def put_on(tx: Tx, *, appid: str, tag_id: int, user_ids: Iterable[UserId]) -> None:
    """Put fans under a tag; who is under it stays. All or none.

    Raises TAG_RESERVED, TAG_UNKNOWN, NOT_FOLLOWING, FAN_TAGS_FULL.
    """
    tag = get_locked(tx, appid=appid, tag_id=tag_id)
    wanted = sorted(set(user_ids))
    follows = tx.value(
        "select count(*) from official_follow where appid = :appid and user_id in :users",
        appid=appid,
        users=wanted,
    )
    if follows != len(wanted):
        raise DomainError(NOT_FOLLOWING)
    counted = dict(
        tx.rows(
            "select user_id, count(*) from official_tagging where appid = :appid and user_id in :users"
            " group by user_id",
            appid=appid,
            users=wanted,
        )
    )
    already = set(_under(tx, appid, tag_id, wanted))
    coming = [user_id for user_id in wanted if user_id not in already]
    if any(counted.get(user_id, 0) >= TAGS_OF_A_FAN for user_id in coming):
        raise DomainError(FAN_TAGS_FULL, most=TAGS_OF_A_FAN)
    tx.insert_all([Tagging(appid, tag_id, user_id) for user_id in coming])
    tx.update(tag, fans=tag.fans + len(coming))


def take_off(tx: Tx, *, appid: str, tag_id: int, user_ids: Iterable[UserId]) -> None:
    """Who is not under the tag stays so. Raises TAG_RESERVED, TAG_UNKNOWN."""
    tag = get_locked(tx, appid=appid, tag_id=tag_id)
    gone = tx.run(
        "delete from official_tagging where appid = :appid and tag_id = :tag and user_id in :users",
        appid=appid,
        tag=tag_id,
        users=sorted(set(user_ids)),
    )
    tx.update(tag, fans=tag.fans - gone)


def _under(snapshot: Snapshot, appid: str, tag_id: int, user_ids: list[UserId]) -> list[UserId]:
    found = snapshot.rows(
        "select user_id from official_tagging where appid = :appid and tag_id = :tag and user_id in :users",
        appid=appid,
        tag=tag_id,
        users=user_ids,
    )
    return [row[0] for row in found]


def of_fans(snapshot: Snapshot, *, appid: str, user_ids: Iterable[UserId]) -> dict[UserId, list[int]]:
    """The tags of each of these fans who has any."""
    wanted = sorted(set(user_ids))
    if not wanted:
        return {}
    found = snapshot.rows(
        "select user_id, tag_id from official_tagging where appid = :appid and user_id in :users"
        " order by user_id, tag_id",
        appid=appid,
        users=wanted,
    )
    tagged: dict[UserId, list[int]] = {}
    for user_id, tag_id in found:
        tagged.setdefault(user_id, []).append(tag_id)
    return tagged


def fans(snapshot: Snapshot, *, appid: str, tag_id: int, after: UserId | None = None) -> list[UserId]:
    """A page of the fans under a tag, by ascending id. Raises TAG_UNKNOWN."""
    if snapshot.find(Tag, appid=appid, tag_id=tag_id) is None:
        raise DomainError(TAG_UNKNOWN)
    page = snapshot.rows(
        "select user_id from official_tagging where appid = :appid and tag_id = :tag and user_id > :after"
        " order by user_id limit :limit",
        appid=appid,
        tag=tag_id,
        after=after or 0,
        limit=FANS_PAGE,
    )
    return [row[0] for row in page]


def forget(tx: Tx, *, appid: str, user_id: UserId) -> None:
    """A fan left: no tag counts them any more."""
    tags = of_fans(tx, appid=appid, user_ids=[user_id]).get(user_id)
    if tags:
        tx.run(
            "update official_tag set fans = fans - 1 where appid = :appid and tag_id in :tags",
            appid=appid,
            tags=tags,
        )
        tx.run(
            "delete from official_tagging where appid = :appid and user_id = :user", appid=appid, user=user_id
        )
