"""Organisations: one owner's apps, merchants and staff."""

from hutong.domains.identity.tables import UserId
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError

from .errors import LAST_OWNER, NAME_INVALID, ROLE_TOO_LOW
from .tables import Member, Organisation, OrgId, Role

NAME_LENGTH = 64
PAGE = 100


def create(
    tx: Tx, *, name: str, locale: str = "zh-CN", currency: str = "CNY", time_zone: str = "Asia/Shanghai"
) -> Organisation:
    """A new organisation without members. Raises NAME_INVALID."""
    if not 1 <= len(name.strip()) <= NAME_LENGTH:
        raise DomainError(NAME_INVALID, longest=NAME_LENGTH)
    return tx.insert(
        Organisation(
            id=OrgId(tx.new_id()),
            name=name.strip(),
            locale=locale,
            currency=currency,
            time_zone=time_zone,
            created_at=tx.now,
        )
    )


def get(snapshot: Snapshot, org_id: OrgId) -> Organisation:
    return snapshot.get(Organisation, id=org_id)


def rename(tx: Tx, org_id: OrgId, *, name: str) -> Organisation:
    """Raises NAME_INVALID."""
    if not 1 <= len(name.strip()) <= NAME_LENGTH:
        raise DomainError(NAME_INVALID, longest=NAME_LENGTH)
    return tx.update(tx.lock(get(tx, org_id)), name=name.strip())


def add_member(tx: Tx, *, org_id: OrgId, user_id: UserId, role: Role) -> Member:
    """Give a person a role; a second time changes it. Raises LAST_OWNER when that would leave no owner."""
    organisation = tx.lock(get(tx, org_id))
    member, added = tx.insert_or_find(
        Member(org_id=organisation.id, user_id=user_id, role=role, joined_at=tx.now), by=("org_id", "user_id")
    )
    if added or member.role is role:
        return member
    _keep_an_owner(tx, member)
    return tx.update(member, role=role)


def remove_member(tx: Tx, *, org_id: OrgId, user_id: UserId) -> None:
    """Removing a stranger changes nothing. Raises LAST_OWNER."""
    tx.lock(get(tx, org_id))
    member = tx.find(Member, org_id=org_id, user_id=user_id)
    if member is not None:
        _keep_an_owner(tx, member)
        tx.delete(member)


def appoint(tx: Tx, *, by: Member, user_id: UserId, role: Role) -> Member:
    """A member gives somebody a role. Raises ROLE_TOO_LOW when only an owner may, LAST_OWNER."""
    _require_rank(tx, by, user_id, role)
    return add_member(tx, org_id=by.org_id, user_id=user_id, role=role)


def dismiss(tx: Tx, *, by: Member, user_id: UserId) -> None:
    """A member takes somebody's role away. Raises ROLE_TOO_LOW when only an owner may, LAST_OWNER."""
    _require_rank(tx, by, user_id, Role.OPERATOR)
    remove_member(tx, org_id=by.org_id, user_id=user_id)


def _require_rank(tx: Tx, by: Member, user_id: UserId, role: Role) -> None:
    """Only an owner makes an owner, and only an owner touches one."""
    tx.lock(get(tx, by.org_id))
    present = tx.find(Member, org_id=by.org_id, user_id=user_id)
    if by.role is not Role.OWNER and (
        role is Role.OWNER or (present is not None and present.role is Role.OWNER)
    ):
        raise DomainError(ROLE_TOO_LOW, needed=Role.OWNER)


def _keep_an_owner(tx: Tx, member: Member) -> None:
    if member.role is not Role.OWNER:
        return
    owners = tx.value(
        "select count(*) from apps_member where org_id = :org and role = 'OWNER'", org=member.org_id
    )
    if owners == 1:
        raise DomainError(LAST_OWNER)


def members(snapshot: Snapshot, org_id: OrgId, *, after: int = 0, limit: int = PAGE) -> list[Member]:
    """Members by user id, beginning after `after`."""
    return snapshot.all(
        Member,
        "where org_id = :org and user_id > :after order by user_id limit :limit",
        org=org_id,
        after=after,
        limit=min(limit, PAGE),
    )


def owner(snapshot: Snapshot, org_id: OrgId) -> Member:
    """The longest-standing owner; there always is one."""
    found = snapshot.one(
        Member,
        "where org_id = :org and role = :role order by joined_at, user_id limit 1",
        org=org_id,
        role=Role.OWNER.value,
    )
    assert found is not None
    return found


def of_person(snapshot: Snapshot, user_id: UserId) -> list[tuple[Organisation, Role]]:
    """The organisations a person works for, at most a hundred."""
    memberships = snapshot.all(
        Member, "where user_id = :user order by org_id limit :limit", user=user_id, limit=PAGE
    )
    if not memberships:
        return []
    found = snapshot.all(
        Organisation, "where id in :ids limit :limit", ids=[m.org_id for m in memberships], limit=PAGE
    )
    by_id = {organisation.id: organisation for organisation in found}
    return [(by_id[member.org_id], member.role) for member in memberships]
