"""Customer service: what an account answers, by hand, by its server, or not at all."""

import msgspec

from hutong.domains.apps import apps
from hutong.domains.apps.tables import AppKind
from hutong.domains.chat import bodies, conversations, messages
from hutong.domains.chat.bodies import MessageBody
from hutong.domains.chat.errors import BODY_INVALID
from hutong.domains.chat.tables import Message
from hutong.domains.identity.tables import UserId
from hutong.kernel import updates
from hutong.kernel.db import Tx
from hutong.kernel.errors import DomainError

from . import allowances, follows, text_links
from .events import ServiceEntered
from .tables import Act

TROUBLE = "该公众号提供的服务暂时出现故障，请稍后再试"


def send(tx: Tx, *, appid: str, user_id: UserId, body: MessageBody) -> Message:
    """Write to a person within what their last act allows.

    Raises NOT_FOLLOWING for an official account the person left, WINDOW_CLOSED, COUNT_SPENT, chat.body_invalid,
    LINKED_APP, LINK_UNLINKED and LINK_PATH for a text that links a program it may not.
    """
    app = apps.get(tx, appid)
    allowances.spend(tx, appid=appid, user_id=user_id)
    if app.kind is not AppKind.MINI_PROGRAM:
        follows.require(tx, appid=appid, user_id=user_id)
    return _say(tx, appid, user_id, body, "")


def reply(tx: Tx, *, appid: str, user_id: UserId, body: MessageBody, to: str) -> Message:
    """Answer one push, at once and outside every count; `to` is that push's own id, so it is said once.

    Raises chat.body_invalid.
    """
    return _say(tx, appid, user_id, body, f"reply:{to}")


def apologise(tx: Tx, *, appid: str, user_id: UserId, to: str) -> Message:
    """The account's server did not answer: the person is told so."""
    line = bodies.SystemLine("account.trouble", text=TROUBLE)
    return _say(tx, appid, user_id, line, f"trouble:{to}")


def enter(tx: Tx, *, appid: str, user_id: UserId, session_from: str) -> None:
    """A person opened a mini program's customer service: it hears where from, and may greet them.

    Raises KIND_FORBIDDEN for an official account.
    """
    apps.require_kind(apps.get(tx, appid), AppKind.MINI_PROGRAM)
    allowances.open_(tx, appid=appid, user_id=user_id, act=Act.ENTER)
    tx.emit(ServiceEntered(appid=appid, user_id=user_id, at=tx.now, session_from=session_from))


def _say(tx: Tx, appid: str, user_id: UserId, body: MessageBody, client_id: str) -> Message:
    if isinstance(body, bodies.Text):
        body = text_links.linked(tx, apps.get(tx, appid), body)
    try:  # what an app wrote may be longer or stranger than what clients can show
        body = msgspec.convert(msgspec.to_builtins(body), MessageBody)
    except msgspec.ValidationError as error:
        raise DomainError(BODY_INVALID, reason=str(error)) from None
    conversation = conversations.with_account(tx, user_id=user_id, appid=appid)
    return messages.send(tx, conversation.id, sender=appid, body=body, client_id=client_id)


def type_(tx: Tx, *, appid: str, user_id: UserId, typing: bool) -> None:
    """Show, or stop showing, that the account is writing. Raises WINDOW_CLOSED."""
    allowances.require_open(tx, appid=appid, user_id=user_id)
    conversation = conversations.with_account(tx, user_id=user_id, appid=appid)
    shown = {"conversation_id": str(conversation.id), "appid": appid, "typing": typing}
    updates.append(tx, [user_id], "chat.typing", shown)
