"""Pay v3 signatures written by hand, for callers that no SDK would make."""

import base64
import secrets
import time
from collections.abc import Callable
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from hutong.testing import Merchant, Server


class Signer:
    """A merchant that writes its own signatures. What is signed and what is sent may differ."""

    def __init__(self, server: Server, merchant: Merchant) -> None:
        self.server, self.merchant = server, merchant
        key = load_pem_private_key(merchant.private_key.encode(), password=None)
        assert isinstance(key, RSAPrivateKey)
        self.key = key

    def authorization(
        self,
        text: Callable[[str, str], str | bytes],
        *,
        at: int = 0,
        serial_no: str = "",
        mchid: str = "",
        key: RSAPrivateKey | None = None,
        nonce: str = "",
    ) -> str:
        timestamp = str(int(time.time()) + at)
        nonce = nonce or secrets.token_hex(16).upper()
        said = text(timestamp, nonce)
        message = said.encode() if isinstance(said, str) else said
        signature = (key or self.key).sign(message, PKCS1v15(), SHA256())
        pairs = {
            "mchid": mchid or self.merchant.mchid,
            "nonce_str": nonce,
            "signature": base64.b64encode(signature).decode(),
            "timestamp": timestamp,
            "serial_no": serial_no or self.merchant.serial_no,
        }
        return "WECHATPAY2-SHA256-RSA2048 " + ",".join(f'{name}="{value}"' for name, value in pairs.items())

    def send(self, method: str, target: str, body: bytes, authorization: str | None) -> httpx.Response:
        headers = {"content-type": "application/json", "accept": "application/json"}
        if authorization is not None:
            headers["authorization"] = authorization
        return self.server.call(method, "/pay" + target, content=body, headers=headers)

    def call(self, method: str, target: str, body: bytes = b"", **claims: Any) -> httpx.Response:
        """A call signed as published."""
        signed = self.authorization(
            lambda at, nonce: f"{method}\n{target}\n{at}\n{nonce}\n".encode() + body + b"\n", **claims
        )
        return self.send(method, target, body, signed)
