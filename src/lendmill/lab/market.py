"""A whole simulated market: its sellers, their records as files to import, what became of them, and how they repay."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import astuple, dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from importlib.resources import files as package_files
from pathlib import Path
from typing import Any, Final

import polars as pl

from lendmill.days import each_day, months_after
from lendmill.lab.hidden import MARKET, RECORD, REPAYING, Hidden, hidden_seller, stream
from lendmill.lab.seasons import Days, Shock, demand, shocked, shocks
from lendmill.lab.trading import record
from lendmill.shops.sellers import COLUMNS as SELLER_COLUMNS
from lendmill.shops.sellers import Seller

YEAR_DAYS: Final = 365
HISTORY_DAYS_MIN: Final = 90
AT_ONCE: Final = 20  # sellers whose records are written together

EARLY: Final = "early"
ON_TIME: Final = "on time"
IN_GRACE: Final = "late within grace"
LATE: Final = "late"
NEVER: Final = "never"

# files, and their columns as the tables of a shop's record give them
FILES: Final = {
    "orders": ("order_no", "paid_at", "amount", "buyer"),
    "refunds": ("order_no", "refunded_at", "amount", "buyer"),
    "settlements": ("day", "amount"),
    "reviews": ("order_no", "written_at", "stars", "buyer"),
    "disputes": ("order_no", "raised_at", "buyer"),
    "visits": ("day", "views"),
    "favourites": ("day", "marks"),
    "advertising": ("day", "amount"),
    "logins": ("signed_in_at", "device", "place"),
    "messages": ("message_no", "written_at", "minutes", "buyer"),
    "community": ("day", "posts"),
    "papers": ("paper_no", "day", "kind", "subject", "amount", "figure", "partner"),
}


@dataclass(frozen=True, slots=True)
class Payment:
    """How a seller meets one due date: the habit shown, and the day on which the money comes, if it does."""

    habit: str
    paid_on: date | None


@dataclass(frozen=True)
class Market:
    """A market of sellers who do not exist; everything follows from the seed."""

    seed: int
    sellers: int = 300
    through_on: date = date(2025, 12, 31)
    months: int = 18

    @property
    def first_on(self) -> date:
        """The first day of the records."""
        return months_after(self.through_on + timedelta(days=1), -self.months)

    @property
    def days(self) -> int:
        """How many days the records cover."""
        return (self.through_on - self.first_on).days + 1

    @cached_property
    def _shocks(self) -> list[Shock]:
        return shocks(stream(self.seed, MARKET), self.days)

    @cached_property
    def _seasons(self) -> dict[str, Days]:
        return {}

    def hidden(self, index: int) -> Hidden:
        """One seller as only the simulator knows them."""
        return hidden_seller(self.seed, index, self.first_on, self.days)

    def seller(self, index: int) -> Seller:
        """One seller as the marketplace knows them."""
        return self.hidden(index).seller

    def record(self, who: Hidden) -> dict[str, pl.DataFrame]:
        """What the platform wrote down about one seller."""
        trade = who.seller.industry
        if trade not in self._seasons:
            self._seasons[trade] = demand(self.first_on, self.days, trade)
        season = self._seasons[trade] * shocked(self._shocks, self.days, trade, who.seller.region)
        return record(who, season, self.seed, stream(self.seed, RECORD, who.index), self.first_on)

    def outcomes(self, who: Hidden) -> list[tuple[str, date, bool, date]]:
        """For each month's end with enough history: whether a loan given then would be in default within 12 months, and
        the day on which that is known. Nobody is asked who has stopped paying already."""
        found = []
        for n, day in enumerate(each_day(self.first_on, self.through_on)):
            if (day + timedelta(days=1)).day != 1 or n - who.opened < HISTORY_DAYS_MIN or who.stops <= n:
                continue
            found.append((who.seller.shop_key, day, who.stops_within(n, YEAR_DAYS), day + timedelta(days=YEAR_DAYS)))
        return found

    def pays(self, shop_key: str, due_on: date, *, grace_days: int = 3) -> Payment:
        """How this seller meets a due date: the same answer each time it is asked.

        Before the day they stop paying, the good pay early or on time and the weak are sometimes late; after it, most
        never pay.
        """
        who = self.hidden(_index_of(shop_key))
        chance = stream(self.seed, REPAYING, who.index, due_on.toordinal())
        draw, wait = float(chance.random()), float(chance.random())
        if (due_on - self.first_on).days >= who.stops:
            if draw < 0.85:
                return Payment(NEVER, None)
            return Payment(LATE, due_on + timedelta(days=grace_days + 5 + int(wait * 80)))
        weak = min(max(0.16 - 0.07 * who.quality, 0.02), 0.5)
        if draw < weak * 0.4:
            return Payment(LATE, due_on + timedelta(days=grace_days + 1 + int(wait * wait * 25)))
        if draw < weak and grace_days > 0:
            return Payment(IN_GRACE, due_on + timedelta(days=1 + int(wait * grace_days)))
        if draw > 0.72:
            return Payment(EARLY, due_on - timedelta(days=1 + int(wait * 12)))
        return Payment(ON_TIME, due_on)


def _index_of(shop_key: str) -> int:
    return int(shop_key.rsplit("-", 1)[1])


def mapping_text() -> str:
    """The page by which the market's files are imported."""
    return package_files("lendmill.lab").joinpath("market.toml").read_text(encoding="utf-8")


def event_files(folder: Path) -> list[Path]:
    """The market's files with events in them, in a fixed order."""
    return [folder / f"{name}.csv" for name in FILES]


def write_market(market: Market, out: Path, progress: Callable[[int, int], None] | None = None) -> Path:
    """Write a market as CSV files with `market.toml` beside them; the same market is the same bytes.

    `sellers.csv` lists who there is, `outcomes.csv` what became of them: labels for training, never events.
    """
    out.mkdir(parents=True, exist_ok=True)
    midnight = datetime.combine(market.first_on, time())
    with ExitStack() as stack:
        handles: dict[str, Any] = {
            name: stack.enter_context((out / f"{name}.csv").open("wb")) for name in (*FILES, "sellers", "outcomes")
        }
        for name, columns in FILES.items():
            handles[name].write((",".join(("shop", *columns)) + "\n").encode())
        handles["sellers"].write((",".join(SELLER_COLUMNS) + "\n").encode())
        handles["outcomes"].write(b"shop,as_of_on,defaulted_within_12_months,known_on\n")
        for first in range(0, market.sellers, AT_ONCE):
            some = [market.hidden(index) for index in range(first, min(first + AT_ONCE, market.sellers))]
            records = [(who.seller.shop_key, market.record(who)) for who in some]
            for name, columns in FILES.items():
                table = pl.concat(tables[name].select(pl.lit(key).alias("shop"), pl.all()) for key, tables in records)
                _as_written(table, midnight, columns).write_csv(handles[name], include_header=False)
            handles["sellers"].writelines(_line(astuple(who.seller), ("no", "yes")) for who in some)
            handles["outcomes"].writelines(_line(outcome) for who in some for outcome in market.outcomes(who))
            if progress is not None:
                progress(first + len(some), market.sellers)
    mapping = out / "market.toml"
    mapping.write_text(mapping_text(), encoding="utf-8")
    return mapping


def _as_written(table: pl.DataFrame, midnight: datetime, columns: tuple[str, ...]) -> pl.DataFrame:
    """A table of some shops' records as a platform would export it: local times, yuan, names for buyers."""
    first = pl.lit(midnight)
    cents = pl.col("cents")
    written = {
        "n": pl.format("{}-{}", "shop", "n"),
        "second": (first + pl.duration(seconds=pl.col("second"))).dt.strftime("%Y-%m-%d %H:%M:%S"),
        "day": (first + pl.duration(days=pl.col("day"))).dt.strftime("%Y-%m-%d"),
        "cents": pl.format("{}.{}", cents // 100, (cents % 100).cast(pl.String).str.zfill(2)),
        "buyer": pl.format("buyer{}", pl.col("buyer").cast(pl.String).str.zfill(8)),
        "device": pl.format("device{}", pl.col("device")),
    }
    order = sorted(set(table.columns) - {"shop"}, key=_PLACES.index)
    return table.select(
        "shop", *(written.get(name, pl.col(name)).alias(told) for name, told in zip(order, columns, strict=True))
    )


_PLACES: Final = (
    "n", "second", "day", "views", "marks", "stars", "minutes", "posts", "kind", "subject", "cents", "figure", "buyer",
    "device", "place", "partner",
)  # fmt: skip


def _line(cells: tuple[Any, ...], no_or_yes: tuple[Any, Any] = (0, 1)) -> bytes:
    told = [no_or_yes[cell] if isinstance(cell, bool) else "" if cell is None else cell for cell in cells]
    return (",".join(map(str, told)) + "\n").encode()
