"""Unmodified programs, run as `hutong run` runs them, reach the published hosts through the wire.

The upstream is a small Pay of its own: it checks signatures and signs its answers, so an SDK that
succeeds here has spoken TLS to a host it knows, been believed, and believed what it heard.
"""

import asyncio
import base64
import datetime as dt
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from hutong.kernel import certificates, envelopes
from hutong.protocols.pay import signatures
from hutong.server.authority import ensure_authority
from hutong.server.proxy import ConnectProxy, serve_internal_tls, trust_context

ROOT = Path(__file__).parents[2]
NODE = Path(__file__).parent / "node"
API_V3_KEY = "0123456789abcdef0123456789abcdef"
MCHID = "1900000001"


class SmallPay:
    """Answers every request with what arrived; under /v3/ only if the signature fits, and signed."""

    def __init__(self, home: Path) -> None:
        authority = ensure_authority(home)
        self.merchant_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.platform_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.platform = certificates.issue_signer(
            self.platform_key.public_key(),
            authority=authority.ca_certificate(),
            authority_key=authority.ca_key(),
            common_name="platform",
            now=dt.datetime.now(dt.UTC),
            life=dt.timedelta(days=30),
        )
        self.serial = certificates.serial_of(self.platform)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body = b""
        while True:
            event = await receive()
            body += event.get("body", b"")
            if not event.get("more_body"):
                break
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        target = (
            scope["raw_path"] + (b"?" + scope["query_string"] if scope["query_string"] else b"")
        ).decode()
        arrived = {
            "scheme": scope["scheme"],
            "host": headers["host"],
            "target": target,
            "body": body.decode(),
        }
        status, answer = 200, arrived
        if target.startswith("/v3/"):
            refusal = self.refusal(headers.get("authorization"), scope["method"], target, body)
            if refusal:
                status, answer = 401, {"code": "SIGN_ERROR", "message": refusal}
            elif target == "/v3/certificates":
                answer = self.certificates()
        content = json.dumps(answer).encode()
        await send({"type": "http.response.start", "status": status, "headers": self.signed(content)})
        await send({"type": "http.response.body", "body": content})

    def refusal(self, authorization: str | None, method: str, target: str, body: bytes) -> str | None:
        claimed = signatures.parse(authorization)
        if isinstance(claimed, signatures.Failure):
            return claimed.value
        return signatures.failure(
            claimed,
            public_key=self.merchant_key.public_key(),
            method=method,
            target=target,
            mount="",
            body=body,
            now_s=int(time.time()),
        )

    def signed(self, content: bytes) -> list[tuple[bytes, bytes]]:
        timestamp, nonce = str(int(time.time())), "n0nce"
        message = signatures.response_message(timestamp, nonce, content)
        signature = base64.b64encode(self.platform_key.sign(message, PKCS1v15(), SHA256()))
        return [
            (b"content-type", b"application/json"),
            (b"wechatpay-timestamp", timestamp.encode()),
            (b"wechatpay-nonce", nonce.encode()),
            (b"wechatpay-serial", self.serial.encode()),
            (b"wechatpay-signature-type", signatures.SCHEME.encode()),
            (b"wechatpay-signature", signature),
        ]

    def certificates(self) -> dict[str, Any]:
        nonce = envelopes.new_gcm_nonce()
        pem = self.platform.public_bytes(Encoding.PEM)
        sealed = envelopes.seal_resource(API_V3_KEY, pem, nonce=nonce, associated_data="certificate")
        envelope = {
            "algorithm": "AEAD_AES_256_GCM",
            "nonce": nonce,
            "associated_data": "certificate",
            "ciphertext": sealed,
        }
        dates = {"effective_time": "2026-01-01T00:00:00+08:00", "expire_time": "2036-01-01T00:00:00+08:00"}
        return {"data": [{"serial_no": self.serial, **dates, "encrypt_certificate": envelope}]}


LAUNCHER = """
import sys
from pathlib import Path
from hutong.server.run import execute, wire_of
execute(wire_of(Path(sys.argv[1])), sys.argv[2:])
"""


class Wire:
    """The proxy and the listener on a thread of their own, while programs run against them."""

    def __init__(self, home: Path) -> None:
        self.pay = SmallPay(home)
        self.home = home
        self._ready, self._over = threading.Event(), asyncio.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        authority = ensure_authority(self.home)
        tls = await serve_internal_tls(self.pay, authority, graceful_s=1)
        proxy = ConnectProxy(tls=tls.address, http=("127.0.0.1", 1), trust=trust_context(authority))
        await proxy.start()
        server = {"url": "http://localhost:1", "proxy": proxy.url}  # as the server leaves it for `hutong run`
        (self.home / "server.json").write_text(json.dumps(server))
        self._ready.set()
        await self._over.wait()
        await proxy.stop()
        await tls.stop()

    def __enter__(self) -> "Wire":
        self._thread.start()
        assert self._ready.wait(30)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(30)

    def start(self, *command: str, cwd: Path | None = None, **environment: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", LAUNCHER, str(self.home), *command],
            env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
            cwd=cwd,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *command: str, cwd: Path | None = None, **environment: str) -> str:
        program = self.start(*command, cwd=cwd, **environment)
        out, err = program.communicate(timeout=60)
        assert program.returncode == 0, err
        return out

    def python(self, source: str, *arguments: str, **environment: str) -> str:
        return self.run(sys.executable, "-c", source, *arguments, **environment)

    def node(self, source: str, *arguments: str) -> str:
        if not (NODE / "node_modules").is_dir():
            pytest.skip("the Node clients are not installed: npm ci in tests/wire/node")
        return self.run("node", "-e", source, "--", *arguments, cwd=NODE)


@pytest.fixture(scope="module")
def wire(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    with Wire(tmp_path_factory.mktemp("home")) as running:
        yield running


URL = "https://api.weixin.qq.com/cgi-bin/token?a=%E8%8C%B6"
ARRIVED = {"scheme": "https", "host": "api.weixin.qq.com", "target": "/cgi-bin/token?a=%E8%8C%B6", "body": ""}


AIOHTTP = """
import asyncio, aiohttp
async def go():
    async with aiohttp.ClientSession(trust_env={}) as session, session.get(URL) as answer:
        print(await answer.text())
asyncio.run(go())
"""
HTTP_CLIENT = """
import http.client
connection = http.client.HTTPSConnection('api.weixin.qq.com')
connection.request('GET', URL[25:])
print(connection.getresponse().read().decode())
"""
PYTHON_CLIENTS = {
    "requests": "import requests; print(requests.get(URL).text)",
    "httpx": "import httpx; print(httpx.get(URL).text)",
    "urllib": "import urllib.request as u; print(u.urlopen(URL).read().decode())",
    "http.client": HTTP_CLIENT,
    "aiohttp that looks at the environment": AIOHTTP.format(True),
    "aiohttp that does not": AIOHTTP.format(False),
}


@pytest.mark.parametrize("source", PYTHON_CLIENTS.values(), ids=PYTHON_CLIENTS)
def test_a_python_client_arrives(wire: Wire, source: str) -> None:
    assert json.loads(wire.python(f"URL = {URL!r}\n{source}")) == ARRIVED


NODE_TLS = """
const socket = require('tls').connect(443, 'api.weixin.qq.com', { servername: 'api.weixin.qq.com' }, () => {
  const head = ['GET ' + address.slice(25) + ' HTTP/1.1', 'Host: api.weixin.qq.com', 'Connection: close']
  socket.write(head.join('\\r\\n') + '\\r\\n\\r\\n')
})
let text = ''
socket.on('data', data => text += data)
socket.on('end', () => console.log(text.match(/{.*}/)[0]))
"""
NODE_BARE_HTTPS = """
const options = { host: 'api.weixin.qq.com', path: address.slice(25), agent: false }
require('https').get(options, answer => answer.pipe(process.stdout))
"""
NODE_CLIENTS = {
    "fetch": "fetch(address).then(r => r.text()).then(console.log)",
    "axios": "require('axios').get(address).then(r => console.log(JSON.stringify(r.data)))",
    "superagent": "require('superagent').get(address).then(r => console.log(r.text))",
    "got": "import('got').then(g => g.got(address).text()).then(console.log)",
    "https": "require('https').get(address, answer => answer.pipe(process.stdout))",
    "https without an agent": NODE_BARE_HTTPS,
    "tls": NODE_TLS,
}


@pytest.mark.parametrize("source", NODE_CLIENTS.values(), ids=NODE_CLIENTS)
def test_a_node_client_arrives(wire: Wire, source: str) -> None:
    assert json.loads(wire.node(f"const address = {json.dumps(URL)};\n{source}")) == ARRIVED


def test_a_node_child_of_a_python_program_arrives_too(wire: Wire) -> None:
    child = f"fetch({json.dumps(URL)}).then(r => r.text()).then(console.log)"
    assert json.loads(wire.python(f"import subprocess; subprocess.run(['node', '-e', {child!r}])")) == ARRIVED


def test_curl_arrives(wire: Wire) -> None:
    assert json.loads(wire.run("curl", "-sS", URL)) == ARRIVED


JAVA = """
import java.net.*; import java.io.*; import java.net.http.*; import javax.net.ssl.*;
public class Probe {
  public static void main(String[] a) throws Exception {
    URI uri = URI.create(a[1]);
    if (a[0].equals("url")) {
      System.out.println(new String(uri.toURL().openStream().readAllBytes()));
    } else if (a[0].equals("http")) {
      HttpRequest r = HttpRequest.newBuilder(uri).version(HttpClient.Version.HTTP_1_1).build();
      System.out.println(HttpClient.newHttpClient().send(r, HttpResponse.BodyHandlers.ofString()).body());
    } else {
      Socket plain = new Socket();
      plain.connect(new InetSocketAddress(InetAddress.getByName(uri.getHost()), 443), 5000);
      SSLSocket tls = (SSLSocket) ((SSLSocketFactory) SSLSocketFactory.getDefault())
          .createSocket(plain, uri.getHost(), 443, true);
      SSLParameters p = tls.getSSLParameters();
      p.setEndpointIdentificationAlgorithm("HTTPS"); tls.setSSLParameters(p);
      tls.getOutputStream().write(("GET " + uri.getRawPath() + "?" + uri.getRawQuery()
          + " HTTP/1.1\\r\\nHost: " + uri.getHost() + "\\r\\nConnection: close\\r\\n\\r\\n").getBytes());
      String all = new String(tls.getInputStream().readAllBytes());
      System.out.println(all.substring(all.indexOf('{'), all.lastIndexOf('}') + 1));
    }
  }
}
"""


@pytest.mark.skipif(shutil.which("java") is None, reason="no Java on this machine")
@pytest.mark.parametrize("way", ["url", "http", "socket"])
def test_a_java_client_arrives(wire: Wire, tmp_path: Path, way: str) -> None:
    """By URLConnection, by java.net.http, and by a resolved address over a plain socket as Apache's does."""
    (tmp_path / "Probe.java").write_text(JAVA)
    assert json.loads(wire.run("java", str(tmp_path / "Probe.java"), way, URL)) == ARRIVED


GO = """
package main

import (
	"io"
	"net/http"
	"os"
)

func main() {
	answer, err := http.Get(os.Args[1])
	if err != nil {
		panic(err)
	}
	io.Copy(os.Stdout, answer.Body)
}
"""


@pytest.mark.skipif(shutil.which("go") is None, reason="no Go on this machine")
def test_a_go_client_arrives(wire: Wire, tmp_path: Path) -> None:
    (tmp_path / "main.go").write_text(GO)
    build = ["go", "build", "-o", str(tmp_path / "probe"), str(tmp_path / "main.go")]
    subprocess.run(build, check=True, timeout=300, env={**os.environ, "GOPROXY": "off", "CGO_ENABLED": "0"})
    assert json.loads(wire.run(str(tmp_path / "probe"), URL)) == ARRIVED


WECHATPAYV3 = """
import json, sys
from wechatpayv3 import WeChatPay, WeChatPayType
key, v3, serial = sys.argv[1:]
pay = WeChatPay(wechatpay_type=WeChatPayType.MINIPROG, mchid="1900000001", private_key=key, cert_serial_no="5A",
                apiv3_key=v3, appid="wx1", notify_url="http://localhost/notify", cert_dir=None)
code, answer = pay.pay(description="乌龙茶", out_trade_no="TEA-0001", amount={"total": 100}, payer={"openid": "o1"})
print(json.dumps([code, json.loads(answer)]))
"""


def test_wechatpayv3_downloads_certificates_signs_and_verifies(wire: Wire) -> None:
    code, answer = json.loads(wire.python(WECHATPAYV3, merchant_pem(wire), API_V3_KEY, "5A"))
    assert code == 200
    assert (answer["host"], answer["target"]) == ("api.mch.weixin.qq.com", "/v3/pay/transactions/jsapi")
    assert json.loads(answer["body"])["description"] == "乌龙茶"


AXIOS_PLUGIN = """
const { Wechatpay } = require('wechatpay-axios-plugin')
const [privateKey, serial, certificate] = process.argv.slice(1)
const wxpay = new Wechatpay({ mchid: '1900000001', serial: '5A', privateKey, certs: { [serial]: certificate } })
wxpay.v3.pay.transactions.jsapi.post({ description: '乌龙茶' })
  .then(answer => console.log(JSON.stringify([answer.status, answer.data])))
"""


def test_wechatpay_axios_plugin_signs_and_verifies(wire: Wire) -> None:
    pem = wire.pay.platform.public_bytes(Encoding.PEM).decode()
    status, answer = json.loads(wire.node(AXIOS_PLUGIN, merchant_pem(wire), wire.pay.serial, pem))
    assert status == 200
    assert answer["target"] == "/v3/pay/transactions/jsapi"
    assert json.loads(answer["body"]) == {"description": "乌龙茶"}


def merchant_pem(wire: Wire) -> str:
    return wire.pay.merchant_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def test_an_unknown_host_says_why(wire: Wire) -> None:
    program = wire.start("curl", "-sS", "https://example.org/")
    _, err = program.communicate(timeout=30)
    assert program.returncode == 56 and "403" in err


def test_loopback_is_reached_directly(wire: Wire) -> None:
    source = (
        "import http.server, threading, requests\n"
        "s = http.server.HTTPServer(('127.0.0.1', 0), http.server.SimpleHTTPRequestHandler)\n"
        "threading.Thread(target=s.serve_forever, daemon=True).start()\n"
        "print(requests.get(f'http://127.0.0.1:{s.server_port}/').status_code)"
    )
    assert wire.python(source).strip() == "200"


def test_the_exit_code_is_the_programs_own(wire: Wire) -> None:
    for command, expected in (
        (["sh", "-c", "exit 7"], 7),
        (["no-such-command"], 127),
        (["/etc/hostname"], 126),
    ):
        program = wire.start(*command)
        program.communicate(timeout=30)
        assert program.returncode == expected


def test_signals_reach_the_program(wire: Wire) -> None:
    source = (
        "import signal, sys\n"
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit(42))\n"
        "print('ready', flush=True)\n"
        "signal.pause()"
    )
    program = wire.start(sys.executable, "-c", source)
    assert program.stdout is not None and program.stdout.readline() == "ready\n"
    program.send_signal(signal.SIGTERM)
    program.communicate(timeout=30)
    assert program.returncode == 42


def test_a_sitecustomize_of_the_programs_own_still_runs(wire: Wire, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import builtins; builtins.mine = 'ran'")
    python_path = f"{tmp_path}{os.pathsep}{ROOT}"
    assert wire.python("print(mine)", PYTHONPATH=python_path).strip() == "ran"


def test_roots_the_program_already_trusts_are_kept(wire: Wire, tmp_path: Path) -> None:
    now, life = dt.datetime.now(dt.UTC), dt.timedelta(days=30)
    corporate = certificates.make_authority(
        wire.pay.platform_key, common_name="Corporate", now=now, life=life
    )
    pem = tmp_path / "corporate.pem"
    pem.write_bytes(corporate.public_bytes(Encoding.PEM))
    source = (
        "import os, requests; print(open(os.environ['SSL_CERT_FILE']).read()); assert requests.get(URL).ok"
    )
    out = wire.python(f"URL = {URL!r}\n{source}", REQUESTS_CA_BUNDLE=str(pem))
    assert pem.read_text().strip() in out
