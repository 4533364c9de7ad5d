"""`Device`: a signed-in person speaking the client protocol."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from hutong.domains.identity import sessions
from hutong.kernel.db import Tx
from hutong.protocols.client.protocol import client
from tests.domains.builders import a_user
from tests.protocols.conftest import Call


class Device:
    """One person's device. `ann.post("/x", json={…})` answers with the decoded body and checks the status."""

    def __init__(self, tx: Tx, call: Call, nickname: str = "", token: str = "") -> None:
        self._call = call
        if nickname:
            user = a_user(tx, nickname)
            self.id, self.username, self.nickname = str(user.id), user.username, nickname
            _, token = sessions.open(tx, user_id=user.id, device="test")
        self.token = token

    def request(self, method: str, path: str, *, status: int, **options: Any) -> Any:
        headers = {"authorization": f"Bearer {self.token}"} if self.token else {}
        headers |= options.pop("headers", {})
        got, _, body = self._call(client, method, path, headers=headers, **options)
        assert got == status, (method, path, got, body)
        return msgspec.json.decode(body) if body else None

    def get(self, path: str, *, status: int = 200, **query: Any) -> Any:
        return self.request("GET", path, status=status, query=query)

    def post(self, path: str, json: Any = None, *, status: int = 200) -> Any:
        return self.request("POST", path, status=status, json={} if json is None else json)

    def put(self, path: str, json: Any = None, *, status: int = 204) -> Any:
        return self.request("PUT", path, status=status, json={} if json is None else json)

    def patch(self, path: str, json: Any = None, *, status: int = 200) -> Any:
        return self.request("PATCH", path, status=status, json={} if json is None else json)

    def delete(self, path: str, *, status: int = 204) -> Any:
        return self.request("DELETE", path, status=status)


@pytest.fixture
def device(tx: Tx, call: Call) -> Callable[..., Device]:
    """`ann = device("Ann")`: a new person with a signed-in device; `device()` is nobody's."""
    return lambda nickname="", token="": Device(tx, call, nickname, token)


@pytest.fixture
def ann(device: Callable[..., Device]) -> Device:
    return device("Ann")


@pytest.fixture
def ben(device: Callable[..., Device]) -> Device:
    return device("Ben")
