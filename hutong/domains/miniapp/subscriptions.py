"""Subscriptions: what people tick, one message for each tick of a one-time template, until they say no more."""

from collections.abc import Sequence
from enum import StrEnum

from hutong.domains.apps import apps
from hutong.domains.identity.tables import UserId
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError
from hutong.kernel.frozen import Frozen

from . import templates
from .errors import NOT_SUBSCRIBED, SUBSCRIBE_FORBIDDEN, TEMPLATE_UNKNOWN, TEMPLATES_MIXED
from .events import SubscribeAnswered, SubscribeChanged
from .tables import Choice, SubscribeKind, SubscribeSwitch, Subscription, Template

MOST_ASKED = 3
PAGE = 100


class Status(StrEnum):
    """What a person is asked or what stands already, by its published word; ASK means to show it."""

    ASK = "ask"
    ACCEPT = "accept"
    REJECT = "reject"
    BAN = "ban"  # the program may not send this now
    FILTER = "filter"  # another of the asked templates has the same title


class Asked(Frozen):
    """One template of a sheet."""

    template: Template
    status: Status


def sheet(snapshot: Snapshot, *, appid: str, user_id: UserId, template_ids: Sequence[str]) -> list[Asked]:
    """What to show a person whom the app asks for ticks: each template with what stands already.

    Raises SUBSCRIBE_FORBIDDEN for the app's kind, TEMPLATE_UNKNOWN, TEMPLATES_MIXED.
    """
    templates.require_able(apps.get(snapshot, appid))
    found: list[Template] = []
    for template_id in template_ids:
        template = templates.find(snapshot, appid=appid, template_id=template_id)
        if template is None:
            raise DomainError(TEMPLATE_UNKNOWN, template_id=template_id)
        found.append(template)
    if len({template.kind for template in found}) > 1:
        raise DomainError(TEMPLATES_MIXED)
    shown: set[str] = set()
    asked: list[Asked] = []
    for template in found:
        status = Status.FILTER if template.title in shown else _status(snapshot, user_id, template)
        shown.add(template.title)
        asked.append(Asked(template, status))
    return asked


def _status(snapshot: Snapshot, user_id: UserId, template: Template) -> Status:
    try:
        templates.require_allowed(snapshot, template)
    except DomainError as error:
        if error.code is not SUBSCRIBE_FORBIDDEN:
            raise
        return Status.BAN
    stands = snapshot.find(
        Subscription, user_id=user_id, appid=template.appid, template_id=template.template_id
    )
    if stands is None or stands.choice is Choice.ASK:
        return Status.ASK
    return Status.ACCEPT if stands.choice is Choice.ACCEPT else Status.REJECT


def answer(
    tx: Tx,
    *,
    appid: str,
    user_id: UserId,
    template_ids: Sequence[str],
    ticked: Sequence[str],
    keep: bool,
) -> dict[str, Status]:
    """Take the ticks of a sheet; what was not ticked is rejected. With `keep`, do not ask again.

    Every accepted one-time template may be sent once more. What stood already stands: a kept yes counts again.
    Raises as `sheet` does.
    """
    results: dict[str, Status] = {}
    said: dict[str, str] = {}
    for asked in sheet(tx, appid=appid, user_id=user_id, template_ids=template_ids):
        template, status = asked.template, asked.status
        if status is Status.ASK:
            status = Status.ACCEPT if template.template_id in ticked else Status.REJECT
            said[template.template_id] = status.value
            choice = Choice[status.name] if keep else Choice.ASK
            _note(tx, user_id, template, accepted=status is Status.ACCEPT, choice=choice)
        elif status is Status.ACCEPT:
            _note(tx, user_id, template, accepted=True, choice=Choice.ACCEPT)
        results[template.template_id] = status
    if said:
        tx.emit(SubscribeAnswered(appid=appid, user_id=user_id, at=tx.now, answers=said))
    return results


def _note(tx: Tx, user_id: UserId, template: Template, *, accepted: bool, choice: Choice) -> Subscription:
    once = 1 if accepted and template.kind is SubscribeKind.ONCE else 0
    row, made = tx.insert_or_find(
        Subscription(
            user_id=user_id,
            appid=template.appid,
            template_id=template.template_id,
            kind=template.kind,
            choice=choice,
            accepted=accepted,
            left_over=once,
            changed_at=tx.now,
        ),
        by=("user_id", "appid", "template_id"),
    )
    if made:
        return row
    # A no to a lasting template's new question ends the former yes; one-time ticks given before stay good.
    return tx.update(row, choice=choice, accepted=accepted, left_over=row.left_over + once, changed_at=tx.now)


def spend(tx: Tx, *, user_id: UserId, template: Template) -> None:
    """Use the person's tick for one message. Raises NOT_SUBSCRIBED."""
    if is_muted(tx, appid=template.appid, user_id=user_id):
        raise DomainError(NOT_SUBSCRIBED)
    row = tx.find_locked(
        Subscription, user_id=user_id, appid=template.appid, template_id=template.template_id
    )
    if row is None or row.choice is Choice.REJECT:
        raise DomainError(NOT_SUBSCRIBED)
    if template.kind is SubscribeKind.LASTING:
        if not row.accepted:
            raise DomainError(NOT_SUBSCRIBED)
    elif row.left_over < 1:
        raise DomainError(NOT_SUBSCRIBED)
    else:
        tx.update(row, left_over=row.left_over - 1)


# ── what a person manages ──────────────────────────────────────────────────────────────────────────────────


def is_muted(snapshot: Snapshot, *, appid: str, user_id: UserId) -> bool:
    switch = snapshot.find(SubscribeSwitch, user_id=user_id, appid=appid)
    return switch is not None and switch.muted


def mute(tx: Tx, *, appid: str, user_id: UserId, muted: bool) -> None:
    """Let the app write nothing, or let it again; what was ticked stays. Saying it again changes nothing."""
    templates.require_able(apps.get(tx, appid))
    switch, _ = tx.insert_or_find(
        SubscribeSwitch(user_id=user_id, appid=appid, muted=False), by=("user_id", "appid")
    )
    if switch.muted == muted:
        return
    tx.update(switch, muted=muted)
    if muted:
        refused = [row.template_id for row in list_(tx, appid=appid, user_id=user_id)]
        if refused:
            tx.emit(SubscribeChanged(appid=appid, user_id=user_id, at=tx.now, refused=refused))


def choose(tx: Tx, *, appid: str, user_id: UserId, template_id: str, choice: Choice) -> Subscription:
    """Change in the settings what was said to a template once. Raises NOT_SUBSCRIBED when nothing ever was."""
    row = tx.find_locked(Subscription, user_id=user_id, appid=appid, template_id=template_id)
    if row is None:
        raise DomainError(NOT_SUBSCRIBED)
    if row.choice is choice:
        return row
    accepted = row.accepted if choice is Choice.ASK else choice is Choice.ACCEPT
    if choice is Choice.REJECT:
        tx.emit(SubscribeChanged(appid=appid, user_id=user_id, at=tx.now, refused=[template_id]))
    return tx.update(row, choice=choice, accepted=accepted, changed_at=tx.now)


def list_(snapshot: Snapshot, *, appid: str, user_id: UserId) -> list[Subscription]:
    """What a person ever said to an app's templates."""
    return snapshot.all(
        Subscription,
        "where user_id = :user and appid = :appid order by template_id limit :limit",
        user=user_id,
        appid=appid,
        limit=PAGE,
    )
