"""What advertising keeps."""

from enum import StrEnum
from typing import NewType

from hutong.domains.apps.tables import OrgId
from hutong.domains.identity.tables import UserId
from hutong.kernel.clock import Millis
from hutong.kernel.rows import Row, table

AdId = NewType("AdId", int)
ShowingId = NewType("ShowingId", int)


class UnitKind(StrEnum):
    """What kind of place a program keeps."""

    BANNER = "BANNER"
    CUSTOM = "CUSTOM"  # drawn as the page wants
    INTERSTITIAL = "INTERSTITIAL"
    REWARDED = "REWARDED"  # seen to its end, it earns what the program promised
    VIDEO = "VIDEO"  # before a film


@table("ads_unit", key="id", index=[("appid", "created_at")])
class Unit(Row):
    """A place for advertisements in a program. `id` is what its pages call `adUnitId`."""

    id: str
    appid: str
    kind: UnitKind
    name: str
    open: bool
    created_at: Millis


@table("ads_advertisement", key="id", index=[("org_id", "id")])
class Advertisement(Row):
    """What is shown: a picture with words, and the page of a program it leads to.

    `seconds` is how long it is to be looked at where looking earns something.
    """

    id: AdId
    org_id: OrgId
    title: str
    words: str
    picture: str  # a file's handle
    appid: str  # the program it leads to
    path: str
    seconds: int
    running: bool
    created_at: Millis


@table("ads_showing", key=("user_id", "id"), shard="user_id")
class Showing(Row):
    """One advertisement laid before one person, kept as long as something may be told of it."""

    user_id: UserId
    id: ShowingId
    unit_id: str
    ad_id: AdId
    begun_at: Millis
    seen: bool = False
    finished: bool = False
    pressed: bool = False


@table("ads_day", key=("ad_id", "unit_id", "day"), shard="ad_id")
class Day(Row):
    """What came of an advertisement in one place on one day. `day` counts days of UTC+8 since 1970."""

    ad_id: AdId
    unit_id: str
    day: int
    seen: int = 0
    finished: int = 0
    pressed: int = 0
