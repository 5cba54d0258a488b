"""What a folder of firms' invoices says of their default: both cards beside what analysts use, on the same folds.

    python bench/invoices.py [--folder DIR] [--repeats 5] [--models "boosted card,lightgbm"] [--page]

Five stratified folds, as often as asked with another seed each; every firm is judged by a model that has not seen it.
Figures are means over the seeds, intervals from draws of whole firms. One JSON line; `--page` puts the figures into
docs/rating-invoices.md, where `lendmill rating-page` leaves them. Without the folder it says so.
"""

import argparse
import json
import sys
import tempfile
import textwrap
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import polars as pl
from _ways import Asking, ways

from lendmill.cli.rating import BESIDE, BESIDE_END, INVOICE_PAGE, beside_kept
from lendmill.features import windows
from lendmill.lab.weighing import weighed
from lendmill.rating.training.checking import checked
from lendmill.rating.training.examples import OUTCOME, examples
from lendmill.rating.training.proof import data_hash
from lendmill.rating.training.record import READ
from lendmill.shops.importers.invoices import import_invoices
from lendmill.shops.lake import Lake

ROOT = Path(__file__).parents[1]
FOLDER = ROOT.parent / "shared" / "data" / "cumcm2020c"
MODELS = ("classic card", "boosted card", "lightgbm", "plain logistic", "optbinning")
FOLDS = 5
PUBLISHED_AUC = 0.871  # of others, for logistic regression and for a small LightGBM, on features of their own


def firms(folder: Path) -> tuple[pl.DataFrame, Any]:
    """The labelled firms with all their features on the record's last day, as the invoice card learns them."""
    with tempfile.TemporaryDirectory() as place:
        lake = Lake(Path(place))
        labels = import_invoices(folder, lake, received_at=datetime.now(UTC)).labels
        day = lake.scan().select(pl.col("known_on").max()).collect().item()
        known = examples(labels, lambda on, shops: windows.as_of(lake, on, shops), today=day)
    return checked(known, OUTCOME, READ, ())


def out_of_fold(frame: pl.DataFrame, bad: Any, model: str, seed: int) -> Any:
    """What each firm was told by a model that had not seen it."""
    from sklearn.model_selection import StratifiedKFold

    pd = np.zeros(len(bad))
    shops = frame["shop_key"].to_numpy()
    [way] = ways([model]).values()
    for learn, held in StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(np.zeros(len(bad)), bad):
        asking = Asking(frame[learn], bad[learn], shops[learn], frame[held], READ, OUTCOME)
        pd[held] = np.clip(way(asking).pd, 1e-6, 1 - 1e-6)
    return pd


def measured(folder: Path, models: list[str], repeats: int) -> dict[str, Any]:
    """All figures."""
    frame, bad = firms(folder)
    told, seconds = {}, {}
    for model in models:
        began = time.perf_counter()
        told[model] = [out_of_fold(frame, bad, model, seed) for seed in range(repeats)]
        seconds[model] = round(time.perf_counter() - began, 1)
        print(f"{model}: {repeats} times {FOLDS} folds in {seconds[model]} s", file=sys.stderr, flush=True)
    by_seed = {name: [round(float(_auc(bad, pd)), 3) for pd in several] for name, several in told.items()}
    return {
        "firms": len(bad),
        "bads": int(bad.sum()),
        "repeats": repeats,
        "data": data_hash(frame, OUTCOME, [each.name for each in READ if each.name in frame.columns])[:12],
        "models": msgspec.to_builtins(weighed(frame["shop_key"], bad, told, beside=models[0])),
        "auc_by_seed": by_seed,
        "seconds": seconds,
    }


def _auc(bad: Any, pd: Any) -> float:
    from lendmill.rating.measures import area

    return area(bad, pd).value


def section(told: dict[str, Any]) -> str:
    """The figures as a part of the invoice card's page."""
    first = next(iter(told["models"]))
    rows = []
    for name, each in told["models"].items():
        below = "" if name == first else _three(each["auc_below"], "+")
        seeds, slope = told["auc_by_seed"][name], each["calibration_slope"]
        rows.append(
            f"| {name} | {_three(each['auc'])} | {min(seeds):.3f} to {max(seeds):.3f} | {below} |"
            f" {_three(each['ks'])} | {_three(each['brier'])} | {each['mean_pd']:.1%} | {slope['value']:.2f}"
            f" ({slope['low']:.2f} to {slope['high']:.2f}) |"
        )
    return "\n".join(
        [
            "## Beside other ways to learn",
            "",
            *_wrapped(f"""
                By `python bench/invoices.py --page`, from the same {told["firms"]} firms and features (data
                `{told["data"]}`): {told["repeats"]} times five stratified folds, seeds 0 to {told["repeats"] - 1},
                every firm judged by a model that had not seen it. Figures are means over the seeds; intervals are
                from 1,000 draws of {told["firms"]} firms, the same for all, and hold the models as learned. *By seed*:
                the lowest and the highest AUC of one seed. *Below*: by how much the AUC lies below the first row's.
            """),
            "",
            "| model | AUC | by seed | below | KS | Brier | mean PD | calibration slope |",
            "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
            *rows,
            "",
            *_wrapped(_verdict(told)),
        ]
    )


def _verdict(told: dict[str, Any]) -> str:
    first, *others = told["models"]
    apart = [
        n for n in others if not told["models"][n]["auc_below"]["low"] <= 0 <= told["models"][n]["auc_below"]["high"]
    ]
    said = f"Of the others only {', '.join(apart)} can be told from the {first}." if apart else (
        f"None of the others can be told from the {first}: every interval of a difference holds nought."
    )  # fmt: skip
    holds = [n for n, e in told["models"].items() if e["auc"]["low"] <= PUBLISHED_AUC <= e["auc"]["high"]]
    rest = [n for n in told["models"] if n not in holds]
    near = f"It lies within the interval of {', '.join(holds)}" if holds else "It lies in none of the intervals"
    near += f", and not within that of {', '.join(rest)}." if rest and holds else "."
    return (
        f"{said} For invoices alone others have published {PUBLISHED_AUC:.3f}, for logistic regression and a small"
        f" LightGBM on features of their own, without intervals. {near} With {told['bads']} bad firms no one of them is"
        " shown to be the better. With so few, `lendmill train --kind boosted` learns a classic card and says so; the"
        " boosted card is learned here all the same, to be seen."
    )


def _three(measured: dict[str, float], sign: str = "") -> str:
    return f"{measured['value']:{sign}.3f} ({measured['low']:{sign}.3f} to {measured['high']:{sign}.3f})"


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(" ".join(text.split()), 118, break_long_words=False, break_on_hyphens=False)


def main() -> None:
    """Measure, print, and write the page's part if asked."""
    asking = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asking.add_argument("--folder", type=Path, default=FOLDER)
    asking.add_argument("--repeats", type=int, default=5)
    asking.add_argument("--models", default=",".join(MODELS))
    asking.add_argument("--page", action="store_true")
    asked = asking.parse_args()
    if not asked.folder.is_dir():
        print(f"not here: {asked.folder.name}", file=sys.stderr)
        return
    told = measured(asked.folder, asked.models.split(","), asked.repeats)
    print(json.dumps(told), flush=True)
    if asked.page:
        page = ROOT / INVOICE_PAGE
        text = page.read_text(encoding="utf-8")
        page.write_text(text.replace(beside_kept(text), f"{BESIDE}\n{section(told)}\n{BESIDE_END}"), encoding="utf-8")
        print(page, file=sys.stderr)


if __name__ == "__main__":
    main()
