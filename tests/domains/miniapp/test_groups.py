"""Cards in chats: what a program learns of where one was opened, and for whom it was."""

import pytest

from hutong.domains.apps.tables import App, AppKind
from hutong.domains.chat import errors as chat
from hutong.domains.chat import groups as chat_groups
from hutong.domains.chat import messages
from hutong.domains.chat.bodies import MiniProgramCard
from hutong.domains.chat.tables import ConversationId
from hutong.domains.identity.tables import User, UserId
from hutong.domains.miniapp import errors, groups
from hutong.domains.miniapp.tables import ShareTicket
from hutong.kernel.db import Tx
from hutong.kernel.errors import DomainError, ErrorCode
from tests.domains.builders import a_chat, a_user, an_app, friends


def refused(code: ErrorCode) -> "pytest.RaisesExc[DomainError]":
    return pytest.raises(DomainError, check=lambda error: error.code is code)


@pytest.fixture
def program(tx: Tx) -> App:
    return an_app(tx, kind=AppKind.MINI_PROGRAM)


@pytest.fixture
def ann(tx: Tx) -> User:
    return a_user(tx)


def opened(
    tx: Tx, program: App, ann: User, reader: UserId, talk: ConversationId, **card: object
) -> ShareTicket | None:
    body = MiniProgramCard(appid=program.appid, title="来一杯", **card)  # type: ignore[arg-type]
    sent = messages.send(tx, talk, sender=ann.id, body=body)
    return groups.ticket_of(tx, appid=program.appid, user_id=reader, conversation_id=talk, seq=sent.seq)


def test_a_private_card_is_known_to_whom_it_was_sent(tx: Tx, program: App, ann: User) -> None:
    ben, eve = a_user(tx), a_user(tx)
    talk = a_chat(tx, ann, ben).id
    assert opened(tx, program, ann, ben.id, talk) is None
    assert opened(tx, program, ann, ben.id, talk, share_ticket=True) is None  # tickets are of groups
    ticket = opened(tx, program, ann, ben.id, talk, private_from=str(ann.id), activity_id="tea")
    assert ticket is not None
    at = {"appid": program.appid, "ticket": ticket.ticket}
    assert groups.private_activity(tx, **at, user_id=ben.id) == "tea"
    assert groups.private_activity(tx, **at, user_id=eve.id) is None
    other = an_app(tx, kind=AppKind.MINI_PROGRAM)
    assert groups.private_activity(tx, appid=other.appid, ticket=ticket.ticket, user_id=ben.id) is None
    with refused(errors.TICKET_INVALID):
        groups.open_gid(tx, **at, user_id=ben.id)  # it is of no group
    with refused(chat.CONVERSATION_UNKNOWN):
        opened(tx, program, ann, eve.id, talk, private_from=str(ann.id))


def test_a_card_in_a_group_names_the_group_and_may_be_private_too(tx: Tx, program: App, ann: User) -> None:
    ben, cai = a_user(tx), a_user(tx)
    for friend in (ben, cai):
        friends(tx, ann, friend)
    group = chat_groups.create(tx, owner_id=ann.id, member_ids=[ben.id, cai.id], name="Lane").id

    def gid(ticket: ShareTicket | None, reader: User) -> str:
        assert ticket is not None
        return groups.open_gid(tx, appid=program.appid, user_id=reader.id, ticket=ticket.ticket)

    plain = opened(tx, program, ann, ben.id, group, share_ticket=True)
    both = opened(tx, program, ann, cai.id, group, share_ticket=True, private_from=str(ann.id))
    assert gid(plain, ben) == gid(both, cai)
    assert plain is not None and plain.activity_id is None
    assert both is not None and both.activity_id == ""
