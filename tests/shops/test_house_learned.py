"""What the house learned by itself becomes record: whole or not at all, twice is once, known when it was known."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from lendmill.features.windows import as_of
from lendmill.shops.importers.house import (
    LearnedRow,
    import_learned,
    learned_through,
    moment,
    start_of,
)
from lendmill.shops.lake import Lake, LakeBusy

DAY = date(2026, 1, 1)
NOW = datetime(2026, 1, 5, 3, tzinfo=UTC)


def figure(subject: str, quantity: float, on: date = DAY, known_on: date = DAY, shop: str = "s1") -> LearnedRow:
    return LearnedRow("bureau", shop, start_of(on), moment(known_on, NOW), subject, quantity=quantity)


def told(lake: Lake, until: date | None = None) -> list[tuple[object, ...]]:
    rows = lake.scan(until).sort("shop_key", "subject").select("shop_key", "subject", "quantity", "amount_cents")
    return rows.collect().rows()


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """An empty lake."""
    return Lake(tmp_path)


def test_the_same_again_changes_nothing_and_a_day_read_again_adds_only_what_is_new(lake: Lake) -> None:
    first = import_learned([figure("score", 700.0)], "bureau", lake, received_at=NOW)
    assert first is not None
    assert (first.good, first.already) == (1, False)
    again = import_learned([figure("score", 700.0)], "bureau", lake, received_at=NOW)
    assert again is not None
    assert again.already
    more = import_learned([figure("score", 700.0), figure("score", 650.0, shop="s2")], "bureau", lake, received_at=NOW)
    assert more is not None
    assert (more.good, more.repeated, more.corrected) == (2, 1, 0)
    assert told(lake) == [("s1", "score", 700.0, None), ("s2", "score", 650.0, None)]
    assert len(lake.imports()) == 2


def test_what_is_learned_later_of_the_same_day_is_a_correction_known_from_then_on(lake: Lake) -> None:
    import_learned([figure("score", 700.0)], "bureau", lake, received_at=NOW)
    later = DAY + timedelta(days=3)
    import_learned([figure("score", 500.0, known_on=later)], "bureau", lake, received_at=NOW)
    assert told(lake, DAY) == told(lake, later - timedelta(days=1)) == [("s1", "score", 700.0, None)]
    assert told(lake, later) == told(lake) == [("s1", "score", 500.0, None)]
    assert told(lake, DAY - timedelta(days=1)) == []


def test_nothing_is_known_before_the_house_knew_it(lake: Lake) -> None:
    learned = figure("score", 700.0, on=DAY - timedelta(days=200), known_on=DAY)
    import_learned([learned], "bureau", lake, received_at=NOW)
    assert told(lake, DAY - timedelta(days=1)) == []
    assert told(lake, DAY) == [("s1", "score", 700.0, None)]


def test_two_declarations_of_a_day_are_two_and_a_name_with_signs_is_one(lake: Lake) -> None:
    at = start_of(DAY)
    rows = [
        LearnedRow("customs", shop, at, at, "export", amount_cents=100, counterparty="p", reference=reference)
        for shop in ("a:b", "a")
        for reference in ("1|2", "1", "b:1")
    ]
    import_learned(rows, "customs", lake, received_at=NOW)
    assert lake.scan().select("event_id").collect().n_unique() == 6
    assert lake.scan().select(pl.col("amount_cents").sum()).collect().item() == 600


def test_each_kind_is_brought_in_by_itself_and_remembers_how_far_it_came(lake: Lake) -> None:
    rows = [figure("score", 700.0), LearnedRow("tax", "s1", start_of(DAY), start_of(DAY), "grade", quantity=5.0)]
    assert learned_through(lake, "bureau") is None
    import_learned(rows, "bureau", lake, received_at=NOW)
    assert (learned_through(lake, "bureau"), learned_through(lake, "tax")) == (DAY, None)
    assert import_learned([], "tax", lake, received_at=NOW) is None
    assert [row[1] for row in told(lake)] == ["score"]


def test_a_shop_nobody_asked_about_stays_unknown_whatever_was_learned_of_others(lake: Lake) -> None:
    at = start_of(DAY - timedelta(days=9))
    filing = LearnedRow("tax", "s1", at, at, "vat", amount_cents=100, quantity=0.0, reference="q")
    import_learned([filing], "tax", lake, received_at=NOW)
    import_learned([figure("score", 700.0, shop="s2")], "bureau", lake, received_at=NOW)
    facts = {row["shop_key"]: row for row in as_of(lake, DAY).rows(named=True)}
    assert (facts["s1"]["tax_filings_365"], facts["s1"]["bureau_score"]) == (1.0, None)
    assert (facts["s2"]["tax_filings_365"], facts["s2"]["bureau_score"]) == (None, 700.0)


def test_while_another_import_writes_nothing_is_brought_in(lake: Lake) -> None:
    with lake.writing(), pytest.raises(LakeBusy):
        import_learned([figure("score", 700.0)], "bureau", lake, received_at=NOW)
    assert (lake.imports(), told(lake)) == ([], [])


def test_an_hour_keeps_the_order_within_a_day_of_the_house_that_is_not_the_clocks() -> None:
    clock = datetime(2030, 7, 9, 23, 30, tzinfo=UTC)
    assert moment(DAY, clock).date() == DAY
    assert moment(DAY, clock) < moment(DAY, clock + timedelta(seconds=1))
