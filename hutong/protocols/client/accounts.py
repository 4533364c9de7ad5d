"""Official accounts: finding, following, talking to them, and their menus."""

from typing import Annotated

from msgspec import Meta

from hutong.domains.apps import apps, organisations
from hutong.domains.apps.tables import App, AppKind
from hutong.domains.chat import conversations
from hutong.domains.media import files
from hutong.domains.official import follows, menus, programs, scenes
from hutong.domains.official.tables import Button, ButtonKind, Follow, FollowScene, Menu
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.endpoints import Id, Request, Response

from .contacts import LATEST
from .conversations import ConversationLine, line
from .protocol import Person, client

Appid = Annotated[str, Meta(min_length=1, max_length=32)]
Name = Annotated[str, Meta(max_length=64)]


class AccountLine(Response):
    """An account or program in a list. `avatar` is an address, or empty."""

    appid: str
    kind: AppKind
    name: str
    introduction: str
    avatar: str


class MenuButton(Response):
    """A button; `kind` is null for one that opens its `below`."""

    name: str
    kind: ButtonKind | None
    below: list["MenuButton"]


class MenuShown(Response):
    menu_id: str
    buttons: list[MenuButton]


class AccountCard(Response):
    """An account as its visitor sees it. `organisation` answers for it; `programs` are those it linked to show."""

    appid: str
    kind: AppKind
    name: str
    introduction: str
    avatar: str
    organisation: str
    following: bool
    followed_at: int | None
    menu: MenuShown | None
    programs: list[AccountLine]


def account_line(snapshot: Snapshot, app: App) -> AccountLine:
    avatar = files.address(snapshot, app.avatar)
    return AccountLine(app.appid, app.kind, app.name, app.introduction, avatar)


def _button(button: Button) -> MenuButton:
    return MenuButton(button.name, button.type, [_button(below) for below in button.sub_button])


def _menu(menu: Menu | None) -> MenuShown | None:
    if menu is None:
        return None
    return MenuShown(str(menu.menu_id), [_button(button) for button in menu.buttons])


def _card(snapshot: Snapshot, app: App, follow: Follow | None) -> AccountCard:
    return AccountCard(
        appid=app.appid,
        kind=app.kind,
        name=app.name,
        introduction=app.introduction,
        avatar=files.address(snapshot, app.avatar),
        organisation=organisations.get(snapshot, app.org_id).name,
        following=follow is not None,
        followed_at=None if follow is None else follow.followed_at,
        menu=_menu(menus.find(snapshot, app.appid)),
        programs=[account_line(snapshot, one) for one in programs.shown(snapshot, app.appid)],
    )


class FollowedPage(Request):
    before: Id = LATEST


class Followed(Response):
    """`next` is the next page's `before`, or null on the last page."""

    accounts: list[AccountLine]
    next: str | None


@client.get("/accounts")
def list_accounts(snapshot: Snapshot, person: Person, req: FollowedPage) -> Followed:
    """The accounts I follow, newest first."""
    page = follows.of_person(snapshot, person.user_id, before=int(req.before))
    found = apps.many(snapshot, [follow.appid for follow in page])
    return Followed(
        [account_line(snapshot, found[follow.appid]) for follow in page],
        str(page[-1].id) if len(page) == follows.PAGE else None,
    )


class NameSearch(Request):
    """`programs` and `accounts` say which are looked for; `after` is the last appid of the page before."""

    name: Annotated[str, Meta(min_length=1, max_length=64)]
    programs: bool = True
    accounts: bool = True
    after: Annotated[str, Meta(max_length=32)] = ""


class Found(Response):
    """`next` is the next page's `after`, or null on the last page."""

    apps: list[AccountLine]
    next: str | None


@client.get("/apps")
def find_apps(snapshot: Snapshot, person: Person, req: NameSearch) -> Found:
    """Accounts and mini programs with these words in their name."""
    kinds = [AppKind.MINI_PROGRAM] * req.programs + list(apps.ACCOUNTS) * req.accounts
    page = apps.named(snapshot, req.name.strip(), kinds=kinds, after=req.after) if req.name.strip() else []
    return Found(
        [account_line(snapshot, app) for app in page], page[-1].appid if len(page) == apps.PAGE else None
    )


class OneAccount(Request):
    appid: Appid


def require_account(snapshot: Snapshot, appid: str) -> App:
    """By appid, or by the original id that mini programs know accounts by."""
    app = apps.find_by_original_id(snapshot, appid) or apps.get(snapshot, appid)
    return apps.require_kind(app, *apps.ACCOUNTS)


@client.get("/accounts/{appid}")
def get_account(snapshot: Snapshot, person: Person, req: OneAccount) -> AccountCard:
    """An account's profile, with its menu."""
    app = require_account(snapshot, req.appid)
    return _card(snapshot, app, follows.find(snapshot, appid=app.appid, user_id=person.user_id))


class Following(Request):
    """`ticket` is that of the scanned code, when one was scanned."""

    appid: Appid
    scene: FollowScene = FollowScene.SEARCH
    ticket: Annotated[str, Meta(max_length=256)] = ""


@client.put("/accounts/{appid}/follow")
def follow_account(tx: Tx, person: Person, req: Following) -> AccountCard:
    """Follow; following again changes nothing."""
    app = require_account(tx, req.appid)
    if req.ticket and scenes.get(tx, req.ticket).appid == app.appid:
        follow = scenes.follow_by_code(tx, ticket=req.ticket, user_id=person.user_id)
    else:
        follow = follows.follow(tx, appid=app.appid, user_id=person.user_id, scene=req.scene)
    return _card(tx, app, follow)


@client.delete("/accounts/{appid}/follow")
def unfollow_account(tx: Tx, person: Person, req: OneAccount) -> None:
    """Leave; the account hears of it and can no longer write."""
    follows.unfollow(tx, appid=require_account(tx, req.appid).appid, user_id=person.user_id)


@client.post("/accounts/{appid}/conversation")
def open_account_conversation(tx: Tx, person: Person, req: OneAccount) -> ConversationLine:
    """My conversation with an account I follow, or with a mini program's customer service."""
    app = apps.get(tx, req.appid)
    if app.kind is not AppKind.MINI_PROGRAM:
        follows.require(tx, appid=app.appid, user_id=person.user_id)
    return line(tx, person, conversations.with_account(tx, user_id=person.user_id, appid=app.appid).id)


class Tap(Request):
    """`place` is the button's position, and then that in its sub-menu; `result` is what a scan read."""

    appid: Appid
    menu_id: Id
    place: Annotated[list[Annotated[int, Meta(ge=0, le=9)]], Meta(min_length=1, max_length=2)]
    result: Annotated[str, Meta(max_length=1024)] = ""


class Tapped(Response):
    """What to open now: an address, a page of a mini program, or nothing."""

    kind: ButtonKind
    url: str
    appid: str
    path: str


@client.post("/accounts/{appid}/menu/tap")
def tap_menu(tx: Tx, person: Person, req: Tap) -> Tapped:
    """Tap a button of a followed account's menu; its developer hears of it."""
    button = menus.tap(
        tx,
        appid=req.appid,
        user_id=person.user_id,
        place=req.place,
        menu_id=int(req.menu_id),
        result=req.result,
    )
    assert button.type is not None
    return Tapped(button.type, button.url, button.appid, button.pagepath)
