import asyncio
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509 import load_pem_x509_certificate

from hutong.domains.chat import conversations
from hutong.domains.identity import passwords, sessions, users
from hutong.domains.identity.tables import Password
from hutong.domains.pay import keys as pay_keys
from hutong.domains.pay import ledger
from hutong.domains.work import credentials
from hutong.kernel import state
from hutong.kernel.blobs import memory_blobs
from hutong.kernel.clock import Clock
from hutong.kernel.db import Context
from hutong.kernel.ids import Ids
from hutong.kernel.settings import Settings
from hutong.kernel.vault import open_vault
from hutong.server import demo, keys, world
from hutong.server.demo import World
from hutong.server.store import open_store


class Home:
    """The part of the app that making a world needs."""

    def __init__(self, store: Any) -> None:
        self.store = store
        self.settings = store.context.settings
        self.url = "http://localhost:8000"
        self.proxy_url = "http://127.0.0.1:8001"


@pytest.fixture
def described(settings: Settings) -> dict[str, Any]:
    async def make() -> dict[str, Any]:
        context = Context(Clock(), Ids(), open_vault(settings.home), memory_blobs(), settings)
        store = open_store(context)
        home: Any = Home(store)
        await keys.ensure(store)
        await demo.ensure(home)
        first = await demo.describe(home)
        await keys.ensure(store)
        await demo.ensure(home)
        assert await demo.describe(home) == first, "a second start makes nothing new"
        await store.read(check)
        await store.close()
        return first

    def check(snapshot: Any) -> None:
        made = msgspec.json.decode(snapshot.vault.unseal(state.read(snapshot, demo.NAME, str)), type=World)
        assert ledger.audit(snapshot) == []
        for person in made.users:
            user = users.find_by_username(snapshot, person.username)
            assert user is not None and sessions.authenticate(snapshot, person.token).user_id == user.id
            assert ledger.balance(snapshot, ledger.wallet(user.id)) == world.BALANCE
            assert conversations.list_(snapshot, user_id=user.id, before=2**63 - 1)
        first = users.find_by_username(snapshot, made.users[0].username)
        assert first is not None
        kept = snapshot.get(Password, user_id=first.id)
        assert passwords.verify(kept.password_hash, made.users[0].password)
        for merchant in made.merchants:
            certificate = pay_keys.find_certificate(snapshot, merchant.serial_no)
            assert certificate is not None and certificate.mchid == merchant.mchid
        corp = made.corps[0]
        assert {agent.agentid for agent in credentials.list_(snapshot, corp.corpid)} >= {
            agent.agentid for agent in corp.agents
        }

    return asyncio.run(make())


def test_the_demo_world_is_told_under_stable_names(described: dict[str, Any]) -> None:
    assert list(described) == [
        "url",
        "bases",
        "proxy",
        "users",
        "official_accounts",
        "mini_programs",
        "merchants",
        "corps",
        "devices",
    ]
    assert described["bases"]["work"] == "http://localhost:8000/work"
    assert set(described["users"][0]) == {"username", "password", "nickname", "token", "pay_pin"}
    assert len(described["users"]) == 12
    program = {"name", "appid", "secret", "token", "encoding_aes_key", "original_id"}
    assert all(set(found) == program for found in described["mini_programs"])
    assert all(set(found) == program | {"kind"} for found in described["official_accounts"])
    assert [set(device) for device in described["devices"]] == [{"name", "kind", "ticket"}] * 4
    corp = described["corps"][0]
    assert set(corp) == {"name", "corpid", "agents", "contact", "external_contact"}
    assert set(corp["contact"]) == {"secret", "token", "encoding_aes_key"}
    assert set(corp["agents"][0]) == {"agentid", "name", "secret", "token", "encoding_aes_key"}
    merchant = described["merchants"][0]
    assert merchant["partner"] is False and merchant["sub_merchants"] == []


def test_a_merchant_s_files_hold_what_its_sdk_loads(described: dict[str, Any]) -> None:
    merchant = described["merchants"][0]
    pem = Path(merchant["private_key_file"]).read_bytes()
    assert pem.startswith(b"-----BEGIN PRIVATE KEY-----")
    assert Path(merchant["private_key_file"]).stat().st_mode & 0o077 == 0
    certificate = load_pem_x509_certificate(Path(merchant["certificate_file"]).read_bytes())
    assert format(certificate.serial_number, "X") == merchant["serial_no"]
    private = load_pem_private_key(pem, password=None)
    assert private.public_key() == certificate.public_key()
    platform = load_pem_x509_certificate(Path(merchant["platform_certificate_file"]).read_bytes())
    assert format(platform.serial_number, "X") == merchant["platform_serial_no"]
    assert Path(merchant["platform_public_key_file"]).read_bytes().startswith(b"-----BEGIN PUBLIC KEY-----")
    assert len(merchant["api_v3_key"]) == 32
