"""Adjustments of ratings by industry and region: what there is, proposing, agreeing, ending."""

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from lendmill.settings import load

if TYPE_CHECKING:
    from lendmill.rating.adjusting.table import Adjustment, Outcome

commands = typer.Typer()
adjustments = typer.Typer(help="Points for or against an industry or a region, for a time, by two people.")
commands.add_typer(adjustments, name="adjustments")

Id = Annotated[UUID, typer.Argument(help="The adjustment's id; `lendmill adjustments list` shows them.")]
By = Annotated[str, typer.Option(help="The sign-in name of whoever does this.")]
Reason = Annotated[str, typer.Option(help="Why, in words; sellers it concerns read this.")]
Day = Annotated[str, typer.Option(help="A day, such as 2026-01-31.")]


@adjustments.command("list")
def list_all(
    in_force: Annotated[bool, typer.Option(help="Only those in force on the house's day.")] = False,
) -> None:
    """All adjustments with what became of them, the latest first."""
    from lendmill.cli import opened
    from lendmill.people.queries import house_day
    from lendmill.rating.adjusting import queries

    before, shown = None, 0
    with opened.database(load()) as database, database.transaction() as db:
        today = house_day(db)
        while page := queries.in_force(db, today) if in_force else queries.adjustments(db, before=before):
            for each in page:
                _show(each, today)
            before, shown = page[-1].adjustment_id, shown + len(page)
            if in_force:
                break
    if not shown:
        print("There is none.")


@adjustments.command()
def add(
    points: Annotated[int, typer.Option(help="Whole points, -40 to 40.")],
    from_on: Day,
    until_on: Day,
    reason: Reason,
    source: Annotated[str, typer.Option(help="Where it is written, so that another can check.")],
    by: By,
    industry: Annotated[str, typer.Option(help="An industry as borrowers have it; empty: all.")] = "",
    region: Annotated[str, typer.Option(help="A region as borrowers have it; empty: all.")] = "",
) -> None:
    """Propose an adjustment; it counts once another person agrees."""
    from lendmill.rating.adjusting import actions

    _done(
        actions.propose, by, industry=industry or None, region=region or None, points=points,
        from_on=_day(from_on), until_on=_day(until_on), reason=reason, source=source,
    )  # fmt: skip


@adjustments.command()
def end(adjustment: Id, until_on: Day, reason: Reason, by: By) -> None:
    """Propose that an adjustment counts for the last time on a day; that too takes another person."""
    from lendmill.rating.adjusting import actions

    _done(actions.propose_end, by, adjustment_id=adjustment, until_on=_day(until_on), reason=reason)


@adjustments.command()
def approve(
    adjustment: Id, by: By, reason: Annotated[str, typer.Option(help="Why, if there is more to say.")] = ""
) -> None:
    """Agree to what another proposed."""
    _decide(adjustment, "approved", by, reason)


@adjustments.command()
def decline(adjustment: Id, by: By, reason: Annotated[str, typer.Option(help="Why not, in words.")]) -> None:
    """Say no to what another proposed, and why."""
    _decide(adjustment, "declined", by, reason)


@adjustments.command()
def withdraw(adjustment: Id, by: By) -> None:
    """Take one's own proposal back."""
    _decide(adjustment, "withdrawn", by, "")


def _decide(adjustment_id: UUID, outcome: "Outcome", by: str, reason: str) -> None:
    from lendmill.rating.adjusting import actions

    _done(actions.decide, by, adjustment_id=adjustment_id, outcome=outcome, reason=reason)


def _day(text: str) -> date:
    from lendmill.cli.shops import NotADay

    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotADay(text=text) from None


def _done(action: Any, by: str, **asked: Any) -> None:
    from lendmill.cli import opened
    from lendmill.cli.approvals import member
    from lendmill.people.queries import act_today, house_day

    with opened.database(load()) as database:
        made = act_today(database, action, by=member(database, by), **asked)
        with database.transaction() as db:
            _show(made, house_day(db))


def _show(each: "Adjustment", today: date) -> None:
    whom = ", ".join(name for name in (each.industry, each.region) if name) or "everybody"
    what = f"ends {each.ends}" if each.ends else f"{each.points:+d} points"
    print(f"{each.adjustment_id}  {each.state(today)}  {what}  {whom}  {each.from_on} to {each.last_on}")
    decided = f", {each.outcome} by {each.decider} on {each.decided_on}" if each.decider else ""
    print(f"    {each.proposer}: {each.reason} ({each.source}){decided}")
