"""A store on a real database file, or on PostgreSQL, with every table."""

import contextlib
from collections.abc import Awaitable, Callable
from pathlib import Path

import apsw
import pytest

from hutong.kernel import schema
from hutong.kernel.blobs import memory_blobs
from hutong.kernel.clock import Clock
from hutong.kernel.db import Context
from hutong.kernel.ids import Ids
from hutong.kernel.settings import Settings
from hutong.kernel.vault import Vault
from hutong.server.store import PostgresStore, SqliteStore, open_store
from tests.conftest import ON_POSTGRES
from tests.postgres import Cluster

OpenStore = Callable[[], Awaitable[SqliteStore | PostgresStore]]


@pytest.fixture
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings of a fresh home whose tables exist."""
    if ON_POSTGRES:
        cluster: Cluster = request.getfixturevalue("postgres_cluster")
        return Settings(home=tmp_path, database=cluster.create_database("server", schema.ddl("postgresql")))
    return _on_sqlite(tmp_path)


@pytest.fixture
def sqlite_settings(tmp_path: Path) -> Settings:
    """The same on SQLite, whatever the others run on: for what only SQLite does."""
    return _on_sqlite(tmp_path)


def _on_sqlite(home: Path) -> Settings:
    made = Settings(home=home)
    with contextlib.closing(apsw.Connection(str(made.sqlite_path))) as connection:
        for statement in schema.ddl("sqlite"):
            connection.execute(statement)
    return made


@pytest.fixture
def opened(settings: Settings) -> OpenStore:
    async def open_it() -> SqliteStore | PostgresStore:
        return open_store(Context(Clock(), Ids(), Vault(b"0" * 32), memory_blobs(), settings))

    return open_it
