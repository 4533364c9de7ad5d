"""Links in what an account says: `<a href="…" data-miniprogram-appid="…" data-miniprogram-path="…">words</a>`.

Only this element is read, in this form; everything else an account writes between pointed brackets is its words.
"""

import re
from html import unescape

from hutong.domains.apps.tables import App
from hutong.domains.chat import bodies
from hutong.kernel.db import Snapshot
from hutong.kernel.errors import DomainError

from . import programs
from .errors import LINK_PATH

PATH_LENGTH = 1024
_LINK = re.compile(r"<a((?:\s+[a-z-]+\s*=\s*(?:\"[^\"<>]*\"|'[^'<>]*'))+)\s*>([^<>]+)</a>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"\s([a-z-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_WEB = re.compile(r"https?://[^\s]{1,2040}\Z", re.IGNORECASE)


def linked(snapshot: Snapshot, app: App, said: bodies.Text) -> bodies.Text | bodies.LinkedText:
    """The text with its links apart from its words; as it is where there is none.

    Raises LINKED_APP, LINK_UNLINKED, LINK_PATH.
    """
    parts: list[bodies.TextPart] = []
    end = 0
    for found in _LINK.finditer(said.text):
        part = _part(found[1], unescape(found[2]))
        if part is None:
            continue
        if found.start() > end:
            parts.append(bodies.TextPart(said.text[end : found.start()]))
        parts.append(part)
        end = found.end()
    if not parts:
        return said
    if end < len(said.text):
        parts.append(bodies.TextPart(said.text[end:]))
    programs.require_linked(snapshot, app, {part.appid for part in parts if part.appid})
    return bodies.LinkedText(parts)


def _part(attributes: str, words: str) -> bodies.TextPart | None:
    """A link; None for one that leads nowhere. One to a program keeps no address beside it."""
    given = {
        name.lower(): unescape(double or single) for name, double, single in _ATTRIBUTE.findall(attributes)
    }
    appid, path = given.get("data-miniprogram-appid", ""), given.get("data-miniprogram-path", "")
    if appid:
        if len(path) > PATH_LENGTH or len(appid) > 32:
            raise DomainError(LINK_PATH, appid=appid[:32])
        return bodies.TextPart(words, appid=appid, path=path)
    url = given.get("href", "")
    return bodies.TextPart(words, url=url) if _WEB.match(url) else None
