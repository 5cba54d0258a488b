"""What a row said before it was corrected: versions of one event, each in force until the next is known."""

from datetime import datetime
from typing import Final

import polars as pl

from lendmill.shops.events import EVENT, SAYS, STATUSES, day_in_house

STORED: Final = pl.Schema({**EVENT, "superseded_on": pl.Date()})
KNOWN_GUESSED: Final = "known_guessed"  # the file did not say when its rows could be known

_SAME_AGAIN: Final = "_same"
_OLD: Final = "_old"


def latest_word(rows: pl.DataFrame) -> pl.DataFrame:
    """One row for each event and moment; of two that disagree the graver status, then the larger figure holds."""
    order = [
        pl.col("status").replace_strict({status: n for n, status in enumerate(STATUSES)}, return_dtype=pl.Int8),
        *(pl.col(name) for name in SAYS if name != "status"),
    ]
    return (
        rows.sort("event_id", "known_at", *order, nulls_last=False)
        .unique(["event_id", "known_at"], keep="last", maintain_order=True)
        .select(rows.columns)
    )


def merged(new: pl.DataFrame, old: pl.DataFrame, received_at: datetime) -> pl.DataFrame:
    """Old and new versions of the same events in one line of time, with `_old` saying which were there before.

    `new` has the event's columns and `known_guessed`; `old` is as stored. A new row that differs from what was known
    counts as known when its file says so; where the file does not say, or contradicts what it said of the same moment,
    from the day it was received: never earlier, or the past would learn of it.
    """
    last = old.sort("event_id", "known_at").unique("event_id", keep="last", maintain_order=True)
    beside = new.join(
        last.select("event_id", *(pl.col(name).alias(f"last_{name}") for name in SAYS)), on="event_id", how="left"
    )
    same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(f"last_{name}")) for name in SAYS)
    moments = old.select("event_id", "known_at", *(pl.col(name).alias(f"then_{name}") for name in SAYS), taken=True)
    beside = beside.with_columns(same.alias(_SAME_AGAIN), known=pl.col("event_id").is_in(old["event_id"].implode()))
    beside = beside.join(moments, on=["event_id", "known_at"], how="left")
    same_then = pl.all_horizontal(pl.col(name).eq_missing(pl.col(f"then_{name}")) for name in SAYS)
    said = pl.col("taken").is_not_null() & same_then
    guessed = pl.col("known") & pl.col(KNOWN_GUESSED)
    fresh = beside.filter(~said & ~(guessed & pl.col(_SAME_AGAIN)))
    late = (pl.col("taken").is_not_null()) | guessed
    moved = (
        pl.when(late)
        .then(pl.max_horizontal("known_at", pl.lit(received_at, dtype=EVENT["known_at"])))
        .otherwise("known_at")
    )
    fresh = fresh.with_columns(moved.alias("known_at")).with_columns(day_in_house(pl.col("known_at")).alias("known_on"))
    line = pl.concat(
        [
            old.select(*EVENT.names()).with_columns(pl.lit(True).alias(_OLD)),
            latest_word(fresh.select(*EVENT.names())).with_columns(pl.lit(False).alias(_OLD)),
        ]
    ).sort("event_id", "known_at", _OLD, descending=[False, False, True])
    return in_force(line)


def in_force(line: pl.DataFrame) -> pl.DataFrame:
    """Each version with the day from which another is in force; a version that says nothing new is left out."""
    repeats = pl.all_horizontal(pl.col(name).eq_missing(pl.col(name).shift(1)) for name in SAYS)
    repeats = repeats & (pl.col("event_id") == pl.col("event_id").shift(1)).fill_null(False)
    if _OLD in line.columns:
        repeats = repeats & ~pl.col(_OLD)
    line = line.filter(~repeats)
    same_event = pl.col("event_id") == pl.col("event_id").shift(-1)
    until = pl.when(same_event).then(pl.col("known_on").shift(-1)).otherwise(None)
    return line.with_columns(until.cast(pl.Date).alias("superseded_on"))
