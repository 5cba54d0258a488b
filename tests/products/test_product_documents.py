"""A product document says exactly what is wrong with it, and a published version never changes."""

import json
from datetime import date
from typing import Any

import msgspec
import pytest

from lendmill.db import Database
from lendmill.products import actions, queries
from lendmill.products.document import InvalidProduct, digest, product_of, read_product, text_of
from lendmill.products.law import LawNotInForce, LawUnnamed
from lendmill.products.publishing.stages import TakesTwoPeople
from lendmill.terms.allocation import STANDARD
from lendmill.terms.rates import Rate
from lendmill.terms.schedule import METHODS

TODAY = date(2026, 1, 1)
LINE = queries.preset("credit-line")


STAGES: list[dict[str, Any]] = msgspec.to_builtins(LINE)["waterfall_stages"]


def changed(**fields: Any) -> dict[str, Any]:
    """The shipped credit line's content with some fields changed."""
    content: dict[str, Any] = {**msgspec.to_builtins(LINE), **fields}
    return content


def test_the_credit_line_says_what_the_trade_says() -> None:
    assert LINE.rate == Rate.parse("0.06 %")
    assert LINE.penalty_rate_for("A") == Rate(900, 1_000_000)
    assert (LINE.limit_max_cents, LINE.months_max, LINE.methods) == (100_000_000, 12, METHODS)
    assert LINE.joint_products == ("credit-line", "order-loan")
    assert LINE.waterfall == STANDARD


def test_the_order_loan_shares_its_limit_with_the_credit_line() -> None:
    order = queries.preset("order-loan")
    assert (order.rate, order.advance_rate_bp) == (Rate.parse("0.05 %"), 8_000)
    assert order.joint_limit is not None
    assert (order.joint_limit.products, order.joint_limit.max_cents) == (("credit-line",), 100_000_000)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"grace_days": "three"}, "grace_days is 'three', but must be a whole number"),
        ({"grace_days": True}, "grace_days is True, but must be a whole number"),
        ({"grace_days": -1}, "grace_days is -1, but must be from 0 to 90"),
        ({"grace_days": 91}, "grace_days is 91, but must be from 0 to 90"),
        ({"months_max": 0}, "months_max is 0, but must be from 1 to 60"),
        ({"line_months": 61}, "line_months is 61, but must be from 1 to 60"),
        ({"offer_days": 0}, "offer_days is 0, but must be from 1 to 90"),
        ({"version": 0}, "version is 0, but must be 1 or more"),
        ({"name_zh": " "}, "name_zh is ' ', but must be a name"),
        ({"key": "Credit Line"}, "key is 'Credit Line', but must be small letters"),
        ({"colour": "red"}, "colour is 'red', but must be left out: there is no such field"),
        ({"daily_rate": "0.0658 %"}, "daily_rate is '0.0658 %', but must be a daily rate of at most 24 % a year"),
        ({"daily_rate": "cheap"}, "daily_rate is 'cheap', but must be a percentage per day, such as '0.06 %'"),
        ({"rate_by_grade": {"A+": "0.05 %"}}, "rate_by_grade is 'A+', but must be one of the grades AAA"),
        ({"rate_by_grade": {"C": "0.1 %"}}, "rate_by_grade.C is '0.1 %', but must be a daily rate of at most 24 %"),
        ({"penalty_multiple_bp": 9_999}, "penalty_multiple_bp is 9999, but must be from 10000"),
        ({"methods": []}, "methods is (), but must be at least one way of repaying"),
        ({"methods": ["weekly"]}, "methods[0] is 'weekly', but must be one of equal-principal, interest-first"),
        ({"excess": "keep"}, "excess is 'keep', but must be one of hold, refund"),
        ({"key": "k" * 61}, "but must be at most 60 letters"),
        ({"version": 2**31}, "version is 2147483648, but must be at most 2147483647"),
        ({"name_en": "a\0b"}, "but must be at most 60 printed letters"),
        ({"name_zh": "贷" * 61}, "but must be at most 60 printed letters"),
        ({"rate_by_grade": {"AAA": "0.000000000001 %"}}, "limit_max_cents is 100000000, but must be small enough"),
        ({"joint_limit": {"products": ["order-loan"] * 2, "max_cents": 1}}, "but must be each named once"),
        ({"joint_limit": {"products": ["order-loan"], "max_cents": 10**16}}, "but must be at most 1000000000000000"),
        ({"waterfall_stages": [*STAGES, {**STAGES[1], "from_days_past_due": 3651}]}, "stages from at most 3650 days"),
        ({"laws": [{"figure": "colour", "law": "x", "in_force_on": "2026-01-01"}]}, "laws[0].figure is 'colour', but"),
        ({"laws": [{"figure": "grace_days", "law": " ", "in_force_on": "2026-01-01"}]}, "laws[0].law is ' ', but must"),
        ({"laws": [{"figure": "grace_days", "law": "x"}]}, "laws[0].in_force_on is None, but must be given"),
        ({"limit_min_cents": 9_999}, "limit_min_cents is 9999, but must be at least draw_min_cents, 10000"),
        ({"limit_max_cents": 99_999}, "limit_max_cents is 99999, but must be at least 100000"),
        ({"limit_max_cents": 10**15}, "limit_max_cents is 1000000000000000, but must be small enough to count"),
        ({"advance_rate_bp": 10_001}, "advance_rate_bp is 10001, but must be from 1 to 10000"),
        ({"joint_limit": {"products": ["credit-line"], "max_cents": 1}}, "but must be other products than itself"),
        ({"joint_limit": {"products": ["order-loan"]}}, "joint_limit.max_cents is None, but must be given"),
        ({"waterfall_stages": []}, "waterfall_stages is [], but must be a first stage from day 0"),
        (
            {"waterfall_stages": [{"from_days_past_due": 0, "by": "loan", "order": ["fees"]}]},
            "waterfall_stages[0].by is 'loan', but must be one of component, instalment",
        ),
        (
            {"waterfall_stages": [{"from_days_past_due": 0, "by": "instalment", "order": ["fees", "principal"]}]},
            "waterfall_stages[0].order is ('fees', 'principal'), but must be each of fees, penalty, interest",
        ),
    ],
)
def test_an_invalid_product_names_the_field_the_value_and_what_is_allowed(fields: dict[str, Any], told: str) -> None:
    with pytest.raises(InvalidProduct) as refused:
        product_of(changed(**fields))
    assert told in str(refused.value)


def test_a_field_left_out_is_named() -> None:
    content = changed()
    del content["offer_days"]
    with pytest.raises(InvalidProduct, match="credit-line: offer_days is None, but must be given"):
        product_of(content)


def test_a_file_that_is_not_toml_is_told_so() -> None:
    with pytest.raises(InvalidProduct, match=r"in this file: the file is .*must be valid TOML"):
        read_product("key = ")


def test_rates_at_the_edges_are_allowed() -> None:
    at_cap = product_of(changed(all_in_cap_bp=2190))
    assert at_cap.rate == Rate.parse("0.06 %")
    with pytest.raises(InvalidProduct, match=r"at most 21\.89 % a year"):
        product_of(changed(all_in_cap_bp=2189))


def test_every_rate_of_a_product_is_whole_over_one_denominator() -> None:
    product = product_of(changed(rate_by_grade={"AAA": "0.0333 %", "C": "0.06571 %"}))
    assert product.rate_den == 20_000_000
    assert product.rate_for("AAA") == Rate(6_660, 20_000_000)
    assert product.penalty_rate_for("C") == Rate(19_713, 20_000_000)
    assert product.rate_for("B") == Rate(12_000, 20_000_000)


def test_a_stored_product_is_the_published_one_again(database: Database) -> None:
    database.act(actions.publish_all, queries.presets(), today=TODAY)
    database.act(actions.publish_all, queries.presets(), today=TODAY)
    with database.transaction() as db:
        assert queries.product(db, "credit-line") == LINE
        assert queries.product(db, "credit-line", LINE.version) == LINE
        assert [product.key for product in queries.on_sale(db)] == ["credit-line", "order-loan"]
        with pytest.raises(queries.NoSuchProduct, match="There is no product credit-line in version 9"):
            queries.product(db, "credit-line", 9)
        with pytest.raises(queries.NoSuchProduct, match="There is no product gold"):
            queries.product(db, "gold")


def test_a_published_version_keeps_its_terms(database: Database) -> None:
    database.act(actions.publish, LINE, today=TODAY)
    with pytest.raises(actions.PublishedAlready, match=r"Version \d of credit-line stands with another content"):
        database.act(actions.publish, product_of(changed(grace_days=5)), today=TODAY)
    with pytest.raises(TakesTwoPeople, match="`lendmill products propose` begins"):
        database.act(actions.publish, product_of(changed(grace_days=5, version=LINE.version + 1)), today=TODAY)
    with database.transaction() as db:
        assert queries.product(db, "credit-line").grace_days == 3


def test_a_figure_from_law_names_its_rule_and_a_rule_in_force(database: Database) -> None:
    laws = changed()["laws"]
    with pytest.raises(LawUnnamed, match="does not say which law sets all_in_cap_bp"):
        database.act(actions.publish, product_of(changed(laws=laws[1:])), today=TODAY)
    coming = product_of(changed(laws=[{**laws[0], "in_force_on": date(2026, 1, 2)}, laws[1]]))
    with pytest.raises(LawNotInForce, match="in force from 2026-01-02 only, and would count from 2026-01-01"):
        database.act(queries.fits, coming, TODAY)
    database.act(queries.fits, coming, date(2026, 1, 2))


def test_a_products_text_does_not_depend_on_the_order_it_was_written_in() -> None:
    backwards = dict(reversed(list(changed().items())))
    assert text_of(product_of(backwards)) == text_of(LINE)
    assert digest(product_of(json.loads(text_of(LINE)))) == digest(LINE)
