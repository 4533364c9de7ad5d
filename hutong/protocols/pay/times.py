"""Moments on the published wire: RFC 3339, written at +08:00."""

import datetime as dt
import re
from functools import lru_cache

from hutong.kernel.clock import Millis

BEIJING = dt.timezone(dt.timedelta(hours=8))
_RFC3339 = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})\Z")


def written(moment: Millis) -> str:
    return _written(moment // 1000)


@lru_cache(maxsize=256)  # what happens in one second is written several times over
def _written(second: int) -> str:
    return dt.datetime.fromtimestamp(second, BEIJING).isoformat()


def read(text: str) -> Millis | None:
    """None when the text is no moment."""
    if not _RFC3339.match(text):
        return None
    try:
        moment = dt.datetime.fromisoformat(text)
        return Millis(int(moment.timestamp() * 1000))
    except (ValueError, OverflowError):
        return None
