"""A person looks again at a line that stands: their conditions are waited for, and its own room is not in the way."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from credit_cases import TODAY
from test_conditions import LAST_DAY, Waiting, worse
from test_crowd import asking
from test_groups import RICH, related
from test_line_changes import Night
from test_review_desk import the_case
from test_review_verdict import changed, confirmed, decided, taken

from lendmill.credit.actions import ask_for_review
from lendmill.credit.cases.queries import gathered
from lendmill.credit.changes import actions as changes
from lendmill.credit.changes.queries import changes_due
from lendmill.credit.conditions import actions, queries
from lendmill.credit.conditions.told import ConditionOver, LineCondition, NotGrantedToday
from lendmill.credit.lines import actions as lines
from lendmill.credit.lines.line import LimitExceeded, Line
from lendmill.credit.lines.queries import lines_of
from lendmill.credit.review.verdict.actions import outlook
from lendmill.credit.review.verdict.bounds import MonthsOutOfBounds
from lendmill.db import Database
from lendmill.people.roles import Role
from people.staff import Staff

Shop = Callable[..., UUID]


class Again:
    """Somebody's line, and the people who look at it again."""

    def __init__(self, house: Database, borrower_id: UUID, people: Staff | None = None) -> None:
        people = people or Staff(house)
        self.house, self.borrower_id = house, borrower_id
        self.clerk, *self.officers = [people.member(each) for each in (Role.ANALYST, *[Role.RISK_OFFICER] * 2)]

    @property
    def line(self) -> Line:
        """The line as it stands."""
        with self.house.transaction() as db:
            (found,) = lines_of(db, self.borrower_id)
        return found

    def lowered(self, limit_cents: int, months_max: int = 3) -> None:
        """The line has less than was asked, and for shorter."""
        with self.house.transaction() as db:
            db.execute(
                "update line set limit_cents = %s, months_max = %s where borrower_id = %s",
                [limit_cents, months_max, self.borrower_id],
            )

    def raised(self, amount_cents: int, *conditions: str, months_max: int = 12) -> None:
        """Two people raise the line."""
        case_id = self.line.decision_id
        self.house.act(ask_for_review, borrower_id=self.borrower_id, decision_id=case_id, today=TODAY)
        verdict = changed(amount_cents=amount_cents, months_max=months_max, conditions=conditions)
        proposal = decided(self.house, taken(self.house, case_id, self.officers[0]), self.officers[0], verdict)
        if proposal.outcome is None:
            confirmed(self.house, proposal, self.officers[1])

    def asked(self) -> list[LineCondition]:
        """What is waited for."""
        with self.house.transaction() as db:
            return queries.conditions_open(db, TODAY)

    def met(self, asked: LineCondition) -> None:
        """One tells, another verifies."""
        told = self.house.act(
            actions.tell_condition, borrower_id=self.borrower_id, condition_id=asked.condition_id, way=asked.ways[0],
            described="Strong Ltd", cover_cents=asked.cover_cents, by=self.clerk, today=TODAY,
        )  # fmt: skip
        self.house.act(
            actions.judge_condition, borrower_id=self.borrower_id, told_id=told.told_id, verified=True, reason="seen",
            by=self.officers[0], today=TODAY,
        )  # fmt: skip


@pytest.fixture
def open_line(house: Database, shop: Shop) -> Again:
    again = Again(house, shop())
    asking(house, again.borrower_id, "k", amount_cents=1_500_000)()
    again.lowered(1_000_000)
    return again


def test_a_raise_of_an_open_line_waits_for_what_was_asked_and_is_reserved_meanwhile(open_line: Again) -> None:
    open_line.raised(1_500_000, "guarantor", "collateral")
    line = open_line.line
    assert (line.status, line.limit_cents, line.raise_to_cents, line.months_max) == ("open", 1_000_000, 1_500_000, 3)
    with open_line.house.transaction() as db:
        assert gathered(db, [open_line.borrower_id], TODAY)[0].line_amounts == [1_500_000]
    with pytest.raises(LimitExceeded):
        open_line.house.act(lines.reserve, line, 1_000_001, today=TODAY)
    open_line.house.act(lines.reserve, line, 1_000_000, today=TODAY)
    first, second = open_line.asked()
    open_line.met(first)
    assert open_line.line.limit_cents == 1_000_000
    open_line.met(second)
    line = open_line.line
    assert (line.status, line.limit_cents, line.raise_to_cents, line.months_max) == ("open", 1_500_000, None, 12)
    assert open_line.asked() == []


def test_a_raise_nobody_stands_for_in_time_lapses_and_the_line_stays(open_line: Again) -> None:
    open_line.raised(1_500_000, "guarantor")
    (asked,) = open_line.asked()
    last = asked.until_on
    assert open_line.house.act(actions.lapse_conditions, today=last) == 0
    assert open_line.house.act(actions.lapse_conditions, today=last + timedelta(days=1)) == 1
    line = open_line.line
    assert (line.status, line.limit_cents, line.raise_to_cents, line.months_max) == ("open", 1_000_000, None, 3)
    with pytest.raises(ConditionOver, match="is lapsed"):
        open_line.met(asked)


@pytest.mark.parametrize("how", ["banned", "rating-too-low", "late-debt", "terms-changed"])
def test_a_raise_by_a_person_is_not_carried_out_where_something_speaks_against_it_since(
    open_line: Again, how: str
) -> None:
    open_line.raised(1_500_000, "guarantor")
    (asked,) = open_line.asked()
    worse(open_line.house, open_line.borrower_id, how)
    with pytest.raises(NotGrantedToday, match=rf"1500000 cents would not be granted today \({how}.*\)"):
        open_line.met(asked)
    assert (open_line.line.limit_cents, open_line.line.raise_to_cents) == (1_000_000, 1_500_000)


def test_what_was_granted_against_the_computer_opens_though_it_says_the_same_today(house: Database, shop: Shop) -> None:
    again = Again(house, shop(grade="D"))
    declined = asking(house, again.borrower_id, "k", amount_cents=500_000)()
    assert declined.outcome == "decline"
    house.act(ask_for_review, borrower_id=again.borrower_id, decision_id=declined.decision_id, today=TODAY)
    verdict = changed(amount_cents=500_000, months_max=1, conditions=("guarantor",))
    proposal = decided(house, taken(house, declined.decision_id, again.officers[0]), again.officers[0], verdict)
    confirmed(house, proposal, again.officers[1])
    for asked in again.asked():
        assert again.line.status == "pending"
        again.met(asked)
    assert (again.line.status, again.line.limit_cents) == ("open", 500_000)


def test_a_raise_that_asks_nothing_holds_at_once_with_its_months(open_line: Again) -> None:
    open_line.raised(1_500_000)
    line = open_line.line
    assert (line.status, line.limit_cents, line.raise_to_cents, line.months_max) == ("open", 1_500_000, None, 12)


@pytest.mark.parametrize("amount_cents", [1_000_000, 1_500_000])
@pytest.mark.parametrize("conditions", [(), ("guarantor",)])
def test_nobody_shortens_a_line_that_stands(open_line: Again, amount_cents: int, conditions: tuple[str, ...]) -> None:
    open_line.lowered(1_000_000, months_max=12)
    with pytest.raises(MonthsOutOfBounds, match="From 12 to 12 months can be granted here, not 11"):
        open_line.raised(amount_cents, *conditions, months_max=11)
    line = open_line.line
    assert (line.limit_cents, line.raise_to_cents, line.months_max, line.verdict_id) == (1_000_000, None, 12, None)


def test_a_line_that_waits_waits_for_what_a_person_asks_in_place_of_what_was_asked(house: Database, shop: Shop) -> None:
    waiting = Waiting(house, shop)
    again, before = Again(house, waiting.borrower_id, waiting.people), waiting.asked
    again.lowered(300_000)
    again.raised(500_000, "collateral", months_max=6)
    with pytest.raises(ConditionOver, match="is lapsed"):
        again.met(before)
    (pledge,) = again.asked()
    assert (before.ways, pledge.ways, pledge.cover_cents) == (["guarantor", "collateral"], ["collateral"], 500_000)
    assert (before.until_on, pledge.asked_on) == (LAST_DAY, TODAY)
    assert (again.line.status, again.line.limit_cents) == ("pending", 500_000)
    again.met(pledge)
    assert (again.line.status, again.line.months_max) == ("open", 6)


def test_a_cut_that_was_told_lapses_with_a_persons_verdict(house: Database, shop: Shop) -> None:
    night = Night(house, shop)
    night.rated(TODAY, sales_growth_90=-0.8)
    night.has(loans_repaid=0)
    assert changes.change_lines(house, today=TODAY).cut == 1
    Again(house, night.borrower_id).raised(1_000_000)
    assert night.told[0].outcome == "lapsed"
    due = changes.change_lines(house, today=TODAY + timedelta(days=15))
    assert (due.carried_out, due.lapsed, night.line.limit_cents) == (0, 0, 1_000_000)


def test_a_change_is_carried_out_once(house: Database, shop: Shop) -> None:
    night, effective = Night(house, shop), TODAY + timedelta(days=15)
    night.rated(TODAY, sales_growth_90=-0.8)
    night.has(loans_repaid=0)
    changes.change_lines(house, today=TODAY)
    with house.transaction() as db:
        (change,) = changes_due(db, today=effective, size=None)
    assert changes.change_lines(house, today=effective).carried_out == 1
    Again(house, night.borrower_id).lowered(1_000_000)
    assert house.act(changes._carry_out, change=change, today=effective) == ""
    assert night.line.limit_cents == 1_000_000


def bound_cents(house: Database, borrower_id: UUID) -> int:
    """The most a person may grant on the line that stands."""
    with house.transaction() as db:
        (line,) = lines_of(db, borrower_id)
    house.act(ask_for_review, borrower_id=borrower_id, decision_id=line.decision_id, today=TODAY)
    file = the_case(house, line.decision_id)
    with house.transaction() as db:
        return outlook(db, file, TODAY).bounds.most_cents


def test_a_line_does_not_stand_in_its_own_way(house: Database, shop: Shop) -> None:
    rich: dict[str, Any] = {"grade": "AAA", "facts": RICH}
    one, two, three = (shop(f"s{n}", **rich) for n in range(3))
    asking(house, one, "a", amount_cents=60_000_000)()
    night_owes = {"outstanding_cents": 50_000_000, "reserved_cents": 0, "days_past_due_worst": 0}
    with house.transaction() as db:
        db.execute("update line set used_cents = 50000000")
    house.act(lines.bring_standing, borrower_id=one, late_since_on=None, loans_drawn=1, loans_repaid=0, **night_owes)
    assert bound_cents(house, one) == 60_000_000
    for key, each in (("b", two), ("c", three)):
        asking(house, each, key, amount_cents=70_000_000)()
    related(house, Staff(house).member(Role.ANALYST), two, three)
    assert bound_cents(house, three) == 70_000_000
