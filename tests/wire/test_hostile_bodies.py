"""Bodies that no SDK sends, to every declared endpoint of the four protocols: each is refused, nothing changes.

Nothing may break (the published system error), and what was refused must leave the database as it was.
"""

import contextlib
import hashlib
import json
import sqlite3
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from hutong.kernel.endpoints import PROTOCOLS, Endpoint
from hutong.server.main import import_protocols
from hutong.testing import Server
from tests.listener import Listener

from .signing import Signer

import_protocols()

DEEP = 5_000
BODIES: dict[str, bytes] = {
    "nothing": b"",
    "no JSON": b"{'a': 1,}",
    "cut off": b'{"amount": {"total": 1',
    "a list": b"[1, 2]",
    "a number": b"17",
    "NUL": b'{"a": "tea\x00pot", "b": "\\u0000"}',
    "invalid UTF-8": b'{"a": "\xff\xfe\xc0\x80"}',
    "lone surrogates": b'{"a": "\\ud800"}',
    "beyond 64 bits": b'{"amount": 99999999999999999999999999, "id": 1e400}',
    "nested lists": b'{"a": ' + b"[" * DEEP + b"]" * DEEP + b"}",
    "nested objects": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "XML": b"<xml><ToUserName><![CDATA[a]]></ToUserName></xml>",
    "broken XML": b"<xml><a></xml>",
    "XML with DOCTYPE": b'<!DOCTYPE x [<!ENTITY a "&#97;"><!ENTITY b "&a;&a;">]><xml><a>&b;</a></xml>',
    "a form": b"a=1&b=%00%ff&total=1",
}
HUGE = b'{"a": "' + b"x" * (10 * 1024 * 1024) + b'"}'
IN_PATH = {"appid": "wx0000000000000000", "handle": "h0", "name": "nothing", "scope": "scope.none"}
# What a refused call may leave behind: the log of it, how often one called, how often a secret was guessed wrong.
APART = ("desk_", "apps_quota", "identity_password", "identity_proof", "kernel_state", "alembic_")


def _filled(path: str) -> str:
    """The path with something nobody has in each brace."""
    parts = [
        IN_PATH.get(part[1:-1], "9") if part.startswith("{") else part for part in path.strip("/").split("/")
    ]
    return "/" + "/".join(parts)


class Callers:
    """Every protocol's caller in good standing, so that the body itself is what is refused."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.signer = Signer(server, server.merchants[0])
        self.mp_token = server.official_accounts[0].fetch_token()
        corp = server.corps[0]
        asked = {"corpid": corp.corpid, "corpsecret": corp.agents[0]["secret"]}
        self.work_token = server.call("GET", "/work/cgi-bin/gettoken", params=asked).json()["access_token"]
        self.person = server.person("linwan")

    def call(self, endpoint: Endpoint, body: bytes, asked: Mapping[str, str] | None = None) -> httpx.Response:
        query = urlencode(asked or {})
        protocol, target = endpoint.protocol, _filled(endpoint.path) + (f"?{query}" if query else "")
        more = "&" if query else "?"
        kind = "text/xml" if body[:1] == b"<" else "application/json"
        headers = {"content-type": kind}
        match protocol.name:
            case "pay":
                return self.signer.call(endpoint.method, target, body)
            case "mp":
                target += f"{more}access_token={self.mp_token}"
            case "work":
                target += f"{more}access_token={self.work_token}"
            case "client" if not endpoint.path.startswith("/desk/"):
                headers["authorization"] = f"Bearer {self.person.token}"
        return self.server.call(endpoint.method, protocol.mount + target, content=body, headers=headers)


def _broke(answer: httpx.Response) -> bool:
    if answer.status_code >= 500:
        return True
    with contextlib.suppress(ValueError):
        said = answer.json()
        return isinstance(said, dict) and said.get("errcode") == -1
    return False


def _refused(answer: httpx.Response) -> bool:
    if answer.status_code >= 400:
        return True
    with contextlib.suppress(ValueError):
        said = answer.json()
        return isinstance(said, dict) and bool(said.get("errcode"))
    return False


def _digest(server: Server) -> dict[str, str]:
    """Each table's contents, hashed."""
    found = {}
    with contextlib.closing(sqlite3.connect(server.home / "hutong.db")) as connection:
        tables = connection.execute("select name from sqlite_master where type = 'table' order by name")
        for (table,) in tables.fetchall():
            if not table.startswith(APART):
                rows = connection.execute(f'select * from "{table}"').fetchall()
                found[table] = hashlib.sha256(repr(sorted(map(repr, rows))).encode()).hexdigest()
    return found


@pytest.fixture(scope="module")
def callers(hutong_server: Server) -> Iterator[Callers]:
    hutong_server.restore()
    hutong_server.clock.freeze()
    callers = Callers(hutong_server)
    hutong_server.snapshot("callers")
    yield callers
    hutong_server.restore()


ENDPOINTS = [endpoint for protocol in PROTOCOLS.values() for endpoint in protocol.endpoints]


NAMES = [f"{one.protocol.name} {one.method} {one.path}" for one in ENDPOINTS]


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=NAMES)
def test_a_body_that_is_none_changes_nothing(callers: Callers, endpoint: Endpoint) -> None:
    before = _digest(callers.server)
    refused_all = True
    for name, body in BODIES.items():
        answer = callers.call(endpoint, body)
        assert not _broke(answer), f"{name}: {answer.status_code} {answer.text[:300]}"
        refused_all = refused_all and _refused(answer)
    if refused_all or not endpoint.writes:
        assert _digest(callers.server) == before
    else:  # a call without a body did what it says
        callers.server.restore("callers")


VALUES: dict[str, Any] = {
    "beyond 64 bits": 10**30,
    "below 64 bits": -(10**30),
    "no whole number": 0.5,
    "very long text": "x" * 200_000,
    "empty text": "",
    "a list": [[]],
    "an object": {"": {}},
    "null": None,
    "true": True,
    "control characters": "\u0001\u001b[2J\u202e",
    "an injection": "'; drop table pay_order; --",
}


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=NAMES)
def test_a_field_that_is_no_value_breaks_nothing(callers: Callers, endpoint: Endpoint) -> None:
    """Every field of the request at once, in the body or in the query."""
    before = _digest(callers.server)
    fields = [name for name in endpoint.field_types if name not in endpoint.path_fields]
    refused_all = True
    for name, value in VALUES.items():
        if endpoint.method == "GET":
            asked = {field: str(value)[:1_000] for field in fields}
            answer = callers.call(endpoint, b"", asked)
        else:
            answer = callers.call(endpoint, json.dumps(dict.fromkeys(fields, value)).encode())
        assert not _broke(answer), f"{name}: {answer.status_code} {answer.text[:300]}"
        refused_all = refused_all and _refused(answer)
    if refused_all or not endpoint.writes:
        assert _digest(callers.server) == before
    else:
        callers.server.restore("callers")


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=NAMES)
def test_a_stranger_is_refused(callers: Callers, endpoint: Endpoint) -> None:
    if endpoint.caller_type.__name__ in ("Nobody", "Builder"):
        return
    before = _digest(callers.server)
    address = endpoint.protocol.mount + _filled(endpoint.path)
    for token in ("", "never-issued", "%00%FF"):
        headers = {"authorization": f"Bearer {token or '-'}"} if endpoint.protocol.name == "client" else {}
        answer = callers.server.call(
            endpoint.method, f"{address}?access_token={token}", content=b"{}", headers=headers
        )
        assert _refused(answer) and not _broke(answer), f"{token}: {answer.status_code} {answer.text[:300]}"
    assert _digest(callers.server) == before


@pytest.mark.parametrize(
    "endpoint",
    [next(one for one in protocol.endpoints if one.method == "POST") for protocol in PROTOCOLS.values()],
    ids=list(PROTOCOLS),
)
def test_ten_megabytes_are_refused(callers: Callers, endpoint: Endpoint) -> None:
    before = _digest(callers.server)
    answer = callers.call(endpoint, HUGE)
    assert _refused(answer) and not _broke(answer), f"{answer.status_code} {answer.text[:300]}"
    assert _digest(callers.server) == before
    assert callers.call(endpoint, b"[").status_code < 500, "and the next call is answered"


def test_ten_megabytes_that_come_in_chunks_are_refused(callers: Callers) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(160):
            yield b"x" * 65536

    answer = callers.server.call("POST", "/mp/cgi-bin/menu/create", content=chunks())
    assert _refused(answer) and not _broke(answer)


# ── a developer's server that answers a push with what is no reply ─────────────────────────────────────────


def test_hostile_replies_to_a_push_say_nothing(hutong: Server, listener: Listener) -> None:
    account, person = hutong.official_accounts[0], hutong.user()
    account.push_to(listener.url)
    person.follow(account)
    hutong.clock.settle()
    said = len(person.messages(account))
    for body in BODIES.values():
        listener.body = body
        person.send(account, json.dumps("你好"))
        hutong.clock.settle()
    texts = [line for line in person.messages(account)[said:] if line["sender"] == account.appid]
    assert all("<" not in str(line["body"]) for line in texts)
    assert not hutong.request("GET", "/desk/parked")["events"]
