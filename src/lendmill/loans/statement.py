"""A loan's story as its borrower reads it: each event in order of value date, with what it did to the debt."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from lendmill.loans.account import Billed
from lendmill.loans.loan import Loan
from lendmill.loans.replay import Event, told
from lendmill.terms.allocation import Parts

What = Literal["drawn", "billed", "repaid"]


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One line: what happened, the amount by component, and the principal outstanding after it."""

    on: date
    what: What
    amount_cents: int
    principal_cents: int
    interest_cents: int
    penalty_cents: int
    fees_cents: int
    outstanding_cents: int


def statement(loan: Loan, story: Sequence[Event], today: date) -> tuple[StatementLine, ...]:
    """Tell a loan from its events up to a day. Interest is shown when it is billed, a payment with what it settled."""
    if not story:
        return ()
    lasts_to = max(today, loan.owing.seen_on) if loan.status == "running" else loan.owing.seen_on
    tale = told(loan.terms, loan.method, loan.months, story, lasts_to)
    lines: list[tuple[date, int, What, int, Parts]] = [
        (story[0].value_on, 0, "drawn", loan.principal_cents, Parts(principal=loan.principal_cents))
    ]
    for bill in (happening for happening in tale.happenings if isinstance(happening, Billed)):
        parts = Parts(interest=bill.interest_cents, penalty=bill.penalty_cents)
        lines.append((bill.on, 1, "billed", parts.total_cents, parts))
    lines += [(event.value_on, 2, "repaid", what.total.total_cents, what.total) for event, what in tale.paid]
    lines.sort(key=lambda line: line[:2])
    outstanding_cents, shown = 0, []
    for on, _, kind, amount_cents, parts in lines:
        outstanding_cents += {"drawn": 1, "billed": 0, "repaid": -1}[kind] * parts.principal
        shown.append(
            StatementLine(
                on, kind, amount_cents, parts.principal, parts.interest, parts.penalty, parts.fees, outstanding_cents
            )
        )
    return tuple(shown)
