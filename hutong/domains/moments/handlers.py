"""What moments does when something happened."""

from hutong.kernel.db import Tx
from hutong.kernel.events import on

from . import posts
from .events import Posted


@on(Posted, name="moments.show")
def show(tx: Tx, event: Posted) -> None:
    """Those who know the author see the post, some at a time."""
    posts.show(tx, author_id=event.author_id, post_id=event.post_id, after=event.after)
