"""Blocks: fans an account does not want to hear."""

from collections.abc import Iterable

from hutong.domains.identity.tables import UserId
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError

from . import follows
from .errors import NOT_FOLLOWING
from .tables import Account, Block

PAGE = 1000


def add(tx: Tx, *, appid: str, user_ids: Iterable[UserId]) -> None:
    """Block fans; a blocked one stays so. All or none. Raises NOT_FOLLOWING."""
    account = follows.locked_account(tx, appid)
    wanted = sorted(set(user_ids))
    if len(follows.of_many(tx, appid=appid, user_ids=wanted)) != len(wanted):
        raise DomainError(NOT_FOLLOWING)
    blocked = set(among(tx, appid=appid, user_ids=wanted))
    coming = [user_id for user_id in wanted if user_id not in blocked]
    tx.insert_all([Block(appid, user_id, tx.new_id()) for user_id in coming])
    tx.update(account, blocks=account.blocks + len(coming))


def remove(tx: Tx, *, appid: str, user_ids: Iterable[UserId]) -> None:
    """Unblock; who was not blocked stays so."""
    account = follows.locked_account(tx, appid)
    gone = tx.run(
        "delete from official_block where appid = :appid and user_id in :users",
        appid=appid,
        users=sorted(set(user_ids)),
    )
    tx.update(account, blocks=account.blocks - gone)


def is_blocked(snapshot: Snapshot, *, appid: str, user_id: UserId) -> bool:
    return snapshot.find(Block, appid=appid, user_id=user_id) is not None


def among(snapshot: Snapshot, *, appid: str, user_ids: list[UserId]) -> list[UserId]:
    """Which of these are blocked."""
    found = snapshot.rows(
        "select user_id from official_block where appid = :appid and user_id in :users",
        appid=appid,
        users=user_ids,
    )
    return [row[0] for row in found]


def list_(snapshot: Snapshot, appid: str, *, after: UserId | None = None) -> tuple[int, list[UserId]]:
    """How many are blocked, and a page of them in the order they were, after `after`."""
    last = None if after is None else snapshot.find(Block, appid=appid, user_id=after)
    page = snapshot.all(
        Block,
        "where appid = :appid and id > :start order by id limit :limit",
        appid=appid,
        start=0 if last is None else last.id,
        limit=PAGE,
    )
    counted = snapshot.find(Account, appid=appid)
    return (0 if counted is None else counted.blocks), [block.user_id for block in page]
