"""The faces' files: pages by their address, nothing from outside the build, compressed when asked."""

import gzip
from pathlib import Path

import pytest

from hutong.server import faces


@pytest.fixture(autouse=True)
def build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    web = tmp_path / "web"
    (web / "assets").mkdir(parents=True)
    for page in faces.PAGES.values():
        (web / page).write_text(f"<!doctype html><p>{page}")
    (web / "assets" / "app-1a2b.js").write_text("console.log('tea')\n" * 200)
    (tmp_path / "secret.txt").write_text("secret")
    monkeypatch.setattr(faces, "WEB", web)
    return web


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("/", "index.html"),
        ("/p/ann/chats", "index.html"),
        ("/desk", "desk.html"),
        ("/console/orders", "console.html"),
    ],
)
def test_a_path_without_a_dot_is_a_page_of_its_face(path: str, page: str) -> None:
    answer = faces.answer(path, gzipped=False)
    assert answer.status == 200
    assert page.encode() in answer.body
    assert "frame-ancestors 'self'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "path", ["/../secret.txt", "/assets/../../secret.txt", "//secret.txt", "/assets/none.js"]
)
def test_nothing_outside_the_build_is_served(path: str) -> None:
    assert faces.answer(path, gzipped=False).status == 404


def test_an_asset_is_kept_for_ever_and_sent_small() -> None:
    whole = faces.answer("/assets/app-1a2b.js", gzipped=False)
    small = faces.answer("/assets/app-1a2b.js", gzipped=True)
    assert gzip.decompress(small.body) == whole.body
    assert small.headers["content-encoding"] == "gzip"
    assert small.headers["cache-control"] == faces.FOREVER
    assert whole.headers["content-type"].startswith("text/javascript")
    assert len(small.body) < len(whole.body) / 4
