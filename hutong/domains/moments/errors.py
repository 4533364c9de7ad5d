"""Every way moments can refuse."""

from hutong.kernel.errors import ErrorCode, Kind

POST_EMPTY = ErrorCode("moments.post_empty", Kind.INVALID, "A post has words, or a page of a mini program.")
POST_UNKNOWN = ErrorCode("moments.post_unknown", Kind.NOT_FOUND, "There is no such post of yours.")
