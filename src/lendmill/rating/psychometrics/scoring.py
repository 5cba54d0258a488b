"""What a finished form says: traits with their errors, how it was answered, and whether the traits may be used."""

from collections.abc import Sequence
from typing import Final

import msgspec

from lendmill.rating.psychometrics.graded import TraitScore, estimate, fit_of, together
from lendmill.rating.psychometrics.indices import (
    ConcealmentIndex,
    ConsistencyIndex,
    StraightLine,
    concealment,
    consistency,
    impression,
    straight_line,
)
from lendmill.rating.psychometrics.item import TRAITS, ItemBank
from lendmill.rating.psychometrics.timing import ItemAnswer, TimingIndex, timing

HURRIED: Final = "hurried"
STRAIGHT: Final = "straight-line"
EXTREME: Final = "extreme"
SPOILS: Final = frozenset({HURRIED, STRAIGHT})
SUBJECTS: Final = (*map(str, TRAITS), "impression", "consistency", "concealment", "seconds_median")


class FormScores(msgspec.Struct, frozen=True):
    """All that a finished form says; the same answers with the same bank give it again to the last digit."""

    bank_digest: str
    traits: dict[str, TraitScore]
    impression: float
    consistency: ConsistencyIndex
    concealment: ConcealmentIndex
    timing: TimingIndex
    line: StraightLine
    flags: tuple[str, ...]

    @property
    def is_usable(self) -> bool:
        """Whether the questions were read: a form hurried through or answered in a line says nothing about traits."""
        return not SPOILS & set(self.flags)

    def quantities(self) -> dict[str, float | None]:
        """The figures others may use, by subject; unknown where nothing was measured."""
        traits = {name: score.theta if self.is_usable else None for name, score in self.traits.items()}
        return {
            **traits,
            "impression": self.impression if self.is_usable else None,
            "consistency": self.consistency.index,
            "concealment": self.concealment.index if self.is_usable else None,
            "seconds_median": self.timing.seconds_median,
        }


def scored(bank: ItemBank, answers: Sequence[ItemAnswer]) -> FormScores:
    """Score a form's answers, in the order they were first given. Pure: nothing but the bank and the answers counts."""
    traits, fits = {}, []
    for trait in TRAITS:
        about = [
            (item, item.scored(answer.choice))
            for answer in answers
            if (item := bank.by_key[answer.item_key]).trait is trait
        ]
        traits[str(trait)] = estimate(about)
        fits.append(fit_of(about, traits[str(trait)].theta))
    impressed, line, pace = impression(bank, answers), straight_line(bank, answers), timing(bank, answers)
    return FormScores(
        bank_digest=bank.digest,
        traits=traits,
        impression=impressed,
        consistency=consistency(bank, answers, together(fits)),
        concealment=concealment(bank, answers, impressed),
        timing=pace,
        line=line,
        flags=_flags(bank, line, pace),
    )


def _flags(bank: ItemBank, line: StraightLine, pace: TimingIndex) -> tuple[str, ...]:
    rules = bank.rules
    signs = (
        (HURRIED, pace.fast_share > rules.fast_share_max),
        (STRAIGHT, line.longest_run > rules.run_max or line.same_share > rules.same_share_max),
        (EXTREME, line.extreme_share > rules.extreme_share_max),
    )
    return tuple(name for name, seen in signs if seen)
