"""Privacy: what a program says it collects, what for, and who answers for it."""

from hutong.domains.apps import apps, grants
from hutong.domains.apps.tables import AppKind
from hutong.domains.identity.tables import UserId
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError

from .errors import PRIVACY_INVALID
from .package_scan import KEYS
from .tables import Privacy, PrivacyContact, PrivacyItem

SCOPE = "scope.privacy"
MOST = 50
TEXT_LENGTH = 200


def of(snapshot: Snapshot, appid: str) -> Privacy | None:
    """What the program has said, or None."""
    return snapshot.find(Privacy, appid=appid)


def declare(tx: Tx, *, appid: str, contact: PrivacyContact, items: list[PrivacyItem]) -> Privacy:
    """Say it anew, in place of what was said. Somebody must be reachable, and be told how people hear of changes.

    Raises KIND_FORBIDDEN, PRIVACY_INVALID.
    """
    apps.require_kind(apps.get(tx, appid), AppKind.MINI_PROGRAM)
    ways = (contact.contact_email, contact.contact_phone, contact.contact_qq, contact.contact_weixin)
    if not any(ways) or not contact.notice_method:
        raise DomainError(PRIVACY_INVALID, field="owner_setting")
    keys = [item.privacy_key for item in items]
    if len(items) > MOST or len(set(keys)) != len(keys) or not KEYS.issuperset(keys):
        raise DomainError(PRIVACY_INVALID, field="privacy_key")
    if any(not 1 <= len(item.privacy_text.strip()) <= TEXT_LENGTH for item in items):
        raise DomainError(PRIVACY_INVALID, field="privacy_text")
    if contact.store_expire_timestamp and not contact.store_expire_timestamp.isdecimal():
        raise DomainError(PRIVACY_INVALID, field="store_expire_timestamp")
    row, made = tx.insert_or_find(
        Privacy(appid=appid, contact=contact, items=items, updated_at=tx.now), by=("appid",)
    )
    return row if made else tx.update(row, contact=contact, items=items, updated_at=tx.now)


def has_agreed(snapshot: Snapshot, *, appid: str, user_id: UserId) -> bool:
    """Whether the person agreed to what the program says now."""
    said = of(snapshot, appid)
    grant = grants.find(snapshot, user_id=user_id, appid=appid, scope=SCOPE)
    return grant is not None and (said is None or grant.granted_at >= said.updated_at)
