"""Serve a home for a benchmark: a sandbox without demo world and without the inspector, as production would run.

One address more than the product has: a transfer from wallet to wallet and nothing else, which is what the ledger's
own speed over HTTP is measured by. Everything the product offers does more (a PIN, a bill, a card's answer).
"""

import sys
from pathlib import Path
from typing import Annotated

from msgspec import Meta

from hutong.domains.identity.tables import UserId
from hutong.domains.pay import ledger
from hutong.kernel.db import Tx
from hutong.kernel.endpoints import Id, Request, Response
from hutong.kernel.money import Fen
from hutong.kernel.settings import Settings
from hutong.protocols.client.protocol import Person, client
from hutong.server import main


class Move(Request):
    """`number` is the payer's own: sent again, it is not done again."""

    to_id: Id
    number: Annotated[int, Meta(ge=1, le=2**62)]
    amount: Annotated[int, Meta(ge=1, le=100)]


class Moved(Response):
    transfer_id: str
    amount: int
    state: str
    created_at: int


@client.post("/benchmark/transfers")
def move(tx: Tx, person: Person, req: Move) -> Moved:
    """From the caller's wallet to another's, guarded by its balance."""
    made = ledger.transfer(
        tx,
        debit=ledger.wallet(person.user_id),
        credit=ledger.wallet(UserId(int(req.to_id))),
        amount=Fen(req.amount),
        code="benchmark",
        ref=req.number,
    )
    return Moved(str(made.id), made.amount, made.state, made.created_at)


if __name__ == "__main__":
    main.set_up_logs("WARNING")
    main.serve(Settings(home=Path(sys.argv[1]), port=int(sys.argv[2]), demo=False, inspector_entries=0))
