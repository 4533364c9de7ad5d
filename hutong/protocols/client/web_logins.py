"""Web logins: an account's page asks who is looking at it, and the app asks the person."""

from typing import Annotated, Literal

from msgspec import Meta

from hutong.domains.apps import apps
from hutong.domains.apps.tables import AppKind
from hutong.domains.official import web_logins
from hutong.domains.official.tables import WebScope
from hutong.kernel.db import Tx
from hutong.kernel.endpoints import Request, Response

from .accounts import AccountLine, Appid, account_line
from .protocol import Person, client


class Authorization(Request):
    """What stood in the page's address. `approved` once the person said yes."""

    appid: Appid
    redirect_uri: Annotated[str, Meta(min_length=1, max_length=2048)]
    scope: WebScope
    response_type: Literal["code"] = "code"
    state: Annotated[str, Meta(max_length=web_logins.STATE_BYTES)] = ""
    approved: bool = False


class Authorized(Response):
    """Go to `redirect`; when it is null, ask the person whether `app` may know name and picture."""

    redirect: str | None
    app: AccountLine
    scope: WebScope


@client.post("/web-logins")
def authorize_page(tx: Tx, person: Person, req: Authorization) -> Authorized:
    """Let an account's page know who I am to it. The second time I am not asked."""
    app = apps.require_kind(apps.get(tx, req.appid), AppKind.SERVICE)
    web_logins.require_address(tx, app, req.redirect_uri)
    ask = web_logins.needs_consent(tx, appid=app.appid, user_id=person.user_id, scope=req.scope)
    redirect = None
    if req.approved or not ask:
        redirect = web_logins.approve(
            tx,
            appid=app.appid,
            user_id=person.user_id,
            scope=req.scope,
            redirect_uri=req.redirect_uri,
            state=req.state,
        )
    return Authorized(redirect, account_line(tx, app), req.scope)
