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
from lendmill.loans import postings, postings_accruing, postings_receipts
from lendmill.terms.allocation import Parts

DAY = date(2026, 1, 1)
OF = postings.Of(ids.new(), ids.new(), "credit-line", 1_000_000)
DATED: dict[str, Any] = {"value_on": DAY, "booked_on": DAY}
BY_NAME = {account.value.name_en: account for account in Account}

BILLED = {"of": OF, "interest_cents": 420, "penalty_cents": 63}
CHARGED = {"of": OF, "fees_cents": 900, "penalty_cents": 63}
PARTS = {"of": OF, "parts": Parts(1, 20, 300, 4_000)}
NO_PRINCIPAL = {"of": OF, "parts": Parts(1, 20, 300)}
ACCRUED = {"of": OF, "interest_accrued": -400_000, "penalty_accrued": 20_000}
NIGHT = {"product_key": "credit-line", "unit": "CNY/1000000"}
BESIDE = {"borrower_id": OF.borrower_id, "amount_cents": 3_700}

CASES: list[tuple[Callable[..., Entry], dict[str, Any]]] = [
    (postings.drawn, {"of": OF, "principal_cents": 700_000, "origination_cents": 3_500}),
    (postings.billed, BILLED),
    (postings.billed_outside, BILLED),
    (postings.charged, CHARGED),
    (postings.charged_outside, CHARGED),
    (postings.earned, {"of": OF, "fees_cents": 1_234}),
    (postings.received, PARTS),
    (postings.received_nonaccrual, PARTS),
    (postings.recovered, PARTS),
    (postings.waived, NO_PRINCIPAL),
    (postings.waived_nonaccrual, NO_PRINCIPAL),
    (postings.given_up, PARTS),
    (postings.provided, {"of": OF, "principal_cents": 4_000}),
    (postings.forgiven, {"of": OF, "principal_cents": 4_000}),
    (postings.rebated, {"of": OF, "amount_cents": 77}),
    (postings_accruing.stopped_accruing, BILLED | ACCRUED),
    (postings_accruing.resumed_accruing, BILLED | ACCRUED),
    (postings_accruing.written_off, {"of": OF, "principal_cents": 4_000, "fees_cents": 90}),
    (postings_accruing.rounded, {"of": OF, "interest_accrued": -400_000}),
    (postings_accruing.closed, ACCRUED),
    (postings_accruing.closed_outside, ACCRUED),
    (postings_accruing.accrued, {"kind": "interest", "earned": 77} | NIGHT),
    (postings_accruing.accrued, {"kind": "penalty", "earned": -77} | NIGHT),
    (postings_accruing.accrued_outside, {"kind": "interest", "earned": 77} | NIGHT),
    (postings_accruing.accrued_outside, {"kind": "penalty", "earned": -77} | NIGHT),
    (postings_receipts.overpaid, BESIDE),
    (postings_receipts.held, BESIDE),
    (postings_receipts.held, BESIDE | {"amount_cents": -3_700}),
    (postings_receipts.refunded, BESIDE),
    (postings_receipts.claimed, BESIDE),
    (postings_receipts.claimed, BESIDE | {"amount_cents": -3_700}),
    (postings_receipts.reclaimed, BESIDE),
    (funding.capital_paid_in, {"amount_cents": 9_900}),
]
BY_DIFFERENCE = {postings.corrected}


@pytest.mark.parametrize(("posting", "facts"), CASES, ids=lambda case: getattr(case, "__name__", ""))
def test_the_lines_are_those_of_the_t_account(posting: Callable[..., Entry], facts: dict[str, Any]) -> None:
    drawn = _drawn(posting, facts)
    made = sorted((line.account.number, line.amount) for line in posting(**facts, **DATED).lines)
    assert made == sorted((account.number, amount) for account, amount in drawn if amount)


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
        for module in (postings, postings_accruing, postings_receipts, funding)
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if inspect.signature(function).return_annotation is Entry and not name.startswith("_")
    }
    assert public - BY_DIFFERENCE == {posting for posting, _ in CASES}


def test_a_correction_is_what_the_new_story_books_less_what_the_old_one_did() -> None:
    was = [postings.received(OF, parts=Parts(interest=300, principal=700), **DATED)]
    now = [
        postings.received(OF, parts=Parts(interest=300, principal=600), **DATED),
        postings.received(OF, parts=Parts(penalty=5), **DATED),
    ]
    lines = {(line.account, line.amount) for line in postings.corrected(OF, was=was, now=now, **DATED).lines}
    assert lines == {(Account.CASH, -95), (Account.LOANS, 100), (Account.PENALTY, -5)}


def test_a_correction_that_changes_nothing_has_no_lines() -> None:
    same = [postings.billed(OF, interest_cents=3, penalty_cents=2, **DATED)]
    assert postings.corrected(OF, was=same, now=list(same), **DATED).lines == ()
