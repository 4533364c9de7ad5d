"""Scene codes: what an account prints, so that it learns where it was scanned."""

from hutong.domains.apps import apps, codes
from hutong.domains.apps.tables import CodeKind
from hutong.domains.identity.tables import UserId
from hutong.kernel.clock import SECOND_MS, Millis
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError

from . import allowances, follows
from .errors import SCENE_INVALID, SCENES_FULL, TICKET_UNKNOWN
from .events import CodeScanned
from .tables import Act, Follow, FollowScene, Scene

LONGEST_LIFE_MS = 2_592_000 * SECOND_MS
DEFAULT_LIFE_MS = 60 * SECOND_MS
PERMANENT_CODES = 100_000
PERMANENT_ID = 100_000
SCENE_LENGTH = 64


def scene_of(scene_id: int | None, scene_str: str | None, *, permanent: bool) -> str:
    """How a published scene value is kept. Raises SCENE_INVALID."""
    if scene_str is not None:
        if not 1 <= len(scene_str) <= SCENE_LENGTH:
            raise DomainError(SCENE_INVALID)
        return f"str:{scene_str}"
    highest = PERMANENT_ID if permanent else 2**32 - 1
    if scene_id is None or not 1 <= scene_id <= highest:
        raise DomainError(SCENE_INVALID)
    return f"id:{scene_id}"


def create(tx: Tx, *, appid: str, scene: str, lasts_ms: int | None) -> Scene:
    """A code for a scene; `lasts_ms` is None for a lasting one, which is the same for the same scene.

    Raises KIND_FORBIDDEN for a mini program, SCENES_FULL.
    """
    apps.require_kind(apps.get(tx, appid), *apps.ACCOUNTS)
    expires_at = None if lasts_ms is None else Millis(tx.now + max(SECOND_MS, min(lasts_ms, LONGEST_LIFE_MS)))
    if expires_at is None:
        account = follows.locked_account(tx, appid)
        known = tx.find(Scene, appid=appid, permanent=scene)
        if known is not None:
            return known
        if account.permanent_scenes >= PERMANENT_CODES:
            raise DomainError(SCENES_FULL)
        tx.update(account, permanent_scenes=account.permanent_scenes + 1)
    made = tx.insert(
        Scene(
            ticket=tx.new_handle("gQ", 94) + "==",
            appid=appid,
            scene=scene,
            url=tx.new_handle("http://weixin.qq.com/q/02", 45),
            made_at=tx.now,
            permanent=scene if expires_at is None else None,
            expires_at=expires_at,
        )
    )
    codes.make(
        tx,
        text=made.url,
        kind=CodeKind.ACCOUNT,
        target={"appid": appid, "scene": scene, "ticket": made.ticket},
        expires_at=expires_at,
    )
    return made


def get(snapshot: Snapshot, ticket: str) -> Scene:
    """Raises TICKET_UNKNOWN, also once expired."""
    scene = snapshot.find(Scene, ticket=ticket)
    if scene is None or (scene.expires_at is not None and snapshot.now >= scene.expires_at):
        raise DomainError(TICKET_UNKNOWN)
    return scene


def scan(tx: Tx, *, ticket: str, user_id: UserId) -> Follow | None:
    """A person scanned the code. A follower's account hears of it; a stranger gets None and may follow.

    Raises TICKET_UNKNOWN.
    """
    scene = get(tx, ticket)
    follow = follows.find(tx, appid=scene.appid, user_id=user_id)
    if follow is not None:
        allowances.open_(tx, appid=scene.appid, user_id=user_id, act=Act.SCAN)
        tx.emit(
            CodeScanned(
                appid=scene.appid, user_id=user_id, at=tx.now, code_scene=scene.scene, ticket=scene.ticket
            )
        )
    return follow


def follow_by_code(tx: Tx, *, ticket: str, user_id: UserId) -> Follow:
    """Follow the account whose code was scanned. Raises TICKET_UNKNOWN."""
    scene = get(tx, ticket)
    return follows.follow(tx, appid=scene.appid, user_id=user_id, scene=FollowScene.CODE, through=scene)
