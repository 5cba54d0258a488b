"""What each event of a loan does to the books; every docstring is the entry's T-account."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from lendmill.ledger.accounts import Account, exact_unit
from lendmill.ledger.entry import Entry, Line, credit, debit, lines
from lendmill.ledger.posting import posting
from lendmill.terms.allocation import Parts


@dataclass(frozen=True, slots=True)
class Of:
    """Whose loan an entry is about, and its currency and denominator."""

    borrower_id: UUID
    loan_id: UUID
    product_key: str
    rate_den: int
    currency: str = "CNY"

    @property
    def exact(self) -> str:
        """The unit of this loan's accruals."""
        return exact_unit(self.currency, self.rate_den)

    def entry(self, what: str, value_on: date, booked_on: date, *made: Line) -> Entry:
        """An entry about this loan."""
        return Entry(what, lines(*made), value_on, booked_on, self.borrower_id, self.loan_id, self.product_key)


@posting("drawn")
def drawn(of: Of, *, principal_cents: int, origination_cents: int, value_on: date, booked_on: date) -> Entry:
    """Money has arrived at the seller; an origination fee is owed from now on, and not earned yet.

    Dr  loans receivable            principal_cents
    Dr  fees receivable             origination_cents
        Cr  cash at the payment rail    principal_cents
        Cr  fees not yet earned         origination_cents
    """
    return of.entry(
        "drawn", value_on, booked_on,
        debit(Account.LOANS, of.currency, principal_cents),
        debit(Account.FEES, of.currency, origination_cents),
        credit(Account.CASH, of.currency, principal_cents),
        credit(Account.UNEARNED_FEES, of.currency, origination_cents),
    )  # fmt: skip


@posting("billed", either_side=True)
def billed(of: Of, *, interest_cents: int, penalty_cents: int, value_on: date, booked_on: date) -> Entry:
    """Accrued interest and penalty became amounts a borrower owes; each passes through the conversion pair.

    Dr  interest receivable         interest_cents
    Dr  penalty receivable          penalty_cents
        Cr  conversion, billed          interest_cents + penalty_cents
    Dr  conversion, accrued         (interest_cents + penalty_cents) * rate_den
        Cr  interest accrued, not billed    interest_cents * rate_den
        Cr  penalty accrued, not billed     penalty_cents * rate_den
    """
    both_cents = interest_cents + penalty_cents
    return of.entry(
        "billed", value_on, booked_on,
        debit(Account.INTEREST, of.currency, interest_cents),
        debit(Account.PENALTY, of.currency, penalty_cents),
        credit(Account.BILLED_CENTS, of.currency, both_cents),
        debit(Account.BILLED_EXACT, of.exact, both_cents * of.rate_den),
        credit(Account.INTEREST_ACCRUED, of.exact, interest_cents * of.rate_den),
        credit(Account.PENALTY_ACCRUED, of.exact, penalty_cents * of.rate_den),
    )  # fmt: skip


@posting("billed outside", either_side=True)
def billed_outside(of: Of, *, interest_cents: int, penalty_cents: int, value_on: date, booked_on: date) -> Entry:
    """The same on a loan whose interest is no longer income: it stays outside the balance sheet (表外).

    Dr  memorandum: interest            interest_cents
    Dr  memorandum: penalty             penalty_cents
        Cr  memorandum: contra              interest_cents + penalty_cents
    Dr  memorandum: contra, accrued     (interest_cents + penalty_cents) * rate_den
        Cr  memorandum: interest accrued    interest_cents * rate_den
        Cr  memorandum: penalty accrued     penalty_cents * rate_den
    """
    both_cents = interest_cents + penalty_cents
    return of.entry(
        "billed outside", value_on, booked_on,
        debit(Account.MEMO_INTEREST, of.currency, interest_cents),
        debit(Account.MEMO_PENALTY, of.currency, penalty_cents),
        credit(Account.MEMO_CONTRA, of.currency, both_cents),
        debit(Account.MEMO_CONTRA_EXACT, of.exact, both_cents * of.rate_den),
        credit(Account.MEMO_INTEREST_ACCRUED, of.exact, interest_cents * of.rate_den),
        credit(Account.MEMO_PENALTY_ACCRUED, of.exact, penalty_cents * of.rate_den),
    )  # fmt: skip


@posting("charged")
def charged(of: Of, *, fees_cents: int, penalty_cents: int, value_on: date, booked_on: date) -> Entry:
    """A fee for service or lateness, or a penalty set by hand, is owed and earned.

    Dr  fees receivable             fees_cents
    Dr  penalty receivable          penalty_cents
        Cr  fee income                  fees_cents
        Cr  conversion, billed          penalty_cents
    Dr  conversion, accrued         penalty_cents * rate_den
        Cr  penalty income              penalty_cents * rate_den
    """
    return of.entry(
        "charged", value_on, booked_on,
        debit(Account.FEES, of.currency, fees_cents),
        debit(Account.PENALTY, of.currency, penalty_cents),
        credit(Account.FEE_INCOME, of.currency, fees_cents),
        credit(Account.BILLED_CENTS, of.currency, penalty_cents),
        debit(Account.BILLED_EXACT, of.exact, penalty_cents * of.rate_den),
        credit(Account.PENALTY_INCOME, of.exact, penalty_cents * of.rate_den),
    )  # fmt: skip


@posting("charged outside")
def charged_outside(of: Of, *, fees_cents: int, penalty_cents: int, value_on: date, booked_on: date) -> Entry:
    """The same on a loan whose interest is no longer income: the fee is owed, the penalty stays outside.

    Dr  fees receivable             fees_cents
        Cr  fee income                  fees_cents
    Dr  memorandum: penalty         penalty_cents
        Cr  memorandum: contra          penalty_cents
    """
    return of.entry(
        "charged outside", value_on, booked_on,
        debit(Account.FEES, of.currency, fees_cents),
        credit(Account.FEE_INCOME, of.currency, fees_cents),
        debit(Account.MEMO_PENALTY, of.currency, penalty_cents),
        credit(Account.MEMO_CONTRA, of.currency, penalty_cents),
    )  # fmt: skip


@posting("earned")
def earned(of: Of, *, fees_cents: int, value_on: date, booked_on: date) -> Entry:
    """A part of the origination fee is earned, by effective rate.

    Dr  fees not yet earned         fees_cents
        Cr  fee income                  fees_cents
    """
    return of.entry(
        "earned", value_on, booked_on,
        debit(Account.UNEARNED_FEES, of.currency, fees_cents),
        credit(Account.FEE_INCOME, of.currency, fees_cents),
    )  # fmt: skip


@posting("received")
def received(of: Of, *, parts: Parts, value_on: date, booked_on: date) -> Entry:
    """A payment settled part of a loan.

    Dr  cash at the payment rail    parts.principal + parts.interest + parts.penalty + parts.fees
        Cr  loans receivable            parts.principal
        Cr  interest receivable         parts.interest
        Cr  penalty receivable          parts.penalty
        Cr  fees receivable             parts.fees
    """
    return of.entry(
        "received", value_on, booked_on,
        debit(Account.CASH, of.currency, parts.total_cents),
        credit(Account.LOANS, of.currency, parts.principal),
        credit(Account.INTEREST, of.currency, parts.interest),
        credit(Account.PENALTY, of.currency, parts.penalty),
        credit(Account.FEES, of.currency, parts.fees),
    )  # fmt: skip


@posting("received, non-accrual")
def received_nonaccrual(of: Of, *, parts: Parts, value_on: date, booked_on: date) -> Entry:
    """A payment on a loan whose interest is no longer income: what is not principal is income when it comes.

    Dr  cash at the payment rail    parts.principal + parts.interest + parts.penalty + parts.fees
        Cr  loans receivable            parts.principal
        Cr  fees receivable             parts.fees
        Cr  conversion, billed          parts.interest + parts.penalty
    Dr  conversion, accrued         (parts.interest + parts.penalty) * rate_den
        Cr  interest income             parts.interest * rate_den
        Cr  penalty income              parts.penalty * rate_den
    Dr  memorandum: contra          parts.interest + parts.penalty
        Cr  memorandum: interest        parts.interest
        Cr  memorandum: penalty         parts.penalty
    """
    return of.entry(
        "received, non-accrual", value_on, booked_on,
        debit(Account.CASH, of.currency, parts.total_cents),
        credit(Account.LOANS, of.currency, parts.principal),
        credit(Account.FEES, of.currency, parts.fees),
        *_income(of, parts),
        *_claim_met(of, Parts(interest=parts.interest, penalty=parts.penalty)),
    )  # fmt: skip


@posting("recovered")
def recovered(of: Of, *, parts: Parts, value_on: date, booked_on: date) -> Entry:
    """A payment after the write-off: principal goes back to the allowance, the rest is income.

    Dr  cash at the payment rail    parts.principal + parts.interest + parts.penalty + parts.fees
        Cr  allowance for credit losses  parts.principal
        Cr  fee income                  parts.fees
        Cr  conversion, billed          parts.interest + parts.penalty
    Dr  conversion, accrued         (parts.interest + parts.penalty) * rate_den
        Cr  interest income             parts.interest * rate_den
        Cr  penalty income              parts.penalty * rate_den
    Dr  memorandum: contra          parts.principal + parts.interest + parts.penalty + parts.fees
        Cr  memorandum: written-off principal   parts.principal
        Cr  memorandum: interest        parts.interest
        Cr  memorandum: penalty         parts.penalty
        Cr  memorandum: fees            parts.fees
    """
    return of.entry(
        "recovered", value_on, booked_on,
        debit(Account.CASH, of.currency, parts.total_cents),
        credit(Account.ALLOWANCE, of.currency, parts.principal),
        credit(Account.FEE_INCOME, of.currency, parts.fees),
        *_income(of, parts),
        *_claim_met(of, parts),
    )  # fmt: skip


@posting("waived")
def waived(of: Of, *, parts: Parts, value_on: date, booked_on: date) -> Entry:
    """Fees, interest and penalty the lender gave up are taken back from income.

    Dr  fee income                  parts.fees
        Cr  fees receivable             parts.fees
    Dr  conversion, billed          parts.interest + parts.penalty
        Cr  interest receivable         parts.interest
        Cr  penalty receivable          parts.penalty
    Dr  interest income             parts.interest * rate_den
    Dr  penalty income              parts.penalty * rate_den
        Cr  conversion, accrued         (parts.interest + parts.penalty) * rate_den
    """
    return of.entry(
        "waived", value_on, booked_on,
        debit(Account.FEE_INCOME, of.currency, parts.fees),
        credit(Account.FEES, of.currency, parts.fees),
        credit(Account.INTEREST, of.currency, parts.interest),
        credit(Account.PENALTY, of.currency, parts.penalty),
        *_income(of, Parts() - parts),
    )  # fmt: skip


@posting("waived, non-accrual")
def waived_nonaccrual(of: Of, *, parts: Parts, value_on: date, booked_on: date) -> Entry:
    """The same on a loan whose interest is no longer income: it was never there to take back.

    Dr  fee income                  parts.fees
        Cr  fees receivable             parts.fees
    Dr  memorandum: contra          parts.interest + parts.penalty
        Cr  memorandum: interest        parts.interest
        Cr  memorandum: penalty         parts.penalty
    """
    return of.entry(
        "waived, non-accrual", value_on, booked_on,
        debit(Account.FEE_INCOME, of.currency, parts.fees),
        credit(Account.FEES, of.currency, parts.fees),
        *_claim_met(of, Parts(interest=parts.interest, penalty=parts.penalty)),
    )  # fmt: skip


@posting("given up after write-off")
def given_up(of: Of, *, parts: Parts, value_on: date, booked_on: date) -> Entry:
    """A claim on a loan written off long ago is waived or forgiven: it leaves the memorandum, nothing else moves.

    Dr  memorandum: contra          parts.principal + parts.interest + parts.penalty + parts.fees
        Cr  memorandum: written-off principal   parts.principal
        Cr  memorandum: interest        parts.interest
        Cr  memorandum: penalty         parts.penalty
        Cr  memorandum: fees            parts.fees
    """
    return of.entry("given up after write-off", value_on, booked_on, *_claim_met(of, parts))


@posting("provided")
def provided(of: Of, *, principal_cents: int, value_on: date, booked_on: date) -> Entry:
    """A loss that is certain is charged before it is taken from the allowance.

    Dr  credit losses               principal_cents
        Cr  allowance for credit losses  principal_cents
    """
    return of.entry(
        "provided", value_on, booked_on,
        debit(Account.CREDIT_LOSS, of.currency, principal_cents),
        credit(Account.ALLOWANCE, of.currency, principal_cents),
    )  # fmt: skip


@posting("principal forgiven")
def forgiven(of: Of, *, principal_cents: int, value_on: date, booked_on: date) -> Entry:
    """Principal given up in a settlement for less is a loss that the allowance bears.

    Dr  allowance for credit losses  principal_cents
        Cr  loans receivable            principal_cents
    """
    return of.entry(
        "principal forgiven", value_on, booked_on,
        debit(Account.ALLOWANCE, of.currency, principal_cents),
        credit(Account.LOANS, of.currency, principal_cents),
    )  # fmt: skip


@posting("rebated")
def rebated(of: Of, *, amount_cents: int, value_on: date, booked_on: date) -> Entry:
    """Charges above the dated cap are given back.

    Dr  charges given back          amount_cents
        Cr  owed back to borrowers      amount_cents
    """
    return of.entry(
        "rebated", value_on, booked_on,
        debit(Account.REBATES, of.currency, amount_cents),
        credit(Account.REFUNDS, of.currency, amount_cents),
    )  # fmt: skip


@posting("corrected", any_account=True)
def corrected(of: Of, *, was: Iterable[Entry], now: Iterable[Entry], value_on: date, booked_on: date) -> Entry:
    """Something with an earlier value date changed what came after it: the entries of the new story less those of the
    old one, account by account; history is not edited.
    """
    sums: dict[tuple[Account, str], int] = {}
    for sign, entries in ((-1, was), (1, now)):
        for line in (line for entry in entries for line in entry.lines):
            key = line.account, line.unit
            sums[key] = sums.get(key, 0) + sign * line.amount
    ordered = sorted(sums.items(), key=lambda one: (one[0][1], one[0][0].number))
    return of.entry(
        "corrected", value_on, booked_on, *(debit(account, unit, amount) for (account, unit), amount in ordered)
    )


def _income(of: Of, parts: Parts) -> tuple[Line, ...]:
    """Interest and penalty become income as they come, in exact units through the conversion pair."""
    both_cents = parts.interest + parts.penalty
    return (
        credit(Account.BILLED_CENTS, of.currency, both_cents),
        debit(Account.BILLED_EXACT, of.exact, both_cents * of.rate_den),
        credit(Account.INTEREST_INCOME, of.exact, parts.interest * of.rate_den),
        credit(Account.PENALTY_INCOME, of.exact, parts.penalty * of.rate_den),
    )


def _claim_met(of: Of, parts: Parts) -> tuple[Line, ...]:
    """A claim kept outside the balance sheet is smaller by so much."""
    return (
        debit(Account.MEMO_CONTRA, of.currency, parts.total_cents),
        credit(Account.MEMO_PRINCIPAL, of.currency, parts.principal),
        credit(Account.MEMO_INTEREST, of.currency, parts.interest),
        credit(Account.MEMO_PENALTY, of.currency, parts.penalty),
        credit(Account.MEMO_FEES, of.currency, parts.fees),
    )
