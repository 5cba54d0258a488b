"""The document an analyst begins with: what the house knows of each grade filled in, what must be stated left open."""

from collections.abc import Iterable
from datetime import date
from typing import Final

from lendmill.credit.pricing.assumptions import PD_MIN
from lendmill.products.document import GRADES, Product
from lendmill.rating.card import Card
from lendmill.rating.queries import GradeCount
from lendmill.rating.scale import logit_of

OPEN: Final = (
    ("loss_given_default_bp", "of the principal owed at default, how much is never recovered; 10000 is all of it"),
    ("funding_yearly_bp", "what the money lent costs a year"),
    ("operating_cents", "what making and keeping one loan costs"),
    ("drawn_at_default_bp", "how much of the limit is drawn when a borrower defaults"),
    ("interest_paid_before_default_bp", "of a defaulter's interest, how much was still paid"),
)


def start(product: Product, counts: Iterable[GradeCount], card: Card, today: date) -> str:
    """Assumptions in TOML with the PDs of today's ratings; whoever completes it signs it.

    What only the lender can say stands as a comment: until it is filled in the document is refused, by field.
    """
    lines = [
        f'key = "{product.key}-{today}"',
        'said_by = ""                  # who says so',
        f"in_force_on = {today}",
        'source = ""                   # on what ground: which loans, which months',
        f'product = "{product.key}"',
        "days = 365                    # over which the figures run",
        *(f"# {field} =    # {meaning}" for field, meaning in OPEN),
        "yearly_rate_min_bp = 0        # the lender's own band, beside the cap",
        "yearly_rate_max_bp = 10000",
        "odds_per_rate_point = 1.0     # above 1: who takes a loan a percentage point dearer is a worse risk",
        "odds_per_limit_doubling = 1.0 # above 1: a limit twice the size is harder to pay back",
        "",
        "# how much of a limit is drawn on average, by its size; a larger one is drawn less in share",
        "# [[utilisation]]",
        "# limit_cents =",
        "# share_bp =",
        "",
        "# borrowers lost at each yearly rate: here as rates with shares, or a table beside this document",
        "# [churn]",
        "# all = [[0.10, 0.0], [0.18, 0.25]]",
    ]
    known = {each.grade: each for each in counts if each.grade in GRADES and each.mean_pd is not None}
    for grade in (each for each in GRADES if each in known):
        lines += _grade(known[grade], card)
    return "\n".join(lines) + "\n"


def _grade(count: GradeCount, card: Card) -> list[str]:
    assert count.mean_pd is not None
    pd = min(max(count.mean_pd, PD_MIN), 1 - PD_MIN)
    low, high = interval(pd, card)
    return [
        "",
        f"[grades.{count.grade}]             # {count.borrowers} borrowers",
        f"pd = {pd:.6f}",
        f"pd_low = {low:.6f}",
        f"pd_high = {high:.6f}",
        'curve = "all"',
        "# limit_cents =               # the limit at which this PD was observed",
    ]


def interval(pd: float, card: Card) -> tuple[float, float]:
    """Between which PDs a PD may lie, by the shops the card was measured on in its band of points; itself where none
    were."""
    band = card.band(card.scale.points(logit_of(pd)))
    if band is None or not band.shops:
        return pd, pd
    return min(pd, max(band.pd_low, PD_MIN)), max(pd, min(band.pd_high, 1 - PD_MIN))
