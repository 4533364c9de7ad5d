"""Subscribe messages from the person's side: the sheet with its ticks, and what may be changed later."""

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from hutong.domains.apps import apps
from hutong.domains.miniapp import subscriptions, templates
from hutong.domains.miniapp.subscriptions import MOST_ASKED, Status
from hutong.domains.miniapp.tables import Choice, SubscribeKind, Template
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.endpoints import Request, Response

from .accounts import AccountLine, Appid, account_line
from .protocol import Person, client

TemplateId = Annotated[str, Meta(min_length=1, max_length=64)]


class SampleField(Response):
    """A keyword with the example that shows what will stand there."""

    name: str
    example: str


class AskedTemplate(Response):
    """`status` "ask" is shown with a tick; the others are what the program is answered without asking."""

    template_id: str
    title: str
    lasting: bool
    sample: list[SampleField]
    status: Status


class SubscribeSheet(Response):
    """`muted`: the person hears nothing from this program, and is not asked."""

    app: AccountLine
    muted: bool
    templates: list[AskedTemplate]


class SheetRequest(Request):
    """`template_ids` are joined by commas, three at most."""

    appid: Appid
    template_ids: Annotated[str, Meta(min_length=1, max_length=256)]


def _sample(template: Template) -> list[SampleField]:
    return [SampleField(keyword.name, keyword.example) for keyword in templates.keywords(template)]


@client.get("/programs/{appid}/subscribe-sheet")
def get_subscribe_sheet(snapshot: Snapshot, person: Person, req: SheetRequest) -> SubscribeSheet:
    """`wx.requestSubscribeMessage`: what to ask. Refused for an unknown template and for kinds mixed.

    When no template's status is "ask", show nothing and post the answer at once: a kept yes counts each time.
    """
    asked = subscriptions.sheet(
        snapshot,
        appid=req.appid,
        user_id=person.user_id,
        template_ids=req.template_ids.split(",")[:MOST_ASKED],
    )
    return SubscribeSheet(
        app=account_line(snapshot, apps.get(snapshot, req.appid)),
        muted=subscriptions.is_muted(snapshot, appid=req.appid, user_id=person.user_id),
        templates=[
            AskedTemplate(
                template_id=each.template.template_id,
                title=each.template.title,
                lasting=each.template.kind is SubscribeKind.LASTING,
                sample=_sample(each.template),
                status=each.status,
            )
            for each in asked
        ],
    )


class Ticks(Request):
    """`template_ids` are all that were asked; `ticked` those with a tick. `keep`: do not ask again."""

    appid: Appid
    template_ids: Annotated[list[TemplateId], Meta(min_length=1, max_length=MOST_ASKED)]
    ticked: Annotated[list[TemplateId], Meta(max_length=MOST_ASKED)] = []
    keep: bool = False


class Answers(Response):
    """What the program is told, by template: accept, reject, ban or filter."""

    results: dict[str, Status]


@client.post("/programs/{appid}/subscriptions")
def answer_subscribe_sheet(tx: Tx, person: Person, req: Ticks) -> Answers:
    """My answer to a sheet; each accepted one-time template may then be sent once more."""
    return Answers(
        subscriptions.answer(
            tx,
            appid=req.appid,
            user_id=person.user_id,
            template_ids=req.template_ids,
            ticked=req.ticked,
            keep=req.keep,
        )
    )


class SubscriptionLine(Response):
    """`left_over` counts the one-time messages that may still come."""

    template_id: str
    title: str
    lasting: bool
    choice: Choice
    accepted: bool
    left_over: int


class SubscribeSettings(Response):
    muted: bool
    templates: list[SubscriptionLine]


class OneApp(Request):
    appid: Appid


@client.get("/programs/{appid}/subscriptions")
def list_subscriptions(snapshot: Snapshot, person: Person, req: OneApp) -> SubscribeSettings:
    """What I said to each template of a program, and whether it may write at all. Also `wx.getSetting`."""
    lines = []
    for row in subscriptions.list_(snapshot, appid=req.appid, user_id=person.user_id):
        template = templates.find(snapshot, appid=req.appid, template_id=row.template_id)
        if template is not None:
            lasting = row.kind is SubscribeKind.LASTING
            lines.append(
                SubscriptionLine(
                    row.template_id, template.title, lasting, row.choice, row.accepted, row.left_over
                )
            )
    muted = subscriptions.is_muted(snapshot, appid=req.appid, user_id=person.user_id)
    return SubscribeSettings(muted, lines)


class SettingsChange(Request):
    """What is absent stays. `choices` are by template."""

    appid: Appid
    muted: bool | UnsetType = UNSET
    choices: Annotated[dict[TemplateId, Choice], Meta(max_length=templates.TEMPLATES)] = {}


@client.patch("/programs/{appid}/subscriptions")
def change_subscriptions(tx: Tx, person: Person, req: SettingsChange) -> SubscribeSettings:
    """Change what a program may tell me."""
    for template_id, choice in sorted(req.choices.items()):
        subscriptions.choose(
            tx, appid=req.appid, user_id=person.user_id, template_id=template_id, choice=choice
        )
    if req.muted is not UNSET:
        subscriptions.mute(tx, appid=req.appid, user_id=person.user_id, muted=req.muted)
    return list_subscriptions(tx, person, OneApp(req.appid))
