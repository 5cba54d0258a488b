"""What became of those whom a person let through, beside those of the same grades whom the computer did."""

from dataclasses import dataclass

from lendmill.db import Db, many, scalar
from lendmill.insight.overrides.shares import DefaultShare, OverrideCount, as_graded, share_of, together

COUNTED = """
    select case when v.decision_id is null then 'computer'
                when v.override = 'up' then 'override'
                else 'person' end as by,
           coalesce(d.grade, '') as grade, '' as reason,
           count(*)::integer as approved,
           count(*) filter (where o.defaulted)::integer as defaulted
      from outcome o
      join decision d on (d.decision_id, d.borrower_id) = (o.decision_id, o.borrower_id)
      left join review_verdict v on (v.decision_id, v.borrower_id) = (o.decision_id, o.borrower_id)
     where d.outcome = 'approve'
     group by 1, 2
     order by 1, 2
"""

BY_REASON = """
    select v.override as by, '' as grade, said.reason,
           count(*)::integer as approved,
           count(*) filter (where o.defaulted)::integer as defaulted
      from review_verdict v
      join outcome o on (o.decision_id, o.borrower_id) = (v.decision_id, v.borrower_id)
     cross join lateral unnest(v.reasons) as said (reason)
     where v.outcome = 'approve'
     group by 1, 3
     order by 3, 1
"""

VERDICTS = """
    select count(*)::integer
      from review_verdict
"""

RIPENING = """
    select count(*)::integer
      from review_verdict v
     where v.outcome = 'approve'
       and not exists (select from outcome o
                        where (o.decision_id, o.borrower_id) = (v.decision_id, v.borrower_id))
"""


@dataclass(frozen=True, slots=True)
class GradeLine:
    """One grade: those the computer let through, those a person confirmed, those a person overrode."""

    grade: str
    computer: DefaultShare
    person: DefaultShare
    override: DefaultShare


@dataclass(frozen=True, slots=True)
class ReasonLine:
    """One reason people gave for granting, and what became of those they granted for it."""

    reason: str
    told: DefaultShare


@dataclass(frozen=True, slots=True)
class OverrideReport:
    """Overrides beside the computer's approvals: in all, by grade, by reason; and how many are still to be known.

    `computer_as_mixed` is the computer's share of defaults, had its approvals the grades of the overrides.
    """

    verdicts: int
    ripening: int
    computer: DefaultShare
    person: DefaultShare
    override: DefaultShare
    computer_as_mixed: float | None
    by_grade: list[GradeLine]
    by_reason: list[ReasonLine]


def override_report(db: Db) -> OverrideReport:
    """How often overrides were right, from the outcomes known so far."""
    counts = many(db, OverrideCount, COUNTED)
    by = {who: [each for each in counts if each.by == who] for who in ("computer", "person", "override")}
    weights = {each.grade: each.approved for each in by["override"]}
    reasons = many(db, OverrideCount, BY_REASON)
    return OverrideReport(
        verdicts=int(scalar(db, VERDICTS) or 0),
        ripening=int(scalar(db, RIPENING) or 0),
        computer=together(by["computer"]),
        person=together(by["person"]),
        override=together(by["override"]),
        computer_as_mixed=as_graded(by["computer"], weights),
        by_grade=[
            GradeLine(grade, *(_of(by[who], grade) for who in ("computer", "person", "override")))
            for grade in dict.fromkeys(each.grade for each in sorted(counts, key=_order))
        ],
        by_reason=[
            ReasonLine(reason, together(each for each in reasons if each.reason == reason))
            for reason in dict.fromkeys(each.reason for each in reasons)
        ],
    )


def _of(counts: list[OverrideCount], grade: str) -> DefaultShare:
    found = next((each for each in counts if each.grade == grade), None)
    return share_of(found.approved, found.defaulted) if found else share_of(0, 0)


def _order(count: OverrideCount) -> tuple[bool, str]:
    """Best grade first: AAA, AA, A, then the others by their letter."""
    return (not count.grade, count.grade[:1] + chr(ord("z") - len(count.grade)))
