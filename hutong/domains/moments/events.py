"""Every fact moments announces."""

from hutong.domains.identity.tables import UserId
from hutong.kernel.events import Event

from .tables import PostId


class Posted(Event, topic="moments.posted", key="author_id"):
    """Somebody posted; `after` is the contact up to whom it was shown already."""

    author_id: UserId
    post_id: PostId
    after: UserId = UserId(0)
