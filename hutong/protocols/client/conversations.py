"""Conversations: one's list, one's own side of each, and groups."""

from collections.abc import Iterable
from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from hutong.domains.apps import apps
from hutong.domains.chat import access, conversations, groups, messages
from hutong.domains.chat.conversations import Entry
from hutong.domains.chat.tables import ConversationId, ConversationKind, Role
from hutong.domains.contacts import access as contacts_access
from hutong.domains.identity.tables import UserId
from hutong.domains.media import files
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.endpoints import Id, Natural, Request, Response

from .contacts import LATEST, Brief, briefs
from .protocol import Person, client

Text = Annotated[str, Meta(max_length=256)]
MemberIds = Annotated[list[Id], Meta(max_length=groups.MAX_MEMBERS)]


class ConversationLine(Response):
    """One line of the list, and the head of the open conversation.

    `title` and `avatar` are the other person's, the account's or the group's; a group without a name of its own
    has an empty title, and is called by its `faces`, its first nine members.
    """

    conversation_id: str
    kind: ConversationKind
    title: str
    avatar: str  # an address, or empty
    faces: list[Brief]
    peer_id: str | None  # DIRECT
    appid: str | None  # ACCOUNT
    app_kind: str | None
    last: messages.Line | None
    last_sender: str  # a name, in a group
    last_id: str
    last_seq: int
    read_seq: int
    cleared_seq: int
    unread: int
    mentioned: bool
    pinned: bool
    muted: bool
    members: int
    role: Role
    alias: str
    announcement: str


class Conversations(Response):
    """`pinned` comes with the first page only; `next` is the next page's `before`, or null on the last page."""

    pinned: list[ConversationLine]
    conversations: list[ConversationLine]
    next: str | None
    unread_total: int


def lines(snapshot: Snapshot, person: Person, entries: Iterable[Entry]) -> list[ConversationLine]:
    """A person's entries as their clients show them, in three queries however many they are."""
    shown = list(entries)
    wanted: set[UserId] = set()
    for entry in shown:
        wanted.update(entry.conversation.faces)
        if entry.peer_id is not None:
            wanted.add(entry.peer_id)
        if entry.last is not None and entry.last.sender.isdigit():
            wanted.add(UserId(int(entry.last.sender)))
    people = briefs(snapshot, person, list(wanted))
    accounts = apps.many(
        snapshot, [entry.conversation.appid for entry in shown if entry.conversation.appid is not None]
    )
    made = []
    for entry in shown:
        conversation, member, last = entry.conversation, entry.member, entry.last
        peer = people.get(entry.peer_id) if entry.peer_id is not None else None
        account = accounts.get(conversation.appid) if conversation.appid is not None else None
        title, avatar = conversation.name, ""
        if peer is not None:
            title, avatar = peer.name, peer.avatar
        elif account is not None:
            title, avatar = account.name, files.address(snapshot, account.avatar)
        sender = people.get(UserId(int(last.sender))) if last and last.sender.isdigit() else None
        made.append(
            ConversationLine(
                conversation_id=str(conversation.id),
                kind=conversation.kind,
                title=title,
                avatar=avatar,
                faces=[people[face] for face in conversation.faces if face in people],
                peer_id=None if peer is None else peer.user_id,
                appid=conversation.appid,
                app_kind=None if account is None else account.kind,
                last=None if last is None else messages.line(last),
                last_sender=sender.name if sender and conversation.kind is ConversationKind.GROUP else "",
                last_id=str(conversation.last_id),
                last_seq=conversation.last_seq,
                read_seq=member.read_seq,
                cleared_seq=member.cleared_seq,
                unread=entry.unread,
                mentioned=entry.mentioned,
                pinned=member.pinned,
                muted=member.muted,
                members=conversation.members,
                role=member.role,
                alias=member.alias,
                announcement=conversation.announcement,
            )
        )
    return made


def line(snapshot: Snapshot, person: Person, conversation_id: ConversationId) -> ConversationLine:
    """One conversation as the person's list shows it."""
    entry = conversations.entry(snapshot, user_id=person.user_id, conversation_id=conversation_id)
    return lines(snapshot, person, [entry])[0]


# ── the list ───────────────────────────────────────────────────────────────────────────────────────────────


class ConversationPage(Request):
    before: Id = LATEST
    limit: Annotated[int, Meta(ge=1, le=conversations.PAGE)] = conversations.PAGE


@client.get("/conversations")
def list_conversations(snapshot: Snapshot, person: Person, req: ConversationPage) -> Conversations:
    """My conversations, latest first, each with its last message and what is unread."""
    first = req.before == LATEST
    pinned = conversations.pinned(snapshot, user_id=person.user_id) if first else []
    page = conversations.list_(snapshot, user_id=person.user_id, before=int(req.before), limit=req.limit)
    made = lines(snapshot, person, [*pinned, *page])
    return Conversations(
        pinned=made[: len(pinned)],
        conversations=made[len(pinned) :],
        next=str(page[-1].conversation.last_id) if len(page) == req.limit else None,
        unread_total=conversations.unread_total(snapshot, person.user_id),
    )


class NewConversation(Request):
    user_id: Id


@client.post("/conversations")
def open_conversation(tx: Tx, person: Person, req: NewConversation) -> ConversationLine:
    """The conversation with one of my contacts; the same one at every call."""
    other = UserId(int(req.user_id))
    contacts_access.require_may_write(tx, sender_id=person.user_id, to_id=other)
    return line(tx, person, conversations.between(tx, person.user_id, other).id)


class OneConversation(Request):
    conversation_id: Id

    @property
    def id(self) -> ConversationId:
        return ConversationId(int(self.conversation_id))


@client.get("/conversations/{conversation_id}")
def get_conversation(snapshot: Snapshot, person: Person, req: OneConversation) -> ConversationLine:
    """One of my conversations."""
    return line(snapshot, person, req.id)


class ConversationChange(OneConversation):
    """What is absent stays as it is. Pin, mute and alias are mine; name and announcement are the group's."""

    pinned: bool | UnsetType = UNSET
    muted: bool | UnsetType = UNSET
    alias: Text | UnsetType = UNSET
    name: Text | UnsetType = UNSET
    announcement: Annotated[str, Meta(max_length=groups.ANNOUNCEMENT_CHARACTERS)] | UnsetType = UNSET


@client.patch("/conversations/{conversation_id}")
def change_conversation(tx: Tx, person: Person, req: ConversationChange) -> ConversationLine:
    """Change my own side of a conversation, or the group if I lead it."""
    if req.pinned is not UNSET or req.muted is not UNSET:
        conversations.change_settings(
            tx,
            user_id=person.user_id,
            conversation_id=req.id,
            pinned=None if req.pinned is UNSET else req.pinned,
            muted=None if req.muted is UNSET else req.muted,
        )
    if req.alias is not UNSET:
        groups.set_alias(tx, user_id=person.user_id, conversation_id=req.id, alias=req.alias)
    if req.name is not UNSET:
        groups.rename(tx, user_id=person.user_id, conversation_id=req.id, name=req.name)
    if req.announcement is not UNSET:
        groups.announce(tx, user_id=person.user_id, conversation_id=req.id, text=req.announcement)
    return line(tx, person, req.id)


class ReadUpTo(OneConversation):
    seq: Natural


class Read(Response):
    read_seq: int


@client.post("/conversations/{conversation_id}/read")
def read_conversation(tx: Tx, person: Person, req: ReadUpTo) -> Read:
    """I have read everything up to `seq`; my other devices are told."""
    member = conversations.read(tx, user_id=person.user_id, conversation_id=req.id, seq=req.seq)
    return Read(member.read_seq)


@client.post("/conversations/{conversation_id}/hide")
def hide_conversation(tx: Tx, person: Person, req: OneConversation) -> None:
    """Out of my list until something new is said."""
    conversations.hide(tx, user_id=person.user_id, conversation_id=req.id)


@client.post("/conversations/{conversation_id}/clear")
def clear_conversation(tx: Tx, person: Person, req: OneConversation) -> None:
    """Delete what was said, on my side only."""
    conversations.clear(tx, user_id=person.user_id, conversation_id=req.id)


# ── groups ─────────────────────────────────────────────────────────────────────────────────────────────────


class NewGroup(Request):
    user_ids: MemberIds
    name: Text = ""


@client.post("/groups")
def create_group(tx: Tx, person: Person, req: NewGroup) -> ConversationLine:
    """A group of mine and some of my contacts."""
    member_ids = [UserId(int(user_id)) for user_id in req.user_ids]
    group = groups.create(tx, owner_id=person.user_id, member_ids=member_ids, name=req.name)
    return line(tx, person, group.id)


class GroupCode(Request):
    code: Text

    @property
    def join_code(self) -> str:
        return self.code.removeprefix("hutong://group/")


class GroupPreview(Response):
    name: str
    members: int
    faces: list[Brief]


@client.get("/groups/preview")
def preview_group(snapshot: Snapshot, person: Person, req: GroupCode) -> GroupPreview:
    """What a group's code leads to."""
    group = groups.find_by_code(snapshot, req.join_code)
    people = briefs(snapshot, person, group.faces)
    return GroupPreview(group.name, group.members, [people[face] for face in group.faces if face in people])


@client.post("/groups/join")
def join_group(tx: Tx, person: Person, req: GroupCode) -> ConversationLine:
    """Come into a group by its code."""
    return line(tx, person, groups.join(tx, user_id=person.user_id, code=req.join_code).id)


class JoinCode(Response):
    """`text` is what the picture of the code says."""

    text: str
    expires_at: int


@client.post("/conversations/{conversation_id}/join-code")
def make_join_code(tx: Tx, person: Person, req: OneConversation) -> JoinCode:
    """A code by which others come into the group; it lives seven days."""
    group = groups.join_code(tx, user_id=person.user_id, conversation_id=req.id)
    assert group.join_code is not None
    return JoinCode(groups.code_text(group.join_code), group.join_code_expires_at)


class MemberPage(OneConversation):
    after: Id = "0"


class MemberLine(Response):
    person: Brief
    role: Role
    alias: str
    joined_at: int


class Members(Response):
    """`next` is the next page's `after`, or null on the last page."""

    members: list[MemberLine]
    next: str | None


@client.get("/conversations/{conversation_id}/members")
def list_members(snapshot: Snapshot, person: Person, req: MemberPage) -> Members:
    """Who is in a conversation of mine, by ascending id."""
    access.require_member(snapshot, conversation_id=req.id, user_id=person.user_id)
    page = groups.members(snapshot, req.id, after=UserId(int(req.after)))
    people = briefs(snapshot, person, [member.user_id for member in page])
    return Members(
        [MemberLine(people[member.user_id], member.role, member.alias, member.joined_at) for member in page],
        str(page[-1].user_id) if len(page) == groups.PAGE else None,
    )


class Invitation(OneConversation):
    user_ids: MemberIds


class Invited(Response):
    user_ids: list[str]


@client.post("/conversations/{conversation_id}/members")
def invite_members(tx: Tx, person: Person, req: Invitation) -> Invited:
    """Bring contacts of mine into the group; who came."""
    member_ids = [UserId(int(user_id)) for user_id in req.user_ids]
    coming = groups.invite(tx, user_id=person.user_id, conversation_id=req.id, member_ids=member_ids)
    return Invited([str(user_id) for user_id in coming])


class OneMember(OneConversation):
    user_id: Id


@client.delete("/conversations/{conversation_id}/members/{user_id}")
def remove_member(tx: Tx, person: Person, req: OneMember) -> None:
    """Take somebody out of the group, or leave it oneself."""
    member_id = UserId(int(req.user_id))
    if member_id == person.user_id:
        groups.leave(tx, user_id=member_id, conversation_id=req.id)
    else:
        groups.remove(tx, user_id=person.user_id, conversation_id=req.id, member_id=member_id)


class MemberChange(OneMember):
    role: Role


@client.patch("/conversations/{conversation_id}/members/{user_id}")
def change_member(tx: Tx, person: Person, req: MemberChange) -> None:
    """Make somebody an admin, an ordinary member, or the owner in my place."""
    groups.set_role(
        tx,
        user_id=person.user_id,
        conversation_id=req.id,
        member_id=UserId(int(req.user_id)),
        role=req.role,
    )
