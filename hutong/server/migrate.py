"""Migrations, in a process of their own: SQLAlchemy and Alembic never load into the server.

`python -m hutong.server.migrate upgrade URL` brings a database to the newest version; `revise URL MESSAGE`
writes the next version from what the tables declare.
"""

import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hutong.kernel.settings import Settings

SCRIPTS = Path(__file__).parent / "migrations"


def import_rooms() -> None:
    """Import every module of every room, so that every table, event and handler is declared."""
    import hutong.domains

    for kernel_module in ("events", "updates", "deliveries", "state"):
        importlib.import_module(f"hutong.kernel.{kernel_module}")
    for room in pkgutil.iter_modules(hutong.domains.__path__):
        package = importlib.import_module(f"hutong.domains.{room.name}")
        for module in pkgutil.iter_modules(package.__path__):
            importlib.import_module(f"hutong.domains.{room.name}.{module.name}")


def head() -> str:
    """The newest version, read from the names of the scripts: "0001_first.py" is version 0001."""
    return max(
        (path.name.partition("_")[0] for path in (SCRIPTS / "versions").glob("[0-9]*_*.py")), default=""
    )


def url_of(settings: Settings) -> str:
    """The database as SQLAlchemy names it."""
    if settings.on_postgres:
        return "postgresql+psycopg://" + settings.database.partition("://")[2]
    return f"sqlite:///{settings.sqlite_path.resolve()}"


def upgrade_in_child(settings: Settings) -> None:
    """Bring the home's database to the newest version. Raises RuntimeError with the reason when it cannot."""
    done = subprocess.run(
        [sys.executable, "-m", "hutong.server.migrate", "upgrade", url_of(settings)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"the database could not be migrated:\n{done.stderr.strip()[-2000:]}")


def _config(url: str) -> Any:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config


def main(arguments: list[str]) -> None:
    from alembic import command

    match arguments:
        case ["upgrade", url]:
            command.upgrade(_config(url), "head")
        case ["revise", url, message]:
            number = f"{int(head() or 0) + 1:04d}"
            command.revision(_config(url), message, autogenerate=True, rev_id=number)
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
