"""Draws one person's form from the bank: so many of each trait, a pair of each, all in an order of its own.

Order and choice come from the seed alone: each candidate is ranked by the SHA-256 of seed, purpose and key. So the same
seed gives the same form on every machine and with every version of every library.
"""

import hashlib
from collections.abc import Iterable

import msgspec

from lendmill.rating.psychometrics.item import TRAITS, Item, ItemBank, Trait


class FormItem(msgspec.Struct, frozen=True):
    """One screen of a form: the item, and the order its answers are shown in."""

    item_key: str
    order: tuple[int, ...]


def composed(bank: ItemBank, seed: int) -> tuple[FormItem, ...]:
    """The form of a seed.

    Of each trait: one pair and further statements up to `rules.statements`, and `rules.situations` situations; of the
    impression scale one pair and further ones up to `rules.impressions`, spread over the whole. The two halves of a
    pair lie at least `rules.pair_distance_min` screens apart. Courses of action are shown in an order of their own;
    the five steps of a statement always from least to most, because people read them as a scale.
    """
    pairs, chosen, impressions = [], list[Item](), list[Item]()
    for trait in Trait:
        pair = _ranked(seed, f"pair {trait}", [each for each in bank.pairs if bank.by_key[each[0]].trait is trait])[0]
        pairs.append(pair)
        is_impression = trait is Trait.IMPRESSION
        wanted = bank.rules.impressions if is_impression else bank.rules.statements
        others = [item for item in bank.of(trait, situations=False) if item.key not in pair and _lone(bank, item, pair)]
        picked = [bank.by_key[key] for key in pair] + _items(seed, f"statements {trait}", others)[: wanted - 2]
        (impressions if is_impression else chosen).extend(picked)
        if trait in TRAITS:
            chosen += _items(seed, f"situations {trait}", bank.of(trait, situations=True))[: bank.rules.situations]
    laid = _spread(_items(seed, "order", chosen), _items(seed, "impressions", impressions))
    keys = _apart([item.key for item in laid], pairs, {item.key for item in impressions}, bank.rules.pair_distance_min)
    return tuple(FormItem(key, _order(seed, bank.by_key[key])) for key in keys)


def pairs_of(bank: ItemBank, keys: Iterable[str]) -> list[tuple[str, str]]:
    """The pairs of the bank that a form asks both halves of."""
    asked = set(keys)
    return [pair for pair in bank.pairs if asked >= set(pair)]


def _lone(bank: ItemBank, item: Item, pair: tuple[str, str]) -> bool:
    """Whether an item may stand beside a pair: of each other pair at most its first half."""
    return all(item.key != second for first, second in bank.pairs if (first, second) != pair)


def _rank(seed: int, purpose: str, key: str) -> bytes:
    return hashlib.sha256(f"{seed}/{purpose}/{key}".encode()).digest()


def _ranked(seed: int, purpose: str, pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return sorted(pairs, key=lambda pair: _rank(seed, purpose, pair[0]))


def _items(seed: int, purpose: str, items: list[Item]) -> list[Item]:
    return sorted(items, key=lambda item: _rank(seed, purpose, item.key))


def _order(seed: int, item: Item) -> tuple[int, ...]:
    choices = range(item.steps)
    if not item.is_situation:
        return tuple(choices)
    return tuple(sorted(choices, key=lambda choice: _rank(seed, item.key, str(choice))))


def _spread(chosen: list[Item], impressions: list[Item]) -> list[Item]:
    """The impression items at even distances among the others, none at either end."""
    laid, step = list(chosen), (len(chosen) + len(impressions)) / (len(impressions) + 1)
    for number, item in enumerate(impressions, start=1):
        laid.insert(round(number * step) - 1, item)
    return laid


def _apart(keys: list[str], pairs: list[tuple[str, str]], spread: set[str], distance_min: int) -> list[str]:
    """Move a half of a pair that lies too near the other: it changes places with the nearest item where both fit.

    An impression item changes with impression items only, so that they stay spread.
    """
    partner = {one: other for first, second in pairs for one, other in ((first, second), (second, first))}

    def fits(places: list[str], at: int) -> bool:
        other = partner.get(places[at])
        return other is None or abs(places.index(other) - at) >= distance_min

    for at in range(len(keys)):
        if fits(keys, at):
            continue
        alike = [to for to in range(len(keys)) if to != at and (keys[to] in spread) is (keys[at] in spread)]
        for to in sorted(alike, key=lambda place: (abs(place - at), place)):
            swapped = list(keys)
            swapped[at], swapped[to] = keys[to], keys[at]
            if fits(swapped, at) and fits(swapped, to):
                keys = swapped
                break
    return keys
