"""Passwords, sessions and the PIN."""

import pytest

from hutong.domains.identity import passwords, proofs, sessions
from hutong.domains.identity.errors import (
    PIN_INVALID,
    PIN_LOCKED,
    PIN_NOT_SET,
    PIN_WRONG,
    SIGN_IN_LIMITED,
    SIGN_IN_WRONG,
    SIGNED_OUT,
)
from hutong.domains.identity.events import SessionRevoked
from hutong.domains.identity.tables import Password, Session, UserId
from hutong.kernel.clock import HOUR_MS, HandWound
from hutong.kernel.db import Tx
from hutong.kernel.errors import DomainError
from tests.domains.builders import a_user


def try_in(tx: Tx, username: str, password: str) -> UserId | DomainError:
    return passwords.settle(tx, passwords.try_(tx, username=username, password=password))


def with_password(tx: Tx, password: str) -> str:
    ann = a_user(tx)
    passwords.change(tx, user_id=ann.id, password_hash=passwords.hash(password))
    return ann.username


def test_the_right_password_signs_in_and_the_wrong_one_does_not(tx: Tx) -> None:
    username = with_password(tx, "correct horse")
    assert isinstance(try_in(tx, username.upper(), "correct horse"), int)
    wrong = try_in(tx, username, "incorrect horse")
    assert isinstance(wrong, DomainError) and wrong.code is SIGN_IN_WRONG
    nobody = try_in(tx, "nobody-here", "correct horse")
    assert isinstance(nobody, DomainError) and nobody.code is SIGN_IN_WRONG


def test_ten_wrong_passwords_close_the_door_even_to_the_right_one(tx: Tx, clock: HandWound) -> None:
    username = with_password(tx, "correct horse")
    attempt = passwords.try_(tx, username=username, password="wrong horse")
    for _ in range(passwords.MAX_FAILURES):
        assert isinstance(passwords.settle(tx, attempt), DomainError)
    clock.advance(24 * HOUR_MS)  # turning the business clock does not help
    with pytest.raises(DomainError) as refused:
        try_in(tx, username, "correct horse")
    assert refused.value.code is SIGN_IN_LIMITED
    assert attempt is not None
    tx.update(tx.get(Password, user_id=attempt.user_id), failing_since=tx.wire_now - passwords.WINDOW_MS)
    assert isinstance(try_in(tx, username, "correct horse"), int)


def test_a_password_changed_in_between_does_not_sign_in(tx: Tx) -> None:
    username = with_password(tx, "correct horse")
    attempt = passwords.try_(tx, username=username, password="correct horse")
    assert attempt is not None and attempt.matched
    passwords.change(tx, user_id=attempt.user_id, password_hash=passwords.hash("another horse"))
    assert isinstance(passwords.settle(tx, attempt), DomainError)


def test_a_token_is_not_kept_and_stands_for_its_session_until_revoked(tx: Tx) -> None:
    ann = a_user(tx)
    session, token = sessions.open(tx, user_id=ann.id, device="phone")
    assert sessions.authenticate(tx, token) == session
    assert token not in str(tx.rows("select * from identity_session"))
    sessions.revoke(tx, user_id=ann.id, session_id=session.id)
    sessions.revoke(tx, user_id=ann.id, session_id=session.id)
    assert len(tx.emitted(SessionRevoked)) == 1
    with pytest.raises(DomainError) as refused:
        sessions.authenticate(tx, token)
    assert refused.value.code is SIGNED_OUT


def test_nobody_revokes_somebody_elses_session(tx: Tx) -> None:
    ann, ben = a_user(tx), a_user(tx, "Ben")
    session, token = sessions.open(tx, user_id=ann.id, device="phone")
    sessions.revoke(tx, user_id=ben.id, session_id=session.id)
    assert sessions.authenticate(tx, token) == session


def test_the_longest_unseen_session_makes_room(tx: Tx, clock: HandWound) -> None:
    ann = a_user(tx)
    first, _ = sessions.open(tx, user_id=ann.id, device="first")
    second, _ = sessions.open(tx, user_id=ann.id, device="second")
    clock.advance(2 * HOUR_MS)
    sessions.seen(tx, user_id=ann.id, session_id=first.id)
    for number in range(sessions.MAX_SESSIONS - 1):
        sessions.open(tx, user_id=ann.id, device=f"device {number}")
    kept = {session.id for session in sessions.list_(tx, ann.id)}
    assert len(kept) == sessions.MAX_SESSIONS
    assert first.id in kept and second.id not in kept


def test_last_seen_moves_at_most_once_an_hour(tx: Tx, clock: HandWound) -> None:
    ann = a_user(tx)
    session, _ = sessions.open(tx, user_id=ann.id, device="phone")
    clock.advance(HOUR_MS - 1)
    sessions.seen(tx, user_id=ann.id, session_id=session.id)
    assert tx.get(Session, id=session.id).seen_at == session.created_at
    clock.advance(1)
    sessions.seen(tx, user_id=ann.id, session_id=session.id)
    assert tx.get(Session, id=session.id).seen_at == tx.now


def check(tx: Tx, user_id: UserId, pin: str) -> object:
    refusal = proofs.check_pin(tx, user_id=user_id, pin=pin).refusal
    return None if refusal is None else refusal.code


def test_five_wrong_pins_lock_it_for_three_hours_of_business_time(tx: Tx, clock: HandWound) -> None:
    ann = a_user(tx)
    proofs.set_pin(tx, user_id=ann.id, pin="135790")
    codes = [check(tx, ann.id, "000000") for _ in range(5)]
    assert codes == [PIN_WRONG] * 4 + [PIN_LOCKED]
    assert check(tx, ann.id, "135790") is PIN_LOCKED
    clock.advance(proofs.LOCKED_MS - 1)
    assert check(tx, ann.id, "135790") is PIN_LOCKED
    clock.advance(1)
    assert check(tx, ann.id, "135790") is None


def test_a_right_pin_forgives_the_wrong_ones_before(tx: Tx) -> None:
    ann = a_user(tx)
    proofs.set_pin(tx, user_id=ann.id, pin="135790")
    for _ in range(3):
        assert [check(tx, ann.id, "000000") for _ in range(4)] == [PIN_WRONG] * 4
        assert check(tx, ann.id, "135790") is None


def test_a_pin_is_per_person_and_not_readable(tx: Tx) -> None:
    ann, ben = a_user(tx), a_user(tx, "Ben")
    proofs.set_pin(tx, user_id=ann.id, pin="135790")
    proofs.set_pin(tx, user_id=ben.id, pin="135790")
    stored = tx.rows("select pin_mac from identity_proof")
    assert len(set(stored)) == 2 and "135790" not in str(stored)


def test_a_missing_or_misshapen_pin_is_said_so(tx: Tx) -> None:
    ann = a_user(tx)
    with pytest.raises(DomainError) as refused:
        proofs.check_pin(tx, user_id=ann.id, pin="135790")
    assert refused.value.code is PIN_NOT_SET
    for pin in ("12345", "1234567", "12345a", "١٢٣٤٥٦", "135790\n"):
        with pytest.raises(DomainError) as refused:
            proofs.set_pin(tx, user_id=ann.id, pin=pin)
        assert refused.value.code is PIN_INVALID
