"""Groups: up to 500 people, an owner, a few admins, and a code to come in by."""

from collections.abc import Iterable

from hutong.domains.apps import codes
from hutong.domains.apps.tables import CodeKind
from hutong.domains.contacts import access as contacts_access
from hutong.domains.contacts.errors import NOT_A_CONTACT
from hutong.domains.identity.tables import UserId
from hutong.kernel import updates
from hutong.kernel.clock import DAY_MS, Millis
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError

from . import access, messages
from .bodies import SystemLine
from .errors import (
    GROUP_FULL,
    JOIN_CODE_UNKNOWN,
    MEMBER_UNKNOWN,
    NOT_ALLOWED,
    TEXT_TOO_LONG,
    TOO_MANY_ADMINS,
)
from .events import GroupJoined, GroupLeft
from .tables import Conversation, ConversationId, ConversationKind, Member, Role

MAX_MEMBERS = 500
MAX_ADMINS = 3
FACES = 9
NAME_CHARACTERS = 32
ALIAS_CHARACTERS = 32
ANNOUNCEMENT_CHARACTERS = 2_000
JOIN_CODE_MS = 7 * DAY_MS
PAGE = 500


def create(tx: Tx, *, owner_id: UserId, member_ids: Iterable[UserId], name: str = "") -> Conversation:
    """A new group of the owner and some of their contacts.

    Raises contacts.not_a_contact for those who are not, GROUP_FULL, TEXT_TOO_LONG.
    """
    invited = _invitable(tx, owner_id, member_ids)
    plain = _short(name, NAME_CHARACTERS)
    people = [owner_id, *invited]
    if len(people) > MAX_MEMBERS:
        raise DomainError(GROUP_FULL, limit=MAX_MEMBERS)
    new = ConversationId(tx.new_id())
    group = tx.insert(
        Conversation(
            id=new,
            kind=ConversationKind.GROUP,
            parties=None,
            created_at=tx.now,
            last_id=new,
            name=plain,
            members=len(people),
            faces=people[:FACES],
        )
    )
    tx.insert_all(
        [
            Member(new, user_id, Role.OWNER if user_id == owner_id else Role.MEMBER, joined_at=tx.now)
            for user_id in people
        ]
    )
    _say(tx, group, "group_created", actor=owner_id, targets=invited)
    tx.emit(GroupJoined(conversation_id=new, user_ids=people))
    return group


def invite(
    tx: Tx, *, user_id: UserId, conversation_id: ConversationId, member_ids: Iterable[UserId]
) -> list[UserId]:
    """Bring one's own contacts in; who came, without those who were there already."""
    group, _ = access.require_group(tx, conversation_id=conversation_id, user_id=user_id)
    invited = _invitable(tx, user_id, member_ids)
    present = set(messages.member_ids(tx, conversation_id))
    coming = [person for person in invited if person not in present]
    if coming:
        _enter(tx, group, coming)
        _say(tx, group, "joined", actor=user_id, targets=coming)
    return coming


def _invitable(tx: Tx, user_id: UserId, member_ids: Iterable[UserId]) -> list[UserId]:
    wanted = sorted({member for member in member_ids if member != user_id})
    strangers = set(wanted) - contacts_access.mutual(tx, user_id=user_id, ids=wanted)
    if strangers:
        raise DomainError(NOT_A_CONTACT, user_ids=[str(stranger) for stranger in sorted(strangers)])
    return wanted


def _enter(tx: Tx, group: Conversation, coming: list[UserId]) -> None:
    """Add people who are not in the group, which is held. They see what is said from now on."""
    if group.members + len(coming) > MAX_MEMBERS:
        raise DomainError(GROUP_FULL, limit=MAX_MEMBERS)
    tx.insert_all(
        [
            Member(
                group.id,
                user_id,
                Role.MEMBER,
                joined_at=tx.now,
                read_seq=group.last_seq,
                cleared_seq=group.last_seq,
            )
            for user_id in coming
        ]
    )
    tx.update(group, members=group.members + len(coming), faces=[*group.faces, *coming][:FACES])
    tx.emit(GroupJoined(conversation_id=group.id, user_ids=coming))


def join_code(tx: Tx, *, user_id: UserId, conversation_id: ConversationId) -> Conversation:
    """The group with a code to come in by, which lives seven days; the same one while it has a day left.

    A scanner finds it as the text `code_text` says.
    """
    group, _ = access.require_group(tx, conversation_id=conversation_id, user_id=user_id)
    if group.join_code is not None and tx.now + DAY_MS < group.join_code_expires_at:
        return group
    code, expires_at = tx.new_handle("g", 24), Millis(tx.now + JOIN_CODE_MS)
    codes.make(
        tx,
        text=code_text(code),
        kind=CodeKind.GROUP,
        target={"join_code": code, "conversation_id": str(group.id)},
        expires_at=expires_at,
    )
    return tx.update(group, join_code=code, join_code_expires_at=expires_at)


def code_text(code: str) -> str:
    """What the picture of a group's code says."""
    return f"hutong://group/{code}"


def find_by_code(snapshot: Snapshot, code: str) -> Conversation:
    """The group a code leads to. Raises JOIN_CODE_UNKNOWN."""
    group = snapshot.find(Conversation, join_code=code)
    if group is None or snapshot.now >= group.join_code_expires_at:
        raise DomainError(JOIN_CODE_UNKNOWN)
    return group


def join(tx: Tx, *, user_id: UserId, code: str) -> Conversation:
    """Come in by code; coming again changes nothing. Raises JOIN_CODE_UNKNOWN or GROUP_FULL."""
    group = tx.lock(find_by_code(tx, code))
    if tx.find(Member, conversation_id=group.id, user_id=user_id) is None:
        _enter(tx, group, [user_id])
        _say(tx, group, "joined", actor=user_id, targets=[user_id])
    return group


def leave(tx: Tx, *, user_id: UserId, conversation_id: ConversationId) -> None:
    """Go. When the owner goes, the first admin, else the earliest member, becomes the owner."""
    group, member = access.require_group(tx, conversation_id=conversation_id, user_id=user_id)
    _part(tx, group, member)
    if member.role is Role.OWNER:
        heir = tx.one(
            Member,
            "where conversation_id = :id order by case role when 'ADMIN' then 0 else 1 end, joined_at, user_id"
            " limit 1",
            id=group.id,
        )
        if heir is not None:
            tx.update(heir, role=Role.OWNER)
            _say(tx, group, "owner", actor=user_id, targets=[heir.user_id])
    _say(tx, group, "left", actor=user_id, targets=[user_id])


def remove(tx: Tx, *, user_id: UserId, conversation_id: ConversationId, member_id: UserId) -> None:
    """Take somebody out: the owner anybody, an admin those who are neither. Raises NOT_ALLOWED."""
    group, mine = access.require_group(tx, conversation_id=conversation_id, user_id=user_id, lead=True)
    theirs = tx.find(Member, conversation_id=conversation_id, user_id=member_id)
    if theirs is None:
        return
    if theirs.role is Role.OWNER or (mine.role is Role.ADMIN and theirs.role is Role.ADMIN):
        raise DomainError(NOT_ALLOWED)
    _part(tx, group, theirs)
    _say(tx, group, "removed", actor=user_id, targets=[member_id])


def _part(tx: Tx, group: Conversation, member: Member) -> None:
    """Take a member out of a group that is held."""
    tx.delete(member)
    faces = tx.rows(
        "select user_id from chat_member where conversation_id = :id order by joined_at, user_id limit :faces",
        id=group.id,
        faces=FACES,
    )
    tx.update(group, members=group.members - 1, faces=[UserId(row[0]) for row in faces])
    updates.append(tx, [member.user_id], "chat.left", {"conversation_id": str(group.id)})
    tx.emit(GroupLeft(conversation_id=group.id, user_id=member.user_id))


def rename(tx: Tx, *, user_id: UserId, conversation_id: ConversationId, name: str) -> Conversation:
    """Raises NOT_ALLOWED for ordinary members, TEXT_TOO_LONG."""
    group, _ = access.require_group(tx, conversation_id=conversation_id, user_id=user_id, lead=True)
    plain = _short(name, NAME_CHARACTERS)
    if plain == group.name:
        return group
    renamed = tx.update(group, name=plain)
    _say(tx, renamed, "renamed", actor=user_id, text=plain)
    return renamed


def announce(tx: Tx, *, user_id: UserId, conversation_id: ConversationId, text: str) -> Conversation:
    """Set the announcement; an empty one takes it down. Raises NOT_ALLOWED, TEXT_TOO_LONG."""
    group, _ = access.require_group(tx, conversation_id=conversation_id, user_id=user_id, lead=True)
    plain = _short(text, ANNOUNCEMENT_CHARACTERS)
    if plain == group.announcement:
        return group
    announced = tx.update(group, announcement=plain)
    _say(tx, announced, "announced", actor=user_id, text=plain)
    return announced


def set_role(
    tx: Tx, *, user_id: UserId, conversation_id: ConversationId, member_id: UserId, role: Role
) -> Member:
    """The owner makes somebody an admin, an ordinary member, or the owner in their place.

    Raises NOT_ALLOWED, MEMBER_UNKNOWN, TOO_MANY_ADMINS.
    """
    group, mine = access.require_group(tx, conversation_id=conversation_id, user_id=user_id, lead=True)
    theirs = tx.find(Member, conversation_id=conversation_id, user_id=member_id)
    if mine.role is not Role.OWNER or member_id == user_id:
        raise DomainError(NOT_ALLOWED)
    if theirs is None:
        raise DomainError(MEMBER_UNKNOWN)
    if theirs.role is role:
        return theirs
    if role is Role.ADMIN:
        admins = tx.value(
            "select count(*) from chat_member where conversation_id = :id and role = 'ADMIN'", id=group.id
        )
        if admins >= MAX_ADMINS:
            raise DomainError(TOO_MANY_ADMINS, limit=MAX_ADMINS)
    if role is Role.OWNER:
        tx.update(mine, role=Role.MEMBER)
    changed = tx.update(theirs, role=role)
    _say(tx, group, "owner" if role is Role.OWNER else "role", actor=user_id, targets=[member_id], text=role)
    return changed


def set_alias(tx: Tx, *, user_id: UserId, conversation_id: ConversationId, alias: str) -> Member:
    """How one is called in this group. Raises TEXT_TOO_LONG."""
    _, member = access.require_group(tx, conversation_id=conversation_id, user_id=user_id)
    changed = tx.update(member, alias=_short(alias, ALIAS_CHARACTERS))
    updates.append(
        tx,
        messages.member_ids(tx, conversation_id),
        "chat.members",
        {"conversation_id": str(conversation_id)},
    )
    return changed


def members(
    snapshot: Snapshot, conversation_id: ConversationId, *, after: UserId, limit: int = PAGE
) -> list[Member]:
    """A group's members by ascending id, after `after`."""
    return snapshot.all(
        Member,
        "where conversation_id = :id and user_id > :after order by user_id limit :limit",
        id=conversation_id,
        after=after,
        limit=limit,
    )


def _say(
    tx: Tx,
    group: Conversation,
    event: str,
    *,
    actor: UserId,
    targets: Iterable[UserId] = (),
    text: str = "",
) -> None:
    body = SystemLine(event=event, actor=str(actor), targets=[str(target) for target in targets], text=text)
    messages.say_line(tx, group, body)


def _short(text: str, limit: int) -> str:
    plain = text.strip()
    if len(plain) > limit:
        raise DomainError(TEXT_TOO_LONG, limit=limit)
    return plain
