"""素材管理: temporary material, uploaded and fetched."""

from typing import Annotated

import msgspec
from msgspec import Meta

from hutong.domains.apps import materials
from hutong.domains.apps.tables import App, MaterialKind
from hutong.domains.media import files
from hutong.domains.media.errors import FILE_TOO_LARGE
from hutong.domains.media.tables import File, FileKind
from hutong.kernel.clock import SECOND_MS
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.endpoints import UPLOAD_BODY_BYTES, Natural, Nobody, Raw, Request, Response, Upload
from hutong.kernel.errors import DomainError

from .errors import MEDIA_TYPE_INVALID
from .protocol import Addressed, mp

KIB, MIB = 1024, 1024 * 1024
LARGEST = {
    MaterialKind.IMAGE: 10 * MIB,
    MaterialKind.VOICE: 2 * MIB,
    MaterialKind.VIDEO: 10 * MIB,
    MaterialKind.THUMB: 64 * KIB,
}


class UploadRequest(Request):
    type: str
    media: Upload

    @property
    def kind(self) -> MaterialKind:
        """Raises MEDIA_TYPE_INVALID."""
        try:
            return MaterialKind(self.type)
        except ValueError:
            raise DomainError(MEDIA_TYPE_INVALID, type=self.type) from None


class Uploaded(Response):
    type: str
    media_id: str | msgspec.UnsetType
    created_at: int
    thumb_media_id: str | msgspec.UnsetType = msgspec.UNSET


def keep(snapshot: Snapshot, app: App, req: UploadRequest) -> files.Prepared:
    """Check the bytes and put them into the store. Raises what media refuses."""
    if len(req.media.content) > LARGEST[req.kind]:
        raise DomainError(FILE_TOO_LARGE, max_bytes=LARGEST[req.kind])
    return files.prepare(
        snapshot.blobs,
        kind=materials.KINDS[req.kind],
        content=req.media.content,
        content_type=req.media.content_type,
        name=req.media.filename,
    )


@mp.post("/cgi-bin/media/upload", prepare=keep, max_body_bytes=UPLOAD_BODY_BYTES)
def upload(tx: Tx, app: App, req: UploadRequest, prepared: files.Prepared) -> Uploaded:
    """新增临时素材"""
    file = files.keep_prepared(tx, prepared, owner=app.appid)
    material = materials.lend(tx, appid=app.appid, kind=req.kind, handle=file.handle)
    answer = Uploaded(req.type, material.media_id, material.made_at // SECOND_MS)
    if req.kind is MaterialKind.THUMB:  # published so: a thumb's id has a name of its own
        return msgspec.structs.replace(answer, media_id=msgspec.UNSET, thumb_media_id=material.media_id)
    return answer


class MediaRequest(Request):
    media_id: Annotated[str, Meta(max_length=128)]


class VideoAddress(Addressed):
    video_url: str

    def at(self, base_url: str) -> "VideoAddress":
        return VideoAddress(base_url + self.video_url)


def fetch(snapshot: Snapshot, app: App, req: MediaRequest) -> Raw | VideoAddress:
    """The file's bytes; the address of a film, which is not sent in place. Raises MATERIAL_UNKNOWN."""
    material = materials.get(snapshot, appid=app.appid, media_id=req.media_id)
    file = files.get(snapshot, material.handle)
    if file.kind is FileKind.VIDEO:
        return VideoAddress(files.address(snapshot, file.handle).replace("/api/media/", "/media/"))
    return _raw(snapshot, file)


def _raw(snapshot: Snapshot, file: File) -> Raw:
    attached = {"content-disposition": f'attachment; filename="{file.handle}"'}
    return Raw(snapshot.blobs.get(file.content_hash), file.content_type, headers=attached)


@mp.get("/cgi-bin/media/get", prepare=fetch)
def get(snapshot: Snapshot, app: App, req: MediaRequest, fetched: Raw | VideoAddress) -> Raw | VideoAddress:
    """获取临时素材"""
    return fetched


class AddressRequest(Request):
    handle: Annotated[str, Meta(max_length=64)]
    expires: Natural
    sig: Annotated[str, Meta(max_length=64)]


def fetch_film(snapshot: Snapshot, caller: Nobody, req: AddressRequest) -> Raw:
    return _raw(snapshot, files.open_address(snapshot, handle=req.handle, expires=req.expires, sig=req.sig))


@mp.get("/media/{handle}", prepare=fetch_film)
def film(snapshot: Snapshot, caller: Nobody, req: AddressRequest, fetched: Raw) -> Raw:
    """The film behind a video_url."""
    return fetched
