"""The code of mini programs: uploading it."""

from typing import Annotated, Any

from msgspec import Meta

from hutong.domains.apps import access, acts, apps
from hutong.domains.apps.tables import AppKind, Role
from hutong.domains.miniapp import packages, previews, versions
from hutong.domains.miniapp.tables import Version
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.endpoints import UPLOAD_BODY_BYTES, Request, Response, Upload

from .accounts import Appid
from .protocol import Person, client


class NewVersion(Request):
    """`package` is a zip of the program's folder, with the npm packages it uses in `node_modules`.

    With `preview` it is only to be looked at: it stands in no list, and is gone with the next one. `path` is the
    page with its query that the preview's code opens.
    """

    appid: Appid
    number: Annotated[str, Meta(min_length=1, max_length=64)]
    package: Upload
    description: Annotated[str, Meta(max_length=500)] = ""
    preview: bool = False
    path: Annotated[str, Meta(max_length=1024)] = ""


class PreviewCode(Response):
    """`text` is what its code says, `token` opens it directly; both end at `expires_at`."""

    token: str
    text: str
    expires_at: int


class Uploaded(Response):
    """`preview` is null unless it was asked for."""

    version_id: str
    content_hash: str
    size_bytes: int
    pages: list[str]
    warnings: list[dict[str, Any]]
    preview: PreviewCode | None = None


def compile_package(snapshot: Snapshot, person: Person, req: NewVersion) -> packages.Package:
    access.require_app(snapshot, req.appid, person.user_id, at_least=Role.DEVELOPER)
    settings = snapshot.context.settings
    compiled = packages.build(
        packages.unpack(req.package.content),
        package_bytes=settings.package_bytes,
        program_bytes=settings.program_bytes,
    )
    return packages.keep(snapshot.blobs, compiled)


@client.post("/console/apps/{appid}/versions", prepare=compile_package, max_body_bytes=UPLOAD_BODY_BYTES)
def upload_version(tx: Tx, person: Person, req: NewVersion, package: packages.Package) -> Uploaded:
    """Upload a program's code (multipart). It is compiled; what is wrong with it is said by file and line."""
    app = apps.require_kind(
        access.require_app(tx, req.appid, person.user_id, at_least=Role.DEVELOPER), AppKind.MINI_PROGRAM
    )
    version = versions.upload(
        tx,
        appid=app.appid,
        number=req.number,
        description=req.description,
        content_hash=package.content_hash,
        size_bytes=package.size_bytes,
        pages=package.pages,
        uploaded_by=person.user_id,
        preview=req.preview,
    )
    acts.record(
        tx,
        org_id=app.org_id,
        user_id=person.user_id,
        verb="program.preview" if req.preview else "program.upload",
        target=f"{app.appid} {req.number}",
    )
    return Uploaded(
        version_id=str(version.id),
        content_hash=package.content_hash,
        size_bytes=package.size_bytes,
        pages=package.pages,
        warnings=package.warnings,
        preview=preview_code(tx, version, req.path) if req.preview else None,
    )


def preview_code(tx: Tx, version: Version, path: str) -> PreviewCode:
    """A code that opens the version at the path with its query."""
    page, _, query = path.partition("?")
    made = previews.make(tx, version, page=page.removeprefix("/"), query=query)
    return PreviewCode(made.token, made.text, made.expires_at)
