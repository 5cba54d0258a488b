"""Labels are taken for what they say of a shop on a day, or refused with what is wrong with them."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from lendmill.rating.training.examples import NoOutcomes, examples, outcome_of, undated
from lendmill.rating.training.record import features_for

TODAY = date(2025, 6, 30)


def features_on(day: date, shops: Any) -> pl.DataFrame:
    return pl.DataFrame({"shop_key": list(shops), "sales": [float(day.toordinal())] * len(shops)})


def test_examples_are_what_was_known_on_the_day_the_label_is_about() -> None:
    labels = pl.DataFrame(
        {
            "shop": ["b", "a", "a", "c"],
            "as_of_on": [date(2025, 1, 31), date(2025, 2, 28), date(2025, 1, 31), date(2025, 2, 28)],
            "defaulted_within_12_months": [1, 0, 1, 1],
            "known_on": [date(2026, 1, 31), date(2026, 2, 28), date(2026, 1, 31), date(2026, 3, 1)],
            "bank_rating": ["A", "B", "C", "D"],
        }
    )
    found = examples(labels, features_on, today=date(2026, 2, 28))
    assert found.columns == ["shop_key", "as_of_on", "known_on", "defaulted", "sales"]
    assert found.rows() == [
        ("a", date(2025, 1, 31), date(2026, 1, 31), 1.0, 739282.0),
        ("a", date(2025, 2, 28), date(2026, 2, 28), 0.0, 739310.0),
        ("b", date(2025, 1, 31), date(2026, 1, 31), 1.0, 739282.0),
    ]


def test_labels_without_a_day_are_about_the_day_given() -> None:
    labels = pl.DataFrame({"shop_key": ["a", "b"], "bank_rating": ["A", "B"], "defaulted": [True, None]})
    found = examples(labels, features_on, today=date(2025, 1, 31))
    assert found.rows() == [("a", date(2025, 1, 31), None, 1.0, 739282.0)]


def test_outcomes_without_a_day_are_warned_of() -> None:
    labels = pl.DataFrame({"shop_key": ["a", "b", "c"], "defaulted": [1, 0, None]})
    [warning] = undated(labels, TODAY)
    assert warning.startswith("2 of 2 outcomes name no day: their features are as of 2025-06-30, when")
    dated = labels.with_columns(as_of_on=pl.Series([TODAY, None, None]))
    assert undated(dated, TODAY)[0].startswith("1 of 2 outcomes name no day")
    assert undated(dated.head(1), TODAY) == []


def test_labels_without_an_outcome_are_refused() -> None:
    with pytest.raises(NoOutcomes, match="no column for the outcome"):
        examples(pl.DataFrame({"shop_key": ["a"]}), features_on, today=date(2025, 1, 31))
    later = pl.DataFrame({"shop_key": ["a"], "defaulted": [1], "known_on": [date(2025, 2, 1)]})
    with pytest.raises(NoOutcomes, match="2025-01-31"):
        examples(later, features_on, today=date(2025, 1, 31))


def test_the_same_label_twice_counts_once() -> None:
    labels = pl.DataFrame({"shop_key": ["a", "a", "b"], "defaulted": [1, 1, 0]})
    assert examples(labels, features_on, today=TODAY).select("shop_key", "defaulted").rows() == [("a", 1.0), ("b", 0.0)]


def test_days_and_shops_written_as_text_and_numbers_are_read() -> None:
    labels = pl.DataFrame({"shop": [7, 8], "default": [True, False], "as_of_on": ["2025-01-31", " 2025-02-28"]})
    found = examples(labels, features_on, today=TODAY)
    assert found.select("shop_key", "as_of_on").rows() == [("7", date(2025, 1, 31)), ("8", date(2025, 2, 28))]


def test_labels_of_a_fall_teach_a_fall() -> None:
    labels = pl.DataFrame({"shop_key": ["a"], "fell": [1]})
    assert outcome_of(labels) == "fell"
    assert examples(labels, features_on, today=TODAY)["fell"].to_list() == [1.0]
    assert outcome_of(labels.with_columns(default=pl.lit(0))) == "defaulted"


def test_what_is_better_for_a_default_is_not_taken_to_be_better_for_a_fall() -> None:
    assert {feature.higher_is for feature in features_for("defaulted")} == {"better", "worse", None}
    assert {feature.higher_is for feature in features_for("fell")} == {None}
    assert [each.name for each in features_for("fell")] == [each.name for each in features_for("defaulted")]


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"defaulted": ["yes", "no"]}, "defaulted holds 'yes'; write 1 for a shop that turned bad and 0 for others"),
        ({"defaulted": [1, 2]}, "defaulted holds 2;"),
        ({"defaulted": [0.0, float("nan")]}, "defaulted holds nan;"),
        ({"defaulted": [0, 1], "as_of_on": ["2025-01-31", "31.1.25"]}, "as_of_on holds '31.1.25', which is no day"),
        ({"defaulted": [0, 1], "known_on": [20250131, 20250131]}, "known_on holds 20250131, which is no day"),
        (
            {"defaulted": [0, 1], "as_of_on": [date(2025, 5, 1)] * 2, "known_on": [date(2025, 6, 1), date(2025, 4, 1)]},
            "what became of b was known on 2025-04-01, before the day it is about, 2025-05-01",
        ),
        ({"defaulted": [0, 1], "as_of_on": [date(2025, 7, 1)] * 2}, "is about 2025-07-01, which is after 2025-06-30"),
        ({"shop_key": ["a", "a"], "defaulted": [0, 1]}, "a as of 2025-06-30 is called both good and bad"),
        ({"shop_key": ["a", None], "defaulted": [0, 1]}, "1 rows name no shop in shop_key"),
        ({"defaulted": [None, None]}, "none of their outcomes was known on 2025-06-30"),
    ],
)  # fmt: skip
def test_labels_that_cannot_be_meant_so_are_refused(columns: dict[str, Any], said: str) -> None:
    with pytest.raises(NoOutcomes) as refusal:
        examples(pl.DataFrame({"shop_key": ["a", "b"]} | columns), features_on, today=TODAY)
    assert said in str(refusal.value)


def test_labels_of_shops_that_nobody_recorded_are_refused() -> None:
    labels = pl.DataFrame({"shop_key": ["a", "b"], "defaulted": [0, 1]})
    with pytest.raises(NoOutcomes, match="nothing was recorded of any of their shops, such as a"):
        examples(
            labels, lambda _, shops: pl.DataFrame({"shop_key": list(shops), "sales": [None] * len(shops)}), today=TODAY
        )
