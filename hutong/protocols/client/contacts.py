"""Contacts: finding people, asking them, and one's own list."""

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from hutong.domains.contacts import blocks, cards, people, requests, tags
from hutong.domains.contacts.tables import Contact, RequestId, Source, TagId
from hutong.domains.identity import users
from hutong.domains.identity.errors import USER_UNKNOWN
from hutong.domains.identity.tables import User, UserId
from hutong.domains.media import files
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.endpoints import Id, Request, Response
from hutong.kernel.errors import DomainError

from .protocol import Person, client

Text = Annotated[str, Meta(max_length=256)]
MOST_PEOPLE = 200
LATEST = "8999999999999999999"


class Known(Response):
    """What I keep about a person."""

    remark: str
    starred: bool
    source: Source
    added_at: int
    tag_ids: list[str]


class Card(Response):
    """A person as others see them. `name` is my remark if I have one, else the nickname."""

    user_id: str
    username: str
    nickname: str
    name: str
    avatar: str  # an address, or empty
    region: str
    signature: str
    contact: Known | None
    blocked: bool = False
    asked: bool = False  # I have asked, and wait
    request_id: str | None = None  # they have asked, and wait


class Brief(Response):
    """The little of a person that a list shows."""

    user_id: str
    nickname: str
    name: str
    avatar: str


def brief(snapshot: Snapshot, user: User, contact: Contact | None) -> Brief:
    """A person in a list of mine."""
    name = contact.remark if contact is not None and contact.remark else user.nickname
    return Brief(str(user.id), user.nickname, name, files.address(snapshot, user.avatar))


def briefs(snapshot: Snapshot, person: Person, ids: list[UserId]) -> dict[UserId, Brief]:
    """Many people in a list of mine, in two queries."""
    found = users.many(snapshot, ids)
    known = people.among(snapshot, user_id=person.user_id, ids=ids)
    return {user_id: brief(snapshot, user, known.get(user_id)) for user_id, user in found.items()}


def _known(contact: Contact, tag_ids: list[TagId]) -> Known:
    return Known(
        remark=contact.remark,
        starred=contact.starred,
        source=contact.source,
        added_at=contact.added_at,
        tag_ids=[str(tag_id) for tag_id in tag_ids],
    )


def _card(snapshot: Snapshot, person: Person, user: User) -> Card:
    contact = people.find(snapshot, user_id=person.user_id, contact_id=user.id)
    tagged = tags.on_contacts(snapshot, user_id=person.user_id, contact_ids=[user.id])
    theirs = requests.pending(snapshot, from_id=user.id, to_id=person.user_id)
    shown = brief(snapshot, user, contact)
    return Card(
        user_id=shown.user_id,
        username=user.username,
        nickname=user.nickname,
        name=shown.name,
        avatar=shown.avatar,
        region=user.region,
        signature=user.signature,
        contact=None if contact is None else _known(contact, tagged.get(user.id, [])),
        blocked=blocks.is_blocked(snapshot, user_id=user.id, by=person.user_id),
        asked=requests.pending(snapshot, from_id=person.user_id, to_id=user.id) is not None,
        request_id=None if theirs is None else str(theirs.id),
    )


# ── finding ────────────────────────────────────────────────────────────────────────────────────────────────


class Find(Request):
    """One of them."""

    username: Text = ""
    phone: Text = ""
    code: Text = ""


@client.get("/people")
def find_person(snapshot: Snapshot, person: Person, req: Find) -> Card:
    """The person with this username, phone number or personal code."""
    if req.username:
        user = users.find_by_username(snapshot, req.username)
    elif req.phone:
        user = users.find_by_phone(snapshot, req.phone)
    else:
        code = req.code.removeprefix("hutong://person/")
        user = users.find_by_personal_code(snapshot, code) if code else None
    if user is None:
        raise DomainError(USER_UNKNOWN)
    return _card(snapshot, person, user)


class OnePerson(Request):
    user_id: Id


@client.get("/people/{user_id}")
def get_person(snapshot: Snapshot, person: Person, req: OnePerson) -> Card:
    """A person as I see them."""
    return _card(snapshot, person, users.get(snapshot, UserId(int(req.user_id))))


class ManyPeople(Request):
    user_ids: Annotated[list[Id], Meta(max_length=MOST_PEOPLE)]


class People(Response):
    people: list[Brief]


@client.post("/people/many")
def get_people(snapshot: Snapshot, person: Person, req: ManyPeople) -> People:
    """Names and pictures of up to 200 people; unknown ids are left out."""
    found = briefs(snapshot, person, [UserId(int(user_id)) for user_id in req.user_ids])
    return People(list(found.values()))


class OwnCode(Response):
    """`text` is what the picture of the code says."""

    text: str


@client.post("/me/code")
def show_own_code(tx: Tx, person: Person) -> OwnCode:
    """The code that others scan to find me."""
    return OwnCode(cards.show(tx, user_id=person.user_id))


@client.post("/me/code/renew")
def renew_own_code(tx: Tx, person: Person) -> OwnCode:
    """Another code; the old one leads nowhere from now on."""
    return OwnCode(cards.renew(tx, user_id=person.user_id))


# ── the list ───────────────────────────────────────────────────────────────────────────────────────────────


class ContactPage(Request):
    after: Id = "0"
    limit: Annotated[int, Meta(ge=1, le=people.PAGE)] = people.PAGE


class ContactLine(Response):
    person: Brief
    contact: Known


class Contacts(Response):
    """`next` is the next page's `after`, or null on the last page."""

    contacts: list[ContactLine]
    next: str | None


@client.get("/contacts")
def list_contacts(snapshot: Snapshot, person: Person, req: ContactPage) -> Contacts:
    """My contacts by ascending id."""
    page = people.list_(snapshot, user_id=person.user_id, after=UserId(int(req.after)), limit=req.limit)
    ids = [contact.contact_id for contact in page]
    found = users.many(snapshot, ids)
    tagged = tags.on_contacts(snapshot, user_id=person.user_id, contact_ids=ids)
    return Contacts(
        [
            ContactLine(
                brief(snapshot, found[contact.contact_id], contact),
                _known(contact, tagged.get(contact.contact_id, [])),
            )
            for contact in page
        ],
        str(ids[-1]) if len(page) == req.limit else None,
    )


class ContactChange(Request):
    """What is absent stays as it is."""

    user_id: Id
    remark: Text | UnsetType = UNSET
    starred: bool | UnsetType = UNSET
    tag_ids: Annotated[list[Id], Meta(max_length=tags.MAX_TAGS)] | UnsetType = UNSET


@client.patch("/contacts/{user_id}")
def change_contact(tx: Tx, person: Person, req: ContactChange) -> Card:
    """Change my remark, star or tags of a contact."""
    contact_id = UserId(int(req.user_id))
    people.change(
        tx,
        user_id=person.user_id,
        contact_id=contact_id,
        remark=None if req.remark is UNSET else req.remark,
        starred=None if req.starred is UNSET else req.starred,
    )
    if req.tag_ids is not UNSET:
        tag_ids = [TagId(int(tag_id)) for tag_id in req.tag_ids]
        tags.set_on(tx, user_id=person.user_id, contact_id=contact_id, tag_ids=tag_ids)
    return _card(tx, person, users.get(tx, contact_id))


@client.delete("/contacts/{user_id}")
def delete_contact(tx: Tx, person: Person, req: OnePerson) -> None:
    """Take a person out of my contacts."""
    people.delete(tx, user_id=person.user_id, contact_id=UserId(int(req.user_id)))


# ── requests ───────────────────────────────────────────────────────────────────────────────────────────────


class Ask(Request):
    user_id: Id
    greeting: Text = ""
    source: Source = Source.USERNAME


class Asked(Response):
    """`contact` is true when we met at once."""

    request_id: str
    contact: bool


@client.post("/contact-requests")
def ask_person(tx: Tx, person: Person, req: Ask) -> Asked:
    """Ask a person to become a contact."""
    request = requests.place(
        tx,
        from_id=person.user_id,
        to_id=UserId(int(req.user_id)),
        greeting=req.greeting,
        source=req.source,
    )
    return Asked(str(request.id), request.answered_at is not None)


class RequestPage(Request):
    before: Id = LATEST
    limit: Annotated[int, Meta(ge=1, le=requests.PAGE)] = requests.PAGE


class RequestLine(Response):
    request_id: str
    person: Brief
    greeting: str
    source: Source
    state: str
    asked_at: int


class Requests(Response):
    """`next` is the next page's `before`, or null on the last page."""

    requests: list[RequestLine]
    next: str | None


@client.get("/contact-requests")
def list_contact_requests(snapshot: Snapshot, person: Person, req: RequestPage) -> Requests:
    """Who has asked me, newest first."""
    page = requests.received(snapshot, user_id=person.user_id, before=int(req.before), limit=req.limit)
    found = briefs(snapshot, person, [request.from_id for request in page])
    return Requests(
        [
            RequestLine(
                request_id=str(request.id),
                person=found[request.from_id],
                greeting=request.greeting,
                source=request.source,
                state=request.state,
                asked_at=request.asked_at,
            )
            for request in page
        ],
        str(page[-1].id) if len(page) == req.limit else None,
    )


class OneRequest(Request):
    request_id: Id


@client.post("/contact-requests/{request_id}/accept")
def accept_contact_request(tx: Tx, person: Person, req: OneRequest) -> Card:
    """Say yes: we are in each other's contacts, and have a conversation."""
    request = requests.accept(tx, user_id=person.user_id, request_id=RequestId(int(req.request_id)))
    return _card(tx, person, users.get(tx, request.from_id))


@client.post("/contact-requests/{request_id}/decline")
def decline_contact_request(tx: Tx, person: Person, req: OneRequest) -> None:
    """Say no; the asker is not told."""
    requests.decline(tx, user_id=person.user_id, request_id=RequestId(int(req.request_id)))


# ── tags and blocks ────────────────────────────────────────────────────────────────────────────────────────


class TagLine(Response):
    tag_id: str
    name: str


class Tags(Response):
    tags: list[TagLine]


class NewTag(Request):
    name: Text


class TagChange(Request):
    tag_id: Id
    name: Text


class OneTag(Request):
    tag_id: Id


@client.get("/contact-tags")
def list_tags(snapshot: Snapshot, person: Person) -> Tags:
    """My tags."""
    return Tags([TagLine(str(tag.id), tag.name) for tag in tags.list_(snapshot, person.user_id)])


@client.post("/contact-tags")
def create_tag(tx: Tx, person: Person, req: NewTag) -> TagLine:
    """A new tag."""
    tag = tags.create(tx, user_id=person.user_id, name=req.name)
    return TagLine(str(tag.id), tag.name)


@client.patch("/contact-tags/{tag_id}")
def rename_tag(tx: Tx, person: Person, req: TagChange) -> TagLine:
    """Another name for a tag."""
    tag = tags.rename(tx, user_id=person.user_id, tag_id=TagId(int(req.tag_id)), name=req.name)
    return TagLine(str(tag.id), tag.name)


@client.delete("/contact-tags/{tag_id}")
def delete_tag(tx: Tx, person: Person, req: OneTag) -> None:
    """Away with a tag; the contacts stay."""
    tags.delete(tx, user_id=person.user_id, tag_id=TagId(int(req.tag_id)))


class BlockPage(Request):
    after: Id = "0"


class Blocked(Response):
    """`next` is the next page's `after`, or null on the last page."""

    people: list[Brief]
    next: str | None


@client.get("/blocks")
def list_blocked(snapshot: Snapshot, person: Person, req: BlockPage) -> Blocked:
    """Whom I have blocked, by ascending id."""
    page = blocks.list_(snapshot, user_id=person.user_id, after=UserId(int(req.after)))
    ids = [block.blocked_id for block in page]
    found = briefs(snapshot, person, ids)
    return Blocked([found[user_id] for user_id in ids], str(ids[-1]) if len(ids) == blocks.PAGE else None)


@client.put("/blocks/{user_id}")
def block_person(tx: Tx, person: Person, req: OnePerson) -> None:
    """Hear nothing more from a person; they are not told."""
    blocks.block(tx, user_id=person.user_id, blocked_id=UserId(int(req.user_id)))


@client.delete("/blocks/{user_id}")
def unblock_person(tx: Tx, person: Person, req: OnePerson) -> None:
    """Open the door again."""
    blocks.unblock(tx, user_id=person.user_id, blocked_id=UserId(int(req.user_id)))
