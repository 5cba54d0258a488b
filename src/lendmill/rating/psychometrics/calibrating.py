"""Makes the next version of the bank from people's answers, where enough of them have answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import msgspec
import numpy as np

from lendmill.rating.psychometrics.fitting import NOT_ASKED, FittedItem, TooFewAnswers, fitted
from lendmill.rating.psychometrics.item import Item, ItemBank, Pace, Trait
from lendmill.rating.psychometrics.timing import ItemAnswer, pace_from

PEOPLE_MIN: Final = 200
TIMES_MIN: Final = 50


@dataclass(frozen=True)
class BankCalibration:
    """A version of the bank with estimated parameters, and which items kept the values they had."""

    bank: ItemBank
    people: int
    estimated: dict[str, FittedItem]

    @property
    def kept(self) -> list[str]:
        """The items that too few have answered."""
        return [item.key for item in self.bank.items if item.key not in self.estimated]


def calibrated(bank: ItemBank, forms: Sequence[Sequence[ItemAnswer]], people_min: int = PEOPLE_MIN) -> BankCalibration:
    """Estimate each trait's items from forms of one edition; refuses with `TooFewAnswers`.

    An item that fewer than `people_min` have answered keeps its values; an item's pace in a language needs
    `TIMES_MIN` times that were no pause.
    """
    if len(forms) < people_min:
        raise TooFewAnswers(people=len(forms), needed=people_min)
    estimated: dict[str, FittedItem] = {}
    for trait in Trait:
        estimated |= _trait(bank, forms, trait, people_min)
    paces = _paces(bank, forms)
    items = tuple(_renewed(item, estimated.get(item.key), paces.get(item.key, {})) for item in bank.items)
    made = msgspec.structs.replace(
        bank, parameters=bank.parameters + 1, origin=f"estimated from {len(forms)} people", items=items
    )
    return BankCalibration(made, len(forms), estimated)


def _trait(
    bank: ItemBank, forms: Sequence[Sequence[ItemAnswer]], trait: Trait, people_min: int
) -> dict[str, FittedItem]:
    about = [item for item in bank.items if item.trait is trait]
    column = {item.key: n for n, item in enumerate(about)}
    scores = np.full((len(forms), len(about)), NOT_ASKED, dtype=np.int64)
    for row, form in enumerate(forms):
        for answer in form:
            if (n := column.get(answer.item_key)) is not None:
                scores[row, n] = about[n].scored(answer.choice)
    enough = [n for n in range(len(about)) if (scores[:, n] != NOT_ASKED).sum() >= people_min]
    if not enough:
        return {}
    found = fitted(scores[:, enough], [(about[n].a, about[n].b) for n in enough])
    return {about[n].key: fit for n, fit in zip(enough, found, strict=True)}


def _paces(bank: ItemBank, forms: Sequence[Sequence[ItemAnswer]]) -> dict[str, dict[str, Pace]]:
    times: dict[tuple[str, str], list[float]] = {}
    for answer in (each for form in forms for each in form):
        if answer.seconds is not None and answer.seconds <= bank.rules.pause_seconds:
            times.setdefault((answer.item_key, answer.language), []).append(answer.seconds)
    paces: dict[str, dict[str, Pace]] = {}
    for (key, language), seconds in times.items():
        if len(seconds) >= TIMES_MIN:
            paces.setdefault(key, {})[language] = pace_from(seconds)
    return paces


def _renewed(item: Item, fit: FittedItem | None, paces: dict[str, Pace]) -> Item:
    renewed = msgspec.structs.replace(item, paces={**item.paces, **paces})
    return renewed if fit is None else msgspec.structs.replace(renewed, a=fit.a, b=fit.b)
