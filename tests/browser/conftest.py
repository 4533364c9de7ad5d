"""A real server with the built web client, and Debian's Chromium."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
WEB = ROOT / "hutong" / "web" / "index.html"

SERVE = """
import sys
from pathlib import Path
from hutong.kernel.settings import Settings
from hutong.server.main import serve
serve(Settings(home=Path(sys.argv[1]), port=0, demo=False))
"""


@pytest.fixture(scope="session")
def server_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A sandbox on a free port with a fresh home and nobody in it."""
    if not WEB.exists():
        pytest.skip("the web client is not built: scripts/setup builds it")
    home = tmp_path_factory.mktemp("home")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, "-c", SERVE, str(home)], stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        found = re.search(r"http://localhost:\d+", said)
        try:
            assert found is not None, f"the server did not start: {said!r}"
            yield found.group()
        finally:
            process.terminate()
            process.wait(timeout=20)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("chromium is not installed: scripts/test installs it")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=program,
            args=["--no-sandbox", "--disable-background-networking", "--disable-component-update"],
        )
        yield launched
        launched.close()
