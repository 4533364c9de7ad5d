"""The console: what an app says it is for, and the subscribe messages it may send for that."""

from typing import Annotated

from msgspec import Meta

from hutong.domains.apps import access, acts, platform
from hutong.domains.apps.tables import App, Role
from hutong.domains.insight import openings, sales
from hutong.domains.miniapp import categories, templates
from hutong.domains.miniapp.categories import CATEGORIES, Ability, Category
from hutong.domains.miniapp.tables import SubscribeKind, Template
from hutong.domains.miniapp.template_library import Keyword, Title
from hutong.kernel.clock import day_of
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.endpoints import Request, Response

from .console import AppRef, Text
from .protocol import Person, client

Number = Annotated[int, Meta(ge=0, le=999_999)]


class CategoryView(Response):
    """A second-class category with its first-class one, and what it lets a program use."""

    first: int
    first_name: str
    second: int
    second_name: str
    abilities: list[Ability]
    sensitive: bool


class CategoryState(Response):
    """`changes_left`: how many may still be added this month."""

    own: list[CategoryView]
    all: list[CategoryView]
    most: int
    changes_left: int


class CategoryRef(AppRef):
    second: Number


def _category(category: Category) -> CategoryView:
    return CategoryView(
        category.first,
        category.first_name,
        category.second,
        category.second_name,
        sorted(category.abilities),
        category.sensitive,
    )


def _state(snapshot: Snapshot, app: App) -> CategoryState:
    return CategoryState(
        own=[_category(category) for category in categories.of(snapshot, app.appid)],
        all=[_category(category) for category in CATEGORIES.values()],
        most=categories.MOST,
        changes_left=categories.changes_left(snapshot, app.appid),
    )


@client.get("/console/apps/{appid}/categories")
def list_categories(snapshot: Snapshot, person: Person, req: AppRef) -> CategoryState:
    """What the app says it is for, and all it may say."""
    app = access.require_app(snapshot, req.appid, person.user_id, at_least=Role.OPERATOR)
    return _state(snapshot, app)


@client.put("/console/apps/{appid}/categories/{second}")
def add_category(tx: Tx, person: Person, req: CategoryRef) -> CategoryState:
    """Say that the app is for this too."""
    app = access.require_app(tx, req.appid, person.user_id, at_least=Role.ADMIN)
    category = categories.add(tx, appid=app.appid, second=req.second)
    target = f"{app.appid} {category.second_name}"
    acts.record(tx, org_id=app.org_id, user_id=person.user_id, verb="app.category_add", target=target)
    return _state(tx, app)


@client.delete("/console/apps/{appid}/categories/{second}")
def remove_category(tx: Tx, person: Person, req: CategoryRef) -> CategoryState:
    """Say that it no longer is."""
    app = access.require_app(tx, req.appid, person.user_id, at_least=Role.ADMIN)
    categories.remove(tx, appid=app.appid, second=req.second)
    target = f"{app.appid} {req.second}"
    acts.record(tx, org_id=app.org_id, user_id=person.user_id, verb="app.category_remove", target=target)
    return _state(tx, app)


# ── templates ──────────────────────────────────────────────────────────────────────────────────────────────


class KeywordView(Response):
    kid: int
    name: str
    example: str
    code: str  # how a message names it: thing2
    choices: list[str]  # of an enum


class TitleView(Response):
    tid: int
    title: str
    lasting: bool
    keywords: list[KeywordView]


class TemplateView(Response):
    template_id: str
    title: str
    lasting: bool
    scene: str
    keywords: list[KeywordView]


class TemplateState(Response):
    """The app's templates, and the public ones its categories let it make them of."""

    own: list[TemplateView]
    titles: list[TitleView]
    most: int


class TemplateWish(AppRef):
    tid: Number
    kids: Annotated[list[Number], Meta(max_length=20)]
    scene: Text = ""


class TemplateRef(AppRef):
    template_id: Text


def _keywords(found: list[Keyword]) -> list[KeywordView]:
    return [KeywordView(word.kid, word.name, word.example, word.code, list(word.enum)) for word in found]


def _title(title: Title) -> TitleView:
    lasting = title.kind is SubscribeKind.LASTING
    return TitleView(title.tid, title.title, lasting, _keywords(list(title.keywords)))


def _template(template: Template) -> TemplateView:
    lasting = template.kind is SubscribeKind.LASTING
    return TemplateView(
        template.template_id, template.title, lasting, template.scene, _keywords(templates.keywords(template))
    )


@client.get("/console/apps/{appid}/templates")
def list_templates(snapshot: Snapshot, person: Person, req: AppRef) -> TemplateState:
    """The app's subscribe messages, and what more it may take from the library."""
    app = access.require_app(snapshot, req.appid, person.user_id, at_least=Role.OPERATOR)
    own = [category.second for category in categories.of(snapshot, app.appid)]
    return TemplateState(
        own=[_template(template) for template in templates.list_(snapshot, app.appid)],
        titles=[_title(title) for title in templates.titles(snapshot, app, own)] if own else [],
        most=templates.TEMPLATES,
    )


@client.post("/console/apps/{appid}/templates")
def add_template(tx: Tx, person: Person, req: TemplateWish) -> TemplateView:
    """Make a template of a public one."""
    app = access.require_app(tx, req.appid, person.user_id, at_least=Role.DEVELOPER)
    made = templates.add(tx, appid=app.appid, tid=req.tid, kids=req.kids, scene=req.scene)
    target = f"{app.appid} {made.title}"
    acts.record(tx, org_id=app.org_id, user_id=person.user_id, verb="app.template_add", target=target)
    return _template(made)


@client.delete("/console/apps/{appid}/templates/{template_id}")
def remove_template(tx: Tx, person: Person, req: TemplateRef) -> None:
    """Take it away, with what people ticked for it."""
    app = access.require_app(tx, req.appid, person.user_id, at_least=Role.DEVELOPER)
    templates.remove(tx, appid=app.appid, template_id=req.template_id)
    target = f"{app.appid} {req.template_id}"
    acts.record(tx, org_id=app.org_id, user_id=person.user_id, verb="app.template_remove", target=target)


class VisitsQuery(Request):
    days: Annotated[int, Meta(ge=1, le=sales.LONGEST)] = 30


class CategoryVisits(Response):
    """`times`: how often its `programs` were opened; one that says several categories counts in each."""

    first_name: str
    second: int
    second_name: str
    times: int
    programs: int


class Visits(Response):
    """The most visited category first; those nobody visited are left out."""

    categories: list[CategoryVisits]


@client.get("/platform/visits")
def list_visits(snapshot: Snapshot, person: Person, req: VisitsQuery) -> Visits:
    """What people come to mini programs for, in the last days, today among them."""
    platform.require_admin(snapshot, person.user_id)
    today = day_of(snapshot.now)
    found = openings.by_category(snapshot, first=today - req.days + 1, last=today)
    rows = [
        CategoryVisits(kind.first_name, kind.second, kind.second_name, *found[kind.second])
        for kind in CATEGORIES.values()
        if kind.second in found
    ]
    return Visits(sorted(rows, key=lambda row: -row.times))
