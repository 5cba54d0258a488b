"""Training a card, rating shops with it, and writing the model card's page."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from lendmill.refusals import Refusal
from lendmill.settings import load

if TYPE_CHECKING:
    from datetime import date

    import polars as pl

    from lendmill.db import Db
    from lendmill.rating.card import Card
    from lendmill.rating.training import Report
    from lendmill.shops.lake import Lake

commands = typer.Typer()

INVOICE_PAGE: Final = Path("docs/rating-invoices.md")
INVOICE_CAUTIONS: Final = (
    "The labels carry no date. A firm that defaulted before the last day of the record traded less afterwards, so "
    "that part of what the card sees may follow the default instead of foretelling it. Do not expect the figures to "
    "hold for firms that are still trading.",
    "All firms are one bank's borrowers, chosen by that bank; those it turned away are not among them.",
    "The share of bad firms is the sample's, not a market's. PDs for another population need their start set anew.",
    "How strongly weights are shrunk, and how many features so few bad payers can teach, was set on draws of the same "
    "size from three other open credit data sets. But a first setting had been tried on these firms before (AUC 0.818) "
    "and its poor calibration prompted the search: the figures here are not wholly untouched by looking.",
    "The bank's own rating of these firms is not an input: it all but gives the answer away.",
)
REPEATS: Final = 4


class EmptyLake(Refusal):
    """There are no shop records yet: import some with `lendmill import` first."""


class NoSuchLabels(Refusal):
    """There are no labels called {name}: name those an import kept, such as invoices, or a CSV or Parquet file."""


class ShopNotRated(Refusal):
    """Nothing was known of shop {shop_key} on {day}, so it cannot be rated."""


@commands.command()
def train(
    target: Annotated[str, typer.Option(help="Labels kept by an import, such as invoices, or a CSV or Parquet file.")],
    as_of: Annotated[str, typer.Option(help="What day undated labels are about; default: the record's last.")] = "",
    key: Annotated[str, typer.Option(help="What to call the card.")] = "card",
    live: Annotated[
        bool, typer.Option("--live", help="Let it rate from now on: for the first card of a house only.")
    ] = False,
) -> None:
    """Learn a card from shops whose outcome is known, measure it out of fold, and keep it as a draft."""
    from lendmill.cli import opened
    from lendmill.rating.registry import actions as registry
    from lendmill.shops.lake import Lake

    settings = load()
    with opened.database(settings) as database:
        if live:
            with database.transaction() as db:
                registry.check_first(db)
        lake = Lake(settings.lake)
        day = _day(as_of) if as_of else _last_day(lake)
        card, report = _learn(lake, _labels(lake, target), day, key=key)
        _tell(report)
        with database.transaction() as db:
            today = _house_day(db)
        model_id = database.act(_keep, card, report, day, today)
        if live:
            database.act(registry.first_live, model_id, today=today)
    print(f"kept as {model_id}, " + ("now live" if live else "a draft: `lendmill models` takes it further"))


def _house_day(db: "Db") -> "date | None":
    """The house's day; a card can be learned before there is one."""
    from lendmill.people.queries import HouseNotOpen, house_day

    try:
        return house_day(db)
    except HouseNotOpen:
        return None


def _keep(db: "Db", card: "Card", report: "Report", day: "date", today: "date | None") -> str:
    """Keep a card with where it comes from and its page."""
    from lendmill.cli.source import code_version
    from lendmill.rating.actions import Provenance, keep_model
    from lendmill.rating.page import page

    told = page(card, report, title=f"The card {card.key}", as_of_on=day)
    came = Provenance(
        kind=getattr(report, "kind", "classic"),
        data_hash=getattr(report, "data_hash", ""),
        code_version=code_version(),
        page=told,
        kept_on=today,
    )
    return keep_model(db, card, report, came)


@commands.command()
def rate(
    shop: Annotated[str, typer.Argument(help="One shop to rate on the screen; without it, all shops are rated.")] = "",
    as_of: Annotated[str, typer.Option(help="The day, such as 2026-01-31; default: the house's day.")] = "",
) -> None:
    """Rate every shop as of a day and keep the ratings, or show how one shop is rated."""
    from datetime import UTC

    from lendmill.cli import opened
    from lendmill.day_end.learning import lay_in
    from lendmill.features import windows
    from lendmill.features.actions import keep_snapshot
    from lendmill.people.queries import house_day
    from lendmill.rating import actions, queries
    from lendmill.shops.lake import Lake

    settings = load()
    with opened.database(settings) as database:
        with database.transaction() as db:
            day, card = _day(as_of) if as_of else house_day(db), queries.live_card(db)
        if not shop:
            lay_in(database, Lake(settings.lake), received_at=datetime.now(UTC))
        frame = windows.as_of(Lake(settings.lake), day, [shop] if shop else None)
        if shop:
            _show(card, frame, shop, day)
            return
        with database.transaction() as db:
            snapshot_id = keep_snapshot(db, frame, as_of_on=day)
            done = actions.rate_all(db, card, frame, today=day, snapshot_id=snapshot_id)
            grades = queries.grade_counts(db, day)
    print(f"{done.rated} shops rated as of {day}, {done.unchanged} unchanged, {done.strangers} not registered here")
    for each in grades:
        mean = "" if each.mean_pd is None else f"  mean PD {each.mean_pd:.2%}"
        print(f"  {each.grade:<7} {each.borrowers:>8,}{mean}")
    for shadow in done.shadows:
        print(f"  in the shadow: {shadow.model_id}, " + (shadow.refused or f"{shadow.rated} rated anew"))


@commands.command("rating-page")
def rating_page(
    folder: Annotated[Path, typer.Argument(help="A folder with firms.csv and invoices, as import invoices takes it.")],
    out: Annotated[Path, typer.Option(help="Where to write the page.")] = INVOICE_PAGE,
) -> None:
    """Train the invoice card on a folder of labelled firms, in a lake of its own, and write its model card."""
    text = invoice_page(folder)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(text, encoding="utf-8")
    print(out)


def invoice_page(folder: Path) -> str:
    """The invoice card's page, all of it worked out anew from the firms and invoices in the folder."""
    import tempfile
    from datetime import UTC

    from lendmill.rating.page import page
    from lendmill.shops.importers.invoices import import_invoices
    from lendmill.shops.lake import Lake

    with tempfile.TemporaryDirectory() as place:
        lake = Lake(Path(place))
        labels = import_invoices(folder, lake, received_at=datetime.now(UTC)).labels
        day = _last_day(lake)
        card, report = _learn(lake, labels, day, key="invoices", repeats=REPEATS)
    return page(card, report, title="The invoice card", as_of_on=day, cautions=INVOICE_CAUTIONS)


def _learn(lake: "Lake", labels: "pl.DataFrame", day: "date", *, key: str, repeats: int = 0) -> "tuple[Card, Report]":
    from lendmill.cli.bars import bars
    from lendmill.rating.training.record import learned_from

    with bars() as told:
        return learned_from(
            lake,
            labels,
            today=day,
            key=key,
            repeats=repeats,
            progress=lambda done, total: told("learning", done, total),
        )


def _labels(lake: "Lake", target: str) -> "pl.DataFrame":
    """Labels by the name an import kept them under, or from a file."""
    import polars as pl

    try:
        if target.endswith(".parquet"):
            return pl.read_parquet(target)
        if target.endswith(".csv"):
            return pl.read_csv(target, try_parse_dates=True)
        return lake.labels(target)
    except FileNotFoundError:
        raise NoSuchLabels(name=target) from None


def _last_day(lake: "Lake") -> "date":
    import polars as pl

    last: date | None = lake.scan().select(pl.col("known_on").max()).collect().item()
    if last is None:
        raise EmptyLake()
    return last


def _day(text: str) -> "date":
    from datetime import date

    from lendmill.cli.shops import NotADay

    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotADay(text=text) from None


def _tell(report: "Report") -> None:
    print(f"{report.shops} shops, {report.bads} bad, measured out of fold in {report.folds} folds:")
    print(f"  AUC {report.auc}, KS {report.ks}, Brier {report.brier}")
    for each in report.kept:
        print(f"  {each.feature:<32} weight {each.weight:.2f}, chosen in {each.folds} of {report.folds} folds too")


def _show(card: "Card", frame: "pl.DataFrame", shop: str, day: "date") -> None:
    rows = frame.rows(named=True)
    if not rows or all(value is None for name, value in rows[0].items() if name != "shop_key"):
        raise ShopNotRated(shop_key=shop, day=day)
    rated = card.rate(rows[0])
    print(f"{shop} as of {day}: {rated.points} points, PD {rated.pd:.2%}, grade {rated.grade}")
    for each in rated.contributions:
        doubt = f"  ({each.reading.value})" if each.reading.doubtful else ""
        print(f"  {each.points:>+5}  {each.feature} {each.bin}{doubt}")
