"""Writes down which test ran when, and how it ended, while HUTONG_RECORD names a folder.

The servers those tests start write what they answered beside it (hutong/server/recording.py), since they
inherit the variable; each process that runs tests points it at a folder of its own.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from hutong.kernel.clock import wire_now
from hutong.server import coverage
from hutong.server.coverage import Proved, Ran

_FAILED = pytest.StashKey[bool]()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "shows(*ids): the requirements this test shows")
    folder = os.environ.get("HUTONG_RECORD_FOLDER") or os.environ.get("HUTONG_RECORD")
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    if folder and os.environ.get("HUTONG_RECORD_WORKER") != worker:
        own = Path(folder).resolve() / f"{worker}-{os.getpid()}"
        own.mkdir(parents=True, exist_ok=True)
        os.environ["HUTONG_RECORD_FOLDER"] = folder
        os.environ["HUTONG_RECORD_WORKER"] = worker
        os.environ["HUTONG_RECORD"] = str(own)


def proves(catalogue: str, *rows: str) -> None:
    """Say, after the assertions, that the running test has shown these rows of a catalogue (coverage.ROWS).

    Raises KeyError for a row that is not listed. What a test that fails has shown does not count.
    """
    known = {coverage.row_key(catalogue, row) for row in coverage.read(catalogue)}
    for row in rows:
        if row not in known:
            raise KeyError(f"{catalogue} lists no {row}")
        _write("rows.jsonl", Proved(at=wire_now(), catalogue=catalogue, row=row))


def _write(name: str, line: Proved | Ran) -> None:
    if "HUTONG_RECORD_WORKER" in os.environ:
        with (Path(os.environ["HUTONG_RECORD"]) / name).open("a", encoding="utf-8") as file:
            file.write(msgspec.json.encode(line).decode() + "\n")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Iterator[None]:  # the wrapper gives back the report
    report = yield
    if not report.passed:  # type: ignore[attr-defined]
        item.stash[_FAILED] = True
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    started_at = wire_now()
    result = yield
    shows = [str(name) for mark in item.iter_markers("shows") for name in mark.args]
    _write(
        "tests.jsonl",
        Ran(
            name=item.nodeid,
            started_at=started_at,
            ended_at=wire_now(),
            passed=not item.stash.get(_FAILED, False),
            shows=shows,
        ),
    )
    return result
