"""What changes when something happens to a loan: its state, its entries in the books, and what receipts settled."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from lendmill.ledger.entry import Entry
from lendmill.loans.account import Account
from lendmill.loans.entries import entries_of
from lendmill.loans.happenings import ByRow, Closed, Happening, Nightly, Received
from lendmill.loans.loan import Loan, Status
from lendmill.loans.passing import advance, bill, next_on
from lendmill.loans.postings import corrected
from lendmill.loans.replay import Event, happen, opened, repricing_difference, repricings, told
from lendmill.terms.allocation import Parts


@dataclass(frozen=True, slots=True)
class Settled:
    """What a receipt settled on a loan, row by row; or by how much a replay changed that."""

    receipt_id: UUID
    parts: ByRow


@dataclass(frozen=True, slots=True)
class Change:
    """Everything one event does to one loan, ready to be written in one transaction."""

    was: Account | None
    loan: Loan
    entries: tuple[Entry, ...] = ()
    repricing: Mapping[date, Nightly] = field(default_factory=dict)
    settled: tuple[Settled, ...] = ()

    @property
    def principal_back_cents(self) -> int:
        """How much principal this brought back."""
        before_cents = self.was.outstanding_cents if self.was else self.loan.principal_cents
        return before_cents - self.loan.owing.outstanding_cents

    @property
    def written_off_cents(self) -> int:
        """How much principal this took off the balance sheet for good."""
        newly = self.loan.owing.written_off and not (self.was and self.was.written_off)
        return self.loan.owing.outstanding_cents if newly else 0


def arrived(loan: Loan, event: Event, today: date) -> Change:
    """The rail says the money arrived: interest starts, the schedule counts from that day, the books show the loan."""
    account, happened = opened(loan.terms, event)
    loan = replace(loan, drawn_on=event.value_on)
    return _change(loan, None, account, happened, event.seq, today)


def brought_up(loan: Loan, today: date) -> Change | None:
    """Bring a loan to today if something has happened to it by itself; else its interest needs no writing down."""
    coming = next_on(loan.owing)
    if coming is None or coming > today:
        return None
    account, happened = advance(loan.owing, today)
    return _change(loan, loan.owing, account, happened, loan.events, today)


def happened_to(loan: Loan, event: Event, today: date) -> Change:
    """An event of a day that nothing written has passed yet; what it brought about follows in the same change."""
    assert event.value_on >= loan.owing.seen_on, "what lies in the past is told again"
    account, _, happened = happen(loan.owing, event)
    return _change(loan, loan.owing, account, happened, event.seq, today)


def retold(loan: Loan, before: Sequence[Event], after: Sequence[Event], value_on: date, today: date) -> Change:
    """Tell a loan with what is known now, and book the difference as an entry of its own (DOMAIN section 4)."""
    seen_on = loan.owing.seen_on
    was = told(loan.terms, before, seen_on)
    assert was.account == loan.owing, f"loan {loan.loan_id} is not what its events say"
    now = told(loan.terms, after, seen_on)
    difference = corrected(
        loan.of,
        was=entries_of(loan.of, was.happenings, today),
        now=entries_of(loan.of, now.happenings, today),
        value_on=value_on,
        booked_on=today,
    )
    old, new = _settled(was.happenings), _settled(now.happenings)
    changed = (Settled(key, tuple(_less(new.get(key, {}), old.get(key, {})))) for key in dict.fromkeys([*old, *new]))
    return Change(
        loan.owing,
        _after(loan, now.account, now.happenings, max(event.seq for event in after)),
        (difference,) if difference.lines else (),
        repricing_difference(was.happenings, now.happenings),
        tuple(settled for settled in changed if settled.parts),
    )


def bill_on(loan: Loan, on: date) -> Account:
    """The loan as a payment of a day, not before what is written, finds it: everything accrued is billed."""
    return bill(advance(loan.owing, on)[0])[0]


def as_known_on(loan: Loan, story: Sequence[Event], on: date) -> Account:
    """The loan as a payment of that day finds it: everything billed, and nothing known that came later."""
    account, on = loan.owing, max(on, story[0].value_on)
    if on < account.seen_on:
        account = told(loan.terms, [event for event in story if event.value_on <= on], on).account
    return bill(advance(account, on)[0])[0]


def _change(
    loan: Loan, was: Account | None, account: Account, happened: Sequence[Happening], seq: int, today: date
) -> Change:
    return Change(
        was,
        _after(loan, account, happened, seq),
        tuple(entries_of(loan.of, happened, today)),
        repricings(happened),
        tuple(Settled(key, tuple(parts.items())) for key, parts in _settled(happened).items()),
    )


def _after(loan: Loan, account: Account, happened: Iterable[Happening], seq: int) -> Loan:
    ended = [happening.on for happening in happened if isinstance(happening, Closed)]
    status: Status = "written-off" if account.written_off else "running"
    if ended and account.settled:
        return replace(loan, status="closed", closed_on=ended[-1], events=seq, account=account)
    return replace(loan, status=status, closed_on=None, events=seq, account=account)


def _settled(happened: Iterable[Happening]) -> dict[UUID, dict[int, Parts]]:
    by_receipt: dict[UUID, dict[int, Parts]] = {}
    for one in happened:
        if isinstance(one, Received) and one.receipt_id is not None:
            rows = by_receipt.setdefault(one.receipt_id, {})
            for n, part in one.parts:
                rows[n] = rows.get(n, Parts()) + part
    return by_receipt


def _less(new: Mapping[int, Parts], old: Mapping[int, Parts]) -> Iterable[tuple[int, Parts]]:
    for n in sorted(new.keys() | old.keys()):
        part = new.get(n, Parts()) - old.get(n, Parts())
        if part != Parts():
            yield n, part
