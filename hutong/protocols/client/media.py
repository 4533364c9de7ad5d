"""Media: putting files here, and fetching them from addresses that end."""

import re
from collections.abc import Iterator
from typing import Annotated
from urllib.parse import quote

from msgspec import Meta

from hutong.domains.media import files
from hutong.domains.media.errors import ADDRESS_EXPIRED
from hutong.domains.media.tables import File, FileKind
from hutong.kernel.blobs import Blobs
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.endpoints import UPLOAD_BODY_BYTES, HttpRequest, Raw, Request, Response, Stream, Upload
from hutong.kernel.errors import DomainError

from .protocol import Nobody, Person, client

PIECE_BYTES = 256 * 1024
SHOWN_IN_PLACE = (FileKind.IMAGE, FileKind.VOICE, FileKind.VIDEO)
_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})\Z")


class NewFile(Request):
    kind: FileKind
    file: Upload


class Kept(Response):
    """`media` is the handle that messages and profiles carry; `url` an address of it for some hours."""

    media: str
    url: str
    kind: FileKind
    content_type: str
    size_bytes: int
    name: str
    width: int
    height: int


def check_file(snapshot: Snapshot, person: Person, req: NewFile) -> files.Prepared:
    return files.prepare(
        snapshot.blobs,
        kind=req.kind,
        content=req.file.content,
        content_type=req.file.content_type,
        name=req.file.filename,
    )


@client.post("/media", prepare=check_file, max_body_bytes=UPLOAD_BODY_BYTES)
def upload_file(tx: Tx, person: Person, req: NewFile, prepared: files.Prepared) -> Kept:
    """Put a file here (multipart: `kind`, `file`). Pictures are drawn anew; others are kept as they are."""
    file = files.keep_prepared(tx, prepared, owner=str(person.user_id))
    return Kept(
        media=file.handle,
        url=files.address(tx, file.handle),
        kind=file.kind,
        content_type=file.content_type,
        size_bytes=file.size_bytes,
        name=file.name,
        width=file.width,
        height=file.height,
    )


class Handles(Request):
    media: Annotated[list[Annotated[str, Meta(min_length=1, max_length=64)]], Meta(max_length=200)]


class Addresses(Response):
    """The address of each handle, for twelve to twenty-four hours. `&size=small` gives a picture's thumbnail."""

    urls: dict[str, str]


@client.post("/media/urls")
def sign_addresses(snapshot: Snapshot, person: Person, req: Handles) -> Addresses:
    """Addresses of files whose handles I was shown."""
    return Addresses({handle: files.address(snapshot, handle) for handle in req.media})


@client.get("/media/{handle}")
def fetch_file(snapshot: Snapshot, caller: Nobody, http: HttpRequest) -> Stream | Raw:
    """The bytes at a signed address; a part of them if a Range asks for one."""
    query = http.query
    expires = query.get("expires", "")
    if not re.match(r"[0-9]{1,15}\Z", expires):
        raise DomainError(ADDRESS_EXPIRED)
    file = files.open_address(
        snapshot, handle=http.path_params["handle"], expires=int(expires), sig=query.get("sig", "")
    )
    small = query.get("size") == "small" and bool(file.thumbnail_hash)
    digest = file.thumbnail_hash if small else file.content_hash
    headers = {
        "etag": f'"{digest}"',
        "cache-control": "private, max-age=43200, immutable",
        "content-disposition": _disposition(file),
        "content-security-policy": "default-src 'none'; sandbox",
        "cross-origin-resource-policy": "cross-origin",
    }
    if digest in http.headers.get("if-none-match", ""):
        return Raw(b"", "image/webp" if small else file.content_type, 304, headers)
    if small:
        return Raw(snapshot.blobs.get(digest), "image/webp", 200, headers)
    start, end, status = 0, file.size_bytes, 200
    headers["accept-ranges"] = "bytes"
    if (wanted := http.headers.get("range")) is not None and (found := _RANGE.match(wanted)):
        part = _part(found[1], found[2], file.size_bytes)
        if part is None:
            headers["content-range"] = f"bytes */{file.size_bytes}"
            return Raw(b"", file.content_type, 416, headers)
        if part != (0, file.size_bytes) or wanted == "bytes=0-":
            (start, end), status = part, 206
            headers["content-range"] = f"bytes {start}-{end - 1}/{file.size_bytes}"
    headers["content-length"] = str(end - start)
    return Stream(_pieces(snapshot.blobs, digest, start, end), file.content_type, status, headers)


def _part(first: str, last: str, size: int) -> tuple[int, int] | None:
    """The half-open part a Range asks for; None when there is no such part."""
    if not first:
        length = int(last) if last else 0
        return (max(0, size - length), size) if length else None
    start = int(first)
    end = min(int(last) + 1, size) if last else size
    return (start, end) if start < end else None


def _pieces(blobs: Blobs, digest: str, start: int, end: int) -> Iterator[bytes]:
    while start < end:
        stop = min(start + PIECE_BYTES, end)
        yield blobs.get_range(digest, start, stop)
        start = stop


def _disposition(file: File) -> str:
    shown = "inline" if file.kind in SHOWN_IN_PLACE else "attachment"
    return f"{shown}; filename*=UTF-8''{quote(file.name)}"
