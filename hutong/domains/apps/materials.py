"""Materials: files an app uploaded, or was sent, under media ids that end after three days or stay; its pictures."""

from collections.abc import Collection

from hutong.domains.media import files
from hutong.domains.media.tables import File, FileKind
from hutong.kernel.clock import DAY_MS, Millis
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError

from . import apps
from .errors import MATERIAL_UNKNOWN, MATERIALS_FULL
from .tables import KeptMaterial, Material, MaterialKind, Picture

LIFETIME_MS = 3 * DAY_MS
_LENGTH = 64

KINDS = {
    MaterialKind.IMAGE: FileKind.IMAGE,
    MaterialKind.THUMB: FileKind.IMAGE,
    MaterialKind.VOICE: FileKind.VOICE,
    MaterialKind.VIDEO: FileKind.VIDEO,
}
MOST = {MaterialKind.IMAGE: 100_000}  # published; of every other kind a thousand
MOST_OTHERS = 1_000


def lend(tx: Tx, *, appid: str, kind: MaterialKind, handle: str) -> Material:
    """A media id under which the app finds this file for three days."""
    return tx.insert(
        Material(
            media_id=tx.new_handle("", _LENGTH),
            appid=appid,
            kind=kind,
            handle=handle,
            made_at=tx.now,
            expires_at=Millis(tx.now + LIFETIME_MS),
        )
    )


def get(snapshot: Snapshot, *, appid: str, media_id: str) -> Material:
    """Raises MATERIAL_UNKNOWN, also for an expired one or another app's."""
    material = snapshot.find(Material, media_id=media_id)
    if material is None or material.appid != appid or snapshot.now >= material.expires_at:
        raise DomainError(MATERIAL_UNKNOWN)
    return material


def keep(tx: Tx, *, appid: str, kind: MaterialKind, handle: str) -> KeptMaterial:
    """A media id under which the app finds this file for good. Raises MATERIALS_FULL."""
    tx.lock(apps.get(tx, appid))  # its files are counted
    most = MOST.get(kind, MOST_OTHERS)
    there = tx.value(
        "select count(*) from apps_kept_material where appid = :appid and kind = :kind",
        appid=appid,
        kind=kind.value,
    )
    if there >= most:
        raise DomainError(MATERIALS_FULL, most=most)
    return tx.insert(
        KeptMaterial(
            appid=appid, media_id=tx.new_handle("", _LENGTH), kind=kind, handle=handle, kept_at=tx.now
        )
    )


def get_kept(snapshot: Snapshot, *, appid: str, media_id: str) -> KeptMaterial:
    """Raises MATERIAL_UNKNOWN, also for what was only lent."""
    material = snapshot.find(KeptMaterial, appid=appid, media_id=media_id)
    if material is None:
        raise DomainError(MATERIAL_UNKNOWN)
    return material


def file(snapshot: Snapshot, *, appid: str, media_id: str, kind: FileKind) -> File:
    """The file behind a media id, lent or kept, if it is of this kind. Raises MATERIAL_UNKNOWN, media.kind_wrong."""
    kept = snapshot.find(KeptMaterial, appid=appid, media_id=media_id)
    handle = get(snapshot, appid=appid, media_id=media_id).handle if kept is None else kept.handle
    return files.require(snapshot, handle, kind)


def show(tx: Tx, *, appid: str, handle: str) -> Picture:
    """Let whoever has a picture's address see it. Showing it again changes nothing."""
    picture, _ = tx.insert_or_find(Picture(handle=handle, appid=appid, kept_at=tx.now), by=("handle",))
    return picture


def pictures(snapshot: Snapshot, handles: Collection[str]) -> set[str]:
    """Those of these pictures that anybody may see."""
    wanted = sorted(set(handles))
    if not wanted:
        return set()
    found = snapshot.all(Picture, "where handle in :handles limit :limit", handles=wanted, limit=len(wanted))
    return {picture.handle for picture in found}


def picture_file(snapshot: Snapshot, handle: str) -> File:
    """The file of a picture that anybody may see. Raises MATERIAL_UNKNOWN."""
    if snapshot.find(Picture, handle=handle) is None:
        raise DomainError(MATERIAL_UNKNOWN)
    return files.get(snapshot, handle)
