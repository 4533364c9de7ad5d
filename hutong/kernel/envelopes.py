"""Envelopes: how the published protocols seal what they send.

Message push (AES-256-CBC under the EncodingAESKey, SHA-1 over sorted values), Pay notifications and
certificates (AES-256-GCM under the APIv3 key), and sensitive fields (RSA-OAEP with SHA-1).
"""

import base64
import binascii
import hashlib
import hmac
import secrets
import struct
from enum import StrEnum
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.hashes import SHA1

SALT_BYTES = 16
PUSH_BLOCK_BYTES = 32  # the padding's block; the cipher's own is 16
GCM_NONCE_BYTES = 12

_OAEP = padding.OAEP(mgf=padding.MGF1(algorithm=SHA1()), algorithm=SHA1(), label=None)


class Flaw(StrEnum):
    KEY = "key"  # the key itself has the wrong shape
    ENCODING = "encoding"  # not base64, or not whole blocks
    CIPHER = "cipher"  # does not decrypt under this key
    RECEIVER = "receiver"  # decrypts, but was sealed for somebody else


class BrokenEnvelope(ValueError):
    """The envelope cannot be opened. `receiver_id` is whom it was sealed for, where that could be read."""

    def __init__(self, flaw: Flaw, *, receiver_id: str | None = None) -> None:
        super().__init__(flaw.value)
        self.flaw = flaw
        self.receiver_id = receiver_id


# Message push


def new_encoding_aes_key() -> str:
    """43 characters that decode, with `=` added, to the 32 bytes of an AES key."""
    # The published rule allows letters and digits only.
    while True:
        key = base64.b64encode(secrets.token_bytes(32)).decode()[:43]
        if key.isalnum():
            return key


def push_key(encoding_aes_key: str) -> bytes:
    """The 32 bytes behind an EncodingAESKey. Raises BrokenEnvelope(KEY)."""
    try:
        key = base64.b64decode(encoding_aes_key + "=", validate=True)
    except (binascii.Error, ValueError):
        raise BrokenEnvelope(Flaw.KEY) from None
    if len(encoding_aes_key) != 43 or len(key) != 32:
        raise BrokenEnvelope(Flaw.KEY)
    return key


def push_signature(*values: str) -> str:
    """SHA-1 over the sorted values: `signature` of token, timestamp, nonce; `msg_signature` with Encrypt too."""
    return hashlib.sha1("".join(sorted(values)).encode(), usedforsecurity=False).hexdigest()


def push_signature_fits(signature: str, *values: str) -> bool:
    return hmac.compare_digest(signature.encode(), push_signature(*values).encode())


def seal_push(encoding_aes_key: str, message: bytes, *, receiver_id: str) -> str:
    """The `Encrypt` field, base64. `receiver_id` is the appid, corp id, suite id or component appid."""
    key = push_key(encoding_aes_key)
    plain = secrets.token_bytes(SALT_BYTES) + struct.pack(">I", len(message)) + message + receiver_id.encode()
    pad = PUSH_BLOCK_BYTES - len(plain) % PUSH_BLOCK_BYTES
    encryptor = Cipher(AES(key), CBC(key[:16])).encryptor()
    return base64.b64encode(encryptor.update(plain + bytes([pad]) * pad) + encryptor.finalize()).decode()


def open_push(encoding_aes_key: str, encrypted: str, *, receiver_id: str) -> bytes:
    """The message inside an `Encrypt` field. Raises BrokenEnvelope."""
    message, found = open_push_for_anyone(encoding_aes_key, encrypted)
    if found != receiver_id:
        raise BrokenEnvelope(Flaw.RECEIVER, receiver_id=found)
    return message


def open_push_for_anyone(encoding_aes_key: str, encrypted: str) -> tuple[bytes, str]:
    """The message and the receiver id it was sealed for. Raises BrokenEnvelope."""
    key = push_key(encoding_aes_key)
    try:
        sealed = base64.b64decode(encrypted, validate=True)
    except (binascii.Error, ValueError):
        raise BrokenEnvelope(Flaw.ENCODING) from None
    if not sealed or len(sealed) % 16:
        raise BrokenEnvelope(Flaw.ENCODING)
    decryptor = Cipher(AES(key), CBC(key[:16])).decryptor()
    plain = decryptor.update(sealed) + decryptor.finalize()
    pad = plain[-1]
    # Some SDKs pad to 16 and some to 32; both end in a count of themselves.
    if not 1 <= pad <= PUSH_BLOCK_BYTES or plain[-pad:] != bytes([pad]) * pad:
        raise BrokenEnvelope(Flaw.CIPHER)
    plain = plain[:-pad]
    if len(plain) < SALT_BYTES + 4:
        raise BrokenEnvelope(Flaw.CIPHER)
    (length,) = struct.unpack_from(">I", plain, SALT_BYTES)
    end = SALT_BYTES + 4 + length
    if end > len(plain):
        raise BrokenEnvelope(Flaw.CIPHER)
    try:
        return plain[SALT_BYTES + 4 : end], plain[end:].decode()
    except UnicodeDecodeError:
        raise BrokenEnvelope(Flaw.CIPHER) from None


# Pay v3


def new_gcm_nonce() -> str:
    """Twelve characters, because SDKs take the nonce's text for its bytes."""
    return secrets.token_hex(GCM_NONCE_BYTES // 2)


def seal_resource(api_v3_key: str, plaintext: bytes, *, nonce: str, associated_data: str) -> str:
    """`ciphertext` of a notification's resource or of a certificate: AEAD_AES_256_GCM, tag last, base64."""
    sealed = _gcm(api_v3_key).encrypt(nonce.encode(), plaintext, associated_data.encode())
    return base64.b64encode(sealed).decode()


def open_resource(api_v3_key: str, ciphertext: str, *, nonce: str, associated_data: str) -> bytes:
    """Raises BrokenEnvelope."""
    try:
        sealed = base64.b64decode(ciphertext, validate=True)
        return _gcm(api_v3_key).decrypt(nonce.encode(), sealed, associated_data.encode())
    except (binascii.Error, ValueError) as error:
        if isinstance(error, BrokenEnvelope):
            raise
        raise BrokenEnvelope(Flaw.ENCODING) from None
    except InvalidTag:
        raise BrokenEnvelope(Flaw.CIPHER) from None


@lru_cache(maxsize=1024)
def _gcm(api_v3_key: str) -> AESGCM:
    key = api_v3_key.encode()
    if len(key) != 32:
        raise BrokenEnvelope(Flaw.KEY)
    return AESGCM(key)


def seal_field(public_key: rsa.RSAPublicKey, text: str) -> str:
    """A sensitive field for the holder of the key. Raises ValueError if the text is too long for it."""
    return base64.b64encode(public_key.encrypt(text.encode(), _OAEP)).decode()


def open_field(private_key: rsa.RSAPrivateKey, sealed: str) -> str:
    """Raises BrokenEnvelope."""
    try:
        ciphertext = base64.b64decode(sealed, validate=True)
    except (binascii.Error, ValueError):
        raise BrokenEnvelope(Flaw.ENCODING) from None
    try:
        return private_key.decrypt(ciphertext, _OAEP).decode()
    except ValueError:  # a wrong key and bytes that are no text refuse alike
        raise BrokenEnvelope(Flaw.CIPHER) from None


# Mini program open data


def new_session_key() -> str:
    """Sixteen bytes, base64."""
    return base64.b64encode(secrets.token_bytes(16)).decode()


def seal_open_data(session_key: str, plaintext: bytes) -> tuple[str, str]:
    """`encryptedData` and `iv` for the holder of a session key: AES-128-CBC, PKCS#7, base64."""
    iv = secrets.token_bytes(16)
    pad = 16 - len(plaintext) % 16
    encryptor = Cipher(AES(base64.b64decode(session_key)), CBC(iv)).encryptor()
    sealed = encryptor.update(plaintext + bytes([pad]) * pad) + encryptor.finalize()
    return base64.b64encode(sealed).decode(), base64.b64encode(iv).decode()
