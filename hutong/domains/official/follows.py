"""Follows: who reads an account, and where they came from."""

from collections.abc import Iterable

from hutong.domains.apps import apps, openids
from hutong.domains.identity.tables import UserId
from hutong.kernel import updates
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError

from . import allowances, tags
from .errors import NOT_FOLLOWING, REMARK_TOO_LONG
from .events import Followed, Unfollowed
from .tables import Account, Act, Follow, FollowId, FollowScene, Scene

REMARK_LENGTH = 30
PAGE = 100
FANS_PAGE = 10_000


def follow(
    tx: Tx, *, appid: str, user_id: UserId, scene: FollowScene, through: Scene | None = None
) -> Follow:
    """Following again changes nothing. `through` is the scene code that was scanned.

    Raises APP_UNKNOWN, KIND_FORBIDDEN for a mini program.
    """
    app = apps.require_kind(apps.get(tx, appid), *apps.ACCOUNTS)
    account = locked_account(tx, appid)
    openids.of(tx, appid=appid, user_id=user_id)
    openids.unionid_of(tx, org_id=app.org_id, user_id=user_id)
    made, new = tx.insert_or_find(
        Follow(
            appid=appid,
            user_id=user_id,
            id=FollowId(tx.new_id()),
            scene=scene,
            code_scene=through.scene if through is not None else "",
            followed_at=tx.now,
        ),
        by=("appid", "user_id"),
    )
    if new:
        tx.update(account, fans=account.fans + 1)
        allowances.open_(tx, appid=appid, user_id=user_id, act=Act.FOLLOW)
        tx.emit(
            Followed(
                appid=appid,
                user_id=user_id,
                at=tx.now,
                code_scene=made.code_scene,
                ticket=through.ticket if through is not None else "",
            )
        )
        updates.append(tx, [user_id], "account.followed", {"appid": appid})
    return made


def unfollow(tx: Tx, *, appid: str, user_id: UserId) -> None:
    """Leaving an account one does not follow changes nothing."""
    account = locked_account(tx, appid)
    found = tx.find_locked(Follow, appid=appid, user_id=user_id)
    if found is None:
        return
    tx.delete(found)
    tx.update(account, fans=account.fans - 1)
    allowances.close(tx, appid=appid, user_id=user_id)
    tags.forget(tx, appid=appid, user_id=user_id)
    tx.emit(Unfollowed(appid=appid, user_id=user_id, at=tx.now))
    updates.append(tx, [user_id], "account.unfollowed", {"appid": appid})


def find(snapshot: Snapshot, *, appid: str, user_id: UserId) -> Follow | None:
    return snapshot.find(Follow, appid=appid, user_id=user_id)


def require(snapshot: Snapshot, *, appid: str, user_id: UserId) -> Follow:
    """Raises NOT_FOLLOWING."""
    found = find(snapshot, appid=appid, user_id=user_id)
    if found is None:
        raise DomainError(NOT_FOLLOWING)
    return found


def of_many(snapshot: Snapshot, *, appid: str, user_ids: Iterable[UserId]) -> dict[UserId, Follow]:
    """The follows of those who follow."""
    wanted = sorted(set(user_ids))
    if not wanted:
        return {}
    found = snapshot.all(
        Follow,
        "where appid = :appid and user_id in :users limit :limit",
        appid=appid,
        users=wanted,
        limit=len(wanted),
    )
    return {follow.user_id: follow for follow in found}


def fans(
    snapshot: Snapshot, appid: str, *, after: UserId | None = None, limit: int = FANS_PAGE
) -> tuple[int, list[Follow]]:
    """How many fans there are, and a page of them in the order they came, after the fan `after`.

    A fan who left meanwhile cannot be paged from: NOT_FOLLOWING.
    """
    start = 0 if after is None else require(snapshot, appid=appid, user_id=after).id
    page = snapshot.all(
        Follow,
        "where appid = :appid and id > :start order by id limit :limit",
        appid=appid,
        start=start,
        limit=min(limit, FANS_PAGE),
    )
    counted = snapshot.find(Account, appid=appid)
    return (0 if counted is None else counted.fans), page


def newest(
    snapshot: Snapshot, appid: str, *, before: int | None = None, limit: int = PAGE
) -> tuple[int, list[Follow]]:
    """How many fans there are, and a page of them, latest first, before the follow with id `before`."""
    page = snapshot.all(
        Follow,
        "where appid = :appid and id < :before order by id desc limit :limit",
        appid=appid,
        before=2**63 - 1 if before is None else before,
        limit=min(limit, PAGE),
    )
    counted = snapshot.find(Account, appid=appid)
    return (0 if counted is None else counted.fans), page


def of_person(snapshot: Snapshot, user_id: UserId, *, before: int = 2**63 - 1) -> list[Follow]:
    """The accounts a person follows, newest first, older than the follow with id `before`."""
    return snapshot.all(
        Follow,
        "where user_id = :user and id < :before order by id desc limit :limit",
        user=user_id,
        before=before,
        limit=PAGE,
    )


def set_remark(tx: Tx, *, appid: str, user_id: UserId, remark: str) -> Follow:
    """The account's own name for a fan. Raises NOT_FOLLOWING, REMARK_TOO_LONG."""
    if len(remark) > REMARK_LENGTH:
        raise DomainError(REMARK_TOO_LONG, longest=REMARK_LENGTH)
    return tx.update(require(tx, appid=appid, user_id=user_id), remark=remark)


def locked_account(tx: Tx, appid: str) -> Account:
    """The account's counters, held against everybody else."""
    account, made = tx.insert_or_find(Account(appid=appid), by=("appid",))
    return tx.lock(account) if made else account
