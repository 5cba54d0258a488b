"""What the rules make today of what was granted once, held against what they made of it then."""

from fractions import Fraction

from lendmill.credit.conditions.condition import Condition
from lendmill.credit.decide import Decision, Terms
from lendmill.credit.finding import Finding


def held_anew(today: Decision, before: Decision) -> tuple[Finding, ...]:
    """What holds back today and did not then: what nobody who granted it has seen."""
    seen = {(each.step, each.rule, each.effect) for each in before.findings}
    return tuple(
        each for each in today.findings if each.effect != "none" and (each.step, each.rule, each.effect) not in seen
    )


def as_good(today: Decision, before: Decision) -> bool:
    """Whether terms of today are no worse for the borrower: as long, no dearer, and asking no more beside them."""
    new, old = today.terms, before.terms
    assert new is not None, "granted"
    assert old is not None, "granted then"
    asked = {each.condition: each for each in before.conditions or ()}
    return (
        new.months_max >= old.months_max
        and all(now <= then for now, then in zip(price_of(new), price_of(old), strict=True))
        and all(_no_more(each, asked.get(each.condition)) for each in today.conditions or ())
    )


def price_of(terms: Terms) -> tuple[Fraction, Fraction]:
    """The rate, and the one on what is late."""
    return Fraction(terms.rate_num, terms.rate_den), Fraction(terms.penalty_num, terms.rate_den)


def _no_more(asked: Condition, before: Condition | None) -> bool:
    """Whether a condition of today asks nothing that was not asked before."""
    return (
        before is not None
        and asked.cover_cents <= before.cover_cents
        and asked.days >= before.days
        and set(asked.by) >= set(before.by)
    )
