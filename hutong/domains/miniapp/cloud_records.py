"""Cloud records: texts a person keeps with a game, shown to friends who play it too, where both agreed.

Published limits: 128 pairs a person and game, and 1,024 bytes of key and value together.
"""

from collections.abc import Iterable, Sequence

from hutong.domains.apps import grants
from hutong.domains.chat import groups
from hutong.domains.contacts import people
from hutong.domains.identity.tables import UserId
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError

from .errors import RECORD_TOO_LONG, RECORDS_FULL, TICKET_INVALID
from .tables import CloudRecord, ShareTicket

SCOPE = "scope.WxFriendInteraction"
MOST = 128
LONGEST_BYTES = 1024
KEYS = 128
CHUNK = 500


def keep(tx: Tx, *, appid: str, user_id: UserId, pairs: Sequence[tuple[str, str]]) -> None:
    """Keep each text under its key, all or none. Raises RECORD_TOO_LONG, RECORDS_FULL."""
    for key, value in pairs:
        if not key or len(key.encode()) + len(value.encode()) > LONGEST_BYTES:
            raise DomainError(RECORD_TOO_LONG, key=key)
    for key, value in sorted(dict(pairs).items()):
        made = CloudRecord(appid=appid, user_id=user_id, key=key, value=value, changed_at=tx.now)
        row, new = tx.insert_or_find(made, by=("appid", "user_id", "key"))
        if not new:
            tx.update(row, value=value, changed_at=tx.now)
    if len(of(tx, appid=appid, user_id=user_id, limit=MOST + 1)) > MOST:
        raise DomainError(RECORDS_FULL, most=MOST)


def forget(tx: Tx, *, appid: str, user_id: UserId, keys: Iterable[str]) -> None:
    """Forgetting what was never kept changes nothing."""
    for key in sorted(set(keys)):
        row = tx.find_locked(CloudRecord, appid=appid, user_id=user_id, key=key)
        if row is not None:
            tx.delete(row)


def of(snapshot: Snapshot, *, appid: str, user_id: UserId, limit: int = MOST) -> list[CloudRecord]:
    """A person's own, by key."""
    return snapshot.all(
        CloudRecord,
        "where appid = :appid and user_id = :user order by key limit :limit",
        appid=appid,
        user=user_id,
        limit=limit,
    )


def of_friends(
    snapshot: Snapshot, *, appid: str, user_id: UserId, keys: Sequence[str]
) -> dict[UserId, list[CloudRecord]]:
    """Those of a person's friends who play and agreed to be seen, and of the person."""
    ids = [user_id]
    after = UserId(0)
    while page := people.list_(snapshot, user_id=user_id, after=after):
        ids += [contact.contact_id for contact in page]
        after = page[-1].contact_id
    return _seen(snapshot, appid, ids, keys)


def of_group(
    snapshot: Snapshot, *, appid: str, user_id: UserId, ticket: str, keys: Sequence[str]
) -> dict[UserId, list[CloudRecord]]:
    """The same of the group in which a card was opened. Raises TICKET_INVALID."""
    found = snapshot.find(ShareTicket, ticket=ticket)
    if found is None or found.appid != appid or found.user_id != user_id:
        raise DomainError(TICKET_INVALID)
    ids: list[UserId] = []
    after = UserId(0)
    while page := groups.members(snapshot, found.conversation_id, after=after):
        ids += [member.user_id for member in page]
        after = page[-1].user_id
    return _seen(snapshot, appid, ids, keys)


def _seen(
    snapshot: Snapshot, appid: str, ids: Sequence[UserId], keys: Sequence[str]
) -> dict[UserId, list[CloudRecord]]:
    seen: dict[UserId, list[CloudRecord]] = {}
    wanted = sorted(set(keys))
    for start in range(0, len(ids), CHUNK):
        agreed = grants.among(snapshot, appid=appid, scope=SCOPE, user_ids=ids[start : start + CHUNK])
        if not agreed or not wanted:
            continue
        for record in snapshot.all(
            CloudRecord,
            "where appid = :appid and user_id in :users and key in :keys order by user_id, key",
            appid=appid,
            users=sorted(agreed),
            keys=wanted,
        ):
            seen.setdefault(record.user_id, []).append(record)
    return seen
