"""A loan's story as its borrower reads it: each event in order of value date, with what it did to the debt."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from lendmill.loans.happenings import Billed, Charged, Forgiven, Happening, PaidOut, Received, Waived, WrittenOff
from lendmill.loans.loan import OPEN, Loan
from lendmill.loans.replay import Event, told
from lendmill.terms.allocation import Parts

What = Literal["drawn", "billed", "charged", "repaid", "waived", "forgiven", "written off"]


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
    lasts_to = max(today, loan.owing.seen_on) if loan.status in OPEN else loan.owing.seen_on
    outstanding_cents, shown = 0, []
    for happening in told(loan.terms, story, lasts_to).happenings:
        for what, parts in _lines(happening):
            outstanding_cents += {"drawn": 1, "repaid": -1, "forgiven": -1}.get(what, 0) * parts.principal
            shown.append(
                StatementLine(
                    happening.on,
                    what,
                    parts.total_cents,
                    parts.principal,
                    parts.interest,
                    parts.penalty,
                    parts.fees,
                    outstanding_cents,
                )
            )
    return tuple(shown)


def _lines(happening: Happening) -> Iterable[tuple[What, Parts]]:
    """What a borrower is told of a happening; what concerns only the lender's books is left out."""
    match happening:
        case PaidOut():
            yield "drawn", Parts(principal=happening.principal_cents)
            if happening.origination_cents:
                yield "charged", Parts(fees=happening.origination_cents)
        case Billed():
            yield "billed", Parts(interest=happening.interest_cents, penalty=happening.penalty_cents)
        case Charged():
            yield "charged", Parts(fees=happening.fees_cents, penalty=happening.penalty_cents)
        case Received():
            yield "repaid", sum((part for _, part in happening.parts), Parts())
        case Waived():
            yield "waived", sum((part for _, part in happening.parts), Parts())
        case Forgiven():
            yield "forgiven", sum((part for _, part in happening.parts), Parts())
        case WrittenOff():
            yield "written off", Parts(principal=happening.principal_cents)
        case _:
            pass
