"""A hundred million yuan over small firms known by their invoices: the best amounts and rates, beside simpler ways.

    python bench/contest.py [--page]

Reads the firms, invoices and the curve of borrowers lost beside the repository, learns the house's classic card, and
solves the problem of `lendmill.lab.contest`; one JSON line. With `--page`, writes docs/pricing.md and its pictures.
"""

import argparse
import json
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from _contest_page import write

from lendmill.credit.pricing.curve import ChurnCurve, curves_of
from lendmill.credit.pricing.profit import ASKED
from lendmill.credit.pricing.sharing import TotalOutOfReach
from lendmill.features import windows
from lendmill.lab.contest import (
    Firm,
    Portfolio,
    Solved,
    Terms,
    card_pds,
    out_of_fold,
    solved,
    spread_cents,
    started_anew,
    worth_under,
)
from lendmill.rating import measures
from lendmill.shops.importers.invoices import import_invoices
from lendmill.shops.lake import Lake

FOLDER = Path(__file__).parents[2] / "shared" / "data" / "cumcm2020c"
LENT, WORST = "ABC", "D"
TOTALS = (3_000, 5_000, 8_000)
SUM = 10_000  # units of 10,000 yuan: 100 million
CENTS_MIN = 1_000_000  # a firm without sales counts as one that sells for so much a month


def record() -> tuple[pl.DataFrame, pl.DataFrame, date]:
    """What is known of every firm on the last day of the record, and the labels."""
    with tempfile.TemporaryDirectory() as place:
        lake = Lake(Path(place))
        labels = import_invoices(FOLDER, lake, received_at=datetime.now(UTC)).labels
        day = lake.scan().select(pl.col("known_on").max()).collect().item()
        return windows.as_of(lake, day), labels, day


def firms(frame: pl.DataFrame, pds: Any, groups: list[str]) -> list[Firm]:
    """The firms with what the rating says of each."""
    sales = (frame["sales_monthly_mean"].fill_null(0.0) * 100).to_numpy().astype(np.int64)
    return [
        Firm(key, round(float(pd), 6), group, max(CENTS_MIN, int(cents)))
        for key, pd, group, cents in zip(frame["shop_key"], pds, groups, sales, strict=True)
    ]


def rated(frame: pl.DataFrame, labels: pl.DataFrame) -> dict[str, Any]:
    """Both sets of firms: those whose grade and outcome are known, and those of which only the invoices are."""
    known = frame.join(labels.drop_nulls("bank_rating"), on="shop_key").sort("shop_key")
    others = frame.join(known.select("shop_key"), on="shop_key", how="anti").sort("shop_key")
    bad, grades = known["defaulted"].to_numpy().astype(np.float64), known["bank_rating"].to_list()
    told = out_of_fold(known, bad)
    lent = np.array([grade != WORST for grade in grades])
    share = (bad[lent].sum() + 0.5) / (lent.sum() + 1)
    first = firms(known.filter(pl.Series(lent)), started_anew(told[lent], share), [g for g in grades if g != WORST])
    as_told = firms(known.filter(pl.Series(lent)), told[lent], [g for g in grades if g != WORST])

    pds = card_pds(known, bad, others)
    ends = np.cumsum([grades.count(grade) for grade in LENT + WORST]) / len(grades)
    places = np.searchsorted(ends, (np.argsort(np.argsort(pds, kind="stable"), kind="stable") + 0.5) / len(pds))
    groups = [(LENT + WORST)[place] for place in places]
    kept = np.array([group != WORST for group in groups])
    second = firms(others.filter(pl.Series(kept)), pds[kept], [group for group in groups if group != WORST])
    return {
        "first": first,
        "as_told": as_told,
        "second": second,
        "auc": measures.area(bad.astype(np.bool_), told),
        "auc_lent": measures.area(bad[lent].astype(np.bool_), told[lent]),
        "known": len(bad),
        "bads": int(bad.sum()),
        "bads_lent": int(bad[lent].sum()),
        "share": float(share),
        "mean_told": float(told[lent].mean()),
        "others": len(pds),
        "worst": int((~kept).sum()),
    }


def told(found: Portfolio, against: int | None = None) -> dict[str, Any]:
    """A portfolio in figures."""
    lent = found.amounts_units > 0
    rates = found.rates_bp[lent]
    return {
        "firms": found.firms,
        "granted_units": int(found.amounts_units.sum()),
        "counted_units": found.counted_units,
        "profit_cents": found.profit_cents,
        "rate_low": int(rates.min()) if lent.any() else None,
        "rate_mean": float(np.average(rates, weights=found.amounts_units[lent])) if lent.any() else None,
        "rate_high": int(rates.max()) if lent.any() else None,
        "of_best": None if against is None else found.profit_cents / against,
    }


def answered(name: str, whom: list[Firm], curves: dict[str, ChurnCurve], terms: Terms, total: int) -> dict[str, Any]:
    """One sum solved, with the simpler ways beside it."""
    began = time.perf_counter()
    found = solved(whom, curves, terms, total)
    seconds = time.perf_counter() - began
    best, free = found.best.profit_cents, int(np.argmax(found.by_total))
    print(f"{name}: {best / 100:,.0f} yuan, {seconds:.1f} s", file=sys.stderr, flush=True)
    return {
        "name": name,
        "total": total,
        "counted": terms.counted,
        "best": told(found.best),
        "greedy": told(found.greedy, best),
        "equal": told(found.equal, best),
        "gap": found.gap_share,
        "unit_cents": found.ceiling.unit_worth / ASKED,
        "seconds": seconds,
        "free": {"units": free, "profit_cents": round(int(found.by_total[free]) / ASKED)},
        "groups": by_group(whom, found.best),
        "spread_cents": spread_cents(found.best, whom, curves, terms),
        "found": found,
    }


def by_group(whom: list[Firm], found: Portfolio) -> dict[str, dict[str, float]]:
    """The best portfolio by group of grades."""
    rows = {}
    for group in LENT:
        at = np.array([firm.curve == group for firm in whom])
        amounts, pds = found.amounts_units[at], np.array([firm.pd for firm in whom])[at]
        rates = found.rates_bp[at][amounts > 0]
        rows[group] = {
            "firms": int(at.sum()),
            "pd": float(pds.mean()),
            "lent_to": int((amounts > 0).sum()),
            "units": int(amounts.sum()),
            "rate": float(np.average(rates, weights=amounts[amounts > 0])) if len(rates) else float("nan"),
        }
    return rows


MOVED: dict[str, dict[str, Any]] = {
    "loss given default 40 %": {"loss_given_default_bp": 4_000},
    "loss given default 80 %": {"loss_given_default_bp": 8_000},
    "loss given default 100 %": {"loss_given_default_bp": 10_000},
    "money costs 2 % a year": {"funding_yearly_bp": 200},
    "money costs 4 % a year": {"funding_yearly_bp": 400},
    "a loan costs 1,000 yuan to make": {"operating_cents": 100_000},
    "twice the loan, odds of default x 1.25": {"odds_per_doubling": 1.25},
}


def sensitivity(whom: list[Firm], curves: dict[str, ChurnCurve], total: int, base: Solved) -> list[dict[str, Any]]:
    """The best under other assumptions, and what the portfolio found before would bring under them."""
    cases = [(name, whom, replace(Terms(), **moved)) for name, moved in MOVED.items()]
    for name, factor in (("odds of default halved", 0.5), ("odds of default doubled", 2.0)):
        odds = [firm.pd / (1 - firm.pd) * factor for firm in whom]
        moved = [replace(firm, pd=each / (1 + each)) for firm, each in zip(whom, odds, strict=True)]
        cases.append((name, moved, Terms()))
    rows = []
    for name, them, terms in cases:
        found = answered(name, them, curves, terms, total)
        stayed = round(worth_under(base.best, them, curves, terms) / ASKED)
        rows.append(found | {"stayed_cents": stayed})
    return rows


def worked_out() -> dict[str, Any]:
    """All that the page tells."""
    frame, labels, day = record()
    curves = curves_of((FOLDER / "rate_churn.csv").read_text("utf-8"))
    rating = rated(frame, labels)
    print(f"rated: {rating['auc']}", file=sys.stderr, flush=True)
    first, second, terms = rating["first"], rating["second"], Terms()
    try:
        answered("first", first, curves, terms, SUM)
        out_of_reach = ""
    except TotalOutOfReach as refused:
        out_of_reach = str(refused)
    most = len(first) * terms.most_units
    firsts = [answered("first", first, curves, terms, total) for total in (*TOTALS, most)]
    seconds = [
        answered("second", second, curves, terms, SUM),
        answered("second", second, curves, replace(terms, counted="taken up"), SUM),
    ]
    return {
        "day": day,
        "rating": rating,
        "curves": curves,
        "terms": terms,
        "out_of_reach": out_of_reach,
        "firsts": firsts,
        "seconds": seconds,
        "as_told": answered("as told", rating["as_told"], curves, terms, TOTALS[1]),
        "sensitivity": sensitivity(second, curves, SUM, seconds[0]["found"]),
    }


def main() -> None:
    """Solve it, and write the page where that was asked for."""
    asking = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asking.add_argument("--page", action="store_true")
    asked = asking.parse_args()
    if not FOLDER.is_dir():
        print("not here: ../shared/data/cumcm2020c, the data of the contest, which are not shipped", file=sys.stderr)
        sys.exit(int(asked.page))
    found = worked_out()
    keep = {key: value for key, value in found["seconds"][0].items() if key != "found"}
    print(json.dumps(keep))
    if asked.page:
        for path in write(found):
            print(path, file=sys.stderr)


if __name__ == "__main__":
    main()
