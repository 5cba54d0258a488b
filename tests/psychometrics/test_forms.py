"""A form has its share of every trait, its pairs lie apart, its impression items are spread; the seed decides."""

from collections import Counter
from itertools import pairwise

import pytest
from answer_sheets import BANK

from lendmill.rating.psychometrics.form import composed, pairs_of
from lendmill.rating.psychometrics.item import TRAITS, Trait

SEEDS = [*range(150), 2**62 - 1]


def test_every_form_has_its_share_of_everything() -> None:
    for seed in SEEDS:
        items = [BANK.by_key[screen.item_key] for screen in composed(BANK, seed)]
        assert len({item.key for item in items}) == len(items) == 40
        assert Counter(item.trait for item in items) == dict.fromkeys(TRAITS, 7) | {Trait.IMPRESSION: 5}
        assert Counter(item.trait for item in items if item.is_situation) == dict.fromkeys(TRAITS, 2)


def test_a_pair_of_each_trait_is_asked_far_apart() -> None:
    for seed in SEEDS:
        keys = [screen.item_key for screen in composed(BANK, seed)]
        pairs = pairs_of(BANK, keys)
        assert sorted(BANK.by_key[one].trait for one, _ in pairs) == sorted(Trait)
        assert min(abs(keys.index(one) - keys.index(other)) for one, other in pairs) >= 8


def test_the_impression_scale_is_spread_and_at_neither_end() -> None:
    for seed in SEEDS:
        keys = [screen.item_key for screen in composed(BANK, seed)]
        at = [n for n, key in enumerate(keys) if BANK.by_key[key].trait is Trait.IMPRESSION]
        assert at[0] > 2
        assert at[-1] < 38
        assert min(later - earlier for earlier, later in pairwise(at)) >= 5


def test_courses_of_action_are_shuffled_and_steps_are_not() -> None:
    orders = Counter()
    for seed in SEEDS:
        for screen in composed(BANK, seed):
            if BANK.by_key[screen.item_key].is_situation:
                assert sorted(screen.order) == [0, 1, 2, 3]
                orders[screen.order] += 1
            else:
                assert screen.order == (0, 1, 2, 3, 4)
    assert len(orders) == 24
    assert max(orders.values()) / orders.total() < 0.08


def test_over_many_forms_every_item_is_asked() -> None:
    asked = {screen.item_key for seed in SEEDS for screen in composed(BANK, seed)}
    assert asked == set(BANK.by_key)


def test_the_same_seed_gives_the_same_form_for_ever() -> None:
    assert composed(BANK, 42) == composed(BANK, 42) != composed(BANK, 43)
    form = [(screen.item_key, screen.order) for screen in composed(BANK, 42)]
    assert [key for key, _ in form][:6] == ["loc-07", "sit-loc-4", "emo-10", "int-03", "emo-12", "pru-04"]
    assert [each for each in form if each[0].startswith("sit")][:2] == [
        ("sit-loc-4", (3, 1, 0, 2)),
        ("sit-emo-1", (3, 1, 2, 0)),
    ]


@pytest.mark.parametrize("seed", [0, 1, 2**62])
def test_any_seed_will_do(seed: int) -> None:
    assert len(composed(BANK, seed)) == 40
