"""The inspector: the newest calls, in and out, as a builder reads them."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from urllib.parse import urlsplit

import msgspec

from hutong.domains.apps import apps
from hutong.domains.apps.tables import OrgId
from hutong.domains.pay import merchants
from hutong.domains.work import corps
from hutong.kernel.clock import Millis
from hutong.kernel.db import Snapshot, Tx

from .tables import Call, CallId, Direction

EXCERPT_BYTES = 64 * 1024
PAGE = 100
PRUNED_AT_ONCE = 500
FIELDS = 200

MASK = "***"
_SECRET_NAMES = (
    "password|new_password|old_password|pin|new_pin|pay_pin|secret|appsecret|corpsecret|component_appsecret"
    "|access_token|refresh_token|token|session_key|api_v2_key|api_v3_key|encoding_aes_key|private_key"
)
_IN_JSON = re.compile(rf'("(?:{_SECRET_NAMES})"\s*:\s*")((?:[^"\\]|\\.)*)(")', re.IGNORECASE)
_IN_FORM = re.compile(rf"((?:^|[&?])(?:{_SECRET_NAMES}|sig)=)([^&]*)", re.IGNORECASE)
_IN_PART = re.compile(rf'(name="(?:{_SECRET_NAMES})"\r?\n\r?\n)(.*?)(\r?\n--)', re.IGNORECASE | re.DOTALL)
_read_fields = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_SECRET_HEADERS = {"cookie", "set-cookie", "proxy-authorization", "x-hutong-admin"}


class Seen(Protocol):
    """A call as the server saw it: headers and bodies as they travelled, and the protocol's notes.

    `notes` may say caller (or owner), org_id, subject (or order), refusal, decrypted (or payload) and explanation.
    The path of a call out is the whole URL.
    """

    @property
    def direction(self) -> str: ...
    @property
    def protocol(self) -> str: ...
    @property
    def method(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def query_string(self) -> str: ...
    @property
    def endpoint(self) -> str: ...
    @property
    def status(self) -> int: ...
    @property
    def at(self) -> int: ...
    @property
    def business_at(self) -> int: ...
    @property
    def duration_us(self) -> int: ...
    @property
    def request_id(self) -> str: ...
    @property
    def request_headers(self) -> dict[str, str]: ...
    @property
    def request_body(self) -> bytes: ...
    @property
    def response_headers(self) -> dict[str, str]: ...
    @property
    def response_body(self) -> bytes: ...
    @property
    def notes(self) -> dict[str, Any]: ...
    @property
    def delivery_id(self) -> int | None: ...
    @property
    def error(self) -> str | None: ...


def record(tx: Tx, seen: Sequence[Seen]) -> None:
    """Keep a batch of calls, and forget as many of the oldest beyond what the settings allow."""
    owners = _organisations(tx, {str(one.notes.get("owner")) for one in seen if one.notes.get("owner")})
    calls = [_kept(tx.new_id(), one, owners) for one in seen]
    tx.insert_all(calls)
    prune(tx, keep=tx.context.settings.inspector_entries)


def _organisations(snapshot: Snapshot, owners: set[str]) -> dict[str, OrgId]:
    """Whose callbacks these are: an owner is an appid, a mchid or a corpid."""
    found = {appid: app.org_id for appid, app in apps.many(snapshot, owners).items()}
    for owner in owners - set(found):
        if (merchant := merchants.find(snapshot, owner)) is not None:
            found[owner] = merchant.org_id
        elif (corp := corps.find(snapshot, owner)) is not None:
            found[owner] = corp.org_id
    return found


def _kept(call_id: int, seen: Seen, owners: Mapping[str, OrgId]) -> Call:
    notes = seen.notes
    explanation, decrypted = notes.get("explanation"), notes.get("decrypted", notes.get("payload"))
    host, path, query = seen.request_headers.get("host", ""), seen.path, seen.query_string
    if seen.direction == "out":
        url = urlsplit(path)
        host, path, query = url.netloc.rpartition("@")[2], url.path or "/", url.query
    return Call(
        id=CallId(call_id),
        at=Millis(seen.at),
        business_at=Millis(seen.business_at),
        direction=Direction(seen.direction.upper()),
        protocol=seen.protocol,
        method=seen.method,
        host=_clean(host)[:255],
        path=_clean(path)[:2048],
        query=mask(_clean(query))[:4096],
        endpoint=seen.endpoint or None,
        caller=_clean(str(notes.get("caller") or notes.get("owner") or ""))[:255],
        org_id=notes.get("org_id") or owners.get(str(notes.get("owner"))),
        subject=_clean(str(notes.get("subject") or notes.get("order") or ""))[:255],
        status=seen.status or None,
        duration_us=seen.duration_us,
        request_id=seen.request_id,
        delivery_id=seen.delivery_id,
        request_headers=_headers(seen.request_headers),
        request_body=_body(seen.request_body),
        response_headers=_headers(seen.response_headers),
        response_body=_body(seen.response_body),
        response_fields=_fields(seen.response_body),
        refusal=_clean(str(seen.error or notes.get("refusal") or ""))[:500],
        decrypted="" if decrypted is None else mask(_clean(_text(decrypted)))[:EXCERPT_BYTES],
        explanation="" if explanation is None else _clean(_text(explanation))[:EXCERPT_BYTES],
    )


def mask(text: str) -> str:
    """The text without the secrets the published protocols and ours carry in JSON, forms and queries."""
    text = _IN_JSON.sub(rf"\g<1>{MASK}\g<3>", text)
    text = _IN_FORM.sub(rf"\g<1>{MASK}", text)
    return _IN_PART.sub(rf"\g<1>{MASK}\g<3>", text)


def prune(tx: Tx, *, keep: int) -> int:
    """Forget the oldest calls beyond `keep`, some at a time; the number forgotten, 0 when done."""
    last = tx.value("select id from desk_call order by id desc limit 1 offset :keep", keep=keep)
    if last is None:
        return 0
    return tx.run(
        "delete from desk_call where id in (select id from desk_call where id <= :last order by id limit :limit)",
        last=last,
        limit=PRUNED_AT_ONCE,
    )


def get(snapshot: Snapshot, call_id: CallId) -> Call:
    """Raises kernel.not_found."""
    return snapshot.get(Call, id=call_id)


def list_(
    snapshot: Snapshot,
    *,
    before: int | None = None,
    after: int | None = None,
    limit: int = PAGE,
    org_id: OrgId | None = None,
    caller: str = "",
    subject: str = "",
    protocol: str = "",
    endpoint: str = "",
    direction: Direction | None = None,
    request_id: str = "",
    refused: bool = False,
) -> list[Call]:
    """Calls that fit every filter given: newest first before an id, or oldest first after one."""
    conditions = ["id > :after" if after is not None else "id < :before"]
    for name, value in (
        ("org_id", org_id),
        ("caller", caller),
        ("subject", subject),
        ("protocol", protocol),
        ("endpoint", endpoint),
        ("direction", direction),
        ("request_id", request_id),
    ):
        if value:
            conditions.append(f"{name} = :{name}")
    if refused:
        conditions.append("refusal <> ''")
    order = "id" if after is not None else "id desc"
    return snapshot.all(
        Call,
        f"where {' and '.join(conditions)} order by {order} limit :limit",
        after=after,
        before=2**63 - 1 if before is None else before,
        org_id=org_id,
        caller=caller,
        subject=subject,
        protocol=protocol,
        endpoint=endpoint,
        direction=direction.value if direction else "",
        request_id=request_id,
        limit=min(limit, PAGE),
    )


def unknown_paths(snapshot: Snapshot, *, limit: int = PAGE) -> list[tuple[str, str, str, int]]:
    """Protocol, method, path and number of the kept calls nobody answers, most asked for first."""
    found = snapshot.rows(
        "select protocol, method, path, count(*) from desk_call where endpoint is null and direction = 'IN'"
        " group by protocol, method, path order by count(*) desc, path limit :limit",
        limit=limit,
    )
    return [(protocol, method, path, number) for protocol, method, path, number in found]


def _headers(headers: Mapping[str, str]) -> dict[str, str]:
    shown: dict[str, str] = {}
    for name, value in list(headers.items())[:100]:
        lower = name.lower()
        if lower in _SECRET_HEADERS or (
            lower == "authorization" and value[:7].lower() in ("bearer ", "basic ")
        ):
            value = value.partition(" ")[0] + " " + MASK if lower == "authorization" else MASK
        shown[lower] = _clean(value)[:4096]
    return shown


def _body(body: bytes) -> str:
    excerpt = body[:EXCERPT_BYTES]
    text = excerpt.decode("utf-8", "replace")
    if text.count("\ufffd") > len(text) // 20:
        return f"({len(body)} bytes)"
    return mask(_clean(text))


def _fields(body: bytes) -> list[str]:
    if not body.startswith(b"{") or len(body) > EXCERPT_BYTES:
        return []
    try:
        return list(_read_fields(body))[:FIELDS]
    except (msgspec.DecodeError, UnicodeDecodeError):
        return []


def _clean(text: str) -> str:
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
