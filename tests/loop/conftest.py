"""A running server, on SQLite or on PostgreSQL."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from hutong.testing import Server
from tests.conftest import ON_POSTGRES
from tests.postgres import Cluster


@pytest.fixture(scope="package")
def database(request: pytest.FixtureRequest) -> list[str]:
    """The options of `hutong up` and `hutong audit` that say where the rows are."""
    if not ON_POSTGRES:
        return []
    cluster: Cluster = request.getfixturevalue("postgres_cluster")
    return ["--database", cluster.create_database("loop", [])]


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory, database: list[str]) -> Iterator[Server]:
    """One server for every test here; afterwards its books and every other promise are checked."""
    home = tmp_path_factory.mktemp("home")
    with Server(home=home, options=database) as running:
        yield running
    audit = [sys.executable, "-m", "hutong.server.cli", "audit", "--home", str(home), *database]
    done = subprocess.run(audit, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
