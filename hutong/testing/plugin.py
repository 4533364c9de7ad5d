"""The pytest plugin: fixtures that give a test a running Hutong.

The server starts once for a test run and is put back to its fresh state before each test that asks for it.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .people import Person
    from .programs import Corp, Merchant, MiniProgram, OfficialAccount
    from .server import Server


@pytest.fixture(scope="session")
def hutong_server(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[Server]":
    """The one server of the run. Ask for `hutong` instead, unless the tests of a run share their state."""
    from .server import Server

    with Server(home=tmp_path_factory.mktemp("hutong")) as server:
        server.snapshot()
        yield server


@pytest.fixture
def hutong(hutong_server: "Server") -> "Server":
    """A running server with its demo world, as it was at its first start."""
    hutong_server.restore()
    return hutong_server


@pytest.fixture
def user(hutong: "Server") -> "Person":
    """A new person with a PIN, a card and 500 yuan."""
    return hutong.user()


@pytest.fixture
def official_account(hutong: "Server") -> "OfficialAccount":
    """The tea shop's service account."""
    return hutong.official_accounts[0]


@pytest.fixture
def mini_program(hutong: "Server") -> "MiniProgram":
    """The tea shop's mini program."""
    return hutong.mini_programs[0]


@pytest.fixture
def merchant(hutong: "Server") -> "Merchant":
    """The tea shop's merchant, which takes orders under its account and its mini program."""
    return hutong.merchants[0]


@pytest.fixture
def corp(hutong: "Server") -> "Corp":
    """The company, with its agents."""
    return hutong.corps[0]
