"""The enterprise protocol: errcode and errmsg in an HTTP 200, the caller by the access token in the query."""

import json
from typing import Any

import msgspec

from hutong.domains.work import corps, credentials
from hutong.domains.work.tables import Corp, Credential
from hutong.kernel.db import Snapshot
from hutong.kernel.endpoints import (
    Answer,
    Endpoint,
    HttpRequest,
    Nobody,
    Protocol,
    Raw,
    Response,
    Stream,
    register,
)
from hutong.kernel.errors import DomainError
from hutong.kernel.frozen import Frozen
from hutong.kernel.settings import Settings

from .errors import published

JSON = {"content-type": "application/json; charset=UTF-8"}


class Agent(Frozen):
    """The caller: a credential of a corp, an application's or the directory's."""

    corp: Corp
    credential: Credential


class Done(Response):
    """The answer of a call that returns nothing else."""


class Work(Protocol):
    """qyapi.weixin.qq.com"""

    hosts = ("qyapi.weixin.qq.com", "open.work.weixin.qq.com", "login.work.weixin.qq.com")

    def authenticate(self, snapshot: Snapshot, http: HttpRequest, endpoint: Endpoint) -> Agent | Nobody:
        if endpoint.caller_type is Nobody:
            return Nobody()
        credential = credentials.authenticate(snapshot, http.query.get("access_token", ""))
        corp = corps.get(snapshot, credential.corpid)
        http.notes["caller"] = f"{credential.corpid}/{credential.agentid}"
        http.notes["org_id"] = corp.org_id
        return Agent(corp=corp, credential=credential)

    def encode(self, endpoint: Endpoint, http: HttpRequest, result: Any) -> Answer:
        if isinstance(result, Raw | Stream):
            return super().encode(endpoint, http, result)
        body = {"errcode": 0, "errmsg": "ok", **msgspec.to_builtins(result)}
        return Answer(200, msgspec.json.encode(body), dict(JSON))

    def refuse(self, http: HttpRequest, error: DomainError) -> Answer:
        errcode, errmsg = published(error)
        # The published text is followed by a number to quote to support, the caller's address and a link.
        hint = f"hint: [{http.request_id}], from ip: {http.client}"
        link = f"more info at https://open.work.weixin.qq.com/devtool/query?e={errcode}"
        return _errcode(200, errcode, f"{errmsg}, {hint}, {link}")

    def broken(self, http: HttpRequest) -> Answer:
        return _errcode(200, -1, "system busy")

    def unknown(self, http: HttpRequest, allowed: list[str]) -> Answer:
        if allowed:
            return _errcode(
                200, 43002 if allowed == ["POST"] else 43001, f"require {' or '.join(allowed)} method"
            )
        http.notes["unknown"] = True
        return _errcode(404, 404, "404 not found")

    def finish(self, settings: Settings, http: HttpRequest, answer: Answer) -> Answer:
        if "unknown" in http.notes and not settings.production:
            said = "404 not found; this server does not implement it, `hutong coverage` lists what it does"
            return _errcode(404, 404, said)
        return answer


def _errcode(status: int, errcode: int, errmsg: str) -> Answer:
    return Answer(
        status, json.dumps({"errcode": errcode, "errmsg": errmsg}, ensure_ascii=False).encode(), dict(JSON)
    )


work = Work("work", mount="/work")
register(work)
