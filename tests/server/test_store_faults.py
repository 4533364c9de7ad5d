"""What must not break the store, broken on purpose: listeners, callers, the disk, connections."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import apsw
import psycopg
import pytest

from hutong.kernel import events, schema, state
from hutong.kernel.blobs import memory_blobs
from hutong.kernel.clock import Clock
from hutong.kernel.db import Context, Snapshot, Tx
from hutong.kernel.errors import DATABASE_LOST, OVERLOADED, STORAGE_FULL, DomainError
from hutong.kernel.events import Outbox
from hutong.kernel.ids import Ids
from hutong.kernel.settings import Settings
from hutong.kernel.vault import Vault
from hutong.server.store import PostgresStore, SqliteStore
from tests.postgres import Cluster

from .conftest import OpenStore

Store = SqliteStore | PostgresStore


def note(name: str) -> Callable[[Tx], str]:
    def write(tx: Tx) -> str:
        state.write(tx, name, 1)
        return name

    return write


def noted(snapshot: Snapshot) -> set[str]:
    return {name for (name,) in snapshot.rows("select name from kernel_state")}


def full(tx: Tx) -> None:
    state.write(tx, "too much", 1)
    raise apsw.FullError("database or disk is full")


@contextlib.asynccontextmanager
async def opening(opened: OpenStore) -> AsyncIterator[Store]:
    store = await opened()
    try:
        yield store
    finally:
        await store.close()


@contextlib.asynccontextmanager
async def on_postgres(cluster: Cluster) -> AsyncIterator[PostgresStore]:
    url = cluster.create_database("store_faults", schema.ddl("postgresql"))
    context = Context(Clock(), Ids(), Vault(b"0" * 32), memory_blobs(), Settings(database=url))
    store = PostgresStore(url, context)
    try:
        yield store
    finally:
        await store.close()


def in_time(coroutine: Awaitable[Any]) -> None:
    """Nobody waits for ever: a lost wake-up is a failure, not a hang."""

    async def run() -> None:
        async with asyncio.timeout(20):
            await coroutine

    asyncio.run(run())


def test_a_listener_that_breaks_keeps_nobody_waiting(opened: OpenStore) -> None:
    def broken(transactions: list[Tx]) -> None:
        raise ValueError("a listener broke")

    async def run() -> None:
        async with opening(opened) as store:
            store.listener = broken
            answers = await asyncio.gather(*(store.write(note(f"n{number}")) for number in range(20)))
            assert answers == [f"n{number}" for number in range(20)]

    in_time(run())


def test_a_caller_that_leaves_does_not_take_the_news_along(opened: OpenStore) -> None:
    async def run() -> None:
        async with opening(opened) as store:
            heard = asyncio.Event()
            started, go_on = threading.Event(), threading.Event()
            store.listener = lambda transactions: heard.set()

            def slow(tx: Tx) -> None:
                started.set()
                assert go_on.wait(10)
                state.write(tx, "slow", 1)

            calling = asyncio.create_task(store.write(slow))
            await asyncio.to_thread(started.wait)
            calling.cancel()
            with pytest.raises(asyncio.CancelledError):
                await calling
            go_on.set()
            await heard.wait()
            assert await store.read(noted) == {"slow"}

    in_time(run())


def test_what_waits_at_closing_time_is_done_and_who_comes_later_is_refused(opened: OpenStore) -> None:
    async def run() -> None:
        store = await opened()
        waiting = [asyncio.create_task(store.write(note(f"n{number}"))) for number in range(300)]
        await asyncio.sleep(0)
        closing = asyncio.create_task(store.close())
        await asyncio.sleep(0)
        if isinstance(store, SqliteStore):
            with pytest.raises(DomainError) as refused:
                await store.write(note("late"))
            assert refused.value.code is OVERLOADED
        assert len(await asyncio.gather(*waiting)) == 300
        await closing

    in_time(run())


def test_a_full_disk_refuses_the_whole_group_and_the_next_one_goes_through(sqlite_settings: Settings) -> None:
    async def run() -> None:
        store = SqliteStore(
            str(sqlite_settings.sqlite_path),
            Context(Clock(), Ids(), Vault(b"0" * 32), memory_blobs(), sqlite_settings),
        )
        heard: list[Tx] = []
        store.listener = heard.extend
        answers = await asyncio.gather(
            store.write(note("a")), store.write(full), store.write(note("b")), return_exceptions=True
        )
        refused = [answer.code for answer in answers if isinstance(answer, DomainError)]
        assert refused == [STORAGE_FULL] * len(refused)
        assert STORAGE_FULL in refused
        assert await store.read(noted) == {answer for answer in answers if isinstance(answer, str)}
        assert len(heard) == 3 - len(refused)
        assert await store.write(note("c")) == "c"
        await store.close()

    in_time(run())


def test_a_transaction_that_sqlite_ended_by_itself_is_not_half_done(sqlite_settings: Settings) -> None:
    def ended(tx: Tx) -> None:
        state.write(tx, "half", 1)
        tx.connection.execute("rollback")
        raise MemoryError("as when SQLite rolls back for want of memory")

    async def run() -> None:
        store = SqliteStore(
            str(sqlite_settings.sqlite_path),
            Context(Clock(), Ids(), Vault(b"0" * 32), memory_blobs(), sqlite_settings),
        )
        answers = await asyncio.gather(
            store.write(note("a")), store.write(ended), store.write(note("b")), return_exceptions=True
        )
        assert isinstance(answers[1], Exception)
        assert await store.read(noted) == {answer for answer in answers if isinstance(answer, str)}
        assert await store.write(note("c")) == "c"
        await store.close()

    in_time(run())


# ── connections ────────────────────────────────────────────────────────────────────────────────────────────


def cut_others(url: str) -> int:
    """End every other connection to the database; how many there were."""
    with psycopg.connect(url, autocommit=True) as connection:
        found = connection.execute(
            "select count(pg_terminate_backend(pid)) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        ).fetchone()
    assert found is not None
    return int(found[0])


def test_connections_that_died_are_replaced_unnoticed(postgres_cluster: Cluster) -> None:
    async def run() -> None:
        async with on_postgres(postgres_cluster) as store:
            for turn in range(3):
                names = {f"{turn}-{number}" for number in range(32)}
                await asyncio.gather(*(store.write(note(name)) for name in names))
                assert cut_others(store.context.settings.database) > 0
                assert names <= await store.read(noted)
            assert len(store._connections) <= 17

    in_time(run())


def test_a_transaction_cut_off_before_its_commit_runs_again_once(postgres_cluster: Cluster) -> None:
    async def run() -> None:
        async with on_postgres(postgres_cluster) as store:
            runs: list[int] = []

            def write(tx: Tx) -> None:
                runs.append(1)
                state.write(tx, f"run {len(runs)}", 1)
                if len(runs) == 1:
                    cut_others(store.context.settings.database)
                    state.write(tx, "after the cut", 1)

            await store.write(write)
            assert len(runs) == 2
            assert await store.read(noted) == {"run 2"}

    in_time(run())


def test_a_transaction_cut_off_in_its_commit_is_refused_and_not_run_again(postgres_cluster: Cluster) -> None:
    class Cut:
        """A connection that dies after the commit reached the database and before its answer came back."""

        def __init__(self, real: Any) -> None:
            self.real = real

        def __getattr__(self, name: str) -> Any:
            return getattr(self.real, name)

        def commit(self) -> None:
            self.real.commit()
            self.real.close()
            raise psycopg.OperationalError("the server closed the connection")

    async def run() -> None:
        async with on_postgres(postgres_cluster) as store:
            runs: list[int] = []

            def write(tx: Tx) -> None:
                runs.append(1)
                state.write(tx, "n", 1)

            whole = store._connection

            def cut() -> Any:
                made = Cut(whole())
                store._connections.append(made)
                return made

            store._connection = cut  # type: ignore[method-assign]
            with pytest.raises(DomainError) as refused:
                await store.write(write)
            store._connection = whole  # type: ignore[method-assign]
            assert refused.value.code is DATABASE_LOST
            assert len(runs) == 1
            assert await store.read(noted) == {"n"}

    in_time(run())


def test_a_poisoned_connection_is_clean_for_the_next(postgres_cluster: Cluster) -> None:
    def poison(tx: Tx) -> None:
        state.write(tx, "poison", 1)
        with contextlib.suppress(psycopg.Error):
            tx.value("select no_such_column from kernel_state")
        tx.rows("select 1")  # refused by the database: the transaction is aborted

    async def run() -> None:
        async with on_postgres(postgres_cluster) as store:
            answers = await asyncio.gather(*(store.write(poison) for _ in range(40)), return_exceptions=True)
            assert all(isinstance(answer, psycopg.Error) for answer in answers)
            await asyncio.gather(*(store.write(note(f"n{number}")) for number in range(40)))
            assert len(await store.read(noted)) == 40

    in_time(run())


def test_a_database_out_of_reach_is_said_plainly(postgres_cluster: Cluster) -> None:
    async def run() -> None:
        async with on_postgres(postgres_cluster) as store:
            store._url = postgres_cluster.url("no_such_database")
            for asking in (store.write(note("n")), store.read(noted)):
                with pytest.raises(DomainError) as refused:
                    await asking
                assert refused.value.code is DATABASE_LOST

    in_time(run())


# ── events among processes ─────────────────────────────────────────────────────────────────────────────────


class Knocked(events.Event, topic="store_faults.knocked", key="door"):
    door: str


@events.on(Knocked, name="store_faults.answer")
def answer(tx: Tx, event: Knocked) -> None:
    state.write(tx, event.door, (state.read(tx, event.door, int) or 0) + 1)


def test_an_event_behind_one_that_succeeds_at_this_moment_is_not_left_behind(
    postgres_cluster: Cluster,
) -> None:
    """One process retries the first event of a key while another comes to the second."""

    async def run() -> None:
        async with on_postgres(postgres_cluster) as store:

            def knock(tx: Tx) -> list[Outbox]:
                tx.emit(Knocked(door="red"))
                tx.emit(Knocked(door="red"))
                first, second = events.due(tx, limit=2)
                return [tx.update(first, attempts=1), second]

            first, second = await store.write(knock)
            handled, go_on = threading.Event(), threading.Event()

            def slowly(tx: Tx) -> bool:
                ran = events.handle(tx, first.id).ran
                handled.set()
                assert go_on.wait(10)
                return ran

            retrying = asyncio.create_task(store.write(slowly))
            await asyncio.to_thread(handled.wait)
            coming = asyncio.create_task(store.write(lambda tx: events.handle(tx, second.id)))
            while not coming.done() and not await store.read(waits_for_a_lock):
                await asyncio.sleep(0.01)
            go_on.set()
            assert await retrying
            assert (await coming).ran
            assert await store.read(lambda snapshot: state.read(snapshot, "red", int)) == 2
            assert await store.read(events.next_due_at) is None

    in_time(run())


def waits_for_a_lock(snapshot: Snapshot) -> bool:
    sql = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
    return bool(snapshot.value(sql))
