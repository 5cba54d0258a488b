"""Kind `collateral`: value and shortfall."""

from typing import Any

from lendmill.terms.collateral import Collateral

from .case import Check, MalformedCaseError, Terms, number


def figures(terms: Terms, check: Check) -> dict[str, Any]:
    """What was pledged is worth, and what of the debt it leaves uncovered."""
    if check.events:
        raise MalformedCaseError("this kind has no events")
    pledged = Collateral(
        number(terms.need("units")),
        number(terms.need("price")) * terms.unit,
        number(terms.raw.get("haircut_percent", "0")) / 100,
    )
    return {
        "value": terms.money(pledged.value_cents),
        "shortfall": terms.money(pledged.shortfall(terms.cents(terms.need("outstanding")))),
    }
