"""For how long: the shortest of what the policy's tables, the product and a short record allow."""

from dataclasses import dataclass

from lendmill.credit.finding import Finding, at_least, not_applicable, noted, one_of, unknown_figure
from lendmill.credit.ground import Ground
from lendmill.credit.reasons import Reason
from lendmill.credit.tables import ANY_SOURCE
from lendmill.credit.thin import is_thin


@dataclass(frozen=True, slots=True)
class Term:
    """How many months a loan may run, where that is known; and what was found."""

    months: int | None
    findings: tuple[Finding, ...]


def term(ground: Ground) -> Term:
    """The longest loan for the grade, within the product's."""
    policy, product, grade = ground.policy, ground.product, ground.grade
    if grade in policy.rating.declined:
        return Term(None, (not_applicable("term", "a grade with a term", "no terms for a declined grade"),))
    words = tuple(policy.months_by_grade or policy.grades)
    if grade is None or grade not in words:
        return Term(None, (one_of("term", "a grade with a term", grade, words, Reason.RATING_TOO_LOW),))
    allowed, findings = _by_tables(ground)
    if policy.months_by_grade:
        allowed.append(policy.months_by_grade[grade])
    if policy.thin and is_thin(ground.case):
        findings.append(noted("term", "term for a short record", policy.thin.months_max, unit="months"))
        allowed.append(policy.thin.months_max)
    if any(found.verdict == "unknown" for found in findings):
        return Term(None, tuple(findings))
    longest = min(product.months_max, *allowed)
    findings.append(at_least("term", "longest term", longest, 1, Reason.RATING_TOO_LOW, unit="months"))
    return Term(longest, tuple(findings))


def _by_tables(ground: Ground) -> tuple[list[int], list[Finding]]:
    """The months of each table that is about this shop and product, and what was found of it."""
    allowed: list[int] = []
    findings: list[Finding] = []
    for table in ground.policy.term.tables if ground.policy.term else ():
        if not table.for_product(ground.product.key):
            continue
        if table.source != ANY_SOURCE and table.source not in ground.sources:
            findings.append(not_applicable("term", table.table, f"not covered by {table.source}"))
            continue
        months, facts = table.figure(ground.known), ", ".join(table.axes)
        if months is None:
            findings.append(unknown_figure("term", table.table, facts, table.unknown))
            continue
        findings.append(noted("term", table.table, months, unit="months", fact=facts))
        allowed.append(months)
    return allowed, findings
