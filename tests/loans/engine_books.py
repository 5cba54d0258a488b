"""The entries that a loan's happenings make, summed by account, beside the slow loan's own books."""

from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction

from engine_lives import HERE, Telling
from slow_loan import SlowLoan

from lendmill.ledger.accounts import Account
from lendmill.loans.account import Account as LoanAccount
from lendmill.loans.entries import entries_of
from lendmill.loans.happenings import Happening, Nightly, Repriced
from lendmill.loans.postings import Of

NAMES = {
    "cash": (Account.CASH,),
    "loans": (Account.LOANS,),
    "interest": (Account.INTEREST,),
    "penalty": (Account.PENALTY,),
    "fees": (Account.FEES,),
    "interest accrued": (Account.INTEREST_ACCRUED,),
    "penalty accrued": (Account.PENALTY_ACCRUED,),
    "interest and penalty income": (Account.INTEREST_INCOME, Account.PENALTY_INCOME, Account.ROUNDING),
    "fees income": (Account.FEE_INCOME,),
    "allowance": (Account.ALLOWANCE, Account.CREDIT_LOSS),
    "memo interest": (Account.MEMO_INTEREST,),
    "memo penalty": (Account.MEMO_PENALTY,),
    "memo fees": (Account.MEMO_FEES,),
    "memo principal": (Account.MEMO_PRINCIPAL,),
    "memo interest accrued": (Account.MEMO_INTEREST_ACCRUED,),
    "memo penalty accrued": (Account.MEMO_PENALTY_ACCRUED,),
    "conversion": (Account.BILLED_CENTS, Account.BILLED_EXACT),
    "memo": (Account.MEMO_CONTRA, Account.MEMO_CONTRA_EXACT),
}


def books_of(telling: Telling, happenings: tuple[Happening, ...], until: date) -> dict[str, Fraction]:
    """All entries of a story, with the nights' own lines, in cents by account; debits positive."""
    den = telling.terms.rate_den
    sums: dict[Account, Fraction] = defaultdict(Fraction)
    for entry in entries_of(Of(HERE, HERE, "any", den), happenings, until):
        for line in entry.lines:
            sums[line.account] += Fraction(line.amount, den if "/" in line.unit else 1)
    earned = nights_earned(happenings, until)
    for asset, income, amount in (
        (Account.INTEREST_ACCRUED, Account.INTEREST_INCOME, earned.interest_accrued),
        (Account.PENALTY_ACCRUED, Account.PENALTY_INCOME, earned.penalty_accrued),
        (Account.MEMO_INTEREST_ACCRUED, Account.MEMO_CONTRA_EXACT, earned.memo_interest_accrued),
        (Account.MEMO_PENALTY_ACCRUED, Account.MEMO_CONTRA_EXACT, earned.memo_penalty_accrued),
    ):
        sums[asset] += Fraction(amount, den)
        sums[income] -= Fraction(amount, den)
    return {name: sum((sums[each] for each in accounts), Fraction(0)) for name, accounts in NAMES.items()}


def nights_earned(happenings: tuple[Happening, ...], until: date) -> Nightly:
    """What all nights up to a day earned, night by night, from the changes of their price."""
    changes: dict[date, Nightly] = defaultdict(Nightly)
    for each in happenings:
        if isinstance(each, Repriced):
            changes[each.on] += each.change
    if not changes:
        return Nightly()
    price, total, day = Nightly(), Nightly(), min(changes)
    while day < until:
        price += changes.get(day, Nightly())
        total += price
        day += timedelta(days=1)
    return total


def slow_books(loan: SlowLoan) -> dict[str, Fraction]:
    """The slow loan's books by the same names; what a receipt left over is the borrower's, not the loan's."""
    own = {name: Fraction(loan.books[name]) for name in NAMES}
    own["cash"] += loan.books["borrower"]
    own["interest and penalty income"] = Fraction(loan.books["interest income"] + loan.books["penalty income"])
    return own


def owned(account: LoanAccount) -> dict[str, Fraction]:
    """A loan's own balances by the account they must stand in."""
    den, rows = account.terms.rate_den, account.rows
    outside = account.nonaccrual or account.written_off
    billed = {
        "principal": sum(row.left.principal for row in rows),
        "fees": sum(row.left.fees for row in rows),
        "interest": sum(row.left.interest for row in rows),
        "penalty": sum(row.left.penalty for row in rows),
    }
    stands = {"loans": Fraction(0), "fees": Fraction(0), "interest": Fraction(0), "penalty": Fraction(0)}
    stands |= {f"memo {name}": Fraction(0) for name in billed}
    stands["memo principal" if account.written_off else "loans"] += billed["principal"]
    stands["memo fees" if account.written_off else "fees"] += billed["fees"]
    for name in ("interest", "penalty"):
        stands[f"memo {name}" if outside else name] += billed[name]
        stands[f"memo {name} accrued"] = stands[f"{name} accrued"] = Fraction(0)
    stands["memo interest accrued" if outside else "interest accrued"] = Fraction(account.interest_accrued, den)
    stands["memo penalty accrued" if outside else "penalty accrued"] = Fraction(account.penalty_accrued, den)
    return stands
