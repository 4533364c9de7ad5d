"""Every fact official accounts announce."""

from hutong.domains.identity.tables import UserId
from hutong.kernel.clock import Millis
from hutong.kernel.events import Event

from .tables import ButtonKind, PublishId


class Followed(Event, topic="official.followed", key="user_id"):
    """A person began to follow. `code_scene` and `ticket` are those of the scanned code, or empty."""

    appid: str
    user_id: UserId
    at: Millis
    code_scene: str = ""
    ticket: str = ""


class Unfollowed(Event, topic="official.unfollowed", key="user_id"):
    """A person no longer follows."""

    appid: str
    user_id: UserId
    at: Millis


class CodeScanned(Event, topic="official.code_scanned", key="user_id"):
    """A follower scanned one of the account's scene codes."""

    appid: str
    user_id: UserId
    at: Millis
    code_scene: str
    ticket: str


class MenuTapped(Event, topic="official.menu_tapped", key="user_id"):
    """A person tapped a button. `key` is its key, address or page, by kind; `result` is what a scan read."""

    appid: str
    user_id: UserId
    at: Millis
    kind: ButtonKind
    key: str
    menu_id: int
    result: str = ""


class NoticeSent(Event, topic="official.notice_sent", key="user_id"):
    """A template message reached its reader, or did not: `status` is the published word."""

    appid: str
    user_id: UserId
    at: Millis
    msg_id: int
    status: str


class ServiceEntered(Event, topic="official.service_entered", key="user_id"):
    """A person opened a mini program's customer service. `session_from` is what the button carried."""

    appid: str
    user_id: UserId
    at: Millis
    session_from: str


class ProgramLinked(Event, topic="official.program_linked", key="appid"):
    """An account linked a program and tells its fans, those after `after` in the order they came."""

    appid: str
    program_appid: str
    after: int = 0


class IssuePublished(Event, topic="official.issue_published", key="appid"):
    """An account published articles: `articles` are their readers' handles, in order."""

    appid: str
    at: Millis
    publish_id: PublishId
    article_id: str
    articles: list[str]
