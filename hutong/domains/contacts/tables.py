"""What contacts keeps."""

from enum import StrEnum
from typing import NewType

from hutong.domains.identity.tables import UserId
from hutong.kernel.clock import Millis
from hutong.kernel.rows import Row, table

RequestId = NewType("RequestId", int)
TagId = NewType("TagId", int)


class Source(StrEnum):
    """How one found the other."""

    USERNAME = "USERNAME"
    PHONE = "PHONE"
    CODE = "CODE"
    CARD = "CARD"
    GROUP = "GROUP"


class RequestState(StrEnum):
    PENDING = "PENDING"
    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"


@table("contacts_book", key="user_id")
class Book(Row):
    """How many contacts a person has; counted in the statement that adds one, so the limit holds."""

    user_id: UserId
    contacts: int = 0


@table("contacts_contact", shard="user_id", key=("user_id", "contact_id"))
class Contact(Row):
    """One person's side of an acquaintance."""

    user_id: UserId
    contact_id: UserId
    source: Source
    added_at: Millis
    remark: str = ""
    starred: bool = False


@table(
    "contacts_request",
    key="id",
    unique=[("from_id", "to_id")],
    index=[("to_id", "id"), ("from_id", "asked_at")],
)
class ContactRequest(Row):
    """One person asks another. There is one row a pair; asking again replaces it."""

    id: RequestId
    from_id: UserId
    to_id: UserId
    greeting: str
    source: Source
    state: RequestState
    asked_at: Millis
    answered_at: Millis | None = None


@table("contacts_block", shard="user_id", key=("user_id", "blocked_id"))
class Block(Row):
    """`user_id` wants to hear nothing from `blocked_id`."""

    user_id: UserId
    blocked_id: UserId
    blocked_at: Millis


@table("contacts_tag", shard="user_id", key=("user_id", "id"), unique=[("user_id", "name")])
class Tag(Row):
    """A person's own name for some of their contacts."""

    user_id: UserId
    id: TagId
    name: str


@table(
    "contacts_tagging",
    shard="user_id",
    key=("user_id", "tag_id", "contact_id"),
    index=[("user_id", "contact_id")],
)
class Tagging(Row):
    """A contact carries a tag."""

    user_id: UserId
    tag_id: TagId
    contact_id: UserId
