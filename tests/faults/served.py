"""A server in a process of its own, started by the command line and killed at will, and connections to it."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.child import free_port

START_SECONDS = 60
ANSWER_SECONDS = 60


class Cut(Exception):
    """The connection ended, or the server said it could not, before the answer: nobody knows what was done."""


class Served:
    """`hutong up` on one home and one port, as often as one likes."""

    def __init__(self, home: Path, *options: str, database: str = "", **environment: str) -> None:
        self.home = home
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = home.parent / f"{home.name}.log"
        self.command = [sys.executable, "-m", "hutong.server.cli", "up", "--home", str(home)]
        self.command += ["--port", str(self.port), "--no-demo", *options]
        self.command += ["--database", database] if database else []
        self.environment = {**os.environ, "HUTONG_INSPECTOR_ENTRIES": "0", **environment}
        self.process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        """Returns when it answers."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, env=self.environment, stdout=subprocess.DEVNULL, stderr=log
            )
        async with asyncio.timeout(START_SECONDS):
            while True:
                try:
                    async with Line(self.port) as line:
                        if (await line.ask("GET", "/healthz"))[0] == 200:
                            return
                except Cut:
                    pass
                assert self.process.poll() is None, self.said()
                await asyncio.sleep(0.01)

    def said(self) -> str:
        """The end of its log."""
        return self.log.read_text(errors="replace")[-4000:]

    def kill(self) -> None:
        """No goodbye: as when the power fails."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    async def stop(self) -> int:
        """SIGTERM; its exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return await asyncio.to_thread(self.process.wait, START_SECONDS)

    def end(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.kill()


class Line:
    """One kept connection. Every way in which an answer can fail to come is a Cut."""

    in_flight = 0  # over all lines: asked, not answered

    def __init__(self, port: int) -> None:
        self.port = port
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None

    async def __aenter__(self) -> "Line":
        return self

    async def __aexit__(self, *_: object) -> None:
        if self.writer is not None:
            self.writer.transport.abort()
            self.writer = None

    async def ask(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> tuple[int, bytes]:
        lines = [f"{method} {path} HTTP/1.1", "host: 127.0.0.1", f"content-length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                if self.writer is None:
                    self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
                assert self.reader is not None
                self.writer.write("\r\n".join([*lines, "", ""]).encode() + body)
                Line.in_flight += 1
                try:
                    head = (await self.reader.readuntil(b"\r\n\r\n")).lower()
                    at = head.find(b"content-length:")
                    length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
                    return int(head[9:12]), await self.reader.readexactly(length)
                finally:
                    Line.in_flight -= 1
        except (OSError, asyncio.IncompleteReadError, TimeoutError) as error:
            if self.writer is not None:
                self.writer.transport.abort()
                self.writer = None
            raise Cut(str(error)) from None

    async def call(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> Any:
        """The decoded answer of a call that must not be refused. A server's own fault is a Cut."""
        told = json.dumps(body).encode() if body is not None else b""
        status, answer = await self.ask(method, path, told, headers)
        return accepted(status, answer, f"{method} {path}")


def accepted(status: int, answer: bytes, what: str) -> Any:
    if status >= 500:
        raise Cut(f"{what}: {status} {json.loads(answer).get('code', answer)}")
    assert status < 300, f"{what}: {status} {answer[:500]!r}"
    return json.loads(answer) if answer else None
