"""The day end weighs the open lines: once, told in its report, foreseen by a dry run, and nothing without rules."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

import pytest
from credit_cases import MARKET_FACTS, TODAY, rate
from test_crowd import asking, count
from test_line_changes import Night
from typer.testing import Result

from lendmill.credit.changes.actions import change_lines
from lendmill.day_end import Report, day_end, rehearse, report_of
from lendmill.day_end.changing import COUNTS
from lendmill.db import Database
from lendmill.people.actions import open_house

QUIET = dict.fromkeys(COUNTS, 0)
RESTED = TODAY + timedelta(days=90)


@pytest.fixture
def three(house: Database, shop: Callable[..., UUID]) -> list[Night]:
    """One line that will be raised, one to be cut after a notice, one late; the house's day is the eve."""
    with house.transaction() as db:
        db.execute("update house set today_on = %s", [RESTED - timedelta(days=1)])
    good, falling, late = (Night(house, lambda n=n: shop(f"s{n}")) for n in range(3))
    for night, facts in ((good, {}), (falling, {"sales_growth_90": -0.8}), (late, {})):
        with house.transaction() as db:
            rate(db, night.borrower_id, "A", {**MARKET_FACTS, **facts}, RESTED - timedelta(days=1))
    good.has()
    falling.has(loans_repaid=0)
    late.has(loans_repaid=0, late_since_on=RESTED - timedelta(days=10), days_past_due_worst=9)
    return [good, falling, late]


def limits(reports: list[Report]) -> dict[date, dict[str, int]]:
    """What each night did to lines, where it did anything."""
    told = {each.closed_on: {what: n for what, n in each.steps["limits"].items() if n} for each in reports}
    return {day: counts for day, counts in told.items() if counts}


def test_a_dry_run_of_many_nights_says_what_they_then_do_to_lines(house: Database, three: list[Night]) -> None:
    through = RESTED + timedelta(days=20)
    told, rows = rehearse(house, through=through), count(house, "select count(*) from line_change")
    done = day_end(house, through=through)
    eve = RESTED - timedelta(days=1)
    assert limits(done) == {
        eve: {"raised": 1, "cut": 1},
        RESTED: {"cut": 1},  # late for the eleventh day
        eve + timedelta(days=15): {"carried_out": 1},
    }
    assert [each.steps["limits"] for each in told] == [each.steps["limits"] for each in done]
    assert rows == 0
    assert [each.line.limit_cents for each in three] == [1_200_000, 700_000, 500_000]
    assert [len(each.told) for each in three] == [1, 1, 1]


def test_an_offer_of_less_and_a_condition_nobody_met_lapse_and_were_foreseen(
    house: Database, shop: Callable[..., UUID]
) -> None:
    counter = asking(house, shop("s1"), "a", amount_cents=50_000_000)()
    pending = asking(house, shop("s2", grade="B"), "b", amount_cents=500_000)()
    assert (counter.outcome, pending.outcome) == ("counter", "approve")
    through = TODAY + timedelta(days=40)
    told, done = rehearse(house, through=through), day_end(house, through=through)
    assert limits(told) == limits(done)
    found = list(limits(done).values())
    assert sum(each.get("offers_lapsed", 0) for each in found) == 1
    assert sum(each.get("conditions_lapsed", 0) for each in found) == 1


def test_a_night_that_broke_off_tells_of_the_whole_of_it(house: Database, three: list[Night]) -> None:
    change_lines(house, today=RESTED)  # as a night that was killed before it noted the step
    (report,) = day_end(house, through=RESTED - timedelta(days=1))
    assert report.steps["limits"] == {**QUIET, "raised": 1, "cut": 1}
    assert [len(each.told) for each in three] == [1, 1, 0]


def test_a_house_without_a_policy_closes_its_days_and_says_that_nothing_was_done_by_rule(
    database: Database, typed: Callable[..., Result]
) -> None:
    database.act(open_house, today=TODAY)
    (told,) = rehearse(database, through=TODAY)
    assert told.steps["limits"] == QUIET
    printed = typed("day-end").output
    assert "  limits" in printed
    assert "nothing by rule" in printed
    with database.transaction() as db:
        report = report_of(db, TODAY)
    assert report is not None
    assert report.steps["limits"] == QUIET
