"""The update log: each person has one ordered list of what is new, and every feature appends to it.

Clients resume from their last number over one WebSocket or by long poll. The body of an update is kept once,
however many people it concerns.
"""

import typing
from collections.abc import Iterable
from typing import Any

import msgspec

from .clock import DAY_MS, Millis
from .db import POSTGRES, Snapshot, Tx
from .frozen import Frozen
from .rows import Row, table

KEPT_PER_USER = 10_000
KEPT_MS = 30 * DAY_MS
PAGE = 200
FEW = 8  # people: up to here one statement each costs less than one for all


@table("kernel_update_head", key="user_id")
class UpdateHead(Row):
    """The last number given out in one person's log."""

    user_id: int
    seq: int


@table("kernel_update_body", key="id")
class UpdateBody(Row):
    """What is new, as the client will read it: `body` is a JSON object."""

    id: int
    kind: str
    body: str
    at: Millis


@table("kernel_update", key=("user_id", "seq"))
class UpdateRow(Row):
    """One line of one person's log."""

    user_id: int
    seq: int
    body_id: int


class Update(Frozen):
    """An update as it reaches a client: the log's number, a dotted kind, and its JSON body."""

    user_id: int
    seq: int
    kind: str
    body: str
    at: Millis


_encode = msgspec.json.Encoder().encode


def append(tx: Tx, user_ids: Iterable[int], kind: str, body: Any) -> int:
    """Add one update to each person's log; sockets hear of it after the commit. Answers the body's id.

    `body` is anything msgspec can encode as a JSON object. Ids in it should be decimal strings.
    """
    users = sorted(set(user_ids))
    if not users:
        return 0
    # In one order, so that nobody waits in a ring.
    heads = [(user, _next(tx, user)) for user in users] if len(users) <= FEW else _next_of_many(tx, users)
    text = _encode(body).decode()
    stored = tx.insert(UpdateBody(tx.new_id(), kind, text, tx.now))
    tx.insert_all([UpdateRow(user, seq, stored.id) for user, seq in heads])
    for user, seq in heads:
        tx.updates.append(Update(user, seq, kind, text, tx.now))
        if seq % 1000 == 0:
            tx.run(
                "delete from kernel_update where user_id = :user and seq <= :last",
                user=user,
                last=seq - KEPT_PER_USER,
            )
    return stored.id


def replace(tx: Tx, body_id: int, body: Any) -> None:
    """Put other words where an earlier update's were, for whoever has not read it yet: it was taken back."""
    tx.run(
        "update kernel_update_body set body = :body where id = :id", id=body_id, body=_encode(body).decode()
    )


def _next(tx: Tx, user: int) -> int:
    """A person's next number; the first is 1."""
    found = tx.returning(
        "insert into kernel_update_head (user_id, seq) values (:user, 1)"
        " on conflict (user_id) do update set seq = kernel_update_head.seq + 1 returning seq",
        user=user,
    )
    return int(found[0][0])


def _next_of_many(tx: Tx, users: list[int]) -> list[tuple[int, int]]:
    if tx.dialect == POSTGRES:
        tx.rows(
            "select seq from kernel_update_head where user_id in :users order by user_id for update",
            users=users,
        )
    heads = _counted_up(tx, users)
    if len(heads) < len(users):  # somebody's first update
        heads += [(user, _next(tx, user)) for user in sorted(set(users) - {user for user, _ in heads})]
    return heads


def _counted_up(tx: Tx, users: list[int]) -> list[tuple[int, int]]:
    return typing.cast(
        list[tuple[int, int]],
        tx.returning(
            "update kernel_update_head set seq = seq + 1 where user_id in :users returning user_id, seq",
            users=users,
        ),
    )


def head(snapshot: Snapshot, user_id: int) -> int:
    """The last number of a person's log; 0 when nothing happened yet."""
    return snapshot.value("select seq from kernel_update_head where user_id = :user", user=user_id) or 0


def since(snapshot: Snapshot, user_id: int, seq: int, *, limit: int = PAGE) -> tuple[list[Update], bool]:
    """Updates after `seq`, oldest first, and whether the log still reached back that far.

    False means that the client was away too long and should fetch its screens afresh.
    """
    found = snapshot.rows(
        "select u.seq, b.kind, b.body, b.at from kernel_update u left join kernel_update_body b on b.id = u.body_id"
        " where u.user_id = :user and u.seq > :seq order by u.seq limit :limit",
        user=user_id,
        seq=seq,
        limit=limit,
    )
    kept = [Update(user_id, number, kind, body, at) for number, kind, body, at in found if kind is not None]
    if not found:
        return [], seq >= head(snapshot, user_id)
    return kept, len(kept) == len(found) and found[0][0] == seq + 1


def trim(tx: Tx, *, limit: int = 500) -> int:
    """Delete the oldest bodies that are past keeping; the number deleted, 0 when done."""
    oldest = tx.rows("select id, at from kernel_update_body order by id limit :limit", limit=limit)
    past = [body_id for body_id, at in oldest if at < tx.now - KEPT_MS]
    return tx.run("delete from kernel_update_body where id in :past", past=past) if past else 0


def audit(snapshot: Snapshot) -> list[str]:
    """What is wrong with the logs: a number given out twice or left out, or a line without its body."""
    flaws = [
        f"the log of user {user} ends at {last}, but {head} was given out"
        for user, head, last in snapshot.rows(
            "select h.user_id, h.seq, coalesce(max(u.seq), 0) from kernel_update_head h"
            " left join kernel_update u on u.user_id = h.user_id group by h.user_id, h.seq"
            " having coalesce(max(u.seq), 0) <> h.seq order by h.user_id limit 100"
        )
    ]
    flaws += [
        f"the log of user {user} has {kept} lines from {first} to {last}"
        for user, kept, first, last in snapshot.rows(
            "select user_id, count(*), min(seq), max(seq) from kernel_update group by user_id"
            " having count(*) <> max(seq) - min(seq) + 1 order by user_id limit 100"
        )
    ]
    return flaws
