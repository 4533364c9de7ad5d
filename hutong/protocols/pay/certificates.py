"""Platform certificates: /v3/certificates"""

from hutong.domains.pay import keys, merchants
from hutong.domains.pay.tables import PlatformKey
from hutong.kernel import envelopes
from hutong.kernel.db import Snapshot
from hutong.kernel.endpoints import Request, Response
from hutong.kernel.errors import DomainError

from . import times
from .errors import FIELD_INVALID
from .protocol import Caller, pay

ALGORITHM = "AEAD_AES_256_GCM"
ASSOCIATED_DATA = "certificate"


class CertificatesRequest(Request):
    algorithm_type: str = "RSA"


class EncryptedCertificate(Response):
    algorithm: str
    nonce: str
    associated_data: str
    ciphertext: str


class Certificate(Response):
    serial_no: str
    effective_time: str
    expire_time: str
    encrypt_certificate: EncryptedCertificate


class Certificates(Response):
    data: list[Certificate]


@pay.get("/v3/certificates")
def list_certificates(snapshot: Snapshot, caller: Caller, req: CertificatesRequest) -> Certificates:
    """获取平台证书列表"""
    if req.algorithm_type not in ("RSA", "ALL"):
        raise DomainError(
            FIELD_INVALID,
            detail={"field": "/algorithm_type", "issue": "只支持RSA或ALL", "location": "query"},
        )
    api_v3_key = merchants.api_v3_key(snapshot, caller.merchant)
    return Certificates([_sealed(key, api_v3_key) for key in keys.shown(snapshot)])


def _sealed(key: PlatformKey, api_v3_key: str) -> Certificate:
    nonce = envelopes.new_gcm_nonce()
    ciphertext = envelopes.seal_resource(
        api_v3_key, key.public_part.encode(), nonce=nonce, associated_data=ASSOCIATED_DATA
    )
    return Certificate(
        serial_no=key.id,
        effective_time=times.written(key.effective_at),
        expire_time=times.written(key.expires_at),
        encrypt_certificate=EncryptedCertificate(ALGORITHM, nonce, ASSOCIATED_DATA, ciphertext),
    )
