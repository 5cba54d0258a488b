"""A stand-in for outcomes nobody has told yet: whose trade fell soon after a day, by the shops' own record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import polars as pl

from lendmill.features.windows import AS_OF
from lendmill.rating.training.examples import FELL, KNOWN
from lendmill.refusals import Refusal
from lendmill.shops.events import VOID
from lendmill.shops.lake import Lake

# Which events are added up, and which of their columns.
FIGURES: Final = {
    "sales": ("order", "amount_cents"),
    "invoices": ("invoice-out", "amount_cents"),
    "visits": ("visit", "quantity"),
    "payments": ("payment", "quantity"),
}


class RecordTooShort(Refusal):
    """The record of {figure} is too short: no day has {days} days of it before and as many after, all by {until_on}."""


class StrangeProxy(Refusal):
    """A fall cannot be asked for so: {what}."""


@dataclass(frozen=True)
class Proxy:
    """What is asked of a shop's record as of a day: did its figure of the days ahead fall below a share of the last?

        fell  where  figure(on + 1 .. on + days) < share * moved * figure(on - days + 1 .. on)

    `moved` is 1; with `beside_others` it is the middle shop's own ratio of the two, so that a season or a campaign of
    the whole platform is nobody's fall. Shops that had nothing in the days before are not asked.
    """

    figure: str = "sales"
    days: int = 90
    share: float = 0.3
    beside_others: bool = False

    def __post_init__(self) -> None:
        if self.figure not in FIGURES:
            raise StrangeProxy(what=f"there is no figure {self.figure!r}, but {', '.join(FIGURES)}")
        if self.days < 1:
            raise StrangeProxy(what=f"{self.days} days; it takes at least one")
        if not 0 < self.share < 1:
            raise StrangeProxy(what=f"a share of {self.share:g}; it lies between 0 and 1")


def days_to_ask(lake: Lake, proxy: Proxy, until_on: date | None = None, every_days: int = 30) -> list[date]:
    """The days to look from, the latest last: each has the whole of both windows within the record.

    `until_on` is the last day of which the record is whole; without it, the last of which it holds anything.
    """
    if every_days < 1:
        raise StrangeProxy(what=f"every {every_days} days; it takes at least one")
    kind, _ = FIGURES[proxy.figure]
    happened = pl.col("happened_on")
    first, last = lake.scan(kinds=(kind,)).select(happened.min(), happened.max().alias("last")).collect().row(0)
    found: list[date] = []
    if last is not None:
        on = min(until_on or last, last) - timedelta(days=proxy.days)
        while on - timedelta(days=proxy.days - 1) >= first:
            found.append(on)
            on -= timedelta(days=every_days)
    if not found:
        raise RecordTooShort(figure=proxy.figure, days=proxy.days, until_on=until_on or last or "today")
    return found[::-1]


def fallen(lake: Lake, proxy: Proxy, days: Sequence[date]) -> pl.DataFrame:
    """Labels to learn from: each shop that traded before a day, whether it fell after it, and when that was known.

    What came before is taken as it was known on the day, what came after as it is known now.
    """
    return pl.concat([_asked_on(lake, proxy, on) for on in days]).sort("shop_key", AS_OF)


def _asked_on(lake: Lake, proxy: Proxy, on: date) -> pl.DataFrame:
    kind, column = FIGURES[proxy.figure]
    span, day = timedelta(days=proxy.days), timedelta(days=1)
    whole = pl.col(column).filter(pl.col("status") != VOID).sum().cast(pl.Float64)
    before = lake.scan(until_known_on=on, kinds=(kind,), since_on=on - span + day, before_on=on + day)
    after = lake.scan(kinds=(kind,), since_on=on + day, before_on=on + span + day)
    table = (
        before.group_by("shop_key")
        .agg(whole.alias("before"))
        .filter(pl.col("before") > 0)
        .join(after.group_by("shop_key").agg(whole.alias("after"), pl.col("known_on").max()), on="shop_key", how="left")
        .with_columns(pl.col("after").fill_null(0.0))
        .collect()
    )
    moved = pl.lit(1.0)
    if proxy.beside_others:
        moved = (pl.col("after") / pl.col("before")).median()
    return table.select(
        "shop_key",
        pl.lit(on).alias(AS_OF),
        pl.max_horizontal("known_on", pl.lit(on + span + day)).alias(KNOWN),
        (pl.col("after") < proxy.share * moved * pl.col("before")).cast(pl.Int8).alias(FELL),
    )


@dataclass(frozen=True)
class Question:
    """What is asked of a set we know: the proxy, from which days, and from which of them on a card is judged."""

    proxy: Proxy
    until_on: date
    every_days: int
    judged_days: int
    why: str

    def days(self, lake: Lake) -> list[date]:
        """The days to look from."""
        return days_to_ask(lake, self.proxy, self.until_on, self.every_days)


QUESTIONS: Final = {
    "olist": Question(
        Proxy("sales", days=90, share=0.3), date(2018, 8, 26), every_days=30, judged_days=3,
        why="""The set ends in the last week of August 2018: what must be handed over later was mostly bought later, so
        the record counts as whole to 26 August. Orders are dated by the day they must be handed over, for the set tells
        no other.""",
    ),
    "koubei": Question(
        Proxy("visits", days=30, share=0.5, beside_others=True), date(2016, 10, 31), every_days=15, judged_days=3,
        why="""The set tells no sales. Payments were counted in four weeks of two months only, which leaves no later day
        to judge on; page views are told for nine months, so the fall is one of page views. Ninety days twice over would
        leave no earlier days to learn from, so it is thirty. In thirty days views hardly ever fall below 30 %, so it is
        half; and as one campaign in August lifted the whole platform and September took that back, a shop is held
        against the middle shop.""",
    ),
}  # fmt: skip
