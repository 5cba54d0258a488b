"""What was offered in place of what was asked: shown, taken up, declined; and who is left out of every trial."""

import math
from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

import typer

commands = typer.Typer()
counter_offers = typer.Typer(no_args_is_help=True, help="Offers of less than was asked.")
commands.add_typer(counter_offers, name="counter-offers")

DAY: Final = ["%Y-%m-%d"]
Borrower = Annotated[str, typer.Argument(help="The borrower's id.")]
Decision = Annotated[str, typer.Argument(help="The decision that made the offer.")]


@counter_offers.command("list")
def listed(borrower: Borrower) -> None:
    """What a borrower was offered in place of what they asked, the newest first, and where each stands."""
    from lendmill.cli import opened
    from lendmill.credit.counters.queries import counter_offers_of
    from lendmill.money import yuan
    from lendmill.people.queries import house_day

    with opened.database() as database, database.transaction() as db:
        today = house_day(db)
        found = counter_offers_of(db, _id(borrower), today)
    for each in found:
        state = each.state(today)
        until = f", until {each.expires_on}" if state == "open" else ""
        print(f"{each.decision_id}  {each.product_key}  {yuan(each.limit_cents)} yuan  {state}{until}")
    if not found:
        print("Nothing was offered in place of what was asked.")


@counter_offers.command()
def accept(
    borrower: Borrower,
    decision: Decision,
    key: Annotated[str, typer.Option(help="A name for this request: sent again under it, it happens once.")] = "",
) -> None:
    """Take up an offer for a borrower who said so: its line opens at the terms offered."""
    from lendmill.cli import opened
    from lendmill.credit.counters.actions import ACCEPT, accept_counter_offer
    from lendmill.money import yuan
    from lendmill.people.command import Command
    from lendmill.people.queries import act_today

    borrower_id, decision_id = _id(borrower), _id(decision)
    command = Command.of(key or f"{ACCEPT} {decision_id}", action=ACCEPT, decision_id=str(decision_id))
    with opened.database() as database:
        line = act_today(
            database, accept_counter_offer, command=command, borrower_id=borrower_id, decision_id=decision_id
        )
    print(f"Line {line.line_id}: {yuan(line.limit_cents)} yuan, {line.status}, until {line.expires_on}.")


@counter_offers.command()
def decline(borrower: Borrower, decision: Decision) -> None:
    """Say no to an offer for a borrower who said so."""
    from lendmill.cli import opened
    from lendmill.credit.counters.actions import decline_counter_offer
    from lendmill.people.queries import act_today

    with opened.database() as database:
        act_today(database, decline_counter_offer, borrower_id=_id(borrower), decision_id=_id(decision))
    print("Declined.")


@commands.command("hold-out")
def hold_out(
    percent: Annotated[
        float | None, typer.Option(help="The share of all borrowers who are in no trial; without it, what is set.")
    ] = None,
    since: Annotated[datetime | None, typer.Option(formats=DAY, help="From which day; without it, today.")] = None,
    reason: Annotated[str, typer.Option(help="Why.")] = "",
    by: Annotated[str, typer.Option(help="Who says so: a name to sign in with.")] = "",
) -> None:
    """Leave a share of all borrowers, drawn by lot, out of every trial: what the trials are measured against."""
    from lendmill.cli import opened
    from lendmill.cli.approvals import member
    from lendmill.credit.testing.queries import hold_out_bp
    from lendmill.credit.trials.actions import set_hold_out
    from lendmill.people.queries import house_day

    with opened.database() as database:
        with database.transaction() as db:
            today = house_day(db)
        from_on = since.date() if since else today
        if percent is not None:
            database.act(
                set_hold_out, share_bp=_basis_points(percent), from_on=from_on, reason=reason, by=member(database, by),
                today=today,
            )  # fmt: skip
        with database.transaction() as db:
            print(f"{hold_out_bp(db, from_on) / 100:g} % of all borrowers are in no trial on {from_on}.")


def _basis_points(percent: float) -> int:
    """A share in basis points; what is no number of them is refused and not rounded away."""
    share_bp = round(percent * 100) if math.isfinite(percent) else 0
    if not math.isclose(share_bp / 100, percent, abs_tol=1e-9):
        raise typer.BadParameter(f"{percent:g} % is no share with at most two digits behind the point.")
    return share_bp


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not an id.") from None
