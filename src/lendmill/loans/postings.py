"""What each event of a loan does to the books; every docstring is the entry's T-account."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from lendmill.ledger.accounts import Account, exact_unit
from lendmill.ledger.entry import Entry, credit, debit, lines
from lendmill.ledger.posting import posting
from lendmill.loans.account import Totals
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


@posting("drawn")
def drawn(of: Of, *, principal_cents: int, value_on: date, booked_on: date) -> Entry:
    """Money has arrived at the seller.

    Dr  loans receivable            principal_cents
        Cr  cash at the payment rail    principal_cents
    """
    made = lines(debit(Account.LOANS, of.currency, principal_cents), credit(Account.CASH, of.currency, principal_cents))
    return Entry("drawn", made, value_on, booked_on, of.borrower_id, of.loan_id, of.product_key)


@posting("billed")
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
    made = lines(
        debit(Account.INTEREST, of.currency, interest_cents),
        debit(Account.PENALTY, of.currency, penalty_cents),
        credit(Account.BILLED_CENTS, of.currency, both_cents),
        debit(Account.BILLED_EXACT, of.exact, both_cents * of.rate_den),
        credit(Account.INTEREST_ACCRUED, of.exact, interest_cents * of.rate_den),
        credit(Account.PENALTY_ACCRUED, of.exact, penalty_cents * of.rate_den),
    )
    return Entry("billed", made, value_on, booked_on, of.borrower_id, of.loan_id, of.product_key)


@posting("received")
def received(of: Of, *, parts: Parts, value_on: date, booked_on: date) -> Entry:
    """A payment settled part of a loan.

    Dr  cash at the payment rail    parts.principal + parts.interest + parts.penalty + parts.fees
        Cr  loans receivable            parts.principal
        Cr  interest receivable         parts.interest
        Cr  penalty receivable          parts.penalty
        Cr  fees receivable             parts.fees
    """
    made = lines(
        debit(Account.CASH, of.currency, parts.total_cents),
        credit(Account.LOANS, of.currency, parts.principal),
        credit(Account.INTEREST, of.currency, parts.interest),
        credit(Account.PENALTY, of.currency, parts.penalty),
        credit(Account.FEES, of.currency, parts.fees),
    )
    return Entry("received", made, value_on, booked_on, of.borrower_id, of.loan_id, of.product_key)


@posting("overpaid")
def overpaid(*, borrower_id: UUID, excess_cents: int, value_on: date, booked_on: date, currency: str = "CNY") -> Entry:
    """More came in than was owed; it goes back to where it came from.

    Dr  cash at the payment rail    excess_cents
        Cr  owed back to borrowers      excess_cents
    """
    made = lines(debit(Account.CASH, currency, excess_cents), credit(Account.REFUNDS, currency, excess_cents))
    return Entry("overpaid", made, value_on, booked_on, borrower_id)


@posting("refunded")
def refunded(*, borrower_id: UUID, amount_cents: int, value_on: date, booked_on: date, currency: str = "CNY") -> Entry:
    """The excess has gone back to the borrower.

    Dr  owed back to borrowers      amount_cents
        Cr  cash at the payment rail    amount_cents
    """
    made = lines(debit(Account.REFUNDS, currency, amount_cents), credit(Account.CASH, currency, amount_cents))
    return Entry("refunded", made, value_on, booked_on, borrower_id)


@posting("closed", either_side=True)
def closed(of: Of, *, interest_accrued: int, penalty_accrued: int, value_on: date, booked_on: date) -> Entry:
    """What rounding left in the accruals of a loan that is paid in full.

    Dr  rounding                    interest_accrued + penalty_accrued
        Cr  interest accrued, not billed    interest_accrued
        Cr  penalty accrued, not billed     penalty_accrued
    """
    made = lines(
        debit(Account.ROUNDING, of.exact, interest_accrued + penalty_accrued),
        credit(Account.INTEREST_ACCRUED, of.exact, interest_accrued),
        credit(Account.PENALTY_ACCRUED, of.exact, penalty_accrued),
    )
    return Entry("closed", made, value_on, booked_on, of.borrower_id, of.loan_id, of.product_key)


@posting("corrected", any_account=True)
def corrected(
    of: Of, *, was: Totals, now: Totals, cash_cents: int, excess_cents: int, value_on: date, booked_on: date
) -> Entry:
    """Money with an earlier value date changed what came after it; the difference is posted, history is not edited.

    Dr  cash at the payment rail    cash_cents
    Dr  loans receivable            now.principal_cents - was.principal_cents
    Dr  interest receivable         now.interest_cents - was.interest_cents
    Dr  penalty receivable          now.penalty_cents - was.penalty_cents
    Dr  fees receivable             now.fees_cents - was.fees_cents
        Cr  conversion, billed          now.interest_billed_cents - was.interest_billed_cents + now.penalty_billed_cents - was.penalty_billed_cents
        Cr  owed back to borrowers      excess_cents
    Dr  conversion, accrued         (now.interest_billed_cents - was.interest_billed_cents + now.penalty_billed_cents - was.penalty_billed_cents) * rate_den
        Cr  interest accrued, not billed    (now.interest_billed_cents - was.interest_billed_cents) * rate_den
        Cr  penalty accrued, not billed     (now.penalty_billed_cents - was.penalty_billed_cents) * rate_den
    """  # noqa: E501
    interest_cents = now.interest_billed_cents - was.interest_billed_cents
    penalty_cents = now.penalty_billed_cents - was.penalty_billed_cents
    made = lines(
        debit(Account.CASH, of.currency, cash_cents),
        debit(Account.LOANS, of.currency, now.principal_cents - was.principal_cents),
        debit(Account.INTEREST, of.currency, now.interest_cents - was.interest_cents),
        debit(Account.PENALTY, of.currency, now.penalty_cents - was.penalty_cents),
        debit(Account.FEES, of.currency, now.fees_cents - was.fees_cents),
        credit(Account.BILLED_CENTS, of.currency, interest_cents + penalty_cents),
        credit(Account.REFUNDS, of.currency, excess_cents),
        debit(Account.BILLED_EXACT, of.exact, (interest_cents + penalty_cents) * of.rate_den),
        credit(Account.INTEREST_ACCRUED, of.exact, interest_cents * of.rate_den),
        credit(Account.PENALTY_ACCRUED, of.exact, penalty_cents * of.rate_den),
    )
    return Entry("corrected", made, value_on, booked_on, of.borrower_id, of.loan_id, of.product_key)


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
