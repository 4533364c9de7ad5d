"""What a person keeps to fill in forms: addresses, invoice titles, licence plates."""

from typing import Annotated

from msgspec import Meta, to_builtins

from hutong.domains.identity import forms
from hutong.domains.identity.tables import Address, AddressId, InvoiceTitle, InvoiceTitleId, TitleKind
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.endpoints import Id, Request, Response

from .protocol import Person, client

Line = Annotated[str, Meta(max_length=128)]
Digits = Annotated[str, Meta(max_length=6, pattern=r"^[0-9]*\Z")]


class AddressFields(Request):
    """`region_code` is the county's six digits, or empty."""

    name: Line
    phone: Line
    province: Line
    city: Line
    detail: Line
    county: Line = ""
    region_code: Digits = ""
    postal_code: Digits = ""


class AddressLine(Response):
    address_id: str
    name: str
    phone: str
    province: str
    city: str
    county: str
    detail: str
    region_code: str
    postal_code: str


class AddressBook(Response):
    addresses: list[AddressLine]


def _address(one: Address) -> AddressLine:
    kept = {name: getattr(one, name) for name in AddressLine.__struct_fields__ if name != "address_id"}
    return AddressLine(address_id=str(one.id), **kept)


@client.get("/addresses")
def list_addresses(snapshot: Snapshot, person: Person) -> AddressBook:
    """My addresses, the one used last first."""
    return AddressBook([_address(one) for one in forms.addresses(snapshot, person.user_id)])


@client.post("/addresses")
def add_address(tx: Tx, person: Person, req: AddressFields) -> AddressLine:
    """Keep an address."""
    return _address(forms.add_address(tx, user_id=person.user_id, **to_builtins(req)))


class OneAddress(Request):
    address_id: Id


class AddressChange(AddressFields, kw_only=True):
    address_id: Id


@client.put("/addresses/{address_id}")
def change_address(tx: Tx, person: Person, req: AddressChange) -> AddressLine:
    """Write an address anew."""
    fields = to_builtins(req)
    address_id = AddressId(int(fields.pop("address_id")))
    return _address(forms.change_address(tx, user_id=person.user_id, address_id=address_id, **fields))


@client.post("/addresses/{address_id}/use")
def use_address(tx: Tx, person: Person, req: OneAddress) -> AddressLine:
    """I chose it: it comes first from now on."""
    found = forms.use_address(tx, user_id=person.user_id, address_id=AddressId(int(req.address_id)))
    return _address(found)


@client.delete("/addresses/{address_id}")
def drop_address(tx: Tx, person: Person, req: OneAddress) -> None:
    """Keep it no longer."""
    forms.drop_address(tx, user_id=person.user_id, address_id=AddressId(int(req.address_id)))


class TitleFields(Request):
    """A company has a tax number."""

    kind: TitleKind
    title: Line
    tax_number: Line = ""
    address: Line = ""
    phone: Line = ""
    bank: Line = ""
    bank_account: Line = ""


class TitleLine(Response):
    title_id: str
    kind: TitleKind
    title: str
    tax_number: str
    address: str
    phone: str
    bank: str
    bank_account: str


class Titles(Response):
    titles: list[TitleLine]


def _title(one: InvoiceTitle) -> TitleLine:
    kept = {name: getattr(one, name) for name in TitleLine.__struct_fields__ if name != "title_id"}
    return TitleLine(title_id=str(one.id), **kept)


@client.get("/invoice-titles")
def list_invoice_titles(snapshot: Snapshot, person: Person) -> Titles:
    """To whom I have invoices made out, the one used last first."""
    return Titles([_title(one) for one in forms.invoice_titles(snapshot, person.user_id)])


@client.post("/invoice-titles")
def add_invoice_title(tx: Tx, person: Person, req: TitleFields) -> TitleLine:
    """Keep an invoice title."""
    fields = {**to_builtins(req), "kind": req.kind}
    return _title(forms.add_invoice_title(tx, user_id=person.user_id, **fields))


class OneTitle(Request):
    title_id: Id


@client.post("/invoice-titles/{title_id}/use")
def use_invoice_title(tx: Tx, person: Person, req: OneTitle) -> TitleLine:
    """I chose it: it comes first from now on."""
    found = forms.use_invoice_title(tx, user_id=person.user_id, title_id=InvoiceTitleId(int(req.title_id)))
    return _title(found)


@client.delete("/invoice-titles/{title_id}")
def drop_invoice_title(tx: Tx, person: Person, req: OneTitle) -> None:
    """Keep it no longer."""
    forms.drop_invoice_title(tx, user_id=person.user_id, title_id=InvoiceTitleId(int(req.title_id)))


class Plates(Response):
    numbers: list[str]


@client.get("/license-plates")
def list_license_plates(snapshot: Snapshot, person: Person) -> Plates:
    """My cars, the one used last first."""
    return Plates([one.number for one in forms.license_plates(snapshot, person.user_id)])


class OnePlate(Request):
    number: Annotated[str, Meta(min_length=1, max_length=16)]


@client.put("/license-plates/{number}")
def use_license_plate(tx: Tx, person: Person, req: OnePlate) -> None:
    """Keep a plate, or choose it again."""
    forms.use_license_plate(tx, user_id=person.user_id, number=req.number)


@client.delete("/license-plates/{number}")
def drop_license_plate(tx: Tx, person: Person, req: OnePlate) -> None:
    """Keep it no longer."""
    forms.drop_license_plate(tx, user_id=person.user_id, number=req.number)
