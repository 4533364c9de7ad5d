"""What must hold among contacts, whatever happened."""

from hutong.kernel.db import Snapshot

MOST = 100  # sentences of one sort

_CHECKS = {
    "the book of {} counts {} contacts, and there are {}": (
        "select b.user_id, b.contacts, count(c.contact_id) from contacts_book b"
        " left join contacts_contact c on c.user_id = b.user_id group by b.user_id, b.contacts"
        " having count(c.contact_id) <> b.contacts"
    ),
    "{} has a contact and no book": (
        "select distinct c.user_id from contacts_contact c left join contacts_book b on b.user_id = c.user_id"
        " where b.user_id is null"
    ),
    "{} is a contact of their own": "select user_id from contacts_contact where user_id = contact_id",
    "{} has a tag on {}, who is no contact": (
        "select t.user_id, t.contact_id from contacts_tagging t left join contacts_contact c"
        " on c.user_id = t.user_id and c.contact_id = t.contact_id where c.user_id is null"
    ),
}


def audit(snapshot: Snapshot) -> list[str]:
    """One sentence for each thing that is wrong."""
    return [
        sentence.format(*row)
        for sentence, sql in _CHECKS.items()
        for row in snapshot.rows(f"{sql} limit :most", most=MOST)
    ]
