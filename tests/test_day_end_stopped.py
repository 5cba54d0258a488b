"""A night that breaks off inside a step: the step is not noted, and the next run does it, once."""

from datetime import date

import psycopg
import pytest
from psycopg import sql
from psycopg.errors import RaiseException

from lender import Lender
from lendmill.day_end import day_end, first_open_day
from lendmill.db import Database, scalar
from lendmill.funding.queries import available_cents

DAY = date(2026, 1, 1)
BREAK = """
    create function out_of_order() returns trigger language plpgsql as 'begin raise exception ''out of order''; end'
"""
OBSTACLE = "create trigger obstacle before insert or update or delete on {} execute function out_of_order()"
NOTED = "select array_agg(step order by done_at) from day_end_step where closes_on = %(day)s"
EARNED = """
    select coalesce(sum(l.amount), 0)::bigint
      from entry e
      join line_item l using (entry_id)
     where e.what = 'interest accrued'
       and l.amount > 0
"""
UNFOLDED = "select coalesce(sum(amount_cents), 0)::bigint from funding_release"
STEPS = ["cut-over", "plan", "bring-up", "accrue", "funding", "outcomes", "watch", "limits", "shadow", "done"]


@pytest.mark.parametrize(
    ("touches", "stopped_in"),
    [("portfolio_day", "cut-over"), ("agenda", "bring-up"), ("accrual_fold", "accrue"), ("funding_slot", "funding")],
)
def test_a_step_that_breaks_off_is_not_noted_and_is_done_by_the_next_run(
    database: Database, touches: str, stopped_in: str
) -> None:
    lender = Lender(database).found()
    borrower_id, line_id = lender.borrower()
    lender.draw(borrower_id, line_id, 700_000, "interest-first", 1)
    lender.pay(borrower_id, 100_000)
    lender.go_to(date(2026, 1, 31))  # on the next day the loan falls due
    lender.pay(borrower_id, 100_000 - 20)
    with database.transaction() as db:
        left_cents, earned = available_cents(db), scalar(db, EARNED)
    with psycopg.connect(database.url, autocommit=True) as owner:
        owner.execute(BREAK)
        owner.execute(sql.SQL(OBSTACLE).format(sql.Identifier(touches)))
        with pytest.raises(RaiseException, match="out of order"):
            day_end(database, through=date(2026, 1, 31))
        with database.transaction() as db:
            done = STEPS[: STEPS.index(stopped_in)]
            assert (scalar(db, NOTED, day=date(2026, 1, 31)) or []) == done
            assert first_open_day(db) == date(2026, 1, 31)
        owner.execute(sql.SQL("drop trigger obstacle on {}").format(sql.Identifier(touches)))
    (report,) = day_end(database, through=date(2026, 1, 31))
    with database.transaction() as db:
        assert scalar(db, NOTED, day=date(2026, 1, 31)) == STEPS
        assert scalar(db, EARNED) - earned == report_of_the_night()
        assert (scalar(db, UNFOLDED), available_cents(db)) == (0, left_cents)
    assert (report.steps["bring-up"]["borrowers"], report.steps["bring-up"]["loans"]) == (1, 1)
    assert report.steps["accrue"] == {"lines": 1, "interest_cents": report_of_the_night() // 1_000_000}
    assert lender.today == date(2026, 2, 1)
    lender.keeps_its_promises()


def report_of_the_night() -> int:
    """What the night of 31 January earns: 600,000 less what 99,980 settled of principal, after 30 nights' interest."""
    return (600_000 - (99_980 - 600_000 * 600 * 30 // 1_000_000)) * 600
