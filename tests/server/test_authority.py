import datetime as dt
import ssl
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding

from hutong.kernel import certificates
from hutong.server import hosts
from hutong.server.authority import ensure_authority, public_roots

NOW = dt.datetime(2030, 1, 1, tzinfo=dt.UTC)


def leaf(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def test_it_is_made_once_and_names_every_published_host(tmp_path: Path) -> None:
    made = ensure_authority(tmp_path, now=NOW)
    before = {path: path.read_bytes() for path in (tmp_path / "keys").iterdir()}
    assert ensure_authority(tmp_path, now=NOW + dt.timedelta(days=100)) == made
    assert {path: path.read_bytes() for path in (tmp_path / "keys").iterdir()} == before
    names = leaf(made.cert_file).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert {*hosts.PUBLISHED, "localhost"} == set(names.get_values_for_type(x509.DNSName))
    leaf(made.cert_file).verify_directly_issued_by(made.ca_certificate())


def test_secrets_are_readable_by_their_owner_alone(tmp_path: Path) -> None:
    made = ensure_authority(tmp_path, now=NOW)
    assert [path.stat().st_mode & 0o777 for path in (made.ca_key_file, made.key_file)] == [0o600, 0o600]


def test_the_leaf_is_renewed_before_it_expires_and_the_authority_stays(tmp_path: Path) -> None:
    made = ensure_authority(tmp_path, now=NOW)
    ca, serial = made.ca_file.read_bytes(), leaf(made.cert_file).serial_number
    ensure_authority(tmp_path, now=NOW + dt.timedelta(days=350))
    assert leaf(made.cert_file).serial_number != serial
    assert made.ca_file.read_bytes() == ca


def test_a_new_authority_takes_its_leaf_and_bundle_along(tmp_path: Path) -> None:
    made = ensure_authority(tmp_path, now=NOW)
    ca = made.ca_file.read_text()
    late = NOW + dt.timedelta(days=3600)
    ensure_authority(tmp_path, now=late)
    assert made.ca_file.read_text() != ca
    leaf(made.cert_file).verify_directly_issued_by(made.ca_certificate())
    assert made.bundle_file.read_text().endswith(made.ca_file.read_text())


def test_a_leaf_that_lacks_a_host_is_replaced(tmp_path: Path) -> None:
    made = ensure_authority(tmp_path, now=NOW)
    narrow = certificates.issue_server(
        made.ca_key().public_key(),
        authority=made.ca_certificate(),
        authority_key=made.ca_key(),
        hosts=["localhost"],
        now=NOW,
        life=dt.timedelta(days=397),
    )
    made.cert_file.write_bytes(narrow.public_bytes(Encoding.PEM))
    ensure_authority(tmp_path, now=NOW)
    names = leaf(made.cert_file).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert "api.mch.weixin.qq.com" in names.get_values_for_type(x509.DNSName)


def test_the_bundle_keeps_the_public_roots(tmp_path: Path) -> None:
    made = ensure_authority(tmp_path)
    context = ssl.create_default_context(cafile=str(made.bundle_file))
    assert made.bundle_file.read_text().startswith(public_roots().rstrip("\n"))
    assert context.cert_store_stats()["x509_ca"] > 50


def test_a_merchants_certificate_is_what_sdks_can_read(tmp_path: Path) -> None:
    made = ensure_authority(tmp_path)
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    issued = certificates.issue_signer(
        key.public_key(),
        authority=made.ca_certificate(),
        authority_key=made.ca_key(),
        common_name="1900000001",
        now=NOW,
        life=dt.timedelta(days=1825),
    )
    issued.verify_directly_issued_by(made.ca_certificate())
    assert int(certificates.serial_of(issued), 16) == issued.serial_number
    assert certificates.serial_of(issued) == certificates.serial_of(issued).upper()
