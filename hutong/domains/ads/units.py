"""Units: the places a mini program keeps for advertisements."""

from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError

from .errors import UNIT_CLOSED, UNIT_UNKNOWN, UNITS_LIMIT
from .tables import Unit, UnitKind

PREFIX = "adunit-"
MOST = 100  # of one program, closed ones too
NAME_LENGTH = 32
_HEX = 16


def create(tx: Tx, *, appid: str, kind: UnitKind, name: str, unit_id: str = "") -> Unit:
    """`unit_id` is for a program that was written before its place was. Raises UNITS_LIMIT."""
    if tx.value("select count(*) from ads_unit where appid = :appid", appid=appid) >= MOST:
        raise DomainError(UNITS_LIMIT, most=MOST)
    return tx.insert(
        Unit(unit_id or PREFIX + tx.new_hex(_HEX), appid, kind, name.strip()[:NAME_LENGTH], True, tx.now)
    )


def list_(snapshot: Snapshot, appid: str) -> list[Unit]:
    """All of a program's, the oldest first."""
    return snapshot.all(
        Unit, "where appid = :appid order by created_at, id limit :limit", appid=appid, limit=MOST
    )


def get(snapshot: Snapshot, *, appid: str, unit_id: str) -> Unit:
    """Raises UNIT_UNKNOWN, also for another program's."""
    unit = snapshot.find(Unit, id=unit_id)
    if unit is None or unit.appid != appid:
        raise DomainError(UNIT_UNKNOWN)
    return unit


def require_open(snapshot: Snapshot, *, appid: str, unit_id: str, kinds: frozenset[UnitKind]) -> Unit:
    """The place of one of these kinds. Raises UNIT_UNKNOWN, UNIT_CLOSED."""
    unit = get(snapshot, appid=appid, unit_id=unit_id)
    if unit.kind not in kinds:
        raise DomainError(UNIT_UNKNOWN)
    if not unit.open:
        raise DomainError(UNIT_CLOSED)
    return unit


def set_open(tx: Tx, *, appid: str, unit_id: str, open_: bool) -> Unit:
    """Open a place or close it. Raises UNIT_UNKNOWN."""
    return tx.update(get(tx, appid=appid, unit_id=unit_id), open=open_)
