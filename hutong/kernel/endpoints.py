"""Endpoints: a published request, declared once, becomes one function call in one transaction.

The signature of the function is the contract. `Tx` first means it runs in the writer, `Snapshot` that it
reads; the second parameter is the authenticated caller; the third gathers path, query and body into one
type; a fourth receives what `prepare` made. One `Protocol` object per host owns what its endpoints share:
who is asking, how a body is read, how an answer and a refusal look. Everything here is synchronous; the
server supplies threads, sockets and commits.
"""

import functools
import inspect
import operator
import re
import types
import typing
from collections.abc import AsyncIterable, Callable, Iterable
from typing import Annotated, Any, TypeVar
from urllib.parse import parse_qsl

import msgspec
from msgspec import Meta

from .clock import Millis
from .db import Snapshot, Tx
from .errors import BAD_REQUEST, DomainError
from .frozen import Frozen
from .settings import Settings
from .signing import ToSign

Int64 = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
Natural = Annotated[int, Meta(ge=0, le=2**63 - 1)]
"""Every integer of a request has bounds, as a test sees to: msgspec lets through what no database takes."""
Id = Annotated[str, Meta(pattern=r"^(0|[1-9][0-9]{0,17}|[1-8][0-9]{18})\Z")]
"""An id of ours on the wire: a decimal string that fits 63 bits."""

JSON_BODY_BYTES = 1024 * 1024
UPLOAD_BODY_BYTES = 22 * 1024 * 1024


class Request(Frozen):
    """Base of what an endpoint accepts. Unknown fields are ignored, as the published servers do."""


class Response(Frozen):
    """Base of what an endpoint answers."""


class Upload(Frozen):
    """A file part of a multipart body."""

    filename: str
    content_type: str
    content: bytes


class Nobody(Frozen):
    """The caller of an endpoint that asks for no credentials."""


class Stream(Frozen):
    """An answer in pieces: a bill or a file. `chunks` is read outside the transaction; a server action may give
    some that come by and by.
    """

    chunks: Iterable[bytes] | AsyncIterable[bytes]
    content_type: str = "application/octet-stream"
    status: int = 200
    headers: dict[str, str] = {}


class Raw(Frozen):
    """An answer whose bytes the endpoint made itself (an image, XML, the word success)."""

    body: bytes
    content_type: str
    status: int = 200
    headers: dict[str, str] = {}


class HttpRequest(msgspec.Struct):
    """A call as it arrived. Header names are lower case; `path` has no mount, `raw_path` is as sent."""

    method: str
    path: str
    raw_path: str
    query_string: str
    headers: dict[str, str]
    body: bytes
    mount: str  # "/pay" when reached by mount, "" by host name
    host: str
    scheme: str
    client: str
    received_at: Millis  # wire time
    request_id: str
    peer_certificate: bytes | None = None  # DER, when the TLS handshake brought one
    path_params: dict[str, str] = {}
    upload: dict[str, Any] = {}  # fields and Uploads of a multipart body, parsed by the server
    notes: dict[str, Any] = {}  # what the protocol wants the inspector to know: caller, order, explanation

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(self.query_string, keep_blank_values=True))

    @property
    def base_url(self) -> str:
        """Scheme, host and mount the caller used: every URL in an answer starts with it."""
        return f"{self.scheme}://{self.host}{self.mount}"


class Answer(msgspec.Struct):
    """A finished answer, but for its signature."""

    status: int
    body: bytes
    headers: dict[str, str] = {}
    to_sign: ToSign | None = None
    chunks: Iterable[bytes] | AsyncIterable[bytes] | None = None


class Endpoint(Frozen):
    """One declared endpoint."""

    protocol: "Protocol"
    method: str
    path: str
    run: Callable[..., Any]
    name: str
    doc: str
    source: str | None  # the published page in the protocol's catalogue
    writes: bool
    caller_type: type
    request_type: type | None
    response_type: Any
    prepare: Callable[..., Any] | None
    max_body_bytes: int
    sandbox_only: bool
    path_fields: tuple[str, ...]
    field_types: dict[str, Any]
    texts: frozenset[str]  # the fields that take what a path or query says as it is
    takes_http: bool
    then: str | None  # a server action awaited after the commit and before the answer


F = TypeVar("F", bound=Callable[..., Any])
_Pattern = tuple[int, re.Pattern[str], Endpoint]  # its place among the declared, and what it is
_order = operator.itemgetter(0)
_BRACES = re.compile(r"\{([a-z_]+)\}")


class Protocol:
    """One published host: its endpoints and what they share. Subclass it once per protocol."""

    hosts: tuple[str, ...] = ()
    exceptions: tuple[type[Exception], ...] = ()

    def __init__(self, name: str, *, mount: str) -> None:
        self.name = name
        self.mount = mount
        self.endpoints: list[Endpoint] = []
        self._static: dict[tuple[str, str], Endpoint] = {}
        self._patterns: dict[tuple[str, int, str, str], list[_Pattern]] = {}
        self._known_paths: set[str] = set()

    # ── declaring ──────────────────────────────────────────────────────────────────────────────────────

    def get(self, path: str, **options: Any) -> Callable[[F], F]:
        return self.route("GET", path, **options)

    def post(self, path: str, **options: Any) -> Callable[[F], F]:
        return self.route("POST", path, **options)

    def put(self, path: str, **options: Any) -> Callable[[F], F]:
        return self.route("PUT", path, **options)

    def patch(self, path: str, **options: Any) -> Callable[[F], F]:
        return self.route("PATCH", path, **options)

    def delete(self, path: str, **options: Any) -> Callable[[F], F]:
        return self.route("DELETE", path, **options)

    def route(
        self,
        method: str,
        path: str,
        *,
        source: str | None = None,
        prepare: Callable[..., Any] | None = None,
        max_body_bytes: int = JSON_BODY_BYTES,
        sandbox_only: bool = False,
        then: str | None = None,
        answer: type | None = None,
    ) -> Callable[[F], F]:
        """Declare an endpoint. See the module's first lines for what the function's signature means.

        `prepare(snapshot, caller, req)` is for slow work (over a millisecond); it runs in a thread before the
        transaction. `sandbox_only` endpoints answer 404 in production.
        `then` names a server action that takes the function's result after the commit and gives the answer
        (turning the clock, for one): what a transaction cannot do. `answer` is then the type it gives.
        """

        def declare(function: F) -> F:
            endpoint = self._describe(
                function, method, path, source, prepare, max_body_bytes, sandbox_only, then
            )
            if answer is not None:
                endpoint = msgspec.structs.replace(endpoint, response_type=answer)
            if "{" in path:
                pattern = re.compile(_BRACES.sub(r"(?P<\1>[^/]+)", path) + r"\Z")
                steps = ["" if "{" in step else step for step in path.split("/")]
                named = (method, len(steps), steps[1], steps[-1])
                self._patterns.setdefault(named, []).append((len(self.endpoints), pattern, endpoint))
            else:
                if (method, path) in self._static:
                    raise ValueError(f"{method} {path} is declared twice")
                self._static[method, path] = endpoint
                self._known_paths.add(path)
            self.endpoints.append(endpoint)
            return function

        return declare

    def _describe(
        self,
        function: Callable[..., Any],
        method: str,
        path: str,
        source: str | None,
        prepare: Callable[..., Any] | None,
        max_body_bytes: int,
        sandbox_only: bool,
        then: str | None,
    ) -> Endpoint:
        hints = typing.get_type_hints(function, include_extras=True)
        parameters = list(inspect.signature(function).parameters)
        kinds = [hints[name] for name in parameters]
        if len(kinds) < 2 or kinds[0] not in (Tx, Snapshot):
            raise TypeError(
                f"{function.__qualname__}: the first parameters are Tx or Snapshot, then the caller"
            )
        request_type = kinds[2] if len(kinds) > 2 else None
        takes_http = request_type is HttpRequest
        field_types: dict[str, Any] = {}
        if request_type is not None and not takes_http:
            field_types = typing.get_type_hints(request_type, include_extras=True)
        path_fields = tuple(_BRACES.findall(path))
        if not takes_http and (missing := set(path_fields) - set(field_types)):
            raise TypeError(f"{function.__qualname__}: the path's {missing} is no field of the request")
        return Endpoint(
            protocol=self,
            method=method,
            path=path,
            run=function,
            name=function.__name__,
            doc=inspect.getdoc(function) or "",
            source=source,
            writes=kinds[0] is Tx,
            caller_type=kinds[1],
            request_type=request_type,
            response_type=_without_refusals(hints.get("return")),
            prepare=prepare,
            max_body_bytes=max_body_bytes,
            sandbox_only=sandbox_only,
            path_fields=path_fields,
            field_types=field_types,
            texts=frozenset(name for name, kind in field_types.items() if _is_text(kind)),
            takes_http=takes_http,
            then=then,
        )

    # ── matching and reading ───────────────────────────────────────────────────────────────────────────

    def match(self, method: str, path: str) -> tuple[Endpoint, dict[str, str]] | None:
        """The endpoint for a method and path, with the values in its braces."""
        endpoint = self._static.get((method, path))
        if endpoint is not None:
            return endpoint, {}
        for _, pattern, candidate in self._candidates(method, path):
            found = pattern.match(path)
            if found is not None:
                return candidate, found.groupdict()
        return None

    def _candidates(self, method: str, path: str) -> "list[_Pattern]":
        """The patterns with as many steps, the same first and the same last one or braces there, as declared."""
        steps = path.split("/")
        size, first, last = len(steps), steps[1] if len(steps) > 1 else "", steps[-1]
        by_steps = self._patterns.get
        found = by_steps((method, size, first, last)) if last else None
        for named in ((method, size, first, ""), (method, size, "", last), (method, size, "", "")):
            if (more := by_steps(named)) is not None and more is not found:
                found = more if found is None else sorted([*found, *more], key=_order)
        return found or []

    def methods(self, path: str, *, production: bool = False) -> list[str]:
        """The methods a path answers to, for 405; in production, those of a sandbox do not count."""
        found = [endpoint for (_, static), endpoint in self._static.items() if static == path]
        for patterns in self._patterns.values():
            found += [endpoint for _, pattern, endpoint in patterns if pattern.match(path)]
        return sorted({each.method for each in found if not (production and each.sandbox_only)})

    def decode(self, endpoint: Endpoint, http: HttpRequest) -> Any:
        """Path, query and JSON or multipart body as the request type. Raises DomainError(BAD_REQUEST)."""
        if endpoint.request_type is None:
            return None
        if endpoint.takes_http:
            return http
        query = http.query if http.query_string else {}
        strings = {**query, **http.path_params}
        body: Any = {}
        try:
            if http.upload:
                body = http.upload
                texts = {name: value for name, value in body.items() if isinstance(value, str)}
                strings = {**texts, **strings}
            elif http.body and endpoint.method != "GET":
                if b"\x00" in http.body or b"\\u0000" in http.body:
                    raise DomainError(BAD_REQUEST, reason="the body contains NUL")
                http.body.decode()  # msgspec passes over the text of fields it does not know
                if not any(name in endpoint.field_types for name in strings):
                    return msgspec.json.decode(http.body, type=endpoint.request_type)
                body = msgspec.json.decode(http.body)
                if not isinstance(body, dict):
                    raise DomainError(BAD_REQUEST, reason="the body is not a JSON object")
            merged = dict(body)
            for name, text in strings.items():
                kind = endpoint.field_types.get(name)
                if kind is None or (name in merged and name not in http.path_params and not http.upload):
                    continue
                if "\x00" in text:
                    raise DomainError(BAD_REQUEST, field=name, reason="contains NUL")
                merged[name] = text if name in endpoint.texts else msgspec.convert(text, kind, strict=False)
            return msgspec.convert(merged, endpoint.request_type)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise DomainError(BAD_REQUEST, reason=str(error)[:300]) from None

    # ── what each protocol says for itself ─────────────────────────────────────────────────────────────

    def authenticate(self, snapshot: Snapshot, http: HttpRequest, endpoint: Endpoint) -> Any:
        """The caller, of `endpoint.caller_type`. Raises DomainError when it is nobody we know."""
        raise NotImplementedError

    def encode(self, endpoint: Endpoint, http: HttpRequest, result: Any) -> Answer:
        """The published answer for what the function returned."""
        if isinstance(result, Raw):
            return Answer(result.status, result.body, {"content-type": result.content_type, **result.headers})
        if isinstance(result, Stream):
            headers = {"content-type": result.content_type, **result.headers}
            return Answer(result.status, b"", headers, chunks=result.chunks)
        return Answer(200, msgspec.json.encode(result), {"content-type": "application/json; charset=utf-8"})

    def refuse(self, http: HttpRequest, error: DomainError) -> Answer:
        """The published answer for a refusal."""
        raise NotImplementedError

    def broken(self, http: HttpRequest) -> Answer:
        """The published system error, when our own assumption broke."""
        raise NotImplementedError

    def unknown(self, http: HttpRequest, allowed: list[str]) -> Answer:
        """The published answer for a path nobody declared, or one declared for other methods."""
        raise NotImplementedError

    def finish(self, settings: Settings, http: HttpRequest, answer: Answer) -> Answer:
        """Last touch on every answer, refusals included."""
        return answer

    def seal(self, snapshot: Snapshot, http: HttpRequest, answer: Answer) -> Answer:
        """Where answers are signed: what this one needs for it, once it is finished."""
        return answer

    def explain(self, snapshot: Snapshot, http: HttpRequest, error: DomainError) -> dict[str, Any] | None:
        """Why a call was refused, for the inspector only: builders see the likely cause and the byte diff."""
        return None


def _without_refusals(kind: Any) -> Any:
    """The answer's type. `Signed | DomainError` says that a refusal may be returned, so that writes are kept."""
    if typing.get_origin(kind) in (typing.Union, types.UnionType):
        members = [member for member in typing.get_args(kind) if member is not DomainError]
        return functools.reduce(operator.or_, members)
    return kind


def _is_text(kind: Any) -> bool:
    while True:
        if isinstance(kind, typing.NewType):
            kind = kind.__supertype__
        elif typing.get_origin(kind) is Annotated:
            kind = typing.get_args(kind)[0]
        elif typing.get_origin(kind) in (typing.Union, types.UnionType):
            members = [member for member in typing.get_args(kind) if member is not type(None)]
            if len(members) != 1:
                return False
            kind = members[0]
        else:
            return kind is str or (isinstance(kind, type) and issubclass(kind, str))


PROTOCOLS: dict[str, Protocol] = {}


def register(protocol: Protocol) -> Protocol:
    """Make a protocol known to the server."""
    PROTOCOLS[protocol.name] = protocol
    return protocol
