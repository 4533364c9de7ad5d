"""Program codes and links: texts that open a page of a mini program."""

import base64
import re

from hutong.domains.apps import apps, codes, quotas
from hutong.domains.apps.tables import App, AppKind, CodeKind
from hutong.domains.media import files
from hutong.kernel.clock import DAY_MS, MINUTE_MS, Millis
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError

from . import versions
from .errors import (
    CODES_SPENT,
    LINK_LIFE,
    LINK_UNKNOWN,
    PAGE_UNKNOWN,
    PATH_INVALID,
    SCANCODE_TIME,
    SCENE_INVALID,
    SCENE_LENGTH_INVALID,
)
from .tables import Channel, Link, LinkKind

LIMITED_CODES = 100_000  # codes of the two lasting kinds, together
CODES_A_MINUTE = 5_000  # published, of the kind with a scene value
LASTING_LINKS = 100_000
PATH_LENGTH = 1024
QR_PATH_LENGTH = 128
SCENE_LENGTH = 32
QUERY_LENGTH = 512
LONGEST_LINK_MS = 30 * DAY_MS
OPENS_A_DAY = 3_000_000  # published, of all links of a program
OPENS = "link_opens"
_SCENE = re.compile(r"[0-9A-Za-z!#$&'()*+,/:;=?@\-._~]+\Z")
_START, _END = "https://mp.weixin.qq.com/a/~", "~~"

PREFIX = {
    LinkKind.SCHEME: "weixin://dl/business/?t=",
    LinkKind.URL_LINK: "https://wxaurl.cn/",
    LinkKind.SHORT_LINK: "#小程序://",
}


_LANDING = re.compile(r"https?://[^/\s]{1,255}/l/([0-9A-Za-z]{8,64})\Z")


def landing(text: str) -> str:
    """Where a URL link is opened in a browser, below the address of a home; empty for another kind of link."""
    start = PREFIX[LinkKind.URL_LINK]
    return f"/l/{text.removeprefix(start)}" if text.startswith(start) else ""


def canonical(text: str) -> str:
    """A URL link as it is kept, from however it was written: with this home's address or with the published one."""
    found = _LANDING.match(text)
    return text if found is None else PREFIX[LinkKind.URL_LINK] + found[1]


def text_of(
    snapshot: Snapshot, *, appid: str, channel: Channel, page: str, query: str = "", scene: str = ""
) -> str:
    """The text of a code, whether it was made yet or not: the same parts give the same text, only here."""
    mac = snapshot.vault.mac("miniapp.program_code", appid, channel.value, page, query, scene)
    return f"{_START}{base64.urlsafe_b64encode(bytes.fromhex(mac[:18])).decode()}{_END}"


def id_of(text: str) -> bytes:
    """What a round code carries of such a text: nine bytes."""
    return base64.urlsafe_b64decode(text[len(_START) : -len(_END)])


def claims(text: str) -> bool:
    """Whether the text says that it is a program's code: if it is not known, it leads nowhere."""
    return text.startswith(_START) and text.endswith(_END)


def logo(snapshot: Snapshot, app: App) -> bytes:
    """The picture for the middle of a program's codes, or nothing."""
    file = files.find(snapshot, app.avatar) if app.avatar else None
    return b"" if file is None else snapshot.blobs.get(file.content_hash)


def limited(tx: Tx, *, app: App, path: str, channel: Channel, longest: int = PATH_LENGTH) -> str:
    """The text of a lasting code for a path with its query. The same path again is the same code.

    Raises PATH_INVALID, SCANCODE_TIME, CODES_SPENT.
    """
    if not 1 <= len(path) <= longest or path.startswith("/"):
        raise DomainError(PATH_INVALID)
    page, _, query = path.partition("?")
    if "scancode_time" in query:
        raise DomainError(SCANCODE_TIME)
    program = versions.locked_program(tx, app.appid)
    text = text_of(tx, appid=app.appid, channel=channel, page=page, query=query)
    if not codes.exists(tx, text):
        if program.limited_codes >= LIMITED_CODES:
            raise DomainError(CODES_SPENT)
        tx.update(program, limited_codes=program.limited_codes + 1)
        _make(tx, text, app, page=page, query=query, scene="", channel=channel)
    return text


def unlimited(tx: Tx, *, app: App, page: str, scene: str, channel: Channel, check_path: bool) -> str:
    """The text of a code that carries a scene value. With `check_path` the channel's version has the page.

    Raises SCENE_LENGTH_INVALID, SCENE_INVALID, SCANCODE_TIME, PAGE_UNKNOWN, QUOTA_SPENT.
    """
    apps.require_kind(app, AppKind.MINI_PROGRAM)
    if not 1 <= len(scene) <= SCENE_LENGTH:
        raise DomainError(SCENE_LENGTH_INVALID)
    if not _SCENE.match(scene):
        raise DomainError(SCENE_INVALID)
    if "scancode_time" in scene:
        raise DomainError(SCANCODE_TIME)
    if len(page) > PATH_LENGTH or page.startswith("/") or "?" in page:
        raise DomainError(PAGE_UNKNOWN, page=page)
    version = versions.current(tx, app.appid, channel)
    if check_path and page and (version is None or page not in version.pages):
        raise DomainError(PAGE_UNKNOWN, page=page)
    quotas.spend(tx, appid=app.appid, name="scene_codes", limit=CODES_A_MINUTE, per_ms=MINUTE_MS)
    text = text_of(tx, appid=app.appid, channel=channel, page=page, scene=scene)
    _make(tx, text, app, page=page, query="", scene=scene, channel=channel)
    return text


def _make(tx: Tx, text: str, app: App, *, page: str, query: str, scene: str, channel: Channel) -> None:
    target = {"appid": app.appid, "path": page, "query": query, "scene": scene, "channel": channel.value}
    codes.make(tx, text=text, kind=CodeKind.PROGRAM, target=target)


def link(
    tx: Tx,
    *,
    app: App,
    kind: LinkKind,
    path: str,
    query: str = "",
    channel: Channel = Channel.RELEASE,
    expires_at: Millis | None = None,
    expire_type: int = 0,
    expire_interval: int = 0,
    title: str = "",
) -> Link:
    """A link to a page. Schemes and URL links live for at most thirty days.

    Raises PATH_INVALID, LINK_LIFE, CODES_SPENT for too many lasting short links.
    """
    apps.require_kind(app, AppKind.MINI_PROGRAM)
    if len(path) > PATH_LENGTH or len(query) > QUERY_LENGTH or "?" in path:
        raise DomainError(PATH_INVALID)
    if kind is LinkKind.SHORT_LINK and expires_at is None:
        program = versions.locked_program(tx, app.appid)
        if program.lasting_links >= LASTING_LINKS:
            raise DomainError(CODES_SPENT)
        tx.update(program, lasting_links=program.lasting_links + 1)
    elif expires_at is None or not tx.now < expires_at <= tx.now + LONGEST_LINK_MS:
        raise DomainError(LINK_LIFE)
    start = PREFIX[kind] + (f"{app.name}/" if kind is LinkKind.SHORT_LINK else "")
    made = tx.insert(
        Link(
            text=tx.new_handle(start, len(start) + 16),
            appid=app.appid,
            kind=kind,
            path=path.lstrip("/"),
            query=query,
            channel=channel,
            made_at=tx.now,
            expires_at=expires_at,
            expire_type=expire_type,
            expire_interval=expire_interval,
            title=title,
        )
    )
    target = {"appid": app.appid, "path": made.path, "query": query, "scene": "", "channel": channel.value}
    codes.make(tx, text=made.text, kind=CodeKind.PROGRAM, target=target, expires_at=expires_at)
    return made


def follow(tx: Tx, *, appid: str, text: str) -> None:
    """Somebody goes where a code or link leads; links may be opened so often a day. Raises QUOTA_SPENT."""
    if tx.find(Link, text=text) is not None:
        quotas.spend(tx, appid=appid, name=OPENS, limit=OPENS_A_DAY)


def opens_left(snapshot: Snapshot, appid: str) -> int:
    """How often a program's links may still be opened today."""
    return OPENS_A_DAY - quotas.used(snapshot, appid=appid, name=OPENS)


def get_link(snapshot: Snapshot, *, app: App, kind: LinkKind, text: str) -> Link:
    """Raises LINK_UNKNOWN, also for another program's."""
    found = snapshot.find(Link, text=canonical(text))
    if found is None or found.appid != app.appid or found.kind is not kind:
        raise DomainError(LINK_UNKNOWN)
    return found
