"""Every way advertisements can refuse."""

from hutong.kernel.errors import ErrorCode, Kind

UNIT_UNKNOWN = ErrorCode("ads.unit_unknown", Kind.NOT_FOUND, "The program has no such place of this kind.")
UNIT_CLOSED = ErrorCode("ads.unit_closed", Kind.CONFLICT, "The place is closed.")
UNITS_LIMIT = ErrorCode("ads.units_limit", Kind.CONFLICT, "The program has as many places as it may.")
AD_NONE = ErrorCode("ads.ad_none", Kind.NOT_FOUND, "There is no advertisement that fits.")
AD_UNKNOWN = ErrorCode("ads.ad_unknown", Kind.NOT_FOUND, "There is no such advertisement.")
ADS_LIMIT = ErrorCode(
    "ads.ads_limit", Kind.CONFLICT, "The organisation has as many advertisements as it may."
)
SHOWING_UNKNOWN = ErrorCode("ads.showing_unknown", Kind.NOT_FOUND, "Nothing was shown under this name.")
