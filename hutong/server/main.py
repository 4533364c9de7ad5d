"""Serving a home: prepare its folder and database, open the app, listen, and stop gracefully."""

import asyncio
import contextlib
import gc
import importlib
import json
import logging
import os
import socket
import sys
import typing
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import apsw
import uvicorn
import uvloop

from hutong.kernel.settings import Settings

from . import keys, migrate
from .app import App
from .authority import ensure_authority
from .proxy import ConnectProxy, InternalTls, serve_internal_tls, trust_context

log = logging.getLogger("hutong")

PROTOCOLS = ("client", "mp", "pay", "work")
GRACE_SECONDS = 10
BACKLOG = 4096


def import_protocols() -> None:
    """Import every protocol and room, so that every endpoint, table and handler is declared."""
    migrate.import_rooms()
    for name in PROTOCOLS:
        importlib.import_module(f"hutong.protocols.{name}")


def set_up_logs(level: str = "INFO") -> None:
    """One line per event on standard error."""
    logging.basicConfig(
        stream=sys.stderr, level=level, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    logging.getLogger("uvicorn").setLevel("WARNING")


async def prepare_database(settings: Settings) -> None:
    """Create or migrate the tables, in a child process, when they are not at the newest version."""
    if await asyncio.to_thread(database_version, settings) != migrate.head():
        await asyncio.to_thread(migrate.upgrade_in_child, settings)


def database_version(settings: Settings) -> str | None:
    """The version the home's database is at; None before its first migration."""
    if settings.on_postgres:
        import psycopg

        with psycopg.connect(settings.database) as connection:
            found = connection.execute("select to_regclass('alembic_version')").fetchone()
            if found is None or found[0] is None:
                return None
            row = connection.execute("select version_num from alembic_version").fetchone()
    else:
        if not settings.sqlite_path.exists():
            return None
        with contextlib.closing(apsw.Connection(str(settings.sqlite_path))) as connection:
            if not connection.table_exists("main", "alembic_version"):
                return None
            row = connection.execute("select version_num from alembic_version").fetchone()
    return None if row is None else str(row[0])


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    listener.listen(BACKLOG)
    listener.set_inheritable(True)
    return listener


class _Server(uvicorn.Server):
    """uvicorn that stops on SIGINT and SIGTERM but leaves the process to finish its own work."""

    def __init__(self, config: uvicorn.Config, stopping: Callable[[], None]) -> None:
        super().__init__(config)
        self._stopping = stopping

    @contextlib.contextmanager
    def capture_signals(self) -> typing.Iterator[None]:
        import signal

        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._stop)
        yield
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)

    def _stop(self) -> None:
        self.force_exit = self.should_exit  # the second signal does not wait
        self.should_exit = True
        self._stopping()


async def _serve(settings: Settings) -> None:
    # Slow work (password hashes, pictures) is bounded to the cores: each thread keeps an arena of its own.
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(os.cpu_count() or 1, "slow"))
    listener = _listen(settings.host, settings.port)
    port = listener.getsockname()[1]
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    await prepare_database(settings)
    app = await App.open(settings)
    secure = bool(settings.tls_certificate)
    shown = "localhost" if settings.host in ("127.0.0.1", "::1", "0.0.0.0") else settings.host
    url = f"{'https' if secure else 'http'}://{shown}:{port}"
    app.url = url
    proxy: ConnectProxy | None = None
    tls: InternalTls | None = None
    server_file = settings.home / "server.json"
    try:
        await keys.ensure(app.store)
        if not settings.production:
            if settings.demo:
                await importlib.import_module("hutong.server.demo").ensure(app)
            authority = await asyncio.to_thread(ensure_authority, settings.home)
            tls = await serve_internal_tls(app, authority)
            trust = trust_context(authority)
            proxy = ConnectProxy(tls=tls.address, http=("127.0.0.1", port), trust=trust)
            await proxy.start(port=port + 1)
            app.proxy_url = proxy.url
        described = {
            "url": url,
            "proxy": proxy.url if proxy else None,
            "pid": os.getpid(),
            "admin_token": settings.admin_token or None,
        }
        draft = server_file.with_suffix(".new")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(described))
        draft.rename(server_file)
        config = uvicorn.Config(
            typing.cast(Any, app),
            http="httptools",
            ws="websockets-sansio",
            loop="none",
            lifespan="off",
            access_log=False,
            log_config=None,
            server_header=False,
            proxy_headers=False,  # gateway.read_request knows who stands behind a proxy
            date_header=True,
            ws_max_size=1024 * 1024,
            ws_per_message_deflate=False,
            timeout_keep_alive=60,
            timeout_graceful_shutdown=GRACE_SECONDS,
            backlog=BACKLOG,
            ssl_certfile=settings.tls_certificate or None,
            ssl_keyfile=settings.tls_key or None,
        )
        _settle_memory()
        log.info("serving at %s (%s)", url, "production" if settings.production else "sandbox")
        print(f"Hutong is at {url}" + ("" if settings.production else f"  ·  desk: {url}/desk"), flush=True)
        await _Server(config, app.stopping).serve(sockets=[listener])
    finally:
        server_file.unlink(missing_ok=True)
        if proxy is not None:
            await proxy.stop()
        if tls is not None:
            await tls.stop()
        await app.close()


def _settle_memory() -> None:
    """What is loaded by now stays: let the collector pass it over, and come less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def serve(settings: Settings) -> None:
    """Serve a home until SIGINT or SIGTERM. Raises WrongMode, OSError (port taken), RuntimeError (migration)."""
    import_protocols()
    uvloop.run(_serve(settings))
