"""How a receipt that names no loan, or more than one loan's worth, is shared among a borrower's loans."""

from collections.abc import Sequence
from uuid import UUID

from lendmill.loans.account import Account


def shares(
    amount_cents: int, accounts: Sequence[tuple[UUID, Account]], named: UUID | None
) -> tuple[dict[UUID, int], int]:
    """To the loan named; then to the oldest due across all loans, and on to what falls due next; the rest goes back.

    The accounts are as of the payment's day, with everything billed. Gives each loan's share and what exceeds all
    debts.
    """
    taken: dict[UUID, int] = {}
    left_cents = amount_cents
    for loan_id, asked_cents in _claims(accounts, named):
        part_cents = min(left_cents, asked_cents - taken.get(loan_id, 0))
        if part_cents > 0:
            taken[loan_id] = taken.get(loan_id, 0) + part_cents
            left_cents -= part_cents
    return taken, left_cents


def _claims(accounts: Sequence[tuple[UUID, Account]], named: UUID | None) -> list[tuple[UUID, int]]:
    """Who may have how much in all, in the order in which they are served: the loan named, then row by row as they fall
    due, whichever loan a row belongs to.
    """
    rows = sorted((row.due_on, loan_id, row.left.total_cents) for loan_id, account in accounts for row in account.rows)
    claims = [(named, sum(cents for _, loan_id, cents in rows if loan_id == named))] if named else []
    so_far: dict[UUID, int] = {}
    for _, loan_id, cents in rows:
        so_far[loan_id] = so_far.get(loan_id, 0) + cents
        claims.append((loan_id, so_far[loan_id]))
    return claims
