"""What the builders' side holds: accounts, mini programs, merchants and corps, with their keys."""

import base64
import secrets
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509 import load_pem_x509_certificate

from .server import Server

if TYPE_CHECKING:
    import httpx


class App:
    """An official account or a mini program."""

    def __init__(
        self,
        server: Server,
        *,
        name: str,
        appid: str,
        secret: str,
        token: str,
        encoding_aes_key: str,
        original_id: str,
        kind: str = "",
    ) -> None:
        self._server = server
        self.name, self.appid, self.secret, self.kind = name, appid, secret, kind
        self.token, self.encoding_aes_key, self.original_id = token, encoding_aes_key, original_id
        self._access_token = ""

    def push_to(self, url: str, *, mode: str = "plain", format: str = "xml") -> None:
        """Send its messages and events to this address, under `token` and `encoding_aes_key`."""
        settings = {
            "url": url,
            "token": self.token,
            "encoding_aes_key": self.encoding_aes_key,
            "mode": mode,
            "format": format,
        }
        self._server.request("PUT", f"/desk/push/{self.appid}", json=settings)

    def stop_push(self) -> None:
        self._server.request("DELETE", f"/desk/push/{self.appid}")

    def fetch_token(self) -> str:
        """A fresh access token."""
        asked = {"grant_type": "client_credential", "appid": self.appid, "secret": self.secret}
        answer = self._server.call("GET", "/mp/cgi-bin/token", params=asked).json()
        self._access_token = answer["access_token"]
        return self._access_token

    def call(
        self, method: str, path: str, json: Any = None, *, params: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Call the published API as this app's own server would; the decoded answer, whatever its errcode."""
        token = self._access_token or self.fetch_token()
        asked = {"access_token": token, **(params or {})}
        found: dict[str, Any] = self._server.call(method, "/mp" + path, params=asked, json=json).json()
        return found

    def __repr__(self) -> str:
        return f"<{self.name} {self.appid}>"


class OfficialAccount(App):
    """A service account."""


class MiniProgram(App):
    """A mini program."""

    def sign_in(self, code: str) -> dict[str, Any]:
        """code2session, as its server would: openid, session_key, unionid."""
        asked = {
            "appid": self.appid,
            "secret": self.secret,
            "js_code": code,
            "grant_type": "authorization_code",
        }
        found: dict[str, Any] = self._server.call("GET", "/mp/sns/jscode2session", params=asked).json()
        return found


class Merchant:
    """A merchant with the files its SDK loads."""

    def __init__(self, server: Server, **fields: Any) -> None:
        self._server = server
        self.name: str = fields["name"]
        self.mchid: str = fields["mchid"]
        self.api_v2_key: str = fields["api_v2_key"]
        self.api_v3_key: str = fields["api_v3_key"]
        self.serial_no: str = fields["serial_no"]
        self.private_key_file = Path(fields["private_key_file"])
        self.certificate_file = Path(fields["certificate_file"])
        self.platform_serial_no: str = fields["platform_serial_no"]
        self.platform_certificate_file = Path(fields["platform_certificate_file"])
        self.platform_public_key_id: str = fields["platform_public_key_id"]
        self.platform_public_key_file = Path(fields["platform_public_key_file"])

    @property
    def private_key(self) -> str:
        """PEM, PKCS#8."""
        return self.private_key_file.read_text()

    def call(self, method: str, path: str, json: Any = None) -> "httpx.Response":
        """A signed call of the published API, below /pay; the answer's signature is checked too."""
        body = "" if json is None else msgspec.json.encode(json).decode()
        stamp, nonce = str(int(time.time())), secrets.token_hex(16).upper()
        signature = self._sign(f"{method}\n{path}\n{stamp}\n{nonce}\n{body}\n")
        authorization = (
            f'WECHATPAY2-SHA256-RSA2048 mchid="{self.mchid}",nonce_str="{nonce}",timestamp="{stamp}",'
            f'serial_no="{self.serial_no}",signature="{signature}"'
        )
        headers = {
            "authorization": authorization,
            "accept": "application/json",
            "content-type": "application/json",
        }
        answer = self._server.call(method, "/pay" + path, content=body, headers=headers)
        self._check(answer)
        return answer

    def request_payment(self, appid: str, prepay_id: str) -> dict[str, str]:
        """What the shop's server gives its page for `wx.requestPayment`."""
        stamp, nonce, package = str(int(time.time())), secrets.token_hex(16), f"prepay_id={prepay_id}"
        return {
            "appId": appid,
            "timeStamp": stamp,
            "nonceStr": nonce,
            "package": package,
            "signType": "RSA",
            "paySign": self._sign(f"{appid}\n{stamp}\n{nonce}\n{package}\n"),
        }

    def open_notification(self, body: str | bytes) -> dict[str, Any]:
        """The decrypted resource of a notification this merchant received."""
        resource = msgspec.json.decode(body)["resource"]
        sealed = base64.b64decode(resource["ciphertext"])
        key, extra = self.api_v3_key.encode(), resource["associated_data"].encode()
        opened: dict[str, Any] = msgspec.json.decode(
            AESGCM(key).decrypt(resource["nonce"].encode(), sealed, extra)
        )
        return opened

    def _sign(self, message: str) -> str:
        key = load_pem_private_key(self.private_key.encode(), password=None)
        assert isinstance(key, rsa.RSAPrivateKey)
        return base64.b64encode(key.sign(message.encode(), padding.PKCS1v15(), hashes.SHA256())).decode()

    def _check(self, answer: "httpx.Response") -> None:
        stamp, nonce = answer.headers["wechatpay-timestamp"], answer.headers["wechatpay-nonce"]
        certificate = load_pem_x509_certificate(self.platform_certificate_file.read_bytes())
        key = certificate.public_key()
        assert isinstance(key, rsa.RSAPublicKey)
        signature = base64.b64decode(answer.headers["wechatpay-signature"])
        message = f"{stamp}\n{nonce}\n".encode() + answer.content + b"\n"
        key.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())

    def __repr__(self) -> str:
        return f"<{self.name} {self.mchid}>"


class Corp:
    """A company with its agents and directory secrets."""

    def __init__(self, server: Server, **fields: Any) -> None:
        self._server = server
        self.name: str = fields["name"]
        self.corpid: str = fields["corpid"]
        self.agents: list[dict[str, Any]] = fields["agents"]
        self.contact: dict[str, str] = fields["contact"]
        self.external_contact: dict[str, str] = fields["external_contact"]

    def fetch_token(self, secret: str = "") -> str:
        """The access token of a secret; of the first agent's, when none is given."""
        asked = {"corpid": self.corpid, "corpsecret": secret or self.agents[0]["secret"]}
        found: str = self._server.call("GET", "/work/cgi-bin/gettoken", params=asked).json()["access_token"]
        return found

    def call(
        self, method: str, path: str, json: Any = None, *, params: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Call the published API as the first agent's program would."""
        asked = {"access_token": self.fetch_token(), **(params or {})}
        found: dict[str, Any] = self._server.call(method, "/work" + path, params=asked, json=json).json()
        return found

    def __repr__(self) -> str:
        return f"<{self.name} {self.corpid}>"
