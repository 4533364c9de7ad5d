"""Settings: what an owner has chosen for a program."""

from typing import Any

from hutong.domains.apps import apps
from hutong.domains.apps.tables import AppKind
from hutong.kernel.db import Snapshot, Tx

from .tables import ProgramSettings


def of(snapshot: Snapshot, appid: str) -> ProgramSettings:
    """A program's settings, or what stands until it chooses."""
    return snapshot.find(ProgramSettings, appid=appid) or ProgramSettings(appid=appid)


def change(tx: Tx, appid: str, **values: Any) -> ProgramSettings:
    """Raises KIND_FORBIDDEN for an official account."""
    apps.require_kind(apps.get(tx, appid), AppKind.MINI_PROGRAM)
    row, _ = tx.insert_or_find(ProgramSettings(appid=appid), by=("appid",))
    return tx.update(row, **values)


def needs_review(snapshot: Snapshot, appid: str) -> bool:
    """Whether a version must pass a review before it is released: always in production."""
    return snapshot.settings.production or of(snapshot, appid).needs_review
