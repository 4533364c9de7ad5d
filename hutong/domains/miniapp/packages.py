"""Packages: the code of a version, unpacked from what was uploaded, compiled, and kept by its own hash.

All of it is slow: for `prepare`.
"""

import gzip
import hashlib
import io
import stat
import zipfile
from collections.abc import Mapping

import brotli
import msgspec

from hutong.kernel.blobs import Blobs
from hutong.kernel.compiler import PACKAGE_BYTES, PROGRAM_BYTES, Compiled, compile_program
from hutong.kernel.errors import DomainError
from hutong.kernel.frozen import Frozen

from .errors import PACKAGE_BROKEN, PACKAGE_REFUSED

UPLOAD_BYTES = 20 * 1024 * 1024
UNPACKED_BYTES = 80 * 1024 * 1024  # sources and the npm packages they bring
MOST_FILES = 20_000
LONGEST_NAME = 512
DIAGNOSTICS_SHOWN = 50
COMPRESSED = (".js", ".json", ".css", ".svg", ".txt")
WORTH_BYTES = 1024
BROTLI_QUALITY = 9  # the last two levels cost seconds for a hundredth
LOCKED, UTF8_NAME = 0x1, 0x800  # flags of an entry


class Package(Frozen):
    """`content_hash` names the index: every file of the package by name, as the hash of its bytes."""

    content_hash: str
    size_bytes: int
    pages: list[str]
    warnings: list[dict[str, object]]


class Index(Frozen):
    """`encoded` are the same files compressed, by file and by the published name of the encoding."""

    manifest: dict[str, object]
    files: dict[str, str]
    encoded: dict[str, dict[str, str]] = {}


def unpack(archive: bytes) -> dict[str, bytes]:
    """The files of a zip. Raises PACKAGE_BROKEN for a bomb, a link, or a path that leads elsewhere."""
    if len(archive) > UPLOAD_BYTES:
        raise _broken(f"it is larger than {UPLOAD_BYTES >> 20} MB")
    files: dict[str, bytes] = {}
    left = UNPACKED_BYTES
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            entries = opened.infolist()
            if len(entries) > MOST_FILES:
                raise _broken(f"it has more than {MOST_FILES} files")
            for entry in entries:
                if entry.is_dir():
                    continue
                name = _checked_name(entry)
                if name in files:
                    raise _broken(f"{name[:100]} is in it twice")
                with opened.open(entry) as stream:  # the size an entry declares may be a lie: count
                    content = stream.read(left + 1)
                left -= len(content)
                if left < 0:
                    raise _broken(f"unpacked it is larger than {UNPACKED_BYTES >> 20} MB")
                files[name] = content
    except DomainError:
        raise
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        raise _broken("it is no zip that can be read") from error
    except Exception as error:
        if type(error).__module__ in ("zlib", "struct"):
            raise _broken("it is no zip that can be read") from error
        raise
    return files


def _broken(reason: str) -> DomainError:
    return DomainError(PACKAGE_BROKEN, reason=reason)


def _checked_name(entry: zipfile.ZipInfo) -> str:
    """An entry's path within the program; one that is odd in any way is refused, not repaired."""
    name = entry.filename
    if not entry.flag_bits & UTF8_NAME and not name.isascii():
        # Zips made on Chinese desktops carry names in their own encoding and do not say so.
        raw = name.encode("cp437")
        for encoding in ("utf-8", "gb18030"):
            try:
                name = raw.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    name = name.replace("\\", "/")
    shown = name[:100]
    mode = entry.external_attr >> 16
    if (mode and not stat.S_ISREG(mode) and stat.S_IFMT(mode)) or entry.flag_bits & LOCKED:
        raise _broken(f"{shown} is a link or is locked")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise _broken(f"{shown} is compressed in a way other than deflate")
    if len(name) > LONGEST_NAME or any(ord(letter) < 32 for letter in name):
        raise _broken(f"{shown!r} is no name for a file")
    if name.startswith("/") or ".." in name.split("/") or ":" in name:
        raise _broken(f"{shown} leads out of the program")
    return name


def build(
    files: Mapping[str, bytes], *, package_bytes: int = PACKAGE_BYTES, program_bytes: int = PROGRAM_BYTES
) -> Compiled:
    """Compile a source tree. Raises PACKAGE_REFUSED with what is wrong, and where."""
    compiled = compile_program(files, package_bytes=package_bytes, program_bytes=program_bytes)
    if compiled.manifest is None:
        wrong = [one for one in compiled.diagnostics if one.level == "error"][:DIAGNOSTICS_SHOWN]
        raise DomainError(PACKAGE_REFUSED, diagnostics=[msgspec.to_builtins(one) for one in wrong])
    return compiled


def keep(blobs: Blobs, compiled: Compiled) -> Package:
    """Keep a compiled program; the same one again is kept once."""
    assert compiled.manifest is not None
    digests = {name: blobs.put(content) for name, content in compiled.files.items()}
    encoded = {
        name: {encoding: blobs.put(small) for encoding, small in _compressed(content)}
        for name, content in compiled.files.items()
        if name.endswith(COMPRESSED) and len(content) > WORTH_BYTES
    }
    index = msgspec.json.encode(Index(compiled.manifest, digests, encoded), order="sorted")
    pages = compiled.manifest["pages"]
    assert isinstance(pages, list)
    warnings = [msgspec.to_builtins(one) for one in compiled.diagnostics if one.level == "warning"]
    return Package(
        content_hash=blobs.put(index),
        size_bytes=sum(len(content) for content in compiled.files.values()),
        pages=[str(page) for page in pages],
        warnings=warnings[:DIAGNOSTICS_SHOWN],
    )


def _compressed(content: bytes) -> list[tuple[str, bytes]]:
    """The content in each encoding, smallest first; always the same bytes for the same content."""
    brotlied = brotli.compress(content, mode=brotli.MODE_TEXT, quality=BROTLI_QUALITY)
    return [("br", brotlied), ("gzip", gzip.compress(content, 9, mtime=0))]


def index(blobs: Blobs, content_hash: str) -> Index:
    """What a package holds. Raises FileNotFoundError when it is none of ours."""
    if len(content_hash) != hashlib.sha256().digest_size * 2 or not content_hash.isalnum():
        raise FileNotFoundError(content_hash[:100])
    try:
        return msgspec.json.decode(blobs.get(content_hash), type=Index)
    except msgspec.DecodeError as error:
        raise FileNotFoundError(content_hash) from error
