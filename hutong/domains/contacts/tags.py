"""Tags: a person's own names for some of their contacts."""

from collections.abc import Iterable

from hutong.domains.identity.tables import UserId
from hutong.kernel import updates
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError

from . import people
from .errors import NOT_A_CONTACT, TAG_TAKEN, TAG_UNKNOWN, TEXT_TOO_LONG, TOO_MANY_TAGS
from .tables import Tag, Tagging, TagId

MAX_TAGS = 100
NAME_CHARACTERS = 16


def list_(snapshot: Snapshot, user_id: UserId) -> list[Tag]:
    """A person's tags; there are at most MAX_TAGS."""
    return snapshot.all(Tag, "where user_id = :user order by id limit :limit", user=user_id, limit=MAX_TAGS)


def create(tx: Tx, *, user_id: UserId, name: str) -> Tag:
    """A new tag. Raises TAG_TAKEN, TEXT_TOO_LONG or TOO_MANY_TAGS."""
    plain = _name(name)
    if len(list_(tx, user_id)) >= MAX_TAGS:
        raise DomainError(TOO_MANY_TAGS, limit=MAX_TAGS)
    tag, created = tx.insert_or_find(Tag(user_id, TagId(tx.new_id()), plain), by=("user_id", "name"))
    if not created:
        raise DomainError(TAG_TAKEN)
    _changed(tx, user_id)
    return tag


def rename(tx: Tx, *, user_id: UserId, tag_id: TagId, name: str) -> Tag:
    """Raises TAG_UNKNOWN, TAG_TAKEN or TEXT_TOO_LONG."""
    tag = _get(tx, user_id, tag_id)
    plain = _name(name)
    other = tx.find(Tag, user_id=user_id, name=plain)
    if other is not None and other.id != tag_id:
        raise DomainError(TAG_TAKEN)
    _changed(tx, user_id)
    return tx.update(tag, name=plain)


def delete(tx: Tx, *, user_id: UserId, tag_id: TagId) -> None:
    """The contacts stay, without the tag. Deleting again changes nothing."""
    tx.run("delete from contacts_tagging where user_id = :user and tag_id = :tag", user=user_id, tag=tag_id)
    if tx.run("delete from contacts_tag where user_id = :user and id = :tag", user=user_id, tag=tag_id):
        _changed(tx, user_id)


def set_on(tx: Tx, *, user_id: UserId, contact_id: UserId, tag_ids: Iterable[TagId]) -> None:
    """Give a contact exactly these tags. Raises NOT_A_CONTACT or TAG_UNKNOWN."""
    if people.find(tx, user_id=user_id, contact_id=contact_id) is None:
        raise DomainError(NOT_A_CONTACT)
    wanted = set(tag_ids)
    if not wanted <= {tag.id for tag in list_(tx, user_id)}:
        raise DomainError(TAG_UNKNOWN)
    tx.run(
        "delete from contacts_tagging where user_id = :user and contact_id = :contact",
        user=user_id,
        contact=contact_id,
    )
    tx.insert_all([Tagging(user_id, tag_id, contact_id) for tag_id in sorted(wanted)])
    updates.append(tx, [user_id], "contacts.changed", {"user_id": str(contact_id)})


def on_contacts(
    snapshot: Snapshot, *, user_id: UserId, contact_ids: Iterable[UserId]
) -> dict[UserId, list[TagId]]:
    """The tags of these contacts, in one query."""
    tagged: dict[UserId, list[TagId]] = {}
    wanted = sorted(set(contact_ids))
    if not wanted:
        return tagged
    for tagging in snapshot.all(
        Tagging, "where user_id = :user and contact_id in :ids order by tag_id", user=user_id, ids=wanted
    ):
        tagged.setdefault(tagging.contact_id, []).append(tagging.tag_id)
    return tagged


def contacts_with(snapshot: Snapshot, *, user_id: UserId, tag_id: TagId) -> list[UserId]:
    """Who carries a tag; never more than a person's contacts."""
    return [
        tagging.contact_id
        for tagging in snapshot.all(
            Tagging,
            "where user_id = :user and tag_id = :tag order by contact_id limit :limit",
            user=user_id,
            tag=tag_id,
            limit=people.MAX_CONTACTS,
        )
    ]


def _name(name: str) -> str:
    plain = name.strip()
    if not 1 <= len(plain) <= NAME_CHARACTERS:
        raise DomainError(TEXT_TOO_LONG, limit=NAME_CHARACTERS)
    return plain


def _get(tx: Tx, user_id: UserId, tag_id: TagId) -> Tag:
    tag = tx.find_locked(Tag, user_id=user_id, id=tag_id)
    if tag is None:
        raise DomainError(TAG_UNKNOWN)
    return tag


def _changed(tx: Tx, user_id: UserId) -> None:
    updates.append(tx, [user_id], "contacts.tags", {})
