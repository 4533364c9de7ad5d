"""Templates: what an account may tell its followers without being asked."""

import re

from hutong.domains.apps import apps, quotas
from hutong.domains.apps.errors import APP_UNKNOWN
from hutong.domains.apps.tables import AppKind
from hutong.domains.chat import bodies, conversations, messages
from hutong.domains.identity.tables import UserId
from hutong.kernel.clock import DAY_MS
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError
from hutong.kernel.frozen import Frozen

from . import follows
from .errors import (
    INDUSTRY_TOO_SOON,
    INDUSTRY_UNKNOWN,
    TEMPLATE_KEYWORDS,
    TEMPLATE_UNKNOWN,
    TEMPLATE_VALUES,
    TEMPLATES_FULL,
)
from .events import NoticeSent
from .library import INDUSTRIES, LIBRARY
from .tables import Account, Notice, NoticeId, Template

TEMPLATES = 25
A_DAY = 100_000
INDUSTRY_APART_MS = 30 * DAY_MS
VALUE_LENGTH = 1000
_PLACE = re.compile(r"\{\{([A-Za-z0-9_]+)\.DATA\}\}")
_COLOR = re.compile(r"#[0-9A-Fa-f]{6}\Z")


class Value(Frozen):
    """What goes into one place of a template."""

    value: str
    color: str = ""


def add(tx: Tx, *, appid: str, template_id_short: str, keywords: list[str]) -> Template:
    """Take a template from the library, with all its keywords or those with these labels.

    Taking one again makes a second. Raises KIND_FORBIDDEN, TEMPLATE_UNKNOWN, TEMPLATE_KEYWORDS, TEMPLATES_FULL.
    """
    apps.require_kind(apps.get(tx, appid), AppKind.SERVICE)
    follows.locked_account(tx, appid)
    listed = LIBRARY.get(template_id_short)
    if listed is None:
        raise DomainError(TEMPLATE_UNKNOWN, template_id_short=template_id_short)
    labels = {label for _, label, _ in listed.keywords}
    if not labels.issuperset(keywords) or len(set(keywords)) != len(keywords):
        raise DomainError(TEMPLATE_KEYWORDS)
    if tx.value("select count(*) from official_template where appid = :appid", appid=appid) >= TEMPLATES:
        raise DomainError(TEMPLATES_FULL, most=TEMPLATES)
    return tx.insert(
        Template(
            appid=appid,
            template_id=tx.new_handle("", 43),
            template_id_short=template_id_short,
            title=listed.title,
            content=listed.content(keywords),
            example=listed.example(keywords),
            added_at=tx.now,
        )
    )


def list_(snapshot: Snapshot, appid: str) -> list[Template]:
    return snapshot.all(
        Template,
        "where appid = :appid order by added_at, template_id limit :limit",
        appid=appid,
        limit=TEMPLATES,
    )


def get(snapshot: Snapshot, *, appid: str, template_id: str) -> Template:
    """Raises TEMPLATE_UNKNOWN."""
    template = snapshot.find(Template, appid=appid, template_id=template_id)
    if template is None:
        raise DomainError(TEMPLATE_UNKNOWN)
    return template


def remove(tx: Tx, *, appid: str, template_id: str) -> None:
    """Raises TEMPLATE_UNKNOWN."""
    tx.delete(get(tx, appid=appid, template_id=template_id))


def set_industry(tx: Tx, *, appid: str, primary: int, secondary: int) -> Account:
    """Say what the account's trades are, at most once a month.

    Raises KIND_FORBIDDEN, INDUSTRY_UNKNOWN, INDUSTRY_TOO_SOON.
    """
    apps.require_kind(apps.get(tx, appid), AppKind.SERVICE)
    if primary not in INDUSTRIES or secondary not in INDUSTRIES:
        raise DomainError(INDUSTRY_UNKNOWN)
    account = follows.locked_account(tx, appid)
    if (account.primary_industry, account.secondary_industry) == (primary, secondary):
        return account
    if account.primary_industry and tx.now - account.industry_set_at < INDUSTRY_APART_MS:
        raise DomainError(INDUSTRY_TOO_SOON)
    return tx.update(account, primary_industry=primary, secondary_industry=secondary, industry_set_at=tx.now)


def industries(snapshot: Snapshot, appid: str) -> tuple[int, int]:
    """The account's trades; 41, that is other, until it says."""
    account = snapshot.find(Account, appid=appid)
    if account is None or not account.primary_industry:
        return 41, 41
    return account.primary_industry, account.secondary_industry


def send(
    tx: Tx,
    *,
    appid: str,
    user_id: UserId,
    template_id: str,
    values: dict[str, Value],
    url: str = "",
    program_appid: str = "",
    program_path: str = "",
    client_msg_id: str | None = None,
) -> Notice:
    """Put a notice into the follower's conversation. It opens the program's page if one is given, else the address.

    The same `client_msg_id` for the same person is sent once. Raises NOT_FOLLOWING, TEMPLATE_UNKNOWN,
    TEMPLATE_VALUES, APP_UNKNOWN for an unknown program, QUOTA_SPENT.
    """
    apps.require_kind(apps.get(tx, appid), AppKind.SERVICE)
    template = get(tx, appid=appid, template_id=template_id)
    follows.require(tx, appid=appid, user_id=user_id)
    if program_appid:
        program = apps.get(tx, program_appid)
        if program.kind is not AppKind.MINI_PROGRAM:
            raise DomainError(APP_UNKNOWN, appid=program_appid)
    for value in values.values():
        if len(value.value) > VALUE_LENGTH or (value.color and not _COLOR.match(value.color)):
            raise DomainError(TEMPLATE_VALUES)
    notice = Notice(
        id=NoticeId(tx.new_id()),
        appid=appid,
        user_id=user_id,
        template_id=template_id,
        sent_at=tx.now,
        client_msg_id=client_msg_id,
    )
    if client_msg_id is None:
        tx.insert(notice)
    else:
        notice, made = tx.insert_or_find(notice, by=("appid", "user_id", "client_msg_id"))
        if not made:
            return notice
    quotas.spend(tx, appid=appid, name="template", limit=A_DAY)
    conversation = conversations.with_account(tx, user_id=user_id, appid=appid)
    body = _filled(template, values, url=url, program_appid=program_appid, program_path=program_path)
    messages.send(tx, conversation.id, sender=appid, body=body, client_id=f"notice:{notice.id}")
    tx.emit(NoticeSent(appid=appid, user_id=user_id, at=tx.now, msg_id=notice.id, status="success"))
    return notice


def _filled(
    template: Template, values: dict[str, Value], *, url: str, program_appid: str, program_path: str
) -> bodies.Notice:
    """The template's text with its values: framing lines, and fields between them."""
    first = remark = ""
    fields: list[bodies.NoticeField] = []
    for line in template.content.splitlines():
        place = _PLACE.search(line)
        assert place is not None, template.content
        given = values.get(place[1], Value(""))
        label = line[: place.start()].rstrip("：")
        if label:
            fields.append(bodies.NoticeField(label, given.value, given.color))
        elif fields:
            remark = given.value
        else:
            first = given.value
    return bodies.Notice(
        title=template.title,
        fields=fields,
        first=first,
        remark=remark,
        url=url,
        appid=program_appid,
        path=program_path,
        template_id=template.template_id,
    )
