import pytest

from hutong.domains.work import corps, credentials, departments, members
from hutong.domains.work.errors import (
    ALREADY_STAFF,
    DEPARTMENT_NAME_TAKEN,
    DEPARTMENT_TOO_DEEP,
    DEPARTMENT_UNKNOWN,
    MEMBER_UNKNOWN,
    MOBILE_TAKEN,
    TOKEN_EXPIRED,
    TOKEN_INVALID,
    UNKNOWN_CORP,
    USERID_TAKEN,
    WRONG_SECRET,
)
from hutong.domains.work.events import MemberJoined
from hutong.domains.work.members import Seat
from hutong.domains.work.tables import CredentialKind
from hutong.kernel.clock import HandWound
from hutong.kernel.db import Tx
from hutong.kernel.errors import DomainError, ErrorCode
from tests.domains.builders import a_corp, a_user


def refusal(error: pytest.ExceptionInfo[DomainError]) -> ErrorCode:
    return error.value.code


def test_a_secret_buys_one_token_until_it_expires(tx: Tx, clock: HandWound) -> None:
    corp = a_corp(tx)
    agent = credentials.create(tx, corp, kind=CredentialKind.AGENT, name="Rota")
    secret = credentials.keys(tx, agent).secret

    first, seconds = credentials.issue_token(tx, corpid=corp.corpid, secret=secret)
    clock.advance(7_199_000)
    again, left = credentials.issue_token(tx, corpid=corp.corpid, secret=secret)

    assert (again, seconds, left) == (first, 7200, 1)
    assert credentials.authenticate(tx, first) == agent
    clock.advance(1_000)
    with pytest.raises(DomainError) as error:
        credentials.authenticate(tx, first)
    assert refusal(error) is TOKEN_EXPIRED
    assert credentials.issue_token(tx, corpid=corp.corpid, secret=secret)[0] != first


def test_an_expired_token_is_told_from_an_invented_one_for_a_day(tx: Tx, clock: HandWound) -> None:
    corp = a_corp(tx)
    secret = credentials.keys(tx, credentials.create(tx, corp, kind=CredentialKind.AGENT, name="Rota")).secret
    token, _ = credentials.issue_token(tx, corpid=corp.corpid, secret=secret)
    clock.advance(7_200_000 + 86_400_001)
    credentials.issue_token(tx, corpid=corp.corpid, secret=secret)
    for unknown in (token, "invented"):
        with pytest.raises(DomainError) as error:
            credentials.authenticate(tx, unknown)
        assert refusal(error) is TOKEN_INVALID


def test_each_secret_has_its_own_token_and_no_other_corp_s(tx: Tx) -> None:
    corp, other = a_corp(tx), a_corp(tx)
    rota = credentials.create(tx, corp, kind=CredentialKind.AGENT, name="Rota")
    stock = credentials.create(tx, corp, kind=CredentialKind.AGENT, name="Stock")
    assert (rota.agentid, stock.agentid) == (1000002, 1000003)
    tokens = {
        credentials.issue_token(tx, corpid=corp.corpid, secret=credentials.keys(tx, agent).secret)[0]
        for agent in (rota, stock)
    }
    assert len(tokens) == 2
    with pytest.raises(DomainError) as error:
        credentials.issue_token(tx, corpid=other.corpid, secret=credentials.keys(tx, rota).secret)
    assert refusal(error) is WRONG_SECRET
    with pytest.raises(DomainError) as error:
        credentials.issue_token(tx, corpid="ww0", secret="x")
    assert refusal(error) is UNKNOWN_CORP


def test_the_directory_has_one_secret_of_each_kind(tx: Tx) -> None:
    corp = a_corp(tx)
    contact = credentials.create(tx, corp, kind=CredentialKind.CONTACT, name="Directory")
    assert credentials.create(tx, corp, kind=CredentialKind.CONTACT, name="Again") == contact
    assert [found.agentid for found in credentials.list_(tx, corp.corpid)] == [contact.agentid]


def test_departments_are_one_tree(tx: Tx) -> None:
    corp = a_corp(tx)
    kitchen = departments.create(tx, corp, name="Kitchen", order=1)
    hall = departments.create(tx, corp, name="Hall", order=2)
    bakery = departments.create(tx, corp, name="Bakery", parentid=kitchen.id)
    assert [found.id for found in departments.subtree(tx, corp.corpid)] == [1, hall.id, kitchen.id, bakery.id]
    assert [found.id for found in departments.subtree(tx, corp.corpid, kitchen.id)] == [kitchen.id, bakery.id]
    for code, parentid, name in ((DEPARTMENT_NAME_TAKEN, 1, "Hall"), (DEPARTMENT_UNKNOWN, 99, "Cellar")):
        with pytest.raises(DomainError) as error:
            departments.create(tx, corp, name=name, parentid=parentid)
        assert refusal(error) is code
    deepest = bakery
    for level in range(4, 16):
        deepest = departments.create(tx, corp, name=f"Level {level}", parentid=deepest.id)
    with pytest.raises(DomainError) as error:
        departments.create(tx, corp, name="Too deep", parentid=deepest.id)
    assert refusal(error) is DEPARTMENT_TOO_DEEP


def test_a_person_joins_once_under_one_userid(tx: Tx) -> None:
    corp, ann, ben = a_corp(tx), a_user(tx, "Ann"), a_user(tx, "Ben")
    kitchen = departments.create(tx, corp, name="Kitchen")
    seats = [Seat(kitchen.id, order=3, leader=True), Seat(corps.ROOT)]
    member = members.join(
        tx, corp, userid="AnnLee", user_id=ann.id, name="Ann Lee", mobile="13800000001", seats=seats
    )

    assert members.join(tx, corp, userid="annlee", user_id=ann.id, name="Ann Lee") == member
    assert members.get(tx, corp.corpid, "ANNLEE") == member
    assert members.get_by_mobile(tx, corp.corpid, "13800000001") == member
    assert member.main_department == kitchen.id
    assert departments.leaders(tx, corp.corpid, [1, kitchen.id]) == {1: [], kitchen.id: ["AnnLee"]}
    assert [event.userid for event in tx.emitted(MemberJoined)] == ["AnnLee"]
    for code, userid, person, mobile in (
        (USERID_TAKEN, "annlee", ben, None),
        (ALREADY_STAFF, "ann2", ann, None),
        (MOBILE_TAKEN, "ben", ben, "13800000001"),
    ):
        with pytest.raises(DomainError) as error:
            members.join(tx, corp, userid=userid, user_id=person.id, name="X", mobile=mobile)
        assert refusal(error) is code
    with pytest.raises(DomainError) as error:
        members.get(tx, a_corp(tx).corpid, "AnnLee")
    assert refusal(error) is MEMBER_UNKNOWN
    assert members.of_person(tx, ann.id) == [member]
