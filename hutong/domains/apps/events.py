"""Every fact apps announces."""

from hutong.domains.identity.tables import UserId
from hutong.kernel.events import Event

from .tables import PushCheckId


class PushProposed(Event, topic="apps.push_proposed", key="appid"):
    """Somebody proposed a push address; it wants to be checked."""

    appid: str
    check_id: PushCheckId


class GrantRevoked(Event, topic="apps.grant_revoked", key="user_id"):
    """A person took a grant back from an app."""

    user_id: UserId
    appid: str
    scope: str
