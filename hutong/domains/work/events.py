"""Every fact work announces."""

from hutong.domains.identity.tables import UserId
from hutong.kernel.events import Event

from .tables import CorpId, StaffId


class MemberJoined(Event, topic="work.member_joined", key="corpid"):
    """A person became staff of a corp."""

    corpid: CorpId
    userid: StaffId
    user_id: UserId
