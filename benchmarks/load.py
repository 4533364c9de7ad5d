"""A load generator that costs little: prepared request bytes over kept connections, open or closed loop.

Latencies are measured from the moment a request was due, so a server that falls behind cannot hide it.
"""

import asyncio
import time
import typing
from collections.abc import Iterator, Sequence

import uvloop


class Result:
    """What one run gave: answers by status, latencies in seconds, and the time it took."""

    def __init__(self) -> None:
        self.statuses: dict[int, int] = {}
        self.latencies: list[float] = []
        self.seconds = 0.0
        self.bodies: list[bytes] = []
        self.lost = 0  # connections closed with a request under way

    @property
    def rate(self) -> float:
        return len(self.latencies) / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        """In milliseconds."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000 if ordered else 0.0

    def row(self) -> dict[str, object]:
        return {
            "per_second": round(self.rate, 1),
            "p50_ms": round(self.percentile(0.5), 2),
            "p99_ms": round(self.percentile(0.99), 2),
            "statuses": self.statuses,
        }


class _Connection(asyncio.Protocol):
    def __init__(self, run: "_Run") -> None:
        self.run = run
        self.buffer = b""
        self.due = 0.0
        self.idle = True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = typing.cast(asyncio.Transport, transport)  # uvloop's own type is no subclass

    def send(self, request: bytes, due: float) -> None:
        self.idle = False
        self.due = due
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head_end = self.buffer.find(b"\r\n\r\n")
        if head_end < 0:
            return
        head = self.buffer[:head_end].lower()
        status = int(head[9:12])
        at = head.find(b"content-length:")
        length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(self.buffer) < head_end + 4 + length:
            return
        body = self.buffer[head_end + 4 : head_end + 4 + length]
        self.buffer = self.buffer[head_end + 4 + length :]
        self.idle = True
        self.run.answered(self, status, body)

    def connection_lost(self, error: Exception | None) -> None:
        if not self.idle:
            self.run.lost(self)


class _Run:
    def __init__(self, requests: Iterator[bytes], rate: float | None, keep_bodies: bool) -> None:
        self.requests = requests
        self.rate = rate
        self.keep_bodies = keep_bodies
        self.result = Result()
        self.free: list[_Connection] = []
        self.waiting: list[tuple[bytes, float]] = []
        self.under_way = 0
        self.exhausted = False
        self.finished = asyncio.get_running_loop().create_future()

    def answered(self, connection: _Connection, status: int, body: bytes) -> None:
        result = self.result
        result.latencies.append(time.perf_counter() - connection.due)
        result.statuses[status] = result.statuses.get(status, 0) + 1
        if self.keep_bodies:
            result.bodies.append(body)
        self.under_way -= 1
        self.next(connection)

    def lost(self, connection: _Connection) -> None:
        self.result.lost += 1
        self.under_way -= 1
        self.check()

    def next(self, connection: _Connection) -> None:
        if self.waiting:
            request, due = self.waiting.pop(0)
        elif self.rate is None and (request := next(self.requests, None)) is not None:  # type: ignore[assignment]
            due = time.perf_counter()
        else:
            if self.rate is None:
                self.exhausted = True
            self.free.append(connection)
            self.check()
            return
        self.under_way += 1
        connection.send(request, due)

    def check(self) -> None:
        if self.exhausted and not self.under_way and not self.waiting and not self.finished.done():
            self.finished.set_result(None)

    async def pace(self) -> None:
        assert self.rate is not None
        started, sent = time.perf_counter(), 0
        while True:
            now = time.perf_counter()
            while sent < (now - started) * self.rate:
                request = next(self.requests, None)
                if request is None:
                    self.exhausted = True
                    self.check()
                    return
                due = started + sent / self.rate
                sent += 1
                if self.free:
                    self.under_way += 1
                    self.free.pop().send(request, due)
                else:
                    self.waiting.append((request, due))
            await asyncio.sleep(0.0005)


async def _run(
    host: str, port: int, requests: Iterator[bytes], connections: int, rate: float | None, keep: bool
) -> Result:
    loop = asyncio.get_running_loop()
    run = _Run(requests, rate, keep)
    opened = [
        (await loop.create_connection(lambda: _Connection(run), host, port))[1] for _ in range(connections)
    ]
    started = time.perf_counter()
    if rate is None:
        for connection in opened:
            run.next(connection)
    else:
        run.free.extend(opened)
        pacing = asyncio.create_task(run.pace())
    await run.finished
    run.result.seconds = time.perf_counter() - started
    if rate is not None:
        await pacing
    for connection in opened:
        connection.transport.close()
    return run.result


def drive(
    port: int,
    requests: Sequence[bytes],
    *,
    connections: int,
    rate: float | None = None,
    keep_bodies: bool = False,
) -> Result:
    """Send every request once; `rate` per second (open loop), or as fast as answers come (closed loop)."""
    return uvloop.run(_run("127.0.0.1", port, iter(requests), connections, rate, keep_bodies))


def post(path: str, body: bytes, headers: dict[str, str] | None = None, *, method: str = "POST") -> bytes:
    """The bytes of one request."""
    lines = [f"{method} {path} HTTP/1.1", "host: 127.0.0.1", f"content-length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return "\r\n".join([*lines, "", ""]).encode() + body
