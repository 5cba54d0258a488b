"""The model card says what was measured, what to doubt, and how the card has fared; nothing on it is typed."""

from datetime import date

import msgspec
from rating_cards import AGE, REFUNDS, UNIT
from trained_card import REPORT, TRAINED

from lendmill.features.catalogue import FEATURES
from lendmill.rating.axes import Axis
from lendmill.rating.card import Card
from lendmill.rating.page import fared, page
from lendmill.rating.registry.reading import CardCell, drawn_together
from lendmill.rating.tables import Table
from lendmill.rating.training import Report
from lendmill.rating.training.report import OutOfTime
from lendmill.rating.watching.figure import WatchFigure

DAY = date(2026, 1, 1)


def told(card: Card = TRAINED, report: Report = REPORT) -> str:
    """The page of a card, its lines unbroken."""
    return " ".join(page(card, report, title="The card", as_of_on=DAY, cautions=("Mind the gap.",)).split())


def test_the_points_stand_with_the_shops_behind_them_and_a_pair_as_a_grid() -> None:
    text = page(TRAINED, REPORT, title="The card", as_of_on=DAY)
    assert "| `months_active` | < 3 | -40 | 40 | 0 | 5 |" in text
    assert "|  | missing | -20 |  |  |  |" in text
    assert "### months_active × refund_share\n\n| | < 0.1 | ≥ 0.1 | missing |\n| --- | ---: | ---: | ---: |" in text
    assert "| 3 to < 12 | -3 | -2 | -1 |" in text
    assert "makes the rating UNKNOWN" in " ".join(text.split())


def test_a_pair_too_wide_for_a_page_is_told_by_its_ends() -> None:
    wide = Axis(feature="sales", edges=tuple(map(float, range(1, 13))), low=0.0, high=40.0, missing_seen=True)
    cells = tuple(UNIT // 50 * n for n in range(4 * 14))
    card = msgspec.structs.replace(TRAINED, tables=(Table(axes=(AGE, wide), cells=cells),))
    text = told(card, msgspec.structs.replace(REPORT, kept=()))
    assert "56 cells, from +0 (< 3 × < 1) to +32 (missing × missing)." in text


def test_what_training_noted_and_could_not_read_is_said_among_the_doubts() -> None:
    noted = msgspec.structs.replace(
        REPORT, notes=("The cap on pairs costs 0.002 of the AUC.",), unknown_rows=7, rows=600
    )
    text = told(report=noted)
    for doubt in ("- The cap on pairs costs 0.002 of the AUC.", "- 7 of 600 rows could not be read", "- Mind the gap."):
        assert doubt in text
    assert "could not be read" not in told()


def test_the_later_days_stand_beside_the_folds_where_there_are_some() -> None:
    later = OutOfTime(date(2025, 6, 30), date(2025, 7, 31), 200, 30, REPORT.auc, REPORT.ks, REPORT.brier, 0.1, 0.8)
    text = told(report=msgspec.structs.replace(REPORT, out_of_time=later))
    assert "up to 2025-06-30 rated 200 shops as of 2025-07-31 and later, 30 of them bad." in text
    assert "slope 0.80, start +0.10" in text
    assert "out of time" not in told()


def test_a_card_that_reads_the_questionnaire_says_what_is_not_known_of_it() -> None:
    answered = next(feature.name for feature in FEATURES if feature.block == "psychometrics")
    axis = msgspec.structs.replace(REFUNDS, feature=answered)
    reads = msgspec.structs.replace(TRAINED, tables=(Table(axes=(axis,), cells=(UNIT, 0, -UNIT)),))
    text = told(reads, msgspec.structs.replace(REPORT, kept=()))
    assert f"This card reads `{answered}`." in text
    assert "Of THIS questionnaire nothing is known" in text
    assert "[the questionnaire](psychometrics.md)" in text
    assert "questionnaire" not in told()


def test_how_it_fares_is_put_at_the_end_of_the_kept_page() -> None:
    figures = [
        WatchFigure("psi", "", 0.12, 400, expected=0.0, chance=0.03, alarm="watch"),
        WatchFigure("calibration", "2025-01", 0.1, 40, 0.04, 0.23, 0.08, bads=4),
        WatchFigure("auc", "", None, 12),
    ]
    text = fared("# The card\n", figures, DAY)
    assert text.startswith("# The card\n\n## How it fares\n\nWatched on 2026-01-01.")
    for row in (
        "| psi |  | 0.120 |  | chance: 0.030 | 400 | watch |",
        "| calibration | 2025-01 | 0.100 | 0.040 to 0.230 | 0.080 | 40 |  |",
        "| auc |  | too few |  |  | 12 |  |",
    ):
        assert row in text
    assert fared("# The card\n", [], None) == "# The card\n"


def test_neighbours_of_the_same_points_are_drawn_as_one_and_nobody_is_lost() -> None:
    names = ("< 1", "1 to < 2", "2 to < 3", "3 to < 4", "≥ 4", "missing")
    cells = [
        CardCell((name,), points, n, 1) for n, (name, points) in enumerate(zip(names, (5, 5, 0, 9, 9, 9), strict=True))
    ]
    drawn = drawn_together(cells)
    assert [(cell.name, cell.points) for cell in drawn] == [("< 2", 5), ("2 to < 3", 0), ("≥ 3", 9), ("missing", 9)]
    assert sum(cell.shops for cell in drawn) == sum(cell.shops for cell in cells)
    unseen = [CardCell(("< 1",), 5), CardCell(("1 to < 2",), 5), CardCell(("≥ 2",), 1)]
    assert [(cell.name, cell.goods) for cell in drawn_together(unseen)] == [("< 2", None), ("≥ 2", None)]
    levels = [CardCell((name,), 5, 1, 1) for name in ("food", "trade", "other")]
    assert drawn_together(levels) == levels


def test_rows_of_several_days_are_not_told_as_shops() -> None:
    days = msgspec.structs.replace(
        REPORT, rows=2400, bad_rows=300, as_of_from_on=date(2024, 1, 31), as_of_to_on=date(2025, 12, 31)
    )
    text = told(report=days)
    assert "Features as of days from 2024-01-31 to 2025-12-31" in text
    assert "Learned from 2,400 rows (300 bad), a row for each day of a shop;" in text
    assert "its last day: 600 shops, 96 of them bad (16.0%)" in text
    assert "count rows, 2,400 of 600 shops" in text
    assert "Features as of 2026-01-01;" in told()
    assert "count the shops learned from" in told()


def test_the_slope_is_judged_only_where_its_interval_excludes_one() -> None:
    def slope(value: float, between: tuple[float, float] | None) -> str:
        return told(report=msgspec.structs.replace(REPORT, calibration_slope=value, calibration_slope_between=between))

    assert "is 0.80 to 1.24: nothing says that the PDs are" in slope(1.02, (0.80, 1.24))
    assert "is 1.10 to 1.50: the PDs are held too close together." in slope(1.3, (1.10, 1.50))
    assert "is 0.60 to 0.90: the PDs are spread too far apart." in slope(0.75, (0.60, 0.90))
    assert "(1 and 0 would be perfect). Points" in slope(1.02, None)
