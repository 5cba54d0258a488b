"""Nothing known later reaches back: each earlier day's features stay the same to the last bit."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from features.whole_record import ON, SHOPS, Row, bring_in, record
from lendmill.features.catalogue import NAMES
from lendmill.features.trust import SIGN_NAMES
from lendmill.features.windows import as_of
from lendmill.shops.lake import Lake
from shops.selling import MAPPING, UNDATED, bring

FIRST = date(2024, 1, 1)
DAYS = 600
CUTS = [FIRST + timedelta(days=n) for n in (10, 100, 199, 330, 500)]
IN_THE_END = CUTS[-1] + timedelta(days=200)


def rows(seed: int = 5) -> list[tuple[date, date, str]]:
    """(happened, known, row): what happened in four shops, some known late, some corrected or voided later."""
    chance = random.Random(seed)
    found = []
    for n in range(1500):
        happened = FIRST + timedelta(days=chance.randrange(DAYS))
        known = happened + timedelta(days=chance.choice((0, 0, 0, 1, 3, 40)))
        shop, yuan, buyer = (
            f"S{chance.randrange(4)}",
            f"{chance.randrange(1, 90000) / 100:.2f}",
            f"b{chance.randrange(60)}",
        )
        what, stars = chance.choice((("sold", ""), ("sold", ""), ("returned", ""), ("stars", str(chance.randrange(6)))))
        found.append((happened, known, f"{what},{shop},{n},{happened},{known},{yuan},{stars},{buyer},ok"))
        if chance.random() < 0.1:
            later = known + timedelta(days=chance.randrange(1, 200))
            state, amount = chance.choice((("cancelled", yuan), ("ok", "0.01"), ("ok", "77777")))
            found.append((happened, later, f"{what},{shop},{n},{happened},{later},{amount},{stars},{buyer},{state}"))
    return found


def table(lake: Lake, on: date) -> pl.DataFrame:
    return as_of(lake, on, ["S0", "S1", "S2", "S3"])


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[date, pl.DataFrame]:
    """What the whole record says of each day."""
    folder = tmp_path_factory.mktemp("whole")
    lake = Lake(folder / "lake")
    bring(lake, folder, "all.csv", *(row for _, _, row in rows()))
    return {on: table(lake, on) for on in (*CUTS, IN_THE_END)}


@pytest.mark.parametrize("on", CUTS)
def test_what_comes_later_changes_nothing_of_an_earlier_day(
    tmp_path: Path, whole: dict[date, pl.DataFrame], on: date
) -> None:
    lake = Lake(tmp_path / "lake")
    bring(lake, tmp_path, "then.csv", *(row for _, known, row in rows() if known <= on))
    then = table(lake, on)
    assert then["history_days"].null_count() < 4
    assert whole[on].equals(then)
    bring(lake, tmp_path, "later.csv", *(row for _, known, row in rows() if known > on))
    assert table(lake, on).equals(then)
    if on == CUTS[-2]:
        assert table(lake, IN_THE_END).equals(whole[IN_THE_END])


def test_the_order_of_rows_and_files_changes_no_bit(tmp_path: Path, whole: dict[date, pl.DataFrame]) -> None:
    shuffled = [row for _, _, row in rows()]
    random.Random(9).shuffle(shuffled)
    lake = Lake(tmp_path / "lake")
    for n in range(3):
        bring(lake, tmp_path, f"{n}.csv", *shuffled[n::3])
    for on in CUTS:
        assert table(lake, on).equals(whole[on])


def test_a_correction_without_a_date_does_not_reach_behind_its_arrival(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    sale = "sold,S0,1,2025-03-01,,100,,b1,ok"
    bring(lake, tmp_path, "first.csv", sale, by=UNDATED)
    days = [date(2025, 3, 1), date(2025, 5, 31), date(2025, 6, 30)]
    before = [table(lake, on) for on in days]
    arrived = datetime(2025, 6, 10, 3, tzinfo=UTC)
    bring(lake, tmp_path, "again.csv", sale.replace(",ok", ",cancelled"), by=UNDATED, at=arrived)
    assert [table(lake, on).equals(earlier) for on, earlier in zip(days, before, strict=True)] == [True, True, False]
    assert table(lake, days[2])["sales_net_180"].to_list()[0] == 0.0


def test_an_event_is_not_seen_before_its_day(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    by = MAPPING.replace('known = { column = "known" }\n', "")
    bring(lake, tmp_path, "a.csv", "sold,S0,1,2025-03-01,,100,,b1,ok", "sold,S0,2,2025-03-09,,900,,b1,ok", by=by)
    assert table(lake, date(2025, 3, 8))["sales_net_90"].to_list()[0] == 100.0


def test_a_kind_that_a_source_delivers_later_is_unknown_before(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    bring(lake, tmp_path, "a.csv", "sold,S0,1,2025-03-01,2025-03-01,100,,b1,ok")
    before = table(lake, date(2025, 4, 1))
    assert before["review_count_90"].to_list()[0] is None
    bring(lake, tmp_path, "b.csv", "stars,S1,1,2025-04-05,2025-04-06,,5,b1,ok")
    assert table(lake, date(2025, 4, 1)).equals(before)
    assert table(lake, date(2025, 4, 6))["review_count_90"].to_list()[0] == 0.0


FIRST_PLANTED = 50_000


def on_day(kind: str, age: int, no: int, *, partner: str = "new", **says: Any) -> list[Row]:
    """The same thing in each shop, so many days before the day."""
    at = ON - timedelta(days=age)
    return [Row(kind, shop, no + n, at, at, partner=partner, **says) for n, shop in enumerate(SHOPS)]


def known() -> list[Row]:
    """What was known by the day; of last week's payments too, from which this week's may have grown."""
    rows = [row for row in record(events=1500) if row.known <= ON - timedelta(days=1)]
    rows += on_day("login", 60, 40_000)
    rows += on_day("stated", 50, 40_010, cents=500, about="inventory")
    rows += on_day("stated", 50, 40_020, cents=900, about="cost_year")
    rows += on_day("payment", 10, 40_030, number=7)
    return rows


def planted() -> list[Row]:
    """What a leak would show on the day: sales, reports and answers of before it that nobody knew yet, in quiet months
    too and with strangers; and corrections of half of what was known."""
    rows = record(seed=77, events=2500, first_no=FIRST_PLANTED)
    for n, age in enumerate(range(45, 450, 18)):
        rows += on_day("order", age, 90_000 + 10 * n, cents=100)
        rows += on_day("login", age % 300, 91_000 + 10 * n, about="nowhere")
    rows += on_day("invoice-in", 250, 92_000, cents=90_000_000)
    rows += on_day("login", 3, 93_000, partner="newer", about="elsewhere")
    rows += on_day("order", 700, 94_000, cents=5)
    rows += record(seed=78, events=400, first_no=70_000, ages=(0,))
    return [*rows, *(replace(row, state="void") for row in known()[::2] if row.state == "done")]


def later(rows: list[Row], days: int) -> list[Row]:
    """The same rows, known only some days after the day."""
    return [replace(row, known=ON + timedelta(days=days)) for row in rows]


def test_the_future_planted_behind_each_feature_is_not_seen_and_would_be_if_the_guard_were_gone(tmp_path: Path) -> None:
    lake, leaky = Lake(tmp_path / "lake"), Lake(tmp_path / "leaky")
    bring_in(lake, tmp_path, "known", known())
    clean = as_of(lake, ON)
    assert [name for name in NAMES if clean[name].null_count() == clean.height] == ["duplicate_share"]

    happened_later = [replace(row, at=row.at + timedelta(days=800), known=row.at + timedelta(days=800))
                      for row in record(seed=79, events=300, first_no=80_000, ages=range(1, 20))]  # fmt: skip
    bring_in(lake, tmp_path, "planted", [*later(planted(), 1), *happened_later])
    lake.keep_labels("verdicts", pl.DataFrame({"shop_key": list(SHOPS), "defaulted": [1, 0, 1]}))
    assert as_of(lake, ON).equals(clean)

    bring_in(leaky, tmp_path, "known", known())
    bring_in(leaky, tmp_path, "leak", later(planted(), 0))
    leaked = as_of(leaky, ON)
    hidden = [name for name in NAMES if leaked[name].equals(clean[name])]
    assert set(hidden) <= set(SIGN_NAMES), "the signs of trust are planted in tests of their own"
    assert as_of(lake, ON + timedelta(days=1)).height == clean.height
