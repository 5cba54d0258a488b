"""The diary holds the next day of each running loan, and nothing that has been seen to."""

from datetime import date

from lender import Lender
from lendmill.day_end import day_end
from lendmill.db import Database, Db, scalar

DIARY = "select array_agg(happens_on order by happens_on) from agenda"


def _diary(lender: Lender) -> list[date]:
    def read(db: Db) -> list[date]:
        return list(scalar(db, DIARY) or [])

    return lender.database.act(read)


def test_the_diary_follows_a_loan_through_due_date_lateness_and_grace_to_the_day_interest_is_no_longer_income(
    database: Database,
) -> None:
    lender = Lender(database).found()
    borrower_id, line_id = lender.borrower()
    lender.draw(borrower_id, line_id, 700_000, "on-demand", 1)
    seen = {}
    for day in (1, 2, 4, 5):
        reports = day_end(database, through=date(2026, 1, 31) if day == 1 else date(2026, 2, day - 1))
        seen[day] = ([report.steps["bring-up"] for report in reports][-1]["borrowers"], _diary(lender))
    assert seen == {
        1: (1, [date(2026, 2, 2)]),  # due today; late for the first time tomorrow
        2: (1, [date(2026, 2, 4)]),  # late; grace of three days ends on the 4th
        4: (1, [date(2026, 5, 3)]),  # the next thing to happen by itself: so late that interest stops being income
        5: (0, [date(2026, 5, 3)]),
    }


def test_a_diary_of_many_loans_keeps_what_is_still_to_come(database: Database) -> None:
    lender = Lender(database).found()
    borrower_id, line_id = lender.borrower()
    lender.draw(borrower_id, line_id, 300_000, "on-demand", 1)
    lender.draw(borrower_id, line_id, 400_000, "on-demand", 2)
    lender.go_to(date(2026, 1, 2))
    lender.draw(borrower_id, line_id, 200_000, "on-demand", 1)
    assert _diary(lender) == [date(2026, 2, 1), date(2026, 2, 2), date(2026, 3, 1)]
    lender.go_to(date(2026, 2, 1))
    assert _diary(lender) == [date(2026, 2, 2), date(2026, 2, 2), date(2026, 3, 1)]
    assert lender.loan(borrower_id, _last_loan(lender)).next_due_on == date(2026, 2, 2)


def _last_loan(lender: Lender):  # type: ignore[no-untyped-def]
    with lender.database.transaction() as db:
        return scalar(db, "select loan_id from loan order by loan_id desc limit 1")
