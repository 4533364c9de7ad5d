"""Run the benchmarks and write their table: see scripts/bench."""

import datetime as dt
import json
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

ALL = ("endpoint_layer", "payments", "chat", "footprint", "app", "runtime", "workshop")
ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "benchmarks.md"
NOTES = """A transfer is what the ledger calls one: an entry under a key of its payer's, and two balances, one of them
guarded. A top-up is one as the product offers it. Why signatures are not a larger part of a payment stands in
[decision 19](decisions/0019-what-a-signed-payment-costs.md)."""


def run(name: str) -> list[dict[str, Any]]:
    """One benchmark in a process of its own; its lines as they come."""
    found = []
    script = ROOT / "benchmarks" / f"{name}.mjs"
    command = ["node", str(script)] if script.exists() else [sys.executable, "-m", f"benchmarks.{name}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            print(line, end="", flush=True)
            if line.startswith("{"):
                found.append(json.loads(line))
    if process.returncode != 0:
        raise SystemExit(f"benchmarks.{name} failed")
    return found


def machine() -> str:
    model = next(
        (
            line.split(":")[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.machine(),
    )
    return f"{os.cpu_count()} × {model}, CPython {platform.python_version()}"


def table(lines: list[dict[str, Any]]) -> str:
    rows = ["| what | measured | demand | met |", "|---|---:|---:|---|"]
    for line in lines:
        if "demand" in line:
            measured = line.get("ratio", line.get("value"))
            rows.append(
                f"| {line['benchmark']} | {measured} | {line['demand']} | {'yes' if line['met'] else 'no'} |"
            )
    return "\n".join(rows)


def main() -> None:
    names = sys.argv[1:] or list(ALL)
    lines = [line for name in names for line in run(name)]
    shown = table(lines)
    print(shown)
    if names != list(ALL):
        return  # a part is not the page
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    ).stdout
    details = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
    today = dt.datetime.now(dt.UTC).date()
    PAGE.write_text(
        "# Benchmarks\n\nWritten by `scripts/bench`; not edited by hand. Ratios are taken in the same run, on the"
        f" same core.\n\n{machine()}; {today}; commit {commit.strip()}.\n\n{shown}\n\n{NOTES}\n\n## Figures\n\n"
        f"```json\n{details}\n```\n",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
