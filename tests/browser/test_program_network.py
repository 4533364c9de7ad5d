"""The network of a real program in a real browser, through the real relay: every call, its news and its failures."""

import io
import json
import threading
import urllib.parse
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, expect
from websockets.sync.server import serve

from hutong.kernel.compiler import BUNDLE
from hutong.testing import Server
from tests.browser.test_program_loop import RUNTIME, SHELL
from tests.recorder import proves
from tests.server.test_program_network import an_own_server

pytestmark = pytest.mark.skipif(
    not BUNDLE.exists(), reason="the runtime is not built; scripts/setup builds it"
)

PAGE = Path(__file__).with_name("network_page.js").read_text()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(home=tmp_path_factory.mktemp("home")) as running:
        yield running


def test_every_call_of_the_network_answers_and_fails_as_published(browser: Browser, server: Server) -> None:
    def talk(socket: Any) -> None:
        for frame in socket:
            if frame == "bye":
                socket.close(4001, "as you wish")
            else:
                socket.send(frame)

    def refuse(connection: Any, request: Any) -> Any:
        return connection.respond(403, "no") if request.path == "/refused" else None

    with (
        an_own_server() as (url, heard, _),
        serve(talk, "127.0.0.1", 0, process_request=refuse, subprotocols=["chat"]) as sockets,  # type: ignore[list-item]
    ):
        threading.Thread(target=sockets.serve_forever, daemon=True).start()
        ws = f"ws://127.0.0.1:{sockets.socket.getsockname()[1]}"
        said = opened(browser, server, url, ws)
        sockets.shutdown()
    assert "thrown" not in said, said
    ok = {"kind": "success,complete"}
    assert (said["ahead"]["path"], said["ahead"]["scene"]) == ("", 1001)
    asked = urllib.parse.parse_qs(said["ahead"]["data"]["query"], keep_blank_values=True)
    assert asked.keys() == {"of", "appid", "timestamp", "path", "query", "scene"}
    assert (asked["of"], asked["scene"]) == (["tea"], ["1001"])
    proves("wx_api", "getBackgroundFetchData")
    listed = {
        name: (said[name]["errMsg"], said[name]["kind"]) for name in ("json", "post", "download", "upload")
    }
    assert listed == {
        "json": ("request:ok", "success,complete"),
        "post": ("request:ok", "success,complete"),
        "download": ("downloadFile:ok", "success,complete"),
        "upload": ("uploadFile:ok", "success,complete"),
    }
    assert said["json"]["data"] == {"query": "q=%E8%8C%B6%20tea&n=1"}
    assert said["json"]["statusCode"] == 200
    assert said["json"]["profile"]["responseEnd"] >= said["json"]["profile"]["responseStart"] > 0
    assert said["post"]["data"] == "006f6b"
    assert said["post"]["cookies"] == ["a=1", "b=2"]
    assert said["headed"][0]["statusCode"] == 201
    assert said["headed"][0]["header"]["x-shop"] == "tea"
    by_path = {one["path"]: one for one in heard}
    posted = next(one for one in heard if one["method"] == "POST" and one["path"] == "/x")
    assert (posted["body"], posted["x-own"], posted["content-type"]) == (
        b'{"a":[1]}',
        "yes",
        "application/json",
    )
    assert next(one for one in heard if one["method"] == "PUT")["body"] == b"a=1%202"
    assert said["form"]["statusCode"] == 201
    assert said["text"]["data"] == '{"query":""}'
    assert said["unlisted"] == {
        "errMsg": "request:fail url not in domain list",
        "errno": 600002,
        "kind": "fail,complete",
    }
    assert said["invalid"]["errMsg"] == 'request:fail invalid url "ftp://x"'
    assert said["noUrl"]["errMsg"] == (
        "request:fail parameter error: parameter.url should be String instead of Undefined;"
    )
    assert (said["timeout"]["errMsg"], said["timeout"]["errno"]) == ("request:fail timeout", 5)
    assert said["broken"]["errMsg"] == "request:fail network interrupted error"
    assert (said["moved"]["statusCode"], said["moved"]["header"]["location"]) == (302, "/x")
    assert said["aborted"]["errMsg"] == "request:fail abort"
    assert said["returned"] is True
    proves("wx_api", "request")
    proves("wx_api_objects", "RequestTask.abort", "RequestTask.onHeadersReceived")

    assert (said["chunked"]["errMsg"], said["chunked"]["data"]) == ("request:ok", 0)
    assert [bytes.fromhex(one) for one in said["chunks"]] == [b"one,", b"two"]
    assert said["unheard"] == []
    proves(
        "wx_api_objects",
        *(f"RequestTask.{name}" for name in ("onChunkReceived", "offChunkReceived", "offHeadersReceived")),
    )

    assert said["downloaded"] == 500_000
    assert said["progress"][-1] == {
        "progress": 100,
        "totalBytesWritten": 500_000,
        "totalBytesExpectedToWrite": 500_000,
    }
    assert [one["statusCode"] for one in said["news"]] == [200]
    assert said["download"]["tempFilePath"].endswith(".png")
    assert said["kept"].items() >= (ok | {"filePath": "wxfile://usr/x.bin", "statusCode": 201}).items()
    assert said["keptSize"] == 3
    assert said["downloadAway"]["errMsg"] == "downloadFile:fail url not in domain list"
    assert said["downloadAborted"]["errMsg"] == "downloadFile:fail abort"
    proves("wx_api", "downloadFile")
    tasks = ("abort", "onHeadersReceived", "offHeadersReceived", "onProgressUpdate", "offProgressUpdate")
    proves("wx_api_objects", *(f"DownloadTask.{name}" for name in tasks))

    up = by_path["/up"]
    assert up["x-own"] == "up"
    assert b'name="who"\r\n\r\n\xe5\xae\x89' in up["body"]
    assert b'name="note"; filename="note.txt"\r\n' in up["body"]
    assert b"x" * 200_000 in up["body"]
    assert (said["upload"]["statusCode"], said["upload"]["data"]) == (201, "\x00ok")
    assert said["sent"][-1] == {
        "progress": 100,
        "totalBytesSent": 200_000,
        "totalBytesExpectedToSend": 200_000,
    }
    assert said["upHeaders"] == [201]
    assert said["uploadNone"]["errMsg"] == "uploadFile:fail file not exists"
    assert said["uploadAborted"]["errMsg"] == "uploadFile:fail abort"
    assert "parameter.name should be String" in said["uploadParameter"]["errMsg"]
    proves("wx_api", "uploadFile")
    proves("wx_api_objects", *(f"UploadTask.{name}" for name in tasks))

    assert said["picture"] == [3, 2]  # from elsewhere, through the one address the frame may show
    assert (said["connect"]["errMsg"], said["send"]["errMsg"]) == ("connectSocket:ok", "sendSocketMessage:ok")
    assert said["close"]["errMsg"] == "closeSocket:ok"
    assert said["heard"] == [
        ["open", True],
        ["message", "hello"],
        ["message", "01ff"],
        ["close", 1000, "done"],
    ]
    assert said["sendClosed"]["errMsg"] == "sendSocketMessage:fail WebSocket is not connected"
    assert (said["away"]["errMsg"], said["away"]["errno"]) == (
        "connectSocket:fail url not in domain list",
        600002,
    )
    assert said["errors"] == ["connectSocket:fail url not in domain list"]
    proves("wx_api", "connectSocket")
    proves(
        "wx_api_objects",
        *(f"SocketTask.{name}" for name in ("send", "close", "onOpen", "onMessage", "onClose", "onError")),
    )
    assert said["refused"] == ["Invalid HTTP status: 403", [1006, "abnormal closure"]]
    assert said["noSocket"] == "sendSocketMessage:fail WebSocket is not connected"
    assert (said["olderSend"]["errMsg"], said["olderClose"]["errMsg"]) == (
        "sendSocketMessage:ok",
        "closeSocket:ok",
    )
    assert said["older"] == ["open", [4001, "as you wish"], "open", [3001, "enough"]]
    proves(
        "wx_api",
        "sendSocketMessage",
        "closeSocket",
        *(f"onSocket{name}" for name in ("Open", "Message", "Close", "Error")),
    )

    cache = said["cache"]
    assert cache["counted"] == [1, 2, 2, 2, 3, "kept", 4, 5, 6, 7]
    assert cache["found"] == {"rule": "one", "data": {"n": 2}, "age": 60_000, "made": True}
    assert cache["evts"] == [["GET", True]]
    assert (cache["rules"], cache["gone"], cache["same"]) == (3, None, True)
    proves("wx_api", "createCacheManager")
    names = "addRule addRules clearCaches clearRules deleteCache deleteCaches deleteRule deleteRules off on start stop"
    proves("wx_api_objects", *(f"CacheManager.{name}" for name in [*names.split(), "match"]))


def opened(browser: Browser, server: Server, url: str, ws: str) -> dict[str, Any]:
    """Upload the program, release it, open it, and read what its page says."""
    program = server.mini_programs[0]
    script = PAGE.replace("= SHOP", f"= {json.dumps(url)}").replace("= SOCKETS", f"= {json.dumps(ws)}")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("app.json", '{"pages":["p/p"]}')
        archive.writestr("p/p.wxml", '<text id="said">{{said}}</text>')
        archive.writestr("p/p.js", script)
    owner = {"authorization": f"Bearer {server.person('shenmei').token}"}
    console = f"{server.url}/api/console/apps/{program.appid}"
    lists = {"request": [url], "download": [url], "upload": [url], "socket": [ws]}
    assert httpx.put(f"{console}/domains", headers=owner, json=lists).status_code == 200
    wish = {"prefetch_url": f"{url}/json?of=tea"}
    assert httpx.patch(f"{console}/program-settings", headers=owner, json=wish).status_code == 200
    for wrong in ("ftp://x", "javascript:1", "https://a b"):
        answer = httpx.patch(f"{console}/program-settings", headers=owner, json={"prefetch_url": wrong})
        assert answer.status_code == 400
    files = {"package": ("p.zip", out.getvalue(), "application/zip")}
    made = httpx.post(f"{console}/versions", headers=owner, data={"number": "9.0.0"}, files=files, timeout=60)
    assert made.status_code == 200, made.text
    done = httpx.post(f"{console}/versions/{made.json()['version_id']}/release", headers=owner, json={})
    assert done.status_code == 200, done.text
    ann = server.user("Ann")
    who = {"token": ann.token, "pin": ann.pay_pin, "appid": program.appid, "name": ann.username}
    page = browser.new_page()
    page.route("**/test/host.js", lambda route: route.fulfill(path=RUNTIME / "host.js"))
    # Browsers let only a page that came from this machine open a socket to it.
    page.goto(f"{server.url}/healthz")
    page.set_content(SHELL % json.dumps(who))
    expect(page).to_have_title("shown", timeout=20_000)
    frame = next(one for one in page.frames if "/run/frame.html" in one.url)
    said = frame.locator("#said")
    expect(said).not_to_be_empty(timeout=30_000)
    text = said.inner_text()
    assert page.evaluate("seen.errors") == []
    page.close()
    found: dict[str, Any] = json.loads(text)
    return found
