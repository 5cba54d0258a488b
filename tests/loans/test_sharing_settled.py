"""A loan being settled for less claims no more of a borrower's money than was agreed, as long as that holds."""

from dataclasses import replace
from datetime import date

import pytest

from lendmill import ids
from lendmill.loans.account import Account, Row, Settlement, Terms
from lendmill.loans.sharing import shares
from lendmill.terms.allocation import STANDARD

TERMS = Terms(600, 1_000_000, 900, 3, STANDARD)
UNTIL = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("seen_on", "first_cents", "second_cents", "over_cents"),
    [(UNTIL, 30_000, 50_000, 20_000), (date(2026, 3, 2), 100_000, 0, 0)],
)
def test_only_what_is_left_of_a_settlement_is_claimed_until_its_last_day(
    seen_on: date, first_cents: int, second_cents: int, over_cents: int
) -> None:
    one, other = ids.new(), ids.new()
    first = Account(TERMS, (Row(1, date(2026, 2, 1), 100_000),), seen_on, settlement=Settlement(30_000, UNTIL))
    second = replace(first, rows=(Row(1, date(2026, 2, 2), 50_000),), settlement=None)
    taken, left_cents = shares(100_000, [(one, first), (other, second)], None)
    assert (taken[one], taken.get(other, 0), left_cents) == (first_cents, second_cents, over_cents)
    named, _ = shares(100_000, [(one, first), (other, second)], one)
    assert named[one] == first_cents
