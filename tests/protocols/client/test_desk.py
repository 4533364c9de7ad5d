from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from hutong.kernel import deliveries, events
from hutong.kernel.clock import Millis
from hutong.kernel.db import Tx
from hutong.kernel.events import Event, Outbox
from hutong.protocols.client.protocol import client
from tests.domains.builders import a_corp, a_merchant, a_payer, a_user, an_app
from tests.domains.desk.test_desk import Seen
from tests.protocols.conftest import Call

HERE = {"host": "localhost:8000"}


@pytest.fixture
def desk(call: Call) -> Callable[..., Any]:
    """`desk("GET", "/inspector")` from this machine: the decoded body of a 200 or 204."""

    def ask(method: str, path: str, **options: Any) -> Any:
        status, _, body = call(client, method, f"/desk{path}", headers=HERE, **options)
        assert status in (200, 204), body
        return msgspec.json.decode(body) if body else None

    return ask


@pytest.mark.parametrize(
    "headers",
    [{"origin": "https://shop.example"}, {"origin": "http://localhost:9000"}, {"origin": "null"}],
)
def test_no_page_of_another_site_reaches_the_desk(call: Call, headers: dict[str, str]) -> None:
    assert call(client, "GET", "/desk/inspector", headers=HERE | headers)[0] == 401
    assert (
        call(client, "GET", "/desk/inspector", headers=HERE | {"origin": "http://localhost:8000"})[0] == 200
    )


def test_the_inspector_lists_calls_and_shows_one(tx: Tx, desk: Callable[..., Any]) -> None:
    from hutong.domains.desk import inspector

    inspector.record(
        tx,
        [
            Seen(request_id="first"),
            Seen(
                request_id="second",
                request_body=b"<xml/>",
                notes={"caller": "wx1", "refusal": "x", "explanation": {"cause": "clock"}},
            ),
        ],
    )
    newest, oldest = desk("GET", "/inspector")["calls"]
    assert (newest["request_id"], oldest["request_id"]) == ("second", "first")
    assert desk("GET", "/inspector", query={"before": newest["id"]})["calls"] == [oldest]
    assert desk("GET", "/inspector", query={"refused": "true"})["calls"] == [newest]
    shown = desk("GET", f"/inspector/{newest['id']}")
    assert shown["call"] == newest and shown["request_body"] == "<xml/>"
    assert shown["explanation"] == {"cause": "clock"}


def test_a_delivery_is_shown_with_its_attempts_and_sent_again(tx: Tx, desk: Callable[..., Any]) -> None:
    made = deliveries.enqueue(
        tx, channel="test", owner="wx1", subject="order:1", url="http://127.0.0.1:1/", payload={"a": 1}
    )
    tx.update(made, state=deliveries.DeliveryState.FAILED, next_at=None)
    (line,) = desk("GET", "/deliveries", query={"owner": "wx1", "state": "FAILED"})["deliveries"]
    assert desk("GET", "/deliveries", query={"owner": "wx2"})["deliveries"] == []
    assert desk("GET", f"/deliveries/{line['id']}") == {
        "delivery": line,
        "payload": {"a": 1},
        "attempts": [],
    }
    assert desk("POST", f"/deliveries/{line['id']}/replay")["state"] == "PENDING"


class Rang(Event, topic="test.desk_rang"):
    """For the test below."""


def test_a_parked_event_is_shown_and_runs_again(tx: Tx, desk: Callable[..., Any]) -> None:
    tx.insert(
        Outbox(
            tx.new_id(),
            "test.desk_rang",
            "test.bell",
            "k",
            "{}",
            tx.now,
            None,
            attempts=12,
            last_error="no bell",
        )
    )
    (parked,) = desk("GET", "/parked")["events"]
    assert (parked["handler"], parked["last_error"], parked["attempts"]) == ("test.bell", "no bell", 12)
    desk("POST", f"/parked/{parked['id']}/run")
    assert desk("GET", "/parked")["events"] == []
    assert events.next_due_at(tx) == Millis(tx.now)


@pytest.mark.parametrize("body", [{}, {"action": "advance"}, {"action": "back"}, {"action": "set", "to": -1}])
def test_a_turn_of_the_clock_says_where_to(call: Call, body: dict[str, Any]) -> None:
    assert call(client, "POST", "/desk/clock", headers=HERE, json=body)[0] == 400


def test_every_endpoint_of_the_desk_is_a_sandbox_s() -> None:
    found = [endpoint for endpoint in client.endpoints if endpoint.path.startswith("/desk")]
    assert found and all(endpoint.sandbox_only for endpoint in found)


def test_callers_are_named_as_people_know_them(tx: Tx, desk: Callable[..., Any]) -> None:
    ann, app, shop, corp = a_user(tx, "Ann"), an_app(tx), a_merchant(tx), a_corp(tx, "Lantern Works")
    callers = [f"user:{ann.id}", app.appid, shop.mchid, f"{corp.corpid}/1000002"]
    assert desk("POST", "/names", json={"callers": [*callers, "user:1", "user:x", "wx0", "9/9"]})[
        "names"
    ] == {
        callers[0]: "Ann",
        callers[1]: app.name,
        callers[2]: shop.name,
        callers[3]: "Lantern Works",
    }


def test_the_books_are_told_to_balance_or_not(tx: Tx, desk: Callable[..., Any]) -> None:
    user_id = a_payer(tx, balance=500)
    assert desk("GET", "/books") == {"balanced": True, "totals": {"CNY": 0}}
    tx.run("update pay_account set posted = posted + 1 where owner = :owner", owner=str(user_id))
    assert desk("GET", "/books") == {"balanced": False, "totals": {"CNY": 1}}
