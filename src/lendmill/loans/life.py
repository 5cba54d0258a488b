"""What changes when something happens to a loan: its state, its entries in the books, and what a receipt settled."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from lendmill.ledger.entry import Entry
from lendmill.loans import postings
from lendmill.loans.account import (
    Account,
    Billed,
    Closed,
    Happening,
    advance,
    bill,
    close,
    next_on,
    opened,
    repay,
    totals,
)
from lendmill.loans.loan import Loan
from lendmill.loans.replay import Event, Told, repriced, repricing_difference, told
from lendmill.terms.allocation import Parts


@dataclass(frozen=True, slots=True)
class Settled:
    """What a receipt settled on a loan, row by row, and what of it goes back; or by how much a replay changed that."""

    receipt_id: UUID
    parts: tuple[tuple[int, Parts], ...]
    refunded_cents: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """Everything one event does to one loan, ready to be written in one transaction."""

    was: Account | None
    loan: Loan
    entries: tuple[Entry, ...] = ()
    repricing: Mapping[date, tuple[int, int]] = field(default_factory=dict)
    settled: tuple[Settled, ...] = ()

    @property
    def principal_back_cents(self) -> int:
        """How much principal this brought back, to be lent again."""
        return (
            self.was.outstanding_cents if self.was else self.loan.principal_cents
        ) - self.loan.owing.outstanding_cents

    @property
    def refunded_cents(self) -> int:
        """How much goes back to the borrower because of it."""
        return sum(settled.refunded_cents for settled in self.settled)


def arrived(loan: Loan, event: Event, today: date) -> Change:
    """The rail says the money arrived: interest starts, the schedule counts from that day, the books show the loan."""
    account, priced = opened(loan.terms, loan.method, loan.principal_cents, loan.months, event.value_on)
    entry = postings.drawn(loan.of, principal_cents=loan.principal_cents, value_on=event.value_on, booked_on=today)
    after = replace(loan, status="running", drawn_on=event.value_on, events=event.seq, account=account)
    return Change(None, after, (entry,), repriced([priced]))


def brought_up(loan: Loan, today: date) -> Change | None:
    """Bring a loan to today if something has happened to it by itself; else its interest needs no writing down."""
    coming = next_on(loan.owing)
    if coming is None or coming > today:
        return None
    account, happenings = advance(loan.owing, today)
    return Change(
        loan.owing,
        replace(loan, account=account),
        tuple(_entries(loan, happenings, today)),
        repriced(happenings),
    )


def paid(loan: Loan, event: Event, earlier: Sequence[Event], today: date) -> Change:
    """A payment came. One with a value date before what is already written is told again from the beginning."""
    if event.value_on < loan.owing.seen_on:
        return _paid_in_the_past(loan, event, earlier, today)
    assert event.receipt_id is not None
    account, what, happened = repay(loan.owing, event.amount_cents, event.value_on, event.prepay)
    assert not what.left_cents, "a loan is given no more than it is owed"
    account, closing = close(account)
    received = postings.received(loan.of, parts=what.total, value_on=event.value_on, booked_on=today)
    entries = (*_entries(loan, happened, today), received, *_entries(loan, closing, today))
    settled = Settled(event.receipt_id, what.parts)
    return Change(loan.owing, _after(loan, account, event.seq, closing), entries, repriced(happened), (settled,))


def as_known_on(loan: Loan, story: Sequence[Event], on: date) -> Account:
    """The loan as a payment of that day finds it: everything billed, and nothing known that came later."""
    account, on = loan.owing, max(on, story[0].value_on)
    if on < account.seen_on:
        known = [event for event in story if event.value_on <= on]
        account = told(loan.terms, loan.method, loan.months, known, on).account
    return bill(advance(account, on)[0])[0]


def _paid_in_the_past(loan: Loan, event: Event, earlier: Sequence[Event], today: date) -> Change:
    """Replay with and without the payment, and book the difference as an entry of its own (DOMAIN section 4)."""
    seen_on = loan.owing.seen_on
    was = told(loan.terms, loan.method, loan.months, earlier, seen_on)
    assert was.account == loan.owing, f"loan {loan.loan_id} is not what its events say"
    now = told(loan.terms, loan.method, loan.months, [*earlier, event], seen_on)
    settled = tuple(_settled_differently(was, now))
    correction = postings.corrected(
        loan.of,
        was=totals(was.account),
        now=totals(now.account),
        cash_cents=event.amount_cents,
        excess_cents=sum(one.refunded_cents for one in settled),
        value_on=event.value_on,
        booked_on=today,
    )
    return Change(
        loan.owing,
        _after(loan, now.account, event.seq, now.happenings),
        (correction, *_entries(loan, _closed_differently(was, now), today)),
        repricing_difference(was.happenings, now.happenings),
        settled,
    )


def _closed_differently(was: Told, now: Told) -> Iterable[Closed]:
    """What rounding leaves at the end of the one story, less what it left at the end of the other."""
    before, after = (
        [happening for happening in tale.happenings if isinstance(happening, Closed)] for tale in (was, now)
    )
    for old in before:
        yield Closed(old.on, -old.interest_accrued, -old.penalty_accrued)
    yield from after


def _settled_differently(was: Told, now: Told) -> Iterable[Settled]:
    before = {event.seq: what for event, what in was.paid}
    for event, what in now.paid:
        assert event.receipt_id is not None
        old = before.get(event.seq)
        rows = dict(old.parts) if old else {}
        new = dict(what.parts)
        parts = tuple((n, new.get(n, Parts()) - rows.get(n, Parts())) for n in sorted(rows.keys() | new.keys()))
        refunded_cents = what.left_cents - (old.left_cents if old else 0)
        yield Settled(event.receipt_id, tuple((n, part) for n, part in parts if part != Parts()), refunded_cents)


def _after(loan: Loan, account: Account, seq: int, happenings: Iterable[Happening]) -> Loan:
    ended = [happening.on for happening in happenings if isinstance(happening, Closed)]
    if ended:
        return replace(loan, status="closed", closed_on=ended[-1], events=seq, account=account)
    return replace(loan, status="running", closed_on=None, events=seq, account=account)


def _entries(loan: Loan, happenings: Iterable[Happening], today: date) -> Iterable[Entry]:
    for happening in happenings:
        if isinstance(happening, Billed):
            yield postings.billed(
                loan.of,
                interest_cents=happening.interest_cents,
                penalty_cents=happening.penalty_cents,
                value_on=happening.on,
                booked_on=today,
            )
        elif isinstance(happening, Closed):
            yield postings.closed(
                loan.of,
                interest_accrued=happening.interest_accrued,
                penalty_accrued=happening.penalty_accrued,
                value_on=happening.on,
                booked_on=today,
            )
