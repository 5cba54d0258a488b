"""The lender's rules for granting credit, as a versioned document with a date and a source for each figure from law."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import cached_property
from math import isfinite
from typing import Any, Final

import msgspec

from lendmill.credit.finding import HeldBack, Unit
from lendmill.credit.reasons import CODES
from lendmill.credit.rules.rule import ANY_SOURCE, Rule, checks
from lendmill.credit.rules.vocabulary import FILE_FACTS
from lendmill.people.canonical import canonical, digest_of
from lendmill.products.document import GRADES, LARGEST_NUMBER
from lendmill.products.reading import Misread, content_of, from_content, from_toml, require
from lendmill.rating.stated.closeness import WEIGHTS
from lendmill.refusals import Refusal
from lendmill.terms.rates import BASIS_POINTS

FILE_NAMES: Final = frozenset(fact.name for fact in FILE_FACTS)


class InvalidPolicy(Refusal):
    """Policy {policy}: {field} is {value!r}, but must be {allowed}."""


class FactRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A rule over the shop's record: which facts it reads, from where it refers, from where it declines.

    Several facts: the worst of those known counts. None known: `unknown` says what happens; it is never a pass.
    A rule for one source is set aside for a shop that this source does not cover.
    """

    rule: str
    label_en: str
    label_zh: str
    facts: tuple[str, ...]
    source: str = ANY_SOURCE
    unit: Unit = ""
    refer_above: float | None = None
    decline_above: float | None = None
    refer_below: float | None = None
    decline_below: float | None = None
    unknown: HeldBack
    reason: str

    @property
    def high_is_bad(self) -> bool:
        """Whether the fact is held from above."""
        return self.refer_above is not None or self.decline_above is not None

    @property
    def thresholds(self) -> tuple[float | None, float | None]:
        """From where it refers, from where it declines."""
        return (self.refer_above, self.decline_above) if self.high_is_bad else (self.refer_below, self.decline_below)


class Purpose(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Something the money may be used for."""

    key: str
    en: str
    zh: str


class Eligibility(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Who may ask at all."""

    age_years_min: int
    age_years_max: int
    history_months_min: int
    regions_refused: tuple[str, ...] = ()
    purposes: tuple[Purpose, ...]


class DebtRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How a record with the house counts."""

    days_past_due_worst_max: int


class RatingRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which grades are granted, which a person looks at, which are declined."""

    declined: tuple[str, ...]
    referred: tuple[str, ...]
    age_days_max: int
    unknown: HeldBack


class StatedRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """From where stated figures count as those of the record, and below where a person looks at them."""

    matches_from: float
    differs_below: float


class LimitRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How the limit follows from sales and grade, and what caps it."""

    monthly_sales_facts: tuple[str, ...]
    open_orders_plus: tuple[str, ...]
    open_orders_minus: tuple[str, ...]
    facts_unit: Unit
    share_bp: dict[str, int]
    repaid_bonus_bp: int
    repaid_counted_max: int
    budget_share_bp: int
    borrower_share_of_net_assets_bp: int
    borrower_limit_max_cents: int
    round_down_to_cents: int
    review_above_cents: int


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, dict=True):
    """One version of the rules; decisions name it by its digest."""

    key: str
    version: int
    in_force_on: date
    source: str
    sources: dict[str, str]
    eligibility: Eligibility
    debts: DebtRules
    knock_outs: tuple[FactRule, ...]
    rating: RatingRules
    limit: LimitRules
    months_by_grade: dict[str, int]
    # what follows came later: a policy from before keeps its fingerprint
    stated: StatedRules | msgspec.UnsetType = msgspec.UNSET
    rules: tuple[Rule, ...] | msgspec.UnsetType = msgspec.UNSET
    facts_age_days_max: int | msgspec.UnsetType = msgspec.UNSET

    @cached_property
    def fingerprint(self) -> str:
        """The hash of these exact rules; worked out once, for they never change."""
        return digest_of(text_of(self))

    @property
    def facts(self) -> tuple[str, ...]:
        """Every fact of the shop's record that this policy reads."""
        sizes = self.limit
        read = [*self.sources.values(), *sizes.monthly_sales_facts, *sizes.open_orders_plus, *sizes.open_orders_minus]
        read += [fact for rule in self.knock_outs for fact in rule.facts]
        read += WEIGHTS if self.stated is not msgspec.UNSET else ()
        read += [fact for rule in self.rules or () for fact in rule.facts if fact not in FILE_NAMES]
        return tuple(dict.fromkeys(read))


def read_policy(text: str, known_facts: frozenset[str] | None = None) -> Policy:
    """Read a policy as its author writes it, in TOML; a wrong one is refused by `InvalidPolicy`.

    With `known_facts`, a fact that is not in the catalogue is refused too: it could never be known.
    """
    return _checked(lambda: from_toml(text, Policy), "in this file", known_facts)


def policy_of(content: Mapping[str, Any]) -> Policy:
    """Read a policy from its stored content."""
    return _checked(lambda: from_content(content, Policy), str(content.get("key", "without a key")), None)


def text_of(policy: Policy) -> str:
    """A policy in its one canonical spelling."""
    return canonical(content_of(policy))


def digest(policy: Policy) -> str:
    """The fingerprint under which decisions name these exact rules."""
    return policy.fingerprint


def _checked(read: Callable[[], Policy], name: str, known_facts: frozenset[str] | None) -> Policy:
    try:
        policy = read()
        name = policy.key or name
        for holds, field, value, allowed in (
            *_rules(policy),
            *_limit_rules(policy),
            *_fact_rules(policy),
            *checks(policy.rules or (), policy.sources),
        ):
            require(holds, field, value, allowed)
        for fact in policy.facts if known_facts is not None else ():
            require(fact in (known_facts or ()), "a fact", fact, "in the catalogue of features")
    except Misread as wrong:
        raise InvalidPolicy(policy=name, field=wrong.field, value=wrong.value, allowed=wrong.allowed) from None
    return policy


def _rules(policy: Policy) -> Iterator[tuple[bool, str, Any, str]]:
    yield bool(policy.key.strip()), "key", policy.key, "a name"
    yield policy.version >= 1, "version", policy.version, "1 or more"
    yield policy.version <= LARGEST_NUMBER, "version", policy.version, f"at most {LARGEST_NUMBER}"
    yield bool(policy.sources), "sources", policy.sources, "at least one source with the fact that shows it"
    who = policy.eligibility
    yield who.age_years_min >= 18, "eligibility.age_years_min", who.age_years_min, "18 or more"
    ages = who.age_years_max
    yield who.age_years_min <= ages, "eligibility.age_years_max", ages, f"at least {who.age_years_min}"
    yield who.history_months_min >= 0, "eligibility.history_months_min", who.history_months_min, "0 or more"
    yield bool(who.purposes), "eligibility.purposes", who.purposes, "at least one purpose"
    worst = policy.debts.days_past_due_worst_max
    yield worst >= 0, "debts.days_past_due_worst_max", worst, "0 or more"
    for field, grades in (("declined", policy.rating.declined), ("referred", policy.rating.referred)):
        yield set(grades) <= set(GRADES), f"rating.{field}", grades, f"grades out of {', '.join(GRADES)}"
    yield policy.rating.age_days_max >= 0, "rating.age_days_max", policy.rating.age_days_max, "0 or more"
    granted = [grade for grade in GRADES if grade not in policy.rating.declined]
    for field, table in (("months_by_grade", policy.months_by_grade), ("limit.share_bp", policy.limit.share_bp)):
        yield set(table) == set(granted), field, sorted(table), f"given for exactly the grades {', '.join(granted)}"
        yield all(figure >= 0 for figure in table.values()), field, table, "0 or more for each grade"
        falling = [table.get(grade, 0) for grade in granted]
        yield falling == sorted(falling, reverse=True), field, falling, "never more for a worse grade"
    if policy.stated is not msgspec.UNSET:
        stated = policy.stated
        yield 0 < stated.differs_below <= 1, "stated.differs_below", stated.differs_below, "above 0, at most 1"
        least = stated.differs_below
        yield least <= stated.matches_from <= 1, "stated.matches_from", stated.matches_from, f"from {least} to 1"
    age = policy.facts_age_days_max
    yield age is msgspec.UNSET or age >= 0, "facts_age_days_max", age, "0 or more"
    yield all(m >= 1 for m in policy.months_by_grade.values()), "months_by_grade", policy.months_by_grade, "1 or more"


def _limit_rules(policy: Policy) -> Iterator[tuple[bool, str, Any, str]]:
    limit = policy.limit
    yield bool(limit.monthly_sales_facts), "limit.monthly_sales_facts", limit.monthly_sales_facts, "at least one fact"
    yield bool(limit.open_orders_plus), "limit.open_orders_plus", limit.open_orders_plus, "at least one fact"
    yield limit.facts_unit in ("cents", "yuan"), "limit.facts_unit", limit.facts_unit, "cents or yuan"
    for field in ("budget_share_bp", "borrower_share_of_net_assets_bp"):
        share = getattr(limit, field)
        yield 0 < share <= BASIS_POINTS, f"limit.{field}", share, "from 1 to 10000"
    for field in ("repaid_bonus_bp", "repaid_counted_max", "borrower_limit_max_cents", "review_above_cents"):
        yield getattr(limit, field) >= 0, f"limit.{field}", getattr(limit, field), "0 or more"
    yield limit.round_down_to_cents >= 1, "limit.round_down_to_cents", limit.round_down_to_cents, "1 or more"


def _fact_rules(policy: Policy) -> Iterator[tuple[bool, str, Any, str]]:
    names = [rule.rule for rule in policy.knock_outs]
    yield len(set(names)) == len(names), "knock_outs", names, "each rule named once"
    for n, rule in enumerate(policy.knock_outs):
        at = f"knock_outs[{n}]"
        yield bool(rule.facts), f"{at}.facts", rule.facts, "at least one fact"
        yield rule.reason in CODES, f"{at}.reason", rule.reason, f"one of {', '.join(sorted(CODES))}"
        known = (*policy.sources, ANY_SOURCE)
        yield rule.source in known, f"{at}.source", rule.source, f"one of {', '.join(known)}"
        low = rule.refer_below is not None or rule.decline_below is not None
        yield rule.high_is_bad != low, at, rule.rule, "held either from above or from below"
        refer, decline = rule.thresholds
        for threshold in (refer, decline):
            yield threshold is None or isfinite(threshold), at, threshold, "a number"
        if refer is not None and decline is not None:
            ordered = refer <= decline if rule.high_is_bad else refer >= decline
            yield ordered, f"{at}.decline", decline, f"no sooner than where it refers, {refer}"
