"""Endpoints: which of the declared a path is for."""

import re

from hutong.kernel.db import Snapshot
from hutong.kernel.endpoints import PROTOCOLS, Nobody, Protocol, Request
from hutong.server.main import import_protocols


class Numbered(Request):
    number: str
    part: str = ""


def answer(snapshot: Snapshot, nobody: Nobody, req: Numbered) -> None:
    """Nothing."""


def test_a_path_finds_the_static_endpoint_first_and_then_the_first_declared_that_fits() -> None:
    made = Protocol("matching", mount="/matching")
    for path in ("/a/{number}/c", "/a/b/{number}", "/{number}/b/c", "/{number}/x/{part}", "/a/{number}.json"):
        made.get(path)(answer)
    paths = {
        path: made.match("GET", path)
        for path in ("/a/b/c", "/a/b/d", "/z/b/c", "/z/x/c", "/a/7.json", "/a/7")
    }
    found = {path: match and match[0].path for path, match in paths.items()}
    assert found == {
        "/a/b/c": "/a/{number}/c",
        "/a/b/d": "/a/b/{number}",
        "/z/b/c": "/{number}/b/c",
        "/z/x/c": "/{number}/x/{part}",
        "/a/7.json": "/a/{number}.json",
        "/a/7": None,
    }


def test_every_declared_path_is_found_as_a_walk_through_all_of_them_finds_it() -> None:
    import_protocols()
    for protocol in PROTOCOLS.values():
        patterns = [
            (endpoint, re.compile(re.sub(r"\{[a-z_]+\}", "[^/]+", endpoint.path) + r"\Z"))
            for endpoint in protocol.endpoints
        ]
        for endpoint in protocol.endpoints:
            path = re.sub(r"\{[a-z_]+\}", "x1", endpoint.path)
            fitting = [
                one for one, pattern in patterns if one.method == endpoint.method and pattern.match(path)
            ]
            expected = next((one for one in fitting if one.path == path), fitting[0])
            found = protocol.match(endpoint.method, path)
            assert found is not None
            assert found[0] is expected
