"""Stated figures in a decision: close ones are noted for the fast lane, distant ones are looked at, never declined."""

import msgspec
import pytest
from credit_cases import POLICY, a_case, changed_policy, decided, finding

from lendmill.credit.decide import decide
from lendmill.credit.policy import InvalidPolicy, policy_of, read_policy, text_of
from lendmill.credit.record import content
from lendmill.products.queries import preset

RULE, LANE = "stated figures match", "fast lane"


def with_facts(**facts: float | None):  # type: ignore[no-untyped-def]
    return a_case(facts={"history_days": 400.0, **facts})


@pytest.mark.parametrize(
    ("sales", "tax", "outcome", "lane"),
    [
        (1.0, 1.0, "approve", True),
        (0.9, 0.9, "approve", True),
        (0.89, 0.9, "approve", False),
        (0.6, 0.6, "approve", False),
        (0.599, 1.0, "refer", False),
        (0.7, 0.1, "refer", False),
    ],
)
def test_close_figures_go_the_fast_lane_and_distant_ones_are_looked_at(
    sales: float, tax: float, outcome: str, lane: bool
) -> None:
    made = decided(with_facts(stated_sales_closeness=sales, stated_tax_closeness=tax))
    assert made.outcome == outcome
    assert finding(made, LANE).value is lane
    assert made.reasons == (("stated-figures-differ",) if outcome == "refer" else ())
    assert finding(made, RULE).threshold == 0.6


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"stated_sales_closeness": None, "stated_tax_closeness": 0.1},
        {"stated_sales_closeness": 0.1, "history_days": 363.0},
    ],
)
def test_what_is_not_stated_or_cannot_be_compared_holds_nobody_back(facts: dict[str, float | None]) -> None:
    made = decided(with_facts(**facts))
    assert (made.outcome, finding(made, RULE).verdict) == ("approve", "not-applicable")
    assert not [each for each in made.findings if each.rule == LANE]


def test_a_share_of_sales_that_would_fit_any_figure_is_looked_at() -> None:
    made = decided(with_facts(stated_sales_closeness=None, stated_platform_share=0.0001, sales_net_365=10.0))
    held = finding(made, RULE)
    assert (made.outcome, made.reasons) == ("refer", ("stated-figures-differ",))
    assert (held.value, held.threshold) == (0.0001, 0.05)
    made = decided(with_facts(stated_sales_closeness=None, stated_platform_share=0.05, sales_net_365=10.0))
    assert finding(made, RULE).verdict == "not-applicable"


def test_a_policy_from_before_keeps_its_fingerprint_and_its_decisions() -> None:
    before = changed_policy(stated=msgspec.UNSET)
    assert "stated" not in msgspec.json.decode(text_of(before))
    assert policy_of(msgspec.json.decode(text_of(before))).fingerprint == before.fingerprint
    case, line = with_facts(stated_sales_closeness=0.1), preset("credit-line")
    made = decide(case, before, line)
    assert not [each for each in made.findings if each.rule in (RULE, LANE)]
    assert content(case, before, line, made) == content(case, before, line, decide(case, before, line))


def test_thresholds_must_be_in_order() -> None:
    for matches_from, differs_below in ((0.5, 0.6), (1.1, 0.6), (0.9, 0.0)):
        stated = {"matches_from": matches_from, "differs_below": differs_below}
        with pytest.raises(InvalidPolicy):
            policy_of({**msgspec.to_builtins(POLICY), "stated": stated})


def test_a_policy_may_read_closeness_only_where_the_house_knows_it() -> None:
    from importlib.resources import files

    text = (files("lendmill.credit") / "presets" / "policy-standard.toml").read_text("utf-8")
    known = frozenset(POLICY.facts)
    assert read_policy(text, known).stated == POLICY.stated
    with pytest.raises(InvalidPolicy, match="stated_sales_closeness"):
        read_policy(text, known - {"stated_sales_closeness"})
