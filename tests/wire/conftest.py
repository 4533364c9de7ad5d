"""The published hosts, answered by a real server, and a merchant's own server on loopback."""

from collections.abc import Iterator

import pytest

from hutong.testing import Server
from tests.listener import Listener


@pytest.fixture
def listener() -> Iterator[Listener]:
    with Listener() as made:
        yield made


@pytest.fixture
def published(hutong: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """The server, with this process in the environment that `hutong run` gives to programs."""
    for name, value in hutong.run_environment({}).items():
        monkeypatch.setenv(name, value)
    return hutong
