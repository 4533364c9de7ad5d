"""What moments keeps."""

from typing import NewType

from hutong.domains.identity.tables import UserId
from hutong.kernel.clock import Millis
from hutong.kernel.frozen import Frozen
from hutong.kernel.rows import Row, table

PostId = NewType("PostId", int)


class ProgramPage(Frozen):
    """A page of a mini program: `path` with its query; `picture` is a file's handle, or empty."""

    appid: str
    title: str
    path: str
    picture: str = ""


@table("moments_post", key="id", unique=[("author_id", "client_id")])
class Post(Row):
    """What somebody shows. `client_id` names it to whoever posted it, so that it is posted once."""

    id: PostId
    author_id: UserId
    client_id: str
    text: str
    page: ProgramPage | None
    posted_at: Millis


@table("moments_line", key=("user_id", "post_id"), shard="user_id")
class Line(Row):
    """A post among those that one person is shown."""

    user_id: UserId
    post_id: PostId
