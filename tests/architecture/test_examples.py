"""The examples are strangers: they know nothing of the server, and nothing points them at it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
PROGRAMS = sorted(file for file in EXAMPLES.rglob("*.py") if ".venv" not in file.parts)

# Names by which the libraries, or the layers below them, are pointed at another host.
OVERRIDES = re.compile(
    r"API_BASE_URL|OAUTH_BASE_URL|api_base_url|_gate_way|\bprox(y|ies)\b|base_url|verify\s*=", re.I
)


@pytest.mark.parametrize("file", PROGRAMS, ids=lambda file: str(file.relative_to(EXAMPLES)))
def test_an_example_imports_nothing_of_the_server(file: Path) -> None:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module or ""]
        else:
            continue
        assert not [name for name in names if name.split(".")[0] == "hutong"]


@pytest.mark.parametrize("file", PROGRAMS, ids=lambda file: str(file.relative_to(EXAMPLES)))
def test_an_example_points_no_library_at_another_host(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert not OVERRIDES.search(text)
    assert "hutong" not in text.lower()
    hosts = set(re.findall(r"https?://([\w.-]+)", text)) - {"127.0.0.1"}
    assert hosts <= {"api.weixin.qq.com"}


def test_there_are_examples() -> None:
    assert PROGRAMS
