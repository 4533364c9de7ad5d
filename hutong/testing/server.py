"""A Hutong server in a process of its own, for tests."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from .people import Person
    from .programs import Corp, Merchant, MiniProgram, OfficialAccount

START_SECONDS = 60.0
STOP_SECONDS = 15.0
LOOK_SECONDS = 0.01
FRESH = "fresh"


class Refused(Exception):
    """The server refused: `code` is its own name for why, such as pay.balance_too_low."""

    def __init__(self, status: int, code: str, message: str, details: Mapping[str, Any]) -> None:
        super().__init__(f"{code}: {message}")
        self.status, self.code, self.message, self.details = status, code, message, dict(details)


class Server:
    """`with Server() as hutong:` serves a fresh home on a free port until the block ends.

    `hutong.user("Ann")` is a new person, `hutong.person("linwan")` one of the demo world's, whose accounts,
    programs, merchants and corps are lists in the order of `hutong demo --json`.
    """

    def __init__(self, *, home: Path | None = None, demo: bool = True, options: Sequence[str] = ()) -> None:
        self._own_home = home is None
        self.home = home or Path(tempfile.mkdtemp(prefix="hutong-test-"))
        self._demo_wanted = demo
        self._options = list(options)
        self._process: subprocess.Popen[bytes] | None = None
        self._client: httpx.Client | None = None
        self._demo: dict[str, Any] | None = None
        self.url = ""
        self.clock = Clock(self)
        self.inspector = Inspector(self)
        self.deliveries = Deliveries(self)

    # ── its life ───────────────────────────────────────────────────────────────────────────────────────────

    def start(self) -> "Server":
        """Start and wait until it answers. Raises RuntimeError with the log when it does not."""
        self.home.mkdir(parents=True, exist_ok=True)
        (self.home / "server.json").unlink(missing_ok=True)
        command = [sys.executable, "-m", "hutong.server.cli", "up", "--home", str(self.home), "--port", "0"]
        if not self._demo_wanted:
            command.append("--no-demo")
        self._log = self.home / "server.log"
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [*command, *self._options], stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        described = self._described()
        self.url = described["url"]
        self._client = httpx.Client(base_url=self.url, trust_env=False, timeout=60)
        self._until(self._is_ready)
        return self

    def _described(self) -> dict[str, Any]:
        found: dict[str, Any] = {}

        def is_there() -> bool:
            try:
                found.update(json.loads((self.home / "server.json").read_text()))
            except (OSError, ValueError):
                return False
            return True

        self._until(is_there)
        return found

    def _is_ready(self) -> bool:
        assert self._client is not None
        try:
            return self._client.get("/healthz").status_code == 200
        except httpx.TransportError:
            return False

    def _until(self, ready: Any) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not ready():
            assert self._process is not None
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"the server did not start:\n{self._log.read_text()[-4000:]}")
            time.sleep(LOOK_SECONDS)

    def stop(self) -> None:
        """Stop it as an operator would; what it has in hand is finished."""
        if self._client is not None:
            self._client.close()
            self._client = None
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None

    def restart(self) -> "Server":
        """Stop and start again on the same home; the port changes."""
        self.stop()
        return self.start()

    def kill(self) -> None:
        """End it as a power cut would."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        self._process = None

    def __enter__(self) -> "Server":
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        if self._own_home:
            shutil.rmtree(self.home, ignore_errors=True)

    # ── its world ──────────────────────────────────────────────────────────────────────────────────────────

    def snapshot(self, name: str = FRESH) -> None:
        """Put everything aside under a name."""
        self.request("PUT", f"/desk/snapshots/{name}")

    def restore(self, name: str = FRESH) -> None:
        """Put everything back as it was, the clock included, within milliseconds."""
        self.request("POST", f"/desk/snapshots/{name}/restore")

    @property
    def demo(self) -> dict[str, Any]:
        """The object of `hutong demo --json`."""
        if self._demo is None or self._demo["url"] != self.url:
            found: dict[str, Any] = self.request("GET", "/desk/demo")
            self._demo = found
        return self._demo

    def user(self, nickname: str = "Ann", *, balance: int = 50_000, phone: str = "") -> "Person":
        """A new person with a PIN, a card and this balance in fen."""
        from .people import Person

        return Person.new(self, nickname, balance=balance, phone=phone)

    def person(self, username: str) -> "Person":
        """One of the demo world's people."""
        from .people import Person

        found = next(one for one in self.demo["users"] if one["username"] == username)
        return Person(self, **found)

    @property
    def official_accounts(self) -> "list[OfficialAccount]":
        from .programs import OfficialAccount

        return [OfficialAccount(self, **found) for found in self.demo["official_accounts"]]

    @property
    def mini_programs(self) -> "list[MiniProgram]":
        from .programs import MiniProgram

        return [MiniProgram(self, **found) for found in self.demo["mini_programs"]]

    @property
    def merchants(self) -> "list[Merchant]":
        from .programs import Merchant

        return [Merchant(self, **found) for found in self.demo["merchants"]]

    @property
    def corps(self) -> "list[Corp]":
        from .programs import Corp

        return [Corp(self, **found) for found in self.demo["corps"]]

    # ── speaking to it ─────────────────────────────────────────────────────────────────────────────────────

    def request(self, method: str, path: str, *, json: Any = None, token: str = "", **options: Any) -> Any:
        """Call the client API, below /api; the decoded answer. Raises Refused."""
        assert self._client is not None, "the server is not running"
        headers = {"authorization": f"Bearer {token}"} if token else {}
        answer = self._client.request(method, "/api" + path, json=json, headers=headers, **options)
        if answer.is_success:
            if not answer.content:
                return None
            return answer.json() if "json" in answer.headers.get("content-type", "") else answer.content
        try:
            error = answer.json()["error"]
            refused = Refused(answer.status_code, error["code"], error["message"], error.get("details", {}))
        except (ValueError, KeyError, TypeError):
            refused = Refused(answer.status_code, "unknown", answer.text[:500], {})
        raise refused

    def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Any call below the server's address, such as GET /mp/cgi-bin/token; the raw answer."""
        assert self._client is not None, "the server is not running"
        return self._client.request(method, path, **options)

    def run_environment(self, base: Mapping[str, str] | None = None) -> dict[str, str]:
        """The environment in which an unmodified program reaches this server: what `hutong run` sets."""
        from hutong.server.run import compose_environment, gather_files

        base = os.environ if base is None else base
        return compose_environment(self.demo, base, files=gather_files(self.demo, base))


# ── turning its clock, reading its log ─────────────────────────────────────────────────────────────────────


class Clock:
    """Business time. Every call answers once whatever fell due on the way has run."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def now(self) -> int:
        """Business time in milliseconds."""
        found: int = self._server.request("GET", "/desk/clock")["now"]
        return found

    def freeze(self) -> None:
        self._turn(action="freeze")

    def resume(self) -> None:
        self._turn(action="resume")

    def advance(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        """Go ahead; timers and retries on the way run in order, each at its own moment."""
        whole = ((days * 24 + hours) * 60 + minutes) * 60 + seconds
        self._turn(action="advance", by_ms=round(whole * 1000))

    def set(self, moment_ms: int) -> None:
        self._turn(action="set", to=moment_ms)

    def next_event(self) -> int | None:
        """Go to the next timer or retry; when it was due, or None when nothing waits."""
        found: int | None = self._turn(action="next_event")["ran_event_at"]
        return found

    def settle(self) -> None:
        """Wait until everything that is due by now has run, deliveries included."""
        self._turn(action="advance", by_ms=0)

    def _turn(self, **turn: Any) -> dict[str, Any]:
        found: dict[str, Any] = self._server.request("POST", "/desk/clock", json=turn)
        return found


class Inspector:
    """The log of calls in and out."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def calls(self, **filters: Any) -> list[dict[str, Any]]:
        """Calls answered before this one, newest first; filter by caller, protocol, endpoint, subject, direction."""
        self._server.request("POST", "/desk/inspector/flush")
        found: list[dict[str, Any]] = self._server.request("GET", "/desk/inspector", params=filters)["calls"]
        return found

    def call(self, call_id: str) -> dict[str, Any]:
        """One call with headers, bodies and the explanation of a refusal."""
        found: dict[str, Any] = self._server.request("GET", f"/desk/inspector/{call_id}")
        return found


class Deliveries:
    """Callbacks and notifications to the outside."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def list(self, **filters: Any) -> list[dict[str, Any]]:
        """Newest first; filter by owner, subject and state (PENDING, DELIVERED, FAILED)."""
        found: list[dict[str, Any]] = self._server.request("GET", "/desk/deliveries", params=filters)[
            "deliveries"
        ]
        return found

    def get(self, delivery_id: str) -> dict[str, Any]:
        """One delivery with its payload and every attempt."""
        found: dict[str, Any] = self._server.request("GET", f"/desk/deliveries/{delivery_id}")
        return found

    def replay(self, delivery_id: str) -> None:
        """Send it once more now."""
        self._server.request("POST", f"/desk/deliveries/{delivery_id}/replay")
