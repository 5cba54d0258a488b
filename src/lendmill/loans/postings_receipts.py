"""What a borrower's money does to the books when it belongs to no loan: too much, held, sent back, bounced."""

from datetime import date
from uuid import UUID

from lendmill.ledger.accounts import Account
from lendmill.ledger.entry import Entry, credit, debit, lines
from lendmill.ledger.posting import posting


def _entry(
    what: str, borrower_id: UUID, value_on: date, booked_on: date, dr: Account, cr: Account, cents: int
) -> Entry:
    made = lines(debit(dr, "CNY", cents), credit(cr, "CNY", cents))
    return Entry(what, made, value_on, booked_on, borrower_id)


@posting("overpaid")
def overpaid(*, borrower_id: UUID, amount_cents: int, value_on: date, booked_on: date) -> Entry:
    """More came in than was owed; it goes back to where it came from.

    Dr  cash at the payment rail    amount_cents
        Cr  owed back to borrowers      amount_cents
    """
    return _entry("overpaid", borrower_id, value_on, booked_on, Account.CASH, Account.REFUNDS, amount_cents)


@posting("held", either_side=True)
def held(*, borrower_id: UUID, amount_cents: int, value_on: date, booked_on: date) -> Entry:
    """More came in than was owed; the product holds it for the next due. Below nothing: it is taken for one.

    Dr  cash at the payment rail    amount_cents
        Cr  held for borrowers          amount_cents
    """
    return _entry("held", borrower_id, value_on, booked_on, Account.CASH, Account.HELD, amount_cents)


@posting("refunded")
def refunded(*, borrower_id: UUID, amount_cents: int, value_on: date, booked_on: date) -> Entry:
    """The excess has gone back to the borrower.

    Dr  owed back to borrowers      amount_cents
        Cr  cash at the payment rail    amount_cents
    """
    return _entry("refunded", borrower_id, value_on, booked_on, Account.REFUNDS, Account.CASH, amount_cents)


@posting("claimed", either_side=True)
def claimed(*, borrower_id: UUID, amount_cents: int, value_on: date, booked_on: date) -> Entry:
    """A payment was reversed after part of it had gone back: the borrower owes that part. Below nothing: it came in.

    Dr  claims on borrowers         amount_cents
        Cr  cash at the payment rail    amount_cents
    """
    return _entry("claimed", borrower_id, value_on, booked_on, Account.CLAIMS, Account.CASH, amount_cents)


@posting("rebate claimed back")
def reclaimed(*, borrower_id: UUID, amount_cents: int, value_on: date, booked_on: date) -> Entry:
    """Charges had been given back on a loan that is owed again: the borrower owes that money, which has gone.

    Dr  claims on borrowers         amount_cents
        Cr  owed back to borrowers      amount_cents
    """
    return _entry(
        "rebate claimed back", borrower_id, value_on, booked_on, Account.CLAIMS, Account.REFUNDS, amount_cents
    )
