"""How well the cards tell good payers from bad ones, beside what analysts use today, on any table.

    python bench/rating.py --table FILE [--target COLUMN] [--positive VALUE] [--drop A,B] [--sep S] [--no-header]
                           [--models "boosted card,ebm"] [--signs FILE] [--costs] [--fit-seconds]
                           [--keep FOLDER] [--minutes N]

Five stratified folds, seed 0; every row is judged by a model that has not seen it. One JSON line per model, in which
`unknown` counts the rows that the card would not have rated; a model that fails, or takes more than so many minutes
(120), has a line with an `error`. Each learns in a process of its own, so none can stop another. Notes go to stderr.

The target is the column called so (target, class, y, ...), else the last or first of two values; bad is the value
called so, else the rarer. CSV with any separator, ARFF, JSON and Parquet, packed or not, in any encoding are read.
Without a table it takes the public sets beside the repository, and says which are absent. A file of signs is JSON,
such as {"income": "better", "debts": "worse"}; with it the cards keep to these directions too, and both figures are
given.
`--costs` says what the cap on pairs and the signs cost; `--fit-seconds` how long one fit on all rows takes, and beside
LightGBM's own fit and OptBinning's own.
"""

import argparse
import importlib
import json
import math
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from _apart import apart
from _tables_of import Known, known
from _yardsticks import YARDSTICKS, Way, levels_of

from lendmill.rating import measures
from lendmill.rating.card import Card
from lendmill.rating.scale import LOGIT_UNITS, Scale
from lendmill.rating.training.learners import LEARNERS, Asked, NothingLearned
from lendmill.rating.training.lessons import Kind, kind_taught

FOLDS = 5
CERTAIN = 1e-12  # no model is surer than this
COSTS = (0, 10, 20, 40, 10_000)
TIMED = ("boosted card", "classic card", "lightgbm", "optbinning", "ebm")
BESIDE = ("lightgbm", "optbinning")
QUICK = 5.0  # seconds: what takes less is timed three times, and the quickest counts
LIBRARIES = ("interpret.glassbox", "lightgbm", "optbinning", "pandas", "sklearn.linear_model")
SHARED = Path(__file__).parents[2] / "shared" / "data"
PUBLIC: dict[str, dict[str, Any]] = {
    "gmsc": {"path": "gmsc/cs-training.csv.zip", "target": "SeriousDlqin2yrs"},
    "uci_taiwan": {"path": "uci_taiwan/UCI_Credit_Card.csv", "target": "default.payment.next.month"},
    "german": {"path": "german/german.data", "header": False, "sep": " ", "positive": "2"},
}


# What a lender knows beforehand; columns not named here may go either way.
SIGNS: dict[str, dict[str, str]] = {
    "gmsc": {
        "RevolvingUtilizationOfUnsecuredLines": "worse",
        "age": "better",
        "NumberOfTime30-59DaysPastDueNotWorse": "worse",
        "MonthlyIncome": "better",
        "NumberOfTimes90DaysLate": "worse",
        "NumberOfTime60-89DaysPastDueNotWorse": "worse",
    },
    "uci_taiwan": {
        "LIMIT_BAL": "better",
        **{f"PAY_{n}": "worse" for n in (0, 2, 3, 4, 5, 6)},
        **{f"PAY_AMT{n}": "better" for n in range(1, 7)},
    },
    "german": {},
}


@dataclass
class Measured:
    """What one model gave each row, and how long it took to learn."""

    model: str
    pd: np.ndarray
    seconds: float
    by_fold: list[float]
    more: dict[str, Any] = field(default_factory=dict)


def folds(bad: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """The same five folds for every model."""
    from sklearn.model_selection import StratifiedKFold

    return list(StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(np.zeros(len(bad)), bad))


def scored(name: str, table: Known, signs: dict[str, str], costs: bool) -> Measured:
    """Learn on four parts and judge the fifth, five times over."""
    way, levels = models(table.bad, signs, costs)[name], levels_of(table.frame)
    pd = np.zeros(len(table.bad))
    seconds, by_fold, more = 0.0, [], []
    for learn, held in folds(table.bad):
        began = time.perf_counter()
        tell = way.fit(way.ready(table.frame[learn], levels), table.bad[learn])
        found = tell(way.ready(table.frame[held], levels))
        seconds += time.perf_counter() - began
        if isinstance(found, tuple):
            found, told = found
            more.append(told)
        if not np.isfinite(found).all():
            raise ValueError(f"{int((~np.isfinite(found)).sum())} of {len(held)} rows got no probability")
        pd[held] = np.clip(found, CERTAIN, 1 - CERTAIN)
        by_fold.append(measures.area(table.bad[held], pd[held]).value)
        print(f"{table.name}: {name}, fold {len(by_fold)}: {by_fold[-1]:.4f}", file=sys.stderr, flush=True)
    summed: dict[str, Any] = {key: [each[key] for each in more] for key in (more[0] if more else {})}
    if summed:
        summed["unknown"] = sum(summed["unknown"])
    return Measured(name, pd, seconds, by_fold, summed)


def timed(name: str, table: Known, signs: dict[str, str], costs: bool) -> float:
    """The seconds of one fit on all rows: of the model's own fit alone, with its library loaded and its table ready."""
    for library in LIBRARIES:
        importlib.import_module(library)
    way = models(table.bad, signs, costs)[name]
    ready = way.ready(table.frame, levels_of(table.frame))
    took: list[float] = []
    while len(took) < 3 and (not took or min(took) < QUICK):
        began = time.perf_counter()
        way.fit(ready, table.bad)
        took.append(time.perf_counter() - began)
    return min(took)


def line(table: Known, each: Measured, best: Measured) -> dict[str, Any]:
    """One model's figures."""
    levels = measures.PdLevels.of(table.bad, each.pd)
    start, slope = measures.calibration(table.bad, each.pd)
    gap = np.array(each.by_fold) - np.array(best.by_fold)
    found = {
        "table": table.name,
        "model": each.model,
        "rows": len(table.bad),
        "bads": int(table.bad.sum()),
        "auc": round(measures.area(table.bad, each.pd).value, 4),
        "ks": round(levels.ks(), 4),
        "brier": round(levels.brier(), 5),
        "calibration_slope": round(slope, 3),
        "calibration_start": round(start, 3),
        "seconds": round(each.seconds, 1),
        "auc_by_fold": [round(value, 4) for value in each.by_fold],
        "auc_below_best": round(float(-gap.mean()), 5) + 0.0,
        "standard_error": round(float(gap.std(ddof=1) / np.sqrt(FOLDS)), 5),
        **{key: _one(values) for key, values in each.more.items()},
    }
    return {
        key: None if isinstance(value, float) and not math.isfinite(value) else value for key, value in found.items()
    }


def _one(values: Any) -> Any:
    """The value of all folds where it is the same in each."""
    return values[0] if isinstance(values, list) and len(set(map(str, values))) == 1 else values


@dataclass(frozen=True)
class Feature:
    """A column as the learners want to know it."""

    name: str
    higher_is: str | None = None
    block: str = ""


def card(kind: Kind, signs: dict[str, str], **more: Any) -> Way:
    """A card as a model of this bench: the very one that would be served, written down and read back."""

    def learned(learn: pl.DataFrame, bad: Any) -> Any:
        catalogue = [Feature(name, signs.get(name)) for name in learn.columns]
        texts = [name for name, dtype in learn.schema.items() if dtype == pl.String]
        asked = Asked(catalogue, texts, "bench", "bad", Scale(), **more)
        try:
            made = Card.read(LEARNERS[kind](learn, bad, np.arange(len(bad)), asked).card.written())
        except NothingLearned:
            nothing = {"kind": kind, "cells": 0, "tables": 0, "pairs": 0, "unknown": 0}
            return lambda held: (np.full(held.height, bad.mean()), nothing)
        size = {
            "kind": kind,
            "cells": sum(len(table.cells) for table in made.tables),
            "tables": len(made.tables),
            "pairs": sum(len(table.axes) == 2 for table in made.tables),
        }

        def told(held: pl.DataFrame) -> Any:
            logit, unknown = made.logits(held)
            return 1 / (1 + np.exp(logit / LOGIT_UNITS)), size | {"unknown": int(unknown.sum())}

        return told

    return Way(lambda frame, _: frame, learned)


def models(bad: Any, signs: dict[str, str], costs: bool) -> dict[str, Way]:
    """Our two cards, then the yardsticks; the boosted card is what `train` learns where that is asked for."""
    boosted, _ = kind_taught("boosted", int(bad.sum()), int((~bad).sum()))
    found = {"boosted card": card(boosted, {}), "classic card": card("classic", {})}
    if signs:
        found |= {"boosted card, signed": card(boosted, signs), "classic card, signed": card("classic", signs)}
    if costs:
        found |= {f"boosted card, {pairs} pairs": card(boosted, {}, pairs=pairs) for pairs in COSTS}
        return found | ({"boosted card, 20 pairs, signed": card(boosted, signs, pairs=20)} if signs else {})
    return found | YARDSTICKS


def tables(asked: argparse.Namespace) -> Iterator[Known]:
    """The table asked for, or the public ones that are here."""
    drop = tuple(name for name in asked.drop.split(",") if name)
    if asked.table:
        yield known(Path(asked.table), target=asked.target, positive=asked.positive, drop=drop, sep=asked.sep,
                    header=not asked.no_header)  # fmt: skip
        return
    for name, how in PUBLIC.items():
        path = SHARED / how["path"]
        if path.exists():
            found = known(path, **{key: value for key, value in how.items() if key != "path"})
            found.name = name
            yield found
        else:
            print(f"{name} is absent", file=sys.stderr)


def asked_for() -> argparse.Namespace:
    """What was asked for on the command line."""
    asking = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for option in ("--table", "--target", "--positive", "--drop", "--sep", "--models", "--signs"):
        asking.add_argument(option, default="")
    asking.add_argument("--no-header", action="store_true")
    asking.add_argument("--costs", action="store_true")
    asking.add_argument("--fit-seconds", action="store_true")
    asking.add_argument("--keep", default="", help="a folder to keep each model's PDs in")
    asking.add_argument("--minutes", type=float, default=120.0, help="how long one model may take")
    return asking.parse_args()


def signs_of(file: str) -> dict[str, str]:
    """The directions in a file, or the end of the program with a sentence."""
    try:
        found = json.loads(Path(file).read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise SystemExit(f"{file} cannot be read as signs: {error}") from None
    if not isinstance(found, dict) or not set(map(str, found.values())) <= {"better", "worse"}:
        raise SystemExit(f'{file} is not a file of signs, such as {{"income": "better", "debts": "worse"}}')
    return found


def chosen(names: str, there: list[str]) -> list[str]:
    """The models asked for, all without; refuses one that there is not."""
    rest = [name.strip().lower() for name in names.split(",") if name.strip()]
    wanted, strange = set(), []
    while rest:
        sizes = [size for size in (3, 2, 1) if ", ".join(rest[:size]) in there]  # a name may have commas of its own
        (wanted.add if sizes else strange.append)(", ".join(rest[: max(sizes, default=1)]))
        rest = rest[max(sizes, default=1) :]
    if strange:
        raise SystemExit(f"there is no model called {', '.join(strange)}; there are: {', '.join(there)}")
    return [name for name in there if not wanted or name in wanted]


def measure(table: Known, asked: argparse.Namespace, signs: dict[str, str]) -> None:
    """Judge every model asked for and print its line; those done before an interrupt have theirs."""
    found: dict[str, Measured | str] = {}
    try:
        for name in chosen(asked.models, list(models(table.bad, signs, asked.costs))):
            found[name] = each = apart(scored, name, table, signs, asked.costs, minutes=asked.minutes)
            told = each if isinstance(each, str) else f"{each.by_fold} {each.seconds:.1f}s"
            print(f"{table.name}: {name} {told}", file=sys.stderr, flush=True)
            if asked.keep and not isinstance(each, str):
                np.save(Path(asked.keep) / f"{table.name}-{name}.npy", each.pd)
    finally:
        done = [each for each in found.values() if not isinstance(each, str)]
        best = max(done, key=lambda each: float(np.mean(each.by_fold)), default=None)
        for name, each in found.items():
            if isinstance(each, str) or best is None:
                shown(table, name, {"error": each})
            else:
                print(json.dumps(line(table, each, best), ensure_ascii=False, allow_nan=False), flush=True)


def time_fits(table: Known, asked: argparse.Namespace, signs: dict[str, str]) -> None:
    """Time one fit of every model asked for and print its line, with how many times LightGBM's and OptBinning's."""
    there = chosen(asked.models or ",".join(TIMED), list(models(table.bad, signs, asked.costs)))
    took = {name: apart(timed, name, table, signs, asked.costs, minutes=asked.minutes) for name in there}
    for name, seconds in took.items():
        if isinstance(seconds, str):
            shown(table, name, {"error": seconds})
            continue
        beside = {each: took[each] for each in BESIDE if isinstance(took.get(each), float)}
        ratios = {f"to_{each}": round(seconds / other, 2) for each, other in beside.items()}
        shown(table, name, {"fit_seconds": round(seconds, 2), **ratios})


def shown(table: Known, name: str, told: dict[str, Any]) -> None:
    """Print one line about a model."""
    about = {"table": table.name, "model": name, "rows": len(table.bad), "bads": int(table.bad.sum())}
    print(json.dumps(about | told, ensure_ascii=False, allow_nan=False), flush=True)


def main() -> None:
    """Run what was asked for and print a line for each model."""
    asked = asked_for()
    given = signs_of(asked.signs) if asked.signs else {}
    if asked.keep:
        Path(asked.keep).mkdir(parents=True, exist_ok=True)
    for table in tables(asked):
        signs = given if asked.table or asked.signs else SIGNS.get(table.name, {})
        _, why = kind_taught("boosted", int(table.bad.sum()), int((~table.bad).sum()))
        strange = sorted(set(given) - set(table.frame.columns))
        nobody = [f"no column kept is called {', '.join(strange)}, whose direction is given"] if strange else []
        for note in (*table.notes, *why, *nobody):
            print(f"{table.name}: {note}", file=sys.stderr, flush=True)
        (time_fits if asked.fit_seconds else measure)(table, asked, signs)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        main()
    except KeyboardInterrupt:
        raise SystemExit(130) from None
