"""What stands beside a card so that others can check it: how sure its PDs are, what it learned from, and with what."""

import hashlib
from collections.abc import Sequence
from datetime import date
from importlib import metadata
from typing import Any, Final

import msgspec
import numpy as np
import polars as pl

from lendmill.rating.axes import Levels
from lendmill.rating.card import Band, Card
from lendmill.rating.measures import Flags
from lendmill.rating.training.report import FOLDS, Kept, Spread
from lendmill.rating.watching.chance import share_interval

BANDS_MAX: Final = 10
BAND_SHOPS_MIN: Final = 30
LATER_SHARE: Final = 0.25  # of the rows, on the latest days, to measure on
GIVEN_AWAY: Final = 0.95  # an AUC that no single feature has which was known before the outcome
GIVES_AWAY: Final = (
    "Suspicious: {feature} alone tells bad payers from good ones with an AUC of {area:.3f}. See whether it was known"
    " before the outcome was; if not, leave it out."
)
LIBRARIES: Final = ("lendmill", "lightgbm", "numpy", "optbinning", "polars", "scikit-learn")


def bands(bad: Flags, points: Any) -> tuple[Band, ...]:
    """The shops by the points a card gave that had not seen them, in up to ten bands of about as many each.

    The interval of each band's share of bad ones is Wilson's, as wherever a share is shown.
    """
    count = int(np.clip(len(bad) // BAND_SHOPS_MIN, 1, BANDS_MAX))
    ordered = np.sort(points)
    floors = sorted({int(ordered[len(ordered) * n // count]) for n in range(1, count)} - {int(ordered[0])})
    which = np.searchsorted(np.array(floors, dtype=np.int64), points, side="right")
    found = []
    for n, floor in enumerate([None, *floors]):
        shops, bads = int((which == n).sum()), int(bad[which == n].sum())
        low, high = share_interval(bads, max(1, shops))
        found.append(Band(floor, shops, bads, round(low, 6), round(high, 6)))
    return tuple(found)


def banded(card: Card, bad: Flags, logit: Any) -> Card:
    """The card with its bands, from what cards that had not seen them told of the shops."""
    return msgspec.structs.replace(card, bands=bands(bad, card.scale.points(logit)))


def giveaways(kept: Sequence[Kept]) -> list[str]:
    """A sentence for each feature that tells the outcome by itself so well that it may have been written after it."""
    found = []
    for each in kept:
        cells = sorted(each.bins, key=lambda cell: cell.bads / (cell.goods + cell.bads))
        goods, bads = (
            np.array([getattr(cell, kind) for cell in cells], dtype=np.float64) for kind in ("goods", "bads")
        )
        below = np.cumsum(goods) - goods / 2
        area = float(bads @ below / (goods.sum() * bads.sum()))
        if area >= GIVEN_AWAY:
            found.append(GIVES_AWAY.format(feature=each.feature, area=area))
    return found


def split_in_time(
    frame: pl.DataFrame, bad: Flags, later_from: date | None = None
) -> tuple[Any, Any, date, date] | None:
    """The rows of the earlier days and of the later ones, or None where there is one day or too few bad payers.

    The later ones begin on the day asked for, else where about `LATER_SHARE` of the rows are later. Of the earlier
    only those are taken whose outcome was known (`known_on`) by the first of the later days, where that is told:
    nobody could have learned from the others then.
    """
    if "as_of_on" not in frame.columns or frame["as_of_on"].n_unique() < 2:
        return None
    days = frame["as_of_on"].cast(pl.Date).to_numpy()
    distinct, counts = np.unique(days, return_counts=True)
    later_rows = np.cumsum(counts[::-1])[::-1]
    at = int(np.argmin(np.abs(later_rows[1:] - LATER_SHARE * len(days)))) + 1
    if later_from is not None:
        at = int(np.searchsorted(distinct, np.datetime64(later_from)))
        if not 0 < at < len(distinct):
            return None
    before = days < distinct[at]
    if "known_on" in frame.columns:
        known = frame["known_on"].cast(pl.Date)
        before &= (known.is_null() | (known <= distinct[at].item())).to_numpy()
    earlier, later = np.flatnonzero(before), np.flatnonzero(days >= distinct[at])
    if min(min(bad[part].sum(), (~bad[part]).sum()) for part in (earlier, later)) < 2 * FOLDS:
        return None
    return earlier, later, days[earlier].max().item(), distinct[at].item()


def span(frame: pl.DataFrame) -> dict[str, Any]:
    """The first and the last day that shops were looked at, where the table tells days."""
    if "as_of_on" not in frame.columns:
        return {}
    days = frame["as_of_on"].cast(pl.Date)
    return {"as_of_from_on": days.min(), "as_of_to_on": days.max()}


def spreads(frame: pl.DataFrame, card: Card) -> dict[str, Spread]:
    """How each feature of the card spread over the shops learned from."""
    found = {}
    kinds = {axis.feature: axis for table in card.tables for axis in table.axes}
    for name, axis in kinds.items():
        column = frame[name]
        missing = round(column.null_count() / max(1, len(column)), 6)
        if isinstance(axis, Levels):
            places, _ = axis.places(column, len(column))
            shares = np.bincount(places, minlength=axis.size) / len(column)
            told = {level: round(float(share), 6) for level, share in zip(axis.names(), shares, strict=True)}
            found[name] = Spread((), told, missing)
        else:
            values = column.cast(pl.Float64).drop_nulls().to_numpy()
            deciles = np.quantile(values, np.linspace(0, 1, 11)).tolist() if len(values) else []
            found[name] = Spread(tuple(deciles), {}, missing)
    return found


def quantiles(points: Any) -> tuple[float, ...]:
    """The points at every twentieth of the shops."""
    return tuple(np.quantile(points, np.linspace(0, 1, 21)).tolist())


def data_hash(frame: pl.DataFrame, target: str, names: Sequence[str]) -> str:
    """The hash of what was learned from: the outcomes and the features, in the table's order of shops."""
    told = hashlib.sha256()
    for name in (target, *sorted(names)):
        column = frame[name]
        told.update(f"{name}:{column.dtype}:{len(column)}\n".encode())
        told.update(column.is_null().to_numpy().tobytes())
        if column.dtype.is_numeric() or column.dtype in (pl.Boolean, pl.Null):
            told.update(column.cast(pl.Float64).fill_null(0.0).to_numpy().tobytes())
        else:
            told.update("\n".join(map(str, column.fill_null("").to_list())).encode())
    return told.hexdigest()


def versions() -> dict[str, str]:
    """The versions of what learned the card."""
    found = {}
    for name in LIBRARIES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "absent"
    return found
