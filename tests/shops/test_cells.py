"""Cells are read exactly, or not at all."""

from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lendmill.shops.events import LARGEST_CENTS
from lendmill.shops.importers import cells
from lendmill.shops.importers.mapping import Instant

MIDNIGHT = datetime(2025, 2, 28, 16, tzinfo=UTC)  # of 1 March in Shanghai


def read_cents(value: Any, dtype: pl.DataType, unit: str = "yuan") -> int | None:
    table = pl.DataFrame({"a": [value]}, schema={"a": dtype})
    return table.select(cells.cents("a", dtype, unit)).item()


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("7000", 700_000), ("7,000.50", 700_050), ("¥12.3", 1_230), (" 5 ", 500), ("-0.05", -5), ("+1.", 100),
        ("1.005", 101), ("-1.005", -101), ("1.015", 102), ("1.00499999999999999999", 100),
        ("0", 0), ("10000000000", 10**12), ("10000000000.01", None),
        ("1e3", None), ("nan", None), ("inf", None), ("", None), ("twelve", None), ("1.2.3", None), ("٣", None),
    ],
)  # fmt: skip
def test_money_written_in_yuan(text: str, cents: int | None) -> None:
    assert read_cents(text, pl.String()) == cents


@pytest.mark.parametrize(
    ("figure", "cents"),
    [
        (1000.0, 100_000), (0.1, 10), (-943.4, -94_340), (1.005, 101), (-1.005, -101), (1.0049, 100),
        (99999999.99, 9_999_999_999),
        (float("nan"), None), (float("inf"), None), (1e300, None), (None, None),
    ],
)  # fmt: skip
def test_money_held_as_a_float(figure: float | None, cents: int | None) -> None:
    assert read_cents(figure, pl.Float64()) == cents


@pytest.mark.parametrize(("text", "cents"), [("1234", 1234), ("-5", -5), ("12.0", 12), ("12.5", None), ("x", None)])
def test_money_written_in_cents(text: str, cents: int | None) -> None:
    assert read_cents(text, pl.String(), "cents") == cents


def test_money_held_as_a_whole_number() -> None:
    assert read_cents(12, pl.Int64()) == 1200
    assert read_cents(12, pl.Int64(), "cents") == 12
    assert read_cents(10**10 + 1, pl.Int64()) is None


@given(st.integers(-(10**12), 10**12), st.integers(0, 9))
def test_text_and_float_agree_with_decimal_arithmetic(whole: int, tail: int) -> None:
    exact = Decimal(whole) / 100 + Decimal(tail).scaleb(-3) * (-1 if whole < 0 else 1)
    wanted = int((exact * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))
    found = wanted if abs(wanted) <= LARGEST_CENTS else None
    assert read_cents(str(exact), pl.String()) == found
    if abs(whole) < 10**11:
        assert read_cents(float(exact), pl.Float64()) == found


def moment(value: Any, dtype: pl.DataType, how: Instant | None = None) -> datetime | None:
    return cells.moment(pl.Series("at", [value], dtype=dtype), how or Instant("at")).item()


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2025-03-01", datetime(2025, 2, 28, 16, tzinfo=UTC)),
        ("2025-03-01 08:30", datetime(2025, 3, 1, 0, 30, tzinfo=UTC)),
        ("2025-03-01T08:30:15", datetime(2025, 3, 1, 0, 30, 15, tzinfo=UTC)),
        ("2025-03-01 08:30:15.25", datetime(2025, 3, 1, 0, 30, 15, 250_000, tzinfo=UTC)),
        ("2025-03-01T08:30:15Z", datetime(2025, 3, 1, 8, 30, 15, tzinfo=UTC)),
        ("2025-03-01T08:30:15+02:00", datetime(2025, 3, 1, 6, 30, 15, tzinfo=UTC)),
        ("01/03/2025", None), ("2025-02-30", None), ("", None),
    ],
)  # fmt: skip
def test_moments_written_the_usual_ways(text: str, instant: datetime | None) -> None:
    assert moment(text, pl.String()) == instant


def test_one_column_may_mix_the_usual_ways() -> None:
    mixed = pl.Series("at", ["2025-03-01 00:00:00", "2025-03-01", None, "2025-03-01T00:00:00+08:00"])
    assert cells.moment(mixed, Instant("at")).to_list() == [
        MIDNIGHT, MIDNIGHT, None, MIDNIGHT,
    ]  # fmt: skip


def test_moments_by_pattern_zone_and_type() -> None:
    assert moment("3/1/2025 14:05", pl.String(), Instant("at", "%m/%d/%Y %H:%M", "America/Sao_Paulo")) == datetime(
        2025, 3, 1, 17, 5, tzinfo=UTC
    )
    assert moment("20250301", pl.String(), Instant("at", "%Y%m%d")) == datetime(2025, 2, 28, 16, tzinfo=UTC)
    assert moment(1_700_000_000, pl.Int64(), Instant("at", "epoch-seconds")) == datetime(
        2023, 11, 14, 22, 13, 20, tzinfo=UTC
    )
    assert moment("1700000000500", pl.String(), Instant("at", "epoch-milliseconds")) == datetime(
        2023, 11, 14, 22, 13, 20, 500_000, tzinfo=UTC
    )
    assert moment(date(2025, 3, 1), pl.Date()) == datetime(2025, 2, 28, 16, tzinfo=UTC)
    nine = datetime.fromisoformat("2025-03-01 09:00")
    assert moment(nine, pl.Datetime("ms")) == datetime(2025, 3, 1, 1, tzinfo=UTC)
    assert moment(nine, pl.Datetime("us", "UTC")) == datetime(2025, 3, 1, 9, tzinfo=UTC)


def test_a_local_time_that_never_was_is_nothing() -> None:
    assert moment("2025-03-30 02:30:00", pl.String(), Instant("at", zone="Europe/Berlin")) is None
