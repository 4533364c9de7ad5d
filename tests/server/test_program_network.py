"""The network of mini programs over a real server: lists of domains, streams, redirects, uploads and sockets."""

import base64
import contextlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.sync.server import serve

from hutong.testing import MiniProgram, Person, Server

Heard = list[dict[str, Any]]
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="3" height="2"/>'


class Shop(BaseHTTPRequestHandler):
    """A program's own server, with a page for every way of answering."""

    protocol_version = "HTTP/1.1"
    heard: Heard
    more: threading.Event

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        said = {name.lower(): value for name, value in self.headers.items()}
        self.heard.append({"method": self.command, "path": self.path, "body": body, **said})
        page = self.path.partition("?")[0]
        if page == "/chunks":
            self.begin(200, [("transfer-encoding", "chunked")])
            self.chunk(b"one,")
            self.more.wait(5)
            self.chunk(b"two")
            self.chunk(b"")
        elif page == "/broken":
            self.begin(200, [("content-length", "100")])
            self.wfile.write(b"half")
            self.close_connection = True
        elif page == "/moved":
            self.begin(302, [("location", self.path.partition("?")[2] or "/x"), ("content-length", "0")])
        elif page == "/again":
            self.begin(307, [("location", "/x"), ("content-length", "0")])
        elif page == "/slow":
            self.more.wait(5)
            self.begin(200, [("content-length", "0")])
        elif page == "/json":
            query = self.path.partition("?")[2]
            self.whole(json.dumps({"query": query}, separators=(",", ":")).encode())
        elif page == "/svg":
            self.begin(200, [("content-length", str(len(SVG))), ("content-type", "image/svg+xml")])
            self.wfile.write(SVG)
        elif page == "/html":
            self.begin(200, [("content-length", "1"), ("content-type", "text/html")])
            self.wfile.write(b"x")
        elif page == "/more":
            self.more.set()
            self.begin(204, [])
        elif page == "/pic.png":
            self.begin(200, [("content-length", "500000"), ("content-type", "image/png")])
            self.wfile.write(bytes(500_000))
        elif page.startswith("/count/"):
            counted = sum(one["path"] == self.path for one in self.heard)
            self.whole(json.dumps({"n": counted}).encode())
        elif page == "/large":
            self.begin(200, [("content-length", str(300 * 1024 * 1024))])
            self.close_connection = True
        else:
            self.begin(
                201,
                [("content-length", "3"), ("x-shop", "tea"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")],
            )
            if self.command != "HEAD":
                self.wfile.write(b"\x00ok")

    do_GET = do_POST = do_PUT = do_HEAD = answer

    def begin(self, status: int, headers: list[tuple[str, str]]) -> None:
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()

    def whole(self, body: bytes) -> None:
        self.begin(200, [("content-length", str(len(body)))])
        self.wfile.write(body)

    def chunk(self, body: bytes) -> None:
        self.wfile.write(b"%x\r\n%b\r\n" % (len(body), body))

    def log_message(self, format: str, *arguments: object) -> None:
        pass


@contextlib.contextmanager
def an_own_server() -> Iterator[tuple[str, Heard, threading.Event]]:
    """The address of a `Shop`, what it heard, and the word it waits for before it goes on."""
    heard: Heard = []
    more = threading.Event()
    handler = type("Handler", (Shop,), {"heard": heard, "more": more})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", heard, more
    more.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def shop() -> Iterator[tuple[str, Heard, threading.Event]]:
    with an_own_server() as own:
        yield own


def lists(hutong: Server, program: MiniProgram, **changes: list[str]) -> httpx.Response:
    return httpx.put(
        f"{hutong.url}/api/console/apps/{program.appid}/domains",
        headers={"authorization": f"Bearer {hutong.person('shenmei').token}"},
        json=changes,
    )


def asked(hutong: Server, person: Person, program: MiniProgram, **wanted: Any) -> httpx.Response:
    return httpx.post(
        f"{hutong.url}/api/programs/{program.appid}/request",
        headers={"authorization": f"Bearer {person.token}"},
        json=wanted,
        timeout=20,
    )


def read(answer: httpx.Response) -> tuple[dict[str, Any], bytes]:
    assert answer.status_code == 200, answer.text
    head, _, body = answer.content.partition(b"\n")
    return json.loads(head), body


def test_a_pages_request_is_sent_from_here_and_says_which_program_asks(
    hutong: Server, user: Person, mini_program: MiniProgram, shop: tuple[str, Heard, threading.Event]
) -> None:
    url, heard, _ = shop
    lists(hutong, mini_program, request=[url, "http://127.0.0.1:1"])
    header = {"X-Own": "1", "Referer": "forged", "Host": "forged", "Sec-Fetch-Mode": "forged"}
    body = base64.b64encode(b"\x01\x02").decode()
    head, answered = read(
        asked(hutong, user, mini_program, url=f"{url}/x?y=1", method="PUT", header=header, body=body)
    )
    assert (head["status"], answered, head["header"]["x-shop"], head["length"]) == (201, b"\x00ok", "tea", 3)
    assert head["cookies"] == ["a=1", "b=2"]
    profile = head["profile"]
    assert profile["fetchStart"] <= profile["domainLookUpStart"] <= profile["connectStart"]
    assert profile["connectEnd"] <= profile["requestEnd"] <= profile["responseStart"]
    assert (profile["peerIP"], profile["sendBytesCount"] > 50) == ("127.0.0.1", True)
    assert (heard[0]["path"], heard[0]["body"], heard[0]["x-own"]) == ("/x?y=1", b"\x01\x02", "1")
    assert heard[0]["referer"].startswith(f"https://servicewechat.com/{mini_program.appid}/")
    assert heard[0]["host"] == url.removeprefix("http://")
    assert "sec-fetch-mode" not in heard[0]
    down, _ = read(asked(hutong, user, mini_program, url="http://127.0.0.1:1/"))
    assert (down["status"], down["reason"]) == (0, "broken")
    assert down["error"]


@pytest.mark.parametrize(
    "change",
    [
        {"url": "file:///etc/passwd"},
        {"url": "http://a/\r\nx: y"},
        {"url": "http://a/ b"},
        {"url": "http://a:99999/"},
        {"method": "CONNECT"},
        {"header": {"a": "b\r\nc: d"}},
        {"header": {"a b": "c"}},
        {"body": "not base64"},
    ],
)
def test_a_request_that_would_smuggle_something_is_refused(
    hutong: Server, user: Person, mini_program: MiniProgram, change: dict[str, Any]
) -> None:
    lists(hutong, mini_program, request=["http://127.0.0.1:1"])
    refused = asked(hutong, user, mini_program, **({"url": "http://127.0.0.1:1/"} | change))
    assert refused.status_code == 400


def test_a_released_program_reaches_only_its_lists_and_its_developers_may_try_others(
    hutong: Server, user: Person, mini_program: MiniProgram, shop: tuple[str, Heard, threading.Event]
) -> None:
    url, heard, _ = shop
    set_lists = lists(hutong, mini_program, request=[f"{url}/"], download=[])
    assert set_lists.json()["request"] == [url]
    for wanted in ({"url": f"{url}/", "download": True}, {"url": "http://127.0.0.1:1/"}):
        refused = asked(hutong, user, mini_program, **wanted, url_check=False)
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "miniapp.domain_unlisted")
    developer = hutong.person("shenmei")
    trying = {"url": f"{url}/", "channel": "develop", "download": True}
    assert asked(hutong, user, mini_program, **trying, url_check=False).status_code in (403, 404)
    assert asked(hutong, developer, mini_program, **trying).status_code == 403
    assert read(asked(hutong, developer, mini_program, **trying, url_check=False))[0]["status"] == 201
    assert heard[-1]["referer"].endswith("/0/page-frame.html")

    assert lists(hutong, mini_program, request=["ftp://a.example"]).status_code == 400
    assert lists(hutong, mini_program, request=["https://a.example/path"]).status_code == 400
    assert lists(hutong, mini_program, socket=["https://a.example"]).status_code == 400
    assert (
        lists(hutong, mini_program, request=[f"https://{n}.example" for n in range(201)]).status_code == 400
    )
    kept = httpx.get(set_lists.url, headers={"authorization": f"Bearer {developer.token}"})
    assert kept.json() == {"request": [url], "socket": [], "upload": [], "download": [], "business": []}
    stranger = {"authorization": f"Bearer {user.token}"}
    assert httpx.get(set_lists.url, headers=stranger).status_code in (403, 404)


def test_an_answer_is_passed_on_while_it_comes_and_one_that_breaks_off_is_not_whole(
    hutong: Server, user: Person, mini_program: MiniProgram, shop: tuple[str, Heard, threading.Event]
) -> None:
    url, _, more = shop
    lists(hutong, mini_program, request=[url], download=[url])
    call = f"{hutong.url}/api/programs/{mini_program.appid}/request"
    mine = {"authorization": f"Bearer {user.token}"}
    with httpx.stream("POST", call, headers=mine, json={"url": f"{url}/chunks"}, timeout=20) as answer:
        pieces = answer.iter_raw()
        seen = b""
        while not seen.endswith(b"one,"):
            seen += next(pieces)
        more.set()  # the server sends its second piece only after the first was seen here
        seen += b"".join(pieces)
    assert seen.partition(b"\n")[2] == b"one,two"
    with pytest.raises(httpx.HTTPError):
        httpx.post(call, headers=mine, json={"url": f"{url}/broken"})
    large, _ = read(asked(hutong, user, mini_program, url=f"{url}/large", download=True))
    assert (large["status"], large["reason"]) == (0, "large")
    more.clear()
    slow, _ = read(asked(hutong, user, mini_program, url=f"{url}/slow", timeout_ms=50))
    assert (slow["status"], slow["reason"]) == (0, "timeout")


def test_redirects_are_followed_as_far_as_the_list_goes(
    hutong: Server, user: Person, mini_program: MiniProgram, shop: tuple[str, Heard, threading.Event]
) -> None:
    url, heard, _ = shop
    lists(hutong, mini_program, request=[url])
    body = base64.b64encode(b"{}").decode()
    head, _ = read(asked(hutong, user, mini_program, url=f"{url}/moved", method="POST", body=body))
    assert head["status"] == 201
    assert [(one["method"], one["path"]) for one in heard] == [("POST", "/moved"), ("GET", "/x")]
    assert head["profile"]["redirectEnd"] >= head["profile"]["redirectStart"] > 0
    read(asked(hutong, user, mini_program, url=f"{url}/again", method="POST", body=body))
    assert (heard[-1]["method"], heard[-1]["body"]) == ("POST", b"{}")
    kept, _ = read(asked(hutong, user, mini_program, url=f"{url}/moved", follow=False))
    assert (kept["status"], kept["header"]["location"]) == (302, "/x")
    away, _ = read(asked(hutong, user, mini_program, url=f"{url}/moved?http://127.0.0.1:1/"))
    assert (away["status"], away["reason"]) == (0, "refused")
    endless, _ = read(asked(hutong, user, mini_program, url=f"{url}/moved?/moved"))
    assert endless["status"] in (0, 201)


def test_a_file_is_posted_with_its_form(
    hutong: Server, user: Person, mini_program: MiniProgram, shop: tuple[str, Heard, threading.Event]
) -> None:
    url, heard, _ = shop
    lists(hutong, mini_program, upload=[url])
    answer = httpx.post(
        f"{hutong.url}/api/programs/{mini_program.appid}/upload",
        headers={"authorization": f"Bearer {user.token}"},
        data={"url": f"{url}/up", "name": 'pic"ture', "header": '{"x-own":"2"}', "form": '{"who":"安"}'},
        files={"file": ("a.png", b"\x89PNG", "image/png")},
    )
    assert read(answer)[0]["status"] == 201
    sent = heard[0]
    assert (sent["method"], sent["path"], sent["x-own"]) == ("POST", "/up", "2")
    assert sent["content-type"].startswith("multipart/form-data; boundary=")
    assert b'name="who"\r\n\r\n\xe5\xae\x89\r\n' in sent["body"]
    assert (
        b'name="pic%22ture"; filename="a.png"\r\ncontent-type: image/png\r\n\r\n\x89PNG\r\n' in sent["body"]
    )


def test_a_socket_passes_frames_both_ways_and_says_how_it_ended(
    hutong: Server, user: Person, mini_program: MiniProgram
) -> None:
    opened: list[Any] = []

    def talk(socket: Any) -> None:
        opened.append(dict(socket.request.headers.raw_items()))
        for frame in socket:
            if frame == "bye":
                socket.close(4001, "as you wish")
            else:
                socket.send(frame)

    with serve(talk, "127.0.0.1", 0, subprotocols=["chat"]) as server:  # type: ignore[list-item]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"ws://127.0.0.1:{server.socket.getsockname()[1]}"
        lists(hutong, mini_program, socket=[url])
        relay = f"{hutong.url.replace('http', 'ws')}/api/programs/{mini_program.appid}/socket"
        hello = {"token": user.token, "url": f"{url}/talk", "header": {"X-Own": "3"}, "protocols": ["chat"]}
        with connect(relay, proxy=None) as socket:
            socket.send(json.dumps(hello))
            said = json.loads(socket.recv(10))
            assert said["protocol"] == "chat"
            assert any(name.lower() == "sec-websocket-accept" for name in said["header"])
            socket.send("hello")
            assert socket.recv(10) == "hello"
            socket.send(b"\x00\x01")
            assert socket.recv(10) == b"\x00\x01"
            socket.send("bye")
            with pytest.raises(ConnectionClosed) as ended:
                socket.recv(10)
            assert (ended.value.rcvd.code, ended.value.rcvd.reason) == (4001, "as you wish")  # type: ignore[union-attr]
        headers = {name.lower(): value for name, value in opened[0].items()}
        assert headers["x-own"] == "3"
        assert headers["referer"].startswith(f"https://servicewechat.com/{mini_program.appid}/")

        for change, code in (
            ({"url": "ws://127.0.0.1:1/"}, 4403),
            ({"token": "none"}, 4403),
            ({"url": "x"}, 4400),
        ):
            with connect(relay, proxy=None) as socket:
                socket.send(json.dumps(hello | change))
                with pytest.raises(ConnectionClosed) as ended:
                    socket.recv(10)
                assert ended.value.rcvd is not None
                assert ended.value.rcvd.code == code
        server.shutdown()


def test_a_program_changes_its_own_lists_by_the_published_calls(
    hutong: Server, mini_program: MiniProgram
) -> None:
    lists(hutong, mini_program, request=[], socket=[], upload=[], download=[], business=[])
    keys = {"grant_type": "client_credential", "appid": mini_program.appid, "secret": mini_program.secret}
    token = httpx.get(f"{hutong.url}/mp/cgi-bin/token", params=keys).json()["access_token"]

    def call(name: str, **body: Any) -> dict[str, Any]:
        answer = httpx.post(f"{hutong.url}/mp/wxa/{name}?access_token={token}", json=body)
        found: dict[str, Any] = answer.json()
        return found

    one, two = "https://one.example", "https://two.example"
    for name in ("modify_domain", "modify_domain_directly"):
        lists(hutong, mini_program, request=[], socket=[])
        made = call(name, action="set", requestdomain=[one], uploaddomain=[one], downloaddomain=[one])
        assert made == {
            "errcode": 0,
            "errmsg": "ok",
            "requestdomain": [one],
            "uploaddomain": [one],
            "downloaddomain": [one],
            "wsrequestdomain": [],
            "udpdomain": [],
            "tcpdomain": [],
        }
        more = call(name, action="add", requestdomain=[two], wsrequestdomain=["wss://one.example"])
        assert (more["requestdomain"], more["wsrequestdomain"]) == ([one, two], ["wss://one.example"])
        assert call(name, action="add", requestdomain=[two])["errcode"] == 85017
        assert call(name, action="get")["requestdomain"] == [one, two]
        assert call(name, action="delete", requestdomain=[one], wsrequestdomain=[])["requestdomain"] == [two]
        assert call(name, action="set", requestdomain=["nonsense://x"])["errcode"] == 40097
        assert call(name, action="burn")["errcode"] == 40097
    effective = call("get_effective_domain")
    assert (effective["errcode"], effective["errmsg"]) == (0, "ok")
    for which, own in (("mp", [two]), ("third", []), ("direct", []), ("effective", [two])):
        assert effective[f"{which}_domain"]["requestdomain"] == own

    for name in ("setwebviewdomain", "setwebviewdomain_directly"):
        lists(hutong, mini_program, business=[])
        assert call(name, action="delete", webviewdomain=[one])["errcode"] == 89020
        made = call(name, action="add", webviewdomain=[one])
        assert made == {"errcode": 0, "errmsg": "ok", "webviewdomain": [one]}
        assert call(name, action="add", webviewdomain=[one])["errcode"] == 89019
        assert call(name, action="set", webviewdomain=[two])["webviewdomain"] == [two]
        assert call(name)["webviewdomain"] == [two]
    pages = call("get_effective_webviewdomain")
    assert pages == {
        "errcode": 0,
        "errmsg": "ok",
        "mp_webviewdomain": [two],
        "third_webviewdomain": [],
        "direct_webviewdomain": [],
        "effective_webviewdomain": [two],
    }


def test_a_picture_from_elsewhere_comes_through_here_and_is_nobodys_document(
    hutong: Server, user: Person, mini_program: MiniProgram, shop: tuple[str, Heard, threading.Event]
) -> None:
    url, heard, _ = shop
    prefix = user.request("POST", f"/programs/{mini_program.appid}/open", json={})["relay"]

    def shown(address: str, prefix: str = prefix, **headers: str) -> httpx.Response:
        return httpx.get(f"{hutong.url}{prefix}{quote(address, safe='')}", headers=headers)

    lists(hutong, mini_program, request=[], download=[])
    assert shown(f"{url}/pic.png").status_code == 403  # a private address that is not listed
    lists(hutong, mini_program, download=[url])
    picture = shown(f"{url}/pic.png?a=1&b=茶", range="bytes=0-")
    assert (picture.status_code, len(picture.content)) == (200, 500_000)
    assert picture.headers["content-type"] == "image/png"
    assert picture.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert picture.headers["cache-control"] == "private, max-age=3600"
    assert (heard[-1]["path"], heard[-1]["range"]) == ("/pic.png?a=1&b=%E8%8C%B6", "bytes=0-")
    assert "referer" not in heard[-1]
    assert shown(f"{url}/svg").headers["x-content-type-options"] == "nosniff"
    assert shown(f"{url}/moved?{url}/svg").content == SVG
    assert shown(f"{url}/html").status_code == 415
    assert shown("http://127.0.0.1:1/x.png").status_code == 403
    assert shown("file:///etc/passwd").status_code == 403
    assert shown(f"{url}/svg", prefix.replace("sig=", "sig=0")).status_code == 403
    assert shown(f"{url}/svg", prefix.replace("expires=", "expires=9")).status_code == 403
