"""Openings: how people come to programs, day by day."""

from hutong.domains.miniapp import categories
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.frozen import Frozen

from .sales import LONGEST
from .tables import Opening, Way

_AT_ONCE = 500  # programs looked at together

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


def by_category(snapshot: Snapshot, *, first: int, last: int) -> dict[int, tuple[int, int]]:
    """How often the programs of each second-class category were opened, and how many were.

    A program that says several counts in each; categories nobody opened are left out.
    """
    found: dict[int, tuple[int, int]] = {}
    after = ""
    while True:
        rows = snapshot.rows(
            "select appid, sum(times) from insight_opening where appid > :after and day between :first and :last"
            " group by appid order by appid limit :limit",
            after=after,
            first=first,
            last=last,
            limit=_AT_ONCE,
        )
        said = categories.of_many(snapshot, [appid for appid, _ in rows]) if rows else {}
        for appid, sum_ in rows:
            for category in said.get(appid, []):
                times, programs = found.get(category.second, (0, 0))
                found[category.second] = (times + int(sum_), programs + 1)
        if len(rows) < _AT_ONCE:
            return found
        after = rows[-1][0]
