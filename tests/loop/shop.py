"""The example's tea shop as its owner runs it: a process of its own, started by `hutong run`."""

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx

from hutong.testing import Merchant, MiniProgram, OfficialAccount, Server

ROOT = Path(__file__).parents[2]
STAFF_KEY = "counter-counter-counter"


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class TeaShop:
    """`with TeaShop(server, folder, public_key=True) as shop:`; `close` and `open` as every evening and morning."""

    def __init__(self, server: Server, folder: Path, *, public_key: bool) -> None:
        self.server, self.folder = server, folder
        self.account: OfficialAccount = server.official_accounts[0]
        self.program: MiniProgram = server.mini_programs[0]
        self.merchant: Merchant = server.merchants[0]
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "shop.log"
        self._process: subprocess.Popen[str] | None = None
        self._client = httpx.Client(base_url=self.url, trust_env=False, timeout=30)
        keys = {
            "public_key_id": self.merchant.platform_public_key_id,
            "public_key_file": str(self.merchant.platform_public_key_file),
        }
        told = {
            "shop": {"public_url": self.url, "port": self.port, "staff_key": STAFF_KEY},
            "program": {
                "appid": self.program.appid,
                "secret": self.program.secret,
                "original_id": self.program.original_id,
            },
            "account": {
                "appid": self.account.appid,
                "secret": self.account.secret,
                "token": self.account.token,
                "aes_key": self.account.encoding_aes_key,
            },
            "merchant": {
                "mchid": self.merchant.mchid,
                "serial_no": self.merchant.serial_no,
                "api_v3_key": self.merchant.api_v3_key,
                "private_key_file": str(self.merchant.private_key_file),
                **(keys if public_key else {}),
            },
        }
        (folder / "teashop.json").write_text(json.dumps(told))

    def open(self) -> None:
        """Start it; it is there once it says so."""
        run = [sys.executable, "-m", "hutong.server.cli", "run", "--home", str(self.server.home), "--"]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*run, sys.executable, "-m", "teashop"],
                cwd=ROOT / "examples",
                env={
                    **os.environ,
                    "PYTHONPATH": str(ROOT),
                    "TEASHOP_CONFIG": str(self.folder / "teashop.json"),
                },
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self._process.stdout is not None
        said = self._process.stdout.readline()
        assert "is open at" in said, self.log.read_text()

    def close(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.communicate(timeout=40)
            self._process = None

    def await_coupon(self) -> None:
        """The shop makes its coupon with the platform soon after it has opened."""
        until = time.monotonic() + 20
        while self.ask("GET", "/api/shop")["coupon"] is None:
            assert time.monotonic() < until, self.log.read_text()

    def __enter__(self) -> "TeaShop":
        self.open()
        self.account.push_to(f"{self.url}/push", mode="safe")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.account.stop_push()
        self.close()
        self._client.close()

    def ask(self, method: str, path: str, json: Any = None, *, token: str = "") -> dict[str, Any]:
        """What the mini program asks of its server, or the counter with the staff's key."""
        headers = {"authorization": f"Bearer {token or STAFF_KEY}"}
        answer = self._client.request(method, path, json=json, headers=headers)
        assert answer.is_success, f"{answer.status_code} {answer.text}\n{self.log.read_text()[-3000:]}"
        found: dict[str, Any] = answer.json()
        return found
