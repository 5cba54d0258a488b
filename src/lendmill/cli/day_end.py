"""Closes days: the nightly work, for as many days as asked; a dry run of it; and what was done on a day."""

import os
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from lendmill.settings import load

if TYPE_CHECKING:
    from lendmill.day_end import Report
    from lendmill.db import Database
    from lendmill.settings import Settings

commands = typer.Typer()
DAY = ["%Y-%m-%d"]
ORDER = (
    "borrowers", "products", "loans", "rows_billed", "lines", "interest_cents", "penalty_cents", "fees_cents",
    "became_late", "became_medium", "became_long", "stopped_accruing", "resumed_accruing", "entries", "releases",
    "raised", "cut", "priced", "carried_out", "lapsed", "conditions_lapsed", "offers_lapsed",
)  # fmt: skip


@commands.command("day-end")
def close_days(
    through: Annotated[
        datetime | None, typer.Option(formats=DAY, help="The last day to close; default: the house's day.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and leave nothing.")] = False,
    report: Annotated[datetime | None, typer.Option(formats=DAY, help="Say what was done at the end of a day.")] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, max=16, help="How many work side by side; default: one a core, at most four.")
    ] = None,
) -> None:
    """Close every day up to and with one: bill, switch, accrue, fold. Stopped anywhere, run it again."""
    from lendmill.cli import opened
    from lendmill.cli.bars import bars
    from lendmill.day_end import day_end, rehearse, report_of
    from lendmill.people.queries import house_day

    settings = load()
    with opened.database(settings) as database:
        with database.transaction() as db:
            here = house_day(db)
            kept = report_of(db, report.date()) if report else None
        if report:
            print(_told(kept) if kept else f"The end of {report.date()} has not begun.")
            return
        last = through.date() if through else here
        with bars() as progress:

            def watch(day: object, step: str, done: int, of: int) -> None:
                progress(f"{day} {step}", done, of)

            if dry_run:
                reports = rehearse(database, through=last, watch=watch)
            else:
                reports = day_end(database, through=last, watch=watch, workers=workers or min(os.cpu_count() or 1, 4))
                _lay_in(settings, database)
        with database.transaction() as db:
            here = house_day(db)
    for one in reports:
        print(_told(one))
    would = "A dry run: nothing was done. " if dry_run else ""
    print(f"{would}The house's day is {here}." if reports else f"Nothing to close: the house's day is {here} already.")


def _lay_in(settings: "Settings", database: "Database") -> None:
    """What the house learned by itself becomes part of the record; while another import writes, the next night does."""
    from datetime import UTC

    from lendmill.day_end.learning import lay_in
    from lendmill.shops.lake import Lake, LakeBusy

    try:
        lay_in(database, Lake(settings.lake), received_at=datetime.now(UTC))
    except LakeBusy as busy:
        print(f"{busy} What the house learned is brought in with the next day's end, or by `lendmill import house`.")


def _told(report: "Report") -> str:
    """A day's steps, one a line, with counts, sums in yuan, and how long they took."""
    lines = [f"{report.closed_on}"]
    for step, counts in report.steps.items():
        known = sorted(counts, key=lambda what: (ORDER.index(what) if what in ORDER else len(ORDER), what))
        told = ", ".join(_figure(what, counts[what]) for what in known if counts[what])
        took = f"  {report.took_ms[step]:>8,} ms" if step in report.took_ms else ""
        nothing = "nothing by rule" if step == "limits" else "nothing"
        lines.append(f"  {step:<9}{took}  {told or nothing}")
    return "\n".join(lines)


def _figure(what: str, count: int) -> str:
    name = what.removesuffix("_cents").replace("_", " ")
    if not what.endswith("_cents"):
        return f"{name} {count:,}"
    yuan, cents = divmod(abs(count), 100)
    return f"{name} {'-' if count < 0 else ''}{yuan:,}.{cents:02} yuan"
