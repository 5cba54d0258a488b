"""The facts a rule may name, taken out of one case."""

from collections.abc import Mapping
from typing import Any

import msgspec

from lendmill.credit.ages import whole_months, whole_years
from lendmill.credit.case import Case


def facts_of(case: Case) -> Mapping[str, Any]:
    """Every fact of the record and of the file by its name; what is not known is None."""
    who, rating, standing = case.borrower, case.rating, case.standing
    return {
        **case.facts,
        "stage": case.stage,
        "kind": who.kind,
        "age_years": whole_years(who.born_on, case.today),
        "member_months": whole_months(who.member_since_on, case.today),
        "region": who.region,
        "industry": who.industry,
        "identity_verified": who.identity_verified,
        "banned": who.banned,
        "purpose": case.purpose,
        "today": case.today,
        "grade": rating.grade if rating and rating.points is not None else None,
        "points": rating.points if rating else None,
        "pd": rating.pd if rating else None,
        "rated_on": rating.as_of_on if rating else None,
        "asked_cents": case.asked_cents,
        "outstanding_cents": standing.outstanding_cents,
        "granted_cents": case.granted_cents,
        "days_past_due_worst": standing.days_past_due_worst,
        "loans_drawn": standing.loans_drawn,
        "loans_repaid": standing.loans_repaid,
        "file": rating.file if rating and rating.file is not msgspec.UNSET else None,
        "group_granted_cents": _group_cents(case),
    }


def _group_cents(case: Case) -> int | None:
    """What the group is granted: nothing where the borrower belongs to none, not known where nobody looked."""
    if case.group is None:
        return 0
    return None if isinstance(case.group, msgspec.UnsetType) else case.group.granted_cents
