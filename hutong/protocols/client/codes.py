"""Codes: what a scanned text leads to."""

import re
from enum import StrEnum
from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from hutong.domains.apps import apps, codes
from hutong.domains.apps.errors import CODE_UNKNOWN
from hutong.domains.apps.tables import Code, CodeKind
from hutong.domains.miniapp import program_codes
from hutong.domains.miniapp.tables import LinkKind
from hutong.domains.official import scenes
from hutong.domains.pay import cashiers
from hutong.domains.pay.errors import ORDER_NOT_FOUND
from hutong.kernel import drawn_codes
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.endpoints import Raw, Request, Response
from hutong.kernel.errors import DomainError

from .accounts import AccountLine, account_line
from .protocol import Person, client

ADDRESS = "ADDRESS"
TEXT = "TEXT"
LINKED = 1065
URL_LINKED = 1194
_WEB = re.compile(r"https?://[^\s]+\Z")


class ReadFrom(StrEnum):
    CAMERA = "CAMERA"
    ALBUM = "ALBUM"  # a picture that the person chose
    PRESS = "PRESS"  # a picture that was being shown


# The published scenes of a program's code by where it was read: of a QR code, of a round one.
SCANNED = {ReadFrom.CAMERA: (1011, 1047), ReadFrom.PRESS: (1012, 1048), ReadFrom.ALBUM: (1013, 1049)}


class Scan(Request):
    text: Annotated[str, Meta(min_length=1, max_length=2048)]
    round: bool = False  # read from a mini program's round code
    read_from: ReadFrom = ReadFrom.CAMERA


class Resolved(Response):
    """What to do now, by `kind`.

    PERSON: show `user_id`. GROUP: preview and join by `join_code`. ACCOUNT: `following` already, or follow with
    `ticket`. PROGRAM: open `app` at `path` with `query`, `code_scene` and `scene` on `channel`,
    or the version that the token `preview` opens. ORDER: open a cashier with `text`. DEVICE: look at `device_code`
    and link with it. OFFER: look at the coupons of `offer_code`. ADDRESS: a web address, to be opened with care.
    TEXT: only words.
    """

    kind: str
    text: str
    user_id: str | UnsetType = UNSET
    join_code: str | UnsetType = UNSET
    app: AccountLine | UnsetType = UNSET
    following: bool | UnsetType = UNSET
    ticket: str | UnsetType = UNSET
    path: str | UnsetType = UNSET
    query: str | UnsetType = UNSET
    code_scene: str | UnsetType = UNSET
    scene: int | UnsetType = UNSET
    channel: str | UnsetType = UNSET
    preview: str | UnsetType = UNSET
    device_code: str | UnsetType = UNSET
    offer_code: str | UnsetType = UNSET


@client.post("/codes/resolve")
def resolve_code(tx: Tx, person: Person, req: Scan) -> Resolved:
    """What a scanned text leads to. An account that I follow hears where I scanned it."""
    try:
        code = codes.resolve(tx, program_codes.canonical(req.text))
    except DomainError as error:
        if error.code is not CODE_UNKNOWN:
            raise
        return _stranger(tx, req.text)
    return _ours(tx, person, code, req)


def _ours(tx: Tx, person: Person, code: Code, req: Scan) -> Resolved:
    target = code.target
    match code.kind:
        case CodeKind.PERSON:
            return Resolved(code.kind, code.text, user_id=target["user_id"])
        case CodeKind.GROUP:
            return Resolved(code.kind, code.text, join_code=target["join_code"])
        case CodeKind.ACCOUNT:
            follow = scenes.scan(tx, ticket=target["ticket"], user_id=person.user_id)
            return Resolved(
                code.kind,
                code.text,
                app=account_line(tx, apps.get(tx, target["appid"])),
                following=follow is not None,
                ticket=target["ticket"],
            )
        case CodeKind.PROGRAM:
            program_codes.follow(tx, appid=target["appid"], text=code.text)
            return Resolved(
                code.kind,
                code.text,
                app=account_line(tx, apps.get(tx, target["appid"])),
                path=target["path"],
                query=target["query"],
                code_scene=target["scene"],
                scene=_scene(code.text, req),
                channel=target["channel"],
                preview=target.get("preview", UNSET),
            )
        case CodeKind.DEVICE:
            return Resolved(code.kind, code.text, device_code=target["device_code"])
        case CodeKind.OFFER:
            return Resolved(code.kind, code.text, offer_code=target["offer_code"])
        case CodeKind.ORDER:
            return Resolved(code.kind, code.text)


def _scene(text: str, req: Scan) -> int:
    """The published scene of a program's code or link."""
    if text.startswith(program_codes.PREFIX[LinkKind.URL_LINK]):
        return URL_LINKED
    return SCANNED[req.read_from][req.round] if program_codes.claims(text) else LINKED


def _stranger(snapshot: Snapshot, text: str) -> Resolved:
    """A text that no room made a code of: perhaps an order's, a web address, or only words.

    Raises CODE_UNKNOWN for what says that it is a program's code.
    """
    if program_codes.claims(text):
        raise DomainError(CODE_UNKNOWN)
    try:
        cashiers.order_of_code(snapshot, text)
    except DomainError as error:
        if error.code is not ORDER_NOT_FOUND:
            raise
        return Resolved(ADDRESS if _WEB.match(text) else TEXT, text)
    return Resolved(CodeKind.ORDER, text)


class Drawing(Request):
    text: Annotated[str, Meta(min_length=1, max_length=1024)]
    width: Annotated[int, Meta(ge=drawn_codes.NARROWEST, le=drawn_codes.WIDEST)] = 430


def draw(snapshot: Snapshot, person: Person, req: Drawing) -> Raw:
    drawn = drawn_codes.draw(req.text, width=req.width, format=drawn_codes.Format.PNG)
    return Raw(drawn, "image/png")


@client.post("/codes/draw", prepare=draw)
def draw_code(snapshot: Snapshot, person: Person, req: Drawing, drawn: Raw) -> Raw:
    """A text as a picture of a QR code."""
    return drawn
