"""Coupons: taken of a card, kept in a card pack, redeemed once."""

import binascii

from cryptography.exceptions import InvalidTag

from hutong.domains.identity.tables import UserId
from hutong.kernel import updates
from hutong.kernel.clock import Millis
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError, ErrorCode

from . import cards
from .claims import Claim
from .errors import (
    CARD_GONE,
    CARD_ID_MISSING,
    CARD_UNKNOWN,
    CODE_TAKEN,
    CODE_UNREADABLE,
    COUPON_CONSUMED,
    COUPON_TOO_EARLY,
    COUPON_UNKNOWN,
    COUPON_UNUSABLE,
    LIMIT_REACHED,
    NOT_FOR_YOU,
    PERIOD_OVER,
    SIGNATURE_USED,
    STOCK_GONE,
    USE_LIMIT_REACHED,
)
from .events import CouponConsumed, CouponDeleted, CouponTaken, Source
from .tables import Card, Coupon, CouponId, CouponState, Holding

PAGE = 20
MOST_OF_ACCOUNT = 500  # coupons of one person that an account is told at once
CODE_DIGITS = 12
REASON_LENGTH = 100
EXPIRE = "EXPIRE"  # the published word for what has run out


def claim(
    tx: Tx, claim: Claim, *, user_id: UserId, through: str, client_id: str, guest: UserId | None = None
) -> Coupon:
    """Take what a signature allows: to this person, or to the guest of a device that this person stands before.

    The same nonce, or without one the same `client_id`, is the same coupon. Raises NOT_FOR_YOU and what `take`
    raises.
    """
    if claim.bound_to is not None and claim.bound_to not in (user_id, guest):
        raise DomainError(NOT_FOR_YOU)
    return take(
        tx,
        card_id=claim.card.card_id,
        user_id=user_id,
        claim=f"n:{claim.nonce}" if claim.nonce else f"c:{user_id}:{client_id}",
        through=through,
        code=claim.code,
        outer_str=claim.outer_str,
        began_at=claim.begins_at,
    )


def take(
    tx: Tx,
    *,
    card_id: str,
    user_id: UserId,
    claim: str,
    through: str = "",
    code: str = "",
    outer_str: str = "",
    began_at: Millis | None = None,
) -> Coupon:
    """One coupon for one person; the same `claim` again is the same coupon. `began_at` counts for the days it holds.

    Raises CARD_UNKNOWN, CARD_GONE, PERIOD_OVER, LIMIT_REACHED, STOCK_GONE, CODE_TAKEN, SIGNATURE_USED when the claim
    was somebody else's.
    """
    card = tx.find(Card, card_id=card_id)
    if card is None:
        raise DomainError(CARD_UNKNOWN)
    holding, _ = tx.insert_or_find(Holding(card_id, user_id), by=("card_id", "user_id"))
    if (known := tx.find(Coupon, card_id=card_id, claim=claim)) is not None:
        if known.user_id != user_id:
            raise DomainError(SIGNATURE_USED)
        return known
    if card.deleted_at is not None:
        raise DomainError(CARD_GONE)
    begins_at, expires_at = cards.period(card.terms.validity, tx.now if began_at is None else began_at)
    if tx.now >= expires_at:
        raise DomainError(PERIOD_OVER)
    if holding.taken >= card.terms.get_limit:
        raise DomainError(LIMIT_REACHED, most=card.terms.get_limit)
    tx.update(holding, taken=holding.taken + 1)
    # From here on nobody else takes of this card until the end, so that what is looked for below stays so.
    taken = tx.run(
        "update benefits_card set quantity = quantity - 1, taken = taken + 1"
        " where card_id = :card and quantity > 0 and deleted_at is null",
        card=card_id,
    )
    if not taken:
        raise DomainError(STOCK_GONE)
    if code and tx.find(Coupon, card_id=card_id, code=code) is not None:
        raise DomainError(CODE_TAKEN)
    coupon, made = tx.insert_or_find(
        Coupon(
            id=CouponId(tx.new_id()),
            appid=card.appid,
            card_id=card_id,
            user_id=user_id,
            code=code or _new_code(tx, card.appid),
            state=CouponState.NORMAL,
            claim=claim,
            through=through,
            outer_str=outer_str,
            begins_at=begins_at,
            expires_at=expires_at,
            taken_at=tx.now,
        ),
        by=("card_id", "claim"),
    )
    if not made:
        raise DomainError(SIGNATURE_USED)
    tx.emit(
        CouponTaken(
            coupon_id=coupon.id,
            appid=coupon.appid,
            user_id=user_id,
            card_id=card_id,
            code=coupon.code,
            outer_str=outer_str,
            at=tx.now,
        )
    )
    _tell(tx, coupon)
    return coupon


def obstacle(snapshot: Snapshot, card: Card, user_id: UserId) -> ErrorCode | None:
    """Why this person could not take one of it now, or None: for telling them before they try."""
    if card.deleted_at is not None:
        return CARD_GONE
    if snapshot.now >= cards.period(card.terms.validity, snapshot.now)[1]:
        return PERIOD_OVER
    holding = snapshot.find(Holding, card_id=card.card_id, user_id=user_id)
    if holding is not None and holding.taken >= card.terms.get_limit:
        return LIMIT_REACHED
    return STOCK_GONE if card.quantity == 0 else None


def _new_code(tx: Tx, appid: str) -> str:
    while True:
        code = tx.new_digits(CODE_DIGITS)
        if not tx.value(
            "select 1 from benefits_coupon where appid = :appid and code = :code", appid=appid, code=code
        ):
            return code


def state(snapshot: Snapshot, coupon: Coupon) -> str:
    """The published word for how it stands with a coupon now."""
    if coupon.state is CouponState.NORMAL and snapshot.now >= coupon.expires_at:
        return EXPIRE
    return coupon.state.value


def require_usable(snapshot: Snapshot, coupon: Coupon) -> None:
    """Raises COUPON_CONSUMED, COUPON_UNUSABLE, COUPON_TOO_EARLY."""
    if coupon.state is CouponState.CONSUMED:
        raise DomainError(COUPON_CONSUMED)
    if coupon.state is not CouponState.NORMAL or snapshot.now >= coupon.expires_at:
        raise DomainError(COUPON_UNUSABLE)
    if snapshot.now < coupon.begins_at:
        raise DomainError(COUPON_TOO_EARLY, begins_at=coupon.begins_at)


def consume(tx: Tx, coupon: Coupon, *, source: Source) -> Coupon:
    """Redeem it, once. Raises USE_LIMIT_REACHED and what `require_usable` raises."""
    coupon = tx.lock(coupon)
    require_usable(tx, coupon)
    holding = tx.find_locked(Holding, card_id=coupon.card_id, user_id=coupon.user_id)
    card = tx.find(Card, card_id=coupon.card_id)
    assert holding is not None and card is not None
    if holding.used >= card.terms.use_limit:
        raise DomainError(USE_LIMIT_REACHED, most=card.terms.use_limit)
    tx.update(holding, used=holding.used + 1)
    tx.run("update benefits_card set used = used + 1 where card_id = :card", card=coupon.card_id)
    coupon = tx.update(coupon, state=CouponState.CONSUMED, settled_at=tx.now)
    tx.emit(
        CouponConsumed(
            coupon_id=coupon.id,
            appid=coupon.appid,
            user_id=coupon.user_id,
            card_id=coupon.card_id,
            code=coupon.code,
            outer_str=coupon.outer_str,
            source=source,
            at=tx.now,
        )
    )
    _tell(tx, coupon)
    return coupon


def withdraw(tx: Tx, coupon: Coupon, *, reason: str) -> Coupon:
    """Make it worth nothing; its owner is told why. Doing so again changes nothing.

    Raises COUPON_CONSUMED, COUPON_UNUSABLE when it was thrown away.
    """
    coupon = tx.lock(coupon)
    if coupon.state is CouponState.UNAVAILABLE:
        return coupon
    if coupon.state is CouponState.CONSUMED:
        raise DomainError(COUPON_CONSUMED)
    if coupon.state is CouponState.DELETE:
        raise DomainError(COUPON_UNUSABLE)
    coupon = tx.update(
        coupon, state=CouponState.UNAVAILABLE, settled_at=tx.now, reason=reason[:REASON_LENGTH]
    )
    _tell(tx, coupon)
    return coupon


def delete(tx: Tx, coupon: Coupon) -> None:
    """Its owner throws it away; doing so again changes nothing. One that was used stays used."""
    coupon = tx.lock(coupon)
    if coupon.hidden:
        return
    if coupon.state is CouponState.NORMAL:
        coupon = tx.update(coupon, state=CouponState.DELETE, settled_at=tx.now, hidden=True)
    else:
        coupon = tx.update(coupon, hidden=True)
    tx.emit(
        CouponDeleted(
            coupon_id=coupon.id,
            appid=coupon.appid,
            user_id=coupon.user_id,
            card_id=coupon.card_id,
            code=coupon.code,
            at=tx.now,
        )
    )
    _tell(tx, coupon)


# ── finding ────────────────────────────────────────────────────────────────────────────────────────────────


def of_owner(snapshot: Snapshot, coupon_id: CouponId, user_id: UserId) -> Coupon:
    """Raises COUPON_UNKNOWN, also for another's and for what was thrown away."""
    coupon = snapshot.find(Coupon, id=coupon_id)
    if coupon is None or coupon.user_id != user_id or coupon.hidden:
        raise DomainError(COUPON_UNKNOWN)
    return coupon


def of_code(snapshot: Snapshot, *, appid: str, code: str, card_id: str = "") -> Coupon:
    """The account's coupon with this code. Raises CARD_ID_MISSING where several cards gave it out, COUPON_UNKNOWN."""
    if card_id:
        found = snapshot.find(Coupon, card_id=card_id, code=code)
        coupons = [] if found is None or found.appid != appid else [found]
    else:
        coupons = snapshot.all(
            Coupon, "where appid = :appid and code = :code order by id limit 2", appid=appid, code=code
        )
    if not coupons:
        raise DomainError(COUPON_UNKNOWN)
    if len(coupons) > 1:
        raise DomainError(CARD_ID_MISSING)
    return coupons[0]


def many(snapshot: Snapshot, coupon_ids: list[int]) -> list[Coupon]:
    """Coupons in the order asked for."""
    if not coupon_ids:
        return []
    found = snapshot.all(Coupon, "where id in :ids limit :limit", ids=coupon_ids, limit=len(coupon_ids))
    by_id = {int(coupon.id): coupon for coupon in found}
    return [by_id[coupon_id] for coupon_id in coupon_ids]


def usable(
    snapshot: Snapshot, user_id: UserId, *, after: tuple[int, int] = (0, 0), limit: int = PAGE
) -> list[Coupon]:
    """What a person may still use, by the moment it runs out, beginning after that moment and id."""
    return snapshot.all(
        Coupon,
        "where user_id = :user and state = :state and expires_at > :now"
        " and (expires_at > :at or (expires_at = :at and id > :id)) order by expires_at, id limit :limit",
        user=user_id,
        state=CouponState.NORMAL.value,
        now=snapshot.now,
        at=after[0],
        id=after[1],
        limit=min(limit, PAGE),
    )


def past(snapshot: Snapshot, user_id: UserId, *, before: int = 2**63 - 1, limit: int = PAGE) -> list[Coupon]:
    """What a person has used, or what ran out or was withdrawn, the one taken last first."""
    return snapshot.all(
        Coupon,
        "where user_id = :user and id < :before and hidden = false"
        " and (state in :settled or (state = :normal and expires_at <= :now)) order by id desc limit :limit",
        user=user_id,
        before=before,
        settled=[CouponState.CONSUMED.value, CouponState.UNAVAILABLE.value],
        normal=CouponState.NORMAL.value,
        now=snapshot.now,
        limit=min(limit, PAGE),
    )


def of_account(snapshot: Snapshot, *, appid: str, user_id: UserId, card_id: str = "") -> list[Coupon]:
    """What a person may still use of an account's cards, or of one of them."""
    return snapshot.all(
        Coupon,
        "where user_id = :user and appid = :appid and state = :state and expires_at > :now"
        " and (:card = '' or card_id = :card) order by id limit :limit",
        user=user_id,
        appid=appid,
        state=CouponState.NORMAL.value,
        now=snapshot.now,
        card=card_id,
        limit=MOST_OF_ACCOUNT,
    )


# ── codes for programs ─────────────────────────────────────────────────────────────────────────────────────


def encrypted_code(snapshot: Snapshot, coupon: Coupon) -> str:
    """The code as a program gets it: only the account's server can have it opened."""
    return snapshot.vault.seal(f"{coupon.appid} {coupon.code}")


def decrypt_code(snapshot: Snapshot, *, appid: str, encrypted: str) -> str:
    """Raises CODE_UNREADABLE, also for another account's."""
    try:
        owner, _, code = snapshot.vault.unseal(encrypted).partition(" ")
    except (InvalidTag, binascii.Error, UnicodeError, ValueError):
        raise DomainError(CODE_UNREADABLE) from None
    if owner != appid:
        raise DomainError(CODE_UNREADABLE)
    return code


def _tell(tx: Tx, coupon: Coupon) -> None:
    """Every phone of its owner sees it at once."""
    updates.append(tx, [coupon.user_id], "benefits.coupon", {"coupon_id": str(coupon.id)})
