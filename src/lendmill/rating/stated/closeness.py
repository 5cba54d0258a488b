"""How close stated figures come to the record: each formula in plain form, and the verdict on all of them together.

The same formulas stand in `features/stated.py`, over columns; a test holds the two together. Facts are those of the
features as of a day, in yuan and shares.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from lendmill.features.stated import ON_PLATFORM_MIN_SHARE
from lendmill.rating.stated.figures import AMOUNTS, NAMES, StatedFigures

Verdict = Literal["matches", "differs", "cannot tell"]
Facts = Mapping[str, float | None]

SALES_FACT: Final = "stated_sales_closeness"
HISTORY_FACT: Final = "history_days"
YEAR_DAYS: Final = 365
# What each fact says about closeness, and how much it weighs beside the others: sales most, then what was declared.
WEIGHTS: Final = {
    SALES_FACT: 3.0,
    "stated_tax_closeness": 2.0,
    "stated_cost_closeness": 1.0,
    "stated_top1_difference": 1.0,
    "stated_debt_closeness": 1.0,
}


@dataclass(frozen=True, slots=True)
class StatedComparison:
    """One stated figure beside what the record shows; closeness is 0 to 1, or the reason why there is none."""

    name: str
    stated: float | None
    observed: float | None
    closeness: float | None
    formula: str


def closeness(stated: float | None, observed: float | None) -> float | None:
    """The smaller over the larger: 1 if they are the same; unknown where one is, or both are nought.

    >>> closeness(80.0, 100.0), closeness(100.0, 50.0), closeness(0.0, 0.0), closeness(None, 1.0)
    (0.8, 0.5, None, None)
    """
    if stated is None or observed is None:
        return None
    small, large = min(stated, observed), max(stated, observed)
    return small / large if small >= 0 and large > 0 else None


def sales_closeness(stated: float | None, seen: float | None) -> float | None:
    """As `closeness`; where more was paid back than sold, no stated sales fit.

    >>> sales_closeness(80.0, 100.0), sales_closeness(80.0, -5.0), sales_closeness(None, -5.0)
    (0.8, 0.0, None)
    """
    return 0.0 if stated is not None and seen is not None and seen < 0 else closeness(stated, seen)


def nearness(stated: float | None, observed: float | None) -> float | None:
    """For shares: one less their distance.

    >>> nearness(0.75, 0.5), nearness(0.75, None)
    (0.75, None)
    """
    return None if stated is None or observed is None else max(0.0, 1 - abs(stated - observed))


def said_of_owed(stated: float | None, owed: float | None) -> float | None:
    """How much of the debts that others know of is said; to owe more than they know is no difference.

    >>> said_of_owed(50.0, 100.0), said_of_owed(300.0, 100.0), said_of_owed(1.0, 0.0)
    (0.5, 1.0, None)
    """
    return None if stated is None or owed is None or owed <= 0 else min(1.0, stated / owed)


def not_above(stated: float | None, seen: float | None) -> float | None:
    """A net margin is at most the gross one that is seen; only what is above it is far from the record.

    >>> not_above(0.1, 0.4), not_above(0.5, 0.25)
    (1.0, 0.75)
    """
    return None if stated is None or seen is None else max(0.0, 1 - max(0.0, stated - seen))


DECLARED: Final = "sales_declared"
SEEN_BY: Final = {
    "sales_year": "sales_net_365",
    DECLARED: "tax_declared_365",
    "cost_year": "purchases_365",
    "liabilities": "bureau_open_balance",
    "top1_share": "customer_top_share_365",
}
FORMULAS: Final[dict[str, tuple[str, Callable[[float | None, float | None], float | None]]]] = {
    "sales_year": ("the smaller / the larger of sales x platform share and the year's sales seen", sales_closeness),
    DECLARED: ("the smaller / the larger of sales and the year's sales declared for tax", closeness),
    "cost_year": ("the smaller / the larger of cost and the year's purchases invoiced", closeness),
    "net_margin": ("1 - what it is above (sales seen - purchases) / sales seen", not_above),
    "platform_share": ("1 - its distance from sales seen / sales declared", nearness),
    "liabilities": ("liabilities / what the bureau knows is owed, at most 1", said_of_owed),
    "top1_share": ("1 - its distance from the largest customer's share seen", nearness),
}


def share_too_small(platform_share: float | None) -> bool:
    """Whether so little is said to be sold on the platform that any year's sales could be made to fit what is seen."""
    return platform_share is not None and platform_share < ON_PLATFORM_MIN_SHARE


def compared(figures: StatedFigures, facts: Facts) -> tuple[StatedComparison, ...]:
    """Every stated figure beside the record as of the facts' day; those nothing can be held against say so."""
    shown = [name for each in NAMES for name in ((each, DECLARED) if each == "sales_year" else (each,))]
    found = []
    for name in shown:
        stated = _said(figures, name)
        if stated is None:
            continue
        observed = _seen(name, facts)
        formula, close = FORMULAS.get(name, ("", None))
        if name == "sales_year" and share_too_small(figures.platform_share) and (observed or 0.0) >= 0:
            close = None
        found.append(StatedComparison(name, stated, observed, close(stated, observed) if close else None, formula))
    return tuple(found)


def _said(figures: StatedFigures, name: str) -> float | None:
    """A stated figure in yuan, as a share or in years; a year's sales are those on the platform, where that is said."""
    if name == DECLARED:
        return figures.sales_year_cents / 100
    value = figures.figure(name)
    if name == "sales_year":
        return figures.sales_year_cents / 100 * (1.0 if figures.platform_share is None else figures.platform_share)
    return value / 100 if value is not None and name in AMOUNTS else value


def _seen(name: str, facts: Facts) -> float | None:
    """What the record shows of the same thing."""
    seen, declared, bought = (facts.get(fact) for fact in ("sales_net_365", "tax_declared_365", "purchases_365"))
    if name == "platform_share":
        return seen / declared if seen is not None and declared is not None and 0 < seen <= declared else None
    if name == "net_margin":
        return (seen - bought) / seen if seen is not None and bought is not None and seen > 0 else None
    return facts.get(SEEN_BY.get(name, ""))


def overall(facts: Facts) -> float | None:
    """The weighted mean of what could be compared, by the features' own figures; unknown without the sales.

        sum(weight x closeness) / sum(weight), over those known; a difference counts as 1 - difference

    >>> overall({"stated_sales_closeness": 0.9, "stated_top1_difference": 0.5, "stated_tax_closeness": None})
    0.8
    """
    if facts.get(SALES_FACT) is None:
        return None
    known = {name: value for name in WEIGHTS if (value := facts.get(name)) is not None}
    close = {name: max(0.0, 1 - value) if name.endswith("_difference") else value for name, value in known.items()}
    weight = sum(WEIGHTS[name] for name in close)
    return round(sum(WEIGHTS[name] * value for name, value in close.items()) / weight, 9)


def verdict(facts: Facts, *, matches_from: float, differs_below: float) -> Verdict:
    """What the figures come to: they differ where all together, or the sales alone, are too far from the record.

    A record shorter than a year cannot tell what a year's figures are.
    """
    whole, sales, history = overall(facts), facts.get(SALES_FACT), facts.get(HISTORY_FACT)
    if whole is None or sales is None or (history is not None and history + 1 < YEAR_DAYS):
        return "cannot tell"
    if min(whole, sales) < differs_below:
        return "differs"
    return "matches" if min(whole, sales) >= matches_from else "cannot tell"


def facts_now(figures: StatedFigures, facts: Facts) -> dict[str, float | None]:
    """The facts about closeness as the features will give them once the figures are part of the record."""
    by_name = {each.name: each for each in compared(figures, facts)}

    def close(name: str) -> float | None:
        return by_name[name].closeness if name in by_name else None

    top = close("top1_share")
    return {
        HISTORY_FACT: facts.get(HISTORY_FACT),
        SALES_FACT: close("sales_year"),
        "stated_tax_closeness": close(DECLARED),
        "stated_cost_closeness": close("cost_year"),
        "stated_top1_difference": None if top is None else 1 - top,
        "stated_debt_closeness": close("liabilities"),
    }
