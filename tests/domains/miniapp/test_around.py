"""Around a program: keeping it, finding it by name, complaining about it."""

import pytest

from hutong.domains.apps import apps, organisations, platform
from hutong.domains.apps.errors import LAST_ADMIN, PLATFORM_ONLY
from hutong.domains.apps.tables import App, AppKind
from hutong.domains.identity.tables import User
from hutong.domains.miniapp import complaints
from hutong.domains.miniapp import errors as refusals
from hutong.domains.miniapp.complaints import Wrong
from hutong.domains.miniapp.tables import ComplaintState
from hutong.kernel.db import Tx
from hutong.kernel.errors import DomainError, ErrorCode
from tests.domains.builders import a_user, an_app


@pytest.fixture
def program(tx: Tx) -> App:
    return an_app(tx, kind=AppKind.MINI_PROGRAM)


@pytest.fixture
def ann(tx: Tx) -> User:
    return a_user(tx)


def refused(code: ErrorCode) -> "pytest.RaisesExc[DomainError]":
    return pytest.raises(DomainError, check=lambda error: error.code is code)


def test_a_name_is_found_by_any_part_of_it_page_by_page(tx: Tx) -> None:
    org = organisations.create(tx, name="Street")
    kinds = (AppKind.MINI_PROGRAM, AppKind.SERVICE)
    for number, name in enumerate(("云间茶铺点单", "云间茶铺", "茶铺点单助手", "Tea Time", "teapot")):
        apps.create(tx, org_id=org.id, kind=kinds[number % 2], name=name)

    def names(words: str, **more: object) -> list[str]:
        return [app.name for app in apps.named(tx, words, **more)]  # type: ignore[arg-type]

    assert set(names("茶铺")) == {"云间茶铺点单", "云间茶铺", "茶铺点单助手"}
    assert names("点单助") == ["茶铺点单助手"]
    assert names("TEA") == ["Tea Time", "teapot"]
    assert names("茶铺", kinds=[AppKind.SERVICE]) == ["云间茶铺"]
    assert names("铺茶") == []
    first = apps.named(tx, "茶铺", limit=2)
    rest = apps.named(tx, "茶铺", limit=2, after=first[-1].appid)
    assert len({app.appid for app in (*first, *rest)}) == 3


def test_a_complaint_waits_until_the_platform_answers(tx: Tx, program: App, ann: User) -> None:
    judge = a_user(tx, "Judge")
    platform.appoint(tx, judge.id)
    about = {"appid": program.appid, "user_id": ann.id, "kind": Wrong.PAYMENT}
    with refused(refusals.COMPLAINT_INVALID):
        complaints.make(tx, **about, words=" ")  # type: ignore[arg-type]
    made = complaints.make(tx, **about, words="It took the money twice.")  # type: ignore[arg-type]
    with refused(refusals.COMPLAINTS_OPEN):
        complaints.make(tx, **about, words="Still.")  # type: ignore[arg-type]
    with refused(PLATFORM_ONLY):
        complaints.answer(tx, complaint_id=made.id, by=ann.id, upheld=True, words="x")
    complaints.answer(tx, complaint_id=made.id, by=judge.id, upheld=True, words="The shop gave it back.")
    (mine,) = complaints.of_person(tx, ann.id)
    assert (mine.state, mine.answer) == (ComplaintState.UPHELD, "The shop gave it back.")
    assert complaints.in_state(tx, ComplaintState.OPEN) == []
    with refused(refusals.COMPLAINT_STATE):
        complaints.answer(tx, complaint_id=made.id, by=judge.id, upheld=False, words="No.")
    complaints.make(tx, **about, words="Again.")  # type: ignore[arg-type]


def test_the_platform_keeps_an_admin(tx: Tx, ann: User) -> None:
    with refused(PLATFORM_ONLY):
        platform.require_admin(tx, ann.id)
    platform.appoint(tx, ann.id)
    platform.require_admin(tx, ann.id)
    with refused(LAST_ADMIN):
        platform.dismiss(tx, ann.id)
    platform.appoint(tx, a_user(tx).id)
    platform.dismiss(tx, ann.id)
    assert not platform.is_admin(tx, ann.id)
