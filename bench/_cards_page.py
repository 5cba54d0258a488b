"""Writes the page about how well the cards tell good from bad, from the lines that bench/rating.py printed.

python bench/rating.py >> bench/rating.jsonl
python bench/_cards_page.py
"""

import json
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "rating-cards.md"
NAMES = {"cs-training": "gmsc", "UCI_Credit_Card": "uci_taiwan"}
OPENING = """# How well the cards tell good payers from bad ones

Written by `python bench/_cards_page.py` from what `python bench/rating.py` printed; no figure was typed. Five
stratified folds, seed 0, every row judged by a model that had not seen it. *Below the best*: by how much the AUC, fold
by fold, lies below that of the model with the best mean, with the standard error of these paired differences. *Seconds*
are for five fits, on two cores shared with other work, and say little beyond their order.

`python bench/rating.py --table FILE [--target COLUMN] [--positive VALUE]` does this for any table.
"""


def lines() -> dict[str, dict[str, dict[str, Any]]]:
    """The last line of each model on each table."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for line in (HERE / "rating.jsonl").read_text(encoding="utf-8").splitlines():
        told = json.loads(line)
        found.setdefault(NAMES.get(told["table"], told["table"]), {})[told["model"]] = told
    return found


def section(name: str, models: dict[str, dict[str, Any]]) -> list[str]:
    """One table's models, the best first."""
    ordered = sorted(models.values(), key=lambda each: -float(np.mean(each["auc_by_fold"])))
    best = np.array(ordered[0]["auc_by_fold"])
    some = ordered[0]
    rows = [
        "",
        f"## {name}: {some['rows']:,} rows, {some['bads'] / some['rows']:.1%} bad",
        "",
        "| model | AUC | KS | Brier | calibration slope, start | below the best | cells, pairs | seconds |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for each in ordered:
        gap = best - np.array(each["auc_by_fold"])
        below = "the best" if each is some else f"{gap.mean():.4f} ± {gap.std(ddof=1) / len(gap) ** 0.5:.4f}"
        calibrated = f"{each['calibration_slope']:.2f}, {each['calibration_start']:+.2f}"
        cells, pairs = (np.atleast_1d(each.get(key, 0)).mean() for key in ("cells", "pairs"))
        size = f"{cells:,.0f}, {pairs:.0f}" if cells else ""
        rows.append(
            f"| {each['model']} | {each['auc']:.4f} | {each['ks']:.3f} | {each['brier']:.4f} | "
            f"{calibrated} | {below} | {size} | {each['seconds']:.0f} |"
        )
    return rows


def main() -> None:
    """Write the page."""
    text = [OPENING.rstrip("\n")]
    for name, models in lines().items():
        text += section(name, models)
    PAGE.write_text("\n".join(text) + "\n", encoding="utf-8")
    print(PAGE)


if __name__ == "__main__":
    main()
