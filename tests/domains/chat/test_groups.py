"""Groups: who is in, who leads, who hears."""

import pytest

from hutong.domains.chat import conversations, groups, messages
from hutong.domains.chat.bodies import EVERYONE, SystemLine, Text
from hutong.domains.chat.errors import (
    BODY_INVALID,
    CONVERSATION_UNKNOWN,
    GROUP_FULL,
    JOIN_CODE_UNKNOWN,
    NOT_A_GROUP,
    NOT_ALLOWED,
    TOO_MANY_ADMINS,
)
from hutong.domains.chat.tables import Conversation, Member, Role
from hutong.domains.contacts.errors import NOT_A_CONTACT
from hutong.domains.identity.tables import User
from hutong.kernel import updates
from hutong.kernel.clock import HandWound
from hutong.kernel.db import Tx
from hutong.kernel.errors import DomainError
from tests.domains.builders import a_chat, a_user, friends


def a_group(tx: Tx, *others: str) -> tuple[Conversation, list[User]]:
    people = [a_user(tx, name) for name in ("Ann", *others)]
    for other in people[1:]:
        friends(tx, people[0], other)
    group = groups.create(
        tx, owner_id=people[0].id, member_ids=[other.id for other in people[1:]], name="Lane"
    )
    return group, people


def role(tx: Tx, group: Conversation, user: User) -> Role | None:
    member = tx.find(Member, conversation_id=group.id, user_id=user.id)
    return None if member is None else member.role


def last_event(tx: Tx, group: Conversation, user: User) -> str:
    last = conversations.entry(tx, user_id=user.id, conversation_id=group.id).last
    assert last is not None and isinstance(last.body, SystemLine)
    return last.body.event


def test_everybody_hears_and_only_members_speak(tx: Tx) -> None:
    group, (ann, ben, cai) = a_group(tx, "Ben", "Cai")
    eve = a_user(tx, "Eve")
    messages.send(tx, group.id, sender=ben.id, body=Text("hello lane"))
    for user in (ann, ben, cai):
        assert "hello lane" in updates.since(tx, user.id, 0)[0][-1].body
    with pytest.raises(DomainError) as refused:
        messages.send(tx, group.id, sender=eve.id, body=Text("let me in"))
    assert refused.value.code is CONVERSATION_UNKNOWN
    assert tx.value("select count(*) from kernel_update_body where body like '%hello lane%'") == 1


def test_only_contacts_are_brought_in_and_they_do_not_see_the_past(tx: Tx) -> None:
    group, (ann, ben) = a_group(tx, "Ben")
    dan = a_user(tx, "Dan")
    messages.send(tx, group.id, sender=ann.id, body=Text("before dan"))
    with pytest.raises(DomainError) as refused:
        groups.invite(tx, user_id=ben.id, conversation_id=group.id, member_ids=[dan.id])
    assert refused.value.code is NOT_A_CONTACT
    friends(tx, ben, dan)
    assert groups.invite(tx, user_id=ben.id, conversation_id=group.id, member_ids=[dan.id, ben.id]) == [
        dan.id
    ]
    assert groups.invite(tx, user_id=ben.id, conversation_id=group.id, member_ids=[dan.id]) == []
    member = conversations.entry(tx, user_id=dan.id, conversation_id=group.id).member
    assert [message.body.event for message in messages.after(tx, member, seq=0)] == ["joined"]  # type: ignore[union-attr]
    assert conversations.get(tx, group.id).members == 3


def test_a_code_leads_in_for_seven_days(tx: Tx, clock: HandWound) -> None:
    group, (ann, _) = a_group(tx, "Ben")
    dan = a_user(tx, "Dan")
    code = groups.join_code(tx, user_id=ann.id, conversation_id=group.id).join_code
    assert code is not None
    assert groups.join_code(tx, user_id=ann.id, conversation_id=group.id).join_code == code
    for _ in range(2):
        groups.join(tx, user_id=dan.id, code=code)
    assert role(tx, group, dan) is Role.MEMBER and conversations.get(tx, group.id).members == 3
    clock.advance(groups.JOIN_CODE_MS)
    with pytest.raises(DomainError) as refused:
        groups.join(tx, user_id=a_user(tx).id, code=code)
    assert refused.value.code is JOIN_CODE_UNKNOWN


def test_five_hundred_are_a_full_group(tx: Tx) -> None:
    group, (ann, _) = a_group(tx, "Ben")
    dan = a_user(tx, "Dan")
    friends(tx, ann, dan)
    tx.update(conversations.get(tx, group.id), members=groups.MAX_MEMBERS)
    with pytest.raises(DomainError) as refused:
        groups.invite(tx, user_id=ann.id, conversation_id=group.id, member_ids=[dan.id])
    assert refused.value.code is GROUP_FULL


def test_who_leaves_hears_nothing_more_and_the_owner_leaves_an_heir(tx: Tx) -> None:
    group, (ann, ben, cai) = a_group(tx, "Ben", "Cai")
    groups.set_role(tx, user_id=ann.id, conversation_id=group.id, member_id=cai.id, role=Role.ADMIN)
    groups.leave(tx, user_id=ann.id, conversation_id=group.id)
    assert (role(tx, group, ann), role(tx, group, cai), role(tx, group, ben)) == (
        None,
        Role.OWNER,
        Role.MEMBER,
    )
    kept = conversations.get(tx, group.id)
    assert kept.members == 2 and kept.faces == [ben.id, cai.id]
    messages.send(tx, group.id, sender=ben.id, body=Text("she is gone"))
    assert updates.since(tx, ann.id, 0)[0][-1].kind == "chat.left"
    for user in (ben, cai):
        groups.leave(tx, user_id=user.id, conversation_id=group.id)
    assert conversations.get(tx, group.id).members == 0


def test_an_admin_removes_members_but_not_admins_or_the_owner(tx: Tx) -> None:
    group, (ann, ben, cai, dan) = a_group(tx, "Ben", "Cai", "Dan")
    for admin in (ben, cai):
        groups.set_role(tx, user_id=ann.id, conversation_id=group.id, member_id=admin.id, role=Role.ADMIN)
    for actor, target in ((ben, cai), (ben, ann), (dan, ben)):
        with pytest.raises(DomainError) as refused:
            groups.remove(tx, user_id=actor.id, conversation_id=group.id, member_id=target.id)
        assert refused.value.code is NOT_ALLOWED
    groups.remove(tx, user_id=ben.id, conversation_id=group.id, member_id=dan.id)
    assert role(tx, group, dan) is None and last_event(tx, group, ann) == "removed"


def test_only_leaders_rename_and_announce(tx: Tx) -> None:
    group, (ann, ben) = a_group(tx, "Ben")
    with pytest.raises(DomainError) as refused:
        groups.rename(tx, user_id=ben.id, conversation_id=group.id, name="Ben's")
    assert refused.value.code is NOT_ALLOWED
    assert groups.rename(tx, user_id=ann.id, conversation_id=group.id, name=" Tea lane ").name == "Tea lane"
    groups.announce(tx, user_id=ann.id, conversation_id=group.id, text="Bring cups")
    assert conversations.get(tx, group.id).announcement == "Bring cups"
    assert last_event(tx, group, ben) == "announced"


def test_the_owner_names_up_to_three_admins_and_the_next_owner(tx: Tx) -> None:
    group, (ann, *others) = a_group(tx, "Ben", "Cai", "Dan", "Eli")
    for admin in others[:3]:
        groups.set_role(tx, user_id=ann.id, conversation_id=group.id, member_id=admin.id, role=Role.ADMIN)
    with pytest.raises(DomainError) as refused:
        groups.set_role(tx, user_id=ann.id, conversation_id=group.id, member_id=others[3].id, role=Role.ADMIN)
    assert refused.value.code is TOO_MANY_ADMINS
    groups.set_role(tx, user_id=ann.id, conversation_id=group.id, member_id=others[3].id, role=Role.OWNER)
    assert (role(tx, group, ann), role(tx, group, others[3])) == (Role.MEMBER, Role.OWNER)


def test_a_mention_reaches_whom_it_names(tx: Tx) -> None:
    group, (ann, ben, cai) = a_group(tx, "Ben", "Cai")

    def mentioned(user: User) -> bool:
        return conversations.entry(tx, user_id=user.id, conversation_id=group.id).mentioned

    sent = messages.send(tx, group.id, sender=ben.id, body=Text("@Cai", mentions=[str(cai.id)]))
    assert (mentioned(ann), mentioned(cai)) == (False, True)
    conversations.read(tx, user_id=cai.id, conversation_id=group.id, seq=sent.seq)
    assert not mentioned(cai)
    messages.send(tx, group.id, sender=ann.id, body=Text("@all", mentions=[EVERYONE]))
    assert mentioned(cai) and mentioned(ben) and not mentioned(ann)
    for sender, mentions, code in ((ben, [EVERYONE], NOT_ALLOWED), (ben, ["x"], BODY_INVALID)):
        with pytest.raises(DomainError) as refused:
            messages.send(tx, group.id, sender=sender.id, body=Text("@", mentions=mentions))
        assert refused.value.code is code


def test_a_conversation_of_two_is_no_group(tx: Tx) -> None:
    ann, ben = a_user(tx), a_user(tx, "Ben")
    chat = a_chat(tx, ann, ben)
    with pytest.raises(DomainError) as refused:
        groups.leave(tx, user_id=ann.id, conversation_id=chat.id)
    assert refused.value.code is NOT_A_GROUP
