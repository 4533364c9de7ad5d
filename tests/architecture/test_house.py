"""The promises of the house that no linter knows: whose tables, whose handlers, which published pages."""

import ast
import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import hutong
from hutong.kernel.endpoints import PROTOCOLS
from hutong.kernel.events import HANDLERS, TOPIC_OF
from hutong.kernel.rows import TABLES
from hutong.server.main import import_protocols

import_protocols()
ROOT = Path(hutong.__file__).parent
MODULES = sorted(path for path in ROOT.rglob("*.py") if "migrations" not in path.parts)
SQL = re.compile(r"\b(select|insert into|update|delete from|join|from|where)\b")
OWN_TABLES = {name: table for name, table in TABLES.items() if "_test_" not in name}


def owner(path: Path) -> str:
    """The room a module belongs to; "kernel" for the kernel, "" for those that own no table."""
    parts = path.relative_to(ROOT).parts
    if parts[0] == "domains" and len(parts) > 2:
        return parts[1]
    return "kernel" if parts[0] == "kernel" else ""


def statements(path: Path) -> Iterator[str]:
    """The strings of a module that read like SQL."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL.search(node.value):
            yield node.value


def test_a_tables_name_begins_with_its_room() -> None:
    for name, table in OWN_TABLES.items():
        room = table.row_type.__module__.split(".")[2 if ".domains." in table.row_type.__module__ else 1]
        assert name.startswith(f"{room}_"), f"{name} is declared in {table.row_type.__module__}"


def test_only_a_rooms_own_modules_name_its_tables() -> None:
    for path in MODULES:
        for statement in statements(path):
            for name in set(re.findall(r"\b[a-z]+_[a-z_]+\b", statement)) & OWN_TABLES.keys():
                assert name.startswith(f"{owner(path)}_"), f"{path.name}: {name} in {statement[:120]!r}"


def test_a_module_opens_with_a_line_saying_what_it_is() -> None:
    for path in MODULES:
        assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), path


def test_a_handlers_name_begins_with_where_it_stands() -> None:
    for name, handler in HANDLERS.items():
        module = handler.run.__module__
        if module.startswith("hutong."):
            place = module.split(".")[2]
            assert name.startswith(f"{place}."), f"{name} stands in {module}"


def test_a_topic_begins_with_its_room() -> None:
    for event_type, (topic, key) in TOPIC_OF.items():
        if event_type.__module__.startswith("hutong.domains."):
            assert topic.startswith(f"{event_type.__module__.split('.')[2]}."), topic
            assert not key or key in event_type.__struct_fields__, f"{topic} has no field {key}"


CATALOGUES = {"mp": "mp_endpoints.csv", "pay": "pay_endpoints.csv", "work": "work_endpoints.csv"}
NOT_IN_A_CATALOGUE = {
    # Pages and pictures people see, published as pages and not as calls.
    "mp": {"/cgi-bin/showqrcode", "/connect/oauth2/authorize", "/media/{}", "/mmbiz/{}", "/s/{}"},
    "pay": {"/cgi-bin/mmpayweb-bin/checkmweb"},
    "work": set[str](),
}


def _shape(path: str) -> str:
    return re.sub(r"\{[^}]*\}", "{}", path)


@pytest.mark.parametrize("name", CATALOGUES)
def test_every_published_endpoint_is_in_its_catalogue(name: str) -> None:
    with (ROOT / "catalogue" / CATALOGUES[name]).open(encoding="utf-8", newline="") as file:
        published = {_shape(row["path"]) for row in csv.DictReader(file)}
    ours = {_shape(endpoint.path) for endpoint in PROTOCOLS[name].endpoints}
    assert ours - published - NOT_IN_A_CATALOGUE[name] == set()
