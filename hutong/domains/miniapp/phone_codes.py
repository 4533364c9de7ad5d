"""Phone codes: a person lets a program's server learn the phone number, once."""

import re

from hutong.domains.apps import apps, grants, openids
from hutong.domains.apps.errors import OPENID_UNKNOWN
from hutong.domains.apps.tables import AppKind
from hutong.domains.identity import users
from hutong.domains.identity.tables import UserId
from hutong.kernel.db import Tx
from hutong.kernel.errors import DomainError
from hutong.kernel.frozen import Frozen

from . import login_codes
from .errors import PHONE_MISSING
from .tables import CodePurpose

SCOPE = "scope.phoneNumber"
_TWO_DIGITS = re.compile(r"2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]")


class Phone(Frozen):
    """A phone number in its published parts; `number` carries the country code unless it is 86."""

    number: str
    pure: str
    country: str


def issue(tx: Tx, *, appid: str, user_id: UserId) -> str:
    """The person said yes: a code for the program's server. Raises PHONE_MISSING, KIND_FORBIDDEN."""
    apps.require_kind(apps.get(tx, appid), AppKind.MINI_PROGRAM)
    if users.get(tx, user_id).phone is None:
        raise DomainError(PHONE_MISSING)
    grants.give(tx, user_id=user_id, appid=appid, scope=SCOPE)
    return login_codes.make(tx, appid=appid, user_id=user_id, purpose=CodePurpose.PHONE)


def redeem(tx: Tx, *, appid: str, code: str, openid: str | None = None) -> Phone:
    """The number behind a code; `openid`, when given, must be the same person's.

    Raises CODE_INVALID, CODE_USED, OPENID_UNKNOWN, PHONE_MISSING, GRANT_MISSING once revoked.
    """
    user_id = login_codes.spend(tx, appid=appid, code=code, purpose=CodePurpose.PHONE)
    if openid and openids.user_of(tx, appid=appid, openid=openid) != user_id:
        raise DomainError(OPENID_UNKNOWN, openid=openid)
    grants.use(tx, user_id=user_id, appid=appid, scope=SCOPE)
    phone = users.get(tx, user_id).phone
    if phone is None:
        raise DomainError(PHONE_MISSING)
    return parts(phone)


def parts(phone: str) -> Phone:
    """Cut a number as people keep it (digits, perhaps a leading + and country code) into its published parts."""
    if not phone.startswith("+"):
        return Phone(phone, phone, "86")
    digits = phone[1:]
    length = 1 if digits[:1] in ("1", "7") else 2 if _TWO_DIGITS.match(digits) else 3
    country, pure = digits[:length], digits[length:]
    return Phone(pure if country == "86" else phone, pure, country)
