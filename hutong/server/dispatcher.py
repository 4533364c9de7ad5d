"""The dispatcher: hands committed events to their handlers, each in its own transaction, in order of their key."""

import asyncio
import logging
import time
from functools import partial

from hutong.kernel import events
from hutong.kernel.clock import wire_now
from hutong.kernel.events import Outbox

from .journal import Journal
from .store import PostgresStore, SqliteStore, unable

log = logging.getLogger("hutong.dispatcher")

BATCH = 500
IDLE_SECONDS = events.LOOKS_EVERY_MS / 1000  # even when nobody woke us: another process may have written
TROUBLE_SECONDS = 1.0  # how long to leave a store alone that is full or out of reach


class Dispatcher:
    """Runs due outbox rows until stopped. `wake` it after a commit that emitted, or when the clock was turned."""

    def __init__(self, store: SqliteStore | PostgresStore, journal: Journal | None = None) -> None:
        self._store = store
        self._journal = journal
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._stopping = False
        self.trouble: Exception | None = None  # why nothing moves at present, if nothing does

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="dispatcher")

    def wake(self) -> None:
        self._wake.set()

    async def stop(self) -> None:
        """Finish the batch in hand."""
        self._stopping = True
        self._wake.set()
        if self._task is not None:
            await self._task

    async def _run(self) -> None:
        while not self._stopping:
            self._wake.clear()
            try:
                worked = await self.run_due()
                next_at = None if worked else await self._store.read(events.next_due_at)
                self.trouble = None
            except Exception as error:
                log.error("the dispatcher could not go on: %s", error, exc_info=not unable(error))
                self.trouble = error
                await self._sleep(TROUBLE_SECONDS)
                continue
            if not worked:
                await self._sleep_until(next_at)

    async def _sleep_until(self, next_at: int | None) -> None:
        clock = self._store.context.clock
        seconds = IDLE_SECONDS
        if next_at is not None and clock.frozen_at is None:
            seconds = min(IDLE_SECONDS, max(0.0, (next_at - clock.now()) / 1000) + 0.001)
        await self._sleep(seconds)

    async def _sleep(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._wake.wait(), seconds)
        except TimeoutError:
            pass

    async def run_due(self) -> bool:
        """Run one batch of what is due now; False when nothing was. Raises what the store itself refused."""
        due = await self._store.read(lambda snapshot: events.due(snapshot, limit=BATCH))
        if not due:
            return False
        chains: dict[tuple[str, str], list[Outbox]] = {}
        for row in due:
            chains.setdefault((row.handler, row.event_key or str(row.id)), []).append(row)
        ended = await asyncio.gather(
            *(self._run_chain(chain) for chain in chains.values()), return_exceptions=True
        )
        for error in ended:
            if error is not None:
                raise error
        return True

    async def _run_chain(self, chain: list[Outbox]) -> None:
        """One handler's events of one key, in order; the first that fails holds back the rest."""
        for row in sorted(chain, key=lambda row: (row.due_at, row.id)):
            started = time.perf_counter_ns()
            try:
                await self._store.write(partial(events.handle, outbox_id=row.id))
            except Exception as error:
                if unable(error):
                    raise  # the handler did nothing wrong: its tries are not counted
                log.exception("handler %s failed on event %s (try %d)", row.handler, row.id, row.attempts + 1)
                reason = f"{type(error).__name__}: {error}"
                await self._store.write(partial(events.failed, outbox_id=row.id, error=reason))
                self._note(row, started, reason)
                return
            self._note(row, started, None)

    def _note(self, row: Outbox, started: int, error: str | None) -> None:
        if self._journal is not None:
            self._journal.add(
                at=wire_now(),
                kind="handler",
                handler=row.handler,
                event_id=row.id,
                key=row.event_key,
                us=(time.perf_counter_ns() - started) // 1000,
                error=error,
            )
