"""The console of a program's openings: how people came to it."""

from typing import Annotated

from msgspec import Meta

from hutong.domains.apps import access, apps
from hutong.domains.apps.tables import AppKind, Role
from hutong.domains.insight import openings, sales
from hutong.domains.insight.tables import Way
from hutong.kernel.clock import day_of, start_of
from hutong.kernel.db import Snapshot
from hutong.kernel.endpoints import Response

from .console import AppRef
from .protocol import Person, client


class OpeningsQuery(AppRef):
    days: Annotated[int, Meta(ge=1, le=sales.LONGEST)] = 30


class OpeningsDay(Response):
    """`begins_at` is the moment the day of UTC+8 begins; `times` leaves out the ways nobody came."""

    begins_at: int
    times: dict[Way, int]


class Openings(Response):
    """Days, the last of which is today."""

    days: list[OpeningsDay]


@client.get("/console/apps/{appid}/openings")
def list_openings(snapshot: Snapshot, person: Person, req: OpeningsQuery) -> Openings:
    """How often a program was opened each day, by where people came from."""
    app = apps.require_kind(
        access.require_app(snapshot, req.appid, person.user_id, at_least=Role.OPERATOR), AppKind.MINI_PROGRAM
    )
    today = day_of(snapshot.now)
    found = openings.by_day(snapshot, app.appid, first=today - req.days + 1, last=today)
    return Openings([OpeningsDay(start_of(day.day), day.times) for day in found])
