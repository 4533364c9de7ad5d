"""The tables of the desk."""

from enum import StrEnum
from typing import NewType

from hutong.domains.apps.tables import OrgId
from hutong.kernel.clock import Millis
from hutong.kernel.rows import Row, table

CallId = NewType("CallId", int)


class Direction(StrEnum):
    IN = "IN"  # somebody called us
    OUT = "OUT"  # we called somebody: a delivery's attempt


@table(
    "desk_call",
    key="id",
    index=[
        ("org_id", "id"),
        ("caller", "id"),
        ("subject", "id"),
        ("protocol", "id"),
        ("endpoint", "id"),
        "request_id",
    ],
)
class Call(Row):
    """One call with its answer, secrets masked, bodies cut to an excerpt.

    `endpoint` is the path as declared, null when nobody declared it. `notes` is what the protocol learned:
    the decrypted view, the explanation of a refusal.
    """

    id: CallId
    at: Millis  # wire time
    business_at: Millis
    direction: Direction
    protocol: str
    method: str
    host: str
    path: str
    query: str
    endpoint: str | None
    caller: str  # an appid, mchid, corpid/agentid or user id; empty when nobody was recognised
    org_id: OrgId | None
    subject: str  # what it was about, e.g. "order:wx123"
    status: int | None  # null when there was no answer
    duration_us: int
    request_id: str
    delivery_id: int | None  # the delivery this was an attempt of
    request_headers: dict[str, str]
    request_body: str
    response_headers: dict[str, str]
    response_body: str
    response_fields: list[str]  # names at the top of a JSON answer, for the coverage record
    refusal: str  # why it was refused or did not arrive; empty when it did
    decrypted: str  # the open text of what travelled encrypted; empty when nothing did
    explanation: str  # a JSON object, empty when there is none
