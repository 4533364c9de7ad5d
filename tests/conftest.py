"""Fixtures every test may use: a transaction on a real database, with a hand-wound clock.

HUTONG_TEST_DATABASE=postgres runs the same tests on a private PostgreSQL cluster in a temporary folder.
"""

import importlib
import os
import pkgutil
from collections.abc import Iterator
from typing import Any

import apsw
import hypothesis
import pytest

import hutong.domains
from hutong.kernel import deliveries, events, schema, updates  # noqa: F401  (their tables)
from hutong.kernel.blobs import memory_blobs
from hutong.kernel.clock import HandWound
from hutong.kernel.db import POSTGRES, SQLITE, Context, Tx
from hutong.kernel.ids import Ids
from hutong.kernel.known import Known
from hutong.kernel.vault import Vault

from .postgres import Cluster
from .recorder import (  # noqa: F401  (hooks: which test ran when)
    pytest_configure,
    pytest_runtest_makereport,
    pytest_runtest_protocol,
)

# A slow machine is no fault of what is tested.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

for room in pkgutil.iter_modules(hutong.domains.__path__):
    package = importlib.import_module(f"hutong.domains.{room.name}")
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"hutong.domains.{room.name}.{module.name}")

ON_POSTGRES = os.environ.get("HUTONG_TEST_DATABASE", "").startswith("postgres")


@pytest.fixture(scope="session")
def _template() -> bytes:
    """An empty in-memory database with every table, as bytes."""
    connection = apsw.Connection(":memory:")
    for statement in schema.ddl("sqlite"):
        connection.execute(statement)
    return connection.serialize("main")


@pytest.fixture(scope="session")
def postgres_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A private PostgreSQL server on a socket in a temporary folder."""
    with Cluster(tmp_path_factory.mktemp("pg")) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def _postgres_url(request: pytest.FixtureRequest) -> str:
    cluster: Cluster = request.getfixturevalue("postgres_cluster")
    return cluster.create_database("domains", schema.ddl("postgresql"))


@pytest.fixture
def clock() -> HandWound:
    return HandWound()


@pytest.fixture
def context(clock: HandWound) -> Context:
    return Context(clock, Ids(), Vault(b"0" * 32), memory_blobs())


@pytest.fixture
def tx(request: pytest.FixtureRequest, context: Context) -> Iterator[Tx]:
    """A transaction that is rolled back afterwards. `tx.now` follows the `clock` fixture."""
    if ON_POSTGRES:
        import psycopg

        with psycopg.connect(request.getfixturevalue("_postgres_url")) as connection:
            yield _Now(connection, POSTGRES, context)
            connection.rollback()
    else:
        connection = apsw.Connection(":memory:")
        connection.deserialize("main", request.getfixturevalue("_template"))
        connection.execute("begin")
        yield _Now(connection, SQLITE, context, Known())
        connection.close()


class _Now(Tx):
    """A test's one transaction lives through several moments: its `now` is the clock's."""

    @property
    def now(self) -> Any:  # type: ignore[override]
        return self.context.clock.now()

    @now.setter
    def now(self, value: Any) -> None:
        pass
