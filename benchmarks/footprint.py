"""What the server weighs: its starts, its memory after the demo loop, and what one idle socket costs."""

import asyncio
import json
import os
import resource
import tempfile
import time
import typing
from functools import partial
from pathlib import Path

import httpx
import uvloop

from .child import Child, free_port, report

SOCKETS = 5_000
MEMORY_DEMAND, SOCKET_DEMAND = 150, 30
FIRST_DEMAND, LATER_DEMAND = 5.0, 1.0
STARTS = 3
BYTE_CODE = {"PYTHONDONTWRITEBYTECODE": ""}  # kept from start to start, wherever this runs


def command(home: str, port: int) -> list[str]:
    return ["-m", "hutong.server.cli", "up", "--home", home, "--port", str(port)]


class Idle(asyncio.Protocol):
    """A WebSocket that said hello and then listens."""

    def __init__(self, token: str, waiting: list[asyncio.Future[None]]) -> None:
        self.token = token
        self.greeted: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.upgraded = False
        waiting.append(self.greeted)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = typing.cast(asyncio.Transport, transport)
        self.transport.write(
            b"GET /api/stream HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: Upgrade\r\n"
            b"sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-version: 13\r\n\r\n"
        )

    def data_received(self, data: bytes) -> None:
        if not self.upgraded:
            assert b" 101 " in data, data[:200]
            self.upgraded = True
            hello = json.dumps({"token": self.token, "since": -1}).encode()
            self.transport.write(bytes([0x81, 0x80 | len(hello)]) + b"\x00\x00\x00\x00" + hello)
        elif b"hello" in data and not self.greeted.done():
            self.greeted.set_result(None)


async def connect(port: int, token: str, child: Child) -> float:
    """Open the sockets; KiB of the server's memory for each."""
    loop = asyncio.get_running_loop()
    before = child.resident_bytes()
    opened = []
    for _ in range(SOCKETS // 100):
        waiting: list[asyncio.Future[None]] = []
        for _ in range(100):
            opened.append((await loop.create_connection(partial(Idle, token, waiting), "127.0.0.1", port))[0])
        await asyncio.gather(*waiting)
    weight = (child.resident_bytes() - before) / SOCKETS / 1024
    for transport in opened:
        transport.close()
    return weight


def main() -> None:
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(limit[1], 2 * SOCKETS + 200), limit[1]))
    first, later = [], []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(STARTS):
            home, port = f"{folder}/home{number}", free_port()
            with Child(command(home, port), port, env=BYTE_CODE) as child:
                first.append(child.ready_seconds)
            with Child(command(home, port), port, env=BYTE_CODE) as child:
                later.append(child.ready_seconds)
        with Child(command(home, port), port, core=0) as child:
            os.sched_setaffinity(0, {1})
            described = json.loads((Path(home) / "server.json").read_text())
            token = walk(described["url"], Path(home))
            memory = child.resident_bytes() / 1024 / 1024
            per_socket = uvloop.run(connect(port, token, child))
    report(
        "memory after the demo loop, MiB",
        value=round(memory, 1),
        demand=f"<= {MEMORY_DEMAND}",
        met=memory <= MEMORY_DEMAND,
    )
    report(
        f"memory per idle socket at {SOCKETS}, KiB",
        value=round(per_socket, 1),
        demand=f"<= {SOCKET_DEMAND}",
        met=per_socket <= SOCKET_DEMAND,
    )
    for name, seconds, demand in (
        ("first start with the demo world", first, FIRST_DEMAND),
        ("later start", later, LATER_DEMAND),
    ):
        middle = sorted(seconds)[len(seconds) // 2]
        report(f"{name}, s", value=round(middle, 2), demand=f"<= {demand}", met=middle <= demand)


def walk(url: str, home: Path) -> str:
    """Sign in, follow, write, pay and look, by the client API alone; the person's token."""
    import subprocess
    import sys

    told = subprocess.run(
        [sys.executable, "-m", "hutong.server.cli", "demo", "--json", "--home", str(home)],
        capture_output=True,
        check=True,
        text=True,
    )
    world = json.loads(told.stdout)
    someone = world["users"][0]
    with httpx.Client(base_url=url, trust_env=False, timeout=30) as client:
        signed_in = client.post(
            "/api/sessions", json={"username": someone["username"], "password": someone["password"]}
        ).raise_for_status()
        token = signed_in.json()["token"]
        client.headers["authorization"] = f"Bearer {token}"
        appid = world["official_accounts"][0]["appid"]
        app = world["mini_programs"][0]
        client.post(f"/api/accounts/{appid}/follow", json={})
        for address in (
            "/api/me",
            "/api/conversations",
            "/api/contacts",
            "/api/wallet",
            "/api/wallet/bills",
            "/docs",
        ):
            client.get(address).raise_for_status()
        client.get(
            "/mp/cgi-bin/token",
            params={"grant_type": "client_credential", **{k: app[k] for k in ("appid", "secret")}},
        )
        merchant_pays(client, world, someone)
    return str(token)


def merchant_pays(client: httpx.Client, world: dict[str, typing.Any], someone: dict[str, str]) -> None:
    """One native order, scanned and paid."""
    from .payments import Signer
    from .world import Shop

    merchant, program = world["merchants"][0], world["mini_programs"][0]
    key = Path(merchant["private_key_file"]).read_text()
    signer = Signer(Shop(merchant["mchid"], program["appid"], merchant["serial_no"], key))
    body, headers = signer.native(f"FOOT{int(time.time())}")
    ordered = client.post("/pay/v3/pay/transactions/native", content=body, headers=headers).raise_for_status()
    cashier = (
        client.post("/api/cashiers", json={"code": ordered.json()["code_url"]}).raise_for_status().json()
    )
    client.post(
        f"/api/cashiers/{cashier['cashier_id']}/confirm", json={"pin": someone["pay_pin"]}
    ).raise_for_status()


if __name__ == "__main__":
    main()
