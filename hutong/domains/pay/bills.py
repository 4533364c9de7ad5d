"""Bills: a person's own account book, one line for each thing that happened to their money."""

from hutong.domains.identity.tables import UserId
from hutong.kernel import updates
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import NOT_FOUND, DomainError

from .tables import Bill, BillKind, Direction

PAGE = 50


def record(tx: Tx, bill: Bill) -> Bill:
    """Write a line and let the person's clients know."""
    tx.insert(bill)
    updates.append(
        tx,
        [bill.user_id],
        "pay.bill",
        {
            "id": str(bill.id),
            "kind": bill.kind,
            "direction": bill.direction,
            "currency": bill.currency,
            "amount": bill.amount,
            "counterpart": bill.counterpart,
            "title": bill.title,
            "method": bill.method,
            "at": bill.at,
        },
    )
    return bill


def list_(
    snapshot: Snapshot,
    user_id: UserId,
    *,
    before: int | None = None,
    kind: BillKind | None = None,
    direction: Direction | None = None,
    limit: int = PAGE,
) -> list[Bill]:
    """A page of the book, newest first; `before` is the last id of the page above."""
    filters = "".join(
        f" and {name} = :{name}" for name, value in (("kind", kind), ("direction", direction)) if value
    )
    return snapshot.all(
        Bill,
        f"where user_id = :user_id and id < :before{filters} order by id desc limit :limit",
        user_id=user_id,
        before=before or 2**63 - 1,
        limit=min(limit, PAGE),
        kind=kind.value if kind else None,
        direction=direction.value if direction else None,
    )


def get(snapshot: Snapshot, user_id: UserId, bill_id: int) -> Bill:
    """One line of the person's own book. Raises kernel.not_found for anybody else's."""
    bill = snapshot.find(Bill, user_id=user_id, id=bill_id)
    if bill is None:
        raise DomainError(NOT_FOUND, what="Bill", id=bill_id)
    return bill
