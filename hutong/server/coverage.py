"""Coverage: the published catalogues beside what the last full test run saw the server do.

Nobody marks a row. A run under HUTONG_RECORD leaves lines of what was called (`recording.py`) and of which test
ran when (`tests/recorder.py`); `gather` joins them into docs/coverage/record.json, and `table` reads that record
beside the declarations. An endpoint's row is done when passing tests called it through the real server with
success, their answers together held every response field listed, its request type declares every request field
listed, and its function uses its transaction. Anything less that was called with success is partial.
"""

import csv
import dis
import inspect
import json
import types
import typing
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from hutong.kernel.endpoints import PROTOCOLS, Endpoint
from hutong.kernel.frozen import Frozen

from .recording import Seen, Sent

CATALOGUE = Path(__file__).parent.parent / "catalogue"
ENDPOINTS = {"mp": "mp_endpoints", "pay": "pay_endpoints", "work": "work_endpoints"}
ROWS = ("callbacks", "wx_api", "wx_api_objects", "components", "app_config", "errcodes")
PRIORITIES = ("P0", "P1", "P2")
UNAVAILABLE = "device-unavailable-on-web"
TESTS_NAMED = 3
ALWAYS = frozenset({"errcode", "errmsg"})  # the envelope: query calls leave it out on success


class Ran(Frozen, tag_field="kind", tag="test"):
    """One test that ran, between two moments of wire time."""

    name: str
    started_at: int
    ended_at: int
    passed: bool
    shows: list[str] = []  # the ids of the requirements it shows


class Proved(Frozen, tag_field="kind", tag="row"):
    """A row of a catalogue that is no endpoint, seen working by a test in a browser or under Node."""

    at: int
    catalogue: str
    row: str


class Evidence(Frozen):
    """What passing tests showed of one thing."""

    names: list[str]
    tests: list[str]


class Record(Frozen):
    """The committed record, docs/coverage/record.json."""

    endpoints: dict[str, Evidence] = {}  # "mp GET /cgi-bin/token" → the fields seen
    refusals: dict[str, Evidence] = {}  # "mp 40001"
    callbacks: dict[str, Evidence] = {}  # "mp.push MsgType=event;Event=subscribe" → the payload's fields
    rows: dict[str, Evidence] = {}  # "components button.size"
    requirements: dict[str, list[str]] = {}


class Row(Frozen):
    """One row of a catalogue and its standing: unavailable, done, partial or absent."""

    name: str
    title: str
    area: str
    priority: str
    standing: str
    missing: list[str] = []
    tests: list[str] = []


Line = Seen | Sent | Ran | Proved


# ── gathering ──────────────────────────────────────────────────────────────────────────────────────────────


def gather(folder: Path) -> Record:
    """Join the lines of a recorded run: what was seen counts if exactly one test ran then, and it passed.

    Each process that runs tests has a folder of its own, since its tests follow one another.
    """
    endpoints: dict[str, dict[str, set[str]]] = {}
    refusals: dict[str, dict[str, set[str]]] = {}
    callbacks: dict[str, dict[str, set[str]]] = {}
    rows: dict[str, dict[str, set[str]]] = {}
    requirements: dict[str, set[str]] = {}
    kinds = _callback_kinds()
    for worker in sorted({path.parent for path in folder.rglob("*.jsonl")}):
        lines = list(_lines(worker))
        tests = sorted((line for line in lines if isinstance(line, Ran)), key=lambda ran: ran.started_at)
        for ran in tests:
            if ran.passed:
                for requirement in ran.shows:
                    requirements.setdefault(requirement, set()).add(ran.name)
        for line in lines:
            if isinstance(line, Ran) or (test := _test_at(tests, line.at)) is None:
                continue
            if isinstance(line, Seen) and line.protocol not in ENDPOINTS:
                continue  # our own clients' calls are in no catalogue
            match line:
                case Seen(errcode=""):
                    key = f"{line.protocol} {line.method} {line.path}"
                    endpoints.setdefault(key, {}).setdefault(test, set()).update(line.names)
                case Seen():
                    refusals.setdefault(f"{line.protocol} {line.errcode}", {}).setdefault(test, set())
                case Sent():
                    for kind in kinds.get(line.channel.partition(".")[0], ()):
                        if _fits(kind, line):
                            seen = callbacks.setdefault(f"{line.channel.partition('.')[0]} {kind}", {})
                            seen.setdefault(test, set()).update(line.names)
                case Proved():
                    rows.setdefault(f"{line.catalogue} {line.row}", {}).setdefault(test, set())
    return Record(
        endpoints=_evidence(endpoints),
        refusals=_evidence(refusals),
        callbacks=_evidence(callbacks),
        rows=_evidence(rows),
        requirements={name: sorted(tests) for name, tests in sorted(requirements.items())},
    )


def _lines(folder: Path) -> Iterator[Line]:
    decoder = msgspec.json.Decoder(Line)
    for path in sorted(folder.glob("*.jsonl")):
        for text in path.read_bytes().splitlines():
            try:
                yield decoder.decode(text)
            except msgspec.DecodeError:
                continue  # the last line of a killed process


def _test_at(tests: list[Ran], at: int) -> str | None:
    found = [ran for ran in tests if ran.started_at <= at <= ran.ended_at]
    return found[0].name if len(found) == 1 and found[0].passed else None


def _fits(kind: str, sent: Sent) -> bool:
    return all(part in sent.marks for part in kind.split(";"))


def _callback_kinds() -> dict[str, list[str]]:
    kinds: dict[str, list[str]] = {}
    for row in read("callbacks"):
        kinds.setdefault(row["domain"].partition("-")[0], []).append(row["event_key"])
    return kinds


def _evidence(seen: dict[str, dict[str, set[str]]]) -> dict[str, Evidence]:
    return {
        key: Evidence(
            names=sorted(set().union(*by_test.values())),
            tests=sorted(by_test)[:TESTS_NAMED],
        )
        for key, by_test in sorted(seen.items())
    }


# ── reading ────────────────────────────────────────────────────────────────────────────────────────────────


def read(catalogue: str) -> list[dict[str, str]]:
    """The rows of a catalogue file."""
    with (CATALOGUE / f"{catalogue}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def load(path: Path) -> Record:
    """The committed record; an empty one when no full run was recorded yet."""
    return msgspec.json.decode(path.read_bytes(), type=Record) if path.exists() else Record()


def table(record: Record) -> dict[str, list[Row]]:
    """Every row of every catalogue with its standing. The protocols must be imported."""
    result: dict[str, list[Row]] = {}
    for protocol, file in ENDPOINTS.items():
        declared = {
            (endpoint.method, _shape(endpoint.path)): endpoint
            for endpoint in (PROTOCOLS[protocol].endpoints if protocol in PROTOCOLS else ())
        }
        result[protocol] = [_endpoint_row(protocol, row, declared, record) for row in read(file)]
    for catalogue in ROWS:
        result[catalogue] = [_other_row(catalogue, row, record) for row in read(catalogue)]
    return result


def summary(rows: dict[str, list[Row]]) -> dict[str, dict[str, dict[str, int]]]:
    """Per catalogue and priority: total, unavailable, done, partial."""
    return {
        catalogue: {
            priority: {
                "total": sum(row.priority == priority for row in found),
                **{
                    standing: sum(row.priority == priority and row.standing == standing for row in found)
                    for standing in ("unavailable", "done", "partial")
                },
            }
            for priority in PRIORITIES
        }
        for catalogue, found in rows.items()
    }


def _endpoint_row(
    protocol: str, row: dict[str, str], declared: dict[tuple[str, str], Endpoint], record: Record
) -> Row:
    method, path = row["method"], row["path"]
    shape = _shape(path)
    methods = (method,) if method else ("GET", "POST", "PUT", "DELETE")
    endpoint = next((found for name in methods if (found := declared.get((name, shape)))), None)
    named = Row(
        name=f"{method or '?'} {path}",
        title=row["name"],
        area=row["area"],
        priority=row["priority"],
        standing="absent",
    )
    if endpoint is None or not touches_its_transaction(endpoint.run):
        return named
    evidence = record.endpoints.get(f"{protocol} {endpoint.method} {endpoint.path}")
    if evidence is None:
        return named
    seen = ALWAYS.union(evidence.names)
    accepted = request_names(endpoint)
    missing = [f"answer: {name}" for name in row["response_fields"].split() if not _any(name, seen)]
    if accepted is not None:
        wanted = f"{row['request_required']} {row['request_optional']}".split()
        missing += [f"request: {name}" for name in wanted if not _any(name, accepted)]
    standing = "partial" if missing else "done"
    return msgspec.structs.replace(named, standing=standing, missing=missing, tests=evidence.tests)


def _other_row(catalogue: str, row: dict[str, str], record: Record) -> Row:
    key, missing, evidence = row_key(catalogue, row), [], None
    match catalogue:
        case "errcodes":
            domain = row["domain"].partition("-")[0]
            evidence = record.refusals.get(f"{domain} {row['errcode']}")
        case "callbacks":
            domain = row["domain"].partition("-")[0]
            evidence = record.callbacks.get(f"{domain} {row['event_key']}")
            if row["domain"].endswith("-partner") and evidence and "sp_mchid" not in evidence.names:
                evidence = None  # the direct merchant's, which has the same key
            if evidence is not None:
                seen = set(evidence.names)
                missing = [
                    f"payload: {name}" for name in row["payload_fields"].split() if not _any(name, seen)
                ]
        case _:
            evidence = record.rows.get(f"{catalogue} {key}")
    standing = "absent" if evidence is None else "partial" if missing else "done"
    reason = unavailable().get((catalogue, key), "")
    if row.get("where") == UNAVAILABLE or (reason and evidence is None):
        standing = "unavailable"
    return Row(
        name=key,
        title=reason or row.get("meaning") or row.get("note") or "",
        area=row.get("area") or row.get("category") or row.get("domain") or row.get("file") or "",
        priority=row["priority"],
        standing=standing,
        missing=missing,
        tests=evidence.tests if evidence else [],
    )


@lru_cache(maxsize=1)
def unavailable() -> dict[tuple[str, str], str]:
    """Rows that no web device can serve though the catalogue does not say so, with the reason."""
    return {(row["catalogue"], row["row"]): row["reason"] for row in read("unavailable")}


def row_key(catalogue: str, row: dict[str, str]) -> str:
    """The name of a row of one of ROWS, as evidence names it."""
    match catalogue:
        case "errcodes":
            return f"{row['domain']} {row['errcode']}"
        case "callbacks":
            return f"{row['domain']} {row['event_key']}"
        case "wx_api":
            return row["name"]
        case "wx_api_objects":
            return f"{row['object']}.{row['method']}"
        case "components":
            return f"{row['component']}.{row['member']}" + (
                f"={row['values']}" if row["kind"] == "value" else ""
            )
        case _:
            return f"{row['file']} {row['key']}"


def _any(name: str, known: Iterable[str]) -> bool:
    """Whether a listed name is known; a bar between names means one of them, a dot the inner field."""
    known = set(known)
    return any(option.rpartition(".")[2] in known for option in name.split("|"))


def _shape(path: str) -> str:
    parts = path.split("/")
    return "/".join("{}" if part.startswith("{") and part.endswith("}") else part for part in parts)


def touches_its_transaction(function: types.FunctionType | typing.Callable[..., Any]) -> bool:
    """Whether a function uses its first parameter at all: one that does not cannot read or change anything."""
    code = inspect.unwrap(function).__code__
    first = code.co_varnames[0]
    inner = any(first in const.co_freevars for const in code.co_consts if isinstance(const, types.CodeType))
    return inner or any(
        first in (step.argval if isinstance(step.argval, tuple) else (step.argval,))
        for step in dis.get_instructions(code)
        if step.opname.startswith("LOAD_FAST")
    )


def request_names(endpoint: Endpoint) -> set[str] | None:
    """The names an endpoint declares for its request, at any depth; None when it reads the call itself."""
    if endpoint.takes_http:
        return None
    names: set[str] = set()
    if endpoint.request_type is not None:
        _collect(msgspec.inspect.type_info(endpoint.request_type), names, set())
    return names


def _collect(kind: Any, names: set[str], seen: set[type]) -> None:
    inspected = msgspec.inspect
    match kind:
        case inspected.StructType():
            if kind.cls not in seen:
                seen.add(kind.cls)
                for field in kind.fields:
                    names.add(field.encode_name)
                    _collect(field.type, names, seen)
        case inspected.UnionType():
            for member in kind.types:
                _collect(member, names, seen)
        case inspected.ListType() | inspected.SetType() | inspected.VarTupleType():
            _collect(kind.item_type, names, seen)
        case inspected.DictType():
            _collect(kind.value_type, names, seen)


# ── writing ────────────────────────────────────────────────────────────────────────────────────────────────


def write(record: Record, docs: Path) -> None:
    """The committed record and the pages generated from it. The protocols must be imported."""
    docs.mkdir(parents=True, exist_ok=True)
    (docs / "record.json").write_text(
        json.dumps(msgspec.to_builtins(record), ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    rows = table(record)
    (docs / "README.md").write_text(_overview(summary(rows)), encoding="utf-8")
    for catalogue, found in rows.items():
        (docs / f"{catalogue}.md").write_text(_page(catalogue, found), encoding="utf-8")
    (docs / "requirements.md").write_text(_requirements(record), encoding="utf-8")


GENERATED = "Generated from the last recorded test run by `hutong coverage --record`; not edited by hand.\n"


_RULE = (
    "A row is *done* when passing tests called it through the real server and saw every field the catalogue"
    " lists; *partial* when a field is still missing. Rows that no web device can serve are *unavailable*.\n"
)


def _overview(counts: dict[str, dict[str, dict[str, int]]]) -> str:
    lines = [
        "# Coverage\n",
        GENERATED,
        _RULE,
        "| catalogue | priority | total | unavailable | done | partial |",
        "| --- | --- | ---: | ---: | ---: | ---: |",
    ]
    for catalogue, by_priority in counts.items():
        for priority, count in by_priority.items():
            numbers = " | ".join(str(count[name]) for name in ("total", "unavailable", "done", "partial"))
            lines.append(f"| [{catalogue}]({catalogue}.md) | {priority} | {numbers} |")
    lines.append("\nWhich requirement is shown by which test: [requirements.md](requirements.md).")
    return "\n".join(lines) + "\n"


def _page(catalogue: str, rows: list[Row]) -> str:
    lines = [f"# Coverage: {catalogue}\n", GENERATED]
    for standing in ("done", "partial"):
        found = [row for row in rows if row.standing == standing]
        lines.append(f"## {standing.capitalize()} ({len(found)})\n")
        if found:
            lines += ["| row | priority | missing | shown by |", "| --- | --- | --- | --- |"]
            lines += [
                f"| {_cell(row.name)} | {row.priority} | {_cell(', '.join(row.missing))}"
                f" | {_cell(', '.join(row.tests))} |"
                for row in found
            ]
            lines.append("")
    reasons = [
        row for row in rows if (catalogue, row.name) in unavailable() and row.standing == "unavailable"
    ]
    if reasons:
        lines.append(f"## Unavailable, though not listed so ({len(reasons)})\n")
        lines += ["| row | priority | because |", "| --- | --- | --- |"]
        lines += [f"| {_cell(row.name)} | {row.priority} | {_cell(row.title)} |" for row in reasons]
        lines.append("")
    waiting = [row for row in rows if row.standing == "absent" and row.priority != "P2"]
    lines.append(f"## Absent, P0 and P1 ({len(waiting)})\n")
    by_area: dict[str, list[str]] = {}
    for row in waiting:
        by_area.setdefault(f"{row.priority} {row.area}", []).append(row.name)
    lines += [f"- **{area}**: {', '.join(map(_cell, names))}" for area, names in sorted(by_area.items())]
    return "\n".join(lines) + "\n"


def _requirements(record: Record) -> str:
    rows = read("requirements")
    shown = sum(row["id"] in record.requirements for row in rows)
    lines = [
        "# Requirements and the tests that show them\n",
        GENERATED,
        f"{shown} of {len(rows)} are shown by at least one test; the others are open.\n",
        "| id | capability | shown by |",
        "| --- | --- | --- |",
    ]
    for row in rows:
        tests = record.requirements.get(row["id"])
        lines.append(
            f"| {row['id']} | {_cell(row['title'])} | {_cell(', '.join(tests)) if tests else 'open'} |"
        )
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
