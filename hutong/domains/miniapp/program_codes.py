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
    DEVICE_LINKED,
    LINK_LIFE,
    LINK_PATH,
    LINK_QUERY,
    LINK_UNKNOWN,
    LINKS_SPENT,
    LINKS_TODAY,
    MODEL_INVALID,
    NOT_RELEASED,
    PAGE_UNKNOWN,
    PAGES_SPENT,
    PATH_INVALID,
    SCANCODE_TIME,
    SCENE_INVALID,
    SCENE_LENGTH_INVALID,
    SERIAL_TOO_LONG,
    SHORT_LINK_PAGE,
    SHORT_LINK_TITLE,
)
from .tables import Channel, Link, LinkKind, LoosePage, Program

LIMITED_CODES = 100_000  # codes of the two lasting kinds, together
LOOSE_PAGES = 60_000  # published, named by codes whose page is not checked
CODES_A_MINUTE = 5_000  # published, of the kind with a scene value
LASTING_LINKS = 100_000  # of short links and of schemes for devices, together
LINKS_A_DAY = 500_000  # published, of schemes and URL links
SHORT_LINKS_A_DAY = 1_000_000
TITLE_LENGTH = 20
PATH_LENGTH = 1024
QR_PATH_LENGTH = 128
SCENE_LENGTH = 32
LONGEST_LINK_MS = 30 * DAY_MS
OPENS_A_DAY = 3_000_000  # published, of all links of a program
OPENS = "link_opens"
_SCENE = re.compile(r"[0-9A-Za-z!#$&'()*+,/:;=?@\-._~]+\Z")
_QUERY = re.compile(r"[0-9A-Za-z!#$&'()*+,/:;=?@\-._~%]{0,1024}\Z")
_MODEL = re.compile(r"[0-9A-Za-z_-]{1,64}\Z")
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


def limited_made(snapshot: Snapshot, appid: str) -> int:
    """How many lasting codes a program has made."""
    program = snapshot.find(Program, appid=appid)
    return 0 if program is None else program.limited_codes


def unlimited(tx: Tx, *, app: App, page: str, scene: str, channel: Channel, check_path: bool) -> str:
    """The text of a code that carries a scene value. With `check_path` the channel's version has the page.

    Raises SCENE_LENGTH_INVALID, SCENE_INVALID, SCANCODE_TIME, PAGE_UNKNOWN, PAGES_SPENT, QUOTA_SPENT.
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
    if not check_path:
        _name(tx, app.appid, page)
    elif page:
        version = versions.current(tx, app.appid, channel)
        if version is None or page not in version.pages:
            raise DomainError(PAGE_UNKNOWN, page=page)
    quotas.spend(tx, appid=app.appid, name="scene_codes", limit=CODES_A_MINUTE, per_ms=MINUTE_MS)
    text = text_of(tx, appid=app.appid, channel=channel, page=page, scene=scene)
    _make(tx, text, app, page=page, query="", scene=scene, channel=channel)
    return text


def _name(tx: Tx, appid: str, page: str) -> None:
    """Count a page that nobody looked for, once. Raises PAGES_SPENT."""
    if not page or tx.find(LoosePage, appid=appid, page=page) is not None:
        return
    program = versions.locked_program(tx, appid)
    if program.loose_pages >= LOOSE_PAGES:
        raise DomainError(PAGES_SPENT)
    _, named = tx.insert_or_find(LoosePage(appid=appid, page=page), by=("appid", "page"))
    if named:
        tx.update(program, loose_pages=program.loose_pages + 1)


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
) -> Link:
    """A scheme or a URL link to a page. It lives for at most thirty days.

    Raises LINKS_TODAY, NOT_RELEASED, LINK_PATH, LINK_QUERY, LINK_LIFE.
    """
    apps.require_kind(app, AppKind.MINI_PROGRAM)
    _target(tx, app, path, query, channel)
    if expires_at is None or not tx.now < expires_at <= tx.now + LONGEST_LINK_MS:
        raise DomainError(LINK_LIFE)
    quotas.spend(tx, appid=app.appid, name="links", limit=LINKS_A_DAY, refusal=LINKS_TODAY)
    start = PREFIX[kind]
    return _keep(
        tx,
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
        ),
    )


def device_link(tx: Tx, *, app: App, model_id: str, sn: str, path: str, query: str, channel: Channel) -> Link:
    """The scheme for the NFC tag of a model of device, or of one device by its serial number. It never ends.

    Raises MODEL_INVALID, SERIAL_TOO_LONG, LINKS_TODAY, NOT_RELEASED, LINK_PATH, LINK_QUERY, DEVICE_LINKED where
    there is one already, LINKS_SPENT.
    """
    apps.require_kind(app, AppKind.MINI_PROGRAM)
    if not _MODEL.match(model_id):
        raise DomainError(MODEL_INVALID)
    if len(sn.encode()) > 128:
        raise DomainError(SERIAL_TOO_LONG)
    _target(tx, app, path, query, channel)
    text = PREFIX[LinkKind.SCHEME] + tx.vault.mac("miniapp.device_link", app.appid, model_id, sn)[:16]
    program = versions.locked_program(tx, app.appid)
    if codes.exists(tx, text):
        raise DomainError(DEVICE_LINKED)
    if program.lasting_links >= LASTING_LINKS:
        raise DomainError(LINKS_SPENT)
    quotas.spend(tx, appid=app.appid, name="links", limit=LINKS_A_DAY, refusal=LINKS_TODAY)
    tx.update(program, lasting_links=program.lasting_links + 1)
    return _keep(
        tx,
        Link(
            text=text,
            appid=app.appid,
            kind=LinkKind.SCHEME,
            path=path.lstrip("/"),
            query=query,
            channel=channel,
            made_at=tx.now,
            expires_at=None,
            expire_type=0,
            expire_interval=0,
        ),
    )


def short_link(tx: Tx, *, app: App, page_url: str, title: str, lasting: bool) -> Link:
    """A short link to a page of the released version with its query, for thirty days unless `lasting`.

    A title of over twenty characters is cut. Raises SHORT_LINK_PAGE, SHORT_LINK_TITLE, QUOTA_SPENT, LINKS_SPENT.
    """
    apps.require_kind(app, AppKind.MINI_PROGRAM)
    path, _, query = page_url.partition("?")
    version = versions.current(tx, app.appid, Channel.RELEASE)
    if len(page_url) > PATH_LENGTH or version is None or path not in version.pages:
        raise DomainError(SHORT_LINK_PAGE)
    if any(ord(character) < 32 for character in title):
        raise DomainError(SHORT_LINK_TITLE)
    if lasting:
        program = versions.locked_program(tx, app.appid)
        if program.lasting_links >= LASTING_LINKS:
            raise DomainError(LINKS_SPENT)
        tx.update(program, lasting_links=program.lasting_links + 1)
    quotas.spend(tx, appid=app.appid, name="short_links", limit=SHORT_LINKS_A_DAY)
    start = PREFIX[LinkKind.SHORT_LINK] + f"{app.name}/"
    return _keep(
        tx,
        Link(
            text=tx.new_handle(start, len(start) + 16),
            appid=app.appid,
            kind=LinkKind.SHORT_LINK,
            path=path,
            query=query,
            channel=Channel.RELEASE,
            made_at=tx.now,
            expires_at=None if lasting else Millis(tx.now + LONGEST_LINK_MS),
            expire_type=0,
            expire_interval=0,
            title=title if len(title) <= TITLE_LENGTH else f"{title[:TITLE_LENGTH]}...",
        ),
    )


def _target(snapshot: Snapshot, app: App, path: str, query: str, channel: Channel) -> None:
    """Refuse a link to what is not there. A version that is not released may have pages of its own."""
    released = versions.current(snapshot, app.appid, Channel.RELEASE)
    if released is None:
        raise DomainError(NOT_RELEASED)
    asked = versions.current(snapshot, app.appid, channel) or released
    page = path.lstrip("/")
    if page and page not in asked.pages and page not in released.pages:
        raise DomainError(LINK_PATH)
    if not _QUERY.match(query):
        raise DomainError(LINK_QUERY)


def _keep(tx: Tx, made: Link) -> Link:
    tx.insert(made)
    target = {
        "appid": made.appid,
        "path": made.path,
        "query": made.query,
        "scene": "",
        "channel": made.channel.value,
    }
    codes.make(tx, text=made.text, kind=CodeKind.PROGRAM, target=target, expires_at=made.expires_at)
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
