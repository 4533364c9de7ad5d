"""What must hold among people, whatever happened."""

from hutong.kernel.db import Snapshot

MOST = 100  # sentences of one sort

_CHECKS = {
    "{} has no password": (
        "select u.id from identity_user u left join identity_password p on p.user_id = u.id"
        " where p.user_id is null"
    ),
    "session {} belongs to nobody": (
        "select s.id from identity_session s left join identity_user u on u.id = s.user_id where u.id is null"
    ),
}


def audit(snapshot: Snapshot) -> list[str]:
    """One sentence for each thing that is wrong."""
    return [
        sentence.format(*row)
        for sentence, sql in _CHECKS.items()
        for row in snapshot.rows(f"{sql} limit :most", most=MOST)
    ]
