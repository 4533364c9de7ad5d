"""What a mini program's frame is served: its document under one policy, the runtime, and packages by hash."""

import asyncio
import mimetypes
import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from hutong.domains.miniapp import packages
from hutong.kernel.blobs import Blobs
from hutong.kernel.endpoints import Answer

if TYPE_CHECKING:
    from .app import App

RUNTIME = Path(__file__).parent.parent / "runtime"
IMMUTABLE = "public, max-age=31536000, immutable"
PART = re.compile(r"part-[a-z-]+\.[0-9a-f]{12}\.js")
MISSING = Answer(404, b"not found", {"content-type": "text/plain"})
# Frames have no origin of their own: fonts and scripts of theirs are cross-origin even from here.
COMMON = {"x-content-type-options": "nosniff", "access-control-allow-origin": "*"}


async def serve(app: "App", path: str, headers: dict[str, str]) -> Answer:
    """GET below /run/. `headers` are the request's, names in lower case."""
    name = path.removeprefix("/run/")
    if name in ("frame.html", "frame.js") or PART.fullmatch(name):
        return await asyncio.to_thread(_runtime, name)
    content_hash, _, file = name.partition("/")
    if app.devtools is not None:
        if name in ("frame-dev.html", "frame-dev.js"):
            return await asyncio.to_thread(_runtime, name)
        if content_hash.startswith("dev-"):
            body = app.devtools.file(content_hash.removeprefix("dev-"), file)
            return MISSING if body is None else Answer(200, body, _headers(file, "no-store"))
    try:
        return await asyncio.to_thread(_packaged, app.store.context.blobs, content_hash, file, headers)
    except FileNotFoundError:
        return MISSING


def _runtime(name: str) -> Answer:
    try:
        body = (RUNTIME / name).read_bytes()
        policy = (RUNTIME / ("frame-dev.policy" if name == "frame-dev.html" else "frame.policy")).read_text()
    except FileNotFoundError:
        if PART.fullmatch(name):
            return MISSING
        return Answer(503, b"The runtime is not built. scripts/up builds it.", {"content-type": "text/plain"})
    if name.endswith(".js"):
        cached = IMMUTABLE if PART.fullmatch(name) else "no-cache"
        headers = {"content-type": "text/javascript; charset=utf-8", "cache-control": cached}
    else:
        headers = {
            "content-type": "text/html; charset=utf-8",
            "cache-control": "no-cache",
            "content-security-policy": policy,
            "permissions-policy": "camera=(), microphone=(), geolocation=(), clipboard-read=(), usb=(), serial=()",
            "referrer-policy": "no-referrer",
        }
    return Answer(200, body, headers | COMMON)


@lru_cache(maxsize=128)
def _index(blobs: Blobs, content_hash: str) -> packages.Index:
    return packages.index(blobs, content_hash)


def _accepted(headers: dict[str, str]) -> set[str]:
    """The encodings the caller takes."""
    found = set()
    for part in headers.get("accept-encoding", "").split(","):
        name, _, weight = part.partition(";")
        if weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000"):
            found.add(name.strip().lower())
    return found


def _packaged(blobs: Blobs, content_hash: str, file: str, asked: dict[str, str]) -> Answer:
    index = _index(blobs, content_hash)
    digest = index.files.get(file)
    if digest is None:
        return MISSING
    etag = f'"{digest}"'
    encoded = index.encoded.get(file, {})
    encoding = next((name for name in encoded if name in _accepted(asked)), None)
    if encoding is not None:
        digest, etag = encoded[encoding], f'"{digest}-{encoding}"'
    headers = _headers(file, IMMUTABLE) | {"etag": etag}
    if encoded:
        headers["vary"] = "accept-encoding"
    if encoding is not None:
        headers["content-encoding"] = encoding
    if etag in (known.strip() for known in asked.get("if-none-match", "").split(",")):
        return Answer(304, b"", headers)
    return Answer(200, blobs.get(digest), headers)


def _headers(file: str, cached: str) -> dict[str, str]:
    """Of an artifact."""
    kind = mimetypes.guess_type(file)[0] or "application/octet-stream"
    if file.endswith(".js"):
        kind = "text/javascript"
    charset = "; charset=utf-8" if kind.startswith("text/") or kind.endswith("json") else ""
    # A picture may be an SVG with a script in it: opened by itself it must be nobody's document.
    return {
        "content-type": kind + charset,
        "cache-control": cached,
        "content-security-policy": "sandbox",
    } | COMMON
