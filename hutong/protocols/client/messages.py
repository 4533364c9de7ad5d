"""Messages: saying, reading, taking back."""

from collections.abc import Iterable
from typing import Annotated

from msgspec import Meta

from hutong.domains.chat import access, messages
from hutong.domains.chat.bodies import MiniProgramCard, PersonBody
from hutong.domains.chat.errors import CARD_PRIVATE
from hutong.domains.chat.messages import Line
from hutong.domains.chat.tables import ConversationId, Message
from hutong.domains.media import files
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.endpoints import Id, Natural, Request, Response
from hutong.kernel.errors import DomainError

from .protocol import Person, client

LAST_SEQ = 2**62
Seq = Annotated[int, Meta(ge=1, le=LAST_SEQ)]


class NewMessage(Request):
    """`client_id` is the sender's own name for the message: sent again, it is the same message."""

    conversation_id: Id
    body: PersonBody
    client_id: Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[0-9A-Za-z_.:-]+\Z")]
    quoted_seq: Seq | None = None


@client.post("/conversations/{conversation_id}/messages")
def send_message(tx: Tx, person: Person, req: NewMessage) -> Line:
    """Say something. A private card is refused to whoever it does not name."""
    card = req.body
    if isinstance(card, MiniProgramCard) and card.private_from not in ("", str(person.user_id)):
        raise DomainError(CARD_PRIVATE)
    sent = messages.send(
        tx,
        ConversationId(int(req.conversation_id)),
        sender=person.user_id,
        body=req.body,
        client_id=req.client_id,
        quoted_seq=req.quoted_seq,
    )
    return messages.line(sent)


class MessagePage(Request):
    """One of `before` and `after`, or neither for the latest."""

    conversation_id: Id
    before: Natural = LAST_SEQ
    after: Natural | None = None
    limit: Annotated[int, Meta(ge=1, le=messages.PAGE)] = 50


class Messages(Response):
    """Oldest first. `quoted` holds what these quote, by seq; `media` the address of each handle in them."""

    messages: list[Line]
    more: bool  # there may be more in this direction
    quoted: dict[str, Line]
    media: dict[str, str]


@client.get("/conversations/{conversation_id}/messages")
def list_messages(snapshot: Snapshot, person: Person, req: MessagePage) -> Messages:
    """What was said before or after a seq."""
    member = access.require_member(
        snapshot, conversation_id=ConversationId(int(req.conversation_id)), user_id=person.user_id
    )
    if req.after is not None:
        page = messages.after(snapshot, member, seq=req.after, limit=req.limit)
    else:
        page = messages.before(snapshot, member, seq=req.before, limit=req.limit)
    quoted = messages.quoted(snapshot, member, page)
    return Messages(
        messages=[messages.line(message) for message in page],
        more=len(page) == req.limit,
        quoted={str(seq): messages.line(message) for seq, message in quoted.items()},
        media=_addresses(snapshot, [*page, *quoted.values()]),
    )


def _addresses(snapshot: Snapshot, shown: Iterable[Message]) -> dict[str, str]:
    handles = {
        handle
        for message in shown
        for field in ("media", "cover", "picture", "avatar")
        if (handle := getattr(message.body, field, ""))
    }
    return {handle: files.address(snapshot, handle) for handle in sorted(handles)}


class OneMessage(Request):
    conversation_id: Id
    seq: Seq


@client.delete("/conversations/{conversation_id}/messages/{seq}")
def recall_message(tx: Tx, person: Person, req: OneMessage) -> Line:
    """Take my message back within two minutes."""
    recalled = messages.recall(
        tx, ConversationId(int(req.conversation_id)), sender=person.user_id, seq=req.seq
    )
    return messages.line(recalled)
