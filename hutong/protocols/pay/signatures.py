"""Pay v3 signatures: what is signed, how a request proves who sent it, and how our answers do.

Published as "签名生成" and "签名验证": RSA-SHA256, PKCS#1 v1.5, base64, over lines that each end in LF.
"""

import base64
import binascii
import re
from enum import StrEnum

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

SCHEME = "WECHATPAY2-SHA256-RSA2048"
WINDOW_S = 300  # how far a timestamp may be from wire time, either way
MAX_AUTHORIZATION_CHARS = 4096

_PAIR = re.compile(r'\s*([a-z_]+)\s*=\s*"([^"]*)"\s*(?:,|\Z)')
_FIELDS = frozenset({"mchid", "nonce_str", "signature", "timestamp", "serial_no"})
_DIGITS = re.compile(r"[0-9]{1,16}\Z")


class Failure(StrEnum):
    """Why a request was not believed. Each has its own published answer and its own explanation."""

    MISSING = "missing"  # no Authorization header
    SCHEME = "scheme"  # another scheme than RSA
    MALFORMED = "malformed"  # a field missing, twice, empty, or not of its type
    TIMESTAMP = "timestamp"  # outside the window
    SIGNATURE = "signature"  # the key says no


class Credentials(msgspec.Struct, frozen=True):
    """What the Authorization header claims; nothing of it is true until `failure` says None."""

    mchid: str
    serial_no: str
    nonce_str: str
    timestamp: str
    signature: bytes

    @property
    def replay_key(self) -> str:
        """Seen twice within the window, it is a replay."""
        return f"{self.mchid}:{self.timestamp}:{self.nonce_str}"


def parse(authorization: str | None) -> Credentials | Failure:
    """Read the Authorization header: quoted pairs in any order."""
    if not authorization:
        return Failure.MISSING
    if len(authorization) > MAX_AUTHORIZATION_CHARS:
        return Failure.MALFORMED
    scheme, _, pairs = authorization.strip().partition(" ")
    if scheme != SCHEME:
        return Failure.SCHEME
    fields = read_pairs(pairs)
    if fields is None or not all(fields.get(name) for name in _FIELDS):
        return Failure.MALFORMED
    if not _DIGITS.match(fields["timestamp"]):
        return Failure.MALFORMED
    try:
        signature = base64.b64decode(fields["signature"], validate=True)
    except (binascii.Error, ValueError):
        return Failure.MALFORMED
    return Credentials(
        mchid=fields["mchid"],
        serial_no=fields["serial_no"],
        nonce_str=fields["nonce_str"],
        timestamp=fields["timestamp"],
        signature=signature,
    )


def read_pairs(pairs: str) -> dict[str, str] | None:
    """`name="value"` pairs as a dict; None when the text is anything else or names one twice."""
    fields: dict[str, str] = {}
    position = 0
    while position < len(pairs):
        pair = _PAIR.match(pairs, position)
        if pair is None or pair[1] in fields:
            return None
        fields[pair[1]] = pair[2]
        position = pair.end()
    return fields


def request_message(method: str, target: str, timestamp: str, nonce_str: str, body: bytes) -> bytes:
    """Five lines, each ended by LF, the last included. `target` is the path with its query.

    For an upload `body` is the text of the `meta` part alone. Bytes of a target that are not UTF-8
    are expected as surrogates (`surrogateescape`), so that they are signed as they arrived.
    """
    head = f"{method}\n{target}\n{timestamp}\n{nonce_str}\n"
    return head.encode(errors="surrogateescape") + body + b"\n"


def response_message(timestamp: str, nonce_str: str, body: bytes) -> bytes:
    """What an answer or a notification signs: three lines. An empty body still has its line."""
    return f"{timestamp}\n{nonce_str}\n".encode() + body + b"\n"


def payment_message(app_id: str, timestamp: str, nonce_str: str, package: str) -> bytes:
    """What `paySign` is made over in `requestPayment`; for an app, `package` is the bare prepay_id."""
    return f"{app_id}\n{timestamp}\n{nonce_str}\n{package}\n".encode()


def targets(target: str, mount: str) -> tuple[str, ...]:
    """The spellings of a request target that a client may honestly have signed, the published one first.

    A client pointed at a mounted base URL signs the mount if it signs the path it really calls.
    """
    bare = target.removeprefix(mount) if mount and target.startswith(mount + "/") else target
    return (bare, mount + bare) if mount else (bare,)


def fits(public_key: RSAPublicKey, signature: bytes, message: bytes) -> bool:
    try:
        public_key.verify(signature, message, PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return True


def failure(
    credentials: Credentials,
    *,
    public_key: RSAPublicKey,
    method: str,
    target: str,
    mount: str,
    body: bytes,
    now_s: int,
) -> Failure | None:
    """None when the request is what the holder of the key sent, recently.

    `target` as it arrived, `mount` the prefix Pay is served under (empty by host name). Replays are
    the caller's to refuse, by `replay_key`, since that needs a memory.
    """
    if abs(now_s - int(credentials.timestamp)) > WINDOW_S:
        return Failure.TIMESTAMP
    for spelling in sorted(targets(target, mount), key=target.__ne__):  # mostly, what was called was signed
        message = request_message(method, spelling, credentials.timestamp, credentials.nonce_str, body)
        if fits(public_key, credentials.signature, message):
            return None
    return Failure.SIGNATURE
