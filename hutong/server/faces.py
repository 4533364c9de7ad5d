"""The faces' files: the web build, compressed once and kept in memory, under one content policy."""

import gzip
import html
import mimetypes
from functools import lru_cache
from pathlib import Path

from hutong.kernel.endpoints import Answer

WEB = Path(__file__).parent.parent / "web"
PAGES = {"": "index.html"} | {face: f"{face}.html" for face in ("desk", "console", "devtools", "kiosk")}
COMPRESSED = ("text/", "application/javascript", "application/json", "application/manifest", "image/svg")
KEPT_FILES = 512
FOREVER = "public, max-age=31536000, immutable"  # the build puts a hash into the name of every asset
POLICY = (
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline';"
    " img-src 'self' data: blob:; media-src 'self' blob:; font-src 'self' data:; worker-src 'self' blob:;"
    " connect-src 'self' ws: wss: blob: data:; frame-src 'self'; frame-ancestors 'self';"
    " object-src 'none'; base-uri 'none'; form-action 'self'"
)


def answer(path: str, *, gzipped: bool) -> Answer:
    """A file of the web build; a path without a dot is a page of its face. Reads the disk: call it in a thread."""
    name = path.lstrip("/")
    if "." not in name.rpartition("/")[2]:
        name = PAGES.get(name.partition("/")[0], PAGES[""])
    file = (WEB / name).resolve()
    if not file.is_relative_to(WEB.resolve()) or not file.is_file():
        if name in PAGES.values():
            return Answer(503, _unbuilt(), {"content-type": "text/html; charset=utf-8"})
        return Answer(404, b"not found", {"content-type": "text/plain"})
    kind, whole, small = _read(file, file.stat().st_mtime_ns)
    headers = {
        "content-type": kind,
        "cache-control": FOREVER if name.startswith("assets/") else "no-cache",
        "x-content-type-options": "nosniff",
    }
    if file.suffix == ".html":
        headers |= {"content-security-policy": POLICY, "referrer-policy": "same-origin"}
    if small is None:
        return Answer(200, whole, headers)
    headers["vary"] = "accept-encoding"
    return (
        Answer(200, small, headers | {"content-encoding": "gzip"}) if gzipped else Answer(200, whole, headers)
    )


@lru_cache(KEPT_FILES)
def _read(file: Path, changed_ns: int) -> tuple[str, bytes, bytes | None]:
    """Type, bytes, and the compressed bytes when that is worth it."""
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    if file.suffix == ".js":
        kind = "text/javascript"
    if file.suffix == ".webmanifest":
        kind = "application/manifest+json"
    whole = file.read_bytes()
    small = gzip.compress(whole, 9, mtime=0) if kind.startswith(COMPRESSED) and len(whole) > 1024 else None
    return (f"{kind}; charset=utf-8" if kind.startswith("text/") else kind), whole, small


def _unbuilt() -> bytes:
    sentence = "The web client is not built. scripts/up builds it. 网页端尚未构建，请运行 scripts/up。"
    return f"<!doctype html><meta charset=utf-8><title>Hutong</title><p>{html.escape(sentence)}".encode()
