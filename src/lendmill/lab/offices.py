"""What offices know of a simulated seller: tax filings, customs declarations, the business registry, credit reports.

None of it gives the day away on which somebody stops paying: it moves with quality, and a little with trouble ahead,
under noise as large as in life.
"""

from datetime import date, timedelta
from typing import Any, Final

import numpy as np
import polars as pl

from lendmill.days import months_after
from lendmill.lab.hidden import BUST_OUT, Hidden

YEAR: Final = 365
SECONDS: Final = 86_400
PAPER: Final = pl.Schema(
    {
        "n": pl.Int64, "day": pl.Int64, "kind": pl.String, "subject": pl.String, "cents": pl.Int64,
        "figure": pl.Float64, "partner": pl.String,
    }
)  # fmt: skip
Row = tuple[int, str, str, int | None, float | None, str | None]  # day, kind, subject, cents, figure, partner


def papers(who: Hidden, first_on: date, days: int, orders: pl.DataFrame, side: Any) -> pl.DataFrame:
    """Everything offices wrote down about one seller, by day of the market."""
    sold = np.bincount(
        orders["second"].to_numpy() // SECONDS, weights=orders["cents"].to_numpy(), minlength=days
    )[:days]  # fmt: skip
    rows = [*_tax(who, first_on, sold, side), *_customs(who, first_on, sold, side)]
    before_years, known_years = float(side.exponential(1.5)), float(side.integers(0, 15))
    capital = int(np.exp(np.log(50) + 0.3 * who.quality + side.normal())) * 1_000_000
    for day in range(who.opened, days, YEAR):
        rows += _registry(who, first_on + timedelta(days=day), day, before_years, capital, side)
        rows += _bureau(who, day, known_years, side)
    rows = [row for row in rows if row[0] < days]
    return pl.DataFrame([(n, *row) for n, row in enumerate(rows)], schema=PAPER, orient="row")


def trouble(who: Hidden, day: int) -> float:
    """How much of what is coming could be known: it grows over the last ten months before somebody stops paying."""
    if who.kind == BUST_OUT or not who.warned:
        return 0.0
    return float(np.clip((300 - (who.stops - day)) / 300, 0, 1))


def _tax(who: Hidden, first_on: date, sold: Any, side: Any) -> list[Row]:
    """Firms file value-added tax each month, registered persons each quarter, some weeks later; a grade comes in April.

    Small sellers declare less than they sell; the careful file on time.
    """
    firm = who.seller.kind == "firm"
    share = float(np.clip(side.normal(0.82 + 0.06 * who.quality, 0.15), 0.15, 1.15))
    if not firm and side.random() < 0.5:
        return []
    rows: list[Row] = []
    for start, end in _periods(first_on, len(sold), 1 if firm else 3):
        late_chance = float(np.clip(0.07 - 0.04 * who.quality + 0.25 * trouble(who, end), 0.01, 0.8))
        late = int(side.integers(1, 45)) if side.random() < late_chance else 0
        noise = float(side.lognormal(0, 0.08))
        if end <= who.opened:
            continue
        cents = int(sold[start:end].sum() * share * noise) // 100 * 100
        rows.append((end + 14 + late, "tax", "vat", cents, float(late), None))
    for year in range(first_on.year, first_on.year + len(sold) // YEAR + 2):
        day = (date(year, 4, 20) - first_on).days
        grade = float(np.clip(np.rint(3.6 + 0.5 * who.quality - trouble(who, day) + side.normal(0, 0.8)), 1, 5))
        if firm and day >= (who.opened + 180 if who.opened else 0):
            rows.append((day, "tax", "grade", None, grade, None))
    return rows


def _periods(first_on: date, days: int, months: int) -> list[tuple[int, int]]:
    """Whole months or quarters of the calendar that lie within the market."""
    start = months_after(date(first_on.year, first_on.month, 1), 0 if first_on.day == 1 else 1)
    while (start.month - 1) % months:
        start = months_after(start, 1)
    found = []
    while (months_after(start, months) - first_on).days <= days:
        end = months_after(start, months)
        found.append(((start - first_on).days, (end - first_on).days))
        start = end
    return found


def _customs(who: Hidden, first_on: date, sold: Any, side: Any) -> list[Row]:
    """One seller in eight trades abroad: goods bought in, or sold out, a few times a month by a few partners."""
    trades, imports = side.random() < 1 / 8, side.random() < 0.5
    if not trades:
        return []
    share, partners = float(side.uniform(0.1, 0.5)), int(side.integers(1, 5))
    rows: list[Row] = []
    for start, end in _periods(first_on, len(sold), 1):
        for _ in range(int(side.poisson(1.5))):
            cents = int(sold[start:end].sum() * share * side.uniform(0.2, 0.8))
            partner = f"abroad{who.index:05d}-{int(side.integers(partners))}"
            day = int(side.integers(start, end))
            if cents > 0:
                rows.append((day, "customs", "import" if imports else "export", cents, None, partner))
    return rows


def _registry(who: Hidden, on: date, day: int, before_years: float, capital_cents: int, side: Any) -> list[Row]:
    """The business registry, looked up when the shop opens and each year after; not every person is registered."""
    since = who.seller.member_since_on or on
    years = float(np.floor(max((on - since).days, 0) / 365.25 + before_years))
    cases = float(side.poisson(0.12 * np.exp(-0.5 * who.quality) + 0.3 * trouble(who, day)))
    listed = float(side.random() < np.clip(0.006 - 0.004 * who.quality + 0.05 * trouble(who, day), 0.001, 0.2))
    if who.seller.kind == "person" and who.index % 5 < 2:
        return []
    figures = {"active": 1.0, "years_registered": years, "legal_cases": cases, "enforcement": listed}
    rows: list[Row] = [(day, "registry", subject, None, figure, None) for subject, figure in figures.items()]
    if who.seller.kind == "firm":
        rows.append((day, "registry", "registered_capital", max(capital_cents, 1_000_000), None, None))
    return rows


def _bureau(who: Hidden, day: int, known_years: float, side: Any) -> list[Row]:
    """A credit report, taken when the shop opens and each year after; one seller in seven has none."""
    ahead = trouble(who, day)
    loans = int(side.poisson(float(np.clip(1.1 - 0.25 * who.quality + 0.8 * ahead, 0.1, 6))))
    balance = int(loans * float(side.lognormal(np.log(40_000), 0.7))) * 100
    was_late = side.random() < 1 / (1 + np.exp(1.9 + 0.75 * who.quality - 0.9 * ahead))
    late = float(side.choice([5, 12, 30, 60, 90], p=[0.4, 0.25, 0.2, 0.1, 0.05])) if was_late else 0.0
    enquiries = float(side.poisson(np.exp(0.1 - 0.25 * who.quality + 0.7 * ahead)))
    score = float(np.clip(np.rint(610 + 28 * who.quality - 0.6 * late - 25 * ahead + side.normal(0, 38)), 300, 850))
    if who.index % 7 == 0:
        return []
    figures = {
        "open_loans": float(loans), "late_days_worst": late, "enquiries_90": enquiries, "score": score,
        "years_known": known_years + day // YEAR,
    }  # fmt: skip
    return [
        *((day, "bureau", subject, None, figure, None) for subject, figure in figures.items()),
        (day, "bureau", "open_balance", balance, None, None),
    ]
