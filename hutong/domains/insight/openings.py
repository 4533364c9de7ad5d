"""Openings: how people come to programs, day by day."""

from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.frozen import Frozen

from .sales import LONGEST
from .tables import Opening, Way

# The published scenes of each way; what is not here has no better name than "other".
SCENES: dict[Way, tuple[int, ...]] = {
    Way.CHAT: (1007, 1036, 1073, 1096),
    Way.GROUP: (1008, 1044, 1158),
    Way.CODE: (
        1011,
        1012,
        1013,
        1017,
        1025,
        1031,
        1032,
        1047,
        1048,
        1049,
        1065,
        1069,
        1072,
        1124,
        1125,
        1126,
    ),
    Way.ACCOUNT: (1020, 1035, 1043, 1058, 1067, 1074, 1082, 1091, 1102, 1144),
    Way.PROGRAM: (1037, 1038),
    Way.NOTICE: (1014, 1107),
    Way.SEARCH: (1005, 1006, 1027, 1042, 1053, 1106),
    Way.MOMENTS: (1045, 1046, 1154, 1155),
}
_WAYS = {scene: way for way, scenes in SCENES.items() for scene in scenes}


class Day(Frozen):
    """One day of UTC+8, counted from 1970, and how often each way led to the program; ways without any are left out."""

    day: int
    times: dict[Way, int]


def way_of(scene: int) -> Way:
    return _WAYS.get(scene, Way.OTHER)


def count(tx: Tx, *, appid: str, day: int, way: Way) -> None:
    """Count one opening on its day."""
    tx.run(
        "insert into insight_opening (appid, day, way, times) values (:appid, :day, :way, 1)"
        " on conflict (appid, day, way) do update set times = insight_opening.times + 1",
        appid=appid,
        day=day,
        way=way.value,
    )


def by_day(snapshot: Snapshot, appid: str, *, first: int, last: int) -> list[Day]:
    """Every day from `first` to `last`, those without openings included, at most a year."""
    first = max(first, last - LONGEST + 1)
    found: dict[int, dict[Way, int]] = {}
    for row in snapshot.all(
        Opening,
        "where appid = :appid and day between :first and :last order by day, way limit :limit",
        appid=appid,
        first=first,
        last=last,
        limit=LONGEST * len(Way),
    ):
        found.setdefault(row.day, {})[row.way] = row.times
    return [Day(day, found.get(day, {})) for day in range(first, last + 1)]
