"""The inspector's feed: every call in and callback out of a sandbox, gathered and written in small batches.

It never holds a call up: what cannot be written in time is dropped and counted.
"""

import asyncio
import contextlib
import importlib
import logging
from typing import Any

from hutong.kernel.clock import wire_now
from hutong.kernel.deliveries import Delivery, Incoming, Outgoing
from hutong.kernel.endpoints import Answer, Endpoint, HttpRequest, Protocol
from hutong.kernel.frozen import Frozen

from . import recording
from .store import PostgresStore, SqliteStore

log = logging.getLogger("hutong.feed")

EVERY_SECONDS = 0.2
WAITING = 5000
BODY_BYTES = 64 * 1024


class Seen(Frozen):
    """One call as the inspector keeps it; `notes` is what the protocol had to say about it."""

    direction: str  # "in" or "out"
    protocol: str
    method: str
    path: str
    query_string: str
    status: int
    at: int  # wire time
    business_at: int
    duration_us: int
    request_id: str
    request_headers: dict[str, str]
    request_body: bytes
    response_headers: dict[str, str]
    response_body: bytes
    notes: dict[str, Any]
    endpoint: str = ""  # the declared path, with its braces
    delivery_id: int | None = None
    error: str | None = None


class Feed:
    """Gathers what the gateway and the delivery worker observe, for `domains/desk/inspector.py` to keep."""

    def __init__(self, store: SqliteStore | PostgresStore) -> None:
        self._store = store
        self._waiting: list[Seen] = []
        self._task: asyncio.Task[None] | None = None
        self._writing = asyncio.Lock()
        self.dropped = 0
        self._recording = recording.from_environment()
        self._inspector = importlib.import_module("hutong.domains.desk.inspector")

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="inspector feed")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        try:
            await self.flush()
        except Exception as error:
            log.error("the inspector could not keep what it saw last: %s", error)

    def called(
        self,
        protocol: Protocol,
        endpoint: Endpoint | None,
        http: HttpRequest,
        answer: Answer,
        duration_us: int,
    ) -> None:
        """A call came in and was answered."""
        if self._recording is not None:
            self._recording.called(protocol, endpoint, http, answer)
        if http.path.startswith("/desk") and protocol.name == "client":
            return  # looking at the inspector is not what one looks for in it
        self._add(
            Seen(
                direction="in",
                protocol=protocol.name,
                method=http.method,
                path=http.path,
                query_string=http.query_string,
                status=answer.status,
                at=http.received_at,
                business_at=self._store.context.clock.now(),
                duration_us=duration_us,
                request_id=http.request_id,
                request_headers=http.headers,
                request_body=http.body[:BODY_BYTES],
                response_headers=answer.headers,
                response_body=answer.body[:BODY_BYTES],
                notes=http.notes,
                endpoint=endpoint.path if endpoint is not None else "",
            )
        )

    def delivered(self, delivery: Delivery, outgoing: Outgoing, answer: Incoming, duration_us: int) -> None:
        """A callback went out and was answered, or was not."""
        if self._recording is not None:
            self._recording.delivered(delivery, answer)
        self._add(
            Seen(
                direction="out",
                protocol=delivery.channel,
                method=outgoing.method,
                path=outgoing.url,
                query_string="",
                status=answer.status or 0,
                at=wire_now(),
                business_at=self._store.context.clock.now(),
                duration_us=duration_us,
                request_id=delivery.notify_id,
                request_headers=outgoing.headers,
                request_body=outgoing.body[:BODY_BYTES],
                response_headers=answer.headers,
                response_body=answer.body[:BODY_BYTES],
                notes={"owner": delivery.owner, "subject": delivery.subject, "payload": delivery.payload},
                delivery_id=delivery.id,
                error=answer.error,
            )
        )

    def _add(self, seen: Seen) -> None:
        if len(self._waiting) < WAITING:
            self._waiting.append(seen)
        else:
            self.dropped += 1

    async def flush(self) -> None:
        """Write what waits. Whatever was seen before is written when this returns, by whom ever."""
        async with self._writing:
            batch, self._waiting = self._waiting, []
            for start in range(0, len(batch), 100):
                part = batch[start : start + 100]
                await self._store.write(lambda tx, part=part: self._inspector.record(tx, part))  # type: ignore[misc]

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            try:
                await self.flush()
            except Exception:
                log.exception("the inspector could not keep what it saw")
