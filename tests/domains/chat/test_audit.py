"""The audits see what is broken."""

from hutong.domains.chat import audit, conversations, groups, messages
from hutong.domains.chat.bodies import Text
from hutong.domains.chat.tables import Member, Role
from hutong.domains.contacts import audit as contacts_audit
from hutong.domains.contacts.tables import Book
from hutong.domains.identity import audit as identity_audit
from hutong.kernel.db import Tx
from tests.domains.builders import a_chat, a_user


def test_a_lost_message_a_wrong_count_and_a_second_owner_are_seen(tx: Tx) -> None:
    ann, ben = a_user(tx), a_user(tx, "Ben")
    chat = a_chat(tx, ann, ben)
    messages.send(tx, chat.id, sender=ann.id, body=Text("one"))
    group = groups.create(tx, owner_id=ann.id, member_ids=[ben.id])
    assert audit.audit(tx) == contacts_audit.audit(tx) == identity_audit.audit(tx) == []
    tx.run("delete from chat_message where conversation_id = :id", id=chat.id)
    tx.update(conversations.get(tx, group.id), members=7)
    theirs = tx.get(Member, conversation_id=group.id, user_id=ben.id)
    tx.update(theirs, role=Role.OWNER, read_seq=99)
    assert len(audit.audit(tx)) == 4


def test_a_miscounted_book_and_a_person_without_a_password_are_seen(tx: Tx) -> None:
    ann, ben = a_user(tx), a_user(tx, "Ben")
    a_chat(tx, ann, ben)
    tx.update(tx.get(Book, user_id=ann.id), contacts=2)
    assert contacts_audit.audit(tx) == [f"the book of {ann.id} counts 2 contacts, and there are 1"]
    tx.run("delete from identity_password where user_id = :user", user=ben.id)
    assert identity_audit.audit(tx) == [f"{ben.id} has no password"]
