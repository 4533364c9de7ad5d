"""The doctor: looks at a home, its database, its server and the wire, and says what to do about what it finds."""

import datetime as dt
import os
import shutil
import socket
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from hutong.kernel import deliveries, events
from hutong.kernel.db import Snapshot
from hutong.kernel.deliveries import DeliveryState
from hutong.kernel.frozen import Frozen
from hutong.kernel.settings import Settings

from . import audit, migrate
from .authority import authority_of
from .cli import Trouble, server_of
from .main import database_version

ROOM_BYTES = 500 * 1024 * 1024
SHOWN = 5
WAIT_SECONDS = 3.0


class Finding(Frozen):
    """One thing looked at: whether it is well, and what to do when it is not."""

    what: str
    well: bool = True
    advice: str = ""


def examine(settings: Settings) -> list[Finding]:
    """Everything, in the order in which one thing needs another."""
    home = settings.home
    if not home.is_dir():
        return [Finding(f"{home} is no home yet", well=False, advice="hutong up makes it")]
    findings = [_folder(home), _room(home), _version(settings)]
    if findings[-1].well:
        with audit.reading(settings) as snapshot:
            findings += [_parked(snapshot), _failing(snapshot)]
    try:
        server = server_of(home)
    except Trouble as trouble:
        return [*findings, Finding("the server", well=False, advice=str(trouble))]
    findings.append(_answers(server))
    if server.get("proxy"):
        findings += [_reachable("the proxy", server["proxy"]), _authority(home)]
    return findings


def _folder(home: Path) -> Finding:
    writable = os.access(home, os.R_OK | os.W_OK | os.X_OK)
    key = home / "keys" / "home.key"
    if writable and key.exists() and key.stat().st_mode & 0o077:
        return Finding(f"{key} can be read by others", well=False, advice=f"chmod 600 {key}")
    advice = "" if writable else "it must belong to whoever runs hutong"
    return Finding(f"the home {home} can be read and written", well=writable, advice=advice)


def _room(home: Path) -> Finding:
    free = shutil.disk_usage(home).free
    advice = "" if free >= ROOM_BYTES else "when the disk is full, writes are refused and nothing is lost"
    return Finding(f"{free // 2**20} MiB free on the disk", well=free >= ROOM_BYTES, advice=advice)


def _version(settings: Settings) -> Finding:
    try:
        present, newest = database_version(settings), migrate.head()
    except Exception as error:  # whatever the driver says, the doctor passes on
        return Finding("the database opens", well=False, advice=str(error).strip()[:300])
    if present == newest:
        return Finding(f"the database is at version {present}")
    return Finding(
        f"the database is at version {present}, not {newest}", well=False, advice="hutong up migrates it"
    )


def _parked(snapshot: Snapshot) -> Finding:
    found = events.parked(snapshot, limit=SHOWN)
    if not found:
        return Finding("no event is parked")
    named = ", ".join(f"{row.handler} ({row.last_error})" for row in found)
    return Finding(
        f"parked events: {named}", well=False, advice="mend the cause, then run them again at the desk"
    )


def _failing(snapshot: Snapshot) -> Finding:
    found = deliveries.list_(snapshot, state=DeliveryState.FAILED, limit=SHOWN)
    if not found:
        return Finding("no delivery has been given up")
    named = ", ".join(f"{delivery.channel} to {delivery.url} ({delivery.last_error})" for delivery in found)
    return Finding(f"deliveries given up: {named}", well=False, advice="replay them at the desk")


def _answers(server: dict[str, Any]) -> Finding:
    import httpx

    url = server["url"]
    try:
        with httpx.Client(trust_env=False, timeout=WAIT_SECONDS, verify=False) as client:
            ready = client.get(f"{url}/healthz").status_code == 200
    except httpx.HTTPError as error:
        return Finding(f"the server at {url} does not answer", well=False, advice=str(error))
    return Finding(
        f"the server at {url} is ready", well=ready, advice="" if ready else "it is stopping or starting"
    )


def _reachable(what: str, url: str) -> Finding:
    parts = urlsplit(url)
    try:
        socket.create_connection((parts.hostname or "", parts.port or 0), WAIT_SECONDS).close()
    except OSError as error:
        return Finding(f"{what} at {url} does not listen", well=False, advice=str(error))
    return Finding(f"{what} at {url} listens")


def _authority(home: Path) -> Finding:
    files = authority_of(home)
    try:
        until = files.ca_certificate().not_valid_after_utc
    except (OSError, ValueError) as error:
        return Finding("the wire's authority", well=False, advice=f"{error}; hutong up makes it anew")
    well = until > dt.datetime.now(dt.UTC)
    return Finding(
        f"programs trust {files.ca_file} until {until:%Y-%m-%d}",
        well=well,
        advice="" if well else "remove it; hutong up makes it anew",
    )
