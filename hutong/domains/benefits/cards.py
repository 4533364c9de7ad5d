"""Cards: made by an official account, changed where that harms nobody who has one, given out while stock lasts."""

from collections.abc import Iterable

from hutong.domains.apps import apps
from hutong.domains.apps.tables import App, AppKind
from hutong.kernel.clock import DAY_MS, HOUR_MS, SECOND_MS, Millis
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError

from .errors import (
    CARD_FOREIGN,
    CARD_UNKNOWN,
    CARDS_FULL,
    FIELD_INVALID,
    FIELD_MISSING,
    FIELD_TOO_LONG,
    PERIOD_INVALID,
    QUANTITY_INVALID,
)
from .tables import Card, CouponKind, DateType, Link, Terms, Validity

PAGE = 50
MOST = 10_000  # cards of one account, deleted ones included
MOST_STOCK = 100_000_000  # published
LONGEST_DAYS = 3650
ID_LENGTH = 28
BEIJING_MS = 8 * HOUR_MS

# The published room for each text, in bytes of UTF-8; a Chinese character takes three.
ROOM = {
    "brand_name": 36,
    "title": 27,
    "sub_title": 54,
    "notice": 48,
    "description": 3072,
    "logo_url": 128,
    "service_phone": 24,
    "detail": 3072,
}
LINK_ROOM = {
    "center": {"title": 18, "sub_title": 24},
    "custom": {"title": 15, "sub_title": 18},
    "promotion": {"title": 15, "sub_title": 18},
}
ADDRESS_ROOM = 128
REQUIRED = ("brand_name", "title", "notice", "description")


def create(
    tx: Tx, *, appid: str, kind: CouponKind, terms: Terms, quantity: int, client_id: str | None = None
) -> Card:
    """A new card of an official account, given out at once. The same `client_id` again is the same card.

    Raises KIND_FORBIDDEN, CARDS_FULL, QUANTITY_INVALID and what `check` raises.
    """
    apps.require_kind(apps.get(tx, appid), *apps.ACCOUNTS)
    check(tx, appid=appid, kind=kind, terms=terms)
    if not 0 <= quantity <= MOST_STOCK:
        raise DomainError(QUANTITY_INVALID)
    if tx.value("select count(*) from benefits_card where appid = :appid", appid=appid) >= MOST:
        raise DomainError(CARDS_FULL, most=MOST)
    card = Card(
        card_id=tx.new_handle("p", ID_LENGTH),
        appid=appid,
        number=tx.new_id(),
        kind=kind,
        terms=terms,
        quantity=quantity,
        taken=0,
        used=0,
        created_at=tx.now,
        updated_at=tx.now,
        client_id=client_id,
    )
    return tx.insert(card) if client_id is None else tx.insert_or_find(card, by=("appid", "client_id"))[0]


def check(snapshot: Snapshot, *, appid: str, kind: CouponKind, terms: Terms) -> None:
    """Raises FIELD_MISSING, FIELD_TOO_LONG, FIELD_INVALID, PERIOD_INVALID, APP_UNKNOWN, CARD_FOREIGN."""
    for name in REQUIRED:
        if not getattr(terms, name).strip():
            raise DomainError(FIELD_MISSING, field=name)
    for name, room in ROOM.items():
        _require_room(name, getattr(terms, name), room)
    for name in LINK_ROOM:
        if (link := getattr(terms, name)) is not None:
            _check_link(snapshot, appid, name, link)
    if terms.logo_url and not terms.logo_url.startswith(("http://", "https://")):
        raise DomainError(FIELD_INVALID, field="logo_url")
    for name in ("get_limit", "use_limit"):
        if not 1 <= getattr(terms, name) <= MOST_STOCK:
            raise DomainError(FIELD_INVALID, field=name)
    _check_worth(kind, terms)
    _check_validity(snapshot, terms.validity)


def _require_room(name: str, text: str, room: int) -> None:
    if len(text.encode()) > room:
        raise DomainError(FIELD_TOO_LONG, field=name, bytes=room)


def _check_link(snapshot: Snapshot, appid: str, name: str, link: Link) -> None:
    if not link.title:
        raise DomainError(FIELD_MISSING, field=name)
    for part, room in LINK_ROOM[name].items():
        _require_room(f"{name}_{part}", getattr(link, part), room)
    for part in ("url", "path"):
        _require_room(f"{name}_{part}", getattr(link, part), ADDRESS_ROOM)
    if not link.url and not link.appid:
        raise DomainError(FIELD_MISSING, field=f"{name}_url")
    if link.url and not link.url.startswith(("http://", "https://")):
        raise DomainError(FIELD_INVALID, field=f"{name}_url")
    if link.appid:
        program = apps.require_kind(apps.get(snapshot, link.appid), AppKind.MINI_PROGRAM)
        require_same(apps.get(snapshot, appid), program)


def _check_worth(kind: CouponKind, terms: Terms) -> None:
    match kind:
        case CouponKind.CASH:
            if not 0 < terms.reduce_cost <= MOST_STOCK:
                raise DomainError(FIELD_INVALID, field="reduce_cost")
            if not 0 <= terms.least_cost <= MOST_STOCK:
                raise DomainError(FIELD_INVALID, field="least_cost")
        case CouponKind.DISCOUNT:
            if not 0 < terms.discount < 100:
                raise DomainError(FIELD_INVALID, field="discount")
        case _:
            if not terms.detail.strip():
                raise DomainError(FIELD_MISSING, field="detail")


def _check_validity(snapshot: Snapshot, validity: Validity) -> None:
    if validity.type is DateType.RANGE:
        begins_at, ends_at = validity.begins_at, validity.ends_at
        if begins_at is None or ends_at is None:
            raise DomainError(FIELD_MISSING, field="date_info")
        if begins_at >= ends_at or ends_at <= snapshot.now:
            raise DomainError(PERIOD_INVALID)
        return
    over = validity.ends_at is not None and validity.ends_at <= snapshot.now
    if over or not (1 <= validity.days <= LONGEST_DAYS and 0 <= validity.begin_days <= LONGEST_DAYS):
        raise DomainError(PERIOD_INVALID)


def period(validity: Validity, taken_at: Millis) -> tuple[Millis, Millis]:
    """From when a coupon taken at this moment holds, and the moment it no longer does."""
    if validity.type is DateType.RANGE:
        assert validity.begins_at is not None and validity.ends_at is not None
        return validity.begins_at, validity.ends_at
    first = (taken_at + BEIJING_MS) // DAY_MS + validity.begin_days
    begins_at = Millis(first * DAY_MS - BEIJING_MS) if validity.begin_days else taken_at
    ends_at = Millis((first + validity.days) * DAY_MS - BEIJING_MS - SECOND_MS)
    return begins_at, ends_at if validity.ends_at is None else Millis(min(ends_at, validity.ends_at))


def get(snapshot: Snapshot, *, appid: str, card_id: str) -> Card:
    """A card of the account. Raises CARD_UNKNOWN, also for a deleted one."""
    card = snapshot.find(Card, card_id=card_id)
    if card is None or card.appid != appid or card.deleted_at is not None:
        raise DomainError(CARD_UNKNOWN)
    return card


def find_made(snapshot: Snapshot, *, appid: str, client_id: str) -> Card | None:
    """The card that was made by hand under this name."""
    return snapshot.find(Card, appid=appid, client_id=client_id)


def many(snapshot: Snapshot, card_ids: Iterable[str]) -> dict[str, Card]:
    """Cards by id, deleted ones too."""
    wanted = sorted(set(card_ids))
    if not wanted:
        return {}
    found = snapshot.all(Card, "where card_id in :ids limit :limit", ids=wanted, limit=len(wanted))
    return {card.card_id: card for card in found}


def list_(snapshot: Snapshot, *, appid: str, before: int | None = None, limit: int = PAGE) -> list[Card]:
    """An account's cards that are given out, the newest first, beginning below the number `before`."""
    return snapshot.all(
        Card,
        "where appid = :appid and deleted_at is null and number < :before order by number desc limit :limit",
        appid=appid,
        before=2**63 - 1 if before is None else before,
        limit=min(limit, PAGE),
    )


def ids(
    snapshot: Snapshot, *, appid: str, offset: int, count: int, live: bool, deleted: bool
) -> tuple[list[str], int]:
    """Ids of an account's cards, oldest first, and how many there are in all."""
    wanted = {
        (True, True): "",
        (True, False): " and deleted_at is null",
        (False, True): " and deleted_at is not null",
    }
    which = wanted.get((live, deleted))
    if which is None:
        return [], 0
    found = snapshot.rows(
        f"select card_id from benefits_card where appid = :appid{which} order by number limit :count offset :offset",
        appid=appid,
        count=min(count, PAGE),
        offset=offset,
    )
    total = snapshot.value(f"select count(*) from benefits_card where appid = :appid{which}", appid=appid)
    return [card_id for (card_id,) in found], int(total)


def change(tx: Tx, card: Card, *, terms: Terms) -> Card:
    """Say something else of a card; whoever has it sees that too. What it is worth and how long it holds stays.

    Raises CARD_UNKNOWN and what `check` raises.
    """
    card = _locked(tx, card)
    assert terms.validity == card.terms.validity
    check(tx, appid=card.appid, kind=card.kind, terms=terms)
    return tx.update(card, terms=terms, updated_at=tx.now)


def restock(tx: Tx, card: Card, *, more: int = 0, less: int = 0) -> Card:
    """Put more into the stock, or take some out. Raises QUANTITY_INVALID when less would be left than none."""
    if not (0 <= more <= MOST_STOCK and 0 <= less <= MOST_STOCK):
        raise DomainError(QUANTITY_INVALID)
    touched = tx.run(
        "update benefits_card set quantity = quantity + :by, updated_at = :now where card_id = :card"
        " and deleted_at is null and quantity + :by >= 0 and quantity + :by <= :most",
        by=more - less,
        now=tx.now,
        card=card.card_id,
        most=MOST_STOCK,
    )
    if not touched:
        raise DomainError(QUANTITY_INVALID)
    return get(tx, appid=card.appid, card_id=card.card_id)


def delete(tx: Tx, card: Card) -> None:
    """Give out no more of it; what people have goes on."""
    tx.update(_locked(tx, card), deleted_at=tx.now, updated_at=tx.now)


def require_same(account: App, program: App) -> None:
    """Raises CARD_FOREIGN unless both are of one organisation."""
    if account.org_id != program.org_id:
        raise DomainError(CARD_FOREIGN)


def _locked(tx: Tx, card: Card) -> Card:
    card = tx.lock(card)
    if card.deleted_at is not None:
        raise DomainError(CARD_UNKNOWN)
    return card
