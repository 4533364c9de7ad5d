"""Settings: read once at start. The embedded default needs none."""

import os
from pathlib import Path

import msgspec

from .frozen import Frozen


class Settings(Frozen):
    """What a process was started with. Every field has an option of `hutong up` or a variable HUTONG_<NAME>."""

    home: Path = Path(".hutong")
    host: str = "127.0.0.1"
    port: int = 8000
    database: str = ""  # empty: SQLite under the home; else a postgresql:// URL
    media: str = ""  # empty: a folder under the home; else an obstore URL such as s3://bucket
    production: bool = False
    demo: bool = True  # a sandbox makes its demo world at first start
    admin_token: str = ""  # asked for when a sandbox listens beyond loopback
    platform_admin: str = ""  # the username of one who runs this home, beside those appointed in the console
    tls_certificate: str = ""
    tls_key: str = ""
    inspector_entries: int = 10_000  # how many calls the inspector keeps
    journal: bool = True  # one line per request and handler run, under the home's logs/
    package_bytes: int = 2 * 1024 * 1024  # the most a mini program's package may weigh
    program_bytes: int = 30 * 1024 * 1024  # and all of its packages together
    node: int = 0  # this process among those that share a database: 0 to 1023

    @property
    def sqlite_path(self) -> Path:
        return self.home / "hutong.db"

    @property
    def on_postgres(self) -> bool:
        return self.database.startswith(("postgres://", "postgresql://"))


def from_environment(**overrides: object) -> Settings:
    """Defaults, then HUTONG_* variables, then the given options; a bad value raises ValueError."""
    values: dict[str, object] = {}
    for field in msgspec.structs.fields(Settings):
        if (text := os.environ.get(f"HUTONG_{field.name.upper()}")) is not None:
            values[field.name] = text
    values.update({name: value for name, value in overrides.items() if value is not None})
    try:
        return msgspec.convert(
            {name: str(value) if isinstance(value, Path) else value for name, value in values.items()},
            Settings,
            strict=False,
            dec_hook=lambda kind, value: kind(value),
        )
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from error
