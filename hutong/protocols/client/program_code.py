"""The code of mini programs: uploading it."""

from typing import Annotated, Any

from msgspec import Meta

from hutong.domains.apps import access, acts, apps
from hutong.domains.apps.tables import App, AppKind, Role
from hutong.domains.miniapp import packages, plugins, previews, versions
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
    """`preview` is null unless it was asked for.

    Of a project whose `compileType` is `plugin` the plugin is what is uploaded: `version_id` and `content_hash` are
    the plugin's, `pages` those it offers.
    """

    version_id: str
    content_hash: str
    size_bytes: int
    pages: list[str]
    warnings: list[dict[str, Any]]
    preview: PreviewCode | None = None
    plugin: bool = False


def compile_package(snapshot: Snapshot, person: Person, req: NewVersion) -> packages.Package | plugins.Offer:
    access.require_app(snapshot, req.appid, person.user_id, at_least=Role.DEVELOPER)
    settings = snapshot.context.settings
    files = packages.unpack(req.package.content)
    compiled = packages.build(
        files | plugins.code(snapshot, req.appid, files),
        package_bytes=settings.package_bytes,
        program_bytes=settings.program_bytes,
    )
    if plugins.is_plugin(files) and not req.preview:
        return plugins.keep(snapshot.blobs, req.appid, files, compiled)
    return packages.keep(snapshot.blobs, compiled)


@client.post("/console/apps/{appid}/versions", prepare=compile_package, max_body_bytes=UPLOAD_BODY_BYTES)
def upload_version(
    tx: Tx, person: Person, req: NewVersion, package: packages.Package | plugins.Offer
) -> Uploaded:
    """Upload a program's code (multipart). It is compiled; what is wrong with it is said by file and line."""
    app = apps.require_kind(
        access.require_app(tx, req.appid, person.user_id, at_least=Role.DEVELOPER), AppKind.MINI_PROGRAM
    )
    if isinstance(package, plugins.Offer):
        return _upload_plugin(tx, person, req, app, package)
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


def _upload_plugin(tx: Tx, person: Person, req: NewVersion, app: App, offer: plugins.Offer) -> Uploaded:
    version = plugins.upload(
        tx,
        appid=app.appid,
        number=req.number,
        description=req.description,
        offer=offer,
        uploaded_by=person.user_id,
    )
    target = f"{app.appid} {req.number}"
    acts.record(tx, org_id=app.org_id, user_id=person.user_id, verb="plugin.upload", target=target)
    return Uploaded(
        version_id=str(version.id),
        content_hash=offer.source_hash,
        size_bytes=offer.size_bytes,
        pages=offer.pages,
        warnings=offer.warnings,
        plugin=True,
    )


def preview_code(tx: Tx, version: Version, path: str) -> PreviewCode:
    """A code that opens the version at the path with its query."""
    page, _, query = path.partition("?")
    made = previews.make(tx, version, page=page.removeprefix("/"), query=query)
    return PreviewCode(made.token, made.text, made.expires_at)
