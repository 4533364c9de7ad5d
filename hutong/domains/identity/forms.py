"""Forms: what a person keeps so as not to write it again: addresses, invoice titles, licence plates."""

import re
from collections.abc import Mapping
from typing import Any

from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError

from .errors import FORM_INVALID, FORM_UNKNOWN, FORMS_FULL
from .tables import Address, AddressId, InvoiceTitle, InvoiceTitleId, LicensePlate, TitleKind, UserId

MOST = 50  # of each kind
_PLATE = re.compile(r"[\u4e00-\u9fff][A-Z][A-Z0-9\u4e00-\u9fff]{4,6}\Z")
_PHONE = re.compile(r"\+?[0-9 -]{5,20}\Z")
_TAX_NUMBER = re.compile(r"[0-9A-Z]{15,20}\Z")


def _room(tx: Tx, table: str, user_id: UserId) -> None:
    if tx.value(f"select count(*) from {table} where user_id = :user", user=user_id) >= MOST:
        raise DomainError(FORMS_FULL, most=MOST)


def addresses(snapshot: Snapshot, user_id: UserId) -> list[Address]:
    """A person's addresses, the one used last first."""
    return snapshot.all(
        Address, "where user_id = :user order by used_at desc, id desc limit :most", user=user_id, most=MOST
    )


def get_address(snapshot: Snapshot, *, user_id: UserId, address_id: AddressId) -> Address:
    """Raises FORM_UNKNOWN, also for another person's."""
    found = snapshot.find(Address, id=address_id)
    if found is None or found.user_id != user_id:
        raise DomainError(FORM_UNKNOWN)
    return found


def _check_address(fields: Mapping[str, Any]) -> None:
    if not all(str(fields[name]).strip() for name in ("name", "province", "city", "detail")):
        raise DomainError(FORM_INVALID, field="detail")
    if not _PHONE.match(fields["phone"]):
        raise DomainError(FORM_INVALID, field="phone")


def add_address(tx: Tx, *, user_id: UserId, **fields: str) -> Address:
    """Raises FORM_INVALID, FORMS_FULL."""
    _check_address(fields)
    _room(tx, "identity_address", user_id)
    return tx.insert(Address(id=AddressId(tx.new_id()), user_id=user_id, used_at=tx.now, **fields))


def change_address(tx: Tx, *, user_id: UserId, address_id: AddressId, **fields: str) -> Address:
    """Raises FORM_UNKNOWN, FORM_INVALID."""
    found = tx.lock(get_address(tx, user_id=user_id, address_id=address_id))
    _check_address(fields)
    return tx.update(found, **fields)


def use_address(tx: Tx, *, user_id: UserId, address_id: AddressId) -> Address:
    """The person chose it: it comes first from now on. Raises FORM_UNKNOWN."""
    return tx.update(tx.lock(get_address(tx, user_id=user_id, address_id=address_id)), used_at=tx.now)


def drop_address(tx: Tx, *, user_id: UserId, address_id: AddressId) -> None:
    """Raises FORM_UNKNOWN."""
    tx.delete(tx.lock(get_address(tx, user_id=user_id, address_id=address_id)))


def invoice_titles(snapshot: Snapshot, user_id: UserId) -> list[InvoiceTitle]:
    """A person's invoice titles, the one used last first."""
    return snapshot.all(
        InvoiceTitle,
        "where user_id = :user order by used_at desc, id desc limit :most",
        user=user_id,
        most=MOST,
    )


def get_invoice_title(snapshot: Snapshot, *, user_id: UserId, title_id: InvoiceTitleId) -> InvoiceTitle:
    """Raises FORM_UNKNOWN, also for another person's."""
    found = snapshot.find(InvoiceTitle, id=title_id)
    if found is None or found.user_id != user_id:
        raise DomainError(FORM_UNKNOWN)
    return found


def add_invoice_title(tx: Tx, *, user_id: UserId, kind: TitleKind, title: str, **fields: str) -> InvoiceTitle:
    """A company needs its tax number. Raises FORM_INVALID, FORMS_FULL."""
    if not title.strip():
        raise DomainError(FORM_INVALID, field="title")
    if kind is TitleKind.COMPANY and not _TAX_NUMBER.match(fields.get("tax_number", "")):
        raise DomainError(FORM_INVALID, field="tax_number")
    _room(tx, "identity_invoice_title", user_id)
    made = InvoiceTitle(
        id=InvoiceTitleId(tx.new_id()),
        user_id=user_id,
        kind=kind,
        title=title.strip(),
        used_at=tx.now,
        **fields,
    )
    return tx.insert(made)


def use_invoice_title(tx: Tx, *, user_id: UserId, title_id: InvoiceTitleId) -> InvoiceTitle:
    """The person chose it: it comes first from now on. Raises FORM_UNKNOWN."""
    return tx.update(tx.lock(get_invoice_title(tx, user_id=user_id, title_id=title_id)), used_at=tx.now)


def drop_invoice_title(tx: Tx, *, user_id: UserId, title_id: InvoiceTitleId) -> None:
    """Raises FORM_UNKNOWN."""
    tx.delete(tx.lock(get_invoice_title(tx, user_id=user_id, title_id=title_id)))


def license_plates(snapshot: Snapshot, user_id: UserId) -> list[LicensePlate]:
    """A person's licence plates, the one used last first."""
    return snapshot.all(
        LicensePlate,
        "where user_id = :user order by used_at desc, number limit :most",
        user=user_id,
        most=MOST,
    )


def use_license_plate(tx: Tx, *, user_id: UserId, number: str) -> LicensePlate:
    """Keep a plate, or note that it is used again. Raises FORM_INVALID, FORMS_FULL."""
    if not _PLATE.match(number):
        raise DomainError(FORM_INVALID, field="number")
    known = tx.find_locked(LicensePlate, user_id=user_id, number=number)
    if known is not None:
        return tx.update(known, used_at=tx.now)
    _room(tx, "identity_license_plate", user_id)
    return tx.insert(LicensePlate(user_id=user_id, number=number, used_at=tx.now))


def drop_license_plate(tx: Tx, *, user_id: UserId, number: str) -> None:
    """Dropping one that is not kept changes nothing."""
    known = tx.find_locked(LicensePlate, user_id=user_id, number=number)
    if known is not None:
        tx.delete(known)
