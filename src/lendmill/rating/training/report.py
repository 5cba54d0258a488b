"""What training measured and kept, as it is written down beside the card."""

from datetime import date
from typing import Final

import msgspec

from lendmill.rating.measures import Measured

FOLDS: Final = 5


class Learned(msgspec.Struct, frozen=True):
    """One bin of a kept table, as counted in training."""

    bin: str
    goods: int
    bads: int
    points: int


class Kept(msgspec.Struct, frozen=True):
    """One table of the card, its information value, its weight, and in how many folds it was chosen as well."""

    feature: str
    block: str
    information: float
    weight: float
    folds: int
    bins: tuple[Learned, ...]


class Spread(msgspec.Struct, frozen=True):
    """How a feature spread in training: its deciles, or the share of each level, and the share that was missing."""

    quantiles: tuple[float, ...]
    shares: dict[str, float]
    missing_share: float


class OutOfTime(msgspec.Struct, frozen=True):
    """What a card learned from the earlier days said of the later ones."""

    learned_to_on: date
    measured_from_on: date
    shops: int
    bads: int
    auc: Measured
    ks: Measured
    brier: Measured
    calibration_start: float
    calibration_slope: float


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What training measured. All figures are out of fold: each shop was rated by a card that had not seen it."""

    shops: int
    bads: int
    seed: int
    auc: Measured
    ks: Measured
    brier: Measured
    auc_by_seed: tuple[float, ...]
    mean_pd: float
    calibration_start: float
    calibration_slope: float
    folds: int = FOLDS
    kind: str = "classic"
    target: str = ""
    rows: int = 0
    auc_by_fold: tuple[float, ...] = ()
    kept: tuple[Kept, ...] = ()
    left_out: dict[str, str] = {}
    notes: tuple[str, ...] = ()
    unknown_rows: int = 0
    out_of_time: OutOfTime | None = None
    spreads: dict[str, Spread] = {}
    points_quantiles: tuple[float, ...] = ()
    data_hash: str = ""
    versions: dict[str, str] = {}
    train_seconds: float = 0.0
    digest: str = ""
    bad_rows: int = 0
    as_of_from_on: date | None = None
    as_of_to_on: date | None = None
    calibration_slope_between: tuple[float, float] | None = None

    @property
    def by_day(self) -> bool:
        """Whether shops came as of several days, so that there are more rows than shops."""
        return self.rows > self.shops
