"""Bringing sellers' records in, working out what they say, and making up a market to try the house with."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lendmill.cli.counting import counted
from lendmill.refusals import Refusal
from lendmill.settings import load

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lendmill.shops.importers.mapped import ImportReport
    from lendmill.shops.sellers import Seller

commands = typer.Typer()
bringing = typer.Typer(help="Bring sellers' records into the lake.", no_args_is_help=True)
laboratory = typer.Typer(help="The simulated market.", no_args_is_help=True)
commands.add_typer(bringing, name="import")
commands.add_typer(laboratory, name="lab")

DOUBTED_SHOWN = 20
LakeOnly = Annotated[bool, typer.Option("--lake-only", help="Only fill the lake; register nobody.")]


class NotADay(Refusal):
    """{text!r} is not a day: write it like 2026-01-31."""


@bringing.command()
def invoices(
    folder: Annotated[Path, typer.Argument(help="A folder with firms.csv and invoices.parquet or invoices.csv.")],
    lake_only: LakeOnly = False,
) -> None:
    """Bring in small firms' invoices, and register the firms as borrowers."""
    from lendmill.cli.bars import bars
    from lendmill.shops.importers.invoices import import_invoices
    from lendmill.shops.lake import Lake

    settings = load()
    with bars(counts=False) as told:
        result = import_invoices(
            folder,
            Lake(settings.lake),
            received_at=datetime.now(UTC),
            progress=lambda done, total: told("invoices", done, total),
        )
    _tell(result.report)
    print(
        f"{len(result.sellers):,} firms; {result.labels.height:,} of them with a bank's verdict, kept as labels only."
    )
    if not lake_only:
        _register(result.sellers)


@bringing.command()
def olist(
    folder: Annotated[Path, typer.Argument(help="The folder with the set's order_items.parquet and its other tables.")],
    lake_only: LakeOnly = False,
) -> None:
    """Bring in the open set of a Brazilian marketplace: the orders of three thousand sellers."""
    _bring_set("olist", folder, lake_only)


@bringing.command()
def koubei(
    folder: Annotated[Path, typer.Argument(help="The folder with the set's shop_info.csv and its other tables.")],
    lake_only: LakeOnly = False,
) -> None:
    """Bring in the open set of local shops: page views and counted payments of two thousand shops."""
    _bring_set("koubei", folder, lake_only)


def _bring_set(name: str, folder: Path, lake_only: bool) -> None:
    from lendmill.cli.bars import bars
    from lendmill.shops.importers.presets.bringing import import_preset
    from lendmill.shops.lake import Lake

    settings = load()
    with bars(counts=False) as told:
        result = import_preset(
            name,
            folder,
            Lake(settings.lake),
            received_at=datetime.now(UTC),
            progress=lambda done, total: told(name, done, total),
        )
    for report in result.reports:
        _tell(report)
    if not lake_only:
        _register(result.sellers)


@bringing.command()
def events(
    files: Annotated[list[Path], typer.Argument(help="CSV or Parquet files.")],
    mapping: Annotated[Path, typer.Option(help="A TOML file that says which column is what: see docs/import.md.")],
    sellers: Annotated[Path | None, typer.Option(help="A CSV of sellers to register as borrowers.")] = None,
) -> None:
    """Bring in any shop's events by a mapping."""
    from lendmill.cli.bars import bars
    from lendmill.shops.importers.mapped import import_file, read_through
    from lendmill.shops.lake import Lake
    from lendmill.shops.sellers import read_sellers

    settings = load()
    who = read_sellers(sellers) if sellers is not None else []
    by = read_through(files, mapping)
    with bars(counts=False) as told:
        reports = [
            import_file(
                file,
                by,
                Lake(settings.lake),
                received_at=datetime.now(UTC),
                progress=lambda done, total, name=file.name: told(name, done, total),  # type: ignore[misc]
            )
            for file in files
        ]
    for report in reports:
        _tell(report)
    if who:
        _register(who)


@bringing.command()
def house() -> None:
    """Bring in what the house learned by itself: third parties' answers, stated figures, finished questionnaires."""
    from lendmill.cli import opened
    from lendmill.day_end.learning import lay_in
    from lendmill.shops.lake import Lake

    settings = load()
    with opened.database(settings) as database:
        reports = lay_in(database, Lake(settings.lake), received_at=datetime.now(UTC))
    for report in reports:
        _tell(report)
    if not reports:
        print("Nothing was learned since the last time.")


@laboratory.command()
def market(
    out: Annotated[Path, typer.Option(help="The folder to write to.")],
    seed: Annotated[int, typer.Option(help="The same seed is the same market to the byte.", min=0)] = 1,
    sellers: Annotated[int, typer.Option(help="How many sellers.", min=1)] = 300,
    months: Annotated[int, typer.Option(help="How many months of records.", min=4)] = 18,
    through: Annotated[str, typer.Option(help="The last day of the records.")] = "2025-12-31",
) -> None:
    """Make up a market: CSV files, the mapping to import them, and what became of its sellers."""
    from lendmill.cli.bars import bars
    from lendmill.lab.market import Market, event_files, write_market

    made = Market(seed, sellers=sellers, months=months, through_on=day_of(through))
    with bars() as told:
        mapping = write_market(made, out, lambda done, total: told("sellers", done, total))
    print(f"{counted(sellers, 'seller')}, {made.first_on} to {made.through_on}. To bring them in:")
    files = " ".join(str(file) for file in event_files(out))
    print(f"lendmill import events {files} --mapping {mapping} --sellers {out}/sellers.csv")


def day_of(text: str) -> date:
    """A day as somebody writes it on the command line."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotADay(text=text) from None


def _tell(report: "ImportReport") -> None:
    if report.already:
        print(f"{report.file}: imported before; nothing changed.")
        return
    print(
        f"{report.file}: {report.rows:,} rows, {report.good:,} good ({report.repeated:,} repeated, "
        f"{report.corrected:,} corrections), {report.skipped:,} skipped, {report.rejected:,} rejected; "
        f"{report.first_on} to {report.last_on}."
    )
    if report.rejects_file is not None:
        print(f"  rejected rows, each with its line and reason: {report.rejects_file}")


def _register(sellers: "Sequence[Seller]") -> None:
    """Make borrowers of sellers; a house that has no day yet opens with the clock's."""
    from lendmill.cli import opened
    from lendmill.people.actions import number_mistake, open_house, register_borrowers
    from lendmill.people.memberships.actions import bring_memberships
    from lendmill.people.queries import house_day, shops_by_key
    from lendmill.people.seal import Seal

    settings = load()
    with opened.database(settings) as database:
        database.act(open_house, today=datetime.now().astimezone().date())
        with database.transaction() as db:
            today = house_day(db)
            known = shops_by_key(db, [seller.shop_key for seller in sellers])
        shops = database.act(register_borrowers, sellers=sellers, today=today, seal=Seal(settings.secret_key()))
        changed, refused = bring_memberships(database, sellers=sellers, today=today)
    new, kept = len(shops) - len(known), len(known.keys() - changed)
    print(f"{counted(len(shops), 'seller')}: {new:,} new, {len(known) - kept:,} changed, {kept:,} as they were.")
    if changed:
        print(f"From {today} on another wholesale membership: {', '.join(changed[:DOUBTED_SHOWN])}")
        if len(changed) > DOUBTED_SHOWN:
            print(f"  and {len(changed) - DOUBTED_SHOWN:,} more")
    for shop_key, refusal in list(refused.items())[:DOUBTED_SHOWN]:
        print(f"  {shop_key}, membership left as it was: {refusal}")
    if len(refused) > DOUBTED_SHOWN:
        print(f"  and {len(refused) - DOUBTED_SHOWN:,} more whose membership was left as it was")
    doubted = [(seller.shop_key, wrong) for seller in sellers if (wrong := number_mistake(seller, today)) is not None]
    for shop_key, wrong in doubted[:DOUBTED_SHOWN]:
        print(f"  {shop_key}, identity not verified: {wrong}")
    if len(doubted) > DOUBTED_SHOWN:
        print(f"  and {len(doubted) - DOUBTED_SHOWN:,} more whose identity number cannot be right")
