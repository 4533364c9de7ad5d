"""How media refuses."""

from hutong.kernel.errors import ErrorCode, Kind

FILE_UNKNOWN = ErrorCode("media.file_unknown", Kind.NOT_FOUND, "There is no such file.")
FILE_TOO_LARGE = ErrorCode("media.file_too_large", Kind.INVALID, "The file is too large.")
FILE_EMPTY = ErrorCode("media.file_empty", Kind.INVALID, "The file is empty.")
IMAGE_INVALID = ErrorCode("media.image_invalid", Kind.INVALID, "That is not a picture we can read.")
IMAGE_TOO_LARGE = ErrorCode("media.image_too_large", Kind.INVALID, "The picture has too many pixels.")
KIND_WRONG = ErrorCode("media.kind_wrong", Kind.INVALID, "This place takes another kind of file.")
ADDRESS_EXPIRED = ErrorCode(
    "media.address_expired", Kind.FORBIDDEN, "This address has ended; ask for a new one."
)
