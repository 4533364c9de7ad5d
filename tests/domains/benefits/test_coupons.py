"""Cards and their coupons: the stock, one person's limits, what a signature allows, and the end of a coupon."""

import time
from collections.abc import Callable

import msgspec
import pytest
from msgspec.structs import replace

from hutong.domains.apps import codes, openids, tickets
from hutong.domains.apps.tables import App, AppKind
from hutong.domains.benefits import audit, cards, claims, coupons, errors, handlers, offers
from hutong.domains.benefits.events import (
    CouponConsumed,
    CouponDeleted,
    CouponTaken,
    OfferOver,
    OfferTaken,
    Source,
)
from hutong.domains.benefits.tables import (
    Card,
    Coupon,
    CouponKind,
    CouponState,
    DateType,
    Link,
    Offered,
    OfferStanding,
    Terms,
    Validity,
)
from hutong.domains.identity.tables import User, UserId
from hutong.kernel import updates
from hutong.kernel.clock import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, HandWound, Millis
from hutong.kernel.db import Tx
from hutong.kernel.errors import DomainError, ErrorCode
from tests.domains.builders import a_card, a_user, an_app, card_terms


@pytest.fixture
def ann(tx: Tx) -> User:
    return a_user(tx)


@pytest.fixture
def account(tx: Tx) -> App:
    return an_app(tx)


@pytest.fixture
def program(tx: Tx, account: App) -> App:
    return an_app(tx, AppKind.MINI_PROGRAM, org_id=account.org_id)


def take(tx: Tx, card: Card, user: User, claim: str = "") -> Coupon:
    return coupons.take(tx, card_id=card.card_id, user_id=user.id, claim=claim or str(tx.new_id()))


def refused(code: ErrorCode, act: Callable[[], object]) -> None:
    with pytest.raises(DomainError) as caught:
        act()
    assert caught.value.code is code


def left(tx: Tx, card: Card) -> tuple[int, int, int]:
    now = cards.many(tx, [card.card_id])[card.card_id]
    return now.quantity, now.taken, now.used


def ext(tx: Tx, card: Card, *, signed_for: str = "", **fields: str) -> str:
    """A cardExt as the account's own server signs it."""
    said = {"timestamp": str(int(time.time())), "code": "", "openid": "", "nonce_str": "n1", **fields}
    ticket = tickets.find(tx, appid=card.appid, type="wx_card")
    assert ticket is not None
    signed = {name: said[name] for name in claims.SIGNED}
    said["signature"] = claims.signature(ticket, card_id=signed_for or card.card_id, **signed)
    return msgspec.json.encode(said).decode()


# ── taking and using ───────────────────────────────────────────────────────────────────────────────────────


def test_a_coupon_is_taken_once_per_claim_and_never_beyond_stock_or_limit(tx: Tx, ann: User) -> None:
    card = a_card(tx, quantity=4)
    first = take(tx, card, ann, "n:one")
    assert take(tx, card, ann, "n:one") == first and len(first.code) == 12 and first.code.isdigit()
    assert left(tx, card) == (3, 1, 0)
    refused(errors.SIGNATURE_USED, lambda: take(tx, card, a_user(tx, "Bob"), "n:one"))
    assert len({first.code, take(tx, card, ann).code, take(tx, card, ann).code}) == 3
    refused(errors.LIMIT_REACHED, lambda: take(tx, card, ann))
    bob = a_user(tx, "Bob")
    assert coupons.obstacle(tx, card, ann.id) is errors.LIMIT_REACHED
    take(tx, card, bob)
    emptied = cards.get(tx, appid=card.appid, card_id=card.card_id)
    assert coupons.obstacle(tx, emptied, bob.id) is errors.STOCK_GONE
    assert (emptied.quantity, emptied.taken) == (0, 4)
    assert len(tx.emitted(CouponTaken)) == 4
    told = [update.kind for update in updates.since(tx, ann.id, 0)[0]]
    assert told == ["benefits.coupon"] * 3


def test_the_last_one_is_taken_by_one(tx: Tx, ann: User) -> None:
    card = a_card(tx, quantity=1)
    take(tx, card, ann)
    refused(errors.STOCK_GONE, lambda: take(tx, card, a_user(tx, "Bob")))


def test_a_coupon_is_redeemed_once_and_within_its_days(tx: Tx, clock: HandWound, ann: User) -> None:
    card = a_card(tx)
    used = coupons.consume(tx, take(tx, card, ann), source=Source.API)
    assert (used.state, used.settled_at) == (CouponState.CONSUMED, tx.now)
    refused(errors.COUPON_CONSUMED, lambda: coupons.consume(tx, used, source=Source.API))
    assert left(tx, card) == (9, 1, 1) and len(tx.emitted(CouponConsumed)) == 1
    late = take(tx, card, ann)
    assert coupons.usable(tx, ann.id) == [late] and coupons.past(tx, ann.id) == [used]
    clock.advance(7 * DAY_MS)
    assert coupons.state(tx, late) == "EXPIRE"
    refused(errors.COUPON_UNUSABLE, lambda: coupons.consume(tx, late, source=Source.API))
    assert coupons.usable(tx, ann.id) == [] and coupons.past(tx, ann.id) == [late, used]
    assert audit.audit(tx) == []


def test_one_person_uses_no_more_than_the_limit(tx: Tx, ann: User) -> None:
    card = a_card(tx, use_limit=1)
    coupons.consume(tx, take(tx, card, ann), source=Source.CONSOLE)
    again = take(tx, card, ann)
    refused(errors.USE_LIMIT_REACHED, lambda: coupons.consume(tx, again, source=Source.CONSOLE))


def test_days_are_days_of_the_shop_and_a_range_is_two_moments(tx: Tx, clock: HandWound, ann: User) -> None:
    noon = Millis((tx.now // DAY_MS) * DAY_MS + 4 * HOUR_MS)  # of UTC+8
    today = Validity(DateType.TERM, days=1)
    assert cards.period(today, noon) == (noon, noon + 12 * HOUR_MS - SECOND_MS)
    tomorrow = Validity(DateType.TERM, begin_days=1, days=2)
    assert cards.period(tomorrow, noon) == (noon + 12 * HOUR_MS, noon + 60 * HOUR_MS - SECOND_MS)

    begins, ends = Millis(tx.now + HOUR_MS), Millis(tx.now + 2 * HOUR_MS)
    card = a_card(tx, validity=Validity(DateType.RANGE, begins, ends))
    early = take(tx, card, ann)
    assert (early.begins_at, early.expires_at) == (begins, ends)
    refused(errors.COUPON_TOO_EARLY, lambda: coupons.consume(tx, early, source=Source.API))
    clock.advance(2 * HOUR_MS)
    refused(errors.PERIOD_OVER, lambda: take(tx, card, ann))


def test_what_is_thrown_away_or_withdrawn_is_worth_nothing(tx: Tx, ann: User) -> None:
    card = a_card(tx)
    thrown, withdrawn, used = take(tx, card, ann), take(tx, card, ann), take(tx, card, ann)
    coupons.delete(tx, thrown)
    coupons.delete(tx, thrown)
    assert len(tx.emitted(CouponDeleted)) == 1
    refused(errors.COUPON_UNKNOWN, lambda: coupons.of_owner(tx, thrown.id, ann.id))
    refused(errors.COUPON_UNUSABLE, lambda: coupons.consume(tx, thrown, source=Source.API))
    refused(errors.COUPON_UNUSABLE, lambda: coupons.withdraw(tx, thrown, reason=""))
    gone = coupons.withdraw(tx, withdrawn, reason="sold out")
    assert coupons.withdraw(tx, gone, reason="again") == gone and gone.reason == "sold out"
    refused(errors.COUPON_UNUSABLE, lambda: coupons.consume(tx, gone, source=Source.API))
    coupons.consume(tx, used, source=Source.API)
    refused(errors.COUPON_CONSUMED, lambda: coupons.withdraw(tx, used, reason=""))
    assert coupons.past(tx, ann.id) == [
        coupons.of_owner(tx, used.id, ann.id),
        coupons.of_owner(tx, withdrawn.id, ann.id),
    ]
    coupons.delete(tx, used)  # it leaves the pack, and stays used
    assert coupons.of_code(tx, appid=card.appid, code=used.code).state is CouponState.CONSUMED
    assert audit.audit(tx) == []


def test_pages_of_a_pack_follow_each_other(tx: Tx, clock: HandWound, ann: User) -> None:
    card = a_card(tx, quantity=100, get_limit=100)
    ids = []
    for _ in range(coupons.PAGE + 3):
        ids.append(take(tx, card, ann).id)
    first = coupons.usable(tx, ann.id)
    rest = coupons.usable(tx, ann.id, after=(first[-1].expires_at, first[-1].id))
    assert [coupon.id for coupon in first + rest] == sorted(ids)
    clock.advance(30 * DAY_MS)
    last = coupons.past(tx, ann.id)
    assert [one.id for one in last + coupons.past(tx, ann.id, before=last[-1].id)] == sorted(ids)[::-1]


# ── cards ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"title": ""}, errors.FIELD_MISSING),
        ({"title": "十个字的标题就太长了"}, errors.FIELD_TOO_LONG),
        ({"notice": "x" * 49}, errors.FIELD_TOO_LONG),
        ({"logo_url": "javascript:1"}, errors.FIELD_INVALID),
        ({"get_limit": 0}, errors.FIELD_INVALID),
        ({"reduce_cost": 0}, errors.FIELD_INVALID),
        ({"center": Link("Use")}, errors.FIELD_MISSING),
        ({"center": Link("Use", url="ftp://x")}, errors.FIELD_INVALID),
        ({"validity": Validity(DateType.RANGE)}, errors.FIELD_MISSING),
        ({"validity": Validity(DateType.RANGE, Millis(5), Millis(5))}, errors.PERIOD_INVALID),
        ({"validity": Validity(DateType.TERM, days=0)}, errors.PERIOD_INVALID),
    ],
)
def test_a_card_that_makes_no_sense_is_refused(tx: Tx, said: dict[str, object], code: ErrorCode) -> None:
    refused(code, lambda: a_card(tx, **said))


def test_only_an_account_makes_cards_and_their_button_opens_a_program_of_its_own(
    tx: Tx, program: App
) -> None:
    with pytest.raises(DomainError, match=r"apps\.kind_forbidden"):
        a_card(tx, appid=program.appid)
    refused(errors.CARD_FOREIGN, lambda: a_card(tx, center=Link("Use", appid=program.appid)))


def test_stock_and_words_change_and_a_deleted_card_gives_nothing(tx: Tx, ann: User) -> None:
    card = a_card(tx, quantity=2)
    kept = take(tx, card, ann)
    assert cards.restock(tx, card, more=5).quantity == 6
    refused(errors.QUANTITY_INVALID, lambda: cards.restock(tx, card, less=7))
    changed = cards.change(tx, card, terms=replace(card.terms, notice="Show this"))
    assert changed.terms.notice == "Show this"
    cards.delete(tx, card)
    refused(errors.CARD_UNKNOWN, lambda: cards.get(tx, appid=card.appid, card_id=card.card_id))
    refused(errors.CARD_UNKNOWN, lambda: cards.delete(tx, card))
    refused(errors.CARD_GONE, lambda: take(tx, card, ann))
    refused(errors.QUANTITY_INVALID, lambda: cards.restock(tx, card, more=1))
    coupons.consume(tx, kept, source=Source.API)
    assert cards.list_(tx, appid=card.appid) == []
    everything = cards.ids(tx, appid=card.appid, offset=0, count=50, live=True, deleted=True)
    assert everything == ([card.card_id], 1)
    assert cards.ids(tx, appid=card.appid, offset=0, count=50, live=True, deleted=False) == ([], 0)


# ── signatures ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_signature_allows_one_coupon_for_whom_it_names(
    tx: Tx, account: App, program: App, ann: User
) -> None:
    tickets.get(tx, account, type="wx_card")
    card = a_card(tx, appid=account.appid)
    openid = openids.of(tx, appid=program.appid, user_id=ann.id)

    def claim(text: str, user: User) -> Coupon:
        allowed = claims.check(tx, program=program, card_id=card.card_id, ext=text)
        return coupons.claim(tx, allowed, user_id=user.id, through=program.appid, client_id="c")

    signed = ext(tx, card, openid=openid, outer_str="poster")
    refused(errors.NOT_FOR_YOU, lambda: claim(signed, a_user(tx, "Bob")))
    coupon = claim(signed, ann)
    assert claim(signed, ann) == coupon
    assert (coupon.outer_str, coupon.through, coupon.claim) == ("poster", program.appid, "n:n1")
    # Whoever signs without a nonce can be asked again, and the device's own name keeps it at one.
    loose = ext(tx, card, nonce_str="")
    assert claim(loose, ann) == claim(loose, ann) != coupon

    encrypted = coupons.encrypted_code(tx, coupon)
    assert coupons.decrypt_code(tx, appid=account.appid, encrypted=encrypted) == coupon.code
    for wrong in ("", "AAAA", "@", encrypted[:-8] + "AAAAAAA="):
        refused(
            errors.CODE_UNREADABLE,
            lambda wrong=wrong: coupons.decrypt_code(tx, appid=account.appid, encrypted=wrong),
        )  # type: ignore[misc]
    refused(errors.CODE_UNREADABLE, lambda: coupons.decrypt_code(tx, appid="wxelse", encrypted=encrypted))


def test_a_signature_that_is_not_right_allows_nothing(tx: Tx, account: App, program: App) -> None:
    card = a_card(tx, appid=account.appid)
    other = a_card(tx, appid=account.appid)

    def check(text: str, at: App = program) -> None:
        claims.check(tx, program=at, card_id=card.card_id, ext=text)

    unsigned = msgspec.json.encode({"timestamp": str(int(time.time())), "signature": "0" * 40}).decode()
    refused(errors.SIGNATURE_WRONG, lambda: check(unsigned))  # the account never fetched a ticket
    tickets.get(tx, account, type="wx_card")
    refused(errors.SIGNATURE_WRONG, lambda: check(unsigned))
    refused(errors.SIGNATURE_WRONG, lambda: check(ext(tx, card, signed_for=other.card_id)))
    refused(errors.CARD_EXT_INVALID, lambda: check(ext(tx, card, timestamp=str(int(time.time()) - 9000))))
    for text in ("", "[]", "{", '{"timestamp":"x"}', '{"timestamp":[1]}', '{"timestamp":true}', "9" * 3000):
        refused(errors.CARD_EXT_INVALID, lambda text=text: check(text))  # type: ignore[misc]
    refused(errors.CARD_EXT_INVALID, lambda: check(ext(tx, card, code="123")))
    refused(errors.NOT_FOR_YOU, lambda: check(ext(tx, card, openid="o-nobody")))
    refused(errors.CARD_FOREIGN, lambda: check(ext(tx, card), an_app(tx, AppKind.MINI_PROGRAM)))
    check(ext(tx, card))
    refused(
        errors.CARD_UNKNOWN,
        lambda: claims.check(tx, program=program, card_id="p-nothing", ext=ext(tx, card)),
    )


def test_a_shop_may_bring_its_own_codes(tx: Tx, account: App, program: App, ann: User) -> None:
    tickets.get(tx, account, type="wx_card")
    card = a_card(tx, appid=account.appid, use_custom_code=True, bind_openid=True)
    openid = openids.of(tx, appid=account.appid, user_id=ann.id)

    def claim(**fields: str) -> Coupon:
        allowed = claims.check(tx, program=program, card_id=card.card_id, ext=ext(tx, card, **fields))
        return coupons.claim(tx, allowed, user_id=ann.id, through=program.appid, client_id="c")

    refused(errors.CARD_EXT_INVALID, lambda: claim(openid=openid))
    refused(errors.CARD_EXT_INVALID, lambda: claim(code="TEA-1"))
    assert claim(openid=openid, code="TEA-1").code == "TEA-1"
    refused(errors.CODE_TAKEN, lambda: claim(openid=openid, code="TEA-1", nonce_str="n2"))


def test_a_term_may_be_counted_from_the_shops_own_moment(
    tx: Tx, account: App, program: App, ann: User
) -> None:
    tickets.get(tx, account, type="wx_card")
    card = a_card(tx, appid=account.appid)
    began = int(time.time()) - 86_400  # by the clock outside, which this one here is ahead of or behind
    text = ext(tx, card, fixed_begintimestamp=str(began))
    allowed = claims.check(tx, program=program, card_id=card.card_id, ext=text)
    coupon = coupons.claim(tx, allowed, user_id=ann.id, through=program.appid, client_id="c")
    assert abs(coupon.begins_at - (tx.now - DAY_MS)) < MINUTE_MS and coupon.taken_at == tx.now
    assert coupon.expires_at < cards.period(card.terms.validity, tx.now)[1]


# ── offers ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_offer_is_taken_by_one_phone_in_place_of_the_guest(
    tx: Tx, account: App, program: App, ann: User
) -> None:
    tickets.get(tx, account, type="wx_card")
    card = a_card(tx, appid=account.appid)
    guest = UserId(tx.new_id())
    named = ext(tx, card, openid=openids.of(tx, appid=program.appid, user_id=guest))
    asked = [Offered(card.card_id, named), Offered(card.card_id, ext(tx, card, nonce_str="n2"))]
    refused(errors.NOT_FOR_YOU, lambda: offers.make(tx, appid=program.appid, asked_by=ann.id, cards=asked))
    refused(errors.CARD_EXT_INVALID, lambda: offers.make(tx, appid=program.appid, asked_by=guest, cards=[]))
    offer = offers.make(tx, appid=program.appid, asked_by=guest, cards=asked)
    taken = offers.take(tx, offer.code, user_id=ann.id)
    assert [coupon.user_id for coupon in taken] == [ann.id, ann.id]
    assert offers.take(tx, offer.code, user_id=ann.id) == taken
    assert [event.asked_by for event in tx.emitted(OfferTaken)] == [guest]
    refused(errors.OFFER_TAKEN, lambda: offers.take(tx, offer.code, user_id=a_user(tx, "Bob").id))
    refused(errors.OFFER_UNKNOWN, lambda: offers.take_back(tx, offer.code, by=ann.id))
    assert offers.take_back(tx, offer.code, by=guest).state is OfferStanding.TAKEN
    assert left(tx, card) == (8, 2, 0)


def test_an_offer_given_up_or_too_old_gives_nothing(
    tx: Tx, clock: HandWound, account: App, program: App, ann: User
) -> None:
    tickets.get(tx, account, type="wx_card")
    card = a_card(tx, appid=account.appid)
    guest = UserId(tx.new_id())

    def offered() -> str:
        asked = [Offered(card.card_id, ext(tx, card))]
        return offers.make(tx, appid=program.appid, asked_by=guest, cards=asked).code

    given_up = offered()
    offers.take_back(tx, given_up, by=guest)
    refused(errors.OFFER_CLOSED, lambda: offers.take(tx, given_up, user_id=ann.id))
    old = offered()
    clock.advance(10 * MINUTE_MS)
    assert offers.state(tx, offers.get(tx, old)) is OfferStanding.CLOSED
    refused(errors.OFFER_CLOSED, lambda: offers.take(tx, old, user_id=ann.id))
    for _ in range(2):
        handlers.close_offer(tx, OfferOver(code=old))
    assert offers.get(tx, old).state is OfferStanding.CLOSED
    assert not codes.exists(tx, offers.code_text(old))
    refused(errors.OFFER_UNKNOWN, lambda: offers.take(tx, "none", user_id=ann.id))
    assert left(tx, card) == (10, 0, 0)


def test_a_card_made_by_hand_is_made_once(tx: Tx, account: App) -> None:
    def make() -> Card:
        return cards.create(
            tx,
            appid=account.appid,
            kind=CouponKind.CASH,
            terms=card_terms(),
            quantity=5,
            client_id="1",
        )

    assert make() == make() and len(cards.list_(tx, appid=account.appid)) == 1


def test_each_kind_says_what_it_is_worth(tx: Tx, account: App) -> None:
    def make(kind: CouponKind, terms: Terms) -> None:
        cards.create(tx, appid=account.appid, kind=kind, terms=terms, quantity=1)

    plain = card_terms(least_cost=0, reduce_cost=0)
    refused(errors.FIELD_MISSING, lambda: make(CouponKind.GIFT, plain))
    make(CouponKind.GIFT, replace(plain, detail="A cup"))
    refused(errors.FIELD_INVALID, lambda: make(CouponKind.DISCOUNT, plain))
    make(CouponKind.DISCOUNT, replace(plain, discount=30))
