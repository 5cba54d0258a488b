"""A borrower's loans: what is owed, drawing, repaying, the statement."""

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from lendmill.settings import load

if TYPE_CHECKING:
    from lendmill.db import Db

commands = typer.Typer()


Shop = Annotated[str, typer.Argument(help="The shop, by the name the marketplace knows it by.")]
Key = Annotated[str, typer.Option(help="Makes the command happen once, however often it is sent; default: a new one.")]


@commands.command("loans")
def list_loans(shop: Shop) -> None:
    """What a borrower owes today, line by line and loan by loan."""
    from lendmill.cli import opened
    from lendmill.credit import queries as credit
    from lendmill.loans import queries
    from lendmill.loans.receipts.queries import beside
    from lendmill.money import yuan
    from lendmill.people.queries import house_day

    with opened.database(load()) as database, database.transaction() as db:
        borrower_id, today = _borrower(db, shop), house_day(db)
        for line in credit.lines_of(db, borrower_id):
            figures = f"limit {yuan(line.limit_cents)}  left {yuan(line.available_cents)}  {line.rate} a day"
            print(f"line {line.line_id}  {line.product_key}  {figures}  {line.status} to {line.expires_on}")
        for loan in queries.loans_of(db, borrower_id, today):
            late = f"  {loan.days_past_due} days late" if loan.days_past_due else ""
            figures = f"drawn {yuan(loan.principal_cents)}  owed {yuan(loan.payoff_cents)}"
            coming = f"due now {yuan(loan.due_now_cents)}  next {loan.next_due_on or '-'}"
            print(f"loan {loan.loan_id}  {loan.status}  {figures}  {coming}{late}")
        aside = beside(db, borrower_id)
        if aside.claimed_cents > 0:
            print(f"claim {yuan(aside.claimed_cents)}, sent back of a payment that bounced; a payment meets it first")
        if aside.held_cents > 0:
            print(f"held {yuan(aside.held_cents)} for the next due")


@commands.command()
def statement(shop: Shop, loan: Annotated[UUID, typer.Argument(help="The loan's id.")]) -> None:
    """A loan's story, event by event, by value date."""
    from lendmill.cli import opened
    from lendmill.loans import queries
    from lendmill.money import yuan
    from lendmill.people.queries import house_day

    with opened.database(load()) as database, database.transaction() as db:
        told = queries.statement(db, _borrower(db, shop), loan, house_day(db))
    print(f"{'day':<12}{'what':<9}{'amount':>14}{'principal':>14}{'interest':>12}{'penalty':>12}{'outstanding':>14}")
    for line in told:
        figures = (line.amount_cents, line.principal_cents, line.interest_cents, line.penalty_cents)
        widths = (14, 14, 12, 12)
        shown = "".join(f"{yuan(cents):>{width}}" for cents, width in zip(figures, widths, strict=True))
        print(f"{line.on!s:<12}{line.what:<9}{shown}{yuan(line.outstanding_cents):>14}")


@commands.command()
def draw(
    shop: Shop,
    amount: Annotated[str, typer.Argument(help="How much, in yuan, such as 7000.")],
    method: Annotated[str, typer.Option(help="How it is repaid: on-demand or interest-first.")] = "on-demand",
    months: Annotated[int, typer.Option(help="For how many months.")] = 1,
    product: Annotated[str, typer.Option(help="On which product's line.")] = "credit-line",
    key: Key = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask after showing the cost.")] = False,
) -> None:
    """Draw on a line; the cost is shown first."""
    from lendmill import ids
    from lendmill.cli import opened
    from lendmill.credit import queries as credit
    from lendmill.loans import actions
    from lendmill.loans.quote import quote_draw
    from lendmill.money import cents, yuan
    from lendmill.people.actions import Command
    from lendmill.people.queries import act_today, house_day
    from lendmill.products import queries as products

    amount_cents = cents(amount)
    with opened.database(load()) as database:
        with database.transaction() as db:
            borrower_id, today = _borrower(db, shop), house_day(db)
            lines = [one for one in credit.lines_of(db, borrower_id) if one.product_key == product]
            terms = [products.product(db, one.product_key, one.product_version) for one in lines]
        if not lines:
            raise typer.BadParameter(f"Shop {shop} has no line for {product}: it has to apply first.")
        line = lines[-1]
        quote = quote_draw(line, terms[-1], amount_cents=amount_cents, method=method, months=months, on=today)
        print(f"{quote.nominal_annual:.2%} a year (simple), {quote.effective_annual:.2%} effective; {quote.rate} a day")
        for row in quote.rows:
            print(f"  {row.due_on}  {yuan(row.due_cents):>14}  of it interest {yuan(row.interest_cents)}")
        print(f"  to pay in all {yuan(quote.total_cents)}, interest {yuan(quote.interest_cents)}")
        if not yes:
            typer.confirm("Draw?", abort=True)
        body = {"amount_cents": amount_cents, "method": method, "months": months, "line_id": line.line_id}
        drawn = act_today(
            database,
            actions.draw,
            command=Command.of(key or str(ids.new()), **body),
            borrower_id=borrower_id,
            line_id=line.line_id,
            amount_cents=amount_cents,
            method=method,
            months=months,
        )
    print(f"loan {drawn.loan_id}: the money is on its way; the worker of `lendmill up` carries it to the rail")


@commands.command()
def repay(
    shop: Shop,
    amount: Annotated[str, typer.Argument(help="How much, in yuan, such as 500.50.")],
    loan: Annotated[UUID | None, typer.Option(help="Which loan; default: the oldest due first.")] = None,
    key: Key = "",
) -> None:
    """Ask the rail to collect a payment from a borrower."""
    from lendmill import ids
    from lendmill.cli import opened
    from lendmill.loans import actions
    from lendmill.money import cents
    from lendmill.people.actions import Command
    from lendmill.people.queries import act_today

    amount_cents = cents(amount)
    with opened.database(load()) as database:
        with database.transaction() as db:
            borrower_id = _borrower(db, shop)
        asked = act_today(
            database,
            actions.request_repayment,
            command=Command.of(key or str(ids.new()), amount_cents=amount_cents, loan_id=loan),
            borrower_id=borrower_id,
            amount_cents=amount_cents,
            loan_id=loan,
        )
    print(f"instruction {asked}: the worker of `lendmill up` carries it to the rail")


def _borrower(db: "Db", shop: str) -> UUID:
    from lendmill.people.queries import shops_by_key

    found = shops_by_key(db, [shop])
    if shop not in found:
        raise typer.BadParameter(f"No borrower runs a shop called {shop}: `lendmill import` registers shops.")
    return found[shop].borrower_id
