"""A training set gives each shop exactly what its features would have been on its own day."""

from datetime import timedelta

import polars as pl
import pytest

from features.whole_record import ON, bring_in, record
from lendmill.features import windows
from lendmill.features.catalogue import NAMES
from lendmill.features.windows import as_of, training_set
from lendmill.shops.lake import Lake


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    folder = tmp_path_factory.mktemp("training")
    made = Lake(folder / "lake")
    bring_in(made, folder, "all", record(events=500))
    return made


def test_each_row_is_what_the_day_itself_would_have_given(lake: Lake) -> None:
    days = [ON - timedelta(days=n) for n in (700, 200, 0)]
    pairs = [("S1", days[2]), ("S0", days[1]), ("S1", days[1]), ("nobody", days[2]), ("S2", days[0]), ("S1", days[1])]
    found = training_set(lake, pairs)
    assert found.columns == ["shop_key", "as_of_on", *NAMES]
    assert found.select("shop_key", "as_of_on").rows() == sorted(set(pairs))
    for (on,), some in found.group_by("as_of_on"):
        assert some.drop("as_of_on").equals(as_of(lake, on, some["shop_key"].to_list()))  # type: ignore[arg-type]
    nothing = found.filter((pl.col("shop_key") == "nobody") | (pl.col("as_of_on") == days[0]))
    assert nothing.height == 2
    assert nothing.select(NAMES).null_count().sum_horizontal().item() == 2 * len(NAMES)
    assert found.filter(pl.col("shop_key") == "S1")["sales_net_365"].null_count() == 0


def test_many_pairs_are_taken_some_at_a_time_and_are_the_same(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = [(shop, ON - timedelta(days=n)) for shop in ("S0", "S1", "S2") for n in (0, 3)]
    whole = training_set(lake, pairs)
    monkeypatch.setattr(windows, "CASES_AT_ONCE", 4)
    assert training_set(lake, pairs).equals(whole)


def test_no_pairs_are_an_empty_table_with_every_column(lake: Lake) -> None:
    found = training_set(lake, [])
    assert (found.height, found.columns) == (0, ["shop_key", "as_of_on", *NAMES])
