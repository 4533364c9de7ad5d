"""Materials: files an app uploaded, or was sent, under media ids that end after three days."""

from hutong.domains.media import files
from hutong.domains.media.tables import File, FileKind
from hutong.kernel.clock import DAY_MS, Millis
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError

from .errors import MATERIAL_UNKNOWN
from .tables import Material, MaterialKind

LIFETIME_MS = 3 * DAY_MS
_LENGTH = 64

KINDS = {
    MaterialKind.IMAGE: FileKind.IMAGE,
    MaterialKind.THUMB: FileKind.IMAGE,
    MaterialKind.VOICE: FileKind.VOICE,
    MaterialKind.VIDEO: FileKind.VIDEO,
}


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


def file(snapshot: Snapshot, *, appid: str, media_id: str, kind: FileKind) -> File:
    """The file behind a media id, if it is of this kind. Raises MATERIAL_UNKNOWN, media.kind_wrong."""
    return files.require(snapshot, get(snapshot, appid=appid, media_id=media_id).handle, kind)
