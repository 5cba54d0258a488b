"""What must hold of a policy before it can be kept: figures in bounds, texts that can be read, nothing said twice."""

from collections.abc import Iterator, Mapping, Sequence
from math import isfinite

import msgspec

from lendmill.credit import tables
from lendmill.credit.changes.reading import read_change
from lendmill.credit.provisions import (
    CONDITION_KINDS,
    ConditionRule,
    DebtRules,
    Eligibility,
    FactRule,
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
from lendmill.credit.reasons import CODES, Reason
from lendmill.credit.rules import rule as rulebook
from lendmill.credit.rules.grammar import RuleMisread, read
from lendmill.credit.rules.rule import ANY_SOURCE, Rule
from lendmill.products.document import GRADES, LARGEST_NUMBER
from lendmill.products.reading import Check
from lendmill.terms.rates import BASIS_POINTS

MONTHS_MAX = 60
PRICE_MAX = 1_000_000
NOTICE_DAYS_MAX = 365


def granted_grades(rating: RatingRules) -> tuple[str, ...]:
    """The grades that are not declined, the best first."""
    return tuple(grade for grade in GRADES if grade not in rating.declined)


def document(key: str, version: int, sources: Mapping[str, str]) -> Iterator[Check]:
    """A name, a version the database can hold, and a source at least."""
    yield bool(key.strip()), "key", key, "a name"
    yield version >= 1, "version", version, "1 or more"
    yield version <= LARGEST_NUMBER, "version", version, f"at most {LARGEST_NUMBER}"
    yield bool(sources), "sources", sources, "at least one source with the fact that shows it"


def who_may_ask(who: Eligibility, debts: DebtRules, rating: RatingRules) -> Iterator[Check]:
    """Ages in order, purposes given, grades that exist."""
    yield who.age_years_min >= 18, "eligibility.age_years_min", who.age_years_min, "18 or more"
    ages = who.age_years_max
    yield who.age_years_min <= ages, "eligibility.age_years_max", ages, f"at least {who.age_years_min}"
    yield who.history_months_min >= 0, "eligibility.history_months_min", who.history_months_min, "0 or more"
    yield bool(who.purposes), "eligibility.purposes", who.purposes, "at least one purpose"
    for n, each in enumerate(who.purposes):
        yield from _named(f"eligibility.purposes[{n}]", each.key, each.en, each.zh)
    worst = debts.days_past_due_worst_max
    yield worst >= 0, "debts.days_past_due_worst_max", worst, "0 or more"
    for field, grades in (("declined", rating.declined), ("referred", rating.referred)):
        yield set(grades) <= set(GRADES), f"rating.{field}", grades, f"grades out of {', '.join(GRADES)}"
    yield rating.age_days_max >= 0, "rating.age_days_max", rating.age_days_max, "0 or more"


def limits(limit: LimitRules, sources: Sequence[str], granted: Sequence[str]) -> Iterator[Check]:
    """Either shares by grade or tables, and every figure in its bounds."""
    yield bool(limit.monthly_sales_facts), "limit.monthly_sales_facts", limit.monthly_sales_facts, "at least one fact"
    yield bool(limit.open_orders_plus), "limit.open_orders_plus", limit.open_orders_plus, "at least one fact"
    yield limit.facts_unit in ("cents", "yuan"), "limit.facts_unit", limit.facts_unit, "cents or yuan"
    for field in ("budget_share_bp", "borrower_share_of_net_assets_bp"):
        share = getattr(limit, field)
        yield share is msgspec.UNSET or 0 < share <= BASIS_POINTS, f"limit.{field}", share, "from 1 to 10000"
    for field in ("repaid_bonus_bp", "repaid_counted_max", "borrower_limit_max_cents", "review_above_cents"):
        yield getattr(limit, field) >= 0, f"limit.{field}", getattr(limit, field), "0 or more"
    yield limit.round_down_to_cents >= 1, "limit.round_down_to_cents", limit.round_down_to_cents, "1 or more"
    old = (limit.share_bp is msgspec.UNSET, limit.budget_share_bp is msgspec.UNSET)
    shares = limit.share_bp or {}
    if limit.tables is msgspec.UNSET:
        yield old == (False, False), "limit.tables", None, "given"
        yield from _by_grade("limit.share_bp", shares, granted, least=0)
        return
    yield old == (True, True), "limit.share_bp", shares, "left out: the tables say it"
    yield from tables.limit_checks(limit.tables, sources, granted)
    flows = any(table.of == "dues of cash flow" for table in limit.tables)
    given = bool(limit.cash_flow_facts) and isinstance(limit.cash_flow_months, int)
    yield given or not flows, "limit.cash_flow_facts", limit.cash_flow_facts, "given, with cash_flow_months"
    months = limit.cash_flow_months
    yield months is msgspec.UNSET or 1 <= months <= MONTHS_MAX, "limit.cash_flow_months", months, "from 1 to 60"


def terms(
    months: dict[str, int] | Unset, term: TermRules | None, sources: Sequence[str], granted: Sequence[str]
) -> Iterator[Check]:
    """Months by grade, or tables of them; at least one month, never more for a worse grade."""
    if term is None:
        yield months is not msgspec.UNSET, "term", None, "given"
        yield from _by_grade("months_by_grade", months or {}, granted, least=1)
        return
    yield months is msgspec.UNSET, "months_by_grade", months, "left out: the tables say it"
    yield bool(term.tables), "term.tables", (), "at least one table"
    yield from tables.checks(
        term.tables, "term.tables", sources=sources, granted=granted, least=1, most=MONTHS_MAX, also=tables.falling
    )  # fmt: skip
    whole = [table for table in term.tables if not table.products and table.source == ANY_SOURCE]
    yield bool(whole), "term.tables", [table.table for table in term.tables], "at least one for every product and shop"


def _by_grade(field: str, table: Mapping[str, int], granted: Sequence[str], *, least: int) -> Iterator[Check]:
    exactly = set(table) == set(granted)
    yield exactly, field, sorted(table), f"given for exactly the grades {', '.join(granted)}"
    yield all(figure >= least for figure in table.values()), field, table, f"{least} or more for each grade"
    falling = [table.get(grade, 0) for grade in granted]
    yield not exactly or falling == sorted(falling, reverse=True), field, falling, "never more for a worse grade"


def prices(price: PriceRules, sources: Sequence[str], granted: Sequence[str]) -> Iterator[Check]:
    """At most one table for a product priced one way, and never cheaper for a worse grade."""
    at = "price.tables"
    yield from tables.checks(
        price.tables, at, sources=sources, granted=granted, least=0, most=PRICE_MAX, also=tables.rising
    )  # fmt: skip
    for n, table in enumerate(price.tables):
        yield table.source == ANY_SOURCE, f"{at}[{n}].source", table.source, "any: a price is for everybody"
    for per in {table.per for table in price.tables}:
        alike = [table for table in price.tables if table.per == per]
        named = [product for table in alike for product in table.products]
        once = len(set(named)) == len(named) and (len(alike) == 1 or all(table.products for table in alike))
        yield once, f"{at}.products", named, f"each product priced by one table in {per}"


def in_catalogue(
    sources: Mapping[str, str], limit: LimitRules, knock_outs: Sequence[FactRule], known: frozenset[str]
) -> Iterator[Check]:
    """Each fact that is named outside rules and tables can be known; one that could not would refer everybody."""
    named = [(f"sources.{source}", fact) for source, fact in sources.items()]
    for field in ("monthly_sales_facts", "open_orders_plus", "open_orders_minus", "cash_flow_facts"):
        named += [(f"limit.{field}", fact) for fact in getattr(limit, field) or ()]
    named += [(f"knock_outs[{n}].facts", fact) for n, rule in enumerate(knock_outs) for fact in rule.facts]
    for field, fact in named:
        yield fact in known, field, fact, "in the catalogue of features"


def rules(knock_outs: Sequence[FactRule], written: Sequence[Rule], sources: Mapping[str, str]) -> Iterator[Check]:
    """Rules by their own names, with thresholds that can strike and texts that can be read."""
    names = [rule.rule for rule in knock_outs]
    yield len(set(names)) == len(names), "knock_outs", names, "each rule named once"
    for n, rule in enumerate(knock_outs):
        at = f"knock_outs[{n}]"
        yield bool(rule.facts), f"{at}.facts", rule.facts, "at least one fact"
        yield rule.reason in CODES, f"{at}.reason", rule.reason, f"one of {', '.join(sorted(CODES))}"
        known = (*sources, ANY_SOURCE)
        yield rule.source in known, f"{at}.source", rule.source, f"one of {', '.join(known)}"
        low = rule.refer_below is not None or rule.decline_below is not None
        yield rule.high_is_bad != low, at, rule.rule, "held either from above or from below"
        refer, decline = rule.thresholds
        for threshold in (refer, decline):
            yield threshold is None or isfinite(threshold), at, threshold, "a number"
        if refer is not None and decline is not None:
            ordered = refer <= decline if rule.high_is_bad else refer >= decline
            yield ordered, f"{at}.decline", decline, f"no sooner than where it refers, {refer}"
    yield from rulebook.checks(tuple(written), sources)


def freshness(stated: StatedRules | None, age_days: int | Unset) -> Iterator[Check]:
    """Closeness in order, and an age of the record that is one."""
    if stated is not None:
        yield 0 < stated.differs_below <= 1, "stated.differs_below", stated.differs_below, "above 0, at most 1"
        least = stated.differs_below
        yield least <= stated.matches_from <= 1, "stated.matches_from", stated.matches_from, f"from {least} to 1"
    yield age_days is msgspec.UNSET or age_days >= 0, "facts_age_days_max", age_days, "0 or more"


def seconds(thin: ThinRules | None, group: GroupRules | None) -> Iterator[Check]:
    """A part of the limit for a thin file, and a share of the lender for a group."""
    if thin is not None:
        yield 0 <= thin.share_bp <= BASIS_POINTS, "thin.share_bp", thin.share_bp, "from 0 to 10000"
        yield 1 <= thin.months_max <= MONTHS_MAX, "thin.months_max", thin.months_max, "from 1 to 60"
        yield thin.review_above_cents >= 0, "thin.review_above_cents", thin.review_above_cents, "0 or more"
    if group is not None:
        share = group.share_of_net_assets_bp
        yield 0 < share <= BASIS_POINTS, "group.share_of_net_assets_bp", share, "from 1 to 10000"
        yield group.limit_max_cents >= 0, "group.limit_max_cents", group.limit_max_cents, "0 or more"
        yield bool(group.law.strip()), "group.law", group.law, "the rule that sets it"


def conditions(asked: Sequence[ConditionRule]) -> Iterator[Check]:
    """Conditions named once, asked for by a text that can be read, met in a way there is."""
    names = [each.condition for each in asked]
    yield len(set(names)) == len(names), "conditions", names, "each named once"
    for n, each in enumerate(asked):
        at = f"conditions[{n}]"
        yield from _named(at, each.condition, each.label_en, each.label_zh)
        wrong = _misread(each.when)
        yield wrong is None, f"{at}.when", each.when, f"a condition that can be read ({each.condition}, {wrong})"
        by = set(each.by)
        yield bool(by) and len(by) == len(each.by), f"{at}.by", each.by, f"some of {', '.join(CONDITION_KINDS)}"
        yield 0 < each.cover_bp <= 3 * BASIS_POINTS, f"{at}.cover_bp", each.cover_bp, "from 1 to 30000"
        yield 1 <= each.days <= NOTICE_DAYS_MAX, f"{at}.days", each.days, f"from 1 to {NOTICE_DAYS_MAX}"


def changes(written: Sequence[LineChangeRule]) -> Iterator[Check]:
    """Raises and cuts named once, each of one direction, with texts that can be read."""
    names = [each.change for each in written]
    yield len(set(names)) == len(names), "changes", names, "each named once"
    for n, each in enumerate(written):
        at = f"changes[{n}]"
        yield from _named(at, each.change, each.label_en, each.label_zh)
        wrong = _misread(each.when, change=True)
        yield wrong is None, f"{at}.when", each.when, f"a condition that can be read ({each.change}, {wrong})"
        given = [bp for bp in (each.limit_bp, each.rate_bp) if not isinstance(bp, msgspec.UnsetType)]
        yield len(given) == 1, at, each.change, "a change of the limit or of the rate, not of both"
        for field, bp in (("limit_bp", each.limit_bp), ("rate_bp", each.rate_bp)):
            told = isinstance(bp, msgspec.UnsetType) or (0 <= bp <= 10 * BASIS_POINTS and bp != BASIS_POINTS)
            yield told, f"{at}.{field}", bp, "from 0 to 100000, and not 10000"
        for field in ("notice_days", "rest_days"):
            days = getattr(each, field)
            yield 0 <= days <= NOTICE_DAYS_MAX, f"{at}.{field}", days, f"from 0 to {NOTICE_DAYS_MAX}"
        yield each.reason in CODES, f"{at}.reason", each.reason, f"one of {', '.join(sorted(CODES))}"


def meant(written: Sequence[LineChangeRule]) -> Iterator[Check]:
    """What is better for the borrower follows from good repayment, what is worse does not."""
    well = Reason.REPAID_WELL.code
    for n, each in enumerate(written):
        for field, bp, better in (("limit_bp", each.limit_bp, 1), ("rate_bp", each.rate_bp, -1)):
            if not isinstance(bp, msgspec.UnsetType) and bp != BASIS_POINTS:
                up = (bp - BASIS_POINTS) * better > 0
                allowed = f"{'above' if (bp < BASIS_POINTS) else 'below'} {BASIS_POINTS} for the reason {each.reason}"
                yield up == (each.reason == well), f"changes[{n}].{field}", bp, allowed


def _named(at: str, *names: str) -> Iterator[Check]:
    for text in names:
        yield bool(text.strip()) and text.isprintable() and len(text) <= 120, at, text, "a name"


def _misread(text: str, *, change: bool = False) -> RuleMisread | None:
    try:
        read_change(text) if change else read(text)
    except RuleMisread as wrong:
        return wrong
    return None
