"""Complaints: a person tells the platform what is wrong with a program, and hears what became of it."""

from collections.abc import Sequence
from enum import StrEnum

from hutong.domains.apps import apps, platform
from hutong.domains.apps.tables import AppKind
from hutong.domains.identity.tables import UserId
from hutong.domains.media import files
from hutong.domains.media.tables import FileKind
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError

from .errors import COMPLAINT_INVALID, COMPLAINT_MISSING, COMPLAINT_STATE, COMPLAINTS_OPEN
from .tables import Complaint, ComplaintId, ComplaintState

WORDS = 500
PICTURES = 5
PAGE = 50


class Wrong(StrEnum):
    """What a complaint is about."""

    FRAUD = "fraud"
    CONTENT = "content"
    PRIVACY = "privacy"
    PAYMENT = "payment"
    BROKEN = "broken"
    OTHER = "other"


def make(
    tx: Tx, *, appid: str, user_id: UserId, kind: Wrong, words: str, pictures: Sequence[str] = ()
) -> Complaint:
    """Raises KIND_FORBIDDEN, COMPLAINT_INVALID, COMPLAINTS_OPEN while the person's last one about it waits."""
    app = apps.require_kind(apps.get(tx, appid), AppKind.MINI_PROGRAM)
    if not 1 <= len(words.strip()) <= WORDS or len(pictures) > PICTURES:
        raise DomainError(COMPLAINT_INVALID)
    waiting = tx.value(
        "select count(*) from miniapp_complaint where user_id = :user and appid = :appid and state = :state",
        user=user_id,
        appid=app.appid,
        state=ComplaintState.OPEN.value,
    )
    if waiting:
        raise DomainError(COMPLAINTS_OPEN)
    return tx.insert(
        Complaint(
            id=ComplaintId(tx.new_id()),
            appid=app.appid,
            user_id=user_id,
            kind=kind.value,
            words=words.strip(),
            pictures=[files.require(tx, handle, FileKind.IMAGE).handle for handle in pictures],
            made_at=tx.now,
            state=ComplaintState.OPEN,
        )
    )


def answer(tx: Tx, *, complaint_id: ComplaintId, by: UserId, upheld: bool, words: str) -> Complaint:
    """The platform says what it found. Raises PLATFORM_ONLY, COMPLAINT_MISSING, COMPLAINT_STATE, COMPLAINT_INVALID."""
    platform.require_admin(tx, by)
    complaint = tx.find_locked(Complaint, id=complaint_id)
    if complaint is None:
        raise DomainError(COMPLAINT_MISSING)
    if complaint.state is not ComplaintState.OPEN:
        raise DomainError(COMPLAINT_STATE)
    if not 1 <= len(words.strip()) <= WORDS:
        raise DomainError(COMPLAINT_INVALID)
    return tx.update(
        complaint,
        state=ComplaintState.UPHELD if upheld else ComplaintState.DISMISSED,
        answer=words.strip(),
        answered_by=by,
        answered_at=tx.now,
    )


def of_person(snapshot: Snapshot, user_id: UserId, *, before: int = 2**63 - 1) -> list[Complaint]:
    """What a person has complained about, newest first."""
    return snapshot.all(
        Complaint,
        "where user_id = :user and id < :before order by id desc limit :limit",
        user=user_id,
        before=before,
        limit=PAGE,
    )


def in_state(snapshot: Snapshot, state: ComplaintState, *, before: int = 2**63 - 1) -> list[Complaint]:
    """The home's complaints in one state, newest first."""
    return snapshot.all(
        Complaint,
        "where state = :state and id < :before order by id desc limit :limit",
        state=state.value,
        before=before,
        limit=PAGE,
    )
