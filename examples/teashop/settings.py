"""What the shop must be told: keys, addresses and where its files are.

A JSON file gives them by section, environment variables override: `TEASHOP_MERCHANT_MCHID` is `mchid` in `merchant`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any

PREFIX = "TEASHOP_"


class SettingsError(Exception):
    """A setting is missing or makes no sense; the message names it."""


@dataclass(frozen=True)
class Listen:
    host: str = "127.0.0.1"
    port: int = 8100
    public_url: str = ""  # how the platform reaches us; notifications are asked for below it
    database: str = "teashop.sqlite3"
    staff_key: str = ""
    trade: str = "tea"


@dataclass(frozen=True)
class Program:
    appid: str
    secret: str
    original_id: str = ""  # begins with gh_; given it, the shop's coupon has a button that opens the program


@dataclass(frozen=True)
class Account:
    appid: str = ""
    secret: str = ""
    token: str = ""
    aes_key: str = ""  # 43 characters when messages come encrypted, empty when they come in the clear
    receipt_template_id: str = ""  # asked for by its number in the library when empty
    status_template_id: str = ""


@dataclass(frozen=True)
class Merchant:
    mchid: str
    serial_no: str
    api_v3_key: str
    private_key_file: str
    public_key_id: str = ""  # given with its file: answers are checked with the platform's public key
    public_key_file: str = ""
    certificate_dir: str = ""  # where downloaded platform certificates are kept in the other mode


@dataclass(frozen=True)
class Settings:
    shop: Listen
    program: Program
    account: Account
    merchant: Merchant


SECTIONS = {"shop": Listen, "program": Program, "account": Account, "merchant": Merchant}


def load(environ: Mapping[str, str]) -> Settings:
    """Read the file named by TEASHOP_CONFIG, if any, then the environment. Paths are relative to that file."""
    given: dict[str, Any] = {}
    beside = Path()
    if file := environ.get(PREFIX + "CONFIG"):
        beside = Path(file).resolve().parent
        try:
            given = json.loads(Path(file).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise SettingsError(f"{file}: {error}") from error
    sections = {name: _section(name, of, given.get(name, {}), environ) for name, of in SECTIONS.items()}
    for section, key in [
        ("shop", "database"),
        ("merchant", "private_key_file"),
        ("merchant", "public_key_file"),
        ("merchant", "certificate_dir"),
    ]:
        if sections[section][key]:
            sections[section][key] = str(beside / sections[section][key])
    settings = Settings(**{name: of(**sections[name]) for name, of in SECTIONS.items()})
    _check(settings)
    return settings


def _section(name: str, of: type, given: object, environ: Mapping[str, str]) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise SettingsError(f"{name} must be an object")
    known = {field.name: field for field in fields(of)}
    if unknown := sorted(set(given) - set(known)):
        raise SettingsError(f"{name}.{unknown[0]} is not a setting")
    values: dict[str, Any] = {}
    for key, field in known.items():
        value = environ.get(f"{PREFIX}{name}_{key}".upper(), given.get(key))
        if value is None:
            if field.default is MISSING:
                raise SettingsError(f"{name}.{key} is missing")
            value = field.default
        if key == "port":
            try:
                value = int(value)
            except (TypeError, ValueError) as error:
                raise SettingsError(f"{name}.{key} must be a number") from error
        elif not isinstance(value, str):
            raise SettingsError(f"{name}.{key} must be text")
        values[key] = value
    return values


def _check(settings: Settings) -> None:
    if len(settings.shop.staff_key) < 16:
        raise SettingsError("shop.staff_key must have at least 16 characters")
    if not settings.shop.public_url.startswith(("http://", "https://")):
        raise SettingsError("shop.public_url must be the http(s) address the platform can reach")
    if len(settings.merchant.api_v3_key.encode()) != 32:
        raise SettingsError("merchant.api_v3_key must have 32 bytes")
    if bool(settings.merchant.public_key_id) != bool(settings.merchant.public_key_file):
        raise SettingsError("merchant.public_key_id and merchant.public_key_file belong together")
    if settings.account.appid and not (settings.account.secret and settings.account.token):
        raise SettingsError("account.secret and account.token are missing")
    if settings.account.aes_key and len(settings.account.aes_key) != 43:
        raise SettingsError("account.aes_key must have 43 characters")
