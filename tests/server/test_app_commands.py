"""hutong app: from an empty folder to everybody's hands, by the command line against a real server."""

import argparse
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from watchfiles import Change

from hutong.kernel.compiler import BUNDLE, Compiler
from hutong.server import app_commands, cli
from hutong.server.workshop import Bench
from hutong.testing.server import Server

pytestmark = pytest.mark.skipif(
    not BUNDLE.exists(), reason="the runtime is not built; scripts/setup builds it"
)


@pytest.fixture(scope="module")
def hutong() -> Iterator[Server]:
    with Server() as server:
        yield server


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    assert cli.main(["app", "new", str(tmp_path / "shop")]) == 0
    return tmp_path / "shop"


def run(server: Server, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """A command that goes well; what it said."""
    capsys.readouterr()
    assert cli.main(["app", *arguments, "--home", str(server.home)]) == 0, capsys.readouterr().err
    return capsys.readouterr().out


@pytest.mark.shows("MIN-25")
def test_a_program_goes_from_the_template_to_everybody_and_back(
    hutong: Server, shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = run(hutong, capsys, "upload", str(shop))
    appid = json.loads((shop / "project.config.json").read_text())["appid"]
    assert f"a new mini program of 灯笼胡同商铺: {appid}" in said
    assert "shop 1.0.0 is uploaded" in said
    assert "warning" not in said

    owner = hutong.person("shenmei")
    linwan = hutong.person("linwan")
    assert hutong.request("GET", f"/programs/{appid}", token=linwan.token)["released"] is None
    run(hutong, capsys, "release", str(shop))
    assert hutong.request("GET", f"/programs/{appid}", token=linwan.token)["released"] == "1.0.0"

    assert "shop 1.0.1 is uploaded" in run(hutong, capsys, "upload", str(shop), "--description", "more tea")
    listed = hutong.request("GET", f"/console/apps/{appid}/versions", token=owner.token)["versions"]
    assert [(one["number"], one["description"]) for one in listed] == [("1.0.1", "more tea"), ("1.0.0", "")]
    run(hutong, capsys, "release", str(shop), "--version", "1.0.1")
    assert hutong.request("GET", f"/programs/{appid}", token=linwan.token)["released"] == "1.0.1"
    run(hutong, capsys, "rollback", str(shop))
    assert hutong.request("GET", f"/programs/{appid}", token=linwan.token)["released"] == "1.0.0"


def test_a_preview_prints_a_code_and_a_link_that_open_it_for_members_only(
    hutong: Server, shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = run(hutong, capsys, "preview", str(shop), "--path", "pages/dish/dish?id=tea")
    assert "▀" in said or "█" in said
    link = re.search(r"/programs/(\w+)\?preview=(\S+)", said)
    assert link is not None
    appid, token = link.groups()
    opened = hutong.request(
        "POST", f"/programs/{appid}/open", token=hutong.person("shenmei").token, json={"preview": token}
    )
    assert opened["version"]["pages"] == ["pages/menu/menu", "pages/dish/dish"]
    answer = hutong.call(
        "POST",
        f"/api/programs/{appid}/open",
        json={"preview": token},
        headers={"authorization": f"Bearer {hutong.person('linwan').token}"},
    )
    assert answer.json()["error"]["code"] == "miniapp.not_a_tester"


def test_a_version_is_laid_before_the_reviewers_and_what_they_say_comes_back(
    hutong: Server, shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(hutong, capsys, "upload", str(shop))
    appid = json.loads((shop / "project.config.json").read_text())["appid"]
    owner, judge = hutong.person("shenmei"), hutong.person("zhaoqing")

    def refused(*arguments: str) -> str:
        assert cli.main(["app", "review", str(shop), *arguments, "--home", str(hutong.home)]) == 1
        return capsys.readouterr().err

    assert "was never reviewed" in refused("--state")
    assert "category" in refused()  # it is in none yet
    known = hutong.request("GET", f"/console/apps/{appid}/categories", token=owner.token)
    category = known["all"][0]["second"]
    hutong.request("PUT", f"/console/apps/{appid}/categories/{category}", token=owner.token)

    assert "shop 1.0.0 waits for its review." in run(hutong, capsys, "review", str(shop))
    assert "is being reviewed" in refused()
    assert "shop 1.0.0 was taken back" in run(hutong, capsys, "review", str(shop), "--undo")
    run(hutong, capsys, "review", str(shop), "--page", "pages/dish/dish", "--tags", "tea cups")
    assert "It comes before the others." in run(hutong, capsys, "review", str(shop), "--hurry")
    waiting = hutong.request("GET", "/platform/reviews", token=judge.token)["waiting"][0]["review"]
    assert (waiting["appid"], waiting["items"][0]["address"], waiting["items"][0]["tag"]) == (
        appid,
        "pages/dish/dish",
        "tea cups",
    )
    decision = f"/platform/reviews/{waiting['review_id']}"
    hutong.request("POST", f"{decision}/reject", token=judge.token, json={"reason": "Say what is in it."})
    said = run(hutong, capsys, "review", str(shop), "--state")
    assert "shop 1.0.0 was turned down.\n  It comes before the others.\n  Because: Say what is in it." in said

    run(hutong, capsys, "upload", str(shop))
    assert "shop 1.0.1 waits for its review." in run(hutong, capsys, "review", str(shop))
    waiting = hutong.request("GET", "/platform/reviews", token=judge.token)["waiting"][0]["review"]
    hutong.request("POST", f"/platform/reviews/{waiting['review_id']}/approve", token=judge.token)
    assert "hutong app release" in run(hutong, capsys, "review", str(shop), "--state")
    run(hutong, capsys, "release", str(shop))
    assert "passed its review and was released" in run(hutong, capsys, "review", str(shop), "--state")


def test_a_plugin_is_uploaded_released_and_compiled_into_another_program(
    hutong: Server, shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(hutong, capsys, "upload", str(shop))
    folder = tmp_path / "greeter"
    written = {
        "project.config.json": {
            "compileType": "plugin",
            "miniprogramRoot": "miniprogram/",
            "pluginRoot": "plugin/",
        },
        "plugin/plugin.json": {"publicComponents": {"greeting": "c/c"}},
        "plugin/c/c.json": {"component": True},
        "miniprogram/p/p.json": {"usingComponents": {"greeting": "plugin://me/greeting"}},
    }
    texts = {
        "plugin/c/c.wxml": "<text>good evening</text>",
        "plugin/c/c.js": "Component({})",
        "miniprogram/p/p.wxml": "<greeting/>",
        "miniprogram/p/p.js": "Page({})",
        "miniprogram/app.json": '{"pages":["p/p"]}',
    }
    for path, text in {**{path: json.dumps(one) for path, one in written.items()}, **texts}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    # The program beside it does not use it: nobody has looked at its code.
    assert cli.main(["app", "upload", str(folder), "--home", str(hutong.home)]) == 1
    assert "The program beside the plugin does not use it" in capsys.readouterr().err
    appid = json.loads((folder / "project.config.json").read_text())["appid"]
    used = {"me": {"provider": appid, "version": "dev"}}
    (folder / "miniprogram/app.json").write_text(json.dumps({"pages": ["p/p"], "plugins": used}))
    assert "The plugin of greeter 1.0.0 is uploaded" in run(hutong, capsys, "upload", str(folder))
    assert "its version 1.0.0" in run(hutong, capsys, "release", str(folder))

    config = json.loads((shop / "app.json").read_text())
    config["plugins"] = {"hi": {"provider": appid, "version": "1.0.0"}}
    (shop / "app.json").write_text(json.dumps(config))
    (shop / "pages/menu/menu.json").write_text('{"usingComponents":{"greeting":"plugin://hi/greeting"}}')
    said = run(hutong, capsys, "upload", str(shop))
    assert "error" not in said and "is not here" not in said
    # The dev tools compile it with the same code, and without it once it is named no more.
    with Compiler() as compiler:
        owner = app_commands.Owner(
            argparse.Namespace(folder=shop, home=hutong.home, token=None, appid=None, user=None)
        )
        bench = Bench(shop, compiler, owner.plugin)
        bench.compile_all()
        assert bench.compiled.manifest is not None
        assert "hi" in bench.compiled.manifest["plugins"]  # type: ignore[operator]
        assert any(b"good evening" in body for body in bench.compiled.files.values())
        del config["plugins"]
        (shop / "app.json").write_text(json.dumps(config))
        (shop / "pages/menu/menu.json").write_text("{}")
        changed = {(Change.modified, str(shop / name)) for name in ("app.json", "pages/menu/menu.json")}
        assert bench.take(changed)
        assert bench.compiled.manifest is not None and "plugins" not in bench.compiled.manifest
        assert not any(b"good evening" in body for body in bench.compiled.files.values())


def test_mistakes_come_back_as_an_editor_reads_them_and_nothing_is_uploaded(
    hutong: Server, shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (shop / "pages/menu/menu.js").write_text("Page({\n  data: ,\n})\n")
    assert cli.main(["app", "upload", str(shop), "--home", str(hutong.home)]) == 1
    said = capsys.readouterr().err
    assert "pages/menu/menu.js:2:9 error: This script cannot be parsed: Unexpected token." in said
    assert cli.main(["app", "release", str(shop), "--home", str(hutong.home)]) == 1
    assert "no version yet" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["new", "."], "is not empty"),
        (["upload", "nowhere"], "nowhere is no folder"),
        (["upload", ".", "--user", "nobody"], "nobody called nobody"),
        (["upload", ".", "--appid", "wx0000000000000000"], "nobody of the demo world works on"),
        (["upload", ".", "--token", "false"], "Sign in first"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    hutong: Server,
    shop: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    reason: str,
) -> None:
    monkeypatch.chdir(shop)
    more = [] if arguments[0] == "new" else ["--home", str(hutong.home)]
    assert cli.main(["app", *arguments, *more]) == 1
    assert reason in capsys.readouterr().err


def test_what_is_sent_of_a_folder_is_the_program_and_what_it_depends_on(tmp_path: Path) -> None:
    for path, text in {
        "app.json": "{}",
        ".git/config": "",
        ".env": "secret",
        "package.json": '{"dependencies":{"kit":"1"},"devDependencies":{"big":"1"}}',
        "node_modules/kit/package.json": '{"dependencies":{"deep":"1"}}',
        "node_modules/kit/index.js": "",
        "node_modules/deep/index.js": "",
        "node_modules/big/index.js": "",
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    (tmp_path / "link.js").symlink_to("/etc/passwd")
    assert sorted(path for path, _ in app_commands.files_of(tmp_path)) == [
        "app.json",
        "node_modules/deep/index.js",
        "node_modules/kit/index.js",
        "node_modules/kit/package.json",
        "package.json",
    ]
