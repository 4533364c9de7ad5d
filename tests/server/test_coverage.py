from pathlib import Path

import msgspec
import pytest

from hutong.kernel.db import Snapshot
from hutong.kernel.endpoints import Nobody, Protocol, Request
from hutong.server import coverage
from hutong.server.coverage import Evidence, Line, Ran, Record
from hutong.server.main import import_protocols
from hutong.server.recording import Seen, Sent, names_of


def lines(folder: Path, name: str, *written: Line) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(b"".join(msgspec.json.encode(line) + b"\n" for line in written))


def call(at: int, *names: str, errcode: str = "", path: str = "/cgi-bin/gettoken") -> Seen:
    return Seen(
        at=at, protocol="work", method="GET", path=path, status=200, errcode=errcode, names=list(names)
    )


def test_only_what_a_passing_test_saw_alone_counts(tmp_path: Path) -> None:
    lines(
        tmp_path,
        "tests.jsonl",
        Ran("passes", 10, 20, passed=True, shows=["PAY-01"]),
        Ran("fails", 30, 40, passed=False, shows=["PAY-02"]),
        Ran("one", 50, 60, passed=True),
        Ran("other", 60, 70, passed=True),
    )
    lines(
        tmp_path,
        "server-1.jsonl",
        call(15, "access_token"),
        call(35, "expires_in"),
        call(60, "both"),
        call(99, "nobody"),
        call(16, errcode="40013"),
    )
    record = coverage.gather(tmp_path)
    assert record.endpoints == {"work GET /cgi-bin/gettoken": Evidence(["access_token"], ["passes"])}
    assert record.refusals == {"work 40013": Evidence([], ["passes"])}
    assert record.requirements == {"PAY-01": ["passes"]}


def test_a_torn_last_line_is_left_out(tmp_path: Path) -> None:
    lines(tmp_path, "tests.jsonl", Ran("passes", 10, 20, passed=True))
    lines(tmp_path, "server-1.jsonl", call(15, "access_token"))
    with (tmp_path / "server-1.jsonl").open("ab") as file:
        file.write(b'{"kind":"call","at":1')
    assert list(coverage.gather(tmp_path).endpoints) == ["work GET /cgi-bin/gettoken"]


@pytest.mark.parametrize(
    ("names", "standing", "missing"),
    [(["access_token", "expires_in"], "done", []), (["access_token"], "partial", ["answer: expires_in"])],
)
def test_a_row_is_done_when_every_listed_field_was_seen(
    names: list[str], standing: str, missing: list[str]
) -> None:
    import_protocols()
    record = Record(endpoints={"work GET /cgi-bin/gettoken": Evidence(names, ["t"])})
    (row,) = [row for row in coverage.table(record)["work"] if row.name == "GET /cgi-bin/gettoken"]
    assert (row.standing, row.missing, row.priority) == (standing, missing, "P0")
    counts = coverage.summary(coverage.table(record))["work"]["P0"]
    assert (counts["done"], counts["partial"]) == (int(standing == "done"), int(standing == "partial"))


def test_a_callback_is_done_by_the_kind_and_the_fields_it_carried(tmp_path: Path) -> None:
    lines(tmp_path, "tests.jsonl", Ran("passes", 10, 20, passed=True))
    marks = ["MsgType=event", "Event=unsubscribe"]
    lines(tmp_path, "server-1.jsonl", Sent(15, "mp.push", ["MsgType", "Event", "EventKey"], marks))
    rows = coverage.table(coverage.gather(tmp_path))["callbacks"]
    done = [row.name for row in rows if row.standing == "done"]
    assert "mp MsgType=event;Event=unsubscribe" in done
    assert not [name for name in done if "Event=subscribe" in name]


def test_rows_no_web_device_serves_are_unavailable_and_no_others() -> None:
    table = coverage.table(Record())
    counts = coverage.summary(table)
    unavailable = {name: sum(count["unavailable"] for count in by.values()) for name, by in counts.items()}
    # What the catalogues themselves say, and what hutong/catalogue/unavailable.csv gives a reason for.
    assert (unavailable.pop("wx_api"), unavailable.pop("components")) == (106 + 5, 14)
    assert set(unavailable.values()) == {0}
    named = {(catalogue, row.name) for catalogue, rows in table.items() for row in rows}
    assert set(coverage.unavailable()) <= named
    assert sum(count["total"] for name in ("mp", "pay", "work") for count in counts[name].values()) == 3787


def test_a_handler_that_ignores_its_transaction_is_absent() -> None:
    def hard_coded(snapshot: Snapshot, caller: Nobody) -> list[str]:
        return ["127.0.0.1"]

    def reads(snapshot: Snapshot, caller: Nobody) -> list[str]:
        return [str(row) for row in snapshot.rows("select 1")]

    def reads_within(snapshot: Snapshot, caller: Nobody) -> list[str]:
        return [str(snapshot.find(Record, id=name)) for name in ("a", "b")]  # type: ignore[type-var]

    assert not coverage.touches_its_transaction(hard_coded)
    assert coverage.touches_its_transaction(reads) and coverage.touches_its_transaction(reads_within)


def test_request_names_are_found_at_any_depth() -> None:
    class Inner(Request):
        total: str

    class Outer(Request):
        amount: Inner
        goods: list[Inner] = []

    protocol = Protocol("none", mount="/none")

    @protocol.post("/x")
    def take(snapshot: Snapshot, caller: Nobody, req: Outer) -> None: ...

    assert coverage.request_names(protocol.endpoints[0]) == {"amount", "goods", "total"}
    assert names_of([{"a": {"b": [{"c": 1}]}}]) == ["a", "b", "c"]


def test_the_pages_name_what_is_open(tmp_path: Path) -> None:
    import_protocols()
    coverage.write(Record(requirements={"PAY-01": ["tests/x.py::test_y"]}), tmp_path)
    page = (tmp_path / "requirements.md").read_text()
    assert "| tests/x.py::test_y |" in page and page.count("| open |") > 200
    assert coverage.load(tmp_path / "record.json").requirements == {"PAY-01": ["tests/x.py::test_y"]}
    assert "| [pay](pay.md) | P0 | 56 |" in (tmp_path / "README.md").read_text()
