"""Access tokens: /cgi-bin/gettoken"""

from typing import Annotated

from msgspec import Meta

from hutong.domains.work import credentials
from hutong.kernel.db import Tx
from hutong.kernel.endpoints import Nobody, Request, Response

from .protocol import work


class TokenRequest(Request):
    corpid: Annotated[str, Meta(max_length=64)] = ""
    corpsecret: Annotated[str, Meta(max_length=128)] = ""


class Token(Response):
    access_token: str
    expires_in: int  # seconds left: the same token comes back while it is valid


@work.get("/cgi-bin/gettoken")
def get_token(tx: Tx, caller: Nobody, req: TokenRequest) -> Token:
    """获取access_token"""
    token, expires_in = credentials.issue_token(tx, corpid=req.corpid, secret=req.corpsecret)
    return Token(access_token=token, expires_in=expires_in)
