"""What accruing does to the books: each night in one line, the stop at non-accrual, write-off, a loan's end."""

from datetime import date

from lendmill.ledger.accounts import Account
from lendmill.ledger.entry import Entry, credit, debit, lines
from lendmill.ledger.posting import posting
from lendmill.loans.postings import Of


@posting("{kind} accrued", either_side=True, kind=("interest", "penalty"))
def accrued(*, kind: str, product_key: str, unit: str, earned: int, value_on: date, booked_on: date) -> Entry:
    """A night's interest or penalty of a whole product, exact, in one line.

    Dr  {kind} accrued, not billed  earned
        Cr  {kind} income               earned
    """
    asset, income = (
        (Account.INTEREST_ACCRUED, Account.INTEREST_INCOME)
        if kind == "interest"
        else (Account.PENALTY_ACCRUED, Account.PENALTY_INCOME)
    )
    made = lines(debit(asset, unit, earned), credit(income, unit, earned))
    return Entry(f"{kind} accrued", made, value_on, booked_on, product_key=product_key)


@posting("{kind} accrued outside", either_side=True, kind=("interest", "penalty"))
def accrued_outside(*, kind: str, product_key: str, unit: str, earned: int, value_on: date, booked_on: date) -> Entry:
    """The same for loans whose interest is no longer income, kept outside the balance sheet.

    Dr  memorandum: {kind} accrued  earned
        Cr  memorandum: contra, accrued  earned
    """
    asset = Account.MEMO_INTEREST_ACCRUED if kind == "interest" else Account.MEMO_PENALTY_ACCRUED
    made = lines(debit(asset, unit, earned), credit(Account.MEMO_CONTRA_EXACT, unit, earned))
    return Entry(f"{kind} accrued outside", made, value_on, booked_on, product_key=product_key)


@posting("stopped accruing", either_side=True)
def stopped_accruing(
    of: Of, *, interest_cents: int, penalty_cents: int, interest_accrued: int, penalty_accrued: int, value_on: date,
    booked_on: date,
) -> Entry:  # fmt: skip
    """So late that interest is no longer income (91 days): what is uncollected is taken back and kept outside.

    Dr  conversion, billed          interest_cents + penalty_cents
        Cr  interest receivable         interest_cents
        Cr  penalty receivable          penalty_cents
    Dr  interest income             interest_cents * rate_den + interest_accrued
    Dr  penalty income              penalty_cents * rate_den + penalty_accrued
        Cr  conversion, accrued         (interest_cents + penalty_cents) * rate_den
        Cr  interest accrued, not billed    interest_accrued
        Cr  penalty accrued, not billed     penalty_accrued
    Dr  memorandum: interest        interest_cents
    Dr  memorandum: penalty         penalty_cents
        Cr  memorandum: contra          interest_cents + penalty_cents
    Dr  memorandum: interest accrued    interest_accrued
    Dr  memorandum: penalty accrued     penalty_accrued
        Cr  memorandum: contra, accrued     interest_accrued + penalty_accrued
    """
    both_cents, den = interest_cents + penalty_cents, of.rate_den
    return of.entry(
        "stopped accruing", value_on, booked_on,
        debit(Account.BILLED_CENTS, of.currency, both_cents),
        credit(Account.INTEREST, of.currency, interest_cents),
        credit(Account.PENALTY, of.currency, penalty_cents),
        debit(Account.INTEREST_INCOME, of.exact, interest_cents * den + interest_accrued),
        debit(Account.PENALTY_INCOME, of.exact, penalty_cents * den + penalty_accrued),
        credit(Account.BILLED_EXACT, of.exact, both_cents * den),
        credit(Account.INTEREST_ACCRUED, of.exact, interest_accrued),
        credit(Account.PENALTY_ACCRUED, of.exact, penalty_accrued),
        debit(Account.MEMO_INTEREST, of.currency, interest_cents),
        debit(Account.MEMO_PENALTY, of.currency, penalty_cents),
        credit(Account.MEMO_CONTRA, of.currency, both_cents),
        debit(Account.MEMO_INTEREST_ACCRUED, of.exact, interest_accrued),
        debit(Account.MEMO_PENALTY_ACCRUED, of.exact, penalty_accrued),
        credit(Account.MEMO_CONTRA_EXACT, of.exact, interest_accrued + penalty_accrued),
    )  # fmt: skip


@posting("resumed accruing", either_side=True)
def resumed_accruing(
    of: Of, *, interest_cents: int, penalty_cents: int, interest_accrued: int, penalty_accrued: int, value_on: date,
    booked_on: date,
) -> Entry:  # fmt: skip
    """Nothing is late any more: interest is income again, and what was kept outside comes back.

    Dr  interest receivable         interest_cents
    Dr  penalty receivable          penalty_cents
        Cr  conversion, billed          interest_cents + penalty_cents
    Dr  conversion, accrued         (interest_cents + penalty_cents) * rate_den
    Dr  interest accrued, not billed    interest_accrued
    Dr  penalty accrued, not billed     penalty_accrued
        Cr  interest income             interest_cents * rate_den + interest_accrued
        Cr  penalty income              penalty_cents * rate_den + penalty_accrued
    Dr  memorandum: contra          interest_cents + penalty_cents
        Cr  memorandum: interest        interest_cents
        Cr  memorandum: penalty         penalty_cents
    Dr  memorandum: contra, accrued     interest_accrued + penalty_accrued
        Cr  memorandum: interest accrued    interest_accrued
        Cr  memorandum: penalty accrued     penalty_accrued
    """
    stopped = stopped_accruing(
        of, interest_cents=interest_cents, penalty_cents=penalty_cents, interest_accrued=interest_accrued,
        penalty_accrued=penalty_accrued, value_on=value_on, booked_on=booked_on,
    )  # fmt: skip
    turned = (credit(line.account, line.unit, line.amount) for line in stopped.lines)
    return of.entry("resumed accruing", value_on, booked_on, *turned)


@posting("written off")
def written_off(of: Of, *, principal_cents: int, fees_cents: int, value_on: date, booked_on: date) -> Entry:
    """A loan leaves the balance sheet (核销): principal against the allowance, unpaid fees against their income.

    Dr  allowance for credit losses  principal_cents
    Dr  fee income                  fees_cents
        Cr  loans receivable            principal_cents
        Cr  fees receivable             fees_cents
    Dr  memorandum: written-off principal   principal_cents
    Dr  memorandum: fees            fees_cents
        Cr  memorandum: contra          principal_cents + fees_cents
    """
    return of.entry(
        "written off", value_on, booked_on,
        debit(Account.ALLOWANCE, of.currency, principal_cents),
        debit(Account.FEE_INCOME, of.currency, fees_cents),
        credit(Account.LOANS, of.currency, principal_cents),
        credit(Account.FEES, of.currency, fees_cents),
        debit(Account.MEMO_PRINCIPAL, of.currency, principal_cents),
        debit(Account.MEMO_FEES, of.currency, fees_cents),
        credit(Account.MEMO_CONTRA, of.currency, principal_cents + fees_cents),
    )  # fmt: skip


@posting("rounded", either_side=True)
def rounded(of: Of, *, interest_accrued: int, value_on: date, booked_on: date) -> Entry:
    """A product that rounds a night, a stretch or a period by itself: what rounding took from the accrual.

    Dr  rounding                    interest_accrued
        Cr  interest accrued, not billed    interest_accrued
    """
    return of.entry(
        "rounded", value_on, booked_on,
        debit(Account.ROUNDING, of.exact, interest_accrued),
        credit(Account.INTEREST_ACCRUED, of.exact, interest_accrued),
    )  # fmt: skip


@posting("closed", either_side=True)
def closed(of: Of, *, interest_accrued: int, penalty_accrued: int, value_on: date, booked_on: date) -> Entry:
    """What rounding left in the accruals of a loan that is paid in full.

    Dr  rounding                    interest_accrued + penalty_accrued
        Cr  interest accrued, not billed    interest_accrued
        Cr  penalty accrued, not billed     penalty_accrued
    """
    return of.entry(
        "closed", value_on, booked_on,
        debit(Account.ROUNDING, of.exact, interest_accrued + penalty_accrued),
        credit(Account.INTEREST_ACCRUED, of.exact, interest_accrued),
        credit(Account.PENALTY_ACCRUED, of.exact, penalty_accrued),
    )  # fmt: skip


@posting("closed outside", either_side=True)
def closed_outside(of: Of, *, interest_accrued: int, penalty_accrued: int, value_on: date, booked_on: date) -> Entry:
    """What rounding, here or at the end, takes from accruals kept outside the balance sheet.

    Dr  memorandum: contra, accrued     interest_accrued + penalty_accrued
        Cr  memorandum: interest accrued    interest_accrued
        Cr  memorandum: penalty accrued     penalty_accrued
    """
    return of.entry(
        "closed outside", value_on, booked_on,
        debit(Account.MEMO_CONTRA_EXACT, of.exact, interest_accrued + penalty_accrued),
        credit(Account.MEMO_INTEREST_ACCRUED, of.exact, interest_accrued),
        credit(Account.MEMO_PENALTY_ACCRUED, of.exact, penalty_accrued),
    )  # fmt: skip
