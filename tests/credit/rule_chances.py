"""Facts and conditions by chance, aimed at what is not known, not finite, and at the borders."""

from datetime import date
from typing import Any

import polars as pl
from hypothesis import strategies as st

NUMBERS = ("points", "pd", "refund_rate_90")
FIGURES = st.sampled_from(
    [None, 0.0, -0.0, 1.0, 0.5, -3.0, 2.5, 1e12, 1e308, -1e308, 5e-324, float("nan"), float("inf"), float("-inf")]
)
COLUMNS: dict[str, tuple[Any, Any]] = {
    **dict.fromkeys(NUMBERS, (pl.Float64, FIGURES)),
    "loans_repaid": (pl.Int64, st.sampled_from([None, 0, 1, 3, 2**53 + 1, -(2**63)])),
    "grade": (pl.String, st.sampled_from([None, "A", "C", "", "unknown", " ", "c"])),
    "region": (pl.String, st.sampled_from([None, "A", "杭州", ""])),
    "banned": (pl.Boolean, st.sampled_from([None, True, False])),
    "today": (pl.Date, st.sampled_from([None, date(2026, 3, 1), date(2024, 2, 29)])),
    "rated_on": (pl.Date, st.sampled_from([None, date(2026, 1, 31), date(1970, 1, 1)])),
}


def grown(inner: Any) -> Any:
    """A longer sum out of shorter ones."""
    pairs = st.tuples(inner, inner)
    return (
        pairs.flatmap(lambda two: st.sampled_from("+-*/").map(lambda sign: f"({two[0]} {sign} {two[1]})"))
        | pairs.flatmap(lambda two: st.sampled_from(["least", "greatest"]).map(lambda f: f"{f}({two[0]}, {two[1]})"))
        | inner.flatmap(lambda one: st.sampled_from(["abs", "floor", "ceil", "-"]).map(lambda f: f"{f}({one})"))
    )


SUMS = st.recursive(
    st.sampled_from([*NUMBERS, "loans_repaid", "(today - rated_on)", "0", "0.5", "3", "1e300", "-2"]),
    grown,
    max_leaves=5,
)
CONSTANT_FIRST = st.sampled_from(
    ["1 = refund_rate_90", "0.5 between refund_rate_90 and pd", "0 in (1, 0) and 0.3 < refund_rate_90",
     *(f"0.5 {sign} refund_rate_90" for sign in ("<>", "<", "<=", ">", ">="))]
)  # fmt: skip
CONDITIONS = st.recursive(
    CONSTANT_FIRST
    | st.tuples(SUMS, st.sampled_from(["=", "<>", "<", "<=", ">", ">="]), SUMS).map(" ".join)
    | st.tuples(SUMS, SUMS, SUMS).map(lambda three: f"{three[0]} between {three[1]} and {three[2]}")
    | SUMS.map(lambda one: f"{one} in (0, 3, -0.5)")
    | st.sampled_from(
        ["banned", "banned = false", "grade = 'C'", "grade in ('A', 'C')", "region <> '杭州'", "region not in ('A')",
         "today > date '2025-01-01'", "rated_on between date '1970-01-01' and today"]
    ),
    lambda inner: inner.map(lambda one: f"not ({one})")
    | st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda three: f"({' '.join(three)})"),
    max_leaves=6,
)  # fmt: skip
TABLES = st.lists(
    st.fixed_dictionaries({name: values for name, (_, values) in COLUMNS.items()}), min_size=1, max_size=8
)
