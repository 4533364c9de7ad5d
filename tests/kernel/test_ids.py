"""Ids and handles: the right shape, every letter possible, none twice."""

import time

from hutong.kernel import ids


def test_handles_have_their_length_and_use_every_letter() -> None:
    made = [ids.handle("wx", 28) for _ in range(500)]
    assert len(set(made)) == 500
    assert all(len(handle) == 28 and handle.startswith("wx") for handle in made)
    assert {letter for handle in made for letter in handle[2:]} == set(ids.ALPHABET)


def test_digits_have_their_length_and_never_begin_with_zero() -> None:
    made = [ids.digits(5) for _ in range(2000)]
    assert all(len(text) == 5 and text.isdigit() and text[0] != "0" for text in made)
    assert {text[0] for text in made} == set("123456789") and {text[4] for text in made} == set("0123456789")
    assert {ids.digits(1) for _ in range(300)} == set("123456789")


def test_the_first_id_of_a_moment_is_larger_than_all_before_it() -> None:
    now = time.time_ns() // 1_000_000
    made = ids.Ids(node=1023).new()
    assert ids.first_at(now - 1) <= made < ids.first_at(now + 60_000)
    assert ids.first_at(0) == 0


def test_ids_grow_even_within_a_millisecond() -> None:
    source = ids.Ids(node=7)
    made = [source.new() for _ in range(10_000)]
    assert made == sorted(set(made)) and made[-1] < 2**63
