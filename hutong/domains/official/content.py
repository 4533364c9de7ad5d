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
EMPHASES = 12  # and so do emphases within so many others
MOST_TAGS = 20_000  # the start and the end of an element are two
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
_EMPHASES = {
    "a",
    "b",
    "code",
    "em",
    "i",
    "s",
    "small",
    "strong",
    "u",
}  # what a browser opens again in the next block
_INLINE = {*_EMPHASES, "span", "del", "ins", "sub", "sup", "mark"}
_CELLS = {"td", "th"}
_TABLE = {"table", "caption", "thead", "tbody", "tfoot", "tr", *_CELLS}
# Which open element a new one ends, and what may stand open between the two.
_ENDED = {
    "p": ({"p"}, _INLINE),
    "li": ({"li"}, _INLINE | {"p"}),
    "dt": ({"dt", "dd"}, _INLINE | {"p"}),
    "dd": ({"dt", "dd"}, _INLINE | {"p"}),
    "tr": ({"tr"}, _INLINE | _CELLS | {"p"}),
    "td": (_CELLS, _INLINE | {"p"}),
    "th": (_CELLS, _INLINE | {"p"}),
}
_TAG = re.compile(
    r"<(?P<end>/?)(?P<name>[a-z][a-z0-9-]*)(?P<rest>(?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*+)>", re.IGNORECASE
)
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

    Slow, over a millisecond for long ones: for an endpoint's `prepare`. Its time and room grow with the length only.
    """
    safe = nh3.clean(
        balanced(html),
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


def balanced(html: str) -> str:
    """The same with each element closed where it was opened, and only those an article may hold.

    A browser's rules for what was not closed let a few kilobytes become gigabytes. Here nothing is left to them; what
    is no tag is a word. Whether it is harmless is looked at later.
    """
    out: list[str] = []
    open_: list[str] = []

    def close(upto: int) -> None:
        while len(open_) > upto:
            out.append(f"</{open_.pop()}>")

    at = 0
    while at < len(html):
        start = html.find("<", at)
        if start < 0:
            out.append(html[at:])
            break
        out.append(html[at:start])
        if html.startswith("<!--", start):
            end = html.find("-->", start)
            at = len(html) if end < 0 else end + 3
            continue
        found = _TAG.match(html, start)
        if found is None:
            at = start + 1
            if html.startswith(("<!", "<?"), start):
                end = html.find(">", start)
                at = len(html) if end < 0 else end + 1
            else:
                out.append("&lt;")
            continue
        at, name = found.end(), found["name"].lower()
        if name in _NOTHING_INSIDE and not found["end"]:
            closing = re.compile(f"</{name}", re.IGNORECASE).search(html, at)
            at = len(html) if closing is None else closing.start()
        elif name not in _TAGS:
            continue
        elif found["end"]:
            for place in range(len(open_) - 1, -1, -1):
                if open_[place] == name:
                    close(place)
                    break
                if open_[place] in _TABLE and name not in _TABLE:
                    break
        elif name in _VOID:
            out.append(f"<{name}{found['rest']}>")
        elif name in _CARDS:
            out.append(f"<{name}{found['rest']}></{name}>")
        else:
            ended, between = _ENDED.get(name, (set(), set()))
            for place in range(len(open_) - 1, -1, -1):
                if open_[place] in ended:
                    close(place)
                    break
                if open_[place] not in between:
                    break
            emphases = sum(one in _EMPHASES for one in open_) if name in _EMPHASES else 0
            if len(open_) < DEPTH and emphases < EMPHASES:
                out.append(f"<{name}{found['rest']}>")
                open_.append(name)
    close(0)
    return "".join(out)


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
