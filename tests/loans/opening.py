"""Loans to test with, opened over the due dates of a method."""

from dataclasses import replace
from datetime import date

from lendmill.loans.account import Account, Terms
from lendmill.loans.plan import direction_for
from lendmill.loans.replay import Event
from lendmill.loans.replay import opened as opened_by
from lendmill.terms.schedule import due_dates


def of_method(terms: Terms, method: str) -> Terms:
    """The same terms for another way of repaying."""
    return replace(terms, method=method, instalment_direction=direction_for(method))


def drawn(terms: Terms, amount_cents: int, months: int, on: date) -> Event:
    """The event of a draw whose money arrived on a day."""
    return Event(
        1, "drawn", on, amount_cents, details={"due": [day.isoformat() for day in due_dates(terms.method, on, months)]}
    )


def opened(terms: Terms, method: str, amount_cents: int, months: int, on: date) -> Account:
    """A loan on the day its money arrived."""
    agreed = of_method(terms, method)
    return opened_by(agreed, drawn(agreed, amount_cents, months, on))[0]
