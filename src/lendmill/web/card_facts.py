"""What the page of a card shows, on screen and on paper: gathered once, in the reader's language."""

from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Final

from lendmill.db import Db
from lendmill.features.catalogue import FEATURES
from lendmill.insight.outcomes.queries import approvable
from lendmill.rating.queries import Model
from lendmill.rating.registry import queries as registry
from lendmill.rating.registry.comparing import ShadowComparison, compared
from lendmill.rating.registry.proposal import ModelProposal, StageChange
from lendmill.rating.registry.reading import CardTable, card_tables, report_of
from lendmill.rating.training import Report
from lendmill.rating.watching import queries as watched
from lendmill.rating.watching.figure import AUC, WatchFigure
from lendmill.web import card_charts as charts
from lendmill.web import names
from lendmill.web.rating_parts import range_told
from lendmill.web.words import CHINESE, Words

UNKNOWN_GRADE: Final = "UNKNOWN"
HISTORIES: Final = ("psi", "auc")


@dataclass(frozen=True)
class CardFacts:
    """One kept card with all that is known about it."""

    model: Model
    report: Report | None
    tables: list[CardTable]
    steps: list[StageChange]
    proposals: list[ModelProposal]
    watched_on: date | None
    figures: list[WatchFigure]
    comparison: ShadowComparison | None

    @property
    def months(self) -> tuple[WatchFigure, ...]:
        """The figures by month of decision."""
        return charts.months_of(self.figures)

    @property
    def alarms(self) -> list[WatchFigure]:
        """The figures that call for a look or for action, those for action first."""
        return sorted((each for each in self.figures if each.alarm), key=lambda each: each.alarm)


def card_facts(db: Db, model: Model) -> CardFacts:
    """Everything about one card."""
    report = report_of(model.report)
    watched_on = watched.last_watched(db, model.model_id)
    return CardFacts(
        model=model,
        report=report,
        tables=card_tables(model.card, report),
        steps=registry.stages_of(db, model.model_id),
        proposals=registry.proposals_of(db, model.model_id),
        watched_on=watched_on,
        figures=_in_order(watched.figures(db, model.model_id, watched_on)) if watched_on else [],
        comparison=comparison(db, model),
    )


def _in_order(figures: list[WatchFigure]) -> list[WatchFigure]:
    order = list(names.WATCH_FIGURES)
    return sorted(figures, key=lambda each: order.index(each.figure) if each.figure in order else len(order))


def comparison(db: Db, model: Model) -> ShadowComparison | None:
    """A card in the shadow, or one that was there, beside the live one, where both rated on one day."""
    live_id = registry.live_model_id(db)
    if live_id is None or live_id == model.model_id:
        return None
    on = registry.compared_on(db, model.model_id, live_id)
    if on is None:
        return None
    return compared(on, registry.grade_pairs(db, model.model_id, live_id, on), approvable(db, model))


def picture(facts: CardFacts, name: str, words: Words, look: str) -> str | None:
    """One picture of a card by its name; None where there is no such picture."""
    points, shops, rows, bad = words.heads("Points", "Shops", "Rows", "Share that turned bad")
    shops = rows if facts.report and facts.report.by_day else shops
    by_name = {f"table-{n}": table for n, table in enumerate(facts.tables)}
    if name in by_name:
        table = _told(by_name[name], words.language)
        return charts.table_picture(table, look=look, points=points, shops=shops, bad=bad)
    if name == "calibration" and len(facts.model.card.bands) > 1:
        card = facts.model.card
        return charts.calibration_picture(card.bands, card.scale, look=look, points=points, bad=bad)
    if name == "months" and facts.months:
        return charts.months_picture(facts.months, look=look, bad=words.say("Share that defaulted"))
    if name == "swap" and facts.comparison:
        grades = (*(grade.name for grade in facts.model.card.scale.grades), UNKNOWN_GRADE)
        live, shadow = words.heads("The live card", "This card")
        return charts.swap_picture(facts.comparison, grades, look=look, live=live, shadow=shadow)
    return None


def _told(table: CardTable, language: str) -> CardTable:
    """A table whose bins are named in the reader's language."""
    cells = (replace(cell, names=tuple(range_told(name, language) for name in cell.names)) for cell in table.cells)
    return replace(table, cells=tuple(cells))


def history_picture(db: Db, model: Model, figure: str, look: str) -> str | None:
    """How a figure of the whole card went from time to time; the levels of the AUC count from training's."""
    days, levels = tuple(watched.history(db, model.model_id, figure)), watched.levels(db)
    if len(days) < 2 or figure not in levels:
        return None
    report, level = report_of(model.report), levels[figure]
    lines: tuple[float, ...] = (level.watch, level.alarm)
    if figure == AUC:
        lines = (report.auc.value + level.watch, report.auc.value + level.alarm) if report else ()
    return charts.history_picture(days, lines, look=look, form=".2f")


def histories(db: Db, model: Model) -> list[str]:
    """The figures that were worked out often enough to be drawn from time to time."""
    return [name for name in HISTORIES if len(watched.history(db, model.model_id, name)) > 1]


def about(figure: WatchFigure, words: Words) -> str:
    """What a figure is about, in the reader's language: a feature, a month, or a segment."""
    division, found, segment = figure.about.partition(": ")
    if found and division in names.DIVISIONS:
        tables: tuple[dict[str, str], ...] = (names.KINDS, names.INDUSTRIES, names.SIZES)
        told = next((table[segment] for table in tables if segment in table), None)
        return f"{words.say(names.DIVISIONS[division])}: {words.say(told) if told else segment}"
    return meaning(figure.about, words)


def meaning(feature: str, words: Words) -> str:
    """What a feature means, or two together; a name the catalogue does not know stays as it is."""
    told = _meanings(words.language)
    return " × ".join(told.get(each, each) for each in feature.split(" × "))


@cache
def _meanings(language: str) -> dict[str, str]:
    return {each.name: each.meaning_zh if language == CHINESE else each.meaning for each in FEATURES}


def learned_from(report: Report, words: Words) -> tuple[str, str]:
    """How many shops a card learned from, and how many of them turned bad; of several days, in how many rows."""
    bad = words.say("{n} of them turned bad", n=f"{report.bads:,}")
    if not report.by_day:
        return f"{report.shops:,}", bad
    return f"{report.shops:,}", f"{bad}; " + words.say("{n} rows, one for each day of a shop", n=f"{report.rows:,}")


def measured(facts: CardFacts, words: Words) -> list[tuple[str, str, str]]:
    """The figures of training: what, how much, and within which bounds."""
    report = facts.report
    if report is None:
        return []
    rows = []
    for name, each in (("AUC", report.auc), ("KS", report.ks), ("Brier", report.brier)):
        rows.append((name, f"{each.value:.3f}", f"{each.low:.3f} – {each.high:.3f}"))
    slope, between = words.say("1 would be perfect"), report.calibration_slope_between
    if between is not None:
        slope = f"{between[0]:.2f} – {between[1]:.2f}; {slope}"
    rows.append((words.say("Calibration slope"), f"{report.calibration_slope:.2f}", slope))
    return rows
