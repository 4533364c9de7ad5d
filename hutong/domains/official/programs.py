"""Programs an account has linked: shown on its page, told to its fans."""

from collections.abc import Collection

from hutong.domains.apps import apps
from hutong.domains.apps.tables import App, AppKind
from hutong.domains.chat import bodies, conversations, messages
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError

from . import follows
from .errors import (
    LINK_UNLINKED,
    LINKED_APP,
    PROGRAM_FOREIGN,
    PROGRAM_LINKED,
    PROGRAM_NOT_LINKED,
    PROGRAMS_FULL,
)
from .events import ProgramLinked
from .tables import Follow, LinkedProgram

MOST = 500
FANS_AT_A_TIME = 50


def link(tx: Tx, *, appid: str, program_appid: str, shown: bool, tell: bool) -> LinkedProgram:
    """Link a program of the same organisation; with `tell`, the fans get its card.

    Raises KIND_FORBIDDEN, APP_UNKNOWN, PROGRAM_FOREIGN, PROGRAM_LINKED, PROGRAMS_FULL.
    """
    account = apps.require_kind(apps.get(tx, appid), *apps.ACCOUNTS)
    program = apps.require_kind(apps.get(tx, program_appid), AppKind.MINI_PROGRAM)
    if program.org_id != account.org_id:
        raise DomainError(PROGRAM_FOREIGN)
    follows.locked_account(tx, appid)
    if tx.value("select count(*) from official_program where appid = :appid", appid=appid) >= MOST:
        raise DomainError(PROGRAMS_FULL, most=MOST)
    row, made = tx.insert_or_find(
        LinkedProgram(appid=appid, program_appid=program_appid, shown=shown, linked_at=tx.now),
        by=("appid", "program_appid"),
    )
    if not made:
        raise DomainError(PROGRAM_LINKED)
    if tell:
        tx.emit(ProgramLinked(appid=appid, program_appid=program_appid))
    return row


def unlink(tx: Tx, *, appid: str, program_appid: str) -> None:
    """Raises PROGRAM_NOT_LINKED."""
    row = tx.find_locked(LinkedProgram, appid=appid, program_appid=program_appid)
    if row is None:
        raise DomainError(PROGRAM_NOT_LINKED)
    tx.delete(row)


def of(snapshot: Snapshot, appid: str) -> list[LinkedProgram]:
    """What an account has linked, oldest first."""
    return snapshot.all(
        LinkedProgram,
        "where appid = :appid order by linked_at, program_appid limit :limit",
        appid=appid,
        limit=MOST,
    )


def require_linked(snapshot: Snapshot, app: App, program_appids: Collection[str]) -> None:
    """What an account writes leads only to programs it has linked, what a program writes only to itself.

    Raises LINKED_APP, LINK_UNLINKED.
    """
    own = {app.appid} if app.kind is AppKind.MINI_PROGRAM else set()
    others = sorted(set(program_appids) - own)
    if not others:
        return
    found = apps.many(snapshot, others)
    for appid in others:
        if appid not in found or found[appid].kind is not AppKind.MINI_PROGRAM:
            raise DomainError(LINKED_APP, appid=appid)
    rows = snapshot.all(
        LinkedProgram,
        "where appid = :appid and program_appid in :others limit :limit",
        appid=app.appid,
        others=others,
        limit=len(others),
    )
    linked = {row.program_appid for row in rows}
    for appid in others:
        if appid not in linked:
            raise DomainError(LINK_UNLINKED, appid=appid)


def shown(snapshot: Snapshot, appid: str) -> list[App]:
    """The programs on an account's page."""
    rows = [row for row in of(snapshot, appid) if row.shown]
    found = apps.many(snapshot, [row.program_appid for row in rows])
    return [found[row.program_appid] for row in rows]


def accounts_of(snapshot: Snapshot, program_appid: str) -> list[App]:
    """The accounts that have linked a program."""
    rows = snapshot.all(
        LinkedProgram,
        "where program_appid = :program order by appid limit :limit",
        program=program_appid,
        limit=MOST,
    )
    found = apps.many(snapshot, [row.appid for row in rows])
    return [found[row.appid] for row in rows]


def tell_fans(tx: Tx, *, appid: str, program_appid: str, after: int) -> None:
    """Give the next fans the program's card, and leave the rest for another turn."""
    if tx.find(LinkedProgram, appid=appid, program_appid=program_appid) is None:
        return
    page = tx.all(
        Follow,
        "where appid = :appid and id > :after order by id limit :limit",
        appid=appid,
        after=after,
        limit=FANS_AT_A_TIME,
    )
    card = bodies.MiniProgramCard(program_appid, apps.get(tx, program_appid).name)
    for follow in page:
        conversation = conversations.with_account(tx, user_id=follow.user_id, appid=appid)
        messages.send(tx, conversation.id, sender=appid, body=card, client_id=f"linked:{program_appid}")
    if len(page) == FANS_AT_A_TIME:
        tx.emit(ProgramLinked(appid=appid, program_appid=program_appid, after=page[-1].id))
