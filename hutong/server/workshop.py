"""hutong app dev: watches a program's folder, compiles what changed, and hands it to the server's dev tools."""

import asyncio
import contextlib
import json
import ssl
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from watchfiles import Change as Seen
from watchfiles import awatch
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from hutong.domains.miniapp import packages, plugins
from hutong.kernel.compiler import Compiled, Compiler

from .cli import Trouble
from .devtools import SOURCES

if TYPE_CHECKING:
    from collections.abc import Callable

    from .app_commands import Owner

GATHER_MS, STEP_MS = 200, 20  # an editor saves a file in several steps; they count as one change
AGAIN_SECONDS = 1.0
WAIT_SECONDS = 30.0


def run(folder: Path, owner: "Owner") -> int:
    """Watch until interrupted."""
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_work(folder, owner))
    return 0


async def _work(folder: Path, owner: "Owner") -> None:
    with Compiler() as compiler:
        bench = Bench(folder.resolve(), compiler, owner.plugin)
        await asyncio.to_thread(bench.compile_all)
        while True:
            try:
                await _serve(bench, owner)
            except (OSError, ConnectionClosed):
                print("The server is gone; waiting for it to come back.", flush=True)
                await asyncio.sleep(AGAIN_SECONDS)


async def _serve(bench: "Bench", owner: "Owner") -> None:
    """One connection: say hello, hand over what there is, then every change. Ends with OSError."""
    url = owner.url.replace("http", "ws", 1) + "/devtools/socket"
    async with connect(url, proxy=None, max_size=None, ssl=_trusted(url)) as socket:
        hello = {"as": "workshop", "token": owner.token, "appid": owner.appid, "session": bench.session}
        await socket.send(json.dumps(hello))
        welcome: dict[str, Any] = json.loads(await asyncio.wait_for(socket.recv(), WAIT_SECONDS))
        if "error" in welcome:
            raise Trouble(welcome["error"])
        bench.session = welcome["session"]
        print(f"{owner.name} in the dev tools:  {owner.url}/devtools/{welcome['session']}")
        print(f"On a phone of a member:     {owner.url}/programs/{owner.appid}?dev={welcome['code']}")
        automation = f"{url.removesuffix('/socket')}/{welcome['session']}/automation"
        print(f"For miniprogram-automator:  {automation}", flush=True)
        bench.handed_over.clear()
        await bench.hand_over(socket)
        ended = asyncio.create_task(socket.wait_closed())
        stop = asyncio.Event()
        ended.add_done_callback(lambda _: stop.set())
        async for changes in awatch(bench.folder, debounce=GATHER_MS, step=STEP_MS, stop_event=stop):
            started = time.perf_counter()
            if await asyncio.to_thread(bench.take, changes):
                await bench.hand_over(socket, since=started)
        raise ConnectionResetError


def _trusted(url: str) -> ssl.SSLContext | None:
    """A server on this machine may carry a certificate in another name."""
    if not url.startswith("wss:"):
        return None
    context = ssl.create_default_context()
    if url.startswith("wss://localhost"):
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


class Bench:
    """The program as it is being worked on: its files as the compiler knows them, and what came of them last."""

    def __init__(
        self,
        folder: Path,
        compiler: Compiler,
        plugin: "Callable[[str, str], bytes | None]" = lambda provider, version: None,
    ) -> None:
        """`plugin` gives a zip of another program's plugin, by its provider and version."""
        self.folder, self._compiler, self._plugin = folder, compiler, plugin
        self._fetched: dict[plugins.Wish, list[str]] = {}
        self._files: dict[str, bytes] = {}
        self.compiled = Compiled(None, {}, [])
        self.sources: dict[str, str | None] = {}
        self.handed_over: set[str] = set()
        self.session = ""  # the same again when the server comes back, so that its address stays

    def compile_all(self) -> None:
        self._compile(self._all())

    def take(self, changes: set[tuple[Seen, str]]) -> bool:
        """Read what changed and compile it; False if it is nothing of the program's."""
        changed: dict[str, bytes | None] = {}
        if any(Path(path).name == "package.json" for _, path in changes):
            now = self._all()
            changed = {path: None for path in self._files if path not in now}
            changed |= {path: body for path, body in now.items() if self._files.get(path) != body}
        for _, text in sorted(changes, key=lambda one: one[1]):
            file = Path(text)
            path = file.relative_to(self.folder).as_posix()
            if any(part.startswith(".") for part in path.split("/")) or file.is_dir():
                continue
            try:
                body: bytes | None = None if file.is_symlink() else file.read_bytes()
            except OSError:
                body = None
            if body != self._files.get(path):
                changed[path] = body
        if changed:
            self._compile(changed)
        return bool(changed)

    def _all(self) -> dict[str, bytes]:
        from .app_commands import files_of

        return {path: file.read_bytes() for path, file in files_of(self.folder)}

    def _compile(self, changed: "dict[str, bytes] | dict[str, bytes | None]") -> None:
        for path, body in changed.items():
            if body is None:
                self._files.pop(path, None)
            else:
                self._files[path] = body
            if Path(path).suffix in SOURCES and "node_modules/" not in path:
                self.sources[path] = None if body is None else body.decode("utf-8", "replace")
        if self.compiled.manifest is None or any(Path(path).name == "app.json" for path in changed):
            changed = {**changed, **self._plugins()}
        self.compiled = self._compiler.compile(changed)

    def _plugins(self) -> dict[str, bytes | None]:
        """The code of plugins that app.json names now, and None for that of those it names no more."""
        wanted = [
            wish
            for wish in plugins.wishes(self._files)
            if not any(path.startswith(f"{plugins.PLACE}/{wish.provider}/") for path in self._files)
        ]
        changed: dict[str, bytes | None] = {}
        for wish in [wish for wish in self._fetched if wish not in wanted]:
            changed |= dict.fromkeys(self._fetched.pop(wish))
        for wish in wanted:
            if wish in self._fetched:
                continue
            try:
                archive = self._plugin(wish.provider, wish.version)
            except Trouble as trouble:
                print(f"  {trouble}", flush=True)
                continue
            code = {} if archive is None else packages.unpack(archive)
            placed = {f"{plugins.PLACE}/{wish.provider}/{path}": body for path, body in code.items()}
            self._fetched[wish] = list(placed)
            changed |= placed
        return changed

    async def hand_over(self, socket: ClientConnection, *, since: float | None = None) -> None:
        """Send the artifacts the server does not have yet, then what they make together."""
        compiled = self.compiled
        for name, body in compiled.files.items():
            if name not in self.handed_over or name == "manifest.json":
                await socket.send(name.encode() + b"\n" + body)
        self.handed_over = set(compiled.files) if compiled.manifest is not None else self.handed_over
        took_ms = 0 if since is None else round((time.perf_counter() - since) * 1000)
        build = {
            "kind": "build",
            "ok": compiled.manifest is not None,
            "names": list(compiled.files),
            "diagnostics": msgspec.to_builtins(compiled.diagnostics),
            "change": msgspec.to_builtins(compiled.change),
            "took_ms": took_ms,
            "sources": self.sources if since is not None else self._all_sources(),
        }
        self.sources = {}
        await socket.send(json.dumps(build))
        from .app_commands import told

        for line in told(build["diagnostics"]):
            print(f"  {line}")
        how = compiled.change.how if compiled.manifest is not None else "the last good version stays"
        print(f"{time.strftime('%H:%M:%S')}  compiled in {took_ms} ms: {how}", flush=True)

    def _all_sources(self) -> dict[str, str | None]:
        return {
            path: body.decode("utf-8", "replace")
            for path, body in self._files.items()
            if Path(path).suffix in SOURCES and "node_modules/" not in path
        }
