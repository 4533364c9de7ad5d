from typing import Any

import msgspec
import pytest

from hutong.domains.apps import organisations
from hutong.domains.desk import clock as desk_clock
from hutong.domains.desk import inspector
from hutong.domains.desk.errors import CLOCK_BACKWARDS, CLOCK_TOO_FAR
from hutong.domains.desk.tables import Direction
from hutong.kernel.clock import DAY_MS, Millis
from hutong.kernel.db import Tx
from hutong.kernel.errors import DomainError
from hutong.kernel.frozen import Frozen
from tests.domains.builders import a_corp, an_app


class Seen(Frozen):
    direction: str = "in"
    protocol: str = "mp"
    method: str = "POST"
    path: str = "/cgi-bin/menu/create"
    query_string: str = ""
    endpoint: str = "/cgi-bin/menu/create"
    status: int = 200
    at: int = 1
    business_at: int = 2
    duration_us: int = 300
    request_id: str = "r"
    request_headers: dict[str, str] = {}
    request_body: bytes = b""
    response_headers: dict[str, str] = {}
    response_body: bytes = b'{"errcode": 0, "errmsg": "ok"}'
    notes: dict[str, Any] = {}
    delivery_id: int | None = None
    error: str | None = None


def test_the_newest_calls_come_first_and_page_by_key(tx: Tx) -> None:
    inspector.record(tx, [Seen(request_id=f"r{i}") for i in range(5)])
    first = inspector.list_(tx, limit=2)
    rest = inspector.list_(tx, before=first[-1].id)
    assert [call.request_id for call in first + rest] == ["r4", "r3", "r2", "r1", "r0"]
    since = inspector.list_(tx, after=rest[-1].id, limit=2)
    assert [call.request_id for call in since] == ["r1", "r2"]
    assert inspector.get(tx, first[0].id).response_fields == ["errcode", "errmsg"]


def test_an_organisation_is_shown_its_own_calls_only(tx: Tx) -> None:
    ours, theirs = organisations.create(tx, name="Ours"), organisations.create(tx, name="Theirs")
    inspector.record(tx, [Seen(notes={"org_id": ours.id}), Seen(notes={"org_id": theirs.id}), Seen()])
    assert [call.org_id for call in inspector.list_(tx, org_id=ours.id)] == [ours.id]
    assert len(inspector.list_(tx)) == 3


def test_a_callback_belongs_to_the_organisation_of_its_owner(tx: Tx) -> None:
    app, corp = an_app(tx), a_corp(tx)
    owners = (app.appid, corp.corpid, "unknown")
    inspector.record(
        tx, [Seen(direction="out", notes={"owner": owner, "payload": '{"a":1}'}) for owner in owners]
    )
    found = {call.caller: call.org_id for call in inspector.list_(tx)}
    assert found == {app.appid: app.org_id, corp.corpid: corp.org_id, "unknown": None}
    assert inspector.list_(tx)[0].decrypted == '{"a":1}'


def test_filters_name_caller_subject_direction_and_refusal(tx: Tx) -> None:
    inspector.record(
        tx,
        [
            Seen(notes={"caller": "wx1", "subject": "order:1"}),
            Seen(notes={"caller": "wx2", "refusal": "apps.token_invalid"}),
            Seen(
                direction="out",
                path="http://127.0.0.1:9000/notify?a=1",
                status=0,
                notes={"owner": "1900000001", "subject": "order:1"},
                delivery_id=7,
                error="connection refused",
            ),
        ],
    )
    assert [call.caller for call in inspector.list_(tx, caller="wx1")] == ["wx1"]
    assert len(inspector.list_(tx, subject="order:1")) == 2
    (out,) = inspector.list_(tx, direction=Direction.OUT)
    assert (out.host, out.path, out.query, out.status) == ("127.0.0.1:9000", "/notify", "a=1", None)
    assert out.caller == "1900000001" and out.refusal == "connection refused" and out.delivery_id == 7
    assert {call.caller for call in inspector.list_(tx, refused=True)} == {"wx2", "1900000001"}


def test_secrets_do_not_reach_the_store(tx: Tx) -> None:
    inspector.record(
        tx,
        [
            Seen(
                query_string="appid=wx1&secret=s3cret&access_token=t0ken",
                request_headers={"Authorization": "Bearer t0ken", "Cookie": "s3cret"},
                request_body=b'{"pin": "135790", "nested": {"password" : "s3cret \\" t0ken"}, "name": "Ann"}',
                response_body=b'{"access_token":"t0ken","expires_in":7200}',
                notes={"decrypted": {"session_key": "s3cret", "openid": "o1"}},
            )
        ],
    )
    (call,) = inspector.list_(tx)
    text = msgspec.json.encode(call).decode()
    for secret in ("s3cret", "t0ken", "135790"):
        assert secret not in text
    assert "appid=wx1" in call.query and '"name": "Ann"' in call.request_body and "o1" in call.decrypted
    assert call.response_fields == ["access_token", "expires_in"]


def test_a_signature_stays_readable_and_bytes_are_only_counted(tx: Tx) -> None:
    signed = 'WECHATPAY2-SHA256-RSA2048 mchid="1900000001",signature="abc"'
    inspector.record(
        tx,
        [
            Seen(
                request_headers={"authorization": signed},
                response_body=bytes(range(256)),
                notes={"subject": "\0"},
            )
        ],
    )
    (call,) = inspector.list_(tx)
    assert call.request_headers["authorization"] == signed
    assert call.response_body == "(256 bytes)" and call.response_fields == []
    assert "\0" not in call.subject


def test_the_store_is_bounded(tx: Tx) -> None:
    inspector.record(tx, [Seen(request_id=f"r{i}") for i in range(30)])
    assert inspector.prune(tx, keep=10) == 20
    assert inspector.prune(tx, keep=10) == 0
    assert [call.request_id for call in inspector.list_(tx)][-1] == "r20"


def test_unanswered_paths_are_counted(tx: Tx) -> None:
    inspector.record(tx, [Seen(endpoint="", path="/x"), Seen(endpoint="", path="/x"), Seen()])
    assert inspector.unknown_paths(tx) == [("mp", "POST", "/x", 2)]


def test_the_clock_goes_ahead_only_and_not_for_ever(tx: Tx) -> None:
    assert desk_clock.advance(tx, by_ms=DAY_MS).advance_ms == DAY_MS
    assert desk_clock.set_(tx, to=Millis(tx.now + 5)).advance_to == tx.now + 5
    for code, to in ((CLOCK_BACKWARDS, tx.now - 1), (CLOCK_TOO_FAR, tx.wire_now + 4000 * DAY_MS)):
        with pytest.raises(DomainError) as error:
            desk_clock.set_(tx, to=Millis(to))
        assert error.value.code is code
