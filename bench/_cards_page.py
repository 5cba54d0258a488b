"""Writes the page about how well the cards tell good from bad, from the lines that bench/rating.py printed.

    python bench/rating.py >> bench/rating.jsonl; python bench/rating.py --costs >> bench/rating.jsonl
    python bench/rating.py --fit-seconds >> bench/rating.jsonl
    python bench/_cards_page.py [LINES PAGE]

A later line takes the place of an earlier one about the same.
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).parent
LINES, PAGE = HERE / "rating.jsonl", HERE.parent / "docs" / "rating-cards.md"
NAMES = {"cs-training": "gmsc", "UCI_Credit_Card": "uci_taiwan"}
CAPPED = re.compile(r"boosted card, ([\d_]+) pairs(, signed)?")
BOOSTED, CLASSIC, SIGNED = "boosted card", "classic card", ", signed"
YARDS = {"lightgbm": "LightGBM's own fit", "optbinning": "OptBinning's own fit"}
OPENING = """# How well the cards tell good payers from bad ones

Written by `python bench/_cards_page.py` from what `python bench/rating.py` printed; no figure was typed. Five
stratified folds, seed 0, every row judged by a model that had not seen it. *Below the best*: by how much the AUC, fold
by fold, lies below that of the model with the best mean, with the standard error of these paired differences. *Seconds*
are for five fits, on two cores shared with other work, and say little beyond their order.

`python bench/rating.py --table FILE [--target COLUMN] [--positive VALUE]` does this for any table.
"""

Line = dict[str, Any]


def lines(path: Path) -> dict[str, dict[str, dict[str, Line]]]:
    """For each table the last line of each model: of those judged, of those whose fit was timed, of those that failed.

    A failure counts only where no line has judged or timed the model.
    """
    found: dict[str, dict[str, dict[str, Line]]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        told = json.loads(line)
        kinds = found.setdefault(NAMES.get(told["table"], told["table"]), {"judged": {}, "timed": {}, "failed": {}})
        kind = "failed" if "error" in told else "timed" if "fit_seconds" in told else "judged"
        kinds[kind][told["model"]] = told
    for kinds in found.values():
        for model in kinds["judged"] | kinds["timed"]:
            kinds["failed"].pop(model, None)
    return found


def gap(better: Line, other: Line) -> tuple[float, float]:
    """By how much the one's AUC lies above the other's, fold by fold, and the standard error of that."""
    differences = np.array(better["auc_by_fold"]) - np.array(other["auc_by_fold"])
    return float(differences.mean()), float(differences.std(ddof=1) / len(differences) ** 0.5)


def beside(cost: float, error: float) -> str:
    """What a choice costs in AUC, in words: it may cost nothing that can be told from chance, or gain."""
    if abs(cost) <= error:
        return f"costs nothing that five folds could tell from chance ({round(-cost, 4) + 0.0:+.4f} ± {error:.4f})"
    return f"{'costs' if cost > 0 else 'gains'} {abs(cost):.4f} ± {error:.4f}"


def best_of(models: dict[str, Line]) -> Line:
    """The model with the best mean over the folds."""
    return max(models.values(), key=lambda each: float(np.mean(each["auc_by_fold"])))


def summary(found: dict[str, dict[str, dict[str, Line]]]) -> Iterator[str]:
    """Each table in a line: where the cards stand."""
    yield from ("", "| table | best | boosted card | classic card, beside OptBinning |", "| --- | --- | --- | --- |")
    for name, kinds in found.items():
        models = uncapped(kinds["judged"])
        if not models:
            continue
        best, said = best_of(models), ["not measured", "not measured"]
        if (boosted := models.get(BOOSTED)) is not None:
            below, error = gap(best, boosted)
            where = "within one standard error" if below <= error else "beyond one standard error"
            said[0] = "the best" if boosted is best else f"below the best by {below:.4f} ± {error:.4f}: {where}"
        if CLASSIC in models and "optbinning" in models:
            above, error = gap(models[CLASSIC], models["optbinning"])
            said[1] = f"{'above' if above >= 0 else 'below'} by {abs(above):.4f} ± {error:.4f}"
        yield f"| {name} | {best['model']} {best['auc']:.4f} | {said[0]} | {said[1]} |"


def uncapped(models: dict[str, Line]) -> dict[str, Line]:
    """The models as they come, without those learned to see what a cap costs."""
    return {name: each for name, each in models.items() if not CAPPED.fullmatch(name)}


def ranking(models: dict[str, Line]) -> Iterator[str]:
    """One table's models, the best first."""
    yield "| model | AUC | KS | Brier | calibration slope, start | below the best | cells, pairs | seconds |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    best = best_of(models)
    for each in sorted(models.values(), key=lambda each: -float(np.mean(each["auc_by_fold"]))):
        below = "the best" if each is best else "{:.4f} ± {:.4f}".format(*gap(best, each))
        calibrated = "{}, {}".format(*(
            "none" if each[key] is None else f"{each[key]:{shape}}"
            for key, shape in (("calibration_slope", ".2f"), ("calibration_start", "+.2f"))
        ))  # fmt: skip
        name = (
            f"{each['model']} \\*"
            if each["model"].startswith(BOOSTED) and each.get("kind") == "classic"
            else each["model"]
        )
        yield (
            f"| {name} | {each['auc']:.4f} | {each['ks']:.3f} | {each['brier']:.4f} | {calibrated} | {below} | "
            f"{size(each)} | {each['seconds']:.0f} |"
        )
    if any(each["model"] == BOOSTED and each.get("kind") == "classic" for each in models.values()):
        yield from ("", "\\* A classic card: so few bad payers teach trees chance, and `train` learns none from them.")


def size(each: Line) -> str:
    """How many cells and pairs a card has, over the folds."""
    cells, pairs = (np.atleast_1d(each.get(key, 0)).mean() for key in ("cells", "pairs"))
    return f"{cells:,.0f}, {pairs:.0f}" if cells else ""


def costs(models: dict[str, Line]) -> Iterator[str]:
    """What the cap on pairs costs, and what known directions do."""
    capped = {name: each for name, each in models.items() if CAPPED.fullmatch(name) and not name.endswith(SIGNED)}
    usual = models.get(BOOSTED)
    if usual is not None and capped:
        yield from ("", f"What the cap on pairs costs, beside the card as it comes ({size(usual)} cells, pairs):", "")
        yield from ("| pairs at most | cells, pairs | AUC | the cap |", "| ---: | ---: | ---: | --- |")
        for name in sorted(capped, key=lambda name: cap(name)):
            most = f"{cap(name):,}" if cap(name) < 10_000 else "all"
            told = capped[name]
            yield f"| {most} | {size(told)} | {told['auc']:.4f} | {beside(*gap(usual, told))} |"
    signed = [name for name in models if name.endswith(SIGNED) and name.removesuffix(SIGNED) in models]
    if signed:
        yield from ("", "What keeping to the directions that a lender knows beforehand costs:", "")
        for name in signed:
            free = models[name.removesuffix(SIGNED)]
            yield f"- {free['model']}: {free['auc']:.4f} without, {models[name]['auc']:.4f} with: it " + (
                beside(*gap(free, models[name])) + "."
            )


def cap(name: str) -> int:
    """How many pairs a model's name allows."""
    found = CAPPED.fullmatch(name)
    assert found is not None
    return int(found[1])


def fits(timed: dict[str, Line]) -> Iterator[str]:
    """How long one fit on all rows takes, and how many times the libraries' own."""
    some = next(iter(timed.values()))
    there = {name: said for name, said in YARDS.items() if name in timed}
    yield from ("", f"One fit on all {some['rows']:,} rows, the table ready and the library loaded:", "")
    yield "| model | seconds |" + "".join(f" beside {said} |" for said in there.values())
    yield "| --- | ---: |" + " ---: |" * len(there)
    for name, told in sorted(timed.items(), key=lambda each: float(each[1]["fit_seconds"])):
        ratios = (told["fit_seconds"] / max(timed[each]["fit_seconds"], 0.01) for each in there)
        yield f"| {name} | {told['fit_seconds']:.2f} |" + "".join(f" {ratio:,.1f} times |" for ratio in ratios)


def section(name: str, kinds: dict[str, dict[str, Line]]) -> Iterator[str]:
    """All about one table."""
    some = next(each for kind in kinds.values() for each in kind.values())
    yield from ("", f"## {name}: {some['rows']:,} rows, {some['bads'] / some['rows']:.1%} bad", "")
    judged, timed, failed = kinds["judged"], kinds["timed"], kinds["failed"]
    if models := uncapped(judged):
        yield from ranking(models)
    for model, told in failed.items():
        yield from ("", f"{model} gave nothing: {told['error']}")
    yield from costs(judged)
    if timed:
        yield from fits(timed)


def main() -> None:
    """Write the page."""
    source, page = map(Path, sys.argv[1:3]) if len(sys.argv) > 2 else (LINES, PAGE)
    found = lines(source)
    text = [OPENING.rstrip("\n"), *summary(found)]
    for name, kinds in found.items():
        text += section(name, kinds)
    page.write_text("\n".join(text) + "\n", encoding="utf-8")
    print(page)


if __name__ == "__main__":
    main()
