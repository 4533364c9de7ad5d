"""The command line. What needs a running server finds it through the home's server.json and its own API."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hutong import __version__
from hutong.kernel.settings import Settings, from_environment

MIN_ADMIN_TOKEN = 16
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        code: int = options.run(options)
    except Trouble as trouble:
        print(f"hutong {options.command}: {trouble}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return code


class Trouble(Exception):
    """Why a command cannot do what it was asked, in one sentence."""


def _parser() -> argparse.ArgumentParser:
    home = argparse.ArgumentParser(add_help=False)
    home.add_argument("--home", type=Path, metavar="DIR", help="where the state lives (default .hutong)")
    database = argparse.ArgumentParser(add_help=False)
    database.add_argument("--database", metavar="URL", help="postgresql://… instead of SQLite in the home")

    parser = argparse.ArgumentParser(prog="hutong", description="A super-app platform that anyone can own.")
    parser.add_argument("--version", action="version", version=f"hutong {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    up = commands.add_parser("up", parents=[home, database], help="serve the platform")
    up.add_argument("--host", metavar="H", help="address to listen on (default 127.0.0.1)")
    up.add_argument("--port", type=int, metavar="N", help="port to listen on (default 8000)")
    up.add_argument("--media", metavar="URL", help="an object store, such as s3://bucket, for files")
    up.add_argument("--workers", type=int, default=1, metavar="N", help="processes; 1 on SQLite")
    up.add_argument("--no-demo", action="store_true", help="make no demo world at first start")
    up.add_argument("--production", action="store_true", help="no demo, desk, clock or acting as people")
    up.add_argument(
        "--platform-admin",
        metavar="USERNAME",
        help="who reviews programs, beside those appointed in the console",
    )
    up.add_argument(
        "--admin-token", metavar="TOKEN", help="asked for at the desk; needed beyond this machine"
    )
    up.add_argument("--tls", nargs=2, metavar=("CERT", "KEY"), help="serve HTTPS")
    up.set_defaults(run=_up)

    demo = commands.add_parser("demo", parents=[home], help="print the demo world's people and keys")
    demo.add_argument("--json", action="store_true", help="as one JSON object")
    demo.set_defaults(run=_demo)

    run = commands.add_parser("run", parents=[home], help="run a program so that it reaches this server")
    run.add_argument("program", nargs=argparse.REMAINDER, metavar="-- COMMAND…")
    run.set_defaults(run=_run)

    clock = commands.add_parser("clock", parents=[home], help="read or turn the sandbox's clock")
    turns = clock.add_subparsers(dest="turn", metavar="ACTION")
    turns.add_parser("freeze", help="stop business time")
    turns.add_parser("resume", help="let it run on")
    turns.add_parser("next", help="go to the next timer or retry")
    turns.add_parser("advance", help="go ahead, running what falls due").add_argument(
        "by", type=_duration, help="such as 90s, 15m, 24h, 7d or 1d12h"
    )
    turns.add_parser("set", help="go ahead to a moment").add_argument(
        "to", type=_moment, help="such as 2026-12-24T18:00:00+08:00"
    )
    clock.set_defaults(run=_clock)

    doctor = commands.add_parser("doctor", parents=[home, database], help="look for what is wrong")
    doctor.set_defaults(run=_doctor)

    audit = commands.add_parser("audit", parents=[home, database], help="check the books and every invariant")
    audit.add_argument("--json", action="store_true", help="as one JSON object")
    audit.set_defaults(run=_audit)

    from . import app_commands

    app_commands.add(commands, home)

    coverage = commands.add_parser("coverage", help="what of the published APIs is there, as tests saw it")
    coverage.add_argument("--json", action="store_true", help="as one JSON object")
    coverage.add_argument("--record", type=Path, metavar="DIR", help="take over a test run's HUTONG_RECORD")
    coverage.set_defaults(run=_coverage)
    return parser


# ── serving ────────────────────────────────────────────────────────────────────────────────────────────────


def _up(options: argparse.Namespace) -> int:
    certificate, key = options.tls or (None, None)
    settings = settings_of(
        home=options.home,
        host=options.host,
        port=options.port,
        database=options.database,
        media=options.media,
        production=options.production or None,
        demo=False if options.no_demo else None,
        platform_admin=options.platform_admin,
        admin_token=options.admin_token,
        tls_certificate=certificate,
        tls_key=key,
    )
    if options.workers != 1:
        why = (
            "PostgreSQL homes serve with one process each for now"
            if settings.on_postgres
            else "SQLite has one writer"
        )
        raise Trouble(f"--workers {options.workers} is refused: {why}")
    if settings.admin_token and len(settings.admin_token) < MIN_ADMIN_TOKEN:
        raise Trouble(f"an admin token has at least {MIN_ADMIN_TOKEN} characters")
    if not settings.production and settings.host not in LOOPBACK and not settings.admin_token:
        raise Trouble("a sandbox that listens beyond this machine needs --admin-token or HUTONG_ADMIN_TOKEN")
    from .app import WrongMode
    from .main import serve, set_up_logs

    set_up_logs()
    try:
        serve(settings)
    except (WrongMode, RuntimeError) as error:
        raise Trouble(str(error)) from error
    except OSError as error:
        raise Trouble(
            f"cannot serve at {settings.host}:{settings.port}: {error.strerror or error}"
        ) from error
    return 0


def _run(options: argparse.Namespace) -> int:
    program = options.program[1:] if options.program[:1] == ["--"] else options.program
    if not program:
        raise Trouble("say what to run: hutong run -- python shop.py")
    from .run import execute, wire_of

    execute(wire_of(settings_of(home=options.home).home), program)


def settings_of(**options: object) -> Settings:
    try:
        return from_environment(**options)
    except ValueError as error:
        raise Trouble(str(error)) from error


# ── talking to the running server ──────────────────────────────────────────────────────────────────────────


def server_of(home: Path) -> dict[str, Any]:
    """What the running server of a home says of itself."""
    try:
        described: dict[str, Any] = json.loads((home / "server.json").read_text())
    except (OSError, ValueError):
        raise Trouble(f"no server is running for {home}; start it with: hutong up") from None
    return described


def _ask(home: Path, method: str, path: str, body: Any = None) -> Any:
    import httpx

    server = server_of(home)
    token = server.get("admin_token") or os.environ.get("HUTONG_ADMIN_TOKEN")
    headers = {"authorization": f"Bearer {token}"} if token else {}
    try:
        with httpx.Client(trust_env=False, timeout=600, verify=trust(server["url"])) as client:
            answer = client.request(method, server["url"] + "/api" + path, json=body, headers=headers)
    except httpx.HTTPError as error:
        raise Trouble(f"the server at {server['url']} does not answer: {error}") from error
    if answer.is_success:
        return answer.json() if answer.content else None
    try:
        raise Trouble(answer.json()["error"]["message"])
    except (ValueError, KeyError, TypeError):
        raise Trouble(f"the server answered {answer.status_code}") from None


def trust(url: str) -> bool:
    """A server on this machine may carry a certificate in another name."""
    return not url.startswith("https://localhost")


def _demo(options: argparse.Namespace) -> int:
    demo = _ask(settings_of(home=options.home).home, "GET", "/desk/demo")
    if options.json:
        print(json.dumps(demo, ensure_ascii=False, indent=2))
        return 0
    print(f"{demo['url']}    proxy {demo['proxy']['url']}")
    for person in demo["users"]:
        print(
            f"  {person['username']:<10} {person['password']:<14} PIN {person['pay_pin']}  {person['nickname']}"
        )
    for kind in ("official_accounts", "mini_programs"):
        for app in demo[kind]:
            print(f"  {app['appid']}  secret {app['secret']}  {app['name']}")
    for merchant in demo["merchants"]:
        print(f"  {merchant['mchid']}  serial {merchant['serial_no']}  {merchant['name']}")
    for corp in demo["corps"]:
        print(f"  {corp['corpid']}  {corp['name']}")
        for agent in corp["agents"]:
            print(f"    {agent['agentid']}  secret {agent['secret']}  {agent['name']}")
    print("Everything, for programs: hutong demo --json")
    return 0


# ── the clock ──────────────────────────────────────────────────────────────────────────────────────────────

_UNITS = {"s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}


def _duration(text: str) -> int:
    import re

    parts = re.findall(r"(\d+)([smhd])", text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise argparse.ArgumentTypeError("say how far as 90s, 15m, 24h, 7d or 1d12h")
    return sum(int(number) * _UNITS[unit] for number, unit in parts)


def _moment(text: str) -> int:
    import datetime as dt

    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("say when as 2026-12-24T18:00:00+08:00") from None
    return int(moment.astimezone().timestamp() * 1000)


def _clock(options: argparse.Namespace) -> int:
    home = settings_of(home=options.home).home
    if options.turn is None:
        clock = _ask(home, "GET", "/desk/clock")
    else:
        turn: dict[str, Any] = {"action": "next_event" if options.turn == "next" else options.turn}
        if options.turn == "advance":
            turn["by_ms"] = options.by
        elif options.turn == "set":
            turn["to"] = options.to
        clock = _ask(home, "POST", "/desk/clock", turn)
    ahead = clock["offset_ms"]
    state = "frozen" if clock["frozen"] else "running"
    print(f"{_told(clock['now'])}  {state}, {_spoken(ahead)} ahead of real time")
    if clock.get("next_event_at") is not None:
        print(f"next event at {_told(clock['next_event_at'])}")
    return 0


def _told(moment: int) -> str:
    import datetime as dt

    return dt.datetime.fromtimestamp(moment / 1000, dt.UTC).astimezone().isoformat(timespec="seconds")


def _spoken(ms: int) -> str:
    seconds = (max(ms, 0) + 500) // 1000
    parts = [
        (seconds // 86_400, "d"),
        (seconds // 3600 % 24, "h"),
        (seconds // 60 % 60, "m"),
        (seconds % 60, "s"),
    ]
    return "".join(f"{number}{unit}" for number, unit in parts if number) or "0s"


# ── looking after a home ───────────────────────────────────────────────────────────────────────────────────


def _doctor(options: argparse.Namespace) -> int:
    from . import doctor

    findings = doctor.examine(settings_of(home=options.home, database=options.database))
    for finding in findings:
        print(f"{'ok  ' if finding.well else 'FAIL'}  {finding.what}")
        if finding.advice:
            print(f"      {finding.advice}")
    return 0 if all(finding.well for finding in findings) else 1


def _audit(options: argparse.Namespace) -> int:
    from . import audit

    settings = settings_of(home=options.home, database=options.database)
    if not settings.on_postgres and not settings.sqlite_path.exists():
        raise Trouble(f"{settings.home} holds no database")
    report = audit.run(settings)
    if options.json:
        print(json.dumps(report, ensure_ascii=False, indent=2))
    else:
        for name, flaws in report.items():
            print(f"{'ok  ' if not flaws else 'FAIL'}  {name}")
            for flaw in flaws:
                print(f"      {flaw}")
    return 1 if any(report.values()) else 0


def _coverage(options: argparse.Namespace) -> int:
    from . import coverage
    from .main import import_protocols

    import_protocols()
    docs = Path(__file__).parents[2] / "docs" / "coverage"
    if options.record is not None:
        coverage.write(coverage.gather(options.record), docs)
    counts = coverage.summary(coverage.table(coverage.load(docs / "record.json")))
    if options.json:
        print(json.dumps(counts, indent=2))
        return 0
    print(f"{'':<16}{'':<4}{'total':>7}{'unavailable':>13}{'done':>7}{'partial':>9}")
    for catalogue, by_priority in counts.items():
        for priority, count in by_priority.items():
            print(
                f"{catalogue:<16}{priority:<4}{count['total']:>7}{count['unavailable']:>13}"
                f"{count['done']:>7}{count['partial']:>9}"
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
