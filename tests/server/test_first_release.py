"""A home made by an earlier release opens, and everything in it is still there and in order."""

import asyncio
import gzip
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from hutong.domains.chat import conversations
from hutong.domains.identity import users
from hutong.domains.pay import ledger
from hutong.kernel.settings import Settings
from hutong.server import audit, migrate
from hutong.server.app import App
from hutong.server.main import database_version, import_protocols

HOMES = sorted((Path(__file__).parent / "homes").glob("*.sql.gz"))
import_protocols()


@pytest.mark.parametrize("kept", HOMES, ids=lambda path: path.name.removesuffix(".sql.gz"))
def test_a_home_of_a_release_moves_up_with_all_that_is_in_it(kept: Path, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    with closing(apsw.Connection(str(settings.sqlite_path))) as connection:
        connection.execute(gzip.decompress(kept.read_bytes()).decode())
    migrate.upgrade_in_child(settings)
    assert database_version(settings) == migrate.head()

    async def look() -> None:
        app = await App.open(settings)
        try:
            ann = await app.store.read(lambda snapshot: users.find_by_username(snapshot, "linwan"))
            assert ann is not None
            talks = await app.store.read(
                lambda snapshot: conversations.list_(snapshot, user_id=ann.id, before=2**62)
            )
            assert len(talks) >= 3
            assert await app.store.read(lambda snapshot: ledger.balance(snapshot, ledger.wallet(ann.id))) > 0
        finally:
            await app.close()

    asyncio.run(look())
    assert {name: flaws for name, flaws in audit.run(settings).items() if flaws} == {}


def test_there_is_a_home_of_the_first_release() -> None:
    assert any(path.name.startswith("0.1.0") for path in HOMES)
