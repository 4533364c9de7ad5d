"""What must hold among benefits, whatever happened."""

from hutong.kernel.db import Snapshot

MOST = 100  # sentences of one sort

_CHECKS = {
    "the card {} counts {} taken, and there are {}": (
        "select k.card_id, k.taken, count(c.id) from benefits_card k"
        " left join benefits_coupon c on c.card_id = k.card_id group by k.card_id, k.taken"
        " having count(c.id) <> k.taken"
    ),
    "the card {} counts {} used, and there are {}": (
        "select k.card_id, k.used, count(c.id) from benefits_card k"
        " left join benefits_coupon c on c.card_id = k.card_id and c.state = 'CONSUMED'"
        " group by k.card_id, k.used having count(c.id) <> k.used"
    ),
    "of the card {} {} is said to have taken {} and has {}": (
        "select h.card_id, h.user_id, h.taken, count(c.id) from benefits_holding h"
        " left join benefits_coupon c on c.card_id = h.card_id and c.user_id = h.user_id"
        " group by h.card_id, h.user_id, h.taken having count(c.id) <> h.taken"
    ),
}


def audit(snapshot: Snapshot) -> list[str]:
    """One sentence for each thing that is wrong."""
    return [
        sentence.format(*row)
        for sentence, sql in _CHECKS.items()
        for row in snapshot.rows(f"{sql} limit :most", most=MOST)
    ]
