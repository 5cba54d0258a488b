"""The model card: one page that says what a card reads, what was measured, and where it may not be used."""

import textwrap
from collections.abc import Sequence
from datetime import date

from lendmill.rating.card import Card
from lendmill.rating.scale import Scale
from lendmill.rating.training.lessons import Kept, Report


def page(card: Card, report: Report, *, title: str, as_of_on: date, cautions: Sequence[str] = ()) -> str:
    """The page of one card, all its figures from the training that made it."""
    return "\n".join(
        [
            f"# {title}",
            "",
            "Made by the command that trained the card; no figure on this page was typed.",
            "",
            *_told(f"""
                Features as of {as_of_on}; the outcome learned is `{report.target}`. {report.shops} shops, {report.bads}
                of them bad ({report.bads / report.shops:.1%}). Card `{card.key}`, digest `{report.digest[:12]}`.
            """),
            "",
            *_measured(report),
            "",
            *_calibrated(report),
            "",
            *_cautions(report, cautions),
            "",
            *_points(card, report),
            "",
            *_grades(card.scale),
            "",
            *_left_out(report),
            "",
        ]
    )


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
    bold = "spread too far apart" if slope < 1 else "held too close together"
    return [
        "## Whether the PDs can be taken at their word",
        "",
        *_told(f"""
            Out of fold the mean PD is {report.mean_pd:.1%}; {report.bads / report.shops:.1%} were bad. What happened
            follows the log odds given with a slope of {slope:.2f} and a start of {start:+.2f} (1 and 0 would be
            perfect): the PDs are {bold}. Points, PD and grade all come from the same log odds, and the PD is that of a
            population with this share of bad payers.
        """),
    ]


def _cautions(report: Report, cautions: Sequence[str]) -> list[str]:
    width = report.auc.high - report.auc.low
    wide = "Cards that differ by less cannot be told apart on these shops."
    if width > 0.1:
        wide = """That is wide: the card orders shops better than chance, and not much more can be said. Another card
            within a few hundredths is neither better nor worse."""
    own = f"With {report.bads} bad shops the AUC's interval is {width:.2f} wide. {wide}"
    told = [line for each in (own, *cautions) for line in _told(f"- {each}")]
    return ["## Where it may not be used, and what to doubt", "", *told]


def _points(card: Card, report: Report) -> list[str]:
    start = card.scale.points(card.start)
    lines = [
        "## The table of points",
        "",
        *_told(f"""
            Everybody starts with {start} points and adds one row per feature. `good` and `bad` count the shops learned
            from; the last column says in how many of the folds the feature was chosen too. Rows without counts are
            rules: missing where it was never missing is neutral and marked as a doubt; what is no number gets the worst
            row and is marked too.
        """),
        "",
        "| feature | bin | points | good | bad | folds |",
        "| --- | --- | ---: | ---: | ---: | ---: |",
    ]
    counted = {kept.feature: kept for kept in report.kept}
    for table in card.tables:
        lines += _rows(card, counted[table.feature], list(zip(table.names, table.cells, strict=True)))
    return lines


def _rows(card: Card, kept: Kept, cells: list[tuple[str, int]]) -> list[str]:
    seen = {each.bin: each for each in kept.bins}
    lines = []
    for n, (name, cell) in enumerate(cells):
        shown, folds = (f"`{kept.feature}`", str(kept.folds)) if n == 0 else ("", "")
        counts = (str(seen[name].goods), str(seen[name].bads)) if name in seen else ("", "")
        lines.append(f"| {shown} | {name} | {card.scale.weight(cell)} | {counts[0]} | {counts[1]} | {folds} |")
    return lines


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
