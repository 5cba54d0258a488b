"""A loan's story as its borrower reads it: each event in order of value date, with what it did to the debt."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from lendmill.loans.happenings import (
    Billed,
    Charged,
    Forgiven,
    Happening,
    PaidOut,
    Rebated,
    Received,
    Waived,
    WrittenOff,
)
from lendmill.loans.loan import OPEN, Loan
from lendmill.loans.replay import Event, in_order, told
from lendmill.terms.allocation import Parts

What = Literal["drawn", "billed", "charged", "repaid", "waived", "forgiven", "written off", "rebated", "taken back"]


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
    taken_back = _taken_back(story)
    for happening in told(loan.terms, story, lasts_to).happenings:
        while taken_back and taken_back[0].on < happening.on:
            shown.append(replace(taken_back.pop(0), outstanding_cents=outstanding_cents))
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
    shown += [replace(line, outstanding_cents=outstanding_cents) for line in taken_back]
    return tuple(shown)


def _taken_back(story: Sequence[Event]) -> list[StatementLine]:
    """Payments that once counted here and no longer do: bounced, or shared out otherwise; by their value date."""
    struck, standing = {event.strikes for event in story}, {event.receipt_id for event in in_order(story)}
    gone = {
        event.receipt_id: StatementLine(event.value_on, "taken back", event.amount_cents, 0, 0, 0, 0, 0)
        for event in story
        if event.kind == "repaid" and event.seq in struck and event.receipt_id not in standing
    }
    return sorted(gone.values(), key=lambda line: line.on)


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
        case Rebated():
            yield "rebated", Parts(fees=happening.amount_cents)
        case WrittenOff():
            yield "written off", Parts(principal=happening.principal_cents)
        case _:
            pass
