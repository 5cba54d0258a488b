"""Which entries each thing that happens to a loan makes, by where its claims are kept, and on which days."""

from datetime import date

import pytest

from lendmill import ids
from lendmill.loans.entries import entries_of
from lendmill.loans.happenings import (
    Billed,
    Charged,
    Closed,
    Earned,
    Forgiven,
    Happening,
    PaidOut,
    Rebated,
    Received,
    Rounded,
    Waived,
    WrittenOff,
)
from lendmill.loans.postings import Of
from lendmill.terms.allocation import Parts

OF = Of(ids.new(), ids.new(), "credit-line", 1_000_000)
ON, BOOKED = date(2026, 1, 20), date(2026, 3, 1)
ALL = ((1, Parts(1, 20, 300, 4_000)), (2, Parts(principal=5)))
UNBILLED = ((1, Parts(1, 20, 300)),)

MADE: list[tuple[Happening, list[str]]] = [
    (PaidOut(ON, 700_000, 3_500), ["drawn"]),
    (Billed(ON, 1, 420, 63), ["billed"]),
    (Billed(ON, 1, 420, 63, memo=True), ["billed outside"]),
    (Charged(ON, 1, "other", 900, 63), ["charged"]),
    (Charged(ON, 1, "other", 900, 63, memo=True), ["charged outside"]),
    (Earned(ON, 1_234), ["earned"]),
    (Received(ON, None, ALL, "accruing"), ["received"]),
    (Received(ON, None, ALL, "non-accrual"), ["received, non-accrual"]),
    (Received(ON, None, ALL, "written-off"), ["recovered"]),
    (Waived(ON, UNBILLED, "accruing"), ["waived"]),
    (Waived(ON, UNBILLED, "non-accrual"), ["waived, non-accrual"]),
    (Waived(ON, UNBILLED, "written-off"), ["given up after write-off"]),
    # a loss is charged before the allowance bears it; after a write-off it was, long ago
    (Forgiven(ON, ALL, "accruing"), ["provided", "principal forgiven", "waived"]),
    (Forgiven(ON, ALL, "non-accrual"), ["provided", "principal forgiven", "waived, non-accrual"]),
    (Forgiven(ON, ALL, "written-off"), ["given up after write-off"]),
    (Forgiven(ON, UNBILLED, "accruing"), ["waived"]),
    (WrittenOff(ON, 4_005, 1), ["provided", "written off"]),
    (Rebated(ON, 77), ["rebated"]),
    (Rounded(ON, 400_000, memo=False), ["rounded"]),
    (Closed(ON, 400_000, 0, memo=False), ["closed"]),
]


@pytest.mark.parametrize(("happening", "made"), MADE)
def test_each_thing_that_happens_makes_its_entries_on_its_day_booked_when_it_became_known(
    happening: Happening, made: list[str]
) -> None:
    entries = entries_of(OF, [happening], BOOKED)
    assert [entry.what for entry in entries] == made
    assert {(entry.value_on, entry.booked_on, entry.loan_id) for entry in entries} == {(ON, BOOKED, OF.loan_id)}
