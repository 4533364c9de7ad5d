"""Turning the clock of a sandbox: every timer and retry on the way runs in order, at its own moment."""

import asyncio
import typing
from collections.abc import Callable

from hutong.kernel import deliveries, events, state
from hutong.kernel.clock import Clock, Millis
from hutong.kernel.db import Snapshot
from hutong.kernel.frozen import Frozen

from .deliveries import DeliveryWorker
from .dispatcher import Dispatcher
from .store import PostgresStore, SqliteStore

NAME = "clock"


class ClockState(Frozen):
    """What a restart must remember."""

    offset_ms: int = 0
    frozen_at: int | None = None


class Timeline:
    """The clock of a running server, and the workers that follow it."""

    def __init__(
        self, store: SqliteStore | PostgresStore, dispatcher: Dispatcher, worker: DeliveryWorker
    ) -> None:
        self._store = store
        self._dispatcher = dispatcher
        self._worker = worker
        self._turning = asyncio.Lock()

    @property
    def clock(self) -> Clock:
        return self._store.context.clock

    async def freeze(self) -> None:
        async with self._turning:
            self.clock.freeze()
            await self._save(self.clock)

    async def resume(self) -> None:
        async with self._turning:
            await self._turn(Clock.resume)
        self._wake()

    async def advance(self, ms: int) -> None:
        """Move forward by so many milliseconds; returns when all that fell due has run."""
        async with self._turning:
            await self._to(Millis(self.clock.now() + ms))

    async def advance_to(self, moment: Millis) -> None:
        async with self._turning:
            await self._to(moment)

    async def next_event(self) -> Millis | None:
        """Move forward to the next timer or retry, if there is one; the moment it was due."""
        async with self._turning:
            await self._settle()
            moment = await self._store.read(next_at)
            if moment is not None:
                await self._to(moment)
            return moment

    async def _to(self, target: Millis) -> None:
        await self._settle()
        while (moment := await self._store.read(next_at)) is not None and moment <= target:
            await self._turn(lambda clock, moment=moment: clock.advance_to(moment))  # type: ignore[misc]
            await self._settle()
        await self._turn(lambda clock: clock.advance_to(target))
        self._wake()

    async def _settle(self) -> None:
        """Wait until nothing is due any more and nothing is on its way."""
        while True:
            self._wake()
            moment = await self._store.read(next_at)
            if (moment is None or moment > self.clock.now()) and not self._worker.busy:
                return
            if (trouble := self._dispatcher.trouble) is not None:
                raise trouble
            await asyncio.sleep(0.002)

    def _wake(self) -> None:
        self._dispatcher.wake()
        self._worker.wake()

    async def _turn(self, turn: Callable[[Clock], None]) -> None:
        """Turn the clock once the home remembers it: nothing may happen at a time a restart would forget."""
        turned = Clock(self.clock.offset_ms, self.clock.frozen_at)
        turn(turned)
        await self._save(turned)
        turn(self.clock)

    async def _save(self, clock: Clock) -> None:
        kept = ClockState(clock.offset_ms, clock.frozen_at)
        await self._store.write(lambda tx: state.write(tx, NAME, kept))


def next_at(snapshot: Snapshot) -> Millis | None:
    """When the next timer or retry falls due."""
    moments = [at for at in (events.next_due_at(snapshot), deliveries.next_at(snapshot)) if at is not None]
    return min(moments, default=None)


def load(snapshot: Snapshot) -> ClockState:
    """The clock as it was when the home was last open."""
    return typing.cast(ClockState, state.read(snapshot, NAME, ClockState) or ClockState())
