"""Reject inference: applicants who were turned away are learned from too, as good or bad by their PD.

Offered because many ask for it, and off unless asked: nobody knows what became of those who got no loan.
"""

from typing import Any, Final

import numpy as np
import polars as pl

from lendmill.rating.card import Card
from lendmill.rating.crowd import probabilities
from lendmill.rating.measures import Flags

ASSUMED: Final = (
    "Reject inference (parcelling): each applicant turned away stands in the training as good or bad, drawn by the PD a"
    " first card gave them. This assumes that they would have paid as accepted shops with the same record did, which"
    " nobody saw. The figures are measured on shops whose outcome is known, and only on them."
)


def with_turned_away(
    frame: pl.DataFrame, bad: Flags, shops: Any, turned_away: pl.DataFrame, card: Card, seed: int
) -> tuple[pl.DataFrame, Flags, Any]:
    """The shops learned from with those turned away added, their outcomes drawn by the first card's PD.

    Parcelling: of applicants with the same PD, that share is taken for bad. The draw is seeded; those the card would
    call UNKNOWN are left out. Each applicant is a shop of its own.
    """
    logit, unknown = card.logits(turned_away)
    drawn = np.random.default_rng(seed).random(len(logit)) < np.asarray(probabilities(logit))
    columns = [name for name in frame.columns if name in turned_away.columns]
    added = turned_away.filter(pl.Series(~unknown)).select(columns)
    both = pl.concat([frame, added], how="diagonal_relaxed")
    others = shops.max() + 1 + np.arange(added.height)
    return both, np.concatenate([bad, drawn[~unknown]]), np.concatenate([shops, others])
