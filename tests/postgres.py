"""A private PostgreSQL cluster for tests: made in a temporary folder, reached by a Unix socket, gone afterwards."""

import glob
import os
import pwd
import shutil
import subprocess
from pathlib import Path
from types import TracebackType

import psycopg


def _binaries() -> Path:
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[-2]))
    if found:
        return Path(found[-1])
    server = shutil.which("postgres")
    if server is None:
        raise RuntimeError("PostgreSQL is not installed; scripts/test installs it")
    return Path(server).resolve().parent


class Cluster:
    """`with Cluster(folder) as cluster: cluster.create_database("x", ddl)`.

    The server refuses root, so root drops to `postgres`.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process: subprocess.Popen[bytes] | None = None
        self.templates: set[str] = set()

    def _as_server(self, command: list[str], **options: object) -> subprocess.Popen[bytes]:
        user = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
        if user is not None:
            options |= {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        return subprocess.Popen(command, cwd="/", **options)  # type: ignore[call-overload,no-any-return]

    def __enter__(self) -> "Cluster":
        root = Path("/tmp") / f"hutong-pg-{os.getpid()}"  # a socket's path must stay under 108 bytes
        root.mkdir(mode=0o755)
        if os.geteuid() == 0:
            shutil.chown(root, "postgres")
        self.root = root
        binaries = _binaries()
        made = self._as_server(
            [
                str(binaries / "initdb"),
                "-D",
                str(root / "data"),
                "-A",
                "trust",
                "-U",
                "postgres",
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
                "-N",
            ],
            stdout=subprocess.DEVNULL,
        )
        if made.wait() != 0:
            raise RuntimeError("initdb failed")
        self.process = self._as_server(
            [
                str(binaries / "postgres"),
                "-D",
                str(root / "data"),
                "-k",
                str(root),
                "-c",
                "listen_addresses=",
                "-c",
                "fsync=off",
                "-c",
                "full_page_writes=off",
                "-c",
                "max_connections=200",
            ],
            stdout=open(root / "log", "wb"),
            stderr=subprocess.STDOUT,
        )
        while True:
            ready = subprocess.run(
                [str(binaries / "pg_isready"), "-h", str(root), "-U", "postgres", "-t", "30", "-q"],
                check=False,
            )
            if ready.returncode == 0:
                return self
            if self.process.poll() is not None:
                raise RuntimeError((root / "log").read_text())

    def url(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={self.root}"

    def create_database(self, name: str, statements: list[str]) -> str:
        """A fresh database with these tables; its URL. The same tables again are copied, which is quicker."""
        template = f"template_{hash(tuple(statements)) & 0xFFFFFFFF:08x}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            if template not in self.templates:
                connection.execute(f'create database "{template}"')
                with psycopg.connect(self.url(template), autocommit=True) as fresh:
                    for statement in statements:
                        fresh.execute(statement)
                self.templates.add(template)
            connection.execute(f'drop database if exists "{name}" with (force)')
            connection.execute(f'create database "{name}" template "{template}"')
        return self.url(name)

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait()
        shutil.rmtree(self.root, ignore_errors=True)
