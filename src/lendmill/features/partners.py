"""With whom a shop deals: how many customers, suppliers, devices and places, how many new, how much hangs on few."""

from typing import Final

import narwhals as nw

from lendmill.features.sums import AGE, MICRO, SHOP, YEAR, Rows, covers

PARTIES: Final = ("customer", "supplier", "device", "place", "abroad")
SPANS: Final = {
    "30": (0, 30),
    "90": (0, 90),
    "180": (0, 180),
    "365": (0, YEAR),
    "before_30": (30, 60),
    "before_90": (90, 180),
}
FIGURES: Final = (
    "count_30", "count_90", "count_180", "count_365", "count_before_30", "count_before_90", "new_30", "new_90",
    "kept_90", "again_90", "again_365", "n_30", "n_90", "n_365", "top_micro_90", "top_micro_365", "hhi_pico_90",
    "hhi_pico_365", "top_n_90", "top5_n_90", "top5_micro_365",
)  # fmt: skip

_wanted: Final[dict[str, tuple[str, str]]] = {}


def party(side: str, figure: str) -> nw.Expr:
    """A figure of those with whom a shop deals; unknown where it dealt with none by name, counts are nought."""
    assert side in PARTIES, side
    assert figure in FIGURES, figure
    name = f"{side} {figure}"
    _wanted[name] = (side, figure)
    found = nw.col(name)
    return found.fill_null(0) if figure.startswith(("count", "new", "n_", "kept", "again")) else found


def dealt_with(partners: Rows, shops: Rows) -> Rows:
    """One row per shop with every figure of its partners that some feature asks for."""
    each = _ranked(_shares(_known(partners, shops)))
    ours = each.group_by(SHOP, "side").agg(*_counts(), *_weights())
    pivot = ours.with_columns(
        nw.when(nw.col("side") == side).then(nw.col(figure)).alias(name) for name, (side, figure) in _wanted.items()
    )
    return pivot.group_by(SHOP).agg(*(nw.col(name).max() for name in _wanted))


def _known(partners: Rows, shops: Rows) -> Rows:
    """Each partner of a year, how often in each span and for how much; a shop's customers are those of its orders, or
    of its invoices if its orders are not seen."""
    market = shops.select(SHOP, nw.col(covers("order")).alias("market"))
    inside = partners.filter(AGE < YEAR).with_columns(
        *(
            nw.when((first <= AGE) & (until > AGE)).then(nw.col("n")).otherwise(0).alias(f"n_{name}")
            for name, (first, until) in SPANS.items()
        ),
        nw.when(AGE < 90).then(nw.col("cents")).otherwise(0).alias("cents_90"),
    )
    each = inside.group_by(SHOP, "side", "counterparty").agg(
        *(nw.col(f"n_{name}").sum() for name in SPANS),
        nw.col("cents").sum().alias("cents_365"),
        nw.col("cents_90").sum(),
    )
    side = nw.col("side")
    mine = each.filter(nw.col("n_365") > 0).join(market, on=SHOP, how="inner")
    mine = mine.filter(~((side == "customer") & ~nw.col("market")), ~((side == "customer paper") & nw.col("market")))
    return mine.with_columns(nw.when(side == "customer paper").then(nw.lit("customer")).otherwise(side).alias("side"))


def _shares(each: Rows) -> Rows:
    """Each partner's share of the shop's money, in whole millionths, so that sums are exact in any order."""
    for days in ("90", "365"):
        whole = nw.col(f"cents_{days}").cast(nw.Float64).sum().over(SHOP, "side")  # exact to 2**53, and never wraps
        part = ((nw.col(f"cents_{days}") / nw.when(whole > 0).then(whole)) * MICRO + 0.5).cast(nw.Int64)
        each = each.with_columns(nw.when(nw.col(f"n_{days}") > 0).then(part).alias(f"micro_{days}"))
    return each.with_columns(
        (nw.col(f"micro_{days}") * nw.col(f"micro_{days}")).alias(f"pico_{days}") for days in ("90", "365")
    )


def _ranked(each: Rows) -> Rows:
    """The five with whom it deals most, by number and by money; which of equals comes first changes no sum."""
    for name in ("n_90", "micro_365"):
        place = nw.col(name).rank("ordinal", descending=True).over(SHOP, "side")
        each = each.with_columns(nw.when(place <= 5).then(nw.col(name)).otherwise(0).alias(f"five_{name}"))
    return each


def _counts() -> list[nw.Expr]:
    flag = {
        **{f"count_{name}": nw.col(f"n_{name}") > 0 for name in SPANS},
        "new_30": (nw.col("n_30") > 0) & (nw.col("n_365") == nw.col("n_30")),
        "new_90": (nw.col("n_90") > 0) & (nw.col("n_365") == nw.col("n_90")),
        "kept_90": (nw.col("n_90") > 0) & (nw.col("n_before_90") > 0),
        "again_90": nw.col("n_90") > 1,
        "again_365": nw.col("n_365") > 1,
    }
    return [
        nw.when(held).then(nw.lit(1)).otherwise(nw.lit(0)).cast(nw.Int64).sum().alias(name)
        for name, held in flag.items()
    ]


def _weights() -> list[nw.Expr]:
    return [
        *(nw.col(f"n_{days}").sum() for days in ("30", "90", "365")),
        *(nw.col(f"micro_{days}").max().alias(f"top_micro_{days}") for days in ("90", "365")),
        *(nw.col(f"pico_{days}").sum().alias(f"hhi_pico_{days}") for days in ("90", "365")),
        nw.col("n_90").max().alias("top_n_90"),
        nw.col("five_n_90").sum().alias("top5_n_90"),
        nw.col("five_micro_365").sum().alias("top5_micro_365"),
    ]
