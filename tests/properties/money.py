"""What the books must say, worked out from the room's own rows and never from the ledger's."""

import random
from collections import Counter
from collections.abc import Callable
from typing import Any

from hutong.domains.apps import organisations
from hutong.domains.identity.tables import UserId
from hutong.domains.pay import cards, ledger, merchants, orders, refunds, remittances
from hutong.domains.pay.events import OrderExpired, RefundDue, RemittanceDue
from hutong.domains.pay.handlers import answer_refund, answer_remittance, expire_order
from hutong.domains.pay.tables import (
    Account,
    Bill,
    BillKind,
    Card,
    CardBehaviour,
    CardKind,
    Direction,
    MchId,
    Order,
    OrderState,
    Refund,
    RefundState,
    RefundTerms,
    Remittance,
    RemittanceState,
    Terms,
    TradeType,
)
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.frozen import Frozen
from hutong.kernel.money import Fen
from tests.domains.builders import a_user

LIMIT = 100_000
PAID = (OrderState.SUCCESS, OrderState.REFUND)
Act = Callable[[Tx], object]


class Town(Frozen):
    """Who plays: few people, few shops, few numbers, so that acts collide."""

    people: list[UserId]
    cards: list[Card]
    shops: list[MchId]


def found(tx: Tx) -> Town:
    """A town where everybody has some money."""
    people = [a_user(tx).id for _ in range(3)]
    org_id = organisations.create(tx, name="Alley").id
    shops = [merchants.create(tx, org_id=org_id, name=f"Shop {n}").mchid for n in range(2)]
    bound = []
    for number, person in enumerate(people):
        bound.append(cards.bind(tx, user_id=person, bank="CMB"))
        bound.append(cards.bind(tx, user_id=person, bank="ICBC", kind=CardKind.CREDIT))
        remittances.top_up(
            tx, user_id=person, card=bound[-2], amount=Fen(1000 * (number + 1)), client_id="first"
        )
    return Town(people, bound, shops)


def books(snapshot: Snapshot) -> dict[str, int]:
    """What each account must have, free to spend or set aside, by what happened to orders and remittances."""
    expected: Counter[str] = Counter()

    def move(debit: str, credit: str, amount: int) -> None:
        expected[debit] -= amount
        expected[credit] += amount

    by_id: dict[int, Order] = {}
    for order in snapshot.all(Order, "limit :limit", limit=LIMIT):
        by_id[order.id] = order
        if order.state in PAID:
            assert order.payer_id is not None and order.paid_at is not None
            source = ledger.bank() if order.card_id else ledger.wallet(order.payer_id)
            move(source, ledger.merchant(order.mchid), order.terms.amount)
        else:
            assert order.payer_id is None and order.refunded == 0
    back: Counter[int] = Counter()
    for refund in snapshot.all(Refund, "limit :limit", limit=LIMIT):
        order = by_id[refund.order_id]
        back[order.id] += refund.terms.amount
        if refund.state is RefundState.SUCCESS:
            assert order.payer_id is not None
            target = ledger.bank() if order.card_id else ledger.wallet(order.payer_id)
            move(ledger.merchant(order.mchid), target, refund.terms.amount)
    for order in by_id.values():
        assert order.refunded == back[order.id] <= order.terms.amount
    for remittance in snapshot.all(Remittance, "limit :limit", limit=LIMIT):
        if remittance.state is RemittanceState.SUCCESS:
            wallet = ledger.wallet(remittance.user_id)
            if remittance.direction is Direction.IN:
                move(ledger.bank(), wallet, remittance.amount)
            else:
                move(wallet, ledger.bank(), remittance.amount)
    return {account: amount for account, amount in expected.items() if amount}


def check(snapshot: Snapshot) -> None:
    """The books balance, nobody is below zero, and every act counted exactly once."""
    assert ledger.audit(snapshot) == []
    accounts = snapshot.all(Account, "limit :limit", limit=LIMIT)
    assert {account.id: account.posted for account in accounts if account.posted} == books(snapshot)
    assert sum(account.posted for account in accounts) == 0
    held = {account.id: account.pending_out for account in accounts if account.pending_out}
    assert held == _holds(snapshot)
    bills = Counter(bill.kind for bill in snapshot.all(Bill, "limit :limit", limit=LIMIT))
    found_orders = snapshot.all(Order, "limit :limit", limit=LIMIT)
    assert bills[BillKind.PAYMENT] == sum(order.state in PAID for order in found_orders)


def _holds(snapshot: Snapshot) -> dict[str, int]:
    waiting: Counter[str] = Counter()
    for refund in snapshot.all(Refund, "limit :limit", limit=LIMIT):
        if refund.state in (RefundState.PROCESSING, RefundState.ABNORMAL):
            waiting[ledger.merchant(refund.mchid)] += refund.terms.amount
    for remittance in snapshot.all(Remittance, "limit :limit", limit=LIMIT):
        if remittance.state is RemittanceState.PROCESSING and remittance.direction is Direction.OUT:
            waiting[ledger.wallet(remittance.user_id)] += remittance.amount
    return dict(waiting)


def an_act(town: Town, dice: random.Random) -> Act:
    """Something somebody tries; most of it collides with what others try."""
    person = dice.choice(town.people)
    card = dice.choice([card for card in town.cards if card.user_id == person])
    shop = dice.choice(town.shops)
    number = f"ORDER-{dice.randrange(5)}"
    amount = Fen(dice.choice([1, 7, 120, 400, 2500]))
    behaviour = dice.choices(list(CardBehaviour), [4, 1, 2, 1, 1])[0]
    part = Fen(dice.choice([1, 3, 50, 200]))
    name = str(dice.randrange(12))
    terms = _terms(amount)

    def known(tx: Tx) -> Order:
        return orders.by_out_trade_no(tx, mchid=shop, out_trade_no=number)

    def fresh(tx: Tx) -> Card:
        return cards.get(tx, person, card.id)

    acts: dict[str, Act] = {
        "place": lambda tx: orders.place(tx, mchid=shop, out_trade_no=number, terms=terms),
        "pay": lambda tx: orders.pay(tx, known(tx), payer_id=person),
        "pay again": lambda tx: orders.pay(tx, known(tx), payer_id=person),
        "pay by card": lambda tx: orders.pay(tx, known(tx), payer_id=person, card=fresh(tx)),
        "close": lambda tx: orders.close(tx, known(tx)),
        "refund": lambda tx: refunds.place(
            tx, order=known(tx), out_refund_no=f"R{name}", terms=_back(known(tx), part)
        ),
        "top up": lambda tx: remittances.top_up(
            tx, user_id=person, card=fresh(tx), amount=amount, client_id=f"in{name}"
        ),
        "withdraw": lambda tx: remittances.withdraw(
            tx, user_id=person, card=fresh(tx), amount=amount, client_id=f"out{name}"
        ),
        "mood": lambda tx: cards.set_behaviour(tx, fresh(tx), behaviour),
        "bank answers": lambda tx: _answer(tx, dice.random()),
        "time is over": lambda tx: expire_order(tx, OrderExpired(mchid=shop, order_id=known(tx).id)),
        "redirect": lambda tx: refunds.redirect(
            tx, refunds.by_out_refund_no(tx, mchid=shop, out_refund_no=f"R{name}"), account="elsewhere"
        ),
    }
    weights = [6, 6, 3, 3, 1, 6, 3, 3, 2, 3, 1, 1]
    return acts[dice.choices(list(acts), weights)[0]]


def _terms(amount: Fen) -> Terms:
    return Terms(
        trade_type=TradeType.NATIVE,
        appid="wx0123456789abcdef",
        description="Oolong",
        amount=amount,
        notify_url="https://shop.example/notify",
    )


def _back(order: Order, amount: Fen) -> RefundTerms:
    return RefundTerms(amount=amount, total=order.terms.amount)


def _answer(tx: Tx, chance: float) -> Any:
    """Some bank that kept silent answers, perhaps for the second time."""
    waiting_refunds = tx.all(Refund, "order by id limit 50")
    waiting = tx.all(Remittance, "order by id limit 50")
    if waiting_refunds and chance < 0.5:
        refund = waiting_refunds[int(chance * 2 * len(waiting_refunds))]
        if tx.find(Order, mchid=refund.mchid, id=refund.order_id).card_id:  # type: ignore[union-attr]
            answer_refund(tx, RefundDue(mchid=refund.mchid, refund_id=refund.id))
    elif waiting:
        remittance = waiting[int(chance * len(waiting))]
        answer_remittance(tx, RemittanceDue(user_id=remittance.user_id, remittance_id=remittance.id))
