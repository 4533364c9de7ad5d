"""The audit: the books and every invariant of a home, read from its database while it is at rest or at work.

A room says what must hold in its `audit.py`: `audit(snapshot)` gives one sentence for each thing that is wrong.
"""

import contextlib
import importlib
import pkgutil
from collections.abc import Callable, Iterator
from typing import Any

import hutong.domains
from hutong.domains.pay import ledger
from hutong.kernel import updates
from hutong.kernel.blobs import open_blobs
from hutong.kernel.clock import Clock
from hutong.kernel.db import POSTGRES, SQLITE, Context, Snapshot, open_sqlite
from hutong.kernel.ids import Ids
from hutong.kernel.settings import Settings
from hutong.kernel.vault import open_vault

Audit = Callable[[Snapshot], list[str]]


def run(settings: Settings) -> dict[str, list[str]]:
    """What is wrong, by what was looked at; empty lists are what everybody hopes for."""
    with reading(settings) as snapshot:
        return {name: audit(snapshot) for name, audit in audits().items()}


def audits() -> dict[str, Audit]:
    """Every audit there is: the ledger's, the update log's, and each room's own."""
    found: dict[str, Audit] = {"the books": _books, "update logs": updates.audit}
    for room in pkgutil.iter_modules(hutong.domains.__path__):
        package = importlib.import_module(f"hutong.domains.{room.name}")
        if any(module.name == "audit" for module in pkgutil.iter_modules(package.__path__)):
            found[room.name] = importlib.import_module(f"hutong.domains.{room.name}.audit").audit
    return found


def _books(snapshot: Snapshot) -> list[str]:
    return [f"{flaw.where}: {flaw.found}, should be {flaw.expected}" for flaw in ledger.audit(snapshot)]


@contextlib.contextmanager
def reading(settings: Settings) -> Iterator[Snapshot]:
    """A snapshot of a home's database, whether or not a server is using it."""
    context = Context(
        Clock(), Ids(), open_vault(settings.home), open_blobs(settings.home, settings.media), settings
    )
    connection: Any
    if settings.on_postgres:
        import psycopg

        with psycopg.connect(settings.database) as connection:
            connection.execute("set transaction isolation level repeatable read read only")
            yield Snapshot(connection, POSTGRES, context)
            connection.rollback()
    else:
        with contextlib.closing(open_sqlite(str(settings.sqlite_path), read_only=True)) as connection:
            connection.execute("begin")
            yield Snapshot(connection, SQLITE, context)
