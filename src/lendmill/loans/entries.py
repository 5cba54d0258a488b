"""The books of a loan, made from what happened to it: one happening, its entries."""

from collections.abc import Callable, Iterable
from datetime import date
from functools import singledispatch
from typing import Any

from lendmill.ledger.entry import Entry
from lendmill.loans import postings, postings_accruing
from lendmill.loans.happenings import (
    Billed,
    ByRow,
    Charged,
    Closed,
    Earned,
    Forgiven,
    Happening,
    PaidOut,
    Rebated,
    Received,
    Repriced,
    ResumedAccruing,
    Rounded,
    StoppedAccruing,
    Waived,
    WrittenOff,
)
from lendmill.loans.postings import Of
from lendmill.terms.allocation import Parts

Makes = Callable[..., Entry]


def entries_of(of: Of, happenings: Iterable[Happening], booked_on: date) -> list[Entry]:
    """Every entry that happenings make, in their order; a change of price makes none, the night's line counts it."""
    found = (
        make(of, value_on=happening.on, booked_on=booked_on, **facts)
        for happening in happenings
        for make, facts in _made(happening)
    )
    return [entry for entry in found if entry.lines]


Makings = Iterable[tuple[Makes, dict[str, Any]]]


@singledispatch
def _made(happening: Happening) -> Makings:
    raise AssertionError(f"nobody says what {happening} does to the books")


@_made.register
def _(_happening: Repriced) -> Makings:
    return ()


@_made.register
def _(happening: PaidOut) -> Makings:
    facts = {"principal_cents": happening.principal_cents, "origination_cents": happening.origination_cents}
    yield postings.drawn, facts


@_made.register
def _(happening: Billed) -> Makings:
    facts = {"interest_cents": happening.interest_cents, "penalty_cents": happening.penalty_cents}
    yield (postings.billed_outside if happening.memo else postings.billed), facts


@_made.register
def _(happening: Rounded) -> Makings:
    if happening.memo:
        yield (
            postings_accruing.closed_outside,
            {"interest_accrued": happening.interest_accrued, "penalty_accrued": 0},
        )
    else:
        yield postings_accruing.rounded, {"interest_accrued": happening.interest_accrued}


@_made.register
def _(happening: Charged) -> Makings:
    facts = {"fees_cents": happening.fees_cents, "penalty_cents": happening.penalty_cents}
    yield (postings.charged_outside if happening.memo else postings.charged), facts


@_made.register
def _(happening: Earned) -> Makings:
    yield postings.earned, {"fees_cents": happening.fees_cents}


@_made.register
def _(happening: Received) -> Makings:
    make = {
        "accruing": postings.received,
        "non-accrual": postings.received_nonaccrual,
        "written-off": postings.recovered,
    }[happening.standing]
    yield make, {"parts": _total(happening.parts)}


@_made.register
def _(happening: Waived) -> Makings:
    yield _given_up(happening.standing), {"parts": _total(happening.parts)}


@_made.register
def _(happening: Forgiven) -> Makings:
    """Principal forgiven on the balance sheet is a loss; the rest is waived as in any waiver."""
    parts = _total(happening.parts)
    if happening.standing != "written-off":
        yield postings.provided, {"principal_cents": parts.principal}
        yield postings.forgiven, {"principal_cents": parts.principal}
        parts = parts - Parts(principal=parts.principal)
    yield _given_up(happening.standing), {"parts": parts}


@_made.register(StoppedAccruing)
@_made.register(ResumedAccruing)
def _(happening: StoppedAccruing | ResumedAccruing) -> Makings:
    stops = isinstance(happening, StoppedAccruing)
    yield (
        postings_accruing.stopped_accruing if stops else postings_accruing.resumed_accruing,
        {
            "interest_cents": happening.interest_cents,
            "penalty_cents": happening.penalty_cents,
            "interest_accrued": happening.interest_accrued,
            "penalty_accrued": happening.penalty_accrued,
        },
    )


@_made.register
def _(happening: WrittenOff) -> Makings:
    yield postings.provided, {"principal_cents": happening.principal_cents}
    yield (
        postings_accruing.written_off,
        {"principal_cents": happening.principal_cents, "fees_cents": happening.fees_cents},
    )


@_made.register
def _(happening: Rebated) -> Makings:
    yield postings.rebated, {"amount_cents": happening.amount_cents}


@_made.register
def _(happening: Closed) -> Makings:
    facts = {"interest_accrued": happening.interest_accrued, "penalty_accrued": happening.penalty_accrued}
    yield (postings_accruing.closed_outside if happening.memo else postings_accruing.closed), facts


def _given_up(standing: str) -> Makes:
    return {
        "accruing": postings.waived,
        "non-accrual": postings.waived_nonaccrual,
        "written-off": postings.given_up,
    }[standing]


def _total(parts: ByRow) -> Parts:
    return sum((part for _, part in parts), Parts())
