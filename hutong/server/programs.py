"""What a mini program's frame is served: its document under one policy, the runtime, and packages by hash."""

import asyncio
import mimetypes
import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from hutong.domains.miniapp import domains, packages
from hutong.kernel.blobs import Blobs
from hutong.kernel.endpoints import Answer
from hutong.kernel.errors import DomainError

if TYPE_CHECKING:
    from .app import App

RUNTIME = Path(__file__).parent.parent / "runtime"
IMMUTABLE = "public, max-age=31536000, immutable"
PART = re.compile(r"part-[a-z-]+\.[0-9a-f]{12}\.js")
RANGE = re.compile(r"bytes=(?=\d|-\d)(\d{0,15})-(\d{0,15})")
MISSING = Answer(404, b"not found", {"content-type": "text/plain"})
# Frames have no origin of their own: fonts and scripts of theirs are cross-origin even from here.
COMMON = {"x-content-type-options": "nosniff", "access-control-allow-origin": "*"}


async def serve(app: "App", path: str, headers: dict[str, str]) -> Answer:
    """GET below /run/. `headers` are the request's, names in lower case."""
    name = path.removeprefix("/run/")
    if name in ("frame.html", "game.html", "frame.js", "page.js", "dot.svg") or PART.fullmatch(name):
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


async def page(app: "App", asked: dict[str, str]) -> Answer:
    """GET /run/page.html: the document around a program's web pages, with the domains it keeps them to."""
    try:
        allowed = await app.store.read(
            lambda snapshot: domains.open_page(
                snapshot,
                appid=asked.get("appid", ""),
                expires=int(asked.get("expires", "0")),
                sig=asked.get("sig", ""),
                free=asked.get("free") == "1",
                checked=asked.get("check") == "1",
            )
        )
    except (DomainError, ValueError):
        return Answer(403, b"refused", {"content-type": "text/plain"})
    answer = await asyncio.to_thread(_runtime, "page.html")
    if answer.status == 200:
        pages = "https: http:" if allowed is None else " ".join(allowed) or "'none'"
        policy = answer.headers["content-security-policy"].replace("PAGES", pages)
        answer.headers.update({"content-security-policy": policy, "cache-control": "no-store"})
    return answer


async def page_sdk() -> Answer:
    """GET /open/js/jweixin-….js: the script that web pages bring, under the name the original has for it."""
    return await asyncio.to_thread(_runtime, "page-sdk.js")


def _runtime(name: str) -> Answer:
    try:
        body = (RUNTIME / name).read_bytes()
        policy = (RUNTIME / f"{name[:-5]}.policy").read_text() if name.endswith(".html") else ""
    except FileNotFoundError:
        if PART.fullmatch(name):
            return MISSING
        return Answer(503, b"The runtime is not built. scripts/up builds it.", {"content-type": "text/plain"})
    if name.endswith(".js"):
        cached = IMMUTABLE if PART.fullmatch(name) else "no-cache"
        headers = {"content-type": "text/javascript; charset=utf-8", "cache-control": cached}
    elif name.endswith(".svg"):
        headers = {"content-type": "image/svg+xml", "cache-control": "no-cache"}
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
    if encoding is not None:
        return Answer(200, blobs.get(digest), headers)
    return _ranged(blobs.get(digest), headers | {"accept-ranges": "bytes"}, asked)


def _ranged(body: bytes, headers: dict[str, str], asked: dict[str, str]) -> Answer:
    """All of it, or the one part a player asks for to go there; of several parts, or of another state, all."""
    found = RANGE.fullmatch(asked.get("range", "").replace(" ", ""))
    if found is None or asked.get("if-range", headers["etag"]) != headers["etag"]:
        return Answer(200, body, headers)
    first, last = found.groups()
    if first and last and int(last) < int(first):
        return Answer(200, body, headers)
    start = int(first) if first else max(0, len(body) - int(last))
    end = min(int(last), len(body) - 1) if first and last else len(body) - 1
    if start > end:
        return Answer(416, b"", headers | {"content-range": f"bytes */{len(body)}"})
    return Answer(206, body[start : end + 1], headers | {"content-range": f"bytes {start}-{end}/{len(body)}"})


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
