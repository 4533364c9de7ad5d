"""What media keeps."""

from enum import StrEnum

from hutong.kernel.clock import Millis
from hutong.kernel.rows import Row, table


class FileKind(StrEnum):
    IMAGE = "IMAGE"
    VOICE = "VOICE"
    VIDEO = "VIDEO"
    FILE = "FILE"


@table("media_file", key="handle", index=[("owner", "created_at")])
class File(Row):
    """One uploaded file. `owner` is a user id in decimal, or an appid."""

    handle: str
    owner: str
    kind: FileKind
    content_hash: str
    content_type: str
    size_bytes: int
    name: str
    created_at: Millis
    width: int = 0
    height: int = 0
    thumbnail_hash: str = ""  # a smaller picture of an image, as WebP; empty when there is none
