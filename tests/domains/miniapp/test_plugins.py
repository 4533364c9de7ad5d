"""Plugins: what is offered, who may use it, and that a program is compiled with the code it may have."""

import json

import pytest

from hutong.domains.apps.tables import App, AppKind
from hutong.domains.identity.tables import User
from hutong.domains.miniapp import errors as refusals
from hutong.domains.miniapp import packages, plugins
from hutong.domains.miniapp.tables import PluginUseState
from hutong.kernel.clock import HandWound
from hutong.kernel.compiler import BUNDLE
from hutong.kernel.db import Tx
from hutong.kernel.errors import DomainError, ErrorCode
from tests.domains.builders import a_user, an_app

built = pytest.mark.skipif(not BUNDLE.exists(), reason="the runtime is not built; scripts/setup builds it")


@pytest.fixture
def maker(tx: Tx) -> App:
    return an_app(tx, kind=AppKind.MINI_PROGRAM)


@pytest.fixture
def program(tx: Tx) -> App:
    return an_app(tx, kind=AppKind.MINI_PROGRAM)


@pytest.fixture
def ann(tx: Tx) -> User:
    return a_user(tx)


def refused(code: ErrorCode) -> "pytest.RaisesExc[DomainError]":
    return pytest.raises(DomainError, check=lambda error: error.code is code)


def offer(tx: Tx, maker: App, ann: User, number: str = "1.0.0", source: str = "") -> plugins.PluginVersion:
    made = plugins.Offer(
        source_hash=source or "0" * 64, size_bytes=9, components=["map"], pages=[], warnings=[]
    )
    return plugins.upload(
        tx, appid=maker.appid, number=number, description="", offer=made, uploaded_by=ann.id
    )


def test_a_number_is_replaced_until_it_is_released(tx: Tx, maker: App, ann: User) -> None:
    first = offer(tx, maker, ann)
    again = offer(tx, maker, ann, source="1" * 64)
    assert (again.id, again.source_hash) == (first.id, "1" * 64)
    assert plugins.newest(tx, maker.appid) is None
    plugins.release(tx, appid=maker.appid, version_id=first.id)
    with refused(refusals.PLUGIN_OUT):
        offer(tx, maker, ann)
    offer(tx, maker, ann, "1.1.0")
    assert plugins.newest_numbers(tx, [maker.appid]) == {maker.appid: "1.0.0"}
    for number in ("", "x" * 65, "latest", "dev"):
        with refused(refusals.VERSION_NUMBER):
            offer(tx, maker, ann, number)
    with refused(refusals.PLUGIN_MISSING):
        plugins.release(tx, appid="wx0000000000000000", version_id=first.id)


def test_a_program_asks_and_its_maker_decides(tx: Tx, maker: App, program: App, ann: User) -> None:
    mine, theirs = program.appid, maker.appid
    with refused(refusals.PLUGIN_MISSING):
        plugins.ask(tx, appid=mine, plugin_appid=theirs, reason="")
    version = offer(tx, maker, ann)
    with refused(refusals.PLUGIN_UNRELEASED):
        plugins.ask(tx, appid=mine, plugin_appid=theirs, reason="")
    plugins.release(tx, appid=theirs, version_id=version.id)
    with refused(refusals.PLUGIN_OWN):
        plugins.ask(tx, appid=theirs, plugin_appid=theirs, reason="")
    assert plugins.ask(tx, appid=mine, plugin_appid=theirs, reason="for maps").state is PluginUseState.ASKED
    with refused(refusals.PLUGIN_HELD):
        plugins.ask(tx, appid=mine, plugin_appid=theirs, reason="again")
    with refused(refusals.PLUGIN_WAITING):
        plugins.forget(tx, plugin_appid=theirs, appid=mine)
    plugins.decide(tx, plugin_appid=theirs, appid=mine, agree=False, answer="who are you?")
    (waiting,) = plugins.askers(tx, theirs)
    assert (waiting.state, waiting.answer) == (PluginUseState.REFUSED, "who are you?")
    with refused(refusals.PLUGIN_DECIDED):
        plugins.decide(tx, plugin_appid=theirs, appid=mine, agree=True)
    plugins.ask(tx, appid=mine, plugin_appid=theirs, reason="for the tea shop")
    plugins.decide(tx, plugin_appid=theirs, appid=mine, agree=True)
    with refused(refusals.PLUGIN_IN_USE):
        plugins.forget(tx, plugin_appid=theirs, appid=mine)
    plugins.give_up(tx, appid=mine, plugin_appid=theirs)
    assert plugins.of_program(tx, mine) == plugins.askers(tx, theirs) == []
    with refused(refusals.PLUGIN_NOT_ASKED):
        plugins.give_up(tx, appid=mine, plugin_appid=theirs)


def test_of_its_own_organisation_a_program_has_it_at_once(tx: Tx, maker: App, ann: User) -> None:
    sister = an_app(tx, kind=AppKind.MINI_PROGRAM, org_id=maker.org_id)
    plugins.release(tx, appid=maker.appid, version_id=offer(tx, maker, ann).id)
    assert (
        plugins.ask(tx, appid=sister.appid, plugin_appid=maker.appid, reason="").state
        is PluginUseState.AGREED
    )


def test_a_program_uses_so_many(tx: Tx, program: App, ann: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plugins, "MOST", 1)
    for more in (False, True):
        maker = an_app(tx, kind=AppKind.MINI_PROGRAM)
        plugins.release(tx, appid=maker.appid, version_id=offer(tx, maker, ann).id)
        if more:
            with refused(refusals.PLUGINS_FULL):
                plugins.ask(tx, appid=program.appid, plugin_appid=maker.appid, reason="")
        else:
            plugins.ask(tx, appid=program.appid, plugin_appid=maker.appid, reason="")


def project(maker: App, greeting: str) -> dict[str, bytes]:
    """A plugin's project: the plugin, and a program beside it that tries it."""
    used = {"plugins": {"hello": {"provider": maker.appid, "version": "dev"}}, "pages": ["p/p"]}
    config = {
        "appid": maker.appid,
        "compileType": "plugin",
        "miniprogramRoot": "demo/",
        "pluginRoot": "plugin/",
    }
    return {
        "project.config.json": json.dumps(config).encode(),
        "demo/app.json": json.dumps(used).encode(),
        "demo/p/p.wxml": b"<hello/>",
        "demo/p/p.json": b'{"usingComponents":{"hello":"plugin://hello/greeting"}}',
        "demo/p/p.js": b"Page({})",
        "plugin/plugin.json": b'{"publicComponents":{"greeting":"c/c"},"main":"index.js"}',
        "plugin/index.js": b"const words = require('words'); module.exports = { words }",
        "plugin/package.json": b'{"dependencies":{"words":"1.0.0"}}',
        "plugin/node_modules/words/package.json": b'{"name":"words","main":"index.js"}',
        "plugin/node_modules/words/index.js": f"module.exports = {greeting!r}".encode(),
        "plugin/c/c.json": b'{"component":true}',
        "plugin/c/c.wxml": b"<text>hi</text>",
        "plugin/c/c.js": b"Component({})",
    }


def user_of(maker: App, version: str) -> dict[str, bytes]:
    used = {"plugins": {"hi": {"provider": maker.appid, "version": version}}, "pages": ["q/q"]}
    return {
        "app.json": json.dumps(used).encode(),
        "q/q.wxml": b"<greeting/>",
        "q/q.json": b'{"usingComponents":{"greeting":"plugin://hi/greeting"}}',
        "q/q.js": b"Page({ onLoad() { requirePlugin('hi').words } })",
    }


@built
def test_a_program_is_compiled_with_the_plugin_it_names(
    tx: Tx, maker: App, program: App, ann: User, clock: HandWound
) -> None:
    for number, greeting in (("1.0.0", "good morning"), ("1.1.0", "good evening")):
        files = project(maker, greeting)
        kept = plugins.keep(tx.blobs, maker.appid, files, packages.build(files))
        assert kept.components == ["greeting"]
        version = plugins.upload(
            tx, appid=maker.appid, number=number, description="", offer=kept, uploaded_by=ann.id
        )
        plugins.release(tx, appid=maker.appid, version_id=version.id)
        clock.advance(1)
    with refused(refusals.PACKAGE_REFUSED):
        plugins.code(tx, program.appid, user_of(maker, "1.0.0"))
    plugins.ask(tx, appid=program.appid, plugin_appid=maker.appid, reason="")
    plugins.decide(tx, plugin_appid=maker.appid, appid=program.appid, agree=True)
    for version, greeting in (("1.0.0", b"good morning"), ("latest", b"good evening")):
        files = user_of(maker, version)
        compiled = packages.build(files | plugins.code(tx, program.appid, files))
        assert compiled.manifest is not None
        assert list(compiled.manifest["plugins"]) == ["hi"]  # type: ignore[call-overload]
        assert [one for one in compiled.diagnostics if "plugin" in one.message] == []
        assert any(greeting in body for name, body in compiled.files.items() if name.endswith(".js"))
    for unknown in ("9.0.0", "dev"):
        with refused(refusals.PACKAGE_REFUSED):
            plugins.code(tx, program.appid, user_of(maker, unknown))
    # Whatever is no plugin of this home is left to the compiler, which says so.
    assert (
        plugins.code(tx, program.appid, {"app.json": b'{"plugins":{"a":{"provider":"wx1","version":"1"}}}'})
        == {}
    )
    assert plugins.code(tx, program.appid, {"app.json": b'{"plugins":[1],"subPackages":{}}'}) == {}
    assert plugins.code(tx, program.appid, {"app.json": b"\xff not json"}) == {}


@built
def test_a_plugin_that_its_own_program_does_not_use_is_refused(tx: Tx, maker: App) -> None:
    files = project(maker, "hi") | {
        "demo/app.json": b'{"pages":["p/p"]}',
        "demo/p/p.json": b"{}",
        "demo/p/p.wxml": b"<view/>",
    }
    with refused(refusals.PACKAGE_REFUSED):
        plugins.keep(tx.blobs, maker.appid, files, packages.build(files))
