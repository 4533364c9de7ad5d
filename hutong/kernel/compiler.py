"""The mini-program compiler: hostile source trees in, packages out, by V8 in a process of its own.

The child has the files and nothing else: no network library, no home, an empty environment. Its memory,
its CPU time and its wall-clock time are bounded, and whatever it does the server goes on.
"""

import hashlib
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import IO

import msgspec

from .frozen import Frozen

BUNDLE = Path(__file__).parent.parent / "runtime" / "compiler.cjs"
LANGUAGES = {".less": "less", ".scss": "sass", ".sass": "sass"}  # each a bundle beside it
LIBRARIES = ("weui",)  # so is each library that app.json may ask for in useExtendedLib

PACKAGE_BYTES = 2 * 1024 * 1024  # the published limits
PROGRAM_BYTES = 30 * 1024 * 1024
CPU_SECONDS = 20
WALL_SECONDS = 30.0
DATA_BYTES = 1024 * 1024 * 1024  # V8's own limit does not count array buffers; the process's does
AT_ONCE = 2  # more uploads wait their turn, so that they cannot add up to more than the machine has

_turns = threading.BoundedSemaphore(AT_ONCE)

_ASSETS = (
    ".png .jpg .jpeg .gif .svg .webp .ico .bmp .mp3 .mp4 .m4a .aac .wav .ogg .silk .ttf .otf .woff .woff2"
    " .cer .wasm .br .txt .bin .obj .glb .gltf"
)
ASSETS = frozenset(_ASSETS.split())
_TEXTS = frozenset([".js", ".ts", ".json", ".wxml", ".wxss", ".wxs", ".less", ".scss", ".sass"])


class Diagnostic(Frozen):
    """What is wrong, where, in one sentence. Lines and columns count from 1."""

    level: str
    file: str
    line: int
    column: int
    message: str


class Templates(Frozen):
    """The artifact that holds a package's templates anew."""

    root: str
    file: str


class Change(Frozen):
    """The least that shows a change in a running program: "nothing", "styles", "templates" or "relaunch"."""

    how: str = "relaunch"
    styles: dict[str, str] = {}
    templates: list[Templates] = []


class Compiled(Frozen):
    """`manifest` is None when there was an error. `files` are the artifacts by name, pictures included."""

    manifest: dict[str, object] | None
    files: dict[str, bytes]
    diagnostics: list[Diagnostic]
    change: Change = Change()


class _Asset(Frozen):
    name: str
    bytes: int


class _Unreadable(Frozen):
    path: str
    utf16: bool
    line: int


class _Job(Frozen, rename="camel"):
    """One turn: `files` are what changed, null for what is gone; the rest is as it stands now."""

    files: dict[str, str | None]
    assets: dict[str, _Asset]
    unreadable: list[_Unreadable]
    package_bytes: int
    program_bytes: int
    bundles: list[str]


class _Answer(Frozen):
    """`names` are all artifacts, `artifacts` those not given in an earlier answer of this child."""

    manifest: dict[str, object] | None
    names: list[str]
    artifacts: dict[str, str]
    diagnostics: list[Diagnostic]
    change: Change


def compile_program(
    files: Mapping[str, bytes],
    *,
    package_bytes: int = PACKAGE_BYTES,
    program_bytes: int = PROGRAM_BYTES,
    wall_seconds: float = WALL_SECONDS,
) -> Compiled:
    """Compile a source tree. Never raises for what is in it; slow: for `prepare`."""
    with (
        _turns,
        Compiler(
            package_bytes=package_bytes,
            program_bytes=program_bytes,
            wall_seconds=wall_seconds,
            cpu_seconds=CPU_SECONDS,
        ) as compiler,
    ):
        return compiler.compile(files)


class Compiler:
    """A child that stays: each turn it is told what changed, and works out only that anew.

    A child that takes too long or dies is replaced at the next turn. Not for several threads.
    """

    def __init__(
        self,
        *,
        package_bytes: int = PACKAGE_BYTES,
        program_bytes: int = PROGRAM_BYTES,
        wall_seconds: float = WALL_SECONDS,
        cpu_seconds: int | None = None,
    ) -> None:
        self._limits = package_bytes, program_bytes
        self._wall_seconds, self._cpu_seconds = wall_seconds, cpu_seconds
        self._texts: dict[str, str] = {}
        self._assets: dict[str, _Asset] = {}
        self._unreadable: dict[str, _Unreadable] = {}
        self._pictures: dict[str, bytes] = {}
        self._made: dict[str, bytes] = {}
        self._child: subprocess.Popen[bytes] | None = None
        self._answers: queue.SimpleQueue[bytes] = queue.SimpleQueue()

    def __enter__(self) -> "Compiler":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def compile(self, changed: Mapping[str, bytes | None]) -> Compiled:
        """Compile what there is, with these files changed or, where None, gone."""
        texts: dict[str, str | None] = {}
        for path, content in changed.items():
            texts |= self._take(path, content)
        if self._child is None:
            self._start()
            texts = dict(self._texts)
        job = _Job(
            texts,
            self._assets,
            list(self._unreadable.values()),
            *self._limits,
            self._bundles(),
        )
        answer = self._ask(msgspec.json.encode(job))
        if isinstance(answer, str):
            self.close()
            return Compiled(None, {}, [Diagnostic("error", "app.json", 1, 1, answer)])
        made = {**self._made, **{name: text.encode() for name, text in answer.artifacts.items()}}
        made = self._made = {name: made[name] for name in answer.names if name in made}
        wanted: set[object] = set()
        if answer.manifest is not None:
            listed = answer.manifest.get("assets")
            wanted = set(listed.values()) if isinstance(listed, dict) else set()
        pictures = {
            asset.name: self._pictures[path] for path, asset in self._assets.items() if asset.name in wanted
        }
        return Compiled(answer.manifest, made | pictures, answer.diagnostics, answer.change)

    def _bundles(self) -> list[str]:
        """What the child needs beside the compiler: the languages of these files, the libraries they ask for."""
        found = {LANGUAGES[end] for path in self._texts if (end := _extension(path)) in LANGUAGES}
        for path, text in self._texts.items():
            if os.path.basename(path) == "app.json" and '"useExtendedLib"' in text:
                found |= {name for name in LIBRARIES if f'"{name}"' in text}
        return sorted(found)

    def close(self) -> None:
        """End the child, whatever it is doing."""
        if self._child is not None:
            self._child.kill()
            self._child.wait()
            for pipe in (self._child.stdin, self._child.stdout):
                if pipe is not None:
                    pipe.close()
        self._child = None
        self._made = {}

    def _take(self, path: str, content: bytes | None) -> dict[str, str | None]:
        """Keep a file as what it is; what the child is to hear of it."""
        known = self._texts.pop(path, None) is not None
        for kept in (self._assets, self._unreadable, self._pictures):
            kept.pop(path, None)
        gone: dict[str, str | None] = {path: None} if known else {}
        if content is None:
            return gone
        extension = _extension(path)
        if extension in ASSETS:
            name = f"assets/{hashlib.sha256(content).hexdigest()[:20]}{extension}"
            self._assets[path] = _Asset(name, len(content))
            self._pictures[path] = content
            return gone
        try:
            self._texts[path] = content.decode()
        except UnicodeDecodeError as error:
            if extension in _TEXTS:
                utf16 = content[:2] in (b"\xff\xfe", b"\xfe\xff")
                self._unreadable[path] = _Unreadable(path, utf16, content.count(b"\n", 0, error.start) + 1)
            return gone
        return {path: self._texts[path]}

    def _start(self) -> None:
        limit = "" if self._cpu_seconds is None else str(self._cpu_seconds)
        self._child = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _CHILD, *_paths(), str(BUNDLE), limit],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            cwd="/",
        )
        assert self._child.stdout is not None
        self._answers = queue.SimpleQueue()
        threading.Thread(target=_listen, args=(self._child.stdout, self._answers), daemon=True).start()

    def _ask(self, job: bytes) -> _Answer | str:
        """The child's answer, or one sentence on why there is none."""
        assert self._child is not None
        # A child that reads nothing more must not hold us: the pipe is filled from a thread that dies with it.
        threading.Thread(target=_tell, args=(self._child.stdin, job), daemon=True).start()
        try:
            said = self._answers.get(timeout=self._wall_seconds)
        except queue.Empty:
            return "Compiling took too long and was stopped; look for an endless loop or a very large file."
        if not said:
            return "Compiling used more memory or time than is allowed and was stopped."
        try:
            return msgspec.json.decode(said, type=_Answer)
        except msgspec.DecodeError:
            return "The compiler could not finish this program."


def _extension(path: str) -> str:
    return os.path.splitext(path)[1].lower()


def _tell(pipe: IO[bytes] | None, job: bytes) -> None:
    assert pipe is not None
    try:
        pipe.write(len(job).to_bytes(8, "big") + job)
        pipe.flush()
    except (OSError, ValueError):
        pass  # the child is gone, which its answer will show


def _listen(pipe: IO[bytes], answers: "queue.SimpleQueue[bytes]") -> None:
    """Pass on each whole answer, and an empty one when there will be no more."""
    try:
        while len(head := pipe.read(8)) == 8:
            size = int.from_bytes(head, "big")
            if len(body := pipe.read(size)) < size:
                break
            answers.put(body)
    except (OSError, ValueError):
        pass
    answers.put(b"")


def _paths() -> list[str]:
    """Where the child finds the two modules it needs: not this package, and no site."""
    return [os.pathsep.join(path for path in sys.path if path.endswith(("site-packages", "dist-packages")))]


# Written as text so that the child imports nothing of the server.
_CHILD = f"""
import json, os, resource, sys
resource.setrlimit(resource.RLIMIT_DATA, ({DATA_BYTES}, {DATA_BYTES}))
if sys.argv[3]:
    resource.setrlimit(resource.RLIMIT_CPU, (int(sys.argv[3]), int(sys.argv[3])))
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
sys.path.extend(sys.argv[1].split({os.pathsep!r}))
from py_mini_racer import MiniRacer
engine = MiniRacer()

def load(path):
    with open(path, encoding="utf-8") as bundle:
        engine.eval(bundle.read())

load(sys.argv[2])
engine.eval("const program = new HutongCompiler.Program({{}}), told = new Set()")
loaded = set()
while True:
    head = sys.stdin.buffer.read(8)
    if len(head) < 8:
        os._exit(0)
    job = sys.stdin.buffer.read(int.from_bytes(head, "big")).decode()
    for bundle in json.loads(job)["bundles"]:
        if bundle not in loaded:
            loaded.add(bundle)
            load(os.path.join(os.path.dirname(sys.argv[2]), "compiler-" + bundle + ".js"))
    answer = engine.eval(
        "(() => {{ const {{files, ...options}} = JSON.parse(" + json.dumps(job) + ");"
        "program.update(files, options);"
        "const {{artifacts, ...done}} = program.compile(), names = Object.keys(artifacts);"
        "const fresh = names.filter((name) => name === 'manifest.json' || !told.has(name));"
        "for (const name of fresh) told.add(name);"
        "for (const name of told) if (!(name in artifacts)) told.delete(name);"
        "const shown = Object.fromEntries(fresh.map((name) => [name, artifacts[name]]));"
        "return JSON.stringify({{...done, names, artifacts: shown}}) }})()"
    )
    said = str(answer).encode("utf-8", "surrogatepass")
    sys.stdout.buffer.write(len(said).to_bytes(8, "big") + said)
    sys.stdout.buffer.flush()
"""
