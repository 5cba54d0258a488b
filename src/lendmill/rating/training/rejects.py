"""Reject inference: applicants who were turned away are learned from too, each as part good and part bad.

Offered because many ask for it, and off unless asked: nobody knows what became of those who got no loan.
"""

from typing import Any, Final

import numpy as np
import polars as pl

from lendmill.rating.card import Card
from lendmill.rating.crowd import probabilities
from lendmill.rating.measures import Flags

WORSE: Final = 1.0  # nobody knows by how much those turned away are worse than their PD says; 1 is not at all
ASSUMED: Final = (
    "Reject inference (parcelling): each applicant turned away stands in the training as good or bad, drawn by the PD a"
    " first card gave them. This assumes that they would have paid as accepted shops with the same record did, which"
    " nobody saw. The figures are measured on shops whose outcome is known, and only on them."
)


def with_turned_away(
    frame: pl.DataFrame, bad: Flags, turned_away: pl.DataFrame, card: Card, seed: int
) -> tuple[pl.DataFrame, Flags, Any]:
    """The shops learned from with those turned away added, their outcomes drawn by the first card's PD; and the shops.

    Parcelling: of applicants with the same PD, that share is taken for bad. The draw is seeded; those the card would
    call UNKNOWN are left out.
    """
    logit, unknown = card.logits(turned_away)
    pd = np.clip(np.asarray(probabilities(logit)) * WORSE, 0.0, 1.0)
    drawn = np.random.default_rng(seed).random(len(pd)) < pd
    columns = [name for name in frame.columns if name in turned_away.columns]
    added = turned_away.filter(pl.Series(~unknown)).select(columns)
    both = pl.concat([frame.select(columns), added], how="vertical_relaxed")
    return both, np.concatenate([bad, drawn[~unknown]]), np.arange(both.height)
