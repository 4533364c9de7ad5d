"""hutong app: a mini program from an empty folder to everybody's hands, by the running server's own API."""

import argparse
import io
import json
import os
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .cli import Trouble, server_of, settings_of, trust

TEMPLATE = Path(__file__).parent / "template"
PROJECT = "project.config.json"
PRIVATE = "project.private.config.json"
LEFT_OUT = frozenset((".git", ".hutong", ".svn", ".hg", ".idea", ".vscode", "__MACOSX", "miniprogram_dist"))
SHOWN = 20
UPLOAD_SECONDS = 300
REVIEWED = {
    "AUDITING": "waits for its review",
    "APPROVED": "passed its review",
    "REJECTED": "was turned down",
    "UNDONE": "was taken back from its review",
    "USED": "passed its review and was released",
}


def add(commands: Any, home: argparse.ArgumentParser) -> None:
    """The `app` command and its own commands."""
    app = commands.add_parser("app", help="make, try and release a mini program")
    acts = app.add_subparsers(dest="act", required=True, metavar="ACTION")
    folder = argparse.ArgumentParser(add_help=False, parents=[home])
    folder.add_argument("folder", type=Path, metavar="DIR", help="the folder of the project")
    folder.add_argument("--appid", help="which mini program (default: the one in project.config.json)")
    folder.add_argument("--user", metavar="NAME", help="whose program it is, one of the demo world's people")
    folder.add_argument("--token", help="the token of a signed-in member (default HUTONG_TOKEN)")

    new = acts.add_parser("new", help="begin a program from the template")
    new.add_argument("folder", type=Path, metavar="DIR", help="a folder that does not exist yet, or is empty")
    new.set_defaults(run=_new)

    dev = acts.add_parser("dev", parents=[folder], help="watch, compile and show every change at once")
    dev.set_defaults(run=_dev)

    upload = acts.add_parser("upload", parents=[folder], help="upload a version")
    upload.add_argument("--version", dest="number", help="its number (default: the one after the last)")
    upload.add_argument("--description", default="", help="what is new in it")
    upload.set_defaults(run=_upload)

    preview = acts.add_parser("preview", parents=[folder], help="a code that opens it for a while")
    preview.add_argument("--path", default="", metavar="PAGE", help="the page to open, with its query")
    preview.set_defaults(run=_preview)

    review = acts.add_parser("review", parents=[folder], help="lay a version before the platform's reviewers")
    review.add_argument("--version", dest="number", help="which one (default: the newest)")
    review.add_argument("--description", default="", help="what is new, for the reviewer")
    review.add_argument("--page", default="", metavar="PAGE", help="the page to look at (default: the first)")
    review.add_argument("--tags", default="", metavar="WORDS", help="words the page is found by")
    instead = review.add_mutually_exclusive_group()
    instead.add_argument("--state", action="store_true", help="only say how the last review stands")
    instead.add_argument("--undo", action="store_true", help="take the open review back")
    instead.add_argument("--hurry", action="store_true", help="ask that the open review comes first")
    review.set_defaults(run=_review)

    release = acts.add_parser("release", parents=[folder], help="give an uploaded version to everybody")
    release.add_argument("--version", dest="number", help="which one (default: the newest)")
    release.set_defaults(run=_release)

    rollback = acts.add_parser("rollback", parents=[folder], help="give everybody the version before")
    rollback.add_argument("--version", dest="number", help="an earlier one (default: the one before)")
    rollback.set_defaults(run=_rollback)


# ── the commands ───────────────────────────────────────────────────────────────────────────────────────────


def _new(options: argparse.Namespace) -> int:
    folder: Path = options.folder
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Trouble(f"{folder} exists and is not empty")
    for path in sorted(TEMPLATE.rglob("*")):
        if not path.is_file():
            continue
        made = folder / path.relative_to(TEMPLATE)
        made.parent.mkdir(parents=True, exist_ok=True)
        made.write_bytes(path.read_bytes())
    project = folder / PROJECT
    described = json.loads(project.read_text()) | {"projectname": folder.resolve().name}
    project.write_text(json.dumps(described, ensure_ascii=False, indent=2) + "\n")
    print(f"{folder} holds a small shop. See it, and change it while you look:\n\n  hutong app dev {folder}")
    return 0


def _dev(options: argparse.Namespace) -> int:
    from . import workshop

    owner = Owner(options)
    return workshop.run(options.folder, owner)


def _upload(options: argparse.Namespace) -> int:
    owner = Owner(options)
    number = options.number or _next_number(owner)
    made = owner.send(options.folder, number=number, description=options.description)
    if made["plugin"]:
        print(f"The plugin of {owner.name} {number} is uploaded: {made['size_bytes'] / 1024:,.0f} kB.")
        _warn(made["warnings"])
        print(f"Let others use it with: hutong app release {options.folder}")
        return 0
    print(
        f"{owner.name} {number} is uploaded: {made['size_bytes'] / 1024:,.0f} kB, {len(made['pages'])} pages."
    )
    _warn(made["warnings"])
    print(f"Give it to everybody with: hutong app release {options.folder}")
    return 0


def _preview(options: argparse.Namespace) -> int:
    import datetime as dt

    import segno

    owner = Owner(options)
    made = owner.send(options.folder, number="preview", preview="true", path=options.path)
    code = made["preview"]
    _warn(made["warnings"])
    segno.make(code["text"], error="l").terminal(compact=True, border=2)
    until = dt.datetime.fromtimestamp(code["expires_at"] / 1000, dt.UTC).astimezone()
    print(f"Scan it in the app, or open this as a member of {owner.name}; both end at {until:%H:%M}:")
    print(f"{owner.url}/programs/{owner.appid}?preview={code['token']}")
    return 0


def _review(options: argparse.Namespace) -> int:
    owner = Owner(options)
    path = f"/console/apps/{owner.appid}/reviews"
    if options.undo:
        review = owner.ask("DELETE", f"{path}/open")
    elif options.state or options.hurry:
        found = owner.ask("GET", path)["reviews"]
        if not found:
            raise Trouble(f"{owner.name} was never reviewed; begin with: hutong app review {options.folder}")
        review = found[0]
        if options.hurry:
            review = owner.ask("POST", f"{path}/{review['review_id']}/hurry")
    else:
        item = {"address": options.page, "tag": options.tags}
        asked = {
            "version_id": _version(owner, options.number)["version_id"],
            "description": options.description,
            "items": [item] if options.page or options.tags else [],
        }
        review = owner.ask("POST", path, json=asked)
    print(f"{owner.name} {review['number']} {REVIEWED[review['state']]}.")
    if review["urgent"]:
        print("  It comes before the others.")
    if review["reason"]:
        print(f"  Because: {review['reason']}")
    for picture in review["screenshots"]:
        print(f"  {owner.url}{picture}")
    if review["state"] == "APPROVED":
        print(f"Give it to everybody with: hutong app release {options.folder}")
    return 0


def _release(options: argparse.Namespace) -> int:
    owner = Owner(options)
    version = _version(owner, options.number)
    if owner.makes_plugin:
        path = f"/console/apps/{owner.appid}/plugins/versions/{version['version_id']}/release"
        owner.ask("POST", path)
        print(f"Programs that may use the plugin of {owner.name} find its version {version['number']} now.")
        return 0
    owner.ask("POST", f"/console/apps/{owner.appid}/versions/{version['version_id']}/release")
    print(f"{owner.name} {version['number']} is what everybody opens now.")
    text = owner.ask("GET", f"/programs/{owner.appid}")
    print(f"{owner.url}/programs/{owner.appid}    {text['name']}")
    return 0


def _rollback(options: argparse.Namespace) -> int:
    owner = Owner(options)
    body = {}
    if options.number:
        body["version_id"] = _version(owner, options.number)["version_id"]
    version = owner.ask("POST", f"/console/apps/{owner.appid}/rollback", json=body)
    print(f"{owner.name} {version['number']} is what everybody opens again.")
    return 0


def _version(owner: "Owner", number: str | None) -> dict[str, Any]:
    """The uploaded version with a number, or the newest."""
    found = owner.versions()
    for version in found:
        if number is None or version["number"] == number:
            return version
    if number is not None:
        raise Trouble(f"{owner.name} has no version {number}")
    raise Trouble(f"{owner.name} has no version yet; upload one with: hutong app upload DIR")


def _next_number(owner: "Owner") -> str:
    """The last version's number with its last figure raised by one."""
    found = owner.versions()
    if not found:
        return "1.0.0"
    last: str = found[0]["number"]
    figures = re.search(r"(\d+)(?!.*\d)", last)
    if figures is None:
        return f"{last}.1"
    return f"{last[: figures.start()]}{int(figures.group()) + 1}{last[figures.end() :]}"


def _warn(warnings: list[dict[str, Any]]) -> None:
    for line in told(warnings)[:SHOWN]:
        print(f"  {line}")
    if len(warnings) > SHOWN:
        print(f"  and {len(warnings) - SHOWN} more")


def told(diagnostics: list[dict[str, Any]]) -> list[str]:
    """What the compiler said, one line each, in the form editors jump to."""
    return [
        f"{one['file']}:{one['line']}:{one['column']} {one['level']}: {one['message']}" for one in diagnostics
    ]


# ── whose program it is ────────────────────────────────────────────────────────────────────────────────────


class Owner:
    """The program a folder is for, and a signed-in member of the organisation that owns it.

    A folder without an appid gets a new mini program of the first demo person who owns an organisation, and its
    project.config.json then says so.
    """

    def __init__(self, options: argparse.Namespace) -> None:
        self.folder: Path = options.folder
        if not self.folder.is_dir():
            raise Trouble(f"{self.folder} is no folder; begin one with: hutong app new {self.folder}")
        self.url: str = server_of(settings_of(home=options.home).home)["url"]
        self._admin_token = server_of(settings_of(home=options.home).home).get("admin_token")
        self.token: str = options.token or os.environ.get("HUTONG_TOKEN", "")
        self.username = ""
        appid: str = options.appid or _appid_in(self.folder)
        if not self.token:
            self._sign_in(options.user, appid)
        if not appid:
            appid = self._register()
        self.appid = appid
        self.makes_plugin = _project_of(self.folder).get("compileType") == "plugin"
        self.name: str = self.ask("GET", f"/console/apps/{appid}")["name"]

    def _sign_in(self, wanted: str | None, appid: str) -> None:
        """Be one of the demo world's people: the one named, or the first who may work on the program."""
        demo = self.ask(
            "GET", "/desk/demo", token=self._admin_token or os.environ.get("HUTONG_ADMIN_TOKEN", "")
        )
        for person in demo["users"]:
            if wanted is not None and person["username"] != wanted:
                continue
            self.token, self.username = person["token"], person["username"]
            if wanted is not None:
                return
            if appid and self._may("GET", f"/console/apps/{appid}/versions"):
                return
            owned = [] if appid else self.ask("GET", "/console/organisations")["organisations"]
            if any(one["role"] == "OWNER" for one in owned):
                return
        if wanted is not None:
            raise Trouble(f"the demo world has nobody called {wanted}; hutong demo lists its people")
        raise Trouble(
            f"nobody of the demo world works on {appid}; give --token, or another --appid"
            if appid
            else "nobody of the demo world owns an organisation; give --token and --appid"
        )

    def _register(self) -> str:
        """A new mini program, named as the folder, written into the folder's project file."""
        owned = self.ask("GET", "/console/organisations")["organisations"]
        org = next((one for one in owned if one["role"] in ("OWNER", "ADMIN")), None)
        if org is None:
            raise Trouble("there is no appid in project.config.json, and no organisation to make one in")
        name = self.folder.resolve().name
        asked = {"kind": "MINI_PROGRAM", "name": name}
        made = self.ask("POST", f"/console/organisations/{org['org_id']}/apps", json=asked)
        appid: str = made["app"]["appid"]
        path = self.folder / PROJECT
        project = _read_json(path)
        path.write_text(
            json.dumps({"appid": appid} | project | {"appid": appid}, ensure_ascii=False, indent=2) + "\n"
        )
        print(f"{name} is a new mini program of {org['name']}: {appid}, now in {path}")
        return appid

    def versions(self) -> list[dict[str, Any]]:
        """What was uploaded of the program, or of its plugin where the folder holds one; the newest first."""
        kind = "plugins" if self.makes_plugin else "versions"
        found: list[dict[str, Any]] = self.ask("GET", f"/console/apps/{self.appid}/{kind}")["versions"]
        return found

    def send(self, folder: Path, **fields: str) -> dict[str, Any]:
        """Upload the folder. Raises Trouble with what is wrong with the program, and where."""
        files = {"package": ("program.zip", packed(folder), "application/zip")}
        made: dict[str, Any] = self.ask(
            "POST", f"/console/apps/{self.appid}/versions", data=fields, files=files
        )
        return made

    def ask(self, method: str, path: str, *, token: str | None = None, **more: Any) -> Any:
        """Call the client API; the decoded answer. Raises Trouble."""
        answer = self._call(method, path, token, more)
        if answer.is_success:
            return answer.json() if answer.content else None
        try:
            error = answer.json()["error"]
        except (ValueError, KeyError, TypeError):
            raise Trouble(f"the server answered {answer.status_code}") from None
        wrong = (error.get("details") or {}).get("diagnostics")
        if wrong:
            lines = "\n  ".join(told(wrong)[:SHOWN])
            raise Trouble(f"the program does not compile\n  {lines}")
        reason = (error.get("details") or {}).get("reason")
        raise Trouble(error["message"] + (f" ({reason})" if reason else ""))

    def plugin(self, provider: str, version: str) -> bytes | None:
        """A zip of a plugin the program uses; None if there is none of this name here. Raises Trouble."""
        path = f"/console/apps/{self.appid}/plugins/used/{provider}/code"
        answer = self._call("GET", path, None, {"params": {"version": version}})
        if answer.status_code == 404:
            return None
        if answer.is_success:
            return bytes(answer.content)
        self.ask("GET", path, params={"version": version})
        return None

    def _may(self, method: str, path: str) -> bool:
        return bool(self._call(method, path, None, {}).is_success)

    def _call(self, method: str, path: str, token: str | None, more: dict[str, Any]) -> Any:
        import httpx

        bearer = self.token if token is None else token
        headers = {"authorization": f"Bearer {bearer}"} if bearer else {}
        try:
            with httpx.Client(trust_env=False, timeout=UPLOAD_SECONDS, verify=trust(self.url)) as client:
                return client.request(method, f"{self.url}/api{path}", headers=headers, **more)
        except httpx.HTTPError as error:
            raise Trouble(f"the server at {self.url} does not answer: {error}") from error


def _project_of(folder: Path) -> dict[str, Any]:
    return {**_read_json(folder / PROJECT), **_read_json(folder / PRIVATE)}


def _appid_in(folder: Path) -> str:
    found = _project_of(folder).get("appid")
    return found if isinstance(found, str) else ""


def _read_json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise Trouble(f"{path} cannot be read: {error}") from error
    if not isinstance(found, dict):
        raise Trouble(f"{path} holds no JSON object")
    return found


# ── what is in a folder ────────────────────────────────────────────────────────────────────────────────────


def packed(folder: Path) -> bytes:
    """A zip of the folder's program."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, file in files_of(folder):
            archive.write(file, path)
    return out.getvalue()


def files_of(folder: Path) -> Iterator[tuple[str, Path]]:
    """The files of a project, by their path in it: its own, and of npm what it depends on when it runs."""
    roots: list[Path] = [folder]
    seen: set[Path] = set()
    while roots:
        root = roots.pop()
        if root in seen or not root.is_dir():
            continue
        seen.add(root)
        for place, folders, names in os.walk(root):
            folders[:] = sorted(name for name in folders if not _passed_over(name))
            for name in sorted(names):
                file = Path(place) / name
                if name.startswith(".") or file.is_symlink() or not file.is_file():
                    continue
                yield file.relative_to(folder).as_posix(), file
                if name == "package.json":
                    roots += _dependencies(file, folder)


def _passed_over(name: str) -> bool:
    return name in LEFT_OUT or name == "node_modules" or name.startswith(".")


def _dependencies(manifest: Path, folder: Path) -> Iterator[Path]:
    """Where the packages of a package.json lie: in the nearest node_modules, climbing up to the project."""
    try:
        listed = json.loads(manifest.read_text(encoding="utf-8-sig")).get("dependencies")
    except (OSError, ValueError, AttributeError):
        return
    for name in listed if isinstance(listed, dict) else ():
        if ".." in name.split("/"):
            continue
        place = manifest.parent
        while True:
            if (place / "node_modules" / name).is_dir():
                yield place / "node_modules" / name
                break
            if place == folder or folder not in place.parents:
                break
            place = place.parent
