"""What an article says: HTML made safe, with the pictures and mini programs in it.

Nothing here runs or fetches: what is not known to be harmless is left out. Pictures are an app's own, kept by their
handle as `/mmbiz/<handle>`; whoever gives the content out writes an address in its place. Text never holds a plain
quotation mark, so that what looks like an attribute is one.
"""

import re
from collections.abc import Callable, Collection
from html import escape
from html.parser import HTMLParser

import nh3

from hutong.kernel.frozen import Frozen

DEPTH = 64  # elements deeper than this lose their tag, not their words
CARD = "mp-miniprogram"
_CARDS = (CARD, "mp-common-miniprogram")  # the published element, and what the published editor writes
_PROGRAM = ("appid", "path", "title", "imageurl", "nickname", "type")
_BLOCKS = ("p", "div", "section", "br", "li", "tr", "td", "th", "figure", "blockquote", "pre", *_CARDS)
_VOID = ("br", "hr", "img", "col")
_TAGS = {
    *("h1", "h2", "h3", "h4", "h5", "h6", "p", "div", "section", "blockquote", "pre", "hr", "br"),
    *("span", "strong", "b", "em", "i", "u", "s", "del", "ins", "sub", "sup", "small", "code", "mark"),
    *("ul", "ol", "li", "dl", "dt", "dd", "figure", "figcaption", "img", "a", *_CARDS),
    *("table", "caption", "colgroup", "col", "thead", "tbody", "tfoot", "tr", "th", "td"),
}
_NOTHING_INSIDE = {
    *("script", "style", "title", "textarea", "noscript", "iframe", "object", "svg", "math", "template"),
    *("noembed", "noframes", "xmp", "select", "video", "audio"),
}
_SIDES = ("", "-top", "-right", "-bottom", "-left")
_STYLES = {
    *("color", "background-color", "font-size", "font-weight", "font-style", "text-align", "text-indent"),
    *("text-decoration", "line-height", "letter-spacing", "vertical-align", "white-space", "list-style-type"),
    *("width", "max-width", "border-radius", "border-collapse"),
    *(f"{name}{side}" for name in ("margin", "padding", "border") for side in _SIDES),
}
_data = {f"data-miniprogram-{name}" for name in _PROGRAM}
_ATTRIBUTES = {
    "*": {"style"},
    "a": {"href", *_data},
    "img": {"src", "data-src", "alt"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "ol": {"start"},
    **dict.fromkeys(_CARDS, _data),
}
_OWN = re.compile(r"(?:https?://[^/?#\s]+(?:/mp)?)?/mmbiz/([A-Za-z0-9]{8,64})(?:[/?#].*)?\Z")
_WEB = re.compile(r"https?://[^\s<>\"']{1,2048}\Z", re.IGNORECASE)
_VALUE = re.compile(r"(?:[\w#%.,\s/-]|(?:rgb|hsl)a?\([\d\s.,%/]*\))*\Z")
_BELOW_ZERO = re.compile(r"(?:^|\s)-")
_NUMBER = re.compile(r"[0-9]{1,3}\Z")
_KEPT = re.compile(r'(src|data-miniprogram-imageurl)="/mmbiz/([A-Za-z0-9]+)"')
_APPID = re.compile(r'data-miniprogram-appid="([^"]*)"')
STYLE_LENGTH = 1000


class ProgramMention(Frozen):
    """A mini program an article leads to; a card has a title of its own."""

    appid: str
    path: str
    card: bool
    title: str


class Content(Frozen):
    """`words` is its text, in one line; `pictures` are handles."""

    html: str
    words: str
    programs: list[ProgramMention]
    pictures: list[str]


def clean(html: str, *, known: Callable[[Collection[str]], Collection[str]]) -> Content:
    """What may be shown of an author's HTML. `known` tells which handles of pictures may be; others are left out.

    Slow, over a millisecond for long ones: for an endpoint's `prepare`.
    """
    safe = nh3.clean(
        html,
        tags=_TAGS,
        clean_content_tags=_NOTHING_INSIDE,
        attributes=_ATTRIBUTES,
        attribute_filter=_attribute,
        filter_style_properties=_STYLES,
        url_schemes={"http", "https"},
        link_rel=None,
    )
    wanted = {handle for _, handle in _KEPT.findall(safe.replace("data-src=", "src="))}
    writer = _Writer(set(known(wanted)) if wanted else set())
    writer.feed(safe)
    writer.close()
    return Content(
        html="".join(writer.out),
        words=" ".join("".join(writer.words).split()),
        programs=writer.programs,
        pictures=writer.pictures,
    )


def filled(html: str, address: Callable[[str], str]) -> str:
    """Kept content with an address for each picture."""
    return _KEPT.sub(lambda found: f'{found[1]}="{escape(address(found[2]), quote=True)}"', html)


def appids(html: str) -> set[str]:
    """The mini programs that kept content leads to."""
    return set(_APPID.findall(html))


def _attribute(tag: str, name: str, value: str) -> str | None:
    match name:
        case "style":
            return _style(value)
        case "src" | "data-src" | "data-miniprogram-imageurl":
            own = _OWN.match(value)
            return None if own is None else f"/mmbiz/{own[1]}"
        case "href":
            return value if _WEB.match(value) else None
        case "colspan" | "rowspan" | "start":
            return value if _NUMBER.match(value) else None
        case _:
            return value


def _style(text: str) -> str | None:
    """The declarations that only change how words look where they stand."""
    kept: list[str] = []
    for declaration in text[:STYLE_LENGTH].split(";"):
        name, _, value = declaration.partition(":")
        name, value = name.strip().lower(), value.replace("!important", "").strip().lower()
        if name not in _STYLES or not value or not _VALUE.match(value):
            continue
        if name.startswith(("margin", "text-indent", "letter-spacing")) and _BELOW_ZERO.search(value):
            continue  # words stay in their place: none is laid over another's
        kept.append(f"{name}:{value}")
    return ";".join(kept) or None


class _Writer(HTMLParser):
    """Writes clean HTML once more: cards hold nothing, pictures have one source, links hold no links."""

    def __init__(self, known: set[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.known = known
        self.out: list[str] = []
        self.words: list[str] = []
        self.programs: list[ProgramMention] = []
        self.pictures: list[str] = []
        self.open: list[tuple[str, bool]] = []  # each element that is open, and whether its tag was written

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in _BLOCKS:
            self.words.append(" ")
        if tag in _CARDS:
            self._program(given, card=True)
            self._write(CARD, given)
            self.out.append(f"</{CARD}>")
            self.open.append((tag, False))
        elif tag == "img":
            source = given.pop("data-src", "") or given.get("src", "")
            handle = source.removeprefix("/mmbiz/")
            if handle in self.known:
                self.pictures.append(handle)
                self._write(tag, {**given, "src": source})
        elif tag in _VOID:
            self._write(tag, given)
        else:
            nested = tag == "a" and any(name == "a" and written for name, written in self.open)
            written = len(self.open) < DEPTH and not nested
            if written:
                if tag == "a" and "data-miniprogram-appid" in given:
                    self._program(given, card=False)
                self._write(tag, given)
            self.open.append((tag, written))

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        _, written = self.open.pop()
        if written:
            self.out.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        self.out.append(escape(data, quote=True))

    def _program(self, given: dict[str, str], *, card: bool) -> None:
        picture = given.get("data-miniprogram-imageurl", "").removeprefix("/mmbiz/")
        if picture in self.known:
            self.pictures.append(picture)
        else:
            given.pop("data-miniprogram-imageurl", None)
        self.programs.append(
            ProgramMention(
                appid=given.get("data-miniprogram-appid", ""),
                path=given.get("data-miniprogram-path", ""),
                card=card,
                title=given.get("data-miniprogram-title", ""),
            )
        )

    def _write(self, tag: str, given: dict[str, str]) -> None:
        attributes = "".join(f' {name}="{escape(value, quote=True)}"' for name, value in given.items())
        self.out.append(f"<{tag}{attributes}>")
