"""Interest, penalty and ageing of a million loans in arrays, beside copying the same bytes.

    python bench/million.py [--loans 1000000]

Four instalments a loan, one loan in ten late by up to four months. The ceiling is `numpy.copyto` of as many bytes as
the columns read and written come to, half of them read and half written. Both run in turn, and the best of each counts.
"""

import argparse
import time
from collections.abc import Callable

import numpy as np
from _figures import keep, shown

from lendmill.arrears.stages import STAGES
from lendmill.loans.many import Book, Standing, standing

ROWS = 4
ON = 20_500
ROUNDS = 15
FIRST_DAYS = tuple(day for day, _ in STAGES)


def book(loans: int) -> Book:
    """Loans by chance, as they stand some days before; no row falls due on the way."""
    chance = np.random.default_rng(1)
    seen_on = ON - chance.integers(0, 29, loans)
    behind = np.where(chance.random(loans) < 0.1, chance.integers(1, 5, loans), 0)  # instalments past due
    number = np.arange(ROWS) + 1 - behind[:, None]
    due_on = np.where(number > 0, ON + 30 * (number - 1), seen_on[:, None] + 30 * (number - 1))
    part = chance.integers(10_000, 500_000, (loans, 1)) * np.ones(ROWS, np.int64)
    billed = np.where(number > 0, 0, part // 50)
    return Book(
        rate_num=chance.integers(300, 700, loans),
        rate_den=np.full(loans, 1_000_000),
        penalty_num=chance.integers(700, 1_000, loans),
        grace_days=chance.integers(0, 5, loans),
        nonaccrual_from_days=np.full(loans, 91),
        seen_on=seen_on,
        interest_accrued=chance.integers(0, 10**9, loans),
        outstanding_cents=part.sum(axis=1),
        loan=np.repeat(np.arange(loans), ROWS),
        due_on=due_on.reshape(-1),
        principal_cents=part.reshape(-1),
        principal_left_cents=part.reshape(-1).copy(),
        billed_left_cents=billed.reshape(-1),
        penalty_accrued=np.where(number > 0, 0, part * 900).reshape(-1),
    )


READ = ("rate_num", "penalty_num", "grace_days", "seen_on", "interest_accrued", "outstanding_cents", "loan", "due_on",
        "principal_left_cents", "billed_left_cents", "penalty_accrued")  # fmt: skip
WRITTEN = ("interest_accrued", "penalty_accrued", "days_past_due", "stage")


def all_standings(loans: Book) -> list[Standing]:
    """How every loan stands, part by part."""
    return [standing(part, ON, FIRST_DAYS) for part in loans.chunks()]


def seconds(work: Callable[[], object]) -> float:
    """How long it takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def main() -> None:
    """Measure, print, and add a line to the history."""
    asked = argparse.ArgumentParser(description="A million loans in arrays, beside copying the same bytes.")
    asked.add_argument("--loans", type=int, default=1_000_000)
    asked.add_argument("--no-history", action="store_true", help="measure without adding to the history")
    given = asked.parse_args()
    loans = book(given.loans)
    found = all_standings(loans)
    late = sum(int((part.days_past_due > 0).sum()) for part in found)
    touched = sum(getattr(loans, name).nbytes for name in READ)
    touched += sum(getattr(part, name).nbytes for part in found for name in WRITTEN)
    source = np.ones(touched // 2, np.int8)
    target = np.zeros_like(source)
    rounds = [
        (seconds(lambda: np.copyto(target, source)), seconds(lambda: all_standings(loans))) for _ in range(ROUNDS)
    ]
    copy_seconds, our_seconds = (min(took) for took in zip(*rounds, strict=True))
    figures = {
        "loans": given.loans, "late": late, "megabytes": touched / 1e6, "copy_ms": copy_seconds * 1e3,
        "ours_ms": our_seconds * 1e3, "ratio": our_seconds / copy_seconds,
    }  # fmt: skip
    shown(f"interest, penalty and ageing of {given.loans:,} loans, {late:,} of them late", [
        ("copying the same bytes", f"{figures['copy_ms']:.1f} ms", f"{figures['megabytes']:.0f} MB read and written"),
        ("ours", f"{figures['ours_ms']:.1f} ms", ""),
        ("ratio", f"{figures['ratio']:.2f}", "<= 6"),
    ])  # fmt: skip
    if not given.no_history:
        keep("million loans", figures)


if __name__ == "__main__":
    main()
