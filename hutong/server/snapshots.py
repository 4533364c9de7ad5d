"""Snapshots of a sandbox: its whole database put aside under a name, and put back in milliseconds.

SQLite copies pages from one open database into another in one transaction, so the server keeps running and
its readers see the old world or the new one. Files are kept by their hash and need no copy.
"""

import asyncio
import contextlib
import typing
from pathlib import Path

from hutong.kernel.clock import Millis
from hutong.kernel.db import SQLITE, open_sqlite
from hutong.kernel.errors import NOT_FOUND, DomainError, ErrorCode, Kind

from . import timeline

if typing.TYPE_CHECKING:
    from .app import App

NOT_ON_POSTGRES = ErrorCode(
    "server.no_snapshots", Kind.UNAVAILABLE, "Snapshots are for homes on SQLite; PostgreSQL has its own."
)


async def take(app: "App", name: str) -> None:
    """Put the home's database aside under a name; one of the same name is replaced."""
    _require_sqlite(app)
    if app.feed is not None:
        await app.feed.flush()
    file = _file(app, name)
    file.parent.mkdir(exist_ok=True, mode=0o700)
    await asyncio.to_thread(_copy, str(app.settings.sqlite_path), str(file))


async def restore(app: "App", name: str) -> None:
    """Put a snapshot back: rows, clock, timers and deliveries are as they were. Raises kernel.not_found."""
    _require_sqlite(app)
    file = _file(app, name)
    if not file.exists():
        raise DomainError(NOT_FOUND, what="snapshot", name=name)
    if app.feed is not None:
        await app.feed.flush()
    await asyncio.to_thread(_copy, str(file), str(app.settings.sqlite_path))
    await app.store.write(lambda tx: None)  # the writer sees that somebody else wrote
    kept = await app.store.read(timeline.load)
    clock = app.store.context.clock
    clock.offset_ms = kept.offset_ms
    clock.frozen_at = None if kept.frozen_at is None else Millis(kept.frozen_at)
    app.dispatcher.wake()
    app.worker.wake()


def _copy(source: str, target: str) -> None:
    with (
        contextlib.closing(open_sqlite(source)) as read,
        contextlib.closing(open_sqlite(target)) as write,
        write.backup("main", read, "main") as copying,
    ):
        while not copying.done:
            copying.step()


def _file(app: "App", name: str) -> Path:
    return app.settings.home / "snapshots" / f"{name}.db"


def _require_sqlite(app: "App") -> None:
    if app.store.dialect != SQLITE:
        raise DomainError(NOT_ON_POSTGRES)
