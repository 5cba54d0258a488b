"""The simulated market is the same for the same seed, can be imported like anybody's, and behaves as sellers do."""

import os
import subprocess
import sys
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import polars as pl
import pytest

from lendmill.features.windows import as_of
from lendmill.lab.hidden import BRUSHING, SIDE, stream
from lendmill.lab.identities import firm_number, person_number
from lendmill.lab.market import FILES, LATE, NEVER, Market, Payment, event_files, write_market
from lendmill.lab.offices import papers
from lendmill.lab.seasons import REGIONS
from lendmill.people.identity import born_on, mistake
from lendmill.shops.events import KIND_NAMES, SUBJECTS
from lendmill.shops.importers.mapped import import_events
from lendmill.shops.lake import Lake
from lendmill.shops.sellers import read_sellers

SMALL = Market(11, sellers=24, months=14)
WRITE = """
import sys
from pathlib import Path
from lendmill.lab.market import Market, write_market
write_market(Market(11, sellers=24, months=14), Path(sys.argv[1]))
"""


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("market")
    write_market(SMALL, folder)
    return folder


@pytest.fixture(scope="module")
def lake(written: Path) -> Lake:
    lake = Lake(written / "lake")
    reports = import_events(
        event_files(written), written / "market.toml", lake, received_at=datetime(2026, 1, 1, tzinfo=UTC)
    )
    assert [(report.rejected, report.repeated) for report in reports] == [(0, 0)] * len(FILES)
    return lake


def digests(folder: Path) -> dict[str, str]:
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in sorted(folder.glob("*.*"))}


def test_the_same_seed_is_the_same_market_to_the_byte(written: Path, tmp_path: Path) -> None:
    for hash_seed in ("1", "2"):
        out = tmp_path / hash_seed
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "POLARS_MAX_THREADS": hash_seed}
        subprocess.run([sys.executable, "-c", WRITE, str(out)], check=True, env=environment)
        assert digests(out) == digests(written)
    assert len(digests(written)) == len(FILES) + 3


def test_another_seed_is_another_market() -> None:
    other = Market(12, sellers=24, months=14)
    assert other.seller(0).name != SMALL.seller(0).name or other.seller(0).identity_no != SMALL.seller(0).identity_no
    assert not other.record(other.hidden(0))["orders"].equals(SMALL.record(SMALL.hidden(0))["orders"])


def test_another_seller_more_changes_nothing_for_the_others(written: Path, tmp_path: Path) -> None:
    write_market(Market(11, sellers=25, months=14), tmp_path)
    for path in event_files(written):
        longer = (tmp_path / path.name).read_text()
        assert longer.startswith(path.read_text())
        assert len(longer) > len(path.read_text())


def test_sellers_are_read_and_nobody_has_their_numbers(written: Path) -> None:
    sellers = read_sellers(written / "sellers.csv")
    assert any(seller.wholesale for seller in sellers)
    assert sellers == [SMALL.seller(n) for n in range(24)]
    numbers = [seller.identity_no for seller in sellers]
    assert len(set(numbers)) == 24
    for seller in sellers:
        assert seller.identity_no is not None
        assert mistake(seller.identity_no) is None
        area = seller.identity_no[:2] if seller.kind == "person" else seller.identity_no[2:4]
        assert area == "69"
        assert born_on(seller.identity_no) == seller.born_on


@pytest.mark.parametrize("index", [0, 1, 9, 10_000, 123_456])
def test_invented_numbers_have_the_right_check_digit(index: int) -> None:
    person, firm = person_number(index, date(1988, 2, 29)), firm_number(index)
    assert mistake(person) is None
    assert mistake(firm) is None
    assert mistake(person[:-1] + ("0" if person[-1] != "0" else "1")) is not None


def test_a_market_sells_as_a_market_does(lake: Lake) -> None:
    orders = lake.scan(kinds=("order",)).collect()
    by_day = dict(orders.group_by("happened_on").len().iter_rows())

    def a_day(first: date, last: date) -> float:
        days = (last - first).days + 1
        return sum(by_day.get(first + timedelta(days=n), 0) for n in range(days)) / days

    usual = a_day(date(2025, 3, 20), date(2025, 4, 30))
    assert a_day(date(2025, 11, 11), date(2025, 11, 11)) > 3 * usual
    assert a_day(date(2025, 6, 18), date(2025, 6, 18)) > 1.8 * usual
    assert a_day(date(2025, 1, 27), date(2025, 2, 3)) < 0.6 * usual
    assert 40 < orders["amount_cents"].median() / 100 < 250  # type: ignore[operator]


def test_features_see_it(lake: Lake) -> None:
    table = as_of(lake, SMALL.through_on)
    assert table.height == 24
    assert table["sales_monthly_mean"].median() > 2_000  # type: ignore[operator]
    assert table.select(pl.col("login_days_90", "visits_90", "review_count_90", "refund_rate_365").null_count()).row(0)[
        :3
    ] == (0, 0, 0)


def test_bad_quality_shows_in_the_outcomes_and_in_the_record() -> None:
    market = Market(5, sellers=600)
    day = (date(2025, 6, 30) - market.first_on).days
    running = [who for who in map(market.hidden, range(600)) if who.opened + 90 <= day < who.stops]
    defaulted = [who for who in running if who.stops_within(day, 365)]
    share = len(defaulted) / len(running)
    assert 0.05 < share < 0.15
    mean = sum(who.quality for who in running) / len(running)
    assert sum(who.quality for who in defaulted) / len(defaulted) < mean - 0.4
    assert {"honest", "brushing", "bust-out"} == {who.kind for who in map(market.hidden, range(600))}


def test_brushing_is_by_a_few_buyers_who_serve_several_shops_or_by_a_crowd() -> None:
    market = Market(5, sellers=300)
    few, served = [], Counter[int]()
    for who in map(market.hidden, range(150, 260)):
        if who.kind == BRUSHING:
            buyers = market.record(who)["orders"].group_by("buyer").len().sort("len", descending=True)
            few.append(buyers["len"].head(5).min() > 50)  # type: ignore[operator]
            served.update(buyers.filter(pl.col("len") > 50)["buyer"])
    assert (few.count(True), few.count(False)) == (4, 2)
    assert sorted(served.values())[-8:] == [3] * 8


def test_every_platform_and_office_has_told_something(lake: Lake) -> None:
    told = lake.scan().group_by("kind", "subject").agg(pl.len(), pl.col("shop_key").n_unique().alias("shops")).collect()
    untold = {"invoice-in", "invoice-out", "payment", "customs", "stated", "questionnaire"}
    assert set(told["kind"]) == set(KIND_NAMES) - untold
    assert set(told.filter(kind="bureau")["subject"]) == set(SUBJECTS["bureau"])
    assert set(told.filter(kind="registry")["subject"]) == set(SUBJECTS["registry"])
    assert {"vat", "grade"} <= set(told.filter(kind="tax")["subject"])
    assert set(told.filter(kind="login")["subject"]) <= set(REGIONS)
    answered = lake.scan(kinds=("message",)).select(pl.col("quantity").is_not_null().mean()).collect().item()
    assert 0.8 < answered < 0.99


def test_one_seller_in_eight_trades_abroad() -> None:
    market, orders = Market(5, sellers=400), pl.DataFrame({"second": [0, 10**7], "cents": [10**6, 10**6]})
    told = [
        papers(who, market.first_on, market.days, orders, stream(5, SIDE, who.index)).filter(kind="customs")
        for who in map(market.hidden, range(400))
    ]
    traders = [table for table in told if table.height]
    assert 25 < len(traders) < 75
    assert set(pl.concat(traders)["subject"]) == {"import", "export"}
    assert all(table["subject"].n_unique() == 1 and table["partner"].n_unique() <= 4 for table in traders)


def test_offices_show_who_will_default_and_give_nobody_away() -> None:
    market, nothing = Market(5, sellers=1_200), pl.DataFrame({"second": [0], "cents": [0]})
    day = (date(2025, 7, 1) - market.first_on).days
    scores: dict[bool, list[float]] = {True: [], False: []}
    for who in map(market.hidden, range(1_200)):
        told = papers(who, market.first_on, day + 1, nothing, stream(5, SIDE, who.index))
        report = told.filter(pl.col("subject") == "score")["figure"]
        if who.stops > day and len(report) and who.opened == 0:
            scores[who.stops_within(day, 365)].append(report[-1])
    assert len(scores[True]) > 50
    ordered = sum(bad < good for bad in scores[True] for good in scores[False])
    assert 0.6 < ordered / (len(scores[True]) * len(scores[False])) < 0.8


def test_outcomes_are_those_of_the_hidden_day(written: Path) -> None:
    told = pl.read_csv(written / "outcomes.csv", try_parse_dates=True)
    assert told.columns == ["shop", "as_of_on", "defaulted_within_12_months", "known_on"]
    for shop, as_of_on, defaulted, known_on in told.iter_rows():
        stops = SMALL.first_on + timedelta(days=SMALL.hidden(int(shop[-5:])).stops)
        assert as_of_on < stops
        assert bool(defaulted) == (stops <= as_of_on + timedelta(days=365))
        assert known_on == as_of_on + timedelta(days=365)


def test_how_sellers_repay_follows_from_what_they_are() -> None:
    market = Market(5, sellers=400)
    due = date(2025, 9, 10)
    paid = {n: market.pays(market.seller(n).shop_key, due) for n in range(400)}
    assert paid == {n: market.pays(market.seller(n).shop_key, due) for n in range(400)}
    stopped = [n for n in paid if market.first_on + timedelta(days=market.hidden(n).stops) <= due]
    assert len(stopped) > 20
    assert sum(paid[n].habit == NEVER for n in stopped) > 0.7 * len(stopped)
    for n, payment in paid.items():
        if n not in stopped:
            assert payment.paid_on is not None
            assert payment.habit != NEVER
        if payment.habit == LATE:
            assert payment.paid_on is not None
            assert payment.paid_on > due + timedelta(days=3)
    habits = {payment.habit for payment in paid.values()}
    assert habits == {"early", "on time", "late within grace", "late", "never"}
    assert isinstance(paid[0], Payment)
