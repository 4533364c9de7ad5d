"""What chat does when people meet."""

from hutong.domains.contacts.events import ContactsMet
from hutong.kernel.db import Tx
from hutong.kernel.events import on

from . import conversations, messages
from .bodies import SystemLine


@on(ContactsMet, name="chat.say_hello")
def say_hello(tx: Tx, event: ContactsMet) -> None:
    """Open the conversation of two people who met, with the words the asker came with."""
    conversation = conversations.between(tx, event.asker_id, event.answerer_id)
    body = SystemLine(
        event="met", actor=str(event.asker_id), targets=[str(event.answerer_id)], text=event.greeting
    )
    messages.say_line(tx, conversation, body)
