"""Claims: what a program shows to be allowed to hand a card out, signed by the account that made it.

Published: SHA-1 over the sorted values of the account's `wx_card` ticket, timestamp, card_id, code, openid and
nonce_str, joined with nothing between.
"""

import hashlib
import hmac
from typing import Any

import msgspec

from hutong.domains.apps import apps, openids, tickets
from hutong.domains.apps.errors import OPENID_UNKNOWN
from hutong.domains.apps.tables import App
from hutong.domains.identity.tables import UserId
from hutong.kernel.clock import SECOND_MS, Millis
from hutong.kernel.db import Snapshot
from hutong.kernel.errors import DomainError
from hutong.kernel.frozen import Frozen

from . import cards
from .errors import CARD_EXT_INVALID, CARD_GONE, CARD_UNKNOWN, NOT_FOR_YOU, SIGNATURE_WRONG
from .tables import Card, DateType

TICKET = "wx_card"
EXT_LENGTH = 2048
CODE_LENGTH = 20  # published
NONCE_LENGTH = 64
OUTER_LENGTH = 64
SIGNED = ("timestamp", "code", "openid", "nonce_str")
READ = (*SIGNED, "signature", "outer_str", "fixed_begintimestamp")


class Claim(Frozen):
    """A signature that was found right. `bound_to` is who alone may take the coupon; `nonce` may be empty."""

    card: Card
    code: str
    bound_to: UserId | None
    nonce: str
    outer_str: str
    begins_at: Millis | None


def signature(ticket: str, *, card_id: str, timestamp: str, code: str, openid: str, nonce_str: str) -> str:
    """The published signature, in hex."""
    return hashlib.sha1(
        "".join(sorted([ticket, timestamp, card_id, code, openid, nonce_str])).encode()
    ).hexdigest()


def check(snapshot: Snapshot, *, program: App, card_id: str, ext: str) -> Claim:
    """What `ext`, the published cardExt, allows.

    Raises CARD_UNKNOWN, CARD_GONE, CARD_FOREIGN, CARD_EXT_INVALID, SIGNATURE_WRONG, NOT_FOR_YOU.
    """
    fields = _read(ext)
    card = snapshot.find(Card, card_id=card_id)
    if card is None:
        raise DomainError(CARD_UNKNOWN)
    if card.deleted_at is not None:
        raise DomainError(CARD_GONE)
    cards.require_same(apps.get(snapshot, card.appid), program)
    ticket = tickets.find(snapshot, appid=card.appid, type=TICKET)
    values = {name: fields[name] for name in SIGNED}
    if ticket is None or not hmac.compare_digest(
        signature(ticket, card_id=card_id, **values).encode(), fields["signature"].lower().encode()
    ):
        raise DomainError(SIGNATURE_WRONG)
    if abs(snapshot.wire_now - int(fields["timestamp"]) * SECOND_MS) > tickets.LIFETIME_MS:
        raise DomainError(CARD_EXT_INVALID, field="timestamp", reason="older than a ticket lives")
    terms = card.terms
    if terms.use_custom_code != bool(fields["code"]):
        raise DomainError(CARD_EXT_INVALID, field="code")
    if terms.bind_openid and not fields["openid"]:
        raise DomainError(CARD_EXT_INVALID, field="openid")
    begins_at = None
    if fields["fixed_begintimestamp"] and terms.validity.type is DateType.TERM:
        begins_at = Millis(int(fields["fixed_begintimestamp"]) * SECOND_MS + snapshot.clock_offset)
    return Claim(
        card=card,
        code=fields["code"],
        bound_to=_named(snapshot, fields["openid"], card.appid, program.appid) if fields["openid"] else None,
        nonce=fields["nonce_str"],
        outer_str=fields["outer_str"],
        begins_at=begins_at,
    )


def _named(snapshot: Snapshot, openid: str, *appids: str) -> UserId:
    """Who the openid is, at the card's account or at the program that hands it out."""
    for appid in appids:
        try:
            return openids.user_of(snapshot, appid=appid, openid=openid)
        except DomainError as error:
            if error.code is not OPENID_UNKNOWN:
                raise
    raise DomainError(NOT_FOR_YOU)


def _read(ext: str) -> dict[str, str]:
    try:
        given = msgspec.json.decode(ext, type=dict[str, Any]) if len(ext) <= EXT_LENGTH else {}
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        given = {}
    fields = {name: "" if given.get(name) is None else given[name] for name in READ}
    if not all(isinstance(value, str | int) and not isinstance(value, bool) for value in fields.values()):
        raise DomainError(CARD_EXT_INVALID)
    texts = {name: str(value) for name, value in fields.items()}
    lengths = {"code": CODE_LENGTH, "nonce_str": NONCE_LENGTH, "outer_str": OUTER_LENGTH}
    for name, longest in lengths.items():
        if len(texts[name]) > longest or not texts[name].isprintable():
            raise DomainError(CARD_EXT_INVALID, field=name)
    for name in ("timestamp", "fixed_begintimestamp"):
        text = texts[name]
        if not (text.isascii() and text.isdigit() and len(text) <= 11) and (text or name == "timestamp"):
            raise DomainError(CARD_EXT_INVALID, field=name)
    return texts
