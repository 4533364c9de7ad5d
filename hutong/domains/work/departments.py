"""Departments: one tree per corp."""

from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError

from . import corps
from .errors import (
    DEPARTMENT_NAME_INVALID,
    DEPARTMENT_NAME_TAKEN,
    DEPARTMENT_TOO_DEEP,
    DEPARTMENT_UNKNOWN,
    TOO_MANY_DEPARTMENTS,
)
from .tables import Corp, CorpId, Department

MAX_DEPTH = 15  # published
MAX_DEPARTMENTS = 30_000  # published
NAME_CHARACTERS = 64
FORBIDDEN = frozenset('\\:*?"<>|')


def create(
    tx: Tx, corp: Corp, *, name: str, parentid: int = corps.ROOT, name_en: str = "", order: int = 0
) -> Department:
    """Add a department under another.

    Raises DEPARTMENT_UNKNOWN, DEPARTMENT_NAME_INVALID, DEPARTMENT_NAME_TAKEN, DEPARTMENT_TOO_DEEP.
    """
    if not 1 <= len(name) <= NAME_CHARACTERS or FORBIDDEN & set(name):
        raise DomainError(DEPARTMENT_NAME_INVALID, name=name)
    tx.lock(corp)
    parent = get(tx, corp.corpid, parentid)
    if parent.depth >= MAX_DEPTH:
        raise DomainError(DEPARTMENT_TOO_DEEP, parentid=parentid)
    if tx.find(Department, corpid=corp.corpid, parentid=parentid, name=name) is not None:
        raise DomainError(DEPARTMENT_NAME_TAKEN, name=name)
    last = tx.value("select max(id) from work_department where corpid = :corp", corp=corp.corpid)
    if last >= MAX_DEPARTMENTS:
        raise DomainError(TOO_MANY_DEPARTMENTS)
    return tx.insert(
        Department(
            corpid=corp.corpid,
            id=last + 1,
            parentid=parentid,
            name=name,
            name_en=name_en,
            sort_order=order,
            depth=parent.depth + 1,
        )
    )


def get(snapshot: Snapshot, corpid: CorpId, department_id: int) -> Department:
    """Raises DEPARTMENT_UNKNOWN."""
    found = snapshot.find(Department, corpid=corpid, id=department_id)
    if found is None:
        raise DomainError(DEPARTMENT_UNKNOWN, id=department_id)
    return found


def subtree(snapshot: Snapshot, corpid: CorpId, department_id: int = corps.ROOT) -> list[Department]:
    """A department and everything below it, level by level, greater order first. Raises DEPARTMENT_UNKNOWN."""
    level = [get(snapshot, corpid, department_id)]
    found: list[Department] = []
    while level:
        found += level
        level = snapshot.all(
            Department,
            "where corpid = :corp and parentid in :parents order by sort_order desc, id limit :limit",
            corp=corpid,
            parents=[department.id for department in level],
            limit=MAX_DEPARTMENTS,
        )
    return found


def leaders(snapshot: Snapshot, corpid: CorpId, department_ids: list[int]) -> dict[int, list[str]]:
    """The userids of each department's leaders."""
    result: dict[int, list[str]] = {department_id: [] for department_id in department_ids}
    for department_id, userid in snapshot.rows(
        "select department_id, userid from work_department_member"
        " where corpid = :corp and department_id in :ids and leader = true"
        " order by department_id, sort_order desc, userid limit :limit",
        corp=corpid,
        ids=department_ids,
        limit=MAX_DEPARTMENTS,
    ):
        result[department_id].append(userid)
    return result
