"""The writer: groups commit together, refusals undo only themselves, nothing is replayed twice."""

import asyncio
from collections import Counter

import pytest

from hutong.kernel import state
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import NOT_FOUND, DomainError
from hutong.server.store import SqliteStore

from .conftest import OpenStore


def count(snapshot: Snapshot) -> int:
    return int(snapshot.value("select count(*) from kernel_state"))


def test_many_writes_at_once_are_all_there_and_refusals_leave_nothing(opened: OpenStore) -> None:
    async def run() -> None:
        store = await opened()
        runs: Counter[int] = Counter()

        def work(number: int) -> object:
            def write(tx: Tx) -> int:
                runs[number] += 1
                if number % 7 == 0:
                    raise DomainError(NOT_FOUND)  # before writing
                state.write(tx, f"n{number}", number)
                if number % 5 == 0:
                    raise DomainError(NOT_FOUND)  # after writing
                return number

            return store.write(write)

        answers = await asyncio.gather(*(work(n) for n in range(400)), return_exceptions=True)
        good = {n for n in range(400) if n % 5 and n % 7}
        assert {n for n, answer in enumerate(answers) if answer == n} == good
        assert all(isinstance(answers[n], DomainError) for n in range(400) if n not in good)
        assert await store.read(count) == len(good)
        if isinstance(store, SqliteStore):
            assert max(runs.values()) <= 2  # a group is run again once at most
        await store.close()

    asyncio.run(run())


def test_what_was_committed_is_heard_of_once(opened: OpenStore) -> None:
    async def run() -> None:
        store = await opened()
        heard: list[Tx] = []
        store.listener = heard.extend
        await store.write(lambda tx: state.write(tx, "a", 1))
        with pytest.raises(DomainError):
            await store.write(refuse)
        assert len(heard) == 1
        await store.close()

    asyncio.run(run())


def refuse(tx: Tx) -> None:
    state.write(tx, "b", 1)
    raise DomainError(NOT_FOUND)


def test_counting_up_together_loses_nothing(opened: OpenStore) -> None:
    async def run() -> None:
        store = await opened()
        await store.write(lambda tx: state.write(tx, "n", 0))

        def add(tx: Tx) -> None:
            row = tx.find_locked(state.State, name="n")
            assert row is not None
            tx.update(row, value=str(int(row.value) + 1))

        await asyncio.gather(*(store.write(add) for _ in range(200)))
        assert await store.read(lambda snapshot: state.read(snapshot, "n", int)) == 200
        await store.close()

    asyncio.run(run())
