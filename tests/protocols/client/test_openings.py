"""How people come to a program, counted by day and by way."""

import pytest

from hutong.domains.apps import organisations, platform
from hutong.domains.apps.tables import AppKind, Role
from hutong.domains.identity.tables import UserId
from hutong.domains.insight.handlers import count_opening
from hutong.domains.miniapp import categories, visits
from hutong.domains.miniapp.events import ProgramOpened
from hutong.kernel.clock import DAY_MS, HandWound
from hutong.kernel.db import Tx
from tests.domains.builders import an_app
from tests.protocols.client.conftest import Device


@pytest.mark.shows("MIN-03")
def test_openings_are_told_by_day_and_way(tx: Tx, ann: Device, ben: Device, clock: HandWound) -> None:
    org = organisations.create(tx, name="灯笼胡同商铺")
    organisations.add_member(tx, org_id=org.id, user_id=UserId(int(ann.id)), role=Role.OPERATOR)
    program = an_app(tx, kind=AppKind.MINI_PROGRAM, org_id=org.id)

    def come(*scenes: int) -> None:
        for scene in scenes:
            visits.open_(tx, appid=program.appid, user_id=UserId(int(ben.id)), scene=scene, path="")
            count_opening(tx, list(tx.emitted(ProgramOpened))[-1])

    come(1007, 1044, 1011, 1049)
    clock.advance(2 * DAY_MS)
    come(1043, 1038, 1014, 1005, 1154, 1001, 9999)
    days = ann.get(f"/console/apps/{program.appid}/openings", days=3)["days"]
    assert [day["times"] for day in days] == [
        {"CHAT": 1, "GROUP": 1, "CODE": 2},
        {},
        {"ACCOUNT": 1, "PROGRAM": 1, "NOTICE": 1, "SEARCH": 1, "MOMENTS": 1, "OTHER": 2},
    ]
    assert days[2]["begins_at"] - days[0]["begins_at"] == 2 * DAY_MS
    ben.get(f"/console/apps/{program.appid}/openings", status=403)
    ann.get(f"/console/apps/{program.appid}/openings", days=0, status=400)


@pytest.mark.shows("MIN-07")
def test_visits_are_told_by_category(tx: Tx, ann: Device, ben: Device, clock: HandWound) -> None:
    org = organisations.create(tx, name="灯笼胡同商铺")
    platform.appoint(tx, UserId(int(ann.id)))
    tea, bus = (an_app(tx, kind=AppKind.MINI_PROGRAM, org_id=org.id) for _ in range(2))
    for program, seconds in ((tea, (632, 321)), (bus, (158, 632))):
        for second in seconds:
            categories.add(tx, appid=program.appid, second=second)

    def come(appid: str, times: int) -> None:
        for _ in range(times):
            visits.open_(tx, appid=appid, user_id=UserId(int(ben.id)), scene=1001, path="")
            count_opening(tx, list(tx.emitted(ProgramOpened))[-1])

    come(bus.appid, 1)
    clock.advance(3 * DAY_MS)
    come(tea.appid, 3)
    come(bus.appid, 2)
    found = ann.get("/platform/visits", days=2)["categories"]
    assert [(one["second"], one["times"], one["programs"]) for one in found] == [
        (632, 5, 2),
        (321, 3, 1),
        (158, 2, 1),
    ]
    assert found[0]["first_name"] == "餐饮"
    assert {one["second"]: one["times"] for one in ann.get("/platform/visits", days=30)["categories"]}[
        158
    ] == 3
    ben.get("/platform/visits", status=403)
