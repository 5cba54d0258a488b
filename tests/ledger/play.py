"""What the tests of the books make entries with."""

from datetime import date
from typing import Final

from lendmill.db import Db
from lendmill.funding.postings import capital_paid_in
from lendmill.ledger.actions import post
from lendmill.ledger.entry import Entry, Line
from lendmill.ledger.posting import posting

DAY: Final = date(2026, 1, 1)
MOVE = "update house set today_on = %(day)s"


@posting("anything", any_account=True)
def anything(*lines: Line, booked_on: date = DAY, value_on: date = DAY) -> Entry:
    """An entry of whatever lines a test likes."""
    return Entry("anything", lines, value_on, booked_on)


@posting("lent out")
def lent_out(*lines: Line) -> Entry:
    """Money goes out.

    Dr  loans receivable            amount_cents
        Cr  cash at the payment rail    amount_cents
    """
    return Entry("lent out", lines, DAY, DAY)


@posting("rounded away", either_side=True)
def rounded_away(*lines: Line) -> Entry:
    """What rounding left, above or below nothing.

    Dr  rounding                    left
        Cr  interest accrued, not billed    left
    """
    return Entry("rounded away", lines, DAY, DAY)


def paid_in(db: Db, amount_cents: int, on: date) -> None:
    """Capital comes in on a day, which is then the house's day."""
    db.execute(MOVE, {"day": on})
    post(db, [capital_paid_in(amount_cents=amount_cents, value_on=on, booked_on=on)])
