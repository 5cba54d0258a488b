"""What a card is compared with: the shops it learned from, as its own bands and its training report count them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from lendmill.rating.card import Card
from lendmill.rating.measures import Measured


@dataclass(frozen=True, slots=True)
class Reference:
    """Training's counts: of shops between the edges of the points, and in each bin of each table; and its AUC."""

    edges: tuple[int, ...] = ()
    shops: tuple[int, ...] = ()
    tables: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    auc: Measured | None = None


def reference_of(card: Card, report: Mapping[str, Any]) -> Reference:
    """What a card's bands and its report tell; a card nobody trained here tells nothing, and is not compared."""
    rows, shops = report.get("rows") or 0, report.get("shops") or 0
    worth = shops / rows if rows > shops else 1  # several days of one shop are no several shops
    known = {table.feature for table in card.tables}
    tables = {
        kept["feature"]: {each["bin"]: (each["goods"] + each["bads"]) * worth for each in kept["bins"]}
        for kept in report.get("kept", ())
        if kept["feature"] in known
    }
    auc = msgspec.convert(report["auc"], Measured) if isinstance(report.get("auc"), dict) else None
    edges = tuple(band.points_min for band in card.bands if band.points_min is not None)
    return Reference(edges, tuple(band.shops for band in card.bands), tables, auc)
