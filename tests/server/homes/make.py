"""Keep a home as a release left it, for the migrations to come: `python -m tests.server.homes.make HOME VERSION`.

The dump holds the tables and what is in them. The home's key stays where it was, so nothing sealed can be opened.
"""

import gzip
import sqlite3
import sys
from pathlib import Path

LEFT_OUT = ("desk_call",)  # what the inspector saw is no part of the world


def main(home: Path, version: str) -> None:
    with sqlite3.connect(home / "hutong.db") as connection:
        for table in LEFT_OUT:
            connection.execute(f"delete from {table}")
        text = "\n".join(connection.iterdump())
        connection.rollback()
    target = Path(__file__).parent / f"{version}.sql.gz"
    target.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    print(target, target.stat().st_size)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
