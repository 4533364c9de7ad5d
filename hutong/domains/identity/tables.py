"""What identity keeps."""

from enum import StrEnum
from typing import NewType

from hutong.kernel.clock import Millis
from hutong.kernel.rows import Row, table

UserId = NewType("UserId", int)
SessionId = NewType("SessionId", int)
AddressId = NewType("AddressId", int)
InvoiceTitleId = NewType("InvoiceTitleId", int)


@table("identity_user", key="id", unique=["username", "phone", "personal_code"])
class User(Row):
    """A person. `username` is lower case and never changes; `avatar` is a media handle or empty."""

    id: UserId
    username: str
    nickname: str
    personal_code: str  # what the person's own QR code carries; can be renewed
    created_at: Millis
    phone: str | None = None  # digits, with a leading + and country code when it has one
    avatar: str = ""
    region: str = ""
    signature: str = ""
    findable_by_phone: bool = True


@table("identity_password", key="user_id")
class Password(Row):
    """How a person signs in. `failures` counts within the window that began at `failing_since` (wire time)."""

    user_id: UserId
    password_hash: str
    changed_at: Millis
    failures: int = 0
    failing_since: Millis = Millis(0)


@table("identity_session", key="id", unique=["token_mac"], index=[("user_id", "id")], remembered=True)
class Session(Row):
    """One signed-in device. `seen_at` moves at most once an hour."""

    id: SessionId
    user_id: UserId
    token_mac: str
    device: str
    created_at: Millis
    seen_at: Millis


@table("identity_proof", key="user_id", remembered=True)
class Proof(Row):
    """A person's payment PIN, as a keyed hash."""

    user_id: UserId
    pin_mac: str
    set_at: Millis
    failures: int = 0
    locked_until: Millis = Millis(0)


@table("identity_address", key="id", index=[("user_id", "used_at")])
class Address(Row):
    """Where a person has parcels sent. `region_code` is the county's six digits, empty where it has none."""

    id: AddressId
    user_id: UserId
    name: str
    phone: str
    province: str
    city: str
    county: str
    detail: str
    used_at: Millis
    region_code: str = ""
    postal_code: str = ""


class TitleKind(StrEnum):
    COMPANY = "COMPANY"
    PERSON = "PERSON"


@table("identity_invoice_title", key="id", index=[("user_id", "used_at")])
class InvoiceTitle(Row):
    """To whom a person has invoices made out."""

    id: InvoiceTitleId
    user_id: UserId
    kind: TitleKind
    title: str
    used_at: Millis
    tax_number: str = ""
    address: str = ""
    phone: str = ""
    bank: str = ""
    bank_account: str = ""


@table("identity_license_plate", key=("user_id", "number"), shard="user_id")
class LicensePlate(Row):
    """A car a person drives."""

    user_id: UserId
    number: str
    used_at: Millis
