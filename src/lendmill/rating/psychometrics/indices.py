"""How a form was answered: consistent or not, too good to be true, a straight line, situations against statements."""

import math
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from statistics import fmean

import msgspec

from lendmill.rating.psychometrics.form import pairs_of
from lendmill.rating.psychometrics.graded import PersonFit, estimate
from lendmill.rating.psychometrics.item import STEPS, TRAITS, ItemBank, Trait
from lendmill.rating.psychometrics.timing import ItemAnswer, robust_z

GAP_MOST = 3.0
DIGITS = 6


class ConsistencyIndex(msgspec.Struct, frozen=True):
    """How far the answers agree with one another, from 0 to 1, and the two parts it is made of."""

    index: float
    pair_distance: float
    lz: float


class ConcealmentIndex(msgspec.Struct, frozen=True):
    """How far the answers look made up, from 0 to 1, and the three parts it is made of."""

    index: float
    gap: float
    impression: float
    eager_share: float


class StraightLine(msgspec.Struct, frozen=True):
    """Signs that the statements were not answered one by one."""

    longest_run: int
    same_share: float
    extreme_share: float


def consistency(bank: ItemBank, answers: Sequence[ItemAnswer], fit: PersonFit) -> ConsistencyIndex:
    """Whether the same thing asked twice got the same answer, and whether the answers hang together.

        index = w_pairs x (1 - mean distance of the pairs / widest distance) + w_fit x min(1, 2 Phi(lz))

    Answers no less likely than the model expects (lz at or above 0) count in full. The weights are by design.
    """
    given = {answer.item_key: bank.by_key[answer.item_key].scored(answer.choice) for answer in answers}
    apart = [abs(given[one] - given[other]) / (STEPS - 1) for one, other in pairs_of(bank, given)]
    distance = fmean(apart) if apart else 0.0
    hangs = min(1.0, 2 * _phi(fit.lz))
    index = bank.weights.consistency_pairs * (1 - distance) + bank.weights.consistency_fit * hangs
    return ConsistencyIndex(round(index, DIGITS), round(distance, DIGITS), round(fit.lz, DIGITS))


def _phi(z: float) -> float:
    """The share of a normal below z."""
    return 0.5 * (1 + math.erf(z / math.sqrt(2)))


def impression(bank: ItemBank, answers: Sequence[ItemAnswer]) -> float:
    """How far somebody claims virtues nobody has, or denies faults everybody has: the scale's mean, from 0 to 1."""
    claimed = [
        item.scored(answer.choice) / (item.steps - 1)
        for answer in answers
        if (item := bank.by_key[answer.item_key]).trait is Trait.IMPRESSION
    ]
    return round(fmean(claimed), DIGITS) if claimed else 0.0


def concealment(bank: ItemBank, answers: Sequence[ItemAnswer], impressed: float) -> ConcealmentIndex:
    """How far what somebody would do lies below what they say of themselves, with two signs of a made-up picture.

        gap     = mean over the traits of min(3, max(0, z)) / 3,
                  z = (theta of the statements - theta of the situations) / sqrt(sum of their squared errors)
        eager   = share of timed questions about traits answered both quickly (z < eager_z) and most favourably
        index   = w_gap x gap + w_impression x impression + w_eager x eager

    Somebody who would do better than they say conceals nothing: that counts as 0. The weights are by design.
    """
    gap = fmean(_gap(bank, answers, trait) for trait in TRAITS)
    asked = [answer for answer in answers if bank.by_key[answer.item_key].trait is not Trait.IMPRESSION]
    timed = [(answer, z) for answer in asked if (z := robust_z(bank, answer)) is not None]
    eager = [answer for answer, z in timed if z < bank.rules.eager_z and _is_best(bank, answer)]
    eager_share = len(eager) / len(timed) if timed else 0.0
    index = (
        bank.weights.concealment_gap * gap
        + bank.weights.concealment_impression * impressed
        + bank.weights.concealment_eager * eager_share
    )
    return ConcealmentIndex(round(index, DIGITS), round(gap, DIGITS), impressed, round(eager_share, DIGITS))


def _gap(bank: ItemBank, answers: Sequence[ItemAnswer], trait: Trait) -> float:
    asked = [(bank.by_key[answer.item_key], answer.choice) for answer in answers]
    scored = [(item, item.scored(choice)) for item, choice in asked if item.trait is trait]
    says = estimate([each for each in scored if not each[0].is_situation])
    does = estimate([each for each in scored if each[0].is_situation])
    z = (says.theta - does.theta) / math.hypot(says.error, does.error)
    return min(GAP_MOST, max(0.0, z)) / GAP_MOST


def _is_best(bank: ItemBank, answer: ItemAnswer) -> bool:
    item = bank.by_key[answer.item_key]
    return item.scored(answer.choice) == item.steps - 1


def straight_line(bank: ItemBank, answers: Sequence[ItemAnswer]) -> StraightLine:
    """The statements as they came: the longest run of one step, the commonest step's share, the share of the ends."""
    steps = [answer.choice for answer in answers if not bank.by_key[answer.item_key].is_situation]
    if not steps:
        return StraightLine(0, 0.0, 0.0)
    longest = run = 1
    for before, step in pairwise(steps):
        run = run + 1 if step == before else 1
        longest = max(longest, run)
    same = max(Counter(steps).values()) / len(steps)
    extreme = sum(step in (0, STEPS - 1) for step in steps) / len(steps)
    return StraightLine(longest, round(same, DIGITS), round(extreme, DIGITS))
