"""Advertisements: what an organisation shows in the places of its own programs, and where a press leads."""

from hutong.domains.apps import apps
from hutong.domains.apps.tables import AppKind, OrgId
from hutong.domains.media import files
from hutong.domains.media.tables import FileKind
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError

from .errors import AD_UNKNOWN, ADS_LIMIT
from .tables import AdId, Advertisement

MOST = 50  # of one organisation: so many are weighed each time one is chosen
TITLE_LENGTH, WORDS_LENGTH, PATH_LENGTH = 30, 60, 1024
SHORTEST, LONGEST = 5, 60  # seconds


def create(
    tx: Tx, *, org_id: OrgId, title: str, words: str, picture: str, appid: str, path: str, seconds: int
) -> Advertisement:
    """It runs from the start. Raises ADS_LIMIT, APP_UNKNOWN, KIND_FORBIDDEN, FILE_UNKNOWN, KIND_WRONG."""
    if tx.value("select count(*) from ads_advertisement where org_id = :org", org=org_id) >= MOST:
        raise DomainError(ADS_LIMIT, most=MOST)
    apps.require_kind(apps.get(tx, appid), AppKind.MINI_PROGRAM)
    files.require(tx, picture, FileKind.IMAGE)
    row = Advertisement(AdId(tx.new_id()), org_id, title, words, picture, appid, path, seconds, True, tx.now)
    return tx.insert(row)


def list_(snapshot: Snapshot, org_id: OrgId) -> list[Advertisement]:
    """All of an organisation's, the newest first."""
    return snapshot.all(
        Advertisement, "where org_id = :org order by id desc limit :limit", org=org_id, limit=MOST
    )


def get(snapshot: Snapshot, *, org_id: OrgId, ad_id: AdId) -> Advertisement:
    """Raises AD_UNKNOWN, also for another organisation's."""
    row = snapshot.find(Advertisement, id=ad_id)
    if row is None or row.org_id != org_id:
        raise DomainError(AD_UNKNOWN)
    return row


def set_running(tx: Tx, *, org_id: OrgId, ad_id: AdId, running: bool) -> Advertisement:
    """Raises AD_UNKNOWN."""
    return tx.update(get(tx, org_id=org_id, ad_id=ad_id), running=running)


def delete(tx: Tx, *, org_id: OrgId, ad_id: AdId) -> None:
    """Show it no more; what was counted of it goes too. Raises AD_UNKNOWN."""
    row = get(tx, org_id=org_id, ad_id=ad_id)
    tx.run("delete from ads_day where ad_id = :ad", ad=ad_id)
    tx.delete(row)
