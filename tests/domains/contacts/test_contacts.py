"""Becoming contacts, and ceasing to be."""

import pytest

from hutong.domains.contacts import access, blocks, people, requests, tags
from hutong.domains.contacts.errors import (
    ALREADY,
    FULL,
    NOT_A_CONTACT,
    ONESELF,
    OTHER_FULL,
    REFUSED,
    REQUEST_ANSWERED,
    REQUEST_UNKNOWN,
    TAG_TAKEN,
    TAG_UNKNOWN,
    TOO_MANY_REQUESTS,
)
from hutong.domains.contacts.events import ContactRequested, ContactsMet
from hutong.domains.contacts.tables import Book, ContactRequest, RequestState, Source
from hutong.domains.identity.tables import User, UserId
from hutong.kernel import updates
from hutong.kernel.clock import DAY_MS, HandWound
from hutong.kernel.db import Tx
from hutong.kernel.errors import DomainError, ErrorCode
from tests.domains.builders import a_user, friends


def ask(tx: Tx, a: User, b: User, greeting: str = "hello") -> ContactRequest:
    return requests.place(tx, from_id=a.id, to_id=b.id, greeting=greeting, source=Source.USERNAME)


def knows(tx: Tx, a: User, b: User) -> bool:
    return people.find(tx, user_id=a.id, contact_id=b.id) is not None


def kinds(tx: Tx, user: User) -> list[str]:
    return [update.kind for update in updates.since(tx, user.id, 0)[0]]


def refusal(tx: Tx, a: User, b: User) -> ErrorCode | None:
    try:
        access.require_may_write(tx, sender_id=a.id, to_id=b.id)
    except DomainError as refused:
        return refused.code
    return None


def test_both_are_contacts_only_after_the_answer(tx: Tx) -> None:
    ann, ben = a_user(tx), a_user(tx, "Ben")
    request = ask(tx, ann, ben)
    assert not knows(tx, ann, ben) and not knows(tx, ben, ann)
    assert requests.received(tx, user_id=ben.id, before=2**62) == [request]
    assert requests.accept(tx, user_id=ben.id, request_id=request.id).state is RequestState.ACCEPTED
    assert knows(tx, ann, ben) and knows(tx, ben, ann)
    assert tx.emitted(ContactsMet)[0].greeting == "hello"
    assert kinds(tx, ann) == ["contacts.added"]
    assert kinds(tx, ben) == ["contacts.requested", "contacts.added"]


def test_accepting_twice_changes_nothing(tx: Tx) -> None:
    ann, ben = a_user(tx), a_user(tx, "Ben")
    request = ask(tx, ann, ben)
    for _ in range(2):
        requests.accept(tx, user_id=ben.id, request_id=request.id)
    assert len(tx.emitted(ContactsMet)) == 1
    assert tx.get(Book, user_id=ann.id).contacts == tx.get(Book, user_id=ben.id).contacts == 1


def test_only_the_one_asked_can_answer(tx: Tx) -> None:
    ann, ben, eve = a_user(tx), a_user(tx, "Ben"), a_user(tx, "Eve")
    request = ask(tx, ann, ben)
    for other in (ann, eve):
        with pytest.raises(DomainError) as refused:
            requests.accept(tx, user_id=other.id, request_id=request.id)
        assert refused.value.code is REQUEST_UNKNOWN
    assert not knows(tx, ann, ben)


def test_a_declined_request_stays_declined_until_asked_again(tx: Tx) -> None:
    ann, ben = a_user(tx), a_user(tx, "Ben")
    request = ask(tx, ann, ben)
    requests.decline(tx, user_id=ben.id, request_id=request.id)
    with pytest.raises(DomainError) as refused:
        requests.accept(tx, user_id=ben.id, request_id=request.id)
    assert refused.value.code is REQUEST_ANSWERED
    assert "contacts.answered" not in kinds(tx, ann)
    again = ask(tx, ann, ben, "please")
    assert [known.greeting for known in requests.received(tx, user_id=ben.id, before=2**62)] == ["please"]
    requests.accept(tx, user_id=ben.id, request_id=again.id)
    assert knows(tx, ann, ben)


def test_two_who_ask_each_other_meet_at_once(tx: Tx) -> None:
    ann, ben = a_user(tx), a_user(tx, "Ben")
    ask(tx, ann, ben)
    assert ask(tx, ben, ann).state is RequestState.ACCEPTED
    assert knows(tx, ann, ben) and knows(tx, ben, ann)
    assert len(tx.emitted(ContactRequested)) == len(tx.emitted(ContactsMet)) == 1


def test_one_cannot_ask_oneself_or_a_contact(tx: Tx) -> None:
    ann, ben = a_user(tx), a_user(tx, "Ben")
    friends(tx, ann, ben)
    for other, code in ((ann, ONESELF), (ben, ALREADY)):
        with pytest.raises(DomainError) as refused:
            ask(tx, ann, other)
        assert refused.value.code is code


def test_a_day_has_room_for_a_hundred_requests(tx: Tx, clock: HandWound) -> None:
    ann = a_user(tx)
    others = [a_user(tx, "Other") for _ in range(requests.MAX_A_DAY + 1)]
    for other in others[:-1]:
        ask(tx, ann, other)
    with pytest.raises(DomainError) as refused:
        ask(tx, ann, others[-1])
    assert refused.value.code is TOO_MANY_REQUESTS
    clock.advance(DAY_MS)
    ask(tx, ann, others[-1])


def test_deleting_takes_only_ones_own_side_and_closes_writing(tx: Tx) -> None:
    ann, ben = a_user(tx), a_user(tx, "Ben")
    friends(tx, ann, ben)
    assert refusal(tx, ann, ben) is None
    for _ in range(2):
        people.delete(tx, user_id=ann.id, contact_id=ben.id)
    assert not knows(tx, ann, ben) and knows(tx, ben, ann)
    assert refusal(tx, ann, ben) is refusal(tx, ben, ann) is NOT_A_CONTACT
    assert tx.get(Book, user_id=ann.id).contacts == 0
    ask(tx, ann, ben)  # still in his contacts: no answer needed
    assert refusal(tx, ben, ann) is None


def test_a_block_closes_writing_both_ways_and_requests(tx: Tx) -> None:
    ann, ben = a_user(tx), a_user(tx, "Ben")
    friends(tx, ann, ben)
    for _ in range(2):
        blocks.block(tx, user_id=ann.id, blocked_id=ben.id)
    assert refusal(tx, ben, ann) is refusal(tx, ann, ben) is REFUSED
    people.delete(tx, user_id=ben.id, contact_id=ann.id)
    with pytest.raises(DomainError) as refused:
        ask(tx, ben, ann)
    assert refused.value.code is REFUSED
    assert [block.blocked_id for block in blocks.list_(tx, user_id=ann.id, after=UserId(0))] == [ben.id]
    blocks.unblock(tx, user_id=ann.id, blocked_id=ben.id)
    ask(tx, ben, ann)
    assert refusal(tx, ben, ann) is None


def test_a_full_list_takes_nobody_more(tx: Tx) -> None:
    ann, ben = a_user(tx), a_user(tx, "Ben")
    tx.insert(Book(ann.id, people.MAX_CONTACTS))
    with pytest.raises(DomainError) as refused:
        ask(tx, ann, ben)
    assert refused.value.code is FULL
    request = ask(tx, ben, ann)
    with pytest.raises(DomainError) as refused:
        requests.accept(tx, user_id=ann.id, request_id=request.id)
    assert refused.value.code is FULL
    tx.update(tx.get(Book, user_id=ann.id), contacts=0)
    tx.insert_or_find(Book(ben.id), by=("user_id",))
    tx.update(tx.get(Book, user_id=ben.id), contacts=people.MAX_CONTACTS)
    with pytest.raises(DomainError) as refused:
        requests.accept(tx, user_id=ann.id, request_id=request.id)
    assert refused.value.code is OTHER_FULL


def test_contacts_page_by_id_and_keep_ones_own_remark(tx: Tx) -> None:
    ann = a_user(tx)
    others = [a_user(tx, f"Other {number}") for number in range(5)]
    for other in others:
        friends(tx, ann, other)
    people.change(tx, user_id=ann.id, contact_id=others[0].id, remark=" neighbour ", starred=True)
    first = people.list_(tx, user_id=ann.id, after=UserId(0), limit=3)
    rest = people.list_(tx, user_id=ann.id, after=first[-1].contact_id, limit=3)
    assert [contact.contact_id for contact in first + rest] == [other.id for other in others]
    assert (first[0].remark, first[0].starred) == ("neighbour", True)
    mine = people.find(tx, user_id=others[0].id, contact_id=ann.id)
    assert mine is not None and mine.remark == ""


def test_tags_are_ones_own(tx: Tx) -> None:
    ann, ben, eve = a_user(tx), a_user(tx, "Ben"), a_user(tx, "Eve")
    friends(tx, ann, ben)
    tea, work = (tags.create(tx, user_id=ann.id, name=name) for name in ("tea", "work"))
    tags.set_on(tx, user_id=ann.id, contact_id=ben.id, tag_ids=[tea.id, work.id])
    assert tags.on_contacts(tx, user_id=ann.id, contact_ids=[ben.id]) == {ben.id: [tea.id, work.id]}
    tags.set_on(tx, user_id=ann.id, contact_id=ben.id, tag_ids=[work.id])
    assert tags.contacts_with(tx, user_id=ann.id, tag_id=tea.id) == []
    assert tags.contacts_with(tx, user_id=ann.id, tag_id=work.id) == [ben.id]
    for user, contact, code in ((ann, eve, NOT_A_CONTACT), (ben, ann, TAG_UNKNOWN)):
        with pytest.raises(DomainError) as refused:
            tags.set_on(tx, user_id=user.id, contact_id=contact.id, tag_ids=[work.id])
        assert refused.value.code is code
    with pytest.raises(DomainError) as refused:
        tags.rename(tx, user_id=ann.id, tag_id=tea.id, name="work")
    assert refused.value.code is TAG_TAKEN
    tags.delete(tx, user_id=ann.id, tag_id=work.id)
    assert tags.on_contacts(tx, user_id=ann.id, contact_ids=[ben.id]) == {}
    people.delete(tx, user_id=ann.id, contact_id=ben.id)
    assert [tag.name for tag in tags.list_(tx, ann.id)] == ["tea"]


def test_only_mutual_contacts_without_a_closed_door_can_be_invited(tx: Tx) -> None:
    ann, ben, cai, dan, eve = (a_user(tx, name) for name in ("Ann", "Ben", "Cai", "Dan", "Eve"))
    for other in (ben, cai, dan):
        friends(tx, ann, other)
    people.delete(tx, user_id=cai.id, contact_id=ann.id)
    blocks.block(tx, user_id=dan.id, blocked_id=ann.id)
    everybody = [ben.id, cai.id, dan.id, eve.id]
    assert access.mutual(tx, user_id=ann.id, ids=everybody) == {ben.id}
