"""What capital does to the books."""

from datetime import date

from lendmill.ledger.accounts import Account
from lendmill.ledger.entry import Entry, credit, debit, lines
from lendmill.ledger.posting import posting


@posting("capital paid in")
def capital_paid_in(*, amount_cents: int, value_on: date, booked_on: date, currency: str = "CNY") -> Entry:
    """The owners put money in.

    Dr  cash at the payment rail    amount_cents
        Cr  paid-in capital             amount_cents
    """
    made = lines(debit(Account.CASH, currency, amount_cents), credit(Account.CAPITAL, currency, amount_cents))
    return Entry("capital paid in", made, value_on, booked_on)
