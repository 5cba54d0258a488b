"""The books: the trial balance, and whether they equal the loans."""

import sys
from datetime import datetime
from typing import Annotated

import typer

from lendmill.settings import load

commands = typer.Typer()


@commands.command("trial-balance")
def show_trial_balance(
    as_of: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="As of the end of this day; default: now.")
    ] = None,
) -> None:
    """Every account, debits and credits; exits with 1 if anything does not balance."""
    from lendmill.cli import opened
    from lendmill.insight.queries import controls
    from lendmill.ledger.queries import out_of_balance, trial_balance
    from lendmill.people.queries import house_day

    with opened.database(load()) as database, database.transaction() as db:
        here = house_day(db)
        rows = trial_balance(db, as_of.date() if as_of else here)
        compared = controls(db, here)
    for row in rows:
        print(f"{row.account}  {row.name_en:<30} {row.name_zh:<12} {row.balance_cents / 100:>24,.8f}  {row.unit}")
    print()
    for control in compared:
        print(f"{control.what:<18} books {control.books:>20}  loans {control.loans:>20}  {control.unit}")
    wrong = out_of_balance(rows)
    if wrong or any(control.difference for control in compared):
        print(f"OUT OF BALANCE: {wrong or [control for control in compared if control.difference]}")
        sys.exit(1)
    print("Debits equal credits in every unit, and the books equal the loans.")


@commands.command()
def portfolio() -> None:
    """The book in figures."""
    from lendmill.cli import opened
    from lendmill.funding.queries import available_cents
    from lendmill.insight import queries
    from lendmill.money import yuan
    from lendmill.people.queries import house_day

    with opened.database(load()) as database, database.transaction() as db:
        here = house_day(db)
        book, left_cents = queries.portfolio(db, here), available_cents(db)
    print(f"{here}: {book.running:,} loans to {book.borrowers:,} borrowers, {yuan(book.outstanding_cents)} outstanding")
    print(f"drawn {book.drawn_loans:,} loans, {yuan(book.drawn_cents)}; closed {book.closed:,}; paying {book.paying:,}")
    print(f"late {book.late_loans:,} loans, {yuan(book.late_cents)} ({book.late_bp / 100:.2f} %); "
          f"non-performing {book.nonperforming_bp / 100:.2f} %")  # fmt: skip
    print(f"left to lend {yuan(left_cents)}")
