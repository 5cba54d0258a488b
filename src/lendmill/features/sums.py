"""What a shop's days add up to, over windows that end on one day: whole numbers only, divided later.

A feature asks for a sum by naming it (`total`, `peak`, `last_age`, ...), and only what is asked for is worked out: days
are first added up over a few spans of age, and a window is a sum of spans. Everything runs in Narwhals, so that Polars
here and Spark elsewhere do the same.
"""

from collections.abc import Sequence
from typing import Any, Final

import narwhals as nw

from lendmill.features.rolling.measures import LARGE_NAMES, MEASURE_NAMES
from lendmill.features.rolling.measures import MICRO as MICRO
from lendmill.shops.events import KIND_NAMES, MOST_A_DAY

WINDOWS: Final = (7, 30, 90, 180, 365)
MONTH_DAYS: Final = 30
MONTHS: Final = 12
WEEKS: Final = 13
YEAR: Final = 365
OLDEST: Final = 455  # a year, and the 90 days before it for the season
EDGES: Final = tuple(
    sorted({0, *range(7, 92, 7), *range(30, 361, MONTH_DAYS), YEAR, YEAR + 30, OLDEST})
)  # ages at which a window may begin or end

Rows = nw.LazyFrame[Any]
"""A table of whichever engine works it out."""

AGE: Final = nw.col("age")
SHOP: Final = "shop_key"
ROLES: Final = (
    "sale_n", "sale_cents", "sale_days", "sale_square", "sale_weekend_n", "back_n", "back_cents", "net_cents",
    "bought_cents", "out_cents", "flow_cents",
)  # fmt: skip
MARKS: Final = {  # a day on which there was at least one of something
    "order_days": "order_n", "issued_days": "issued_done_n", "received_days": "received_done_n",
    "login_days": "login_n", "advertising_days": "advertising_n", "community_days": "community_n",
    "review_days": "review_n", "dispute_days": "dispute_n", "settlement_days": "settlement_n",
    "message_days": "message_n", "customs_days": "customs_n", "tax_days": "tax_filed_n",
    "payment_days": "payment_micro",
}  # fmt: skip
_SQUARES: Final = {"order_n": "order_square", "issued_done_n": "issued_square"}
_WEEKENDS: Final = {"order_n": "order_weekend_n", "issued_done_n": "issued_weekend_n"}
_SUMMED: Final = (*MEASURE_NAMES, *MARKS, *ROLES)

_totals: Final[dict[str, tuple[str, int, int]]] = {}
_peaks: Final[dict[str, tuple[str, int]]] = {}
_lasts: Final[dict[str, str]] = {}
_gaps: Final[dict[str, tuple[str, int]]] = {}


def covers(kind: str) -> str:
    """The column that says whether a shop's sources deliver a kind of event."""
    return f"covers {kind}"


def total(measure: str, until: int, first: int = 0) -> nw.Expr:
    """A measure's sum over the days from `first` up to but not `until` days before the day."""
    assert measure in _SUMMED, measure
    assert {first, until} <= set(EDGES), (first, until)
    name = f"{measure} {first} to {until}"
    _totals[name] = (measure, first, until)
    return nw.col(name)


def peak(measure: str, until: int) -> nw.Expr:
    """A measure's largest day within a window; sales only."""
    assert measure == "sale_n"
    assert until in EDGES
    name = f"most {measure} {until}"
    _peaks[name] = (measure, until)
    return nw.col(name)


def last_age(mark: str) -> nw.Expr:
    """How many days ago there last was something; unknown if never within 455 days."""
    assert mark in MARKS or mark == "sale_days"
    name = f"last {mark}"
    _lasts[name] = mark
    return nw.col(name)


def gap(mark: str, until: int) -> nw.Expr:
    """The longest stretch of days without something in a window, the window's edges counted."""
    assert mark in ("sale_days", "login_days")
    name = f"gap {mark} {until}"
    _gaps[name] = (mark, until)
    return nw.col(name)


def seen_since(days: Rows, sources: Rows) -> Rows:
    """Per shop: days of history, money its buyers paid and it has not had yet, and which kinds its sources deliver."""
    since = days.group_by(SHOP, "source").agg(
        nw.col("on").max(),
        AGE.max(),
        *(nw.col(name).sum() for name in ("order_cents", "refund_cents", "settlement_cents")),
    )
    known = since.join(sources, on="source", how="left").with_columns(
        nw.when(nw.col(f"since {kind}") <= nw.col("on")).then(nw.lit(1)).otherwise(nw.lit(0)).alias(covers(kind))
        for kind in KIND_NAMES
    )
    shops = known.group_by(SHOP).agg(
        AGE.max().cast(nw.Int64).alias("history"),
        *(nw.col(name).sum() for name in ("order_cents", "refund_cents", "settlement_cents")),
        *(nw.col(covers(kind)).max() for kind in KIND_NAMES),
    )
    return shops.select(
        SHOP,
        "history",
        (nw.col("order_cents") - nw.col("refund_cents") - nw.col("settlement_cents")).alias("open_cents"),
        *(nw.col(covers(kind)) == 1 for kind in KIND_NAMES),
    )


def by_day(days: Rows, measures: Sequence[str]) -> Rows:
    """One row per shop and day, corrections taken off; measures that no source delivers are nought."""
    recent = (
        days.filter(AGE < OLDEST)
        .group_by(SHOP, "age")
        .agg(nw.col("weekday").max(), *(nw.col(name).sum() for name in measures))
    )
    large = [name for name in measures if name in LARGE_NAMES]
    bounded = recent.with_columns(nw.col(name).clip(-MOST_A_DAY, MOST_A_DAY) for name in large)  # of many imports
    return bounded.with_columns(nw.lit(0).cast(nw.Int64).alias(name) for name in MEASURE_NAMES if name not in measures)


def by_span(days: Rows) -> Rows:
    """One row per shop and span of age: sums, the busiest day, on how many days and when last there was any."""
    weekend = nw.col("weekday") >= 5
    marked = days.with_columns(
        _span().alias("span"),
        *(nw.when(nw.col(measure) > 0).then(AGE).alias(mark) for mark, measure in MARKS.items()),
        *((nw.col(name) * nw.col(name)).alias(square) for name, square in _SQUARES.items()),
        *(nw.when(weekend).then(nw.col(name)).otherwise(0).alias(when) for name, when in _WEEKENDS.items()),
    )
    return marked.group_by(SHOP, "span").agg(
        *(nw.col(name).sum() for name in (*MEASURE_NAMES, *_SQUARES.values(), *_WEEKENDS.values())),
        *(nw.col(mark).count().cast(nw.Int64).alias(mark) for mark in MARKS),
        *(nw.col(mark).min().alias(f"last {mark}") for mark in MARKS),
        *(nw.col(name).max().alias(f"most {name}") for name in _SQUARES),
    )


def _span() -> nw.Expr:
    """The first age of the span in which a day lies."""
    found = nw.lit(EDGES[0])
    for edge in EDGES[1:-1]:
        found = nw.when(edge <= AGE).then(nw.lit(edge)).otherwise(found)
    return found


def with_roles(spans: Rows, shops: Rows) -> Rows:
    """Each span's figures in the role they play: sold, given back, bought, spent.

    A shop whose orders we see is judged by its orders; its invoices would count the same sales again.
    """
    seen = spans.join(shops.select(SHOP, nw.col(covers("order")).alias("market")), on=SHOP, how="inner")

    def sold(by_order: str, by_paper: str) -> nw.Expr:
        return nw.when(nw.col("market")).then(nw.col(by_order)).otherwise(nw.col(by_paper))

    def back(refund: str, taken: str) -> nw.Expr:
        return nw.col(refund) + nw.when(nw.col("market")).then(0).otherwise(nw.col(taken))

    return (
        seen.with_columns(
            sold("order_n", "issued_done_n").alias("sale_n"),
            sold("order_cents", "issued_done_cents").alias("sale_cents"),
            sold("order_days", "issued_days").alias("sale_days"),
            sold("order_square", "issued_square").alias("sale_square"),
            sold("order_weekend_n", "issued_weekend_n").alias("sale_weekend_n"),
            sold("most order_n", "most issued_done_n").alias("most sale_n"),
            sold("last order_days", "last issued_days").alias("last sale_days"),
            back("refund_n", "issued_back_n").alias("back_n"),
            back("refund_cents", "issued_back_cents").alias("back_cents"),
            (nw.col("received_done_cents") - nw.col("received_back_cents")).alias("bought_cents"),
        )
        .with_columns(
            (nw.col("sale_cents") - nw.col("back_cents")).alias("net_cents"),
            (nw.col("bought_cents") + nw.col("advertising_cents")).alias("out_cents"),
        )
        .with_columns((nw.col("net_cents") - nw.col("out_cents")).alias("flow_cents"))
    )


def totals(spans: Rows) -> Rows:
    """One row per shop with every sum that some feature asks for."""
    windows = {(first, until) for _, first, until in _totals.values()} | {(0, until) for _, until in _peaks.values()}
    marked = spans.with_columns(_within(*window) for window in sorted(windows))
    wanted = marked.with_columns(
        *((nw.col(measure) * nw.col(f"{first} to {until}")).alias(name)
          for name, (measure, first, until) in _totals.items()),
        *((nw.col(f"most {measure}") * nw.col(f"0 to {until}")).alias(name)
          for name, (measure, until) in _peaks.items()),
    )  # fmt: skip
    return wanted.group_by(SHOP).agg(
        *(nw.col(name).sum() for name in _totals),
        *(nw.col(name).max() for name in _peaks),
        *(nw.col(name).min() for name in _lasts),
    )


def _within(first: int, until: int) -> nw.Expr:
    """1 for the spans of a window, 0 for all others."""
    span = nw.col("span")
    return ((span >= first) & (span < until)).cast(nw.Int64).alias(f"{first} to {until}")


def gaps(days: Rows, shops: Rows) -> Rows:
    """The longest stretches without a sale, and without a sign-in, in the windows that features ask for."""
    found = shops.select(SHOP, "history")
    market = shops.select(SHOP, nw.col(covers("order")).alias("market"))
    sold = days.filter((nw.col("order_n") > 0) | (nw.col("issued_done_n") > 0)).join(market, on=SHOP, how="inner")
    sold = sold.filter((nw.col("order_n") > 0) | ~nw.col("market"))
    for mark, rows in (("sale_days", sold), ("login_days", days.filter(nw.col("login_n") > 0))):
        windows = {name: until for name, (which, until) in _gaps.items() if which == mark}
        if windows:
            found = found.join(_widest(rows, windows), on=SHOP, how="left")
    return found.select(SHOP, *(_with_edges(name, until).alias(name) for name, (_, until) in _gaps.items()))


def _widest(rows: Rows, windows: dict[str, int]) -> Rows:
    """Between days on which there was something: the widest step, the latest and the oldest of each window."""
    marks = rows.filter(max(windows.values()) > AGE).select(SHOP, "age")
    steps = marks.with_columns((AGE - AGE.shift(1).over(SHOP, order_by="age")).alias("step"))
    inside = steps.with_columns(
        *(nw.when(until > AGE).then(nw.col("step")).alias(f"widest {name}") for name, until in windows.items()),
        *(nw.when(until > AGE).then(AGE).alias(f"oldest {name}") for name, until in windows.items()),
    )
    return inside.group_by(SHOP).agg(
        *(nw.col(f"widest {name}").max() for name in windows),
        *(nw.col(f"oldest {name}").max() for name in windows),
        *(nw.col(f"oldest {name}").min().alias(f"latest {name}") for name in windows),
    )


def _with_edges(name: str, until: int) -> nw.Expr:
    """A window begins with the shop's history, and its own edges count as if something had been there."""
    edge = nw.min_horizontal(nw.col("history"), nw.lit(until - 1).cast(nw.Int64))
    found = nw.max_horizontal(nw.col(f"latest {name}"), nw.col(f"widest {name}"), edge - nw.col(f"oldest {name}"))
    return nw.when(nw.col(f"oldest {name}").is_null()).then(edge).otherwise(found)


def summed_up(days: Rows, shops: Rows, measures: Sequence[str]) -> Rows:
    """Every shop with its history and all sums over its days; nought where its days have none."""
    daily = by_day(days, measures)
    spans = with_roles(by_span(daily), shops)
    whole = shops.join(totals(spans), on=SHOP, how="left").join(gaps(daily, shops), on=SHOP, how="left")
    return whole.with_columns(nw.col(name).fill_null(0) for name in (*_totals, *_peaks))
