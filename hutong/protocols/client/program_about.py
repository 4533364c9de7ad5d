"""About a mini program: who makes it, what it collects, keeping it, its customer service, and complaints."""

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from hutong.domains.apps import acts, apps, organisations, platform
from hutong.domains.apps.tables import AppKind
from hutong.domains.chat import conversations
from hutong.domains.identity import users
from hutong.domains.media import files
from hutong.domains.miniapp import (
    categories,
    complaints,
    privacy,
    program_codes,
    settings,
    versions,
    visits,
)
from hutong.domains.miniapp.complaints import Wrong
from hutong.domains.miniapp.tables import Channel, Complaint, ComplaintId, ComplaintState
from hutong.domains.official import programs, service
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.endpoints import Id, Request, Response

from .accounts import AccountLine, Appid, account_line
from .conversations import ConversationLine, line
from .protocol import Person, client

Words = Annotated[str, Meta(max_length=complaints.WORDS)]
Handles = Annotated[list[Annotated[str, Meta(max_length=64)]], Meta(max_length=complaints.PICTURES)]


class OneProgram(Request):
    appid: Appid


class CollectedLine(Response):
    """A kind of data by its published key, and what it is for."""

    key: str
    purpose: str


class ProgramAbout(Response):
    """`contact` is who answers for the data. `updated_at` is when the released version came out."""

    program: AccountLine
    organisation: str
    categories: list[str]
    collected: list[CollectedLine]
    contact: str
    version: str | None
    updated_at: int | None
    closed: bool
    added: bool
    accounts: list[AccountLine]


@client.get("/programs/{appid}/about")
def get_program_about(snapshot: Snapshot, person: Person, req: OneProgram) -> ProgramAbout:
    """Who makes a program, what it is for and what it says it collects."""
    app = apps.require_kind(apps.get(snapshot, req.appid), AppKind.MINI_PROGRAM)
    said = privacy.of(snapshot, app.appid)
    version = versions.current(snapshot, app.appid, Channel.RELEASE)
    contact = (
        ""
        if said is None
        else next(
            (
                way
                for way in (
                    said.contact.contact_email,
                    said.contact.contact_phone,
                    said.contact.contact_weixin,
                    said.contact.contact_qq,
                )
                if way
            ),
            "",
        )
    )
    return ProgramAbout(
        program=account_line(snapshot, app),
        organisation=organisations.get(snapshot, app.org_id).name,
        categories=[f"{one.first_name} · {one.second_name}" for one in categories.of(snapshot, app.appid)],
        collected=[]
        if said is None
        else [CollectedLine(item.privacy_key, item.privacy_text) for item in said.items],
        contact=contact,
        version=None if version is None else version.number,
        updated_at=None if version is None else version.released_at,
        closed=settings.of(snapshot, app.appid).closed,
        added=visits.is_added(snapshot, appid=app.appid, user_id=person.user_id),
        accounts=[account_line(snapshot, one) for one in programs.accounts_of(snapshot, app.appid)],
    )


# ── customer service ───────────────────────────────────────────────────────────────────────────────────────


class ServiceEntry(Request):
    """`session_from` is what the button carries to the program's server."""

    appid: Appid
    session_from: Annotated[str, Meta(max_length=1024)] = ""


@client.post("/programs/{appid}/service")
def enter_service(tx: Tx, person: Person, req: ServiceEntry) -> ConversationLine:
    """`open-type="contact"`: my conversation with a program's customer service, which hears that I came."""
    service.enter(tx, appid=req.appid, user_id=person.user_id, session_from=req.session_from)
    return line(tx, person, conversations.with_account(tx, user_id=person.user_id, appid=req.appid).id)


# ── links ──────────────────────────────────────────────────────────────────────────────────────────────────


class NewLink(Request):
    """The page somebody is at, with its query, as its program wants it opened."""

    appid: Appid
    page: Annotated[str, Meta(max_length=program_codes.PATH_LENGTH)]
    title: Annotated[str, Meta(max_length=64)] = ""


class LinkMade(Response):
    """`text` opens the page when it is scanned or followed here, until `expires_at`."""

    text: str
    expires_at: int | None


@client.post("/programs/{appid}/link")
def make_program_link(tx: Tx, person: Person, req: NewLink) -> LinkMade:
    """A short link to a page of the released version, for thirty days."""
    made = program_codes.short_link(
        tx, app=apps.get(tx, req.appid), page_url=req.page, title=req.title, lasting=False
    )
    return LinkMade(text=made.text, expires_at=made.expires_at)


# ── complaints ─────────────────────────────────────────────────────────────────────────────────────────────


class NewComplaint(Request):
    appid: Appid
    kind: Wrong
    words: Words
    pictures: Handles = []


class ComplaintLine(Response):
    """`pictures` are addresses. `person` is who complains, for the platform only."""

    complaint_id: str
    program: AccountLine
    kind: str
    words: str
    pictures: list[str]
    made_at: int
    state: ComplaintState
    answer: str
    answered_at: int | None
    person: str | UnsetType = UNSET


class Complaints(Response):
    complaints: list[ComplaintLine]
    next: str | None


class ComplaintPage(Request):
    before: Id | None = None


class ComplaintQueue(ComplaintPage):
    state: ComplaintState = ComplaintState.OPEN


class ComplaintAnswer(Request):
    complaint_id: Id
    upheld: bool
    words: Words


def _complaint(snapshot: Snapshot, complaint: Complaint, *, named: bool = False) -> ComplaintLine:
    return ComplaintLine(
        complaint_id=str(complaint.id),
        program=account_line(snapshot, apps.get(snapshot, complaint.appid)),
        kind=complaint.kind,
        words=complaint.words,
        pictures=[files.address(snapshot, handle) for handle in complaint.pictures],
        made_at=complaint.made_at,
        state=complaint.state,
        answer=complaint.answer,
        answered_at=complaint.answered_at,
        person=users.get(snapshot, complaint.user_id).nickname if named else UNSET,
    )


def _page(snapshot: Snapshot, page: list[Complaint], *, named: bool) -> Complaints:
    return Complaints(
        [_complaint(snapshot, one, named=named) for one in page],
        str(page[-1].id) if len(page) == complaints.PAGE else None,
    )


@client.post("/programs/{appid}/complaints")
def make_complaint(tx: Tx, person: Person, req: NewComplaint) -> ComplaintLine:
    """Tell the platform what is wrong with a program."""
    made = complaints.make(
        tx, appid=req.appid, user_id=person.user_id, kind=req.kind, words=req.words, pictures=req.pictures
    )
    return _complaint(tx, made)


@client.get("/complaints")
def list_complaints(snapshot: Snapshot, person: Person, req: ComplaintPage) -> Complaints:
    """What I complained about, and what became of it."""
    before = int(req.before) if req.before else 2**63 - 1
    return _page(snapshot, complaints.of_person(snapshot, person.user_id, before=before), named=False)


@client.get("/platform/complaints")
def list_platform_complaints(snapshot: Snapshot, person: Person, req: ComplaintQueue) -> Complaints:
    """The home's complaints in one state, for its admins."""
    platform.require_admin(snapshot, person.user_id)
    before = int(req.before) if req.before else 2**63 - 1
    return _page(snapshot, complaints.in_state(snapshot, req.state, before=before), named=True)


@client.post("/platform/complaints/{complaint_id}/answer")
def answer_complaint(tx: Tx, person: Person, req: ComplaintAnswer) -> ComplaintLine:
    """Say what the platform found."""
    answered = complaints.answer(
        tx,
        complaint_id=ComplaintId(int(req.complaint_id)),
        by=person.user_id,
        upheld=req.upheld,
        words=req.words,
    )
    app = apps.get(tx, answered.appid)
    target = f"{app.appid} {answered.id}"
    acts.record(tx, org_id=app.org_id, user_id=person.user_id, verb="platform.complaint", target=target)
    return _complaint(tx, answered, named=True)
