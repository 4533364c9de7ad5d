"""Moments: who sees what, once, and until when."""

import pytest

from hutong.domains.apps.errors import KIND_FORBIDDEN
from hutong.domains.apps.tables import AppKind
from hutong.domains.contacts import blocks, people
from hutong.domains.contacts.tables import Source
from hutong.domains.identity.tables import User
from hutong.domains.moments import errors as refusals
from hutong.domains.moments import handlers, posts
from hutong.domains.moments.events import Posted
from hutong.domains.moments.tables import Post, ProgramPage
from hutong.kernel import updates
from hutong.kernel.clock import HandWound
from hutong.kernel.db import Tx
from hutong.kernel.errors import DomainError, ErrorCode
from tests.domains.builders import a_user, an_app


def refused(code: ErrorCode) -> "pytest.RaisesExc[DomainError]":
    return pytest.raises(DomainError, check=lambda error: error.code is code)


@pytest.fixture
def ann(tx: Tx) -> User:
    return a_user(tx)


def befriend(tx: Tx, one: User, other: User) -> User:
    people.hold(tx, one.id, other.id)
    people.meet(tx, asker_id=one.id, answerer_id=other.id, greeting="", source=Source.USERNAME)
    return other


def say(tx: Tx, author: User, text: str, client_id: str = "") -> Post:
    post = posts.publish(tx, author_id=author.id, client_id=client_id or text, text=text, page=None)
    while events := list(tx.emitted(Posted)):
        tx.events.clear()
        for event in events:
            handlers.show(tx, event)
    return post


def texts(tx: Tx, reader: User) -> list[str]:
    return [post.text for post in posts.seen_by(tx, reader.id)[0]]


def test_friends_see_it_and_strangers_do_not(tx: Tx, ann: User, clock: HandWound) -> None:
    ben, eve = befriend(tx, ann, a_user(tx)), a_user(tx)
    say(tx, ann, "tea at four")
    clock.advance(1)
    say(tx, ben, "on my way")
    assert texts(tx, ann) == texts(tx, ben) == ["on my way", "tea at four"]
    assert texts(tx, eve) == []
    assert "moments.posted" in [one.kind for one in updates.since(tx, ben.id, 0)[0]]


def test_posting_again_is_the_same_post_and_deleting_ends_it(tx: Tx, ann: User) -> None:
    ben = befriend(tx, ann, a_user(tx))
    post = say(tx, ann, "tea", "1")
    assert say(tx, ann, "tea once more", "1") == post
    assert texts(tx, ben) == ["tea"]
    with refused(refusals.POST_UNKNOWN):
        posts.delete(tx, author_id=ben.id, post_id=post.id)
    posts.delete(tx, author_id=ann.id, post_id=post.id)
    assert texts(tx, ann) == texts(tx, ben) == []
    handlers.show(tx, Posted(author_id=ann.id, post_id=post.id))  # what was still on its way shows nothing


def test_a_closed_door_and_a_lost_friendship_hide_what_was_shown(tx: Tx, ann: User) -> None:
    ben, eve = befriend(tx, ann, a_user(tx)), befriend(tx, ann, a_user(tx))
    say(tx, ann, "tea")
    blocks.block(tx, user_id=ann.id, blocked_id=ben.id)
    people.delete(tx, user_id=eve.id, contact_id=ann.id)
    assert texts(tx, ben) == texts(tx, eve) == []
    assert texts(tx, ann) == ["tea"]
    say(tx, ann, "cake")
    blocks.unblock(tx, user_id=ann.id, blocked_id=ben.id)
    assert texts(tx, ben) == ["tea"]


def test_many_friends_are_reached_in_several_turns(
    tx: Tx, ann: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posts, "SHOWN_AT_A_TIME", 2)
    friends = [befriend(tx, ann, a_user(tx)) for _ in range(5)]
    say(tx, ann, "tea")
    assert [texts(tx, one) for one in friends] == [["tea"]] * 5


def test_it_is_read_page_by_page(
    tx: Tx, ann: User, clock: HandWound, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posts, "PAGE", 2)
    for text in ("1", "2", "3"):
        say(tx, ann, text)
        clock.advance(1)
    first, more = posts.seen_by(tx, ann.id)
    assert [post.text for post in first] == ["3", "2"] and more is not None
    last, end = posts.seen_by(tx, ann.id, before=more)
    assert ([post.text for post in last], end) == (["1"], None)


def test_a_page_is_a_programs_and_a_post_is_not_empty(tx: Tx, ann: User) -> None:
    program, account = an_app(tx, kind=AppKind.MINI_PROGRAM), an_app(tx)
    page = ProgramPage(program.appid, "Tea", "pages/a?x=1")
    assert posts.publish(tx, author_id=ann.id, client_id="1", text="", page=page).page == page
    with refused(KIND_FORBIDDEN):
        page = ProgramPage(account.appid, "Tea", "")
        posts.publish(tx, author_id=ann.id, client_id="2", text="", page=page)
    with refused(refusals.POST_EMPTY):
        posts.publish(tx, author_id=ann.id, client_id="3", text=" \n", page=None)
