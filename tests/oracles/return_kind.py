"""Kind `effective-rate`: the rate of return of equal payments, and what is earned with each."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

from lendmill.terms.cost import compounded
from lendmill.terms.effective_interest import discount_factors, earned, payments_from_volume, to_the_cent

from .case import Check, MalformedCaseError, Terms, number

EIGHT_DIGITS = Decimal("0.00000001")


def figures(terms: Terms, check: Check) -> dict[str, Any]:
    """The rate per step, the yearly ones, and the balances, income and unearned fee after each payment."""
    if check.events:
        raise MalformedCaseError("this kind has no events")
    payment, flows = _flows(terms)
    rate, steps = earned(flows)
    balances = [terms.money(to_the_cent(step.balance_cents)) for step in steps]
    return {
        "payment": terms.money(Fraction(payment)),
        "payments": len(flows) - 1,
        "period_rate": rate,
        "annual_360": compounded(rate, 360),
        "annual_365": compounded(rate, 365),
        "balances": balances,
        "balance_at": {str(n): balance for n, balance in enumerate([terms.money(Fraction(-flows[0])), *balances])},
        "income": [terms.money(step.income_cents) for step in steps],
        "unearned_fee": [terms.money(step.unearned_cents) for step in steps],
        "discount_factors": [factor.quantize(EIGHT_DIGITS) for factor in discount_factors(rate, len(steps))],
    }


def _flows(terms: Terms) -> tuple[int | Decimal, list[int | Decimal]]:
    """The first payment, and one amount per step: those listed, or money out and a share of the sales back."""
    if "flows" in terms.raw:
        amounts = [(number(each["amount"]) * terms.unit, int(each.get("times", 1))) for each in terms.need("flows")]
        flows = [Decimal(cents.numerator) / cents.denominator for cents, times in amounts for _ in range(times)]
        return (flows[1] if len(flows) > 1 else 0), flows
    volume = terms.need("payment_from_volume")
    out, fee = terms.cents(terms.need("net_paid_out")), terms.cents(terms.raw.get("fee", "0"))
    payment, payments = payments_from_volume(
        out + fee, terms.cents(volume["volume"]), number(volume["percent"]), int(volume["days_in_year"])
    )
    return payment, [-out, *payments]
