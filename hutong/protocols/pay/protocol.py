"""What every endpoint of this protocol shares: the merchant by its signature, JSON, and our own signature."""

import functools
import re
import secrets
from collections.abc import Callable
from typing import Any

import msgspec

from hutong.domains.pay import keys, merchants
from hutong.domains.pay.errors import MERCHANT_NOT_FOUND, REPLAYED
from hutong.domains.pay.tables import KeyUse, MchId, Merchant, Trust
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.endpoints import Answer, Endpoint, HttpRequest, Nobody, Protocol, register
from hutong.kernel.errors import BAD_REQUEST, DomainError
from hutong.kernel.frozen import Frozen
from hutong.kernel.signing import ToSign

from . import errors, explain, signatures
from .signatures import SCHEME, Credentials, Failure

JSON = "application/json"
SHOWN_MESSAGE_CHARS = 1024
_MISSING = re.compile(r"missing required field `([a-zA-Z_0-9]+)`")
_AT = re.compile(r" - at `\$\.?([^`]*)`")
_STEP = re.compile(r"\[(?:\d+|\.\.\.)\]|\.")


class Caller(Frozen):
    """The merchant that signed the call, and what the answer needs to know of it."""

    merchant: Merchant
    trust: Trust  # how it will check our signature
    base_url: str
    replay_key: str

    @property
    def mchid(self) -> MchId:
        return self.merchant.mchid

    def require(self, mchid: str) -> None:
        """Raises MCHID_DIFFERS when the request speaks for another merchant than signed it."""
        if mchid != self.merchant.mchid:
            raise DomainError(errors.MCHID_DIFFERS, mchid=mchid)


class Pay(Protocol):
    """api.mch.weixin.qq.com and its other names."""

    hosts = (
        "api.mch.weixin.qq.com",
        "api2.mch.weixin.qq.com",
        "api.wechatpay.cn",
        "api2.wechatpay.cn",
        "apihk.mch.weixin.qq.com",
        "fraud.mch.weixin.qq.com",
    )

    def _describe(self, function: Callable[..., Any], *rest: Any) -> Endpoint:
        """A signed call that writes takes effect once: its nonce is spent in its own transaction."""
        endpoint = super()._describe(function, *rest)
        if not endpoint.writes or endpoint.caller_type is not Caller:
            return endpoint

        @functools.wraps(function)
        def once(tx: Tx, caller: Caller, *arguments: Any) -> Any:
            merchants.require_fresh(tx, caller.replay_key)
            result = function(tx, caller, *arguments)
            # Last, so that a call refused before it wrote anything stays one that wrote nothing.
            merchants.use_nonce(tx, caller.replay_key)
            return result

        return msgspec.structs.replace(endpoint, run=once)

    def authenticate(self, snapshot: Snapshot, http: HttpRequest, endpoint: Endpoint) -> Caller | Nobody:
        if endpoint.caller_type is Nobody:
            return Nobody()
        claimed = signatures.parse(http.headers.get("authorization"))
        if isinstance(claimed, Failure):
            raise DomainError(errors.SIGNATURE_REFUSED, failure=claimed)
        http.notes["caller"] = claimed.mchid
        merchant = merchants.find(snapshot, claimed.mchid)
        if merchant is None:
            raise DomainError(MERCHANT_NOT_FOUND, mchid=claimed.mchid)
        http.notes["org_id"] = merchant.org_id
        http.notes["trust"] = trust = _trust(http) or merchant.trust
        certificate = keys.find_certificate(snapshot, claimed.serial_no.upper())
        if (
            certificate is None
            or certificate.mchid != merchant.mchid
            or certificate.revoked
            or not certificate.effective_at <= snapshot.wire_now <= certificate.expires_at
        ):
            raise DomainError(errors.SERIAL_REFUSED, serial_no=claimed.serial_no)
        failure = signatures.failure(
            claimed,
            public_key=keys.public_key(certificate.certificate),
            method=http.method,
            target=_target(http),
            mount=self.mount,
            body=_signed_body(http),
            now_s=snapshot.wire_now // 1000,
        )
        if failure is not None:
            raise _signature_refused(http, claimed, failure, self.mount)
        return Caller(merchant, trust, http.base_url, claimed.replay_key)

    def decode(self, endpoint: Endpoint, http: HttpRequest) -> Any:
        try:
            req = super().decode(endpoint, http)
        except DomainError as error:
            if error.code is BAD_REQUEST:
                raise _field_invalid(error, http) from None
            raise
        _note_order(http, req)
        return req

    def encode(self, endpoint: Endpoint, http: HttpRequest, result: Any) -> Answer:
        _note_order(http, result)
        if result is None:
            return Answer(204, b"")
        answer = super().encode(endpoint, http, result)
        if answer.headers["content-type"].startswith(JSON):
            answer.headers["content-type"] = JSON
        return answer

    def refuse(self, http: HttpRequest, error: DomainError) -> Answer:
        if error.code is errors.SIGNATURE_REFUSED:
            published = (401, "SIGN_ERROR", errors.SIGNATURE_MESSAGES[error.details["failure"]])
        elif http.path.startswith("/v3/refund/") and error.code in errors.ERRORS_OF_REFUNDS:
            published = errors.ERRORS_OF_REFUNDS[error.code]
        else:
            published = errors.ERRORS.get(error.code) or errors.BY_KIND[error.code.kind]
        return _refusal(published, error.details.get("detail"))

    def broken(self, http: HttpRequest) -> Answer:
        return _refusal(errors.SYSTEM_ERROR)

    def unknown(self, http: HttpRequest, allowed: list[str]) -> Answer:
        if allowed:
            answer = _refusal(errors.WRONG_METHOD)
            answer.headers["allow"] = ", ".join(allowed)
            return answer
        http.notes["unknown"] = True
        return _refusal(errors.UNKNOWN_ADDRESS)

    def seal(self, snapshot: Snapshot, http: HttpRequest, answer: Answer) -> Answer:
        """Sign every answer but downloads, in the mode the caller asked for."""
        answer.headers["request-id"] = http.request_id
        if answer.chunks is not None:
            return answer
        trust = http.notes.get("trust") or _trust(http) or Trust.CERTIFICATE
        signer = keys.signer(snapshot, trust)
        if signer is None:
            return answer
        if "unknown" in http.notes and not snapshot.settings.production:
            hint = f"{http.method} {http.path} is not implemented here; `hutong coverage` lists what is."
            refusal = msgspec.json.decode(answer.body)
            answer.body = msgspec.json.encode({**refusal, "detail": {"hutong": hint}})
        timestamp, nonce = str(snapshot.wire_now // 1000), secrets.token_hex(16)
        key_id, key = signer
        answer.headers |= signed_headers(key_id, timestamp, nonce)
        answer.to_sign = ToSign(
            key,
            signatures.response_message(timestamp, nonce, answer.body),
            "wechatpay-signature",
        )
        return answer

    def explain(self, snapshot: Snapshot, http: HttpRequest, error: DomainError) -> dict[str, Any] | None:
        if error.code not in (
            errors.SIGNATURE_REFUSED,
            errors.SERIAL_REFUSED,
            MERCHANT_NOT_FOUND,
            REPLAYED,
        ):
            return None
        received = explain.Received(
            method=http.method,
            target=_target(http),
            authorization=http.headers.get("authorization"),
            body=_signed_body(http),
            whole_body=http.body if http.upload else None,
            host=http.host,
            mount=http.mount,
        )
        found = explain.explain_request(
            received,
            _keys_to_try(snapshot, http),
            now_s=snapshot.wire_now // 1000,
            replayed=error.code is REPLAYED,
        )
        return {
            "causes": list(found.causes),
            "zh": found.zh,
            "en": found.en,
            "built": found.built.decode("utf-8", "replace"),
            "fitting": None if found.fitting is None else found.fitting.decode("utf-8", "replace"),
            "diff": [{"kind": part.kind, "text": part.text} for part in found.diff],
        }


def signed_headers(key_id: str, timestamp: str, nonce: str) -> dict[str, str]:
    """The headers beside a signature of ours, on answers and notifications alike."""
    return {
        "wechatpay-timestamp": timestamp,
        "wechatpay-nonce": nonce,
        "wechatpay-serial": key_id,
        "wechatpay-signature-type": SCHEME,
    }


def _note_order(http: HttpRequest, said: Any) -> None:
    """Calls and notifications of one order carry one subject, so that the inspector shows them together."""
    if number := getattr(said, "out_trade_no", ""):
        http.notes["subject"] = f"order:{number}"


def _trust(http: HttpRequest) -> Trust | None:
    """What the caller says it trusts, by the name of the key."""
    named = http.headers.get("wechatpay-serial", "")
    if not named:
        return None
    return Trust.PUBLIC_KEY if named.startswith(keys.PUBLIC_KEY_ID) else Trust.CERTIFICATE


def _target(http: HttpRequest) -> str:
    return f"{http.raw_path}?{http.query_string}" if http.query_string else http.raw_path


def _signed_body(http: HttpRequest) -> bytes:
    """For an upload the text of `meta` alone is signed."""
    meta = http.upload.get("meta") if http.upload else None
    return meta.encode() if isinstance(meta, str) else http.body


def _signature_refused(http: HttpRequest, claimed: Credentials, failure: Failure, mount: str) -> DomainError:
    if failure is not Failure.SIGNATURE:
        return DomainError(errors.SIGNATURE_REFUSED, failure=failure)
    target = signatures.targets(_target(http), mount)[0]
    message = signatures.request_message(
        http.method, target, claimed.timestamp, claimed.nonce_str, _signed_body(http)
    )
    detail = {
        "field": "signature",
        "issue": "sign not match",
        "location": "authorization",
        "sign_information": {
            "method": http.method,
            "url": target,
            "truncated_sign_message": message[:SHOWN_MESSAGE_CHARS].decode("utf-8", "replace"),
            "sign_message_length": len(message),
        },
    }
    return DomainError(errors.SIGNATURE_REFUSED, failure=failure, detail=detail)


def _field_invalid(error: DomainError, http: HttpRequest) -> DomainError:
    """The published way to say which field is wrong: a path and a place."""
    reason = str(error.details.get("reason", ""))
    at = _AT.search(reason)
    steps = [step for step in _STEP.split(at[1]) if step] if at else []
    if (missing := _MISSING.search(reason)) is not None:
        steps.append(missing[1])
    elif field := error.details.get("field"):
        steps.append(str(field))
    issue = "缺少必填字段" if missing else reason.split(" - at ")[0]
    detail = {
        "field": "/" + "/".join(steps),
        "issue": issue[:200],
        "location": "body" if http.method in ("POST", "PUT", "PATCH") else "query",
    }
    return DomainError(errors.FIELD_INVALID, detail=detail)


def _refusal(published: errors.Published, detail: dict[str, Any] | None = None) -> Answer:
    status, code, message = published
    body: dict[str, Any] = {"code": code, "message": message}
    if detail is not None:
        body["detail"] = detail
    return Answer(status, msgspec.json.encode(body), {"content-type": JSON})


def _keys_to_try(snapshot: Snapshot, http: HttpRequest) -> list[explain.Key]:
    """Who may have signed: the merchant named, its neighbours, the owner of the serial named, and we ourselves."""
    claimed = signatures.parse(http.headers.get("authorization"))
    tried: dict[str, explain.Key] = {}
    if isinstance(claimed, Credentials):
        candidates = keys.certificates_of(snapshot, MchId(claimed.mchid))
        if (org_id := http.notes.get("org_id")) is not None:
            candidates += keys.certificates_of_organisation(snapshot, org_id)
        named = keys.find_certificate(snapshot, claimed.serial_no.upper())
        for certificate in [*candidates, *([named] if named else [])]:
            tried[certificate.serial_no] = explain.Key(
                keys.public_key(certificate.certificate), certificate.serial_no, certificate.mchid
            )
    for use in (KeyUse.CERTIFICATE, KeyUse.PUBLIC_KEY):
        if (key := keys.current(snapshot, use)) is not None:
            tried[key.id] = explain.Key(keys.public_key(key.public_part), key.id)
    return list(tried.values())


pay = Pay("pay", mount="/pay")
register(pay)
