"""Every feature the house knows: its name, meaning, unit, formula, direction, block, and where it may not go."""

from typing import Final

from lendmill.features.circles import CIRCLES
from lendmill.features.feature import Feature as Feature
from lendmill.features.flow import FLOW
from lendmill.features.guests import GUESTS
from lendmill.features.papers import PAPERS
from lendmill.features.reports import REPORTS
from lendmill.features.selling import SELLING
from lendmill.features.stated import STATED
from lendmill.features.trail import TRAIL
from lendmill.features.trust import TRUST

FEATURES: Final[tuple[Feature, ...]] = (
    *SELLING, *FLOW, *CIRCLES, *GUESTS, *TRAIL, *PAPERS, *REPORTS, *STATED, *TRUST,
)  # fmt: skip
NAMES: Final = tuple(feature.name for feature in FEATURES)

_ARROWS: Final = {"better": "higher is better", "worse": "higher is worse", None: "no direction"}
_OPENING: Final = """# Features

What is known of a shop as of a day, made from its events ([how they come in](import.md)): {count} features.
This page is written by `features.catalogue.page()`.

- Only what was known at the end of that day counts; a correction that came later does not.
- Windows end on the day, which is counted: 90 days are the day itself and the 89 before.
- Amounts are in yuan. Sums are whole cents, divided once, so the order of rows in a file changes nothing.
- Empty means unknown: the shop's sources do not deliver what the feature needs, or there is nothing to divide by.
  Nought means that there was none.
- Sales are a shop's orders where they are known, otherwise its issued invoices. Refunds are the platform's refunds, or
  invoices that take an earlier one back.
- *Not for* says where a feature may not be used: told to a seller as a *reason*, taken as a ground that explains a
  difference between groups (*fairness*), or shown to others in the *public index*. *Fixed* marks what a seller cannot
  do anything about, *protected* what lies too close to what nobody may be judged by: neither is ever told as a reason.
- First each shop's days are summed once (roll-ups, `lendmill roll-up`), then windows add up days. The same definitions
  run on Polars and on Spark.
"""


def page() -> str:
    """The catalogue as a page, block by block."""
    lines = [_OPENING.format(count=len(FEATURES))]
    for block in dict.fromkeys(feature.block for feature in FEATURES):
        lines += [f"## {block.capitalize()}", ""]
        lines.append("| feature | meaning | 含义 | unit | formula | direction | needs | not for |")
        lines.append("| --- | --- | --- | --- | --- | --- | --- | --- |")
        lines += [_row(feature) for feature in FEATURES if feature.block == block]
        lines.append("")
    return "\n".join(lines).rstrip("\n") + "\n"


def _row(feature: Feature) -> str:
    needs = " and ".join(need.replace("|", " or ") for need in feature.needs) or "any event"
    marks = [*feature.not_for, *(["fixed"] if not feature.actionable else []), *(["protected"] * feature.protected)]
    cells = (
        f"`{feature.name}`", feature.meaning, feature.meaning_zh, feature.unit, feature.formula,
        _ARROWS[feature.higher_is], needs, ", ".join(marks),
    )  # fmt: skip
    return "| " + " | ".join(cells) + " |"
