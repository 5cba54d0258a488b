"""The books: the trial balance and whether they equal the loans, statements of account, and closing a period."""

import csv
import sys
from datetime import datetime
from typing import Annotated, Final

import typer

from lendmill.cli.counting import counted
from lendmill.settings import load

commands = typer.Typer()
ledger = typer.Typer(help="Statements of account, a borrower's entries, and closing the books.")
commands.add_typer(ledger, name="ledger")

A_DAY: Final = ["%Y-%m-%d"]


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
        print(f"{control.what:<24} books {control.books:>20}  loans {control.loans:>20}  {control.unit}")
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
    running, borrowers = counted(book.running, "loan"), counted(book.borrowers, "borrower")
    print(f"{here}: {running} to {borrowers}, {yuan(book.outstanding_cents)} outstanding")
    drawn = counted(book.drawn_loans, "loan")
    print(f"drawn {drawn}, {yuan(book.drawn_cents)}; closed {book.closed:,}; paying {book.paying:,}")
    print(f"late {counted(book.late_loans, 'loan')}, {yuan(book.late_cents)} ({book.late_bp / 100:.2f} %); "
          f"non-performing {book.nonperforming_bp / 100:.2f} %")  # fmt: skip
    print(f"left to lend {yuan(left_cents)}")


@ledger.command()
def statement(
    account: Annotated[str, typer.Argument(help="The account's number, such as 1301; see docs/postings.md.")],
    first: Annotated[datetime, typer.Option(formats=A_DAY, help="The first booking day.")],
    last: Annotated[datetime, typer.Option(formats=A_DAY, help="The last booking day.")],
    unit: Annotated[str, typer.Option(help="CNY for cents, or an accrual's unit such as CNY/1000000.")] = "CNY",
) -> None:
    """An account's statement as CSV: opening, each line with both its dates and the balance after it, closing."""
    from lendmill.cli import opened
    from lendmill.ledger.queries import account_numbered, account_statement

    wanted, after = account_numbered(account), None
    out = csv.writer(sys.stdout)
    with opened.database(load()) as database, database.transaction() as db:
        out.writerow(["booked_on", "value_on", "entry_id", "what", "borrower_id", "loan_id", "amount", "balance"])
        while True:
            told = account_statement(
                db, wanted, unit, first_on=first.date(), last_on=last.date(), after=after, most=10_000
            )
            if after is None:
                out.writerow(["", "", "", "opening", "", "", "", told.opening])
            for line in told.lines:
                out.writerow([line.booked_on, line.value_on, line.entry_id, line.what, line.borrower_id, line.loan_id,
                              line.amount, line.balance])  # fmt: skip
            if (after := told.next_after) is None:
                out.writerow(["", "", "", "closing", "", "", "", told.closing])
                return


@ledger.command()
def entries(
    shop: Annotated[str, typer.Argument(help="A shop of the borrower, by the marketplace's name for it.")],
) -> None:
    """All entries about a borrower as CSV, newest first, corrections included, with both their dates."""
    from lendmill.cli import opened
    from lendmill.ledger.queries import entries_of
    from lendmill.people.queries import shops_by_key

    out = csv.writer(sys.stdout)
    with opened.database(load()) as database, database.transaction() as db:
        found = shops_by_key(db, [shop])
        if shop not in found:
            raise typer.BadParameter(f"No borrower runs a shop called {shop}: `lendmill import` registers shops.")
        out.writerow(["booked_on", "value_on", "entry_id", "what", "loan_id", "account", "unit", "amount"])
        before = None
        while page := entries_of(db, found[shop].borrower_id, before=before):
            for line in page:
                out.writerow([line.booked_on, line.value_on, line.entry_id, line.what, line.loan_id, line.account,
                              line.unit, line.amount])  # fmt: skip
            before = page[-1].entry_id


@ledger.command()
def close(
    through: Annotated[datetime, typer.Argument(formats=A_DAY, help="The last day of the period.")],
    by: Annotated[str, typer.Option(help="The sign-in name of whoever closes it; their work is finance.")],
) -> None:
    """Close the books through a day that is over. There is no way back."""
    from lendmill.cli import opened
    from lendmill.insight.actions import close_books
    from lendmill.people.roles import may
    from lendmill.people.sign_in.queries import caller_named

    with opened.database(load()) as database:
        with database.transaction() as db:
            closer = caller_named(db, by)
        if closer is None or not may(closer.role, "POST /api/v1/closings"):
            raise typer.BadParameter(
                f"{by} is nobody who may close the books: `lendmill open-account` lets somebody in."
            )
        closing = database.act(close_books, through_on=through.date(), closed_by=closer.account_id)
    entries = counted(closing.entries, "entry", "entries")
    print(f"Closed through {closing.through_on}: {entries}, fingerprint {closing.digest}")


@ledger.command()
def closings(
    check: Annotated[
        bool, typer.Option(help="Work out again what the books say, and exit with 1 if it differs.")
    ] = False,
) -> None:
    """The closed periods, the latest first, each with the fingerprint of its trial balance."""
    from lendmill.cli import opened
    from lendmill.ledger import queries

    differs, before = 0, None
    with opened.database(load()) as database, database.transaction() as db:
        while page := queries.closings(db, before=before):
            for closing in page:
                told = ""
                if check:
                    same = queries.still_so(db, closing)
                    differs += not same
                    told = "  still so" if same else "  THE BOOKS SAY SOMETHING ELSE NOW"
                print(f"{closing.through_on}  {closing.closer:<20} {closing.entries:>12,}  {closing.digest}{told}")
            before = page[-1].through_on
    if differs:
        sys.exit(1)
