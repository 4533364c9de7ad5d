"""`api`: a call to the mp protocol and the JSON that came back; apps and their tokens."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from hutong.domains.apps import apps, tokens
from hutong.domains.apps.tables import App, AppKind
from hutong.kernel.db import Tx
from hutong.protocols.mp import mp
from tests.domains.builders import an_app

Api = Callable[..., Any]


@pytest.fixture
def account(tx: Tx) -> App:
    return an_app(tx)


@pytest.fixture
def program(tx: Tx, account: App) -> App:
    """A mini program of the same organisation."""
    return an_app(tx, kind=AppKind.MINI_PROGRAM, org_id=account.org_id)


@pytest.fixture
def api(tx: Tx, call: Any) -> Api:
    """`api("POST", "/cgi-bin/menu/create", as_=account, json={…})`: the answer's JSON, always in a 200."""
    issued: dict[str, str] = {}

    def send(
        method: str, path: str, *, as_: App | None = None, query: dict[str, Any] | None = None, **rest: Any
    ) -> Any:
        query = dict(query or {})
        if as_ is not None:
            if as_.appid not in issued:
                issued[as_.appid], _ = tokens.issue(tx, as_.appid, apps.secret(tx, as_))
            query["access_token"] = issued[as_.appid]
        status, _, body = call(mp, method, path, query=query, **rest)
        assert status == 200
        return msgspec.json.decode(body)

    return send
