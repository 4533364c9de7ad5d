"""Blobs: the bytes of files, kept by their own hash, on disk, in memory or in an S3-compatible store.

Reading and writing is slow work: call it from an endpoint's `prepare`, never inside a transaction.
"""

import hashlib
from pathlib import Path

import obstore
from obstore.store import LocalStore, MemoryStore, ObjectStore, from_url


class Blobs:
    """A content-addressed store; the same bytes are kept once."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    def put(self, content: bytes) -> str:
        """Keep the bytes; their SHA-256 in hexadecimal is the key."""
        digest = hashlib.sha256(content).hexdigest()
        obstore.put(self._store, self._path(digest), content)
        return digest

    def get(self, digest: str) -> bytes:
        """Raises FileNotFoundError when nobody put them."""
        return bytes(obstore.get(self._store, self._path(digest)).bytes())

    def get_range(self, digest: str, start: int, end: int) -> bytes:
        """The bytes from `start` up to, not including, `end`."""
        return bytes(obstore.get_range(self._store, self._path(digest), start=start, end=end))

    def delete(self, digest: str) -> None:
        obstore.delete(self._store, self._path(digest))

    @staticmethod
    def _path(digest: str) -> str:
        return f"{digest[:2]}/{digest[2:]}"


def open_blobs(home: Path, url: str = "") -> Blobs:
    """The blobs of a home: a folder beside its database unless a URL says otherwise."""
    if url:
        return Blobs(from_url(url))
    folder = home / "media"
    folder.mkdir(parents=True, exist_ok=True)
    return Blobs(LocalStore(str(folder.resolve())))


def memory_blobs() -> Blobs:
    """Blobs that vanish with the process, for tests."""
    return Blobs(MemoryStore())
