"""The nightly look at open lines: raises, cuts and new prices by the policy's rules, with notice."""

import typer

from lendmill.cli.counting import counted

commands = typer.Typer()


@commands.command("change-lines")
def change_lines_tonight() -> None:
    """Raise, cut and reprice open lines as the policy's rules say; run again on the same day it changes nothing."""
    from lendmill.cli import bars, opened
    from lendmill.credit.changes.actions import change_lines
    from lendmill.credit.publishing.queries import lending_paused
    from lendmill.people.queries import house_day

    with opened.database() as database, bars.bars() as told:
        with database.transaction() as db:
            today = house_day(db)
            paused = lending_paused(db, today)
        report = change_lines(database, today=today, progress=lambda done: told("lines", done, done))
    if paused:
        print("Lending is paused, for no policy is live: no rule says what a line may become.")
    looked_at = counted(report.looked_at, "line")
    print(f"{looked_at} looked at: {report.raised} raised, {report.cut} cut, {report.priced} repriced.")
    print(f"{counted(report.carried_out, 'earlier notice')} carried out, {report.lapsed} lapsed;")
    print(f"{counted(report.conditions_lapsed, 'line')} closed whose conditions were not met in time,")
    print(f"{counted(report.offers_lapsed, 'offer')} of less than was asked lapsed.")
    for reason, count in sorted(report.reasons.items(), key=lambda item: -item[1]):
        print(f"  {count:>7}  {reason}")
