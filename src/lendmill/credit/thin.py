"""Second thoughts about a shop whose record is short: how it was judged when it was rated, and what follows."""

import polars as pl

from lendmill.credit.case import Case
from lendmill.credit.finding import Finding, at_most, not_applicable, noted
from lendmill.credit.policy import Policy
from lendmill.credit.reasons import Reason


def is_thin(case: Case) -> bool:
    """Whether the record counts as short: it was judged so, or nobody judged it."""
    return case.rating is None or case.rating.file != "full"


THIN: pl.Expr = ~(pl.col("rated") & (pl.col("file") == "full")).fill_null(value=False)
"""The same of a table of files."""


def second_thoughts(case: Case, policy: Policy) -> tuple[Finding, ...]:
    """A person looks at an amount asked for on a short record; what is offered unasked stays below that amount."""
    if not policy.thin:
        return ()
    thin = is_thin(case)
    told = "unjudged" if case.rating is None or not case.rating.file else case.rating.file
    file = noted("rating", "record of the shop", told, fact="file")
    if not thin or case.stage == "offer":
        note = "the record is full" if not thin else "nobody has asked yet"
        return (file, not_applicable("conditions", "amount on a short record", note))
    asked = at_most(
        "conditions", "amount on a short record", case.asked_cents, policy.thin.review_above_cents,
        Reason.SHORT_RECORD, otherwise="refer", unit="cents",
    )  # fmt: skip
    return (file, asked)
