"""Saying, reading and taking back."""

import pytest

from hutong.domains.chat import conversations, handlers, messages
from hutong.domains.chat.bodies import Chosen, File, Image, Link, Notice, Recalled, SystemLine, Text, Video
from hutong.domains.chat.errors import (
    BODY_INVALID,
    CLIENT_ID_USED,
    CONVERSATION_UNKNOWN,
    MESSAGE_UNKNOWN,
    NOT_YOURS,
    RECALL_TOO_LATE,
)
from hutong.domains.chat.events import AccountMessageSent, MessageRecalled, MessageSent
from hutong.domains.chat.tables import Conversation, Message
from hutong.domains.contacts import blocks, people
from hutong.domains.contacts.errors import NOT_A_CONTACT, REFUSED
from hutong.domains.contacts.events import ContactsMet
from hutong.domains.contacts.tables import Source
from hutong.domains.identity.tables import User
from hutong.domains.media import files
from hutong.domains.media.errors import FILE_UNKNOWN, KIND_WRONG
from hutong.domains.media.tables import FileKind
from hutong.kernel import updates
from hutong.kernel.clock import HandWound
from hutong.kernel.db import Tx
from hutong.kernel.errors import DomainError
from tests.domains.builders import a_chat, a_user, an_app


def say(tx: Tx, chat: Conversation, sender: User, text: str, client_id: str = "") -> Message:
    return messages.send(tx, chat.id, sender=sender.id, body=Text(text), client_id=client_id)


def seen_by(tx: Tx, chat: Conversation, user: User) -> list[Message]:
    member = conversations.entry(tx, user_id=user.id, conversation_id=chat.id).member
    return messages.after(tx, member, seq=0)


def test_both_see_the_same_messages_in_the_same_order(tx: Tx) -> None:
    ann, ben = a_user(tx), a_user(tx, "Ben")
    chat = a_chat(tx, ann, ben)
    said = [say(tx, chat, who, text) for who, text in ((ann, "tea?"), (ben, "yes"), (ann, "oolong"))]
    assert [message.seq for message in said] == [1, 2, 3]
    assert seen_by(tx, chat, ann) == seen_by(tx, chat, ben) == said
    for user in (ann, ben):
        new = [update for update in updates.since(tx, user.id, 0)[0] if update.kind == "chat.message"]
        assert len(new) == 3 and '"text":"oolong"' in new[-1].body and f'"id":"{said[-1].id}"' in new[-1].body


def test_two_people_have_one_conversation(tx: Tx) -> None:
    ann, ben = a_user(tx), a_user(tx, "Ben")
    assert a_chat(tx, ann, ben) == conversations.between(tx, ben.id, ann.id)


def test_the_same_client_id_is_said_once(tx: Tx) -> None:
    ann, ben = a_user(tx), a_user(tx, "Ben")
    chat = a_chat(tx, ann, ben)
    first = say(tx, chat, ann, "tea?", "k1")
    assert say(tx, chat, ann, "tea?", "k1") == first
    assert say(tx, chat, ben, "tea?", "k1") != first  # a sender's own
    assert len(tx.emitted(MessageSent)) == 2
    with pytest.raises(DomainError) as refused:
        say(tx, chat, ann, "coffee?", "k1")
    assert refused.value.code is CLIENT_ID_USED
    messages.recall(tx, chat.id, sender=ann.id, seq=first.seq)
    assert say(tx, chat, ann, "tea?", "k1").seq == first.seq


def test_a_stranger_to_a_conversation_finds_none(tx: Tx) -> None:
    ann, ben, eve = a_user(tx), a_user(tx, "Ben"), a_user(tx, "Eve")
    chat = a_chat(tx, ann, ben)
    for attempt in (
        lambda: say(tx, chat, eve, "hi"),
        lambda: messages.send(tx, chat.id, sender="wx0123456789abcdef", body=Text("hi")),
        lambda: conversations.read(tx, user_id=eve.id, conversation_id=chat.id, seq=1),
        lambda: conversations.entry(tx, user_id=eve.id, conversation_id=chat.id),
        lambda: messages.recall(tx, chat.id, sender=eve.id, seq=1),
    ):
        with pytest.raises(DomainError) as refused:
            attempt()
        assert refused.value.code is CONVERSATION_UNKNOWN


def test_blocked_or_deleted_people_cannot_write(tx: Tx) -> None:
    ann, ben = a_user(tx), a_user(tx, "Ben")
    chat = a_chat(tx, ann, ben)
    blocks.block(tx, user_id=ben.id, blocked_id=ann.id)
    with pytest.raises(DomainError) as refused:
        say(tx, chat, ann, "hi")
    assert refused.value.code is REFUSED
    blocks.unblock(tx, user_id=ben.id, blocked_id=ann.id)
    people.delete(tx, user_id=ben.id, contact_id=ann.id)
    with pytest.raises(DomainError) as refused:
        say(tx, chat, ann, "hi")
    assert refused.value.code is NOT_A_CONTACT
    assert seen_by(tx, chat, ben) == []


def test_unread_counts_what_others_said_since_one_read(tx: Tx) -> None:
    ann, ben = a_user(tx), a_user(tx, "Ben")
    chat = a_chat(tx, ann, ben)

    def unread(user: User) -> int:
        return conversations.entry(tx, user_id=user.id, conversation_id=chat.id).unread

    for text in ("one", "two", "three"):
        say(tx, chat, ann, text)
    assert (unread(ann), unread(ben)) == (0, 3)
    assert conversations.unread_total(tx, ben.id) == 3
    conversations.read(tx, user_id=ben.id, conversation_id=chat.id, seq=2)
    conversations.read(tx, user_id=ben.id, conversation_id=chat.id, seq=1)  # never back
    assert unread(ben) == 1
    conversations.read(tx, user_id=ben.id, conversation_id=chat.id, seq=99)  # never beyond
    say(tx, chat, ann, "four")
    assert unread(ben) == 1
    say(tx, chat, ben, "five")
    assert (unread(ann), unread(ben)) == (1, 0)
    conversations.change_settings(tx, user_id=ann.id, conversation_id=chat.id, muted=True)
    assert conversations.unread_total(tx, ann.id) == 0


def test_a_message_is_taken_back_within_two_minutes_and_its_words_are_gone_everywhere(
    tx: Tx, clock: HandWound
) -> None:
    ann, ben = a_user(tx), a_user(tx, "Ben")
    chat = a_chat(tx, ann, ben)
    first, second = say(tx, chat, ann, "a secret word"), say(tx, chat, ann, "another secret")
    with pytest.raises(DomainError) as refused:
        messages.recall(tx, chat.id, sender=ben.id, seq=first.seq)
    assert refused.value.code is NOT_YOURS
    clock.advance(messages.RECALL_MS)
    for _ in range(2):
        recalled = messages.recall(tx, chat.id, sender=ann.id, seq=first.seq)
    assert recalled.body == Recalled(by=str(ann.id))
    assert len(tx.emitted(MessageRecalled)) == 1
    assert "a secret word" not in str(tx.rows("select body from kernel_update_body"))
    assert "a secret word" not in str(tx.rows("select body from chat_message"))
    assert [update.kind for update in updates.since(tx, ben.id, 0)[0]][-1] == "chat.recalled"
    clock.advance(1)
    with pytest.raises(DomainError) as refused:
        messages.recall(tx, chat.id, sender=ann.id, seq=second.seq)
    assert refused.value.code is RECALL_TOO_LATE
    with pytest.raises(DomainError) as refused:
        messages.recall(tx, chat.id, sender=ann.id, seq=99)
    assert refused.value.code is MESSAGE_UNKNOWN


def test_history_pages_by_seq_both_ways(tx: Tx) -> None:
    ann, ben = a_user(tx), a_user(tx, "Ben")
    chat = a_chat(tx, ann, ben)
    for number in range(1, 8):
        say(tx, chat, ann, str(number))
    member = conversations.entry(tx, user_id=ben.id, conversation_id=chat.id).member
    assert [m.seq for m in messages.before(tx, member, seq=2**62, limit=3)] == [5, 6, 7]
    assert [m.seq for m in messages.before(tx, member, seq=5, limit=3)] == [2, 3, 4]
    assert [m.seq for m in messages.after(tx, member, seq=5, limit=9)] == [6, 7]


def test_clearing_takes_only_ones_own_side(tx: Tx) -> None:
    ann, ben = a_user(tx), a_user(tx, "Ben")
    chat = a_chat(tx, ann, ben)
    say(tx, chat, ann, "old")
    conversations.clear(tx, user_id=ben.id, conversation_id=chat.id)
    assert conversations.list_(tx, user_id=ben.id, before=2**62) == []
    assert len(seen_by(tx, chat, ann)) == 1
    new = say(tx, chat, ann, "new")
    (entry,) = conversations.list_(tx, user_id=ben.id, before=2**62)
    assert entry.last == new and entry.unread == 1
    assert seen_by(tx, chat, ben) == [new]
    assert (
        messages.quoted(
            tx,
            entry.member,
            [messages.send(tx, chat.id, sender=ann.id, body=Text("as I said"), quoted_seq=1)],
        )
        == {}
    )


def test_a_hidden_conversation_returns_with_the_next_message(tx: Tx) -> None:
    ann, ben = a_user(tx), a_user(tx, "Ben")
    chat = a_chat(tx, ann, ben)
    say(tx, chat, ann, "one")
    conversations.hide(tx, user_id=ben.id, conversation_id=chat.id)
    assert conversations.list_(tx, user_id=ben.id, before=2**62) == []
    say(tx, chat, ann, "two")
    assert len(conversations.list_(tx, user_id=ben.id, before=2**62)) == 1
    assert len(seen_by(tx, chat, ben)) == 2


def test_the_list_has_the_latest_first_and_the_pinned_apart(tx: Tx) -> None:
    ann = a_user(tx)
    others = [a_user(tx, f"Other {number}") for number in range(4)]
    chats = [a_chat(tx, ann, other) for other in others]
    for chat, other in zip(chats, others, strict=True):
        say(tx, chat, other, "hello")
    conversations.change_settings(tx, user_id=ann.id, conversation_id=chats[3].id, pinned=True)
    say(tx, chats[0], others[0], "again")
    first = conversations.list_(tx, user_id=ann.id, before=2**62, limit=2)
    rest = conversations.list_(tx, user_id=ann.id, before=first[-1].conversation.last_id, limit=2)
    assert [entry.conversation.id for entry in first + rest] == [chats[0].id, chats[2].id, chats[1].id]
    assert [entry.peer_id for entry in first + rest] == [others[0].id, others[2].id, others[1].id]
    assert [entry.conversation.id for entry in conversations.pinned(tx, user_id=ann.id)] == [chats[3].id]


def test_a_picture_says_its_own_size_and_a_file_its_own_name(tx: Tx) -> None:
    ann, ben = a_user(tx), a_user(tx, "Ben")
    chat = a_chat(tx, ann, ben)
    owner = str(ann.id)
    picture = files.keep(
        tx,
        owner=owner,
        kind=FileKind.IMAGE,
        content_hash="a",
        content_type="image/png",
        size=9,
        name="a.png",
        width=30,
        height=20,
    )
    paper = files.keep(
        tx, owner=owner, content_hash="b", content_type="application/pdf", size=7, name="b.pdf"
    )
    sent = messages.send(tx, chat.id, sender=ann.id, body=Image(picture.handle, width=9999))
    assert sent.body == Image(picture.handle, 30, 20)
    sent = messages.send(tx, chat.id, sender=ann.id, body=File(paper.handle, name="cheque.pdf"))
    assert sent.body == File(paper.handle, "b.pdf", 7)
    for body, code in (
        (Image("nowhere"), FILE_UNKNOWN),
        (Video(picture.handle), KIND_WRONG),
        (Text(" \n"), BODY_INVALID),
    ):
        with pytest.raises(DomainError) as refused:
            messages.send(tx, chat.id, sender=ann.id, body=body)
        assert refused.value.code is code
    messages.send(
        tx, chat.id, sender=ann.id, body=Link("https://hutong.example/", "A lane", picture=picture.handle)
    )


def test_an_account_and_a_person_talk(tx: Tx) -> None:
    ann, shop, other = a_user(tx), an_app(tx), an_app(tx)
    chat = conversations.with_account(tx, user_id=ann.id, appid=shop.appid)
    assert conversations.with_account(tx, user_id=ann.id, appid=shop.appid) == chat
    asked = messages.send(tx, chat.id, sender=ann.id, body=Chosen("1", "Opening hours"))
    (heard,) = tx.emitted(AccountMessageSent)
    assert (heard.user_id, heard.appid, heard.body, heard.seq) == (ann.id, shop.appid, asked.body, asked.seq)
    notice = messages.send(tx, chat.id, sender=shop.appid, body=Notice("Paid", []), client_id="t1")
    assert messages.send(tx, chat.id, sender=shop.appid, body=Notice("Paid", []), client_id="t1") == notice
    assert len(tx.emitted(AccountMessageSent)) == 1
    assert conversations.entry(tx, user_id=ann.id, conversation_id=chat.id).unread == 1
    with pytest.raises(DomainError) as refused:
        messages.send(tx, chat.id, sender=other.appid, body=Text("buy!"))
    assert refused.value.code is CONVERSATION_UNKNOWN


def test_people_who_met_find_the_greeting_in_their_conversation(tx: Tx) -> None:
    ann, ben = a_user(tx), a_user(tx, "Ben")
    a_chat(tx, ann, ben)
    handlers.say_hello(
        tx, ContactsMet(asker_id=ann.id, answerer_id=ben.id, greeting="from the tea shop", source=Source.CODE)
    )
    (entry,) = conversations.list_(tx, user_id=ben.id, before=2**62)
    assert entry.last is not None and isinstance(entry.last.body, SystemLine)
    assert entry.last.body.text == "from the tea shop"
