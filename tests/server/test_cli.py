import json
from pathlib import Path

import pytest

from hutong.server import cli, migrate
from hutong.server.cli import main
from hutong.testing import Server


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["up", "--host", "0.0.0.0"], "--admin-token"),
        (["up", "--admin-token", "short"], "16 characters"),
        (["up", "--workers", "4"], "SQLite has one writer"),
        (["run", "--"], "say what to run"),
        (["demo"], "no server is running"),
        (["clock", "freeze"], "no server is running"),
        (["audit"], "no database"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], reason: str
) -> None:
    command, *rest = arguments
    assert main([command, "--home", str(tmp_path / "home"), *rest]) == 1
    assert reason in capsys.readouterr().err


@pytest.mark.parametrize(("text", "ms"), [("90s", 90_000), ("24h", 86_400_000), ("1d12h", 129_600_000)])
def test_durations_are_read_as_they_are_said(text: str, ms: int) -> None:
    assert cli._duration(text) == ms


@pytest.mark.parametrize("text", ["", "1", "-1h", "1w", "h", "1h-"])
def test_other_durations_are_refused(text: str) -> None:
    with pytest.raises(SystemExit):
        main(["clock", "advance", text])


def test_the_commands_find_the_running_server(hutong: Server, capsys: pytest.CaptureFixture[str]) -> None:
    home = ["--home", str(hutong.home)]
    assert main(["demo", *home, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["url"] == hutong.url
    assert main(["demo", *home]) == 0
    assert "linwan" in capsys.readouterr().out

    before = hutong.clock.now()
    assert main(["clock", *home, "advance", "7d"]) == 0
    assert "7d" in capsys.readouterr().out
    assert hutong.clock.now() - before >= 7 * 86_400_000

    well = main(["doctor", *home])
    assert well == 0, capsys.readouterr().out
    capsys.readouterr()
    assert main(["audit", *home, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["the books"] == [] and {"update logs", "chat", "contacts"} <= set(report)


def test_the_doctor_names_a_server_that_is_gone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Server(home=tmp_path, demo=False) as server:
        server.kill()
        assert main(["doctor", "--home", str(tmp_path)]) == 1
        told = capsys.readouterr().out
        assert "does not answer" in told and f"at version {migrate.head()}" in told


def test_coverage_is_told_per_catalogue_and_priority(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["coverage", "--json"]) == 0
    counts = json.loads(capsys.readouterr().out)
    assert set(counts) == {
        "mp",
        "pay",
        "work",
        "callbacks",
        "wx_api",
        "wx_api_objects",
        "components",
        "app_config",
        "errcodes",
    }
    assert set(counts["mp"]["P0"]) == {"total", "unavailable", "done", "partial"}
