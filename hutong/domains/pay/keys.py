"""Keys: what merchants and this home sign with.

Making a key takes a tenth of a second, so `new_…` functions need no transaction and are called before one.
What they return rests sealed once it is installed; a merchant's private key is handed out and never kept.
"""

import datetime as dt
from collections.abc import Sequence
from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from hutong.domains.apps.tables import OrgId
from hutong.kernel import certificates
from hutong.kernel.clock import Millis
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError
from hutong.kernel.frozen import Frozen
from hutong.kernel.vault import Vault

from .errors import CERTIFICATE_TAKEN
from .tables import KeyUse, MchId, MerchantCertificate, PlatformKey, Trust

LIFE = dt.timedelta(days=5 * 365)  # as the published certificates
SERIAL_DIGITS = 40  # SDKs drop leading zeros and want whole bytes, so the first digit is never zero
PUBLIC_KEY_ID = "PUB_KEY_ID_"
KEY_SIZE = 2048
CERTIFICATES_SHOWN = 10
CERTIFICATES_TRIED = 50


_opened: dict[tuple[Vault, str], rsa.RSAPrivateKey] = {}


class NewKey(Frozen):
    """A key of this home that is not installed yet."""

    id: str
    key_use: KeyUse
    private_key: str
    public_part: str
    effective_at: Millis
    expires_at: Millis


class NewMerchantKey(Frozen):
    """A merchant's key pair: all PEM, the private part PKCS#8."""

    serial_no: str
    private_key: str
    certificate: str


def new_platform(now: Millis, *, public_key_id: str) -> list[NewKey]:
    """An authority, a platform certificate and a platform public key. `now` is wire time; slow.

    `public_key_id` is the digits after PUB_KEY_ID_.
    """
    moment = dt.datetime.fromtimestamp(now / 1000, dt.UTC)
    authority_key = ec.generate_private_key(ec.SECP256R1())
    authority = certificates.make_authority(
        authority_key, common_name="Hutong Pay Authority", now=moment, life=2 * LIFE
    )
    signer = rsa.generate_private_key(public_exponent=65537, key_size=KEY_SIZE)
    certificate = _issue(signer.public_key(), authority, authority_key, "Hutong Pay", moment)
    plain = rsa.generate_private_key(public_exponent=65537, key_size=KEY_SIZE)
    public_part = plain.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    return [
        _with_certificate(KeyUse.AUTHORITY, authority_key, authority),
        _with_certificate(KeyUse.CERTIFICATE, signer, certificate),
        NewKey(
            id=PUBLIC_KEY_ID + public_key_id,
            key_use=KeyUse.PUBLIC_KEY,
            private_key=_private_pem(plain),
            public_part=public_part,
            effective_at=now,
            expires_at=_millis(moment + LIFE),
        ),
    ]


def install(tx: Tx, made: Sequence[NewKey]) -> None:
    """Keep keys of this home; the newest of each use signs from now on."""
    for key in made:
        tx.insert(
            PlatformKey(
                id=key.id,
                key_use=key.key_use,
                private_key_sealed=tx.vault.seal(key.private_key),
                public_part=key.public_part,
                effective_at=key.effective_at,
                expires_at=key.expires_at,
            )
        )


def current(snapshot: Snapshot, use: KeyUse) -> PlatformKey | None:
    """The key that serves this use; None in a home whose keys were never made."""
    found = snapshot.few(
        PlatformKey, "where key_use = :key_use order by effective_at desc, id desc limit 1", key_use=use.value
    )
    return found[0] if found else None


def signing(snapshot: Snapshot, trust: Trust) -> PlatformKey | None:
    """The key that signs for those who check us this way."""
    return current(snapshot, KeyUse(trust.value))


def signer(snapshot: Snapshot, trust: Trust) -> tuple[str, rsa.RSAPrivateKey] | None:
    """The id of the key that signs for those who check us this way, and the key, opened once in this process."""
    key = signing(snapshot, trust)
    if key is None:
        return None
    opened = _opened.get((snapshot.vault, key.id))
    if opened is None:
        opened = _opened[snapshot.vault, key.id] = private_key(snapshot, key)
    return key.id, opened


def find(snapshot: Snapshot, key_id: str) -> PlatformKey | None:
    return snapshot.find(PlatformKey, id=key_id)


def shown(snapshot: Snapshot) -> list[PlatformKey]:
    """The platform certificates a merchant may fetch, newest first."""
    return snapshot.all(
        PlatformKey,
        "where key_use = :key_use order by effective_at desc, id desc limit :limit",
        key_use=KeyUse.CERTIFICATE.value,
        limit=CERTIFICATES_SHOWN,
    )


def private_key(snapshot: Snapshot, key: PlatformKey) -> rsa.RSAPrivateKey:
    """The opened key, parsed once in the life of the process."""
    loaded = _load_private(snapshot.vault.unseal(key.private_key_sealed))
    assert isinstance(loaded, rsa.RSAPrivateKey)
    return loaded


def new_merchant_key(snapshot: Snapshot, mchid: MchId, *, now: Millis) -> NewMerchantKey:
    """A key pair and its certificate from this home's authority. `now` is wire time; slow."""
    moment = dt.datetime.fromtimestamp(now / 1000, dt.UTC)
    kept = current(snapshot, KeyUse.AUTHORITY)
    assert kept is not None, "this home has no authority yet"
    authority_key = _load_private(snapshot.vault.unseal(kept.private_key_sealed))
    assert isinstance(authority_key, ec.EllipticCurvePrivateKey)
    authority = x509.load_pem_x509_certificate(kept.public_part.encode())
    key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_SIZE)
    certificate = _issue(key.public_key(), authority, authority_key, mchid, moment)
    return NewMerchantKey(
        serial_no=certificates.serial_of(certificate),
        private_key=_private_pem(key),
        certificate=certificate.public_bytes(Encoding.PEM).decode(),
    )


def certify(tx: Tx, *, mchid: MchId, certificate: str) -> MerchantCertificate:
    """Believe what this certificate's key signs for the merchant. Raises CERTIFICATE_TAKEN."""
    parsed = x509.load_pem_x509_certificate(certificate.encode())
    kept, created = tx.insert_or_find(
        MerchantCertificate(
            serial_no=certificates.serial_of(parsed),
            mchid=mchid,
            certificate=certificate,
            effective_at=_millis(parsed.not_valid_before_utc),
            expires_at=_millis(parsed.not_valid_after_utc),
        ),
        by=("serial_no",),
    )
    if not created and (kept.mchid, kept.certificate) != (mchid, certificate):
        raise DomainError(CERTIFICATE_TAKEN, serial_no=kept.serial_no)
    return kept


def revoke(tx: Tx, certificate: MerchantCertificate) -> MerchantCertificate:
    """Believe nothing more that this certificate's key signs."""
    return tx.update(certificate, revoked=True)


def find_certificate(snapshot: Snapshot, serial_no: str) -> MerchantCertificate | None:
    return snapshot.find(MerchantCertificate, serial_no=serial_no)


def certificates_of(snapshot: Snapshot, mchid: MchId) -> list[MerchantCertificate]:
    """A merchant's certificates in force, for signatures that do not name one."""
    return snapshot.few(
        MerchantCertificate,
        "where mchid = :mchid and revoked = false order by effective_at desc, serial_no limit :limit",
        mchid=mchid,
        limit=CERTIFICATES_SHOWN,
    )


def certificates_of_organisation(snapshot: Snapshot, org_id: OrgId) -> list[MerchantCertificate]:
    """The certificates of one owner's merchants: whose key it may be that was taken for another's."""
    return snapshot.all(
        MerchantCertificate,
        "where mchid in (select mchid from pay_merchant where org_id = :org_id)"
        " and revoked = false order by serial_no limit :limit",
        org_id=org_id,
        limit=CERTIFICATES_TRIED,
    )


@lru_cache(maxsize=4096)
def public_key(pem: str) -> rsa.RSAPublicKey:
    """The RSA key inside a certificate or a public key in PEM, parsed once."""
    if "CERTIFICATE" in pem[:40]:
        loaded = x509.load_pem_x509_certificate(pem.encode()).public_key()
    else:
        loaded = load_pem_public_key(pem.encode())  # type: ignore[assignment]
    assert isinstance(loaded, rsa.RSAPublicKey)
    return loaded


@lru_cache(maxsize=64)
def _load_private(pem: str) -> object:
    # Ours, from the vault: testing its primes again would hold everybody up for a tenth of a second.
    return load_pem_private_key(pem.encode(), password=None, unsafe_skip_rsa_key_validation=True)


def _issue(
    public: rsa.RSAPublicKey,
    authority: x509.Certificate,
    authority_key: ec.EllipticCurvePrivateKey,
    common_name: str,
    now: dt.datetime,
) -> x509.Certificate:
    while True:
        certificate = certificates.issue_signer(
            public,
            authority=authority,
            authority_key=authority_key,
            common_name=common_name,
            now=now,
            life=LIFE,
        )
        if len(certificates.serial_of(certificate)) == SERIAL_DIGITS:
            return certificate


def _with_certificate(
    use: KeyUse, key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, certificate: x509.Certificate
) -> NewKey:
    return NewKey(
        id=certificates.serial_of(certificate),
        key_use=use,
        private_key=_private_pem(key),
        public_part=certificate.public_bytes(Encoding.PEM).decode(),
        effective_at=_millis(certificate.not_valid_before_utc),
        expires_at=_millis(certificate.not_valid_after_utc),
    )


def _private_pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _millis(moment: dt.datetime) -> Millis:
    return Millis(int(moment.timestamp()) * 1000)
