"""What a sweep did, in counts and sums: added up over batches, days and ways of doing it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

from lendmill.ledger.accounts import Account as Books
from lendmill.loans.account import days_past_due
from lendmill.loans.life import Change


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts and sums of what happened to loans by itself."""

    borrowers: int = 0
    loans: int = 0
    rows_billed: int = 0
    interest_cents: int = 0
    penalty_cents: int = 0
    fees_cents: int = 0
    became_late: int = 0
    stopped_accruing: int = 0
    resumed_accruing: int = 0
    entries: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(*(getattr(self, field.name) + getattr(other, field.name) for field in fields(self)))

    def counts(self) -> dict[str, int]:
        """By name, as it is kept."""
        return asdict(self)


def tally_of(kept: Mapping[str, int]) -> Tally:
    """A tally read back."""
    return Tally(**{field.name: kept.get(field.name, 0) for field in fields(Tally)})


def tally_of_change(change: Change) -> Tally:
    """What bringing one loan up did."""
    before, after = change.was, change.loan.owing
    billed = [entry for entry in change.entries if entry.what.startswith("billed")]
    sums = dict.fromkeys((*OWED, *OUTSIDE), 0)
    for entry in change.entries:
        if entry.what.startswith(("billed", "charged")):
            for line in entry.lines:
                if line.account in sums and line.amount > 0:
                    sums[line.account] += line.amount
    stopped = before is not None and after.nonaccrual and not before.nonaccrual
    return Tally(
        loans=1,
        rows_billed=len(billed),
        interest_cents=sums[Books.INTEREST] + sums[Books.MEMO_INTEREST],
        penalty_cents=sums[Books.PENALTY] + sums[Books.MEMO_PENALTY],
        fees_cents=sums[Books.FEES],
        became_late=before is not None and days_past_due(before) == 0 < days_past_due(after),
        stopped_accruing=stopped,
        resumed_accruing=before is not None and before.nonaccrual and not after.nonaccrual,
        entries=len(change.entries),
    )


OWED = (Books.INTEREST, Books.PENALTY, Books.FEES)
OUTSIDE = (Books.MEMO_INTEREST, Books.MEMO_PENALTY)
