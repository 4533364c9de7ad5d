"""Who may change an organisation and what it owns."""

from hutong.domains.identity.tables import UserId
from hutong.kernel.db import Snapshot
from hutong.kernel.errors import DomainError

from . import apps
from .errors import ROLE_TOO_LOW
from .tables import App, Member, OrgId, Role

RANK = {Role.OPERATOR: 0, Role.DEVELOPER: 1, Role.ADMIN: 2, Role.OWNER: 3}


def require_member(
    snapshot: Snapshot, org_id: OrgId, user_id: UserId, *, at_least: Role = Role.OPERATOR
) -> Member:
    """The caller's membership. Raises ROLE_TOO_LOW for strangers too, so that nothing is given away."""
    member = snapshot.find(Member, org_id=org_id, user_id=user_id)
    if member is None or RANK[member.role] < RANK[at_least]:
        raise DomainError(ROLE_TOO_LOW, needed=at_least)
    return member


def is_member(snapshot: Snapshot, org_id: OrgId, user_id: UserId) -> bool:
    """Whether somebody works for the organisation, as whatever."""
    return snapshot.find(Member, org_id=org_id, user_id=user_id) is not None


def require_app(snapshot: Snapshot, appid: str, user_id: UserId, *, at_least: Role = Role.DEVELOPER) -> App:
    """An app whose organisation the caller works for."""
    app = apps.get(snapshot, appid)
    require_member(snapshot, app.org_id, user_id, at_least=at_least)
    return app
