"""Labels for a house that has no outcomes yet: whose trade fell, by the record alone."""

from pathlib import Path
from typing import Annotated, Final

import typer

from lendmill.settings import load

commands = typer.Typer()

TELL: Final = "lendmill train --target {out} --kind boosted --out-of-time DAY"


@commands.command("proxy-labels")
def proxy_labels(
    out: Annotated[Path, typer.Option(help="The CSV to write: shop_key, as_of_on, known_on, fell.")],
    figure: Annotated[str, typer.Option(help="What is to fall: sales, invoices, visits or payments.")] = "sales",
    days: Annotated[int, typer.Option(help="How many days ahead, held against as many before.")] = 90,
    share: Annotated[float, typer.Option(help="Below which share of the days before it is a fall.")] = 0.3,
    beside_others: Annotated[
        bool, typer.Option("--beside-others", help="Held against the middle shop: a season is nobody's fall.")
    ] = False,
    every: Annotated[int, typer.Option(help="So many days between the days to look from.")] = 30,
    until: Annotated[str, typer.Option(help="The last day of which the record is whole; default: its last.")] = "",
) -> None:
    """Write labels that stand in for outcomes nobody knows yet: which shops' trade fell soon after a day."""
    from lendmill.cli.shops import day_of
    from lendmill.lab.proxies import Proxy, days_to_ask, fallen
    from lendmill.shops.lake import Lake

    lake, proxy = Lake(load().lake), Proxy(figure, days, share, beside_others)
    asked = days_to_ask(lake, proxy, day_of(until) if until else None, every)
    labels = fallen(lake, proxy, asked)
    out.parent.mkdir(parents=True, exist_ok=True)
    labels.write_csv(out)
    shops, fell = labels["shop_key"].n_unique(), labels["fell"].sum()
    print(
        f"{labels.height:,} rows of {shops:,} shops as of {len(asked)} days, {asked[0]} to {asked[-1]}; {fell:,} fell."
    )
    print("A fall is no default: a card of it orders shops, and its PD is that of a fall. To learn one:")
    print(TELL.format(out=out))
