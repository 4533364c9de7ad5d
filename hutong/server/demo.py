"""The demo world: a neighbourhood that makes a sandbox alive at first sight, made once at first start.

Slow parts (keys, password hashes) come first, in threads; then one transaction makes everything through the
rooms' own functions and keeps what cannot be read back (passwords, tokens, where key files are) sealed beside
it. So a world is there whole or not at all.
"""

import asyncio
import functools
import os
import typing
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from hutong.domains.ads import advertisements, units
from hutong.domains.apps import apps, grants, materials, openids, organisations, platform
from hutong.domains.apps.tables import App as Application
from hutong.domains.apps.tables import AppKind, MaterialKind, OrgId, Role
from hutong.domains.chat import bodies, conversations, groups, messages
from hutong.domains.chat.tables import ConversationId
from hutong.domains.contacts import people
from hutong.domains.contacts.tables import Source
from hutong.domains.identity import passwords, proofs, sessions, users
from hutong.domains.identity.tables import UserId
from hutong.domains.media import files as media
from hutong.domains.media.tables import FileKind
from hutong.domains.miniapp import categories, cloud_records, devices
from hutong.domains.moments import posts
from hutong.domains.moments.tables import ProgramPage
from hutong.domains.official import articles, drafts, follows
from hutong.domains.official import programs as account_programs
from hutong.domains.official.tables import FollowScene
from hutong.domains.pay import cards, keys, merchants, remittances
from hutong.domains.pay.keys import NewMerchantKey
from hutong.domains.pay.tables import KeyUse, MchId, PlatformKey
from hutong.domains.work import corps, credentials, departments, members
from hutong.domains.work.members import Seat
from hutong.domains.work.tables import Corp, Credential, CredentialKind
from hutong.kernel import events, ids, state
from hutong.kernel.blobs import Blobs
from hutong.kernel.clock import Millis, wire_now
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.frozen import Frozen
from hutong.kernel.money import Fen
from hutong.kernel.settings import Settings

from . import demo_pictures, demo_programs, world
from .audit import reading
from .authority import authority_of

if typing.TYPE_CHECKING:
    from .app import App

NAME = "demo"
DUE_AT_ONCE = 500


class Person(Frozen):
    username: str
    password: str
    nickname: str
    token: str
    pay_pin: str


class Program(Frozen):
    """An official account or a mini program, as its developer knows it."""

    name: str
    appid: str
    secret: str
    token: str
    encoding_aes_key: str
    original_id: str
    kind: str | msgspec.UnsetType = msgspec.UNSET


class Merchant(Frozen):
    name: str
    mchid: str
    api_v2_key: str
    api_v3_key: str
    serial_no: str
    private_key_file: str
    certificate_file: str
    platform_serial_no: str
    platform_certificate_file: str
    platform_public_key_id: str
    platform_public_key_file: str
    partner: bool = False
    sub_merchants: list[str] = []


class Device(Frozen):
    """A machine that shows the tea shop's program: `/kiosk?device=` and its ticket opens its page."""

    name: str
    kind: str
    ticket: str


class Agent(Frozen):
    agentid: int
    name: str
    secret: str
    token: str
    encoding_aes_key: str


class Company(Frozen):
    name: str
    corpid: str
    agents: list[Agent]
    contact: credentials.Keys
    external_contact: credentials.Keys


class World(Frozen):
    """What the demo world's people and programs need to know, but for where the server listens."""

    users: list[Person]
    official_accounts: list[Program]
    mini_programs: list[Program]
    merchants: list[Merchant]
    corps: list[Company]
    devices: list[Device] = []


# ── making it ──────────────────────────────────────────────────────────────────────────────────────────────


class Drawn(Frozen):
    """What is slow to draw, drawn before the transaction."""

    passwords: dict[str, tuple[str, str]]  # username → password and its hash
    merchant_keys: dict[str, tuple[MchId, NewMerchantKey]]  # shop → its number and keys
    packages: dict[str, demo_programs.Kept | None]  # shop or game → its code, where the runtime is built
    advertised: media.Prepared  # the picture of the advertisement
    cover: media.Prepared  # that of the tea shop's article


async def ensure(app: "App") -> None:
    """Make the demo world at a home's first start; later starts change nothing."""
    store = app.store
    if await store.read(_is_made):
        return
    drawn = await _draw(app.settings, store.context.blobs)
    folder = app.settings.home.resolve() / "keys" / "demo"
    files = await store.read(functools.partial(_platform_files, folder=folder))
    for key, (_, made) in drawn.merchant_keys.items():
        files[folder / f"{key}-key.pem"] = made.private_key
        files[folder / f"{key}-certificate.pem"] = made.certificate
    await asyncio.to_thread(_write, folder, files)
    await store.write(lambda tx: _make(tx, drawn, folder))


async def _draw(settings: Settings, blobs: Blobs) -> Drawn:
    plain = {person.username: ids.handle("", 10) for person in world.PEOPLE}
    numbers = {shop.key: MchId("19" + ids.digits(8)) for shop in world.SHOPS}
    with_programs = [*(shop.key for shop in world.SHOPS), world.GAME]
    hashes, made, kept, advertised, cover = await asyncio.gather(
        asyncio.gather(*(asyncio.to_thread(passwords.hash, password) for password in plain.values())),
        asyncio.gather(*(asyncio.to_thread(_merchant_key, settings, mchid) for mchid in numbers.values())),
        asyncio.gather(*(asyncio.to_thread(demo_programs.keep, blobs, key) for key in with_programs)),
        asyncio.to_thread(_picture, blobs, demo_pictures.advertised),
        asyncio.to_thread(_picture, blobs, demo_pictures.cover),
    )
    return Drawn(
        passwords={name: (plain[name], hashed) for name, hashed in zip(plain, hashes, strict=True)},
        merchant_keys=dict(zip(numbers, zip(numbers.values(), made, strict=True), strict=True)),
        packages=dict(zip(with_programs, kept, strict=True)),
        advertised=advertised,
        cover=cover,
    )


def _picture(blobs: Blobs, draw: Callable[[], bytes]) -> media.Prepared:
    return media.prepare(blobs, kind=FileKind.IMAGE, content=draw(), content_type="image/png", name="tea.png")


def _merchant_key(settings: Settings, mchid: MchId) -> NewMerchantKey:
    with reading(settings) as snapshot:
        return keys.new_merchant_key(snapshot, mchid, now=wire_now())


def _platform_key(snapshot: Snapshot, use: KeyUse) -> PlatformKey:
    found = keys.current(snapshot, use)
    assert found is not None, "a home is served with its keys"
    return found


def _platform_files(snapshot: Snapshot, folder: Path) -> dict[Path, str]:
    return {
        folder / "platform-certificate.pem": _platform_key(snapshot, KeyUse.CERTIFICATE).public_part,
        folder / "platform-public-key.pem": _platform_key(snapshot, KeyUse.PUBLIC_KEY).public_part,
    }


def _write(folder: Path, files: dict[Path, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for path, text in files.items():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(text)


def _is_made(snapshot: Snapshot) -> bool:
    return state.read(snapshot, NAME, str) is not None


def _make(tx: Tx, drawn: Drawn, folder: Path) -> None:
    if _is_made(tx):
        return
    persons, by_name = _people(tx, drawn)
    shops = organisations.create(tx, name=world.ORGANISATION)
    accounts, programs, dealers = _shops(tx, shops.id, by_name, drawn, folder)
    companies = [_company(tx, by_name)]
    _friendships(tx, by_name)
    cards = programs | {world.GAME: _game(tx, shops.id, by_name, drawn)}
    _advertise(tx, shops.id, cards, drawn)
    _talks(tx, by_name, cards)
    _moments(tx, by_name, cards)
    _follows(tx, by_name, accounts)
    _article(tx, accounts[world.ARTICLE_SHOP], programs[world.ARTICLE_SHOP], drawn.cover)
    platform.appoint(tx, by_name[world.PLATFORM_ADMIN])
    made = World(
        users=persons,
        official_accounts=[_program(tx, account, kind="service") for account in accounts.values()],
        mini_programs=[_program(tx, program) for program in programs.values()],
        merchants=dealers,
        corps=companies,
        devices=_devices(tx, shops.id, programs["tea"]),
    )
    state.write(tx, NAME, tx.vault.seal(msgspec.json.encode(made).decode()))


def _people(tx: Tx, drawn: Drawn) -> tuple[list[Person], dict[str, UserId]]:
    persons: list[Person] = []
    by_name: dict[str, UserId] = {}
    for number, person in enumerate(world.PEOPLE):
        password, hashed = drawn.passwords[person.username]
        user = users.register(
            tx,
            username=person.username,
            password_hash=hashed,
            nickname=person.nickname,
            phone=f"1390000{number + 1:04d}",
        )
        users.change_profile(tx, user_id=user.id, region=person.region, signature=person.signature)
        pin = tx.new_digits(6)
        proofs.set_pin(tx, user_id=user.id, pin=pin)
        card = cards.bind(tx, user_id=user.id, bank="ICBC")
        remittances.top_up(tx, user_id=user.id, card=card, amount=Fen(world.BALANCE), client_id="demo")
        _, token = sessions.open(tx, user_id=user.id, device="demo")
        persons.append(Person(person.username, password, person.nickname, token, pin))
        by_name[person.username] = user.id
    return persons, by_name


def _shops(
    tx: Tx, org_id: OrgId, by_name: dict[str, UserId], drawn: Drawn, folder: Path
) -> tuple[dict[str, Application], dict[str, Application], list[Merchant]]:
    accounts: dict[str, Application] = {}
    programs: dict[str, Application] = {}
    dealers: list[Merchant] = []
    platform = _platform_key(tx, KeyUse.CERTIFICATE)
    public_key = _platform_key(tx, KeyUse.PUBLIC_KEY)
    for shop in world.SHOPS:
        account, program = (
            apps.create(tx, org_id=org_id, kind=kind, name=name, introduction=shop.introduction)
            for kind, name in ((AppKind.SERVICE, shop.account), (AppKind.MINI_PROGRAM, shop.program))
        )
        accounts[shop.key] = account
        programs[shop.key] = program
        mchid, made = drawn.merchant_keys[shop.key]
        merchant = merchants.create(tx, org_id=org_id, name=shop.name, mchid=mchid)
        keys.certify(tx, mchid=mchid, certificate=made.certificate)
        for app in (account, program):
            merchants.bind_app(tx, mchid=mchid, appid=app.appid)
            categories.add(tx, appid=app.appid, second=shop.category)
        if (kept := drawn.packages[shop.key]) is not None:
            demo_programs.release(tx, appid=program.appid, kept=kept, uploaded_by=by_name[shop.staff[0]])
        for number, username in enumerate(shop.staff):
            role = Role.OWNER if number == 0 else Role.OPERATOR
            organisations.add_member(tx, org_id=org_id, user_id=by_name[username], role=role)
        dealers.append(
            Merchant(
                name=shop.name,
                mchid=mchid,
                api_v2_key=merchants.api_v2_key(tx, merchant),
                api_v3_key=merchants.api_v3_key(tx, merchant),
                serial_no=made.serial_no,
                private_key_file=str(folder / f"{shop.key}-key.pem"),
                certificate_file=str(folder / f"{shop.key}-certificate.pem"),
                platform_serial_no=platform.id,
                platform_certificate_file=str(folder / "platform-certificate.pem"),
                platform_public_key_id=public_key.id,
                platform_public_key_file=str(folder / "platform-public-key.pem"),
            )
        )
    return accounts, programs, dealers


def _program(tx: Tx, app: Application, kind: str | msgspec.UnsetType = msgspec.UNSET) -> Program:
    return Program(
        name=app.name,
        kind=kind,
        appid=app.appid,
        secret=apps.secret(tx, app),
        token=tx.new_handle("", 32),
        encoding_aes_key=tx.new_handle("", 43),
        original_id=app.original_id,
    )


def _devices(tx: Tx, org_id: OrgId, program: Application) -> list[Device]:
    """Four machines of different kinds, all with the tea shop's program."""
    made: list[Device] = []
    for kind, name in world.DEVICES:
        device, ticket = devices.register(tx, org_id=org_id, name=name, kind=kind)
        devices.change(tx, device, appid=program.appid)
        made.append(Device(name, kind, ticket))
    return made


def _company(tx: Tx, by_name: dict[str, UserId]) -> Company:
    organisation = organisations.create(tx, name=world.COMPANY)
    corp = corps.create(tx, org_id=organisation.id, name=world.COMPANY)
    rooms = {name: departments.create(tx, corp, name=name).id for name in world.DEPARTMENTS}
    for number, staff in enumerate(world.STAFF):
        members.join(
            tx,
            corp,
            userid=staff.userid,
            user_id=by_name[staff.username],
            name=users.get(tx, by_name[staff.username]).nickname,
            seats=[Seat(rooms[staff.department], leader=staff.leader)],
            mobile=users.get(tx, by_name[staff.username]).phone,
            job=staff.job,
        )
        role = Role.OWNER if number == 0 else Role.OPERATOR
        organisations.add_member(tx, org_id=organisation.id, user_id=by_name[staff.username], role=role)
    agents = [
        credentials.create(tx, corp, kind=CredentialKind.AGENT, name=name, description=description)
        for name, description in world.AGENTS
    ]
    return Company(
        name=corp.name,
        corpid=corp.corpid,
        agents=[_agent(tx, agent) for agent in agents],
        contact=_directory(tx, corp, CredentialKind.CONTACT, "通讯录"),
        external_contact=_directory(tx, corp, CredentialKind.EXTERNAL_CONTACT, "客户联系"),
    )


def _agent(tx: Tx, agent: Credential) -> Agent:
    opened = credentials.keys(tx, agent)
    return Agent(agent.agentid, agent.name, opened.secret, opened.token, opened.encoding_aes_key)


def _directory(tx: Tx, corp: Corp, kind: CredentialKind, name: str) -> credentials.Keys:
    return credentials.keys(tx, credentials.create(tx, corp, kind=kind, name=name))


def _friendships(tx: Tx, by_name: dict[str, UserId]) -> None:
    with _earlier(tx, 30 * 86_400_000):
        for one, other in world.FRIENDS:
            people.meet(
                tx, asker_id=by_name[one], answerer_id=by_name[other], greeting="", source=Source.USERNAME
            )
        _run_due(tx)


def _game(tx: Tx, org_id: OrgId, by_name: dict[str, UserId], drawn: Drawn) -> Application:
    """The game that everybody on the street has, with the scores of those who let their friends see them."""
    app = apps.create(
        tx,
        org_id=org_id,
        kind=AppKind.MINI_PROGRAM,
        name=world.GAME_NAME,
        introduction=world.GAME_INTRODUCTION,
    )
    if (kept := drawn.packages[world.GAME]) is not None:
        demo_programs.release(tx, appid=app.appid, kept=kept, uploaded_by=by_name[world.SHOPS[0].staff[0]])
    for username, score in world.SCORES.items():
        user_id = by_name[username]
        openids.of(tx, appid=app.appid, user_id=user_id)
        grants.give(tx, user_id=user_id, appid=app.appid, scope=cloud_records.SCOPE)
        cloud_records.keep(tx, appid=app.appid, user_id=user_id, pairs=[("best", str(score))])
    return app


def _advertise(tx: Tx, org_id: OrgId, programs: dict[str, Application], drawn: Drawn) -> None:
    """The places of the game, and what stands in them."""
    for unit_id, kind, name in world.AD_UNITS:
        units.create(tx, appid=programs[world.GAME].appid, kind=kind, name=name, unit_id=unit_id)
    target = programs[world.AD_SHOP].appid
    advertisements.create(
        tx,
        org_id=org_id,
        title=world.AD_TITLE,
        words=world.AD_WORDS,
        picture=media.keep_prepared(tx, drawn.advertised, owner=target).handle,
        appid=target,
        path="",
        seconds=5,
    )


def _talks(tx: Tx, by_name: dict[str, UserId], programs: dict[str, Application]) -> None:
    spoken: list[tuple[world.Said, ConversationId]] = []
    with _earlier(tx, 20 * 86_400_000):
        for one, other, lines in world.TALKS:
            talk = conversations.between(tx, by_name[one], by_name[other])
            spoken += [(line, talk.id) for line in lines]
        for name, owner, guests, lines in world.GROUPS:
            group = groups.create(
                tx, owner_id=by_name[owner], member_ids=[by_name[guest] for guest in guests], name=name
            )
            spoken += [(line, group.id) for line in lines]
        _run_due(tx)
    for line, conversation_id in sorted(spoken, key=lambda found: -found[0].ago_ms):
        with _earlier(tx, line.ago_ms):
            body: bodies.MessageBody = bodies.Text(text=line.words)
            if line.card:
                body = bodies.MiniProgramCard(appid=programs[line.card].appid, title=line.words)
            messages.send(tx, conversation_id, sender=by_name[line.who], body=body)
            _run_due(tx)


def _moments(tx: Tx, by_name: dict[str, UserId], programs: dict[str, Application]) -> None:
    for said in sorted(world.MOMENTS, key=lambda said: -said.ago_ms):
        with _earlier(tx, said.ago_ms):
            program = programs.get(said.card)
            page = None if program is None else ProgramPage(program.appid, program.name, "")
            posts.publish(tx, author_id=by_name[said.who], client_id="demo", text=said.words, page=page)
            _run_due(tx)


def _follows(tx: Tx, by_name: dict[str, UserId], accounts: dict[str, Application]) -> None:
    welcome = {shop.key: shop.welcome for shop in world.SHOPS}
    with _earlier(tx, 3 * 86_400_000):
        for username, shop in world.FOLLOWS:
            user_id, appid = by_name[username], accounts[shop].appid
            follows.follow(tx, appid=appid, user_id=user_id, scene=FollowScene.CARD)
            talk = conversations.with_account(tx, user_id=user_id, appid=appid)
            messages.send(tx, talk.id, sender=appid, body=bodies.Text(text=welcome[shop]))
        _run_due(tx)


def _article(tx: Tx, account: Application, program: Application, cover: media.Prepared) -> None:
    """What a newcomer finds on the tea shop's page: an article that leads into its mini program."""
    account_programs.link(tx, appid=account.appid, program_appid=program.appid, shown=True, tell=False)
    with _earlier(tx, world.ARTICLE_AGO_MS):
        file = media.keep_prepared(tx, cover, owner=account.appid)
        materials.show(tx, appid=account.appid, handle=file.handle)
        kept = materials.keep(tx, appid=account.appid, kind=MaterialKind.IMAGE, handle=file.handle)
        html = world.ARTICLE.format(
            program=program.appid, picture=f"/mmbiz/{file.handle}", card=world.ARTICLE_CARD
        )
        written = drafts.Written(
            title=world.ARTICLE_TITLE,
            author=world.ARTICLE_AUTHOR,
            digest=world.ARTICLE_DIGEST,
            content=drafts.clean(tx, html),
            thumb_media_id=kept.media_id,
        )
        draft = drafts.add(tx, appid=account.appid, articles=[written])
        articles.publish(tx, appid=account.appid, media_id=draft.media_id)
        _run_due(tx)


@contextmanager
def _earlier(tx: Tx, ago_ms: int) -> Iterator[None]:
    """Let what is done inside have happened some time ago: a world without a past looks dead."""
    now = tx.now
    tx.now = Millis(now - ago_ms)
    try:
        yield
    finally:
        tx.now = now


def _run_due(tx: Tx) -> None:
    """Run at once what follows from what was done, at the moment it was done."""
    if tx.at_once:
        events.react(tx)
    while found := events.due(tx, limit=DUE_AT_ONCE):
        for row in found:
            events.handle(tx, row.id)


# ── showing it ─────────────────────────────────────────────────────────────────────────────────────────────


async def describe(app: "App") -> dict[str, Any]:
    """The world with where this server listens, as `hutong demo --json` prints it."""
    made = await app.store.read(_made)
    url = app.url
    return {
        "url": url,
        "bases": {name: f"{url}/{name}" for name in ("mp", "pay", "work", "api")},
        "proxy": {
            "url": app.proxy_url,
            "ca_file": str(authority_of(app.settings.home.resolve()).ca_file),
        },
        **msgspec.to_builtins(made),
    }


def _made(snapshot: Snapshot) -> World:
    sealed = state.read(snapshot, NAME, str)
    if sealed is None:
        return World(users=[], official_accounts=[], mini_programs=[], merchants=[], corps=[])
    return msgspec.json.decode(snapshot.vault.unseal(sealed), type=World)
