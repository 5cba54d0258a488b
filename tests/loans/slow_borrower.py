"""A borrower's money told the slow way: each receipt in turn, each loan told anew, each row asked by its day."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from slow_loan import SlowLoan, SlowTerms


@dataclass(frozen=True)
class SlowReceipt:
    """Money that came in: on which day and at which turn of the diary, for one loan or for all."""

    key: str
    on: date
    turn: int
    amount: int
    named: int | None = None
    prepay: str = "next-due"


def shared(
    loans: list[tuple[SlowTerms, list[dict[str, Any]]]], receipts: list[SlowReceipt]
) -> dict[str, tuple[dict[int, int], int]]:
    """What each loan gets of each receipt, by the loan's place in the list, and what exceeds all debts."""
    events = [list(own) for _, own in loans]
    found = {}
    for receipt in sorted(receipts, key=lambda each: (each.on, each.turn)):
        left, shares = receipt.amount, dict.fromkeys(range(len(loans)), 0)
        for place, asked in _asked(loans, events, receipt):
            part = min(left, asked)
            shares[place] += part
            left -= part
        for place, share in shares.items():
            if share:
                events[place].append(
                    {"kind": "repaid", "on": receipt.on, "turn": receipt.turn, "amount": share,
                     "prepay": receipt.prepay, "key": receipt.key}
                )  # fmt: skip
        found[receipt.key] = {place: share for place, share in shares.items() if share}, left
    return found


def _asked(
    loans: list[tuple[SlowTerms, list[dict[str, Any]]]], events: list[list[dict[str, Any]]], receipt: SlowReceipt
) -> list[tuple[int, int]]:
    """The loan named with all it is owed; then every row of every loan, oldest due first, with what it is owed."""
    rows = []
    for place, (terms, _) in enumerate(loans):
        known = [each for each in events[place] if (each["on"], each["turn"]) < (receipt.on, receipt.turn)]
        if not known:
            continue
        loan = SlowLoan(terms, known).live_until(receipt.on)
        loan._bill(loan.takes_interest)
        rows += [(place != receipt.named, row.due_on, place, row.n, row.owes()) for row in loan.rows]
    return [(place, owes) for _, _, place, _, owes in sorted(rows)]
