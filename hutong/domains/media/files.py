"""Files: kept once, reached by handle, shown by an address that ends."""

import hmac
import re
from collections.abc import Iterable

from hutong.kernel.blobs import Blobs
from hutong.kernel.clock import HOUR_MS
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError
from hutong.kernel.frozen import Frozen

from . import images
from .errors import ADDRESS_EXPIRED, FILE_EMPTY, FILE_TOO_LARGE, FILE_UNKNOWN, KIND_WRONG
from .tables import File, FileKind

MAX_BYTES = {
    FileKind.IMAGE: 20 * 1024 * 1024,
    FileKind.VOICE: 2 * 1024 * 1024,
    FileKind.VIDEO: 20 * 1024 * 1024,
    FileKind.FILE: 20 * 1024 * 1024,
}
NAME_CHARACTERS = 128
ADDRESS_STEP_MS = (
    12 * HOUR_MS
)  # wire time: an address lives between one and two steps, so that it can be cached
_TYPES = {  # the types shown in place; everything else is only ever handed out as an attachment
    FileKind.VOICE: re.compile(r"audio/(mpeg|mp4|aac|amr|ogg|webm|wav|x-wav)\Z"),
    FileKind.VIDEO: re.compile(r"video/(mp4|webm|quicktime)\Z"),
}
_UNSAFE_IN_NAMES = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|\u202a-\u202e\u2066-\u2069]')


class Prepared(Frozen):
    """Bytes already in the store, waiting for the row that makes them a file."""

    kind: FileKind
    content_hash: str
    content_type: str
    size_bytes: int
    name: str
    width: int = 0
    height: int = 0
    thumbnail_hash: str = ""


def prepare(blobs: Blobs, *, kind: FileKind, content: bytes, content_type: str, name: str) -> Prepared:
    """Check the bytes, draw images anew, and put them into the store. Slow: for an endpoint's `prepare`.

    Raises FILE_EMPTY, FILE_TOO_LARGE, KIND_WRONG, IMAGE_INVALID or IMAGE_TOO_LARGE.
    """
    if not content:
        raise DomainError(FILE_EMPTY)
    if len(content) > MAX_BYTES[kind]:
        raise DomainError(FILE_TOO_LARGE, max_bytes=MAX_BYTES[kind])
    base = content_type.partition(";")[0].strip().lower()
    plain_name = _UNSAFE_IN_NAMES.sub("_", name).strip()[-NAME_CHARACTERS:] or "file"
    if kind is FileKind.IMAGE:
        picture = images.redraw(content)
        return Prepared(
            kind=kind,
            content_hash=blobs.put(picture.content),
            content_type=picture.content_type,
            size_bytes=len(picture.content),
            name=plain_name,
            width=picture.width,
            height=picture.height,
            thumbnail_hash=blobs.put(picture.thumbnail),
        )
    if (allowed := _TYPES.get(kind)) is not None and not allowed.match(base):
        raise DomainError(KIND_WRONG, kind=kind, content_type=base[:80])
    shown = base if kind is not FileKind.FILE else "application/octet-stream"
    return Prepared(kind, blobs.put(content), shown, len(content), plain_name)


def keep(
    tx: Tx,
    *,
    owner: str,
    content_hash: str,
    content_type: str,
    size: int,
    name: str,
    kind: FileKind = FileKind.FILE,
    width: int = 0,
    height: int = 0,
    thumbnail_hash: str = "",
) -> File:
    """Make stored bytes a file of `owner` (a user id in decimal, or an appid)."""
    return tx.insert(
        File(
            handle=tx.new_handle("m", 32),
            owner=owner,
            kind=kind,
            content_hash=content_hash,
            content_type=content_type,
            size_bytes=size,
            name=name,
            created_at=tx.now,
            width=width,
            height=height,
            thumbnail_hash=thumbnail_hash,
        )
    )


def keep_prepared(tx: Tx, prepared: Prepared, *, owner: str) -> File:
    """Make prepared bytes a file of `owner`."""
    return keep(
        tx,
        owner=owner,
        kind=prepared.kind,
        content_hash=prepared.content_hash,
        content_type=prepared.content_type,
        size=prepared.size_bytes,
        name=prepared.name,
        width=prepared.width,
        height=prepared.height,
        thumbnail_hash=prepared.thumbnail_hash,
    )


def find(snapshot: Snapshot, handle: str) -> File | None:
    return snapshot.find(File, handle=handle)


def get(snapshot: Snapshot, handle: str) -> File:
    """Raises FILE_UNKNOWN."""
    file = snapshot.find(File, handle=handle)
    if file is None:
        raise DomainError(FILE_UNKNOWN)
    return file


def require(snapshot: Snapshot, handle: str, kind: FileKind) -> File:
    """The file, if it is of this kind. Raises FILE_UNKNOWN or KIND_WRONG.

    The handle is the key to a file: whoever was shown one may pass it on.
    """
    file = get(snapshot, handle)
    if file.kind is not kind:
        raise DomainError(KIND_WRONG, kind=kind)
    return file


def require_own(snapshot: Snapshot, handle: str, kind: FileKind, *, owner: str) -> File:
    """The owner's own file of this kind. Raises FILE_UNKNOWN, also for another's, or KIND_WRONG."""
    file = require(snapshot, handle, kind)
    if file.owner != owner:
        raise DomainError(FILE_UNKNOWN)
    return file


def many(snapshot: Snapshot, handles: Iterable[str]) -> dict[str, File]:
    """The files with these handles, in one query; unknown handles are left out."""
    wanted = sorted(set(handles))
    if not wanted:
        return {}
    return {file.handle: file for file in snapshot.all(File, "where handle in :handles", handles=wanted)}


def address(snapshot: Snapshot, handle: str) -> str:
    """The path and query at which the file can be fetched for the next 12 to 24 hours of real time.

    It stays the same within a step, so that browsers keep what they fetched. Empty for an empty handle.
    """
    if not handle:
        return ""
    expires = (snapshot.wire_now // ADDRESS_STEP_MS + 2) * ADDRESS_STEP_MS
    return f"/api/media/{handle}?expires={expires}&sig={_signature(snapshot, handle, expires)}"


def open_address(snapshot: Snapshot, *, handle: str, expires: int, sig: str) -> File:
    """The file a signed address leads to. Raises ADDRESS_EXPIRED or FILE_UNKNOWN."""
    good = hmac.compare_digest(sig.encode(), _signature(snapshot, handle, expires).encode())
    if not good or snapshot.wire_now >= expires:
        raise DomainError(ADDRESS_EXPIRED)
    return get(snapshot, handle)


def _signature(snapshot: Snapshot, handle: str, expires: int) -> str:
    return snapshot.vault.mac("media", handle, str(expires))[:32]
