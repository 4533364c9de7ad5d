"""Certificates: a private authority, and what it issues. All dates are wire time, since strangers check them."""

import datetime as dt
import ipaddress
from collections.abc import Sequence

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

ORGANISATION = "Hutong"
BACKDATE = dt.timedelta(days=1)  # clocks of containers and laptops run behind

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
PublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey


def name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, ORGANISATION),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def serial_of(certificate: x509.Certificate) -> str:
    """The serial number as the published headers spell it: upper-case hex."""
    return format(certificate.serial_number, "X")


def make_authority(
    key: PrivateKey, *, common_name: str, now: dt.datetime, life: dt.timedelta
) -> x509.Certificate:
    """A self-signed authority that may sign end certificates only."""
    return (
        _builder(name(common_name), name(common_name), key.public_key(), now, life)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .sign(key, hashes.SHA256())
    )


def issue_server(
    public_key: PublicKey,
    *,
    authority: x509.Certificate,
    authority_key: PrivateKey,
    hosts: Sequence[str],
    now: dt.datetime,
    life: dt.timedelta,
) -> x509.Certificate:
    """A certificate that names every host; an address goes in as an address."""
    return (
        _builder(name(hosts[0]), authority.subject, public_key, now, life)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([_general_name(host) for host in hosts]), critical=False)
        .add_extension(_issuer_key(authority), critical=False)
        .sign(authority_key, hashes.SHA256())
    )


def issue_signer(
    public_key: PublicKey,
    *,
    authority: x509.Certificate,
    authority_key: PrivateKey,
    common_name: str,
    now: dt.datetime,
    life: dt.timedelta,
) -> x509.Certificate:
    """A merchant's or the platform's certificate: it signs messages, and may be shown in a TLS handshake."""
    return (
        _builder(name(common_name), authority.subject, public_key, now, life)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
        .add_extension(_issuer_key(authority), critical=False)
        .sign(authority_key, hashes.SHA256())
    )


def _builder(
    subject: x509.Name, issuer: x509.Name, public_key: PublicKey, now: dt.datetime, life: dt.timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATE)
        .not_valid_after(now + life)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=not signs_certificates,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _issuer_key(authority: x509.Certificate) -> x509.AuthorityKeyIdentifier:
    identifier = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier.value)


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)
