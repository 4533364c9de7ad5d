"""The journal: one line of JSON per request and per handler run, under the home's `logs/`.

Lines are gathered and written once a second, so that a line costs about two microseconds; a crash loses the
last second of lines and nothing else. Two files of 64 MiB at most are kept.
"""

import asyncio
import contextlib
from pathlib import Path
from typing import Any

import msgspec

from hutong.kernel.clock import wire_now
from hutong.kernel.events import Handled

EVERY_SECONDS = 1.0
FILE_BYTES = 64 * 1024 * 1024
_encode_lines = msgspec.json.Encoder().encode_lines


class Journal:
    """Appends lines to `HOME/logs/journal.jsonl`; the file before it is `journal.1.jsonl`."""

    def __init__(self, home: Path) -> None:
        folder = home / "logs"
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / "journal.jsonl"
        self._waiting: list[dict[str, Any]] = []
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="journal")

    def add(self, **fields: Any) -> None:
        """One line; `at` (wire time, ms) and `kind` (request or handler) come first by custom."""
        self._waiting.append(fields)

    def handled(self, ran: Handled) -> None:
        """A handler ran in the commit of its event."""
        self.add(
            at=wire_now(),
            kind="handler",
            handler=ran.handler,
            event_id=None,
            key=ran.key,
            us=ran.us,
            error=None,
        )

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        self.flush()

    def flush(self) -> None:
        """Write what waits. A full disk loses lines, not requests."""
        if not self._waiting:
            return
        lines, self._waiting = self._waiting, []
        with contextlib.suppress(OSError):
            if self._path.exists() and self._path.stat().st_size > FILE_BYTES:
                self._path.replace(self._path.with_suffix(".1.jsonl"))
            with self._path.open("ab") as file:
                file.write(_encode_lines(lines))

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            self.flush()
