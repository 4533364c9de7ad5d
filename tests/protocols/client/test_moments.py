"""Moments over the client API."""

import pytest

from hutong.domains.apps.tables import App, AppKind
from hutong.kernel.db import Tx
from tests.domains.builders import an_app
from tests.protocols.client.conftest import Device


@pytest.fixture
def program(tx: Tx) -> App:
    return an_app(tx, kind=AppKind.MINI_PROGRAM)


def test_a_post_is_shown_with_its_page_and_only_its_author_takes_it_back(
    ann: Device, ben: Device, program: App
) -> None:
    page = {"appid": program.appid, "title": "Tea", "path": "pages/a?x=1"}
    made = ann.post("/moments", {"client_id": "1", "text": "good tea", "page": page})
    assert ann.post("/moments", {"client_id": "1", "text": "again"})["post_id"] == made["post_id"]
    (shown,) = ann.get("/moments")["posts"]
    assert (shown["text"], shown["mine"], shown["author"]["nickname"]) == ("good tea", True, "Ann")
    assert (shown["page"]["program"]["name"], shown["page"]["path"]) == (program.name, "pages/a?x=1")
    assert ben.get("/moments") == {"posts": [], "next": None}
    ben.delete(f"/moments/{made['post_id']}", status=404)
    ann.delete(f"/moments/{made['post_id']}")
    assert ann.get("/moments")["posts"] == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"client_id": "1", "text": "  "}, 400),
        ({"text": "no name"}, 400),
        ({"client_id": "1", "text": "x" * 2001}, 400),
        ({"client_id": "1", "page": {"appid": "wx0000000000000000", "title": "t"}}, 404),
    ],
)
def test_a_post_that_cannot_be_shown_is_refused(ann: Device, body: dict[str, object], status: int) -> None:
    ann.post("/moments", body, status=status)
    assert ann.get("/moments")["posts"] == []
