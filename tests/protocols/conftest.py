"""`call`: a published request through the real registry, on the test's own transaction."""

import base64
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from hutong.kernel.clock import wire_now
from hutong.kernel.db import Tx
from hutong.kernel.endpoints import Answer, HttpRequest, Protocol
from hutong.kernel.errors import DomainError

Answered = tuple[int, dict[str, str], bytes]
Call = Callable[..., Answered]


@pytest.fixture
def call(tx: Tx) -> Call:
    """`call(protocol, "POST", "/sessions", json={…}) -> (status, headers, body)`, as the server would do it."""

    def send(
        protocol: Protocol,
        method: str,
        path: str,
        *,
        query: dict[str, Any] | None = None,
        json: Any = None,
        body: bytes = b"",
        headers: dict[str, str] | None = None,
        upload: dict[str, Any] | None = None,
    ) -> Answered:
        query_string = urlencode(query or {})
        full = protocol.mount + path
        http = HttpRequest(
            method=method,
            path=path,
            raw_path=full,
            query_string=query_string,
            headers={name.lower(): value for name, value in (headers or {}).items()},
            body=msgspec.json.encode(json) if json is not None else body,
            mount=protocol.mount,
            host="localhost:8000",
            scheme="http",
            client="127.0.0.1",
            received_at=wire_now(),
            request_id="test",
            upload=upload or {},
        )
        answer = protocol.seal(tx, http, protocol.finish(tx.settings, http, _answer(tx, protocol, http)))
        if (job := answer.to_sign) is not None:
            signature = job.key.sign(job.message, PKCS1v15(), SHA256())
            answer.headers[job.header] = base64.b64encode(signature).decode()
        content = b"".join(answer.chunks) if answer.chunks is not None else answer.body
        return answer.status, answer.headers, content

    return send


def _answer(tx: Tx, protocol: Protocol, http: HttpRequest) -> Answer:
    found = protocol.match(http.method, http.path)
    if found is None:
        return protocol.unknown(http, protocol.methods(http.path))
    endpoint, http.path_params = found
    tx.run("savepoint one_call")
    try:
        arguments: tuple[Any, ...] = (protocol.authenticate(tx, http, endpoint),)
        request = protocol.decode(endpoint, http)
        if endpoint.request_type is not None:
            arguments = (*arguments, request)
        if endpoint.prepare is not None:
            arguments = (*arguments, endpoint.prepare(tx, *arguments))
        answer = protocol.encode(endpoint, http, endpoint.run(tx, *arguments))
    except DomainError as error:
        tx.run("rollback to savepoint one_call")
        answer = protocol.refuse(http, error)
    tx.run("release savepoint one_call")
    return answer
