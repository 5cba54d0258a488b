"""Assumptions, curves and grades for the tests of prices; everything in them is made up."""

from datetime import date
from typing import Any

from lendmill.credit.pricing.assumptions import Assumptions, assumptions_of

TODAY = date(2026, 3, 1)
CURVE = ((0.04, 0.0), (0.08, 0.3), (0.12, 0.55), (0.2, 0.85))

CONTENT: dict[str, Any] = {
    "key": "merchants-2026",
    "said_by": "the analyst",
    "in_force_on": date(2026, 1, 1),
    "source": "lines of 2025, measured in January",
    "product": "credit-line",
    "days": 365,
    "loss_given_default_bp": 6_000,
    "funding_yearly_bp": 300,
    "operating_cents": 5_000,
    "drawn_at_default_bp": 10_000,
    "interest_paid_before_default_bp": 0,
    "utilisation": ({"limit_cents": 1_000_000, "share_bp": 10_000},),
    "grades": {
        "A": {"pd": 0.01, "pd_low": 0.005, "pd_high": 0.02, "curve": "all", "limit_cents": 5_000_000},
        "B": {"pd": 0.05, "pd_low": 0.03, "pd_high": 0.08, "curve": "all", "limit_cents": 2_000_000},
    },
    "churn": {"all": CURVE},
}


def stated(**changes: Any) -> Assumptions:
    """The assumptions with some of their fields changed."""
    return assumptions_of({**CONTENT, **changes})


def one_grade(pd: float, **changes: Any) -> Assumptions:
    """The assumptions for grade A alone, at a PD that nobody doubts."""
    own = {"pd": pd, "pd_low": pd, "pd_high": pd, "curve": "all", "limit_cents": 5_000_000}
    return stated(grades={"A": own | changes.pop("own", {})}, **changes)
