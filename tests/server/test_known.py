"""What the store remembers: never another row than the database would give, whoever changed it."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import apsw
import pytest

from hutong.domains.apps import organisations
from hutong.domains.apps.tables import Organisation, OrgId
from hutong.domains.identity import proofs
from hutong.domains.identity.tables import Proof, UserId
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.deliveries import Delivery, DeliveryState
from hutong.server.store import PostgresStore, SqliteStore

from .conftest import OpenStore

WHO = UserId(7)


def read(snapshot: Snapshot) -> Proof | None:
    return snapshot.find(Proof, user_id=WHO)


def held(tx: Tx) -> Proof:
    found = tx.find_locked(Proof, user_id=WHO)
    assert found is not None
    return found


def with_store(opened: OpenStore, work: Callable[[SqliteStore | PostgresStore], Awaitable[None]]) -> None:
    async def run() -> None:
        store = await opened()
        await store.write(lambda tx: proofs.set_pin(tx, user_id=WHO, pin="123456"))
        await work(store)
        await store.close()

    asyncio.run(run())


def test_a_row_is_not_read_again_and_every_change_is_seen(opened: OpenStore) -> None:
    async def work(store: SqliteStore | PostgresStore) -> None:
        for failures in range(1, 5):
            changed = await store.write(lambda tx, n=failures: tx.update(held(tx), failures=n))  # type: ignore[misc]
            assert (await store.read(read), await store.write(held)) == (changed, changed)
        if isinstance(store, SqliteStore):
            assert await store.read(read) is await store.read(read)
        await store.write(
            lambda tx: tx.run("update identity_proof set failures = 9 where user_id = :who", who=WHO)
        )
        assert (await store.write(held)).failures == 9
        assert [row.failures for row in [await store.read(read)] if row] == [9]
        await store.write(lambda tx: tx.delete(held(tx)))
        assert await store.read(read) is None
        assert await store.write(read) is None

    with_store(opened, work)


def test_what_is_rolled_back_was_never_known(opened: OpenStore) -> None:
    async def work(store: SqliteStore | PostgresStore) -> None:
        before = await store.write(held)

        def fail(tx: Tx) -> None:
            tx.update(held(tx), failures=3)
            assert held(tx).failures == 3
            raise ValueError("after writing")

        first, second, third = await asyncio.gather(
            store.write(held), store.write(fail), store.write(held), return_exceptions=True
        )
        assert isinstance(second, ValueError)
        assert first == third == before == await store.read(read) == await store.write(held)

    with_store(opened, work)


def test_a_list_is_read_again_when_a_row_of_its_table_is_added_changed_or_removed(opened: OpenStore) -> None:
    def names(snapshot: Snapshot) -> list[str]:
        return [one.name for one in snapshot.few(Organisation, "order by id limit :limit", limit=10)]

    async def work(store: SqliteStore | PostgresStore) -> None:
        made = await store.write(lambda tx: organisations.create(tx, name="一"))
        for looking in (store.read, store.write):
            assert await looking(names) == ["一"]
        await store.write(lambda tx: organisations.create(tx, name="二"))
        for looking in (store.read, store.write):
            assert await looking(names) == ["一", "二"]
        await store.write(lambda tx: tx.update(tx.get(Organisation, id=OrgId(made.id)), name="三"))
        for looking in (store.read, store.write):
            assert await looking(names) == ["三", "二"]
        await store.write(lambda tx: tx.delete(made))
        for looking in (store.read, store.write):
            assert await looking(names) == ["二"]

    with_store(opened, work)


def test_a_row_asked_for_by_what_has_changed_is_not_found_any_more(opened: OpenStore) -> None:
    def by_notify_id(snapshot: Snapshot, notify_id: str) -> Delivery | None:
        return snapshot.find(Delivery, notify_id=notify_id)

    async def work(store: SqliteStore | PostgresStore) -> None:
        made = Delivery(
            id=1,
            notify_id="a",
            channel="none",
            owner="o",
            subject="s",
            url="http://127.0.0.1:9",
            payload="{}",
            state=DeliveryState.FAILED,
            created_at=await store.read(lambda snapshot: snapshot.now),
            next_at=None,
        )
        await store.write(lambda tx: tx.insert(made))
        for looking in (store.read, store.write):
            assert await looking(lambda snapshot: by_notify_id(snapshot, "a")) == made
        await store.write(lambda tx: tx.update(tx.get(Delivery, id=1), notify_id="b"))
        for looking in (store.read, store.write):
            assert await looking(lambda snapshot: by_notify_id(snapshot, "a")) is None
            found = await looking(lambda snapshot: by_notify_id(snapshot, "b"))
            assert found is not None and found.notify_id == "b"

    with_store(opened, work)


def test_a_reader_that_fixed_its_view_before_a_change_forgets_what_it_read_then(opened: OpenStore) -> None:
    async def work(store: SqliteStore | PostgresStore) -> None:
        if not isinstance(store, SqliteStore):
            pytest.skip("on PostgreSQL nothing is remembered")
        await store.write(lambda tx: tx.update(held(tx), failures=1))
        changed = asyncio.ensure_future(store.write(lambda tx: tx.update(held(tx), failures=2)))
        seen: list[int] = []

        def look() -> None:
            found = store.read_now(read)
            assert found is not None
            seen.append(found.failures)
            if not changed.done():
                asyncio.get_running_loop().call_soon(look)

        look()
        await changed
        look()
        assert sorted(seen) == seen
        assert seen[-1] == 2

    with_store(opened, work)


def test_what_another_process_wrote_is_seen_after_the_next_write(opened: OpenStore) -> None:
    async def work(store: SqliteStore | PostgresStore) -> None:
        if not isinstance(store, SqliteStore):
            pytest.skip("on PostgreSQL nothing is remembered")
        assert (await store.write(held)).failures == 0
        assert (await store.read(read)) is not None
        with contextlib.closing(apsw.Connection(str(store.context.settings.sqlite_path))) as other:
            other.execute("update identity_proof set failures = 4")
        assert (await store.write(held)).failures == 4
        found = await store.read(read)
        assert found is not None and found.failures == 4

    with_store(opened, work)
