"""The dev tools' switchboard, in a sandbox only: a workshop that compiles, devices that run, panels that look.

A workshop (`hutong app dev`) opens a session and hands over what it compiles. Devices (the app, here or on a
phone elsewhere with the session's code) run it and answer questions; panels and automation clients ask them.
Everything of a session is in memory and gone with its workshop.
"""

import asyncio
import itertools
import json
import logging
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from hutong.domains.apps import access, apps
from hutong.domains.apps.tables import AppKind, Role
from hutong.domains.identity import sessions
from hutong.domains.miniapp import previews
from hutong.kernel.db import Snapshot
from hutong.kernel.errors import DomainError

if TYPE_CHECKING:
    from .app import App
    from .gateway import Receive, Scope, Send

log = logging.getLogger("hutong.devtools")

SOURCES = frozenset(
    (".js", ".ts", ".json", ".wxml", ".wxss", ".wxs", ".less", ".scss", ".sass", ".md", ".svg", ".txt")
)
HELLO_SECONDS = 10.0
MOST_SESSIONS = 20
MOST_MEMBERS = 20  # devices, panels and automation clients of one session
FILES_BYTES = 64 * 1024 * 1024
FRAME_BYTES = 16 * 1024 * 1024
LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"  # none that is taken for another
CODE_LENGTH = 8
LIBRARY = "3.17.0"  # the base library whose behaviour programs find here


@dataclass(eq=False)
class Member:
    """One socket of a session: a workshop, device, panel or automation client."""

    number: int
    role: str
    socket: WebSocket
    label: str = ""

    async def send(self, message: dict[str, Any]) -> None:
        try:
            await self.socket.send_text(json.dumps(message, ensure_ascii=False, separators=(",", ":")))
        except (RuntimeError, WebSocketDisconnect, OSError):
            pass  # it is gone; its own loop says so


@dataclass(eq=False)
class Session:
    """One program being worked on."""

    id: str
    code: str
    appid: str
    name: str
    owner: str
    files: dict[str, bytes] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    build: dict[str, Any] = field(default_factory=dict)
    revision: int = 0
    members: dict[int, Member] = field(default_factory=dict)

    def of(self, *roles: str) -> list[Member]:
        return [one for one in self.members.values() if one.role in roles]

    @property
    def base(self) -> str:
        return f"/run/dev-{self.id}/"


class DevTools:
    """Every session of this process."""

    def __init__(self, app: "App") -> None:
        self._app = app
        self._sessions: dict[str, Session] = {}
        self._numbers = itertools.count(1)

    def file(self, session_id: str, name: str) -> bytes | None:
        session = self._sessions.get(session_id)
        return None if session is None else session.files.get(name)

    async def websocket(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        socket = WebSocket(scope, receive, send)
        await socket.accept()
        path: str = scope["path"]
        try:
            if path == "/devtools/socket":
                hello = json.loads(await asyncio.wait_for(socket.receive_text(), HELLO_SECONDS))
                role = hello.get("as")
                if role == "workshop":
                    await self._workshop(socket, hello)
                elif role in ("device", "panel"):
                    await self._join(socket, role, hello)
            elif path.endswith("/automation"):
                await self._join(socket, "automation", {"session": path.split("/")[2]})
        except (WebSocketDisconnect, TimeoutError):
            return
        except DomainError as refused:
            await socket.send_text(json.dumps({"error": str(refused.code.message)}))
        except (ValueError, KeyError, TypeError, AttributeError):
            log.info("a dev tools socket said something that is no message")
        try:
            await socket.close(4400)
        except (RuntimeError, OSError):
            pass  # closed by the other side meanwhile

    # ── the workshop ───────────────────────────────────────────────────────────────────────────────────────

    async def _workshop(self, socket: WebSocket, hello: dict[str, Any]) -> None:
        appid, token = str(hello["appid"]), str(hello["token"])

        def check(snapshot: Snapshot) -> tuple[str, str]:
            person = sessions.authenticate(snapshot, token)
            app = access.require_app(snapshot, appid, person.user_id, at_least=Role.DEVELOPER)
            apps.require_kind(app, AppKind.MINI_PROGRAM)
            from hutong.domains.identity import users

            return app.name, users.get(snapshot, person.user_id).username

        name, owner = await self._app.store.read(check)
        if len(self._sessions) >= MOST_SESSIONS:
            await socket.send_text(json.dumps({"error": "Too many programs are being worked on here."}))
            return
        wanted = str(hello.get("session") or "")
        session = Session(
            id=wanted
            if len(wanted) == 32 and wanted.isalnum() and wanted not in self._sessions
            else secrets.token_hex(16),
            code="".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH)),
            appid=appid,
            name=name,
            owner=owner,
        )
        self._sessions[session.id] = session
        member = Member(next(self._numbers), "workshop", socket)
        session.members[member.number] = member
        try:
            await member.send({"kind": "session", "session": session.id, "code": session.code})
            while True:
                await self._build(session, await socket.receive())
        finally:
            self._sessions.pop(session.id, None)
            for other in session.of("device", "panel", "automation"):
                await other.send({"kind": "ended"})

    async def _build(self, session: Session, frame: Any) -> None:
        if frame["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(frame.get("code", 1006))
        if (body := frame.get("bytes")) is not None:
            name, _, content = body.partition(b"\n")
            if sum(map(len, session.files.values())) + len(content) <= FILES_BYTES:
                session.files[name.decode()] = content
            return
        build = json.loads(frame["text"])
        if build["ok"]:
            names = set(build["names"])
            session.files = {name: body for name, body in session.files.items() if name in names}
        for path, text in build.pop("sources").items():
            if text is None:
                session.sources.pop(path, None)
            else:
                session.sources[path] = text
        del build["names"]
        session.revision += 1
        session.build = {**build, "revision": session.revision}
        for member in session.of("device", "panel"):
            await member.send(session.build)

    # ── devices, panels, automation ────────────────────────────────────────────────────────────────────────

    async def _join(self, socket: WebSocket, role: str, hello: dict[str, Any]) -> None:
        session = await self._find(role, hello)
        if session is None or len(session.members) > MOST_MEMBERS:
            await socket.send_text(json.dumps({"error": "Nobody works on this here any more."}))
            return
        member = Member(next(self._numbers), role, socket, str(hello.get("label") or "")[:100])
        session.members[member.number] = member
        try:
            if role != "automation":
                await member.send(
                    {
                        "kind": "session",
                        "session": session.id,
                        "appid": session.appid,
                        "name": session.name,
                        "base": session.base,
                        "build": session.build,
                    }
                    | ({"code": session.code, "owner": session.owner} if role == "panel" else {})
                )
            await self._tell_devices(session)
            while True:
                text = await socket.receive_text()
                if len(text) <= FRAME_BYTES:
                    await self._said(session, member, json.loads(text))
        finally:
            session.members.pop(member.number, None)
            await self._tell_devices(session)

    async def _find(self, role: str, hello: dict[str, Any]) -> Session | None:
        if role != "device":
            return self._sessions.get(str(hello["session"]))
        code, token = str(hello["code"]), str(hello["token"])
        session = next(
            (one for one in self._sessions.values() if secrets.compare_digest(one.code, code)), None
        )
        if session is None:
            return None
        appid = session.appid

        def check(snapshot: Snapshot) -> None:
            person = sessions.authenticate(snapshot, token)
            previews.require_tester(snapshot, appid=appid, user_id=person.user_id)

        await self._app.store.read(check)
        return session

    async def _tell_devices(self, session: Session) -> None:
        devices = [{"id": one.number, "label": one.label} for one in session.of("device")]
        for panel in session.of("panel"):
            await panel.send({"kind": "devices", "devices": devices})

    async def _said(self, session: Session, member: Member, message: dict[str, Any]) -> None:
        if member.role == "device":
            await self._from_device(session, member, message)
            return
        number, method, params = message["id"], str(message["method"]), message.get("params") or {}
        if (done := self._own(session, method, params)) is not None:
            await member.send({"id": number, "result": done})
            return
        devices = session.of("device")
        wanted = message.get("device")
        device = next((one for one in devices if one.number == wanted), devices[-1] if devices else None)
        if device is None:
            await member.send({"id": number, "error": {"message": "no device runs the program"}})
            return
        await device.send(
            {"kind": "ask", "id": f"{member.number}:{number}", "method": method, "params": params}
        )

    def _own(self, session: Session, method: str, params: dict[str, Any]) -> dict[str, Any] | None:
        """What is answered here rather than by a device."""
        match method:
            case "Tool.getInfo":
                return {"SDKVersion": LIBRARY}
            case "Tool.close":
                return {}
            case "Sources.list":
                return {"paths": sorted(session.sources)}
            case "Sources.read":
                return {"text": session.sources.get(str(params.get("path")), "")}
            case "Sources.search":
                return {"found": _search(session.sources, str(params.get("text", "")))}
            case "Sources.map":
                name = str(params.get("file", ""))
                return {"map": session.files.get(f"{name}.map", b"").decode()}
            case _:
                return None

    async def _from_device(self, session: Session, device: Member, message: dict[str, Any]) -> None:
        if message["kind"] == "answer":
            number, _, asked = str(message["id"]).partition(":")
            asker = session.members.get(int(number))
            if asker is not None:
                # Automation clients count in text, panels in numbers.
                answer: dict[str, Any] = {"id": asked if asker.role == "automation" else int(asked)}
                answer |= {key: message[key] for key in ("result", "error") if key in message}
                await asker.send(answer)
        elif message["kind"] == "event":
            for member in session.of("panel"):
                await member.send({**message, "device": device.number})
            if str(message["method"]).startswith("App."):
                for member in session.of("automation"):
                    await member.send({"method": message["method"], "params": message.get("params")})


def _search(sources: dict[str, str], text: str, most: int = 200) -> list[dict[str, Any]]:
    """Lines that hold a text, whatever its case."""
    found: list[dict[str, Any]] = []
    wanted = text.casefold()
    if not wanted:
        return found
    for path in sorted(sources):
        for number, line in enumerate(sources[path].splitlines(), 1):
            if wanted in line.casefold():
                found.append({"path": path, "line": number, "text": line.strip()[:200]})
                if len(found) >= most:
                    return found
    return found
