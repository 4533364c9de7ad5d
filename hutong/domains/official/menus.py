"""Menus: the buttons under an account's conversation."""

import unicodedata
from urllib.parse import urlsplit

from hutong.domains.apps import apps
from hutong.domains.apps.tables import AppKind
from hutong.domains.identity.tables import UserId
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError

from . import allowances, follows
from .errors import (
    BUTTON_KEY,
    BUTTON_NAME,
    BUTTON_PROGRAM,
    BUTTON_TYPE,
    BUTTON_UNKNOWN,
    BUTTON_URL,
    MENU_LEVEL,
    MENU_MISSING,
    MENU_SIZE,
    SUB_BUTTON_NAME,
    SUB_MENU_SIZE,
)
from .events import MenuTapped
from .tables import Act, Button, ButtonKind, Menu

BUTTONS = 3
SUB_BUTTONS = 5
NAME_WIDTH = 16  # published in bytes: sixteen, sixty in a sub-menu
SUB_NAME_WIDTH = 60
KEY_BYTES = 128
URL_BYTES = 1024

SCANS = (ButtonKind.SCAN_PUSH, ButtonKind.SCAN_WAIT)
TAPS = (ButtonKind.CLICK, *SCANS)  # the taps that let the account write


def width(name: str) -> int:
    """How much room a name takes: two for a wide character, one for any other."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in name)


def set_(tx: Tx, *, appid: str, buttons: list[Button]) -> Menu:
    """Give the account this menu instead of any former one. Raises what is wrong with the first bad button."""
    apps.require_kind(apps.get(tx, appid), *apps.ACCOUNTS)
    if not 1 <= len(buttons) <= BUTTONS:
        raise DomainError(MENU_SIZE)
    for button in buttons:
        _check(tx, button, NAME_WIDTH, BUTTON_NAME)
    values = {"menu_id": tx.new_id(), "buttons": buttons, "set_at": tx.now}
    menu, made = tx.insert_or_find(Menu(appid=appid, **values), by=("appid",))  # type: ignore[arg-type]
    return menu if made else tx.update(menu, **values)


def _check(tx: Tx, button: Button, widest: int, name_refusal: object) -> None:
    if not button.name.strip() or width(button.name) > widest:
        raise DomainError(name_refusal, name=button.name)  # type: ignore[arg-type]
    if button.type is None:
        if widest == SUB_NAME_WIDTH:
            raise DomainError(BUTTON_TYPE, name=button.name)
        if not 1 <= len(button.sub_button) <= SUB_BUTTONS:
            raise DomainError(SUB_MENU_SIZE)
        for below in button.sub_button:
            _check(tx, below, SUB_NAME_WIDTH, SUB_BUTTON_NAME)
        return
    if button.sub_button:
        raise DomainError(MENU_LEVEL if widest == SUB_NAME_WIDTH else BUTTON_TYPE, name=button.name)
    match button.type:
        case ButtonKind.VIEW:
            _check_url(button.url)
        case ButtonKind.MINI_PROGRAM:
            _check_url(button.url)
            program = apps.many(tx, [button.appid]).get(button.appid)
            if program is None or program.kind is not AppKind.MINI_PROGRAM or not button.pagepath:
                raise DomainError(BUTTON_PROGRAM, appid=button.appid)
        case (
            ButtonKind.MEDIA | ButtonKind.VIEW_LIMITED | ButtonKind.ARTICLE | ButtonKind.ARTICLE_VIEW_LIMITED
        ):
            raise DomainError(BUTTON_TYPE, type=button.type)  # a menu sends no material and no article yet
        case _:
            if not 1 <= len(button.key.encode()) <= KEY_BYTES:
                raise DomainError(BUTTON_KEY, name=button.name)


def _check_url(url: str) -> None:
    try:
        parts = urlsplit(url)
        well_formed = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        well_formed = False
    if not well_formed or len(url.encode()) > URL_BYTES:
        raise DomainError(BUTTON_URL)


def find(snapshot: Snapshot, appid: str) -> Menu | None:
    return snapshot.find(Menu, appid=appid)


def get(snapshot: Snapshot, appid: str) -> Menu:
    """Raises MENU_MISSING."""
    menu = find(snapshot, appid)
    if menu is None:
        raise DomainError(MENU_MISSING)
    return menu


def delete(tx: Tx, appid: str) -> None:
    """Deleting a menu that is not there changes nothing."""
    menu = tx.find_locked(Menu, appid=appid)
    if menu is not None:
        tx.delete(menu)


def tap(
    tx: Tx, *, appid: str, user_id: UserId, place: list[int], menu_id: int | None = None, result: str = ""
) -> Button:
    """A follower tapped the button at `place`: its position, and that in the sub-menu. `result` is what a scan read.

    `menu_id` is the menu the person saw. Raises NOT_FOLLOWING, MENU_MISSING, BUTTON_UNKNOWN, also for a button
    of a menu that was replaced.
    """
    follows.require(tx, appid=appid, user_id=user_id)
    menu = get(tx, appid)
    if menu_id is not None and menu_id != menu.menu_id:
        raise DomainError(BUTTON_UNKNOWN)
    buttons, button = menu.buttons, None
    for position in place:
        if not 0 <= position < len(buttons):
            raise DomainError(BUTTON_UNKNOWN)
        button = buttons[position]
        buttons = button.sub_button
    if button is None or button.type is None:
        raise DomainError(BUTTON_UNKNOWN)
    if button.type in TAPS:
        allowances.open_(tx, appid=appid, user_id=user_id, act=Act.MENU)
    key = {ButtonKind.VIEW: button.url, ButtonKind.MINI_PROGRAM: button.pagepath}.get(button.type, button.key)
    tx.emit(
        MenuTapped(
            appid=appid,
            user_id=user_id,
            at=tx.now,
            kind=button.type,
            key=key,
            menu_id=menu.menu_id,
            result=result[:1024],
        )
    )
    return button
