"""The journal: a line per request and per handler run, turned over when it is large, and never in the way."""

import asyncio
from pathlib import Path

import msgspec
import pytest

from hutong.server import journal
from hutong.server.journal import Journal


def lines(path: Path) -> list[object]:
    return [msgspec.json.decode(line) for line in path.read_bytes().splitlines()]


def test_every_line_is_written_at_the_latest_when_the_server_stops(tmp_path: Path) -> None:
    async def run() -> None:
        kept = Journal(tmp_path)
        kept.start()
        kept.add(at=1, kind="request", path="/茶")
        kept.add(at=2, kind="handler", handler="pay.notify", error=None)
        await kept.stop()

    asyncio.run(run())
    assert lines(tmp_path / "logs" / "journal.jsonl") == [
        {"at": 1, "kind": "request", "path": "/茶"},
        {"at": 2, "kind": "handler", "handler": "pay.notify", "error": None},
    ]


def test_a_large_journal_is_turned_over_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "FILE_BYTES", 5)
    kept = Journal(tmp_path)
    for number in range(3):
        kept.add(at=number)
        kept.flush()
    assert lines(tmp_path / "logs" / "journal.jsonl") == [{"at": 2}]
    assert lines(tmp_path / "logs" / "journal.1.jsonl") == [{"at": 1}]
