"""接口调用凭据: the access token, plain and stable."""

from hutong.domains.apps import tokens
from hutong.kernel.clock import SECOND_MS
from hutong.kernel.db import Tx
from hutong.kernel.endpoints import Nobody, Request, Response
from hutong.kernel.errors import DomainError

from .errors import GRANT_TYPE_INVALID
from .protocol import mp


class TokenRequest(Request):
    appid: str
    secret: str
    grant_type: str

    def require_grant_type(self) -> None:
        if self.grant_type != "client_credential":
            raise DomainError(GRANT_TYPE_INVALID)


class StableTokenRequest(TokenRequest):
    force_refresh: bool = False


class AccessToken(Response):
    access_token: str
    expires_in: int  # seconds


@mp.get("/cgi-bin/token")
def token(tx: Tx, caller: Nobody, req: TokenRequest) -> AccessToken:
    """获取接口调用凭据"""
    req.require_grant_type()
    issued, lifetime_ms = tokens.issue(tx, req.appid, req.secret)
    return AccessToken(issued, lifetime_ms // SECOND_MS)


@mp.post("/cgi-bin/stable_token")
def stable_token(tx: Tx, caller: Nobody, req: StableTokenRequest) -> AccessToken:
    """获取稳定版接口调用凭据"""
    req.require_grant_type()
    issued, left_ms = tokens.stable(tx, req.appid, req.secret, force_refresh=req.force_refresh)
    return AccessToken(issued, left_ms // SECOND_MS)
