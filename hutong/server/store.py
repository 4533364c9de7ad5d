"""Where transactions run: one writer thread with group commit on SQLite, a thread pool on PostgreSQL.

A function given to `write` cannot tell which; it may run again from the start, and its effects are durable
when `write` returns. Nothing is acknowledged before the commit that holds it.
"""

import asyncio
import logging
import os
import queue
import random
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from enum import Enum
from typing import Any, Protocol, TypeVar

import apsw

from hutong.kernel import events
from hutong.kernel.db import POSTGRES, SQLITE, Conflict, Context, Snapshot, Tx, open_sqlite
from hutong.kernel.errors import DATABASE_LOST, OVERLOADED, STORAGE_FULL, DomainError, Kind
from hutong.kernel.known import Change, Known

T = TypeVar("T")
log = logging.getLogger("hutong.store")

GROUP = 256  # commits share one flush; more only adds latency
QUEUE_BOUND = 10_000  # waiting writes beyond this are refused
SLOW_MS = 20  # a longer function holds everybody up and is reported
PG_THREADS = 16
PG_ATTEMPTS = 5
PG_CONNECT_SECONDS = 5
IO_ERROR_EXIT = 70

Listener = Callable[[list[Tx]], None]


class Store(Protocol):
    """Runs functions in transactions. `listener` hears of committed transactions on the event loop."""

    dialect: str
    context: Context
    listener: Listener

    async def write(self, function: Callable[[Tx], T]) -> T: ...

    async def read(self, function: Callable[[Snapshot], T]) -> T: ...

    async def close(self) -> None: ...


def _nobody(transactions: list[Tx]) -> None:
    pass


def _tell(listener: Listener, transactions: list[Tx]) -> None:
    """Whatever a listener does wrong, what was committed is answered."""
    try:
        listener(transactions)
    except Exception:
        log.exception("a listener broke after a commit")


class _Job:
    __slots__ = ("error", "function", "future", "result", "tx")

    def __init__(self, function: Callable[[Tx], Any], future: "asyncio.Future[Any]") -> None:
        self.function = function
        self.future = future
        self.tx: Tx | None = None
        self.result: Any = None
        self.error: BaseException | None = None


class SqliteStore:
    """One writer thread: take what waits, run it all, commit once, then answer everybody.

    Both connections remember rows. `_news` is what the reader must forget: the writer adds to it before it commits,
    so that no view that has the new rows uses an old one, and again afterwards, because a view opened before may
    have read an old one meanwhile. None: forget everything.
    """

    dialect = SQLITE

    def __init__(self, path: str, context: Context) -> None:
        self.context = context
        self.listener: Listener = _nobody
        self._loop = asyncio.get_running_loop()
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._closing = False
        self._connection = open_sqlite(path)
        self._reader = open_sqlite(path, read_only=True)
        self._view = _View(self._reader, self._open_view)
        self._known, self._known_to_readers = Known(), Known()
        self._news: list[Sequence[Change] | None] = []
        self._heard: list[Sequence[Change] | None] = []
        self._version = self._seen_version()
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    async def write(self, function: Callable[[Tx], T]) -> T:
        if self._closing or self._jobs.qsize() >= QUEUE_BOUND:
            raise DomainError(OVERLOADED)
        future: asyncio.Future[T] = self._loop.create_future()
        self._jobs.put(_Job(function, future))
        return await future

    async def read(self, function: Callable[[Snapshot], T]) -> T:
        return self.read_now(function)

    def read_now(self, function: Callable[[Snapshot], T]) -> T:
        """Run a short read on the event loop itself: a point query takes about a microsecond.

        The reads of one turn of the loop share a view, opened by the first of them that asks for more than is known.
        It ends before anybody hears of a later commit, because the loop runs its callbacks in order.
        """
        snapshot = Snapshot(self._view, SQLITE, self.context, self._known_to_readers)
        if self._view.open:
            return function(snapshot)
        self._hear()
        try:
            return function(snapshot)
        except _Again:
            return function(snapshot)

    def _open_view(self) -> bool:
        """Fix what is read until the end of this turn; whether that is newer than what was known until now."""
        self._reader.execute("begin")
        self._view.open = True
        self._loop.call_soon(self._close_view)
        self._reader.execute("pragma user_version").fetchone()  # from here on the view is fixed
        self._hear()
        return bool(self._heard)

    def _close_view(self) -> None:
        if self._view.open:
            self._view.open = False
            self._reader.execute("commit")
            self._forget(self._heard)  # once more: this view may be older, and a row was read again meanwhile

    def _hear(self) -> None:
        self._heard, self._news = self._news, []
        self._forget(self._heard)

    def _forget(self, news: Sequence[Sequence[Change] | None]) -> None:
        for changes in news:
            if changes is None:
                self._known_to_readers.clear()
            else:
                self._known_to_readers.hear(changes)

    async def close(self) -> None:
        """What waits is still done and answered; whoever comes later is refused."""
        self._closing = True
        self._jobs.put(None)
        await asyncio.to_thread(self._thread.join)
        self._close_view()
        self._reader.close()

    def _run(self) -> None:
        stopping = False
        while not stopping:
            jobs: list[_Job] = []
            job = self._jobs.get()
            while True:
                if job is None:
                    stopping = True
                    break
                jobs.append(job)
                if len(jobs) >= GROUP:
                    break
                try:
                    job = self._jobs.get_nowait()
                except queue.Empty:
                    break
            if jobs:
                self._group(jobs)
                self._loop.call_soon_threadsafe(self._answer, jobs)
        self._connection.close()

    def _group(self, jobs: list[_Job]) -> None:
        try:
            self._attempt(jobs, careful=False) or self._attempt(jobs, careful=True)
        except BaseException as error:  # the writer outlives everything but a disk that fails
            self._undo(jobs, error)

    def _undo(self, jobs: list[_Job], error: BaseException) -> None:
        """Nothing of the group was committed; everybody hears why."""
        fault = _storage_fault(error)
        if fault is _Fault.BROKEN:
            log.critical("the disk failed, stopping: %s", error)
            os._exit(IO_ERROR_EXIT)  # after a failed flush nobody knows what is durable
        if fault is None:
            log.error("the writer could not commit a group", exc_info=error)
        self._known.clear()
        try:
            if self._connection.in_transaction:
                self._connection.execute("rollback")
        except apsw.Error as another:
            log.critical("the writer cannot roll back, stopping: %s", another)
            os._exit(IO_ERROR_EXIT)
        refusal = (
            DomainError(STORAGE_FULL) if fault is _Fault.FULL else RuntimeError(f"not committed: {error}")
        )
        for job in jobs:
            job.tx, job.result, job.error = None, None, refusal

    def _attempt(self, jobs: list[_Job], *, careful: bool) -> bool:
        """Run the group and commit it. False: one failed after it wrote, and all must run again with care.

        With care, each has a savepoint of its own, and what follows from it waits in the outbox; without, the
        handlers of an event run behind the function that emitted it.
        """
        connection, context = self._connection, self.context
        connection.execute("begin immediate")
        known = self._know(careful=careful)
        started = time.perf_counter()
        for job in jobs:
            if careful:
                connection.execute("savepoint f")
            job.tx = tx = Tx(connection, SQLITE, context, known)
            if not careful:
                tx.at_once = []
            job.result = job.error = None
            try:
                job.result = job.function(tx)
                if tx.at_once:
                    events.react(tx)
            except Exception as error:
                if _storage_fault(error) is not None or not connection.in_transaction:
                    raise  # SQLite may have rolled the whole group back by itself
                job.tx, job.error = None, error
                if tx.dirty and not careful:
                    connection.execute("rollback")
                    self._known.clear()
                    return False
                if careful:
                    connection.execute("rollback to f")
            if careful:
                connection.execute("release f")
            ended = time.perf_counter()
            if (ended - started) * 1000 > SLOW_MS:
                log.warning("a transaction took %.0f ms: %s", (ended - started) * 1000, job.function)
            started = ended
        changes = None if known is None else tuple(known.changes)
        if changes != ():
            self._news.append(changes)
        connection.execute("commit")
        if changes != ():
            self._news.append(changes)
        return True

    def _know(self, *, careful: bool) -> Known | None:
        """What the writer still knows as its transaction begins: nothing, when somebody else wrote, or with care."""
        version = self._seen_version()
        if version != self._version:
            self._version = version
            self._known.clear()
            self._news.append(None)
        if careful:
            self._known.clear()
            return None
        self._known.changes.clear()
        return self._known

    def _seen_version(self) -> int:
        """A number that changes when another connection writes."""
        found = self._connection.execute("pragma data_version").fetchone()
        assert found is not None
        return int(found[0])

    def _answer(self, jobs: list[_Job]) -> None:
        committed = [job.tx for job in jobs if job.tx is not None]
        if committed:
            _tell(self.listener, committed)
        for job in jobs:
            if not job.future.done():  # the caller may have gone away
                if job.error is not None:
                    job.future.set_exception(job.error)
                else:
                    job.future.set_result(job.result)


class _Again(BaseException):
    """What a read began with is older than what it would go on with: it has to begin again."""


class _View:
    """The reading connection, whose first statement in a turn of the loop opens the view of that turn."""

    __slots__ = ("_connection", "_open_view", "open")

    def __init__(self, connection: apsw.Connection, open_view: Callable[[], bool]) -> None:
        self._connection = connection
        self._open_view = open_view
        self.open = False

    def execute(self, sql: str, values: Any = None) -> apsw.Cursor:
        if not self.open and self._open_view():
            raise _Again
        return self._connection.execute(sql, values)


class _Fault(Enum):
    FULL = "there is no room: nothing was written, and there may be room later"
    BROKEN = "the disk failed: what was written before may be lost as well"


def _storage_fault(error: BaseException) -> _Fault | None:
    if isinstance(error, apsw.FullError):
        return _Fault.FULL
    if not isinstance(error, apsw.IOError):
        return None
    code = getattr(error, "extendedresult", None)  # the library's type stubs do not know it
    return _Fault.FULL if code == apsw.SQLITE_IOERR_SHMSIZE else _Fault.BROKEN


class PostgresStore:
    """A pool of threads, each with its own connection; conflicts run the function again, at most five times."""

    dialect = POSTGRES

    def __init__(self, url: str, context: Context) -> None:
        import psycopg

        self._psycopg = psycopg
        self.context = context
        self.listener: Listener = _nobody
        self._url = url
        self._loop = asyncio.get_running_loop()
        self._local = threading.local()
        self._connections: list[Any] = []
        self._waiting = 0
        self._pool = ThreadPoolExecutor(PG_THREADS, thread_name_prefix="postgres")

    async def write(self, function: Callable[[Tx], T]) -> T:
        if self._waiting >= QUEUE_BOUND:
            raise DomainError(OVERLOADED)
        self._waiting += 1
        writing = self._loop.run_in_executor(self._pool, self._write, function)
        writing.add_done_callback(self._written)
        _, result = await asyncio.shield(writing)  # whoever goes away does not take the wake-ups along
        return result

    def _written(self, writing: "asyncio.Future[tuple[Tx, Any]]") -> None:
        self._waiting -= 1
        if not writing.cancelled() and writing.exception() is None:
            _tell(self.listener, [writing.result()[0]])

    async def read(self, function: Callable[[Snapshot], T]) -> T:
        return await self._loop.run_in_executor(self._pool, self._read, function)

    async def close(self) -> None:
        await asyncio.to_thread(self._pool.shutdown)
        for connection in self._connections:
            connection.close()

    def _connection(self) -> Any:
        """This thread's connection. Raises DATABASE_LOST while there is no reaching the database."""
        connection = getattr(self._local, "connection", None)
        if connection is None:
            try:
                connection = self._psycopg.connect(self._url, connect_timeout=PG_CONNECT_SECONDS)
            except self._psycopg.OperationalError as error:
                log.error("the database cannot be reached: %s", error)
                raise DomainError(DATABASE_LOST) from error
            self._local.connection = connection
            self._connections.append(connection)
        return connection

    def _rest(self, connection: Any) -> bool:
        """Leave no transaction open; False, and the connection is forgotten, when it cannot be used any more."""
        try:
            connection.rollback()
        except self._psycopg.Error:
            connection.close()
        if not connection.closed:
            return True
        self._local.connection = None
        self._connections.remove(connection)
        return False

    def _write(self, function: Callable[[Tx], T]) -> tuple[Tx, T]:
        errors = self._psycopg.errors
        for attempt in range(1, PG_ATTEMPTS + 1):
            connection = self._connection()
            tx = Tx(connection, POSTGRES, self.context)
            committing = False
            try:
                result = function(tx)
                committing = True
                connection.commit()
                return tx, result
            except (errors.SerializationFailure, errors.DeadlockDetected, errors.UniqueViolation, Conflict):
                self._rest(connection)
                if attempt == PG_ATTEMPTS:
                    raise
                time.sleep(random.uniform(0, 0.002 * 2**attempt))
            except errors.DiskFull:
                self._rest(connection)
                raise DomainError(STORAGE_FULL) from None
            except self._psycopg.OperationalError as error:
                if self._rest(connection):
                    raise
                if (
                    committing or attempt == PG_ATTEMPTS
                ):  # cut off in a commit, nobody knows whether it was done
                    raise DomainError(DATABASE_LOST) from error
            except BaseException:
                self._rest(connection)
                raise
        raise AssertionError("unreachable")

    def _read(self, function: Callable[[Snapshot], T]) -> T:
        for attempt in range(1, PG_ATTEMPTS + 1):
            connection = self._connection()
            try:
                connection.execute("set transaction isolation level repeatable read read only")
                return function(Snapshot(connection, POSTGRES, self.context))
            except self._psycopg.OperationalError as error:
                if self._rest(connection):
                    raise
                if attempt == PG_ATTEMPTS:
                    raise DomainError(DATABASE_LOST) from error
            finally:
                if not connection.closed:
                    self._rest(connection)
        raise AssertionError("unreachable")


def unable(error: BaseException) -> bool:
    """The disk is full, the database out of reach, the queue too long: no fault of what was to be run."""
    return isinstance(error, DomainError) and error.code.kind is Kind.UNAVAILABLE


def open_store(context: Context) -> "SqliteStore | PostgresStore":
    """The store the settings ask for; its tables must exist already (see server/migrations.py)."""
    settings = context.settings
    if settings.on_postgres:
        return PostgresStore(settings.database, context)
    return SqliteStore(str(settings.sqlite_path), context)
