"""What a test run saw the server answer, written down for the coverage tables.

With HUTONG_RECORD set to a folder, every process of the server appends one line of JSON to a file of its own
there for each call answered and each callback accepted. `tests/recorder.py` adds when each test ran and how it
ended; `coverage.py` joins the two.
"""

import os
from pathlib import Path
from typing import Any, TextIO

import msgspec

from hutong.kernel.clock import wire_now
from hutong.kernel.deliveries import Delivery, Incoming
from hutong.kernel.endpoints import Answer, Endpoint, HttpRequest, Protocol
from hutong.kernel.frozen import Frozen

MAX_NAMES = 500


class Seen(Frozen, tag_field="kind", tag="call"):
    """One answered call: `names` are the fields of its JSON answer, at any depth."""

    at: int
    protocol: str
    method: str
    path: str  # as declared
    status: int
    errcode: str  # "" when the call succeeded
    names: list[str]


class Sent(Frozen, tag_field="kind", tag="callback"):
    """One accepted callback: `names` are the fields of its payload, `marks` the short values that name its kind."""

    at: int
    channel: str
    names: list[str]
    marks: list[str]


class Recording:
    """The file of one process."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file: TextIO = (folder / f"server-{os.getpid()}.jsonl").open("a", encoding="utf-8")

    def called(
        self, protocol: Protocol, endpoint: Endpoint | None, http: HttpRequest, answer: Answer
    ) -> None:
        if endpoint is None:
            return
        body = _json(answer.body)
        binary = (bool(answer.body) and body is None) or answer.chunks is not None
        self._write(
            Seen(
                at=wire_now(),
                protocol=protocol.name,
                method=endpoint.method,
                path=endpoint.path,
                status=answer.status,
                errcode=_errcode(answer.status, body),
                names=["buffer"] if binary else names_of(body),
            )
        )

    def delivered(self, delivery: Delivery, answer: Incoming) -> None:
        if answer.status is None or answer.status >= 300:
            return
        payload = _json(delivery.payload.encode())
        marks = [f"{name}={value}" for name, value in _strings(payload) if len(value) <= 64]
        self._write(Sent(at=wire_now(), channel=delivery.channel, names=names_of(payload), marks=marks))

    def _write(self, line: Seen | Sent) -> None:
        self._file.write(msgspec.json.encode(line).decode() + "\n")
        self._file.flush()


def from_environment() -> Recording | None:
    """The recording this run asked for, if it did."""
    folder = os.environ.get("HUTONG_RECORD")
    return Recording(Path(folder)) if folder else None


def names_of(value: Any) -> list[str]:
    """The field names in a JSON value, at any depth, each once."""
    found: dict[str, None] = {}
    waiting = [value]
    while waiting and len(found) < MAX_NAMES:
        match waiting.pop():
            case dict() as fields:
                found.update(dict.fromkeys(map(str, fields)))
                waiting += fields.values()
            case list() as items:
                waiting += items[:50]
    return sorted(found)


def _strings(value: Any) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    waiting = [value]
    while waiting and len(found) < MAX_NAMES:
        match waiting.pop():
            case dict() as fields:
                found += [(str(name), text) for name, text in fields.items() if isinstance(text, str)]
                waiting += [inner for inner in fields.values() if isinstance(inner, dict | list)]
            case list() as items:
                waiting += items[:50]
    return found


def _json(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body) if body else None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _errcode(status: int, body: Any) -> str:
    if isinstance(body, dict):
        if body.get("errcode"):
            return str(body["errcode"])
        if status >= 400:
            error = body.get("error")
            return str(body.get("code") or (error.get("code") if isinstance(error, dict) else None) or status)
    return "" if status < 400 else str(status)
