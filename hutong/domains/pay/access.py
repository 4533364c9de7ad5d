"""Who may see and change a merchant's affairs: those who work for its organisation."""

from hutong.domains.apps.access import require_member
from hutong.domains.apps.tables import Role
from hutong.domains.identity.tables import UserId
from hutong.kernel.db import Snapshot

from . import merchants
from .tables import Merchant


def require_merchant(
    snapshot: Snapshot, mchid: str, user_id: UserId, *, at_least: Role = Role.OPERATOR
) -> Merchant:
    """The merchant. Raises MERCHANT_NOT_FOUND, ROLE_TOO_LOW."""
    merchant = merchants.get(snapshot, mchid)
    require_member(snapshot, merchant.org_id, user_id, at_least=at_least)
    return merchant
