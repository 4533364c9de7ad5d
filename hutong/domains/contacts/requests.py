"""Requests: asking to become a contact, and the answer."""

from hutong.domains.identity import users
from hutong.domains.identity.tables import UserId
from hutong.kernel import updates
from hutong.kernel.clock import DAY_MS
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError

from . import people
from .errors import (
    ALREADY,
    FULL,
    ONESELF,
    REFUSED,
    REQUEST_ANSWERED,
    REQUEST_UNKNOWN,
    TEXT_TOO_LONG,
    TOO_MANY_REQUESTS,
)
from .events import ContactRequested
from .tables import Block, Book, ContactRequest, RequestId, RequestState, Source

GREETING_CHARACTERS = 100
MAX_A_DAY = 100
PAGE = 50


def place(tx: Tx, *, from_id: UserId, to_id: UserId, greeting: str, source: Source) -> ContactRequest:
    """Ask a person. Asking again replaces the request before; if they have asked me, we meet at once.

    So do we if I am still in their contacts. Raises ONESELF, ALREADY, REFUSED, FULL, TEXT_TOO_LONG,
    TOO_MANY_REQUESTS.
    """
    if from_id == to_id:
        raise DomainError(ONESELF)
    if len(greeting) > GREETING_CHARACTERS:
        raise DomainError(TEXT_TOO_LONG, limit=GREETING_CHARACTERS)
    users.get(tx, to_id)
    people.hold(tx, from_id, to_id)
    if tx.find(Block, user_id=to_id, blocked_id=from_id) is not None:
        raise DomainError(REFUSED)
    known_to_me = people.find(tx, user_id=from_id, contact_id=to_id) is not None
    known_to_them = people.find(tx, user_id=to_id, contact_id=from_id) is not None
    if known_to_me and known_to_them:
        raise DomainError(ALREADY)
    book = tx.find(Book, user_id=from_id)
    if book is not None and book.contacts >= people.MAX_CONTACTS:
        raise DomainError(FULL, limit=people.MAX_CONTACTS)
    asked = tx.value(
        "select count(*) from contacts_request where from_id = :user and asked_at > :since",
        user=from_id,
        since=tx.now - DAY_MS,
    )
    if asked >= MAX_A_DAY:
        raise DomainError(TOO_MANY_REQUESTS, limit=MAX_A_DAY)

    request = ContactRequest(
        id=RequestId(tx.new_id()),
        from_id=from_id,
        to_id=to_id,
        greeting=greeting,
        source=source,
        state=RequestState.PENDING,
        asked_at=tx.now,
    )
    former, created = tx.insert_or_find(request, by=("from_id", "to_id"))
    if not created:
        tx.delete(former)
        tx.insert(request)
    theirs = tx.find_locked(ContactRequest, from_id=to_id, to_id=from_id)
    if known_to_them:
        return _accept(tx, request)
    if theirs is not None and theirs.state is RequestState.PENDING:
        _accept(tx, theirs)
        return tx.update(request, state=RequestState.ACCEPTED, answered_at=tx.now)
    tx.emit(ContactRequested(request_id=request.id, from_id=from_id, to_id=to_id))
    updates.append(
        tx, [to_id], "contacts.requested", {"request_id": str(request.id), "user_id": str(from_id)}
    )
    return request


def accept(tx: Tx, *, user_id: UserId, request_id: RequestId) -> ContactRequest:
    """Say yes. Saying it again changes nothing. Raises REQUEST_UNKNOWN, REQUEST_ANSWERED, FULL, OTHER_FULL."""
    request = _mine(tx, user_id, request_id)
    if request.state is RequestState.ACCEPTED:
        return request
    if request.state is RequestState.DECLINED:
        raise DomainError(REQUEST_ANSWERED)
    return _accept(tx, request)


def decline(tx: Tx, *, user_id: UserId, request_id: RequestId) -> ContactRequest:
    """Say no; the asker is not told. Raises REQUEST_UNKNOWN, REQUEST_ANSWERED."""
    request = _mine(tx, user_id, request_id)
    if request.state is RequestState.ACCEPTED:
        raise DomainError(REQUEST_ANSWERED)
    if request.state is RequestState.DECLINED:
        return request
    declined = tx.update(request, state=RequestState.DECLINED, answered_at=tx.now)
    updates.append(tx, [user_id], "contacts.answered", {"request_id": str(request.id)})
    return declined


def _accept(tx: Tx, request: ContactRequest) -> ContactRequest:
    people.meet(
        tx,
        asker_id=request.from_id,
        answerer_id=request.to_id,
        greeting=request.greeting,
        source=request.source,
    )
    return tx.update(request, state=RequestState.ACCEPTED, answered_at=tx.now)


def _mine(tx: Tx, user_id: UserId, request_id: RequestId) -> ContactRequest:
    request = tx.find(ContactRequest, id=request_id)
    if request is None or request.to_id != user_id:
        raise DomainError(REQUEST_UNKNOWN)
    people.hold(tx, request.from_id, request.to_id)
    held = tx.find_locked(ContactRequest, id=request_id)
    if held is None:  # asked anew meanwhile
        raise DomainError(REQUEST_UNKNOWN)
    return held


def received(snapshot: Snapshot, *, user_id: UserId, before: int, limit: int = PAGE) -> list[ContactRequest]:
    """What a person was asked, newest first; `before` is the id of the last one known."""
    return snapshot.all(
        ContactRequest,
        "where to_id = :user and id < :before order by id desc limit :limit",
        user=user_id,
        before=before,
        limit=limit,
    )


def pending(snapshot: Snapshot, *, from_id: UserId, to_id: UserId) -> ContactRequest | None:
    """The unanswered request of one to the other."""
    request = snapshot.find(ContactRequest, from_id=from_id, to_id=to_id)
    return request if request is not None and request.state is RequestState.PENDING else None
