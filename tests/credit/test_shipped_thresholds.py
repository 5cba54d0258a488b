"""The two examples beside every threshold of what is shipped: made from the policy's rules, or named where they stand.

Just inside a rule passes, just outside it stops the file; so whoever moves a threshold moves both examples with it.
Every other figure of the policy and of the products is found by going through them: one without examples is told.
"""

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from credit_cases import INVOICE_FACTS, MARKET_FACTS, POLICY, a_case, decided, finding

from lendmill.credit.rules.expression import Applied, Constant, Expression, Named
from lendmill.credit.rules.rule import ANY_SOURCE, Rule
from lendmill.products.queries import presets
from lendmill.products.reading import content_of


def threshold(condition: Expression) -> tuple[str, str, float]:
    """The one fact, the comparison and the figure of a simple condition."""
    node = condition.node
    assert isinstance(node, Applied)
    fact, figure = node.on
    assert isinstance(fact, Named)
    assert isinstance(figure, Constant)
    assert isinstance(figure.value, float)
    return fact.name, node.op, figure.value


def beside(op: str, figure: float) -> tuple[float, float]:
    """The last value inside, and the first outside."""
    up, down = math.nextafter(figure, math.inf), math.nextafter(figure, -math.inf)
    return {">": (figure, up), ">=": (down, figure), "<": (figure, down), "<=": (up, figure)}[op]


def examples() -> Iterator[Any]:
    """Each condition of each rule, with the fact's values on both sides."""
    for rule in POLICY.rules or ():
        for effect, condition in rule.conditions:
            fact, op, figure = threshold(condition)
            inside, outside = beside(op, figure)
            yield pytest.param(rule, effect, fact, inside, outside, id=f"{rule.rule}, {effect}")


@pytest.mark.parametrize(("rule", "effect", "fact", "inside", "outside"), list(examples()))
def test_just_inside_passes_or_only_refers_and_just_outside_stops(
    rule: Rule, effect: str, fact: str, inside: float, outside: float
) -> None:
    facts = INVOICE_FACTS if rule.source == "invoices" else MARKET_FACTS
    assert rule.source == ANY_SOURCE or rule.source in (POLICY.sources)
    within = finding(decided(a_case(from_facts=facts, facts={fact: inside})), rule.rule)
    beyond = finding(decided(a_case(from_facts=facts, facts={fact: outside})), rule.rule)
    assert within.effect == ("refer" if effect == "decline" and rule.refer_when else "none")
    assert (beyond.verdict, beyond.effect, beyond.reason) == ("fail", effect, rule.reason)


# Where the two examples beside each other figure of the shipped policy stand: part of the policy, file, promise.
BESIDE = {
    "facts_age_days_max": ("test_limits_and_conditions", "a_record_out_of_date_or_from_tomorrow_is_not_known"),
    "eligibility.age_years": ("test_decide", "persons_are_18_to_62"),
    "eligibility.history_months_min": ("test_decide", "six_months_of_history"),
    "debts.days_past_due_worst_max": ("test_decide", "late_debts_shut_the_door"),
    "rating.age_days_max": ("test_decide", "the_rating_decides_who_is_granted"),
    "stated.": ("test_stated_step", ""),
    "limit.repaid_": ("test_decide", "loans_repaid_lift_the_limit"),
    "limit.borrower_share_of_net_assets_bp": ("test_decide", "each_cap_at_its_edge"),
    "limit.borrower_limit_max_cents": ("test_decide", "each_cap_at_its_edge"),
    "limit.round_down_to_cents": ("test_decide", "the_limit_is_rounded_down_to_a_hundred_yuan"),
    "limit.review_above_cents": ("test_decide", "a_large_amount_asked_is_looked_at_by_a_person_whatever_can_be_had"),
    "limit.tables.months of net sales": ("test_decide", "the_limit_is_a_share_of_monthly_sales_by_grade"),
    "limit.tables.cover of dues": ("test_decide", "what_dues_leave_room_for_can_be_carried"),
    "limit.tables.order value": ("test_decide", "an_order_loan_is_an_advance_on_what_is_not_paid_out_yet"),
    "limit.tables.largest limit of the grade": ("test_decide", "the_limit_is_a_share_of_monthly_sales_by_grade"),
    "term.tables.months for the grade": ("test_decide", "the_limit_is_a_share_of_monthly_sales_by_grade"),
    "price.tables.daily price of the grade": ("test_limits_and_conditions", "each_grade_pays_its_own_price_within"),
    "price.tables.yearly price of the grade": ("test_limits_and_conditions", "a_yearly_product_is_priced_in_basis"),
    "thin.review_above_cents": ("test_limits_and_conditions", "a_person_looks_at_a_large_amount_on_a_short_record"),
    "thin.": ("test_limits_and_conditions", "a_short_record_is_granted_a_part_and_for_less_long"),
    "group.share_of_net_assets_bp": ("test_limits_and_conditions", "a_group_is_granted_at_most_its_share"),
    "group.limit_max_cents": ("test_limits_and_conditions", "a_group_is_granted_no_more_than_its_largest_limit"),
    "conditions.surety for a weak grade": ("test_limits_and_conditions", "who_repaid_three_loans_is_not_asked"),
    "changes.raise after good repayment": ("test_line_changes", "nothing_is_raised_that_a_new_decision"),
    "changes.cut after a late payment": ("test_line_changes", "a_late_payment_halves_the_limit_at_once"),
    "changes.cut after sales fell": ("test_line_changes", "falling_sales_cut_after_their_notice"),
    "changes.cut after the grade fell": ("test_line_changes", "of_several_cuts_the_lowest"),
    "review.interview_above_cents": ("test_review_verdict", ""),
    "review.alone_up_to_cents": ("test_review_verdict", ""),
    "review.second_up_to_cents": ("test_review_rules", ""),
    "review.": ("test_review_desk", ""),
}
NAMED = ("table", "condition", "change", "rule")  # what a row of the policy is called by
NO_FIGURES = ("version", "rules", "laws", "sources")


def figures(content: Any, path: str = "") -> Iterator[str]:
    """Every place of a number in the policy, by names: rows of a table count as the table's one place."""
    if isinstance(content, dict):
        name = next((str(content[key]) for key in NAMED if isinstance(content.get(key), str)), "")
        for key, value in content.items():
            yield from figures(value, f"{path}.{name}.{key}" if name else f"{path}.{key}" if path else key)
    elif isinstance(content, list | tuple):
        for each in content:
            yield from figures(each, path)
    elif isinstance(content, int | float) and not isinstance(content, bool):
        yield path


# The same for the products: part of the product, file, what stands in it.
PRODUCTS_BESIDE = {
    "advance_rate_bp": ("credit/test_decide.py", "def test_an_order_loan_is_an_advance_on_what_is_not_paid_out_yet"),
    "all_in_cap_bp": ("products/test_product_documents.py", "def test_rates_at_the_edges_are_allowed"),
    "conventions.instalment_multiple_cents": ("loans/lives.py", "instalment_multiple=draw(st.sampled_from([1, 100]))"),
    "conventions.nonaccrual_from_days": (
        "loans/test_beside_each_threshold.py", "def test_interest_is_no_income_from_the_ninety_first_day"
    ),
    "draw_min_cents": ("stories/no-less-and-no-longer-than-is-lent.story", "99.99 on-demand"),
    "fees.": ("loans/test_fees_and_caps.py", "def test_a_product_dearer_than_the_caps_is_not_published"),
    "grace_days": ("stories/paid-on-the-last-day-of-grace.story", "a day later there is"),
    "joint_limit.max_cents": ("credit/test_lines.py", "def test_approval_reserves_the_joint_limit"),
    "limit_max_cents": ("credit/test_decide.py", "def test_each_cap_at_its_edge"),
    "limit_min_cents": ("credit/test_decide.py", "def test_each_cap_at_its_edge"),
    "line_months": ("credit/test_lines.py", "def test_a_line_ends_on_its_day"),
    "months_max": ("stories/no-less-and-no-longer-than-is-lent.story", "for 13 months"),
    "offer_days": ("credit/test_offers.py", "def test_an_offer_ends_and_a_later_no_ends_it_sooner"),
    "penalty_multiple_bp": ("products/test_product_documents.py", "def test_the_credit_line_says_what_the_trade_says"),
    "waterfall_stages.from_days_past_due": ("stories/known-late-across-day-91.story", "day 91 principal first"),
}  # fmt: skip


def places(*documents: Any) -> list[str]:
    found = [path.replace("..", ".") for document in documents for path in figures(content_of(document))]
    return sorted({path for path in found if path.split(".")[0] not in NO_FIGURES and "in_force_on" not in path})


def complete(found: list[str], beside: Mapping[str, tuple[str, str]]) -> None:
    """Every place has its examples, all that is named is a place, and the examples are there."""
    told = {place: next((row for part, row in beside.items() if place.startswith(part)), None) for place in found}
    assert [place for place, row in told.items() if row is None] == []
    assert [part for part in beside if not any(place.startswith(part) for place in told)] == []
    for file, words in beside.values():
        assert words in (Path(__file__).parents[1] / file).read_text("utf-8"), (file, words)


def test_every_figure_of_the_shipped_policy_has_its_examples() -> None:
    assert len(places(POLICY)) > 40
    complete(
        places(POLICY),
        {part: (f"credit/{file}.py", f"def test_{promise}") for part, (file, promise) in BESIDE.items()},
    )


def test_every_figure_of_the_shipped_products_has_its_examples() -> None:
    complete(places(*presets()), PRODUCTS_BESIDE)


def test_a_figure_that_is_new_is_found_to_lack_them() -> None:
    content = {**content_of(POLICY), "moods": [{"rule": "new", "most": 3}]}
    assert "moods.new.most" in figures(content)
    for beside in (BESIDE, PRODUCTS_BESIDE):
        assert not any("moods.new.most".startswith(part) for part in beside)
    with pytest.raises(AssertionError, match=r"moods\.most"):
        complete([*places(*presets()), "moods.most"], PRODUCTS_BESIDE)
