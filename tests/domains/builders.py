"""Builders: the people and things a test needs, saying only what matters to it."""

from typing import Any

from msgspec.structs import replace

from hutong.domains.apps import apps, organisations
from hutong.domains.apps.tables import App, AppKind, OrgId
from hutong.domains.benefits import cards
from hutong.domains.benefits import tables as card_tables
from hutong.domains.chat import conversations
from hutong.domains.chat.tables import Conversation
from hutong.domains.contacts import people
from hutong.domains.contacts.tables import Source
from hutong.domains.identity import users
from hutong.domains.identity.tables import User, UserId
from hutong.domains.pay import ledger, merchants
from hutong.domains.pay.tables import Merchant, Terms, TradeType
from hutong.domains.work import corps
from hutong.domains.work.tables import Corp
from hutong.kernel.db import Tx
from hutong.kernel.money import Fen

# ── people ─────────────────────────────────────────────────────────────────────────────────────────────────


def a_user(tx: Tx, nickname: str = "Ann", *, username: str = "", phone: str = "") -> User:
    """A person nobody else is; give a username only if the test reads it."""
    return users.register(
        tx,
        username=username or f"user{tx.new_digits(12)}",
        password_hash="not a password",
        nickname=nickname,
        phone=phone,
    )


def friends(tx: Tx, a: User, b: User) -> None:
    """Two people in each other's contacts."""
    people.meet(tx, asker_id=a.id, answerer_id=b.id, greeting="", source=Source.USERNAME)


def a_chat(tx: Tx, a: User, b: User) -> Conversation:
    """The conversation of two people who are in each other's contacts."""
    friends(tx, a, b)
    return conversations.between(tx, a.id, b.id)


# ── apps ───────────────────────────────────────────────────────────────────────────────────────────────────


def an_app(tx: Tx, kind: AppKind = AppKind.SERVICE, *, org_id: OrgId | None = None) -> App:
    """A tea shop's service account, or another kind of app; in a new organisation unless one is given."""
    if org_id is None:
        org_id = organisations.create(tx, name="云岫茶事").id
    return apps.create(tx, org_id=org_id, kind=kind, name="云岫茶事")


# ── companies ──────────────────────────────────────────────────────────────────────────────────────────────


def a_corp(tx: Tx, name: str = "Lantern Works") -> Corp:
    """A company of an organisation of its own, with the root of its directory."""
    return corps.create(tx, org_id=organisations.create(tx, name=name).id, name=name)


# ── pay ────────────────────────────────────────────────────────────────────────────────────────────────────


def a_payer(tx: Tx, *, balance: int = 0) -> UserId:
    """A person with this much in the wallet."""
    user_id = a_user(tx).id
    if balance:
        ledger.transfer(
            tx,
            debit=ledger.bank(),
            credit=ledger.wallet(user_id),
            amount=Fen(balance),
            code="test_fund",
            ref=user_id,
        )
    return user_id


def a_merchant(tx: Tx, *, appid: str = "", org_id: OrgId | None = None) -> Merchant:
    """A tea shop that takes orders, under this appid if one is given."""
    if org_id is None:
        org_id = organisations.create(tx, name="云岫茶事").id
    merchant = merchants.create(tx, org_id=org_id, name="云岫茶事")
    if appid:
        merchants.bind_app(tx, mchid=merchant.mchid, appid=appid)
    return merchant


def order_terms(
    amount: int = 120,
    *,
    currency: str = "CNY",
    trade_type: TradeType = TradeType.NATIVE,
    payer_id: UserId | None = None,
    attach: str = "",
    time_expire: str = "",
    limit_pay: list[str] | None = None,
) -> Terms:
    """An order of oolong."""
    return Terms(
        trade_type=trade_type,
        appid="wx0123456789abcdef",
        description="Oolong",
        amount=Fen(amount),
        notify_url="https://shop.example/notify",
        currency=currency,
        payer_id=payer_id,
        attach=attach,
        time_expire=time_expire,
        limit_pay=limit_pay or [],
    )


# ── benefits ───────────────────────────────────────────────────────────────────────────────────────────────


def card_terms(**said: Any) -> card_tables.Terms:
    """Two yuan off a drink for a week from the taking, three for each person."""
    terms = card_tables.Terms(
        brand_name="云岫茶事",
        title="满20减2",
        color=card_tables.Color.COLOR010,
        code_type=card_tables.CodeType.QRCODE,
        notice="请出示二维码",
        description="每杯一张",
        validity=card_tables.Validity(card_tables.DateType.TERM, days=7),
        get_limit=3,
        least_cost=2000,
        reduce_cost=200,
    )
    return replace(terms, **said)


def a_card(tx: Tx, *, appid: str = "", quantity: int = 10, **said: Any) -> card_tables.Card:
    """A tea shop's coupon; see `card_terms` for what it says unless told otherwise."""
    return cards.create(
        tx,
        appid=appid or an_app(tx).appid,
        kind=card_tables.CouponKind.CASH,
        terms=card_terms(**said),
        quantity=quantity,
    )
