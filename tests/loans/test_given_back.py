"""What is given back of a loan's charges, cent by cent beside the cap: a night on 10,000 yuan at 24 % costs 657.53."""

from dataclasses import replace
from datetime import date

import pytest

from lendmill.loans.account import Terms
from lendmill.loans.happenings import Billed, Charged, Happening, PaidOut, Rebated, Received
from lendmill.loans.rebate import excess_cents
from lendmill.terms.allocation import STANDARD, Parts

FIRST, NEXT = date(2026, 1, 1), date(2026, 1, 2)
TERMS = Terms(600, 1_000_000, 900, 3, STANDARD, all_in_cap_bp=2_400)


def a_night(parts: Parts, *more: Happening, bills: int = 0) -> list[Happening]:
    """10,000 yuan for one night, and what was paid for it."""
    billed = [Billed(NEXT, 1, 0, 0)] * bills
    paid = Received(NEXT, None, ((1, replace(parts, principal=1_000_000)),), "accruing")
    return [PaidOut(FIRST, 1_000_000), *billed, *more, paid]


@pytest.mark.parametrize(
    ("interest_cents", "bills", "given_back"),
    [(657, 0, 0), (658, 0, 1), (658, 1, 0), (658, 2, 0), (659, 2, 2), (659, 3, 0), (660, 3, 3)],
)
def test_half_a_cent_a_billing_is_rounding_and_a_cent_more_is_given_back_whole(
    interest_cents: int, bills: int, given_back: int
) -> None:
    assert excess_cents(TERMS, a_night(Parts(interest=interest_cents), bills=bills), NEXT) == given_back


def test_never_more_is_given_back_than_was_charged_however_long_ago() -> None:
    at_once = [PaidOut(FIRST, 1_000_000), Received(FIRST, None, ((1, Parts(100, 0, 0, 1_000_000)),), "accruing")]
    assert excess_cents(TERMS, at_once, FIRST) == 100
    assert excess_cents(TERMS, at_once, date(2027, 1, 1)) == 100


def test_what_was_given_back_is_not_given_back_again() -> None:
    night = a_night(Parts(interest=700))
    assert excess_cents(TERMS, night, NEXT) == 43
    assert excess_cents(TERMS, [*night, Rebated(NEXT, 40)], NEXT) == 3
    assert excess_cents(TERMS, [*night, Rebated(NEXT, 43)], NEXT) == 0


def test_penalty_and_late_fees_count_in_default_only_and_other_fees_always() -> None:
    night = a_night(Parts(fees=300, penalty=300, interest=600), Charged(NEXT, 1, "late", 300))
    other = a_night(Parts(fees=300, penalty=300, interest=600), Charged(NEXT, 1, "other", 300))
    both = replace(TERMS, in_default_cap_bp=2_400)
    assert [excess_cents(TERMS, night, NEXT), excess_cents(TERMS, other, NEXT)] == [0, 243]
    assert [excess_cents(both, night, NEXT), excess_cents(both, other, NEXT)] == [543, 543]
    assert excess_cents(replace(TERMS, all_in_cap_bp=0), other, NEXT) == 0
