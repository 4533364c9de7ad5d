"""The ledger: the only place where money moves.

The guard stands in the statement itself (`posted - pending_out >= :amount`), so two payers of one wallet
cannot both win, whatever the isolation. On PostgreSQL the two accounts are taken in ascending order.
"""

from hutong.domains.identity.tables import UserId
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError
from hutong.kernel.frozen import Frozen
from hutong.kernel.money import CNY, MAX_AMOUNT, Fen

from .errors import BALANCE_TOO_LOW, TRANSFER_CHANGED, TRANSFER_SETTLED
from .tables import Account, AccountId, AccountKind, MchId, Transfer, TransferId, TransferState


def wallet(user_id: UserId, currency: str = CNY) -> AccountId:
    """A person's balance."""
    return AccountId(f"{AccountKind.WALLET}/{user_id}/{currency}")


def merchant(mchid: MchId, currency: str = CNY) -> AccountId:
    """What a merchant may spend."""
    return AccountId(f"{AccountKind.MERCHANT}/{mchid}/{currency}")


def bank(currency: str = CNY) -> AccountId:
    """The world outside: as far below zero as there is money inside."""
    return AccountId(f"{AccountKind.BANK}/clearing/{currency}")


def transfer(
    tx: Tx, *, debit: AccountId, credit: AccountId, amount: Fen, code: str, ref: int, currency: str = CNY
) -> Transfer:
    """Move money at once. The same `code` and `ref` again is the same transfer.

    Raises BALANCE_TOO_LOW when the debit side cannot cover it, TRANSFER_CHANGED when the repetition differs.
    """
    made, created = _write(tx, debit, credit, amount, code, ref, currency, TransferState.POSTED)
    if created:
        # One order for everybody who touches both accounts, so that nobody waits in a ring.
        if debit < credit:
            _take(tx, debit, amount)
            _give(tx, credit, amount)
        else:
            _give(tx, credit, amount)
            _take(tx, debit, amount)
    return made


def hold(
    tx: Tx, *, debit: AccountId, credit: AccountId, amount: Fen, code: str, ref: int, currency: str = CNY
) -> Transfer:
    """Set money aside: it is neither spendable nor moved until the transfer is posted or voided.

    Only the debit side is taken here, and `post` takes both in ascending order: what is known to succeed at
    once is a `transfer`, never a hold that is posted in the same transaction.
    """
    made, created = _write(tx, debit, credit, amount, code, ref, currency, TransferState.PENDING)
    if created:
        held = tx.run(
            "update pay_account set pending_out = pending_out + :amount"
            " where id = :id and posted - pending_out >= :amount",
            amount=amount,
            id=debit,
        )
        if not held:
            raise DomainError(BALANCE_TOO_LOW, account=debit, amount=amount)
    return made


def post(tx: Tx, pending: Transfer, *, amount: Fen | None = None) -> Transfer:
    """Move what was set aside, or the part `amount` of it; the rest is free again.

    Posting twice changes nothing. Raises TRANSFER_SETTLED when it was voided, or posted for another amount.
    """
    pending = tx.lock(pending)
    moved = pending.amount if amount is None else amount
    if pending.state is not TransferState.PENDING:
        if pending.state is TransferState.POSTED and pending.posted == moved:
            return pending
        raise DomainError(TRANSFER_SETTLED, transfer_id=pending.id, state=pending.state)
    assert 0 < moved <= pending.amount, f"{moved} is not part of {pending.amount}"
    if pending.debit < pending.credit:
        _release(tx, pending, moved)
        _give(tx, pending.credit, moved)
    else:
        _give(tx, pending.credit, moved)
        _release(tx, pending, moved)
    return tx.update(pending, state=TransferState.POSTED, posted=moved, settled_at=tx.now)


def void(tx: Tx, pending: Transfer) -> Transfer:
    """Give back what was set aside. Voiding twice changes nothing. Raises TRANSFER_SETTLED when posted."""
    pending = tx.lock(pending)
    if pending.state is TransferState.VOIDED:
        return pending
    if pending.state is TransferState.POSTED:
        raise DomainError(TRANSFER_SETTLED, transfer_id=pending.id, state=pending.state)
    _release(tx, pending, Fen(0))
    return tx.update(pending, state=TransferState.VOIDED, settled_at=tx.now)


def find(snapshot: Snapshot, *, code: str, ref: int) -> Transfer | None:
    """The transfer made for this reason, if any."""
    return snapshot.find(Transfer, code=code, ref=ref)


def balance(snapshot: Snapshot, account: AccountId) -> Fen:
    """What may be spent now: posted less what is set aside. An account nobody paid into yet has nothing."""
    found = snapshot.find(Account, id=account)
    return Fen(0) if found is None else Fen(found.posted - found.pending_out)


def held(snapshot: Snapshot, account: AccountId) -> Fen:
    """What is set aside."""
    found = snapshot.find(Account, id=account)
    return Fen(0) if found is None else Fen(found.pending_out)


def _write(
    tx: Tx,
    debit: AccountId,
    credit: AccountId,
    amount: Fen,
    code: str,
    ref: int,
    currency: str,
    state: TransferState,
) -> tuple[Transfer, bool]:
    assert 0 < amount <= MAX_AMOUNT, f"{amount} cannot be moved"
    assert debit != credit, f"{debit} cannot pay itself"
    for account in (debit, credit):
        assert account.endswith(f"/{currency}"), f"{account} does not hold {currency}"
    posted = amount if state is TransferState.POSTED else Fen(0)
    wanted = Transfer(
        id=TransferId(tx.new_id()),
        code=code,
        ref=ref,
        debit=debit,
        credit=credit,
        currency=currency,
        amount=amount,
        posted=posted,
        state=state,
        created_at=tx.now,
        settled_at=tx.now if posted else None,
    )
    made, created = tx.insert_or_find(wanted, by=("code", "ref"))
    if not created and (made.debit, made.credit, made.amount) != (debit, credit, amount):
        raise DomainError(TRANSFER_CHANGED, reason=code, ref=ref)
    return made, created


def _take(tx: Tx, account: AccountId, amount: Fen) -> None:
    if account.startswith(f"{AccountKind.BANK}/"):
        _add(tx, account, Fen(-amount))
        return
    taken = tx.run(
        "update pay_account set posted = posted - :amount where id = :id and posted - pending_out >= :amount",
        amount=amount,
        id=account,
    )
    if not taken:
        raise DomainError(BALANCE_TOO_LOW, account=account, amount=amount)


def _give(tx: Tx, account: AccountId, amount: Fen) -> None:
    _add(tx, account, amount)


def _add(tx: Tx, account: AccountId, amount: Fen) -> None:
    """Change an account that may take it whatever it has; the first money opens it."""
    kind, owner, currency = account.split("/")
    tx.run(
        "insert into pay_account (id, kind, owner, currency, posted, pending_out)"
        " values (:id, :kind, :owner, :currency, :amount, 0)"
        " on conflict (id) do update set posted = pay_account.posted + excluded.posted",
        id=account,
        kind=kind,
        owner=owner,
        currency=currency,
        amount=amount,
    )


def _release(tx: Tx, pending: Transfer, moved: Fen) -> None:
    released = tx.run(
        "update pay_account set posted = posted - :moved, pending_out = pending_out - :amount"
        " where id = :id and pending_out >= :amount",
        moved=moved,
        amount=pending.amount,
        id=pending.debit,
    )
    assert released == 1, f"{pending.debit} does not hold {pending.amount}"


class Flaw(Frozen):
    """One way in which the books are wrong: where, what is written there, and what should be."""

    where: str
    found: int
    expected: int


MAX_FLAWS = 100


def total(snapshot: Snapshot) -> dict[str, int]:
    """What all accounts hold together, by currency: nothing, as long as the books balance."""
    found = snapshot.rows("select currency, sum(posted) from pay_account group by currency order by currency")
    return {currency: int(held) for currency, held in found}


def audit(snapshot: Snapshot) -> list[Flaw]:
    """Everything wrong with the books; an empty list is what everybody hopes for.

    The sum of each currency is zero; every account is the sum of its transfers; every held amount is the
    sum of its pending transfers; no wallet and no merchant is below zero. Reads all transfers.
    """
    flaws = [
        Flaw(f"sum of {currency}", int(total), 0)
        for currency, total in snapshot.rows(
            "select currency, sum(posted) from pay_account group by currency order by currency"
        )
        if total != 0
    ]
    moved = (
        "select account, sum(change) as posted, sum(aside) as pending from ("
        "select debit as account, -posted as change,"
        " case when state = 'PENDING' then amount else 0 end as aside from pay_transfer"
        " union all select credit, posted, 0 from pay_transfer) as sides group by account"
    )
    flaws += [
        Flaw(f"{account} {what}", int(found), int(expected))
        for account, posted, pending, should_post, should_hold in snapshot.rows(
            "select a.id, a.posted, a.pending_out, coalesce(m.posted, 0), coalesce(m.pending, 0)"
            f" from pay_account a left join ({moved}) as m on m.account = a.id"
            " where a.posted <> coalesce(m.posted, 0) or a.pending_out <> coalesce(m.pending, 0)"
            " order by a.id limit :limit",
            limit=MAX_FLAWS,
        )
        for what, found, expected in (("posted", posted, should_post), ("held", pending, should_hold))
        if found != expected
    ]
    flaws += [
        Flaw(f"{account} has no row", 0, int(posted))
        for account, posted in snapshot.rows(
            f"select m.account, m.posted from ({moved}) as m left join pay_account a on a.id = m.account"
            " where a.id is null and (m.posted <> 0 or m.pending <> 0) limit :limit",
            limit=MAX_FLAWS,
        )
    ]
    flaws += [
        Flaw(f"{account.id} is below zero", account.posted - account.pending_out, 0)
        for account in snapshot.all(
            Account,
            "where kind <> 'bank' and (posted - pending_out < 0 or pending_out < 0) order by id limit :limit",
            limit=MAX_FLAWS,
        )
    ]
    return flaws
