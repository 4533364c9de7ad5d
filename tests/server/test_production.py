"""A production home: nothing of the sandbox is there, nothing private is called, and it stays what it is."""

import asyncio
import json
import re
from pathlib import Path

import httpx
import pytest

from hutong.domains.identity import sessions, users
from hutong.kernel import deliveries
from hutong.kernel.db import Tx
from hutong.kernel.deliveries import Channel, DeliveryState, Outgoing
from hutong.kernel.endpoints import PROTOCOLS
from hutong.kernel.settings import Settings
from hutong.server import audit
from hutong.server.app import App, WrongMode
from hutong.server.main import import_protocols
from tests.faults.served import Served

import_protocols()
_BRACES = re.compile(r"\{[a-z_]+\}")
SANDBOX_ONLY = [
    (protocol, endpoint)
    for protocol in PROTOCOLS.values()
    for endpoint in protocol.endpoints
    if endpoint.sandbox_only
]

deliveries.channel(
    Channel(
        "production_test.post",
        ladder_ms=(60_000,),
        timeout_ms=2000,
        build=lambda snapshot, delivery: Outgoing(delivery.url, {}, b"{}"),
        settle=lambda tx, delivery, answer: None,
    )
)


def production(settings: Settings) -> Settings:
    return Settings(home=settings.home, database=settings.database, production=True)


def test_what_is_for_sandboxes_is_not_there(settings: Settings) -> None:
    """On this machine, to nobody and to somebody: there is no such address."""

    async def run() -> None:
        app = await App.open(production(settings))
        _, token = await app.store.write(a_person)
        try:
            async with calling(app) as client:
                for protocol, endpoint in SANDBOX_ONLY:
                    path = protocol.mount + _BRACES.sub("1", endpoint.path)
                    for headers in ({}, {"authorization": f"Bearer {token}"}):
                        answer = await client.request(endpoint.method, path, json={}, headers=headers)
                        assert answer.status_code == 404, (endpoint.method, path, answer.status_code)
        finally:
            await app.close()

    asyncio.run(run())


def test_there_is_something_to_keep_out() -> None:
    paths = {endpoint.path for _, endpoint in SANDBOX_ONLY}
    assert {"/desk/clock", "/desk/inspector", "/desk/deliveries", "/desk/demo"} <= paths
    for protocol in PROTOCOLS.values():
        for endpoint in protocol.endpoints:
            if endpoint.path.startswith("/desk"):
                assert endpoint.sandbox_only, endpoint.path


def test_a_production_home_has_no_demo_world_and_no_proxy_and_answers(tmp_path: Path) -> None:
    async def run() -> None:
        served = Served(tmp_path / "home", "--production")
        served.command.remove("--no-demo")
        try:
            await served.start()
            kept = json.loads((tmp_path / "home" / "server.json").read_text())
            assert kept["proxy"] is None
            assert not (tmp_path / "home" / "ca").exists()
            assert await served.stop() == 0
        finally:
            served.end()
        with audit.reading(Settings(home=tmp_path / "home")) as snapshot:
            for table in ("identity_user", "apps_app", "pay_merchant", "work_corp"):
                assert snapshot.value(f"select count(*) from {table}") == 0

    asyncio.run(run())


PRIVATE = [
    "http://127.0.0.1:9/",
    "http://localhost:9/",
    "http://10.1.2.3/",
    "http://172.16.0.1/",
    "http://192.168.1.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://100.64.0.1/",
    "http://0.0.0.0:9/",
    "http://224.0.0.1/",
    "http://[::1]:9/",
    "http://[::ffff:127.0.0.1]:9/",
    "http://[fe80::1]/",
    "http://[fd00::1]/",
    "http://[2002:7f00:1::]/",
    "http://[64:ff9b::7f00:1]/",
    "http://2130706433/",
    "http://0x7f.1/",
]


def test_a_production_home_delivers_to_no_private_address(settings: Settings) -> None:
    async def run() -> None:
        app = await App.open(production(settings))
        try:

            def enqueue(tx: Tx) -> None:
                for number, url in enumerate(PRIVATE):
                    deliveries.enqueue(
                        tx,
                        channel="production_test.post",
                        owner="test",
                        subject=str(number),
                        url=url,
                        payload={},
                    )

            await app.store.write(enqueue)
            async with asyncio.timeout(20):
                while True:
                    tried = await app.store.read(lambda snapshot: deliveries.list_(snapshot, owner="test"))
                    if all(delivery.attempts for delivery in tried):
                        break
                    await asyncio.sleep(0.01)
            for delivery in tried:
                assert delivery.state is DeliveryState.PENDING, delivery.url
                assert "private address" in str(delivery.last_error), (delivery.url, delivery.last_error)
        finally:
            await app.close()

    asyncio.run(run())


def test_a_page_of_a_program_reaches_no_private_address_either(settings: Settings) -> None:
    async def run() -> None:
        app = await App.open(production(settings))
        try:
            for url in PRIVATE:
                answer = await app.client.send("GET", url, {}, b"", timeout_seconds=2)
                assert "private address" in str(answer.error), url
        finally:
            await app.close()

    asyncio.run(run())


@pytest.mark.parametrize("first", [True, False], ids=["production", "sandbox"])
def test_a_home_stays_what_it_was_first(settings: Settings, first: bool) -> None:
    async def run() -> None:
        mode = {False: Settings(home=settings.home, database=settings.database), True: production(settings)}
        for _ in range(2):
            app = await App.open(mode[first])
            await app.close()
            with pytest.raises(WrongMode):
                await App.open(mode[not first])

    asyncio.run(run())


def a_person(tx: Tx) -> tuple[object, str]:
    user = users.register(tx, username="ann", password_hash="x", nickname="Ann")
    return sessions.open(tx, user_id=user.id, device="test")


def calling(app: App) -> httpx.AsyncClient:
    """A client on the same machine, which the desk of a sandbox would trust."""
    transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1")
