"""The delivery worker: sends what rooms and protocols enqueued, and lets the channel judge each answer."""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable
from functools import partial

import msgspec

from hutong.kernel import deliveries
from hutong.kernel.clock import Millis, wire_now
from hutong.kernel.db import SQLITE, Snapshot
from hutong.kernel.deliveries import CHANNELS, PER_OWNER, Delivery, Incoming, Outgoing

from .outgoing import OutgoingClient
from .signers import Signers
from .store import PostgresStore, SqliteStore, unable

log = logging.getLogger("hutong.deliveries")

AT_ONCE = 256
ROOM = 16
LEASE_MARGIN_MS = 30_000
IDLE_SECONDS = 5.0

Observer = Callable[[Delivery, Outgoing, Incoming, int], None]


class DeliveryWorker:
    """Claims due deliveries and sends them, at most `AT_ONCE` at a time."""

    def __init__(
        self,
        store: SqliteStore | PostgresStore,
        signers: Signers,
        client: OutgoingClient,
        observer: Observer | None = None,
    ) -> None:
        self._store = store
        self._signers = signers
        self._client = client
        self._observer = observer
        self._wake = asyncio.Event()
        self._free = AT_ONCE
        self._in_hand: Counter[str] = Counter()  # by owner
        self._ids: set[int] = set()  # in hand
        self._sending: set[asyncio.Task[None]] = set()
        self._task: asyncio.Task[None] | None = None
        self._stopping = False

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="deliveries")

    def wake(self) -> None:
        self._wake.set()

    @property
    def busy(self) -> bool:
        return bool(self._sending)

    async def stop(self) -> None:
        """Let what is on its way arrive, for as long as its own time-out."""
        self._stopping = True
        self._wake.set()
        if self._task is not None:
            await self._task
        if self._sending:
            await asyncio.wait(self._sending)

    async def _run(self) -> None:
        while not self._stopping:
            self._wake.clear()
            next_at = None
            try:
                if self._free and await self.send_due():
                    continue
                next_at = await self._store.read(deliveries.next_at)
            except Exception:
                log.exception("the delivery worker could not read its queue")
            clock = self._store.context.clock
            seconds = IDLE_SECONDS
            if next_at is not None and clock.frozen_at is None and self._free and next_at > clock.now():
                seconds = min(IDLE_SECONDS, (next_at - clock.now()) / 1000 + 0.001)
            try:
                await asyncio.wait_for(self._wake.wait(), seconds)
            except TimeoutError:
                pass

    async def send_due(self) -> bool:
        """Start sending what is due now; False when nothing was."""
        claimed = await self._claim()
        for delivery in claimed:
            self._free -= 1
            self._in_hand[delivery.owner] += 1
            self._ids.add(delivery.id)
            task = asyncio.create_task(self._send(delivery))
            self._sending.add(task)
            task.add_done_callback(partial(self._sent, delivery.owner, delivery.id))
        return bool(claimed)

    async def _claim(self) -> list[Delivery]:
        limit, in_hand = self._free, dict(self._in_hand)
        if self._store.dialect == SQLITE:  # nobody else sends: what is in hand need not be written down
            return await self._store.read(
                lambda snapshot: deliveries.due(snapshot, limit=limit, in_hand=in_hand, except_ids=self._ids)
            )
        if not await self._store.read(_anything_due):
            return []
        lease_ms = _longest_ms() + LEASE_MARGIN_MS
        return await self._store.write(
            lambda tx: deliveries.claim(tx, limit=limit, lease_ms=lease_ms, in_hand=in_hand)
        )

    def _sent(self, owner: str, delivery_id: int, task: asyncio.Task[None]) -> None:
        self._sending.discard(task)
        if task.cancelled() or task.exception() is None:
            self._ids.discard(delivery_id)
        else:  # what became of it could not be written down: not at once again
            wait = (_longest_ms() + LEASE_MARGIN_MS) / 1000
            asyncio.get_running_loop().call_later(wait, self._ids.discard, delivery_id)
        self._free += 1
        self._in_hand[owner] -= 1
        # Who was held back goes on when there is room for several: looking costs as much as sending.
        if self._free == ROOM or self._in_hand[owner] == PER_OWNER - ROOM:
            self._wake.set()
        if not self._in_hand[owner]:
            del self._in_hand[owner]
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("a delivery broke", exc_info=error)

    async def _send(self, delivery: Delivery) -> None:
        channel = CHANNELS[delivery.channel]
        started_at, started = wire_now(), time.perf_counter_ns()
        outgoing = None
        try:
            outgoing = await self._store.read(lambda snapshot: channel.build(snapshot, delivery))
            if (job := outgoing.to_sign) is not None:
                outgoing.headers[job.header] = await self._signers.sign(job.key, job.message)
            answer = await self._client.send(
                outgoing.method,
                outgoing.url,
                outgoing.headers,
                outgoing.body,
                timeout_seconds=channel.timeout_ms / 1000,
            )
        except Exception as error:
            log.exception("delivery %d could not be sent", delivery.id)
            answer = Incoming(None, {}, b"", error=f"could not be sent: {type(error).__name__}: {error}")
        duration_us = (time.perf_counter_ns() - started) // 1000
        try:
            await self._settle(delivery, answer, started_at, duration_us)
        except Exception as error:
            if unable(error):
                raise  # it is sent again when the lease is over
            # Recorded as a failed try: else it would be sent for ever, and never move on its ladder.
            log.exception("channel %s could not take the answer to %d", delivery.channel, delivery.id)
            reason = f"the answer could not be taken: {type(error).__name__}: {error}"
            await self._settle(
                delivery, msgspec.structs.replace(answer, error=reason), started_at, duration_us
            )
        if self._observer is not None and outgoing is not None:
            self._observer(delivery, outgoing, answer, duration_us)

    async def _settle(
        self, delivery: Delivery, answer: Incoming, started_at: Millis, duration_us: int
    ) -> None:
        await self._store.write(
            lambda tx: deliveries.settle(
                tx, delivery.id, answer, started_at=started_at, duration_ms=duration_us // 1000
            )
        )


def _longest_ms() -> int:
    return max((channel.timeout_ms for channel in CHANNELS.values()), default=0)


def _anything_due(snapshot: Snapshot) -> bool:
    next_at = deliveries.next_at(snapshot)
    return next_at is not None and next_at <= snapshot.now
