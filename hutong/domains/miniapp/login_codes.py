"""Login codes: a person opens a program, its page gets a code, its server turns the code into an openid."""

import base64
import hashlib
import hmac
from collections.abc import Mapping

import msgspec

from hutong.domains.apps import apps, openids
from hutong.domains.apps.tables import App, AppKind
from hutong.domains.identity.tables import UserId
from hutong.kernel import envelopes
from hutong.kernel.clock import DAY_MS, MINUTE_MS, SECOND_MS, Millis
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError
from hutong.kernel.frozen import Frozen

from .errors import CODE_INVALID, CODE_USED, SESSION_MISSING, SIGNATURE_WRONG
from .tables import CodePurpose, OneTimeCode, Session

LIFETIME_MS = 5 * MINUTE_MS
SESSION_MS = 3 * DAY_MS  # the published servers do not say; long enough for a weekend
_LENGTH = 32


class SignedIn(Frozen):
    """What the program's server learns."""

    openid: str
    session_key: str
    unionid: str


def issue(tx: Tx, *, appid: str, user_id: UserId) -> str:
    """A code for the program's server, and a session if there was none.

    Raises APP_UNKNOWN, KIND_FORBIDDEN for an official account.
    """
    app = apps.require_kind(apps.get(tx, appid), AppKind.MINI_PROGRAM)
    _session(tx, app.appid, user_id)
    return make(tx, appid=app.appid, user_id=user_id, purpose=CodePurpose.LOGIN)


def make(tx: Tx, *, appid: str, user_id: UserId, purpose: CodePurpose) -> str:
    """A fresh one-time code; the person's expired ones at this program are forgotten."""
    tx.run(
        "delete from miniapp_one_time_code"
        " where appid = :appid and user_id = :user and purpose = :purpose and expires_at <= :now",
        appid=appid,
        user=user_id,
        purpose=purpose.value,
        now=tx.now,
    )
    code = tx.new_handle("0", _LENGTH)
    tx.insert(
        OneTimeCode(
            mac=tx.vault.mac("miniapp.code", code),
            appid=appid,
            user_id=user_id,
            purpose=purpose,
            expires_at=Millis(tx.now + LIFETIME_MS),
        )
    )
    return code


def spend(tx: Tx, *, appid: str, code: str, purpose: CodePurpose) -> UserId:
    """Whose code it is; it works once. Raises CODE_INVALID, CODE_USED."""
    found = tx.find_locked(OneTimeCode, mac=tx.vault.mac("miniapp.code", code))
    if found is None or found.appid != appid or found.purpose is not purpose or tx.now >= found.expires_at:
        raise DomainError(CODE_INVALID)
    if found.used_at is not None:
        raise DomainError(CODE_USED)
    tx.update(found, used_at=tx.now)
    return found.user_id


def sign_in(tx: Tx, *, app: App, code: str) -> SignedIn:
    """Turn a login code into an openid and the session key. Raises CODE_INVALID, CODE_USED."""
    user_id = spend(tx, appid=app.appid, code=code, purpose=CodePurpose.LOGIN)
    session = _session(tx, app.appid, user_id)
    return SignedIn(
        openid=openids.of(tx, appid=app.appid, user_id=user_id),
        session_key=tx.vault.unseal(session.key_sealed),
        unionid=openids.unionid_of(tx, org_id=app.org_id, user_id=user_id),
    )


def _session(tx: Tx, appid: str, user_id: UserId) -> Session:
    """The person's session, renewed with a fresh key when it has expired."""
    expires_at = Millis(tx.now + SESSION_MS)
    fresh = tx.vault.seal(envelopes.new_session_key())
    session, made = tx.insert_or_find(
        Session(appid=appid, user_id=user_id, key_sealed=fresh, expires_at=expires_at),
        by=("appid", "user_id"),
    )
    if made or tx.now < session.expires_at:
        return session
    return tx.update(session, key_sealed=fresh, expires_at=expires_at)


def is_signed_in(snapshot: Snapshot, *, appid: str, user_id: UserId) -> bool:
    """Whether the session key the program's server holds is still good."""
    session = snapshot.find(Session, appid=appid, user_id=user_id)
    return session is not None and snapshot.now < session.expires_at


def check(snapshot: Snapshot, *, appid: str, user_id: UserId, signature: str, data: bytes = b"") -> Session:
    """The session, if `signature` is the HMAC-SHA-256 of `data`, or of nothing, under its key.

    Raises SESSION_MISSING, SIGNATURE_WRONG.
    """
    session = snapshot.find(Session, appid=appid, user_id=user_id)
    if session is None or snapshot.now >= session.expires_at:
        raise DomainError(SESSION_MISSING)
    key = snapshot.vault.unseal(session.key_sealed)
    # Some SDKs key it with the base64 text, some with the bytes behind it.
    accepted = (
        hmac.new(made, data, hashlib.sha256).hexdigest() for made in (key.encode(), base64.b64decode(key))
    )
    if not any(hmac.compare_digest(signature.encode(), fitting.encode()) for fitting in accepted):
        raise DomainError(SIGNATURE_WRONG)
    return session


def reset(tx: Tx, *, appid: str, user_id: UserId, signature: str) -> str:
    """A new session key in place of the one that signed. Raises SESSION_MISSING, SIGNATURE_WRONG."""
    session = tx.lock(check(tx, appid=appid, user_id=user_id, signature=signature))
    fresh = envelopes.new_session_key()
    tx.update(session, key_sealed=tx.vault.seal(fresh), expires_at=Millis(tx.now + SESSION_MS))
    return fresh


class OpenData(Frozen):
    """What a page gets beside the plain values, for its server to trust."""

    raw: str
    signature: str
    encrypted: str
    iv: str


def open_data(
    snapshot: Snapshot,
    *,
    appid: str,
    user_id: UserId,
    shown: Mapping[str, object],
    sealed: Mapping[str, object],
) -> OpenData:
    """`shown` in clear and signed; `shown` and `sealed` with the watermark under the session key.

    Raises SESSION_MISSING before the first login.
    """
    session = snapshot.find(Session, appid=appid, user_id=user_id)
    if session is None or snapshot.now >= session.expires_at:
        raise DomainError(SESSION_MISSING)
    key = snapshot.vault.unseal(session.key_sealed)
    raw = msgspec.json.encode(shown).decode()
    watermark = {"timestamp": snapshot.wire_now // SECOND_MS, "appid": appid}
    whole = msgspec.json.encode({**shown, **sealed, "watermark": watermark})
    encrypted, iv = envelopes.seal_open_data(key, whole)
    signature = hashlib.sha1((raw + key).encode(), usedforsecurity=False).hexdigest()
    return OpenData(raw, signature, encrypted, iv)
