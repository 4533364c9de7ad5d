import json
from pathlib import Path

import pytest

from hutong.server import hosts
from hutong.server.authority import ensure_authority
from hutong.server.run import compose_environment, gather_files, wire_of

DEMO = {"proxy": {"url": "http://127.0.0.1:8001", "ca_file": "/home/x/.hutong/keys/wire-ca.pem"}}


def test_every_language_is_told_in_its_own_words() -> None:
    environment = compose_environment(DEMO, {"PATH": "/bin"})
    assert environment["PATH"] == "/bin"
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        assert environment[name] == "http://127.0.0.1:8001"
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO", "AWS_CA_BUNDLE"):
        assert environment[name] == "/home/x/.hutong/keys/wire-roots.pem"
    assert environment["NODE_EXTRA_CA_CERTS"] == "/home/x/.hutong/keys/wire-ca.pem"
    assert environment["NODE_OPTIONS"].startswith("--require ")
    assert environment["HUTONG_WIRE"] == "127.0.0.1|8001"
    java = environment["JAVA_TOOL_OPTIONS"].split(" ")
    assert "-Dhttps.proxyPort=8001" in java and "-DsocksProxyPort=8001" in java
    assert "-Djdk.net.hosts.file=/home/x/.hutong/keys/wire-hosts" in java


def test_what_the_program_was_told_before_is_kept() -> None:
    base = {
        "NO_PROXY": "db.internal, localhost",
        "NODE_OPTIONS": "--max-old-space-size=512",
        "JAVA_TOOL_OPTIONS": "-Xmx1g",
        "PYTHONPATH": "/app",
    }
    environment = compose_environment(DEMO, base)
    assert environment["no_proxy"] == environment["NO_PROXY"] == "db.internal,localhost,127.0.0.1,::1"
    assert environment["NODE_OPTIONS"].startswith("--max-old-space-size=512 --require ")
    assert environment["JAVA_TOOL_OPTIONS"].startswith("-Xmx1g -D")
    assert environment["PYTHONPATH"].endswith(":/app")
    assert base["NO_PROXY"] == "db.internal, localhost"


def test_composing_twice_adds_nothing() -> None:
    once = compose_environment(DEMO, {})
    assert compose_environment(DEMO, once) == once


def test_a_home_with_a_space_in_its_name_is_quoted() -> None:
    demo = {"proxy": {"url": "http://127.0.0.1:8001", "ca_file": "/my home/keys/wire-ca.pem"}}
    options = compose_environment(demo, {})["JAVA_TOOL_OPTIONS"]
    assert '"-Djavax.net.ssl.trustStore=/my home/keys/wire-roots.p12"' in options


def test_published_hosts_are_never_exempt_from_the_proxy() -> None:
    environment = compose_environment(DEMO, {})
    assert not set(environment["NO_PROXY"].split(",")) & set(hosts.PUBLISHED)


def test_roots_already_trusted_are_joined_once(tmp_path: Path) -> None:
    authority = ensure_authority(tmp_path)
    demo = {"proxy": {"url": "http://127.0.0.1:8001", "ca_file": str(authority.ca_file)}}
    own = tmp_path / "corporate.pem"
    own.write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    first = gather_files(demo, {"SSL_CERT_FILE": str(own), "CURL_CA_BUNDLE": str(own)})
    assert first.bundle.read_bytes() == own.read_bytes() + b"\n" + authority.bundle_file.read_bytes()
    before = first.bundle.stat().st_mtime_ns
    assert gather_files(demo, {"SSL_CERT_FILE": str(own)}) == first
    assert first.bundle.stat().st_mtime_ns == before


@pytest.mark.parametrize("named", ["", "/no/such/file"])
def test_a_missing_root_file_is_passed_over(tmp_path: Path, named: str) -> None:
    authority = ensure_authority(tmp_path)
    demo = {"proxy": {"url": "http://127.0.0.1:8001", "ca_file": str(authority.ca_file)}}
    assert gather_files(demo, {"SSL_CERT_FILE": named}).bundle == authority.bundle_file


def test_the_hosts_file_can_be_left_out(tmp_path: Path) -> None:
    demo = {"proxy": {"url": "http://127.0.0.1:8001", "ca_file": str(ensure_authority(tmp_path).ca_file)}}
    base = {"HUTONG_JAVA_HOSTS": "0"}
    options = compose_environment(demo, base, files=gather_files(demo, base))["JAVA_TOOL_OPTIONS"]
    assert "hosts.file" not in options and "socks" not in options and "https.proxyHost" in options


def test_the_server_of_a_home_is_found_by_its_folder(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="no server is running"):
        wire_of(tmp_path)
    server = {"url": "http://localhost:8000", "proxy": "http://127.0.0.1:8001"}
    (tmp_path / "server.json").write_text(json.dumps(server))
    assert wire_of(tmp_path)["proxy"] == {
        "url": "http://127.0.0.1:8001",
        "ca_file": str(tmp_path / "keys" / "wire-ca.pem"),
    }
    (tmp_path / "server.json").write_text(json.dumps({**server, "proxy": None}))
    with pytest.raises(SystemExit, match="production"):
        wire_of(tmp_path)
