"""Whatever people do in a group, in whatever order, every member sees one dense order and a true count."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hutong.domains.chat import audit as chat_audit
from hutong.domains.chat import conversations, groups, messages
from hutong.domains.chat.bodies import Recalled, SystemLine, Text
from hutong.domains.chat.errors import CLIENT_ID_USED, CONVERSATION_UNKNOWN, MESSAGE_UNKNOWN, NOT_YOURS
from hutong.domains.chat.tables import ConversationId, Message
from hutong.domains.contacts import audit as contacts_audit
from hutong.domains.identity.tables import UserId
from hutong.kernel import updates
from hutong.kernel.db import Tx
from hutong.kernel.errors import DomainError
from tests.domains.builders import a_user, friends

WHO = st.integers(0, 3)  # 0 owns the group and knows everybody; 3 begins outside
ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.just("say"), WHO, st.integers(0, 5), st.sampled_from(["tea", "茶", "later"])),
        st.tuples(st.just("read"), WHO, st.integers(0, 30)),
        st.tuples(st.just("recall"), WHO, st.integers(1, 15)),
        st.tuples(st.just("clear"), WHO),
        st.tuples(st.just("leave"), st.integers(1, 3)),
        st.tuples(st.just("invite"), st.integers(1, 3)),
    ),
    max_size=40,
)


class Model:
    """What should be so: one list of lines, and each member's first visible line and read position."""

    def __init__(self) -> None:
        self.lines: list[tuple[int | None, str | None]] = [
            (None, "group_created")
        ]  # sender, words (None: recalled)
        self.by_client: dict[tuple[int, int], tuple[int, str]] = {}  # seq and words
        self.inside = {0, 1, 2}
        self.cleared = {0: 0, 1: 0, 2: 0}
        self.read = {0: 0, 1: 0, 2: 0}

    def line(self, sender: int | None, words: str) -> int:
        self.lines.append((sender, words))
        return len(self.lines)


def words(message: Message) -> str | None:
    match message.body:
        case Text(text=text):
            return text
        case SystemLine(event=event):
            return event
        case Recalled():
            return None
    raise AssertionError(message)


def act(tx: Tx, model: Model, group: ConversationId, people: list[UserId], action: tuple[Any, ...]) -> None:
    """Do it to both, and expect the refusal the model expects."""
    kind, who, *rest = action
    inside, refusal = who in model.inside, None
    try:
        match kind:
            case "say":
                client, text = rest
                sent = messages.send(tx, group, sender=people[who], body=Text(text), client_id=f"k{client}")
                known = model.by_client.get((who, client))
                if known is None:
                    seq = model.line(who, text)
                    model.by_client[who, client], model.read[who] = (seq, text), seq
                assert sent.seq == model.by_client[who, client][0]
            case "read":
                conversations.read(tx, user_id=people[who], conversation_id=group, seq=rest[0])
                model.read[who] = max(model.read[who], min(rest[0], len(model.lines)))
            case "recall":
                messages.recall(tx, group, sender=people[who], seq=rest[0])
                model.lines[rest[0] - 1] = (who, None)
            case "clear":
                conversations.clear(tx, user_id=people[who], conversation_id=group)
                model.cleared[who] = len(model.lines)
            case "leave":
                groups.leave(tx, user_id=people[who], conversation_id=group)
                model.inside.discard(who)
                model.line(None, "left")
            case "invite":
                if groups.invite(tx, user_id=people[0], conversation_id=group, member_ids=[people[who]]):
                    model.inside.add(who)
                    model.cleared[who] = model.read[who] = len(model.lines)
                    model.line(None, "joined")
    except DomainError as error:
        refusal = error.code
    expected = None
    if not inside and kind != "invite":
        expected = CONVERSATION_UNKNOWN
    elif kind == "say" and (known := model.by_client.get((who, rest[0]))) is not None and known[1] != rest[1]:
        expected = None if model.lines[known[0] - 1][1] is None else CLIENT_ID_USED
    elif kind == "recall" and rest[0] > len(model.lines):
        expected = MESSAGE_UNKNOWN
    elif kind == "recall" and model.lines[rest[0] - 1][0] != who:
        expected = NOT_YOURS
    assert refusal is expected, (action, refusal)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(actions=ACTIONS)
def test_any_sequence_leaves_one_dense_order_and_true_counts(tx: Tx, actions: list[tuple[Any, ...]]) -> None:
    tx.run("savepoint one_example")
    users = [a_user(tx, f"Person {number}") for number in range(4)]
    people = [user.id for user in users]
    for other in users[1:]:
        friends(tx, users[0], other)
    group = groups.create(tx, owner_id=people[0], member_ids=people[1:3]).id
    model = Model()
    for action in actions:
        act(tx, model, group, people, action)

    assert conversations.get(tx, group).last_seq == len(model.lines)
    assert conversations.get(tx, group).members == len(model.inside)
    for who in model.inside:
        entry = conversations.entry(tx, user_id=people[who], conversation_id=group)
        seen = messages.after(tx, entry.member, seq=0)
        assert [message.seq for message in seen] == list(range(model.cleared[who] + 1, len(model.lines) + 1))
        assert [words(message) for message in seen] == [line[1] for line in model.lines[model.cleared[who] :]]
        assert entry.unread == len(model.lines) - max(model.read[who], model.cleared[who])
    assert chat_audit.audit(tx) == contacts_audit.audit(tx) == []
    for person in people:
        log, whole = updates.since(tx, person, 0)
        assert whole and [update.seq for update in log] == list(range(1, len(log) + 1))
    tx.run("rollback to savepoint one_example")
    tx.run("release savepoint one_example")
