"""People: registering, being found, changing a profile."""

import pytest

from hutong.domains.identity import users
from hutong.domains.identity.errors import NICKNAME_INVALID, PHONE_TAKEN, USERNAME_INVALID, USERNAME_TAKEN
from hutong.domains.identity.events import ProfileChanged, UserRegistered
from hutong.kernel import updates
from hutong.kernel.db import Tx
from hutong.kernel.errors import DomainError
from tests.domains.builders import a_user


def test_a_person_is_found_by_username_whatever_its_case(tx: Tx) -> None:
    ann = a_user(tx, username="Ann-Lee_1")
    assert ann.username == "ann-lee_1"
    assert users.find_by_username(tx, "ANN-lee_1") == ann
    assert tx.emitted(UserRegistered) == [UserRegistered(user_id=ann.id)]


def test_a_username_belongs_to_one_person(tx: Tx) -> None:
    a_user(tx, username="ann")
    with pytest.raises(DomainError) as refused:
        a_user(tx, username="ANN")
    assert refused.value.code is USERNAME_TAKEN


@pytest.mark.parametrize("username", ["ab", "a" * 33, "ann lee", "安", "an\nn", ""])
def test_a_username_outside_the_rules_is_refused(tx: Tx, username: str) -> None:
    with pytest.raises(DomainError) as refused:
        users.register(tx, username=username, password_hash="", nickname="A")
    assert refused.value.code is USERNAME_INVALID


@pytest.mark.parametrize("nickname", ["", "  ", "a" * 33, "a\nb", "a\u202eb"])
def test_a_nickname_that_would_break_screens_is_refused(tx: Tx, nickname: str) -> None:
    with pytest.raises(DomainError) as refused:
        users.register(tx, username="somebody", password_hash="", nickname=nickname)
    assert refused.value.code is NICKNAME_INVALID


def test_a_phone_number_finds_only_who_allows_it(tx: Tx) -> None:
    ann = a_user(tx, phone="+86 138-0000-0001")
    assert users.find_by_phone(tx, "+8613800000001") == ann
    users.change_profile(tx, user_id=ann.id, findable_by_phone=False)
    assert users.find_by_phone(tx, "+8613800000001") is None


def test_a_phone_number_belongs_to_one_person(tx: Tx) -> None:
    a_user(tx, phone="13800000001")
    ben = a_user(tx, "Ben")
    with pytest.raises(DomainError) as refused:
        users.change_profile(tx, user_id=ben.id, phone="138 0000 0001")
    assert refused.value.code is PHONE_TAKEN


def test_a_profile_changes_only_in_what_is_given_and_tells_the_other_devices(tx: Tx) -> None:
    ann = a_user(tx, phone="13800000001")
    changed = users.change_profile(tx, user_id=ann.id, nickname="Annie", region="Yunnan", phone="")
    assert (changed.nickname, changed.region, changed.phone, changed.username) == (
        "Annie",
        "Yunnan",
        None,
        ann.username,
    )
    assert len(tx.emitted(ProfileChanged)) == 1
    assert [update.kind for update in updates.since(tx, ann.id, 0)[0]] == ["me.changed"]
    users.change_profile(tx, user_id=ann.id, nickname="Annie")
    assert len(tx.emitted(ProfileChanged)) == 1


def test_a_renewed_personal_code_leaves_the_old_one_dead(tx: Tx) -> None:
    ann = a_user(tx)
    renewed = users.renew_personal_code(tx, user_id=ann.id)
    assert users.find_by_personal_code(tx, ann.personal_code) is None
    assert users.find_by_personal_code(tx, renewed.personal_code) == renewed


def test_many_people_come_in_one_answer(tx: Tx) -> None:
    ann, ben = a_user(tx), a_user(tx, "Ben")
    assert users.many(tx, [ben.id, ann.id, ann.id]) == {ann.id: ann, ben.id: ben}
    assert users.many(tx, []) == {}
