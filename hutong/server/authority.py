"""The home's own certificate authority: who vouches for the published hosts on this machine.

Made at the first start under `HOME/keys`, never shipped, renewed before it runs out. Its dates are
wire time: a sandbox whose business clock is years ahead still shakes hands today.
"""

import datetime as dt
import fcntl
import os
import re
import socket
import ssl
import warnings
from pathlib import Path

import certifi
import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    pkcs12,
)
from cryptography.utils import CryptographyDeprecationWarning

from hutong.kernel import certificates

from . import hosts

CA_LIFE = dt.timedelta(days=3650)
LEAF_LIFE = dt.timedelta(days=397)  # the longest life that strict clients accept
RENEW_BEFORE = dt.timedelta(days=60)
TRUST_STORE_PASSWORD = "hutong"  # guards public certificates from nobody; Java insists on one

_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)


class Authority(msgspec.Struct, frozen=True):
    """Where the files are. Only `ca_key_file` and `key_file` are secret."""

    ca_file: Path
    ca_key_file: Path
    cert_file: Path  # the leaf, followed by the CA
    key_file: Path
    bundle_file: Path  # public roots and our CA: what a client is told to trust
    trust_store_file: Path  # the same for Java, PKCS#12
    hosts_file: Path  # where a JVM is told the published hosts are

    def ca_certificate(self) -> x509.Certificate:
        return x509.load_pem_x509_certificate(self.ca_file.read_bytes())

    def ca_key(self) -> ec.EllipticCurvePrivateKey:
        key = load_pem_private_key(self.ca_key_file.read_bytes(), password=None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        return key


def authority_of(home: Path) -> Authority:
    """The paths alone; nothing is made or read."""
    keys = home / "keys"
    return Authority(
        ca_file=keys / "wire-ca.pem",
        ca_key_file=keys / "wire-ca.key",
        cert_file=keys / "wire.pem",
        key_file=keys / "wire.key",
        bundle_file=keys / "wire-roots.pem",
        trust_store_file=keys / "wire-roots.p12",
        hosts_file=keys / "wire-hosts",
    )


def ensure_authority(home: Path, *, now: dt.datetime | None = None) -> Authority:
    """Make or renew what is missing, near its end or no longer names every host; cheap when all is well."""
    now = now or dt.datetime.now(dt.UTC)
    authority = authority_of(home)
    authority.ca_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with open(authority.ca_file.parent / "wire.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two processes starting at once agree on one authority
        if not _fresh(authority.ca_file, authority.ca_key_file, now, RENEW_BEFORE + LEAF_LIFE):
            _make_ca(authority, now)
        if not (_fresh(authority.cert_file, authority.key_file, now, RENEW_BEFORE) and _names_all(authority)):
            _make_leaf(authority, now)
        _write_roots(authority)
        _write_hosts(authority)
    return authority


def public_roots() -> str:
    """The roots this machine trusts, or Mozilla's when it has none of its own; PEM."""
    found = ssl.get_default_verify_paths()
    for candidate in (found.openssl_cafile, "/etc/ssl/certs/ca-certificates.crt", certifi.where()):
        path = Path(candidate)
        if path.is_file() and path.stat().st_size:
            return path.read_text(encoding="utf-8", errors="replace")
    return ""


def _fresh(certificate_file: Path, key_file: Path, now: dt.datetime, spare: dt.timedelta) -> bool:
    if not (certificate_file.exists() and key_file.exists()):
        return False
    certificate = x509.load_pem_x509_certificate(certificate_file.read_bytes())
    return certificate.not_valid_before_utc <= now and now + spare <= certificate.not_valid_after_utc


def _names_all(authority: Authority) -> bool:
    leaf = x509.load_pem_x509_certificate(authority.cert_file.read_bytes())
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    named = {str(value) for value in names.get_values_for_type(x509.DNSName)}
    named |= {str(value) for value in names.get_values_for_type(x509.IPAddress)}
    ca = authority.ca_certificate()
    return named >= {*hosts.PUBLISHED, *hosts.LOOPBACK} and _signed_by(leaf, ca)


def _signed_by(leaf: x509.Certificate, ca: x509.Certificate) -> bool:
    identifier = leaf.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value
    own = ca.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return identifier.key_identifier == own.key_identifier


def _make_ca(authority: Authority, now: dt.datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    # The year in the name keeps a renewed authority apart from its predecessor in a person's list.
    common_name = f"Hutong home authority {now:%Y-%m-%d}"
    certificate = certificates.make_authority(key, common_name=common_name, now=now, life=CA_LIFE)
    _write_key(authority.ca_key_file, key)
    _write(authority.ca_file, certificate.public_bytes(Encoding.PEM), 0o644)


def _make_leaf(authority: Authority, now: dt.datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    ca = authority.ca_certificate()
    leaf = certificates.issue_server(
        key.public_key(),
        authority=ca,
        authority_key=authority.ca_key(),
        hosts=[*hosts.PUBLISHED, *hosts.LOOPBACK],
        now=now,
        life=LEAF_LIFE,
    )
    _write_key(authority.key_file, key)
    _write(authority.cert_file, leaf.public_bytes(Encoding.PEM) + ca.public_bytes(Encoding.PEM), 0o644)


def _write_roots(authority: Authority) -> None:
    ca = authority.ca_file.read_text()
    bundle = (public_roots().rstrip("\n") + "\n" + ca).lstrip("\n").encode()
    if (
        authority.trust_store_file.exists()
        and authority.bundle_file.exists()
        and authority.bundle_file.read_bytes() == bundle
    ):
        return
    _write(authority.trust_store_file, trust_store(bundle), 0o644)
    _write(authority.bundle_file, bundle, 0o644)


def _write_hosts(authority: Authority) -> None:
    """A JVM given a hosts file asks nothing else, so the machine's own names go in too."""
    machine = Path("/etc/hosts")
    known = machine.read_text(errors="replace") if machine.exists() else ""
    lines = [
        known.rstrip("\n"),
        f"127.0.0.1 localhost {socket.gethostname()}",
        *(f"{address} {host}" for host, address in hosts.ADDRESSES.items()),
    ]
    _write(authority.hosts_file, ("\n".join(lines) + "\n").encode(), 0o644)


def trust_store(bundle: bytes) -> bytes:
    """The certificates of a PEM bundle as a PKCS#12 file that Java takes for a trust store."""
    entries = []
    for index, pem in enumerate(dict.fromkeys(_PEM.findall(bundle))):
        try:
            with warnings.catch_warnings(action="ignore", category=CryptographyDeprecationWarning):
                root = x509.load_pem_x509_certificate(pem)
        except ValueError:
            continue  # one odd public root must not cost the others
        entries.append(pkcs12.PKCS12Certificate(root, f"root-{index}".encode()))
    return pkcs12.serialize_java_truststore(entries, BestAvailableEncryption(TRUST_STORE_PASSWORD.encode()))


def _write_key(path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    _write(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), 0o600)


def _write(path: Path, content: bytes, mode: int) -> None:
    """Whole or not at all, even if the power fails."""
    draft = path.with_name(path.name + ".new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
