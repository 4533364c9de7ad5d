"""What the desk's live picture needs beside the calls: who the callers are, and whether the books balance."""

from typing import Annotated

from msgspec import Meta

from hutong.domains.apps import apps
from hutong.domains.identity import users
from hutong.domains.identity.tables import UserId
from hutong.domains.pay import ledger, merchants
from hutong.domains.work import corps
from hutong.kernel.db import Snapshot
from hutong.kernel.endpoints import Request, Response

from .protocol import Builder, client

PERSON = "user:"


class Callers(Request):
    """Callers as the inspector's lines name them."""

    callers: Annotated[list[Annotated[str, Meta(max_length=128)]], Meta(max_length=100)]


class Names(Response):
    """What each caller is called by people; strangers are left out."""

    names: dict[str, str]


@client.post("/desk/names", sandbox_only=True)
def name_callers(snapshot: Snapshot, builder: Builder, req: Callers) -> Names:
    """What people call the callers of a page of calls: nicknames, apps, merchants and corps."""
    people = {
        caller: UserId(int(number))
        for caller in req.callers
        if caller.startswith(PERSON)
        and (number := caller.removeprefix(PERSON)).isdigit()
        and len(number) < 19
    }
    known = users.many(snapshot, people.values())
    names = {caller: known[user_id].nickname for caller, user_id in people.items() if user_id in known}
    rest = [caller for caller in req.callers if caller not in people]
    names |= {appid: app.name for appid, app in apps.many(snapshot, rest).items()}
    names |= {mchid: merchant.name for mchid, merchant in merchants.many(snapshot, rest).items()}
    agents = {caller: caller.partition("/")[0] for caller in rest if "/" in caller}
    companies = corps.many(snapshot, agents.values())
    names |= {caller: companies[corpid].name for caller, corpid in agents.items() if corpid in companies}
    return Names(names)


class Books(Response):
    """The sum of all accounts by currency: zero when the books balance."""

    balanced: bool
    totals: dict[str, int]


@client.get("/desk/books", sandbox_only=True)
def read_books(snapshot: Snapshot, builder: Builder) -> Books:
    """Whether all accounts together hold nothing, as double entry wants."""
    totals = ledger.total(snapshot)
    return Books(balanced=not any(totals.values()), totals=totals)
