"""Merchants: who is paid, under which apps, and with which keys they speak."""

import hashlib
import re
from collections.abc import Iterable

from hutong.domains.apps.tables import OrgId
from hutong.kernel.clock import MINUTE_MS, Millis
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError

from .errors import APP_NOT_BOUND, MCHID_TAKEN, MERCHANT_NOT_FOUND, REPLAYED
from .tables import MchId, Merchant, MerchantApp, Nonce, Trust

API_KEY_LENGTH = 32
PAGE = 100
NONCE_KEPT_MS = 11 * MINUTE_MS  # the signature's window, both ways, and a little more
_MCHID = re.compile(r"[1-9][0-9]{7,9}\Z")


def create(
    tx: Tx,
    *,
    org_id: OrgId,
    name: str,
    mchid: MchId | None = None,
    api_v2_key: str | None = None,
    api_v3_key: str | None = None,
    trust: Trust = Trust.CERTIFICATE,
) -> Merchant:
    """A new merchant with its own API keys. Raises MCHID_TAKEN."""
    number = mchid or MchId("19" + tx.new_digits(8))
    assert _MCHID.match(number), f"{number} is no merchant number"
    merchant, created = tx.insert_or_find(
        Merchant(
            mchid=number,
            org_id=org_id,
            name=name,
            api_v2_key_sealed=tx.vault.seal(api_v2_key or tx.new_hex(API_KEY_LENGTH)),
            api_v3_key_sealed=tx.vault.seal(api_v3_key or tx.new_hex(API_KEY_LENGTH)),
            trust=trust,
            created_at=tx.now,
        ),
        by=("mchid",),
    )
    if not created:
        raise DomainError(MCHID_TAKEN, mchid=number)
    return merchant


def find(snapshot: Snapshot, mchid: str) -> Merchant | None:
    return snapshot.find(Merchant, mchid=mchid)


def get(snapshot: Snapshot, mchid: str) -> Merchant:
    """Raises MERCHANT_NOT_FOUND."""
    merchant = find(snapshot, mchid)
    if merchant is None:
        raise DomainError(MERCHANT_NOT_FOUND, mchid=mchid)
    return merchant


def many(snapshot: Snapshot, mchids: Iterable[str]) -> dict[str, Merchant]:
    """Those of these merchants that exist, by number. Ask for at most a page of them."""
    wanted = sorted(set(mchids))[:PAGE]
    found = snapshot.all(Merchant, "where mchid in :mchids limit :limit", mchids=wanted, limit=PAGE)
    return {merchant.mchid: merchant for merchant in found}


def of_organisation(snapshot: Snapshot, org_id: OrgId) -> list[Merchant]:
    return snapshot.all(
        Merchant, "where org_id = :org_id order by mchid limit :limit", org_id=org_id, limit=PAGE
    )


def api_v2_key(snapshot: Snapshot, merchant: Merchant) -> str:
    return snapshot.vault.unseal(merchant.api_v2_key_sealed)


def api_v3_key(snapshot: Snapshot, merchant: Merchant) -> str:
    return snapshot.vault.unseal(merchant.api_v3_key_sealed)


def reset_api_v2_key(tx: Tx, merchant: Merchant) -> str:
    """A new key for v2 signatures; the former one fits nothing from now on."""
    fresh = tx.new_hex(API_KEY_LENGTH)
    tx.update(tx.lock(merchant), api_v2_key_sealed=tx.vault.seal(fresh))
    return fresh


def reset_api_v3_key(tx: Tx, merchant: Merchant) -> str:
    """A new key for v3 notifications; whatever is sent from now on is sealed with it."""
    fresh = tx.new_hex(API_KEY_LENGTH)
    tx.update(tx.lock(merchant), api_v3_key_sealed=tx.vault.seal(fresh))
    return fresh


def bind_app(tx: Tx, *, mchid: MchId, appid: str) -> None:
    """Let the merchant take orders under this appid. Binding twice changes nothing."""
    tx.insert_or_find(MerchantApp(mchid, appid, tx.now), by=("mchid", "appid"))


def apps_of(snapshot: Snapshot, mchid: MchId) -> list[str]:
    """The appids bound to a merchant."""
    found = snapshot.all(
        MerchantApp, "where mchid = :mchid order by appid limit :limit", mchid=mchid, limit=PAGE
    )
    return [bound.appid for bound in found]


def require_app(snapshot: Snapshot, *, mchid: MchId, appid: str) -> None:
    """Raises APP_NOT_BOUND."""
    if snapshot.find(MerchantApp, mchid=mchid, appid=appid) is None:
        raise DomainError(APP_NOT_BOUND, mchid=mchid, appid=appid)


def require_fresh(snapshot: Snapshot, replay_key: str) -> None:
    """Raises REPLAYED when a request signed under this key took effect already."""
    if snapshot.find(Nonce, digest=_digest(replay_key)) is not None:
        raise DomainError(REPLAYED)


def use_nonce(tx: Tx, replay_key: str) -> None:
    """Let a signed request take effect once. Raises REPLAYED the second time.

    A request that was refused leaves no trace, so its repetition is refused again for the same reason.
    """
    digest = _digest(replay_key)
    _, fresh = tx.insert_or_find(Nonce(digest, tx.wire_now), by=("digest",))
    if not fresh:
        raise DomainError(REPLAYED)
    if digest.startswith("00"):  # one in 256 tidies up behind everybody
        tx.run("delete from pay_nonce where seen_at < :before", before=Millis(tx.wire_now - NONCE_KEPT_MS))


def _digest(replay_key: str) -> str:
    return hashlib.sha256(replay_key.encode()).hexdigest()
