"""The mini programs of the demo world: the examples, compiled when the runtime was built."""

import base64
from pathlib import Path

import msgspec

from hutong.domains.identity.tables import UserId
from hutong.domains.miniapp import domains, packages, versions
from hutong.domains.miniapp.tables import DomainKind
from hutong.kernel.blobs import Blobs
from hutong.kernel.compiler import Compiled
from hutong.kernel.db import Tx
from hutong.kernel.frozen import Frozen

BUILT = Path(__file__).parent.parent / "runtime" / "examples"
NUMBER = "1.0.0"
REACHED = (DomainKind.REQUEST, DomainKind.DOWNLOAD)


class _Built(Frozen):
    server: str
    manifest: dict[str, object]
    files: dict[str, str]


class Kept(Frozen):
    """A program among the home's blobs, and the address of the server that its pages reach, or ''."""

    package: packages.Package
    server: str


def keep(blobs: Blobs, name: str) -> Kept | None:
    """Keep a shop's program, or the game, among the home's blobs; None where the runtime is not built. Slow."""
    path = BUILT / f"{name}.json"
    if not path.exists():
        return None
    built = msgspec.json.decode(path.read_bytes(), type=_Built)
    files = {name: base64.b64decode(body) for name, body in built.files.items()}
    return Kept(packages.keep(blobs, Compiled(built.manifest, files, [])), built.server)


def release(tx: Tx, *, appid: str, kept: Kept, uploaded_by: UserId) -> None:
    """Give everybody the program, and let it reach its server if it has one."""
    if kept.server:
        domains.change(tx, appid=appid, lists={kind: [kept.server] for kind in REACHED})
    package = kept.package
    version = versions.upload(
        tx,
        appid=appid,
        number=NUMBER,
        description="",
        content_hash=package.content_hash,
        size_bytes=package.size_bytes,
        pages=package.pages,
        uploaded_by=uploaded_by,
    )
    versions.release(tx, appid=appid, version_id=version.id)
