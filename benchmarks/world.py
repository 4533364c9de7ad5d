"""People, friends and merchants for a benchmark, made through the rooms' own functions in a fresh home."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import psycopg

from hutong.domains.apps import apps, openids, organisations
from hutong.domains.apps.tables import AppKind
from hutong.domains.chat import conversations
from hutong.domains.chat.tables import ConversationId
from hutong.domains.contacts import requests
from hutong.domains.contacts.tables import Source
from hutong.domains.identity import proofs, sessions, users
from hutong.domains.identity.tables import UserId
from hutong.domains.pay import cards, keys, merchants, remittances
from hutong.domains.pay.tables import MchId
from hutong.kernel.blobs import memory_blobs
from hutong.kernel.clock import Clock, wire_now
from hutong.kernel.db import POSTGRES, SQLITE, Context, Tx, open_sqlite
from hutong.kernel.frozen import Frozen
from hutong.kernel.ids import Ids
from hutong.kernel.money import Fen
from hutong.kernel.settings import Settings
from hutong.kernel.vault import open_vault
from hutong.server import migrate
from hutong.server.main import import_protocols

T = TypeVar("T")


class Member(Frozen):
    """Somebody with a session."""

    user_id: UserId
    token: str


class World:
    """A home that no server has open yet."""

    def __init__(self, home: Path, database: str = "") -> None:
        import_protocols()
        self.settings = Settings(home=home, database=database)
        home.mkdir(parents=True, exist_ok=True)
        migrate.upgrade_in_child(self.settings)
        self._connection: Any = (
            psycopg.connect(database, autocommit=True)
            if database
            else open_sqlite(str(self.settings.sqlite_path))
        )
        self._context = self.context(self.settings, node=1023)

    @staticmethod
    def context(settings: Settings, node: int) -> Context:
        """What a process of this home has in common with nobody."""
        return Context(Clock(), Ids(node), open_vault(settings.home), memory_blobs(), settings)

    def write(self, function: Callable[[Tx], T]) -> T:
        """Run one transaction."""
        self._connection.execute("begin" if self.settings.on_postgres else "begin immediate")
        dialect = POSTGRES if self.settings.on_postgres else SQLITE
        result = function(Tx(self._connection, dialect, self._context))
        self._connection.execute("commit")
        return result

    def close(self) -> None:
        self._connection.close()


def a_member(tx: Tx, name: str) -> Member:
    user = users.register(tx, username=name, password_hash="!", nickname=name)
    _, token = sessions.open(tx, user_id=user.id, device="benchmark")
    return Member(user.id, token)


def friends(tx: Tx, one: Member, other: Member) -> ConversationId:
    """Make two people friends; their conversation."""
    asked = requests.place(tx, from_id=one.user_id, to_id=other.user_id, greeting="", source=Source.USERNAME)
    requests.accept(tx, user_id=other.user_id, request_id=asked.id)
    return conversations.between(tx, one.user_id, other.user_id).id


class Shop(Frozen):
    """A merchant with an app, ready to take orders."""

    mchid: MchId
    appid: str
    serial_no: str
    private_key: str


class Payer(Frozen):
    """Somebody with a PIN, a card and money."""

    member: Member
    openid: str
    card_id: int


PIN = "246810"


def a_shop(world: World) -> Shop:
    made_platform = keys.new_platform(wire_now(), public_key_id="1" * 16)
    world.write(lambda tx: keys.install(tx, made_platform))

    def make(tx: Tx) -> tuple[MchId, str]:
        organisation = organisations.create(tx, name="Benchmark")
        app = apps.create(tx, org_id=organisation.id, kind=AppKind.MINI_PROGRAM, name="Benchmark")
        merchant = merchants.create(tx, org_id=organisation.id, name="Benchmark")
        merchants.bind_app(tx, mchid=merchant.mchid, appid=app.appid)
        return merchant.mchid, app.appid

    mchid, appid = world.write(make)
    made = world.write(lambda tx: keys.new_merchant_key(tx, mchid, now=wire_now()))
    world.write(lambda tx: keys.certify(tx, mchid=mchid, certificate=made.certificate))
    return Shop(mchid, appid, made.serial_no, made.private_key)


def a_payer(tx: Tx, shop: Shop, name: str, money: int) -> Payer:
    member = a_member(tx, name)
    proofs.set_pin(tx, user_id=member.user_id, pin=PIN)
    card = cards.bind(tx, user_id=member.user_id, bank="ICBC", last4="0042")
    remittances.top_up(tx, user_id=member.user_id, card=card, amount=Fen(money), client_id="first")
    return Payer(member, openids.of(tx, appid=shop.appid, user_id=member.user_id), card.id)
