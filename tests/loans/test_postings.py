"""Every posting's docstring is its T-account: the lines made must be the lines drawn."""

import inspect
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from lendmill import ids
from lendmill.funding import postings as funding
from lendmill.ledger.accounts import Account
from lendmill.ledger.entry import Entry
from lendmill.loans import postings
from lendmill.loans.account import Totals
from lendmill.terms.allocation import Parts

DAY = date(2026, 1, 1)
OF = postings.Of(ids.new(), ids.new(), "credit-line", 1_000_000)
DATED: dict[str, Any] = {"value_on": DAY, "booked_on": DAY}
BY_NAME = {account.value.name_en: account for account in Account}

CASES: list[tuple[Callable[..., Entry], dict[str, Any]]] = [
    (postings.drawn, {"of": OF, "principal_cents": 700_000}),
    (postings.billed, {"of": OF, "interest_cents": 420, "penalty_cents": 63}),
    (postings.received, {"of": OF, "parts": Parts(1, 20, 300, 4_000)}),
    (postings.overpaid, {"borrower_id": OF.borrower_id, "excess_cents": 3_700}),
    (postings.refunded, {"borrower_id": OF.borrower_id, "amount_cents": 3_700}),
    (postings.closed, {"of": OF, "interest_accrued": -400_000, "penalty_accrued": 20_000}),
    (
        postings.corrected,
        {
            "of": OF, "was": Totals(5_000, 300, 20, 1, 900, 50), "now": Totals(3_900, 250, 25, 1, 880, 57),
            "cash_cents": 1_200, "excess_cents": 68,
        },
    ),
    (postings.accrued, {"kind": "interest", "product_key": "credit-line", "unit": "CNY/1000000", "earned": 77}),
    (postings.accrued, {"kind": "penalty", "product_key": "credit-line", "unit": "CNY/1000000", "earned": -77}),
    (funding.capital_paid_in, {"amount_cents": 9_900}),
]  # fmt: skip


@pytest.mark.parametrize(("posting", "facts"), CASES, ids=lambda case: getattr(case, "__name__", ""))
def test_the_lines_are_those_of_the_t_account(posting: Callable[..., Entry], facts: dict[str, Any]) -> None:
    drawn = _drawn(posting, facts)
    made = {(line.account, line.amount) for line in posting(**facts, **DATED).lines}
    assert made == {(account, amount) for account, amount in drawn if amount}


def _drawn(posting: Callable[..., Entry], facts: dict[str, Any]) -> list[tuple[Account, int]]:
    """The T-account in the docstring, worked out with these facts."""
    found = re.findall(r"^ *(Dr|Cr)  (.+?)  +(\S.*)$", inspect.getdoc(posting) or "", re.MULTILINE)
    scope = {**facts, "rate_den": OF.rate_den}
    lines = []
    for side, name, amount in found:
        cents = eval(amount, {}, scope)  # the docstring's own arithmetic, written in this repository
        lines.append((BY_NAME[name.format(**facts).strip()], cents if side == "Dr" else -cents))
    assert lines, f"{posting.__name__} has no T-account"
    return lines


def test_every_posting_is_tested() -> None:
    public = {
        function
        for module in (postings, funding)
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if inspect.signature(function).return_annotation is Entry and not name.startswith("_")
    }
    assert public == {posting for posting, _ in CASES}
