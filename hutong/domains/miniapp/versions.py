"""Versions: what a developer uploads, tries with a few and releases to everybody."""

import hashlib

from hutong.domains.apps import apps
from hutong.domains.apps.tables import AppKind
from hutong.domains.identity.tables import UserId
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError
from hutong.kernel.frozen import Frozen

from . import settings, testers
from .errors import (
    GRAY_MISSING,
    NOTHING_BEFORE,
    PERCENTAGE,
    PERCENTAGE_LOWER,
    VERSION_MISSING,
    VERSION_NUMBER,
    VERSION_STATE,
)
from .events import VersionReleased
from .tables import Channel, Program, Rollout, Version, VersionId, VersionState

NUMBER_LENGTH = 64
DESCRIPTION_LENGTH = 500
PAGE = 50
EVERYBODY = 100
_ONCE_OUT = (VersionState.GRAY, VersionState.RELEASE, VersionState.RETIRED)


def upload(
    tx: Tx,
    *,
    appid: str,
    number: str,
    description: str,
    content_hash: str,
    size_bytes: int,
    pages: list[str],
    uploaded_by: UserId,
    preview: bool = False,
) -> Version:
    """A new develop version, or one to be only looked at; a person's former previews are forgotten.

    Raises KIND_FORBIDDEN unless the app is a mini program, VERSION_NUMBER.
    """
    apps.require_kind(apps.get(tx, appid), AppKind.MINI_PROGRAM)
    if not 1 <= len(number.strip()) <= NUMBER_LENGTH:
        raise DomainError(VERSION_NUMBER)
    if preview:
        tx.run(
            "delete from miniapp_version where appid = :appid and state = :state and uploaded_by = :user",
            appid=appid,
            state=VersionState.PREVIEW.value,
            user=uploaded_by,
        )
    return tx.insert(
        Version(
            id=VersionId(tx.new_id()),
            appid=appid,
            number=number.strip(),
            description=description[:DESCRIPTION_LENGTH],
            content_hash=content_hash,
            size_bytes=size_bytes,
            pages=pages,
            uploaded_by=uploaded_by,
            uploaded_at=tx.now,
            state=VersionState.PREVIEW if preview else VersionState.DEVELOP,
        )
    )


def find(snapshot: Snapshot, version_id: VersionId) -> Version | None:
    return snapshot.find(Version, id=version_id)


def get(snapshot: Snapshot, *, appid: str, version_id: VersionId) -> Version:
    """Raises VERSION_MISSING, also for another program's."""
    version = snapshot.find(Version, id=version_id)
    if version is None or version.appid != appid:
        raise DomainError(VERSION_MISSING)
    return version


def list_(snapshot: Snapshot, appid: str, *, before: int = 2**63 - 1) -> list[Version]:
    """A program's versions but the previews, newest first."""
    return snapshot.all(
        Version,
        "where appid = :appid and id < :before and state <> :preview order by id desc limit :limit",
        appid=appid,
        before=before,
        preview=VersionState.PREVIEW.value,
        limit=PAGE,
    )


# ── which one a person gets ────────────────────────────────────────────────────────────────────────────────


def current(snapshot: Snapshot, appid: str, channel: Channel) -> Version | None:
    """The version a channel opens for most: the newest develop version, or the one on trial or released."""
    return _newest(snapshot, appid, VersionState[channel.name])


def for_person(snapshot: Snapshot, appid: str, channel: Channel, user_id: UserId) -> Version | None:
    """The version a channel opens for one person: a developer's own latest, or the gray one for its share."""
    if channel is Channel.DEVELOP:
        own = snapshot.one(
            Version,
            "where appid = :appid and state = :state and uploaded_by = :user order by id desc limit 1",
            appid=appid,
            state=VersionState.DEVELOP.value,
            user=user_id,
        )
        return own or current(snapshot, appid, channel)
    if channel is Channel.RELEASE:
        rollout = find_rollout(snapshot, appid)
        if rollout is not None and _is_reached(snapshot, rollout, user_id):
            return get(snapshot, appid=appid, version_id=rollout.version_id)
    return current(snapshot, appid, channel)


def share_of(version_id: VersionId, user_id: UserId) -> int:
    """Where a person stands among a hundred for one version: 0 to 99, always the same, evenly spread."""
    digest = hashlib.sha256(f"{version_id}:{user_id}".encode()).digest()
    return int.from_bytes(digest[:4], "big") % EVERYBODY


def _is_reached(snapshot: Snapshot, rollout: Rollout, user_id: UserId) -> bool:
    if share_of(rollout.version_id, user_id) < rollout.percentage:
        return True
    if rollout.debuggers_first and testers.is_member(snapshot, appid=rollout.appid, user_id=user_id):
        return True
    return rollout.experiencers_first and testers.is_tester(snapshot, appid=rollout.appid, user_id=user_id)


class Launch(Frozen):
    """What a device runs now, and what it should fetch meanwhile for its next cold start.

    `forced`: what it kept may not be run any more, so that it starts with the newest at once.
    """

    version: Version | None
    newer: Version | None
    forced: bool


def launch(
    snapshot: Snapshot, *, appid: str, channel: Channel, user_id: UserId, kept: VersionId | None
) -> Launch:
    """A device that kept a released version runs it once more, unless it is too old or was withdrawn."""
    newest = for_person(snapshot, appid, channel, user_id)
    if kept is None or newest is None or newest.id == kept or channel is not Channel.RELEASE:
        return Launch(newest, None, forced=False)
    version = snapshot.find(Version, id=kept)
    if version is None or version.appid != appid:
        return Launch(newest, None, forced=False)
    oldest = settings.of(snapshot, appid).oldest_id
    if version.state not in _ONCE_OUT or (
        oldest is not None and _out_at(version) < _out_at_id(snapshot, oldest)
    ):
        return Launch(newest, newest, forced=True)
    return Launch(version, newest, forced=False)


def _out_at(version: Version) -> int:
    """When a version came out; one that is only gray counts from its upload."""
    return version.released_at or version.uploaded_at


def _out_at_id(snapshot: Snapshot, version_id: VersionId) -> int:
    version = snapshot.find(Version, id=version_id)
    return 0 if version is None else _out_at(version)


# ── moving them ────────────────────────────────────────────────────────────────────────────────────────────


def try_out(tx: Tx, *, appid: str, version_id: VersionId) -> Version:
    """Make this the trial version; the former one is a develop version again. Trying it again changes nothing."""
    locked_program(tx, appid)
    version = get(tx, appid=appid, version_id=version_id)
    if version.state is VersionState.TRIAL:
        return version
    if version.state is not VersionState.DEVELOP:
        raise DomainError(VERSION_STATE, state=version.state)
    _replace(tx, appid, VersionState.TRIAL, by=VersionState.DEVELOP)
    return tx.update(version, state=VersionState.TRIAL)


def release(tx: Tx, *, appid: str, version_id: VersionId) -> Version:
    """Give this version to everybody; a retired one may come back. Releasing it again changes nothing.

    A gray release ends with it: the version itself goes to all, another one goes back. Raises VERSION_STATE.
    """
    locked_program(tx, appid)
    version = get(tx, appid=appid, version_id=version_id)
    if version.state is VersionState.RELEASE:
        return version
    if version.state is VersionState.PREVIEW:
        raise DomainError(VERSION_STATE, state=version.state)
    rollout = find_rollout(tx, appid)
    if rollout is not None:
        tx.delete(rollout)
        if rollout.version_id != version.id:
            tx.update(get(tx, appid=appid, version_id=rollout.version_id), state=VersionState.DEVELOP)
    _replace(tx, appid, VersionState.RELEASE, by=VersionState.RETIRED)
    tx.emit(VersionReleased(appid=appid, version_id=version.id))
    return tx.update(version, state=VersionState.RELEASE, released_at=tx.now)


def roll_back(tx: Tx, *, appid: str, version_id: VersionId | None = None) -> Version:
    """Take the released version from everybody at once and give the one before it, or an earlier one, again.

    Raises NOTHING_BEFORE, VERSION_STATE for one that was never released.
    """
    locked_program(tx, appid)
    present = current(tx, appid, Channel.RELEASE)
    earlier = history(tx, appid)
    if present is None or not earlier:
        raise DomainError(NOTHING_BEFORE)
    chosen = earlier[0]
    if version_id is not None:
        chosen = get(tx, appid=appid, version_id=version_id)
        if chosen.state is not VersionState.RETIRED:
            raise DomainError(VERSION_STATE, state=chosen.state)
    back = release(tx, appid=appid, version_id=chosen.id)
    tx.update(get(tx, appid=appid, version_id=present.id), state=VersionState.WITHDRAWN)
    return back


def history(snapshot: Snapshot, appid: str) -> list[Version]:
    """The versions that were released before and may be again, the latest first."""
    return snapshot.all(
        Version,
        "where appid = :appid and state = :state order by released_at desc, id desc limit :limit",
        appid=appid,
        state=VersionState.RETIRED.value,
        limit=PAGE,
    )


# ── by share ───────────────────────────────────────────────────────────────────────────────────────────────


def find_rollout(snapshot: Snapshot, appid: str) -> Rollout | None:
    return snapshot.find(Rollout, appid=appid)


def roll_out(
    tx: Tx,
    *,
    appid: str,
    version_id: VersionId,
    percentage: int,
    debuggers_first: bool = False,
    experiencers_first: bool = False,
) -> Rollout | None:
    """Give a version to some, or to more: so many in a hundred. All of them is a release, and None.

    Raises PERCENTAGE, PERCENTAGE_LOWER, VERSION_STATE for one that cannot be released or another one on the way.
    """
    locked_program(tx, appid)
    if not 0 <= percentage <= EVERYBODY:
        raise DomainError(PERCENTAGE)
    if percentage == 0 and not (debuggers_first or experiencers_first):
        raise DomainError(PERCENTAGE)
    version = get(tx, appid=appid, version_id=version_id)
    rollout = tx.find_locked(Rollout, appid=appid)
    if rollout is not None and rollout.version_id != version.id:
        raise DomainError(VERSION_STATE, state=version.state)
    if rollout is None and version.state not in (VersionState.DEVELOP, VersionState.TRIAL):
        raise DomainError(VERSION_STATE, state=version.state)
    if rollout is not None and percentage < rollout.percentage:
        raise DomainError(PERCENTAGE_LOWER, percentage=rollout.percentage)
    if percentage == EVERYBODY:
        release(tx, appid=appid, version_id=version.id)
        return None
    if rollout is not None:
        return tx.update(
            rollout,
            percentage=percentage,
            debuggers_first=debuggers_first,
            experiencers_first=experiencers_first,
            changed_at=tx.now,
        )
    tx.update(version, state=VersionState.GRAY)
    return tx.insert(
        Rollout(appid, version.id, percentage, debuggers_first, experiencers_first, tx.now, tx.now)
    )


def stop_rollout(tx: Tx, *, appid: str) -> Version:
    """Everybody gets the released version again. Raises GRAY_MISSING."""
    locked_program(tx, appid)
    rollout = tx.find_locked(Rollout, appid=appid)
    if rollout is None:
        raise DomainError(GRAY_MISSING)
    tx.delete(rollout)
    return tx.update(get(tx, appid=appid, version_id=rollout.version_id), state=VersionState.DEVELOP)


def _replace(tx: Tx, appid: str, state: VersionState, *, by: VersionState) -> None:
    former = _newest(tx, appid, state)
    if former is not None:
        tx.update(former, state=by)


def _newest(snapshot: Snapshot, appid: str, state: VersionState) -> Version | None:
    return snapshot.one(
        Version,
        "where appid = :appid and state = :state order by id desc limit 1",
        appid=appid,
        state=state.value,
    )


def uploaded(snapshot: Snapshot, appid: str) -> Version | None:
    """What is to be reviewed or released next: the version on trial, else the latest upload."""
    return current(snapshot, appid, Channel.TRIAL) or current(snapshot, appid, Channel.DEVELOP)


def locked_program(tx: Tx, appid: str) -> Program:
    """The program's counters, held against everybody else. Raises KIND_FORBIDDEN for an official account."""
    apps.require_kind(apps.get(tx, appid), AppKind.MINI_PROGRAM)
    program, made = tx.insert_or_find(Program(appid=appid), by=("appid",))
    return tx.lock(program) if made else program
