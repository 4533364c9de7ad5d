"""OpenAPI documents from the declarations, and a page that shows them without leaving the house."""

import html
import re
from typing import Any

import msgspec

from hutong import __version__
from hutong.kernel.endpoints import PROTOCOLS, Endpoint, Protocol, Raw, Stream


def document(protocol: Protocol, *, production: bool) -> dict[str, Any]:
    """The OpenAPI 3.1 document of one protocol."""
    shown = [endpoint for endpoint in protocol.endpoints if not (production and endpoint.sandbox_only)]
    kinds = [
        kind
        for endpoint in shown
        for kind in (endpoint.request_type, _answer_type(endpoint))
        if kind is not None
    ]
    unique = [kind for kind in dict.fromkeys(kinds) if _describable(kind)]
    schemas, components = msgspec.json.schema_components(unique, ref_template="#/components/schemas/{name}")
    schema_of = dict(zip(unique, schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in shown:
        paths.setdefault(protocol.mount + endpoint.path, {})[endpoint.method.lower()] = _operation(
            endpoint, schema_of, components
        )
    return {
        "openapi": "3.1.0",
        "info": {"title": f"Hutong: {protocol.name}", "version": __version__},
        "paths": paths,
        "components": {"schemas": components},
    }


def _describable(kind: Any) -> bool:
    try:
        msgspec.json.schema_components([kind])
    except TypeError:
        return False
    return True


def _answer_type(endpoint: Endpoint) -> Any:
    kind = endpoint.response_type
    return None if kind in (None, type(None), Raw, Stream) else kind


def _operation(endpoint: Endpoint, schema_of: dict[Any, Any], components: dict[str, Any]) -> dict[str, Any]:
    doc = endpoint.doc.partition("\n")
    operation: dict[str, Any] = {
        "operationId": endpoint.name,
        "summary": doc[0],
        "description": doc[2].strip(),
        "responses": {"200": {"description": "OK"}},
        "x-caller": endpoint.caller_type.__name__,
    }
    answer = schema_of.get(_answer_type(endpoint))
    if answer is not None:
        operation["responses"]["200"]["content"] = {"application/json": {"schema": answer}}
    request = schema_of.get(endpoint.request_type)
    if request is None:
        return operation
    described = components.get(request.get("$ref", "").rpartition("/")[2], request)
    in_path = set(re.findall(r"\{([a-z_]+)\}", endpoint.path))
    fields = described.get("properties", {})
    in_query = set(fields) - in_path if endpoint.method in ("GET", "DELETE") else set()
    operation["parameters"] = [
        {
            "name": name,
            "in": "path" if name in in_path else "query",
            "required": name in in_path or name in described.get("required", []),
            "schema": field,
        }
        for name, field in fields.items()
        if name in in_path | in_query
    ]
    if endpoint.method not in ("GET", "DELETE"):
        operation["requestBody"] = {"content": {"application/json": {"schema": request}}}
    return operation


def page() -> bytes:
    """Every declared endpoint on one page, with links to the documents."""
    parts = [
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>",
        "<title>Hutong API</title><style>body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;",
        "padding:0 1rem;color:#1f2421;background:#f2f1ee}code{font-size:.9em}td{padding:.2rem .8rem .2rem 0;",
        "vertical-align:top}h2{margin-top:2rem}@media(prefers-color-scheme:dark){body{color:#e9e7e2;",
        "background:#141716}a{color:#8fb9dc}}</style><h1>胡同 Hutong API</h1>",
    ]
    for name, protocol in sorted(PROTOCOLS.items()):
        parts.append(
            f"<h2 id={name}>{name} <small>{html.escape(', '.join(protocol.hosts[:1]))} at {protocol.mount}"
            f" · <a href=/docs/{name}.json>OpenAPI</a></small></h2><table>"
        )
        for endpoint in protocol.endpoints:
            summary = html.escape(endpoint.doc.partition("\n")[0])
            path = html.escape(protocol.mount + endpoint.path)
            parts.append(f"<tr><td>{endpoint.method}<td><code>{path}</code><td>{summary}")
        parts.append("</table>")
    return "".join(parts).encode()
