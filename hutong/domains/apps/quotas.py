"""Quotas: how often an app may do something on one day, or in one minute."""

from hutong.kernel.clock import DAY_MS, HOUR_MS, Millis
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError, ErrorCode

from .errors import QUOTA_SPENT
from .tables import Quota

EAST_EIGHT_MS = 8 * HOUR_MS  # published days begin at midnight in Beijing


def day(moment: Millis) -> int:
    return (moment + EAST_EIGHT_MS) // DAY_MS


def spend(
    tx: Tx, *, appid: str, name: str, limit: int, per_ms: int = DAY_MS, refusal: ErrorCode = QUOTA_SPENT
) -> int:
    """Count one use today, or in this period, and return how many there were, this one included.

    Raises the refusal when there were as many as may be.
    """
    today = (tx.now + EAST_EIGHT_MS) // per_ms
    quota, first = tx.insert_or_find(
        Quota(appid=appid, name=name, day=today, used=1), by=("appid", "name", "day")
    )
    if first:
        tx.run(
            "delete from apps_quota where appid = :appid and name = :name and day < :today",
            appid=appid,
            name=name,
            today=today,
        )
        return 1
    if quota.used >= limit:
        raise DomainError(refusal, name=name, limit=limit)
    return tx.update(quota, used=quota.used + 1).used


def used(snapshot: Snapshot, *, appid: str, name: str) -> int:
    """How often it was done today."""
    quota = snapshot.find(Quota, appid=appid, name=name, day=day(snapshot.now))
    return 0 if quota is None else quota.used
