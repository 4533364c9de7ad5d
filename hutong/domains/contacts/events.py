"""What contacts announces."""

from hutong.domains.identity.tables import UserId
from hutong.kernel.events import Event

from .tables import RequestId, Source


class ContactRequested(Event, topic="contacts.requested", key="to_id"):
    """Somebody asks to become a contact."""

    request_id: RequestId
    from_id: UserId
    to_id: UserId


class ContactsMet(Event, topic="contacts.met", key="asker_id"):
    """Two people are in each other's contacts now. `greeting` is what the asker wrote, perhaps nothing."""

    asker_id: UserId
    answerer_id: UserId
    greeting: str
    source: Source


class ContactDeleted(Event, topic="contacts.deleted", key="user_id"):
    """`user_id` took `contact_id` out of their contacts."""

    user_id: UserId
    contact_id: UserId


class ContactBlocked(Event, topic="contacts.blocked", key="user_id"):
    """`user_id` wants to hear nothing more from `blocked_id`."""

    user_id: UserId
    blocked_id: UserId
