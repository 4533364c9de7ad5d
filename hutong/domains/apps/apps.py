"""Apps: official accounts and mini programs, found by appid, original id or name."""

import hmac
from collections.abc import Iterable

from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError

from .errors import APP_UNKNOWN, KIND_FORBIDDEN, NAME_INVALID, SECRET_WRONG
from .tables import App, AppKind, NamePart, OrgId

NAME_LENGTH = 30
INTRODUCTION_LENGTH = 120
PAGE = 50
ACCOUNTS = (AppKind.SUBSCRIPTION, AppKind.SERVICE)


def create(
    tx: Tx,
    *,
    org_id: OrgId,
    kind: AppKind,
    name: str,
    introduction: str = "",
    appid: str | None = None,
    secret: str | None = None,
) -> App:
    """A new app with a fresh appid, secret and original id. Raises NAME_INVALID."""
    if not 1 <= len(name.strip()) <= NAME_LENGTH or len(introduction) > INTRODUCTION_LENGTH:
        raise DomainError(NAME_INVALID, longest=NAME_LENGTH)
    app = tx.insert(
        App(
            appid=appid or "wx" + tx.new_hex(16),
            org_id=org_id,
            kind=kind,
            name=name.strip(),
            original_id="gh_" + tx.new_hex(12),
            secret_sealed=tx.vault.seal(secret or tx.new_hex(32)),
            introduction=introduction,
            avatar="",
            created_at=tx.now,
        )
    )
    tx.insert_all([NamePart(part=part, appid=app.appid) for part in parts(app.name)])
    return app


def parts(name: str) -> list[str]:
    """A name from each of its letters on, in small letters, each part once."""
    small = name.casefold()
    return list(dict.fromkeys(small[start:] for start in range(len(small)) if not small[start].isspace()))


def get(snapshot: Snapshot, appid: str) -> App:
    """Raises APP_UNKNOWN."""
    app = snapshot.find(App, appid=appid)
    if app is None:
        raise DomainError(APP_UNKNOWN, appid=appid)
    return app


def many(snapshot: Snapshot, appids: Iterable[str]) -> dict[str, App]:
    """Those of these apps that exist, by appid."""
    wanted = sorted(set(appids))
    if not wanted:
        return {}
    found = snapshot.all(App, "where appid in :appids limit :limit", appids=wanted, limit=len(wanted))
    return {app.appid: app for app in found}


def find_by_original_id(snapshot: Snapshot, original_id: str) -> App | None:
    return snapshot.find(App, original_id=original_id)


def of_organisation(snapshot: Snapshot, org_id: OrgId, *, after: str = "", limit: int = PAGE) -> list[App]:
    return snapshot.all(
        App,
        "where org_id = :org and appid > :after order by appid limit :limit",
        org=org_id,
        after=after,
        limit=min(limit, PAGE),
    )


def named(
    snapshot: Snapshot, words: str, *, kinds: Iterable[AppKind] = AppKind, after: str = "", limit: int = PAGE
) -> list[App]:
    """Apps whose name has `words` in it, by name, beginning after the app `after`."""
    small = words.casefold()
    last = snapshot.find(App, appid=after) if after else None
    return snapshot.all(
        App,
        "where appid in (select appid from apps_name_part where part >= :start and part < :end)"
        " and kind in :kinds and (name > :name or (name = :name and appid > :after))"
        " order by name, appid limit :limit",
        start=small,
        end=small + "\U0010ffff",
        kinds=[kind.value for kind in kinds],
        name="" if last is None else last.name,
        after=after,
        limit=min(limit, PAGE),
    )


def secret(snapshot: Snapshot, app: App) -> str:
    """The app's secret, for its own developers only."""
    return snapshot.vault.unseal(app.secret_sealed)


def reset_secret(tx: Tx, app: App) -> tuple[App, str]:
    """A new secret; the former one is refused from now on."""
    fresh = tx.new_hex(32)
    return tx.update(tx.lock(app), secret_sealed=tx.vault.seal(fresh)), fresh


def authenticate(snapshot: Snapshot, appid: str, claimed: str) -> App:
    """The app with this appid and secret. Raises APP_UNKNOWN, SECRET_WRONG."""
    app = get(snapshot, appid)
    if not hmac.compare_digest(secret(snapshot, app).encode(), claimed.encode()):
        raise DomainError(SECRET_WRONG, appid=appid)
    return app


def require_kind(app: App, *kinds: AppKind) -> App:
    """Raises KIND_FORBIDDEN when this kind of app has no such ability."""
    if app.kind not in kinds:
        raise DomainError(KIND_FORBIDDEN, kind=app.kind)
    return app
