"""A disk without room, and one that fails: a clear refusal on each protocol, nothing acknowledged is lost."""

import asyncio
import json
import os
import random
import resource
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.world import PIN
from hutong.server.store import IO_ERROR_EXIT

from .served import Cut, Line, Served
from .street import Signed, Street

PEOPLE = 32
ROOM_MB = 24
REFUSED_BY_PAY = "POST /pay/v3/pay/transactions/jsapi: 500 SYSTEM_ERROR"


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A folder on a file system of its own that is soon full."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={ROOM_MB}m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("only root can mount a small file system")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Take every byte that is left."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (1024 * 1024, 4096, 1):
            while True:
                try:
                    file.write(bytes(size))
                except OSError:
                    break
    return ballast


async def busy(street: Street, served: Served, dice: random.Random, seconds: float) -> None:
    """Everybody does what they do, for a while; who is refused for want of room stops."""
    lives = [
        asyncio.create_task(somebody.live(served.port, random.Random(dice.randrange(2**32))))
        for somebody in street.people
    ]
    await asyncio.wait(lives, timeout=seconds)
    for living in lives:
        living.cancel()
    ended = await asyncio.gather(*lives, return_exceptions=True)
    assert {type(error) for error in ended} <= {type(None), asyncio.CancelledError}, ended


async def refusals(street: Street, served: Served) -> dict[str, object]:
    """What each protocol says to something that must be written."""
    ann = street.people[0]
    found: dict[str, object] = {}
    async with Line(served.port) as line:
        remit = {"card_id": str(ann.payer.card_id), "amount": 1, "pin": PIN, "client_id": "full"}
        for attempt in range(50):  # what fits into pages already there may still go through
            remit["client_id"] = f"full{attempt}"
            status, body = await line.ask(
                "POST", "/api/wallet/top-ups", json.dumps(remit).encode(), ann.headers
            )
            if status != 200:
                found["client"] = (status, json.loads(body)["error"]["code"])
                break
            ann.balance += 1
        order = {
            "appid": street.shop.appid,
            "mchid": street.shop.mchid,
            "description": "x" * 40,
            "notify_url": "https://shop.example/notify",
            "amount": {"total": 1, "currency": "CNY"},
            "payer": {"openid": ann.payer.openid},
        }
        for attempt in range(50):
            deed = Signed(
                "POST", "/pay/v3/pay/transactions/jsapi", {**order, "out_trade_no": f"FULL-{attempt:04d}"}
            )
            try:
                await deed.do(line, ann)
            except Cut as refused:
                found["pay"] = str(refused)
                break
        secret = street.secrets[street.accounts[0]]
        query = f"grant_type=client_credential&appid={street.accounts[0]}&secret={secret}"
        for _ in range(50):
            status, body = await line.ask("GET", f"/mp/cgi-bin/token?{query}")
            if (told := json.loads(body)).get("errcode"):
                found["mp"] = (status, told["errcode"])
                break
        for corpid, secret in street.agents:
            query = f"corpid={corpid}&corpsecret={secret}"
            status, body = await line.ask("GET", f"/work/cgi-bin/gettoken?{query}")
            if (told := json.loads(body))["errcode"] != 0:
                found["work"] = (status, told["errcode"])
                break
        assert (await line.ask("GET", "/healthz"))[0] == 200
        assert (await line.ask("GET", "/api/wallet", b"", ann.headers))[0] == 200
    return found


def test_a_full_disk_refuses_clearly_and_the_server_recovers(small: Path) -> None:
    async def run() -> None:
        street = Street(small / "home", PEOPLE)
        served = Served(small / "home")
        served.log = small.parent / "server.log"
        dice = random.Random(7)
        try:
            async with street.merchant:
                await served.start()
                await busy(street, served, dice, 1.0)
                ballast = fill(small)
                await busy(street, served, dice, 3.0)
                assert await refusals(street, served) == {
                    "client": (503, "kernel.storage_full"),
                    "pay": REFUSED_BY_PAY,
                    "mp": (200, -1),
                    "work": (200, -1),
                }
                served.kill()  # nothing acknowledged was only in memory
                ballast.unlink()
                await served.start()
                await street.repeat(served.port)
                await street.check(served.port)
                ballast = fill(small)
                await busy(street, served, dice, 2.0)
                ballast.unlink()  # the same process goes on as soon as there is room
                await street.repeat(served.port)
                await busy(street, served, dice, 0.5)
                await street.repeat(served.port)
                await street.check(served.port)
                await street.settled(served.port)
                assert await served.stop() == 0
                street.audit()
        finally:
            served.end()

    asyncio.run(run())


def test_a_disk_that_fails_stops_the_server_and_it_says_so(tmp_path: Path) -> None:
    """Writing beyond a limit on file sizes fails as a broken disk does: the server must not go on."""

    async def run() -> None:
        street = Street(tmp_path / "home", PEOPLE)
        served = Served(tmp_path / "home")
        try:
            async with street.merchant:
                await served.start()
                assert served.process is not None
                await busy(street, served, random.Random(7), 0.5)
                wal = (tmp_path / "home" / "hutong.db-wal").stat().st_size
                resource.prlimit(served.process.pid, resource.RLIMIT_FSIZE, (wal + 100_000, wal + 100_000))
                await busy(street, served, random.Random(8), 20.0)
                assert await asyncio.to_thread(served.process.wait, 20) == IO_ERROR_EXIT
                assert "the disk failed, stopping" in served.said()
                await served.start()
                await street.repeat(served.port)
                await street.check(served.port)
                await street.settled(served.port)
                assert await served.stop() == 0
                street.audit()
        finally:
            served.end()

    asyncio.run(run())
