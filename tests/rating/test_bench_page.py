"""The page of how well the cards tell good payers from bad says what the figures say, whichever way they fall."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

PROGRAM = Path(__file__).parents[2] / "bench" / "_cards_page.py"


def judged(model: str, first: float, second: float, **more: Any) -> dict[str, Any]:
    """A line of the bench about a model with these AUCs in two folds."""
    figures = {"auc": (first + second) / 2, "ks": 0.5, "brier": 0.1, "calibration_slope": 1.0, "calibration_start": 0.0}
    return about(model, **figures, auc_by_fold=[first, second], seconds=7.0, **more)


def about(model: str, **more: Any) -> dict[str, Any]:
    """A line of the bench about a model."""
    return {"table": "shops", "model": model, "rows": 1000, "bads": 250, **more}


def page(tmp_path: Path, *lines: dict[str, Any]) -> list[str]:
    """The lines of the page made from lines of the bench, its opening aside."""
    told, made = tmp_path / "lines.jsonl", tmp_path / "page.md"
    told.write_text("".join(json.dumps(line) + "\n" for line in lines))
    subprocess.run([sys.executable, str(PROGRAM), str(told), str(made)], check=True, capture_output=True)
    return made.read_text().split("does this for any table.\n\n")[1].splitlines()


def test_each_card_stands_where_its_figures_put_it(tmp_path: Path) -> None:
    told = page(
        tmp_path,
        judged("boosted card", 0.1, 0.1),  # an earlier line, of no account
        judged("boosted card", 0.80, 0.84, cells=[100, 120], pairs=[3, 5]),
        judged("classic card", 0.70, 0.74, cells=30, pairs=0),
        judged("optbinning", 0.72, 0.74),
        judged("ebm", 0.82, 0.84),
        about("lightgbm", error="MemoryError: none left"),
    )
    stand = "below the best by 0.0100 ± 0.0100: within one standard error | below by 0.0100 ± 0.0100"
    assert told[2] == f"| shops | ebm 0.8300 | {stand} |"
    assert told[4] == "## shops: 1,000 rows, 25.0% bad"
    assert [line.split(" | ")[0] for line in told[8:12]] == [
        "| ebm",
        "| boosted card",
        "| optbinning",
        "| classic card",
    ]
    assert told[9] == ("| boosted card | 0.8200 | 0.500 | 0.1000 | 1.00, +0.00 | 0.0100 ± 0.0100 | 110, 4 | 7 |")
    assert told[13] == "lightgbm gave nothing: MemoryError: none left"


def test_a_card_clearly_below_is_said_to_be_and_a_fallback_is_marked(tmp_path: Path) -> None:
    told = page(
        tmp_path, judged("boosted card", 0.70, 0.71, kind="classic", cells=9, pairs=0), judged("ebm", 0.72, 0.73)
    )
    assert "below the best by 0.0200 ± 0.0000: beyond one standard error | not measured |" in told[2]
    assert told[9].startswith("| boosted card \\* |")
    assert told[11] == "\\* A classic card: so few bad payers teach trees chance, and `train` learns none from them."


def test_what_caps_and_directions_cost_is_told_whichever_way_it_falls(tmp_path: Path) -> None:
    told = page(
        tmp_path,
        judged("boosted card", 0.80, 0.84, cells=100, pairs=40),
        judged("boosted card, signed", 0.81, 0.87, cells=90, pairs=40),
        judged("boosted card, 0 pairs", 0.79, 0.82, cells=50, pairs=0),
        judged("boosted card, 10000 pairs", 0.81, 0.83, cells=900, pairs=90),
    )
    start = told.index("What the cap on pairs costs, beside the card as it comes (100, 40 cells, pairs):")
    assert told[start + 4 : start + 6] == [
        "| 0 | 50, 0 | 0.8050 | costs 0.0150 ± 0.0050 |",
        "| all | 900, 90 | 0.8200 | costs nothing that five folds could tell from chance (+0.0000 ± 0.0100) |",
    ]
    assert told[start + 9 :] == ["- boosted card: 0.8200 without, 0.8400 with: it gains 0.0200 ± 0.0100."]


def test_one_fit_stands_beside_the_libraries_own(tmp_path: Path) -> None:
    told = page(
        tmp_path,
        about("boosted card", fit_seconds=60.0),
        about("lightgbm", fit_seconds=0.5),
        about("optbinning", fit_seconds=2.0),
    )
    assert told[-6:] == [
        "",
        "| model | seconds | beside LightGBM's own fit | beside OptBinning's own fit |",
        "| --- | ---: | ---: | ---: |",
        "| lightgbm | 0.50 | 1.0 times | 0.2 times |",
        "| optbinning | 2.00 | 4.0 times | 1.0 times |",
        "| boosted card | 60.00 | 120.0 times | 30.0 times |",
    ]
