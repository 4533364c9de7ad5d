"""Mini programs over a real server: uploaded, compiled and served by hash."""

import gzip
import io
import zipfile

import brotli
import httpx
import pytest

from hutong.kernel.compiler import BUNDLE
from hutong.testing import MiniProgram, Person, Server

pytestmark = pytest.mark.skipif(
    not BUNDLE.exists(), reason="the runtime is not built; scripts/setup builds it"
)


def a_zip(changes: dict[str, bytes] | None = None) -> bytes:
    files = {"app.json": b'{"pages":["p/p"]}', "p/p.wxml": b'<image src="/a.png"/>', "p/p.js": b"Page({})"}
    files |= {"a.png": b"\x89PNG"} | (changes or {})
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return out.getvalue()


def upload(hutong: Server, token: str, appid: str, package: bytes) -> httpx.Response:
    return httpx.post(
        f"{hutong.url}/api/console/apps/{appid}/versions",
        headers={"authorization": f"Bearer {token}"},
        data={"number": "1.1.0"},
        files={"package": ("p.zip", package, "application/zip")},
        timeout=60,
    )


def owner_of(hutong: Server) -> str:
    return hutong.person("shenmei").token


def test_the_demo_worlds_program_is_there_and_its_frame_has_the_one_policy(
    hutong: Server, user: Person, mini_program: MiniProgram
) -> None:
    opened = user.request("POST", f"/programs/{mini_program.appid}/open", json={})
    base = f"{hutong.url}/run/{opened['version']['content_hash']}/"
    manifest = httpx.get(f"{base}manifest.json").json()
    assert manifest["entryPagePath"] == "pages/menu/menu"
    script = httpx.get(base + manifest["packages"][0]["file"])
    assert script.headers["content-type"].startswith("text/javascript")
    assert "immutable" in script.headers["cache-control"]
    frame = httpx.get(f"{hutong.url}/run/frame.html")
    policy = frame.headers["content-security-policy"]
    for rule in ("sandbox allow-scripts;", "connect-src 'none'", "frame-src 'none'", "trusted-types hutong"):
        assert rule in policy
    assert httpx.get(f"{hutong.url}/run/{'0' * 64}/manifest.json").status_code == 404
    assert httpx.get(f"{base}%2e%2e/%2e%2e/pyproject.toml").status_code == 404
    assert httpx.get(f"{base}nothing.js").status_code == 404


def test_an_upload_is_compiled_and_a_broken_one_changes_nothing(
    hutong: Server, mini_program: MiniProgram
) -> None:
    token = owner_of(hutong)
    made = upload(hutong, token, mini_program.appid, a_zip())
    assert made.status_code == 200, made.text
    assert made.json()["pages"] == ["p/p"]
    path = f"{hutong.url}/api/console/apps/{mini_program.appid}/versions"
    listed = httpx.get(path, headers={"authorization": f"Bearer {token}"}).json()["versions"]
    assert listed[0]["content_hash"] == made.json()["content_hash"]

    broken = upload(hutong, token, mini_program.appid, a_zip({"p/p.js": b"let a = ;"}))
    assert broken.status_code == 400
    assert broken.json()["error"]["details"]["diagnostics"][0]["file"] == "p/p.js"
    assert upload(hutong, token, mini_program.appid, b"no zip").status_code == 400
    stranger = hutong.user("Stranger")
    assert upload(hutong, stranger.token, mini_program.appid, a_zip()).status_code in (403, 404)
    again = httpx.get(path, headers={"authorization": f"Bearer {token}"}).json()["versions"]
    assert again == listed


def test_a_player_is_given_the_part_of_a_film_it_goes_to(hutong: Server, mini_program: MiniProgram) -> None:
    film = bytes(range(200))
    made = upload(hutong, owner_of(hutong), mini_program.appid, a_zip({"a.mp4": film})).json()
    base = f"{hutong.url}/run/{made['content_hash']}/"
    name = httpx.get(f"{base}manifest.json").json()["assets"]["a.mp4"]

    def ask(**headers: str) -> tuple[int, bytes, str | None]:
        named = {key.replace("_", "-"): value for key, value in headers.items()}
        answer = httpx.get(base + name, headers=named)
        return answer.status_code, answer.content, answer.headers.get("content-range")

    whole = httpx.get(base + name)
    assert (whole.status_code, whole.content, whole.headers["accept-ranges"]) == (200, film, "bytes")
    assert ask(range="bytes=10-19") == (206, film[10:20], "bytes 10-19/200")
    assert ask(range="bytes=190-") == (206, film[190:], "bytes 190-199/200")
    assert ask(range="bytes=-5") == (206, film[195:], "bytes 195-199/200")
    assert ask(range="bytes=150-999") == (206, film[150:], "bytes 150-199/200")
    for beyond in ("bytes=200-", "bytes=-0"):
        assert ask(range=beyond) == (416, b"", "bytes */200")
    assert ask(range="bytes=0-1", if_range=whole.headers["etag"]) == (206, film[:2], "bytes 0-1/200")
    assert ask(range="bytes=0-1", if_range='"older"') == (200, film, None)
    for unread in ("bytes=20-10", "bytes=0-1,4-5", "bytes=-", "lines=0-1"):
        assert ask(range=unread) == (200, film, None)


def test_a_package_is_fetched_small_once_and_never_again(
    hutong: Server, user: Person, mini_program: MiniProgram
) -> None:
    opened = user.request("POST", f"/programs/{mini_program.appid}/open", json={})
    base = f"{hutong.url}/run/{opened['version']['content_hash']}/"
    manifest = httpx.get(f"{base}manifest.json").json()
    script = base + manifest["packages"][0]["file"]
    plain = httpx.get(script, headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    sizes = {}
    for asked, given in (("gzip, deflate", "gzip"), ("gzip, br;q=1", "br"), ("gzip, br;q=0", "gzip")):
        with httpx.stream("GET", script, headers={"accept-encoding": asked}) as answer:
            body = b"".join(answer.iter_raw())
        assert (answer.headers["content-encoding"], answer.headers["vary"]) == (given, "accept-encoding")
        sizes[given] = len(body)
        unpacked = brotli.decompress(body) if given == "br" else gzip.decompress(body)
        assert unpacked == plain.content
        known = {"accept-encoding": asked, "if-none-match": answer.headers["etag"]}
        again = httpx.get(script, headers=known)
        assert (again.status_code, again.content) == (304, b"")
    assert sizes["br"] < sizes["gzip"] < len(plain.content) / 2

    told = httpx.get(
        f"{hutong.url}/api/programs/{mini_program.appid}/manifest",
        headers={"authorization": f"Bearer {user.token}"},
    )
    assert told.headers["cache-control"] == "private, max-age=60"
    assert told.json()["manifest"] == manifest
    assert told.json()["content_hash"] == opened["version"]["content_hash"]
    trial = f"/programs/{mini_program.appid}/manifest?channel=trial"
    with pytest.raises(Exception, match="not_a_tester"):
        user.request("GET", trial)


def test_a_web_page_stays_on_the_business_domains(
    hutong: Server, user: Person, mini_program: MiniProgram
) -> None:
    def opened(who: Person, channel: str) -> str:
        return str(
            who.request("POST", f"/programs/{mini_program.appid}/open", json={"channel": channel})["page"]
        )

    def policy(address: str) -> dict[str, list[str]]:
        found = httpx.get(hutong.url + address)
        assert found.status_code == 200, found.text
        rules = found.headers["content-security-policy"].split("; ")
        return {rule.split()[0]: rule.split()[1:] for rule in rules}

    owner = hutong.person("shenmei")
    path = f"{hutong.url}/api/console/apps/{mini_program.appid}/domains"
    auth = {"authorization": f"Bearer {owner.token}"}
    before = httpx.get(path, headers=auth).json()["business"]
    try:
        pages = ["https://pages.example.com", "https://more.example.com:8443"]
        assert httpx.put(path, headers=auth, json={"business": pages}).status_code == 200
        address = opened(user, "release")
        rules = policy(address)
        assert (rules["frame-src"], rules["connect-src"]) == (pages, pages)
        assert (rules["default-src"], rules["frame-ancestors"]) == (["'none'"], ["'self'"])
        httpx.put(path, headers=auth, json={"business": []})
        assert policy(address)["frame-src"] == ["'none'"]
        # Whoever works on the program may go anywhere with it, and may ask not to; nobody makes this up.
        free = opened(owner, "develop")
        assert policy(free)["frame-src"] == ["https:", "http:"]
        assert policy(f"{free}&check=1")["frame-src"] == ["'none'"]
        for wrong in (
            address.replace("free=0", "free=1"),
            address.replace(mini_program.appid, "wx00"),
            "/run/page.html",
        ):
            assert httpx.get(hutong.url + wrong).status_code == 403
    finally:
        httpx.put(path, headers=auth, json={"business": before})

    script = httpx.get(f"{hutong.url}/open/js/jweixin-1.6.0.js")
    assert script.status_code == 200 and script.headers["content-type"].startswith("text/javascript")
    assert "miniProgram" in script.text
    assert httpx.get(f"{hutong.url}/open/js/other.js").status_code == 404
