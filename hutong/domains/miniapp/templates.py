"""Templates: what an app has chosen from the library, to tell people who tick it."""

from collections.abc import Sequence

from hutong.domains.apps import apps
from hutong.domains.apps.tables import App, AppKind
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError

from . import categories
from .categories import Ability
from .errors import (
    SUBSCRIBE_FORBIDDEN,
    TEMPLATE_KEYWORDS,
    TEMPLATE_SCENE,
    TEMPLATE_TWICE,
    TEMPLATE_UNKNOWN,
    TEMPLATES_FULL,
    TITLE_CATEGORIES,
    TITLE_UNKNOWN,
)
from .tables import SubscribeKind, Template
from .template_library import LIBRARY, Keyword, Title

TEMPLATES = 25
FEWEST_KEYWORDS, MOST_KEYWORDS = 2, 5
SCENE_LENGTH = 15
KINDS = (AppKind.MINI_PROGRAM, AppKind.SERVICE)


def require_able(app: App) -> App:
    """Raises SUBSCRIBE_FORBIDDEN for an app whose kind sends no subscribe messages."""
    if app.kind not in KINDS:
        raise DomainError(SUBSCRIBE_FORBIDDEN, kind=app.kind)
    return app


def titles(snapshot: Snapshot, app: App, second: Sequence[int]) -> list[Title]:
    """The public templates of some of the app's categories. Raises TITLE_CATEGORIES for another's."""
    own = {category.second for category in categories.of(snapshot, app.appid)}
    if not second or not own.issuperset(second):
        raise DomainError(TITLE_CATEGORIES)
    return [title for title in LIBRARY.values() if set(second).intersection(title.categories)]


def title(snapshot: Snapshot, app: App, tid: int) -> Title:
    """A public template that one of the app's categories may use. Raises TITLE_UNKNOWN."""
    own = {category.second for category in categories.of(snapshot, app.appid)}
    found = LIBRARY.get(tid)
    if found is None or not own.intersection(found.categories):
        raise DomainError(TITLE_UNKNOWN, tid=tid)
    return found


def add(tx: Tx, *, appid: str, tid: int, kids: Sequence[int], scene: str) -> Template:
    """Make a template of a public one with two to five of its keywords, in this order.

    Raises SUBSCRIBE_FORBIDDEN, TITLE_UNKNOWN, TEMPLATE_KEYWORDS, TEMPLATE_SCENE, TEMPLATE_TWICE, TEMPLATES_FULL.
    """
    app = require_able(apps.get(tx, appid))
    public = title(tx, app, tid)
    if public.kind is SubscribeKind.LASTING and app.kind is not AppKind.MINI_PROGRAM:
        raise DomainError(SUBSCRIBE_FORBIDDEN, kind=app.kind)
    chosen = [keyword for kid in kids if (keyword := public.keyword(kid)) is not None]
    if len(chosen) != len(kids) or len(set(kids)) != len(kids):
        raise DomainError(TEMPLATE_KEYWORDS)
    if not FEWEST_KEYWORDS <= len(chosen) <= MOST_KEYWORDS:
        raise DomainError(TEMPLATE_KEYWORDS)
    if len(scene) > SCENE_LENGTH:
        raise DomainError(TEMPLATE_SCENE)
    if tx.value("select count(*) from miniapp_template where appid = :appid", appid=appid) >= TEMPLATES:
        raise DomainError(TEMPLATES_FULL, most=TEMPLATES)
    template, made = tx.insert_or_find(
        Template(
            appid=appid,
            template_id=tx.new_handle("", 43),
            tid=tid,
            kids=",".join(str(kid) for kid in kids),
            title=public.title,
            kind=public.kind,
            content="".join(f"{keyword.name}:{{{{{keyword.code}.DATA}}}}\n" for keyword in chosen),
            example="".join(f"{keyword.name}:{keyword.example}\n" for keyword in chosen),
            scene=scene,
            added_at=tx.now,
        ),
        by=("appid", "tid", "kids"),
    )
    if not made:
        raise DomainError(TEMPLATE_TWICE)
    return template


def keywords(template: Template) -> list[Keyword]:
    """What a template's message is made of, in its order."""
    public = LIBRARY[template.tid]
    found = [public.keyword(int(kid)) for kid in template.kids.split(",")]
    return [keyword for keyword in found if keyword is not None]


def list_(snapshot: Snapshot, appid: str) -> list[Template]:
    """An app's templates, oldest first."""
    return snapshot.all(
        Template,
        "where appid = :appid order by added_at, template_id limit :limit",
        appid=appid,
        limit=TEMPLATES,
    )


def find(snapshot: Snapshot, *, appid: str, template_id: str) -> Template | None:
    return snapshot.find(Template, appid=appid, template_id=template_id)


def get(snapshot: Snapshot, *, appid: str, template_id: str) -> Template:
    """Raises TEMPLATE_UNKNOWN."""
    template = find(snapshot, appid=appid, template_id=template_id)
    if template is None:
        raise DomainError(TEMPLATE_UNKNOWN)
    return template


def remove(tx: Tx, *, appid: str, template_id: str) -> None:
    """What people ticked for it is forgotten too. Raises TEMPLATE_UNKNOWN."""
    tx.delete(get(tx, appid=appid, template_id=template_id))
    tx.run(
        "delete from miniapp_subscription where appid = :appid and template_id = :template",
        appid=appid,
        template=template_id,
    )


def require_allowed(snapshot: Snapshot, template: Template) -> None:
    """Raises SUBSCRIBE_FORBIDDEN when a lasting template's program is in no category that may use one now."""
    if template.kind is not SubscribeKind.LASTING:
        return
    if Ability.LASTING_MESSAGES not in categories.abilities(snapshot, template.appid):
        raise DomainError(SUBSCRIBE_FORBIDDEN, template_id=template.template_id)
