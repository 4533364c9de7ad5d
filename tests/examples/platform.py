"""The platform's side of the wire, as small as the shop's own tests need it.

It answers inside the process, below the unmodified libraries: what they send is read as sent, what they check
(signatures, certificates, envelopes) is really made.
"""

from __future__ import annotations

import base64
import datetime
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.x509.oid import NameOID
from requests.structures import CaseInsensitiveDict

MCHID = "1900000109"
API_V3_KEY = "k" * 32
PUBLIC_KEY_ID = "PUB_KEY_ID_0119000001092026112200001"

Answer = tuple[int, dict[str, Any]]


@dataclass
class Keys:
    merchant: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))
    platform: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))

    def __post_init__(self) -> None:
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Platform")])
        now = datetime.datetime.now(datetime.UTC)
        self.certificate = (
            x509.CertificateBuilder(name, name, self.platform.public_key(), 0x5A << 152 | 7)
            .not_valid_before(now - datetime.timedelta(hours=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .sign(self.platform, hashes.SHA256())
        )

    @property
    def serial_no(self) -> str:
        return f"{self.certificate.serial_number:X}"

    def write(self, folder: Path) -> tuple[Path, Path]:
        private, public = folder / "merchant.pem", folder / "platform.pem"
        private.write_bytes(
            self.merchant.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        public.write_bytes(
            self.platform.public_key().public_bytes(
                serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
            )
        )
        return private, public


class Platform:
    """Answers by path, and remembers what it was asked."""

    def __init__(self, keys: Keys, serial: str = PUBLIC_KEY_ID) -> None:
        self.keys = keys
        self.serial = serial
        self.asked: list[tuple[str, str, dict[str, Any]]] = []
        self._answers: list[tuple[str, Callable[[str, dict[str, Any]], Answer]]] = []
        self.answer("/cgi-bin/token", {"access_token": "T", "expires_in": 7200})
        self.answer("/v3/certificates", lambda *_: (200, {"data": [self._sealed_certificate()]}))

    def answer(
        self, path: str, with_: dict[str, Any] | Answer | Callable[[str, dict[str, Any]], Answer]
    ) -> None:
        """From now on answer this path so; the latest word holds. An answer of status 0 is a cut line."""
        if callable(with_):
            self._answers.insert(0, (path, with_))
        else:
            fixed = (200, with_) if isinstance(with_, dict) else with_
            self._answers.insert(0, (path, lambda *_: fixed))

    def bodies(self, path: str) -> list[dict[str, Any]]:
        return [body for _, asked, body in self.asked if asked.startswith(path)]

    def send(self, _: object, request: requests.PreparedRequest, **__: object) -> requests.Response:
        path = str(request.path_url)
        raw = request.body.encode() if isinstance(request.body, str) else (request.body or b"")
        body = json.loads(raw) if raw else {}
        self.asked.append((str(request.method), path, body))
        answer = next((make for known, make in self._answers if path.split("?")[0].startswith(known)), None)
        assert answer is not None, f"the platform was asked for {path}"
        status, content = answer(path, body)
        if status == 0:
            raise requests.ConnectionError("the line is cut")
        text = json.dumps(content, ensure_ascii=False) if content else ""
        response = requests.Response()
        response.status_code = status
        response.headers = CaseInsensitiveDict(self.signed(text))
        response.headers["Content-Type"] = "application/json"
        response._content = text.encode()
        response.url = str(request.url)
        response.request = request
        return response

    def signed(self, text: str) -> dict[str, str]:
        stamp, nonce = str(int(time.time())), secrets.token_hex(16)
        message = f"{stamp}\n{nonce}\n{text}\n".encode()
        signature = self.keys.platform.sign(message, padding.PKCS1v15(), hashes.SHA256())
        return {
            "Wechatpay-Timestamp": stamp,
            "Wechatpay-Nonce": nonce,
            "Wechatpay-Serial": self.serial,
            "Wechatpay-Signature": base64.b64encode(signature).decode(),
            "Wechatpay-Signature-Type": "WECHATPAY2-SHA256-RSA2048",
        }

    def notification(
        self, event_type: str, resource: dict[str, Any], key: str = API_V3_KEY
    ) -> tuple[bytes, dict[str, str]]:
        kind = "transaction" if event_type.startswith("TRANSACTION") else "refund"
        body = json.dumps(
            {
                "id": secrets.token_hex(16),
                "create_time": "2026-11-22T20:00:00+08:00",
                "resource_type": "encrypt-resource",
                "event_type": event_type,
                "summary": "通知",
                "resource": {
                    "original_type": kind,
                    **self._seal(json.dumps(resource), kind, key),
                },
            },
            ensure_ascii=False,
        )
        return body.encode(), {**self.signed(body), "Content-Type": "application/json"}

    def _seal(self, text: str, associated_data: str, key: str = API_V3_KEY) -> dict[str, str]:
        nonce = secrets.token_hex(6)
        sealed = AESGCM(key.encode()).encrypt(nonce.encode(), text.encode(), associated_data.encode())
        return {
            "algorithm": "AEAD_AES_256_GCM",
            "ciphertext": base64.b64encode(sealed).decode(),
            "associated_data": associated_data,
            "nonce": nonce,
        }

    def _sealed_certificate(self) -> dict[str, Any]:
        certificate = self.keys.certificate
        pem = certificate.public_bytes(serialization.Encoding.PEM).decode()
        return {
            "serial_no": self.keys.serial_no,
            "effective_time": certificate.not_valid_before_utc.isoformat(),
            "expire_time": certificate.not_valid_after_utc.isoformat(),
            "encrypt_certificate": self._seal(pem, "certificate"),
        }
