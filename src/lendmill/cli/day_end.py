"""Closes days: the nightly work, for as many days as asked."""

from datetime import datetime
from typing import Annotated

import typer

from lendmill.settings import load

commands = typer.Typer()


@commands.command("day-end")
def close_days(
    through: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The last day to close; default: the house's day.")
    ] = None,
) -> None:
    """Close every day up to and with one: bill, switch, accrue, fold. Stopped anywhere, run it again."""
    from lendmill.cli import opened
    from lendmill.cli.bars import bars
    from lendmill.day_end import day_end
    from lendmill.people.queries import house_day

    settings = load()
    with opened.database(settings) as database:
        with database.transaction() as db:
            here = house_day(db)
        with bars() as progress:
            reports = day_end(
                database,
                through=through.date() if through else here,
                watch=lambda day, step, done, of: progress(f"{day} {step}", done, of),
            )
        with database.transaction() as db:
            here = house_day(db)
    for report in reports:
        told = ", ".join(f"{what} {count:,}" for step in report.steps.values() for what, count in step.items())
        print(f"{report.closed_on} closed: {told}")
    print(f"The house's day is {here}." if reports else f"Nothing to close: the house's day is {here} already.")
