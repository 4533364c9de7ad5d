"""A server in a child process, pinned to a core, with its processor time and memory in sight."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any


def free_port() -> int:
    """A port, and the next one, that nobody listens on."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


class Child:
    """`with Child(["-m", "module", …], port) as child:` waits until the port answers HTTP."""

    def __init__(
        self, arguments: list[str], port: int, *, core: int | None = None, env: dict[str, str] | None = None
    ) -> None:
        pinned = ["taskset", "-c", str(core)] if core is not None else []
        self.command = [*pinned, sys.executable, *arguments]
        self.port = port
        self.env = {**os.environ, **(env or {})}
        self.ready_seconds = 0.0

    def __enter__(self) -> "Child":
        started = time.perf_counter()
        self.process = subprocess.Popen(self.command, env=self.env, stdout=subprocess.DEVNULL)
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=1).read()
                break
            except urllib.error.HTTPError:
                break
            except OSError:
                if self.process.poll() is not None:
                    raise RuntimeError(f"the server ended with {self.process.returncode}") from None
                time.sleep(0.01)
        self.ready_seconds = time.perf_counter() - started
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.terminate()
        self.process.wait(30)

    def cpu_seconds(self) -> float:
        """User and system time of the process so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def resident_bytes(self) -> int:
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        return 0


def report(name: str, **figures: Any) -> None:
    """One line of JSON on standard output."""
    print(json.dumps({"benchmark": name, **figures}, ensure_ascii=False), flush=True)
