"""The model card: one page that says what a card reads, what was measured, and where it may not be used."""

import textwrap
from collections.abc import Sequence
from datetime import date
from typing import Final

from lendmill.features.catalogue import FEATURES
from lendmill.rating.card import Card
from lendmill.rating.psychometrics.validity import VALIDITY_EN
from lendmill.rating.registry.provenance import Provenance
from lendmill.rating.registry.reading import CardTable, card_tables
from lendmill.rating.registry.source import code_version
from lendmill.rating.scale import Scale
from lendmill.rating.training import Report
from lendmill.rating.watching.figure import WatchFigure

COLUMNS_MAX: Final = 12
PSYCHOMETRICS: Final = "psychometrics"
KINDS: Final = {"classic": "a classic scorecard", "boosted": "a boosted card"}


def page(
    card: Card,
    report: Report,
    *,
    title: str,
    as_of_on: date | None,
    cautions: Sequence[str] = (),
    beside: str = "",
) -> str:
    """The page of one card, all its figures from the training that made it; its facts may be of no one day."""
    tables = card_tables(card, report)
    parts = [
        [
            f"# {title}",
            "",
            "Made by the command that trained the card; no figure on this page was typed.",
            "",
            *_told(f"""
                {_days(report, as_of_on)}; the outcome learned is `{report.target}`. {_shops(report)}
                Card `{card.key}`, digest `{report.digest[:12]}`: it is {KINDS.get(report.kind, report.kind)} of
                {len(tables)} tables.
            """),
        ],
        _measured(report),
        _out_of_time(report),
        _calibrated(report),
        [beside] if beside else [],
        _cautions(report, cautions),
        _psychometrics(card),
        _points(card, report, [table for table in tables if len(table.features) == 1]),
        _pairs([table for table in tables if len(table.features) == 2]),
        _grades(card.scale),
        _left_out(report),
        _made_with(report),
    ]
    return "\n".join(line for part in parts if part for line in (*part, ""))


def _days(report: Report, as_of_on: date | None) -> str:
    """The day, or the days, that the facts are as of."""
    first, last = report.as_of_from_on, report.as_of_to_on
    if first is None or last is None:
        return f"Features as of {as_of_on}" if as_of_on else "Facts as they were handed in at a notebook"
    return f"Features as of {first}" if first == last else f"Features as of days from {first} to {last}"


def _shops(report: Report) -> str:
    """How many shops there were, and how many rows where a shop came as of several days."""
    shops = f"{report.shops:,} shops, {report.bads:,} of them bad ({report.bads / report.shops:.1%})"
    if not report.by_day:
        return f"{shops}."
    rows = f"{report.rows:,} rows ({report.bad_rows:,} bad)" if report.bad_rows else f"{report.rows:,} rows"
    return f"Learned from {rows}, a row for each day of a shop; measured on each shop as of its last day: {shops}."


def came_from(card: Card, report: Report, *, as_of_on: date | None, kept_on: date | None) -> Provenance:
    """Where a card just trained comes from, its page written."""
    told = page(card, report, title=f"The card {card.key}", as_of_on=as_of_on)
    return Provenance(report.kind, report.data_hash, code_version(), told, kept_on)


def fared(kept: str, figures: Sequence[WatchFigure], watched_on: date | None) -> str:
    """A kept page with how the card has fared since put at its end."""
    return "\n".join([kept.rstrip("\n"), "", *_watched(figures, watched_on), ""]) if figures else kept


def _told(text: str) -> list[str]:
    text = " ".join(text.split())
    after = "  " if text.startswith("- ") else ""
    return textwrap.wrap(text, 118, subsequent_indent=after, break_long_words=False, break_on_hyphens=False)


def _measured(report: Report) -> list[str]:
    named = (("AUC", report.auc), ("KS", report.ks), ("Brier score", report.brier))
    lines = [
        "## What was measured, out of fold",
        "",
        *_told(f"""
            {report.folds} folds, stratified, seed {report.seed}. Cutting, choosing and weighing were done anew inside
            each fold; every shop was rated by a card that had not seen it.
        """),
        "",
        "| figure | value | 95 % interval |",
        "| --- | --- | --- |",
        *(f"| {name} | {each.value:.3f} | {each.low:.3f} to {each.high:.3f} |" for name, each in named),
        "",
        f"AUC by fold: {', '.join(f'{value:.2f}' for value in report.auc_by_fold)}.",
    ]
    if (others := report.auc_by_seed) != ():
        low, high = min(others), max(others)
        lines.append(f"With {len(others)} other seeds for the folds the AUC lies between {low:.3f} and {high:.3f}.")
    return [
        *lines,
        "",
        *_told("""
            The AUC's interval is DeLong's, those of KS and the Brier score are from a bootstrap of the shops. They say
            how far chance in these shops may have moved the figures, not what another market or year would give.
        """),
    ]


def _calibrated(report: Report) -> list[str]:
    slope, start = report.calibration_slope, report.calibration_start
    return [
        "## Whether the PDs can be taken at their word",
        "",
        *_told(f"""
            Out of fold the mean PD is {report.mean_pd:.1%}; {report.bads / report.shops:.1%} were bad. What happened
            follows the log odds given with a slope of {slope:.2f} and a start of {start:+.2f} (1 and 0 would be
            perfect){_bold(report)}. Points, PD and grade all come from the same log odds, and the PD is that of a
            population with this share of bad payers.
        """),
    ]


def _bold(report: Report) -> str:
    """Whether the slope tells that PDs are too far apart or too close, or no more than chance would."""
    if report.calibration_slope_between is None:
        return ""
    low, high = report.calibration_slope_between
    told = f"; the slope's 95 % interval is {low:.2f} to {high:.2f}"
    if low <= 1 <= high:
        return f"{told}: nothing says that the PDs are spread too far apart or held too close together"
    return f"{told}: the PDs are {'spread too far apart' if high < 1 else 'held too close together'}"


def _out_of_time(report: Report) -> list[str]:
    """What a card of the earlier days said of the later ones: the harder test, for the future is later too."""
    told = report.out_of_time
    if told is None:
        return []
    named = (("AUC", told.auc), ("KS", told.ks), ("Brier score", told.brier))
    return [
        "## What was measured, out of time",
        "",
        *_told(f"""
            A card learned from what was known up to {told.learned_to_on} rated {told.shops} shops as of
            {told.measured_from_on} and later, {told.bads} of them bad. Calibration: slope {told.calibration_slope:.2f},
            start {told.calibration_start:+.2f}.
        """),
        "",
        "| figure | value | 95 % interval |",
        "| --- | --- | --- |",
        *(f"| {name} | {each.value:.3f} | {each.low:.3f} to {each.high:.3f} |" for name, each in named),
    ]


def _cautions(report: Report, cautions: Sequence[str]) -> list[str]:
    width = report.auc.high - report.auc.low
    wide = "Cards that differ by less cannot be told apart on these shops."
    if width > 0.1:
        wide = """That is wide: the card orders shops better than chance, and not much more can be said. Another card
            within a few hundredths is neither better nor worse."""
    own = f"With {report.bads} bad shops the AUC's interval is {width:.2f} wide. {wide}"
    unknown = (
        (f"{report.unknown_rows} of {report.rows} rows could not be read out of fold and count with the mean PD.",)
        if report.unknown_rows
        else ()
    )
    told = [line for each in (own, *report.notes, *unknown, *cautions) for line in _told(f"- {each}")]
    return ["## Where it may not be used, and what to doubt", "", *told]


def _psychometrics(card: Card) -> list[str]:
    """What is known of the questionnaire's worth, where the card reads it."""
    answered = {feature.name for feature in FEATURES if feature.block == PSYCHOMETRICS}
    read = [name for name in card.features if name in answered]
    if not read:
        return []
    names = ", ".join(f"`{name}`" for name in read)
    return [
        "## What the questionnaire is worth",
        "",
        *_told(f"This card reads {names}. {VALIDITY_EN} More: [the questionnaire](psychometrics.md)."),
    ]


def _watched(figures: Sequence[WatchFigure], watched_on: date | None) -> list[str]:
    """Every figure of the last time the card was watched."""
    lines = [
        "## How it fares",
        "",
        *_told(f"""
            Watched on {watched_on}. PSI and CSI compare the shops rated last with those learned from; the months and
            segments compare what became of borrowers with the PD they were given; the impact ratio compares segments.
        """),
        "",
        "| figure | about | value | 95 % interval | expected | counted | |",
        "| --- | --- | ---: | --- | ---: | ---: | --- |",
    ]
    for each in figures:
        value = "too few" if each.value is None else f"{each.value:.3f}"
        between = "" if each.low is None or each.high is None else f"{each.low:.3f} to {each.high:.3f}"
        expected = "" if each.expected is None else f"{each.expected:.3f}"
        if each.chance is not None:
            expected = f"chance: {each.chance:.3f}"
        row = (each.figure, each.about, value, between, expected, f"{each.counted}", each.alarm)
        lines.append(f"| {' | '.join(row)} |")
    return lines


def _points(card: Card, report: Report, tables: Sequence[CardTable]) -> list[str]:
    start = card.scale.points(card.start)
    lines = [
        "## The table of points",
        "",
        *_told(f"""
            Everybody starts with {start} points and adds one row per feature. `good` and `bad` count
            {_counted(report)}; the last column says in how many of the {report.folds} folds the feature was chosen
            too. Rows without counts are rules: no shop stood there. What the card never learned to read, such as a
            value missing where none was missing or far outside what was seen, makes the rating UNKNOWN.
        """),
        "",
        "| feature | bin | points | good | bad | folds |",
        "| --- | --- | ---: | ---: | ---: | ---: |",
    ]
    for table in tables:
        folds = str(table.kept.folds) if table.kept else ""
        for n, cell in enumerate(table.cells):
            shown = (f"`{table.feature}`", folds) if n == 0 else ("", "")
            counts = ("", "") if cell.goods is None else (str(cell.goods), str(cell.bads))
            lines.append(f"| {shown[0]} | {cell.name} | {cell.points} | {counts[0]} | {counts[1]} | {shown[1]} |")
    return lines


def _counted(report: Report) -> str:
    if not report.by_day:
        return "the shops learned from"
    return f"rows, {report.rows:,} of {report.shops:,} shops: a shop counts once for each of its days"


def _pairs(tables: Sequence[CardTable]) -> list[str]:
    """Two features together: what their cells add beyond each by itself."""
    if not tables:
        return []
    lines = [
        "## Two features together",
        "",
        *_told("""
            Each table adds one cell more, by two features at once: the points that neither of them tells by itself.
            Rows are the bins of the first, columns those of the second; a table too wide for this page is told by its
            ends, and drawn whole on the card's page and in its PDF.
        """),
    ]
    for table in tables:
        lines += ["", f"### {table.feature}", "", *_pair(table)]
    return lines


def _pair(table: CardTable) -> list[str]:
    down, across = (list(dict.fromkeys(cell.names[n] for cell in table.cells)) for n in (0, 1))
    if len(across) > COLUMNS_MAX or len(down) > 3 * COLUMNS_MAX:
        best = max(table.cells, key=lambda cell: cell.points)
        worst = min(table.cells, key=lambda cell: cell.points)
        told = f"{len(table.cells)} cells, from {worst.points:+d} ({worst.name}) to {best.points:+d} ({best.name})."
        return _told(told)
    points = {cell.names: cell.points for cell in table.cells}
    return [
        f"| | {' | '.join(across)} |",
        f"| --- |{' ---: |' * len(across)}",
        *(f"| {row} | {' | '.join(str(points[row, column]) for column in across)} |" for row in down),
    ]


def _grades(scale: Scale) -> list[str]:
    lines = [
        "## Grades",
        "",
        f"{scale.base_points} points are odds of {scale.base_odds} to 1; {scale.double_points} points double the odds.",
        "",
        "| grade | points | PD |",
        "| --- | --- | --- |",
    ]
    above: int | None = None
    for grade in scale.grades:
        if grade.points_min is None:
            lines.append(f"| {grade.name} | below {above} | above {scale.pd_at(above or 0):.1%} |")
        else:
            lines.append(f"| {grade.name} | from {grade.points_min} | up to {scale.pd_at(grade.points_min):.1%} |")
        above = grade.points_min
    return lines


def _left_out(report: Report) -> list[str]:
    lines = ["## Features left out, and why", "", "| feature | why |", "| --- | --- |"]
    return lines + [f"| `{name}` | {why} |" for name, why in report.left_out.items()]


def _made_with(report: Report) -> list[str]:
    """From what data, and with which packages."""
    if not report.data_hash:
        return []
    versions = ", ".join(f"{name} {version}" for name, version in sorted(report.versions.items()))
    return ["## Made with", "", *_told(f"Data `{report.data_hash}`. {versions}.")]
