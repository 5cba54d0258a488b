"""Identifiers that keep a given order: the parts of one work may be done side by side, or again."""

import threading
from itertools import pairwise

from lendmill import ids


def test_numbered_ids_rise_and_are_of_version_7() -> None:
    with ids.numbered_from(1_700_000_000_000):
        made = [ids.new() for _ in range(3_000)]
    assert all(a < b for a, b in pairwise(made))
    assert {(key.version, key.variant) for key in made} == {(7, "specified in RFC 4122")}
    assert {key.int >> 80 for key in made} == {1_700_000_000_000}


def test_a_later_part_comes_after_an_earlier_one_even_if_it_is_done_first() -> None:
    with ids.numbered_from(1_700_000_000_001):
        second = [ids.new() for _ in range(5_000)]
    with ids.numbered_from(1_700_000_000_000):
        first = [ids.new() for _ in range(5_000)]
    assert max(first) < min(second)


def test_only_the_thread_that_asked_is_numbered_and_only_while_it_asks() -> None:
    elsewhere = []
    with ids.numbered_from(1):
        other = threading.Thread(target=lambda: elsewhere.append(ids.new()))
        other.start()
        other.join()
        assert ids.new().int >> 80 == 1
    assert elsewhere[0].int >> 80 > 1_700_000_000_000
    assert ids.new().int >> 80 > 1_700_000_000_000


def test_the_same_part_done_twice_makes_other_ids() -> None:
    made = set()
    for _ in range(2):
        with ids.numbered_from(5):
            made |= {ids.new() for _ in range(1_000)}
    assert len(made) == 2_000


def test_the_counter_of_a_part_carries_beyond_twenty_bits() -> None:
    before, after = (ids._numbered(7, number) for number in (2**20 - 1, 2**20))
    assert before < after
