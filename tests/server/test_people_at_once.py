"""Many people at once: messages, requests, joins and departures that meet leave every invariant standing."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from hutong.domains.chat import audit as chat_audit
from hutong.domains.chat import conversations, groups, messages
from hutong.domains.chat.bodies import Text
from hutong.domains.chat.tables import ConversationId
from hutong.domains.contacts import audit as contacts_audit
from hutong.domains.contacts import people, requests
from hutong.domains.contacts.errors import ALREADY
from hutong.domains.contacts.tables import Source
from hutong.domains.identity.tables import UserId
from hutong.kernel import updates
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError
from hutong.server.store import PostgresStore, SqliteStore
from tests.domains.builders import a_user, friends

from .conftest import OpenStore

Store = SqliteStore | PostgresStore


@contextlib.asynccontextmanager
async def opening(opened: OpenStore) -> AsyncIterator[Store]:
    """A store that is closed whatever happens, so that a failure does not wait for its threads."""
    store = await opened()
    try:
        yield store
    finally:
        await store.close()


def settle(tx: Tx) -> tuple[list[UserId], ConversationId, str]:
    users = [a_user(tx, f"Person {number}") for number in range(8)]
    for other in users[1:6]:
        friends(tx, users[0], other)
    group = groups.create(tx, owner_id=users[0].id, member_ids=[other.id for other in users[1:6]])
    code = groups.join_code(tx, user_id=users[0].id, conversation_id=group.id).join_code
    assert code is not None
    return [user.id for user in users], group.id, code


def verbs(ids: list[UserId], group: ConversationId, code: str, number: int) -> Callable[[Tx], Any]:
    """The number-th thing somebody does; each is done twice, as by a client that lost the answer."""
    dice = random.Random(number // 2)
    who = dice.randrange(6)
    match dice.randrange(8):
        case 0:
            a, b = dice.sample(ids, 2)
            return lambda tx: requests.place(tx, from_id=a, to_id=b, greeting="", source=Source.GROUP)
        case 1:
            return lambda tx: groups.join(tx, user_id=ids[7], code=code)
        case 2:
            return lambda tx: groups.leave(tx, user_id=ids[7], conversation_id=group)
        case 3:
            return lambda tx: conversations.read(tx, user_id=ids[who], conversation_id=group, seq=number)
        case 4:
            other = ids[dice.randrange(1, 6)]

            def say_alone(tx: Tx) -> None:
                chat = conversations.between(tx, ids[0], other)
                messages.send(tx, chat.id, sender=ids[0], body=Text("psst"), client_id=f"k{number // 2}")

            return say_alone
        case _:
            body, client_id = Text(f"line {number // 2}"), f"k{number // 2}"
            return lambda tx: messages.send(tx, group, sender=ids[who], body=body, client_id=client_id)


def test_what_people_do_at_once_leaves_every_invariant_standing(opened: OpenStore) -> None:
    async def run() -> None:
        async with opening(opened) as store:
            await at_once(store)

    async def at_once(store: Store) -> None:
        ids, group, code = await store.write(settle)

        def write(number: int) -> Awaitable[Any]:
            return store.write(verbs(ids, group, code, number))

        answers = await asyncio.gather(*(write(number) for number in range(600)), return_exceptions=True)
        broken = [answer for answer in answers if isinstance(answer, Exception)]
        assert [error for error in broken if not isinstance(error, DomainError)] == []
        assert await store.read(chat_audit.audit) == await store.read(contacts_audit.audit) == []

        def said(snapshot: Snapshot) -> list[tuple[Any, ...]]:
            return snapshot.rows(
                "select sender, client_id, count(*) from chat_message group by sender, client_id"
            )

        assert {times for _, _, times in await store.read(said)} == {1}
        for person in ids:
            log, whole = await store.read(lambda snapshot, person=person: updates.since(snapshot, person, 0))
            assert whole and [update.seq for update in log] == list(range(1, len(log) + 1))

    asyncio.run(run())


def test_two_who_ask_each_other_at_once_meet(opened: OpenStore) -> None:
    async def run() -> None:
        async with opening(opened) as store:
            await crossing(store)

    async def crossing(store: Store) -> None:
        pairs = [await store.write(lambda tx: (a_user(tx).id, a_user(tx, "Ben").id)) for _ in range(20)]

        def ask(a: UserId, b: UserId) -> Awaitable[Any]:
            return store.write(
                lambda tx: requests.place(tx, from_id=a, to_id=b, greeting="", source=Source.CODE)
            )

        answers = await asyncio.gather(
            *(ask(*order) for a, b in pairs for order in ((a, b), (b, a))), return_exceptions=True
        )
        refused = [answer for answer in answers if isinstance(answer, BaseException)]
        assert all(isinstance(error, DomainError) and error.code is ALREADY for error in refused)
        for a, b in pairs:
            known = await store.read(
                lambda snapshot, a=a, b=b: people.find(snapshot, user_id=a, contact_id=b)
            )
            assert known is not None
        assert await store.read(contacts_audit.audit) == []

    asyncio.run(run())
