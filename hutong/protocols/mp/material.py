"""永久素材: pictures that stay, for covers and inside articles."""

from typing import Annotated

import msgspec
from msgspec import Meta

from hutong.domains.apps import apps, materials
from hutong.domains.apps.tables import App, MaterialKind
from hutong.domains.media import files
from hutong.domains.media.errors import FILE_TOO_LARGE, KIND_WRONG
from hutong.domains.media.tables import FileKind
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.endpoints import UPLOAD_BODY_BYTES, Nobody, Raw, Request, Upload
from hutong.kernel.errors import DomainError

from .errors import MEDIA_TYPE_INVALID
from .media import LARGEST, MIB
from .protocol import Addressed, mp

INSIDE_BYTES = MIB  # published for pictures inside articles
INSIDE_TYPES = ("image/jpeg", "image/png")
KEPT = {"image": MaterialKind.IMAGE, "thumb": MaterialKind.THUMB}


def picture_address(base_url: str, handle: str) -> str:
    """Where a picture that anybody may see is fetched, for good."""
    return f"{base_url}/mmbiz/{handle}"


class NewMaterial(Request):
    """Sounds and films are not kept for good."""

    type: str
    media: Upload

    @property
    def kind(self) -> MaterialKind:
        """Raises MEDIA_TYPE_INVALID."""
        if self.type not in KEPT:
            raise DomainError(MEDIA_TYPE_INVALID, type=self.type)
        return KEPT[self.type]


class KeptMaterial(Addressed):
    media_id: str
    url: str

    def at(self, base_url: str) -> "KeptMaterial":
        return msgspec.structs.replace(self, url=picture_address(base_url, self.url))


def prepare_material(snapshot: Snapshot, app: App, req: NewMaterial) -> files.Prepared:
    if len(req.media.content) > LARGEST[req.kind]:
        raise DomainError(FILE_TOO_LARGE, max_bytes=LARGEST[req.kind])
    return _prepared(snapshot, req.media)


def _prepared(snapshot: Snapshot, media: Upload) -> files.Prepared:
    return files.prepare(
        snapshot.blobs,
        kind=FileKind.IMAGE,
        content=media.content,
        content_type=media.content_type,
        name=media.filename,
    )


@mp.post("/cgi-bin/material/add_material", prepare=prepare_material, max_body_bytes=UPLOAD_BODY_BYTES)
def add_material(tx: Tx, app: App, req: NewMaterial, prepared: files.Prepared) -> KeptMaterial:
    """新增永久素材"""
    apps.require_kind(app, *apps.ACCOUNTS)
    file = files.keep_prepared(tx, prepared, owner=app.appid)
    kept = materials.keep(tx, appid=app.appid, kind=req.kind, handle=file.handle)
    materials.show(tx, appid=app.appid, handle=file.handle)
    return KeptMaterial(kept.media_id, file.handle)


class InsidePicture(Request):
    media: Upload


class PictureAddress(Addressed):
    url: str
    errcode: int = 0
    errmsg: str = "ok"

    def at(self, base_url: str) -> "PictureAddress":
        return msgspec.structs.replace(self, url=picture_address(base_url, self.url))


def prepare_picture(snapshot: Snapshot, app: App, req: InsidePicture) -> files.Prepared:
    if len(req.media.content) > INSIDE_BYTES:
        raise DomainError(FILE_TOO_LARGE, max_bytes=INSIDE_BYTES)
    prepared = _prepared(snapshot, req.media)
    if prepared.content_type not in INSIDE_TYPES:
        raise DomainError(KIND_WRONG, content_type=prepared.content_type)
    return prepared


@mp.post("/cgi-bin/media/uploadimg", prepare=prepare_picture, max_body_bytes=UPLOAD_BODY_BYTES)
def uploadimg(tx: Tx, app: App, req: InsidePicture, prepared: files.Prepared) -> PictureAddress:
    """上传图文消息内的图片获取URL"""
    file = files.keep_prepared(tx, prepared, owner=app.appid)
    materials.show(tx, appid=app.appid, handle=file.handle)
    return PictureAddress(file.handle)


class PictureRequest(Request):
    handle: Annotated[str, Meta(max_length=64)]


def fetch_picture(snapshot: Snapshot, caller: Nobody, req: PictureRequest) -> Raw:
    file = materials.picture_file(snapshot, req.handle)
    headers = {
        "cache-control": "public, max-age=31536000, immutable",
        "content-security-policy": "default-src 'none'; sandbox",
        "x-content-type-options": "nosniff",
        "cross-origin-resource-policy": "cross-origin",
    }
    return Raw(snapshot.blobs.get(file.content_hash), file.content_type, headers=headers)


@mp.get("/mmbiz/{handle}", prepare=fetch_picture)
def show_picture(snapshot: Snapshot, caller: Nobody, req: PictureRequest, fetched: Raw) -> Raw:
    """A picture of an article, to anybody."""
    return fetched
