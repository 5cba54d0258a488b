"""A fall of trade stands in for outcomes nobody knows: it is found where it was planted, and nothing is known early."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from lendmill.cli.proxies import proxy_labels
from lendmill.features.windows import as_of, training_set
from lendmill.lab.proxies import QUESTIONS, Proxy, RecordTooShort, StrangeProxy, days_to_ask, fallen
from lendmill.rating.training.examples import examples
from lendmill.rating.training.proof import split_in_time
from lendmill.shops.importers.mapped import import_file
from lendmill.shops.importers.mapping import read_mapping
from lendmill.shops.importers.presets.bringing import import_preset
from lendmill.shops.lake import Lake

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data"
FIRST = date(2025, 1, 1)
RECEIVED_AT = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = 240
STOPS = {"stops": 170, "fades": 170}
MAPPING = """
source = "house"
[[events]]
kind = { column = "kind", values = { order = "order", views = "visit" } }
shop = "shop"
id = ["no"]
happened = { column = "day", format = "%Y-%m-%d" }
amount = { column = "cents", unit = "cents" }
quantity = "count"
"""


def orders(until: int = DAYS) -> list[str]:
    """Shops that sell 100.00 a day; one stops on a day, one goes on with a quarter, one came late, one only shows."""
    lines = []
    for n in range(until):
        day = FIRST + timedelta(days=n)
        for shop, cents in (("steady", 10_000), ("stops", 0 if n >= 170 else 10_000), ("late", 10_000 * (n >= 200)),
                            ("fades", 2_500 if n >= 170 else 10_000)):  # fmt: skip
            if cents:
                lines.append(f"order,{shop},{shop}{n},{day},{cents},1")
        lines += [f"views,{shop},v{shop}{n},{day},,{10 if n < 170 else 4}" for shop in ("steady", "fades", "other")]
        lines.append(f"views,stops,vstops{n},{day},,{10 if n < 170 else 1}")
    return lines


def bring(folder: Path, lines: list[str]) -> Lake:
    folder.mkdir(exist_ok=True)
    file = folder / "orders.csv"
    file.write_text("\n".join(["kind,shop,no,day,cents,count", *lines]) + "\n", encoding="utf-8")
    lake = Lake(folder / "var" / "lake")
    report = import_file(file, read_mapping(MAPPING, "house.toml"), lake, received_at=RECEIVED_AT)
    assert report.rejected == 0
    return lake


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    return bring(tmp_path_factory.mktemp("house"), orders())


def day(n: int) -> date:
    return FIRST + timedelta(days=n)


def fell(labels: pl.DataFrame) -> dict[str, int]:
    return dict(labels.select("shop_key", "fell").iter_rows())


def test_a_shop_that_stops_has_fallen_and_others_have_not(lake: Lake) -> None:
    labels = fallen(lake, Proxy("sales", 60, 0.3), [day(169)])
    assert labels.rows() == [
        ("fades", day(169), day(230), 1),
        ("steady", day(169), day(230), 0),
        ("stops", day(169), day(230), 1),
    ]
    assert fell(fallen(lake, Proxy("sales", 60, 0.2), [day(169)])) == {"fades": 0, "steady": 0, "stops": 1}


@pytest.mark.parametrize(("on", "expected"), [(127, 0), (128, 1)])
def test_the_windows_are_the_days_before_with_the_day_and_the_days_after_it(lake: Lake, on: int, expected: int) -> None:
    """From day 127 the shop that stops on day 170 has 42 of 60 days ahead, from day 128 only 41: 70 % is 42."""
    assert fell(fallen(lake, Proxy("sales", 60, 0.7), [day(on)]))["stops"] == expected


def test_beside_the_others_a_fall_of_all_is_nobodys(lake: Lake) -> None:
    assert set(fell(fallen(lake, Proxy("visits", 60, 0.5), [day(169)])).values()) == {1}
    beside = fell(fallen(lake, Proxy("visits", 60, 0.5, beside_others=True), [day(169)]))
    assert beside == {"fades": 0, "other": 0, "steady": 0, "stops": 1}


def test_who_never_traded_before_a_day_is_not_asked(lake: Lake) -> None:
    labels = fallen(lake, Proxy("sales", 30), [day(169), day(205)])
    assert labels.filter(pl.col("as_of_on") == day(205))["shop_key"].to_list() == ["fades", "late", "steady"]
    assert "late" not in labels.filter(pl.col("as_of_on") == day(169))["shop_key"].to_list()
    assert "stops" in fell(fallen(lake, Proxy("sales", 30), [day(198)]))  # it last sold on day 169


def test_every_day_asked_from_has_both_windows_whole(lake: Lake) -> None:
    assert days_to_ask(lake, Proxy("sales", 60), every_days=30) == [day(n) for n in (59, 89, 119, 149, 179)]
    assert days_to_ask(lake, Proxy("sales", 60), until_on=day(200), every_days=60) == [day(80), day(140)]
    assert days_to_ask(lake, Proxy("sales", 120)) == [day(119)]
    for proxy, until_on in ((Proxy("sales", 121), None), (Proxy("invoices"), None), (Proxy("sales", 60), day(100))):
        with pytest.raises(RecordTooShort, match="is too short"):
            days_to_ask(lake, proxy, until_on)


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda: Proxy("luck"), "no figure 'luck', but sales, invoices, visits, payments"),
        (lambda: Proxy(days=0), "0 days"),
        (lambda: Proxy(share=1.0), "a share of 1"),
        (lambda: Proxy(share=float("nan")), "a share of nan"),
        (lambda: days_to_ask(Lake(Path("nowhere")), Proxy(), every_days=0), "every 0 days"),
    ],
)
def test_what_cannot_be_asked_is_refused(ask: Callable[[], object], said: str) -> None:
    with pytest.raises(StrangeProxy, match=said):
        ask()


def test_what_a_card_learns_from_and_reads_was_known_by_then(lake: Lake, tmp_path: Path) -> None:
    """The whole record gives each day's features as the record of that day alone would; and of the earlier days only
    those are learned from whose outcome was known on the first of the later ones."""
    proxy = Proxy("sales", 60)
    days = days_to_ask(lake, proxy, every_days=20)
    labels = fallen(lake, proxy, days)
    facts = training_set(lake, labels.select("shop_key", "as_of_on").iter_rows())
    cut_off = bring(tmp_path / "then", orders(until=160))
    there = facts.filter(pl.col("as_of_on") == day(159))
    assert there.height == 3
    assert there.drop("as_of_on").equals(as_of(cut_off, day(159), there["shop_key"].to_list()))

    many = pl.concat([labels.with_columns(pl.format("{}-{}", "shop_key", pl.lit(n)).alias("shop_key"))
                      for n in range(12)])  # fmt: skip
    bad = (np.arange(many.height) % 2) == 0
    split = split_in_time(many, bad, day(159))
    assert split is not None
    earlier, later, learned_to, judged_from = split
    assert (learned_to, judged_from) == (day(79), day(159))
    assert many[earlier]["known_on"].max() == day(140)
    assert set(many[later]["as_of_on"]) == {day(159), day(179)}
    assert split_in_time(many.drop("known_on"), bad, day(159))[2] == day(139)  # type: ignore[index]


def test_the_command_writes_labels_that_training_takes(
    lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LENDMILL_VAR", str(lake.folder.parent))
    proxy_labels(tmp_path / "new" / "labels.csv", figure="sales", days=60, share=0.3, every=30, until=str(day(230)))
    told = capsys.readouterr().out
    assert told.startswith(f"12 rows of 3 shops as of 4 days, {day(80)} to {day(170)}; 2 fell.")
    labels = pl.read_csv(tmp_path / "new" / "labels.csv", try_parse_dates=True)
    for today, expected in ((day(230), [0.0, 0.0, 0.0]), (day(231), [0.0, 0.0, 0.0, 1.0])):
        known = examples(labels, lambda on, shops: as_of(lake, on, shops), today=today)
        assert known.filter(pl.col("shop_key") == "stops")["fell"].to_list() == expected


@pytest.mark.parametrize("name", list(QUESTIONS))
def test_the_page_counts_what_the_real_record_says(name: str, tmp_path: Path) -> None:
    if not (DATA / name).is_dir():
        pytest.skip(f"real data not here: ../shared/data/{name}")
    lake, question = Lake(tmp_path / "lake"), QUESTIONS[name]
    import_preset(name, DATA / name, lake, received_at=RECEIVED_AT)
    days = question.days(lake)
    labels = fallen(lake, question.proxy, days)
    split = split_in_time(labels, labels["fell"].to_numpy() == 1, days[-question.judged_days])
    assert split is not None
    told = " ".join((ROOT / "docs" / "rating-proxies.md").read_text(encoding="utf-8").split())
    for rows in split[:2]:
        part = labels[rows]
        asked = part["as_of_on"]
        counted = f"{part.height:,} rows of {part['shop_key'].n_unique():,} shops as of {asked.n_unique()} days,"
        assert (
            f"{counted} {asked.min()} to {asked.max()}; {part['fell'].sum():,} fell, {part['fell'].mean():.1%}" in told
        )
