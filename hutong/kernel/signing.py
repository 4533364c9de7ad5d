"""Work for the signer threads: an RSA signature that a protocol asks for and the server makes.

A signature costs some 280 microseconds, so it is never made in the writer or on the event loop.
"""

from typing import Any, NamedTuple


class ToSign(NamedTuple):
    """Sign `message` (PKCS#1 v1.5, SHA-256) and put the base64 signature into the header `header`."""

    key: Any  # cryptography's RSAPrivateKey, loaded once by the protocol
    message: bytes
    header: str
