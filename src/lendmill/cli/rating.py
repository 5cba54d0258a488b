"""Training a card, rating shops with it, and writing the model card's page."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer

from lendmill.cli.counting import counted
from lendmill.refusals import Refusal
from lendmill.settings import load

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import polars as pl

    from lendmill.db import Db
    from lendmill.rating.card import Card
    from lendmill.rating.training import Report
    from lendmill.rating.training.lessons import Kind
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
BESIDE: Final = "<!-- by `python bench/invoices.py --page` -->"
BESIDE_END: Final = "<!-- end -->"


class EmptyLake(Refusal):
    """There are no shop records yet: import some with `lendmill import` first."""


class NoSuchLabels(Refusal):
    """There are no labels called {name}: name those an import kept, such as invoices, or a CSV or Parquet file."""


class UnreadableLabels(Refusal):
    """{file} cannot be read as a table: {problem}."""


class CutOffReversed(Refusal):
    """There is nothing to measure from {later_on} on: what became of shops is taken as it was known on {day}."""


class DayNotCome(Refusal):
    """Shops cannot be rated as of {day}: the house is at {today}."""


class NoSuchApplicants(Refusal):
    """{file} names nobody who was turned away: it lacks {missing}."""


class ShopNotRated(Refusal):
    """Nothing was known of shop {shop_key} on {day}, so it cannot be rated."""


@commands.command()
def train(
    target: Annotated[str, typer.Option(help="Labels kept by an import, such as invoices, or a CSV or Parquet file.")],
    as_of: Annotated[str, typer.Option(help="What day undated labels are about; default: the record's last.")] = "",
    key: Annotated[str, typer.Option(help="What to call the card.")] = "card",
    kind: Annotated[
        Literal["classic", "boosted"], typer.Option(help="A classic scorecard, or trees summed into a card.")
    ] = "classic",
    out_of_time: Annotated[
        str, typer.Option(help="Measure what a card learned before this day says of the later ones.")
    ] = "",
    turned_away: Annotated[
        str, typer.Option(help="A CSV of shop_key and as_of_on that got no loan: reject inference, off without it.")
    ] = "",
    live: Annotated[
        bool, typer.Option("--live", help="Let it rate from now on: for the first card of a house only.")
    ] = False,
) -> None:
    """Learn a card from shops whose outcome is known, measure it out of fold, and keep it as a draft."""
    from lendmill.cli import opened
    from lendmill.rating.actions import keep_model
    from lendmill.rating.page import came_from
    from lendmill.rating.registry import actions as registry
    from lendmill.shops.lake import Lake

    settings = load()
    with opened.database(settings) as database:
        if live:
            with database.transaction() as db:
                registry.check_first(db)
        lake = Lake(settings.lake)
        day, later = _day(as_of) if as_of else _last_day(lake), _day(out_of_time) if out_of_time else None
        if later is not None and later > day:
            raise CutOffReversed(later_on=later, day=day)
        labels, refused = _labels(lake, target), _turned_away(turned_away) if turned_away else ()
        card, report = _learn(lake, labels, day, key=key, kind=kind, later_from=later, turned_away=refused)
        _tell(report, later)
        with database.transaction() as db:
            today = _house_day(db)
        came = came_from(card, report, as_of_on=day, kept_on=today)

        def keep(db: "Db") -> str:
            model_id = keep_model(db, card, report, came)
            if live:
                registry.first_live(db, model_id, today=today)
            return model_id

        model_id = database.act(keep)
    further = "a draft: `lendmill models list` shows it, `lendmill models shadow` takes it further"
    print(f"kept as {model_id}, " + ("now live" if live else further))


def _turned_away(file: str) -> "list[tuple[str, date]]":
    """The shops that got no loan, each with the day they asked."""
    from lendmill.rating.training.examples import days_of

    rows = _labels_file(file)
    missing = [name for name in ("shop_key", "as_of_on") if name not in rows.columns]
    if not missing and (empty := [n for n in ("shop_key", "as_of_on") if rows[n].null_count() or not rows.height]):
        missing = [f"a value of {name} in every row" for name in empty]
    if missing:
        raise NoSuchApplicants(file=file, missing=" and ".join(missing))
    return [(str(shop), day) for shop, day in zip(rows["shop_key"], days_of(rows["as_of_on"]), strict=True)]


def _house_day(db: "Db") -> "date | None":
    """The house's day; a card can be learned before there is one."""
    from lendmill.people.queries import HouseNotOpen, house_day

    try:
        return house_day(db)
    except HouseNotOpen:
        return None


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
            today = house_day(db)
            if (day := _day(as_of) if as_of else today) > today:
                raise DayNotCome(day=day, today=today)
            card = queries.live_card(db)
        if not shop:
            lay_in(database, Lake(settings.lake), received_at=datetime.now(UTC))
        frame = windows.as_of(Lake(settings.lake), day, [shop] if shop else None)
        if shop:
            with database.transaction() as db:
                _show(db, card, frame, shop, day)
            return
        with database.transaction() as db:
            snapshot_id = keep_snapshot(db, frame, as_of_on=day)
            done = actions.rate_all(db, card, frame, today=day, snapshot_id=snapshot_id)
            grades = queries.grade_counts(db, day)
    rated = counted(done.rated, "shop")
    print(f"{rated} rated as of {day}, {done.unchanged} unchanged, {done.strangers} not registered here")
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
    text = invoice_page(folder, beside_kept(out.read_text(encoding="utf-8") if out.is_file() else ""))
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(text, encoding="utf-8")
    print(out)


def beside_kept(text: str) -> str:
    """What a page says of other ways to learn, which another program measures and this one leaves as it is."""
    _, begin, rest = text.partition(BESIDE)
    kept, end, _ = rest.partition(BESIDE_END)
    return f"{BESIDE}{kept}{BESIDE_END}" if begin and end else f"{BESIDE}\n{BESIDE_END}"


def invoice_page(folder: Path, beside: str) -> str:
    """The invoice card's page, all of it but `beside` worked out anew from the firms and invoices in the folder."""
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
    return page(card, report, title="The invoice card", as_of_on=day, cautions=INVOICE_CAUTIONS, beside=beside)


def _learn(
    lake: "Lake",
    labels: "pl.DataFrame",
    day: "date",
    *,
    key: str,
    kind: "Kind" = "classic",
    repeats: int = 0,
    later_from: "date | None" = None,
    turned_away: "Sequence[tuple[str, date]]" = (),
) -> "tuple[Card, Report]":
    from lendmill.cli.bars import bars
    from lendmill.rating.training.record import learned_from

    with bars() as told:
        return learned_from(
            lake,
            labels,
            today=day,
            key=key,
            kind=kind,
            repeats=repeats,
            later_from=later_from,
            turned_away=turned_away,
            progress=lambda done, total: told("learning", done, total),
        )


def _labels(lake: "Lake", target: str) -> "pl.DataFrame":
    """Labels by the name an import kept them under, or from a file."""
    if target.endswith((".parquet", ".csv")):
        return _labels_file(target)
    import polars as pl

    try:
        return lake.labels(target)
    except FileNotFoundError:
        raise NoSuchLabels(name=target) from None
    except (pl.exceptions.PolarsError, OSError) as wrong:
        raise UnreadableLabels(file=target, problem=_first_line(wrong)) from None


def _labels_file(file: str) -> "pl.DataFrame":
    import polars as pl

    try:
        return pl.read_parquet(file) if file.endswith(".parquet") else pl.read_csv(file, try_parse_dates=True)
    except FileNotFoundError:
        raise NoSuchLabels(name=file) from None
    except (pl.exceptions.PolarsError, OSError) as wrong:
        raise UnreadableLabels(file=file, problem=_first_line(wrong)) from None


def _first_line(wrong: Exception) -> str:
    return (str(wrong) or type(wrong).__name__).splitlines()[0].rstrip(".")


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


def _tell(report: "Report", later: "date | None" = None) -> None:
    if report.by_day:
        rows = counted(report.rows, "row")
        print(f"{rows}, {report.bad_rows} bad: one for each day of a shop; measured as of each one's last:")
    print(f"{counted(report.shops, 'shop')}, {report.bads} bad, measured out of fold in {report.folds} folds:")
    slope, between = report.calibration_slope, report.calibration_slope_between
    sure = f" ({between[0]:.2f} to {between[1]:.2f})" if between else ""
    print(f"  AUC {report.auc}, KS {report.ks}, Brier {report.brier}, calibration slope {slope:.2f}{sure}")
    if (told := report.out_of_time) is not None:
        shops = counted(told.shops, "shop")
        print(f"  {shops} from {told.measured_from_on} on, by a card learned to {told.learned_to_on}:")
        print(f"  AUC {told.auc}, KS {told.ks}, Brier {told.brier}, calibration slope {told.calibration_slope:.2f}")
    elif later is not None:
        print(f"  not measured out of time: on one side of {later} there are too few good or bad payers")
    for note in report.notes:
        print(f"  {note}")
    for each in report.kept:
        print(f"  {each.feature:<32} weight {each.weight:.2f}, chosen in {each.folds} of {report.folds} folds too")


def _show(db: "Db", card: "Card", frame: "pl.DataFrame", shop: str, day: "date") -> None:
    """One shop's rating as the night would give it, and why, without keeping it."""
    from lendmill.rating.adjusting.queries import in_force
    from lendmill.rating.telling.blocks import known_blocks
    from lendmill.rating.telling.kept import Place, Teller, Times, opened
    from lendmill.rating.telling.queries import places_of
    from lendmill.rating.telling.reasons import BY_NAME, reasons
    from lendmill.rating.telling.sentences import sentence, short_file, unread

    rows = frame.rows(named=True)
    if not rows or all(value is None for name, value in rows[0].items() if name != "shop_key"):
        raise ShopNotRated(shop_key=shop, day=day)
    facts, times = rows[0], Times.on(day, in_force(db, day))
    place = places_of(db, [shop]).get(shop, Place())
    rated, telling = Teller(card, times).finished(card.rate(facts), facts, blocks=known_blocks(frame)[0], place=place)
    if rated.points is None:
        print(f"{shop} as of {day}: UNKNOWN")
        for each in rated.unknown:
            print(f"  {unread(BY_NAME.get(each.feature), each.feature, each.reason.value, 'en')}")
        return
    print(f"{shop} as of {day}: {rated.points} points, PD {rated.pd:.2%}, grade {rated.grade}")
    for part in opened(card, rated.contributions):
        print(f"  {part.points:>+5}  {part.feature} {part.bin}")
    for line in (
        *short_file(telling.file, times.thin, "en"),
        *(sentence(a, "en") for a in reasons(card, rated.contributions, facts)),
    ):
        print(f"- {line}")
