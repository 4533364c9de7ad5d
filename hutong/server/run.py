"""`hutong run`: an unmodified program finds Hutong where it expects the published hosts.

Nothing of the program changes; its environment says where the proxy is and whom to trust, in the
words of each language. Where a language's clients ignore such words, a preload turns their sockets.
"""

import hashlib
import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

import msgspec

from . import hosts
from .authority import TRUST_STORE_PASSWORD, authority_of, trust_store

PRELOAD = Path(__file__).parent / "preload"

# What a program may have been told to trust already; kept by joining it to ours.
_ROOT_VARIABLES = (
    "SSL_CERT_FILE",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "GIT_SSL_CAINFO",
    "AWS_CA_BUNDLE",
    "PIP_CERT",
    "CARGO_HTTP_CAINFO",
    "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH",
    "NIX_SSL_CERT_FILE",
)
_ADDED_ROOT_VARIABLES = ("NODE_EXTRA_CA_CERTS", "DENO_CERT")  # these add to the public roots themselves
_PROXY_VARIABLES = ("http_proxy", "https_proxy", "all_proxy")
_JAVA_DIRECT = "localhost|127.*|[::1]|0.0.0.0"

NOT_EXECUTABLE, NOT_FOUND = 126, 127  # a shell's exit codes


class Files(msgspec.Struct, frozen=True):
    """What the environment points at."""

    ca: Path
    bundle: Path
    trust_store: Path
    java_hosts: Path | None

    @classmethod
    def of_home_with(cls, ca_file: Path) -> "Files":
        authority = authority_of(ca_file.parent.parent)
        return cls(ca_file, authority.bundle_file, authority.trust_store_file, authority.hosts_file)


def compose_environment(
    demo: Mapping[str, Any], base: Mapping[str, str], *, files: Files | None = None
) -> dict[str, str]:
    """The environment to run a program in: `base`, and what leads it here.

    `demo` is what `hutong demo --json` prints; of it only `proxy.url` and `proxy.ca_file` are read.
    """
    proxy = str(demo["proxy"]["url"])
    address = urlsplit(proxy)
    files = files or Files.of_home_with(Path(demo["proxy"]["ca_file"]))
    environment = dict(base)

    for variable in _PROXY_VARIABLES:
        environment[variable] = environment[variable.upper()] = proxy
    direct = _joined(base.get("no_proxy") or base.get("NO_PROXY"), hosts.LOOPBACK)
    environment["no_proxy"] = environment["NO_PROXY"] = direct

    for variable in _ROOT_VARIABLES:
        environment[variable] = str(files.bundle)
    for variable in _ADDED_ROOT_VARIABLES:
        # The bundle, once there are roots beside ours that the program was told to add.
        environment[variable] = str(files.ca if base.get(variable) in (None, str(files.ca)) else files.bundle)

    environment["HUTONG_WIRE"] = f"{address.hostname}|{address.port}"
    environment["HUTONG_WIRE_HOSTS"] = ",".join(hosts.PUBLISHED)
    environment["NODE_OPTIONS"] = _spaced(
        base.get("NODE_OPTIONS"), f"--require {_node_quoted(PRELOAD / 'node.cjs')}"
    )
    environment["PYTHONPATH"] = _python_path(base.get("PYTHONPATH"))
    java = _java_options(address.hostname or "", address.port or 0, files)
    environment["JAVA_TOOL_OPTIONS"] = _spaced(base.get("JAVA_TOOL_OPTIONS"), java)
    return environment


def _java_options(host: str, port: int, files: Files) -> str:
    properties = {
        "http.proxyHost": host,
        "http.proxyPort": str(port),
        "https.proxyHost": host,
        "https.proxyPort": str(port),
        "http.nonProxyHosts": _JAVA_DIRECT,
        "javax.net.ssl.trustStore": str(files.trust_store),
        "javax.net.ssl.trustStoreType": "PKCS12",
        "javax.net.ssl.trustStorePassword": TRUST_STORE_PASSWORD,
    }
    if files.java_hosts is not None:
        # Apache HttpClient reads no proxy property and resolves names itself: the hosts file gives it
        # an address, and SOCKS, which plain sockets do obey, brings that address to the proxy.
        properties |= {
            "jdk.net.hosts.file": str(files.java_hosts),
            "socksProxyHost": host,
            "socksProxyPort": str(port),
            "socksNonProxyHosts": _JAVA_DIRECT,
        }
    options = (f"-D{name}={value}" for name, value in properties.items())
    return " ".join(f'"{option}"' if " " in option else option for option in options)


def _joined(present: str | None, more: Sequence[str]) -> str:
    names = [name.strip() for name in (present or "").split(",") if name.strip()]
    return ",".join(dict.fromkeys([*names, *more]))


def _spaced(present: str | None, more: str) -> str:
    if not present:
        return more
    return present if more in present else f"{present} {more}"


def _node_quoted(path: Path) -> str:
    text = str(path)
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"' if " " in text else text


def _python_path(present: str | None) -> str:
    ours = str(PRELOAD / "python")
    others = [entry for entry in (present or "").split(os.pathsep) if entry and entry != ours]
    return os.pathsep.join([ours, *others])


def wire_of(home: Path) -> dict[str, Any]:
    """Where the server of a home is reached, as `hutong demo --json` says it; exits when none is running."""
    try:
        described = json.loads((home / "server.json").read_text())
    except (OSError, ValueError):
        raise SystemExit(f"hutong run: no server is running for {home}; start it with: hutong up") from None
    if not described.get("proxy"):
        raise SystemExit("hutong run: this server is in production, which has no proxy.")
    authority = authority_of(home.resolve())
    return {"url": described["url"], "proxy": {"url": described["proxy"], "ca_file": str(authority.ca_file)}}


def gather_files(demo: Mapping[str, Any], base: Mapping[str, str]) -> Files:
    """The files of the home, or copies of them joined with the roots this environment already trusts."""
    files = Files.of_home_with(Path(demo["proxy"]["ca_file"]))
    if base.get("HUTONG_JAVA_HOSTS") == "0":  # a program that needs its own name server
        files = msgspec.structs.replace(files, java_hosts=None)
    more = b""
    for variable in dict.fromkeys((*_ROOT_VARIABLES, *_ADDED_ROOT_VARIABLES)):
        named = Path(base.get(variable) or os.devnull)
        if named.is_file() and named != files.bundle and named != files.ca:
            roots = named.read_bytes()
            more += b"" if roots in more else roots + b"\n"
    if not more:
        return files
    bundle = more + files.bundle.read_bytes()
    # Named by content: programs started side by side do not rewrite each other's.
    stem = files.ca.parent / f"wire-roots-{hashlib.sha256(bundle).hexdigest()[:16]}"
    joined, store = stem.with_suffix(".pem"), stem.with_suffix(".p12")
    if not (joined.exists() and store.exists()):
        for path, content in ((store, trust_store(bundle)), (joined, bundle)):
            draft = path.with_name(f"{path.name}.{os.getpid()}")
            draft.write_bytes(content)
            draft.replace(path)
    return msgspec.structs.replace(files, bundle=joined, trust_store=store)


def execute(
    demo: Mapping[str, Any], command: Sequence[str], *, base: Mapping[str, str] | None = None
) -> NoReturn:
    """Become the command: its exit code, its signals and its terminal are its own."""
    base = os.environ if base is None else base
    files = gather_files(demo, base)
    environment = compose_environment(demo, base, files=files)
    sys.stdout.flush()
    sys.stderr.flush()
    try:
        os.execvpe(command[0], list(command), environment)
    except FileNotFoundError:
        print(f"hutong run: {command[0]}: there is no such command.", file=sys.stderr)
        raise SystemExit(NOT_FOUND) from None
    except OSError as error:
        print(f"hutong run: {command[0]}: {error.strerror}.", file=sys.stderr)
        raise SystemExit(NOT_EXECUTABLE) from None
