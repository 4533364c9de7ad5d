"""Chat: messages stored durably and delivered to the other phone over WebSocket, with real sign-in.

200 people in 100 conversations on one server core; a message counts when its receiver has it.
"""

import asyncio
import json
import os
import tempfile
import time
import typing
from functools import partial
from pathlib import Path

import uvloop

from .child import Child, free_port, report
from .limits import fdatasyncs_per_second
from .world import Member, World, a_member, friends

PAIRS = 100
IN_FLIGHT = 4
SECONDS = 5.0
RATES = (1_000, 2_000, 4_000)


class Phone(asyncio.Protocol):
    """The least a WebSocket client can be: it sends whole text frames and reads whole frames."""

    def __init__(self, run: "Run", member: Member, conversation: int) -> None:
        self.run = run
        self.member = member
        self.path = f"/api/conversations/{conversation}/messages"
        self.peer: Phone | None = None
        self.buffer = b""
        self.upgraded = False
        self.sent_at: dict[str, float] = {}
        self.count = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = typing.cast(asyncio.Transport, transport)
        self.transport.write(
            b"GET /api/stream HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: Upgrade\r\n"
            b"sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-version: 13\r\n\r\n"
        )

    def text(self, payload: bytes) -> None:
        size = len(payload)
        head = bytes([0x81, 0x80 | size]) if size < 126 else b"\x81\xfe" + size.to_bytes(2)
        self.transport.write(head + b"\x00\x00\x00\x00" + payload)  # a mask of zeros changes nothing

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if not self.upgraded:
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            assert b" 101 " in self.buffer[:end], self.buffer[:200]
            self.buffer = self.buffer[end + 4 :]
            self.upgraded = True
            self.text(json.dumps({"token": self.member.token, "since": -1}).encode())
        at = 0
        buffer = self.buffer
        while len(buffer) - at >= 2:
            size, start = buffer[at + 1], at + 2
            if size == 126:
                size, start = int.from_bytes(buffer[at + 2 : at + 4]), at + 4
            if len(buffer) < start + size:
                break
            self.frame(buffer[start : start + size])
            at = start + size
        self.buffer = buffer[at:]

    def frame(self, payload: bytes) -> None:
        if payload.startswith(b'{"seq":'):
            mark = payload.find(b'"client_id":"')
            client_id = payload[mark + 13 : payload.index(b'"', mark + 13)].decode()
            self.run.arrived(self, client_id)
        elif payload.startswith(b'{"kind":"hello"'):
            self.run.greeted()
        elif payload.startswith(b'{"id":'):
            assert b'"status":200' in payload[:60], payload

    def say(self, due: float) -> None:
        self.count += 1
        client_id = f"{self.run.name}-{self.member.user_id}-{self.count}"
        self.sent_at[client_id] = due
        body = '{"kind":"text","text":"今天的茶不错，下午再来一壶？ See you at the gate at three."}'
        said = f'{{"client_id":"{client_id}","body":{body}}}'
        self.text(f'{{"id":{self.count},"method":"POST","path":"{self.path}","body":{said}}}'.encode())


class Run:
    """One measured run: closed loop, or open loop at a rate."""

    def __init__(self, rate: int | None, name: str) -> None:
        self.rate = rate
        self.name = name  # every run says new words: the same client_id would be the same message
        self.latencies: list[float] = []
        self.ready = asyncio.get_running_loop().create_future()
        self.waiting = PAIRS * 2
        self.stopping = False
        self.sent = 0

    def greeted(self) -> None:
        self.waiting -= 1
        if not self.waiting:
            self.ready.set_result(None)

    def arrived(self, phone: Phone, client_id: str) -> None:
        sender = phone.peer
        if sender is None or client_id not in sender.sent_at:
            return  # the echo to the sender's own devices
        self.latencies.append(time.perf_counter() - sender.sent_at.pop(client_id))
        if self.rate is None and not self.stopping:
            self.sent += 1
            sender.say(time.perf_counter())


async def measure(
    port: int, members: list[tuple[Member, Member, int]], rate: int | None, name: str = "at"
) -> dict[str, object]:
    loop = asyncio.get_running_loop()
    run = Run(rate, f"{name}{rate or 'most'}")
    phones: list[Phone] = []
    for one, other, conversation in members:
        pair = [
            (await loop.create_connection(partial(Phone, run, member, conversation), "127.0.0.1", port))[1]
            for member in (one, other)
        ]
        pair[0].peer, pair[1].peer = pair[1], pair[0]
        phones += pair
    await run.ready
    started = time.perf_counter()
    if rate is None:
        for phone in phones:
            for _ in range(IN_FLIGHT):
                run.sent += 1
                phone.say(time.perf_counter())
        await asyncio.sleep(SECONDS)
        elapsed, done = time.perf_counter() - started, len(run.latencies)
        run.stopping = True
    else:
        while (now := time.perf_counter() - started) < SECONDS:
            while run.sent < now * rate:
                phones[run.sent % len(phones)].say(started + run.sent / rate)
                run.sent += 1
            await asyncio.sleep(0.001)
        elapsed, done = SECONDS, run.sent
    for _ in range(2000):
        if len(run.latencies) >= run.sent:
            break
        await asyncio.sleep(0.01)
    assert len(run.latencies) == run.sent, f"{run.sent - len(run.latencies)} messages never arrived"
    for phone in phones:
        phone.transport.close()
    ordered = sorted(run.latencies)
    return {
        "per_second": round(done / elapsed),
        "p50_ms": round(ordered[len(ordered) // 2] * 1000, 2),
        "p99_ms": round(ordered[int(len(ordered) * 0.99)] * 1000, 2),
        "messages": run.sent,
    }


def pairs(world: World) -> list[tuple[Member, Member, int]]:
    """Friends, two and two, with their conversation."""
    members = []
    for pair in range(PAIRS):

        def two(tx: typing.Any, pair: int = pair) -> tuple[Member, Member, int]:
            one, other = a_member(tx, f"ann{pair}"), a_member(tx, f"bob{pair}")
            return one, other, friends(tx, one, other)

        members.append(world.write(two))
    return members


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder) / "home")
        members = pairs(world)
        world.close()
        port = free_port()
        with Child(["-m", "benchmarks.serve", folder + "/home", str(port)], port, core=0) as child:
            os.sched_setaffinity(0, {1})
            before = child.cpu_seconds()
            closed = uvloop.run(measure(port, members, None))
            cpu_us = (child.cpu_seconds() - before) / int(str(closed["messages"])) * 1e6
            opened = {str(rate): uvloop.run(measure(port, members, rate)) for rate in RATES}
        report(
            "chat stored and delivered over WebSocket",
            closed_loop=closed,
            cpu_us_per_message=round(cpu_us, 1),
            open_loop=opened,
            fdatasync_per_second=round(fdatasyncs_per_second(Path(folder))),
        )


if __name__ == "__main__":
    main()
