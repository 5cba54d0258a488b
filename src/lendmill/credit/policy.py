"""The lender's rules for granting credit, as a versioned document with a date and a source for each figure from law."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from itertools import chain
from typing import Any, Final

import msgspec

from lendmill.credit import policy_checks
from lendmill.credit.changes.reading import LINE_FACTS, read_change
from lendmill.credit.provisions import (
    ConditionRule,
    DebtRules,
    Eligibility,
    GroupRules,
    LimitRules,
    LineChangeRule,
    PriceRules,
    RatingRules,
    StatedRules,
    TermRules,
    ThinRules,
    Unset,
)
from lendmill.credit.provisions import FactRule as FactRule
from lendmill.credit.provisions import Purpose as Purpose
from lendmill.credit.review.rules import ReviewRules
from lendmill.credit.review.rules import checks as review_checks
from lendmill.credit.rules import rule as rulebook
from lendmill.credit.rules.rule import Rule
from lendmill.credit.rules.vocabulary import FILE_FACTS
from lendmill.credit.tables import Table
from lendmill.people.canonical import canonical, digest_of
from lendmill.products.law import LawFigure
from lendmill.products.law import checks as law_checks
from lendmill.products.reading import Check, Misread, content_of, from_content, from_toml, mistakes
from lendmill.rating.stated.closeness import WEIGHTS
from lendmill.refusals import Refusal

OUTSIDE_THE_RECORD: Final = frozenset(fact.name for fact in (*FILE_FACTS, *LINE_FACTS))


class InvalidPolicy(Refusal):
    """Policy {policy}: {field} is {value!r}, but must be {allowed}."""


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, dict=True):
    """One version of the rules; decisions name it by its digest."""

    key: str
    version: int
    in_force_on: date
    source: str
    sources: dict[str, str]
    eligibility: Eligibility
    debts: DebtRules
    rating: RatingRules
    limit: LimitRules
    # what follows came or went in some version: a policy from before keeps its fingerprint
    knock_outs: tuple[FactRule, ...] | Unset = msgspec.UNSET
    months_by_grade: dict[str, int] | Unset = msgspec.UNSET
    stated: StatedRules | Unset = msgspec.UNSET
    rules: tuple[Rule, ...] | Unset = msgspec.UNSET
    facts_age_days_max: int | Unset = msgspec.UNSET
    price: PriceRules | Unset = msgspec.UNSET
    term: TermRules | Unset = msgspec.UNSET
    thin: ThinRules | Unset = msgspec.UNSET
    group: GroupRules | Unset = msgspec.UNSET
    conditions: tuple[ConditionRule, ...] | Unset = msgspec.UNSET
    changes: tuple[LineChangeRule, ...] | Unset = msgspec.UNSET
    review: ReviewRules | Unset = msgspec.UNSET
    laws: tuple[LawFigure, ...] | Unset = msgspec.UNSET

    @cached_property
    def fingerprint(self) -> str:
        """The hash of these exact rules; worked out once, for they never change."""
        return digest_of(text_of(self))

    @cached_property
    def grades(self) -> tuple[str, ...]:
        """The grades that are granted."""
        return tuple(self.limit.share_bp or policy_checks.granted_grades(self.rating))

    @cached_property
    def labels(self) -> Mapping[str, tuple[str, str]]:
        """What its author calls each rule, table and condition, in English and in Chinese."""
        written = [(rule.rule, rule.label_en, rule.label_zh) for rule in self.knock_outs or ()]
        written += [(rule.rule, rule.label_en, rule.label_zh) for rule in self.rules or ()]
        written += [(table.table, table.label_en, table.label_zh) for table in self.tables]
        written += [(each.condition, each.label_en, each.label_zh) for each in self.conditions or ()]
        return {name: (en[:1].upper() + en[1:], zh) for name, en, zh in written}

    @property
    def tables(self) -> tuple[Table, ...]:
        """All its tables: limits, prices, terms."""
        price, term = self.price or None, self.term or None
        return (*(self.limit.tables or ()), *(price.tables if price else ()), *(term.tables if term else ()))

    @property
    def facts(self) -> tuple[str, ...]:
        """Every fact of the shop's record that this policy reads."""
        sizes = self.limit
        read = [*self.sources.values(), *sizes.monthly_sales_facts, *sizes.open_orders_plus, *sizes.open_orders_minus]
        read += sizes.cash_flow_facts or ()
        read += [fact for rule in self.knock_outs or () for fact in rule.facts]
        read += WEIGHTS if self.stated is not msgspec.UNSET else ()
        read += [fact for rule in self.rules or () for fact in rule.facts]
        read += [fact for table in self.tables for fact in table.axes]
        read += [fact for each in self.conditions or () for fact in each.asked_when.names]
        read += [fact for change in self.changes or () for fact in read_change(change.when).names]
        return tuple(fact for fact in dict.fromkeys(read) if fact not in OUTSIDE_THE_RECORD)


def read_policy(text: str, known_facts: frozenset[str] | None = None) -> Policy:
    """Read a policy as its author writes it, in TOML; a wrong one is refused by `InvalidPolicy`, with its `others`.

    With `known_facts`, a fact that is not in the catalogue is refused too: it could never be known.
    """
    return _checked(lambda: from_toml(text, Policy), "in this file", known_facts)


def policy_of(content: Mapping[str, Any], known_facts: frozenset[str] | None = None) -> Policy:
    """Read a policy from its content, with `known_facts` as above."""
    return _checked(lambda: from_content(content, Policy), str(content.get("key", "without a key")), known_facts)


def text_of(policy: Policy) -> str:
    """A policy in its one canonical spelling."""
    return canonical(content_of(policy))


def digest(policy: Policy) -> str:
    """The fingerprint under which decisions name these exact rules."""
    return policy.fingerprint


def _checked(read: Callable[[], Policy], name: str, known_facts: frozenset[str] | None) -> Policy:
    try:
        policy = read()
    except Misread as misread:
        raise _invalid(name, [misread]) from None
    parts = [_each_alone(policy), _of_tables(policy)]
    if known_facts is not None:  # what was kept before these were asked for can still be read
        parts.append(_asked_since(policy, known_facts))
    wrong = [each for part in chain(*parts) for each in mistakes(part)]
    if not wrong and known_facts is not None:  # whatever else it reads
        strangers = (fact for fact in policy.facts if fact not in known_facts)
        wrong = [Misread("a fact", fact, "in the catalogue of features") for fact in strangers]
    if wrong:
        raise _invalid(policy.key or name, wrong)
    return policy


def _invalid(name: str, wrong: Sequence[Misread]) -> InvalidPolicy:
    first, *others = wrong
    return InvalidPolicy(policy=name, field=first.field, value=first.value, allowed=first.allowed, others=others)


def _asked_since(policy: Policy, known_facts: frozenset[str]) -> Iterator[Iterable[Check]]:
    """The parts that a policy from before may have otherwise."""
    yield rulebook.reached(policy.rules or ())
    yield policy_checks.meant(policy.changes or ())
    yield policy_checks.in_catalogue(
        policy.sources, policy.limit, policy.knock_outs or (), known_facts | OUTSIDE_THE_RECORD
    )


def _of_tables(policy: Policy) -> Iterator[Iterable[Check]]:
    """The parts that are held to the grades that are granted and to the sources."""
    granted, sources = policy_checks.granted_grades(policy.rating), tuple(policy.sources)
    yield policy_checks.limits(policy.limit, sources, granted)
    yield policy_checks.terms(policy.months_by_grade, policy.term or None, sources, granted)
    if policy.price:
        yield policy_checks.prices(policy.price, sources, granted)


def _each_alone(policy: Policy) -> Iterator[Iterable[Check]]:
    """The parts in which every check stands by itself."""
    yield policy_checks.document(policy.key, policy.version, policy.sources)
    yield law_checks(policy.laws or (), content_of(policy))
    yield policy_checks.who_may_ask(policy.eligibility, policy.debts, policy.rating)
    yield policy_checks.rules(policy.knock_outs or (), policy.rules or (), policy.sources)
    yield policy_checks.freshness(policy.stated or None, policy.facts_age_days_max)
    yield policy_checks.seconds(policy.thin or None, policy.group or None)
    yield policy_checks.conditions(policy.conditions or ())
    yield policy_checks.changes(policy.changes or ())
    yield review_checks(policy.review) if policy.review else ()
