"""The two ways to learn a card, side by side: the classic scorecard, and the boosted card."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import polars as pl

from lendmill.rating.card import Card
from lendmill.rating.measures import Flags, Floats
from lendmill.rating.scale import LOGIT_UNITS, Scale
from lendmill.rating.tables import Axis, Table
from lendmill.rating.training import boosted, choosing
from lendmill.rating.training.bins import KNOWN_MIN, Cut, Feature, cut, cut_category
from lendmill.rating.training.grid import cut_fine
from lendmill.rating.training.screening import screened
from lendmill.rating.training.writing import MICRO, added, merged, tables_of, whole
from lendmill.refusals import Refusal

SIGNS: Final[Mapping[str | None, int]] = {"worse": 1, "better": -1, None: 0}


class NothingLearned(Refusal):
    """No feature tells good payers from bad ones here, so there is no card."""


@dataclass(frozen=True)
class Lesson:
    """A card learned from some shops, the weights of its tables where they have one, and why the rest was left out.

    `told`: the logits of paying back that cards so learned told of shops they had not seen, where that was tried.
    """

    card: Card
    weights: Mapping[str, float]
    left_out: Mapping[str, str]
    notes: tuple[str, ...] = ()
    told: Floats | None = None


@dataclass(frozen=True)
class Asked:
    """What to learn: the features, which of them are categories, and what the card is to be called."""

    catalogue: Sequence[Feature]
    categories: Collection[str]
    key: str
    target: str
    scale: Scale
    seed: int = 0
    pairs: int = boosted.PAIRS
    features_max: int = boosted.FEATURES_MAX
    recipe: boosted.Recipe | None = None


def classic(frame: pl.DataFrame, bad: Flags, shops: Any, asked: Asked) -> Lesson:
    """The classic scorecard: bins by OptBinning, the telling features, evidence weighed by logistic regression."""
    independent = len(np.unique(shops)) / len(shops)
    columns = {
        feature.name: frame[feature.name] if feature.name in asked.categories
        else frame[feature.name].cast(pl.Float64).to_numpy() for feature in asked.catalogue
    }  # fmt: skip

    def cut_all(rows: Any, quick: bool = True) -> list[Cut]:
        """The features cut for some rows, those left out that have no cut or tell least at first sight."""
        found = []
        for feature in screened(asked.catalogue, {name: column[rows] for name, column in columns.items()}, bad[rows]):
            values = columns[feature.name][rows]
            if feature.name in asked.categories:
                found.append(cut_category(feature, values, bad[rows], independent))
            else:
                found.append(cut(feature, values, bad[rows], independent, quick))
        return [each for each in found if each is not None]

    cuts = cut_all(slice(None), quick=False)
    no_cut, looked_at = {}, {feature.name for feature in screened(asked.catalogue, columns, bad)}
    for name in columns.keys() - {each.feature for each in cuts}:
        if name not in looked_at:
            no_cut[name] = "tells less at first sight than others"
            continue
        known = frame.height - frame[name].null_count()
        no_cut[name] = "no cut in the expected direction" if known >= KNOWN_MIN else "hardly ever known"
    choice = choosing.choose(cuts, columns, bad, shops, cut_all)
    choice.left_out.update(no_cut)
    if not choice.kept:
        raise NothingLearned()
    tables = tuple(_table(made, weight, choice.refined.get(made.feature)) for made, weight in choice.kept)
    start = round(choice.start * MICRO) * 10**9
    card = Card(key=asked.key, target=asked.target, start=start, tables=tables, scale=asked.scale)
    notes = (choice.note,) if choice.note else ()
    return Lesson(card, {made.feature: weight for made, weight in choice.kept}, choice.left_out, notes, choice.told)


def _table(made: Cut, weight: float, bins: Floats | None) -> Table:
    """One table of the card: evidence times weight or what was learned of each bin, the missing after the bins."""
    axis = made.levels or Axis(made.feature, made.edges, made.low, made.high, made.has_missing)
    if bins is None:
        cells = tuple(round(weight * MICRO) * round(each * MICRO) * 1000 for each in made.told.tolist())
        return Table(axes=(axis,), cells=cells, block=made.block)
    if isinstance(axis, Axis):
        axis, bins = merged(axis, bins, 0)
    known = [round(each * MICRO) * 10**9 for each in bins.tolist()]
    cells = (*known[:-1], known[-1] if axis.missing_seen else 0)
    return Table(axes=(axis,), cells=cells, block=made.block)


def boost(frame: pl.DataFrame, bad: Flags, shops: Any, asked: Asked) -> Lesson:
    """The boosted card: small trees of one feature and of the best pairs, summed into tables."""
    names = [feature.name for feature in asked.catalogue]
    usual = boosted.recipe(*_counted(shops, bad), asked.pairs)
    how = asked.recipe or replace(usual, features_max=min(usual.features_max, asked.features_max))
    columns = cut_fine(frame, names, {name: name in asked.categories for name in names}, how.fine, how.coarse)
    left_out = dict.fromkeys(set(names) - {column.name for column in columns}, "the same for every shop")
    if not columns:
        raise NothingLearned()
    higher = {feature.name: SIGNS[feature.higher_is] for feature in asked.catalogue}
    blocks = {feature.name: feature.block for feature in asked.catalogue}
    signs = [0 if column.category else higher[column.name] for column in columns]
    if len(columns) > how.features_max:
        best = boosted.telling(columns, bad, signs, asked.seed, how)
        columns, signs = [columns[n] for n in best], [signs[n] for n in best]
    kept = [feature for feature in asked.catalogue if feature.name in {column.name for column in columns}]
    other = _beside(frame, bad, shops, replace(asked, catalogue=kept)) if how.steady else None
    made = boosted.learn(columns, bad, signs, asked.seed, how, shops, None if other is None else other[1])
    tables, start = tables_of(columns, made, blocks), whole(-made.start)
    shares = ", ".join(f"{name} {weight:.2f}" for name, weight in zip(made.parts, made.weights, strict=True))
    notes = (f"The parts' weights, from what each told of shops it had not seen: {shares}.",)
    if other is not None:
        share = round(made.beside * MICRO)
        start, tables = start + other[0].start * share // MICRO, added(tables, other[0].tables, share)
    if not tables:
        raise NothingLearned()
    read = {axis.feature for table in tables for axis in table.axes}
    rest = set(names) - read - set(left_out)
    left_out |= dict.fromkeys(rest, "tells next to nothing beside the others")
    card = Card(key=asked.key, target=asked.target, start=start, tables=tables, scale=asked.scale)
    return Lesson(card, {}, left_out, notes)


def _counted(shops: Any, bad: Flags) -> tuple[int, int]:
    """How many shops there are and how many bad ones the rows stand for: a shop in ten rows teaches as one."""
    count = len(np.unique(shops))
    return count, round(count * float(bad.mean()))


def _beside(frame: pl.DataFrame, bad: Flags, shops: Any, asked: Asked) -> tuple[Card, Floats] | None:
    """The classic card of the same shops, and the logits of turning bad that such cards told of shops held back."""
    try:
        lesson = classic(frame, bad, shops, asked)
    except NothingLearned:
        return None
    if lesson.told is not None:
        return lesson.card, -lesson.told
    told = np.full(len(bad), boosted.logit_of_share(bad) / LOGIT_UNITS)
    for learned, held in boosted.folded(bad, choosing.FOLDS_SMALL, 1, asked.seed, shops):
        with suppress(NothingLearned):
            card = classic(frame[learned], bad[learned], shops[learned], asked).card
            told[held] = card.logits(frame[held])[0] / LOGIT_UNITS
    return lesson.card, -told


LEARNERS: Final = {"classic": classic, "boosted": boost}
