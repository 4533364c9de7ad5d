"""People one knows: adding, remarks, deleting. `requests` decides when two may be added."""

from collections.abc import Iterable
from typing import Any

from hutong.domains.identity.tables import UserId
from hutong.kernel import updates
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError, ErrorCode

from .errors import FULL, NOT_A_CONTACT, OTHER_FULL, TEXT_TOO_LONG
from .events import ContactDeleted, ContactsMet
from .tables import Book, Contact, Source

MAX_CONTACTS = 5_000
REMARK_CHARACTERS = 32
PAGE = 500


def find(snapshot: Snapshot, *, user_id: UserId, contact_id: UserId) -> Contact | None:
    return snapshot.find(Contact, user_id=user_id, contact_id=contact_id)


def list_(snapshot: Snapshot, *, user_id: UserId, after: UserId, limit: int = PAGE) -> list[Contact]:
    """A person's contacts by ascending id, after `after`."""
    return snapshot.all(
        Contact,
        "where user_id = :user and contact_id > :after order by contact_id limit :limit",
        user=user_id,
        after=after,
        limit=limit,
    )


def among(snapshot: Snapshot, *, user_id: UserId, ids: Iterable[UserId]) -> dict[UserId, Contact]:
    """Those of these people who are in a person's contacts, in one query."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    found = snapshot.all(Contact, "where user_id = :user and contact_id in :ids", user=user_id, ids=wanted)
    return {contact.contact_id: contact for contact in found}


def hold(tx: Tx, *user_ids: UserId) -> None:
    """Hold people's books until the end, so that what is decided about them is decided in one order.

    Ascending, and before anything else is held, so that nobody waits in a ring.
    """
    for user_id in sorted(user_ids):
        tx.insert_or_find(Book(user_id), by=("user_id",))


def meet(tx: Tx, *, asker_id: UserId, answerer_id: UserId, greeting: str, source: Source) -> None:
    """Put two people into each other's contacts; a side that is there already stays as it is.

    Raises FULL or OTHER_FULL, as the answerer reads it.
    """
    hold(tx, asker_id, answerer_id)
    for user_id, contact_id in ((answerer_id, asker_id), (asker_id, answerer_id)):
        _add(tx, user_id, contact_id, source, full=OTHER_FULL if user_id == asker_id else FULL)
    tx.emit(ContactsMet(asker_id=asker_id, answerer_id=answerer_id, greeting=greeting, source=source))
    for user_id, contact_id in ((asker_id, answerer_id), (answerer_id, asker_id)):
        updates.append(tx, [user_id], "contacts.added", {"user_id": str(contact_id)})


def _add(tx: Tx, user_id: UserId, contact_id: UserId, source: Source, *, full: ErrorCode) -> None:
    if find(tx, user_id=user_id, contact_id=contact_id) is not None:
        return
    counted = tx.run(
        "update contacts_book set contacts = contacts + 1 where user_id = :user and contacts < :most",
        user=user_id,
        most=MAX_CONTACTS,
    )
    if not counted:
        raise DomainError(full, limit=MAX_CONTACTS)
    tx.insert(Contact(user_id, contact_id, source, tx.now))


def change(
    tx: Tx, *, user_id: UserId, contact_id: UserId, remark: str | None = None, starred: bool | None = None
) -> Contact:
    """Change one's own remark or star; None leaves it. Raises NOT_A_CONTACT or TEXT_TOO_LONG."""
    contact = tx.find_locked(Contact, user_id=user_id, contact_id=contact_id)
    if contact is None:
        raise DomainError(NOT_A_CONTACT)
    changes: dict[str, Any] = {}
    if remark is not None:
        if len(remark.strip()) > REMARK_CHARACTERS:
            raise DomainError(TEXT_TOO_LONG, limit=REMARK_CHARACTERS)
        changes["remark"] = remark.strip()
    if starred is not None:
        changes["starred"] = starred
    changed = tx.update(contact, **changes)
    updates.append(tx, [user_id], "contacts.changed", {"user_id": str(contact_id)})
    return changed


def delete(tx: Tx, *, user_id: UserId, contact_id: UserId) -> None:
    """Take a person out of one's contacts; they are not told. Deleting again changes nothing."""
    hold(tx, user_id)
    if not tx.delete(Contact(user_id, contact_id, Source.USERNAME, tx.now)):
        return
    tx.run("update contacts_book set contacts = contacts - 1 where user_id = :user", user=user_id)
    tx.run(
        "delete from contacts_tagging where user_id = :user and contact_id = :contact",
        user=user_id,
        contact=contact_id,
    )
    tx.emit(ContactDeleted(user_id=user_id, contact_id=contact_id))
    updates.append(tx, [user_id], "contacts.deleted", {"user_id": str(contact_id)})
