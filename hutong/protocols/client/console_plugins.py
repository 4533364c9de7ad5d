"""The console of plugins: what a program offers and to whom, and what it uses of others."""

from typing import Annotated

from msgspec import Meta

from hutong.domains.apps import access, acts, apps
from hutong.domains.apps.tables import App, AppKind, Role
from hutong.domains.identity import users
from hutong.domains.miniapp import plugins
from hutong.domains.miniapp.tables import PluginUse, PluginUseState, PluginVersion, PluginVersionId
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.endpoints import Id, Raw, Response

from .accounts import AccountLine, account_line
from .console import AppRef
from .protocol import Person, client

Reason = Annotated[str, Meta(max_length=plugins.REASON_LENGTH)]
PluginAppid = Annotated[str, Meta(min_length=1, max_length=32)]


class PluginVersionView(Response):
    """`released_at` is null while only its own organisation may use it, as version `dev`."""

    version_id: str
    number: str
    description: str
    size_bytes: int
    components: list[str]
    pages: list[str]
    uploaded_by: str  # a nickname
    uploaded_at: int
    released_at: int | None


class PluginUseView(Response):
    """`app` is the other side: the plugin's provider, or the program that asks. `newest` is what is released last."""

    app: AccountLine
    state: PluginUseState
    reason: str
    answer: str
    applied_at: int
    newest: str


class PluginsView(Response):
    versions: list[PluginVersionView]
    used: list[PluginUseView]
    askers: list[PluginUseView]


def _program(snapshot: Snapshot, appid: str, person: Person, role: Role = Role.OPERATOR) -> App:
    app = access.require_app(snapshot, appid, person.user_id, at_least=role)
    return apps.require_kind(app, AppKind.MINI_PROGRAM)


@client.get("/console/apps/{appid}/plugins")
def list_plugins(snapshot: Snapshot, person: Person, req: AppRef) -> PluginsView:
    """The plugin a program offers, the programs that asked for it, and the plugins it uses itself."""
    app = _program(snapshot, req.appid, person)
    versions = plugins.list_(snapshot, app.appid)
    uploaders = users.many(snapshot, [one.uploaded_by for one in versions])
    used, asked = plugins.of_program(snapshot, app.appid), plugins.askers(snapshot, app.appid)
    return PluginsView(
        [_version(one, uploaders[one.uploaded_by].nickname) for one in versions],
        _uses(snapshot, used, [one.plugin_appid for one in used]),
        _uses(snapshot, asked, [one.appid for one in asked]),
    )


def _version(one: PluginVersion, uploader: str) -> PluginVersionView:
    return PluginVersionView(
        version_id=str(one.id),
        number=one.number,
        description=one.description,
        size_bytes=one.size_bytes,
        components=one.components,
        pages=one.pages,
        uploaded_by=uploader,
        uploaded_at=one.uploaded_at,
        released_at=one.released_at,
    )


def _uses(snapshot: Snapshot, uses: list[PluginUse], others: list[str]) -> list[PluginUseView]:
    """Each with the app on its other side."""
    known, numbers = apps.many(snapshot, others), plugins.newest_numbers(snapshot, others)
    return [
        PluginUseView(
            app=account_line(snapshot, known[other]),
            state=use.state,
            reason=use.reason,
            answer=use.answer,
            applied_at=use.applied_at,
            newest=numbers.get(other, ""),
        )
        for use, other in zip(uses, others, strict=True)
    ]


class PluginVersionRef(AppRef):
    version_id: Id


@client.post("/console/apps/{appid}/plugins/versions/{version_id}/release")
def release_plugin(tx: Tx, person: Person, req: PluginVersionRef) -> PluginVersionView:
    """Let those who may use the plugin use this version."""
    app = _program(tx, req.appid, person, Role.ADMIN)
    row = plugins.release(tx, appid=app.appid, version_id=PluginVersionId(int(req.version_id)))
    _record(tx, app, person, "plugin.release", row.number)
    return _version(row, users.get(tx, row.uploaded_by).nickname)


class PluginWish(AppRef):
    plugin_appid: PluginAppid
    reason: Reason = ""


@client.post("/console/apps/{appid}/plugins/used")
def ask_for_plugin(tx: Tx, person: Person, req: PluginWish) -> None:
    """Ask for another program's plugin; of the same organisation it may be used at once."""
    app = _program(tx, req.appid, person, Role.ADMIN)
    plugins.ask(tx, appid=app.appid, plugin_appid=req.plugin_appid, reason=req.reason)
    _record(tx, app, person, "plugin.ask", req.plugin_appid)


class PluginRef(AppRef):
    plugin_appid: PluginAppid


@client.delete("/console/apps/{appid}/plugins/used/{plugin_appid}")
def give_plugin_up(tx: Tx, person: Person, req: PluginRef) -> None:
    """Use it no more; versions that are uploaded go on as they are."""
    app = _program(tx, req.appid, person, Role.ADMIN)
    plugins.give_up(tx, appid=app.appid, plugin_appid=req.plugin_appid)
    _record(tx, app, person, "plugin.give_up", req.plugin_appid)


class PluginDecision(AppRef):
    """About the program `asker`; `answer` says why it is refused."""

    asker: PluginAppid
    agree: bool
    answer: Reason = ""


@client.post("/console/apps/{appid}/plugins/askers/{asker}")
def decide_on_asker(tx: Tx, person: Person, req: PluginDecision) -> None:
    """Let a program use this one's plugin, or not."""
    app = _program(tx, req.appid, person, Role.ADMIN)
    plugins.decide(tx, plugin_appid=app.appid, appid=req.asker, agree=req.agree, answer=req.answer)
    _record(tx, app, person, "plugin.agree" if req.agree else "plugin.refuse", req.asker)


class PluginCode(PluginRef):
    """`version` as app.json names it: a number, `latest`, or `dev` for one of the own organisation's."""

    version: Annotated[str, Meta(max_length=64)] = plugins.LATEST


def read_code(snapshot: Snapshot, person: Person, req: PluginCode) -> Raw:
    app = access.require_app(snapshot, req.appid, person.user_id, at_least=Role.DEVELOPER)
    return Raw(
        plugins.archive(snapshot, app.appid, plugins.Wish(req.plugin_appid, req.version)), "application/zip"
    )


@client.get("/console/apps/{appid}/plugins/used/{plugin_appid}/code", prepare=read_code)
def get_plugin_code(snapshot: Snapshot, person: Person, req: PluginCode, archive: Raw) -> Raw:
    """A zip of a plugin the program may use, for whoever compiles it elsewhere."""
    return archive


def _record(tx: Tx, app: App, person: Person, verb: str, target: str) -> None:
    acts.record(tx, org_id=app.org_id, user_id=person.user_id, verb=verb, target=f"{app.appid} {target}")
