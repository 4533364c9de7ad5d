"""Previews: a signed text that opens one version for a while, for members and experience members."""

from hutong.domains.apps import apps, codes, platform
from hutong.domains.apps.tables import CodeKind
from hutong.domains.identity.tables import UserId
from hutong.kernel.clock import MINUTE_MS, Millis
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError
from hutong.kernel.frozen import Frozen

from . import testers, versions
from .errors import NOT_A_TESTER, PREVIEW_INVALID
from .tables import Channel, Version, VersionId

LIFETIME_MS = 25 * MINUTE_MS  # as long as the original's codes live
_MAC = 32


class Preview(Frozen):
    """`token` opens the version; `text` is what its code says."""

    token: str
    text: str
    expires_at: Millis


def _mac(snapshot: Snapshot, appid: str, version_id: int, expires_at: int) -> str:
    return snapshot.vault.mac("miniapp.preview", appid, str(version_id), str(expires_at))[:_MAC]


def make(tx: Tx, version: Version, *, page: str = "", query: str = "") -> Preview:
    """A code for the version that opens the page; it ends by itself."""
    expires_at = Millis(tx.now + LIFETIME_MS)
    mac = _mac(tx, version.appid, version.id, expires_at)
    token = f"{version.id}.{expires_at}.{mac}"
    text = f"https://mp.weixin.qq.com/a/~preview~{mac}{tx.new_hex(8)}~~"
    target = {
        "appid": apps.get(tx, version.appid).appid,
        "path": page,
        "query": query,
        "scene": "",
        "channel": Channel.DEVELOP.value,
        "preview": token,
    }
    codes.make(tx, text=text, kind=CodeKind.PROGRAM, target=target, expires_at=expires_at)
    return Preview(token, text, expires_at)


def open_(snapshot: Snapshot, *, appid: str, token: str, user_id: UserId) -> Version:
    """The version of a token. Raises PREVIEW_INVALID, NOT_A_TESTER, VERSION_MISSING when a newer one replaced it."""
    number, _, rest = token.partition(".")
    ends, _, mac = rest.partition(".")
    if not (number.isdecimal() and ends.isdecimal() and len(number) < 20 and len(ends) < 20):
        raise DomainError(PREVIEW_INVALID)
    version_id, expires_at = int(number), int(ends)
    if snapshot.now >= expires_at or mac != _mac(snapshot, appid, version_id, expires_at):
        raise DomainError(PREVIEW_INVALID)
    require_tester(snapshot, appid=appid, user_id=user_id)
    return versions.get(snapshot, appid=appid, version_id=VersionId(version_id))


def require_tester(snapshot: Snapshot, *, appid: str, user_id: UserId) -> None:
    """Raises NOT_A_TESTER for all but members, experience members and the platform's reviewers."""
    if not (
        testers.is_member(snapshot, appid=appid, user_id=user_id)
        or testers.is_tester(snapshot, appid=appid, user_id=user_id)
        or platform.is_admin(snapshot, user_id)
    ):
        raise DomainError(NOT_A_TESTER)
