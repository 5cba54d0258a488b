"""A card of two features and their pair, with the report and the bands its training would have left."""

import msgspec
from rating_cards import PAIR

from lendmill.rating.card import Band, Card
from lendmill.rating.measures import Measured
from lendmill.rating.training import Kept, Learned, Report

BANDS = (Band(None, 120, 60, 0.41, 0.59), Band(510, 180, 30, 0.12, 0.23), Band(520, 300, 6, 0.01, 0.04))
TRAINED: Card = msgspec.structs.replace(PAIR, key="trained", target="defaulted", bands=BANDS)


def _kept(card: Card) -> tuple[Kept, ...]:
    """Every cell of every table with some shops in it, the last of each table never seen."""
    kept = []
    for table in card.tables:
        seen = list(zip(table.names, table.cells, strict=True))[:-1]
        bins = tuple(Learned(name, 40 + 7 * n, 3 * n, card.scale.weight(cell)) for n, (name, cell) in enumerate(seen))
        kept.append(Kept(table.feature, table.block, 0.3, 0.9, 5, bins))
    return tuple(kept)


REPORT = Report(
    shops=600,
    bads=96,
    seed=0,
    auc=Measured(0.81, 0.77, 0.85),
    ks=Measured(0.52, 0.45, 0.59),
    brier=Measured(0.101, 0.09, 0.112),
    auc_by_seed=(),
    mean_pd=0.16,
    calibration_start=0.03,
    calibration_slope=0.96,
    target="defaulted",
    kept=_kept(TRAINED),
    left_out={"sales_net_7": "says too little", "sales_count_90": "much the same as another"},
)
