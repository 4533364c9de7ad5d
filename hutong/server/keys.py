"""The keys every home signs its Pay answers with, made when it is first served."""

import asyncio

from hutong.domains.pay import keys
from hutong.domains.pay.tables import KeyUse
from hutong.kernel import ids
from hutong.kernel.clock import wire_now
from hutong.kernel.db import Snapshot, Tx

from .store import PostgresStore, SqliteStore

PUBLIC_KEY_DIGITS = 32


async def ensure(store: SqliteStore | PostgresStore) -> None:
    """Make and install the platform's keys, unless the home has them."""
    if await store.read(_present):
        return
    made = await asyncio.to_thread(keys.new_platform, wire_now(), public_key_id=ids.digits(PUBLIC_KEY_DIGITS))

    def install(tx: Tx) -> None:
        if not _present(tx):
            keys.install(tx, made)

    await store.write(install)


def _present(snapshot: Snapshot) -> bool:
    return keys.current(snapshot, KeyUse.CERTIFICATE) is not None
