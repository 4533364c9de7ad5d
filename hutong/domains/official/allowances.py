"""Allowances: how often, and how long, an account may write to a person after something the person did."""

from hutong.domains.identity.tables import UserId
from hutong.kernel.clock import HOUR_MS, MINUTE_MS, Millis
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError

from .errors import COUNT_SPENT, WINDOW_CLOSED
from .tables import Act, Allowance

# Published: how many messages, and until how long after the act.
ALLOWED = {
    Act.MESSAGE: (5, 48 * HOUR_MS),
    Act.MENU: (3, MINUTE_MS),
    Act.FOLLOW: (3, MINUTE_MS),
    Act.SCAN: (3, MINUTE_MS),
    Act.ENTER: (2, MINUTE_MS),
}


def open_(tx: Tx, *, appid: str, user_id: UserId, act: Act) -> None:
    """The person acted: the count and the window of this act begin anew."""
    count, lasts_ms = ALLOWED[act]
    until = Millis(tx.now + lasts_ms)
    allowance, made = tx.insert_or_find(
        Allowance(appid=appid, user_id=user_id, act=act, left_over=count, until=until),
        by=("appid", "user_id", "act"),
    )
    if not made:
        tx.update(allowance, left_over=count, until=until)


def spend(tx: Tx, *, appid: str, user_id: UserId) -> None:
    """Use one message of the allowance that ends first. Raises WINDOW_CLOSED, COUNT_SPENT."""
    open_now = tx.lock_all(
        Allowance,
        "where appid = :appid and user_id = :user and until > :now order by until, act",
        appid=appid,
        user=user_id,
        now=tx.now,
    )
    if not open_now:
        raise DomainError(WINDOW_CLOSED)
    usable = [allowance for allowance in open_now if allowance.left_over > 0]
    if not usable:
        raise DomainError(COUNT_SPENT)
    tx.update(usable[0], left_over=usable[0].left_over - 1)


def require_open(snapshot: Snapshot, *, appid: str, user_id: UserId) -> None:
    """Raises WINDOW_CLOSED unless the person did something lately that lets the account write."""
    latest = snapshot.value(
        "select max(until) from official_allowance where appid = :appid and user_id = :user",
        appid=appid,
        user=user_id,
    )
    if latest is None or latest <= snapshot.now:
        raise DomainError(WINDOW_CLOSED)


def close(tx: Tx, *, appid: str, user_id: UserId) -> None:
    """The person left: nothing may be written any more."""
    tx.run(
        "delete from official_allowance where appid = :appid and user_id = :user", appid=appid, user=user_id
    )
