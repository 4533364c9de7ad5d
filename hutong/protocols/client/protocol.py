"""What every endpoint of the client protocol shares: bearer tokens, JSON, and one shape of refusal.

`{"error": {"code": "chat.not_a_member", "message": "…", "details": {…}}}` with a status by kind. An endpoint
may *return* a DomainError instead of raising it: the answer is the same, and what it wrote is kept.
"""

import hmac
from typing import Any

import msgspec

from hutong.domains.desk.errors import BUILDERS_ONLY
from hutong.domains.identity import sessions
from hutong.domains.identity.errors import SIGNED_OUT
from hutong.domains.identity.tables import SessionId, UserId
from hutong.domains.miniapp import devices
from hutong.domains.miniapp.tables import DeviceId
from hutong.kernel.db import Snapshot
from hutong.kernel.endpoints import Answer, Endpoint, HttpRequest, Nobody, Protocol, register
from hutong.kernel.errors import DomainError
from hutong.kernel.frozen import Frozen
from hutong.kernel.settings import Settings

from .errors import STATUS, STATUS_OF

JSON = "application/json; charset=utf-8"
LOOPBACK = ("localhost", "127.0.0.1", "::1")


class Visitor(Frozen):
    """Whoever opens programs: a person, or a device for its guest. `log_id` is whose update log it hears."""

    user_id: UserId
    session_id: SessionId
    log_id: int


class Person(Visitor):
    """The signed-in caller."""


class Device(Visitor):
    """A device, by its ticket. It is nobody: what is for persons refuses it."""

    device_id: DeviceId


class Builder(Frozen):
    """Whoever runs this sandbox: the caller of the desk."""


class Client(Protocol):
    """Our own clients' host, mounted at /api."""

    def authenticate(
        self, snapshot: Snapshot, http: HttpRequest, endpoint: Endpoint
    ) -> Visitor | Builder | Nobody:
        if endpoint.caller_type is Nobody:
            return Nobody()
        if endpoint.caller_type is Builder:
            return _builder(snapshot.context.settings.admin_token, http)
        scheme, _, token = http.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise DomainError(SIGNED_OUT)
        visitor = recognise(snapshot, token.strip())
        if not isinstance(visitor, endpoint.caller_type):
            raise DomainError(SIGNED_OUT)
        http.notes["caller"] = f"user:{visitor.user_id}"
        return visitor

    def encode(self, endpoint: Endpoint, http: HttpRequest, result: Any) -> Answer:
        if isinstance(result, DomainError):
            return self.refuse(http, result)
        if isinstance(result, Answer):
            return result
        if result is None:
            return Answer(204, b"")
        if endpoint.caller_type is Nobody and (user_id := getattr(result, "user_id", "")):
            http.notes["caller"] = f"user:{user_id}"  # who has just signed in
        if number := getattr(result, "out_trade_no", ""):  # the inspector shows an order's calls together
            http.notes["subject"] = f"order:{number}"
        return super().encode(endpoint, http, result)

    def refuse(self, http: HttpRequest, error: DomainError) -> Answer:
        code = error.code
        headers = {"content-type": JSON}
        status = STATUS_OF.get(code) or STATUS[code.kind]
        if status == 401:
            headers["www-authenticate"] = "Bearer"
        if (wait_ms := error.details.get("retry_after_ms")) is not None:
            headers["retry-after"] = str(-(-int(wait_ms) // 1000))
        return Answer(status, _error(code.code, code.message, error.details), headers)

    def broken(self, http: HttpRequest) -> Answer:
        return Answer(
            500,
            _error("client.broken", "Something broke on our side.", {"request_id": http.request_id}),
            {"content-type": JSON},
        )

    def unknown(self, http: HttpRequest, allowed: list[str]) -> Answer:
        if allowed:
            body = _error("client.method_not_allowed", "This address takes other methods.", {})
            return Answer(405, body, {"content-type": JSON, "allow": ", ".join(allowed)})
        return Answer(
            404,
            _error("client.no_such_address", "There is nothing at this address.", {}),
            {"content-type": JSON},
        )

    def finish(self, settings: Settings, http: HttpRequest, answer: Answer) -> Answer:
        answer.headers.setdefault("cache-control", "no-store")
        answer.headers.setdefault("x-content-type-options", "nosniff")
        return answer


def recognise(snapshot: Snapshot, token: str) -> Visitor:
    """Who speaks by a bearer token. Raises SIGNED_OUT."""
    if token.startswith(devices.TICKET_PREFIX):
        device = devices.authenticate(snapshot, token)
        return Device(device.guest_id, SessionId(device.id), device.id, device.id)
    session = sessions.authenticate(snapshot, token)
    return Person(session.user_id, session.id, session.user_id)


def _builder(admin_token: str, http: HttpRequest) -> Builder:
    """With an admin token, whoever holds it. Without one, this machine only, and no page of another site."""
    if admin_token:
        scheme, _, token = http.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not hmac.compare_digest(
            token.strip().encode(), admin_token.encode()
        ):
            raise DomainError(BUILDERS_ONLY)
        return Builder()
    origin = http.headers.get("origin")
    foreign = origin is not None and origin.partition("://")[2] != http.host
    if foreign or http.client not in LOOPBACK or _name(http.host) not in LOOPBACK:
        raise DomainError(BUILDERS_ONLY)
    return Builder()


def _name(host: str) -> str:
    return host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]


def _error(code: str, message: str, details: dict[str, Any]) -> bytes:
    return msgspec.json.encode(
        {"error": {"code": code, "message": message, "details": details}}, enc_hook=str
    )


client = register(Client("client", mount="/api"))

__all__ = ["Builder", "Device", "Nobody", "Person", "Visitor", "client"]
