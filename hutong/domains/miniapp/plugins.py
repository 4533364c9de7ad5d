"""Plugins: code that one program offers to others, who may use it, and where a program gets it when it is compiled."""

import io
import posixpath
import zipfile
from collections.abc import Mapping

import msgspec

from hutong.domains.apps import apps
from hutong.domains.apps.tables import AppKind
from hutong.domains.identity.tables import UserId
from hutong.kernel.blobs import Blobs
from hutong.kernel.compiler import Compiled
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError
from hutong.kernel.frozen import Frozen

from . import packages
from .errors import (
    PACKAGE_REFUSED,
    PLUGIN_DECIDED,
    PLUGIN_HELD,
    PLUGIN_IN_USE,
    PLUGIN_MISSING,
    PLUGIN_NOT_ASKED,
    PLUGIN_OUT,
    PLUGIN_OWN,
    PLUGIN_UNRELEASED,
    PLUGIN_WAITING,
    PLUGINS_FULL,
    VERSION_NUMBER,
)
from .tables import PluginUse, PluginUseState, PluginVersion, PluginVersionId

MOST = 50  # of one program
PAGE = 50
NUMBER_LENGTH = 64
REASON_LENGTH = 200
LATEST, WORKED_ON = (
    "latest",
    "dev",
)  # published: the newest that is released, and what its own makers uploaded last
PLACE = "plugin-private"  # where the compiler looks for the code of a plugin, by its provider
_PROJECT = "project.config.json"
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)  # the same code makes the same bytes


# ── what it offers ─────────────────────────────────────────────────────────────────────────────────────────


class Offer(Frozen):
    """What is kept of an upload: `source_hash` names a zip of the plugin's folder."""

    source_hash: str
    size_bytes: int
    components: list[str]
    pages: list[str]
    warnings: list[dict[str, object]]


def is_plugin(files: Mapping[str, bytes]) -> bool:
    """Whether a project is one for a plugin; its program is only there to try it."""
    return _object(files.get(_PROJECT, b"")).get("compileType") == "plugin"


def keep(blobs: Blobs, appid: str, files: Mapping[str, bytes], compiled: Compiled) -> Offer:
    """Keep the plugin of a project that was compiled, with its program. Slow: for `prepare`.

    Raises PACKAGE_REFUSED where the program that comes with it does not use it: then nobody looked at its code.
    """
    root = posixpath.normpath(str(_object(files[_PROJECT]).get("pluginRoot") or "plugin")).strip("/") + "/"
    own = {path.removeprefix(root): body for path, body in files.items() if path.startswith(root)}
    assert compiled.manifest is not None
    used = compiled.manifest.get("plugins")
    described = next(
        (one for one in (used.values() if isinstance(used, dict) else ()) if one["provider"] == appid), None
    )
    if described is None or "plugin.json" not in own:
        message = f"The program beside the plugin does not use it: name its provider {appid} under plugins."
        raise _refusal(message)
    return Offer(
        source_hash=blobs.put(_zipped(own)),
        size_bytes=sum(len(body) for path, body in own.items() if "node_modules/" not in path),
        components=sorted(described["components"]),
        pages=sorted(described["pages"]),
        warnings=[msgspec.to_builtins(one) for one in compiled.diagnostics if one.level == "warning"],
    )


def upload(
    tx: Tx, *, appid: str, number: str, description: str, offer: Offer, uploaded_by: UserId
) -> PluginVersion:
    """A new version, or another one in the place of one of this number that is not released.

    Raises KIND_FORBIDDEN, VERSION_NUMBER, PLUGIN_OUT.
    """
    apps.require_kind(apps.get(tx, appid), AppKind.MINI_PROGRAM)
    number = number.strip()
    if not 1 <= len(number) <= NUMBER_LENGTH or number in (LATEST, WORKED_ON):
        raise DomainError(VERSION_NUMBER)
    row, made = tx.insert_or_find(
        PluginVersion(
            id=PluginVersionId(tx.new_id()),
            appid=appid,
            number=number,
            description=description,
            source_hash=offer.source_hash,
            size_bytes=offer.size_bytes,
            components=offer.components,
            pages=offer.pages,
            uploaded_by=uploaded_by,
            uploaded_at=tx.now,
        ),
        by=("appid", "number"),
    )
    if made:
        return row
    if row.released_at is not None:
        raise DomainError(PLUGIN_OUT)
    return tx.update(
        row,
        description=description,
        source_hash=offer.source_hash,
        size_bytes=offer.size_bytes,
        components=offer.components,
        pages=offer.pages,
        uploaded_by=uploaded_by,
        uploaded_at=tx.now,
    )


def release(tx: Tx, *, appid: str, version_id: PluginVersionId) -> PluginVersion:
    """Let others use it, beside those before it: whoever names a number keeps it. Raises PLUGIN_MISSING."""
    row = tx.find_locked(PluginVersion, id=version_id)
    if row is None or row.appid != appid:
        raise DomainError(PLUGIN_MISSING)
    return row if row.released_at is not None else tx.update(row, released_at=tx.now)


def list_(snapshot: Snapshot, appid: str) -> list[PluginVersion]:
    """A plugin's latest versions, newest first."""
    return snapshot.all(
        PluginVersion, "where appid = :appid order by id desc limit :limit", appid=appid, limit=PAGE
    )


def newest(snapshot: Snapshot, appid: str) -> PluginVersion | None:
    """The one released last."""
    return snapshot.one(
        PluginVersion,
        "where appid = :appid and released_at is not null order by released_at desc, id desc limit 1",
        appid=appid,
    )


def newest_numbers(snapshot: Snapshot, appids: list[str]) -> dict[str, str]:
    """The number each of these plugins released last, where it released any."""
    if not appids:
        return {}
    rows = snapshot.all(
        PluginVersion,
        "where appid in :appids and released_at = (select max(other.released_at) from miniapp_plugin_version other"
        " where other.appid = miniapp_plugin_version.appid) order by id limit :limit",
        appids=sorted(set(appids)),
        limit=2 * PAGE,
    )
    return {row.appid: row.number for row in rows}


# ── who may use it ─────────────────────────────────────────────────────────────────────────────────────────


def ask(tx: Tx, *, appid: str, plugin_appid: str, reason: str) -> PluginUse:
    """A program asks for a plugin; of its own organisation it has it at once. One that was refused may ask again.

    Raises KIND_FORBIDDEN, PLUGIN_OWN, PLUGIN_MISSING, PLUGIN_UNRELEASED, PLUGIN_HELD, PLUGINS_FULL.
    """
    app = apps.require_kind(apps.get(tx, appid), AppKind.MINI_PROGRAM)
    if plugin_appid == appid:
        raise DomainError(PLUGIN_OWN)
    provider = apps.many(tx, [plugin_appid]).get(plugin_appid)
    if provider is None or not list_(tx, plugin_appid):
        raise DomainError(PLUGIN_MISSING)
    if newest(tx, plugin_appid) is None:
        raise DomainError(PLUGIN_UNRELEASED)
    state = PluginUseState.AGREED if provider.org_id == app.org_id else PluginUseState.ASKED
    row, made = tx.insert_or_find(
        PluginUse(appid, plugin_appid, state, reason[:REASON_LENGTH], "", tx.now),
        by=("appid", "plugin_appid"),
    )
    if made:
        count = tx.value("select count(*) from miniapp_plugin_use where appid = :appid", appid=appid)
        if count > MOST:
            raise DomainError(PLUGINS_FULL, most=MOST)
        return row
    if row.state is not PluginUseState.REFUSED:
        raise DomainError(PLUGIN_HELD)
    return tx.update(row, state=state, reason=reason[:REASON_LENGTH], answer="", applied_at=tx.now)


def give_up(tx: Tx, *, appid: str, plugin_appid: str) -> None:
    """A program uses it no more; what is compiled goes on as it is. Raises PLUGIN_NOT_ASKED."""
    tx.delete(_asked(tx, appid, plugin_appid))


def decide(tx: Tx, *, plugin_appid: str, appid: str, agree: bool, answer: str = "") -> PluginUse:
    """What the provider says to a program that asked. Raises PLUGIN_NOT_ASKED, PLUGIN_DECIDED."""
    row = _asked(tx, appid, plugin_appid)
    if row.state is not PluginUseState.ASKED:
        raise DomainError(PLUGIN_DECIDED)
    state = PluginUseState.AGREED if agree else PluginUseState.REFUSED
    return tx.update(row, state=state, answer=answer[:REASON_LENGTH])


def forget(tx: Tx, *, plugin_appid: str, appid: str) -> None:
    """The provider deletes what it refused. Raises PLUGIN_NOT_ASKED, PLUGIN_WAITING, PLUGIN_IN_USE."""
    row = _asked(tx, appid, plugin_appid)
    if row.state is PluginUseState.ASKED:
        raise DomainError(PLUGIN_WAITING)
    if row.state is PluginUseState.AGREED:
        raise DomainError(PLUGIN_IN_USE)
    tx.delete(row)


def _asked(tx: Tx, appid: str, plugin_appid: str) -> PluginUse:
    row = tx.find_locked(PluginUse, appid=appid, plugin_appid=plugin_appid)
    if row is None:
        raise DomainError(PLUGIN_NOT_ASKED)
    return row


def of_program(snapshot: Snapshot, appid: str) -> list[PluginUse]:
    """What a program asked for or uses, oldest first."""
    return snapshot.all(
        PluginUse,
        "where appid = :appid order by applied_at, plugin_appid limit :limit",
        appid=appid,
        limit=MOST,
    )


def askers(snapshot: Snapshot, plugin_appid: str, *, skip: int = 0, most: int = PAGE) -> list[PluginUse]:
    """The programs that asked for a plugin, the latest first."""
    return snapshot.all(
        PluginUse,
        "where plugin_appid = :plugin order by applied_at desc, appid desc limit :limit offset :skip",
        plugin=plugin_appid,
        limit=min(most, PAGE),
        skip=skip,
    )


def appids_in(snapshot: Snapshot, plugin_appid: str, state: PluginUseState) -> list[str]:
    """The programs whose wish for a plugin stands so, the oldest wishes first."""
    rows = snapshot.all(
        PluginUse,
        "where plugin_appid = :plugin and state = :state order by applied_at, appid limit :limit",
        plugin=plugin_appid,
        state=state.value,
        limit=1000,
    )
    return [row.appid for row in rows]


def offered(snapshot: Snapshot, *, appid: str, plugin_appid: str, number: str) -> PluginVersion:
    """A version that a program may use. Raises PLUGIN_NOT_ASKED, PLUGIN_MISSING."""
    use = snapshot.find(PluginUse, appid=appid, plugin_appid=plugin_appid)
    if use is None or use.state is not PluginUseState.AGREED:
        raise DomainError(PLUGIN_NOT_ASKED)
    row = snapshot.find(PluginVersion, appid=plugin_appid, number=number)
    if row is None or row.released_at is None:
        raise DomainError(PLUGIN_MISSING)
    return row


# ── its code, for whoever compiles ─────────────────────────────────────────────────────────────────────────


class Wish(Frozen):
    """A plugin that an app.json names."""

    provider: str
    version: str


def wishes(files: Mapping[str, bytes]) -> list[Wish]:
    """The plugins that a program's app.json names, for the whole of it or for a sub-package."""
    found: dict[Wish, None] = {}
    for path, body in files.items():
        if posixpath.basename(path) != "app.json" or "node_modules/" in path:
            continue
        config = _object(body)
        parts = [config]
        for name in ("subPackages", "subpackages"):
            listed = config.get(name)
            parts += [one for one in (listed if isinstance(listed, list) else ()) if isinstance(one, dict)]
        for part in parts:
            named = part.get("plugins")
            for one in named.values() if isinstance(named, dict) else ():
                if isinstance(one, dict) and isinstance(one.get("provider"), str):
                    found[Wish(one["provider"], str(one.get("version", "")))] = None
    return list(found)


def code(snapshot: Snapshot, appid: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The code of the plugins a program uses, where the compiler looks for it. Slow: for `prepare`.

    What is no plugin of this home is left out, and the compiler says so. Raises PACKAGE_REFUSED for one that the
    program may not use, or a version that is not there.
    """
    found: dict[str, bytes] = {}
    for wish in wishes(files):
        folder = f"{PLACE}/{wish.provider}/"
        if any(path.startswith(folder) for path in files):
            continue
        row = _version_for(snapshot, appid, wish)
        if row is None:
            continue
        for path, body in packages.unpack(snapshot.blobs.get(row.source_hash)).items():
            found[folder + path] = body
    return found


def archive(snapshot: Snapshot, appid: str, wish: Wish) -> bytes:
    """The same of one plugin, as a zip. Raises PLUGIN_MISSING, PACKAGE_REFUSED."""
    row = _version_for(snapshot, appid, wish)
    if row is None:
        raise DomainError(PLUGIN_MISSING)
    return snapshot.blobs.get(row.source_hash)


def _version_for(snapshot: Snapshot, appid: str, wish: Wish) -> PluginVersion | None:
    known = list_(snapshot, wish.provider)
    if not known or wish.provider == appid:
        return None
    own = apps.get(snapshot, wish.provider).org_id == apps.get(snapshot, appid).org_id
    use = snapshot.find(PluginUse, appid=appid, plugin_appid=wish.provider)
    if not own and (use is None or use.state is not PluginUseState.AGREED):
        raise _refusal(f"The program may not use the plugin {wish.provider} yet: ask its provider for it.")
    if wish.version == WORKED_ON and own:
        return known[0]
    if wish.version == LATEST:
        row = newest(snapshot, wish.provider)
    else:
        row = snapshot.find(PluginVersion, appid=wish.provider, number=wish.version)
    if row is None or (row.released_at is None and not own):
        raise _refusal(f"The plugin {wish.provider} has no released version {wish.version}.")
    return row


def _refusal(message: str) -> DomainError:
    wrong = {"level": "error", "file": "app.json", "line": 1, "column": 1, "message": message}
    return DomainError(PACKAGE_REFUSED, diagnostics=[wrong])


def _object(body: bytes) -> dict[str, object]:
    """A JSON object, or an empty one for what is none: the compiler says what is wrong with it."""
    try:
        found = msgspec.json.decode(body.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, UnicodeDecodeError):
        return {}
    return found if isinstance(found, dict) else {}


def _zipped(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, body in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(path, _ZIP_TIME), body, zipfile.ZIP_DEFLATED)
    return out.getvalue()
