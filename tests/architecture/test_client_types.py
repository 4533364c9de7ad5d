"""The app's types and calls are those that the server declares."""

import runpy
from pathlib import Path

WEB = Path(__file__).resolve().parents[2] / "web"


def test_the_apps_client_api_is_what_the_server_declares() -> None:
    script = runpy.run_path(str(WEB / "scripts" / "api.py"))
    kept = (WEB / "src" / "api" / "index.ts").read_text()
    assert kept == script["text"]().rstrip("\n") + "\n", "run: python web/scripts/api.py"
