"""What every declared endpoint owes, whoever wrote it."""

from collections.abc import Iterable
from typing import Any

import msgspec
import pytest

from hutong.kernel.endpoints import PROTOCOLS, Endpoint, HttpRequest
from hutong.server import main

main.import_protocols()
ENDPOINTS = [endpoint for protocol in PROTOCOLS.values() for endpoint in protocol.endpoints]


def test_every_integer_a_stranger_may_send_has_a_lower_and_an_upper_bound() -> None:
    """msgspec lets integers beyond 64 bits through, which no database takes: use Int64 or Meta(ge, le)."""
    assert len(ENDPOINTS) > 250
    assert [where(endpoint) for endpoint in ENDPOINTS if unbounded(endpoint)] == []


@pytest.mark.parametrize("kind", [int, list[int], int | None, dict[str, int]])
def test_an_integer_without_bounds_is_found_wherever_it_is(kind: Any) -> None:
    asked = msgspec.defstruct("Asked", [("inner", msgspec.defstruct("Inner", [("number", kind)]))])
    assert list(integers(msgspec.inspect.type_info(asked), set()))


def where(endpoint: Endpoint) -> str:
    return f"{endpoint.method} {endpoint.protocol.mount}{endpoint.path}"


def unbounded(endpoint: Endpoint) -> bool:
    if endpoint.request_type is None or endpoint.request_type is HttpRequest:
        return False
    return any(
        (kind.ge is None and kind.gt is None) or (kind.le is None and kind.lt is None)
        for kind in integers(msgspec.inspect.type_info(endpoint.request_type), set())
    )


def integers(kind: Any, seen: set[type]) -> Iterable[msgspec.inspect.IntType]:
    inspected = msgspec.inspect
    match kind:
        case inspected.IntType():
            yield kind
        case inspected.StructType():
            if kind.cls in seen:
                return
            seen.add(kind.cls)
            for field in kind.fields:
                yield from integers(field.type, seen)
        case inspected.UnionType():
            for member in kind.types:
                yield from integers(member, seen)
        case inspected.ListType() | inspected.SetType() | inspected.VarTupleType():
            yield from integers(kind.item_type, seen)
        case inspected.DictType():
            yield from integers(kind.value_type, seen)
