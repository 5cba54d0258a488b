"""How well the cards tell whose trade will fall, on real sellers and shops, on days later than those learned from.

    python bench/proxies.py [--page] [--sets olist,koubei] [--models "boosted card;ebm"] [--keep FOLDER]

For each set: the record comes in as `lendmill import` brings it, each shop is looked at on several days, and a card
learned from the earlier days, whose outcome was known by then, is judged on the later ones. One JSON line per set;
`--page` writes docs/rating-proxies.md from them. `--keep` keeps what each model told in a folder, and asks none again
that told before: remove it when what they learn from has changed. A set that is not beside the repository is told of
and left out.
"""

import argparse
import json
import pickle
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import polars as pl
from _proxies_page import PAGE, page
from _ways import Answer, Asking, ways

from lendmill.features.windows import AS_OF, training_set
from lendmill.lab.proxies import QUESTIONS, Question, fallen
from lendmill.lab.weighing import share_of_shops, weighed
from lendmill.rating.training.examples import FELL, KNOWN
from lendmill.rating.training.proof import split_in_time
from lendmill.rating.training.record import features_for
from lendmill.shops.importers.presets.bringing import import_preset
from lendmill.shops.lake import Lake

SHARED = Path(__file__).parents[2] / "shared" / "data"
MODELS = (
    "boosted card", "classic card", "lightgbm", "ebm", "plain logistic",
    "classic card, signs of default",
)  # fmt: skip
SETTLED = {"olist": ("sales_count_90", 10.0), "koubei": ("visits_30", 100.0)}  # shops with a record to speak of
FIFTHS = 5


def table(name: str, question: Question) -> tuple[pl.DataFrame, list[date]]:
    """Each shop on each day: what was known of it, whether it fell, and when that was known."""
    with tempfile.TemporaryDirectory() as place:
        lake = Lake(Path(place))
        import_preset(name, SHARED / name, lake, received_at=datetime.now(UTC))
        days = question.days(lake)
        labels = fallen(lake, question.proxy, days)
        facts = training_set(lake, labels.select("shop_key", AS_OF).iter_rows())
    return labels.join(facts, on=["shop_key", AS_OF]).sort("shop_key", AS_OF), days


def told(name: str, question: Question, models: list[str], keep: Path | None) -> dict[str, Any]:
    """All figures of one set."""
    began = time.perf_counter()
    frame, days = table(name, question)
    bad = frame[FELL].to_numpy() == 1
    split = split_in_time(frame, bad, days[-question.judged_days])
    assert split is not None
    earlier, later, learned_to, judged_from = split
    print(f"{name}: {frame.height:,} rows in {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
    asking = Asking(
        frame[earlier], bad[earlier], frame[earlier]["shop_key"].to_numpy(), frame[later], features_for(FELL), FELL
    )
    answers, seconds = {}, {}
    for model, way in ways(models).items():
        file = keep / f"{name}-{model}.pickle" if keep else None
        answers[model], seconds[model] = _answered(way, asking, file)
        print(f"{name}: {model} {seconds[model]} s", file=sys.stderr, flush=True)
    shops, fell = frame[later]["shop_key"], bad[later]
    pds = {model: [answer.pd] for model, answer in answers.items()}
    feature, least = SETTLED[name]
    settled = (frame[later][feature].fill_null(0.0) >= least).to_numpy()
    within = {model: [answer.pd[settled]] for model, answer in answers.items()}
    return {
        "set": name,
        "proxy": msgspec.to_builtins(question.proxy),
        "learned": _part(frame[earlier], bad[earlier]) | {"known_by": str(frame[earlier][KNOWN].max())},
        "judged": _part(frame[later], fell),
        "learned_to": str(learned_to),
        "judged_from": str(judged_from),
        "between": frame.height - len(earlier) - len(later),
        "again": int(shops.is_in(frame[earlier]["shop_key"].unique().implode()).sum()),
        "models": msgspec.to_builtins(weighed(shops, fell, pds, beside=models[0])),
        "unknown": {model: answer.unknown for model, answer in answers.items()},
        "tables": {model: answer.tables for model, answer in answers.items() if answer.tables},
        "fifths": {model: _fifths(fell, answer.pd) for model, answer in answers.items() if answer.tables},
        "settled": _part(frame[later].filter(settled), fell[settled]) | {"feature": feature, "least": least},
        "settled_models": msgspec.to_builtins(weighed(shops.filter(settled), fell[settled], within, beside=models[0])),
        "seconds": seconds,
    }


def _answered(way: Callable[[Asking], Answer], asking: Asking, file: Path | None) -> tuple[Answer, float]:
    """What a model tells, or told before, and how long it learned."""
    if file is not None and file.exists():
        found: tuple[Answer, float] = pickle.loads(file.read_bytes())
        return found
    began = time.perf_counter()
    answer = way(asking)
    seconds = round(time.perf_counter() - began, 1)
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(pickle.dumps((answer, seconds)))
    return answer, seconds


def _part(frame: pl.DataFrame, fell: Any) -> dict[str, Any]:
    """The rows of some days, counted."""
    days = frame[AS_OF].unique().sort()
    by_day = frame.select(AS_OF, FELL).group_by(AS_OF).agg(pl.col(FELL).mean()).sort(AS_OF)
    return {
        "rows": frame.height,
        "shops": frame["shop_key"].n_unique(),
        "fell": int(fell.sum()),
        "share": msgspec.to_builtins(share_of_shops(frame["shop_key"], fell)),
        "days": [str(day) for day in days],
        "share_by_day": [round(share, 4) for share in by_day[FELL].to_list()],
    }


def _fifths(fell: Any, pd: Any) -> list[dict[str, float]]:
    """The rows in five parts by the PD they were told: what they were told on average, and what happened."""
    parts = np.array_split(np.argsort(pd, kind="stable"), FIFTHS)
    return [
        {"rows": len(rows), "told": round(float(pd[rows].mean()), 4), "fell": round(float(fell[rows].mean()), 4)}
        for rows in parts
    ]


def main() -> None:
    """Run what was asked for; a line for each set."""
    asking = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asking.add_argument("--page", action="store_true")
    asking.add_argument("--sets", default=",".join(QUESTIONS))
    asking.add_argument("--models", default=";".join(MODELS))
    asking.add_argument("--keep", type=Path, default=None)
    asked = asking.parse_args()
    found = []
    for name in asked.sets.split(","):
        if not (SHARED / name).is_dir():
            print(f"not here: ../shared/data/{name}", file=sys.stderr)
            continue
        found.append(told(name, QUESTIONS[name], asked.models.split(";"), asked.keep))
        print(json.dumps(found[-1]), flush=True)
    if asked.page and len(found) < len(QUESTIONS):
        sys.exit("the page is written from all the sets together: not all were here")
    if asked.page:
        PAGE.write_text(page(found), encoding="utf-8")
        print(PAGE, file=sys.stderr)


if __name__ == "__main__":
    main()
