"""What was really charged on a loan, held against the dated caps when it ends; the excess is given back."""

from collections.abc import Iterable
from datetime import date

from lendmill.loans.account import Account, Terms
from lendmill.loans.happenings import Billed, Charged, Happening, PaidOut, Rebated, Received
from lendmill.terms.allocation import Parts
from lendmill.terms.cost import Flow, cap_excess_cents


def may_be_too_dear(terms: Terms, account: Account) -> bool:
    """Whether a loan that ends needs holding against the caps at all: without fees, and at its first rate, it costs
    less than its nominal rate, which was held against them when its product was published.
    """
    if terms.in_default_cap_bp and any(row.penalty_cents for row in account.rows):
        return True
    charged = any(row.fees_cents for row in account.rows) or account.terms.rate_num > terms.rate_num
    return bool(charged and (terms.all_in_cap_bp or terms.in_default_cap_bp))


def excess_cents(terms: Terms, happenings: Iterable[Happening], on: date) -> int:
    """How much to give back on a day so that neither cap is passed (DOMAIN section 3); nothing where no cap is on.

    The all-in cap counts every fee but no charge of default (penalty, late fees); the cap in default counts all. Both
    count before rounding: what half a cent a billing can explain is no excess.
    """
    told = list(happenings)
    rebated_cents = sum(one.amount_cents for one in told if isinstance(one, Rebated))
    rounding_cents = (sum(isinstance(one, Billed) for one in told) + 1) // 2
    most = 0
    for cap_bp, with_default in ((terms.all_in_cap_bp, False), (terms.in_default_cap_bp, True)):
        if cap_bp:
            found = cap_excess_cents(_flows(told, with_default), cap_bp, on)
            most = max(most, found if found > rounding_cents else 0)
    charges_cents = sum(_charges(one) for one in told)
    return max(0, min(most, charges_cents) - rebated_cents)


def _flows(told: list[Happening], with_default: bool) -> list[Flow]:
    """Money out and money back by day; without charges of default: penalty, and as much of fees as were late ones."""
    late_cents = 0 if with_default else sum(_late_fee_cents(one) for one in told)
    flows: list[Flow] = []
    for one in told:
        if isinstance(one, PaidOut):
            flows.append(Flow(one.on, -one.principal_cents))
        elif isinstance(one, Received):
            parts = sum((part for _, part in one.parts), Parts())
            late_part = min(late_cents, parts.fees)
            late_cents -= late_part
            left_out_cents = late_part + (0 if with_default else parts.penalty)
            flows.append(Flow(one.on, parts.total_cents - left_out_cents))
    return flows


def _late_fee_cents(one: Happening) -> int:
    return one.fees_cents if isinstance(one, Charged) and one.fee == "late" else 0


def _charges(one: Happening) -> int:
    """What a payment brought beyond principal: no more than that can ever be given back."""
    if not isinstance(one, Received):
        return 0
    return sum(part.total_cents - part.principal for _, part in one.parts)
