"""`kill -9` at random points under load: nothing acknowledged is lost, nothing is done twice, the books balance."""

import asyncio
import os
import random
import secrets
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import psycopg
import pytest

from tests.postgres import Cluster

from .served import Line, Served
from .street import Street

IN_FLIGHT = 32
PEOPLE = 44
EVERY = 10  # rounds between two audits


@pytest.fixture
def seed() -> int:
    """HUTONG_SEED repeats a failure, as far as two machines can."""
    chosen = int(os.environ.get("HUTONG_SEED") or secrets.randbelow(2**32))
    print(f"HUTONG_SEED={chosen} repeats this")
    return chosen


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not true():
            await asyncio.sleep(0.001)


async def live(
    street: Street,
    served: Served,
    dice: random.Random,
    strike: Callable[[], Awaitable[None]],
) -> None:
    """Everybody is busy; at a random moment, with enough asked and not answered, the blow falls."""
    street.over = False
    seeds = [dice.randrange(2**32) for _ in street.people]
    lives = [
        asyncio.create_task(somebody.live(served.port, random.Random(seed)))
        for somebody, seed in zip(street.people, seeds, strict=True)
    ]
    await asyncio.sleep(dice.uniform(0.02, 0.5))
    await until(lambda: Line.in_flight >= IN_FLIGHT)
    await strike()
    street.over = True
    await asyncio.gather(*lives)


async def rounds(street: Street, served: Served, dice: random.Random, kills: int) -> None:
    async def kill() -> None:
        assert Line.in_flight >= IN_FLIGHT
        served.kill()

    async with street.merchant:
        repeated = 0
        for number in range(1, kills + 1):
            await served.start()
            repeated += await street.repeat(served.port)
            await street.check(served.port)
            await live(street, served, dice, kill)
            street.close_books()
            if number % EVERY == 0:
                print(
                    f"{number} kills, {sum(len(p.deeds) for p in street.people)} deeds, {repeated} repeated"
                )
        await served.start()
        await street.repeat(served.port)
        await street.check(served.port)
        await street.settled(served.port)
        assert await served.stop() == 0
        street.close_books()
        street.audit()


def terminate(url: str, dice: random.Random) -> None:
    """End some of the server's database connections, in the middle of whatever they do."""
    with psycopg.connect(url, autocommit=True) as connection:
        found = connection.execute(
            "select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
        ).fetchall()
        for (pid,) in dice.sample(found, max(1, len(found) // 2)):
            connection.execute("select pg_terminate_backend(%s)", (pid,))


async def cut_off(street: Street, served: Served, dice: random.Random, url: str, cuts: int) -> None:
    """The server lives on; its database cuts it off again and again."""

    async def strike() -> None:
        for _ in range(5):
            await asyncio.to_thread(terminate, url, dice)
            await asyncio.sleep(dice.uniform(0.01, 0.2))

    async with street.merchant:
        await served.start()
        for _ in range(cuts):
            await live(street, served, dice, strike)
            await street.repeat(served.port)
            await street.check(served.port)
        await street.settled(served.port)
        assert await served.stop() == 0
        street.audit()


def audited(served: Served, *options: str) -> None:
    command = [sys.executable, "-m", "hutong.server.cli", "audit", "--home", str(served.home), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_fifty_kills_lose_nothing_and_do_nothing_twice(tmp_path: Path, seed: int) -> None:
    street = Street(tmp_path / "home", PEOPLE)
    served = Served(tmp_path / "home")
    try:
        asyncio.run(rounds(street, served, random.Random(seed), kills=int(os.environ.get("KILLS", "50"))))
        audited(served)
    finally:
        served.end()


def test_ten_kills_on_postgresql(tmp_path: Path, seed: int, postgres_cluster: Cluster) -> None:
    url = postgres_cluster.create_database("killed", [])
    street = Street(tmp_path / "home", PEOPLE, url)
    served = Served(tmp_path / "home", database=url)
    try:
        asyncio.run(rounds(street, served, random.Random(seed), kills=10))
        audited(served, "--database", url)
    finally:
        served.end()


def test_a_database_that_cuts_the_server_off_costs_nobody_anything(
    tmp_path: Path, seed: int, postgres_cluster: Cluster
) -> None:
    url = postgres_cluster.create_database("cut_off", [])
    street = Street(tmp_path / "home", PEOPLE, url)
    served = Served(tmp_path / "home", database=url)
    try:
        asyncio.run(cut_off(street, served, random.Random(seed), url, cuts=6))
        audited(served, "--database", url)
    finally:
        served.end()


def test_a_stop_under_load_keeps_every_answer_and_ends_in_good_order(tmp_path: Path, seed: int) -> None:
    """SIGTERM: what was asked is answered, or the connection ends; the process ends by itself, and quickly."""

    async def run() -> None:
        street = Street(tmp_path / "home", PEOPLE)
        served = Served(tmp_path / "home")
        dice = random.Random(seed)

        async def stop() -> None:
            assert await served.stop() == 0

        try:
            async with street.merchant:
                for _ in range(3):
                    await served.start()
                    await street.repeat(served.port)
                    await street.check(served.port)
                    await live(street, served, dice, stop)
                    street.close_books()
                await served.start()
                await street.repeat(served.port)
                await street.check(served.port)
                await street.settled(served.port)
                assert await served.stop() == 0
                street.audit()
                assert "Traceback" not in served.said()
        finally:
            served.end()

    asyncio.run(run())
