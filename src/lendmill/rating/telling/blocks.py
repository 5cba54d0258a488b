"""The sub-scores: where a shop stands, block by block, between the worst and the best a card could have said of it."""

from collections.abc import Iterable
from functools import cache
from typing import Final, Literal, get_args

import msgspec
import polars as pl

from lendmill.features.feature import Block
from lendmill.rating.card import Card, Contribution
from lendmill.rating.tables import Reading, Table

BLOCKS: Final[tuple[str, ...]] = get_args(Block)
SCORE_MAX: Final = 100


@cache
def _block_of() -> dict[str, str]:
    """The block of each feature of the catalogue, which is read when first needed: a rating kept needs none of it."""
    from lendmill.features.catalogue import FEATURES

    return {feature.name: feature.block for feature in FEATURES}


class SubScore(msgspec.Struct, frozen=True):
    """How a shop does in one block, from 0 (the worst this card could say) to 100 (the best).

    Without a score the block is `not-measured` (the card reads it, and nothing is known of it here) or `not-used` (the
    card reads nothing of it).
    """

    state: Literal["measured", "not-measured", "not-used"]
    score: int | None = None
    points: int = 0
    worst: int = 0
    best: int = 0


def block_of(table: Table) -> str:
    """The block a table's points belong to; those of a pair over two blocks go to its first feature's."""
    if table.block in BLOCKS:
        return table.block
    return _block_of().get(table.axes[0].feature, table.block)


Ends = dict[str, tuple[str, int, int]]


def ends_of(card: Card) -> Ends:
    """Each table's block, and the fewest and most points it can give."""
    weight = card.scale.weight
    return {t.feature: (block_of(t), weight(min(t.cells)), weight(max(t.cells))) for t in card.tables}


def sub_scores(ends: Ends, contributions: Iterable[Contribution]) -> dict[str, SubScore]:
    """The seven blocks of one rating.

        score = 100 * (points - worst) / (best - worst), rounded half-up

    Worst and best are sums of what each of the block's tables could give at most either way, so that the same score
    means the same position for every shop a card rates. Scores of two cards do not compare.
    """
    points = dict.fromkeys(BLOCKS, 0)
    worst, best = dict.fromkeys(BLOCKS, 0), dict.fromkeys(BLOCKS, 0)
    known = dict.fromkeys(BLOCKS, False)
    for each in contributions:
        block, least, most = ends.get(each.feature, ("", 0, 0))
        if block not in points:
            continue
        points[block] += each.points
        worst[block] += least
        best[block] += most
        known[block] = known[block] or each.reading in (Reading.KNOWN, Reading.FAR_OUT)
    return {block: _scored(points[block], worst[block], best[block], known[block]) for block in BLOCKS}


def _scored(points: int, worst: int, best: int, known: bool) -> SubScore:
    span = best - worst
    if span == 0:
        return SubScore("not-used")
    if not known:
        return SubScore("not-measured", points=points, worst=worst, best=best)
    return SubScore("measured", (2 * SCORE_MAX * (points - worst) + span) // (2 * span), points, worst, best)


def known_blocks(frame: pl.DataFrame) -> list[int]:
    """For each shop of a table of features, of how many blocks anything at all is known."""
    named: dict[str, list[str]] = {}
    for name in frame.columns:
        if (block := _block_of().get(name)) is not None:
            named.setdefault(block, []).append(name)
    if not named:
        return [0] * frame.height
    said = [pl.any_horizontal(pl.col(names).is_not_null()).cast(pl.Int64) for names in named.values()]
    return frame.select(pl.sum_horizontal(said).alias("blocks"))["blocks"].to_list()
