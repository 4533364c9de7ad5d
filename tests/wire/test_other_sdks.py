"""Clients in other languages, unmodified: the wire is nobody's in particular, and a week does not break it."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hutong.testing import Person, Server
from tests.listener import Listener

HERE = Path(__file__).parent
CUP = 2_300


class Program:
    """A process that answers each line of JSON with one."""

    def __init__(self, command: list[str], *, cwd: Path, environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            command,
            cwd=cwd,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def ask(self, said: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps(said) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise AssertionError(self._process.communicate(timeout=30)[1])
        answer: dict[str, Any] = json.loads(line)
        return answer

    def close(self) -> None:
        self._process.communicate(timeout=30)


def _told(server: Server, listener: Listener) -> dict[str, Any]:
    merchant = server.merchants[0]
    return {
        "appid": server.mini_programs[0].appid,
        "mchid": merchant.mchid,
        "serial_no": merchant.serial_no,
        "api_v3_key": merchant.api_v3_key,
        "private_key_file": str(merchant.private_key_file),
        "platform_serial_no": merchant.platform_serial_no,
        "platform_certificate_file": str(merchant.platform_certificate_file),
        "platform_public_key_id": merchant.platform_public_key_id,
        "platform_public_key_file": str(merchant.platform_public_key_file),
        "notify_url": listener.url,
    }


@pytest.fixture
def payer(hutong: Server) -> Person:
    return hutong.person("linwan")


def _openid(server: Server, payer: Person) -> str:
    program = server.mini_programs[0]
    found: str = program.sign_in(payer.login(program))["openid"]
    return found


# wechatpay-go, under `hutong run`


@pytest.fixture(scope="session")
def go_merchant(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("go") is None:
        pytest.skip("no Go on this machine")
    program = tmp_path_factory.mktemp("go") / "merchant"
    build = ["go", "build", "-o", str(program), "."]
    built = subprocess.run(build, cwd=HERE / "go", capture_output=True, text=True, timeout=300, check=False)
    if built.returncode != 0 and ("dial tcp" in built.stderr or "proxy" in built.stderr):
        pytest.skip("wechatpay-go could not be fetched: " + built.stderr.strip().splitlines()[-1])
    assert built.returncode == 0, built.stderr
    return program


def test_the_go_sdk_lives_through_a_week(
    hutong: Server, payer: Person, listener: Listener, go_merchant: Path
) -> None:
    program = Program([str(go_merchant)], cwd=HERE, environment=hutong.run_environment())
    assert program.ask(_told(hutong, listener)) == {"ready": True}, "it has the platform's certificate"
    openid = _openid(hutong, payer)
    for number in ("TEA-GO-1", "TEA-GO-2"):
        prepaid = program.ask({"act": "prepay", "out_trade_no": number, "openid": openid, "total": CUP})
        assert prepaid["signType"] == "RSA", prepaid
        payer.confirm(prepaid)
        asked = program.ask({"act": "query", "out_trade_no": number})
        assert asked["trade_state"] == "SUCCESS" and asked["amount"]["total"] == CUP
        back = program.ask({"act": "refund", "out_trade_no": number, "total": CUP})
        assert back["status"] in ("SUCCESS", "PROCESSING"), back
        hutong.clock.advance(days=7)
        payer.sign_in()
    assert "ORDER_NOT_EXIST" in program.ask({"act": "query", "out_trade_no": "TEA-GO-3"})["error"]
    program.close()
    assert payer.balance == 50_000
    assert len(listener.received) == 2


# wechatpay-axios-plugin


@pytest.fixture(params=["hutong run", "mount"])
def node(request: pytest.FixtureRequest, hutong: Server, listener: Listener) -> Iterator[Program]:
    if not (HERE / "node" / "node_modules").is_dir():
        pytest.skip("the Node clients are not installed: npm ci in tests/wire/node")
    mounted = request.param == "mount"
    environment = dict(os.environ) if mounted else hutong.run_environment()
    program = Program(["node", "merchant.cjs"], cwd=HERE / "node", environment=environment)
    told = _told(hutong, listener) | ({"base_url": f"{hutong.url}/pay/"} if mounted else {})
    assert program.ask(told) == {"ready": True}
    yield program
    program.close()


@pytest.mark.parametrize("trust", ["certificate", "public_key"])
def test_the_node_sdk_is_paid_told_and_refunds(
    hutong: Server, payer: Person, listener: Listener, node: Program, trust: str
) -> None:
    asked = {"out_trade_no": "TEA-NODE", "openid": _openid(hutong, payer), "total": CUP, "trust": trust}
    prepaid = node.ask({"act": "prepay", **asked})
    assert prepaid["status"] == 200, prepaid
    payer.confirm(prepaid["payment"])
    hutong.clock.settle()
    headers, body = listener.headers.pop(), listener.received.pop()
    headers = {name.lower(): value for name, value in headers.items()}
    notice = node.ask({"act": "notice", "headers": headers, "body": body, "trust": trust})
    assert notice["verified"], "the notification is signed in the mode of its order"
    assert notice["resource"]["out_trade_no"] == "TEA-NODE"
    assert notice["resource"]["amount"]["total"] == CUP
    assert node.ask({"act": "query", **asked})["answer"]["trade_state"] == "SUCCESS"
    refunded = node.ask({"act": "refund", **asked})
    assert refunded["status"] == 200 and refunded["answer"]["amount"]["refund"] == CUP
    hutong.clock.settle()
    assert payer.balance == 50_000
    assert node.ask({"act": "refund", **asked, "total": CUP + 1})["answer"]["code"] == "INVALID_REQUEST"
    closed = {**asked, "out_trade_no": "TEA-NODE-2"}
    node.ask({"act": "prepay", **closed})
    assert node.ask({"act": "close", **closed})["status"] == 204
    assert node.ask({"act": "query", **closed})["answer"]["trade_state"] == "CLOSED"
