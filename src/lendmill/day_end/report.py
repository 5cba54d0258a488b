"""What the end of a day did, step by step, in counts and sums; kept with the day, and read again at any time."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from lendmill.db import Db, many

Counts = dict[str, int]
STEPS: Final = ("cut-over", "bring-up", "accrue", "funding", "limits")


@dataclass(frozen=True, slots=True)
class Report:
    """What the end of one day did; a rehearsal has taken no time."""

    closed_on: date
    steps: dict[str, Counts]
    took_ms: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Step:
    step: str
    counts: dict[str, Any]
    took_ms: int


KEPT = """
    select step, counts, took_ms
      from day_end_step
     where closes_on = %(day)s
       and step = any(%(steps)s)
     order by done_at
"""


def report_of(db: Db, day: date) -> Report | None:
    """What was done at the end of a day, as far as it got; None where it has not begun."""
    found = many(db, _Step, KEPT, day=day, steps=list(STEPS))
    if not found:
        return None
    return Report(day, {step.step: step.counts for step in found}, {step.step: step.took_ms for step in found})
