"""XML as the published protocols use it: one root, nested elements, text, no attributes.

Message push and Pay v2 carry records, not documents, so an element is a `str`, or a `dict` of its
children; a name that repeats among siblings is a `list`. Entities and document types do not exist here.
"""

import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias
from xml.parsers import expat

Element: TypeAlias = "str | Record"
Record: TypeAlias = "dict[str, Element | list[Element]]"

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 32
MAX_ELEMENTS = 10_000

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.\-]*\Z")
# Characters XML 1.0 cannot carry, lone surrogates included.
_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class MalformedXml(ValueError):
    """What came is not XML that we accept; the message says why in one sentence."""


class _Reader:
    """Collects expat's events. Refuses early, so a hostile body costs no more than its first bad byte."""

    def __init__(self) -> None:
        self.root = ""
        self.result: Element = ""
        self._open: list[tuple[str, Record, list[str]]] = []
        self._elements = 0

    def doctype(self, *_: object) -> None:
        raise MalformedXml("A document type is not allowed.")

    def start(self, name: str, _attributes: object) -> None:
        self._elements += 1
        if self._elements > MAX_ELEMENTS:
            raise MalformedXml(f"There are more than {MAX_ELEMENTS} elements.")
        if len(self._open) >= MAX_DEPTH:
            raise MalformedXml(f"Elements are nested more than {MAX_DEPTH} deep.")
        self._open.append((name, {}, []))

    def text(self, text: str) -> None:
        self._open[-1][2].append(text)

    def end(self, _name: str) -> None:
        name, children, texts = self._open.pop()
        element: Element = children if children else "".join(texts)
        if not self._open:
            self.root, self.result = name, element
            return
        siblings = self._open[-1][1]
        if name not in siblings:
            siblings[name] = element
            return
        before = siblings[name]
        if isinstance(before, list):
            before.append(element)
        else:
            siblings[name] = [before, element]


def parse(body: bytes, *, root: str = "xml", max_bytes: int = MAX_BYTES) -> Record:
    """The children of the root element. Raises MalformedXml.

    Always UTF-8, whatever the declaration claims; text between child elements is dropped.
    """
    if len(body) > max_bytes:
        raise MalformedXml(f"The body is larger than {max_bytes} bytes.")
    if b"\x00" in body:
        raise MalformedXml("The body contains a NUL byte.")
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedXml(f"Byte {error.start} is not valid UTF-8.") from None
    reader = _Reader()
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = reader.doctype
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    try:
        parser.Parse(body, True)
    except expat.ExpatError as error:
        reason = expat.ErrorString(error.code)
        raise MalformedXml(f"Line {error.lineno}, column {error.offset}: {reason}.") from None
    if reader.root != root:
        raise MalformedXml(f"The root element is not {root}.")
    return reader.result if isinstance(reader.result, dict) else {}


def texts(fields: Mapping[str, object]) -> dict[str, str]:
    """Only the flat part of what `parse` returned: what a v2 signature is made over."""
    return {name: value for name, value in fields.items() if isinstance(value, str)}


def write(fields: Mapping[str, object], *, root: str = "xml") -> bytes:
    """A record as the published servers write it: text in CDATA, numbers bare, `None` left out.

    A list repeats its element. A character XML cannot carry becomes U+FFFD, so that nothing a person
    types can stop a delivery.
    """
    parts: list[str] = []
    _write(parts, root, fields)
    return "".join(parts).encode()


def _write(parts: list[str], name: str, value: object) -> None:
    assert _NAME.match(name), name
    if value is None:
        return
    if isinstance(value, Sequence) and not isinstance(value, str):
        for item in value:
            _write(parts, name, item)
        return
    parts.append(f"<{name}>")
    if isinstance(value, Mapping):
        for child, content in value.items():
            _write(parts, child, content)
    elif isinstance(value, str):
        # A CDATA section cannot hold its own end, so the text is cut in the middle of one.
        parts.append("<![CDATA[" + _UNWRITABLE.sub("\ufffd", value).replace("]]>", "]]]]><![CDATA[>") + "]]>")
    else:
        assert isinstance(value, int), value
        parts.append(str(int(value)))
    parts.append(f"</{name}>")
