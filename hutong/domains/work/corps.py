"""Corps: an organisation's company, with the root of its directory."""

from collections.abc import Iterable

from hutong.domains.apps.tables import OrgId
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError

from .errors import UNKNOWN_CORP
from .tables import Corp, CorpId, Department

ROOT = 1  # the published id of every corp's root department

PAGE = 100


def create(tx: Tx, *, org_id: OrgId, name: str) -> Corp:
    """Found a corp, with its root department. A corpid is `ww` and sixteen hex digits."""
    corp = tx.insert(Corp(corpid=CorpId("ww" + tx.new_hex(16)), org_id=org_id, name=name, created_at=tx.now))
    tx.insert(
        Department(corpid=corp.corpid, id=ROOT, parentid=0, name=name, name_en="", sort_order=0, depth=1)
    )
    return corp


def find(snapshot: Snapshot, corpid: str) -> Corp | None:
    return snapshot.find(Corp, corpid=corpid)


def get(snapshot: Snapshot, corpid: str) -> Corp:
    """Raises UNKNOWN_CORP."""
    corp = find(snapshot, corpid)
    if corp is None:
        raise DomainError(UNKNOWN_CORP, corpid=corpid)
    return corp


def many(snapshot: Snapshot, corpids: Iterable[str]) -> dict[str, Corp]:
    """Those of these corps that exist. Ask for at most a page of them."""
    wanted = sorted(set(corpids))[:PAGE]
    found = snapshot.all(Corp, "where corpid in :corpids limit :limit", corpids=wanted, limit=PAGE)
    return {corp.corpid: corp for corp in found}


def of_organisation(snapshot: Snapshot, org_id: OrgId, *, limit: int = 20) -> list[Corp]:
    """The corps of an organisation, by corpid."""
    return snapshot.all(Corp, "where org_id = :org order by corpid limit :limit", org=org_id, limit=limit)
