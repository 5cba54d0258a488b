"""What a change of a loan does beyond the loan itself: its day, its line, what may be lent, what is told of it."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from lender import Lender
from lendmill.credit.lines.line import LineNotOpen
from lendmill.credit.queries import line as line_now
from lendmill.db import Database
from lendmill.funding.queries import available_cents, lendable_cents
from lendmill.loans import changes
from lendmill.loans.servicing.queries import changes_of, planned_for

START, DAY = date(2026, 1, 1), timedelta(days=1)


@pytest.fixture
def lender(database: Database) -> Lender:
    """A house with capital and products."""
    return Lender(database).found()


def lent(lender: Lender, months: int = 3) -> tuple[UUID, UUID, UUID]:
    """A borrower, their line, and 6,000 yuan drawn on it on 1 January."""
    borrower_id, line_id = lender.borrower()
    return borrower_id, line_id, lender.draw(borrower_id, line_id, 600_000, "equal-principal", months)


@pytest.mark.parametrize(("days", "nights_dearer"), [(-2, 2), (0, 0), (1, -1)])
def test_a_rate_counts_from_its_own_day_whenever_it_was_agreed(lender: Lender, days: int, nights_dearer: int) -> None:
    borrower_id, _, loan_id = lent(lender)
    agreed_on = START + 5 * DAY
    lender.go_to(agreed_on)
    lender.change(borrower_id, loan_id, changes.ChangeRate(daily_rate="0.03 %", from_on=agreed_on + days * DAY))
    lender.go_to(START + 10 * DAY)
    dear, cheap = 5 - nights_dearer, 5 + nights_dearer
    assert lender.loan(borrower_id, loan_id).interest_cents == 360 * dear + 180 * cheap
    lender.keeps_its_promises()


def test_a_rate_of_tomorrow_is_planned_today_and_made_tomorrow(lender: Lender) -> None:
    borrower_id, _, loan_id = lent(lender)
    lender.change(borrower_id, loan_id, changes.ChangeRate(daily_rate="0.03 %", from_on=START + DAY))
    assert _told(lender, borrower_id, loan_id) == ([], ["repriced"])
    lender.go_to(START + DAY)
    assert _told(lender, borrower_id, loan_id) == (["repriced"], [])


def test_a_change_planned_on_a_loan_that_is_written_off_before_its_day_is_called_off(lender: Lender) -> None:
    borrower_id, _, loan_id = lent(lender)
    lender.change(borrower_id, loan_id, changes.ChangeRate(daily_rate="0.03 %", from_on=START + 2 * DAY))
    lender.go_to(START + DAY)
    lender.change(borrower_id, loan_id, changes.WriteOff())
    lender.go_to(START + 3 * DAY)
    assert _told(lender, borrower_id, loan_id) == (["written-off"], [])
    lender.keeps_its_promises()


def _told(lender: Lender, borrower_id: UUID, loan_id: UUID) -> tuple[list[str], list[str]]:
    with lender.database.transaction() as db:
        made = [each.kind for each in changes_of(db, borrower_id, loan_id)]
        return made, [each.kind for each in planned_for(db, borrower_id, loan_id)]


def test_nothing_more_is_drawn_on_a_line_once_a_loan_of_it_is_written_off(lender: Lender) -> None:
    borrower_id, line_id, loan_id = lent(lender)
    lender.change(borrower_id, loan_id, changes.WriteOff())
    with lender.database.transaction() as db:
        now = line_now(db, borrower_id, line_id)
    assert (now.status, now.used_cents) == ("frozen", 600_000)
    with pytest.raises(LineNotOpen):
        lender.ask_draw(borrower_id, line_id, 100_000)


def test_what_is_written_off_is_not_lendable_and_what_is_recovered_of_it_is(lender: Lender) -> None:
    borrower_id, _, loan_id = lent(lender)
    before = _lendable(lender)
    lender.change(borrower_id, loan_id, changes.WriteOff())
    written_off = _lendable(lender)
    lender.pay(borrower_id, 100_000, loan_id=loan_id)
    recovered = _lendable(lender)
    assert [figures[0] - before[0] for figures in (written_off, recovered)] == [-600_000, -500_000]
    assert [figures[1] - before[1] for figures in (written_off, recovered)] == [0, 100_000]
    lender.keeps_its_promises()


def _lendable(lender: Lender) -> tuple[int, int]:
    with lender.database.transaction() as db:
        return lendable_cents(db), available_cents(db)


def test_a_payment_of_three_years_ago_counts_from_the_day_the_loan_was_drawn(lender: Lender) -> None:
    borrower_id, _, loan_id = lent(lender)
    lender.go_to(START + 10 * DAY)
    lender.pay(borrower_id, 600_000, lender.today - 1_095 * DAY, loan_id)
    seen = lender.loan(borrower_id, loan_id)
    assert (seen.status, seen.closed_on, seen.interest_cents) == ("closed", START, 0)
    lender.keeps_its_promises()


def test_money_meant_for_another_loan_goes_there_with_its_own_day(lender: Lender) -> None:
    borrower_id, line_id, first = lent(lender)
    second = lender.draw(borrower_id, line_id, 300_000, "on-demand", 6)
    lender.go_to(START + 5 * DAY)
    paid = lender.pay(borrower_id, 100_000, START + 2 * DAY, first)
    lender.reverse(borrower_id, paid.receipt_id, "wrong-loan", second)
    one, other = (lender.loan(borrower_id, loan_id) for loan_id in (first, second))
    assert (one.outstanding_cents, one.interest_cents) == (600_000, 5 * 360)
    # two nights on 3,000 yuan were paid with it, three on what that left
    assert (other.outstanding_cents, other.interest_cents) == (200_360, 361)
    lender.keeps_its_promises()
