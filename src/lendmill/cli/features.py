"""Summing the shops' days up, and working out what they say as of a day."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from lendmill.cli.counting import counted
from lendmill.settings import load

commands = typer.Typer()


@commands.command()
def features(
    as_of: Annotated[str, typer.Option("--as-of", help="The day, such as 2026-01-31.")],
    out: Annotated[Path | None, typer.Option(help="Write the table here too, as .parquet or .csv.")] = None,
    lake_only: Annotated[bool, typer.Option("--lake-only", help="Keep nothing in the database.")] = False,
) -> None:
    """Work out every shop's features as of a day, and keep them with the registered shops."""
    from lendmill.cli.bars import bars
    from lendmill.features.actions import keep_snapshot
    from lendmill.features.rolling.catching_up import bring_up_to_date
    from lendmill.features.windows import as_of as worked_out
    from lendmill.shops.lake import Lake

    settings = load()
    day = _day(as_of)
    lake = Lake(settings.lake)
    with bars() as told:
        bring_up_to_date(lake, lambda done, total: told("months rolled up", done, total))
    table = worked_out(lake, day)
    print(f"{counted(table.height, 'shop')}, {counted(table.width - 1, 'feature')} as of {day}.")
    if out is not None:
        table.write_csv(out) if out.suffix == ".csv" else table.write_parquet(out)
        print(out)
    if not lake_only:
        from lendmill.cli import opened

        with opened.database(settings) as database:
            print(f"snapshot {database.act(keep_snapshot, table, as_of_on=day)}")


@commands.command("roll-up")
def roll_up(
    every: Annotated[bool, typer.Option("--all", help="Throw all roll-ups away and make them again.")] = False,
) -> None:
    """Sum up the shops' days that were imported since the last time; killed half-way, run it again and it goes on."""
    from lendmill.cli.bars import bars
    from lendmill.features.rolling.catching_up import bring_up_to_date, roll_up_all
    from lendmill.shops.lake import Lake

    lake = Lake(load().lake)
    with bars() as told:
        work = roll_up_all if every else bring_up_to_date
        rollups = work(lake, lambda done, total: told("months rolled up", done, total))
    pages = rollups.pages()
    rows = sum(file.rows for page in pages for file in page.files if file.table == "days")
    months = len({page.month for page in pages})
    print(f"{counted(rows, 'day')} of shops in {counted(months, 'month')} summed up; nothing is waiting.")


def _day(text: str) -> date:
    from lendmill.cli.shops import NotADay

    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotADay(text=text) from None
