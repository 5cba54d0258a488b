"""How fast a boosted card rates: one shop with its reasons beside LightGBM's own predict, and a million beside a scan.

    python bench/serving.py [--rows 1000000]

The card is learned here from made-up shops of forty features, with twenty pairs. LightGBM is as it comes;
it is asked for one row by its Python call, and gives no reasons. The scan is Polars adding up the same columns.
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import lightgbm as lgb
import numpy as np
import polars as pl
from _figures import keep, shown

from lendmill.rating.card import Card
from lendmill.rating.scale import Scale
from lendmill.rating.training import boosted
from lendmill.rating.training.learners import Asked, boost

FEATURES = 40
LEARNED = 20_000


@dataclass(frozen=True)
class Column:
    """A made-up feature."""

    name: str
    higher_is: str | None = None
    block: str = "transactions"


def shops(rows: int, seed: int) -> tuple[pl.DataFrame, Any]:
    """Made-up shops of forty numbers, some missing, a quarter of which tell something."""
    chance = np.random.default_rng(seed)
    table = chance.normal(size=(rows, FEATURES))
    logit = 2.0 + table[:, :10] @ np.linspace(0.8, 0.1, 10) + 0.5 * table[:, 0] * table[:, 1]
    bad = chance.random(rows) < 1 / (1 + np.exp(logit))
    frame = pl.DataFrame({f"feature_{n}": table[:, n] for n in range(FEATURES)})
    unknown = pl.Series(chance.random(rows) < 0.1)
    return frame.with_columns(pl.when(~unknown).then("feature_3").alias("feature_3")), bad


def best_of(work: Callable[[], Any], times: int) -> float:
    """The quickest of several runs, in seconds."""
    took = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        took.append(time.perf_counter() - began)
    return min(took)


def learned() -> tuple[Card, Any, pl.DataFrame]:
    """A boosted card and a LightGBM of the same shops."""
    frame, bad = shops(LEARNED, 1)
    quick = boosted.Recipe(1, 0.1, 50, patience=20, pairs=20, share=0.5)
    asked = Asked([Column(name) for name in frame.columns], (), "bench", "bad", Scale(), recipe=quick)
    card = boost(frame, bad, np.arange(frame.height), asked).card
    model = lgb.train(
        {"objective": "binary", "verbosity": -1, "num_threads": 1}, lgb.Dataset(frame.to_numpy(), bad), 100
    )
    return card, model, frame


def main() -> None:
    """Learn, rate one, rate many, and print the figures beside one another."""
    asking = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asking.add_argument("--rows", type=int, default=1_000_000)
    asked = asking.parse_args()
    card, model, frame = learned()
    some = frame.head(2000).rows(named=True)
    card.rate(some[0])
    one = best_of(lambda: [card.rate(facts).reasons for facts in some], 5) / len(some) * 1e6
    rows = [np.array([list(facts.values())], dtype=np.float64) for facts in some[:500]]
    theirs = best_of(lambda: [model.predict(row, num_threads=1) for row in rows], 5) / len(rows) * 1e6
    contributions = best_of(lambda: model.predict(rows[0], pred_contrib=True, num_threads=1), 5) * 1e6

    many = shops(asked.rows, 2)[0].with_row_index("shop_key")
    columns = [name for name in many.columns if name in card.features]
    batch = best_of(lambda: card.rate_table(many, told=False), 2)
    rated = card.rate_table(many.head(1000), told=False)
    alone = [card.rate(facts) for facts in many.head(1000).rows(named=True)]
    assert [each.pd for each in alone] == rated["pd"].to_list(), "one by one is not what all at once is"
    scan = best_of(lambda: many.select(pl.sum_horizontal(columns).sum()), 3)
    full = model.predict
    whole = many.select(f"feature_{n}" for n in range(FEATURES)).to_numpy()
    predicted = best_of(lambda: full(whole, num_threads=2), 1)
    pairs = sum(len(table.axes) == 2 for table in card.tables)
    shown(
        f"Rating with a card of {len(card.tables)} tables, {pairs} of them pairs",
        [
            ("one shop with all its reasons", f"{one:.0f} us", "tens of microseconds"),
            ("LightGBM, one row, no reasons", f"{theirs:.0f} us", ""),
            ("LightGBM, one row, contributions", f"{contributions:.0f} us", ""),
            (f"{asked.rows:,} shops at once", f"{asked.rows / batch:,.0f} rows/s", f"{batch:.2f} s"),
            ("LightGBM, the same rows, two threads", f"{asked.rows / predicted:,.0f} rows/s", f"{predicted:.2f} s"),
            ("Polars adds up the same columns", f"{asked.rows / scan:,.0f} rows/s", f"{scan:.3f} s"),
        ],
    )
    keep(
        "serving",
        {"one_us": one, "lightgbm_one_us": theirs, "batch_rows_per_second": asked.rows / batch,
         "lightgbm_rows_per_second": asked.rows / predicted, "scan_rows_per_second": asked.rows / scan},
    )  # fmt: skip


if __name__ == "__main__":
    main()
