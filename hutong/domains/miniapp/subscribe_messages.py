"""Subscribe messages: what an app tells a person who ticked it, in the person's service notices."""

from collections.abc import Mapping

from hutong.domains.apps import apps, quotas
from hutong.domains.apps.errors import APP_UNKNOWN
from hutong.domains.apps.tables import AppKind
from hutong.domains.chat import bodies, conversations, messages
from hutong.domains.chat.tables import Message
from hutong.domains.identity.tables import UserId
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError

from . import keywords, subscriptions, templates, versions
from .errors import PAGE_UNKNOWN, SUBSCRIBE_FORBIDDEN, VALUE_UNFIT
from .events import SubscribeMessageSent
from .tables import Channel, Template

# What the link to the page says, by the published languages.
ACTIONS = {
    "zh_CN": "进入小程序查看",
    "en_US": "View in the mini program",
    "zh_HK": "進入小程式查看",
    "zh_TW": "進入小程式查看",
}
A_DAY = 10_000_000  # published, for an app without payment


def send(
    tx: Tx,
    *,
    appid: str,
    user_id: UserId,
    template_id: str,
    values: Mapping[str, str],
    page: str = "",
    channel: Channel = Channel.RELEASE,
    lang: str = "zh_CN",
) -> Message:
    """A mini program's message. It opens `page` (with its query) on `channel`, or nothing without one.

    Raises SUBSCRIBE_FORBIDDEN, TEMPLATE_UNKNOWN, VALUE_UNFIT, PAGE_UNKNOWN, NOT_SUBSCRIBED, QUOTA_SPENT.
    """
    if apps.get(tx, appid).kind is not AppKind.MINI_PROGRAM:
        raise DomainError(SUBSCRIBE_FORBIDDEN)
    path = page.removeprefix("/")
    if path:
        _require_page(tx, appid, path, channel)
    return _send(
        tx,
        user_id=user_id,
        template=templates.get(tx, appid=appid, template_id=template_id),
        values=values,
        target=appid if path else "",
        path=path,
        channel=channel,
        lang=lang,
    )


def send_for_account(
    tx: Tx,
    *,
    appid: str,
    user_id: UserId,
    template_id: str,
    values: Mapping[str, str],
    url: str = "",
    program_appid: str = "",
    program_path: str = "",
) -> Message:
    """A service account's notification. It opens the program's page if one is given, else the address.

    Raises SUBSCRIBE_FORBIDDEN, TEMPLATE_UNKNOWN, VALUE_UNFIT, APP_UNKNOWN, NOT_SUBSCRIBED, QUOTA_SPENT.
    """
    if apps.get(tx, appid).kind is not AppKind.SERVICE:
        raise DomainError(SUBSCRIBE_FORBIDDEN)
    if program_appid and apps.get(tx, program_appid).kind is not AppKind.MINI_PROGRAM:
        raise DomainError(APP_UNKNOWN, appid=program_appid)
    return _send(
        tx,
        user_id=user_id,
        template=templates.get(tx, appid=appid, template_id=template_id),
        values=values,
        url=url,
        target=program_appid,
        path=program_path.removeprefix("/"),
    )


def _require_page(snapshot: Snapshot, appid: str, path: str, channel: Channel) -> None:
    version = versions.current(snapshot, appid, channel)
    name = path.partition("?")[0]
    if version is not None and name not in version.pages:
        raise DomainError(PAGE_UNKNOWN, page=name)


def _send(
    tx: Tx,
    *,
    user_id: UserId,
    template: Template,
    values: Mapping[str, str],
    target: str,
    path: str,
    url: str = "",
    channel: Channel = Channel.RELEASE,
    lang: str = "zh_CN",
) -> Message:
    templates.require_allowed(tx, template)
    fields: list[bodies.NoticeField] = []
    for keyword in templates.keywords(template):
        value = values.get(keyword.code, "")
        if not keywords.fits(keyword.code, value, list(keyword.enum)):
            raise DomainError(VALUE_UNFIT, field=f"data.{keyword.code}.value")
        fields.append(bodies.NoticeField(keyword.name, value))
    subscriptions.spend(tx, user_id=user_id, template=template)
    quotas.spend(tx, appid=template.appid, name="subscribe", limit=A_DAY)
    notice = bodies.Notice(
        title=template.title,
        fields=fields,
        url=url,
        appid=target,
        path=path,
        channel="" if channel is Channel.RELEASE else channel.value,
        template_id=template.template_id,
        sender_name=apps.get(tx, template.appid).name,
        action=ACTIONS[lang] if path else "",
    )
    conversation = conversations.notices(tx, user_id)
    message = messages.send(tx, conversation.id, sender=template.appid, body=notice)
    tx.emit(
        SubscribeMessageSent(
            appid=template.appid,
            user_id=user_id,
            at=tx.now,
            template_id=template.template_id,
            msg_id=message.id,
        )
    )
    return message
